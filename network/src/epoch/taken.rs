//! What a snapshot takes from the registry: the four roots.

use popw_core::Fr;
use popw_core::claim::Roots;
use popw_core::identity;
use popw_core::lean_imt::LeanImt;

use super::{DEVICE_DEPTH, EpochError, WITNESS_DEPTH};
use crate::member::Role;
use crate::registry::Registry;

/// The roots of an epoch, and the places of its devices.
pub(super) struct Taken {
    pub(super) roots: Roots,
    pub(super) n_w: u32,
    pub(super) devices: Devices,
}

/// The devices of an epoch in the order of their tree, by the numbers of their entries.
pub(super) struct Devices {
    entries: Vec<i64>,
    leaves: Vec<Fr>,
}

impl Taken {
    /// From one view of the registry; trees are built one after the other.
    pub(super) fn from(registry: &Registry, epoch: u32) -> Result<Self, EpochError> {
        let devices = Devices::of(registry, epoch)?;
        let device = LeanImt::from_leaves(devices.leaves.clone()).root();
        let mut witnesses = Vec::new();
        registry.each_active::<EpochError>(Role::Witness, epoch, |member| {
            let index = place(witnesses.len(), WITNESS_DEPTH)?;
            witnesses.push(identity::witness_leaf(&member.entry.public_key, member.entry.owner, index));
            Ok(())
        })?;
        let n_w = place(witnesses.len(), WITNESS_DEPTH)?;
        let witness = LeanImt::from_leaves(witnesses).root();
        let mut sectors = Vec::new();
        registry.each_active_sector::<EpochError>(epoch, |sector| {
            place(sectors.len(), DEVICE_DEPTH)?;
            let device = devices.index(registry, sector.device_entry)?;
            sectors.push(sector.leaf(registry.domain(), devices.leaf(device)));
            Ok(())
        })?;
        let sector = LeanImt::from_leaves(sectors).root();
        let mut allotments = Vec::new();
        registry.each_active_allotment::<EpochError>(epoch, |allotment| {
            place(allotments.len(), DEVICE_DEPTH)?;
            let device = devices.index(registry, allotment.device_entry)?;
            allotments.push(allotment.leaf(devices.leaf(device)));
            Ok(())
        })?;
        let allotment = LeanImt::from_leaves(allotments).root();
        Ok(Self { roots: Roots { device, witness, allotment, sector }, n_w, devices })
    }
}

impl Devices {
    pub(super) fn of(registry: &Registry, epoch: u32) -> Result<Self, EpochError> {
        let (mut entries, mut leaves) = (Vec::new(), Vec::new());
        registry.each_active::<EpochError>(Role::Device, epoch, |member| {
            entries.push(member.id);
            leaves.push(identity::device_leaf(&member.entry.public_key, member.entry.owner));
            Ok(())
        })?;
        Ok(Self { entries, leaves })
    }

    /// The place of an entry's device.
    pub(super) fn index(&self, registry: &Registry, entry: i64) -> Result<u32, EpochError> {
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
