//! Groth16 proofs in one pairing product.

use alloc::vec::Vec;

use popw_core::Fr;
use popw_verifier::VerifyError;
use popw_verifier::groth16::{Entry, PreparedKey, Proof, find_invalid};

use super::{VALID, scalars};

/// The code of each proof with its inputs.
pub fn verify<'a>(
    entries: impl Iterator<Item = (&'a [u8], &'a [u8])>,
    key: &PreparedKey,
) -> Vec<&'static str> {
    let read: Vec<_> = entries.map(|(proof, inputs)| well_formed(proof, inputs, key)).collect();
    let entries: Vec<_> = read.iter().flatten().map(|(inputs, proof)| Entry { inputs, proof }).collect();
    // Fails for wrong numbers of inputs only, which are not among them.
    let invalid = find_invalid(key, &entries).unwrap_or_else(|_| (0..entries.len()).collect());
    let mut holds = (0..entries.len()).map(|entry| invalid.binary_search(&entry).is_err());
    read.iter()
        .map(|entry| match entry {
            Err(error) => error.code(),
            Ok(_) if holds.next() == Some(true) => VALID,
            Ok(_) => VerifyError::Rejected.code(),
        })
        .collect()
}

/// All but the equation, in the order of [`popw_verifier::Verifier::verify`].
fn well_formed(proof: &[u8], inputs: &[u8], key: &PreparedKey) -> Result<(Vec<Fr>, Proof), VerifyError> {
    let inputs = scalars(inputs)?;
    let proof = Proof::from_bytes(proof)?;
    match (key.key().public_inputs(), inputs.len()) {
        (expected, found) if expected != found => Err(VerifyError::WrongInputCount { expected, found }),
        _ => Ok((inputs, proof)),
    }
}
