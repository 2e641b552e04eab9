//! Sectors in a store, as a device serves them.

pub mod tree;

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

use popw_storage::{Sector, SectorId, StorageError};
use thiserror::Error;

use self::tree::PARENT_BYTES;

/// A folder of sectors, each in a folder named by the BLAKE3 hash of its data; made by `popw storage add`.
#[derive(Clone, Debug)]
pub struct Store {
    folder: PathBuf,
}

/// An open sector.
#[derive(Debug)]
pub struct Content {
    bytes: u64,
    data: File,
    outboard: File,
}

/// Why content cannot be served.
#[derive(Debug, Error)]
pub enum ContentError {
    /// No folder.
    #[error("there is no folder {}: name the store with --store", .0.display())]
    NoStore(PathBuf),
    /// The sector is not there, or not as it should be.
    #[error(transparent)]
    Storage(#[from] StorageError),
    /// The system's error.
    #[error("cannot read {}: {source}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
}

impl Store {
    /// The store in a folder.
    ///
    /// # Errors
    /// [`ContentError::NoStore`] when it is none.
    pub fn open(folder: &Path) -> Result<Self, ContentError> {
        match folder.is_dir() {
            true => Ok(Self { folder: folder.to_path_buf() }),
            false => Err(ContentError::NoStore(folder.to_path_buf())),
        }
    }

    /// The folder.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Has it no sector?
    pub fn is_empty(&self) -> bool {
        popw_storage::store::list(&self.folder).is_ok_and(|sectors| sectors.is_empty())
    }

    /// Opens the sector with this hash.
    ///
    /// # Errors
    /// [`ContentError`].
    pub fn content(&self, hash: &[u8; 32]) -> Result<Content, ContentError> {
        let sector = Sector::open(&self.folder, SectorId(*hash))?;
        Ok(Content {
            bytes: sector.layout().bytes(),
            data: open(sector.data_path())?,
            outboard: open(sector.outboard_path())?,
        })
    }
}

fn open(path: &Path) -> Result<File, ContentError> {
    File::open(path).map_err(|source| ContentError::Io { path: path.into(), source })
}

impl Content {
    /// Its length.
    pub fn bytes(&self) -> u64 {
        self.bytes
    }

    /// Appends the block of a group, its length before it, for a download from group `first` on.
    ///
    /// # Errors
    /// The system's, also when the files have become shorter.
    pub fn block(&mut self, first: u64, group: u64, out: &mut Vec<u8>) -> io::Result<()> {
        let parents = tree::parents(tree::groups(self.bytes), first, group);
        let group_bytes = tree::group_bytes(self.bytes, group);
        let length = parents.len() * PARENT_BYTES + group_bytes as usize;
        // At most MAX_BLOCK.
        out.extend((length as u32).to_be_bytes());
        for place in parents {
            read_at(&mut self.outboard, place * PARENT_BYTES as u64, PARENT_BYTES, out)?;
        }
        read_at(&mut self.data, group * tree::GROUP_BYTES, group_bytes as usize, out)
    }
}

fn read_at(file: &mut File, offset: u64, length: usize, out: &mut Vec<u8>) -> io::Result<()> {
    let start = out.len();
    out.resize(start + length, 0);
    file.seek(SeekFrom::Start(offset))?;
    file.read_exact(&mut out[start..])
}
