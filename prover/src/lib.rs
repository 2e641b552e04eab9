//! Proving engines of popw: the same claims on two proof systems.
//!
//! [`claim`] goes from documents to documents. [`groth16`] proves from a memory-mapped key file on a
//! [backend](groth16::backend); [`halo2`] replays recorded tables into halo2.

pub mod claim;
#[cfg(feature = "fuzz")]
pub mod fuzz;
pub mod groth16;
pub mod halo2;
pub mod keys;
pub mod progress;
