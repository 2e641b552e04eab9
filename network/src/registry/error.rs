//! Why the registry refuses.

use popw_core::eddsa::SignatureError;

use super::{AddressError, MAX_SECTOR_BYTES};
use crate::database::DatabaseError;
use crate::member::Role;

/// Why the registry refuses.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RegistryError {
    /// The database.
    #[error(transparent)]
    Database(#[from] DatabaseError),
    /// Clients are not registered: their allotments are.
    #[error("only devices and witnesses are registered, not a {0}")]
    Role(Role),
    /// The key has an entry that is still active when the new one would begin.
    #[error(
        "this key is registered already as a {role} (entry {id}): remove that entry first; the new one can act once the old one no longer does"
    )]
    KeyTaken {
        /// The entry.
        id: i64,
        /// Its role.
        role: Role,
    },
    /// Another entry uses the endpoint.
    #[error("entry {id} already uses this endpoint id: every member needs a key file of its own")]
    EndpointTaken {
        /// The entry.
        id: i64,
    },
    /// No entry of this key is waiting or active.
    #[error("no active entry with this key: see the list of the registry")]
    Unknown,
    /// The entry has its proof already.
    #[error("entry {id} has its proof of possession already")]
    Proven {
        /// The entry.
        id: i64,
    },
    /// The registration is for another role, owner or endpoint than the entry.
    #[error(
        "the registration's {field} is not that of entry {id}: remove the entry and add the registration instead"
    )]
    Differs {
        /// The entry.
        id: i64,
        /// The field.
        field: &'static str,
    },
    /// The proof of possession does not hold.
    #[error("the proof of possession does not hold for this key, role, owner and network: {0}")]
    Possession(SignatureError),
    /// A registration made for another network.
    #[error("the registration was made for the network {found}; this registry is of another one")]
    OtherNetwork {
        /// Its domain.
        found: String,
    },
    /// Too many addresses.
    #[error("{0} addresses are too many: give at most 16")]
    TooManyAddresses(usize),
    /// An address at which nobody reaches the member.
    #[error(transparent)]
    Address(#[from] AddressError),
    /// The zero account as owner.
    #[error("the owner is the zero account, which is nobody's: give the owner's account")]
    ZeroOwner,
    /// No device with this key is registered.
    #[error("no device with this key is registered: see the registry's list")]
    NoDevice,
    /// The key is a witness's.
    #[error("entry {entry} has this key, and it is a {role}'s: sectors and allotments are a device's")]
    NotADevice {
        /// The entry.
        entry: i64,
        /// Its role.
        role: Role,
    },
    /// The device waits for its proof of possession.
    #[error("the device of entry {entry} waits for its proof of possession: attach that first")]
    Unproven {
        /// The entry.
        entry: i64,
    },
    /// The device does not act in an allotment's epoch.
    #[error(
        "the device of entry {entry} does not act in epoch {epoch}, so nobody can buy its bytes of that epoch"
    )]
    NotActing {
        /// The entry.
        entry: i64,
        /// The allotment's epoch.
        epoch: u32,
    },
    /// A sector of nothing.
    #[error(
        "a sector of 0 bytes has no data to keep: anyone could answer for it, so it is not registered; add a file that is not empty"
    )]
    SectorEmpty,
    /// More data than a tree can hold.
    #[error(
        "{bytes} bytes are too large for a sector: a tree of height 11 holds {MAX_SECTOR_BYTES}; split the data"
    )]
    SectorTooLarge {
        /// Its bytes.
        bytes: u64,
    },
    /// A sector that would never earn.
    #[error(
        "the sector would expire in epoch {expiry}, but it earns from epoch {from} at the earliest: choose a later expiry"
    )]
    SectorExpires {
        /// Its expiry.
        expiry: u32,
        /// The first epoch in which it could earn.
        from: u32,
    },
    /// The device keeps this sector already.
    #[error(
        "the device of entry {entry} keeps this data already, as sector {seq}: remove that one first, or wait for its expiry"
    )]
    SectorTaken {
        /// The sector's number.
        seq: u64,
        /// The device's entry.
        entry: i64,
    },
    /// No such sector.
    #[error("the registry has no sector {seq}: see the list of sectors")]
    NoSector {
        /// The number.
        seq: u64,
    },
    /// The sector ends before it could be removed.
    #[error("sector {seq} earns no longer from epoch {ends} on already")]
    SectorEnded {
        /// The number.
        seq: u64,
        /// The first epoch in which it does not earn.
        ends: u32,
    },
    /// The epoch's registry is taken.
    #[error("the registry of epoch {epoch} is fixed already: bytes can be bought from epoch {open_from} on")]
    EpochFixed {
        /// The allotment's epoch.
        epoch: u32,
        /// The first epoch that is still open.
        open_from: u32,
    },
    /// An allotment of nothing.
    #[error("an allotment of 0 bytes buys nothing: give a cap")]
    NoBytes,
    /// The client's owner is the device's.
    #[error("client and device (entry {entry}) have the same owner: such receipts never count")]
    SameOwner {
        /// The device's entry.
        entry: i64,
    },
    /// The client's key is the device's.
    #[error("the client's key is the device's own: a device does not buy from itself")]
    SameKey,
    /// The client has an allotment of this device in this epoch.
    #[error(
        "this client has an allotment of this device for epoch {epoch} already, number {seq}: there is one for each epoch"
    )]
    AllotmentTaken {
        /// Its number.
        seq: u64,
        /// The epoch.
        epoch: u32,
    },
}
