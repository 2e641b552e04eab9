//! Groth16 proofs and public inputs as bytes.

use alloc::vec::Vec;
use core::fmt;

use ark_bn254::{Config, Fr, G1Affine, G2Affine};
use ark_ec::AffineRepr;
use ark_ec::bn::G2Prepared;

use super::lines;
use crate::encoding::{self, G1_BYTES, G2_BYTES, Reader};
use crate::malformed::{Field, Malformed, Problem};

/// Bytes of a proof: A (64), B (128), C (64), encoded as in [`crate::encoding`].
pub const PROOF_BYTES: usize = 256;

/// A proof whose points are known to be in their groups.
#[derive(Clone)]
pub struct Proof {
    a: G1Affine,
    b: G2Affine,
    c: G1Affine,
    /// B's half of the pairing: a by-product of checking its subgroup.
    lines: G2Prepared<Config>,
}

impl Proof {
    /// Checks three points and makes them a proof.
    ///
    /// # Errors
    /// Names the point that is at infinity, off its curve, or (B) outside the subgroup. No honest prover makes an A, B or C
    /// at infinity, except with a chance of about 2⁻²⁵⁴.
    pub fn new(a: G1Affine, b: G2Affine, c: G1Affine) -> Result<Self, Malformed> {
        sound(Field::ProofA, &a, a.is_on_curve())?;
        sound(Field::ProofB, &b, b.is_on_curve())?;
        sound(Field::ProofC, &c, c.is_on_curve())?;
        Self::from_curve_points(a, b, c)
    }

    /// Reads a proof.
    ///
    /// # Errors
    /// As [`Proof::new`], for coordinates that are not below the modulus, and for any length but [`PROOF_BYTES`].
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, Malformed> {
        let at = |field| move |problem| Malformed::new(field, problem);
        let mut reader = Reader::new(bytes);
        let a = encoding::g1(reader.array::<G1_BYTES>(Field::ProofA)?).map_err(at(Field::ProofA))?;
        let b = encoding::twist(reader.array::<G2_BYTES>(Field::ProofB)?).map_err(at(Field::ProofB))?;
        let c = encoding::g1(reader.array::<G1_BYTES>(Field::ProofC)?).map_err(at(Field::ProofC))?;
        reader.end(Field::Proof)?;
        Self::from_curve_points(a, b, c)
    }

    fn from_curve_points(a: G1Affine, b: G2Affine, c: G1Affine) -> Result<Self, Malformed> {
        let lines = lines::prepare(&b).ok_or(Malformed::new(Field::ProofB, Problem::NotInSubgroup))?;
        Ok(Self { a, b, c, lines })
    }

    /// The proof as [`PROOF_BYTES`] bytes.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(PROOF_BYTES);
        encoding::push_g1(&mut out, &self.a);
        encoding::push_g2(&mut out, &self.b);
        encoding::push_g1(&mut out, &self.c);
        out
    }

    /// A in G1.
    pub const fn a(&self) -> G1Affine {
        self.a
    }

    /// B in G2.
    pub const fn b(&self) -> G2Affine {
        self.b
    }

    /// C in G1.
    pub const fn c(&self) -> G1Affine {
        self.c
    }

    pub(super) const fn lines(&self) -> &G2Prepared<Config> {
        &self.lines
    }
}

impl PartialEq for Proof {
    fn eq(&self, other: &Self) -> bool {
        (self.a, self.b, self.c) == (other.a, other.b, other.c)
    }
}

impl Eq for Proof {}

impl fmt::Debug for Proof {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Proof").field("a", &self.a).field("b", &self.b).field("c", &self.c).finish()
    }
}

fn sound<P: AffineRepr>(field: Field, point: &P, on_curve: bool) -> Result<(), Malformed> {
    if point.is_zero() {
        return Err(Malformed::new(field, Problem::Infinity));
    }
    if on_curve { Ok(()) } else { Err(Malformed::new(field, Problem::NotOnCurve)) }
}

/// Public inputs from 32 big-endian bytes each.
///
/// # Errors
/// Names the first input that is r or more: x and x + r are the same scalar, and only x may be accepted, or one
/// nullifier could be spent under two names.
pub fn public_inputs(encoded: &[[u8; 32]]) -> Result<Vec<Fr>, Malformed> {
    let scalar = |(index, bytes)| {
        encoding::scalar(bytes).map_err(|problem| Malformed::new(Field::Input(index), problem))
    };
    encoded.iter().enumerate().map(scalar).collect()
}

#[cfg(feature = "ark-groth16")]
mod conversions {
    use super::Proof;
    use crate::malformed::Malformed;
    use ark_bn254::Bn254;

    impl TryFrom<&ark_groth16::Proof<Bn254>> for Proof {
        type Error = Malformed;

        fn try_from(proof: &ark_groth16::Proof<Bn254>) -> Result<Self, Malformed> {
            Self::new(proof.a, proof.b, proof.c)
        }
    }

    impl From<&Proof> for ark_groth16::Proof<Bn254> {
        fn from(proof: &Proof) -> Self {
            Self { a: proof.a, b: proof.b, c: proof.c }
        }
    }
}
