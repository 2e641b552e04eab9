//! What is due: each fact that is handed in, and what becomes of a claim that does not fit it.

use std::collections::BTreeSet;

use ark_bn254::Fr;
use popw_core::claim::Kind;
use popw_core::document::ProofEnvelope;
use popw_verifier::Verifier;
use popw_verifier::due::{self, NotDue, Terms, Window};
use popw_verifier::envelope::{self, Against, EnvelopeError, Level, Refusal};

use crate::support::Fixture;
use crate::support::document::{envelope, epoch};

const OPEN: Window = Window::Open { closes_unix_ms: 7 };
/// What the fixture's claim, of uptime and shape `demo`, fits.
const TERMS: Terms<'_> =
    Terms { shape: Some("demo"), pays: Some(&[Kind::Uptime, Kind::Possession]), window: Some(OPEN) };

/// A claim, its key, and the nullifiers that are spent.
struct Claim {
    envelope: ProofEnvelope,
    verifier: Verifier,
    spent: BTreeSet<Fr>,
}

impl Claim {
    fn new() -> Self {
        let mut fixture = Fixture::new();
        let envelope = envelope(&mut fixture, 1);
        Self { envelope, verifier: Verifier::new(&fixture.key), spent: BTreeSet::new() }
    }

    /// Verdict and reasons, with epoch and ledger.
    fn decide(&self, terms: &Terms<'_>) -> Result<(Level, Vec<NotDue>), EnvelopeError> {
        self.decide_against(Against::Ledger { epoch: &epoch(), spent: &self.spent }, terms)
    }

    fn decide_against(
        &self,
        against: Against<'_>,
        terms: &Terms<'_>,
    ) -> Result<(Level, Vec<NotDue>), EnvelopeError> {
        let decision = due::verify(&self.envelope, &self.verifier, against, terms)?;
        Ok((decision.verdict.verdict, decision.not_due))
    }
}

#[test]
fn a_claim_that_fits_is_due() {
    let claim = Claim::new();
    assert_eq!(claim.decide(&TERMS), Ok((Level::Due, vec![])));
    assert_eq!(claim.decide(&Terms::default()), Ok((Level::Due, vec![])), "documents alone");
}

#[test]
fn every_fact_that_does_not_fit_is_named() {
    let claim = Claim::new();
    let early = Window::NotYetOpen { opens_unix_ms: 5 };
    let late = Window::Closed { closed_unix_ms: 6 };
    let not_due = [
        (Terms { window: Some(early), ..TERMS }, vec![NotDue::NotYetOpen { opens_unix_ms: 5 }]),
        (Terms { window: Some(late), ..TERMS }, vec![NotDue::Closed { closed_unix_ms: 6 }]),
        (Terms { pays: Some(&[Kind::Work]), ..TERMS }, vec![NotDue::NotPaid]),
        (Terms { pays: Some(&[]), ..TERMS }, vec![NotDue::NotPaid]),
        (
            Terms { pays: Some(&[Kind::Possession]), window: Some(late), ..TERMS },
            vec![NotDue::Closed { closed_unix_ms: 6 }, NotDue::NotPaid],
        ),
    ];
    for (terms, reasons) in not_due {
        assert_eq!(claim.decide(&terms), Ok((Level::ValidForThisEpoch, reasons)), "{terms:?}");
    }
}

#[test]
fn reasons_change_no_verdict_but_due() {
    let mut claim = Claim::new();
    let terms = Terms { pays: Some(&[]), ..TERMS };
    let reasons = vec![NotDue::NotPaid];
    let found = claim.decide_against(Against::Nothing, &terms);
    assert_eq!(found, Ok((Level::ValidContextNotChecked, reasons.clone())));
    let found = claim.decide_against(Against::Epoch(&epoch()), &terms);
    assert_eq!(found, Ok((Level::ValidForThisEpoch, reasons.clone())));
    claim.spent.insert(claim.envelope.public.nullifier);
    assert_eq!(claim.decide(&TERMS), Ok((Level::AlreadyClaimed, vec![])));
    assert_eq!(claim.decide(&terms), Ok((Level::AlreadyClaimed, reasons)));
}

#[test]
fn another_shape_is_refused_before_anything_else_is_looked_at() {
    let mut claim = Claim::new();
    let terms = Terms { shape: Some("standard"), ..TERMS };
    let other = EnvelopeError::OtherShape { taken: "standard".into(), found: "demo".into() };
    assert_eq!(claim.decide(&terms), Err(other.clone()));
    let refusal = Refusal::from(&other);
    assert_eq!((refusal.verdict, refusal.code), ("invalid", "other-shape"));
    assert_eq!(refusal.message, "the network takes claims of shape standard, this one is of shape demo");
    claim.envelope.proof.clear();
    assert_eq!(claim.decide(&terms), Err(other));
    assert_eq!(claim.decide(&TERMS).unwrap_err().code(), "malformed");
}

#[test]
fn verdicts_reached_another_way_are_decided_alike() {
    let claim = Claim::new();
    let (epoch, envelopes) = (epoch(), [claim.envelope.clone(), claim.envelope.clone()]);
    let against = Against::Ledger { epoch: &epoch, spent: &claim.spent };
    let closed = Terms { window: Some(Window::Closed { closed_unix_ms: 6 }), ..TERMS };
    for (terms, level) in [(TERMS, Level::Due), (closed, Level::ValidForThisEpoch)] {
        let verdicts = envelope::verify_many(&envelopes, &claim.verifier, against).into_iter();
        let decisions: Vec<_> =
            verdicts.map(|verdict| due::decide(verdict.unwrap(), &terms).unwrap()).collect();
        let alone = due::verify(&claim.envelope, &claim.verifier, against, &terms).unwrap();
        assert_eq!((&decisions[0], alone.verdict.verdict), (&alone, level));
        assert_eq!(decisions[1].verdict.verdict, Level::AlreadyClaimed, "the second of one nullifier");
    }
    let verdict = envelope::verify(&claim.envelope, &claim.verifier, against).unwrap();
    let error = due::decide(verdict, &Terms { shape: Some("standard"), ..TERMS }).unwrap_err();
    assert_eq!(error.code(), "other-shape");
}

#[test]
fn a_window_opens_at_its_first_moment_and_closes_at_its_end() {
    let taken = 10..20;
    assert_eq!(Window::at(9, &taken), Window::NotYetOpen { opens_unix_ms: 10 });
    assert_eq!(Window::at(10, &taken), Window::Open { closes_unix_ms: 20 });
    assert_eq!(Window::at(19, &taken), Window::Open { closes_unix_ms: 20 });
    assert_eq!(Window::at(20, &taken), Window::Closed { closed_unix_ms: 20 });
}

#[test]
fn reasons_have_codes_and_words() {
    let reasons = [
        (NotDue::NotYetOpen { opens_unix_ms: 1 }, "window-not-yet-open", "not opened yet"),
        (NotDue::Closed { closed_unix_ms: 1 }, "window-closed", "has closed"),
        (NotDue::NotPaid, "not-paid", "does not pay"),
    ];
    for (reason, code, words) in reasons {
        assert_eq!(reason.code(), code);
        assert!(reason.to_string().contains(words), "{reason}");
    }
}
