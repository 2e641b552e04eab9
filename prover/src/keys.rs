//! Where a claim's keys lie in a folder.

use std::{
    fs,
    path::{Path, PathBuf},
};

use popw_verifier::key::{KeyDigest, System, VerifyingKey};

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

/// Largest verifying key read.
const VERIFYING_KEY_LIMIT: u64 = 1 << 20;

/// Why no verifying key was found.
#[derive(Debug, thiserror::Error)]
pub enum FindError {
    /// The folder or a file cannot be read.
    #[error("{} cannot be read: {source}", path.display())]
    Io {
        /// The folder or file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// No file has the digest.
    #[error(
        "no verifying key with digest {digest} among the {found} .vk files in {}: \
         get the key the proof was made for, or make your own with `popw setup` and prove again",
        folder.display()
    )]
    Missing {
        /// The folder.
        folder: PathBuf,
        /// What was looked for.
        digest: KeyDigest,
        /// Number of `.vk` files there.
        found: usize,
    },
    /// The file with the digest is no key this program reads.
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
/// [`FindError::Io`], [`FindError::Key`].
pub fn read_verifying_key(path: &Path) -> Result<VerifyingKey, FindError> {
    let bytes = fs::read(path).map_err(|source| FindError::Io { path: path.into(), source })?;
    VerifyingKey::from_bytes(&bytes).map_err(|source| FindError::Key { path: path.into(), source })
}

/// Finds the verifying key with this digest among the `.vk` files of `folder`.
///
/// # Errors
/// [`FindError`].
pub fn find_verifying_key(folder: &Path, digest: KeyDigest) -> Result<(PathBuf, VerifyingKey), FindError> {
    let failing = |path: &Path| {
        let path = path.to_path_buf();
        move |source| FindError::Io { path, source }
    };
    let mut found = 0;
    for entry in fs::read_dir(folder).map_err(failing(folder))? {
        let path = entry.map_err(failing(folder))?.path();
        let size = fs::metadata(&path).map_err(failing(&path))?.len();
        if path.extension().is_none_or(|extension| extension != "vk") || size > VERIFYING_KEY_LIMIT {
            continue;
        }
        found += 1;
        let bytes = fs::read(&path).map_err(failing(&path))?;
        if popw_verifier::key::digest(&bytes) == digest {
            let key = VerifyingKey::from_bytes(&bytes)
                .map_err(|source| FindError::Key { path: path.clone(), source })?;
            return Ok((path, key));
        }
    }
    Err(FindError::Missing { folder: folder.into(), digest, found })
}
