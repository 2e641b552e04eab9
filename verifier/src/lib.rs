//! Verification of proofs of physical work.
//!
//! Everything that has to be right for a proof to mean something is here, and nothing else: verifying keys
//! ([`key`]), Groth16 ([`groth16`]), the checks of a whole proof document ([`envelope`]), whether a network owes for it
//! ([`due`]), records of many ([`eligibility`]), what a key can have wrong with it ([`lint`]) and what a claim says and does
//! not say ([`claims`]). The crate is `no_std` with `alloc`, has no `unsafe`, and does not panic on any input: no indexing,
//! no `as`, no `unwrap`.
//!
//! Errors keep apart what users have to act upon differently: bytes that are malformed, a proof made for another key,
//! the wrong number of inputs, and a well-formed proof that is false ([`VerifyError`]).
//!
//! ```
//! use popw_core::document::{Document, EpochPublic};
//! use popw_verifier::envelope::{self, Against, Level};
//! use popw_verifier::{Verifier, key::VerifyingKey};
//!
//! # let corpus = concat!(env!("CARGO_MANIFEST_DIR"), "/../corpus/standard");
//! # let read = |name: &str| std::fs::read(format!("{corpus}/{name}"));
//! let proof = envelope::parse(&read("uptime-groth16.proof.json")?)?;
//! // Key and epoch are the network's: never take them from whoever hands in the proof.
//! let verifier = Verifier::new(&VerifyingKey::from_bytes(&read("uptime-groth16.vk")?)?);
//! let epoch = EpochPublic::from_json(&read("epoch.json")?)?;
//!
//! let verdict = envelope::verify(&proof, &verifier, Against::Epoch(&epoch))?;
//! assert_eq!(verdict.verdict, Level::ValidForThisEpoch);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
#![no_std]
#![forbid(unsafe_code)]
#![cfg_attr(
    not(test),
    deny(
        clippy::indexing_slicing,
        clippy::as_conversions,
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::panic,
        clippy::unreachable,
        clippy::todo,
        clippy::unimplemented,
        clippy::integer_division_remainder_used,
        clippy::string_slice
    )
)]

extern crate alloc;
#[cfg(feature = "fuzz")]
extern crate std;

#[cfg_attr(not(test), deny(clippy::arithmetic_side_effects))]
pub mod claims;
#[cfg_attr(not(test), deny(clippy::arithmetic_side_effects))]
pub mod due;
#[cfg_attr(not(test), deny(clippy::arithmetic_side_effects))]
pub mod eligibility;
#[cfg_attr(not(test), deny(clippy::arithmetic_side_effects))]
pub mod encoding;
#[cfg_attr(not(test), deny(clippy::arithmetic_side_effects))]
pub mod envelope;
mod error;
#[cfg_attr(not(test), deny(clippy::arithmetic_side_effects))]
pub mod export;
#[cfg(feature = "fuzz")]
#[allow(
    clippy::arithmetic_side_effects,
    clippy::expect_used,
    clippy::integer_division_remainder_used,
    clippy::panic,
    reason = "a fuzz target panics when what it asserts does not hold"
)]
pub mod fuzz;
pub mod groth16;
#[cfg(feature = "halo2")]
pub mod halo2;
#[cfg_attr(not(test), deny(clippy::arithmetic_side_effects))]
pub mod key;
#[cfg_attr(not(test), deny(clippy::arithmetic_side_effects))]
pub mod lint;
mod malformed;
mod parallel;
mod verifier;

pub use ark_bn254::Fr;
pub use error::VerifyError;
pub use malformed::{Field, Malformed, Problem};
pub use verifier::Verifier;

/// Public inputs of every claim: context, nullifier, outcome.
pub const PUBLIC_INPUTS: usize = 3;
