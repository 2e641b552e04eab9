//! Reading and writing the project's documents, in one place.
//!
//! Files are written as [`popw_files`] writes all of them: looked at first, then whole or not at all. Reading is bounded; a
//! document's `format` and `version` are looked at before anything else in it.

use std::fs::File;
use std::io::{self, Read, Write};
use std::path::Path;

use popw_core::document::{self, Document};
pub use popw_files::{Access, Content, FileError, Output, Overwrite, Plan, finish_all};
use serde::Serialize;

/// Largest document read into memory unless its module says otherwise (16 MiB).
pub const DOCUMENT_LIMIT: u64 = document::LIMIT;

/// Reads a whole file, or what comes through a pipe, of at most `limit` bytes. `what` names its kind for errors ("key file").
///
/// # Errors
/// [`FileError`] when it is missing, a folder, unreadable or larger than `limit`.
pub fn read(path: &Path, what: &'static str, limit: u64) -> Result<Vec<u8>, FileError> {
    let failed = |source| FileError::reading(path, what, source);
    let file = File::open(path).map_err(failed)?;
    if file.metadata().map_err(failed)?.is_dir() {
        return Err(FileError::Folder { path: path.into(), what });
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
/// [`FileError::Io`] and what else [`Output::new`] refuses. The target is then as it was before.
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
    write_with(path, what, overwrite, access, |file| json(file, value))
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
    let content = match access {
        Access::Public => Content::stream(what),
        Access::Secret => Content::secret(what),
    };
    Output::new(path, content, overwrite)?.fill(fill)
}

/// Writes a document as indented JSON with a final newline to an [`Output`]'s file.
///
/// # Errors
/// The system's.
pub fn json<T: Serialize>(file: &mut File, value: &T) -> io::Result<()> {
    let mut buffered = io::BufWriter::new(file);
    serde_json::to_writer_pretty(&mut buffered, value)?;
    buffered.write_all(b"\n")?;
    buffered.flush()
}
