//! Making a sector's tree anew from data that are whole.

use std::path::{Path, PathBuf};

use popw_core::document::Document;

use super::options::{AddOptions, Placement};
use super::partial::Partial;
use super::pass::take_in;
use super::source::Source;
use crate::error::StorageError;
use crate::lock::StoreLock;
use crate::progress::Progress;
use crate::record::SectorId;
use crate::sector::Sector;
use crate::store;

/// Makes tree, outboard and, if it cannot be read, record anew from a sector's data: the remedy for all damage but that
/// of the data. Of the options, those about waiting, resuming and checkpoints count.
///
/// Each file is replaced in one step by the one that belongs there, so whatever interrupts this leaves no mixture.
///
/// # Errors
/// [`StorageError::DataDamaged`] if the data no longer have the sector's hash, [`StorageError::DataGone`] or
/// [`StorageError::LinkMoved`] if they are not there; the sector is then left as it was.
pub fn rebuild(
    store: &Path,
    id: SectorId,
    options: &AddOptions,
    progress: &mut dyn Progress,
) -> Result<Sector, StorageError> {
    let folder = store.join(id.to_string());
    let earlier = match store::read_record(store, id) {
        Err(error @ StorageError::NoSuchSector { .. }) => return Err(error),
        Err(error) if !error.is_damage() => return Err(error),
        earlier => earlier.ok(),
    };
    let reference = earlier.as_ref().and_then(|record| record.reference.clone());
    let data = reference.as_ref().map_or_else(|| folder.join(store::DATA), PathBuf::from);
    let source = Source::open(&data).map_err(|error| match error {
        StorageError::NotFound { path, .. } if reference.is_some() => StorageError::LinkMoved { path, id },
        StorageError::NotFound { path, .. } => StorageError::DataGone { path, id },
        other => other,
    })?;
    let layout = source.layout()?;
    // The data stay where they are.
    let options = AddOptions { placement: Placement::Reference, ..options.clone() };
    let _lock = StoreLock::take(store, options.wait)?;

    let partial = Partial::open(store, &source, layout, &options).map_err(rebuild_again)?;
    let made = take_in(&source, &partial, layout, &options, progress).and_then(|(mut record, _)| {
        if record.id() != id {
            return Err(StorageError::DataDamaged { path: source.path.clone(), id });
        }
        partial.sync()?;
        partial.move_into(&folder, &[store::TREE, store::OUTBOARD])?;
        if earlier.is_none() {
            record.reference = None;
            store::write_file(&folder.join(store::RECORD), "sector record", record.to_json().as_bytes())?;
        }
        Ok(())
    });
    made.map_err(|error| rebuild_again(partial.give_up(error)))?;
    partial.discard();
    Sector::open(store, id)
}

/// A full disk is told with what to do when there is room.
fn rebuild_again(error: StorageError) -> StorageError {
    error.with_undone("rebuild the sector")
}
