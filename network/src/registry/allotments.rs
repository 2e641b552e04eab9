//! Allotments: bytes that a client has paid for, in advance and for good, from one device in one epoch.
//!
//! They are never removed. One whose device does not act in its epoch after all is in no tree.

use popw_core::eddsa::PublicKey;
use popw_core::{Fr, field};
use rusqlite::{Connection, OptionalExtension, Row, params};

use super::members;
use super::table::{Table, coordinates, key_at, u64_at};
use super::{Registry, RegistryError};
use crate::database::{DatabaseError, field_at};
use crate::member::EndpointId;

/// An allotment to be registered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewAllotment {
    /// The client's key, which signs the receipts.
    pub client: PublicKey,
    /// The client's key on the transport.
    pub endpoint: EndpointId,
    /// The client's owner's account.
    pub owner: Fr,
    /// The key of the device that serves.
    pub device: PublicKey,
    /// The epoch.
    pub epoch: u32,
    /// Bytes paid for.
    pub cap: u64,
    /// Makes the leaf's device unguessable; random.
    pub salt: Fr,
}

/// A registered allotment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AllotmentEntry {
    /// Its number.
    pub seq: u64,
    /// What was registered.
    pub entry: NewAllotment,
    /// The entry of its device.
    pub device_entry: i64,
    /// The device's owner.
    pub device_owner: Fr,
}

impl Table for AllotmentEntry {
    const SELECT: &'static str =
        "SELECT seq, client_x, client_y, allotment.endpoint, allotment.owner, device, member.key_x,
         member.key_y, member.owner, epoch, cap, salt FROM allotment JOIN member ON member.id = allotment.device";
    const NUMBER: &'static str = "seq";
    const COUNTS: &'static str = "epoch = ?1";

    fn read(row: &Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self {
            seq: u64_at(row, 0)?,
            entry: NewAllotment {
                client: key_at(row, 1)?,
                endpoint: EndpointId(row.get(3)?),
                owner: field_at(row, 4)?,
                device: key_at(row, 6)?,
                epoch: row.get(9)?,
                cap: u64::from_be_bytes(row.get(10)?),
                salt: field_at(row, 11)?,
            },
            device_entry: row.get(5)?,
            device_owner: field_at(row, 8)?,
        })
    }
}

impl Registry {
    /// Adds an allotment for an epoch whose snapshot is still to come: `open_from` or later
    /// ([`Policy::allotments_from`](crate::policy::Policy::allotments_from)). Returns its number.
    ///
    /// # Errors
    /// [`RegistryError::EpochFixed`], [`RegistryError::NoBytes`], [`RegistryError::ZeroOwner`]; [`RegistryError::NoDevice`],
    /// [`RegistryError::NotADevice`], [`RegistryError::Unproven`], [`RegistryError::NotActing`];
    /// [`RegistryError::SameOwner`], [`RegistryError::SameKey`], [`RegistryError::AllotmentTaken`];
    /// [`RegistryError::Database`].
    pub fn add_allotment(&mut self, new: &NewAllotment, open_from: u32) -> Result<u64, RegistryError> {
        let epoch = new.epoch;
        if epoch < open_from {
            return Err(RegistryError::EpochFixed { epoch, open_from });
        }
        if new.cap == 0 {
            return Err(RegistryError::NoBytes);
        }
        if new.owner == Fr::from(0u64) {
            return Err(RegistryError::ZeroOwner);
        }
        let failing = self.database.failing();
        self.database.write(|transaction| {
            let device = match members::device_in(transaction, &new.device, epoch).map_err(&failing)? {
                Some(device) => device,
                None => {
                    let device = members::device(transaction, &new.device).map_err(&failing)?.known()?;
                    return Err(RegistryError::NotActing { entry: device.id, epoch });
                }
            };
            if new.client == new.device {
                return Err(RegistryError::SameKey);
            }
            if new.owner == device.owner {
                return Err(RegistryError::SameOwner { entry: device.id });
            }
            if let Some(seq) = holder(transaction, new, device.id).map_err(&failing)? {
                return Err(RegistryError::AllotmentTaken { seq, epoch });
            }
            Ok(insert(transaction, device.id, new).map_err(&failing)?)
        })
    }

    /// The allotment with a number.
    ///
    /// # Errors
    /// [`DatabaseError`].
    pub fn allotment(&self, seq: u64) -> Result<Option<AllotmentEntry>, DatabaseError> {
        self.numbered(seq)
    }

    /// Every allotment, in order of their numbers. In memory: for lists people read.
    ///
    /// # Errors
    /// [`DatabaseError`].
    pub fn list_allotments(&self) -> Result<Vec<AllotmentEntry>, DatabaseError> {
        self.all()
    }

    /// Calls `visit` with every allotment of an epoch, in order of their numbers, one row at a time.
    ///
    /// # Errors
    /// [`DatabaseError`]; the first error of `visit`.
    pub fn each_active_allotment<E: From<DatabaseError>>(
        &self,
        epoch: u32,
        visit: impl FnMut(AllotmentEntry) -> Result<(), E>,
    ) -> Result<(), E> {
        self.each_counting::<AllotmentEntry, E>([epoch], visit)
    }
}

fn insert(connection: &Connection, device: i64, new: &NewAllotment) -> rusqlite::Result<u64> {
    let (x, y) = coordinates(&new.client);
    connection.execute(
        "INSERT INTO allotment (client_x, client_y, endpoint, owner, device, epoch, cap, salt)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
        params![
            x,
            y,
            new.endpoint.0,
            field::to_be_bytes(&new.owner),
            device,
            new.epoch,
            new.cap.to_be_bytes(),
            field::to_be_bytes(&new.salt)
        ],
    )?;
    Ok(connection.last_insert_rowid().unsigned_abs())
}

fn holder(connection: &Connection, new: &NewAllotment, device: i64) -> rusqlite::Result<Option<u64>> {
    let (x, y) = coordinates(&new.client);
    connection
        .query_row(
            "SELECT seq FROM allotment WHERE client_x = ?1 AND client_y = ?2 AND device = ?3 AND epoch = ?4",
            params![x, y, device, new.epoch],
            |row| u64_at(row, 0),
        )
        .optional()
}
