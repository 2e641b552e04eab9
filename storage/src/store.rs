//! A store: a folder of sectors, each in a folder named by its hash.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use popw_core::document::Document;

use crate::checkpoint::{Checkpoint, PREFIX};
use crate::error::StorageError;
use crate::layout::BLOCK_BYTES;
use crate::lock::StoreLock;
use crate::platform;
use crate::record::{SectorId, SectorRecord};

pub(crate) const DATA: &str = "data";
pub(crate) const TREE: &str = "tree";
pub(crate) const OUTBOARD: &str = "outboard";
pub(crate) const RECORD: &str = "sector.json";
/// All that a sector consists of; one that refers to its data has none of its own.
pub(crate) const FILES: [&str; 4] = [DATA, TREE, OUTBOARD, RECORD];

/// What the names of sectors being removed begin with.
const REMOVED: &str = ".removed-";

/// A sector of a store.
#[derive(Debug)]
pub struct Listed {
    /// Its name.
    pub id: SectorId,
    /// Its record, or why that cannot be read.
    pub record: Result<SectorRecord, StorageError>,
}

/// Every sector of a store with its record, or why that cannot be read, in the order of their hashes. Only
/// `sector.json` is looked at.
///
/// # Errors
/// [`StorageError`] if the store cannot be listed.
pub fn list(store: &Path) -> Result<Vec<Listed>, StorageError> {
    let names = names(store)?;
    let mut ids: Vec<SectorId> = names.iter().filter_map(|name| name.parse().ok()).collect();
    ids.sort();
    Ok(ids.into_iter().map(|id| Listed { id, record: read_record(store, id) }).collect())
}

/// The record of one sector.
///
/// # Errors
/// [`StorageError::NoSuchSector`], [`StorageError::Record`], [`StorageError::Disagree`] if it is of another sector; the
/// system's.
pub fn read_record(store: &Path, id: SectorId) -> Result<SectorRecord, StorageError> {
    let folder = store.join(id.to_string());
    if !exists(&folder)? {
        return Err(StorageError::NoSuchSector { store: store.into(), id });
    }
    let path = folder.join(RECORD);
    let record = SectorRecord::from_json(&read_small(&path, "sector record")?)
        .map_err(|source| StorageError::Record { path: path.clone(), source })?;
    if record.id() != id {
        return Err(StorageError::Disagree { path, field: "blake3" });
    }
    Ok(record)
}

/// Removes a sector. It is gone in one step, whatever interrupts the rest; a file it refers to stays.
///
/// # Errors
/// [`StorageError::NoSuchSector`], or the system's.
pub fn remove(store: &Path, id: SectorId) -> Result<(), StorageError> {
    let folder = store.join(id.to_string());
    let hidden = store.join(format!("{REMOVED}{id}-{}", std::process::id()));
    match fs::rename(&folder, &hidden) {
        Ok(()) => {}
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            return Err(StorageError::NoSuchSector { store: store.into(), id });
        }
        Err(error) => return Err(StorageError::io(&folder, "sector", "remove", error)),
    }
    sync(store)?;
    remove_folder(&hidden)
}

/// What an interrupted [`add`](crate::add) left.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unfinished {
    /// The folder in the store.
    pub folder: PathBuf,
    /// The file, if a checkpoint says so.
    pub source: Option<String>,
    /// Bytes that the next run need not hash again.
    pub done: u64,
}

/// The sectors of a store that were never finished, or are being added now.
///
/// # Errors
/// [`StorageError`] if the store cannot be listed.
pub fn unfinished(store: &Path) -> Result<Vec<Unfinished>, StorageError> {
    let names = names(store)?;
    let folders = names.iter().filter(|name| name.starts_with(PREFIX)).map(|name| store.join(name));
    let described = folders.map(|folder| match Checkpoint::read(&folder) {
        Some(checkpoint) => {
            let done = checkpoint.blocks.saturating_mul(BLOCK_BYTES);
            Unfinished { folder, source: Some(checkpoint.path), done }
        }
        None => Unfinished { folder, source: None, done: 0 },
    });
    Ok(described.collect())
}

/// Removes all unfinished sectors.
///
/// # Errors
/// [`StorageError::Busy`] while a process is adding, or the system's.
pub fn discard_unfinished(store: &Path) -> Result<(), StorageError> {
    let found = unfinished(store)?;
    let _lock = StoreLock::take(store, false)?;
    found.iter().try_for_each(|unfinished| remove_folder(&unfinished.folder))
}

/// Makes a store's folder, and its name last, if it is not there.
pub(crate) fn create(store: &Path) -> Result<(), StorageError> {
    if store.is_dir() {
        return Ok(());
    }
    let create = || {
        fs::create_dir_all(store)?;
        fs::canonicalize(store)?.parent().map_or(Ok(()), popw_files::sync_folder)
    };
    create().map_err(StorageError::at(store, "store", "create"))
}

/// Whether a sector's folder is there. One that may not be looked at is not one that is not there.
pub(crate) fn exists(folder: &Path) -> Result<bool, StorageError> {
    folder.try_exists().map_err(StorageError::at(folder, "sector", "read"))
}

/// Makes the names of a store's sectors last.
pub(crate) fn sync(store: &Path) -> Result<(), StorageError> {
    popw_files::sync_folder(store).map_err(StorageError::at(store, "store", "write"))
}

/// Removes what interrupted removals left. Anything that fails here is tried again the next time.
pub(crate) fn sweep(store: &Path) {
    for name in names(store).unwrap_or_default().iter().filter(|name| name.starts_with(REMOVED)) {
        let _ = remove_folder(&store.join(name));
    }
}

/// Removes a folder and what is in it; one that is not there is fine.
pub(crate) fn remove_folder(folder: &Path) -> Result<(), StorageError> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            Err(StorageError::io(folder, "folder", "remove", error))
        }
        _ => Ok(()),
    }
}

/// Removes a file; one that is not there is fine.
pub(crate) fn remove_file(path: &Path, what: &'static str) -> Result<(), StorageError> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            Err(StorageError::io(path, what, "remove", error))
        }
        _ => Ok(()),
    }
}

/// Writes a small file in one step, and makes it last. A failure leaves the file as it was.
pub(crate) fn write_file(path: &Path, what: &'static str, bytes: &[u8]) -> Result<(), StorageError> {
    popw_files::replace(path, bytes).map_err(StorageError::at(path, what, "write"))
}

/// Reads a small file.
pub(crate) fn read_small(path: &Path, what: &'static str) -> Result<Vec<u8>, StorageError> {
    let file = platform::Reader::open(path, what)?;
    let (bytes, limit) = (file.metadata()?.len(), SectorRecord::LIMIT);
    if bytes > limit {
        return Err(StorageError::Length { path: path.into(), what, found: bytes, expected: limit });
    }
    let mut content = vec![0; bytes as usize];
    file.read_at(&mut content, 0)?;
    Ok(content)
}

/// The names in a store that are text.
fn names(store: &Path) -> Result<Vec<String>, StorageError> {
    let failed = |source| StorageError::io(store, "store", "read", source);
    let mut names = Vec::new();
    for entry in fs::read_dir(store).map_err(failed)? {
        names.extend(entry.map_err(failed)?.file_name().into_string());
    }
    Ok(names)
}
