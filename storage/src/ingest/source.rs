//! The file that is taken in.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::options::{AddOptions, Placement};
use crate::error::{Change, StorageError};
use crate::layout::Layout;
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

    /// Opens a file that can be added.
    pub(super) fn to_add(path: &Path, options: &AddOptions) -> Result<Self, StorageError> {
        let source = Self::open(path)?;
        source.layout()?;
        if options.placement == Placement::Reference && source.path.to_str().is_none() {
            return Err(StorageError::NotText { path: source.path });
        }
        Ok(source)
    }

    /// The layout of the sector it makes.
    pub(super) fn layout(&self) -> Result<Layout, StorageError> {
        let bytes = self.fingerprint.bytes;
        Layout::new(bytes).ok_or_else(|| StorageError::TooLarge { path: self.path.clone(), bytes })
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
