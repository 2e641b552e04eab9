//! A small network made by hand, and what databases are tried with, for the crate's own tests.

use std::path::PathBuf;
use std::sync::Arc;

use ark_ff::Field;
use popw_core::claim::{Roots, Rules};
use popw_core::document::{Beacon, BeaconSource, EpochFormat, EpochPublic, Version};
use popw_core::eddsa::{SecretKey, Signature};
use popw_core::lean_imt::LeanImt;
use popw_core::{Fr, draw, identity};
use popw_network::epoch::directory::{DirectoryEntry, DirectoryFormat, Epoch, EpochDirectory};
use popw_network::member::EndpointId;

use crate::clock::Clock;
use crate::keys::Keys;
use crate::roster::Roster;
use crate::store::EpochKey;

/// Length of the test epoch's slots, long enough that no test reaches the next one.
pub(crate) const SLOT_MS: u32 = 3_600_000;
/// The slot that runs while tests do.
pub(crate) const RUNNING: u32 = 5;

const DOMAIN: &str = "popw:local:0000000000000000000000000000000000000000000000000000000000000001";

pub(crate) fn keys(seed: u8, owner: u64) -> Keys {
    Keys::new(SecretKey::from_seed([seed; 32]), &[seed ^ 0xff; 32], Fr::from(owner))
}

/// A device of owner 1 and witnesses of the owners given.
pub(crate) struct Network {
    pub(crate) device: Keys,
    pub(crate) witnesses: Vec<Keys>,
    pub(crate) roster: Arc<Roster>,
}

impl Network {
    pub(crate) fn device_leaf(&self) -> Fr {
        identity::device_leaf(&self.device.public(), self.device.owner)
    }
}

/// With the first beacon for which `wanted` holds of the device's committee of `k` seats.
pub(crate) fn network(owners: &[u64], k: u32, wanted: impl Fn(&[u32]) -> bool) -> Network {
    let device = keys(1, 1);
    let witnesses: Vec<Keys> = (10u8..).zip(owners).map(|(seed, &owner)| keys(seed, owner)).collect();
    let n_w = u32::try_from(owners.len()).expect("few witnesses");
    let opening = (1u64..).map(beacon).find(|beacon| {
        let leaf = identity::device_leaf(&device.public(), device.owner);
        wanted(&draw::committee(draw::Duty::Uptime, beacon.rho(), leaf, k, n_w))
    });
    let start_unix_ms = Clock::system().now_ms() - u64::from(RUNNING) * u64::from(SLOT_MS) - 60_000;
    let rules = Rules { n_w, k, q: 2, slots: 24, max_gap: 4, batches: 1, min_rate: 0 };
    let (public, directory) = documents(
        &device,
        &witnesses,
        opening.expect("some beacon draws such a committee"),
        rules,
        start_unix_ms,
    );
    let roster = Arc::new(Roster::new(Epoch::new(public, directory).expect("an epoch")));
    Network { device, witnesses, roster }
}

fn documents(
    device: &Keys,
    witnesses: &[Keys],
    opening: Beacon,
    rules: Rules,
    start_unix_ms: u64,
) -> (EpochPublic, EpochDirectory) {
    let domain = identity::domain(DOMAIN).expect("domain");
    let directory = EpochDirectory {
        format: DirectoryFormat::EpochDirectory,
        version: Version,
        domain,
        epoch: 3,
        devices: vec![entry(0, device)],
        witnesses: (0u32..).zip(witnesses).map(|(index, keys)| entry(index, keys)).collect(),
        sectors: Vec::new(),
        allotments: Vec::new(),
    };
    let devices = directory.devices.iter().map(DirectoryEntry::device_leaf).collect();
    let witnesses = directory.witnesses.iter().map(DirectoryEntry::witness_leaf).collect();
    let roots = Roots {
        device: LeanImt::from_leaves(devices).root(),
        witness: LeanImt::from_leaves(witnesses).root(),
        allotment: Fr::from(0u64),
        sector: Fr::from(0u64),
    };
    let public = EpochPublic {
        format: EpochFormat::Epoch,
        version: Version,
        network: "test".to_owned(),
        domain_id: DOMAIN.to_owned(),
        domain,
        epoch: 3,
        start_unix_ms,
        slot_ms: SLOT_MS,
        opening,
        closing: None,
        roots,
        rules,
    };
    (public, directory)
}

fn entry(index: u32, keys: &Keys) -> DirectoryEntry {
    DirectoryEntry {
        index,
        public_key: keys.public(),
        owner: keys.owner,
        endpoint: EndpointId(*keys.endpoint().as_bytes()),
        addresses: Vec::new(),
    }
}

fn beacon(round: u64) -> Beacon {
    let mut randomness = [0u8; 32];
    randomness[..8].copy_from_slice(&round.to_be_bytes());
    Beacon {
        source: BeaconSource::File,
        chain_hash: None,
        round,
        randomness,
        signature: None,
        previous_signature: None,
    }
}

/// Is every index below `n_w` drawn?
pub(crate) fn everyone(n_w: u32) -> impl Fn(&[u32]) -> bool {
    move |committee| (0..n_w).all(|index| committee.contains(&index))
}

/// Some epoch.
pub(crate) const KEY: EpochKey = EpochKey { domain: Fr::ONE, epoch: 3, opening: Fr::ONE };

/// Where a database can be made, for as long as the folder lives.
pub(crate) fn database() -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().expect("folder");
    let path = folder.path().join("some.db");
    (folder, path)
}

pub(crate) fn sign_number(number: u64) -> Signature {
    SecretKey::from_seed([1; 32]).sign(Fr::from(number))
}
