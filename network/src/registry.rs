//! Who is a member of the network: devices and witnesses, from which epoch to which; what devices store, and what
//! clients have bought from them.
//!
//! An entry counts once a proof of possession is attached: a signature by its key over domain, role and owner
//! ([`popw_core::message::possession`]), made offline from the key file. A registration or removal acts from the
//! epoch the caller gives ([`Policy::acts_from`](crate::policy::Policy::acts_from)); entries are kept after removal,
//! so a past epoch can be rebuilt. One key has at most one active entry, whatever its role.

use std::net::SocketAddr;
use std::path::Path;

use popw_core::Fr;
use popw_core::eddsa::{PublicKey, Signature};
use popw_core::message;
use popw_core::possession::NODE_BYTES;

use crate::database::{Create, Database, DatabaseError, Kind};
use crate::member::{EndpointId, Role};

mod address;
mod allotments;
mod error;
mod members;
mod registration;
mod sectors;
mod table;

pub use address::{AddressError, check_address};
pub use allotments::{AllotmentEntry, NewAllotment};
pub use error::RegistryError;
pub use members::Tally;
pub use registration::{Registration, RegistrationError, RegistrationFormat};
pub use sectors::{NewSector, SectorEntry};

/// SQLite's `application_id` of this database: "POPR".
pub const APPLICATION_ID: i32 = 0x504f_5052;

const KIND: Kind = Kind {
    what: "registry",
    application_id: APPLICATION_ID,
    migrations: &[
        "CREATE TABLE member (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            role TEXT NOT NULL CHECK (role IN ('device', 'witness')),
            key_x BLOB NOT NULL CHECK (length(key_x) = 32),
            key_y BLOB NOT NULL CHECK (length(key_y) = 32),
            owner BLOB NOT NULL CHECK (length(owner) = 32),
            endpoint BLOB NOT NULL CHECK (length(endpoint) = 32),
            addresses TEXT NOT NULL,
            possession TEXT,
            active_from INTEGER NOT NULL,
            active_until INTEGER CHECK (active_until >= active_from)
        ) STRICT;
        CREATE UNIQUE INDEX one_entry_per_key ON member (key_x, key_y) WHERE active_until IS NULL;
        CREATE UNIQUE INDEX one_entry_per_endpoint ON member (endpoint) WHERE active_until IS NULL;
        CREATE INDEX member_by_key ON member (key_x, key_y);",
        "CREATE TABLE sector (
            seq INTEGER PRIMARY KEY AUTOINCREMENT,
            device INTEGER NOT NULL REFERENCES member (id),
            comm_r BLOB NOT NULL CHECK (length(comm_r) = 32),
            blake3 BLOB NOT NULL CHECK (length(blake3) = 32),
            bytes INTEGER NOT NULL CHECK (bytes BETWEEN 0 AND 266287972352),
            expiry INTEGER NOT NULL CHECK (expiry > active_from),
            active_from INTEGER NOT NULL,
            active_until INTEGER CHECK (active_until >= active_from)
        ) STRICT;
        CREATE UNIQUE INDEX one_entry_per_sector ON sector (device, comm_r) WHERE active_until IS NULL;
        CREATE TABLE allotment (
            seq INTEGER PRIMARY KEY AUTOINCREMENT,
            client_x BLOB NOT NULL CHECK (length(client_x) = 32),
            client_y BLOB NOT NULL CHECK (length(client_y) = 32),
            endpoint BLOB NOT NULL CHECK (length(endpoint) = 32),
            owner BLOB NOT NULL CHECK (length(owner) = 32),
            device INTEGER NOT NULL REFERENCES member (id),
            epoch INTEGER NOT NULL,
            cap BLOB NOT NULL CHECK (length(cap) = 8),
            salt BLOB NOT NULL CHECK (length(salt) = 32),
            UNIQUE (client_x, client_y, device, epoch)
        ) STRICT;
        CREATE INDEX allotment_by_epoch ON allotment (epoch, seq);",
    ],
};

/// Most addresses of one entry.
pub const MAX_ADDRESSES: usize = 16;

/// Most bytes of a sector: a tree of height 11, as high as circuits open.
pub const MAX_SECTOR_BYTES: u64 = NODE_BYTES << 33;

/// What is registered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewMember {
    /// Device or witness.
    pub role: Role,
    /// A.
    pub public_key: PublicKey,
    /// The owner's account, as it enters the leaf.
    pub owner: Fr,
    /// The transport's public key.
    pub endpoint: EndpointId,
    /// Where it listens; empty when the transport finds it by its key.
    pub addresses: Vec<SocketAddr>,
}

