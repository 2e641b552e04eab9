//! The trees behind a directory's lists, rebuilt and compared with the published roots.

use std::collections::HashSet;

use popw_core::Fr;
use popw_core::document::EpochPublic;
use popw_core::identity::{Allotment, Sector, allotment_leaf, sector_leaf};
use popw_core::lean_imt::LeanImt;
use popw_core::possession::{height, node_count};
use popw_core::tag;

use super::{DirectoryAllotment, DirectoryEntry, DirectoryError, DirectorySector, EpochDirectory, List};
use crate::registry::MAX_SECTOR_BYTES;

/// The four trees of an epoch.
#[derive(Clone, Debug)]
pub struct Trees {
    /// Of devices.
    pub devices: LeanImt,
    /// Of witnesses.
    pub witnesses: LeanImt,
    /// Of sectors.
    pub sectors: LeanImt,
    /// Of allotments.
    pub allotments: LeanImt,
}

impl Trees {
    /// Rebuilds the trees of a directory that is of the published epoch.
    pub(super) fn rebuild(directory: &EpochDirectory, public: &EpochPublic) -> Result<Self, DirectoryError> {
        let roots = &public.roots;
        let devices = members(List::Device, &directory.devices, DirectoryEntry::device_leaf)?;
        let devices = made(List::Device, devices, roots.device)?;
        let witnesses = members(List::Witness, &directory.witnesses, DirectoryEntry::witness_leaf)?;
        let witnesses = made(List::Witness, witnesses, roots.witness)?;
        let sectors = sectors(public, &directory.sectors, devices.leaves())?;
        let sectors = made(List::Sector, sectors, roots.sector)?;
        let allotments = allotments(public, &directory.allotments, devices.leaves())?;
        let allotments = made(List::Allotment, allotments, roots.allotment)?;
        Ok(Self { devices, witnesses, sectors, allotments })
    }
}

fn made(list: List, leaves: Vec<Fr>, root: Fr) -> Result<LeanImt, DirectoryError> {
    let tree = LeanImt::from_leaves(leaves);
    if tree.root() == root { Ok(tree) } else { Err(DirectoryError::Root { list }) }
}

fn members(
    list: List,
    entries: &[DirectoryEntry],
    leaf: fn(&DirectoryEntry) -> Fr,
) -> Result<Vec<Fr>, DirectoryError> {
    let mut keys = HashSet::with_capacity(entries.len());
    let mut leaves = Vec::with_capacity(entries.len());
    for (place, entry) in entries.iter().enumerate() {
        check_index(list, place, entry.index)?;
        if !keys.insert(entry.public_key) {
            return Err(DirectoryError::Twice { list });
        }
        leaves.push(leaf(entry));
    }
    Ok(leaves)
}

fn sectors(
    public: &EpochPublic,
    entries: &[DirectorySector],
    devices: &[Fr],
) -> Result<Vec<Fr>, DirectoryError> {
    let (list, mut last) = (List::Sector, None);
    let mut kept = HashSet::with_capacity(entries.len());
    let mut leaves = Vec::with_capacity(entries.len());
    for (place, entry) in entries.iter().enumerate() {
        let DirectorySector { comm_r, bytes, height: h, expiry, seq, .. } = *entry;
        check_index(list, place, entry.index)?;
        check_order(list, &mut last, seq)?;
        let device = device(list, seq, entry.device, devices)?;
        if bytes > MAX_SECTOR_BYTES || h != height(node_count(bytes)) {
            return Err(DirectoryError::Height { seq });
        }
        if expiry <= public.epoch {
            return Err(DirectoryError::Expired { seq, expiry, epoch: public.epoch });
        }
        if !kept.insert((entry.device, comm_r)) {
            return Err(DirectoryError::Repeated { list, seq });
        }
        let sector = Sector { kind: tag::POSSESSION, comm_r, bytes, height: h, expiry, seq };
        leaves.push(sector_leaf(public.domain, device, &sector));
    }
    Ok(leaves)
}

fn allotments(
    public: &EpochPublic,
    entries: &[DirectoryAllotment],
    devices: &[Fr],
) -> Result<Vec<Fr>, DirectoryError> {
    let (list, mut last) = (List::Allotment, None);
    let mut bought = HashSet::with_capacity(entries.len());
    let mut leaves = Vec::with_capacity(entries.len());
    for (place, entry) in entries.iter().enumerate() {
        let DirectoryAllotment { client, owner, salt, cap, seq, .. } = *entry;
        check_index(list, place, entry.index)?;
        check_order(list, &mut last, seq)?;
        let device = device(list, seq, entry.device, devices)?;
        if !bought.insert((entry.device, client)) {
            return Err(DirectoryError::Repeated { list, seq });
        }
        let allotment = Allotment { salt, epoch: public.epoch, cap, seq };
        leaves.push(allotment_leaf(&client, owner, device, &allotment));
    }
    Ok(leaves)
}

fn check_index(list: List, place: usize, index: u32) -> Result<(), DirectoryError> {
    if usize::try_from(index).ok() == Some(place) {
        return Ok(());
    }
    Err(DirectoryError::Index { list, place, index })
}

fn check_order(list: List, last: &mut Option<u64>, seq: u64) -> Result<(), DirectoryError> {
    if last.is_some_and(|last| seq <= last) {
        return Err(DirectoryError::Order { list, seq });
    }
    *last = Some(seq);
    Ok(())
}

/// The leaf of the device an entry names.
fn device(list: List, seq: u64, device: u32, devices: &[Fr]) -> Result<Fr, DirectoryError> {
    let missing = DirectoryError::NoSuchDevice { list, seq, device, devices: devices.len() };
    devices.get(device as usize).copied().ok_or(missing)
}
