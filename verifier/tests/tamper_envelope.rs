//! Tamper manifest for documents: every field of a proof document and of the epoch it is compared with, how it is
//! changed, and which check refuses it. A field that is missing here fails a test.

mod support;

use std::collections::BTreeSet;

use ark_bn254::Fr;
use num_bigint::BigUint;
use popw_core::claim::{Amount, outcome, split_outcome};
use popw_core::document::{Document, EpochPublic, ProofEnvelope};
use popw_core::{field, tag};
use popw_verifier::Verifier;
use popw_verifier::envelope::{Against, parse, verify};
use proptest::collection::vec;
use proptest::prelude::*;
use serde_json::{Value, json};
use support::document::{envelope, epoch};
use support::{Fixture, modulus_r};

/// What becomes of a changed document.
#[derive(Debug, Clone, PartialEq)]
enum Outcome {
    /// Not read at all; the error names the field.
    Unreadable,
    /// Refused with this code.
    Refused(&'static str),
    /// Refused because it differs from the network's epoch in these parts.
    Differs(Vec<&'static str>),
    /// Bound by nothing, on purpose.
    Unbound,
}
use Outcome::{Differs, Refused, Unbound, Unreadable};

/// Adds to a decimal string.
fn plus(value: &Value, addend: &BigUint) -> Value {
    let number: BigUint = value.as_str().unwrap().parse().unwrap();
    json!((number + addend).to_string())
}

fn one(value: &Value) -> Value {
    match value {
        Value::Number(number) => json!(number.as_u64().unwrap() + 1),
        _ => plus(value, &BigUint::from(1u64)),
    }
}

fn plus_r(value: &Value) -> Value {
    plus(value, &modulus_r())
}

/// Changes the first hex digit.
fn digit(value: &Value) -> Value {
    let text = value.as_str().unwrap();
    let first = if text.starts_with('0') { "1" } else { "0" };
    json!([first, &text[1..]].concat())
}

/// The amount in the outcome, with one more up slot.
fn one_slot_more(value: &Value) -> Value {
    plus(value, &(BigUint::from(1u64) << 160))
}

fn all_slots(value: &Value) -> Value {
    let current: BigUint = value.as_str().unwrap().parse().unwrap();
    let payee: BigUint = current % (BigUint::from(1u64) << 160);
    let more: BigUint = payee + (BigUint::from(25u64) << 160);
    json!(more.to_string())
}

fn some_storage(value: &Value) -> Value {
    plus(value, &(BigUint::from(1u64) << 168))
}

fn stray_bit(value: &Value) -> Value {
    plus(value, &(BigUint::from(1u64) << 250))
}

type Change = fn(&Value) -> Value;

/// Path, how it is changed, outcome.
fn proof_manifest() -> Vec<(&'static str, &'static str, Change, Outcome)> {
    vec![
        ("/format", "another", |_| json!("popw.epoch"), Unreadable),
        ("/version", "+ 1", one, Unreadable),
        ("/claim", "another", |_| json!("storage"), Refused("unknown-claim")),
        ("/claim", "not a name", |_| json!("Uptime"), Unreadable),
        ("/claim_version", "+ 1", one, Refused("unknown-claim")),
        ("/claim_version", "+ 2^16", |_| json!(65_537), Refused("unknown-claim")),
        ("/shape", "another", |_| json!("standard"), Refused("key-mismatch")),
        ("/shape", "none", |_| json!("huge"), Refused("unknown-shape")),
        ("/system", "another", |_| json!("halo2"), Refused("wrong-system")),
        ("/system", "none", |_| json!("plonk"), Unreadable),
        ("/key_digest", "a digit", digit, Refused("wrong-key")),
        ("/key_digest", "short", |_| json!("00"), Unreadable),
        ("/development", "not", |_| json!(false), Refused("key-mismatch")),
        ("/opening/context/network", "another", |_| json!("other"), Unbound),
        ("/opening/context/domain_id", "another", |_| json!(format!("popw:local:{:064}", 0)), Unreadable),
        ("/opening/context/domain", "+ 1", one, Unreadable),
        ("/opening/context/domain", "+ r", plus_r, Unreadable),
        ("/opening/context/epoch", "+ 1", one, Refused("context-opening")),
        ("/opening/context/opening", "+ 1", one, Refused("context-opening")),
        ("/opening/context/opening", "+ r", plus_r, Unreadable),
        ("/opening/context/closing", "+ 1", one, Refused("context-opening")),
        ("/opening/context/roots/device", "+ 1", one, Refused("context-opening")),
        ("/opening/context/roots/witness", "+ 1", one, Refused("context-opening")),
        ("/opening/context/roots/allotment", "+ 1", one, Refused("unused-root")),
        ("/opening/context/roots/sector", "+ 1", one, Refused("unused-root")),
        ("/opening/context/rules/n_w", "+ 1", one, Refused("context-opening")),
        ("/opening/context/rules/n_w", "0", |_| json!(0), Unreadable),
        ("/opening/context/rules/k", "+ 1", one, Refused("context-opening")),
        ("/opening/context/rules/q", "+ 1", one, Refused("context-opening")),
        ("/opening/context/rules/q", "0", |_| json!(0), Unreadable),
        ("/opening/context/rules/q", "above k", |_| json!(6), Unreadable),
        ("/opening/context/rules/slots", "+ 1", one, Refused("context-opening")),
        ("/opening/context/rules/max_gap", "+ 1", one, Refused("context-opening")),
        ("/opening/context/rules/batches", "+ 1", one, Refused("context-opening")),
        ("/opening/context/rules/min_rate", "+ 1", one, Refused("context-opening")),
        ("/opening/payee/recipient", "a digit", digit, Refused("payee-opening")),
        ("/opening/payee/owner_tag", "+ 1", one, Refused("payee-opening")),
        ("/opening/payee/owner_tag", "+ r", plus_r, Unreadable),
        ("/public/context", "+ 1", one, Refused("context-opening")),
        ("/public/context", "+ r", plus_r, Unreadable),
        ("/public/nullifier", "+ 1", one, Refused("rejected")),
        ("/public/nullifier", "+ r", plus_r, Unreadable),
        ("/public/outcome", "payee + 1", one, Refused("payee-opening")),
        ("/public/outcome", "one slot more", one_slot_more, Refused("rejected")),
        ("/public/outcome", "more slots than there are", all_slots, Refused("amount")),
        ("/public/outcome", "into its neighbour", some_storage, Refused("amount")),
        ("/public/outcome", "stray bit", stray_bit, Refused("outcome")),
        ("/public/outcome", "+ r", plus_r, Unreadable),
        ("/proof", "a digit", digit, Refused("malformed")),
        ("/proof", "none", |_| json!(""), Refused("malformed")),
        ("/proof", "upper case", |value| json!(value.as_str().unwrap().to_uppercase()), Unreadable),
        (
            "/proof",
            "a byte more",
            |value| json!(format!("{}00", value.as_str().unwrap())),
            Refused("malformed"),
        ),
    ]
}

fn epoch_manifest() -> Vec<(&'static str, &'static str, Change, Outcome)> {
    vec![
        ("/format", "another", |_| json!("popw.proof"), Unreadable),
        ("/version", "+ 1", one, Unreadable),
        ("/network", "another", |_| json!("other"), Unbound),
        ("/domain_id", "another", |_| json!(format!("popw:local:{:064}", 0)), Unreadable),
        ("/domain", "+ 1", one, Unreadable),
        ("/epoch", "+ 1", one, Differs(vec!["epoch"])),
        ("/start_unix_ms", "+ 1", one, Unbound),
        ("/slot_ms", "+ 1", one, Unbound),
        ("/slot_ms", "0", |_| json!(0), Unreadable),
        // The network has checked its beacons; only their randomness enters the context.
        ("/opening/source", "another", |_| json!("file"), Unbound),
        ("/opening/chain_hash", "a digit", digit, Unbound),
        ("/opening/round", "+ 1", one, Unbound),
        ("/opening/randomness", "a digit", digit, Differs(vec!["opening beacon"])),
        ("/opening/signature", "a digit", digit, Unbound),
        ("/opening/previous_signature", "a digit", digit, Unbound),
        ("/closing/source", "another", |_| json!("file"), Unbound),
        ("/closing/chain_hash", "a digit", digit, Unbound),
        ("/closing/round", "+ 1", one, Unbound),
        ("/closing/randomness", "a digit", digit, Differs(vec!["closing beacon"])),
        ("/closing/signature", "a digit", digit, Unbound),
        ("/closing/previous_signature", "a digit", digit, Unbound),
        ("/roots/device", "+ 1", one, Differs(vec!["device root"])),
        ("/roots/witness", "+ 1", one, Differs(vec!["witness root"])),
        // Uptime's context has 0 for registries that uptime does not use.
        ("/roots/allotment", "+ 1", one, Unbound),
        ("/roots/sector", "+ 1", one, Unbound),
        ("/rules/n_w", "+ 1", one, Differs(vec!["rules.n_w"])),
        ("/rules/k", "+ 1", one, Differs(vec!["rules.k"])),
        ("/rules/q", "+ 1", one, Differs(vec!["rules.q"])),
        ("/rules/slots", "+ 1", one, Differs(vec!["rules.slots"])),
        ("/rules/max_gap", "+ 1", one, Differs(vec!["rules.max_gap"])),
        ("/rules/batches", "+ 1", one, Differs(vec!["rules.batches"])),
        ("/rules/min_rate", "+ 1", one, Differs(vec!["rules.min_rate"])),
    ]
}

/// Paths of everything in a document that is not an object.
fn leaves(value: &Value, path: &str, found: &mut BTreeSet<String>) {
    match value {
        Value::Object(fields) => {
            for (name, value) in fields {
                leaves(value, &format!("{path}/{name}"), found);
            }
        }
        _ => {
            found.insert(path.into());
        }
    }
}

#[test]
fn manifests_name_every_field() {
    let mut fixture = Fixture::new();
    let proof = serde_json::to_value(envelope(&mut fixture, 1)).unwrap();
    let epoch = serde_json::to_value(epoch()).unwrap();
    for (document, manifest) in [(proof, proof_manifest()), (epoch, epoch_manifest())] {
        let mut fields = BTreeSet::new();
        leaves(&document, "", &mut fields);
        let listed: BTreeSet<String> = manifest.iter().map(|(path, ..)| (*path).into()).collect();
        assert_eq!(listed, fields);
    }
}

fn judge(document: &[u8], verifier: &Verifier, epoch: &EpochPublic) -> Outcome {
    use popw_verifier::envelope::EnvelopeError;
    let Ok(envelope) = parse(document) else { return Unreadable };
    match verify(&envelope, verifier, Against::Epoch(epoch)) {
        Ok(_) => Unbound,
        Err(EnvelopeError::ContextMismatch { different }) => Differs(different),
        Err(error) => Refused(error.code()),
    }
}

#[test]
fn every_change_of_a_proof_document_is_refused() {
    let mut fixture = Fixture::new();
    let verifier = Verifier::new(&fixture.key);
    let good = serde_json::to_value(envelope(&mut fixture, 1)).unwrap();
    for (path, how, change, expected) in proof_manifest() {
        let mut document = good.clone();
        let value = document.pointer_mut(path).unwrap();
        *value = change(value);
        assert_ne!(document, good, "{path}: {how}");
        assert_eq!(judge(document.to_string().as_bytes(), &verifier, &epoch()), expected, "{path}: {how}");
    }
}

#[test]
fn every_other_epoch_is_told_apart() {
    let mut fixture = Fixture::new();
    let verifier = Verifier::new(&fixture.key);
    let document = envelope(&mut fixture, 1).to_json();
    let good = serde_json::to_value(epoch()).unwrap();
    for (path, how, change, expected) in epoch_manifest() {
        let mut changed = good.clone();
        let value = changed.pointer_mut(path).unwrap();
        *value = change(value);
        let found = match EpochPublic::from_json(changed.to_string().as_bytes()) {
            Ok(epoch) => judge(document.as_bytes(), &verifier, &epoch),
            Err(_) => Unreadable,
        };
        assert_eq!(found, expected, "{path}: {how}");
    }
    let mut other = epoch();
    other.domain_id = format!("popw:local:{:064}", 0);
    other.domain = popw_core::identity::domain(&other.domain_id).unwrap();
    other.epoch = 10;
    assert_eq!(judge(document.as_bytes(), &verifier, &other), Differs(vec!["domain", "epoch"]));
}

/// Fields changed together so that the document agrees with itself again: the proof does not.
#[test]
fn consistent_lies_are_rejected() {
    let mut fixture = Fixture::new();
    let verifier = Verifier::new(&fixture.key);
    let good = envelope(&mut fixture, 1);
    let changes: [fn(&mut ProofEnvelope); 5] = [
        |document| document.opening.context.epoch += 1,
        |document| document.opening.context.roots.device += Fr::from(1u64),
        |document| document.opening.context.rules.q = 1,
        |document| document.opening.payee.recipient[31] ^= 1,
        |document| document.opening.payee.owner_tag += Fr::from(1u64),
    ];
    for change in changes {
        let mut document = good.clone();
        change(&mut document);
        let opening = document.opening.context.opening("").unwrap();
        document.public.context = opening.context(tag::CTX_UPTIME);
        let (_, amount) = split_outcome(&document.public.outcome).unwrap();
        document.public.outcome = outcome(document.opening.payee.payee(), &amount);
        let verdict = verify(&document, &verifier, Against::Nothing);
        assert_eq!(verdict.unwrap_err().code(), "rejected");
    }
    let mut richer = good.clone();
    richer.public.outcome = outcome(good.opening.payee.payee(), &Amount::uptime(24));
    assert_eq!(verify(&richer, &verifier, Against::Nothing).unwrap_err().code(), "rejected");
}

#[test]
fn json_has_one_reading() {
    let mut fixture = Fixture::new();
    let good = envelope(&mut fixture, 1).to_json();
    let refused = |text: String| assert!(parse(text.as_bytes()).is_err(), "{text}");
    refused(good.replacen('{', "{\"extra\": 1,", 1));
    refused(good.replacen('{', "{\"claim\": \"uptime\",", 1));
    refused(format!("{good}{{}}"));
    refused(good.replacen("\"nullifier\": \"1\"", "\"nullifier\": \"01\"", 1));
    refused(good.replacen("\"nullifier\": \"1\"", "\"nullifier\": 1", 1));
    refused(good.replacen("\"nullifier\": \"1\"", "\"nullifier\": \"-1\"", 1));
    for length in 0..good.trim_end().len() {
        assert!(parse(&good.as_bytes()[..length]).is_err());
    }
}

/// Every byte of the compact form: no change gives a valid document, except of the network's name.
#[test]
fn every_byte_of_the_compact_form() {
    let mut fixture = Fixture::new();
    let verifier = Verifier::new(&fixture.key);
    let good = envelope(&mut fixture, 1);
    let bytes = good.to_compact();
    let mut unbound = 0;
    for index in 0..bytes.len() {
        let mut changed = bytes.clone();
        changed[index] ^= 1;
        let Ok(mut document) = parse(&changed) else { continue };
        if verify(&document, &verifier, Against::Nothing).is_ok() {
            unbound += 1;
            document.opening.context.network.clone_from(&good.opening.context.network);
            assert_eq!(document, good);
        }
    }
    assert_eq!(unbound, "test".len());
    for length in 0..bytes.len() {
        assert!(parse(&bytes[..length]).is_err());
    }
    assert!(parse(&[&bytes[..], &[0]].concat()).is_err());
    assert_eq!(field::to_decimal(&good.public.nullifier), "1");
}

proptest! {
    #[test]
    fn documents_from_anything(bytes in vec(any::<u8>(), 0..400)) {
        let _ = parse(&bytes);
        let _ = parse(&[&b"POPWPRF1"[..], &bytes].concat());
    }
}
