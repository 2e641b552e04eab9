//! The documented way into a proof of all work at once.

use alloc::vec::Vec;

use serde::{Deserialize, Serialize};

use super::{
    ChallengerInput, ClaimInput, ClaimParts, DeviceInput, Document, DocumentError, EpochPublic, INPUT_LIMIT,
    ReceiptInput, SeatInput, SectorInput, Version,
    bandwidth::{check_challengers, check_receipts},
    parts::{check_batch, check_device, check_epoch, check_seats},
    storage::check_sectors,
};
use crate::claim::Kind;

/// `popw.work-input`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum WorkFormat {
    /// The one value.
    #[default]
    #[serde(rename = "popw.work-input")]
    WorkInput,
}

/// All a proof of uptime, possession and bandwidth together needs besides the device's secret key and the recipient.
/// A list that is empty is a part that is absent and contributes nothing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct WorkInput {
    /// `popw.work-input`.
    pub format: WorkFormat,
    /// 1.
    pub version: Version<1>,
    /// The epoch, with its closing beacon.
    pub epoch: EpochPublic,
    /// The device.
    pub device: DeviceInput,
    /// Which of the epoch's B claims this is, from 0. Up slots and rate count in batch 0 alone.
    pub batch: u32,
    /// What its witnesses have signed; see [`UptimeInput`](super::UptimeInput).
    pub seats: Vec<SeatInput>,
    /// Its sectors; see [`StorageInput`](super::StorageInput).
    pub sectors: Vec<SectorInput>,
    /// Its clients' receipts; see [`BandwidthInput`](super::BandwidthInput).
    pub receipts: Vec<ReceiptInput>,
    /// What its challengers have signed.
    pub challengers: Vec<ChallengerInput>,
}

impl Document for WorkInput {
    const FORMAT: &'static str = "popw.work-input";
    const VERSION: u32 = 1;
    const LIMIT: u64 = INPUT_LIMIT;

    fn check(&self) -> Result<(), DocumentError> {
        let rules = &self.epoch.rules;
        check_epoch("epoch", &self.epoch)?;
        check_device(&self.device)?;
        check_batch(self.batch, rules)?;
        check_seats("seats", rules, self.seats.iter().map(|seat| (seat.seat, &seat.witness, &seat.path)))?;
        check_sectors("sectors", self.batch, &self.epoch, &self.sectors)?;
        check_receipts("receipts", self.batch, rules, &self.receipts)?;
        check_challengers("challengers", rules, &self.challengers)
    }
}

impl ClaimInput for WorkInput {
    fn parts(&self) -> ClaimParts<'_> {
        ClaimParts {
            kind: Kind::Work,
            epoch: &self.epoch,
            device: &self.device,
            batch: self.batch,
            seats: &self.seats,
            sectors: &self.sectors,
            receipts: &self.receipts,
            challengers: &self.challengers,
        }
    }
}
