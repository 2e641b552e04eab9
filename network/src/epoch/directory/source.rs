//! A directory's lists as the registry gives them, one row at a time, and their leaves.

use popw_core::{Fr, identity};

use super::DirectoryEntry;
use super::listed::{Listed, Place, Whose};
use crate::database::DatabaseError;
use crate::epoch::{DEVICE_DEPTH, EpochError};
use crate::member::Role;
use crate::registry::Registry;

/// Where an epoch's lists come from; used within one view of the registry.
pub(in crate::epoch) struct Source<'a> {
    pub(super) registry: &'a Registry,
    pub(super) epoch: u32,
    devices: Devices,
}

/// The devices of an epoch in the order of their tree, by the numbers of their entries.
struct Devices {
    entries: Vec<i64>,
    leaves: Vec<Fr>,
}

impl<'a> Source<'a> {
    /// # Errors
    /// [`EpochError::Registry`].
    pub(in crate::epoch) fn new(registry: &'a Registry, epoch: u32) -> Result<Self, EpochError> {
        Ok(Self { registry, epoch, devices: Devices::of(registry, epoch)? })
    }

    pub(super) fn members<E: From<EpochError> + From<DatabaseError>>(
        &self,
        role: Role,
        mut visit: impl FnMut(DirectoryEntry) -> Result<(), E>,
    ) -> Result<(), E> {
        let mut index = 0..;
        self.registry.each_active(role, self.epoch, |member| {
            let entry = member.entry;
            visit(DirectoryEntry {
                index: next(&mut index)?,
                public_key: entry.public_key,
                owner: entry.owner,
                endpoint: entry.endpoint,
                addresses: entry.addresses,
            })
        })
    }

    pub(super) fn listed<T: Listed, E: From<EpochError> + From<DatabaseError>>(
        &self,
        mut visit: impl FnMut(T) -> Result<(), E>,
    ) -> Result<(), E> {
        let mut index = 0..;
        T::each(self.registry, self.epoch, |entry| {
            let index = next(&mut index)?;
            let device = self.devices.index(self.registry, T::device_entry(&entry))?;
            visit(T::row(entry, Place { index, device }))
        })
    }

    /// The leaves of devices.
    pub(super) fn device_leaves(&self) -> Vec<Fr> {
        self.devices.leaves.clone()
    }

    /// The leaves of a list.
    pub(super) fn leaves<T: Listed>(&self) -> Result<Vec<Fr>, EpochError> {
        let (domain, epoch) = (self.registry.domain(), self.epoch);
        let mut leaves = Vec::new();
        self.listed::<T, EpochError>(|row| {
            let device = self.devices.leaf(row.place().device);
            leaves.push(row.leaf(&Whose { domain, epoch, device }));
            Ok(())
        })?;
        Ok(leaves)
    }
}

impl Devices {
    fn of(registry: &Registry, epoch: u32) -> Result<Self, EpochError> {
        let (mut entries, mut leaves) = (Vec::new(), Vec::new());
        registry.each_active::<EpochError>(Role::Device, epoch, |member| {
            entries.push(member.id);
            leaves.push(identity::device_leaf(&member.entry.public_key, member.entry.owner));
            Ok(())
        })?;
        Ok(Self { entries, leaves })
    }

    /// The place of an entry's device.
    fn index(&self, registry: &Registry, entry: i64) -> Result<u32, EpochError> {
        // What is not a device's was not written by this program.
        let damaged =
            |_| registry.damaged(&format!("entry {entry} has sectors or allotments, but is no device"));
        place(self.entries.binary_search(&entry).map_err(damaged)?, DEVICE_DEPTH)
    }

    fn leaf(&self, index: u32) -> Fr {
        self.leaves[index as usize]
    }
}

/// A place in a tree as an index.
pub(super) fn place(place: usize, depth: u32) -> Result<u32, EpochError> {
    u32::try_from(place).map_err(|_| EpochError::TooMany(depth))
}

fn next(index: &mut std::ops::RangeFrom<usize>) -> Result<u32, EpochError> {
    place(index.next().unwrap_or(usize::MAX), DEVICE_DEPTH)
}
