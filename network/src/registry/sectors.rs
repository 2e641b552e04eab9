//! Sectors: data that a device has undertaken to keep, from which epoch to which.
//!
//! A sector belongs to one entry of a device: it ends with that entry, and a device registered anew brings its sectors
//! again. Its number (`seq`) is never given twice, whatever is removed.

use popw_core::eddsa::PublicKey;
use popw_core::possession::{height, node_count};
use popw_core::{Fr, field};
use rusqlite::{Connection, OptionalExtension, Row, params};

use super::members;
use super::table::{Table, find, key_at, u64_at};
use super::{MAX_SECTOR_BYTES, Registry, RegistryError};
use crate::database::{DatabaseError, field_at};

/// A sector to be registered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewSector {
    /// The key of the device that keeps it.
    pub device: PublicKey,
    /// Root of its tree.
    pub comm_r: Fr,
    /// BLAKE3 hash of its data: what people know it by. No proof knows it.
    pub blake3: [u8; 32],
    /// Length of its data: at least 1, at most [`MAX_SECTOR_BYTES`].
    pub bytes: u64,
    /// First epoch in which it earns nothing any more.
    pub expiry: u32,
}

/// A registered sector.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SectorEntry {
    /// Its number.
    pub seq: u64,
    /// What was registered.
    pub entry: NewSector,
    /// The entry of its device.
    pub device_entry: i64,
    /// The device's owner.
    pub device_owner: Fr,
    /// The first epoch in which it earns.
    pub active_from: u32,
    /// The first epoch in which it no longer earns, if that was fixed before its expiry.
    pub active_until: Option<u32>,
}

impl NewSector {
    /// Height of its tree.
    pub fn height(&self) -> u8 {
        height(node_count(self.bytes))
    }
}

impl SectorEntry {
    /// The first epoch in which it no longer earns.
    pub fn ends(&self) -> u32 {
        self.active_until.map_or(self.entry.expiry, |until| until.min(self.entry.expiry))
    }

    /// Whether it earns in an epoch, as far as its own entry says: its device has to act too.
    pub fn acts_in(&self, epoch: u32) -> bool {
        self.active_from <= epoch && epoch < self.ends()
    }
}

impl Table for SectorEntry {
    const SELECT: &'static str =
        "SELECT seq, device, key_x, key_y, owner, comm_r, blake3, bytes, expiry, sector.active_from,
         sector.active_until FROM sector JOIN member ON member.id = sector.device";
    const NUMBER: &'static str = "seq";
    const COUNTS: &'static str = "sector.active_from <= ?1
         AND (sector.active_until IS NULL OR sector.active_until > ?1) AND expiry > ?1";

    fn read(row: &Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self {
            seq: u64_at(row, 0)?,
            device_entry: row.get(1)?,
            device_owner: field_at(row, 4)?,
            entry: NewSector {
                device: key_at(row, 2)?,
                comm_r: field_at(row, 5)?,
                blake3: row.get(6)?,
                bytes: u64_at(row, 7)?,
                expiry: row.get(8)?,
            },
            active_from: row.get(9)?,
            active_until: row.get(10)?,
        })
    }
}

impl Registry {
    /// Adds a sector of a registered device. It earns from `acts_from`
    /// ([`Policy::acts_from`](crate::policy::Policy::acts_from)), not before its device acts. Returns its number.
    ///
    /// # Errors
    /// [`RegistryError::NoDevice`], [`RegistryError::NotADevice`], [`RegistryError::Unproven`];
    /// [`RegistryError::SectorEmpty`], [`RegistryError::SectorTooLarge`], [`RegistryError::SectorExpires`],
    /// [`RegistryError::SectorTaken`]; [`RegistryError::Database`].
    pub fn add_sector(&mut self, sector: &NewSector, acts_from: u32) -> Result<u64, RegistryError> {
        let NewSector { device, comm_r, bytes, expiry, .. } = sector;
        if *bytes == 0 {
            return Err(RegistryError::SectorEmpty);
        }
        if *bytes > MAX_SECTOR_BYTES {
            return Err(RegistryError::SectorTooLarge { bytes: *bytes });
        }
        let failing = self.database.failing();
        self.database.write(|transaction| {
            let device = members::device(transaction, device).map_err(&failing)?.known()?;
            let from = acts_from.max(device.active_from);
            if *expiry <= from {
                return Err(RegistryError::SectorExpires { expiry: *expiry, from });
            }
            if let Some(seq) = holder(transaction, device.id, comm_r, from).map_err(&failing)? {
                return Err(RegistryError::SectorTaken { seq, entry: device.id });
            }
            // The index that keeps a sector unique knows of no expiry.
            end_expired(transaction, device.id, comm_r).map_err(&failing)?;
            Ok(insert(transaction, device.id, sector, from).map_err(&failing)?)
        })
    }

