//! Who pays for a deployment.

use std::path::{Path, PathBuf};

use alloy::primitives::{Address, B256};
use alloy::signers::local::PrivateKeySigner;

/// An account.
#[derive(Debug, Clone)]
pub enum Signer {
    /// Its key is here, and signs.
    Local(PrivateKeySigner),
    /// The node has its key and signs, as development nodes do.
    Unlocked(Address),
}

/// Why an account cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SignerError {
    /// Not a private key.
    #[error("{path} does not contain a private key: the 64 hex digits of a valid one are expected")]
    PrivateKey {
        /// The file.
        path: PathBuf,
    },
    /// Not a keystore, or another passphrase.
    #[error("the keystore {path} does not open: {reason}")]
    Keystore {
        /// The file.
        path: PathBuf,
        /// Why.
        reason: String,
    },
}

impl SignerError {
    /// What to do about it.
    pub const fn remedy(&self) -> &'static str {
        match self {
            Self::PrivateKey { .. } => {
                "write the key as hex on the file's first line, or use --keystore or --unlocked"
            }
            Self::Keystore { .. } => {
                "check the passphrase, and that the file is a V3 keystore (geth, cast wallet)"
            }
        }
    }
}

impl Signer {
    /// From a private key in hex, as `path` has it.
    ///
    /// # Errors
    /// [`SignerError::PrivateKey`], which never shows the text.
    pub fn from_private_key(hex: &str, path: &Path) -> Result<Self, SignerError> {
        let error = || SignerError::PrivateKey { path: path.to_owned() };
        let key: B256 = hex.trim().parse().map_err(|_| error())?;
        PrivateKeySigner::from_bytes(&key).map(Self::Local).map_err(|_| error())
    }

    /// From a V3 keystore under a passphrase.
    ///
    /// # Errors
    /// [`SignerError::Keystore`].
    pub fn from_keystore(path: &Path, passphrase: &str) -> Result<Self, SignerError> {
        PrivateKeySigner::decrypt_keystore(path, passphrase)
            .map(Self::Local)
            .map_err(|error| SignerError::Keystore { path: path.to_owned(), reason: error.to_string() })
    }

    /// Its address.
    pub const fn address(&self) -> Address {
        match self {
            Self::Local(signer) => signer.address(),
            Self::Unlocked(address) => *address,
        }
    }
}
