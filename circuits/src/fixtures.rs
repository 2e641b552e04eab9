//! A small honest network and a witness of any shape, for tests and measurements.
#![allow(missing_docs, reason = "names say what tests need to know")]

mod network;
pub mod sectors;

use popw_core::{
    Fr,
    eddsa::{PublicKey, SecretKey},
    lean_imt::MerkleProof,
    poseidon, tag,
};

use crate::gadgets::lean_imt::Path;

pub use network::{Allotted, Network, Stored};

pub fn fr(value: u64) -> Fr {
    Fr::from(value)
}

pub fn secret(role: u8, number: u32) -> SecretKey {
    let mut seed = [0u8; 32];
    seed[0] = role;
    seed[1..5].copy_from_slice(&number.to_le_bytes());
    SecretKey::from_seed(seed)
}

pub fn coordinates(key: &PublicKey) -> (Fr, Fr) {
    (key.point.x, key.point.y)
}

pub fn path(proof: &MerkleProof) -> Path {
    Path { depth: proof.siblings.len() as u64, index: proof.index, siblings: proof.siblings.clone() }
}

/// What a witness signs.
pub fn attestation(domain: Fr, epoch: u32, rho: Fr, device: Fr, bitmap: Fr) -> Fr {
    let place = poseidon::hash(&[domain, fr(u64::from(epoch)), rho]);
    poseidon::hash(&[tag::ATT_UPTIME.fr(), place, device, bitmap])
}

/// 2^s.
pub fn power(s: u32) -> Fr {
    (0..s).fold(fr(1), |p, _| p + p)
}
