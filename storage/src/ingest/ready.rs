//! A sector from its file to its place in the store.

use std::path::Path;

use super::options::AddOptions;
use super::partial::Partial;
use super::pass::take_in;
use super::present::{self, Flaw};
use super::source::Source;
use crate::error::StorageError;
use crate::progress::Progress;
use crate::record::SectorRecord;
use crate::sector::Sector;
use crate::store;

/// What [`add`](crate::add()) did.
#[derive(Debug)]
pub struct Added {
    /// The sector.
    pub sector: Sector,
    /// False if the store had a sector of this content already. One that is whole is left as it was.
    pub new: bool,
    /// What was wrong with the sector that the store had: this one has taken its place.
    pub repaired: Option<Flaw>,
    /// Bytes that an earlier, interrupted run had already done.
    pub resumed_at: u64,
}

/// Adds a file to a locked store.
pub(super) fn add_alone(
    source: Source,
    store: &Path,
    options: &AddOptions,
    progress: &mut dyn Progress,
) -> Result<Added, StorageError> {
    let added = Ready::make(source, store, options, progress)?.synced()?.place(store, progress)?;
    store::sync(store)?;
    Ok(added)
}

/// A sector that is complete but for its name. Until it has that, it is none.
pub(super) struct Ready {
    source: Source,
    partial: Partial,
    record: SectorRecord,
    resumed_at: u64,
}

impl Ready {
    /// Reads a file, and writes all that its sector consists of.
    pub(super) fn make(
        source: Source,
        store: &Path,
        options: &AddOptions,
        progress: &mut dyn Progress,
    ) -> Result<Self, StorageError> {
        let layout = source.layout()?;
        let partial = Partial::open(store, &source, layout, options).map_err(add_again)?;
        match take_in(&source, &partial, layout, options, progress) {
            Ok((record, resumed_at)) => Ok(Self { source, partial, record, resumed_at }),
            Err(error) => Err(add_again(partial.give_up(error))),
        }
    }

    /// Makes it last. To be done before it gets its name.
    pub(super) fn synced(self) -> Result<Self, StorageError> {
        match self.partial.sync() {
            Ok(()) => Ok(self),
            Err(error) => Err(add_again(self.partial.give_up(error))),
        }
    }

    /// Gives it its name, unless the store has a whole sector of this name. The name lasts once the store is synced.
    pub(super) fn place(self, store: &Path, progress: &mut dyn Progress) -> Result<Added, StorageError> {
        let placed = self.take_place(store, progress);
        let (new, repaired) = placed.map_err(|error| add_again(self.partial.give_up(error)))?;
        if !new {
            self.partial.discard();
        }
        let sector = Sector::open(store, self.record.id())?;
        Ok(Added { sector, new, repaired, resumed_at: self.resumed_at })
    }

    /// Whether it is a new sector; if not, what was wrong with the one that it has replaced.
    fn take_place(
        &self,
        store: &Path,
        progress: &mut dyn Progress,
    ) -> Result<(bool, Option<Flaw>), StorageError> {
        let target = store.join(self.record.id().to_string());
        if !store::exists(&target)? {
            self.partial.take_place(&target)?;
            return Ok((true, None));
        }
        let flaw = present::flaw(store, self.record.id(), &self.source, &self.partial, progress)?;
        if flaw.is_some() {
            self.partial.replace(&target, &self.source.path)?;
        }
        Ok((false, flaw))
    }
}

/// A full disk is told with what to do when there is room.
fn add_again(error: StorageError) -> StorageError {
    error.with_undone("add the file")
}
