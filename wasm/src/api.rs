//! What the package does, over bytes and text: documents in, JSON out.

use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt::Display;

use popw_core::Fr;
use popw_core::claim::{Amount, split_outcome};
use popw_core::document::{Document, EligibilityPolicy, EpochPublic, ProofEnvelope};
use popw_core::field;
use popw_verifier::eligibility::{self, EligibilityError};
use popw_verifier::envelope::{self, Against, EnvelopeError, Refusal, SpentSet, SpentSetError, Verdict};
use popw_verifier::key::{KeyError, VerifyingKey};
use popw_verifier::{Malformed, Problem, Verifier, VerifyError, groth16, lint};
use serde::{Deserialize, Serialize};

/// Bytes of a public input.
const INPUT_BYTES: usize = 32;

/// An error as JavaScript gets it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// A code that stays the same between versions.
    pub code: &'static str,
    /// The error in words.
    pub message: String,
}

impl Failure {
    fn new(code: &'static str, message: impl Display) -> Self {
        Self { code, message: message.to_string() }
    }

    /// A document that cannot be read.
    fn unreadable(error: impl Display) -> Self {
        Self::new("unreadable", error)
    }
}

impl From<KeyError> for Failure {
    fn from(error: KeyError) -> Self {
        Self::new(error.code(), error)
    }
}

impl From<VerifyError> for Failure {
    fn from(error: VerifyError) -> Self {
        Self::new(error.code(), error)
    }
}

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

/// A value as JSON.
///
/// # Errors
/// `internal`, for values that have no JSON form; none of ours is such.
pub fn json(value: &impl Serialize) -> Result<String, Failure> {
    serde_json::to_string(value).map_err(|error| Failure::new("internal", error))
}

/// Reads a key file and prepares the key.
///
/// # Errors
/// The codes of [`KeyError`].
pub fn key(file: &[u8]) -> Result<Verifier, Failure> {
    Ok(Verifier::new(&VerifyingKey::from_bytes(file)?))
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
            Ok(verdict) => Answer::Verdict(verdict),
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

/// Verifies a proof in its system's bytes; `inputs` are 32 big-endian bytes each, one after another.
///
/// # Errors
/// The codes of [`VerifyError`].
pub fn verify_raw(proof: &[u8], inputs: &[u8], key: &Verifier) -> Result<(), Failure> {
    let (encoded, rest) = inputs.as_chunks::<INPUT_BYTES>();
    if !rest.is_empty() {
        let field = popw_verifier::Field::Input(encoded.len());
        return Err(VerifyError::from(Malformed::new(field, Problem::Truncated)).into());
    }
    let inputs: Vec<Fr> = groth16::public_inputs(encoded).map_err(VerifyError::from)?;
    Ok(key.verify(&inputs, proof)?)
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
    json(&EpochPublic::from_json(document).map_err(Failure::unreadable)?)
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
    Verdict(Verdict),
    Refusal(Refusal),
}

/// Cuts `bytes` into pieces of these lengths.
fn parts<'a>(bytes: &'a [u8], lengths: &[u32]) -> Result<Vec<&'a [u8]>, Failure> {
    let mut rest = bytes;
    let cut = |length: &u32| {
        let (part, others) = rest.split_at_checked(usize::try_from(*length).ok()?)?;
        rest = others;
        Some(part)
    };
    let parts: Option<_> = lengths.iter().map(cut).collect();
    parts.ok_or_else(|| Failure::new("argument", "the lengths add up to more bytes than there are"))
}

fn document(bytes: &[u8]) -> Result<ProofEnvelope, Failure> {
    envelope::parse(bytes).map_err(Failure::unreadable)
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
            .map(serde_json::from_str)
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
