//! The trees behind a directory's lists, rebuilt and compared with the published roots.

use std::collections::HashSet;

use popw_core::Fr;
use popw_core::document::EpochPublic;
use popw_core::lean_imt::LeanImt;

use super::listed::{Listed, Place, Whose};
use super::{DirectoryEntry, DirectoryError, EpochDirectory, List};

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
        let sectors = listed(public, &directory.sectors, devices.leaves())?;
        let sectors = made(List::Sector, sectors, roots.sector)?;
        let allotments = listed(public, &directory.allotments, devices.leaves())?;
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

fn listed<T: Listed>(public: &EpochPublic, rows: &[T], devices: &[Fr]) -> Result<Vec<Fr>, DirectoryError> {
    let (list, mut last) = (T::LIST, None);
    let mut had = HashSet::with_capacity(rows.len());
    let mut leaves = Vec::with_capacity(rows.len());
    for (position, row) in rows.iter().enumerate() {
        let (Place { index, device }, seq) = (row.place(), row.seq());
        check_index(list, position, index)?;
        check_order(list, &mut last, seq)?;
        let leaf = device_leaf(list, seq, device, devices)?;
        row.check(public.epoch)?;
        if !had.insert((device, row.once())) {
            return Err(DirectoryError::Repeated { list, seq });
        }
        leaves.push(row.leaf(&Whose { domain: public.domain, epoch: public.epoch, device: leaf }));
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
fn device_leaf(list: List, seq: u64, device: u32, devices: &[Fr]) -> Result<Fr, DirectoryError> {
    let missing = DirectoryError::NoSuchDevice { list, seq, device, devices: devices.len() };
    devices.get(device as usize).copied().ok_or(missing)
}
