//! Whether a record of proofs meets a policy: what a lender, a marketplace or a reward contract's front end asks.
//!
//! Every proof is judged by itself: readable, of the policy's network and one of its epochs, of a claim it asks for, under a key it
//! accepts, valid, not spent, paid to whom it has to be, and no amount below the minimum. A record is eligible iff every
//! epoch is covered by such a proof of every claim; proofs beyond that do no harm and are told apart.
//!
//! **What does not follow.** Proofs hide which device made them: claims of one epoch can be of different devices, and a
//! minimum is one of each proof, not of a sum.

use alloc::boxed::Box;
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use popw_core::claim::{Amount, Kind};
use popw_core::document::{Document, DocumentError, EligibilityPolicy, EpochPublic, ProofEnvelope};
use serde::Serialize;

use crate::envelope::{self, Against, Level, SpentSet, SpentSetError, Verdict};
use crate::key::KeyDigest;
use crate::{Fr, Verifier};

/// The answer.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Eligibility {
    /// Whether every epoch is covered by an accepted proof of every claim.
    pub eligible: bool,
    /// Why not, and why proofs were not accepted: those first, in the order they were given.
    pub reasons: Vec<Reason>,
    /// Every proof, in the order they were given.
    pub proofs: Vec<Judged>,
}

/// Something that speaks against a record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Reason {
    /// A code that stays the same between versions.
    pub code: &'static str,
    /// In words.
    pub message: String,
    /// Position of the proof it is about.
    pub proof: Option<usize>,
    /// Number of the epoch it is about.
    pub epoch: Option<u32>,
    /// The claim it is about.
    pub claim: Option<&'static str>,
}

/// What became of a proof.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Judged {
    /// Its position.
    pub proof: usize,
    /// Whether it counts.
    pub counted: bool,
    /// Its verdict, if it is valid for its epoch.
    pub verdict: Option<Verdict>,
}

/// Why nothing can be said.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum EligibilityError {
    /// The policy cannot be one.
    #[error("the policy: {0}")]
    Policy(#[from] DocumentError),
    /// A proof's key is accepted, and not given.
    #[error("proof {proof} needs the verifying key {digest}, which the policy accepts: give its file, too")]
    MissingKey {
        /// Position of the proof.
        proof: usize,
        /// Digest of the key.
        digest: KeyDigest,
    },
}

impl EligibilityError {
    /// A code that stays the same between versions.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Policy(_) => "policy",
            Self::MissingKey { .. } => "missing-key",
        }
    }
}

/// Judges proof documents, JSON or compact, by `policy`. `verifiers`: the keys that it accepts, or those of them that the
/// proofs name.
///
/// # Errors
/// [`EligibilityError`]: the fault is not the proofs'.
pub fn judge(
    proofs: &[&[u8]],
    policy: &EligibilityPolicy,
    verifiers: &[Verifier],
) -> Result<Eligibility, EligibilityError> {
    policy.check()?;
    let keys = verifiers.iter().map(|verifier| (verifier.digest(), verifier)).collect();
    let epochs = policy.epochs.iter().map(|epoch| (epoch.epoch, epoch)).collect();
    let mut judge = Judge { policy, keys, epochs, spent: policy.spent.iter().copied().collect() };
    let (mut judged, mut reasons, mut covered) = (Vec::new(), Vec::new(), BTreeSet::new());
    for (proof, bytes) in proofs.iter().enumerate() {
        let (verdict, refusal) = match judge.proof(proof, bytes)? {
            Ok(verdict) => {
                covered.insert((verdict.epoch, verdict.claim));
                (Some(verdict), None)
            }
            Err(Refused { verdict, reason }) => (verdict.map(|verdict| *verdict), Some(reason)),
        };
        judged.push(Judged { proof, counted: refusal.is_none(), verdict });
        reasons.extend(refusal.map(|reason| Reason { proof: Some(proof), ..reason }));
    }
    let wanted = policy.epochs.iter().flat_map(|epoch| policy.kinds().map(|kind| (epoch.epoch, kind.id())));
    let missing: Vec<_> = wanted.filter(|wanted| !covered.contains(wanted)).collect();
    let eligible = missing.is_empty();
    reasons.extend(missing.into_iter().map(|(epoch, claim)| Reason {
        epoch: Some(epoch),
        claim: Some(claim),
        ..reason("not-covered", format!("epoch {epoch} has no accepted proof of {claim}"))
    }));
    Ok(Eligibility { eligible, reasons, proofs: judged })
}

