//! Where a claim's keys lie in a folder.

use std::{
    fs,
    path::{Path, PathBuf},
};

use popw_verifier::key::{System, VerifyingKey};

/// Names of the files of one claim, shape and system: `uptime-demo-groth16.pk`, `.vk`, and for halo2 the structured
/// reference string `kzg-<k>.srs`, which circuits of the same size share.
#[derive(Clone, Debug)]
pub struct KeyFiles {
    folder: PathBuf,
    stem: String,
}

impl KeyFiles {
    /// In `folder`.
    pub fn new(folder: &Path, claim: &str, shape: &str, system: System) -> Self {
        Self { folder: folder.into(), stem: format!("{claim}-{shape}-{}", system.name()) }
    }

    /// The proving key.
    pub fn proving(&self) -> PathBuf {
        self.folder.join(format!("{}.pk", self.stem))
    }

    /// The verifying key.
    pub fn verifying(&self) -> PathBuf {
        self.folder.join(format!("{}.vk", self.stem))
    }

    /// What whoever makes the key holds locked meanwhile; empty, and never removed.
    pub fn lock(&self) -> PathBuf {
        self.folder.join(format!(".{}.lock", self.stem))
    }

    /// The structured reference string of 2^k powers.
    pub fn reference_string(&self, k: u32) -> PathBuf {
        self.folder.join(format!("kzg-{k}.srs"))
    }
}

/// Why a verifying key was not read.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// The file cannot be read.
    #[error("{} cannot be read: {source}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The file is no key this program reads.
    #[error("{}: {source}", path.display())]
    Key {
        /// The file.
        path: PathBuf,
        /// Why.
        source: popw_verifier::key::KeyError,
    },
}

/// Reads a verifying key.
///
/// # Errors
/// [`ReadError`].
pub fn read_verifying_key(path: &Path) -> Result<VerifyingKey, ReadError> {
    let bytes = fs::read(path).map_err(|source| ReadError::Io { path: path.into(), source })?;
    VerifyingKey::from_bytes(&bytes).map_err(|source| ReadError::Key { path: path.into(), source })
}
