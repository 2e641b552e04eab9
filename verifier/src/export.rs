//! Keys and proofs as snarkjs 0.7 reads them: `verification_key.json`, `proof.json`, `public.json`.
//!
//! Numbers are decimal strings; points are projective with z = 1 (`[x, y, "1"]`); an element of F_q² is `[c0, c1]`.

use alloc::string::{String, ToString};
use alloc::vec::Vec;

use ark_bn254::{Bn254, Fq, Fq2, Fr, G1Affine, G2Affine};
use ark_ec::AffineRepr;
use ark_ec::pairing::Pairing;
use ark_ff::{Field, PrimeField};
use serde::Serialize;

use crate::groth16::{Key, Proof};

const PROTOCOL: &str = "groth16";
const CURVE: &str = "bn128";

type G1 = [String; 3];
type G2 = [[String; 2]; 3];

/// `verification_key.json`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SnarkjsKey {
    protocol: &'static str,
    curve: &'static str,
    #[serde(rename = "nPublic")]
    public: usize,
    #[serde(rename = "vk_alpha_1")]
    alpha: G1,
    #[serde(rename = "vk_beta_2")]
    beta: G2,
    #[serde(rename = "vk_gamma_2")]
    gamma: G2,
    #[serde(rename = "vk_delta_2")]
    delta: G2,
    /// e(α, β); snarkjs writes it and does not read it.
    #[serde(rename = "vk_alphabeta_12")]
    alpha_beta: [[[String; 2]; 3]; 2],
    #[serde(rename = "IC")]
    ic: Vec<G1>,
}

/// `proof.json`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SnarkjsProof {
    pi_a: G1,
    pi_b: G2,
    pi_c: G1,
    protocol: &'static str,
    curve: &'static str,
}

/// The key for snarkjs.
pub fn snarkjs_key(key: &Key) -> SnarkjsKey {
    SnarkjsKey {
        protocol: PROTOCOL,
        curve: CURVE,
        public: key.public_inputs(),
        alpha: g1(key.alpha()),
        beta: g2(key.beta()),
        gamma: g2(key.gamma()),
        delta: g2(key.delta()),
        alpha_beta: pairing(key.alpha(), key.beta()),
        ic: key.ic().iter().copied().map(g1).collect(),
    }
}

/// The proof for snarkjs.
pub fn snarkjs_proof(proof: &Proof) -> SnarkjsProof {
    SnarkjsProof {
        pi_a: g1(proof.a()),
        pi_b: g2(proof.b()),
        pi_c: g1(proof.c()),
        protocol: PROTOCOL,
        curve: CURVE,
    }
}

/// The public inputs for snarkjs: `public.json` is this array.
pub fn snarkjs_public(inputs: &[Fr]) -> Vec<String> {
    inputs.iter().map(|input| input.into_bigint().to_string()).collect()
}

fn decimal(value: &Fq) -> String {
    value.into_bigint().to_string()
}

fn quadratic(value: &Fq2) -> [String; 2] {
    [decimal(&value.c0), decimal(&value.c1)]
}

/// Keys and proofs contain no point at infinity.
fn g1(point: G1Affine) -> G1 {
    let (x, y) = point.xy().unwrap_or_default();
    [decimal(&x), decimal(&y), decimal(&Fq::ONE)]
}

fn g2(point: G2Affine) -> G2 {
    let (x, y) = point.xy().unwrap_or_default();
    [quadratic(&x), quadratic(&y), quadratic(&Fq2::ONE)]
}

fn pairing(a: G1Affine, b: G2Affine) -> [[[String; 2]; 3]; 2] {
    let value = Bn254::pairing(a, b).0;
    [value.c0, value.c1].map(|half| [half.c0, half.c1, half.c2].map(|part| quadratic(&part)))
}
