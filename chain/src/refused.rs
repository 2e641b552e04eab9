//! Typed errors of verifiers, in the codes of the native verifier.

use alloy::primitives::Bytes;
use alloy::sol_types::SolInterface;

use crate::interface::IPopwBatchVerifier::IPopwBatchVerifierErrors as BatchErrors;
use crate::interface::IPopwVerifier::IPopwVerifierErrors as Errors;

/// Why a contract does not accept a proof.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct Refused {
    /// The code that the native verifier has for it: `malformed`, `wrong-input-count` or `rejected`.
    pub code: &'static str,
    /// The contract's error, such as `PointAtInfinity`.
    pub error: &'static str,
    /// In words.
    pub message: String,
}

/// What a revert of `verify` means.
pub(crate) enum Revert {
    /// The contract's judgement.
    Refused(Refused),
    /// No judgement: too little gas, and what it asks for when it came to saying it.
    Gas(Option<String>),
    /// No judgement: the chain lacks this precompile.
    Precompile(String),
    /// An error that a verifier does not have; its first bytes.
    Unknown(String),
}

/// Reads what `verify` reverted with.
pub(crate) fn read(data: &Bytes) -> Revert {
    let refused = |code, error, message| Revert::Refused(Refused { code, error, message });
    let malformed = |error, message| refused("malformed", error, message);
    let Ok(error) = Errors::abi_decode(data) else { return batch(data) };
    match error {
        Errors::InputCount(e) => {
            let message = format!("the contract takes a different number of public inputs than {}", e.found);
            refused("wrong-input-count", "InputCount", message)
        }
        Errors::InputNotCanonical(e) => malformed(
            "InputNotCanonical",
            format!("malformed public input {}: not below the field's order", e.index),
        ),
        Errors::ProofLength(e) => {
            malformed("ProofLength", format!("malformed proof: {} bytes are not its length", e.found))
        }
        Errors::CalldataLength(e) => {
            malformed("CalldataLength", format!("malformed call: {} bytes of calldata", e.found))
        }
        Errors::PointAtInfinity(e) => malformed(
            "PointAtInfinity",
            format!("malformed proof: the point at infinity at byte {}", e.offset),
        ),
        Errors::ScalarNotCanonical(e) => {
            let message =
                format!("malformed proof: the scalar at byte {} is not below the field's order", e.offset);
            malformed("ScalarNotCanonical", message)
        }
        Errors::ProofMalformed(_) => malformed(
            "ProofMalformed",
            "malformed proof: a point that is not in the curve's group".to_owned(),
        ),
        Errors::ProofRejected(_) => {
            let message = "the proof does not hold for this key and these public inputs".to_owned();
            refused("rejected", "ProofRejected", message)
        }
        Errors::InsufficientGas(e) => Revert::Gas(Some(e.needed.to_string())),
        Errors::PrecompileUnavailable(e) => Revert::Precompile(e.precompile.to_string()),
    }
}

/// Errors that only `verifyBatch` has.
fn batch(data: &Bytes) -> Revert {
    match BatchErrors::abi_decode(data) {
        Ok(BatchErrors::Entry(e)) => match read(&e.reason) {
            Revert::Refused(refused) => {
                let message = format!("entry {}: {}", e.index, refused.message);
                Revert::Refused(Refused { message, ..refused })
            }
            other => other,
        },
        Ok(BatchErrors::EntryCount(e)) => Revert::Refused(Refused {
            code: "malformed",
            error: "EntryCount",
            message: format!("malformed call: {} proofs, {} lists of inputs", e.proofs, e.inputs),
        }),
        Err(_) => Revert::Unknown(match data.get(..4) {
            Some(selector) => Bytes::copy_from_slice(selector).to_string(),
            None => "nothing".to_owned(),
        }),
    }
}

#[cfg(test)]
mod tests;
