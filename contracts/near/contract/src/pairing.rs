//! What the chain computes. Its functions take integers little-endian, G1 as x, y and G2 as x.c0, x.c1, y.c0, y.c1; ours
//! are big-endian with c1 before c0. So each half of a point, reversed, is the same half there.

use near_sdk::env::{alt_bn128_g1_multiexp, alt_bn128_g1_sum, alt_bn128_pairing_check};
use popw_wire::{G1, G2, Key, PUBLIC_INPUTS, Proof, negate};

use crate::key::Points;

/// Bytes of a point of G1.
pub const G1_BYTES: usize = 64;
/// Bytes of a point of G1 and one of G2.
pub const PAIR_BYTES: usize = 192;

/// A point of G1 as the chain takes it.
pub fn g1(point: &G1) -> [u8; G1_BYTES] {
    halves_reversed(*point)
}

/// A point of G2 as the chain takes it.
pub fn g2(point: &G2) -> [u8; PAIR_BYTES - G1_BYTES] {
    halves_reversed(*point)
}

fn halves_reversed<const N: usize>(mut point: [u8; N]) -> [u8; N] {
    let (x, y) = point.split_at_mut(N / 2);
    x.reverse();
    y.reverse();
    point
}

/// Two points of which a pairing is taken.
pub fn pair(a: &G1, b: &G2) -> [u8; PAIR_BYTES] {
    joined(&g1(a), &g2(b))
}

fn joined(a: &[u8; G1_BYTES], b: &[u8; PAIR_BYTES - G1_BYTES]) -> [u8; PAIR_BYTES] {
    let mut pair = [0; PAIR_BYTES];
    let (first, second) = pair.split_at_mut(G1_BYTES);
    first.copy_from_slice(a);
    second.copy_from_slice(b);
    pair
}

/// Ends the call with `AltBn128 invalid input` unless all the key's points are in their groups. The chain has no other
/// check of points than the one at the beginning of its functions, whose results are not looked at here.
pub fn require_points(key: &Key<'_>) {
    let _ = alt_bn128_g1_sum(sum(&key.g1().map(g1)));
    let _ = alt_bn128_pairing_check(key.g2().map(|point| pair(key.alpha, point)).concat());
}

/// e(−A, B) · e(α, β) · e(IC₀ + Σ xᵢ·ICᵢ, γ) · e(C, δ) = 1. Ends the call with `AltBn128 invalid input` when a point of the
/// proof is not in its group.
pub fn holds(key: &Points, proof: &Proof<'_>, inputs: [&[u8; 32]; PUBLIC_INPUTS]) -> bool {
    let mut products = Vec::with_capacity(PUBLIC_INPUTS * (G1_BYTES + 32));
    for (point, scalar) in key.ic.iter().zip(inputs) {
        products.extend_from_slice(point);
        products.extend(scalar.iter().rev());
    }
    let inputs = array(alt_bn128_g1_multiexp(products));
    let combined = array(alt_bn128_g1_sum(sum(&[key.constant, inputs])));
    let pairs = [
        pair(&negate(proof.a), proof.b),
        key.alpha_beta,
        joined(&combined, &key.gamma),
        joined(&g1(proof.c), &key.delta),
    ];
    alt_bn128_pairing_check(pairs.concat())
}

/// Terms of a sum: each with its sign, 0 for plus.
fn sum(points: &[[u8; G1_BYTES]]) -> Vec<u8> {
    points.iter().flat_map(|point| [&[0][..], point].concat()).collect()
}

/// The chain's functions give points back as 64 bytes.
fn array(point: Vec<u8>) -> [u8; G1_BYTES] {
    point.try_into().unwrap_or_else(|_| near_sdk::env::panic_str("alt_bn128 gave no point back"))
}
