//! What a device was given, as a document of its own, and the checks that anyone can make of it.

mod check;

use std::path::Path;

use popw_core::bitmap::SlotBitmap;
use popw_core::document::{Document, DocumentError, EpochPublic, Version, WitnessInput};
use popw_core::eddsa::{PublicKey, Signature};
use popw_core::{Fr, field};
use popw_network::epoch::directory::EpochDirectory;
use serde::{Deserialize, Serialize};

pub use self::check::{Evidence, Item, Kind, Problem, Report, check_bandwidth, check_log};
use crate::duties::fetch::store::device::StoredReceipt;
use crate::export::{Collected, DeviceInfo, ExportError};

/// `popw.receipt-log`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum LogFormat {
    /// The one value.
    #[default]
    #[serde(rename = "popw.receipt-log")]
    ReceiptLog,
}

/// All that a device's clients, challengers and witnesses have signed for it in an epoch, as it keeps it: also what
/// contradicts, which is in no proof.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReceiptLog {
    /// `popw.receipt-log`.
    pub format: LogFormat,
    /// 1.
    pub version: Version<1>,
    /// The epoch, closed or not.
    pub epoch: EpochPublic,
    /// The device.
    pub device: LoggedDevice,
    /// The last receipt of each allotment, in order of `seq`.
    pub receipts: Vec<LoggedReceipt>,
    /// Every rate, oldest first.
    pub rates: Vec<LoggedRate>,
    /// Every attestation of uptime, oldest first.
    pub attestations: Vec<LoggedAttestation>,
}

/// The device of a log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LoggedDevice {
    /// A.
    pub public_key: PublicKey,
    /// Its owner's account.
    #[serde(with = "field::decimal")]
    pub owner: Fr,
}

/// An allotment and its last receipt.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LoggedReceipt {
    /// The client's key.
    pub client: PublicKey,
    /// The client's owner's account.
    #[serde(with = "field::decimal")]
    pub owner: Fr,
    /// Bytes paid for.
    pub cap: u64,
    /// The allotment's number in the registry.
    pub seq: u64,
    /// Bytes signed for.
    pub bytes: u64,
    /// Over `popw_core::message::receipt`.
    pub signature: Signature,
}

/// A rate.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LoggedRate {
    /// Who signed it.
    pub witness: WitnessInput,
    /// In 0.1 Mbit/s.
    pub rate: u32,
    /// Over `popw_core::message::rate_attestation`.
    pub signature: Signature,
}

/// An attestation of uptime.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LoggedAttestation {
    /// Who signed it.
    pub witness: WitnessInput,
    /// The slots seen answered.
    pub bitmap: SlotBitmap,
    /// Over `popw_core::message::uptime_attestation`.
    pub signature: Signature,
}

impl Document for ReceiptLog {
    const FORMAT: &'static str = "popw.receipt-log";
    const VERSION: u32 = 1;

    fn check(&self) -> Result<(), DocumentError> {
        self.epoch.check()
    }
}

/// Writes down what a device's database has of an epoch.
///
/// # Errors
/// [`ExportError`].
pub fn log(
    database: &Path,
    public: &EpochPublic,
    directory: &EpochDirectory,
    device: &DeviceInfo,
) -> Result<ReceiptLog, ExportError> {
    let collected = Collected::read(database, public, directory, device)?;
    let epoch = collected.roster().epoch();
    let witness = |index: u32| {
        let entry = epoch.witness(index)?;
        Some(WitnessInput { public_key: entry.public_key, owner: entry.owner, index })
    };
    let receipt = |stored: &StoredReceipt| {
        let allotment = epoch.allotment(stored.seq)?;
        Some(LoggedReceipt {
            client: allotment.client,
            owner: allotment.owner,
            cap: allotment.cap,
            seq: stored.seq,
            bytes: stored.bytes,
            signature: stored.signature,
        })
    };
    let rates = collected.rates().iter().filter_map(|stored| {
        let witness = witness(stored.witness_index)?;
        Some(LoggedRate { witness, rate: stored.rate, signature: stored.signature })
    });
    let attestations = collected.attestations().iter().filter_map(|stored| {
        let witness = witness(stored.witness_index)?;
        Some(LoggedAttestation { witness, bitmap: stored.bitmap, signature: stored.signature })
    });
    Ok(ReceiptLog {
        format: LogFormat::ReceiptLog,
        version: Version,
        epoch: public.clone(),
        device: LoggedDevice { public_key: device.public_key, owner: device.owner },
        receipts: collected.receipts().iter().filter_map(receipt).collect(),
        rates: rates.collect(),
        attestations: attestations.collect(),
    })
}
