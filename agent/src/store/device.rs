//! A device's database. What it keeps there of a duty, the duty adds: that of uptime is in
//! [`crate::duties::uptime::store::device`].

use rusqlite::Connection;

use super::{Database, EpochKey, StoreError};

/// SQLite's `application_id` of this database: "popd".
pub const APPLICATION_ID: i32 = 0x706f_7064;

/// A device's database.
#[derive(Clone, Debug)]
pub struct DeviceStore {
    pub(crate) database: Database,
}

/// A device's database, read by an export.
#[derive(Debug)]
pub struct Reader {
    pub(crate) connection: Connection,
}

impl Reader {
    /// The row of an epoch, if there is one, to look it up in a table; none while the table is not there.
    pub(crate) fn find_epoch(&self, epoch: &EpochKey, table: &str) -> Result<Option<i64>, StoreError> {
        if self.has(table)? { super::find_epoch(&self.connection, epoch) } else { Ok(None) }
    }

    /// Is there such a table? Not in a database that an earlier version wrote and no daemon has migrated since.
    pub(crate) fn has(&self, table: &str) -> Result<bool, StoreError> {
        let query = "SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name = ?1";
        Ok(self.connection.query_row(query, [table], |row| row.get::<_, u32>(0))? > 0)
    }
}
