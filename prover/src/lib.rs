//! Proving engines of popw: the same claims on two proof systems.
//!
//! [`groth16`] proves from a memory-mapped key file on a [`backend`].

pub mod backend;
pub mod groth16;
pub mod progress;
