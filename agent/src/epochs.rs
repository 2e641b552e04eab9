//! The folder of epoch documents, watched while a daemon runs.
//!
//! Any `*.json` in it that is a published epoch or an epoch's directory is taken, whatever its name; an
//! epoch is taken up when both are there, fit together and (when a policy is given) are this network's.
//! The folder is looked at, not subscribed to: that works on every file system, and once a tick is cheap.

use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::SystemTime;

use popw_core::document::{Document, EpochPublic};
use popw_network::epoch::directory::{DIRECTORY_LIMIT, DirectoryError, Epoch, EpochDirectory};
use popw_network::epoch::{self, EpochError};
use popw_network::files::{self, FileError};
use popw_network::policy::Policy;
use serde::Deserialize;

use crate::roster::Roster;

/// A folder of epoch documents.
#[derive(Clone, Debug)]
pub struct EpochFolder {
    state: Arc<Mutex<State>>,
}

#[derive(Debug)]
struct State {
    folder: PathBuf,
    policy: Option<Policy>,
    stamps: HashMap<PathBuf, Stamp>,
    published: BTreeMap<u32, EpochPublic>,
    directories: BTreeMap<u32, EpochDirectory>,
    taken: BTreeMap<u32, EpochPublic>,
}

/// What changes when a file is written anew.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Stamp {
    modified: Option<SystemTime>,
    length: u64,
}

/// A file of the folder.
enum Found {
    Published(Box<EpochPublic>),
    Directory(Box<EpochDirectory>),
    /// Something else, which may well lie there.
    Other,
}

/// Why an epoch's two documents are not taken up.
#[derive(Debug, thiserror::Error)]
enum Rejected {
    #[error(transparent)]
    Directory(#[from] DirectoryError),
    #[error(transparent)]
    Policy(#[from] EpochError),
}

impl EpochFolder {
    /// Watches `folder`. With a policy, epochs that are not of its network, or whose beacons it does
    /// not accept, are left out; without one the folder's owner is trusted with that.
    ///
    /// # Errors
    /// [`FileError::NotFound`] when there is no such folder.
    pub fn open(folder: PathBuf, policy: Option<Policy>) -> Result<Self, FileError> {
        if !folder.is_dir() {
            return Err(FileError::NotFound { path: folder, what: "folder of epoch documents" });
        }
        let state = State {
            folder,
            policy,
            stamps: HashMap::new(),
            published: BTreeMap::new(),
            directories: BTreeMap::new(),
            taken: BTreeMap::new(),
        };
        Ok(Self { state: Arc::new(Mutex::new(state)) })
    }

    /// Looks for documents that are new or changed, and returns the epochs that can be taken up now.
    /// Each epoch is returned once. What cannot be used is logged once and looked at again when it changes.
    pub async fn scan(&self) -> Vec<Arc<Roster>> {
        let state = self.state.clone();
        let scan = move || state.lock().unwrap_or_else(PoisonError::into_inner).scan();
        tokio::task::spawn_blocking(scan).await.unwrap_or_else(|error| {
            tracing::error!(%error, "looking for epochs failed");
            Vec::new()
        })
    }
}

impl State {
    fn scan(&mut self) -> Vec<Arc<Roster>> {
        for (path, stamp) in self.files() {
            if self.stamps.insert(path.clone(), stamp) == Some(stamp) {
                continue;
            }
            match read(&path) {
                Ok(Found::Published(public)) => self.note_published(*public, &path),
                Ok(Found::Directory(directory)) if !self.taken.contains_key(&directory.epoch) => {
                    self.directories.insert(directory.epoch, *directory);
                }
                Ok(Found::Directory(_) | Found::Other) => {}
                Err(error) => tracing::warn!(%error, "not used"),
            }
        }
        let complete: Vec<u32> =
            self.published.keys().filter(|epoch| self.directories.contains_key(epoch)).copied().collect();
        complete.into_iter().filter_map(|epoch| self.take(epoch)).collect()
    }

    fn files(&self) -> Vec<(PathBuf, Stamp)> {
        let entries = match std::fs::read_dir(&self.folder) {
            Ok(entries) => entries,
            Err(error) => {
                tracing::warn!(folder = %self.folder.display(), %error, "cannot look for epochs");
                return Vec::new();
            }
        };
        let mut files: Vec<(PathBuf, Stamp)> = entries
            .filter_map(|entry| {
                let path = entry.ok()?.path();
                // Through links; a file that is just being removed is no file.
                let metadata = std::fs::metadata(&path).ok().filter(std::fs::Metadata::is_file)?;
                let stamp = Stamp { modified: metadata.modified().ok(), length: metadata.len() };
                (path.extension().is_some_and(|extension| extension == "json")).then_some((path, stamp))
            })
            .collect();
        files.sort_by(|one, other| one.0.cmp(&other.0));
        files
    }

    fn note_published(&mut self, public: EpochPublic, path: &Path) {
        let epoch = public.epoch;
        match self.taken.get(&epoch) {
            None => {
                self.published.insert(epoch, public);
            }
            // The closing beacon arrives after the epoch; nothing the daemons work with changes.
            Some(taken) if EpochPublic { closing: None, ..public } == *taken => {}
            Some(_) => {
                let path = path.display();
                tracing::error!(epoch, %path, "this epoch is already taken up with other facts; ignored");
            }
        }
    }

    fn take(&mut self, epoch: u32) -> Option<Arc<Roster>> {
        let public = self.published.get(&epoch)?.clone();
        // Only the directory is given up: a new one may still come for the same published epoch.
        let directory = self.directories.remove(&epoch)?;
        let facts = EpochPublic { closing: None, ..public.clone() };
        match self.join(public, directory) {
            Ok(joined) => {
                self.published.remove(&epoch);
                self.taken.insert(epoch, facts);
                Some(Arc::new(Roster::new(joined)))
            }
            Err(error) => {
                tracing::error!(epoch, %error, "the epoch cannot be taken up");
                None
            }
        }
    }

    fn join(&self, public: EpochPublic, directory: EpochDirectory) -> Result<Epoch, Rejected> {
        if let Some(policy) = &self.policy {
            epoch::verify(&public, policy)?;
        }
        Ok(Epoch::new(public, directory)?)
    }
}

fn read(path: &Path) -> Result<Found, FileError> {
    parse(&files::read(path, "epoch document", DIRECTORY_LIMIT)?, path)
}

/// Tells what a file's bytes are; `path` is for messages only.
fn parse(bytes: &[u8], path: &Path) -> Result<Found, FileError> {
    #[derive(Deserialize)]
    struct Header {
        format: String,
    }
    let Ok(Header { format }) = serde_json::from_slice(bytes) else { return Ok(Found::Other) };
    match format.as_str() {
        EpochPublic::FORMAT => {
            let public = files::parse_document(bytes, path, "published epoch")?;
            Ok(Found::Published(Box::new(public)))
        }
        EpochDirectory::FORMAT => {
            let directory = files::parse_document(bytes, path, "epoch directory")?;
            Ok(Found::Directory(Box::new(directory)))
        }
        _ => Ok(Found::Other),
    }
}

/// For [`crate::fuzz`]: parses bytes as a file of the folder.
pub(crate) fn parse_any(bytes: &[u8]) -> bool {
    matches!(parse(bytes, Path::new("bytes")), Ok(Found::Published(_) | Found::Directory(_)))
}

#[cfg(test)]
mod tests;
