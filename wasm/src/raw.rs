//! What the package does with bare proofs and key files: bytes alone.

use alloc::vec::Vec;

use popw_core::Fr;
use popw_core::document::LIMIT;
use popw_verifier::groth16;
use popw_verifier::key::VerifyingKey;
use popw_verifier::{Field, Malformed, Problem, Verifier, VerifyError};

use crate::failure::Failure;

#[cfg(feature = "batch")]
mod batch;

/// Bytes of a public input.
const INPUT_BYTES: usize = 32;

/// What [`verify_batch`] answers for a proof that holds.
const VALID: &str = "valid";

/// Reads a key file of at most [`LIMIT`] bytes and prepares the key.
///
/// # Errors
/// The codes of [`popw_verifier::key::KeyError`].
pub fn key(file: &[u8]) -> Result<Verifier, Failure> {
    if file.len() as u64 > LIMIT {
        return Err(Failure::new("malformed-key", "malformed key: it has more than 16 MiB"));
    }
    Ok(Verifier::new(&VerifyingKey::from_bytes(file)?))
}

/// Verifies a proof in its system's bytes; `inputs` are 32 big-endian bytes each, one after another.
///
/// # Errors
/// The codes of [`VerifyError`].
pub fn verify(proof: &[u8], inputs: &[u8], key: &Verifier) -> Result<(), Failure> {
    Ok(key.verify(&scalars(inputs)?, proof)?)
}

/// The code of each proof with its inputs: `valid`, or that of a [`VerifyError`]. With the feature `batch`, Groth16 proofs go
/// into one pairing product.
pub fn verify_batch(proofs: &[&[u8]], inputs: &[&[u8]], key: &Verifier) -> Vec<&'static str> {
    let entries = proofs.iter().copied().zip(inputs.iter().copied());
    #[cfg(feature = "batch")]
    if let Some(key) = key.groth16() {
        return batch::verify(entries, key);
    }
    let verify = |(proof, inputs)| scalars(inputs).and_then(|inputs| key.verify(&inputs, proof));
    entries.map(|entry| verify(entry).map_or_else(|error| error.code(), |()| VALID)).collect()
}

fn scalars(inputs: &[u8]) -> Result<Vec<Fr>, VerifyError> {
    let (encoded, rest) = inputs.as_chunks::<INPUT_BYTES>();
    if !rest.is_empty() {
        return Err(Malformed::new(Field::Input(encoded.len()), Problem::Truncated).into());
    }
    Ok(groth16::public_inputs(encoded)?)
}

/// Cuts `bytes` into pieces of these lengths.
///
/// # Errors
/// `argument`, when they add up to more.
pub fn parts<'a>(bytes: &'a [u8], lengths: &[u32]) -> Result<Vec<&'a [u8]>, Failure> {
    let mut rest = bytes;
    let cut = |length: &u32| {
        let (part, others) = rest.split_at_checked(usize::try_from(*length).ok()?)?;
        rest = others;
        Some(part)
    };
    let parts: Option<_> = lengths.iter().map(cut).collect();
    parts.ok_or_else(|| Failure::new("argument", "the lengths add up to more bytes than there are"))
}
