//! What a device's witnesses said of its clock the last time that it was news: for those who look into the database.

use rusqlite::{OptionalExtension, Transaction, params};

use super::StoreError;
use super::device::{DeviceStore, Reader};
use crate::skew::Opinion;

pub(crate) const SCHEMA: &str = "
    CREATE TABLE clock (
        one INTEGER PRIMARY KEY CHECK (one = 1),
        skew_ms INTEGER NOT NULL,
        witnesses INTEGER NOT NULL,
        unix_ms INTEGER NOT NULL
    ) STRICT;
";

impl DeviceStore {
    /// Keeps an opinion in place of the one before.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn keep_opinion(&self, opinion: Opinion) -> Result<(), StoreError> {
        let work = move |transaction: &Transaction<'_>| {
            transaction.execute(
                "INSERT OR REPLACE INTO clock VALUES (1, ?1, ?2, ?3)",
                params![opinion.skew_ms, opinion.witnesses, opinion.unix_ms.cast_signed()],
            )?;
            Ok(())
        };
        self.database.transaction(work).await
    }
}

impl Reader {
    /// The opinion kept; `None` also in a database that an older program wrote.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn opinion(&self) -> Result<Option<Opinion>, StoreError> {
        if !self.has("clock")? {
            return Ok(None);
        }
        let opinion = self.connection.query_row("SELECT skew_ms, witnesses, unix_ms FROM clock", [], |row| {
            Ok(Opinion {
                skew_ms: row.get(0)?,
                witnesses: row.get(1)?,
                unix_ms: row.get::<_, i64>(2)?.cast_unsigned(),
            })
        });
        Ok(opinion.optional()?)
    }
}
