//! An epoch with its directory: who was drawn, who stores and has bought what.

use std::collections::HashMap;

use popw_core::document::EpochPublic;
use popw_core::draw::{self, Duty};
use popw_core::eddsa::PublicKey;

use super::listed::{Listed, Place};
use super::{DirectoryAllotment, DirectoryEntry, DirectoryError, DirectorySector, EpochDirectory, Trees};

/// A published epoch with its directory, checked against each other, and the trees that paths come from.
#[derive(Clone, Debug)]
pub struct Epoch {
    pub(super) public: EpochPublic,
    directory: EpochDirectory,
    pub(super) trees: Trees,
    device_of: HashMap<PublicKey, u32>,
    sectors: Vec<(u32, u32)>,
    allotments: Vec<(u32, u32)>,
}

impl Epoch {
    /// Puts an epoch and its directory together.
    ///
    /// # Errors
    /// [`DirectoryError`] when the directory is not this epoch's.
    pub fn new(public: EpochPublic, directory: EpochDirectory) -> Result<Self, DirectoryError> {
        let trees = directory.check_against(&public)?;
        let device_of = directory.devices.iter().map(|entry| (entry.public_key, entry.index)).collect();
        let sectors = by_device(&directory.sectors);
        let allotments = by_device(&directory.allotments);
        Ok(Self { public, directory, trees, device_of, sectors, allotments })
    }

    /// The published epoch.
    pub fn public(&self) -> &EpochPublic {
        &self.public
    }

    /// The members.
    pub fn directory(&self) -> &EpochDirectory {
        &self.directory
    }

    /// The device with a key.
    pub fn device(&self, key: &PublicKey) -> Option<&DirectoryEntry> {
        self.directory.devices.get(*self.device_of.get(key)? as usize)
    }

    /// The witness with an index.
    pub fn witness(&self, index: u32) -> Option<&DirectoryEntry> {
        self.directory.witnesses.get(index as usize)
    }

    /// The witness indices of a device's seats 0 to k − 1; one witness may hold several.
    pub fn draw(&self, duty: Duty, device: &DirectoryEntry) -> Vec<u32> {
        let rules = &self.public.rules;
        draw::committee(duty, self.public.opening.rho(), device.device_leaf(), rules.k, rules.n_w)
    }

    /// The seats of its uptime witnesses.
    pub fn committee(&self, device: &DirectoryEntry) -> Vec<u32> {
        self.draw(Duty::Uptime, device)
    }

    /// How many different owners, the device's own not counted, a draw has given a device: below q, no quorum can be
    /// reached in this epoch, however honest everyone is.
    pub fn owners_drawn(&self, duty: Duty, device: &DirectoryEntry) -> usize {
        let drawn = self.draw(duty, device).into_iter().filter_map(|index| self.witness(index));
        let owners = drawn.map(|witness| witness.owner).filter(|owner| *owner != device.owner);
        owners.collect::<std::collections::HashSet<_>>().len()
    }

    /// The different owners of its uptime witnesses; see [`Epoch::owners_drawn`].
    pub fn committee_owners(&self, device: &DirectoryEntry) -> usize {
        self.owners_drawn(Duty::Uptime, device)
    }

    /// The sectors of a device that earn in this epoch, in order of `seq`.
    pub fn sectors_of(&self, device: &PublicKey) -> impl Iterator<Item = &DirectorySector> {
        of_device(self.device_of.get(device), &self.sectors, &self.directory.sectors)
    }

    /// The allotments of a device for this epoch, in order of `seq`.
    pub fn allotments_of(&self, device: &PublicKey) -> impl Iterator<Item = &DirectoryAllotment> {
        of_device(self.device_of.get(device), &self.allotments, &self.directory.allotments)
    }

    /// The sector with a number.
    pub fn sector(&self, seq: u64) -> Option<&DirectorySector> {
        numbered(&self.directory.sectors, seq)
    }

    /// The allotment with a number.
    pub fn allotment(&self, seq: u64) -> Option<&DirectoryAllotment> {
        numbered(&self.directory.allotments, seq)
    }
}

/// The row with a number, of those in order of it.
fn numbered<T: Listed>(rows: &[T], seq: u64) -> Option<&T> {
    rows.get(rows.binary_search_by_key(&seq, T::seq).ok()?)
}

/// The rows of one device, by the list's pairs; none if it is not of the epoch.
fn of_device<'a, T>(
    device: Option<&u32>,
    pairs: &'a [(u32, u32)],
    rows: &'a [T],
) -> impl Iterator<Item = &'a T> + use<'a, T> {
    let places = device.map_or(&[][..], |device| range(pairs, *device));
    places.iter().filter_map(move |(_, place)| rows.get(*place as usize))
}

/// Pairs (device, place), sorted.
fn by_device<T: Listed>(rows: &[T]) -> Vec<(u32, u32)> {
    let pair = |row: &T| {
        let Place { index, device } = row.place();
        (device, index)
    };
    let mut pairs: Vec<_> = rows.iter().map(pair).collect();
    pairs.sort_unstable();
    pairs
}

/// The pairs of one device.
fn range(pairs: &[(u32, u32)], device: u32) -> &[(u32, u32)] {
    let from = pairs.partition_point(|(of, _)| *of < device);
    let to = pairs.partition_point(|(of, _)| *of <= device);
    pairs.get(from..to).unwrap_or_default()
}
