//! One epoch as the daemons see it.

use std::collections::{BTreeMap, BTreeSet};

use iroh::{EndpointAddr, EndpointId};
use popw_core::Fr;
use popw_core::claim::Rules;
use popw_core::draw::Duty;
use popw_core::eddsa::PublicKey;
use popw_network::epoch::directory::{DirectoryEntry, Epoch};

use crate::clock::Schedule;
use crate::store::EpochKey;

/// A published epoch with its members, checked against each other.
#[derive(Clone, Debug)]
pub struct Roster {
    /// What signed messages of this epoch are bound to.
    pub key: EpochKey,
    /// Its slots.
    pub schedule: Schedule,
    epoch: Epoch,
}

/// A device of an epoch.
#[derive(Clone, Debug)]
pub struct Device {
    /// D.
    pub leaf: Fr,
    /// Its keys, owner and addresses.
    pub entry: DirectoryEntry,
}

impl Device {
    fn new(entry: &DirectoryEntry) -> Self {
        Self { leaf: entry.device_leaf(), entry: entry.clone() }
    }

    /// Where to dial; `None` when its transport key is not one.
    pub fn address(&self) -> Option<EndpointAddr> {
        let endpoint = EndpointId::from_bytes(&self.entry.endpoint.0).ok()?;
        let address = EndpointAddr::new(endpoint);
        Some(self.entry.addresses.iter().fold(address, |address, &at| address.with_ip_addr(at)))
    }
}

impl Roster {
    /// The daemons' view of an epoch.
    pub fn new(epoch: Epoch) -> Self {
        let public = epoch.public();
        let key = EpochKey { domain: public.domain, epoch: public.epoch, opening: public.opening.rho() };
        let schedule = Schedule::of(public);
        Self { key, schedule, epoch }
    }

    /// The published epoch and its directory.
    pub fn epoch(&self) -> &Epoch {
        &self.epoch
    }

    /// The rules.
    pub fn rules(&self) -> &Rules {
        &self.epoch.public().rules
    }

    /// The device with this key and owner.
    pub fn device(&self, key: &PublicKey, owner: Fr) -> Option<Device> {
        self.epoch.device(key).filter(|entry| entry.owner == owner).map(Device::new)
    }

    /// Every device.
    pub fn devices(&self) -> impl Iterator<Item = Device> {
        self.epoch.directory().devices.iter().map(Device::new)
    }

    /// The witness with this index.
    pub fn witness(&self, index: u32) -> Option<&DirectoryEntry> {
        self.epoch.witness(index)
    }

    /// Every witness, by index.
    pub fn witnesses(&self) -> &[DirectoryEntry] {
        &self.epoch.directory().witnesses
    }

    /// The drawn witnesses that may attest this device, with the seats they hold: an owner equal to
    /// the device's never counts.
    pub fn eligible(&self, device: &Device) -> BTreeMap<u32, Vec<u32>> {
        self.eligible_for(Duty::Uptime, device)
    }

    /// The same, for either duty.
    pub fn eligible_for(&self, duty: Duty, device: &Device) -> BTreeMap<u32, Vec<u32>> {
        let mut eligible: BTreeMap<u32, Vec<u32>> = BTreeMap::new();
        for (seat, index) in (0u32..).zip(self.epoch.draw(duty, &device.entry)) {
            if self.witness(index).is_some_and(|witness| witness.owner != device.entry.owner) {
                eligible.entry(index).or_default().push(seat);
            }
        }
        eligible
    }

    /// The owners of drawn witnesses.
    pub(crate) fn owners(&self, drawn: &BTreeMap<u32, Vec<u32>>) -> BTreeSet<Fr> {
        drawn.keys().filter_map(|index| self.witness(*index)).map(|witness| witness.owner).collect()
    }
}
