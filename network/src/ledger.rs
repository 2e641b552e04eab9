//! Which nullifiers were spent: a network's own record where no contract keeps one.
//!
//! A nullifier is recorded once and for good. [`Ledger::record`] looks and writes in one transaction, so of two
//! processes that record the same nullifier one is refused. The nullifiers are the table's key itself
//! (`WITHOUT ROWID`): there is no index that could disagree with it.

use std::path::Path;

use popw_core::{Fr, field};
use rusqlite::{OptionalExtension, Row, params};

use crate::database::{Create, Database, DatabaseError, Kind};

/// SQLite's `application_id` of this database: "POPL".
pub const APPLICATION_ID: i32 = 0x504f_504c;

const KIND: Kind = Kind {
    what: "ledger of spent nullifiers",
    application_id: APPLICATION_ID,
    migrations: &["CREATE TABLE spent (
            nullifier BLOB NOT NULL PRIMARY KEY CHECK (length(nullifier) = 32),
            epoch INTEGER NOT NULL,
            claim TEXT NOT NULL,
            outcome BLOB NOT NULL CHECK (length(outcome) = 32),
            recorded_unix_ms INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID;"],
};

/// A claim to record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Spend {
    /// Its nullifier.
    pub nullifier: Fr,
    /// Its epoch.
    pub epoch: u32,
    /// Its claim, e.g. `uptime`.
    pub claim: String,
    /// Its outcome.
    pub outcome: Fr,
}

/// What the ledger knows of a spent nullifier.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// The claim's epoch.
    pub epoch: u32,
    /// The claim, e.g. `uptime`.
    pub claim: String,
    /// The outcome.
    pub outcome: Fr,
    /// When it was recorded, Unix milliseconds.
    pub recorded_unix_ms: u64,
}

/// Why the ledger refuses.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LedgerError {
    /// The nullifier was recorded before.
    #[error("already claimed: a {} claim with this nullifier was recorded for epoch {}", .0.claim, .0.epoch)]
    AlreadySpent(Record),
    /// The database.
    #[error(transparent)]
    Database(#[from] DatabaseError),
}

/// A ledger of spent nullifiers of one network.
#[derive(Debug)]
pub struct Ledger {
    database: Database,
}

impl Ledger {
    /// Opens the ledger of the network of `domain`.
    ///
    /// # Errors
    /// [`DatabaseError`].
    pub fn open(path: &Path, domain: &Fr, create: Create) -> Result<Self, DatabaseError> {
        Ok(Self { database: Database::open(path, &KIND, domain, create)? })
    }

    /// Records a claim, at a time given in Unix milliseconds.
    ///
    /// # Errors
    /// [`LedgerError::AlreadySpent`] with the earlier record; the ledger is then unchanged.
    pub fn record(&mut self, spend: &Spend, now_unix_ms: u64) -> Result<(), LedgerError> {
        let failing = self.database.failing();
        let nullifier = field::to_be_bytes(&spend.nullifier);
        let now = i64::try_from(now_unix_ms).unwrap_or(i64::MAX);
        self.database.write(|transaction| {
            let earlier = transaction.query_row(LOOKUP, [nullifier], row).optional().map_err(&failing)?;
            if let Some(earlier) = earlier {
                return Err(LedgerError::AlreadySpent(earlier));
            }
            transaction
                .execute(
                    "INSERT INTO spent VALUES (?1, ?2, ?3, ?4, ?5)",
                    params![nullifier, spend.epoch, spend.claim, field::to_be_bytes(&spend.outcome), now],
                )
                .map_err(&failing)?;
            Ok(())
        })
    }

    /// The record of a nullifier, if it was spent.
    ///
    /// # Errors
    /// [`DatabaseError`].
    pub fn lookup(&self, nullifier: &Fr) -> Result<Option<Record>, DatabaseError> {
        self.database
            .connection()
            .query_row(LOOKUP, [field::to_be_bytes(nullifier)], row)
            .optional()
            .map_err(|error| self.database.fail(error))
    }

    /// Whether a nullifier was spent.
    ///
    /// # Errors
    /// [`DatabaseError`].
    pub fn is_spent(&self, nullifier: &Fr) -> Result<bool, DatabaseError> {
        Ok(self.lookup(nullifier)?.is_some())
    }

    /// How many nullifiers were spent.
    ///
    /// # Errors
    /// [`DatabaseError`].
    pub fn count(&self) -> Result<u64, DatabaseError> {
        self.database
            .connection()
            .query_row("SELECT count(*) FROM spent", [], |row| row.get::<_, i64>(0))
            .map(i64::unsigned_abs)
            .map_err(|error| self.database.fail(error))
    }
}

const LOOKUP: &str = "SELECT epoch, claim, outcome, recorded_unix_ms FROM spent WHERE nullifier = ?1";

fn row(row: &Row<'_>) -> rusqlite::Result<Record> {
    Ok(Record {
        epoch: row.get(0)?,
        claim: row.get(1)?,
        outcome: crate::database::field_at(row, 2)?,
        recorded_unix_ms: row.get::<_, i64>(3)?.unsigned_abs(),
    })
}
