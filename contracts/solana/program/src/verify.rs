//! `e(A, B) · e(−α, β) · e(IC₀ + Σ xᵢ·ICᵢ, −γ) · e(C, −δ) = 1`.

use crate::{
    Error, INPUTS, Key,
    curve::{add, copy, multiply, pairings_cancel},
};

const PROOF_BYTES: usize = 256;

/// r, the order of the groups, as four words from the most significant.
const R: [u64; 4] =
    [0x3064_4e72_e131_a029, 0xb850_45b6_8181_585d, 0x2833_e848_79b9_7091, 0x43e1_f593_f000_0001];
/// q, the order of the base field.
const Q: [u64; 4] =
    [0x3064_4e72_e131_a029, 0xb850_45b6_8181_585d, 0x9781_6a91_6871_ca8d, 0x3c20_8c16_d87c_fd47];

/// Verifies one proof.
///
/// # Errors
/// [`Error`], never [`Error::Accounts`] or [`Error::Truncated`]. Points are looked at last, by the pairing: with the wrong
/// number of inputs a point off its curve goes unnoticed.
pub fn verify(key: &Key, inputs: &[[u8; 32]], proof: &[u8]) -> Result<(), Error> {
    if !inputs.iter().all(|input| is_below(input, &R)) {
        return Err(Error::InputNotCanonical);
    }
    let proof: &[u8; PROOF_BYTES] = proof.try_into().map_err(|_| Error::ProofLength)?;
    check_coordinates(proof)?;
    let inputs: &[[u8; 32]; INPUTS] = inputs.try_into().map_err(|_| Error::InputCount)?;

    let mut pairs = [0u8; 4 * 192];
    // A and B stand side by side in a proof as they do in a pair.
    copy::<192>(part(proof, 0), part_mut(&mut pairs, 0));
    copy(&key.minus_alpha_beta, part_mut(&mut pairs, 192));
    combine(key, inputs, part_mut(&mut pairs, 384))?;
    copy(&key.minus_gamma, part_mut(&mut pairs, 448));
    copy::<64>(part(proof, 192), part_mut(&mut pairs, 576));
    copy(&key.minus_delta, part_mut(&mut pairs, 640));
    if pairings_cancel(&pairs)? { Ok(()) } else { Err(Error::Rejected) }
}

/// `combined` = IC₀ + Σ xᵢ·ICᵢ. The key's points are in G1 and the scalars below r, so no operation fails.
fn combine(key: &Key, inputs: &[[u8; 32]; INPUTS], combined: &mut [u8; 64]) -> Result<(), Error> {
    let mut terms = [0u8; 128];
    copy::<64>(part(&key.ic, 0), part_mut(&mut terms, 0));
    let mut factors = [0u8; 96];
    for (index, input) in inputs.iter().enumerate() {
        copy::<64>(part(&key.ic, 64 * (index + 1)), part_mut(&mut factors, 0));
        copy(input, part_mut(&mut factors, 64));
        multiply(&factors, part_mut(&mut terms, 64))?;
        add(&terms, combined)?;
        copy(combined, part_mut(&mut terms, 0));
    }
    Ok(())
}

/// What the runtime would read differently or let pass: coordinates of q and more, points at infinity.
fn check_coordinates(proof: &[u8; PROOF_BYTES]) -> Result<(), Error> {
    let (words, _) = proof.as_chunks::<32>();
    if !words.iter().all(|word| is_below(word, &Q)) {
        return Err(Error::CoordinateNotCanonical);
    }
    let (a, rest) = words.split_at(2);
    let (b, c) = rest.split_at(4);
    let is_zero = |point: &[[u8; 32]]| point.iter().all(|word| limbs(word) == [0; 4]);
    if is_zero(a) || is_zero(b) || is_zero(c) {
        return Err(Error::PointAtInfinity);
    }
    Ok(())
}

/// Whether a big-endian number is below another.
fn is_below(number: &[u8; 32], limit: &[u64; 4]) -> bool {
    // Lists compare by their first difference, as numbers do by their most significant one.
    limbs(number) < *limit
}

/// A big-endian number as four words from the most significant.
fn limbs(number: &[u8; 32]) -> [u64; 4] {
    let mut limbs = [0; 4];
    for (limb, bytes) in limbs.iter_mut().zip(number.as_chunks::<8>().0) {
        *limb = u64::from_be_bytes(*bytes);
    }
    limbs
}

/// The `N` bytes at `at`, which is a constant where this is called.
fn part<const N: usize, const WHOLE: usize>(bytes: &[u8; WHOLE], at: usize) -> &[u8; N] {
    bytes[at..].first_chunk().expect("inside")
}

fn part_mut<const N: usize, const WHOLE: usize>(bytes: &mut [u8; WHOLE], at: usize) -> &mut [u8; N] {
    bytes[at..].first_chunk_mut().expect("inside")
}
