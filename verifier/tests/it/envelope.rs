//! Verdicts on whole documents: all levels, batches, and what a verdict says.

use std::collections::BTreeSet;

use ark_bn254::Fr;
use popw_core::claim::Amount;
use popw_core::document::{Document, ProofEnvelope};
use popw_verifier::envelope::{
    Against, EnvelopeError, Level, Refusal, SpentSet, SpentSetError, parse, verify, verify_many,
};
use popw_verifier::key::VerifyingKey;
use popw_verifier::{Verifier, VerifyError, claims};

use crate::{
    support::document::{envelope, epoch},
    support::{Fixture, header},
};

struct Spent(BTreeSet<Fr>);

impl SpentSet for Spent {
    fn is_spent(&self, nullifier: &Fr) -> Result<bool, SpentSetError> {
        Ok(self.0.contains(nullifier))
    }
}

struct Unreadable;

impl SpentSet for Unreadable {
    fn is_spent(&self, _: &Fr) -> Result<bool, SpentSetError> {
        Err(SpentSetError("disk on fire".into()))
    }
}

#[test]
fn every_level() {
    let mut fixture = Fixture::new();
    let verifier = Verifier::new(&fixture.key);
    let envelope = envelope(&mut fixture, 1);
    let epoch = epoch();
    let level = |against| verify(&envelope, &verifier, against).map(|verdict| verdict.verdict);
    assert_eq!(level(Against::Nothing), Ok(Level::ValidContextNotChecked));
    assert_eq!(level(Against::Epoch(&epoch)), Ok(Level::ValidForThisEpoch));
    let nobody = Spent(BTreeSet::new());
    assert_eq!(level(Against::Ledger { epoch: &epoch, spent: &nobody }), Ok(Level::Due));
    let spent = Spent(BTreeSet::from([envelope.public.nullifier]));
    assert_eq!(level(Against::Ledger { epoch: &epoch, spent: &spent }), Ok(Level::AlreadyClaimed));
    let error = level(Against::Ledger { epoch: &epoch, spent: &Unreadable }).unwrap_err();
    assert_eq!(error, EnvelopeError::SpentSet(SpentSetError("disk on fire".into())));
    assert_eq!(Refusal::from(&error).verdict, "undecided");
}

#[test]
fn an_open_epoch_decides_nothing() {
    let mut fixture = Fixture::new();
    let verifier = Verifier::new(&fixture.key);
    let envelope = envelope(&mut fixture, 1);
    let mut open = epoch();
    open.closing = None;
    let error = verify(&envelope, &verifier, Against::Epoch(&open)).unwrap_err();
    assert_eq!(error.code(), "epoch");
    assert!(error.is_callers() && error.to_string().contains("closing"), "{error}");
}

#[test]
fn verdict_says_what_and_what_not() {
    let mut fixture = Fixture::new();
    let verifier = Verifier::new(&fixture.key);
    let envelope = envelope(&mut fixture, 1);
    let epoch = epoch();
    let verdict = verify(&envelope, &verifier, Against::Epoch(&epoch)).unwrap();
    assert_eq!(verdict.amount, Amount::uptime(21));
    assert_eq!(verdict.warnings.len(), 1);
    assert!(verdict.warnings[0].message.contains("can forge"));
    let period = verdict.period.unwrap();
    assert_eq!(period.until_unix_ms, epoch.start_unix_ms + 24_000);
    assert_eq!(period.fresh_until_unix_ms, epoch.start_unix_ms + 48_000);
    // PROTOCOL §2: 0.9 / 5.8 / 20 % for k = 5, q = 3 at 10 / 20 / 33 %.
    let odds: Vec<_> =
        verdict.evidence.capture_odds.iter().map(|odds| (odds.odds * 1000.0).round() as u32).collect();
    assert_eq!(odds, [9, 58, 205]);
    for text in claims::UPTIME.does_not_prove {
        assert!(verdict.does_not_prove.contains(text));
    }
    assert_eq!(verdict.does_not_prove.len(), claims::UPTIME.does_not_prove.len() + 1);

    let json = serde_json::to_value(&verdict).unwrap();
    assert_eq!(json["verdict"], "valid-for-this-epoch");
    assert_eq!(json["amount"]["up_slots"], 21);
    assert_eq!(json["key_digest"], fixture.key.digest().to_string());
    assert_eq!(json["system"], "groth16");
    assert_eq!(json["nullifier"], "1");
    for level in [Level::ValidContextNotChecked, Level::ValidForThisEpoch, Level::Due, Level::AlreadyClaimed]
    {
        assert_eq!(serde_json::to_value(level).unwrap(), level.code());
    }
}

