//! Groth16 proofs of physical work, verified by a Solana program.
//!
//! One program carries one verifying key, put into it when it is built: `POPW_KEY=uptime-groth16.vk`. It needs no
//! accounts, keeps nothing, and succeeds iff the proof in its instruction data holds, so another program calls it (CPI)
//! and goes on when the call returns. Instruction data:
//!
//! | bytes | |
//! | --- | --- |
//! | 1 | n, the number of public inputs |
//! | 32·n | public inputs: context, nullifier, outcome; big-endian |
//! | rest | the proof, 256 bytes: A, B, C as in `popw-verifier`, big-endian |
//!
//! A program that would rather have the verifier inside takes this crate with the feature `no-entrypoint` and calls
//! `verify` with a [`Key`] made by `popw-solana-key` in its own build script.
//!
//! What is accepted, and under which code the rest is refused ([`Error::code`]), is what `popw-verifier` accepts and
//! refuses. The runtime's curve operations are more lenient than that, so this crate checks first what they let pass: a
//! coordinate with either of its two highest bits set (read as flags, not as a number), points at infinity, and scalars of
//! r and more.
#![no_std]

// Constants of a key name this crate as any program would.
#[cfg(target_arch = "bpf")]
extern crate self as popw_solana;

#[cfg(target_arch = "bpf")]
mod curve;
#[cfg(all(target_arch = "bpf", not(feature = "no-entrypoint")))]
mod entrypoint;
mod error;
mod key;
#[cfg(target_arch = "bpf")]
mod verify;

pub use error::Error;
pub use key::{INPUTS, Key};
#[cfg(target_arch = "bpf")]
pub use verify::verify;
