//! Why a file could not be read or written.

use std::io;
use std::path::{Path, PathBuf};

use popw_core::document::DocumentError;

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
    /// A folder stands where a file was expected.
    #[error("{} is a folder, so it cannot be the {what}: name a file", path.display())]
    Folder {
        /// The path.
        path: PathBuf,
        /// What it was to be.
        what: &'static str,
    },
    /// A device, a pipe or a socket stands where a file was expected.
    #[error("{} is not a regular file, so it cannot be the {what}: name a file", path.display())]
    NotAFile {
        /// The path.
        path: PathBuf,
        /// What it was to be.
        what: &'static str,
    },
    /// A link that leads nowhere.
    #[error(
        "{} is a link to {}, where there is nothing: remove the link, or name the file itself for the {what}",
        path.display(),
        target.display()
    )]
    DanglingLink {
        /// The link.
        path: PathBuf,
        /// What was to be written.
        what: &'static str,
        /// What it leads to.
        target: PathBuf,
    },
    /// One file for two outputs.
    #[error("{} cannot be both the {other} and the {what}: give each a file of its own", path.display())]
    SameOutput {
        /// The file.
        path: PathBuf,
        /// What was to be written.
        what: &'static str,
        /// What else was to be written there.
        other: &'static str,
    },
    /// A file that the same command reads.
    #[error("this command reads {}, so the {what} cannot be written there: choose another name", path.display())]
    Input {
        /// The file.
        path: PathBuf,
        /// What was to be written.
        what: &'static str,
    },
    /// A name that the file system does not take.
    #[error("cannot write the {what} {}: the name is too long for the file system; choose a shorter one", path.display())]
    NameTooLong {
        /// The file.
        path: PathBuf,
        /// What was to be written.
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
    /// No room.
    #[error("cannot write the {what} {}: the disk is full; make room, and run the command again", path.display())]
    DiskFull {
        /// The file.
        path: PathBuf,
        /// What was to be written.
        what: &'static str,
    },
    /// Any other failure of the system (I/O error, …).
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
    #[error("{} is not a valid {what}: {source}", path.display())]
    Document {
        /// The file.
        path: PathBuf,
        /// What it was to be.
        what: &'static str,
        /// Where and why.
        source: DocumentError,
    },
    /// A file of a format that is not ours and cannot be read.
    #[error("{} is not a valid {what}: {reason}", path.display())]
    Malformed {
        /// The file.
        path: PathBuf,
        /// What it was to be.
        what: &'static str,
        /// Where and why.
        reason: String,
    },
}

impl FileError {
    /// What the system's error means for a file that was to be read.
    pub fn reading(path: &Path, what: &'static str, source: io::Error) -> Self {
        let path = path.to_path_buf();
        match source.kind() {
            io::ErrorKind::NotFound => Self::NotFound { path, what },
            io::ErrorKind::PermissionDenied => Self::Permission { path, what, action: "read" },
            io::ErrorKind::IsADirectory => Self::Folder { path, what },
            _ => Self::Io { path, what, action: "read", source },
        }
    }

    /// What the system's error means for a file that was to be written.
    pub fn writing(path: &Path, what: &'static str, source: io::Error) -> Self {
        let path = path.to_path_buf();
        match source.kind() {
            io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => Self::NoFolder { path, what },
            io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => {
                Self::Permission { path, what, action: "write" }
            }
            io::ErrorKind::AlreadyExists => Self::Exists { path, what },
            io::ErrorKind::IsADirectory => Self::Folder { path, what },
            io::ErrorKind::InvalidFilename => Self::NameTooLong { path, what },
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Self::DiskFull { path, what },
            _ => Self::Io { path, what, action: "write", source },
        }
    }

    /// The file.
    pub fn path(&self) -> &Path {
        match self {
            Self::NotFound { path, .. }
            | Self::Exists { path, .. }
            | Self::Folder { path, .. }
            | Self::NotAFile { path, .. }
            | Self::DanglingLink { path, .. }
            | Self::SameOutput { path, .. }
            | Self::Input { path, .. }
            | Self::NameTooLong { path, .. }
            | Self::TooLarge { path, .. }
            | Self::Permission { path, .. }
            | Self::NoFolder { path, .. }
            | Self::DiskFull { path, .. }
            | Self::Io { path, .. }
            | Self::NotText { path, .. }
            | Self::Document { path, .. }
            | Self::Malformed { path, .. } => path,
        }
    }
}
