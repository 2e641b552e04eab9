//! What is listed of devices: in an epoch's directory with a row, and behind a root of its own with a leaf. Each kind
//! of it has its table in the registry, and a file here.

use std::hash::Hash;

use popw_core::Fr;
use serde::Serialize;

use super::{DirectoryError, List};
use crate::database::DatabaseError;
use crate::registry::Registry;

/// A row of a list of what devices store or have sold.
pub(super) trait Listed: Serialize + Sized {
    /// What the registry has of it.
    type Entry;
    /// What one device has only once.
    type Once: Eq + Hash;
    /// The list.
    const LIST: List;

    /// Calls `visit` with the registry's entries that count in an epoch, in order of their numbers.
    fn each<E: From<DatabaseError>>(
        registry: &Registry,
        epoch: u32,
        visit: impl FnMut(Self::Entry) -> Result<(), E>,
    ) -> Result<(), E>;

    /// The registry's entry of its device.
    fn device_entry(entry: &Self::Entry) -> i64;

    /// The row of an entry.
    fn row(entry: Self::Entry, place: Place) -> Self;

    /// Where it is listed.
    fn place(&self) -> Place;

    /// Its number in the registry.
    fn seq(&self) -> u64;

    /// What its device has no second time.
    fn once(&self) -> Self::Once;

    /// Checks what of it follows from the rest, or from the epoch.
    ///
    /// # Errors
    /// [`DirectoryError`], with its number.
    fn check(&self, epoch: u32) -> Result<(), DirectoryError>;

    /// Its leaf.
    fn leaf(&self, whose: &Whose) -> Fr;
}

/// Places in a directory's lists, from 0.
pub(super) struct Place {
    /// The row's own.
    pub(super) index: u32,
    /// Its device's.
    pub(super) device: u32,
}

/// What leaves are made of besides their rows.
pub(super) struct Whose {
    /// The network's domain.
    pub(super) domain: Fr,
    /// The epoch.
    pub(super) epoch: u32,
    /// The leaf D of the row's device.
    pub(super) device: Fr,
}
