//! From a device's database, and its store, to the inputs of its proofs.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use popw_core::document::{Document, DocumentError, EpochPublic, UptimeInput};
use popw_core::eddsa::PublicKey;
use popw_core::{Fr, draw};
use popw_network::epoch::directory::{DirectoryError, Epoch, EpochDirectory};
use thiserror::Error;

use crate::duties::uptime::export::one_per_owner;
use crate::duties::uptime::store::device::{Stored, latest};
use crate::duties::uptime::votes::Votes;
use crate::duties::{fetch::store::device::StoredReceipt, rate::store::device::StoredRate};
use crate::keys;
use crate::roster::{Device, Roster};
use crate::store::StoreError;
use crate::store::device::DeviceStore;

mod left_out;
mod served;
mod stored;

pub use crate::duties::uptime::export::Used;
pub use left_out::{Export, Fate, LeftOut, Missing, Part};
pub use served::{UsedRate, bandwidth_input, work_input};
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
    /// The draw itself gave too few different owners: nobody's fault, and nothing to be done for this epoch.
    #[error(
        "the draw missed a quorum: the {k} seats of epoch {epoch} name {owners} different owners that may \
         attest this device, and {quorum} are needed. No witness can mend that; this happens to about \
         {percent:.3} % of devices and epochs with this registry", percent = odds * 100.0
    )]
    DrawMissedQuorum {
        /// The epoch.
        epoch: u32,
        /// Seats drawn.
        k: u32,
        /// Different owners among them, the device's own left out.
        owners: usize,
        /// Owners needed.
        quorum: u32,
        /// How often that happens with this registry and these rules.
        odds: f64,
    },
    /// Enough owners were drawn, but too few of them have signed.
    #[error(
        "too few attestations for epoch {epoch}: {have} of the {drawn} owners drawn have signed and {quorum} \
         are needed; missing are the witnesses {missing:?}. Keep the device's daemon running: witnesses \
         deliver until their grace period is over"
    )]
    TooFewAttestations {
        /// The epoch.
        epoch: u32,
        /// Owners whose attestation is here.
        have: usize,
        /// Owners drawn.
        drawn: usize,
        /// Owners needed.
        quorum: u32,
        /// Indices of the drawn witnesses that have signed nothing.
        missing: Vec<u32>,
    },
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
    collected.require_quorum()?;
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
    committee: BTreeMap<u32, Vec<u32>>,
    attestations: Vec<Stored>,
    challengers: BTreeMap<u32, Vec<u32>>,
    receipts: Vec<StoredReceipt>,
    rates: Vec<StoredRate>,
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
        let committee = roster.eligible(&entry);
        let reader = DeviceStore::read(database, &keys::identity(&device.public_key, device.owner))?;
        let attestations = reader.all(roster.key)?;
        let challengers = roster.eligible_for(draw::Duty::Rate, &entry);
        let (receipts, rates) = (reader.receipts(roster.key)?, reader.rates(roster.key)?);
        Ok(Self { device: entry, committee, attestations, challengers, receipts, rates, roster })
    }

    /// The seats that enter a proof.
    pub fn used(&self) -> Vec<Used<'_>> {
        one_per_owner(&self.roster, &self.committee, &latest(&self.attestations))
    }

    /// The slots as these seats saw them.
    pub fn votes(&self) -> Votes {
        let bitmaps: Vec<_> = self.used().iter().map(|used| used.stored.bitmap).collect();
        Votes::count(&bitmaps, self.roster.rules().q, self.roster.rules().slots)
    }

    /// Every attestation of the epoch, oldest first, contradictions included.
    pub fn attestations(&self) -> &[Stored] {
        &self.attestations
    }

    /// The drawn witnesses that may attest the device, with their seats.
    pub fn committee(&self) -> &BTreeMap<u32, Vec<u32>> {
        &self.committee
    }

    fn require_quorum(&self) -> Result<(), ExportError> {
        let (roster, rules) = (&self.roster, self.roster.rules());
        let quorum = rules.q;
        let drawn = self.owners(&self.committee);
        let enough = |owners: usize| u32::try_from(owners).unwrap_or(u32::MAX) >= quorum;
        if !enough(drawn.len()) {
            return Err(ExportError::DrawMissedQuorum {
                epoch: roster.key.epoch,
                k: rules.k,
                owners: drawn.len(),
                quorum,
                odds: self.miss_odds(),
            });
        }
        let used = self.used();
        if !enough(used.len()) {
            let signed: BTreeSet<u32> = self.attestations.iter().map(|stored| stored.witness_index).collect();
            return Err(ExportError::TooFewAttestations {
                epoch: roster.key.epoch,
                have: used.len(),
                drawn: drawn.len(),
                quorum,
                missing: self.committee.keys().filter(|index| !signed.contains(index)).copied().collect(),
            });
        }
        Ok(())
    }

    /// The owners of drawn witnesses.
    fn owners(&self, drawn: &BTreeMap<u32, Vec<u32>>) -> BTreeSet<Fr> {
        drawn.keys().filter_map(|index| self.roster.witness(*index)).map(|witness| witness.owner).collect()
    }

    fn miss_odds(&self) -> f64 {
        let own = self.device.entry.owner;
        let mut seats_of: BTreeMap<Fr, u32> = BTreeMap::new();
        let mut excluded = 0;
        for witness in self.roster.witnesses() {
            if witness.owner == own {
                excluded += 1;
            } else {
                *seats_of.entry(witness.owner).or_default() += 1;
            }
        }
        let seats_of: Vec<u32> = seats_of.into_values().collect();
        draw::miss_odds(self.roster.rules().k, self.roster.rules().q, &seats_of, excluded)
    }
}

#[cfg(test)]
mod tests;
