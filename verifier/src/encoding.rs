//! Big-endian encodings of field elements and points.
//!
//! A coordinate is 32 bytes, big-endian, below its modulus. A G1 point is `x ‖ y` (64 bytes). A G2 point is
//! `x.c1 ‖ x.c0 ‖ y.c1 ‖ y.c0` (128 bytes), the order of EIP-197, so the same bytes go to the EVM's pairing precompile.
//! Infinity has no encoding here: no key or proof of ours may contain it, and its EIP-197 form (all zeros) is refused by name.
//! Each point has exactly one encoding.

use alloc::vec::Vec;

use ark_bn254::{Fq, Fq2, Fr, G1Affine, G2Affine};
use ark_ec::AffineRepr;
use ark_ff::{BigInt, PrimeField};

use popw_core::field;

use crate::malformed::{Field, Malformed, Problem};

/// Bytes of an encoded G1 point.
pub const G1_BYTES: usize = 64;
/// Bytes of an encoded G2 point.
pub const G2_BYTES: usize = 128;

/// Reads a slice front to back; every method names the field it was reading.
pub(crate) struct Reader<'a> {
    rest: &'a [u8],
}

impl<'a> Reader<'a> {
    pub(crate) const fn new(bytes: &'a [u8]) -> Self {
        Self { rest: bytes }
    }

    pub(crate) fn array<const N: usize>(&mut self, field: Field) -> Result<&'a [u8; N], Malformed> {
        let (head, rest) =
            self.rest.split_first_chunk::<N>().ok_or(Malformed::new(field, Problem::Truncated))?;
        self.rest = rest;
        Ok(head)
    }

    pub(crate) fn slice(&mut self, length: usize, field: Field) -> Result<&'a [u8], Malformed> {
        let (head, rest) =
            self.rest.split_at_checked(length).ok_or(Malformed::new(field, Problem::Truncated))?;
        self.rest = rest;
        Ok(head)
    }

    pub(crate) fn u8(&mut self, field: Field) -> Result<u8, Malformed> {
        self.array::<1>(field).map(|[byte]| *byte)
    }

    pub(crate) fn u16(&mut self, field: Field) -> Result<u16, Malformed> {
        self.array(field).map(|bytes| u16::from_be_bytes(*bytes))
    }

    pub(crate) fn u32(&mut self, field: Field) -> Result<u32, Malformed> {
        self.array(field).map(|bytes| u32::from_be_bytes(*bytes))
    }

    /// Refuses bytes that are left over, in the name of `field`.
    pub(crate) fn end(self, field: Field) -> Result<(), Malformed> {
        match self.rest.len() {
            0 => Ok(()),
            count => Err(Malformed::new(field, Problem::TrailingBytes { count })),
        }
    }
}

/// An integer below 2^256.
fn integer(bytes: &[u8; 32]) -> BigInt<4> {
    let mut limbs = [0u64; 4];
    let (chunks, _) = bytes.as_chunks::<8>();
    for (limb, chunk) in limbs.iter_mut().rev().zip(chunks) {
        *limb = u64::from_be_bytes(*chunk);
    }
    BigInt(limbs)
}

fn push_integer(out: &mut Vec<u8>, value: BigInt<4>) {
    for limb in value.0.iter().rev() {
        out.extend_from_slice(&limb.to_be_bytes());
    }
}

/// A scalar from 32 big-endian bytes.
///
/// # Errors
/// [`Problem::NotCanonical`] when the value is r or more.
pub fn scalar(bytes: &[u8; 32]) -> Result<Fr, Problem> {
    field::from_be_bytes(bytes).map_err(|_| Problem::NotCanonical)
}

/// A scalar as 32 big-endian bytes.
pub fn scalar_bytes(value: &Fr) -> [u8; 32] {
    field::to_be_bytes(value)
}

fn coordinate(bytes: &[u8; 32]) -> Result<Fq, Problem> {
    Fq::from_bigint(integer(bytes)).ok_or(Problem::NotCanonical)
}

/// A point of G1, whose cofactor is 1: on the curve is in the group.
///
/// # Errors
/// [`Problem::Infinity`], [`Problem::NotCanonical`] or [`Problem::NotOnCurve`].
pub fn g1(bytes: &[u8; G1_BYTES]) -> Result<G1Affine, Problem> {
    if bytes.iter().all(|byte| *byte == 0) {
        return Err(Problem::Infinity);
    }
    let (x, y) = halves::<32, G1_BYTES>(bytes)?;
    let point = G1Affine::new_unchecked(coordinate(x)?, coordinate(y)?);
    if point.is_on_curve() { Ok(point) } else { Err(Problem::NotOnCurve) }
}

/// A point on G2's curve; the caller checks the subgroup.
///
/// # Errors
/// [`Problem::Infinity`], [`Problem::NotCanonical`] or [`Problem::NotOnCurve`].
pub(crate) fn twist(bytes: &[u8; G2_BYTES]) -> Result<G2Affine, Problem> {
    if bytes.iter().all(|byte| *byte == 0) {
        return Err(Problem::Infinity);
    }
    let (x, y) = halves::<64, G2_BYTES>(bytes)?;
    let point = G2Affine::new_unchecked(quadratic(x)?, quadratic(y)?);
    if point.is_on_curve() { Ok(point) } else { Err(Problem::NotOnCurve) }
}

/// A point of G2, subgroup included.
///
/// # Errors
/// As [`g1`], and [`Problem::NotInSubgroup`].
pub fn g2(bytes: &[u8; G2_BYTES]) -> Result<G2Affine, Problem> {
    let point = twist(bytes)?;
    if point.is_in_correct_subgroup_assuming_on_curve() { Ok(point) } else { Err(Problem::NotInSubgroup) }
}

fn quadratic(bytes: &[u8; 64]) -> Result<Fq2, Problem> {
    let (c1, c0) = halves::<32, 64>(bytes)?;
    Ok(Fq2::new(coordinate(c0)?, coordinate(c1)?))
}

fn halves<const HALF: usize, const WHOLE: usize>(
    bytes: &[u8; WHOLE],
) -> Result<(&[u8; HALF], &[u8; HALF]), Problem> {
    let first = bytes.first_chunk().ok_or(Problem::Truncated)?;
    let second = bytes.last_chunk().ok_or(Problem::Truncated)?;
    Ok((first, second))
}

/// Appends a G1 point; infinity becomes 64 zero bytes, which [`g1`] refuses.
pub fn push_g1(out: &mut Vec<u8>, point: &G1Affine) {
    let (x, y) = point.xy().unwrap_or_default();
    push_integer(out, x.into_bigint());
    push_integer(out, y.into_bigint());
}

/// Appends a G2 point; infinity becomes 128 zero bytes, which [`g2`] refuses.
pub fn push_g2(out: &mut Vec<u8>, point: &G2Affine) {
    let (x, y) = point.xy().unwrap_or_default();
    for coordinate in [x.c1, x.c0, y.c1, y.c0] {
        push_integer(out, coordinate.into_bigint());
    }
}
