//! Why a proof was not accepted.

use crate::key::{KeyDigest, System};
use crate::malformed::Malformed;

/// Why a proof was not accepted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum VerifyError {
    /// Bytes that are not a proof or a public input.
    #[error("malformed {0}")]
    Malformed(#[from] Malformed),
    /// The proof names another verifying key than the one given.
    #[error("the proof was made for key {expected}, the key given is {found}")]
    WrongKey {
        /// Digest of the key that the proof names.
        expected: KeyDigest,
        /// Digest of the key given.
        found: KeyDigest,
    },
    /// The key is of another proof system.
    #[error("the proof is a {} proof, the key given is a {} key", .expected.name(), .found.name())]
    WrongSystem {
        /// System of the proof.
        expected: System,
        /// System of the key.
        found: System,
    },
    /// The number of public inputs is not the key's.
    #[error("the key takes {expected} public inputs, {found} were given")]
    WrongInputCount {
        /// Inputs that the key takes.
        expected: usize,
        /// Inputs given.
        found: usize,
    },
    /// Well-formed, and false for this key and these inputs.
    #[error("the proof does not hold for this key and these public inputs")]
    Rejected,
}

impl VerifyError {
    /// A code that stays the same between versions.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Malformed(_) => "malformed",
            Self::WrongKey { .. } => "wrong-key",
            Self::WrongSystem { .. } => "wrong-system",
            Self::WrongInputCount { .. } => "wrong-input-count",
            Self::Rejected => "rejected",
        }
    }
}
