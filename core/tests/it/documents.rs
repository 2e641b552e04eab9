//! Documents: round trips, and every refusal by name.

use std::{fs, path::Path};

use popw_core::{
    Fr,
    bitmap::SlotBitmap,
    claim::{Amount, PayeeOpening, Roots, Rules, RulesError, nullifier, outcome},
    document::{
        BandwidthFormat, BandwidthInput, Beacon, BeaconSource, ChallengerInput, ChildrenInput, CompactError,
        DeviceInput, Document, DocumentError, EnvelopeFormat, EpochFormat, EpochPublic, Inconsistency,
        OpeningInput, Openings, ProofEnvelope, PublicInputs, ReceiptInput, SeatInput, SectorInput,
        StorageFormat, StorageInput, System, UptimeFormat, UptimeInput, Version, WitnessInput, WorkFormat,
        WorkInput, header,
    },
    eddsa::SecretKey,
    identity::{self, IdentityError},
    lean_imt::LeanImt,
    message, possession, tag,
};
use proptest::prelude::*;
use serde_json::{Value, json};

fn beacon(round: u64) -> Beacon {
    Beacon {
        source: BeaconSource::Drand,
        chain_hash: Some([9; 32]),
        round,
        randomness: [round as u8; 32],
        signature: Some(vec![1; 48]),
        previous_signature: None,
    }
}

pub fn epoch() -> EpochPublic {
    let domain_id = format!("popw:local:{}", "5a".repeat(32));
    let owner = Fr::from(1u64);
    let device = identity::device_leaf(&SecretKey::from_seed([1; 32]).public(), owner);
    let witness = identity::witness_leaf(&SecretKey::from_seed([2; 32]).public(), owner, 0);
    EpochPublic {
        format: EpochFormat::Epoch,
        version: Version,
        network: "test".into(),
        domain: identity::domain(&domain_id).unwrap(),
        domain_id,
        epoch: 7,
        start_unix_ms: 1_700_000_000_000,
        slot_ms: 1000,
        opening: beacon(1),
        closing: Some(beacon(2)),
        roots: Roots { device, witness, allotment: Fr::from(0u64), sector: Fr::from(0u64) },
        rules: Rules { n_w: 1, k: 5, q: 1, slots: 24, max_gap: 4, batches: 1, min_rate: 0 },
    }
}

pub fn input() -> UptimeInput {
    let epoch = epoch();
    let (device, witness) = (SecretKey::from_seed([1; 32]), SecretKey::from_seed([2; 32]));
    let mut bitmap = SlotBitmap::default();
    bitmap.set(23).unwrap();
    let signed = message::uptime_attestation(
        epoch.domain,
        epoch.epoch,
        epoch.opening.rho(),
        epoch.roots.device,
        &bitmap,
    );
    let path = |leaf| LeanImt::from_leaves(vec![leaf, Fr::from(3u64)]).proof(0).unwrap();
    let seat = |seat| SeatInput {
        seat,
        witness: WitnessInput { public_key: witness.public(), owner: Fr::from(1u64), index: 0 },
        path: path(epoch.roots.witness),
        bitmap,
        signature: witness.sign(signed),
    };
    UptimeInput {
        format: UptimeFormat::UptimeInput,
        version: Version,
        device: DeviceInput {
            public_key: device.public(),
            owner: Fr::from(1u64),
            path: path(epoch.roots.device),
            key_file: Some("device.key".into()),
        },
        seats: vec![seat(0), seat(4)],
        epoch,
    }
}

