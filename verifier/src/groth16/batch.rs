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
//!
//! **Which proofs are false.** Where the batch is off by some power, [`find_invalid`] halves it, keeping the coefficients: the
//! right half is then off by the whole's power less the left half's, so only left halves are worked out. The bound above
//! holds for each of the fewer than 2n parts that can be looked at, so that a forger who tries Q batches of n gets a false
//! proof past the search with chance at most Q·2n·2^-128. Halving pays where few proofs are false; one after another pays
//! where many are, and who sends the proofs decides which. So halving may take half of what one after another takes, in
//! Miller loops, and no more: a search never takes more than the batch's own equation and 1.5 × one after another.

use alloc::vec::Vec;
use core::ops::Range;

use ark_bn254::{Bn254, Config, Fr, G1Affine, G1Projective, g1};
use ark_ec::bn::{G1Prepared, G2Prepared};
use ark_ec::pairing::{Pairing, PairingOutput};
use ark_ec::scalar_mul::glv::GLVConfig;
use ark_ec::{CurveGroup, VariableBaseMSM};
use ark_ff::{AdditiveGroup, Zero};

use super::{PreparedKey, Proof, verify};
use crate::error::VerifyError;
use crate::{encoding, parallel};

const COEFFICIENTS: &str = "popw-verifier 2025 groth16 batch coefficients 1";
/// Miller loops of one proof by itself.
const LOOPS_OF_ONE: usize = 3;
/// Miller loops of a batch, besides one for each proof.
const LOOPS_OF_BATCH: usize = 3;
/// Parts of up to this many proofs are not halved: one after another costs them no more.
const SMALL: usize = 4;

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
        _ if Batch::new(key, entries).holds() => Ok(()),
        _ => Err(BatchError::Rejected),
    }
}

/// Positions of the proofs that do not hold, in order; empty when all do. The verdict on each named proof is [`verify`]'s own.
/// Few false proofs are found by halving; however many are false, this takes no longer than [`verify_batch`] and 1.5 times
/// [`verify`] of each (see the module's text).
///
/// # Errors
/// [`BatchError::Entry`] for a wrong number of inputs.
pub fn find_invalid(key: &PreparedKey, entries: &[Entry<'_>]) -> Result<Vec<usize>, BatchError> {
    check_counts(key, entries)?;
    let suspects = match entries {
        [] => Vec::new(),
        [_] => Vec::from([0]),
        _ => Batch::new(key, entries).suspects(),
    };
    let suspects: Vec<_> =
        suspects.into_iter().filter_map(|index| Some((index, entries.get(index)?))).collect();
    let verdicts = parallel::map(&suspects, |(_, entry)| verify(key, entry.inputs, entry.proof));
    let rejected = suspects.iter().zip(verdicts).filter(|(_, verdict)| verdict.is_err());
    Ok(rejected.map(|((index, _), _)| *index).collect())
}

/// The positions, in order, that are left to look at one by one: every false proof's is among them. `whole` is what the batch
/// is off by, and `off` works that out for a part of it, or cannot.
fn suspects<E: AdditiveGroup>(
    count: usize,
    whole: E,
    mut off: impl FnMut(Range<usize>) -> Option<E>,
) -> Vec<usize> {
    let mut budget = count.saturating_mul(LOOPS_OF_ONE) >> 1;
    let mut suspects = Vec::new();
    // Parts with what they are off by, the leftmost on top.
    let mut parts = Vec::from([(0..count, whole)]);
    while let Some((part, by)) = parts.pop() {
        if by.is_zero() {
            continue;
        }
        let middle = part.start.saturating_add(part.len() >> 1);
        let (left, right) = (part.start..middle, middle..part.end);
        let price = left.len().saturating_add(LOOPS_OF_BATCH);
        let affordable = part.len() > SMALL && price <= budget;
        match affordable.then(|| off(left.clone())).flatten() {
            Some(left_by) => {
                budget = budget.saturating_sub(price);
                parts.push((right, by - left_by));
                parts.push((left, left_by));
            }
            None => suspects.extend(part),
        }
    }
    suspects
}

fn check_counts(key: &PreparedKey, entries: &[Entry<'_>]) -> Result<(), BatchError> {
    for (index, entry) in entries.iter().enumerate() {
        key.check_count(entry.inputs).map_err(|error| BatchError::Entry { index, error })?;
    }
    Ok(())
}

/// Entries with their coefficients.
struct Batch<'a> {
    key: &'a PreparedKey,
    entries: &'a [Entry<'a>],
    coefficients: Vec<Coefficient>,
    /// ρᵢ·Aᵢ.
    scaled: Vec<G1Affine>,
}

