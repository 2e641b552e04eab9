//! The device's database: the tables of its duties in one file.

use std::path::Path;

use popw_core::Fr;
use popw_core::eddsa::PublicKey;

use crate::duties::{fetch, rate, uptime};
use crate::keys;
use crate::skew::Opinion;
use crate::store::device::{APPLICATION_ID, DeviceStore, Reader};
use crate::store::{Database, Kind, StoreError, clock};

const KIND: Kind = Kind {
    name: "device",
    application_id: APPLICATION_ID,
    migrations: &[
        &[uptime::store::device::SCHEMA],
        &[fetch::store::device::SCHEMA, rate::store::device::SCHEMA],
        &[clock::SCHEMA],
    ],
};

impl DeviceStore {
    /// Opens or creates the database of the device with this identity (its leaf).
    ///
    /// # Errors
    /// [`StoreError`], among others when the file belongs to another key.
    pub fn open(path: &Path, identity: &[u8]) -> Result<Self, StoreError> {
        Ok(Self { database: Database::open(path, KIND, identity)? })
    }

    /// Opens an existing database to read it, with or without a daemon running on it.
    ///
    /// # Errors
    /// [`StoreError::Missing`] when there is none, else as [`DeviceStore::open`].
    pub fn read(path: &Path, identity: &[u8]) -> Result<Reader, StoreError> {
        Ok(Reader { connection: Database::open_to_read(path, KIND, identity)? })
    }
}

impl Opinion {
    /// The last one in a device's database; `None` when its daemon never measured any.
    ///
    /// # Errors
    /// [`StoreError`], as of [`DeviceStore::read`].
    pub fn read(database: &Path, key: &PublicKey, owner: Fr) -> Result<Option<Self>, StoreError> {
        DeviceStore::read(database, &keys::identity(key, owner))?.opinion()
    }
}