/// An entry of the registry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    /// Its number: the order of registration.
    pub id: i64,
    /// What was registered.
    pub entry: NewMember,
    /// The proof of possession; without one the entry never counts.
    pub possession: Option<Signature>,
    /// The first epoch in which it acts.
    pub active_from: u32,
    /// The first epoch in which it no longer acts, once removed.
    pub active_until: Option<u32>,
}

impl Member {
    /// Whether it acts in an epoch.
    pub fn acts_in(&self, epoch: u32) -> bool {
        self.possession.is_some()
            && self.active_from <= epoch
            && self.active_until.is_none_or(|until| epoch < until)
    }
}

/// The registry of one network.
#[derive(Debug)]
pub struct Registry {
    database: Database,
    domain: Fr,
}

impl Registry {
    /// Opens the registry of the network of `domain`.
    ///
    /// # Errors
    /// [`DatabaseError`].
    pub fn open(path: &Path, domain: &Fr, create: Create) -> Result<Self, DatabaseError> {
        Ok(Self { database: Database::open(path, &KIND, domain, create)?, domain: *domain })
    }

    /// The network's domain.
    pub fn domain(&self) -> Fr {
        self.domain
    }

    /// Adds an entry without a proof of possession: it does not count until [`Registry::attach`]. Returns its number.
    ///
    /// # Errors
    /// [`RegistryError`] when the role, key, owner, endpoint or addresses cannot be taken.
    pub fn add(&mut self, entry: &NewMember, acts_from: u32) -> Result<i64, RegistryError> {
        self.insert(entry, None, acts_from)
    }

    /// Adds a registration with its proof. Returns the entry's number.
    ///
    /// # Errors
    /// As [`Registry::add`], and [`RegistryError::OtherNetwork`], [`RegistryError::Possession`].
    pub fn register(&mut self, registration: &Registration, acts_from: u32) -> Result<i64, RegistryError> {
        self.verify(registration)?;
        self.insert(&registration.entry(), Some(&registration.possession), acts_from)
    }

    /// Attaches the proof of a registration to the entry added for it. The entry acts from `acts_from`: the time
    /// without a proof does not count as registered. Returns the entry's number.
    ///
    /// # Errors
    /// [`RegistryError::Unknown`], [`RegistryError::Proven`], [`RegistryError::Differs`], and those of the proof.
    pub fn attach(&mut self, registration: &Registration, acts_from: u32) -> Result<i64, RegistryError> {
        self.verify(registration)?;
        let failing = self.database.failing();
        let new = registration.entry();
        self.database.write(|transaction| {
            let member = members::current(transaction, &new.public_key)
                .map_err(&failing)?
                .ok_or(RegistryError::Unknown)?;
            let id = member.id;
            if member.possession.is_some() {
                return Err(RegistryError::Proven { id });
            }
            let entry = &member.entry;
            for (field, equal) in [
                ("role", entry.role == new.role),
                ("owner", entry.owner == new.owner),
                ("endpoint", entry.endpoint == new.endpoint),
            ] {
                if !equal {
                    return Err(RegistryError::Differs { id, field });
                }
            }
            let from = acts_from.max(member.active_from);
            members::attach(transaction, id, &registration.possession, from).map_err(&failing)?;
            Ok(id)
        })
    }

    /// Ends a key's entry, and a device's sectors with it: it acts no longer from the epoch given on. An entry without
    /// proof is deleted. Returns the entry as it was.
    ///
    /// # Errors
    /// [`RegistryError::Unknown`].
    pub fn remove(&mut self, public_key: &PublicKey, acts_from: u32) -> Result<Member, RegistryError> {
        let failing = self.database.failing();
        self.database.write(|transaction| {
            let member =
                members::current(transaction, public_key).map_err(&failing)?.ok_or(RegistryError::Unknown)?;
            match member.possession {
                Some(_) => {
                    let until = acts_from.max(member.active_from);
                    members::end(transaction, member.id, until)
                        .and_then(|()| sectors::end_with_device(transaction, member.id, until))
                }
                None => members::delete(transaction, member.id),
            }
            .map_err(&failing)?;
            Ok(member)
        })
    }