pub fn storage() -> StorageInput {
    let UptimeInput { mut epoch, device, .. } = input();
    epoch.rules.batches = 2;
    let (comm_r, bytes, seq) = (Fr::from(9u64), 31 * 9, 5);
    let opening = |i| OpeningInput {
        index: possession::challenge(epoch.closing.as_ref().unwrap().rho(), comm_r, i, 9),
        node: Fr::from(1u64),
        levels: vec![ChildrenInput([Fr::from(1u64); 8]); 2],
    };
    let sector = SectorInput {
        comm_r,
        bytes,
        height: 2,
        expiry: 8,
        seq,
        path: device.path.clone(),
        openings: vec![opening(0), opening(1)],
    };
    let next = SectorInput { seq: 7, ..sector.clone() };
    StorageInput {
        format: StorageFormat::StorageInput,
        version: Version,
        device,
        batch: 1,
        sectors: vec![sector, next],
        epoch,
    }
}

pub fn bandwidth() -> BandwidthInput {
    let UptimeInput { mut epoch, device, seats, .. } = input();
    epoch.rules.batches = 3;
    let receipt = |seq| ReceiptInput {
        client: SecretKey::from_seed([3; 32]).public(),
        owner: Fr::from(2u64),
        salt: Fr::from(4u64),
        cap: u64::MAX,
        seq,
        path: device.path.clone(),
        bytes: 12,
        signature: seats[0].signature,
    };
    let challengers = seats
        .iter()
        .map(|seat| ChallengerInput {
            seat: seat.seat,
            witness: seat.witness.clone(),
            path: seat.path.clone(),
            rate: 80,
            signature: seat.signature,
        })
        .collect();
    let receipts = vec![receipt(2), receipt(5)];
    BandwidthInput {
        format: BandwidthFormat::BandwidthInput,
        version: Version,
        device,
        batch: 2,
        receipts,
        challengers,
        epoch,
    }
}

pub fn work() -> WorkInput {
    let (UptimeInput { epoch, device, seats, .. }, storage, bandwidth) = (input(), storage(), bandwidth());
    let (sectors, mut receipts) = (storage.sectors, bandwidth.receipts);
    receipts.truncate(1);
    let challengers = bandwidth.challengers;
    WorkInput {
        format: WorkFormat::WorkInput,
        version: Version,
        epoch,
        device,
        batch: 0,
        seats,
        sectors,
        receipts,
        challengers,
    }
}

pub fn envelope() -> ProofEnvelope {
    let context = epoch().context_document().unwrap();
    let opening = context.opening("").unwrap();
    let payee = PayeeOpening::evm([0x11; 20], Fr::from(0u64));
    ProofEnvelope {
        format: EnvelopeFormat::Proof,
        version: Version,
        claim: "uptime".into(),
        claim_version: 1,
        shape: "demo".into(),
        system: System::Groth16,
        key_digest: [3; 32],
        development: true,
        opening: Openings { context, payee },
        public: PublicInputs {
            context: opening.context(tag::CTX_UPTIME),
            nullifier: nullifier(tag::UPTIME, Fr::from(5u64), opening.domain, opening.epoch, 0),
            outcome: outcome(payee.payee(), &Amount::uptime(23)),
        },
        proof: vec![0xab; 256],
    }
}

/// The document with the value at `pointer` replaced.
pub fn with<T: Document>(document: &T, pointer: &str, value: Value) -> Result<T, DocumentError> {
    let mut json: Value = serde_json::from_str(&document.to_json()).unwrap();
    let (parent, last) = pointer.rsplit_once('/').unwrap();
    match json.pointer_mut(pointer) {
        Some(place) => *place = value,
        None => json.pointer_mut(parent).unwrap()[last] = value,
    }
    T::from_json(json.to_string().as_bytes())
}

fn inconsistent<T>(field: &str, problem: impl Into<Inconsistency>) -> Result<T, DocumentError> {
    Err(DocumentError::Inconsistent { field: field.into(), problem: problem.into() })
}

/// Asserts a malformed field and a part of what is said about it.
pub fn assert_malformed<T: std::fmt::Debug>(result: Result<T, DocumentError>, at: &str, says: &str) {
    match result {
        Err(DocumentError::Malformed { field, problem }) => {
            assert_eq!(field, at);
            assert!(problem.contains(says), "{problem}");
        }
        other => panic!("expected {at} to be malformed, not {other:?}"),
    }
}

