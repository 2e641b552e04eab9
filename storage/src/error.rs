//! What can go wrong with files, each naming the file and what to do.

use std::io;
use std::path::{Path, PathBuf};

use popw_core::document::DocumentError;

use crate::header::HeaderError;
use crate::layout::MAX_BYTES;
use crate::record::SectorId;

/// Why a sector could not be taken in, opened or looked through.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StorageError {
    /// No such file or folder.
    #[error("{what} not found at {}: check the path", path.display())]
    NotFound {
        /// Where.
        path: PathBuf,
        /// What was expected there.
        what: &'static str,
    },
    /// A folder, a device or a socket stands where a file was expected.
    #[error("{} is not a regular file, so it cannot be a {what}", path.display())]
    NotAFile {
        /// Where.
        path: PathBuf,
        /// What was expected there.
        what: &'static str,
    },
    /// A file stands where a folder was expected.
    #[error("{} is not a folder, so it cannot be a {what}", path.display())]
    NotAFolder {
        /// Where.
        path: PathBuf,
        /// What was expected there.
        what: &'static str,
    },
    /// The system refuses access.
    #[error("no permission to {action} the {what} {}: check the owner and mode of it and of its folder, and that the file system is not read-only", path.display())]
    Permission {
        /// Where.
        path: PathBuf,
        /// What it is.
        what: &'static str,
        /// `read`, `write`, `create` or `remove`.
        action: &'static str,
    },
    /// Not enough room, seen before anything was written.
    #[error("the store {} needs {needed} bytes for this sector, and its file system has {available} free: free some, or use another store", path.display())]
    NoSpace {
        /// The store.
        path: PathBuf,
        /// Bytes still to be written: data, tree and outboard.
        needed: u64,
        /// Bytes free to this user.
        available: u64,
    },
    /// The disk, a quota or a limit on file sizes ended a write.
    #[error("no room to write the {what} {}: {source}; {}", path.display(), when_full(*undone))]
    DiskFull {
        /// Where.
        path: PathBuf,
        /// What it is.
        what: &'static str,
        /// The system's error.
        source: io::Error,
        /// The work whose traces have been removed, to be done again when there is room; none if nothing was removed.
        undone: Option<&'static str>,
    },
    /// Any other failure of the system.
    #[error("cannot {action} the {what} {}: {source}", path.display())]
    Io {
        /// Where.
        path: PathBuf,
        /// What it is.
        what: &'static str,
        /// `read`, `write`, `create` or `remove`.
        action: &'static str,
        /// The system's error.
        source: io::Error,
    },
    /// The file changed while it was read.
    #[error("{} {change} while it was being taken in; nothing was kept: add it again when nobody is writing to it", path.display())]
    SourceChanged {
        /// The file.
        path: PathBuf,
        /// How.
        change: Change,
    },
    /// Larger than any sector.
    #[error("{} has {bytes} bytes; a sector has at most {MAX_BYTES}", path.display())]
    TooLarge {
        /// The file.
        path: PathBuf,
        /// Its length.
        bytes: u64,
    },
    /// A name that JSON cannot carry.
    #[error("the path {} is not UTF-8, so a sector cannot refer to it: copy the file into the store instead", path.display())]
    NotText {
        /// The path.
        path: PathBuf,
    },
    /// Another process is adding to this store.
    #[error("another process is adding to the store {}: wait until it has finished, or stop it", path.display())]
    Busy {
        /// The store.
        path: PathBuf,
    },
    /// The store lies in the folder that is to be taken in.
    #[error("the store {} lies inside {}, and would be taken into itself: use a store elsewhere", store.display(), folder.display())]
    StoreInside {
        /// The store.
        store: PathBuf,
        /// The folder.
        folder: PathBuf,
    },
    /// No sector of that hash.
    #[error("the store {} has no sector {id}: list the store, or add the file", store.display())]
    NoSuchSector {
        /// The store.
        store: PathBuf,
        /// The wanted hash.
        id: SectorId,
    },
    /// The file that a sector refers to is not where it was.
    #[error("the sector {id} links to {}, where there is no file: put it back there, or add it again as a link from where it is now", path.display())]
    LinkMoved {
        /// Where it was.
        path: PathBuf,
        /// The sector, and the hash of that file.
        id: SectorId,
    },
    /// A `sector.json` that cannot be read.
    #[error("{} is not a valid sector record: {source}; rebuild the sector from its data", path.display())]
    Record {
        /// The file.
        path: PathBuf,
        /// Where and why.
        source: DocumentError,
    },
    /// A tree file whose header cannot be read.
    #[error("{} is not a valid tree: {source}; rebuild the sector from its data", path.display())]
    Header {
        /// The file.
        path: PathBuf,
        /// Why.
        source: HeaderError,
    },
    /// A file of another length than the sector's record says.
    #[error("the {what} {} has {found} bytes where the sector needs {expected}: it was cut or changed; rebuild the sector if its data are whole, else add its file again, or fetch it by its hash", path.display())]
    Length {
        /// The file.
        path: PathBuf,
        /// What it is.
        what: &'static str,
        /// Its length.
        found: u64,
        /// The length that belongs to the sector.
        expected: u64,
    },
    /// Two files of a sector that do not belong together.
    #[error("{}: field `{field}` is not that of the sector's other files: rebuild the sector from its data", path.display())]
    Disagree {
        /// The file.
        path: PathBuf,
        /// Which field.
        field: &'static str,
    },
    /// Data that are not the sector's any more, so that nothing can be rebuilt from them.
    #[error("{} no longer has the hash {id}: scrub the sector to find what is damaged, and add a whole copy of the file again, or fetch it by its hash", path.display())]
    DataDamaged {
        /// The data.
        path: PathBuf,
        /// The hash they should have.
        id: SectorId,
    },
    /// No data, so that nothing can be rebuilt.
    #[error("the data of the sector {id} are not at {}: add the file again, or fetch it by its hash and add that", path.display())]
    DataGone {
        /// Where they should be.
        path: PathBuf,
        /// The sector, and the hash of the file.
        id: SectorId,
    },
    /// 32 bytes of a tree that are no field element.
    #[error("the tree {} is damaged at byte {offset}: not a field element; rebuild the sector from its data", path.display())]
    NotCanonical {
        /// The file.
        path: PathBuf,
        /// Where in it.
        offset: u64,
    },
    /// No such node.
    #[error("there is no node {index}: the sector has {nodes}")]
    NoSuchNode {
        /// The wanted node.
        index: u64,
        /// How many there are.
        nodes: u64,
    },
    /// [`Progress::cancelled`](crate::Progress::cancelled) said so.
    #[error("stopped before the end; the next run resumes from here")]
    Cancelled,
}