impl<'a> Batch<'a> {
    /// The numbers of inputs have been checked.
    fn new(key: &'a PreparedKey, entries: &'a [Entry<'a>]) -> Self {
        let coefficients = coefficients(key, entries);
        let scaled = scale(entries, &coefficients);
        Self { key, entries, coefficients, scaled }
    }

    fn holds(&self) -> bool {
        self.off(0..self.entries.len()).is_some_and(|by| by.is_zero())
    }

    fn suspects(&self) -> Vec<usize> {
        let all = 0..self.entries.len();
        match self.off(all.clone()) {
            Some(whole) => suspects(all.len(), whole, |part| self.off(part)),
            None => all.collect(),
        }
    }

    /// What the equation of a part is off by: the left side over the right. Zero is arkworks' name for 1.
    fn off(&self, part: Range<usize>) -> Option<PairingOutput<Bn254>> {
        let entries = self.entries.get(part.clone())?;
        let coefficients = self.coefficients.get(part.clone())?;
        let scaled = self.scaled.get(part)?;
        let key = self.key.key();

        let mut total = Fr::zero();
        let mut combined = Vec::from_iter(core::iter::repeat_n(Fr::zero(), key.public_inputs()));
        for (coefficient, entry) in coefficients.iter().zip(entries) {
            let scalar = coefficient.scalar();
            total += scalar;
            for (sum, input) in combined.iter_mut().zip(entry.inputs) {
                *sum += scalar * input;
            }
        }
        combined.insert(0, total);
        let inputs = G1Projective::msm_unchecked(key.ic(), &combined);
        let alpha = G1Projective::msm_unchecked(&[key.alpha()], &[total]);
        let c = sum_of_c(entries, coefficients);

        let fixed = G1Projective::normalize_batch(&[-alpha, inputs, c]);
        let minus_gamma = self.key.minus_gamma().clone();
        let minus_delta = self.key.minus_delta().clone();
        let g1 = scaled.iter().copied().chain(fixed).map(G1Prepared::<Config>::from);
        let beta = G2Prepared::<Config>::from(key.beta());
        let lines = entries.iter().map(|entry| entry.proof.lines().clone());
        let g2 = lines.chain([beta, minus_gamma, minus_delta]);
        Bn254::final_exponentiation(Bn254::multi_miller_loop(g1, g2))
    }
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

#[cfg(test)]
mod tests {
    use alloc::collections::BTreeSet;

    use ark_ff::Field as _;

    use super::*;

    /// What a search takes, in Miller loops after the batch's own equation, and the positions it leaves to look at; each false
    /// proof is off by a number of its own.
    fn search(count: usize, invalid: &BTreeSet<usize>) -> (usize, Vec<usize>) {
        let of = |part: Range<usize>| -> Fr {
            invalid.range(part).map(|position| Fr::from(7u64).pow([*position as u64])).sum()
        };
        let mut loops = 0;
        let found = suspects(count, of(0..count), |part| {
            loops += part.len() + LOOPS_OF_BATCH;
            Some(of(part))
        });
        (loops + LOOPS_OF_ONE * found.len(), found)
    }

    #[test]
    fn a_search_never_takes_much_more_than_one_after_another() {
        for count in [1, 2, 3, 4, 5, 8, 31, 100, 256, 1000] {
            for step in [1, 2, 3, 5, 16, 64] {
                for first in 0..step.min(count) {
                    let invalid: BTreeSet<usize> = (first..count).step_by(step).collect();
                    let (loops, found) = search(count, &invalid);
                    let one_by_one = LOOPS_OF_ONE * count;
                    assert!(2 * loops <= 3 * one_by_one, "{count} from {first} by {step}: {loops}");
                    assert!(found.is_sorted(), "{found:?}");
                    assert!(invalid.iter().all(|position| found.contains(position)), "{found:?}");
                }
            }
        }
    }

    #[test]
    fn few_false_proofs_cost_less_than_one_after_another() {
        let count = 256;
        for position in 0..count {
            let (loops, found) = search(count, &BTreeSet::from([position]));
            assert!(found.len() <= SMALL, "{position}: {found:?}");
            assert!(2 * loops <= LOOPS_OF_ONE * count, "{position}: {loops}");
        }
        assert_eq!(search(count, &BTreeSet::new()), (0, Vec::new()));
    }

    #[test]
    fn a_part_that_cannot_be_worked_out_is_looked_at() {
        assert_eq!(suspects(9, Fr::from(1u64), |_| None), Vec::from_iter(0..9));
    }
}
