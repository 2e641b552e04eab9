//! The sector that a store has already of a file that was just taken in: whole or not.

use std::path::{Path, PathBuf};

use super::partial::Partial;
use super::source::Source;
use crate::error::StorageError;
use crate::platform::Reader;
use crate::progress::Progress;
use crate::record::SectorId;
use crate::sector::Sector;

/// Bytes compared at once.
const WINDOW_BYTES: u64 = 1 << 20;

/// Why a sector was replaced when its file was added again.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Flaw {
    /// The data are not the file's any more, or are gone.
    #[error("its data were damaged")]
    Data,
    /// Something beside the data.
    #[error("its tree, its hashes or its record were damaged")]
    Beside,
    /// No file is where the sector linked to.
    #[error("it linked to {}, where there is no longer a file", .0.display())]
    Link(PathBuf),
}

/// What is wrong with the sector that the store has under this name, beside what was just made of `source`; none if it
/// is whole.
///
/// # Errors
/// What the system says that is no damage: then nothing is known of the sector, and it is to stay.
pub(super) fn flaw(
    store: &Path,
    id: SectorId,
    source: &Source,
    fresh: &Partial,
    progress: &mut dyn Progress,
) -> Result<Option<Flaw>, StorageError> {
    let sector = match Sector::open(store, id) {
        Ok(sector) => sector,
        Err(error) if error.is_damage() => return Ok(Some(of_error(error))),
        Err(error) => return Err(error),
    };
    let layout = *sector.layout();
    let (tree, outboard) = (layout.tree_bytes(), layout.outboard_bytes());
    if !same(sector.tree(), tree, |buffer, at| fresh.tree.read_at(buffer, at), progress)?
        || !same(sector.outboard(), outboard, |buffer, at| fresh.outboard.read_at(buffer, at), progress)?
    {
        return Ok(Some(Flaw::Beside));
    }
    let data = |buffer: &mut [u8], at| match &fresh.data {
        Some(copy) => copy.read_at(buffer, at),
        None => source.read_at(buffer, at),
    };
    // A link to the file itself: that has just been read.
    let linked = sector.data_path() == source.path;
    let whole = linked || same(sector.data(), layout.bytes(), data, progress)?;
    Ok((!whole).then_some(Flaw::Data))
}

/// What is wrong, as told by what prevents opening.
fn of_error(error: StorageError) -> Flaw {
    match error {
        StorageError::LinkMoved { path, .. } => Flaw::Link(path),
        StorageError::NotFound { what: "data", .. }
        | StorageError::NotAFile { what: "data", .. }
        | StorageError::Length { what: "data", .. }
        | StorageError::Io { what: "data", .. } => Flaw::Data,
        _ => Flaw::Beside,
    }
}

/// Whether a file that is kept has the bytes that were just made.
fn same(
    kept: &Reader,
    bytes: u64,
    made: impl Fn(&mut [u8], u64) -> Result<(), StorageError>,
    progress: &mut dyn Progress,
) -> Result<bool, StorageError> {
    let (mut left, mut right, mut at) = (Vec::new(), Vec::new(), 0);
    while at < bytes {
        if progress.cancelled() {
            return Err(StorageError::Cancelled);
        }
        let now = WINDOW_BYTES.min(bytes - at);
        left.resize(now as usize, 0);
        right.resize(now as usize, 0);
        match kept.read_at(&mut left, at) {
            Err(error) if error.is_damage() => return Ok(false),
            other => other?,
        }
        made(&mut right, at)?;
        if left != right {
            return Ok(false);
        }
        at += now;
    }
    Ok(true)
}
