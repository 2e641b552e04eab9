//! Groth16 keys and proofs as bytes, for contracts on chains that bring BN254 as host functions.
//!
//! Everything that `popw-verifier` refuses and that needs no curve arithmetic is refused here, with the same codes: what is
//! left to the chain is whether points are on their curves and, in G2, in the subgroup. No dependencies, no allocation, no
//! `unsafe`, no panics: the same source runs on Soroban, NEAR and wherever else Rust becomes a contract.
#![no_std]
#![forbid(unsafe_code)]
#![deny(
    clippy::indexing_slicing,
    clippy::as_conversions,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::arithmetic_side_effects
)]

mod digest;
mod header;
mod key;
mod point;
mod proof;
mod reader;
mod refusal;

pub use digest::digest;
pub use header::{Development, Header};
pub use key::{IC_POINTS, Key, LONGEST_KEY_FILE};
pub use point::{FIELD_MODULUS, G1, G2, SCALAR_MODULUS, negate};
pub use proof::{PROOF_BYTES, PUBLIC_INPUTS, Proof, input};
pub use refusal::Refusal;
