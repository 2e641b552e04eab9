//! Reading and writing the project's files, in one place.
//!
//! A write goes to a new file of a random name in the target's folder, is synced, and takes the target's name in
//! one step; the folder is synced last. So a reader, a full disk or a killed writer never meets half a file: the
//! target is the old one, the new one, or absent. Nothing is overwritten unless the caller says so. Reading is
//! bounded; a document's `format` and `version` are looked at before anything else in it.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use popw_core::document::{self, Document, DocumentError};
use serde::Serialize;

/// Largest document read into memory unless its module says otherwise (16 MiB).
pub const DOCUMENT_LIMIT: u64 = document::LIMIT;

/// May a write replace a file that is already there?
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Overwrite {
    /// An existing file is kept and the write refused.
    No,
    /// An existing file is replaced in one step.
    Yes,
}

/// Who may read a written file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// As the user's umask has it.
    Public,
    /// Owner only (mode 0600 on Unix).
    Secret,
}

/// Why a file could not be read or written. Each message names the file, what it was to be, and what to do.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum FileError {
    /// No such file.
    #[error("{what} not found at {}: check the path, or create it first", path.display())]
    NotFound {
        /// The file.
        path: PathBuf,
        /// What it was to be.
        what: &'static str,
    },
    /// The target exists and overwriting was not asked for.
    #[error("{} exists already, and a {what} is not overwritten unasked: choose another name or move it away", path.display())]
    Exists {
        /// The file.
        path: PathBuf,
        /// What was to be written.
        what: &'static str,
    },
    /// A folder, a device or a socket stands where a file was expected.
    #[error("{} is not a regular file, so it cannot be a {what}", path.display())]
    NotAFile {
        /// The path.
        path: PathBuf,
        /// What it was to be.
        what: &'static str,
    },
    /// Larger than any file of its kind.
    #[error("{} has more than {limit} bytes, too many for a {what}: is it the right file?", path.display())]
    TooLarge {
        /// The file.
        path: PathBuf,
        /// What it was to be.
        what: &'static str,
        /// The bound, in bytes.
        limit: u64,
    },
    /// The system refuses access.
    #[error("no permission to {action} the {what} {}: check the owner and mode of the file and its folder", path.display())]
    Permission {
        /// The file.
        path: PathBuf,
        /// What it was to be.
        what: &'static str,
        /// `read` or `write`.
        action: &'static str,
    },
    /// The folder to write to is missing.
    #[error("cannot write the {what} {}: its folder does not exist; create the folder first", path.display())]
    NoFolder {
        /// The file.
        path: PathBuf,
        /// What was to be written.
        what: &'static str,
    },
    /// Any other failure of the system (disk full, I/O error, …).
    #[error("cannot {action} the {what} {}: {source}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// What it was to be.
        what: &'static str,
        /// `read` or `write`.
        action: &'static str,
        /// The system's error.
        source: io::Error,
    },
    /// Not text in UTF-8.
    #[error("{} is not UTF-8 text, so it cannot be a {what}", path.display())]
    NotText {
        /// The file.
        path: PathBuf,
        /// What it was to be.
        what: &'static str,
    },
    /// A document that cannot be read: unfinished, of another kind or version, or with a field that cannot be.
    #[error("{} is no valid {what}: {source}", path.display())]
    Document {
        /// The file.
        path: PathBuf,
        /// What it was to be.
        what: &'static str,
        /// Where and why.
        source: DocumentError,
    },
    /// A file of a format that is not ours and cannot be read.
    #[error("{} is no valid {what}: {reason}", path.display())]
    Malformed {
        /// The file.
        path: PathBuf,
        /// What it was to be.
        what: &'static str,
        /// Where and why.
        reason: String,
    },
}

/// Reads a whole file of at most `limit` bytes. `what` names its kind for errors ("key file").
///
/// # Errors
/// [`FileError`] when it is missing, no regular file, unreadable or larger than `limit`.
pub fn read(path: &Path, what: &'static str, limit: u64) -> Result<Vec<u8>, FileError> {
    let failed = |source| read_failed(path, what, source);
    let file = File::open(path).map_err(failed)?;
    let metadata = file.metadata().map_err(failed)?;
    if !metadata.is_file() {
        return Err(FileError::NotAFile { path: path.into(), what });
    }
    let mut bytes = Vec::new();
    // One byte past the bound tells a file that grew meanwhile from one that fits.
    file.take(limit.saturating_add(1)).read_to_end(&mut bytes).map_err(failed)?;
    if bytes.len() as u64 > limit {
        return Err(FileError::TooLarge { path: path.into(), what, limit });
    }
    Ok(bytes)
}

/// Reads a UTF-8 text file of at most `limit` bytes.
///
/// # Errors
/// As [`read`], and [`FileError::NotText`].
pub fn read_text(path: &Path, what: &'static str, limit: u64) -> Result<String, FileError> {
    String::from_utf8(read(path, what, limit)?).map_err(|_| FileError::NotText { path: path.into(), what })
}

/// Reads and checks a document of at most `limit` bytes.
///
/// # Errors
/// As [`read`], and [`FileError::Document`].
pub fn read_document<T: Document>(path: &Path, what: &'static str, limit: u64) -> Result<T, FileError> {
    parse_document(&read(path, what, limit)?, path, what)
}

