//! Who is a member of the network: devices and witnesses, from which epoch to which.
//!
//! An entry counts once a proof of possession is attached: a signature by its key over domain, role and owner
//! ([`popw_core::message::possession`]), made offline from the key file. A registration or removal acts from the
//! epoch the caller gives ([`Policy::acts_from`](crate::policy::Policy::acts_from)); entries are kept after removal,
//! so a past epoch can be rebuilt. One key has at most one active entry, whatever its role.

use std::net::SocketAddr;
use std::path::Path;

use popw_core::Fr;
use popw_core::eddsa::{PublicKey, Signature, SignatureError};
use popw_core::message;

use crate::database::{Create, Database, DatabaseError, Kind};
use crate::member::{EndpointId, Role};

mod registration;
mod rows;

pub use registration::{Registration, RegistrationError, RegistrationFormat};
pub use rows::Tally;

/// SQLite's `application_id` of this database: "POPR".
pub const APPLICATION_ID: i32 = 0x504f_5052;

const KIND: Kind = Kind {
    what: "registry",
    application_id: APPLICATION_ID,
    migrations: &["CREATE TABLE member (
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
        CREATE INDEX member_by_key ON member (key_x, key_y);"],
};

/// Most addresses of one entry.
pub const MAX_ADDRESSES: usize = 16;

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
    /// [`RegistryError`] when the role, key, endpoint or addresses cannot be taken.
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
            let member = rows::current(transaction, &new.public_key)
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
            rows::attach(transaction, id, &registration.possession, from).map_err(&failing)?;
            Ok(id)
        })
    }

    /// Ends a key's entry: it acts no longer from the epoch given on. An entry without proof is deleted. Returns the
    /// entry as it was.
    ///
    /// # Errors
    /// [`RegistryError::Unknown`].
    pub fn remove(&mut self, public_key: &PublicKey, acts_from: u32) -> Result<Member, RegistryError> {
        let failing = self.database.failing();
        self.database.write(|transaction| {
            let member =
                rows::current(transaction, public_key).map_err(&failing)?.ok_or(RegistryError::Unknown)?;
            match member.possession {
                Some(_) => rows::end(transaction, member.id, acts_from.max(member.active_from)),
                None => rows::delete(transaction, member.id),
            }
            .map_err(&failing)?;
            Ok(member)
        })
    }

    /// Changes where a member listens. Addresses enter no proof and act at once.
    ///
    /// # Errors
    /// [`RegistryError::Unknown`], [`RegistryError::TooManyAddresses`].
    pub fn set_addresses(
        &mut self,
        public_key: &PublicKey,
        addresses: &[SocketAddr],
    ) -> Result<(), RegistryError> {
        check_addresses(addresses)?;
        let failing = self.database.failing();
        self.database.write(|transaction| {
            let member =
                rows::current(transaction, public_key).map_err(&failing)?.ok_or(RegistryError::Unknown)?;
            rows::set_addresses(transaction, member.id, addresses).map_err(&failing)?;
            Ok(())
        })
    }

    /// Every entry, also removed and unproven ones, in the order of registration. In memory: for lists people read.
    ///
    /// # Errors
    /// [`DatabaseError`].
    pub fn list(&self) -> Result<Vec<Member>, DatabaseError> {
        let mut members = Vec::new();
        rows::each(self.database.connection(), "TRUE", [], |member| {
            members.push(member);
            Ok(())
        })
        .map_err(|error| self.database.fail(error))?;
        Ok(members)
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
        mut visit: impl FnMut(Member) -> Result<(), E>,
    ) -> Result<(), E> {
        let mut refused = None;
        rows::each(self.database.connection(), rows::ACTIVE, (role.name(), epoch), |member| {
            visit(member).map_err(|error| {
                refused = Some(error);
                rusqlite::Error::QueryReturnedNoRows
            })
        })
        .map_err(|error| refused.take().unwrap_or_else(|| self.database.fail(error).into()))
    }

    /// How many members act in an epoch, and how many entries wait for a proof.
    ///
    /// # Errors
    /// [`DatabaseError`].
    pub fn tally(&self, epoch: u32) -> Result<Tally, DatabaseError> {
        rows::tally(self.database.connection(), epoch).map_err(|error| self.database.fail(error))
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
        check_addresses(&entry.addresses)?;
        let failing = self.database.failing();
        self.database.write(|transaction| {
            if let Some((id, role)) =
                rows::key_holder(transaction, &entry.public_key, acts_from).map_err(&failing)?
            {
                return Err(RegistryError::KeyTaken { id, role });
            }
            if let Some(id) =
                rows::endpoint_holder(transaction, &entry.endpoint, acts_from).map_err(&failing)?
            {
                return Err(RegistryError::EndpointTaken { id });
            }
            Ok(rows::insert(transaction, entry, possession, acts_from).map_err(&failing)?)
        })
    }
}

fn check_addresses(addresses: &[SocketAddr]) -> Result<(), RegistryError> {
    if addresses.len() > MAX_ADDRESSES {
        return Err(RegistryError::TooManyAddresses(addresses.len()));
    }
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
