//! Groth16 over BN254 (Groth, ePrint 2016/260): `e(A, B) = e(α, β) · e(IC₀ + Σ xᵢ·ICᵢ, γ) · e(C, δ)`.
//!
//! A [`Proof`] and a [`Key`] exist only after all their points have been checked; [`PreparedKey`] is the key with e(α, β) and
//! the G2 halves of two pairings worked out. Proofs can be re-randomised by anyone: a proof's bytes identify nothing.

mod batch;
mod key;
mod lines;
mod proof;
mod verify;

pub use batch::{BatchError, Entry, find_invalid, verify_batch};
pub use key::{Key, Weakness};
pub(crate) use key::{RawKey, weaknesses};
pub use proof::{PROOF_BYTES, Proof, public_inputs};
pub use verify::{PreparedKey, verify};
