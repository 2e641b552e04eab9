//! The list of sectors: what devices have undertaken to keep.

use popw_core::identity::{self, Sector};
use popw_core::possession::{height, node_count};
use popw_core::{Fr, tag};
use serde::{Deserialize, Serialize};

use super::listed::{Listed, Place, Whose};
use super::{DirectoryError, List};
use crate::database::DatabaseError;
use crate::registry::{MAX_SECTOR_BYTES, Registry, SectorEntry};

/// A sector.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DirectorySector {
    /// Its place in the list and the tree, from 0.
    pub index: u32,
    /// The index of the device that keeps it.
    pub device: u32,
    /// Root of its tree.
    #[serde(with = "popw_core::field::decimal")]
    pub comm_r: Fr,
    /// BLAKE3 hash of its data.
    #[serde(with = "popw_core::field::hex32")]
    pub blake3: [u8; 32],
    /// Length of its data.
    pub bytes: u64,
    /// Height of its tree.
    pub height: u8,
    /// First epoch in which it earns nothing any more.
    pub expiry: u32,
    /// Its number in the registry.
    pub seq: u64,
}

impl Listed for DirectorySector {
    type Entry = SectorEntry;
    /// The data.
    type Once = Fr;
    const LIST: List = List::Sector;

    fn each<E: From<DatabaseError>>(
        registry: &Registry,
        epoch: u32,
        visit: impl FnMut(SectorEntry) -> Result<(), E>,
    ) -> Result<(), E> {
        registry.each_active_sector(epoch, visit)
    }

    fn device_entry(sector: &SectorEntry) -> i64 {
        sector.device_entry
    }

    fn row(sector: SectorEntry, place: Place) -> Self {
        let entry = &sector.entry;
        Self {
            index: place.index,
            device: place.device,
            comm_r: entry.comm_r,
            blake3: entry.blake3,
            bytes: entry.bytes,
            height: entry.height(),
            expiry: entry.expiry,
            seq: sector.seq,
        }
    }

    fn place(&self) -> Place {
        Place { index: self.index, device: self.device }
    }

    fn seq(&self) -> u64 {
        self.seq
    }

    fn once(&self) -> Fr {
        self.comm_r
    }

    fn check(&self, epoch: u32) -> Result<(), DirectoryError> {
        let Self { bytes, expiry, seq, .. } = *self;
        if bytes > MAX_SECTOR_BYTES || self.height != height(node_count(bytes)) {
            return Err(DirectoryError::Height { seq });
        }
        if expiry <= epoch {
            return Err(DirectoryError::Expired { seq, expiry, epoch });
        }
        Ok(())
    }

    /// S.
    fn leaf(&self, whose: &Whose) -> Fr {
        let Self { comm_r, bytes, height, expiry, seq, .. } = *self;
        let sector = Sector { kind: tag::POSSESSION, comm_r, bytes, height, expiry, seq };
        identity::sector_leaf(whose.domain, whose.device, &sector)
    }
}
