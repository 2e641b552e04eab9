//! Verifying keys in a folder.

use std::error::Error;
use std::fmt;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use popw_verifier::key::{self, KeyDigest, KeyError, VerifyingKey};

/// Largest verifying key read.
const VERIFYING_KEY_LIMIT: u64 = 1 << 20;

/// Why no verifying key was found.
#[derive(Debug)]
pub enum FindError {
    /// The folder or a file cannot be read.
    Io { path: PathBuf, source: io::Error },
    /// No file has the digest, of the number `found` of `.vk` files in the folder.
    Missing { folder: PathBuf, digest: KeyDigest, found: usize },
    /// The file with the digest is no key this program reads.
    Key { path: PathBuf, source: KeyError },
}

impl fmt::Display for FindError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Io { path, source } => write!(f, "{} cannot be read: {source}", path.display()),
            Self::Missing { folder, digest, found } => write!(
                f,
                "no verifying key with digest {digest} among the {found} .vk files in {}: \
                 get the key the proof was made for, or make your own with `popw setup` and prove again",
                folder.display()
            ),
            Self::Key { path, source } => write!(f, "{}: {source}", path.display()),
        }
    }
}

impl Error for FindError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Io { source, .. } => Some(source),
            Self::Missing { .. } => None,
            Self::Key { source, .. } => Some(source),
        }
    }
}

/// Finds the verifying key with this digest among the `.vk` files of `folder`.
///
/// # Errors
/// [`FindError`].
pub fn find_verifying_key(folder: &Path, digest: KeyDigest) -> Result<VerifyingKey, FindError> {
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
        if key::digest(&bytes) == digest {
            return VerifyingKey::from_bytes(&bytes).map_err(|source| FindError::Key { path, source });
        }
    }
    Err(FindError::Missing { folder: folder.into(), digest, found })
}
