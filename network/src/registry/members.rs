//! The registry's table of members.

use std::net::SocketAddr;

use popw_core::eddsa::{PublicKey, Signature};
use popw_core::{Fr, field};
use rusqlite::types::Type;
use rusqlite::{Connection, OptionalExtension, Row, params};

use super::table::{ACTS, Table, coordinates, key_at, unreadable};
use super::{Member, NewMember, RegistryError};
use crate::database::field_at;
use crate::member::{EndpointId, Role};

impl Table for Member {
    const SELECT: &'static str = "SELECT id, role, key_x, key_y, owner, endpoint, addresses, possession,
         active_from, active_until FROM member";
    const NUMBER: &'static str = "id";
    // Devices and witnesses are listed apart: the role is a parameter of its own.
    const COUNTS: &'static str = "role = ?2";

    fn read(row: &Row<'_>) -> rusqlite::Result<Self> {
        let addresses: String = row.get(6)?;
        let possession: Option<String> = row.get(7)?;
        Ok(Self {
            id: row.get(0)?,
            entry: NewMember {
                role: role_at(row, 1)?,
                public_key: key_at(row, 2)?,
                owner: field_at(row, 4)?,
                endpoint: EndpointId(row.get(5)?),
                addresses: parse(6, &addresses)?,
            },
            possession: possession.map(|text| parse(7, &text)).transpose()?,
            active_from: row.get(8)?,
            active_until: row.get(9)?,
        })
    }
}

/// How many members there are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Devices acting in the epoch.
    pub devices: u64,
    /// Witnesses acting in the epoch.
    pub witnesses: u64,
    /// Different owners among those witnesses.
    pub witness_owners: u64,
    /// Entries that wait for a proof of possession.
    pub unproven: u64,
}

pub(super) fn insert(
    connection: &Connection,
    entry: &NewMember,
    possession: Option<&Signature>,
    active_from: u32,
) -> rusqlite::Result<i64> {
    let (x, y) = coordinates(&entry.public_key);
    connection.execute(
        "INSERT INTO member (role, key_x, key_y, owner, endpoint, addresses, possession, active_from)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
        params![
            entry.role.name(),
            x,
            y,
            field::to_be_bytes(&entry.owner),
            entry.endpoint.0,
            json(&entry.addresses)?,
            possession.map(json).transpose()?,
            active_from
        ],
    )?;
    Ok(connection.last_insert_rowid())
}

/// The entry of a key that was not removed.
pub(super) fn current(connection: &Connection, key: &PublicKey) -> rusqlite::Result<Option<Member>> {
    let (x, y) = coordinates(key);
    let query = format!("{} WHERE key_x = ?1 AND key_y = ?2 AND active_until IS NULL", Member::SELECT);
    connection.query_row(&query, (x, y), Member::read).optional()
}

/// A device as sectors and allotments need it.
pub(super) struct Device {
    pub id: i64,
    pub owner: Fr,
    pub active_from: u32,
}

/// What a key is registered as.
pub(super) struct Named(Option<Member>);

impl Named {
    /// A device that has proven its key.
    pub(super) fn known(self) -> Result<Device, RegistryError> {
        let Member { id, entry, possession, active_from, .. } = self.0.ok_or(RegistryError::NoDevice)?;
        if entry.role != Role::Device {
            return Err(RegistryError::NotADevice { entry: id, role: entry.role });
        }
        match possession {
            Some(_) => Ok(Device { id, owner: entry.owner, active_from }),
            None => Err(RegistryError::Unproven { entry: id }),
        }
    }
}

/// The entry of a device that was not removed.
pub(super) fn device(connection: &Connection, key: &PublicKey) -> rusqlite::Result<Named> {
    current(connection, key).map(Named)
}

