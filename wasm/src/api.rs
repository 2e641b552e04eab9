//! What the package does with documents, over bytes and text: documents in, JSON out. Documents are bounded as they are for
//! the command; what is longer is refused unread.

use alloc::boxed::Box;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt::Display;

use popw_core::Fr;
use popw_core::claim::{Amount, split_outcome};
use popw_core::document::{self, Document, EligibilityPolicy, EpochPublic, ProofEnvelope};
use popw_core::field;
use popw_verifier::eligibility::{self, EligibilityError};
use popw_verifier::envelope::{self, Against, EnvelopeError, Refusal, SpentSet, SpentSetError, Verdict};
use popw_verifier::{Verifier, lint};
use serde::{Deserialize, Serialize};

use crate::failure::Failure;
use crate::raw::parts;

impl From<EnvelopeError> for Failure {
    fn from(error: EnvelopeError) -> Self {
        Self::new(error.code(), error)
    }
}

impl From<EligibilityError> for Failure {
    fn from(error: EligibilityError) -> Self {
        Self::new(error.code(), error)
    }
}

/// A value as JSON. None of ours has no such form.
fn json(value: &impl Serialize) -> Result<String, Failure> {
    serde_json::to_string(value).map_err(|error| Failure::new("internal", error))
}

/// Verifies a document, JSON or compact; the verdict as JSON. `epoch` is what the network published; `spent` a JSON list of
/// paid nullifiers in decimal, which counts with an epoch alone.
///
/// # Errors
/// `unreadable` for what is no proof document, `epoch-unreadable` for what is no epoch, `spent-set` for what is no such list,
/// and the codes of [`EnvelopeError`].
pub fn verify(
    proof: &[u8],
    key: &Verifier,
    epoch: Option<&[u8]>,
    spent: Option<&str>,
) -> Result<String, Failure> {
    let proof = document(proof)?;
    let brought = Brought::read(epoch, spent)?;
    json(&envelope::verify(&proof, key, brought.against())?)
}

/// Verifies documents of one key, which lie one after another in `proofs`; a JSON list of verdicts and refusals.
///
/// # Errors
/// As [`verify`] for epoch and ledger; what is wrong with a proof is in the list.
pub fn verify_batch(
    proofs: &[u8],
    lengths: &[u32],
    key: &Verifier,
    epoch: Option<&[u8]>,
    spent: Option<&str>,
) -> Result<String, Failure> {
    let brought = Brought::read(epoch, spent)?;
    let mut readable = Vec::new();
    let mut results: Vec<Result<(), Failure>> = Vec::new();
    for bytes in parts(proofs, lengths)? {
        results.push(document(bytes).map(|document| readable.push(document)));
    }
    let verdicts: Vec<Answer> = envelope::verify_many(&readable, key, brought.against())
        .into_iter()
        .map(|verdict| match verdict {
            Ok(verdict) => Answer::Verdict(Box::new(verdict)),
            Err(error) => Answer::Refusal(Refusal::from(&error)),
        })
        .collect();
    let mut verdicts = verdicts.into_iter();
    let answers: Vec<Answer> = results
        .into_iter()
        .filter_map(|result| match result {
            Ok(()) => verdicts.next(),
            Err(Failure { code, message }) => {
                Some(Answer::Refusal(Refusal { verdict: "invalid", code, message }))
            }
        })
        .collect();
    json(&answers)
}

/// Judges documents, which lie one after another in `proofs`, by a policy; the answer as JSON.
///
/// # Errors
/// The codes of [`EligibilityError`].
pub fn eligibility(
    proofs: &[u8],
    lengths: &[u32],
    policy: &[u8],
    keys: &[Verifier],
) -> Result<String, Failure> {
    let policy = EligibilityPolicy::from_json(policy).map_err(EligibilityError::Policy)?;
    json(&eligibility::judge(&parts(proofs, lengths)?, &policy, keys)?)
}

/// A proof document and how long it is in its forms, as JSON; nothing is verified but its form.
///
/// # Errors
/// `unreadable`.
pub fn inspect(proof: &[u8]) -> Result<String, Failure> {
    let document = document(proof)?;
    let amount = split_outcome(&document.public.outcome).ok().map(|(_, amount)| amount);
    let compact_bytes = document.to_compact().len();
    json(&Inspection {
        bytes: proof.len(),
        compact_bytes,
        proof_bytes: document.proof.len(),
        amount,
        document,
    })
}

