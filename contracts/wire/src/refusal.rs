//! Why a contract says no.

use core::fmt;

/// Why a key, a proof or an input is refused. The numbers never change: they are the contracts' error numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u32)]
pub enum Refusal {
    /// A public input is not 32 bytes, or not below r.
    InputNotCanonical = 1,
    /// The proof is not 256 bytes.
    ProofLength = 2,
    /// A point of the proof is the point at infinity.
    PointAtInfinity = 3,
    /// A coordinate of the proof is not below q.
    CoordinateNotCanonical = 4,
    /// A point of the proof is not on its curve, or not in the subgroup.
    PointNotOnCurve = 5,
    /// Not as many public inputs as the key takes.
    InputCount = 6,
    /// Well-formed, and false.
    Rejected = 7,
    /// The bytes are no key file: magic, version, header, lengths, number of IC points.
    KeyFrame = 16,
    /// The key is of another proof system.
    KeySystem = 17,
    /// A point of the key is at infinity, not below q, not on its curve or not in the subgroup.
    KeyPoint = 18,
    /// Two of β, γ, δ are equal up to sign: anyone can forge.
    KeyRelatedPoints = 19,
    /// α, β, δ or an IC point is the generator up to sign: the setup was never finished.
    KeyGenerator = 20,
    /// Two IC points are equal up to sign: two inputs are not bound apart.
    KeyDuplicateIc = 21,
    /// An IC point is α up to sign: proofs of some inputs can be written down.
    KeyIcAlpha = 22,
}

impl Refusal {
    /// Every refusal.
    pub const ALL: [Self; 14] = [
        Self::InputNotCanonical,
        Self::ProofLength,
        Self::PointAtInfinity,
        Self::CoordinateNotCanonical,
        Self::PointNotOnCurve,
        Self::InputCount,
        Self::Rejected,
        Self::KeyFrame,
        Self::KeySystem,
        Self::KeyPoint,
        Self::KeyRelatedPoints,
        Self::KeyGenerator,
        Self::KeyDuplicateIc,
        Self::KeyIcAlpha,
    ];

    /// The code that native verification gives.
    pub const fn code(self) -> &'static str {
        match self {
            Self::InputNotCanonical
            | Self::ProofLength
            | Self::PointAtInfinity
            | Self::CoordinateNotCanonical
            | Self::PointNotOnCurve => "malformed",
            Self::InputCount => "wrong-input-count",
            Self::Rejected => "rejected",
            Self::KeyFrame | Self::KeyPoint => "malformed-key",
            Self::KeySystem => "wrong-system",
            Self::KeyRelatedPoints => "related-points",
            Self::KeyGenerator => "generator",
            Self::KeyDuplicateIc => "duplicate-ic",
            Self::KeyIcAlpha => "ic-alpha",
        }
    }

    /// What to tell people.
    pub const fn message(self) -> &'static str {
        match self {
            Self::InputNotCanonical => "a public input is not 32 bytes below r",
            Self::ProofLength => "a proof has 256 bytes",
            Self::PointAtInfinity => "a point of the proof is at infinity",
            Self::CoordinateNotCanonical => "a coordinate of the proof is not below q",
            Self::PointNotOnCurve => "a point of the proof is not on its curve or not in the subgroup",
            Self::InputCount => "the key takes three public inputs",
            Self::Rejected => "the proof does not hold for this key and these public inputs",
            Self::KeyFrame => "not a Groth16 verifying key file of this version",
            Self::KeySystem => "the key is of another proof system, Groth16 is expected",
            Self::KeyPoint => {
                "a point of the key is at infinity, not below q, off its curve or outside the subgroup"
            }
            Self::KeyRelatedPoints => {
                "two of the key's beta, gamma, delta are equal up to sign: anyone could forge"
            }
            Self::KeyGenerator => {
                "the key's alpha, beta, delta or an IC point is the generator: its setup was never finished"
            }
            Self::KeyDuplicateIc => {
                "two IC points of the key are equal up to sign: two inputs are not bound apart"
            }
            Self::KeyIcAlpha => {
                "an IC point of the key equals its alpha up to sign: proofs of some inputs can be written down"
            }
        }
    }
}

impl fmt::Display for Refusal {
    /// `code: message`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.code(), self.message())
    }
}
