//! The inputs of proofs, from what witnesses and clients have signed and sectors have answered.
//!
//! Nothing that was signed or answered is checked here: a claim's own check does that.

use popw_core::bitmap::SlotBitmap;
use popw_core::document::{
    BandwidthFormat, BandwidthInput, ChallengerInput, DeviceInput, OpeningInput, ReceiptInput, SeatInput,
    SectorInput, StorageFormat, StorageInput, UptimeFormat, UptimeInput, Version, WitnessInput, WorkFormat,
    WorkInput,
};
use popw_core::draw::Duty;
use popw_core::eddsa::{PublicKey, Signature};
use popw_core::lean_imt::MerkleProof;

use super::Epoch;

impl Epoch {
    /// The device's part of a proof's input; `None` if it is not of this epoch.
    pub fn device_input(&self, key: &PublicKey) -> Option<DeviceInput> {
        let entry = self.device(key)?;
        let path = self.trees.devices.proof(entry.index as usize)?;
        Some(DeviceInput { public_key: entry.public_key, owner: entry.owner, path, key_file: None })
    }

    /// A seat's part of an uptime proof's input: what the witness drawn for seat `seat` of this device has signed;
    /// `None` if device or seat are not of this epoch. The signature is not checked here.
    pub fn seat_input(
        &self,
        device: &PublicKey,
        seat: u32,
        bitmap: SlotBitmap,
        signature: Signature,
    ) -> Option<SeatInput> {
        let (witness, path) = self.drawn(Duty::Uptime, device, seat)?;
        Some(SeatInput { seat, witness, path, bitmap, signature })
    }

    /// A device's whole input of an uptime proof, from what the witnesses of its seats have signed.
    ///
    /// `None` if the device or a seat is not of this epoch. The epoch must be closed before a proof can be made.
    pub fn uptime_input(
        &self,
        device: &PublicKey,
        signed: impl IntoIterator<Item = (u32, SlotBitmap, Signature)>,
    ) -> Option<UptimeInput> {
        let seats = signed
            .into_iter()
            .map(|(seat, bitmap, signature)| self.seat_input(device, seat, bitmap, signature))
            .collect::<Option<Vec<_>>>()?;
        Some(UptimeInput {
            format: UptimeFormat::UptimeInput,
            version: Version,
            epoch: self.public.clone(),
            device: self.device_input(device)?,
            seats,
        })
    }

    /// A sector's part of a storage proof's input, with its answers to the epoch's challenges; `None` if there is no
    /// such sector in this epoch.
    pub fn sector_input(&self, seq: u64, openings: Vec<OpeningInput>) -> Option<SectorInput> {
        let sector = self.sector(seq)?;
        let path = self.trees.sectors.proof(sector.index as usize)?;
        let (comm_r, bytes, height, expiry) = (sector.comm_r, sector.bytes, sector.height, sector.expiry);
        Some(SectorInput { comm_r, bytes, height, expiry, seq, path, openings })
    }

    /// An allotment's part of a bandwidth proof's input, with the last receipt its client has signed; `None` if there
    /// is no such allotment in this epoch.
    pub fn receipt_input(&self, seq: u64, bytes: u64, signature: Signature) -> Option<ReceiptInput> {
        let allotment = self.allotment(seq)?;
        let path = self.trees.allotments.proof(allotment.index as usize)?;
        let (client, owner) = (allotment.client, allotment.owner);
        let (salt, cap) = (allotment.salt, allotment.cap);
        Some(ReceiptInput { client, owner, salt, cap, seq, path, bytes, signature })
    }

    /// A challenger's part of a bandwidth proof's input: the rate that the witness drawn for seat `seat` of this
    /// device's challengers has signed; `None` if device or seat are not of this epoch.
    pub fn challenger_input(
        &self,
        device: &PublicKey,
        seat: u32,
        rate: u32,
        signature: Signature,
    ) -> Option<ChallengerInput> {
        let (witness, path) = self.drawn(Duty::Rate, device, seat)?;
        Some(ChallengerInput { seat, witness, path, rate, signature })
    }