/// The device with this key that acts in an epoch.
pub(super) fn device_in(
    connection: &Connection,
    key: &PublicKey,
    epoch: u32,
) -> rusqlite::Result<Option<Device>> {
    let (x, y) = coordinates(key);
    connection
        .query_row(
            &format!(
                "SELECT id, owner, active_from FROM member
                 WHERE {ACTS} AND {} AND key_x = ?3 AND key_y = ?4",
                Member::COUNTS
            ),
            (epoch, Role::Device.name(), x, y),
            |row| Ok(Device { id: row.get(0)?, owner: field_at(row, 1)?, active_from: row.get(2)? }),
        )
        .optional()
}

/// An entry of this key that still acts in or after `epoch`.
pub(super) fn key_holder(
    connection: &Connection,
    key: &PublicKey,
    epoch: u32,
) -> rusqlite::Result<Option<(i64, Role)>> {
    let (x, y) = coordinates(key);
    connection
        .query_row(
            "SELECT id, role FROM member
             WHERE key_x = ?1 AND key_y = ?2 AND (active_until IS NULL OR active_until > ?3)",
            (x, y, epoch),
            |row| Ok((row.get(0)?, role_at(row, 1)?)),
        )
        .optional()
}

/// An entry with this endpoint that still acts in or after `epoch`.
pub(super) fn endpoint_holder(
    connection: &Connection,
    endpoint: &EndpointId,
    epoch: u32,
) -> rusqlite::Result<Option<i64>> {
    connection
        .query_row(
            "SELECT id FROM member WHERE endpoint = ?1 AND (active_until IS NULL OR active_until > ?2)",
            (endpoint.0, epoch),
            |row| row.get(0),
        )
        .optional()
}

pub(super) fn attach(
    connection: &Connection,
    id: i64,
    possession: &Signature,
    active_from: u32,
) -> rusqlite::Result<()> {
    connection
        .execute(
            "UPDATE member SET possession = ?2, active_from = ?3 WHERE id = ?1",
            params![id, json(possession)?, active_from],
        )
        .map(|_| ())
}

pub(super) fn end(connection: &Connection, id: i64, active_until: u32) -> rusqlite::Result<()> {
    connection.execute("UPDATE member SET active_until = ?2 WHERE id = ?1", (id, active_until)).map(|_| ())
}

pub(super) fn delete(connection: &Connection, id: i64) -> rusqlite::Result<()> {
    connection.execute("DELETE FROM member WHERE id = ?1", [id]).map(|_| ())
}

pub(super) fn set_addresses(
    connection: &Connection,
    id: i64,
    addresses: &[SocketAddr],
) -> rusqlite::Result<()> {
    connection
        .execute("UPDATE member SET addresses = ?2 WHERE id = ?1", params![id, json(addresses)?])
        .map(|_| ())
}

pub(super) fn tally(connection: &Connection, epoch: u32) -> rusqlite::Result<Tally> {
    let count = |what: &str, role: Role| {
        connection.query_row(
            &format!("SELECT count({what}) FROM member WHERE {ACTS} AND {}", Member::COUNTS),
            (epoch, role.name()),
            |row| row.get::<_, i64>(0).map(i64::unsigned_abs),
        )
    };
    Ok(Tally {
        devices: count("*", Role::Device)?,
        witnesses: count("*", Role::Witness)?,
        witness_owners: count("DISTINCT owner", Role::Witness)?,
        unproven: connection.query_row(
            "SELECT count(*) FROM member WHERE possession IS NULL",
            [],
            |row| row.get::<_, i64>(0).map(i64::unsigned_abs),
        )?,
    })
}

fn role_at(row: &Row<'_>, column: usize) -> rusqlite::Result<Role> {
    let text: String = row.get(column)?;
    text.parse().map_err(|_| unreadable(column, Type::Text, "no role"))
}

fn json<T: serde::Serialize + ?Sized>(value: &T) -> rusqlite::Result<String> {
    serde_json::to_string(value).map_err(|error| rusqlite::Error::ToSqlConversionFailure(error.into()))
}

fn parse<T: serde::de::DeserializeOwned>(column: usize, text: &str) -> rusqlite::Result<T> {
    popw_core::document::read(text.as_bytes())
        .map_err(|error| unreadable(column, Type::Text, &error.to_string()))
}