    /// Changes where a member listens. Addresses enter no proof and act at once.
    ///
    /// # Errors
    /// [`RegistryError::Unknown`], [`RegistryError::TooManyAddresses`], [`RegistryError::Address`].
    pub fn set_addresses(
        &mut self,
        public_key: &PublicKey,
        addresses: &[SocketAddr],
    ) -> Result<(), RegistryError> {
        check_addresses(addresses)?;
        let failing = self.database.failing();
        self.database.write(|transaction| {
            let member =
                members::current(transaction, public_key).map_err(&failing)?.ok_or(RegistryError::Unknown)?;
            members::set_addresses(transaction, member.id, addresses).map_err(&failing)?;
            Ok(())
        })
    }

    /// Every entry, also removed and unproven ones, in the order of registration. In memory: for lists people read.
    ///
    /// # Errors
    /// [`DatabaseError`].
    pub fn list(&self) -> Result<Vec<Member>, DatabaseError> {
        self.all()
    }

    /// Calls `visit` with every member of a role that acts in an epoch, in the order of registration, one row at a
    /// time.
    ///
    /// # Errors
    /// [`DatabaseError`]; the first error of `visit`.
    pub fn each_active<E: From<DatabaseError>>(
        &self,
        role: Role,
        epoch: u32,
        visit: impl FnMut(Member) -> Result<(), E>,
    ) -> Result<(), E> {
        self.each_counting::<Member, E>((epoch, role.name()), visit)
    }

    /// How many members act in an epoch, and how many entries wait for a proof.
    ///
    /// # Errors
    /// [`DatabaseError`].
    pub fn tally(&self, epoch: u32) -> Result<Tally, DatabaseError> {
        members::tally(self.database.connection(), epoch).map_err(|error| self.database.fail(error))
    }

    /// Runs `read` on one unchanging view of the registry, also while others write to it.
    ///
    /// # Errors
    /// Those of `read`; [`DatabaseError`].
    pub fn view<T, E: From<DatabaseError>>(&self, read: impl FnOnce(&Self) -> Result<T, E>) -> Result<T, E> {
        let transaction =
            self.database.connection().unchecked_transaction().map_err(|error| self.database.fail(error))?;
        let value = read(self)?;
        transaction.finish().map_err(|error| self.database.fail(error))?;
        Ok(value)
    }

    /// An error for rows that contradict each other.
    pub(crate) fn damaged(&self, detail: &str) -> DatabaseError {
        self.database.corrupt(detail)
    }

    fn verify(&self, registration: &Registration) -> Result<(), RegistryError> {
        if popw_core::identity::domain(&registration.domain_id).ok() != Some(self.domain) {
            return Err(RegistryError::OtherNetwork { found: registration.domain_id.clone() });
        }
        let role = signed_role(registration.role).ok_or(RegistryError::Role(registration.role))?;
        let message = message::possession(self.domain, role, registration.owner);
        popw_core::eddsa::verify(&registration.public_key, message, &registration.possession)
            .map_err(RegistryError::Possession)
    }

    fn insert(
        &mut self,
        entry: &NewMember,
        possession: Option<&Signature>,
        acts_from: u32,
    ) -> Result<i64, RegistryError> {
        if entry.role == Role::Client {
            return Err(RegistryError::Role(entry.role));
        }
        if entry.owner == Fr::from(0u64) {
            return Err(RegistryError::ZeroOwner);
        }
        check_addresses(&entry.addresses)?;
        let failing = self.database.failing();
        self.database.write(|transaction| {
            if let Some((id, role)) =
                members::key_holder(transaction, &entry.public_key, acts_from).map_err(&failing)?
            {
                return Err(RegistryError::KeyTaken { id, role });
            }
            if let Some(id) =
                members::endpoint_holder(transaction, &entry.endpoint, acts_from).map_err(&failing)?
            {
                return Err(RegistryError::EndpointTaken { id });
            }
            Ok(members::insert(transaction, entry, possession, acts_from).map_err(&failing)?)
        })
    }
}

fn check_addresses(addresses: &[SocketAddr]) -> Result<(), RegistryError> {
    if addresses.len() > MAX_ADDRESSES {
        return Err(RegistryError::TooManyAddresses(addresses.len()));
    }
    addresses.iter().try_for_each(check_address)?;
    Ok(())
}

/// The role as a possession proof names it; clients have none.
fn signed_role(role: Role) -> Option<message::Role> {
    match role {
        Role::Device => Some(message::Role::Device),
        Role::Witness => Some(message::Role::Witness),
        Role::Client => None,
    }
}
