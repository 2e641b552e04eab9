//! From a device's database, and its store, to the inputs of its proofs.

use std::collections::BTreeMap;
use std::path::Path;

use popw_core::Fr;
use popw_core::document::{ClaimInput, Document, DocumentError, EpochPublic, UptimeInput};
use popw_core::eddsa::PublicKey;
use popw_network::epoch::directory::{DirectoryError, Epoch, EpochDirectory};
use thiserror::Error;

use crate::duties::uptime::{store::device::Stored, votes::Votes};
use crate::duties::{fetch::store::device::StoredReceipt, rate::store::device::StoredRate};
use crate::duties::{rate, uptime};
use crate::keys;
use crate::roster::{Device, Roster};
use crate::store::StoreError;
use crate::store::device::DeviceStore;

mod served;
mod stored;

pub use crate::duties::rate::export::UsedRate;
pub use crate::duties::uptime::export::{NoQuorum, Used};
pub use crate::left_out::{Fate, LeftOut, Missing, Part};
pub use served::{bandwidth_input, work_input};
pub use stored::{Store, storage_input};

/// The device whose uptime is exported.
#[derive(Clone, Debug)]
pub struct DeviceInfo {
    /// Its public signing key.
    pub public_key: PublicKey,
    /// The owner it is registered under.
    pub owner: Fr,
    /// Where the prover finds its key file; goes into the input as it is.
    pub key_file: Option<String>,
}

/// Why no proof can be made of what a device has collected.
#[derive(Debug, Error)]
pub enum ExportError {
    /// The directory is not the epoch's.
    #[error(transparent)]
    Directory(#[from] DirectoryError),
    /// The epoch's document is not one.
    #[error(transparent)]
    Document(#[from] DocumentError),
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The epoch's document has no closing beacon yet.
    #[error("epoch {0} has no closing beacon yet: add it to the epoch's document when it is published")]
    NotClosed(u32),
    /// The device is not registered in this epoch.
    #[error("this device (key and owner) is not registered in epoch {0}")]
    NotRegistered(u32),
    /// No such batch.
    #[error("epoch {epoch} has {batches} batches, numbered from 0: there is no batch {batch}")]
    NoSuchBatch {
        /// The epoch.
        epoch: u32,
        /// The batch asked for.
        batch: u32,
        /// How many there are.
        batches: u32,
    },
    /// No receipt and no rate.
    #[error(
        "there is neither a receipt nor a rate of epoch {epoch}, batch {batch}, in the database: nothing to claim"
    )]
    NothingServed {
        /// The epoch.
        epoch: u32,
        /// The batch asked for.
        batch: u32,
    },
    /// No sector that can be claimed.
    #[error(
        "none of the {registered} sectors that the device has registered in epoch {epoch}, batch {batch}, can be \
         claimed{}", first.as_ref().map_or(String::new(), |first| format!("; the first: {first}"))
    )]
    NoSectors {
        /// The epoch.
        epoch: u32,
        /// The batch asked for.
        batch: u32,
        /// How many there are.
        registered: usize,
        /// What is wrong with the first.
        first: Option<String>,
    },
    /// The claim would be paid less than it could be.
    #[error(
        "the claim would be worth less than what the device is known to have:{missing}\nbatch {batch} of epoch {epoch} is \
         paid once, so what is left out of its claim is lost"
    )]
    WorthLess {
        /// The epoch.
        epoch: u32,
        /// The batch claimed.
        batch: u32,
        /// What can still be mended.
        missing: Missing,
    },
    /// Too few owners of witnesses have signed.
    #[error(transparent)]
    NoQuorum(#[from] NoQuorum),
}

/// A claim's input, and what is not in it.
#[derive(Clone, Debug)]
pub struct Export<I> {
    /// The input.
    pub input: I,
    /// What the device has registered or begun, and the input lacks.
    pub left_out: Vec<LeftOut>,
}

impl<I: ClaimInput> Export<I> {
    /// The input, if it is worth all that the device is known to have.
    ///
    /// # Errors
    /// [`ExportError::WorthLess`], with all that can still be mended.
    pub fn whole(self) -> Result<I, ExportError> {
        let missing: Vec<LeftOut> =
            self.left_out.into_iter().filter(|left| left.fate == Fate::Mendable).collect();
        if missing.is_empty() {
            return Ok(self.input);
        }
        let parts = self.input.parts();
        Err(ExportError::WorthLess {
            epoch: parts.epoch.epoch,
            batch: parts.batch,
            missing: Missing(missing),
        })
    }
}

