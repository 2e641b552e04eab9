//! Groth16 proofs of physical work, verified on Soroban by the host's BN254 functions (protocol 26).
//!
//! A contract is made for one verifying key, which its constructor checks as native code does and which never changes.
//! `verify` returns for a proof that holds and fails with an [`Error`] for any other. One kind of refusal is the host's
//! own: a G2 point that is off its curve or outside the subgroup makes the host end the call with
//! `Error(Crypto, InvalidInput)`, in the constructor as in `verify`.
#![no_std]
#![deny(unsafe_code)]

mod error;
mod key;
mod pairing;

use popw_wire::{PROOF_BYTES, Proof, Refusal};
use soroban_sdk::crypto::bn254::Bn254Fr;
use soroban_sdk::{Bytes, BytesN, Env, Vec, contract, contractimpl, panic_with_error};

pub use error::Error;
pub use key::About;

/// A verifier for one key.
#[contract]
pub struct Verifier;

#[contractimpl]
impl Verifier {
    /// Checks a verifying key, the bytes of a `.vk` file, and keeps it.
    ///
    /// # Panics
    /// With the [`Error`] that says what is wrong with the key; the contract is then not made.
    pub fn __constructor(env: Env, key: Bytes) {
        if let Err(refusal) = key::install(&env, &key) {
            panic_with_error!(&env, Error::from(refusal));
        }
    }

    /// Verifies a proof (256 bytes) of three public inputs: context, nullifier, outcome, 32 bytes big-endian each.
    ///
    /// # Errors
    /// [`Error`]; a return without an error means that the proof holds.
    pub fn verify(env: Env, proof: Bytes, inputs: Vec<BytesN<32>>) -> Result<(), Error> {
        Ok(check(&env, &proof, &inputs)?)
    }

    /// What the key is for, and its digest as proof documents name it.
    pub fn about(env: Env) -> About {
        key::about(&env)
    }
}

/// In native order: inputs, proof, their number, the equation. B's curve and subgroup are the last two together: the host
/// looks at them when it pairs.
fn check(env: &Env, proof: &Bytes, inputs: &Vec<BytesN<32>>) -> Result<(), Refusal> {
    let mut scalars = Vec::new(env);
    for input in inputs.try_iter() {
        let input = input.map_err(|_| Refusal::InputNotCanonical)?;
        popw_wire::input(&input.to_array())?;
        scalars.push_back(Bn254Fr::from_bytes(input));
    }
    if proof.len() as usize != PROOF_BYTES {
        return Err(Refusal::ProofLength);
    }
    let mut bytes = [0; PROOF_BYTES];
    proof.copy_into_slice(&mut bytes);
    let proof = Proof::read(&bytes)?;
    if !pairing::on_curve(env, proof.a) || !pairing::on_curve(env, proof.c) {
        return Err(Refusal::PointNotOnCurve);
    }
    let key = key::stored(env);
    if scalars.len() != key.inputs() {
        return Err(Refusal::InputCount);
    }
    if pairing::holds(env, &key, &proof, scalars) { Ok(()) } else { Err(Refusal::Rejected) }
}
