//! The witness's database: the tables of its duties in one file.

use std::path::Path;

use crate::duties::{rate, uptime};
use crate::store::witness::{APPLICATION_ID, WitnessStore};
use crate::store::{Database, Kind, StoreError};

const KIND: Kind = Kind {
    name: "witness",
    application_id: APPLICATION_ID,
    migrations: &[&[uptime::store::witness::SCHEMA], &[rate::store::witness::SCHEMA]],
};

impl WitnessStore {
    /// Opens or creates the database of the witness with this identity (public key and owner).
    ///
    /// # Errors
    /// [`StoreError`], among others when the file belongs to another key.
    pub fn open(path: &Path, identity: &[u8]) -> Result<Self, StoreError> {
        Ok(Self { database: Database::open(path, KIND, identity)? })
    }
}
