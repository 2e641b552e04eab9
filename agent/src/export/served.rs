//! What clients and challengers have signed, as the input of a proof.

use std::collections::BTreeMap;
use std::path::Path;

use popw_core::Fr;
use popw_core::document::{BandwidthInput, ChallengerInput, Document, EpochPublic, ReceiptInput, WorkInput};
use popw_network::epoch::directory::EpochDirectory;

use super::stored::{self, Store};
use super::{Collected, DeviceInfo, Export, ExportError};
use crate::duties::{fetch::store::device::StoredReceipt, rate::store::device::StoredRate};
use crate::roster::Roster;

/// A challenger's seat that enters the proof.
#[derive(Clone, Debug)]
pub struct UsedRate<'a> {
    /// The seat j.
    pub seat: u32,
    /// What its witness has signed.
    pub stored: &'a StoredRate,
}

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
    let left_out = collected.missed_rate(batch, !receipts.is_empty()).into_iter().collect();
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
    let seat =
        |used: super::Used<'_>| epoch.seat_input(key, used.seat, used.stored.bitmap, used.stored.signature);
    let seats = if batch == 0 { collected.used().into_iter().filter_map(seat).collect() } else { Vec::new() };
    let (sectors, mut left_out) = stored::sectors(store, epoch, device, batch)?;
    if [seats.is_empty(), sectors.is_empty(), receipts.is_empty(), challengers.is_empty()] == [true; 4] {
        return Err(ExportError::NothingServed { epoch: public.epoch, batch });
    }
    left_out.extend(collected.missed_uptime().filter(|_| batch == 0));
    left_out.extend(collected.missed_rate(batch, !receipts.is_empty()));
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

    /// The last receipt of every allotment, in order of their numbers.
    pub fn receipts(&self) -> &[StoredReceipt] {
        &self.receipts
    }

    /// Every rate of the epoch, oldest first, contradictions included.
    pub fn rates(&self) -> &[StoredRate] {
        &self.rates
    }

    /// The drawn witnesses that may challenge the device's rate, with their seats.
    pub fn challengers(&self) -> &BTreeMap<u32, Vec<u32>> {
        &self.challengers
    }

    /// The epoch and the device in it.
    pub fn roster(&self) -> &Roster {
        &self.roster
    }

    /// The challengers that enter a proof: one for each owner, that which measured most, in its first seat.
    pub fn used_rates(&self) -> Vec<UsedRate<'_>> {
        let mut by_owner: BTreeMap<Fr, UsedRate<'_>> = BTreeMap::new();
        for stored in self.rates.iter().filter(|stored| !stored.contradicts) {
            let seat = self.challengers.get(&stored.witness_index).and_then(|seats| seats.first());
            let witness = self.roster.witness(stored.witness_index);
            let (Some(&seat), Some(witness)) = (seat, witness) else { continue };
            let better = by_owner.get(&witness.owner).is_none_or(|known| stored.rate > known.stored.rate);
            if better {
                by_owner.insert(witness.owner, UsedRate { seat, stored });
            }
        }
        let mut used: Vec<_> = by_owner.into_values().collect();
        used.sort_by_key(|used| used.seat);
        used
    }

    /// The rate that a proof certifies: the largest that q of the used seats reach, in 0.1 Mbit/s.
    pub fn certified_rate(&self) -> u32 {
        let mut rates: Vec<u32> = self.used_rates().iter().map(|used| used.stored.rate).collect();
        rates.sort_unstable_by(|one, other| other.cmp(one));
        let quorum = self.roster.rules().q as usize;
        quorum.checked_sub(1).and_then(|last| rates.get(last)).copied().unwrap_or(0)
    }

    fn bandwidth(&self, device: &DeviceInfo, batch: u32) -> (Vec<ReceiptInput>, Vec<ChallengerInput>) {
        let epoch = self.roster.epoch();
        let batches = u64::from(self.roster.rules().batches.max(1));
        let receipt =
            |stored: &StoredReceipt| epoch.receipt_input(stored.seq, stored.bytes, stored.signature);
        let of_batch = self.receipts.iter().filter(|stored| stored.seq % batches == u64::from(batch));
        // Only receipts of allotments in the directory were taken; another directory of this epoch there is none.
        let receipts = of_batch.filter_map(receipt).collect();
        let challenger = |used: UsedRate<'_>| {
            epoch.challenger_input(&device.public_key, used.seat, used.stored.rate, used.stored.signature)
        };
        (receipts, self.used_rates().into_iter().filter_map(challenger).collect())
    }
}
