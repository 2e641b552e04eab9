//! One daemon per key and machine: a lock file named after the public key.
//!
//! The lock is the kernel's (`flock`), so it goes with the process however that ends. It lives in the
//! user's state folder, independent of where the daemon keeps its database: a second daemon with the
//! same key is refused even when it has a database of its own. Another *user* of the machine, or
//! another machine, is not noticed: there the store's rule (bitmaps only grow) and the device's
//! record of contradictions remain.

use std::fs::{File, TryLockError};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use thiserror::Error;

/// Holds the lock of one key until it is dropped.
#[derive(Debug)]
pub struct KeyLock {
    // Dropping the handle releases the lock. The file stays: removing it would let a third process
    // lock a new file of the same name while a second one waits on the old.
    _file: File,
}

/// Why a key could not be locked.
#[derive(Debug, Error)]
pub enum LockError {
    /// Another process of this machine runs with the same key.
    #[error(
        "another {role} daemon on this machine already runs with key {key}{holder}; stop it first: \
         two daemons with one key would contradict each other (lock file: {})",
        path.display()
    )]
    Held {
        /// `device` or `witness`.
        role: &'static str,
        /// Short name of the public key.
        key: String,
        /// ` (process 123)` when the holder wrote its number, else empty.
        holder: String,
        /// The lock file.
        path: PathBuf,
    },
    /// The lock file cannot be created or locked.
    #[error("cannot use the lock file {}: {source}", path.display())]
    Io {
        /// The lock file or its folder.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// No folder for lock files is known.
    #[error(
        "no folder for lock files is known, since neither XDG_STATE_HOME nor HOME holds an absolute path: name one \
         with --locks DIR, the same for every daemon of this machine, or set one of the two"
    )]
    NoFolder,
}

/// The user's folder for lock files: `$XDG_STATE_HOME/popw/locks`, else `$HOME/.local/state/popw/locks`.
///
/// # Errors
/// [`LockError::NoFolder`] when neither variable holds an absolute path.
pub fn default_folder() -> Result<PathBuf, LockError> {
    let absolute = |name: &str| {
        let path = PathBuf::from(std::env::var_os(name)?);
        path.is_absolute().then_some(path)
    };
    absolute("XDG_STATE_HOME")
        .or_else(|| absolute("HOME").map(|home| home.join(".local/state")))
        .map(|state| state.join("popw/locks"))
        .ok_or(LockError::NoFolder)
}

impl KeyLock {
    /// Takes the lock of the key with the given public bytes, in `folder`.
    ///
    /// # Errors
    /// [`LockError::Held`] when another process has it, [`LockError::Io`] when the file is out of reach.
    pub fn acquire(folder: &Path, role: &'static str, public: &[u8]) -> Result<Self, LockError> {
        let io = |path: &Path| {
            let path = path.to_path_buf();
            move |source| LockError::Io { path, source }
        };
        std::fs::create_dir_all(folder).map_err(io(folder))?;
        let key = blake3::hash(public).to_hex()[..32].to_string();
        let path = folder.join(format!("{role}-{key}.lock"));
        let mut file = popw_files::resume(&path).map_err(io(&path))?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                let holder = holder(&mut file).map_or(String::new(), |pid| format!(" (process {pid})"));
                return Err(LockError::Held { role, key, holder, path });
            }
            Err(TryLockError::Error(source)) => return Err(LockError::Io { path, source }),
        }
        // For the message above only; the lock itself does not depend on it.
        file.set_len(0)
            .and_then(|()| file.seek(SeekFrom::Start(0)))
            .and_then(|_| writeln!(file, "{}", std::process::id()))
            .map_err(io(&path))?;
        Ok(Self { _file: file })
    }
}

fn holder(file: &mut File) -> Option<u32> {
    let mut text = String::new();
    file.take(32).read_to_string(&mut text).ok()?;
    text.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_holder_per_key_and_role() {
        let folder = tempfile::tempdir().expect("folder");
        let first = KeyLock::acquire(folder.path(), "device", b"A").expect("free");
        match KeyLock::acquire(folder.path(), "device", b"A") {
            Err(LockError::Held { holder, role: "device", .. }) => {
                assert_eq!(holder, format!(" (process {})", std::process::id()));
            }
            other => panic!("expected Held, got {other:?}"),
        }
        let _other_key = KeyLock::acquire(folder.path(), "device", b"B").expect("another key");
        let _other_role = KeyLock::acquire(folder.path(), "witness", b"A").expect("another role");
        drop(first);
        KeyLock::acquire(folder.path(), "device", b"A").expect("free again");
    }

    /// Names of lock files are known before, and the number of the process is written into them.
    #[cfg(unix)]
    #[test]
    fn a_link_under_the_locks_name_is_not_followed() {
        let folder = tempfile::tempdir().expect("folder");
        let victim = folder.path().join("victim");
        std::fs::write(&victim, "precious").expect("a file");
        let locks = folder.path().join("locks");
        drop(KeyLock::acquire(&locks, "device", b"A").expect("free"));
        let mut entries = std::fs::read_dir(&locks).expect("a folder");
        let lock = entries.next().expect("a lock").expect("an entry").path();
        std::fs::remove_file(&lock).expect("removed");
        std::os::unix::fs::symlink(&victim, &lock).expect("a link");
        let refused = KeyLock::acquire(&locks, "device", b"A").expect_err("a link").to_string();
        assert!(refused.contains("it is not a regular file; remove it"), "{refused}");
        assert_eq!(std::fs::read(&victim).expect("a file"), b"precious");
    }
}
