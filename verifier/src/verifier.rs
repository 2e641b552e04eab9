//! A key of either proof system, ready for many proofs.

use alloc::boxed::Box;

use ark_bn254::Fr;

use crate::groth16::{PreparedKey, Proof};
#[cfg(feature = "halo2")]
use crate::halo2;
use crate::key::{Header, KeyDigest, Payload, VerifyingKey};
use crate::{VerifyError, groth16};

/// A verifying key prepared once for any number of proofs.
#[derive(Debug, Clone)]
pub struct Verifier {
    header: Header,
    digest: KeyDigest,
    prepared: Prepared,
}

#[derive(Debug, Clone)]
pub(crate) enum Prepared {
    Groth16(Box<PreparedKey>),
    #[cfg(feature = "halo2")]
    Halo2(Box<halo2::Key>),
}

impl Verifier {
    /// Prepares a key.
    pub fn new(key: &VerifyingKey) -> Self {
        let prepared = match key.payload() {
            Payload::Groth16(groth16) => {
                Prepared::Groth16(Box::new(PreparedKey::prepare((**groth16).clone(), key.digest())))
            }
            #[cfg(feature = "halo2")]
            Payload::Halo2(halo2) => Prepared::Halo2(halo2.clone()),
        };
        Self { header: key.header().clone(), digest: key.digest(), prepared }
    }

    /// What the key is for.
    pub const fn header(&self) -> &Header {
        &self.header
    }

    /// Digest of the key's file.
    pub const fn digest(&self) -> KeyDigest {
        self.digest
    }

    /// Verifies a proof in the bytes of the key's system.
    ///
    /// # Errors
    /// [`VerifyError::Malformed`], [`VerifyError::WrongInputCount`] or [`VerifyError::Rejected`].
    pub fn verify(&self, inputs: &[Fr], proof: &[u8]) -> Result<(), VerifyError> {
        match &self.prepared {
            Prepared::Groth16(key) => groth16::verify(key, inputs, &Proof::from_bytes(proof)?),
            #[cfg(feature = "halo2")]
            Prepared::Halo2(key) => halo2::verify(key, inputs, proof),
        }
    }

    /// The prepared key, if it is a Groth16 key.
    pub fn groth16(&self) -> Option<&PreparedKey> {
        match &self.prepared {
            Prepared::Groth16(key) => Some(key),
            #[cfg(feature = "halo2")]
            Prepared::Halo2(_) => None,
        }
    }

    pub(crate) const fn prepared(&self) -> &Prepared {
        &self.prepared
    }
}
