//! The daemons' databases: SQLite in WAL mode, `synchronous=FULL`, so that a committed transaction
//! survives `kill -9` and power loss. Nothing signed leaves a daemon before it is committed.
//!
//! What is in them is each duty's matter, [`crate::duties`]; which tables a database has, its daemon's.

pub(crate) mod clock;
pub mod device;
pub mod witness;

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use popw_core::Fr;
use popw_core::eddsa::Signature;
use popw_core::field;
use rusqlite::{Connection, OpenFlags, OptionalExtension, Transaction, TransactionBehavior, params};
use thiserror::Error;

use crate::wire::SignatureBytes;

/// Why a database cannot be used.
#[derive(Debug, Error)]
pub enum StoreError {
    /// SQLite's error.
    #[error("database: {0}")]
    Sqlite(#[from] rusqlite::Error),
    /// The file cannot be opened: no SQLite file, out of reach, or damaged.
    #[error("cannot use the database {}: {source}; is it the right file, and may it be written?", path.display())]
    Open {
        /// The file.
        path: PathBuf,
        /// SQLite's error.
        source: rusqlite::Error,
    },
    /// The folder that a new file would be in is not there.
    #[error(
        "there is no database {}, and no folder {} to make one in: is the path right, and is its disk mounted? If \
         it is to be new, make the folder first", path.display(), folder.display()
    )]
    NoFolder {
        /// The file.
        path: PathBuf,
        /// Its folder.
        folder: PathBuf,
    },
    /// No database there, and this use does not create one.
    #[error("no database at {}", .0.display())]
    Missing(PathBuf),
    /// A database of something else.
    #[error("{} is not a {expected} database", path.display())]
    NotOurs {
        /// The file.
        path: PathBuf,
        /// What it should be.
        expected: &'static str,
    },
    /// Written by a later version of this program.
    #[error("{} has schema {found}, this program knows up to {known}: use a newer popw", path.display())]
    Newer {
        /// The file.
        path: PathBuf,
        /// Its schema version.
        found: u32,
        /// The latest known here.
        known: u32,
    },
    /// The database was made for another key.
    #[error("{} belongs to another key or owner; every key needs a database of its own", .0.display())]
    OtherKey(PathBuf),
    /// A stored value that this program never writes.
    #[error("the database holds an impossible {0}: it was changed by something else")]
    Corrupt(&'static str),
    /// A bit that was signed would be taken back. A defect of this program if it occurs.
    #[error("refused to take back a signed bit")]
    TakesBack,
    /// Another rate was signed for the same device and epoch.
    #[error("a rate of {0} (in 0.1 Mbit/s) was signed before for this device and epoch; no other is signed")]
    SignedAlready(u32),
    /// The daemon's worker thread failed.
    #[error("the database's thread ended unexpectedly")]
    Thread,
}

impl StoreError {
    /// The same, naming the file that was to be opened.
    fn at(self, path: &Path) -> Self {
        match self {
            Self::Sqlite(source) => Self::Open { path: path.to_path_buf(), source },
            other => other,
        }
    }
}

/// Which daemon a database belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Kind {
    pub(crate) name: &'static str,
    pub(crate) application_id: i32,
    /// What each version of the schema adds, oldest first: written once, never changed.
    pub(crate) migrations: &'static [&'static [&'static str]],
}

/// A database shared by a daemon's tasks.
#[derive(Clone, Debug)]
pub(crate) struct Database {
    connection: Arc<Mutex<Connection>>,
}

const EPOCHS: &str = "
    CREATE TABLE identity (one INTEGER PRIMARY KEY CHECK (one = 1), identity BLOB NOT NULL) STRICT;
    CREATE TABLE epoch (
        id INTEGER PRIMARY KEY,
        domain BLOB NOT NULL,
        epoch INTEGER NOT NULL,
        opening BLOB NOT NULL,
        UNIQUE (domain, epoch, opening)
    ) STRICT;
";

/// What makes an epoch this one: a signed message depends on exactly these three.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EpochKey {
    /// The network's domain.
    pub domain: Fr,
    /// The epoch's number.
    pub epoch: u32,
    /// The opening beacon ρ.
    pub opening: Fr,
}

impl Database {
    /// Opens the daemon's own database, creating or migrating it. A new one is told in the log; its folder is never made,
    /// for a mistyped path or a disk that is not mounted would make it seem that nothing was ever signed.
    ///
    /// `identity` names the key it belongs to: the first opening writes it, later ones must match.
    pub(crate) fn open(path: &Path, kind: Kind, identity: &[u8]) -> Result<Self, StoreError> {
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
        if let Some(folder) = folder.filter(|folder| !folder.is_dir()) {
            return Err(StoreError::NoFolder { path: path.to_path_buf(), folder: folder.to_path_buf() });
        }
        let open = || {
            let mut connection = Connection::open(path)?;
            prepare(&connection)?;
            let is_new = migrate(&mut connection, path, kind)?;
            Ok((connection, is_new))
        };
        let (connection, is_new) = open().map_err(|error: StoreError| error.at(path))?;
        if is_new {
            let (path, kind) = (path.display(), kind.name);
            tracing::info!(%path, "a new, empty {kind} database was made; if there was one, stop and name it with --db");
        }
        connection.execute("INSERT OR IGNORE INTO identity VALUES (1, ?1)", [identity])?;
        let stored: Vec<u8> = connection.query_row("SELECT identity FROM identity", [], |row| row.get(0))?;
        if stored != identity {
            return Err(StoreError::OtherKey(path.to_path_buf()));
        }
        Ok(Self { connection: Arc::new(Mutex::new(connection)) })
    }

