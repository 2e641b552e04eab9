//! The documented way into an uptime proof, for networks with witnesses of their own.

use alloc::vec::Vec;

use serde::{Deserialize, Serialize};

use super::{
    ClaimInput, ClaimParts, DeviceInput, Document, DocumentError, EpochPublic, INPUT_LIMIT, Version,
    WitnessInput,
    parts::{check_device, check_epoch, check_seats},
};
use crate::{bitmap::SlotBitmap, claim::Kind, eddsa::Signature, lean_imt::MerkleProof};

/// `popw.uptime-input`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum UptimeFormat {
    /// The one value.
    #[default]
    #[serde(rename = "popw.uptime-input")]
    UptimeInput,
}

/// All an uptime proof needs besides the device's secret key and the recipient.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct UptimeInput {
    /// `popw.uptime-input`.
    pub format: UptimeFormat,
    /// 1.
    pub version: Version<1>,
    /// The epoch, with its closing beacon.
    pub epoch: EpochPublic,
    /// The device.
    pub device: DeviceInput,
    /// What its witnesses have signed, at most one entry for each seat. Seats that are not listed are not used.
    pub seats: Vec<SeatInput>,
}

/// A seat of the committee, and what its witness has signed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct SeatInput {
    /// The seat's number j, 0 to k − 1.
    pub seat: u32,
    /// The witness drawn for it.
    pub witness: WitnessInput,
    /// From the witness's leaf to the witness root.
    pub path: MerkleProof,
    /// The slots it saw answered.
    pub bitmap: SlotBitmap,
    /// Its signature; see [`message::uptime_attestation`](crate::message::uptime_attestation).
    pub signature: Signature,
}

impl Document for UptimeInput {
    const FORMAT: &'static str = "popw.uptime-input";
    const VERSION: u32 = 1;
    const LIMIT: u64 = INPUT_LIMIT;

    /// Structure only; whether paths, draw and signatures hold is for the claim's own check.
    fn check(&self) -> Result<(), DocumentError> {
        check_epoch("epoch", &self.epoch)?;
        check_device(&self.device)?;
        check_seats(
            "seats",
            &self.epoch.rules,
            self.seats.iter().map(|seat| (seat.seat, &seat.witness, &seat.path)),
        )
    }
}

impl ClaimInput for UptimeInput {
    fn parts(&self) -> ClaimParts<'_> {
        ClaimParts {
            kind: Kind::Uptime,
            epoch: &self.epoch,
            device: &self.device,
            batch: 0,
            seats: &self.seats,
            sectors: &[],
            receipts: &[],
            challengers: &[],
        }
    }
}