/// How a file changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Change {
    /// It ended early, or grew.
    #[error("changed its length (it had {before} bytes)")]
    Length {
        /// Length at first.
        before: u64,
    },
    /// Its times moved.
    #[error("was written to or had its attributes changed")]
    Modified,
    /// The name now belongs to another file, or to none.
    #[error("was replaced or removed")]
    Replaced,
}

/// What to do about a full disk.
fn when_full(undone: Option<&str>) -> String {
    let free = "free some space (or raise the quota or limit)";
    match undone {
        Some(work) => format!("nothing was kept, so {free} and {work} again"),
        None => free.into(),
    }
}

/// Whether a read has failed because bytes are not there any more, or the medium no longer gives them; anything else
/// that the system says tells nothing about them.
fn is_loss(error: &io::Error) -> bool {
    #[cfg(unix)]
    const MEDIUM: &[i32] = &[rustix::io::Errno::IO.raw_os_error()];
    // ERROR_CRC, ERROR_IO_DEVICE.
    #[cfg(not(unix))]
    const MEDIUM: &[i32] = &[23, 1117];
    let gone = matches!(error.kind(), io::ErrorKind::UnexpectedEof | io::ErrorKind::NotADirectory);
    gone || error.raw_os_error().is_some_and(|code| MEDIUM.contains(&code))
}

impl StorageError {
    /// Whether the sector that could not be opened or read is not as it was committed to. If not, the system has
    /// refused or failed (no permission, no room, too many open files), and nothing is known of the sector.
    pub fn is_damage(&self) -> bool {
        match self {
            Self::NotFound { .. }
            | Self::NotAFile { .. }
            | Self::NoSuchSector { .. }
            | Self::LinkMoved { .. }
            | Self::Record { .. }
            | Self::Header { .. }
            | Self::Length { .. }
            | Self::Disagree { .. }
            | Self::DataDamaged { .. }
            | Self::DataGone { .. }
            | Self::NotCanonical { .. } => true,
            Self::Io { source, .. } => is_loss(source),
            _ => false,
        }
    }

    /// Of work whose traces have been removed: a full disk is told with what is to be done again.
    pub(crate) fn with_undone(mut self, work: &'static str) -> Self {
        if let Self::DiskFull { undone, .. } = &mut self {
            *undone = Some(work);
        }
        self
    }

    /// An error of the system, by what it means for the user.
    pub(crate) fn io(path: &Path, what: &'static str, action: &'static str, source: io::Error) -> Self {
        use io::ErrorKind;
        let path = path.to_path_buf();
        match source.kind() {
            ErrorKind::NotFound => Self::NotFound { path, what },
            ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem => {
                Self::Permission { path, what, action }
            }
            ErrorKind::StorageFull | ErrorKind::QuotaExceeded | ErrorKind::FileTooLarge => {
                Self::DiskFull { path, what, source, undone: None }
            }
            _ => Self::Io { path, what, action, source },
        }
    }

    /// For `map_err`.
    pub(crate) fn at<'a>(
        path: &'a Path,
        what: &'static str,
        action: &'static str,
    ) -> impl FnOnce(io::Error) -> Self + 'a {
        move |source| Self::io(path, what, action, source)
    }
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    /// By the system's own numbers: what is lost is damage, what is refused or lacking is not.
    #[test]
    fn only_what_is_lost_is_damage() {
        let damage = |code| {
            let source = io::Error::from_raw_os_error(code);
            StorageError::io(Path::new("store/data"), "data", "read", source).is_damage()
        };
        let (enoent, eio, enotdir) = (2, 5, 20);
        for code in [enoent, eio, enotdir] {
            assert!(damage(code), "{}", io::Error::from_raw_os_error(code));
        }
        let (eperm, enomem, eacces, enfile, emfile) = (1, 12, 13, 23, 24);
        let (enospc, erofs, etimedout, estale, edquot) = (28, 30, 110, 116, 122);
        for code in [eperm, enomem, eacces, enfile, emfile, enospc, erofs, etimedout, estale, edquot] {
            assert!(!damage(code), "{}", io::Error::from_raw_os_error(code));
        }
        let cut = io::ErrorKind::UnexpectedEof.into();
        assert!(StorageError::io(Path::new("store/data"), "data", "read", cut).is_damage());
    }

    #[test]
    fn a_full_disk_is_told_with_what_was_undone() {
        let full = || {
            let source = io::Error::from_raw_os_error(28);
            StorageError::io(Path::new("store/data"), "data", "write", source)
        };
        let plain = full().to_string();
        assert!(plain.ends_with("free some space (or raise the quota or limit)"), "{plain}");
        let undone = full().with_undone("add the file").to_string();
        assert!(undone.contains("nothing was kept, so free some space"), "{undone}");
        assert!(undone.ends_with("and add the file again"), "{undone}");
    }
}
