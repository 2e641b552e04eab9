//! One proof.

use alloc::vec::Vec;

use ark_bn254::{Bn254, Config, Fr, G1Affine, G1Projective};
use ark_ec::bn::{G1Prepared, G2Prepared};
use ark_ec::pairing::{Pairing, PairingOutput};
use ark_ec::{AdditiveGroup as _, CurveGroup};
use ark_ff::{BigInteger as _, PrimeField as _};

use super::{Key, Proof};
use crate::error::VerifyError;
use crate::key::{KeyDigest, Payload, VerifyingKey};

/// Bits of a scalar: r is below 2^254.
const SCALAR_BITS: usize = 254;
/// Inputs whose IC points are added up beforehand, each set of them. All of a claim's.
const GROUP: usize = 4;

/// A key with what is the same for all its proofs worked out: e(α, β), and γ's and δ's halves of their pairings.
#[derive(Debug, Clone)]
pub struct PreparedKey {
    digest: KeyDigest,
    key: Key,
    /// For each few inputs, the sum of every set of their IC points; bit i of an index stands for the group's input i.
    sums: Vec<Vec<G1Affine>>,
    alpha_beta: PairingOutput<Bn254>,
    minus_gamma: G2Prepared<Config>,
    minus_delta: G2Prepared<Config>,
}

impl PreparedKey {
    /// Prepares a key.
    ///
    /// # Errors
    /// [`VerifyError::WrongSystem`] when it is not a Groth16 key.
    pub fn new(key: &VerifyingKey) -> Result<Self, VerifyError> {
        match key.payload() {
            Payload::Groth16(groth16) => Ok(Self::prepare((**groth16).clone(), key.digest())),
            #[cfg(feature = "halo2")]
            Payload::Halo2(_) => Err(VerifyError::WrongSystem {
                expected: crate::key::System::Groth16,
                found: key.header().system,
            }),
        }
    }

    pub(crate) fn prepare(key: Key, digest: KeyDigest) -> Self {
        Self {
            digest,
            sums: key.ic().get(1..).unwrap_or_default().chunks(GROUP).map(sums).collect(),
            alpha_beta: Bn254::pairing(key.alpha(), key.beta()),
            minus_gamma: (-key.gamma()).into(),
            minus_delta: (-key.delta()).into(),
            key,
        }
    }

    /// The key.
    pub const fn key(&self) -> &Key {
        &self.key
    }

    /// Digest of the key's file.
    pub const fn digest(&self) -> KeyDigest {
        self.digest
    }

    pub(super) const fn minus_gamma(&self) -> &G2Prepared<Config> {
        &self.minus_gamma
    }

    pub(super) const fn minus_delta(&self) -> &G2Prepared<Config> {
        &self.minus_delta
    }

    /// Refuses any number of inputs but the key's: one too few leaves the last unbound, one too many leaves it unread.
    pub(super) fn check_count(&self, inputs: &[Fr]) -> Result<(), VerifyError> {
        let (expected, found) = (self.key.public_inputs(), inputs.len());
        if expected == found { Ok(()) } else { Err(VerifyError::WrongInputCount { expected, found }) }
    }

    /// IC₀ + Σ xᵢ·ICᵢ; the number of inputs has been checked. One doubling a bit for all inputs
    /// together, and at most one addition for each group of them (Straus).
    fn combine(&self, inputs: &[Fr]) -> G1Projective {
        let inputs: Vec<_> = inputs.iter().map(|input| input.into_bigint()).collect();
        let mut sum = G1Projective::default();
        for bit in (0..SCALAR_BITS).rev() {
            sum.double_in_place();
            for (inputs, sums) in inputs.chunks(GROUP).zip(&self.sums) {
                let set =
                    inputs.iter().rev().fold(0, |set, input| set << 1 | usize::from(input.get_bit(bit)));
                if let (1.., Some(point)) = (set, sums.get(set)) {
                    sum += point;
                }
            }
        }
        self.key.ic().first().map_or(sum, |constant| sum + constant)
    }
}

fn sums(points: &[G1Affine]) -> Vec<G1Affine> {
    let mut sums = Vec::from([G1Projective::default()]);
    for point in points {
        let with: Vec<_> = sums.iter().map(|sum| *sum + point).collect();
        sums.extend(with);
    }
    G1Projective::normalize_batch(&sums)
}

/// Verifies one proof: a multi-pairing of three pairs, one final exponentiation.
///
/// # Errors
/// [`VerifyError::WrongInputCount`] or [`VerifyError::Rejected`].
pub fn verify(key: &PreparedKey, inputs: &[Fr], proof: &Proof) -> Result<(), VerifyError> {
    key.check_count(inputs)?;
    let combined = key.combine(inputs).into_affine();
    let g1: [G1Prepared<Config>; 3] = [proof.a().into(), combined.into(), proof.c().into()];
    let g2 = [proof.lines().clone(), key.minus_gamma.clone(), key.minus_delta.clone()];
    match Bn254::final_exponentiation(Bn254::multi_miller_loop(g1, g2)) {
        Some(product) if product == key.alpha_beta => Ok(()),
        _ => Err(VerifyError::Rejected),
    }
}
