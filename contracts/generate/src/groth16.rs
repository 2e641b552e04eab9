//! Groth16.

use popw_verifier::{groth16, key::VerifyingKey};

use crate::{Error, SourceFile};

/// The contract for a Groth16 key.
pub(crate) fn contract(_key: &VerifyingKey, _groth16: &groth16::Key) -> Result<Vec<SourceFile>, Error> {
    Err(Error::Unsupported("there is no Solidity verifier for Groth16 keys".into()))
}
