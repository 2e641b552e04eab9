//! Tamper manifest for documents: every field of a proof document and of the epoch it is compared with, how it is
//! changed, and which check refuses it. A field that is missing here fails a test.

use std::collections::BTreeSet;

use ark_bn254::Fr;
use popw_core::claim::{Amount, outcome, split_outcome};
use popw_core::document::{Document, EpochPublic, ProofEnvelope};
use popw_core::{field, tag};
use popw_verifier::Verifier;
use popw_verifier::envelope::{Against, parse, verify};
use proptest::collection::vec;
use proptest::prelude::*;
use serde_json::Value;

use crate::{
    support::Fixture,
    support::changes::{
        Outcome,
        Outcome::{Differs, Refused, Unbound, Unreadable},
        epoch_manifest, proof_manifest,
    },
    support::document::{envelope, epoch},
};

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
