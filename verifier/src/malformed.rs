//! What can be wrong with bytes: one field, one problem.

use core::fmt;

/// A field of a key, a proof or a list of public inputs, as errors name it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Field {
    /// The first bytes, which say what kind of file it is.
    Magic,
    /// Version of the file format.
    FormatVersion,
    /// Proof system.
    System,
    /// Whether the key is for development, and how it was made.
    Development,
    /// Version of the claim.
    ClaimVersion,
    /// Name of the claim.
    Claim,
    /// Name of the shape.
    Shape,
    /// Length of the payload.
    PayloadLength,
    /// The payload as a whole.
    Payload,
    /// Groth16 key: α in G1.
    Alpha,
    /// Groth16 key: β in G2.
    Beta,
    /// Groth16 key: γ in G2.
    Gamma,
    /// Groth16 key: δ in G2.
    Delta,
    /// Groth16 key: the number of IC points.
    IcCount,
    /// Groth16 key: the IC point with this index; 0 belongs to the constant 1.
    Ic(usize),
    /// Groth16 proof: A in G1.
    ProofA,
    /// Groth16 proof: B in G2.
    ProofB,
    /// Groth16 proof: C in G1.
    ProofC,
    /// The proof as a whole.
    Proof,
    /// The public input with this index.
    Input(usize),
    /// A part of another proof system's key or proof.
    Named(&'static str),
}

impl fmt::Display for Field {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = match self {
            Self::Magic => "magic",
            Self::FormatVersion => "format version",
            Self::System => "proof system",
            Self::Development => "development flag",
            Self::ClaimVersion => "claim version",
            Self::Claim => "claim",
            Self::Shape => "shape",
            Self::PayloadLength => "payload length",
            Self::Payload => "payload",
            Self::Alpha => "key.alpha",
            Self::Beta => "key.beta",
            Self::Gamma => "key.gamma",
            Self::Delta => "key.delta",
            Self::IcCount => "key.ic count",
            Self::Ic(index) => return write!(f, "key.ic[{index}]"),
            Self::ProofA => "proof.a",
            Self::ProofB => "proof.b",
            Self::ProofC => "proof.c",
            Self::Proof => "proof",
            Self::Input(index) => return write!(f, "public input {index}"),
            Self::Named(name) => name,
        };
        f.write_str(name)
    }
}

/// What is wrong with a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Problem {
    /// The bytes end inside the field.
    #[error("the bytes end too early")]
    Truncated,
    /// Bytes are left after the last field.
    #[error("{count} bytes too many")]
    TrailingBytes {
        /// How many.
        count: usize,
    },
    /// The file does not begin as a verifying key does.
    #[error("this is not a verifying key file")]
    NotAKey,
    /// Not the value that this kind of file has here.
    #[error("not a value known here")]
    Unknown,
    /// A version that this program does not read.
    #[error("version {found} is not supported")]
    Version {
        /// The version found.
        found: u16,
    },
    /// Not 1 to 31 characters of a–z, 0–9, '.', '-'.
    #[error("not a name of 1 to 31 characters a-z, 0-9, '.', '-'")]
    Name,
    /// A coordinate or scalar that is not below its modulus.
    #[error("not below the modulus")]
    NotCanonical,
    /// Not on the curve.
    #[error("not on the curve")]
    NotOnCurve,
    /// On the curve, not in the subgroup of order r.
    #[error("not in the subgroup of order r")]
    NotInSubgroup,
    /// The point at infinity.
    #[error("the point at infinity")]
    Infinity,
    /// Nothing depends on it, so that anything would be accepted for it.
    #[error("tied to nothing: proofs of any value could be forged")]
    Unbound,
    /// A number, or a thing described, outside what is accepted here.
    #[error("out of bounds")]
    OutOfBounds,
    /// Another number of things than there must be.
    #[error("{found}, expected {expected}")]
    Count {
        /// The number there must be.
        expected: usize,
        /// The number found.
        found: usize,
    },
    /// More things than this program takes: nothing is wrong with them.
    #[error("{found}, and this program takes at most {most}")]
    Limit {
        /// Most that are taken.
        most: usize,
        /// The number found.
        found: usize,
    },
}

/// A field that cannot be read, and why.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{field}: {problem}")]
pub struct Malformed {
    /// The field.
    pub field: Field,
    /// Its problem.
    pub problem: Problem,
}

impl Malformed {
    /// `problem` at `field`.
    pub const fn new(field: Field, problem: Problem) -> Self {
        Self { field, problem }
    }
}
