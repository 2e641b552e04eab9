//! Remembering that a key file has been validated on this machine.
//!
//! Validation reads the whole file and checks every point, seconds for a large key. Its success is written to
//! a small text file next to the key, `<key>.checked`: size, times, device and inode of the file as it was, and
//! the digest. While all of these are the same the file is trusted. A stamp is a convenience, not a defence:
//! whoever can write it can write the key.

use std::{
    ffi::OsString,
    fs::{self, Metadata},
    path::{Path, PathBuf},
};

use popw_files::{Content, Output, Overwrite};

const TITLE: &str = "popw proving key checked, version 1";

/// The state of a file that was validated.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Stamp(String);

impl Stamp {
    /// The stamp of a file in this state with this digest.
    pub(crate) fn new(metadata: &Metadata, digest: &[u8; 32]) -> Self {
        let digest: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
        Self(format!("{TITLE}\nsize {}\n{}digest {digest}\n", metadata.len(), identity(metadata)))
    }

    /// Whether this stamp lies next to the key at `key`.
    pub(crate) fn is_set(&self, key: &Path) -> bool {
        fs::read_to_string(file(key)).is_ok_and(|text| text == self.0)
    }

    /// Puts the stamp next to the key. A folder that cannot be written, or a name that something else has, is no error: the
    /// key is then validated each time.
    pub(crate) fn set(&self, key: &Path) {
        let path = file(key);
        if is_free(&path)
            && let Ok(output) = Output::new(&path, Content::file("stamp"), Overwrite::Yes)
        {
            let _ = output.write(self.0.as_bytes());
        }
    }
}

/// Whether nothing is at `path`, or another stamp.
fn is_free(path: &Path) -> bool {
    match fs::symlink_metadata(path) {
        Ok(found) if found.is_file() => fs::read(path).is_ok_and(|text| text.starts_with(TITLE.as_bytes())),
        Ok(_) => false,
        Err(_) => true,
    }
}

/// Path of the stamp of the key at `key`.
pub(super) fn file(key: &Path) -> PathBuf {
    let mut name = key.file_name().map(OsString::from).unwrap_or_default();
    name.push(".checked");
    key.with_file_name(name)
}

#[cfg(unix)]
fn identity(m: &Metadata) -> String {
    use std::os::unix::fs::MetadataExt;
    format!(
        "modified {}.{:09}\nchanged {}.{:09}\ndevice {}\ninode {}\n",
        m.mtime(),
        m.mtime_nsec(),
        m.ctime(),
        m.ctime_nsec(),
        m.dev(),
        m.ino()
    )
}

#[cfg(not(unix))]
fn identity(m: &Metadata) -> String {
    format!("modified {:?}\ncreated {:?}\n", m.modified().ok(), m.created().ok())
}
