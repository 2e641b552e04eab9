//! The list of allotments: bytes that clients have bought from devices.

use popw_core::Fr;
use popw_core::eddsa::PublicKey;
use popw_core::identity::{self, Allotment};
use serde::{Deserialize, Serialize};

use super::listed::{Listed, Place, Whose};
use super::{DirectoryError, List};
use crate::database::DatabaseError;
use crate::member::EndpointId;
use crate::registry::{AllotmentEntry, Registry};

/// Bytes that a client has bought from a device for this epoch.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DirectoryAllotment {
    /// Its place in the list and the tree, from 0.
    pub index: u32,
    /// The client's key.
    pub client: PublicKey,
    /// The client's key on the transport.
    pub endpoint: EndpointId,
    /// The client's owner's account.
    #[serde(with = "popw_core::field::decimal")]
    pub owner: Fr,
    /// The index of the device that serves.
    pub device: u32,
    /// Makes the leaf's device unguessable.
    #[serde(with = "popw_core::field::decimal")]
    pub salt: Fr,
    /// Bytes paid for.
    pub cap: u64,
    /// Its number in the registry.
    pub seq: u64,
}

impl Listed for DirectoryAllotment {
    type Entry = AllotmentEntry;
    /// The client.
    type Once = PublicKey;
    const LIST: List = List::Allotment;

    fn each<E: From<DatabaseError>>(
        registry: &Registry,
        epoch: u32,
        visit: impl FnMut(AllotmentEntry) -> Result<(), E>,
    ) -> Result<(), E> {
        registry.each_active_allotment(epoch, visit)
    }

    fn device_entry(allotment: &AllotmentEntry) -> i64 {
        allotment.device_entry
    }

    fn row(allotment: AllotmentEntry, place: Place) -> Self {
        let entry = &allotment.entry;
        Self {
            index: place.index,
            client: entry.client,
            endpoint: entry.endpoint,
            owner: entry.owner,
            device: place.device,
            salt: entry.salt,
            cap: entry.cap,
            seq: allotment.seq,
        }
    }

    fn place(&self) -> Place {
        Place { index: self.index, device: self.device }
    }

    fn seq(&self) -> u64 {
        self.seq
    }

    fn once(&self) -> PublicKey {
        self.client
    }

    /// Nothing of it follows.
    fn check(&self, _: u32) -> Result<(), DirectoryError> {
        Ok(())
    }

    /// C.
    fn leaf(&self, whose: &Whose) -> Fr {
        let Self { client, owner, salt, cap, seq, .. } = *self;
        let allotment = Allotment { salt, epoch: whose.epoch, cap, seq };
        identity::allotment_leaf(&client, owner, whose.device, &allotment)
    }
}
