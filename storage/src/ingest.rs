//! Taking a file in: one pass over it, in constant memory, that can be interrupted.

use std::path::Path;

use crate::error::StorageError;
use crate::lock::StoreLock;
use crate::progress::Progress;
use crate::store;

mod folder;
mod options;
mod partial;
mod pass;
mod present;
mod ready;
mod rebuild;
mod source;
mod walk;

pub use folder::{FolderReport, add_folder};
pub use options::{AddOptions, Placement};
pub use present::Flaw;
pub use ready::Added;
use ready::add_alone;
pub use rebuild::rebuild;
use source::Source;
pub use walk::Skipped;

/// Takes a file into a store, which is created if it is not there.
///
/// The data are read once; the sector is in the store when this returns. A file that changes meanwhile is refused and
/// nothing stays. After a crash, or when `progress` cancels, the next `add` of the same file goes on from the last
/// checkpoint: it reads again what was copied and compares its hash with the checkpoint's before trusting it.
///
/// A sector of the same content that the store has already is compared with the file. Damaged, or linked to a file that
/// is gone, it is replaced ([`Added::repaired`]), and has its data where `options` say.
///
/// # Errors
/// [`StorageError`], with nothing left behind that could be taken for a sector.
pub fn add(
    source: &Path,
    store: &Path,
    options: &AddOptions,
    progress: &mut dyn Progress,
) -> Result<Added, StorageError> {
    let source = Source::to_add(source, options)?;
    store::create(store)?;
    let _lock = StoreLock::take(store, options.wait)?;
    store::sweep(store);
    add_alone(source, store, options, progress)
}
