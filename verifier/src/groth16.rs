//! Groth16 over BN254 (Groth, ePrint 2016/260): `e(A, B) = e(α, β) · e(IC₀ + Σ xᵢ·ICᵢ, γ) · e(C, δ)`.
//!
//! A [`Proof`] and a [`Key`] exist only after all their points have been checked; [`PreparedKey`] is the key with e(α, β) and
//! the G2 halves of two pairings worked out. Proofs can be re-randomised by anyone: a proof's bytes identify nothing.

mod batch;
mod key;
mod lines;
mod proof;
mod relations;
mod verify;
mod weakness;

pub use batch::{BatchError, Entry, find_invalid, verify_batch};
pub(crate) use key::RawKey;
pub use key::{Key, MOST_PUBLIC_INPUTS};
pub use proof::{PROOF_BYTES, Proof, public_inputs};
pub use relations::{Point, Sum};
pub use verify::{PreparedKey, verify};
pub use weakness::Weakness;
pub(crate) use weakness::{MOST_SEARCHED, linked, weaknesses};
