//! Refusals as contract errors.

use popw_wire::Refusal;
use soroban_sdk::contracterror;

/// Why a key or a proof is refused: [`Refusal`], with its numbers.
#[contracterror]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u32)]
pub enum Error {
    /// A public input is not 32 bytes, or not below r.
    InputNotCanonical = 1,
    /// The proof is not 256 bytes.
    ProofLength = 2,
    /// A point of the proof is the point at infinity.
    PointAtInfinity = 3,
    /// A coordinate of the proof is not below q.
    CoordinateNotCanonical = 4,
    /// A or C is not on the curve.
    PointNotOnCurve = 5,
    /// Not as many public inputs as the key takes.
    InputCount = 6,
    /// Well-formed, and false.
    Rejected = 7,
    /// The bytes are no key file.
    KeyFrame = 16,
    /// The key is of another proof system.
    KeySystem = 17,
    /// A point of the key is at infinity, not below q, or (in G1) not on the curve.
    KeyPoint = 18,
    /// Two of β, γ, δ are equal up to sign.
    KeyRelatedPoints = 19,
    /// α, β, δ or an IC point is the generator up to sign.
    KeyGenerator = 20,
    /// Two IC points are equal up to sign.
    KeyDuplicateIc = 21,
    /// An IC point is α up to sign.
    KeyIcAlpha = 22,
}

impl From<Refusal> for Error {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::InputNotCanonical => Self::InputNotCanonical,
            Refusal::ProofLength => Self::ProofLength,
            Refusal::PointAtInfinity => Self::PointAtInfinity,
            Refusal::CoordinateNotCanonical => Self::CoordinateNotCanonical,
            Refusal::PointNotOnCurve => Self::PointNotOnCurve,
            Refusal::InputCount => Self::InputCount,
            Refusal::Rejected => Self::Rejected,
            Refusal::KeyFrame => Self::KeyFrame,
            Refusal::KeySystem => Self::KeySystem,
            Refusal::KeyPoint => Self::KeyPoint,
            Refusal::KeyRelatedPoints => Self::KeyRelatedPoints,
            Refusal::KeyGenerator => Self::KeyGenerator,
            Refusal::KeyDuplicateIc => Self::KeyDuplicateIc,
            Refusal::KeyIcAlpha => Self::KeyIcAlpha,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_those_of_refusals() {
        for refusal in Refusal::ALL {
            assert_eq!(Error::from(refusal) as u32, refusal as u32);
        }
    }
}
