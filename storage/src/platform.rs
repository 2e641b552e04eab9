//! What the operating system is asked for: reads and writes at a position, free space, who a file is, what is on disk.

use std::fs::{File, Metadata, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use serde::{Deserialize, Serialize};

use crate::error::{Change, StorageError};

/// A file read at positions. Counts what it reads.
#[derive(Debug)]
pub(crate) struct Reader {
    file: File,
    path: PathBuf,
    what: &'static str,
    read: AtomicU64,
}

impl Reader {
    /// Opens a regular file.
    pub(crate) fn open(path: &Path, what: &'static str) -> Result<Self, StorageError> {
        let failed = |source| StorageError::io(path, what, "read", source);
        // Looked at before it is opened: opening a pipe would wait for a writer.
        if !std::fs::metadata(path).map_err(failed)?.is_file() {
            return Err(StorageError::NotAFile { path: path.into(), what });
        }
        let file = File::open(path).map_err(failed)?;
        Ok(Self { file, path: path.into(), what, read: AtomicU64::new(0) })
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    pub(crate) fn metadata(&self) -> Result<Metadata, StorageError> {
        self.file.metadata().map_err(StorageError::at(&self.path, self.what, "read"))
    }

    /// Refuses a file of any other length.
    pub(crate) fn expect_len(&self, expected: u64) -> Result<(), StorageError> {
        let found = self.metadata()?.len();
        if found == expected {
            return Ok(());
        }
        Err(StorageError::Length { path: self.path.clone(), what: self.what, found, expected })
    }

    /// Fills `buffer` from `offset` on.
    pub(crate) fn read_at(&self, buffer: &mut [u8], offset: u64) -> Result<(), StorageError> {
        read_exact_at(&self.file, buffer, offset).map_err(StorageError::at(&self.path, self.what, "read"))?;
        self.read.fetch_add(buffer.len() as u64, Ordering::Relaxed);
        Ok(())
    }

    /// Bytes read so far.
    pub(crate) fn bytes_read(&self) -> u64 {
        self.read.load(Ordering::Relaxed)
    }
}

/// A file written at positions.
#[derive(Debug)]
pub(crate) struct Writer {
    file: File,
    path: PathBuf,
    what: &'static str,
}

impl Writer {
    /// Makes a file where nothing has the name, for writing and reading.
    pub(crate) fn create(path: PathBuf, what: &'static str) -> Result<Self, StorageError> {
        let file = OpenOptions::new().read(true).write(true).create_new(true).open(&path);
        Self::of(file, path, what)
    }

    /// Goes on with a file as it is, or makes it; never through a link.
    pub(crate) fn resume(path: PathBuf, what: &'static str) -> Result<Self, StorageError> {
        Self::of(popw_files::resume(&path), path, what)
    }

    fn of(file: io::Result<File>, path: PathBuf, what: &'static str) -> Result<Self, StorageError> {
        let file = file.map_err(StorageError::at(&path, what, "create"))?;
        Ok(Self { file, path, what })
    }

    pub(crate) fn set_len(&self, bytes: u64) -> Result<(), StorageError> {
        self.file.set_len(bytes).map_err(StorageError::at(&self.path, self.what, "write"))
    }

    pub(crate) fn write_at(&self, bytes: &[u8], offset: u64) -> Result<(), StorageError> {
        write_all_at(&self.file, bytes, offset).map_err(StorageError::at(&self.path, self.what, "write"))
    }

    pub(crate) fn read_at(&self, buffer: &mut [u8], offset: u64) -> Result<(), StorageError> {
        read_exact_at(&self.file, buffer, offset).map_err(StorageError::at(&self.path, self.what, "read"))
    }

    pub(crate) fn sync(&self) -> Result<(), StorageError> {
        self.file.sync_all().map_err(StorageError::at(&self.path, self.what, "write"))
    }
}

/// Who a file is and when it was last written: equal twice, it was not changed in between.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Fingerprint {
    pub(crate) bytes: u64,
    modified: (i64, i64),
    changed: (i64, i64),
    device: u64,
    inode: u64,
}

impl Fingerprint {
    #[cfg(unix)]
    pub(crate) fn of(metadata: &Metadata) -> Self {
        use std::os::unix::fs::MetadataExt;
        Self {
            bytes: metadata.len(),
            modified: (metadata.mtime(), metadata.mtime_nsec()),
            // Set by the system alone, so a writer who resets the time of modification is seen.
            changed: (metadata.ctime(), metadata.ctime_nsec()),
            device: metadata.dev(),
            inode: metadata.ino(),
        }
    }

    #[cfg(not(unix))]
    pub(crate) fn of(metadata: &Metadata) -> Self {
        let modified =
            metadata.modified().ok().and_then(|time| time.duration_since(std::time::UNIX_EPOCH).ok());
        let modified =
            modified.map_or((0, 0), |time| (time.as_secs() as i64, i64::from(time.subsec_nanos())));
        Self { bytes: metadata.len(), modified, changed: (0, 0), device: 0, inode: 0 }
    }

    /// How the file differs `now`.
    pub(crate) fn change(&self, now: &Self) -> Option<Change> {
        if (self.device, self.inode) != (now.device, now.inode) {
            Some(Change::Replaced)
        } else if self.bytes != now.bytes {
            Some(Change::Length { before: self.bytes })
        } else if self != now {
            Some(Change::Modified)
        } else {
            None
        }
    }
}

/// Bytes a file takes on disk.
#[cfg(unix)]
pub(crate) fn allocated(metadata: &Metadata) -> u64 {
    std::os::unix::fs::MetadataExt::blocks(metadata).saturating_mul(512)
}

/// Bytes a file takes on disk.
#[cfg(not(unix))]
pub(crate) fn allocated(metadata: &Metadata) -> u64 {
    metadata.len()
}

/// Bytes an ordinary user may still write to a folder's file system, where the system can say.
#[cfg(unix)]
pub(crate) fn free_space(folder: &Path) -> io::Result<Option<u64>> {
    let about = rustix::fs::statvfs(folder)?;
    Ok(Some(about.f_bavail.saturating_mul(about.f_frsize)))
}

/// Bytes an ordinary user may still write to a folder's file system, where the system can say.
#[cfg(not(unix))]
pub(crate) fn free_space(_: &Path) -> io::Result<Option<u64>> {
    Ok(None)
}

/// The file system of a folder, for one call that makes all that was written to it last.
#[derive(Debug)]
#[cfg_attr(not(target_os = "linux"), allow(dead_code))]
pub(crate) struct FileSystem {
    folder: Option<File>,
}

impl FileSystem {
    /// To be opened before anything is written: what fails from then on is told.
    pub(crate) fn of(folder: &Path) -> Self {
        Self { folder: File::open(folder).ok() }
    }

    /// Whether all that was written is on disk; if not, each file has to be asked. Before Linux 5.8, a disk that fails in
    /// this is not told, only a system that stops is survived.
    #[cfg(target_os = "linux")]
    pub(crate) fn sync(&self) -> bool {
        self.folder.as_ref().is_some_and(|folder| rustix::fs::syncfs(folder).is_ok())
    }

    /// Other systems have no such call.
    #[cfg(not(target_os = "linux"))]
    pub(crate) fn sync(&self) -> bool {
        false
    }
}

#[cfg(unix)]
fn read_exact_at(file: &File, buffer: &mut [u8], offset: u64) -> io::Result<()> {
    std::os::unix::fs::FileExt::read_exact_at(file, buffer, offset)
}

#[cfg(unix)]
fn write_all_at(file: &File, bytes: &[u8], offset: u64) -> io::Result<()> {
    std::os::unix::fs::FileExt::write_all_at(file, bytes, offset)
}

#[cfg(windows)]
fn read_exact_at(file: &File, mut buffer: &mut [u8], mut offset: u64) -> io::Result<()> {
    while !buffer.is_empty() {
        match std::os::windows::fs::FileExt::seek_read(file, buffer, offset)? {
            0 => return Err(io::ErrorKind::UnexpectedEof.into()),
            count => {
                buffer = &mut buffer[count..];
                offset += count as u64;
            }
        }
    }
    Ok(())
}

#[cfg(windows)]
fn write_all_at(file: &File, mut bytes: &[u8], mut offset: u64) -> io::Result<()> {
    while !bytes.is_empty() {
        match std::os::windows::fs::FileExt::seek_write(file, bytes, offset)? {
            0 => return Err(io::ErrorKind::WriteZero.into()),
            count => {
                bytes = &bytes[count..];
                offset += count as u64;
            }
        }
    }
    Ok(())
}
