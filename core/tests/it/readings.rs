//! What is read as a document, and that nothing else is.

use popw_core::{
    Fr,
    claim::Amount,
    document::{
        self, BandwidthInput, CompactError, Document, DocumentError, EligibilityFormat, EligibilityPolicy,
        EpochPublic, ProofEnvelope, StorageInput, UptimeInput, Version, WorkInput, header,
    },
    fuzz::has_one_reading,
};
use serde_json::{Value, json};

use super::documents::{assert_malformed, bandwidth, envelope, epoch, input, storage, with, work};

fn eligibility() -> EligibilityPolicy {
    EligibilityPolicy {
        format: EligibilityFormat::Eligibility,
        version: Version,
        domain_id: epoch().domain_id,
        epochs: vec![epoch()],
        claims: vec!["uptime".into()],
        minimum: Amount::uptime(1),
        keys: vec![[7; 32]],
        spent: vec![Fr::from(3u64)],
        recipient: Some([1; 32]),
    }
}

/// What one program reads as the verified content, another must not read as something else.
#[test]
fn no_document_has_a_second_reading() {
    has_one_reading::<EpochPublic>(epoch().to_json().as_bytes());
    has_one_reading::<UptimeInput>(input().to_json().as_bytes());
    has_one_reading::<StorageInput>(storage().to_json().as_bytes());
    has_one_reading::<BandwidthInput>(bandwidth().to_json().as_bytes());
    has_one_reading::<WorkInput>(work().to_json().as_bytes());
    has_one_reading::<ProofEnvelope>(envelope().to_json().as_bytes());
    has_one_reading::<EligibilityPolicy>(eligibility().to_json().as_bytes());
}

#[test]
fn other_forms_are_refused_in_the_words_of_the_schema() {
    let e = envelope();
    assert_malformed(with(&e, "/public", json!(["1", "2", "3"])), "public", "array, expected an object");
    assert_malformed(
        with(&e, "/opening/context/rules", json!(7)),
        "opening.context.rules",
        "expected an object",
    );
    let named = with(&e, "/system", json!({ "groth16": null }));
    assert_malformed(named, "system.groth16", "object, expected a string");
    assert_malformed(with(&e, "/system", json!(1)), "system", r#"expected one of "groth16", "halo2""#);
    assert_malformed(with(&e, "/shape", json!({})), "shape", "object, expected a string");
    assert_malformed(with(&input(), "/seats", json!({})), "seats", "object, expected an array");
    for whole in ["[]", "5", "\"popw.proof\""] {
        assert_malformed(ProofEnvelope::from_json(whole.as_bytes()), ".", "expected an object");
    }
    assert_malformed(header(br#"["popw.proof", 1]"#), ".", "expected an object");
}

#[test]
fn files_that_are_no_json_are_told_what_they_are() {
    let json = envelope().to_json();
    let utf16 = |unit: fn(u16) -> [u8; 2]| json.encode_utf16().flat_map(unit).collect::<Vec<u8>>();
    let (little, big) = (utf16(u16::to_le_bytes), utf16(u16::to_be_bytes));
    for (bytes, says) in [
        ([&b"\xef\xbb\xbf"[..], json.as_bytes()].concat(), "begins with a byte order mark: save it"),
        ([&b"\xff\xfe"[..], little.as_slice()].concat(), "UTF-16: save it as UTF-8"),
        ([&b"\xfe\xff"[..], big.as_slice()].concat(), "UTF-16: save it as UTF-8"),
        (little, "UTF-16: save it as UTF-8"),
        (big, "UTF-16: save it as UTF-8"),
        (b"POPWVKEY\0\x01\x01".to_vec(), "it is a verifying key, not a document"),
        (b"POPWG16K\0\0\0\x02".to_vec(), "it is a binary file, not a document"),
        (b"popwtree\x01\0\0\0".to_vec(), "it is a binary file, not a document"),
        (b"format = \"popw.network\"\n".to_vec(), "it is not JSON"),
    ] {
        assert_malformed(ProofEnvelope::from_json(&bytes), ".", says);
        assert_malformed(header(&bytes), ".", says);
    }
    assert_malformed(EpochPublic::from_json(&envelope().to_compact()), ".", "a proof in compact form");
}

#[test]
fn documents_are_bounded_before_they_are_read() {
    let too_large = |limit: u64| vec![b' '; limit as usize + 1];
    let refused = DocumentError::TooLarge { limit: document::LIMIT };
    let bytes = too_large(document::LIMIT);
    assert_eq!(ProofEnvelope::from_json(&bytes), Err(refused.clone()));
    assert_eq!(EpochPublic::from_json(&bytes), Err(refused.clone()));
    assert_eq!(document::read::<Value>(&bytes), Err(refused.clone()));
    let compact = [&b"POPWPRF1"[..], &bytes].concat();
    assert_eq!(ProofEnvelope::from_compact(&compact), Err(CompactError::Document(refused)));
    let limit = UptimeInput::LIMIT;
    assert!(limit > document::LIMIT);
    assert_eq!(UptimeInput::from_json(&too_large(limit)), Err(DocumentError::TooLarge { limit }));
    // Right at the bound it is looked at.
    assert_malformed(ProofEnvelope::from_json(&bytes[1..]), ".", "EOF");
}

#[test]
fn what_a_hostile_document_says_is_written_out() {
    let e = envelope();
    let hostile = "\u{1b}[2K\r\nDUE: valid\u{202e}";
    let errors = [
        with(&e, "/format", json!(hostile)).unwrap_err(),
        with(&e, &format!("/{hostile}"), json!(1)).unwrap_err(),
        with(&e, "/system", json!(hostile)).unwrap_err(),
        with(&e, "/version", json!(hostile)).unwrap_err(),
    ];
    for error in errors.map(|error| error.to_string()) {
        assert!(!error.contains(popw_core::text::is_active), "{error:?}");
        assert!(error.contains(r"\u{1b}[2K\r\nDUE: valid"), "{error}");
    }
}
