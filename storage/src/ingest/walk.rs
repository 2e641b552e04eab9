//! What there is to take in below a folder.

use std::fs::{self, DirEntry, FileType};
use std::io;
use std::path::{Path, PathBuf};

use crate::error::StorageError;

const WHAT: &str = "folder to add";

/// Why an entry of a folder is passed over.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Skipped {
    /// A symbolic link, wherever it leads.
    #[error("a symbolic link: those below a folder are not followed")]
    Link,
    /// A pipe with a name.
    #[error("a pipe, not a file")]
    Pipe,
    /// A socket.
    #[error("a socket, not a file")]
    Socket,
    /// A device.
    #[error("a device, not a file")]
    Device,
    /// Neither file nor folder, nor anything else that is known.
    #[error("neither a file nor a folder")]
    Unknown,
    /// A folder that cannot be listed, with all that is in it.
    #[error(transparent)]
    Unreadable(StorageError),
}

/// The entries below a folder.
#[derive(Debug, Default)]
pub(super) struct Walk {
    /// The regular files.
    pub(super) files: Vec<Found>,
    /// What is no file, and folders that cannot be listed.
    pub(super) skipped: Vec<(PathBuf, Skipped)>,
    /// Folders still to be listed.
    folders: Vec<PathBuf>,
}

/// A regular file.
#[derive(Debug)]
pub(super) struct Found {
    pub(super) path: PathBuf,
    /// Its length, for progress and batches; 0 if it is not told.
    pub(super) bytes: u64,
}

impl Walk {
    /// Walks through a folder. The files are in the order of their paths, and so is what is skipped.
    ///
    /// # Errors
    /// Only if the folder itself is none or cannot be listed.
    pub(super) fn through(folder: &Path) -> Result<Self, StorageError> {
        if !fs::metadata(folder).map_err(StorageError::at(folder, WHAT, "read"))?.is_dir() {
            return Err(StorageError::NotAFolder { path: folder.into(), what: WHAT });
        }
        let mut walk = Self::default();
        walk.list(folder).map_err(StorageError::at(folder, WHAT, "read"))?;
        while let Some(inner) = walk.folders.pop() {
            if let Err(error) = walk.list(&inner) {
                let why = Skipped::Unreadable(StorageError::io(&inner, WHAT, "read", error));
                walk.skipped.push((inner, why));
            }
        }
        walk.files.sort_by(|a, b| a.path.cmp(&b.path));
        walk.skipped.sort_by(|(a, _), (b, _)| a.cmp(b));
        Ok(walk)
    }

    fn list(&mut self, folder: &Path) -> io::Result<()> {
        for entry in fs::read_dir(folder)? {
            self.enter(&entry?)?;
        }
        Ok(())
    }

    fn enter(&mut self, entry: &DirEntry) -> io::Result<()> {
        // Of the entry itself: a symbolic link is neither file nor folder.
        let (path, kind) = (entry.path(), entry.file_type()?);
        if kind.is_file() {
            // A file whose length is kept from us is told when it is read.
            let bytes = entry.metadata().map_or(0, |metadata| metadata.len());
            self.files.push(Found { path, bytes });
        } else if kind.is_dir() {
            self.folders.push(path);
        } else {
            self.skipped.push((path, no_file(kind)));
        }
        Ok(())
    }
}

#[cfg(unix)]
fn no_file(kind: FileType) -> Skipped {
    use std::os::unix::fs::FileTypeExt;
    match kind {
        kind if kind.is_symlink() => Skipped::Link,
        kind if kind.is_fifo() => Skipped::Pipe,
        kind if kind.is_socket() => Skipped::Socket,
        kind if kind.is_block_device() || kind.is_char_device() => Skipped::Device,
        _ => Skipped::Unknown,
    }
}

#[cfg(not(unix))]
fn no_file(kind: FileType) -> Skipped {
    if kind.is_symlink() { Skipped::Link } else { Skipped::Unknown }
}
