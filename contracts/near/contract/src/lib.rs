//! Groth16 proofs of physical work, verified on NEAR by the chain's alt_bn128 functions.
//!
//! A contract is made for one verifying key, which `new` checks as native code does and which never changes. `verify`
//! returns for a proof that holds and panics for any other, with the code that native verification gives and a reason:
//! `rejected: the proof does not hold …`. One kind of refusal is the chain's own: bytes that are no point of their group
//! end the call with `AltBn128 invalid input`.
#![deny(unsafe_code)]

mod key;
mod pairing;

use near_sdk::json_types::Base64VecU8;
use near_sdk::{PanicOnDefault, near};
use popw_wire::{Proof, Refusal};

use key::{About, Points};

/// A verifier for one key.
#[near(contract_state)]
#[derive(PanicOnDefault)]
pub struct Verifier {
    points: Points,
    about: About,
}

#[near]
impl Verifier {
    /// Checks a verifying key, the bytes of a `.vk` file in base64, and keeps it. To be called in the transaction that
    /// deploys the contract, or somebody else may choose the key.
    #[init]
    #[handle_result]
    pub fn new(key: Base64VecU8) -> Result<Self, String> {
        key::read(&key.0).map(|(points, about)| Self { points, about }).map_err(text)
    }

    /// Verifies a proof (256 bytes) of three public inputs: context, nullifier, outcome, 32 bytes big-endian each; all in
    /// base64. Returns when the proof holds.
    #[handle_result]
    pub fn verify(&self, proof: Base64VecU8, inputs: Vec<Base64VecU8>) -> Result<(), String> {
        self.check(&proof.0, &inputs).map_err(text)
    }

    /// What the key is for, and its digest as proof documents name it.
    pub fn about(&self) -> &About {
        &self.about
    }
}

impl Verifier {
    /// In native order: inputs, proof, their number, the equation. That points are on their curves and in the subgroup is
    /// seen by the chain when it pairs.
    fn check(&self, proof: &[u8], inputs: &[Base64VecU8]) -> Result<(), Refusal> {
        let inputs: Vec<&[u8; 32]> =
            inputs.iter().map(|input| popw_wire::input(&input.0)).collect::<Result<_, _>>()?;
        let proof = Proof::read(proof)?;
        let inputs = inputs.try_into().map_err(|_| Refusal::InputCount)?;
        if pairing::holds(&self.points, &proof, inputs) { Ok(()) } else { Err(Refusal::Rejected) }
    }
}

/// What a panic says: code and reason.
fn text(refusal: Refusal) -> String {
    [refusal.code(), ": ", refusal.message()].concat()
}