    /// Opens an existing database to read from it, beside a running daemon or after it.
    pub(crate) fn open_to_read(path: &Path, kind: Kind, identity: &[u8]) -> Result<Connection, StoreError> {
        if !path.exists() {
            return Err(StoreError::Missing(path.to_path_buf()));
        }
        // Not read-only: after a kill the write-ahead log has to be replayed first.
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let open = || {
            let connection = Connection::open_with_flags(path, flags)?;
            prepare(&connection)?;
            check_kind(&connection, path, kind)?;
            Ok(connection)
        };
        let connection = open().map_err(|error: StoreError| error.at(path))?;
        let stored: Option<Vec<u8>> =
            connection.query_row("SELECT identity FROM identity", [], |row| row.get(0)).optional()?;
        if stored.as_deref() != Some(identity) {
            return Err(StoreError::OtherKey(path.to_path_buf()));
        }
        Ok(connection)
    }

    /// Runs a transaction on a thread that may block; commits when `work` succeeds.
    pub(crate) async fn transaction<T, W>(&self, work: W) -> Result<T, StoreError>
    where
        T: Send + 'static,
        W: FnOnce(&Transaction<'_>) -> Result<T, StoreError> + Send + 'static,
    {
        let connection = self.connection.clone();
        let run = move || {
            // A thread that panicked while it held the lock has rolled back its transaction.
            let mut connection = connection.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
            let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
            let value = work(&transaction)?;
            transaction.commit()?;
            Ok(value)
        };
        tokio::task::spawn_blocking(run).await.map_err(|_| StoreError::Thread)?
    }
}

fn prepare(connection: &Connection) -> Result<(), StoreError> {
    connection.busy_timeout(Duration::from_secs(10))?;
    connection.pragma_update_and_check(None, "journal_mode", "WAL", |_| Ok(()))?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.pragma_update(None, "foreign_keys", true)?;
    connection.pragma_update(None, "trusted_schema", false)?;
    Ok(())
}

fn check_kind(connection: &Connection, path: &Path, kind: Kind) -> Result<u32, StoreError> {
    let id: i32 = connection.query_row("PRAGMA application_id", [], |row| row.get(0))?;
    let version: u32 = connection.query_row("PRAGMA user_version", [], |row| row.get(0))?;
    if id != kind.application_id {
        return Err(StoreError::NotOurs { path: path.to_path_buf(), expected: kind.name });
    }
    let known = u32::try_from(kind.migrations.len()).unwrap_or(u32::MAX);
    if version > known {
        return Err(StoreError::Newer { path: path.to_path_buf(), found: version, known });
    }
    Ok(version)
}

/// Brings the schema up to date; returns whether the database is new.
fn migrate(connection: &mut Connection, path: &Path, kind: Kind) -> Result<bool, StoreError> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let tables: u32 = transaction.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?;
    if tables == 0 {
        transaction.execute_batch(EPOCHS)?;
        transaction.pragma_update(None, "application_id", kind.application_id)?;
    }
    let version = check_kind(&transaction, path, kind)?;
    for (number, added) in (1u32..).zip(kind.migrations) {
        if number > version {
            added.iter().try_for_each(|sql| transaction.execute_batch(sql))?;
            transaction.pragma_update(None, "user_version", number)?;
        }
    }
    transaction.commit()?;
    Ok(tables == 0)
}

/// The row of an epoch, made when it is new.
pub(crate) fn epoch_id(connection: &Connection, key: &EpochKey) -> Result<i64, StoreError> {
    if let Some(id) = find_epoch(connection, key)? {
        return Ok(id);
    }
    connection.execute(
        "INSERT INTO epoch (domain, epoch, opening) VALUES (?1, ?2, ?3)",
        params![field::to_be_bytes(&key.domain), key.epoch, field::to_be_bytes(&key.opening)],
    )?;
    Ok(connection.last_insert_rowid())
}

/// The row of an epoch, if there is one.
pub(crate) fn find_epoch(connection: &Connection, key: &EpochKey) -> Result<Option<i64>, StoreError> {
    let id = connection.query_row(
        "SELECT id FROM epoch WHERE domain = ?1 AND epoch = ?2 AND opening = ?3",
        params![field::to_be_bytes(&key.domain), key.epoch, field::to_be_bytes(&key.opening)],
        |row| row.get(0),
    );
    Ok(id.optional()?)
}

pub(crate) fn parse_signature(bytes: &[u8]) -> Result<Signature, StoreError> {
    let bytes: &[u8; 96] = bytes.try_into().map_err(|_| StoreError::Corrupt("signature"))?;
    SignatureBytes::from_bytes(bytes).parse().ok_or(StoreError::Corrupt("signature"))
}

pub(crate) fn signature_bytes(signature: &Signature) -> [u8; 96] {
    SignatureBytes::new(signature).to_bytes()
}

/// A number as a blob that SQLite orders as numbers are ordered: its integers end at 2^63.
pub(crate) fn ordered(number: u64) -> [u8; 8] {
    number.to_be_bytes()
}

pub(crate) fn parse_ordered(bytes: &[u8]) -> Result<u64, StoreError> {
    bytes.try_into().map(u64::from_be_bytes).map_err(|_| StoreError::Corrupt("number"))
}

#[cfg(test)]
mod tests;