    /// A device's whole input of a storage proof: of `sectors`, those of the batch, in order.
    ///
    /// `None` if the device, the batch or a sector's number are not of this epoch, or a sector is another device's.
    /// The epoch must be closed before a proof can be made.
    pub fn storage_input(
        &self,
        device: &PublicKey,
        batch: u32,
        sectors: Vec<SectorInput>,
    ) -> Option<StorageInput> {
        Some(StorageInput {
            format: StorageFormat::StorageInput,
            version: Version,
            epoch: self.public.clone(),
            device: self.device_input(device)?,
            batch,
            sectors: self.sectors_in(device, batch, sectors)?,
        })
    }

    /// A device's whole input of a bandwidth proof: of `receipts`, those of the batch, in order.
    ///
    /// `None` as for [`Epoch::storage_input`].
    pub fn bandwidth_input(
        &self,
        device: &PublicKey,
        batch: u32,
        receipts: Vec<ReceiptInput>,
        challengers: Vec<ChallengerInput>,
    ) -> Option<BandwidthInput> {
        Some(BandwidthInput {
            format: BandwidthFormat::BandwidthInput,
            version: Version,
            epoch: self.public.clone(),
            device: self.device_input(device)?,
            batch,
            receipts: self.receipts_in(device, batch, receipts)?,
            challengers: in_order(challengers, |challenger| challenger.seat),
        })
    }

    /// A device's whole input of a work proof: of `sectors` and `receipts`, those of the batch, in order.
    ///
    /// `None` as for [`Epoch::storage_input`].
    pub fn work_input(
        &self,
        device: &PublicKey,
        batch: u32,
        seats: Vec<SeatInput>,
        sectors: Vec<SectorInput>,
        receipts: Vec<ReceiptInput>,
        challengers: Vec<ChallengerInput>,
    ) -> Option<WorkInput> {
        Some(WorkInput {
            format: WorkFormat::WorkInput,
            version: Version,
            epoch: self.public.clone(),
            device: self.device_input(device)?,
            batch,
            seats: in_order(seats, |seat| seat.seat),
            sectors: self.sectors_in(device, batch, sectors)?,
            receipts: self.receipts_in(device, batch, receipts)?,
            challengers: in_order(challengers, |challenger| challenger.seat),
        })
    }

    /// The witness that a draw has given a seat, with its path.
    fn drawn(&self, duty: Duty, device: &PublicKey, seat: u32) -> Option<(WitnessInput, MerkleProof)> {
        let index = *self.draw(duty, self.device(device)?).get(seat as usize)?;
        let entry = self.witness(index)?;
        let path = self.trees.witnesses.proof(index as usize)?;
        Some((WitnessInput { public_key: entry.public_key, owner: entry.owner, index }, path))
    }

    fn sectors_in(
        &self,
        device: &PublicKey,
        batch: u32,
        sectors: Vec<SectorInput>,
    ) -> Option<Vec<SectorInput>> {
        let device = self.device(device)?.index;
        let its = |sector: &SectorInput| self.sector(sector.seq).is_some_and(|known| known.device == device);
        if !sectors.iter().all(its) {
            return None;
        }
        self.batch(batch, sectors, |sector| sector.seq)
    }

    fn receipts_in(
        &self,
        device: &PublicKey,
        batch: u32,
        receipts: Vec<ReceiptInput>,
    ) -> Option<Vec<ReceiptInput>> {
        let device = self.device(device)?.index;
        let its =
            |receipt: &ReceiptInput| self.allotment(receipt.seq).is_some_and(|known| known.device == device);
        if !receipts.iter().all(its) {
            return None;
        }
        self.batch(batch, receipts, |receipt| receipt.seq)
    }

    /// The items of one batch, in order of their numbers.
    fn batch<T>(&self, batch: u32, mut items: Vec<T>, seq: impl Fn(&T) -> u64) -> Option<Vec<T>> {
        let batches = self.public.rules.batches;
        if batch >= batches {
            return None;
        }
        items.retain(|item| seq(item) % u64::from(batches) == u64::from(batch));
        Some(in_order(items, seq))
    }
}

fn in_order<T, K: Ord>(mut items: Vec<T>, key: impl Fn(&T) -> K) -> Vec<T> {
    items.sort_by_key(key);
    items
}