#[test]
fn documents_round_trip() {
    let mut open = epoch();
    open.closing = None;
    for document in [epoch(), open] {
        assert_eq!(EpochPublic::from_json(document.to_json().as_bytes()), Ok(document));
    }
    assert_eq!(UptimeInput::from_json(input().to_json().as_bytes()), Ok(input()));
    assert_eq!(StorageInput::from_json(storage().to_json().as_bytes()), Ok(storage()));
    assert_eq!(BandwidthInput::from_json(bandwidth().to_json().as_bytes()), Ok(bandwidth()));
    assert_eq!(WorkInput::from_json(work().to_json().as_bytes()), Ok(work()));
    assert_eq!(ProofEnvelope::from_json(envelope().to_json().as_bytes()), Ok(envelope()));
    assert_eq!(header(envelope().to_json().as_bytes()).unwrap().format, "popw.proof");
}

/// The good files of the fuzz corpus are what this version writes: formats do not change unnoticed.
#[test]
fn golden_corpus_is_what_is_written() {
    let corpus = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/testdata/corpus"));
    for (name, bytes) in [
        ("header/good", br#"{"format":"popw.epoch","version":1}"#.to_vec()),
        ("epoch/good", epoch().to_json().into_bytes()),
        ("uptime-input/good", input().to_json().into_bytes()),
        ("work-input/storage", storage().to_json().into_bytes()),
        ("work-input/bandwidth", bandwidth().to_json().into_bytes()),
        ("work-input/work", work().to_json().into_bytes()),
        ("proof/good.json", envelope().to_json().into_bytes()),
        ("proof/good.compact", envelope().to_compact()),
    ] {
        let path = corpus.join(name);
        if std::env::var_os("UPDATE_GOLDENS").is_some() {
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(&path, &bytes).unwrap();
        }
        assert_eq!(fs::read(&path).unwrap(), bytes, "{name}");
    }
}

#[test]
fn contradictions_in_the_inputs_of_work_are_named() {
    let s = storage();
    assert_eq!(
        with(&s, "/batch", json!(2)),
        inconsistent::<StorageInput>("batch", Inconsistency::NoSuchBatch)
    );
    assert_eq!(
        with(&s, "/sectors/1/seq", json!(5)),
        inconsistent::<StorageInput>("sectors[1].seq", Inconsistency::Unordered)
    );
    assert_eq!(
        with(&s, "/sectors/1/seq", json!(3)),
        inconsistent::<StorageInput>("sectors[1].seq", Inconsistency::Unordered)
    );
    assert_eq!(
        with(&s, "/sectors/1/seq", json!(8)),
        inconsistent::<StorageInput>("sectors[1].seq", Inconsistency::OtherBatch)
    );
    assert_eq!(
        with(&s, "/sectors/0/height", json!(1)),
        inconsistent::<StorageInput>("sectors[0].height", Inconsistency::Height)
    );
    assert_eq!(
        with(&s, "/sectors/0/bytes", json!(31)),
        inconsistent::<StorageInput>("sectors[0].height", Inconsistency::Height)
    );
    assert_eq!(
        with(&s, "/sectors/0/expiry", json!(7)),
        inconsistent::<StorageInput>("sectors[0].expiry", Inconsistency::Expired)
    );
    let other = s.sectors[0].openings[0].index ^ 1;
    assert_eq!(
        with(&s, "/sectors/0/openings/0/index", json!(9)),
        inconsistent::<StorageInput>("sectors[0].openings[0].index", Inconsistency::NoSuchNode)
    );
    assert_eq!(
        with(&s, "/sectors/0/openings/0/index", json!(other)),
        inconsistent::<StorageInput>("sectors[0].openings[0].index", Inconsistency::OtherNode)
    );
    assert_eq!(
        with(&s, "/sectors/0/openings/0/levels", json!([])),
        inconsistent::<StorageInput>("sectors[0].openings[0].levels", Inconsistency::Levels)
    );
    assert_malformed(
        with(&s, "/sectors/0/openings/0/levels/0", json!(["1"])),
        "sectors[0].openings[0].levels[0]",
        "8",
    );
    assert_malformed(with(&s, "/sectors/0/comm_r", json!("-1")), "sectors[0].comm_r", "");

    let b = bandwidth();
    assert_eq!(
        with(&b, "/receipts/1/seq", json!(2)),
        inconsistent::<BandwidthInput>("receipts[1].seq", Inconsistency::Unordered)
    );
    assert_eq!(
        with(&b, "/receipts/1/seq", json!(6)),
        inconsistent::<BandwidthInput>("receipts[1].seq", Inconsistency::OtherBatch)
    );
    assert_eq!(
        with(&b, "/challengers/1/seat", json!(0)),
        inconsistent::<BandwidthInput>("challengers[1].seat", Inconsistency::SeatTwice)
    );
    assert_eq!(
        with(&b, "/challengers/0/seat", json!(5)),
        inconsistent::<BandwidthInput>("challengers[0].seat", Inconsistency::NoSuchSeat)
    );
    assert_malformed(with(&b, "/receipts/0/bytes", json!(-1)), "receipts[0].bytes", "u64");
    assert_malformed(with(&b, "/challengers/0/rate", json!(1u64 << 32)), "challengers[0].rate", "u32");

    let w = work();
    assert_eq!(with(&w, "/batch", json!(1)), inconsistent::<WorkInput>("batch", Inconsistency::NoSuchBatch));
    assert_eq!(
        with(&w, "/seats/1/seat", json!(0)),
        inconsistent::<WorkInput>("seats[1].seat", Inconsistency::SeatTwice)
    );
    assert_eq!(
        with(&w, "/sectors/1/seq", json!(5)),
        inconsistent::<WorkInput>("sectors[1].seq", Inconsistency::Unordered)
    );
}

#[test]
fn format_and_version_are_looked_at_first() {
    let json = envelope().to_json();
    assert_eq!(
        EpochPublic::from_json(json.as_bytes()),
        Err(DocumentError::Format { found: "popw.proof".into(), expected: "popw.epoch" })
    );
    let newer = json!({ "format": "popw.epoch", "version": 2, "unheard": [] }).to_string();
    let error = EpochPublic::from_json(newer.as_bytes()).unwrap_err();
    assert_eq!(error, DocumentError::Version { format: "popw.epoch", found: 2, supported: 1 });
    assert_eq!(error.to_string(), "this \"popw.epoch\" document has version 2; this program reads version 1");
    assert_malformed(EpochPublic::from_json(b"{}"), ".", "missing field `format`");
    assert_malformed(EpochPublic::from_json(b""), ".", "EOF");
    let twice = format!("{json}{json}");
    assert_malformed(ProofEnvelope::from_json(twice.as_bytes()), ".", "trailing characters");
}

#[test]
fn malformed_fields_are_named() {
    let order = "21888242871839275222246405745257275088548364400416034343698204186575808495617";
    let e = envelope();
    assert_malformed(with(&e, "/public/nullifier", json!(order)), "public.nullifier", "not below the order");
    assert_malformed(with(&e, "/public/nullifier", json!("01")), "public.nullifier", "leading zero");
    assert_malformed(with(&e, "/public/nullifier", json!(1)), "public.nullifier", "expected a string");
    assert_malformed(with(&e, "/public/extra", json!(1)), "public.extra", "unknown field `extra`");
    assert_malformed(with(&e, "/key_digest", json!("AB".repeat(32))), "key_digest", "lower-case hex");
    assert_malformed(with(&e, "/key_digest", json!("ab")), "key_digest", "lower-case hex");
    assert_malformed(with(&e, "/proof", json!("abc")), "proof", "lower-case hex");
    assert_malformed(with(&e, "/system", json!("stark")), "system", "unknown variant `stark`");
    assert_malformed(with(&e, "/opening/context/epoch", json!(1u64 << 32)), "opening.context.epoch", "u32");

    let i = input();
    assert_malformed(
        with(&i, "/seats/1/witness/public_key/x", json!("1")),
        "seats[1].witness.public_key",
        "not a point",
    );
    assert_malformed(with(&i, "/seats/0/signature/r8/y", json!("1")), "seats[0].signature", "not a point");
    assert_malformed(with(&i, "/seats/0/bitmap", json!("f".repeat(64))), "seats[0].bitmap", "above slot 252");
    assert_malformed(with(&i, "/epoch/version", json!(2)), "epoch.version", "version 2 where 1 is read");
    let error = with(&i, "/device/owner", json!("-1")).unwrap_err();
    assert!(error.to_string().starts_with("field `device.owner`: a number is written with"), "{error}");
}

#[test]
fn contradictions_are_named() {
    let e = epoch();
    assert_eq!(with(&e, "/domain", json!("5")), inconsistent("domain", Inconsistency::Domain));
    assert_eq!(
        with(&e, "/domain_id", json!("popw:local:x")),
        inconsistent("domain_id", IdentityError::Domain)
    );
    assert_eq!(with(&e, "/rules/n_w", json!(0)).unwrap().rules.n_w, 0);
    assert_eq!(with(&e, "/slot_ms", json!(0)), inconsistent("slot_ms", Inconsistency::EmptySlot));
    let endless = with(&e, "/start_unix_ms", json!(u64::MAX));
    assert_eq!(endless, inconsistent("start_unix_ms", Inconsistency::Endless));
    let open = EpochPublic { closing: None, ..epoch() };
    assert_eq!(open.context_opening(), inconsistent("closing", Inconsistency::NotClosed));

    let i = input();
    assert_eq!(
        with(&i, "/epoch/closing", Value::Null),
        inconsistent("epoch.closing", Inconsistency::NotClosed)
    );
    assert_eq!(with(&i, "/epoch/domain", json!("5")), inconsistent("epoch.domain", Inconsistency::Domain));
    assert_eq!(with(&i, "/seats/1/seat", json!(5)), inconsistent("seats[1].seat", Inconsistency::NoSuchSeat));
    assert_eq!(with(&i, "/seats/1/seat", json!(0)), inconsistent("seats[1].seat", Inconsistency::SeatTwice));
    assert_eq!(
        with(&i, "/seats/0/witness/index", json!(1)),
        inconsistent("seats[0].witness.index", Inconsistency::NoSuchWitness)
    );
    assert_eq!(
        with(&i, "/device/path/index", json!(2)),
        inconsistent("device.path", Inconsistency::PathIndex)
    );
    assert_eq!(
        with(&i, "/seats/1/path/siblings", json!(vec!["1"; 33])),
        inconsistent("seats[1].path", Inconsistency::PathLength)
    );

    let e = envelope();
    assert_eq!(with(&e, "/claim", json!("Uptime")), inconsistent("claim", Inconsistency::Name));
    assert_eq!(with(&e, "/shape", json!("")), inconsistent("shape", Inconsistency::Name));
    assert_eq!(
        with(&e, "/opening/context/domain", json!("5")),
        inconsistent("opening.context.domain", Inconsistency::Domain)
    );
    let quorum = RulesError::Quorum { q: 9, k: 5 };
    assert_eq!(with(&e, "/opening/context/rules/q", json!(9)), inconsistent("opening.context.rules", quorum));
}

/// Nobody is drawn for possession; every other claim needs somebody to draw.
#[test]
fn epochs_without_witnesses_have_claims_of_possession_only() {
    let none = || json!(0);
    assert!(with(&storage(), "/epoch/rules/n_w", none()).is_ok());
    let refused = RulesError::NoWitnesses;
    assert_eq!(with(&input(), "/epoch/rules/n_w", none()), inconsistent("epoch.rules", refused));
    assert_eq!(with(&bandwidth(), "/epoch/rules/n_w", none()), inconsistent("epoch.rules", refused));
    assert_eq!(with(&work(), "/epoch/rules/n_w", none()), inconsistent("epoch.rules", refused));
    for (claim, holds) in [("possession", true), ("uptime", false), ("bandwidth", false), ("work", false)] {
        let envelope = with(&envelope(), "/claim", json!(claim)).unwrap();
        let changed = with(&envelope, "/opening/context/rules/n_w", none());
        match holds {
            true => assert!(changed.is_ok(), "{changed:?}"),
            false => assert_eq!(changed, inconsistent("opening.context.rules", refused)),
        }
    }
}

#[test]
fn compact_form_is_the_only_one() {
    let envelope = envelope();
    let compact = envelope.to_compact();
    assert!(compact.len() < 900, "{} bytes", compact.len());
    assert_eq!(ProofEnvelope::from_compact(&compact), Ok(envelope.clone()));

    assert_eq!(ProofEnvelope::from_compact(b"POPWPRF2"), Err(CompactError::Magic));
    let mut longer = compact.clone();
    longer.push(0);
    assert_eq!(ProofEnvelope::from_compact(&longer), Err(CompactError::Trailing(1)));
    for length in 8..compact.len() {
        assert_eq!(ProofEnvelope::from_compact(&compact[..length]), Err(CompactError::Malformed), "{length}");
    }
    // Version 1 as the two-byte varint 0x81 0x00.
    let mut padded = compact.clone();
    assert_eq!(padded[9], 1);
    padded.splice(9..10, [0x81, 0x00]);
    assert_eq!(ProofEnvelope::from_compact(&padded), Err(CompactError::NotCanonical));

    let broken = ProofEnvelope { claim: String::new(), ..envelope };
    let refused = ProofEnvelope::from_compact(&broken.to_compact());
    assert_eq!(refused, inconsistent("claim", Inconsistency::Name).map_err(CompactError::Document));
}

proptest! {
    #[test]
    fn reading_is_total(bytes: Vec<u8>, text: String) {
        let magic = [b"POPWPRF1", bytes.as_slice()].concat();
        let _ = (ProofEnvelope::from_compact(&bytes), ProofEnvelope::from_compact(&magic));
        let _ = (EpochPublic::from_json(&bytes), EpochPublic::from_json(text.as_bytes()));
        let _ = (UptimeInput::from_json(&bytes), ProofEnvelope::from_json(text.as_bytes()));
    }

    #[test]
    fn a_changed_byte_never_reads_as_the_same(at in 0usize..10_000, flip in 1u8..=255) {
        let envelope = envelope();
        let mut compact = envelope.to_compact();
        let at = at % compact.len();
        compact[at] ^= flip;
        prop_assert_ne!(ProofEnvelope::from_compact(&compact), Ok(envelope));

        let input = input();
        let mut json = input.to_json().into_bytes();
        let at = (at * 7) % json.len();
        json[at] ^= flip;
        let _ = UptimeInput::from_json(&json);
    }
}

#[cfg(feature = "schema")]
#[test]
fn schemas_describe_the_documents() {
    let schema = serde_json::to_value(schemars::schema_for!(UptimeInput)).unwrap();
    assert_eq!(schema["additionalProperties"], json!(false));
    let written: Value = serde_json::from_str(&input().to_json()).unwrap();
    for field in written.as_object().unwrap().keys() {
        assert!(schema["properties"][field].is_object(), "{field}");
    }
    let definitions = schema["$defs"].as_object().unwrap();
    assert_eq!(definitions["FieldElement"]["type"], "string");
    let format = definitions["UptimeFormat"].to_string();
    assert!(format.contains("\"popw.uptime-input\""), "{format}");
}
