//! What a device was given, as a document of its own, and the checks that anyone can make of it.

use std::path::Path;

use popw_core::document::{BandwidthInput, Document, DocumentError, EpochPublic, Version};
use popw_core::eddsa::PublicKey;
use popw_core::{Fr, field};
use popw_network::epoch::directory::EpochDirectory;
use serde::{Deserialize, Serialize};

pub use crate::duties::fetch::log::LoggedReceipt;
pub use crate::duties::rate::log::LoggedRate;
pub use crate::duties::uptime::log::LoggedAttestation;
use crate::duties::{fetch, rate, uptime};
use crate::evidence::About;
pub use crate::evidence::{Evidence, Item, Kind, Problem, Report};
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
    Ok(ReceiptLog {
        format: LogFormat::ReceiptLog,
        version: Version,
        epoch: public.clone(),
        device: LoggedDevice { public_key: device.public_key, owner: device.owner },
        receipts: fetch::log::logged(collected.receipts(), epoch),
        rates: rate::log::logged(collected.rates(), epoch),
        attestations: uptime::log::logged(collected.attestations(), epoch),
    })
}

/// Checks all that a device was given.
pub fn check_log(log: &ReceiptLog) -> Report {
    let about = About::new(&log.epoch, &log.device.public_key, log.device.owner);
    let mut report = Report::default();
    fetch::log::check(&about, &log.receipts, &mut report);
    rate::log::check(&about, &log.rates, &mut report);
    uptime::log::check(&about, &log.attestations, &mut report);
    report
}

/// Checks the receipts and rates of a bandwidth proof's input, as the circuit will.
pub fn check_bandwidth(input: &BandwidthInput) -> Report {
    let about = About::new(&input.epoch, &input.device.public_key, input.device.owner);
    let mut report = Report::default();
    fetch::log::check_inputs(&about, &input.receipts, input.batch, &mut report);
    rate::log::check_inputs(&about, &input.challengers, &mut report);
    report
}