#[test]
fn a_finished_key_gives_no_warning() {
    let mut fixture = Fixture::new();
    let mut header = header();
    header.development = None;
    fixture.key = VerifyingKey::new(header, fixture.key.payload().clone()).unwrap();
    let mut envelope = envelope(&mut fixture, 1);
    let verifier = Verifier::new(&fixture.key);
    let error = verify(&envelope, &verifier, Against::Nothing).unwrap_err();
    assert_eq!(error.code(), "key-mismatch", "the document says development, the key does not");
    envelope.development = false;
    assert_eq!(verify(&envelope, &verifier, Against::Nothing).unwrap().warnings, []);
}

#[test]
fn wrong_key_names_both() {
    let mut fixture = Fixture::new();
    let other = Fixture::seeded(1);
    let envelope = envelope(&mut fixture, 1);
    let error = verify(&envelope, &Verifier::new(&other.key), Against::Nothing).unwrap_err();
    let (expected, found) = (fixture.key.digest(), other.key.digest());
    assert_eq!(error, VerifyError::WrongKey { expected, found }.into());
    let text = error.to_string();
    assert!(text.contains(&expected.to_string()) && text.contains(&found.to_string()), "{text}");
}

#[test]
fn both_forms_are_read() {
    let mut fixture = Fixture::new();
    let envelope = envelope(&mut fixture, 1);
    assert_eq!(parse(envelope.to_json().as_bytes()).as_ref(), Ok(&envelope));
    assert_eq!(parse(&envelope.to_compact()).as_ref(), Ok(&envelope));
    assert!(parse(b"").is_err() && parse(b"POPWPRF1").is_err() && parse(b"{}").is_err());
}

#[test]
fn many_at_once_are_judged_one_by_one() {
    let mut fixture = Fixture::new();
    let verifier = Verifier::new(&fixture.key);
    let mut envelopes: Vec<ProofEnvelope> = (0..9).map(|device| envelope(&mut fixture, device)).collect();
    envelopes[2].public.nullifier += Fr::from(100u64);
    envelopes[3].proof.pop();
    envelopes[4].opening.context.epoch += 1;
    envelopes[5].proof = envelopes[6].proof.clone();
    envelopes[7] = envelopes[6].clone();
    let epoch = epoch();
    let spent = Spent(BTreeSet::from([Fr::from(8u64)]));
    let against = Against::Ledger { epoch: &epoch, spent: &spent };
    let verdicts = verify_many(&envelopes, &verifier, against);
    let found: Vec<_> = verdicts
        .iter()
        .map(|verdict| match verdict {
            Ok(verdict) => verdict.verdict.code(),
            Err(error) => error.code(),
        })
        .collect();
    assert_eq!(
        found,
        [
            "due",
            "due",
            "rejected",
            "malformed",
            "context-opening",
            "rejected",
            "due",
            "already-claimed",
            "already-claimed"
        ]
    );
    // One by one gives the same, but for the nullifier that is there twice.
    for (index, (envelope, verdict)) in envelopes.iter().zip(&verdicts).enumerate() {
        if index != 7 {
            assert_eq!(&verify(envelope, &verifier, against), verdict, "{index}");
        }
    }
    assert!(verify_many(&[], &verifier, against).is_empty());
}
