//! The file that is taken in.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::error::{Change, StorageError};
use crate::platform::{Fingerprint, Reader};

const WHAT: &str = "file to add";

/// A file, and what it looked like at first.
pub(super) struct Source {
    /// Absolute, without symbolic links.
    pub(super) path: PathBuf,
    pub(super) fingerprint: Fingerprint,
    reader: Reader,
    name: String,
}

impl Source {
    pub(super) fn open(path: &Path) -> Result<Self, StorageError> {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let path = fs::canonicalize(path).map_err(StorageError::at(path, WHAT, "read"))?;
        let reader = Reader::open(&path, WHAT)?;
        let fingerprint = Fingerprint::of(&reader.metadata()?);
        Ok(Self { path, fingerprint, reader, name })
    }

    /// The name it was given by.
    pub(super) fn name(&self) -> String {
        self.name.clone()
    }

    /// Bytes that were there at first: if they are not there now, the file was changed.
    pub(super) fn read_at(&self, buffer: &mut [u8], offset: u64) -> Result<(), StorageError> {
        match self.reader.read_at(buffer, offset) {
            Err(StorageError::Io { source, .. }) if source.kind() == io::ErrorKind::UnexpectedEof => {
                Err(self.changed(Change::Length { before: self.fingerprint.bytes }))
            }
            other => other,
        }
    }

    /// That neither the open file nor the one its name now belongs to has changed.
    pub(super) fn check_unchanged(&self) -> Result<(), StorageError> {
        let open = Fingerprint::of(&self.reader.metadata()?);
        let named = fs::symlink_metadata(&self.path).map(|metadata| Fingerprint::of(&metadata));
        let named = named.map_or(Some(Change::Replaced), |named| self.fingerprint.change(&named));
        match self.fingerprint.change(&open).or(named) {
            Some(change) => Err(self.changed(change)),
            None => Ok(()),
        }
    }

    fn changed(&self, change: Change) -> StorageError {
        StorageError::SourceChanged { path: self.path.clone(), change }
    }
}

/// The regular files below a folder, in the order of their paths.
pub(super) fn files(folder: &Path) -> Result<Vec<PathBuf>, StorageError> {
    const WHAT: &str = "folder to add";
    if !fs::metadata(folder).map_err(StorageError::at(folder, WHAT, "read"))?.is_dir() {
        return Err(StorageError::NotAFolder { path: folder.into(), what: WHAT });
    }
    let (mut files, mut folders) = (Vec::new(), vec![folder.to_path_buf()]);
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).map_err(StorageError::at(&folder, WHAT, "read"))? {
            let entry = entry.map_err(StorageError::at(&folder, WHAT, "read"))?;
            // Of the entry itself: a symbolic link is neither file nor folder.
            let kind = entry.file_type().map_err(StorageError::at(&folder, WHAT, "read"))?;
            if kind.is_file() {
                files.push(entry.path());
            } else if kind.is_dir() {
                folders.push(entry.path());
            }
        }
    }
    files.sort();
    Ok(files)
}
