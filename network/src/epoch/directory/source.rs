//! A directory's lists as the registry gives them, one row at a time.

use super::{DirectoryAllotment, DirectoryEntry, DirectorySector};
use crate::database::DatabaseError;
use crate::epoch::taken::{Devices, place};
use crate::epoch::{DEVICE_DEPTH, EpochError};
use crate::member::Role;
use crate::registry::Registry;

/// Where an epoch's lists come from; used within one view of the registry.
#[derive(Clone, Copy)]
pub(super) struct Source<'a> {
    pub(super) registry: &'a Registry,
    pub(super) epoch: u32,
    pub(super) devices: &'a Devices,
}

impl Source<'_> {
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

    pub(super) fn sectors<E: From<EpochError> + From<DatabaseError>>(
        &self,
        mut visit: impl FnMut(DirectorySector) -> Result<(), E>,
    ) -> Result<(), E> {
        let mut index = 0..;
        self.registry.each_active_sector(self.epoch, |sector| {
            let entry = &sector.entry;
            visit(DirectorySector {
                index: next(&mut index)?,
                device: self.devices.index(self.registry, sector.device_entry)?,
                comm_r: entry.comm_r,
                blake3: entry.blake3,
                bytes: entry.bytes,
                height: entry.height(),
                expiry: entry.expiry,
                seq: sector.seq,
            })
        })
    }

    pub(super) fn allotments<E: From<EpochError> + From<DatabaseError>>(
        &self,
        mut visit: impl FnMut(DirectoryAllotment) -> Result<(), E>,
    ) -> Result<(), E> {
        let mut index = 0..;
        self.registry.each_active_allotment(self.epoch, |allotment| {
            let entry = &allotment.entry;
            visit(DirectoryAllotment {
                index: next(&mut index)?,
                client: entry.client,
                endpoint: entry.endpoint,
                owner: entry.owner,
                device: self.devices.index(self.registry, allotment.device_entry)?,
                salt: entry.salt,
                cap: entry.cap,
                seq: allotment.seq,
            })
        })
    }
}

fn next(index: &mut std::ops::RangeFrom<usize>) -> Result<u32, EpochError> {
    place(index.next().unwrap_or(usize::MAX), DEVICE_DEPTH)
}
