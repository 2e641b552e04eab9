//! The documented way into a bandwidth proof.

use alloc::{format, vec::Vec};

use serde::{Deserialize, Serialize};

use super::{
    ClaimInput, ClaimParts, DeviceInput, Document, DocumentError, EpochPublic, INPUT_LIMIT, Version,
    WitnessInput,
    parts::{check_batch, check_device, check_epoch, check_order, check_path, check_seats},
};
use crate::{
    Fr,
    claim::{Kind, Rules},
    eddsa::{PublicKey, Signature},
    field,
    lean_imt::MerkleProof,
};

/// `popw.bandwidth-input`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum BandwidthFormat {
    /// The one value.
    #[default]
    #[serde(rename = "popw.bandwidth-input")]
    BandwidthInput,
}

/// All a bandwidth proof needs besides the device's secret key and the recipient.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct BandwidthInput {
    /// `popw.bandwidth-input`.
    pub format: BandwidthFormat,
    /// 1.
    pub version: Version<1>,
    /// The epoch, with its closing beacon.
    pub epoch: EpochPublic,
    /// The device.
    pub device: DeviceInput,
    /// Which of the epoch's B claims this is, from 0.
    pub batch: u32,
    /// The last receipt of each allotment of that batch, in order of `seq`.
    pub receipts: Vec<ReceiptInput>,
    /// What its challengers have signed, at most one entry for each seat.
    pub challengers: Vec<ChallengerInput>,
}

/// An allotment and the last receipt its client has signed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ReceiptInput {
    /// The client's key.
    pub client: PublicKey,
    /// The client's owner's account.
    #[serde(with = "field::decimal")]
    #[cfg_attr(feature = "schema", schemars(with = "field::schema::Decimal"))]
    pub owner: Fr,
    /// The allotment's salt.
    #[serde(with = "field::decimal")]
    #[cfg_attr(feature = "schema", schemars(with = "field::schema::Decimal"))]
    pub salt: Fr,
    /// Bytes paid for.
    pub cap: u64,
    /// The allotment's number in the registry.
    pub seq: u64,
    /// From its leaf to the allotment root.
    pub path: MerkleProof,
    /// Bytes the client has signed for; more than `cap` count as `cap`.
    pub bytes: u64,
    /// Its signature; see [`message::receipt`](crate::message::receipt).
    pub signature: Signature,
}

/// A seat of the challengers' committee, and the rate its witness has signed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ChallengerInput {
    /// The seat's number j, 0 to k − 1.
    pub seat: u32,
    /// The witness drawn for it.
    pub witness: WitnessInput,
    /// From the witness's leaf to the witness root.
    pub path: MerkleProof,
    /// The rate it measured, in 0.1 Mbit/s.
    pub rate: u32,
    /// Its signature; see [`message::rate_attestation`](crate::message::rate_attestation).
    pub signature: Signature,
}

impl Document for BandwidthInput {
    const FORMAT: &'static str = "popw.bandwidth-input";
    const VERSION: u32 = 1;
    const LIMIT: u64 = INPUT_LIMIT;

    /// Structure only; whether paths, draw and signatures hold is for the claim's own check.
    fn check(&self) -> Result<(), DocumentError> {
        check_epoch("epoch", &self.epoch)?;
        check_device(&self.device)?;
        check_batch(self.batch, &self.epoch.rules)?;
        check_receipts("receipts", self.batch, &self.epoch.rules, &self.receipts)?;
        check_challengers("challengers", &self.epoch.rules, &self.challengers)
    }
}

pub(super) fn check_receipts(
    list: &str,
    batch: u32,
    rules: &Rules,
    receipts: &[ReceiptInput],
) -> Result<(), DocumentError> {
    check_order(list, batch, rules, receipts.iter().map(|receipt| receipt.seq))?;
    for (i, receipt) in receipts.iter().enumerate() {
        check_path(&format!("{list}[{i}].path"), &receipt.path)?;
    }
    Ok(())
}

pub(super) fn check_challengers(
    list: &str,
    rules: &Rules,
    challengers: &[ChallengerInput],
) -> Result<(), DocumentError> {
    check_seats(list, rules, challengers.iter().map(|seat| (seat.seat, &seat.witness, &seat.path)))
}

impl ClaimInput for BandwidthInput {
    fn parts(&self) -> ClaimParts<'_> {
        ClaimParts {
            kind: Kind::Bandwidth,
            epoch: &self.epoch,
            device: &self.device,
            batch: self.batch,
            seats: &[],
            sectors: &[],
            receipts: &self.receipts,
            challengers: &self.challengers,
        }
    }
}
