//! Proofs and public inputs.

use crate::point::{self, Flaw, G1, G2, SCALAR_MODULUS};
use crate::reader::Reader;
use crate::refusal::Refusal;

/// Bytes of a proof: A (64), B (128), C (64).
pub const PROOF_BYTES: usize = 256;
/// Public inputs of every claim: context, nullifier, outcome.
pub const PUBLIC_INPUTS: usize = 3;

/// A proof's points. None is infinity and their coordinates are below q; that they are on their curves and B in the
/// subgroup is for the chain to find out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Proof<'a> {
    /// A.
    pub a: &'a G1,
    /// B.
    pub b: &'a G2,
    /// C.
    pub c: &'a G1,
}

impl<'a> Proof<'a> {
    /// Reads a proof.
    ///
    /// # Errors
    /// [`Refusal::ProofLength`], [`Refusal::PointAtInfinity`] or [`Refusal::CoordinateNotCanonical`].
    pub fn read(bytes: &'a [u8]) -> Result<Self, Refusal> {
        let length = Refusal::ProofLength;
        let mut reader = Reader(bytes);
        let a = reader.array().ok_or(length)?;
        let b = reader.array().ok_or(length)?;
        let c = reader.array().ok_or(length)?;
        if !reader.0.is_empty() {
            return Err(length);
        }
        for point in [&a[..], b, c] {
            point::check(point).map_err(|flaw| match flaw {
                Flaw::Infinity => Refusal::PointAtInfinity,
                Flaw::NotCanonical => Refusal::CoordinateNotCanonical,
            })?;
        }
        Ok(Self { a, b, c })
    }
}

/// A public input: 32 bytes, big-endian, below r. x and x + r are the same scalar, and only x may be accepted, or one
/// nullifier could be spent under two names.
///
/// # Errors
/// [`Refusal::InputNotCanonical`].
pub fn input(bytes: &[u8]) -> Result<&[u8; 32], Refusal> {
    let bytes: Option<&[u8; 32]> = bytes.try_into().ok();
    bytes.filter(|bytes| **bytes < SCALAR_MODULUS).ok_or(Refusal::InputNotCanonical)
}
