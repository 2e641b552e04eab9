//! Many proofs of one key in one multi-pairing.
//!
//! With coefficients ρᵢ, all n equations become one: `Π e(ρᵢAᵢ, Bᵢ) = e(Σρᵢ·α, β) · e(Σρᵢ·Lᵢ, γ) · e(Σρᵢ·Cᵢ, δ)`, where
//! `Lᵢ = IC₀ + Σⱼ xᵢⱼ·ICⱼ`: n + 3 Miller loops and one final exponentiation.
//!
//! **Soundness.** All points are in their groups of prime order r, so proof i's equation is off by some power eᵢ of one
//! generator, and the batch passes iff Σρᵢ·eᵢ = 0 mod r. With some eᵢ ≠ 0 that holds for at most one value of ρᵢ, the others
//! fixed, so for coefficients that are uniform among 2^128 values with chance at most 2^-128. The coefficients are
//! ρ = s + t·λ mod r for 64-bit s, t, where λ is the eigenvalue of G1's endomorphism φ: multiplying by ρ then takes half as
//! many doublings as by a 128-bit number. Different (s, t) give different ρ, because the lattice {(s, t): s + t·λ ≡ 0 mod r}
//! has no other vector with |s|, |t| < 2^64 (its shortest has a coordinate above 2^126).
//! The coefficients come from BLAKE3 over the key's digest and every input and proof (Fiat–Shamir): a forger who tries Q
//! batches passes with chance at most Q·2^-128. They need no randomness, so every verifier comes to the same verdict.

use alloc::vec::Vec;

use ark_bn254::{Bn254, Config, Fr, G1Affine, G1Projective, g1};
use ark_ec::bn::{G1Prepared, G2Prepared};
use ark_ec::pairing::Pairing;
use ark_ec::scalar_mul::glv::GLVConfig;
use ark_ec::{AdditiveGroup as _, CurveGroup, VariableBaseMSM};
use ark_ff::{One, Zero};

use super::{PreparedKey, Proof, verify};
use crate::error::VerifyError;
use crate::{encoding, parallel};

const COEFFICIENTS: &str = "popw-verifier 2025 groth16 batch coefficients 1";

/// A proof with its public inputs.
#[derive(Debug, Clone, Copy)]
pub struct Entry<'a> {
    /// Public inputs, as many as the key takes.
    pub inputs: &'a [Fr],
    /// The proof.
    pub proof: &'a Proof,
}

/// Why a batch was not accepted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum BatchError {
    /// This entry cannot be verified at all.
    #[error("entry {index}: {error}")]
    Entry {
        /// Its position.
        index: usize,
        /// What is wrong with it.
        error: VerifyError,
    },
    /// At least one proof does not hold; [`find_invalid`] tells which.
    #[error("at least one proof of the batch does not hold")]
    Rejected,
}

