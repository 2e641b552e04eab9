//! Whole proof documents: from bytes to a verdict.
//!
//! A proof alone says that somebody knows a witness for three numbers. What they mean is in the envelope's openings, so
//! every check here is needed before a verdict: the key is the one the proof names and is for the claim and shape stated;
//! the public context and payee are what the openings give; the amount is one; the proof holds. What follows depends on
//! what the verifier has to compare with ([`Against`]):
//!
//! | given | verdict |
//! | --- | --- |
//! | nothing | valid, context not checked: anyone can build registries of their own |
//! | the network's epoch | valid for this epoch, or an error that names what differs |
//! | and the nullifiers already spent | due, or already claimed |
//!
//! Whether a network owes for a claim depends on its policy and on the time as well: [`crate::due`].

mod check;
mod error;
mod many;
mod verdict;

use alloc::collections::BTreeSet;
use alloc::string::String;

use popw_core::document::{CompactError, Document, DocumentError, EpochPublic, ProofEnvelope};

use crate::key::{Header, KeyDigest};
use crate::{Fr, Verifier};

pub use error::{EnvelopeError, Refusal};
pub use many::verify_many;
pub use verdict::{CaptureOdds, DetectionOdds, Evidence, Level, Payee, Period, Verdict, Warning};

/// Nullifiers that have been paid.
pub trait SpentSet {
    /// Whether this nullifier is among them.
    ///
    /// # Errors
    /// When the set cannot be read; the text says why.
    fn is_spent(&self, nullifier: &Fr) -> Result<bool, SpentSetError>;
}

/// Why a set of spent nullifiers cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the ledger of spent nullifiers cannot be read: {0}")]
pub struct SpentSetError(pub String);

/// What a proof is compared with.
#[derive(Clone, Copy)]
pub enum Against<'a> {
    /// Nothing: the proof is taken by itself.
    Nothing,
    /// An epoch as the network has published it. It has to come from the network, not from whoever hands in the proof.
    Epoch(&'a EpochPublic),
    /// The epoch, and what has been paid.
    Ledger {
        /// The epoch.
        epoch: &'a EpochPublic,
        /// Nullifiers that have been paid.
        spent: &'a dyn SpentSet,
    },
}

impl<'a> Against<'a> {
    const fn epoch(&self) -> Option<&'a EpochPublic> {
        match self {
            Self::Nothing => None,
            Self::Epoch(epoch) | Self::Ledger { epoch, .. } => Some(epoch),
        }
    }
}

/// Why bytes are not a proof document.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ParseError {
    /// As JSON.
    #[error(transparent)]
    Json(#[from] DocumentError),
    /// As the compact form.
    #[error(transparent)]
    Compact(#[from] CompactError),
}

/// Reads a proof document, JSON or compact. Which of the two is seen from the first bytes.
///
/// # Errors
/// [`ParseError`]; for JSON it names the field.
pub fn parse(bytes: &[u8]) -> Result<ProofEnvelope, ParseError> {
    match ProofEnvelope::from_compact(bytes) {
        Err(CompactError::Magic) => Ok(ProofEnvelope::from_json(bytes)?),
        compact => Ok(compact?),
    }
}

/// Verifies one proof document.
///
/// # Errors
/// [`EnvelopeError`]: the proof is invalid, or is not about the epoch given.
pub fn verify(
    envelope: &ProofEnvelope,
    verifier: &Verifier,
    against: Against<'_>,
) -> Result<Verdict, EnvelopeError> {
    verify_by(envelope, verifier.header(), verifier.digest(), against, |inputs, proof| {
        verifier.verify(inputs, proof).map_err(EnvelopeError::from)
    })
}

/// Verifies one proof document whose proof something else verifies, such as a contract: `proof` gets the public inputs
/// and the proof's bytes, and all other checks are those of [`verify`]. `header` and `digest` are of the key that it
/// verifies with.
///
/// # Errors
/// [`EnvelopeError`], or what `proof` returns.
pub fn verify_by<E: From<EnvelopeError>>(
    envelope: &ProofEnvelope,
    header: &Header,
    digest: KeyDigest,
    against: Against<'_>,
    proof: impl FnOnce(&[Fr], &[u8]) -> Result<(), E>,
) -> Result<Verdict, E> {
    let checked = check::openings(envelope, header, digest)?;
    proof(&envelope.public.to_array(), &envelope.proof)?;
    Ok(check::conclude(&checked, header, against, &BTreeSet::new())?)
}
