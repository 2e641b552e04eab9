//! The checks of a document around its proof.

use alloc::collections::BTreeSet;
use alloc::string::ToString;
use alloc::vec::Vec;

use popw_core::claim::{Amount, ContextOpening, Kind, Unit, split_outcome};
use popw_core::document::{Document, EpochPublic, ProofEnvelope};
use popw_core::{draw, possession};

use super::verdict::{CaptureOdds, DetectionOdds, Evidence, Level, Payee, Period, Verdict, Warning};
use super::{Against, EnvelopeError};
use crate::claims::{self, Claim};
use crate::key::{Header, KeyDigest};
use crate::{Fr, VerifyError};

/// Shares of all witness seats for which a verdict states the odds of a captured committee.
const SHARES: [(u8, f64); 3] = [(10, 0.1), (20, 0.2), (33, 0.33)];
/// Shares of a sector's nodes that are lost, for which a verdict states the odds of noticing.
const LOSSES: [(u8, f64); 3] = [(1, 0.01), (5, 0.05), (20, 0.2)];
/// Committees of every shape are far smaller; beyond this the odds are left out.
const LARGEST_COMMITTEE: u32 = 64;

/// A document whose parts belong together; only its proof has not been looked at.
pub(super) struct Checked<'a> {
    envelope: &'a ProofEnvelope,
    claim: &'static Claim,
    opening: ContextOpening,
    amount: Amount,
}

pub(super) fn openings<'a>(
    envelope: &'a ProofEnvelope,
    header: &Header,
    digest: KeyDigest,
) -> Result<Checked<'a>, EnvelopeError> {
    envelope.check()?;
    let claim = known_claim(envelope)?;
    key(envelope, header, digest)?;

    let opening = envelope.opening.context.opening("opening.context.")?;
    unused_roots(claim, &opening)?;
    if opening.context(claim.kind.context()) != envelope.public.context {
        return Err(EnvelopeError::ContextOpening);
    }
    let (payee, amount) = split_outcome(&envelope.public.outcome)?;
    if payee != envelope.opening.payee.payee() {
        return Err(EnvelopeError::PayeeOpening);
    }
    possible(claim.kind, &amount, &opening)?;
    Ok(Checked { envelope, claim, opening, amount })
}

/// The verdict on a document whose proof holds. `spent_before`: nullifiers that are spent besides those of the ledger.
pub(super) fn conclude(
    checked: &Checked<'_>,
    header: &Header,
    against: Against<'_>,
    spent_before: &BTreeSet<Fr>,
) -> Result<Verdict, EnvelopeError> {
    let nullifier = &checked.envelope.public.nullifier;
    let period = match against.epoch() {
        None => None,
        Some(epoch) => Some(same_epoch(checked, epoch)?),
    };
    let level = match against {
        Against::Nothing => Level::ValidContextNotChecked,
        Against::Epoch(_) => Level::ValidForThisEpoch,
        Against::Ledger { spent, .. } if spent_before.contains(nullifier) || spent.is_spent(nullifier)? => {
            Level::AlreadyClaimed
        }
        Against::Ledger { .. } => Level::Due,
    };
    Ok(verdict(checked, header, level, period))
}

fn known_claim(envelope: &ProofEnvelope) -> Result<&'static Claim, EnvelopeError> {
    let unknown =
        || EnvelopeError::UnknownClaim { claim: envelope.claim.clone(), version: envelope.claim_version };
    let version = u16::try_from(envelope.claim_version).map_err(|_| unknown())?;
    let claim = claims::find(&envelope.claim, version).ok_or_else(unknown)?;
    if claim.challenges(&envelope.shape).is_none() {
        let (claim, shape) = (envelope.claim.clone(), envelope.shape.clone());
        return Err(EnvelopeError::UnknownShape { claim, shape });
    }
    Ok(claim)
}

/// The key given is the one that the document names, and is what the document says it is.
fn key(envelope: &ProofEnvelope, header: &Header, given: KeyDigest) -> Result<(), EnvelopeError> {
    let named = KeyDigest(envelope.key_digest);
    if named != given {
        return Err(VerifyError::WrongKey { expected: named, found: given }.into());
    }
    let Header { system, claim, claim_version, shape, development } = header;
    if envelope.system != *system {
        return Err(VerifyError::WrongSystem { expected: envelope.system, found: *system }.into());
    }
    let development = development.is_some();
    let parts = [
        ("claim", envelope.claim.clone(), claim.clone()),
        ("claim_version", envelope.claim_version.to_string(), claim_version.to_string()),
        ("shape", envelope.shape.clone(), shape.clone()),
        ("development", envelope.development.to_string(), development.to_string()),
    ];
    match parts.into_iter().find(|(_, document, key)| document != key) {
        Some((part, document, key)) => Err(EnvelopeError::KeyMismatch { part, document, key }),
        None => Ok(()),
    }
}

fn unused_roots(claim: &Claim, opening: &ContextOpening) -> Result<(), EnvelopeError> {
    let (roots, used) = (opening.roots, claim.kind.registries().only(&opening.roots));
    let all = [
        ("device", roots.device, used.device),
        ("witness", roots.witness, used.witness),
        ("allotment", roots.allotment, used.allotment),
        ("sector", roots.sector, used.sector),
    ];
    match all.into_iter().find(|(_, root, used)| root != used) {
        Some((name, ..)) => Err(EnvelopeError::UnusedRoot(name)),
        None => Ok(()),
    }
}

