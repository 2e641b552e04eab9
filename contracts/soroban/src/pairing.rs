//! What the host computes.

use popw_wire::{G1, G2, Proof, negate};
use soroban_sdk::crypto::bn254::{Bn254Fr, Bn254G1Affine, Bn254G2Affine};
use soroban_sdk::{Env, Vec, vec};

use crate::key::Points;

/// Whether a point with canonical coordinates is on G1's curve, which is all of G1.
pub(crate) fn on_curve(env: &Env, point: &G1) -> bool {
    env.crypto().bn254().g1_is_on_curve(&Bn254G1Affine::from_array(env, point))
}

/// Ends the call with `Error(Crypto, InvalidInput)` unless all points are in G2. The host has no other check of G2 points
/// than the one at the beginning of a pairing, whose result is not looked at here; `any` is any point of G1.
pub(crate) fn require_g2(env: &Env, any: &G1, points: [&G2; 3]) {
    let any = Bn254G1Affine::from_array(env, any);
    let points = points.map(|point| Bn254G2Affine::from_array(env, point));
    env.crypto()
        .bn254()
        .pairing_check(vec![env, any.clone(), any.clone(), any], Vec::from_array(env, points));
}

/// e(−A, B) · e(α, β) · e(IC₀ + Σ xᵢ·ICᵢ, γ) · e(C, δ) = 1. Ends the call with `Error(Crypto, InvalidInput)` when B is not
/// in G2. A and C are on their curve, there are as many inputs as the key takes.
pub(crate) fn holds(env: &Env, key: &Points, proof: &Proof<'_>, inputs: Vec<Bn254Fr>) -> bool {
    let curve = env.crypto().bn254();
    let sum = curve.g1_add(&key.constant, &curve.g1_msm(key.ic.clone(), inputs));
    let minus_a = Bn254G1Affine::from_array(env, &negate(proof.a));
    let b = Bn254G2Affine::from_array(env, proof.b);
    let c = Bn254G1Affine::from_array(env, proof.c);
    curve.pairing_check(
        vec![env, minus_a, key.alpha.clone(), sum, c],
        vec![env, b, key.beta.clone(), key.gamma.clone(), key.delta.clone()],
    )
}