    /// Ends a sector: it earns no longer from the epoch given on. Returns the sector as it was.
    ///
    /// # Errors
    /// [`RegistryError::NoSector`], [`RegistryError::SectorEnded`]; [`RegistryError::Database`].
    pub fn remove_sector(&mut self, seq: u64, acts_from: u32) -> Result<SectorEntry, RegistryError> {
        let failing = self.database.failing();
        self.database.write(|transaction| {
            let sector: SectorEntry =
                find(transaction, seq).map_err(&failing)?.ok_or(RegistryError::NoSector { seq })?;
            let until = acts_from.max(sector.active_from);
            if sector.ends() <= until {
                return Err(RegistryError::SectorEnded { seq, ends: sector.ends() });
            }
            transaction
                .execute("UPDATE sector SET active_until = ?2 WHERE seq = ?1", params![sql(seq), until])
                .map_err(&failing)?;
            Ok(sector)
        })
    }

    /// The sector with a number.
    ///
    /// # Errors
    /// [`DatabaseError`].
    pub fn sector(&self, seq: u64) -> Result<Option<SectorEntry>, DatabaseError> {
        self.numbered(seq)
    }

    /// Every sector, also removed and expired ones, in order of their numbers. In memory: for lists people read.
    ///
    /// # Errors
    /// [`DatabaseError`].
    pub fn list_sectors(&self) -> Result<Vec<SectorEntry>, DatabaseError> {
        self.all()
    }

    /// Calls `visit` with every sector that earns in an epoch, in order of their numbers, one row at a time.
    ///
    /// # Errors
    /// [`DatabaseError`]; the first error of `visit`.
    pub fn each_active_sector<E: From<DatabaseError>>(
        &self,
        epoch: u32,
        visit: impl FnMut(SectorEntry) -> Result<(), E>,
    ) -> Result<(), E> {
        self.each_counting::<SectorEntry, E>([epoch], visit)
    }
}

/// Ends the sectors of a device's entry along with it.
pub(super) fn end_with_device(connection: &Connection, device: i64, until: u32) -> rusqlite::Result<()> {
    connection
        .execute(
            "UPDATE sector SET active_until = max(active_from, ?2) WHERE device = ?1 AND active_until IS NULL",
            (device, until),
        )
        .map(|_| ())
}

fn insert(
    connection: &Connection,
    device: i64,
    sector: &NewSector,
    active_from: u32,
) -> rusqlite::Result<u64> {
    connection.execute(
        "INSERT INTO sector (device, comm_r, blake3, bytes, expiry, active_from) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        params![
            device,
            field::to_be_bytes(&sector.comm_r),
            sector.blake3,
            sql(sector.bytes),
            sector.expiry,
            active_from
        ],
    )?;
    Ok(connection.last_insert_rowid().unsigned_abs())
}

/// The sector with this root that the device still keeps in or after `epoch`.
fn holder(connection: &Connection, device: i64, comm_r: &Fr, epoch: u32) -> rusqlite::Result<Option<u64>> {
    connection
        .query_row(
            "SELECT seq FROM sector WHERE device = ?1 AND comm_r = ?2 AND expiry > ?3
             AND (active_until IS NULL OR active_until > ?3)",
            params![device, field::to_be_bytes(comm_r), epoch],
            |row| u64_at(row, 0),
        )
        .optional()
}

fn end_expired(connection: &Connection, device: i64, comm_r: &Fr) -> rusqlite::Result<()> {
    connection
        .execute(
            "UPDATE sector SET active_until = expiry WHERE device = ?1 AND comm_r = ?2 AND active_until IS NULL",
            params![device, field::to_be_bytes(comm_r)],
        )
        .map(|_| ())
}

/// SQLite's integers are signed: a number too large for them is no row's.
fn sql(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}
