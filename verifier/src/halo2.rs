//! halo2 proofs (PLONKish, KZG on BN254 with SHPLONK, Keccak transcript), verified without halo2.
//!
//! One proof serves here, in WASM and on EVM chains: the transcript is the one snark-verifier's Solidity recomputes,
//! and public inputs are hashed, not committed. The protocol is the halo2 book's, as halo2-axiom 0.5.3 runs it for one
//! circuit, one column of public inputs and no challenges of the circuit's own; the tests of `popw-prover` hold the two
//! verifiers to the same answers.
//!
//! A [`Key`] describes its circuit completely, gates included, so this module knows no circuit. Everything a
//! key can get wrong is refused when it is parsed; a proof's length follows from its key.
//!
//! # Payload of a key file
//! Integers are big-endian; a list is its length (2 bytes) and its items; scalars and points are as in
//! [`crate::encoding`].
//!
//! | bytes | field |
//! | --- | --- |
//! | 1 | version, 1 |
//! | 1 | k: log2 of the rows |
//! | 1 | degree of the constraint system |
//! | 2 | blinding rows |
//! | 2 | public inputs |
//! | 2 | advice columns |
//! | list | openings of advice columns: column (2), rotation (4, two's complement) |
//! | list | openings of fixed columns, likewise |
//! | list | gates: [`Program`]s |
//! | list | lookups: width (2), as many input programs, as many table programs |
//! | list | permuted columns: kind (1: 0 fixed, 1 advice, 2 public inputs), column (2), commitment to the permutation |
//! | list | commitments to the fixed columns; an empty one is 64 zero bytes |
//! | 32 | what stands for the key in transcripts |
//! | 128 | τ·G2 |
//!
//! A program is a list of steps: 0 and a scalar, 1 and an index of an opening of a fixed column (2), 2 and one of an
//! advice column (2), 3 public inputs, 4 negate, 5 add, 6 multiply.
//!
//! # Order of a proof
//! Commitments to advice · θ · lookups' permuted input and table · β, γ · permutation products · lookup products · random
//! polynomial · y · pieces of the quotient · x · evaluations of advice, fixed columns, random polynomial, permutations,
//! permutation products (at x, ωx and, but for the last, the last active row), lookups · y', v · first opening · u ·
//! second opening. Greek and single letters are challenges.

mod domain;
mod key;
mod program;
mod proof;
mod quotient;
mod shplonk;
mod transcript;

use ark_bn254::{Bn254, Fr, G1Projective, G2Affine};
use ark_ec::{AffineRepr, CurveGroup, pairing::Pairing};
use ark_ff::Zero;

pub use key::{Column, Description, Key, Lookup, Query};
pub use program::{Op, Program};

use crate::error::VerifyError;

/// Checks that `proof` shows the circuit of `key` satisfied with these public inputs.
///
/// # Errors
/// [`VerifyError::WrongInputCount`]; [`VerifyError::Malformed`] with the first part of the proof that is not below its
/// modulus, not on the curve, missing or left over; [`VerifyError::Rejected`].
pub fn verify(key: &Key, inputs: &[Fr], proof: &[u8]) -> Result<(), VerifyError> {
    let expected = key.public_inputs();
    if inputs.len() != expected {
        return Err(VerifyError::WrongInputCount { expected, found: inputs.len() });
    }
    let proof = proof::Proof::read(key, inputs, proof)?;
    let quotient = quotient::expected(key, &proof, inputs)?;
    shplonk::reduce(key, &proof, quotient)?.check(key.description.tau_g2)
}

/// A pairing equation `e(left, τ·G2) = e(right, G2)`, to which a proof has been reduced.
struct Accumulator {
    left: G1Projective,
    right: G1Projective,
}

impl Accumulator {
    fn check(self, tau_g2: G2Affine) -> Result<(), VerifyError> {
        let left = self.left.into_affine();
        let right = (-self.right).into_affine();
        if Bn254::multi_pairing([left, right], [tau_g2, G2Affine::generator()]).is_zero() {
            Ok(())
        } else {
            Err(VerifyError::Rejected)
        }
    }
}
