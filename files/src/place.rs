//! What stands at a path, before anything is written there.

use std::fs::{self, Metadata};
use std::io;
use std::path::{Path, PathBuf, is_separator};

use crate::{Content, FileError};

/// Where a file goes.
#[derive(Debug)]
pub(crate) enum Place {
    /// A file, or none yet.
    File {
        /// The path with its links followed.
        target: PathBuf,
        /// Which file it is, if there is one.
        existing: Option<Identity>,
    },
    /// A pipe, a terminal or another device of characters.
    Stream,
}

/// Tells files apart, whatever they are called.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Identity(#[cfg(unix)] (u64, u64), #[cfg(not(unix))] PathBuf);

impl Identity {
    /// Of the regular file at `path`, through links; none if there is no such.
    pub(crate) fn of_file(path: &Path) -> Option<Self> {
        let found = fs::metadata(path).ok().filter(Metadata::is_file)?;
        Self::of(path, &found)
    }

    #[cfg(unix)]
    #[allow(clippy::unnecessary_wraps, reason = "other systems cannot always tell")]
    pub(crate) fn of(_: &Path, metadata: &Metadata) -> Option<Self> {
        use std::os::unix::fs::MetadataExt;
        Some(Self((metadata.dev(), metadata.ino())))
    }

    #[cfg(not(unix))]
    pub(crate) fn of(path: &Path, _: &Metadata) -> Option<Self> {
        fs::canonicalize(path).ok().map(Self)
    }
}

/// Looks at a path, through links.
///
/// # Errors
/// [`FileError`] for whatever cannot be written to, or has no folder.
pub(crate) fn look(path: &Path, content: &Content) -> Result<Place, FileError> {
    let what = content.what;
    let failed = |source| FileError::writing(path, what, source);
    let found = match fs::metadata(path) {
        Ok(found) => found,
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            return match fs::read_link(path) {
                Ok(target) => Err(FileError::DanglingLink { path: path.into(), what, target }),
                Err(_) => absent(path, what),
            };
        }
        Err(error) => return Err(failed(error)),
    };
    if found.is_dir() {
        return Err(FileError::Folder { path: path.into(), what });
    }
    if found.is_file() {
        // A link of the system's to a file that has no name any more leads nowhere.
        let nowhere = |_| {
            let target = fs::read_link(path).unwrap_or_default();
            FileError::DanglingLink { path: path.into(), what, target }
        };
        let target = fs::canonicalize(path).map_err(nowhere)?;
        return Ok(Place::File { existing: Identity::of(&target, &found), target });
    }
    if !content.streams || !is_stream(&found) {
        return Err(FileError::NotAFile { path: path.into(), what });
    }
    writable(path).map_err(failed)?;
    Ok(Place::Stream)
}

/// Where a file will be that is not there yet.
fn absent(path: &Path, what: &'static str) -> Result<Place, FileError> {
    let failed = |source| FileError::writing(path, what, source);
    if path.to_string_lossy().ends_with(is_separator) {
        return Err(FileError::Folder { path: path.into(), what });
    }
    let nameless = || failed(io::Error::new(io::ErrorKind::InvalidInput, "it has no name"));
    let name = path.file_name().ok_or_else(nameless)?;
    let folder = fs::canonicalize(folder_of(path)).map_err(failed)?;
    Ok(Place::File { target: folder.join(name), existing: None })
}

/// Where a file would be that is not there yet; none if it has no folder.
pub(crate) fn target_of(path: &Path) -> Option<PathBuf> {
    Some(fs::canonicalize(folder_of(path)).ok()?.join(path.file_name()?))
}

/// The folder that a file is in.
pub(crate) fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// Whether this is a pipe, a terminal or another device that bytes go to and come from one after another.
#[cfg(unix)]
pub fn is_stream(metadata: &Metadata) -> bool {
    use std::os::unix::fs::FileTypeExt;
    metadata.file_type().is_fifo() || metadata.file_type().is_char_device()
}

/// Whether this is a pipe, a terminal or another device that bytes go to and come from one after another.
#[cfg(not(unix))]
pub fn is_stream(_: &Metadata) -> bool {
    false
}

#[cfg(unix)]
fn writable(path: &Path) -> io::Result<()> {
    Ok(rustix::fs::access(path, rustix::fs::Access::WRITE_OK)?)
}

#[cfg(not(unix))]
fn writable(_: &Path) -> io::Result<()> {
    Ok(())
}
