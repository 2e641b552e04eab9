//! A witness's database. What it keeps there of a duty, the duty adds: that of uptime is in
//! [`crate::duties::uptime::store::witness`].

use super::Database;

/// SQLite's `application_id` of this database: "popw".
pub const APPLICATION_ID: i32 = 0x706f_7077;

/// A witness's database.
#[derive(Clone, Debug)]
pub struct WitnessStore {
    pub(crate) database: Database,
}