/// Verifies all entries at once: accepts iff every one of them would be accepted by [`verify`], up to a chance of 2^-128
/// (see the module's text). An empty batch is accepted.
///
/// # Errors
/// [`BatchError::Entry`] for a wrong number of inputs, [`BatchError::Rejected`] when some proof does not hold.
pub fn verify_batch(key: &PreparedKey, entries: &[Entry<'_>]) -> Result<(), BatchError> {
    check_counts(key, entries)?;
    match entries {
        [] => Ok(()),
        [only] => verify(key, only.inputs, only.proof).map_err(|_| BatchError::Rejected),
        _ if holds(key, entries) => Ok(()),
        _ => Err(BatchError::Rejected),
    }
}

/// Positions of the proofs that do not hold, in order; empty when all do. Halves the batch where it fails, so k bad proofs
/// among n cost about k·log₂ n smaller batches; the verdict on each named proof is [`verify`]'s own.
///
/// # Errors
/// [`BatchError::Entry`] for a wrong number of inputs.
pub fn find_invalid(key: &PreparedKey, entries: &[Entry<'_>]) -> Result<Vec<usize>, BatchError> {
    check_counts(key, entries)?;
    let mut invalid = Vec::new();
    // Parts still to look at, the leftmost on top.
    let mut parts = Vec::from([(0usize, entries)]);
    while let Some((start, part)) = parts.pop() {
        if verify_batch(key, part).is_ok() {
            continue;
        }
        if part.len() <= 1 {
            invalid.push(start);
            continue;
        }
        let (left, right) = part.split_at(part.len() >> 1);
        parts.push((start.saturating_add(left.len()), right));
        parts.push((start, left));
    }
    Ok(invalid)
}

fn check_counts(key: &PreparedKey, entries: &[Entry<'_>]) -> Result<(), BatchError> {
    for (index, entry) in entries.iter().enumerate() {
        key.check_count(entry.inputs).map_err(|error| BatchError::Entry { index, error })?;
    }
    Ok(())
}

fn holds(key: &PreparedKey, entries: &[Entry<'_>]) -> bool {
    let coefficients = coefficients(key, entries);
    let scaled = scale(entries, &coefficients);

    let mut total = Fr::zero();
    let mut combined = Vec::from_iter(core::iter::repeat_n(Fr::zero(), key.key().public_inputs()));
    for (coefficient, entry) in coefficients.iter().zip(entries) {
        let scalar = coefficient.scalar();
        total += scalar;
        for (sum, input) in combined.iter_mut().zip(entry.inputs) {
            *sum += scalar * input;
        }
    }
    combined.insert(0, total);
    let inputs = G1Projective::msm_unchecked(key.key().ic(), &combined);
    let alpha = G1Projective::msm_unchecked(&[key.key().alpha()], &[total]);
    let c = sum_of_c(entries, &coefficients);

    let fixed = G1Projective::normalize_batch(&[-alpha, inputs, c]);
    let minus_gamma = key.minus_gamma().clone();
    let minus_delta = key.minus_delta().clone();
    let g1 = scaled.into_iter().chain(fixed).map(G1Prepared::<Config>::from);
    let beta = G2Prepared::<Config>::from(key.key().beta());
    let g2 = entries.iter().map(|entry| entry.proof.lines().clone()).chain([beta, minus_gamma, minus_delta]);
    Bn254::final_exponentiation(Bn254::multi_miller_loop(g1, g2)).is_some_and(|product| product.0.is_one())
}

/// ρ = s + t·λ.
#[derive(Clone, Copy)]
struct Coefficient {
    s: u64,
    t: u64,
}

impl Coefficient {
    fn scalar(self) -> Fr {
        Fr::from(self.s) + g1::Config::LAMBDA * Fr::from(self.t)
    }

    /// ρ·point = s·point + t·φ(point), both halves in one pass.
    fn times(self, point: G1Affine) -> G1Projective {
        let image = g1::Config::endomorphism_affine(&point);
        let both = point + image;
        let mut sum = G1Projective::zero();
        for bit in (0..u64::BITS).rev() {
            sum.double_in_place();
            match ((self.s >> bit) & 1, (self.t >> bit) & 1) {
                (0, 0) => {}
                (1, 0) => sum += point,
                (0, _) => sum += image,
                (_, _) => sum += both,
            }
        }
        sum
    }
}

fn coefficients(key: &PreparedKey, entries: &[Entry<'_>]) -> Vec<Coefficient> {
    let mut hasher = blake3::Hasher::new_derive_key(COEFFICIENTS);
    hasher.update(&key.digest().0);
    for entry in entries {
        // The key fixes the number of inputs and a proof's length is fixed: no two batches give the same bytes.
        for input in entry.inputs {
            hasher.update(&encoding::scalar_bytes(input));
        }
        hasher.update(&entry.proof.to_bytes());
    }
    let mut output = hasher.finalize_xof();
    let mut draw = || {
        let mut bytes = [0u8; 8];
        output.fill(&mut bytes);
        u64::from_le_bytes(bytes)
    };
    entries.iter().map(|_| Coefficient { s: draw(), t: draw() }).collect()
}

/// ρᵢ·Aᵢ.
fn scale(entries: &[Entry<'_>], coefficients: &[Coefficient]) -> Vec<G1Affine> {
    let pairs: Vec<_> = entries.iter().zip(coefficients).collect();
    G1Projective::normalize_batch(&parallel::map(&pairs, |(entry, rho)| rho.times(entry.proof.a())))
}

/// Σ ρᵢ·Cᵢ, as 2n products by 64-bit numbers.
fn sum_of_c(entries: &[Entry<'_>], coefficients: &[Coefficient]) -> G1Projective {
    let mut points = Vec::new();
    let mut scalars = Vec::new();
    for (entry, rho) in entries.iter().zip(coefficients) {
        let c = entry.proof.c();
        points.extend([c, g1::Config::endomorphism_affine(&c)]);
        scalars.extend([rho.s, rho.t]);
    }
    G1Projective::msm_u64(&points, &scalars)
}