/// All findings about a key file as JSON.
///
/// # Errors
/// None: whatever is wrong with the file is a finding.
pub fn lint_key(file: &[u8]) -> Result<String, Failure> {
    json(&lint::lint(file))
}

/// The compact form of a document.
///
/// # Errors
/// `unreadable`.
pub fn to_compact(proof: &[u8]) -> Result<Vec<u8>, Failure> {
    document(proof).map(|document| document.to_compact())
}

/// The JSON form of a document, as `popw` writes it.
///
/// # Errors
/// `unreadable`.
pub fn to_json(proof: &[u8]) -> Result<String, Failure> {
    document(proof).map(|document| document.to_json())
}

/// Checks a published epoch; its JSON.
///
/// # Errors
/// `unreadable`.
pub fn epoch(document: &[u8]) -> Result<String, Failure> {
    json(&EpochPublic::from_json(document).map_err(unreadable)?)
}

/// What [`inspect`] tells.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Inspection {
    #[serde(flatten)]
    document: ProofEnvelope,
    /// Bytes of the document as it was given.
    bytes: usize,
    /// Bytes of its compact form.
    compact_bytes: usize,
    /// Bytes of the proof in it.
    proof_bytes: usize,
    /// What its outcome claims; none when that is no outcome.
    amount: Option<Amount>,
}

/// An entry of a batch's answer.
#[derive(Debug, Serialize)]
#[serde(untagged)]
enum Answer {
    Verdict(Box<Verdict>),
    Refusal(Refusal),
}

/// A document that cannot be read.
fn unreadable(error: impl Display) -> Failure {
    Failure::new("unreadable", error)
}

fn document(bytes: &[u8]) -> Result<ProofEnvelope, Failure> {
    envelope::parse(bytes).map_err(unreadable)
}

/// What the caller brings along to compare with.
struct Brought {
    epoch: Option<EpochPublic>,
    spent: Option<Spent>,
}

/// Nullifiers that have been paid.
#[derive(Deserialize)]
struct Spent(#[serde(with = "field::decimals")] Vec<Fr>);

impl Brought {
    fn read(epoch: Option<&[u8]>, spent: Option<&str>) -> Result<Self, Failure> {
        let unreadable = |error| Failure::new("epoch-unreadable", error);
        let epoch = epoch.map(EpochPublic::from_json).transpose().map_err(unreadable)?;
        let spent = spent
            .map(|list| document::read(list.as_bytes()))
            .transpose()
            .map_err(|error| Failure::from(EnvelopeError::SpentSet(SpentSetError(error.to_string()))))?;
        Ok(Self { epoch, spent })
    }

    fn against(&self) -> Against<'_> {
        match (&self.epoch, &self.spent) {
            (None, _) => Against::Nothing,
            (Some(epoch), None) => Against::Epoch(epoch),
            (Some(epoch), Some(spent)) => Against::Ledger { epoch, spent },
        }
    }
}

impl SpentSet for Spent {
    fn is_spent(&self, nullifier: &Fr) -> Result<bool, SpentSetError> {
        Ok(self.0.contains(nullifier))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn documents_are_bounded_before_they_are_read() {
        let limit = usize::try_from(document::LIMIT).expect("an address");
        let too_long = vec![b' '; limit + 1];
        for answer in [inspect(&too_long), to_json(&too_long), epoch(&too_long)] {
            let failure = answer.expect_err("refused");
            assert_eq!(failure.code, "unreadable");
            assert!(failure.message.contains("16777216 bytes"), "{}", failure.message);
        }
        let brought = |epoch, spent| Brought::read(epoch, spent).err().map(|failure| failure.code);
        assert_eq!(brought(Some(&too_long[..]), None), Some("epoch-unreadable"));
        let spent = str::from_utf8(&too_long).expect("spaces");
        assert_eq!(brought(None, Some(spent)), Some("spent-set"));
        let failure = eligibility(&[], &[], &too_long, &[]).expect_err("refused");
        assert_eq!(failure.code, "policy");
    }

    #[test]
    fn a_list_of_nullifiers_is_a_list_of_text() {
        let read = |list| {
            Brought::read(None, Some(list)).map(|brought| brought.spent.map_or(0, |spent| spent.0.len()))
        };
        assert_eq!(read(r#"["1", "2"]"#), Ok(2));
        for other in [r#"{"0": "1"}"#, r#"[{"1": null}]"#, r#"[["1"]]"#, "[1]", "\"1\"", r#"["1"] x"#] {
            assert_eq!(read(other).expect_err(other).code, "spent-set");
        }
    }
}