/// Builds the input of an uptime proof from a device's database.
///
/// Every owner uses one seat: that of its witness with the most slots. More owners than the quorum
/// never hurt, so all that signed are used.
///
/// # Errors
/// [`ExportError`]; a missed quorum is told apart as the draw's or the witnesses'.
pub fn uptime_input(
    database: &Path,
    public: &EpochPublic,
    directory: &EpochDirectory,
    device: &DeviceInfo,
) -> Result<UptimeInput, ExportError> {
    if public.closing.is_none() {
        return Err(ExportError::NotClosed(public.epoch));
    }
    let collected = Collected::read(database, public, directory, device)?;
    collected.uptime.require_quorum(&collected.roster, &collected.device)?;
    let signed =
        collected.used().into_iter().map(|used| (used.seat, used.stored.bitmap, used.stored.signature));
    let input = collected.roster.epoch().uptime_input(&device.public_key, signed);
    let mut input = input.ok_or(ExportError::NotRegistered(public.epoch))?;
    input.device.key_file.clone_from(&device.key_file);
    input.check()?;
    Ok(input)
}

fn require_closed(public: &EpochPublic, batch: u32) -> Result<(), ExportError> {
    let (epoch, batches) = (public.epoch, public.rules.batches);
    if public.closing.is_none() {
        return Err(ExportError::NotClosed(epoch));
    }
    if batch >= batches {
        return Err(ExportError::NoSuchBatch { epoch, batch, batches });
    }
    Ok(())
}

/// What a device has collected in an epoch, checked against the epoch's documents.
#[derive(Clone, Debug)]
pub struct Collected {
    roster: Roster,
    device: Device,
    uptime: uptime::export::Collected,
    rate: rate::export::Collected,
    receipts: Vec<StoredReceipt>,
}

impl Collected {
    /// Reads a device's database, beside its running daemon or after it.
    ///
    /// # Errors
    /// [`ExportError`], among others when the device is not registered in the epoch.
    pub fn read(
        database: &Path,
        public: &EpochPublic,
        directory: &EpochDirectory,
        device: &DeviceInfo,
    ) -> Result<Self, ExportError> {
        public.check()?;
        let roster = Roster::new(Epoch::new(public.clone(), directory.clone())?);
        let entry = roster.device(&device.public_key, device.owner);
        let entry = entry.ok_or(ExportError::NotRegistered(public.epoch))?;
        let reader = DeviceStore::read(database, &keys::identity(&device.public_key, device.owner))?;
        let uptime = uptime::export::Collected::read(&reader, &roster, &entry)?;
        let rate = rate::export::Collected::read(&reader, &roster, &entry)?;
        let receipts = reader.receipts(roster.key)?;
        Ok(Self { device: entry, uptime, rate, receipts, roster })
    }

    /// The epoch and the device in it.
    pub fn roster(&self) -> &Roster {
        &self.roster
    }

    /// The seats that enter a proof.
    pub fn used(&self) -> Vec<Used<'_>> {
        self.uptime.used(&self.roster)
    }

    /// The slots as these seats saw them.
    pub fn votes(&self) -> Votes {
        self.uptime.votes(&self.roster)
    }

    /// Every attestation of the epoch, oldest first, contradictions included.
    pub fn attestations(&self) -> &[Stored] {
        &self.uptime.attestations
    }

    /// The drawn witnesses that may attest the device, with their seats.
    pub fn committee(&self) -> &BTreeMap<u32, Vec<u32>> {
        &self.uptime.committee
    }

    /// The last receipt of every allotment, in order of their numbers.
    pub fn receipts(&self) -> &[StoredReceipt] {
        &self.receipts
    }

    /// Every rate of the epoch, oldest first, contradictions included.
    pub fn rates(&self) -> &[StoredRate] {
        &self.rate.rates
    }

    /// The drawn witnesses that may challenge the device's rate, with their seats.
    pub fn challengers(&self) -> &BTreeMap<u32, Vec<u32>> {
        &self.rate.challengers
    }

    /// The challengers that enter a proof: one for each owner, that which measured most, in its first seat.
    pub fn used_rates(&self) -> Vec<UsedRate<'_>> {
        self.rate.used(&self.roster)
    }

    /// The rate that a proof certifies: the largest that q of the used seats reach, in 0.1 Mbit/s.
    pub fn certified_rate(&self) -> u32 {
        self.rate.certified(&self.roster)
    }
}

#[cfg(test)]
mod tests;
