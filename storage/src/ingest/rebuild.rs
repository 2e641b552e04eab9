//! Making a sector's tree anew from data that are whole.

use std::fs;
use std::path::{Path, PathBuf};

use popw_core::document::Document;

use super::partial::Partial;
use super::source::Source;
use super::{AddOptions, Placement, take_in};
use crate::error::StorageError;
use crate::layout::Layout;
use crate::lock::StoreLock;
use crate::platform;
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
/// [`StorageError::DataDamaged`] if the data no longer have the sector's hash; the sector is then left as it was.
pub fn rebuild(
    store: &Path,
    id: SectorId,
    options: &AddOptions,
    progress: &mut dyn Progress,
) -> Result<Sector, StorageError> {
    let folder = store.join(id.to_string());
    let earlier = match store::read_record(store, id) {
        Err(error @ StorageError::NoSuchSector { .. }) => return Err(error),
        earlier => earlier.ok(),
    };
    let reference = earlier.as_ref().and_then(|record| record.reference.clone());
    let source = Source::open(&reference.as_ref().map_or_else(|| folder.join(store::DATA), PathBuf::from))?;
    let layout = Layout::of_file(source.fingerprint.bytes, &source.path)?;
    // The data stay where they are.
    let options = AddOptions { placement: Placement::Reference, ..options.clone() };
    let _lock = StoreLock::take(store, options.wait)?;

    let partial = Partial::open(store, &source, layout, &options)?;
    let outcome = take_in(&source, &partial, layout, &options, progress).and_then(|(mut record, _)| {
        if record.id() != id {
            return Err(StorageError::DataDamaged { path: source.path.clone(), id });
        }
        for name in [store::TREE, store::OUTBOARD] {
            let target = folder.join(name);
            fs::rename(partial.folder.join(name), &target).map_err(StorageError::at(
                &target,
                "rebuilt file",
                "write",
            ))?;
        }
        if earlier.is_none() {
            record.reference = None;
            store::write_file(&folder.join(store::RECORD), "sector record", record.to_json().as_bytes())?;
        }
        platform::sync_folder(&folder).map_err(StorageError::at(&folder, "sector", "write"))?;
        Sector::open(store, id)
    });
    if !(partial.has_checkpoint()
        && matches!(outcome, Err(StorageError::Cancelled | StorageError::Io { .. })))
    {
        partial.discard();
    }
    outcome
}
