//! Why a document gets no verdict but "invalid".

use alloc::string::{String, ToString};
use alloc::vec::Vec;

use popw_core::claim::OutcomeError;
use popw_core::document::DocumentError;
use serde::Serialize;

use super::SpentSetError;
use crate::VerifyError;

/// Why a document is not accepted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum EnvelopeError {
    /// The document contradicts itself.
    #[error("the proof document is inconsistent: {0}")]
    Document(#[from] DocumentError),
    /// A claim that this program does not know.
    #[error("this program knows no claim {claim} version {version}")]
    UnknownClaim {
        /// Its id.
        claim: String,
        /// Its version.
        version: u32,
    },
    /// A shape that the claim does not have.
    #[error("claim {claim} has no shape {shape}")]
    UnknownShape {
        /// The claim.
        claim: String,
        /// The shape.
        shape: String,
    },
    /// The document says something else about its key than the key itself.
    #[error("the document says {part} is {document}, its key says {key}")]
    KeyMismatch {
        /// What is said differently.
        part: &'static str,
        /// As the document has it.
        document: String,
        /// As the key has it.
        key: String,
    },
    /// Another key, malformed bytes, or a proof that does not hold.
    #[error(transparent)]
    Proof(#[from] VerifyError),
    /// A root of a registry that the claim does not use.
    #[error("the opening has a root of the {0} registry, which the claim does not use: it must be 0")]
    UnusedRoot(&'static str),
    /// The public context is not what the opening gives.
    #[error("the public input `context` is not what the document's opening gives")]
    ContextOpening,
    /// Stray bits in the public outcome.
    #[error("the public input `outcome` is impossible: {0}")]
    Outcome(#[from] OutcomeError),
    /// The public payee is not what the opening gives.
    #[error("the public input `outcome` does not pay the recipient and owner tag in the document's opening")]
    PayeeOpening,
    /// An amount that the claim cannot have.
    #[error("the amount's {part} cannot be {found} for this claim and these rules, at most {most}")]
    Amount {
        /// Which part of the amount.
        part: &'static str,
        /// Its value.
        found: u32,
        /// The most it can be.
        most: u32,
    },
    /// The epoch to compare with is not in order, or not closed yet.
    #[error("the epoch to compare with: {0}")]
    Epoch(#[source] DocumentError),
    /// The proof is about something else than the network's epoch.
    #[error("the proof is not about this epoch of the network; different: {}", different.join(", "))]
    ContextMismatch {
        /// Names of the parts that differ.
        different: Vec<&'static str>,
    },
    /// A shape that the network does not take.
    #[error("the network takes claims of shape {taken}, this one is of shape {found}")]
    OtherShape {
        /// The shape it takes.
        taken: String,
        /// The claim's.
        found: String,
    },
    /// The ledger cannot be read.
    #[error(transparent)]
    SpentSet(#[from] SpentSetError),
}

impl EnvelopeError {
    /// A code that stays the same between versions.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Document(_) => "inconsistent-document",
            Self::UnknownClaim { .. } => "unknown-claim",
            Self::UnknownShape { .. } => "unknown-shape",
            Self::KeyMismatch { .. } => "key-mismatch",
            Self::Proof(error) => error.code(),
            Self::UnusedRoot(_) => "unused-root",
            Self::ContextOpening => "context-opening",
            Self::Outcome(_) => "outcome",
            Self::PayeeOpening => "payee-opening",
            Self::Amount { .. } => "amount",
            Self::Epoch(_) => "epoch",
            Self::ContextMismatch { .. } => "context-mismatch",
            Self::OtherShape { .. } => "other-shape",
            Self::SpentSet(_) => "spent-set",
        }
    }

    /// Whether the fault is in what the verifier brought along (epoch, ledger), which says nothing about the proof.
    pub const fn is_callers(&self) -> bool {
        matches!(self, Self::Epoch(_) | Self::SpentSet(_))
    }
}

/// An error as a document, for `--json` and the like.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Refusal {
    /// `invalid`; `undecided` when the fault is not the proof's.
    #[cfg_attr(feature = "schema", schemars(extend("enum" = ["invalid", "undecided"])))]
    pub verdict: &'static str,
    /// The error's code.
    pub code: &'static str,
    /// The error in words.
    pub message: String,
}

impl From<&EnvelopeError> for Refusal {
    fn from(error: &EnvelopeError) -> Self {
        let verdict = if error.is_callers() { "undecided" } else { "invalid" };
        Self { verdict, code: error.code(), message: error.to_string() }
    }
}