fn reason(code: &'static str, message: String) -> Reason {
    Reason { code, message, proof: None, epoch: None, claim: None }
}

/// A proof that does not count.
struct Refused {
    verdict: Option<Box<Verdict>>,
    reason: Reason,
}

impl Refused {
    fn new(code: &'static str, message: String) -> Self {
        Self { verdict: None, reason: reason(code, message) }
    }
}

struct Judge<'a> {
    policy: &'a EligibilityPolicy,
    keys: BTreeMap<KeyDigest, &'a Verifier>,
    epochs: BTreeMap<u32, &'a EpochPublic>,
    /// Grows by the nullifiers of the proofs that count.
    spent: BTreeSet<Fr>,
}

impl SpentSet for BTreeSet<Fr> {
    fn is_spent(&self, nullifier: &Fr) -> Result<bool, SpentSetError> {
        Ok(self.contains(nullifier))
    }
}

impl Judge<'_> {
    /// A proof's verdict if it counts.
    fn proof(&mut self, index: usize, bytes: &[u8]) -> Result<Result<Verdict, Refused>, EligibilityError> {
        let envelope = match envelope::parse(bytes) {
            Ok(envelope) => envelope,
            Err(error) => return Ok(Err(Refused::new("unreadable", error.to_string()))),
        };
        let epoch = match self.about(&envelope) {
            Ok(epoch) => epoch,
            Err(refused) => return Ok(Err(refused)),
        };
        let digest = KeyDigest(envelope.key_digest);
        let verifier = self.keys.get(&digest).ok_or(EligibilityError::MissingKey { proof: index, digest })?;
        let against = Against::Ledger { epoch, spent: &self.spent };
        let verdict = match envelope::verify(&envelope, verifier, against) {
            Ok(verdict) => verdict,
            Err(error) => return Ok(Err(Refused::new(error.code(), error.to_string()))),
        };
        Ok(match self.counts(&verdict) {
            Ok(()) => {
                self.spent.insert(verdict.nullifier);
                Ok(verdict)
            }
            Err(reason) => Err(Refused { verdict: Some(Box::new(verdict)), reason }),
        })
    }

    /// What a document says about itself, before anything is computed; the epoch it has to be about.
    fn about(&self, envelope: &ProofEnvelope) -> Result<&EpochPublic, Refused> {
        let context = &envelope.opening.context;
        if context.domain_id != self.policy.domain_id {
            let message = format!("the proof is for {}, not {}", context.domain_id, self.policy.domain_id);
            return Err(Refused::new("other-domain", message));
        }
        if !self.policy.claims.contains(&envelope.claim) {
            let message = format!("the policy does not ask for claims of {}", envelope.claim);
            return Err(Refused::new("other-claim", message));
        }
        if !self.policy.keys.contains(&envelope.key_digest) {
            let message = format!("the policy does not accept the key {}", KeyDigest(envelope.key_digest));
            return Err(Refused::new("key-not-accepted", message));
        }
        self.epochs.get(&context.epoch).copied().ok_or_else(|| {
            Refused::new("other-epoch", format!("epoch {} is not one of the policy's", context.epoch))
        })
    }

    /// What a valid proof has to be besides.
    fn counts(&self, verdict: &Verdict) -> Result<(), Reason> {
        if verdict.verdict == Level::AlreadyClaimed {
            let message = format!(
                "the nullifier {} is spent, or an earlier proof of the record has it",
                verdict.nullifier
            );
            return Err(reason(Level::AlreadyClaimed.code(), message));
        }
        if self.policy.recipient.is_some_and(|recipient| recipient != verdict.payee.recipient) {
            return Err(reason("other-recipient", "the proof pays somebody else".into()));
        }
        match below(verdict.claim, &verdict.amount, &self.policy.minimum) {
            Some((part, found, least)) => {
                Err(reason("below-minimum", format!("{part} is {found}, at least {least} is asked for")))
            }
            None => Ok(()),
        }
    }
}

/// The first amount that is too small, of those that the claim has.
fn below(claim: &str, amount: &Amount, minimum: &Amount) -> Option<(&'static str, u32, u32)> {
    let kind = Kind::find(claim)?;
    let least = minimum.measured().map(|(.., least)| least);
    let mut shown = amount.measured().zip(least).filter(|((part, ..), _)| kind.has(*part));
    let ((_, measure, found), least) = shown.find(|((.., found), least)| found < least)?;
    Some((measure.name, found, least))
}
