//! halo2 (KZG, SHPLONK).

use popw_verifier::{halo2, key::VerifyingKey};

use crate::{Error, SourceFile};

/// The contract for a halo2 key.
pub(crate) fn contract(_key: &VerifyingKey, _halo2: &halo2::Key) -> Result<Vec<SourceFile>, Error> {
    Err(Error::Unsupported("there is no Solidity verifier for halo2 keys".into()))
}
