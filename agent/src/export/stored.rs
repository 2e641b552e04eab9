//! The answers of a device's sectors to an epoch's challenges, as the input of a proof.

use std::path::Path;

use popw_core::document::{Document, EpochPublic, OpeningInput, SectorInput, StorageInput};
use popw_network::epoch::directory::{DirectorySector, Epoch, EpochDirectory};
use popw_storage::{Cause, Sector, SectorId, StorageError, audit};

use super::{DeviceInfo, Export, ExportError, Fate, LeftOut, Part};

/// Where a device's sectors are, and how many nodes of each are opened: as many as the circuit's shape has, or more.
#[derive(Clone, Copy, Debug)]
pub struct Store<'a> {
    /// The folder.
    pub folder: &'a Path,
    /// Nodes of every sector.
    pub challenges: u32,
}

/// Builds the input of a storage proof: opens, in the store, what the closing beacon asks each of the device's sectors
/// for. A sector that cannot answer is left out.
///
/// # Errors
/// [`ExportError`]; only when no sector can answer that is one.
pub fn storage_input(
    store: Store<'_>,
    public: &EpochPublic,
    directory: &EpochDirectory,
    device: &DeviceInfo,
    batch: u32,
) -> Result<Export<StorageInput>, ExportError> {
    super::require_closed(public, batch)?;
    let epoch = Epoch::new(public.clone(), directory.clone())?;
    let (sectors, left_out) = sectors(Some(store), &epoch, device, batch)?;
    if sectors.is_empty() {
        let first =
            left_out.first().map(|left| format!("sector {}: {}", left.seq.unwrap_or(0), left.problem));
        let (epoch, registered) = (public.epoch, left_out.len());
        return Err(ExportError::NoSectors { epoch, batch, registered, first });
    }
    let input = epoch.storage_input(&device.public_key, batch, sectors);
    let mut input = input.ok_or(ExportError::NotRegistered(public.epoch))?;
    input.device.key_file.clone_from(&device.key_file);
    input.check()?;
    Ok(Export { input, left_out })
}

/// Every sector of the batch that the device has registered: with its answers, or why it has none.
pub(super) fn sectors(
    store: Option<Store<'_>>,
    epoch: &Epoch,
    device: &DeviceInfo,
    batch: u32,
) -> Result<(Vec<SectorInput>, Vec<LeftOut>), ExportError> {
    let public = epoch.public();
    let closing = public.closing.as_ref().ok_or(ExportError::NotClosed(public.epoch))?;
    let batches = u64::from(public.rules.batches.max(1));
    let registered =
        epoch.sectors_of(&device.public_key).filter(|sector| sector.seq % batches == u64::from(batch));
    let (mut sectors, mut left_out) = (Vec::new(), Vec::new());
    for sector in registered {
        let answers = store
            .ok_or_else(|| ("no store was given to answer from".to_owned(), Fate::Mendable))
            .and_then(|store| answer(store, sector, closing.rho()));
        match answers {
            Ok(openings) => sectors.extend(epoch.sector_input(sector.seq, openings)),
            Err((problem, fate)) => {
                left_out.push(LeftOut { part: Part::Possession, seq: Some(sector.seq), problem, fate });
            }
        }
    }
    Ok((sectors, left_out))
}

fn answer(
    store: Store<'_>,
    registered: &DirectorySector,
    rho: popw_core::Fr,
) -> Result<Vec<OpeningInput>, (String, Fate)> {
    let sector = Sector::open(store.folder, SectorId(registered.blake3))
        .map_err(|error| (error.to_string(), fate(&error)))?;
    if sector.comm_r() != registered.comm_r || sector.layout().bytes() != registered.bytes {
        let problem = "the sector in the store is not the one registered: it has another root or length";
        return Err((problem.to_owned(), Fate::Mendable));
    }
    let openings = audit(&sector, rho, store.challenges).map_err(|damage| {
        let data = damage.lost.iter().all(|lost| matches!(lost.cause, Cause::Data { .. }));
        (damage.to_string(), if data { Fate::Lost } else { Fate::Mendable })
    })?;
    Ok(openings.into_iter().map(OpeningInput::from).collect())
}

/// Data that are there and damaged are a loss. What is not there or not to be read may be on a disk that is not mounted, and
/// all that stands beside the data is rebuilt from them.
fn fate(error: &StorageError) -> Fate {
    match error {
        StorageError::DataDamaged { .. } | StorageError::Length { what: "data", .. } => Fate::Lost,
        _ => Fate::Mendable,
    }
}