/// As [`read_document`], for bytes already read from `path` (used in messages only).
///
/// # Errors
/// [`FileError::Document`].
pub fn parse_document<T: Document>(bytes: &[u8], path: &Path, what: &'static str) -> Result<T, FileError> {
    T::from_json(bytes).map_err(|source| FileError::Document { path: path.into(), what, source })
}

/// Writes `bytes` as `path` in one step.
///
/// # Errors
/// [`FileError::Exists`] without [`Overwrite::Yes`]; [`FileError::NoFolder`], [`FileError::Permission`],
/// [`FileError::Io`]. The target is then as it was before.
pub fn write(
    path: &Path,
    what: &'static str,
    bytes: &[u8],
    overwrite: Overwrite,
    access: Access,
) -> Result<(), FileError> {
    write_with(path, what, overwrite, access, |file| file.write_all(bytes))
}

/// Writes a document as indented JSON with a final newline.
///
/// # Errors
/// As [`write()`].
pub fn write_json<T: Serialize>(
    path: &Path,
    what: &'static str,
    value: &T,
    overwrite: Overwrite,
    access: Access,
) -> Result<(), FileError> {
    write_with(path, what, overwrite, access, |file| {
        let mut buffered = io::BufWriter::new(file);
        serde_json::to_writer_pretty(&mut buffered, value)?;
        buffered.write_all(b"\n")?;
        buffered.flush()
    })
}

/// As [`write()`], with the content streamed by `fill`.
///
/// # Errors
/// As [`write()`]; an error of `fill` leaves the target untouched.
pub fn write_with(
    path: &Path,
    what: &'static str,
    overwrite: Overwrite,
    access: Access,
    fill: impl FnOnce(&mut File) -> io::Result<()>,
) -> Result<(), FileError> {
    let failed = |source: io::Error| write_failed(path, what, source);
    match fs::symlink_metadata(path) {
        Ok(metadata) if metadata.is_dir() => return Err(FileError::NotAFile { path: path.into(), what }),
        Ok(_) if overwrite == Overwrite::No => return Err(FileError::Exists { path: path.into(), what }),
        _ => {}
    }
    let folder = folder_of(path);
    let mut temporary = Temporary::create(path, folder, access).map_err(failed)?;
    fill(&mut temporary.file).map_err(failed)?;
    temporary.file.sync_all().map_err(failed)?;
    temporary.take_name_of(path, overwrite).map_err(failed)?;
    sync_folder(folder).map_err(failed)
}

/// A file of a random name beside its target; removed when dropped before it took the target's name.
struct Temporary {
    file: File,
    path: PathBuf,
    armed: bool,
}

impl Temporary {
    fn create(target: &Path, folder: &Path, access: Access) -> io::Result<Self> {
        let name = target.file_name().ok_or_else(|| io::Error::from(io::ErrorKind::InvalidInput))?;
        let mut hidden = std::ffi::OsString::from(".");
        hidden.push(name);
        hidden.push(format!(".{:016x}.tmp", rand::random::<u64>()));
        let path = folder.join(hidden);
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        if access == Access::Secret {
            std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        }
        #[cfg(not(unix))]
        let _ = access;
        Ok(Self { file: options.open(&path)?, path, armed: true })
    }

    fn take_name_of(mut self, target: &Path, overwrite: Overwrite) -> io::Result<()> {
        match overwrite {
            Overwrite::Yes => {
                fs::rename(&self.path, target)?;
                self.armed = false;
            }
            // A link fails when the name is taken, also by a file made since the first look; a rename would not.
            // The drop removes the temporary name.
            Overwrite::No => match fs::hard_link(&self.path, target) {
                Ok(()) => {}
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => return Err(error),
                // A file system without links: reserve the name, then replace the empty file that is ours.
                Err(_) => {
                    OpenOptions::new().write(true).create_new(true).open(target)?;
                    fs::rename(&self.path, target)?;
                    self.armed = false;
                }
            },
        }
        Ok(())
    }
}

impl Drop for Temporary {
    fn drop(&mut self) {
        if self.armed {
            let _ = fs::remove_file(&self.path);
        }
    }
}

fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

#[cfg(unix)]
fn sync_folder(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

#[cfg(not(unix))]
fn sync_folder(_: &Path) -> io::Result<()> {
    Ok(())
}

fn read_failed(path: &Path, what: &'static str, source: io::Error) -> FileError {
    let path = path.to_path_buf();
    match source.kind() {
        io::ErrorKind::NotFound => FileError::NotFound { path, what },
        io::ErrorKind::PermissionDenied => FileError::Permission { path, what, action: "read" },
        io::ErrorKind::IsADirectory => FileError::NotAFile { path, what },
        _ => FileError::Io { path, what, action: "read", source },
    }
}

fn write_failed(path: &Path, what: &'static str, source: io::Error) -> FileError {
    let path = path.to_path_buf();
    match source.kind() {
        io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => FileError::NoFolder { path, what },
        io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => {
            FileError::Permission { path, what, action: "write" }
        }
        io::ErrorKind::AlreadyExists => FileError::Exists { path, what },
        _ => FileError::Io { path, what, action: "write", source },
    }
}
