//! The answers of a device's sectors to an epoch's challenges, as the input of a proof.

use std::path::Path;

use popw_core::document::{Document, EpochPublic, OpeningInput, SectorInput, StorageInput};
use popw_network::epoch::directory::{DirectorySector, Epoch, EpochDirectory};
use popw_storage::{Sector, SectorId, audit};
use serde::Serialize;

use super::{DeviceInfo, ExportError};

/// A storage proof's input, and what is not in it.
#[derive(Clone, Debug)]
pub struct StorageExport {
    /// The input.
    pub input: StorageInput,
    /// Sectors of the batch that the device has registered and cannot answer for.
    pub left_out: Vec<LeftOut>,
}

/// A sector that cannot be claimed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct LeftOut {
    /// Its number in the registry.
    pub seq: u64,
    /// Why.
    pub problem: String,
}

/// Builds the input of a storage proof: opens, in the store, what the closing beacon asks each of the device's sectors
/// for, `challenges` nodes each (as many as the circuit's shape has, or more).
///
/// # Errors
/// [`ExportError`]; a sector that cannot answer is left out, and only when no other can it is an error.
pub fn storage_input(
    store: &Path,
    public: &EpochPublic,
    directory: &EpochDirectory,
    device: &DeviceInfo,
    batch: u32,
    challenges: u32,
) -> Result<StorageExport, ExportError> {
    super::require_closed(public, batch)?;
    let Some(closing) = &public.closing else { return Err(ExportError::NotClosed(public.epoch)) };
    let epoch = Epoch::new(public.clone(), directory.clone())?;
    let batches = u64::from(public.rules.batches.max(1));
    let registered: Vec<&DirectorySector> = epoch
        .sectors_of(&device.public_key)
        .filter(|sector| sector.seq % batches == u64::from(batch))
        .collect();
    let (mut sectors, mut left_out) = (Vec::new(), Vec::new());
    for sector in &registered {
        match answer(store, sector, closing.rho(), challenges) {
            Ok(openings) => sectors.extend(epoch.sector_input(sector.seq, openings)),
            Err(problem) => left_out.push(LeftOut { seq: sector.seq, problem }),
        }
    }
    if sectors.is_empty() {
        let first = left_out.first().map(|left| format!("sector {}: {}", left.seq, left.problem));
        let (epoch, registered) = (public.epoch, registered.len());
        return Err(ExportError::NoSectors { epoch, batch, registered, first });
    }
    let input = epoch.storage_input(&device.public_key, batch, sectors);
    let mut input = input.ok_or(ExportError::NotRegistered(public.epoch))?;
    input.device.key_file.clone_from(&device.key_file);
    input.check()?;
    Ok(StorageExport { input, left_out })
}

/// The sectors alone, for [`super::work_input`].
impl From<StorageExport> for Vec<SectorInput> {
    fn from(export: StorageExport) -> Self {
        export.input.sectors
    }
}

fn answer(
    store: &Path,
    registered: &DirectorySector,
    rho: popw_core::Fr,
    challenges: u32,
) -> Result<Vec<OpeningInput>, String> {
    let sector = Sector::open(store, SectorId(registered.blake3)).map_err(|error| error.to_string())?;
    if sector.comm_r() != registered.comm_r || sector.layout().bytes() != registered.bytes {
        return Err(
            "the sector in the store is not the one registered: it has another root or length".to_owned()
        );
    }
    let openings = audit(&sector, rho, challenges).map_err(|damage| damage.to_string())?;
    Ok(openings.into_iter().map(OpeningInput::from).collect())
}