/// The circuit proves as much; a verdict about an impossible amount is refused whatever the circuit says.
fn possible(kind: Kind, amount: &Amount, opening: &ContextOpening) -> Result<(), EnvelopeError> {
    for (part, measure, found) in amount.measured() {
        let most = match measure.unit {
            _ if !kind.has(part) => 0,
            Unit::Slots => opening.rules.slots,
            Unit::Mib | Unit::DeciMbitPerSec => measure.most(),
        };
        if found > most {
            return Err(EnvelopeError::Amount { part: measure.name, found, most });
        }
    }
    Ok(())
}

fn same_epoch(checked: &Checked<'_>, epoch: &EpochPublic) -> Result<Period, EnvelopeError> {
    let mut expected = epoch.context_opening().map_err(EnvelopeError::Epoch)?;
    expected.roots = checked.claim.kind.registries().only(&expected.roots);
    let different = differences(&checked.opening, &expected);
    if !different.is_empty() {
        return Err(EnvelopeError::ContextMismatch { different });
    }
    // `context_opening` has checked that the epoch ends; the one after it may not.
    let until = epoch.end_unix_ms().unwrap_or(u64::MAX);
    let length = until.saturating_sub(epoch.start_unix_ms);
    Ok(Period {
        from_unix_ms: epoch.start_unix_ms,
        until_unix_ms: until,
        fresh_until_unix_ms: until.saturating_add(length),
    })
}

/// Names of the parts in which two openings differ; none iff the openings are equal.
fn differences(found: &ContextOpening, expected: &ContextOpening) -> Vec<&'static str> {
    let ContextOpening { domain, epoch, opening, closing, roots, rules } = found;
    let parts = [
        ("domain", *domain == expected.domain),
        ("epoch", *epoch == expected.epoch),
        ("opening beacon", *opening == expected.opening),
        ("closing beacon", *closing == expected.closing),
        ("device root", roots.device == expected.roots.device),
        ("witness root", roots.witness == expected.roots.witness),
        ("allotment root", roots.allotment == expected.roots.allotment),
        ("sector root", roots.sector == expected.roots.sector),
        ("rules.n_w", rules.n_w == expected.rules.n_w),
        ("rules.k", rules.k == expected.rules.k),
        ("rules.q", rules.q == expected.rules.q),
        ("rules.slots", rules.slots == expected.rules.slots),
        ("rules.max_gap", rules.max_gap == expected.rules.max_gap),
        ("rules.batches", rules.batches == expected.rules.batches),
        ("rules.min_rate", rules.min_rate == expected.rules.min_rate),
    ];
    parts.into_iter().filter(|(_, same)| !same).map(|(name, _)| name).collect()
}

fn verdict(checked: &Checked<'_>, header: &Header, level: Level, period: Option<Period>) -> Verdict {
    let Checked { envelope, claim, opening, amount } = checked;
    let beyond = match level {
        Level::ValidContextNotChecked => Some(
            "that this epoch, these registries and these rules are any network's: \
             anyone can build their own, and nothing was given to compare with",
        ),
        Level::ValidForThisEpoch => Some("that the claim has not been paid already: no ledger was given"),
        Level::Due => Some("that the network still takes claims about this epoch"),
        Level::AlreadyClaimed => None,
    };
    Verdict {
        verdict: level,
        claim: claim.kind.id(),
        claim_version: claim.kind.version(),
        shape: envelope.shape.clone(),
        system: envelope.system,
        key_digest: KeyDigest(envelope.key_digest),
        statement: claim.statement,
        domain_id: envelope.opening.context.domain_id.clone(),
        epoch: opening.epoch,
        amount: *amount,
        payee: Payee {
            recipient: envelope.opening.payee.recipient,
            owner_tag: envelope.opening.payee.owner_tag,
        },
        nullifier: envelope.public.nullifier,
        evidence: evidence(claim, &envelope.shape, opening),
        period,
        warnings: header.development.map(Warning::development).into_iter().collect(),
        does_not_prove: claim.does_not_prove.iter().copied().chain(beyond).collect(),
    }
}

fn evidence(claim: &Claim, shape: &str, opening: &ContextOpening) -> Evidence {
    let rules = opening.rules;
    let challenges = claim.challenges(shape).unwrap_or(0);
    let capture_odds = if claim.kind.registries().witness && rules.k <= LARGEST_COMMITTEE {
        let odds = |(share_percent, share)| CaptureOdds {
            share_percent,
            odds: draw::capture_odds(rules.k, rules.q, share),
        };
        SHARES.map(odds).to_vec()
    } else {
        Vec::new()
    };
    Evidence {
        statement: claim.evidence,
        witness_seats: rules.n_w,
        committee: rules.k,
        quorum: rules.q,
        slots: rules.slots,
        max_gap: rules.max_gap,
        capture_odds,
        challenges,
        detection_odds: if challenges > 0 {
            LOSSES.map(|loss| detection(challenges, loss)).to_vec()
        } else {
            Vec::new()
        },
    }
}

fn detection(challenges: u32, (lost_percent, lost): (u8, f64)) -> DetectionOdds {
    let within = |epochs| possession::detection_odds(challenges, lost, epochs);
    DetectionOdds { lost_percent, one_epoch: within(1), thirty_epochs: within(30) }
}
