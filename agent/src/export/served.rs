//! What clients and challengers have signed, as the input of a proof.

use std::path::Path;

use popw_core::document::{BandwidthInput, ChallengerInput, Document, EpochPublic, ReceiptInput, WorkInput};
use popw_network::epoch::directory::EpochDirectory;

use super::stored::{self, Store};
use super::{Collected, DeviceInfo, Export, ExportError, Used};
use crate::duties::fetch;

/// Builds the input of a bandwidth proof from a device's database: of each allotment the last receipt, of each owner
/// the challenger that measured most.
///
/// # Errors
/// [`ExportError`].
pub fn bandwidth_input(
    database: &Path,
    public: &EpochPublic,
    directory: &EpochDirectory,
    device: &DeviceInfo,
    batch: u32,
) -> Result<Export<BandwidthInput>, ExportError> {
    let collected = Collected::closed(database, public, directory, device, batch)?;
    let (receipts, challengers) = collected.bandwidth(device, batch);
    if receipts.is_empty() && challengers.is_empty() {
        return Err(ExportError::NothingServed { epoch: public.epoch, batch });
    }
    let left_out =
        collected.rate.missed(&collected.roster, batch, !receipts.is_empty()).into_iter().collect();
    let input = collected.roster.epoch().bandwidth_input(&device.public_key, batch, receipts, challengers);
    let mut input = input.ok_or(ExportError::NotRegistered(public.epoch))?;
    input.device.key_file.clone_from(&device.key_file);
    input.check()?;
    Ok(Export { input, left_out })
}

/// Builds the input of a work proof: all that the device has for the batch. A part of which there is nothing, or too
/// little, is empty or counts 0, and is named as left out; so is a sector that does not answer, and without a store every
/// sector registered. Seats and the rate count in batch 0 only.
///
/// # Errors
/// [`ExportError`].
pub fn work_input(
    database: &Path,
    store: Option<Store<'_>>,
    public: &EpochPublic,
    directory: &EpochDirectory,
    device: &DeviceInfo,
    batch: u32,
) -> Result<Export<WorkInput>, ExportError> {
    let collected = Collected::closed(database, public, directory, device, batch)?;
    let (receipts, challengers) = collected.bandwidth(device, batch);
    let epoch = collected.roster.epoch();
    let key = &device.public_key;
    let seat = |used: Used<'_>| epoch.seat_input(key, used.seat, used.stored.bitmap, used.stored.signature);
    let seats = if batch == 0 { collected.used().into_iter().filter_map(seat).collect() } else { Vec::new() };
    let (sectors, mut left_out) = stored::sectors(store, epoch, device, batch)?;
    if [seats.is_empty(), sectors.is_empty(), receipts.is_empty(), challengers.is_empty()] == [true; 4] {
        return Err(ExportError::NothingServed { epoch: public.epoch, batch });
    }
    left_out.extend(collected.uptime.missed(&collected.roster).filter(|_| batch == 0));
    left_out.extend(collected.rate.missed(&collected.roster, batch, !receipts.is_empty()));
    let input = epoch.work_input(key, batch, seats, sectors, receipts, challengers);
    let mut input = input.ok_or(ExportError::NotRegistered(public.epoch))?;
    input.device.key_file.clone_from(&device.key_file);
    input.check()?;
    Ok(Export { input, left_out })
}

impl Collected {
    /// Reads a database for a proof: the epoch must be closed and have the batch.
    fn closed(
        database: &Path,
        public: &EpochPublic,
        directory: &EpochDirectory,
        device: &DeviceInfo,
        batch: u32,
    ) -> Result<Self, ExportError> {
        super::require_closed(public, batch)?;
        Self::read(database, public, directory, device)
    }

    fn bandwidth(&self, device: &DeviceInfo, batch: u32) -> (Vec<ReceiptInput>, Vec<ChallengerInput>) {
        let receipts = fetch::export::inputs(&self.receipts, &self.roster, batch);
        (receipts, self.rate.inputs(&self.roster, &device.public_key))
    }
}
