//! SQLite files that survive a crash: opened, checked and migrated in one place.
//!
//! Every database carries its kind (`application_id`), its schema's version (`user_version`) and the domain of the
//! network it belongs to. It runs in WAL mode with `synchronous = FULL`: a transaction that was acknowledged is on
//! disk. Opening checks the file's integrity, in full up to 64 MiB and page by page (`quick_check`) above.

use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::time::Duration;

use popw_core::{Fr, field};
use rusqlite::{Connection, ErrorCode, OpenFlags, OptionalExtension, Transaction, TransactionBehavior};

const FULL_CHECK_LIMIT: u64 = 64 << 20;
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);
const MAGIC: &[u8; 16] = b"SQLite format 3\0";

/// A kind of database.
#[derive(Clone, Copy, Debug)]
pub struct Kind {
    /// Its name in messages, e.g. "registry".
    pub what: &'static str,
    /// SQLite's `application_id`, so that one kind is not taken for another.
    pub application_id: i32,
    /// One script per schema version, applied in order, never changed once released.
    pub migrations: &'static [&'static str],
}

/// May opening make a new, empty database?
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Create {
    /// A missing file is an error.
    No,
    /// A missing file is created.
    IfMissing,
}

/// The files of the database at `path`: what is new in it may be beside it yet.
pub fn files(path: &Path) -> [PathBuf; 3] {
    ["", "-wal", "-shm"].map(|end| {
        let mut name = path.as_os_str().to_owned();
        name.push(end);
        name.into()
    })
}

/// Why a database cannot be opened or used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DatabaseError {
    /// No such file.
    #[error("{what} not found at {}: check the path, or create it first", path.display())]
    NotFound {
        /// The file.
        path: PathBuf,
        /// Its kind.
        what: &'static str,
    },
    /// The folder to create it in is missing.
    #[error("cannot create the {what} {}: its folder does not exist; create the folder first", path.display())]
    NoFolder {
        /// The file.
        path: PathBuf,
        /// Its kind.
        what: &'static str,
    },
    /// Not an SQLite file.
    #[error("{} is not a database, so it cannot be a {what}: is it the right file?", path.display())]
    NotADatabase {
        /// The file.
        path: PathBuf,
        /// Its kind.
        what: &'static str,
    },
    /// A database of another kind or another program.
    #[error("{} is a database of another kind (application id {found:#010x}), not a {what}", path.display())]
    WrongKind {
        /// The file.
        path: PathBuf,
        /// The kind needed.
        what: &'static str,
        /// Its `application_id`.
        found: i32,
    },
    /// Written by a newer release.
    #[error("the {what} {} has schema version {found}, newer than this program's {known}: use a newer release", path.display())]
    TooNew {
        /// The file.
        path: PathBuf,
        /// Its kind.
        what: &'static str,
        /// Its version.
        found: i64,
        /// The newest version known.
        known: i64,
    },
    /// Of another network.
    #[error("the {what} {} belongs to the network with domain {found}, not {expected}: use the files of one network", path.display())]
    OtherNetwork {
        /// The file.
        path: PathBuf,
        /// Its kind.
        what: &'static str,
        /// Its domain, decimal.
        found: String,
        /// The domain asked for, decimal.
        expected: String,
    },
    /// Damaged.
    #[error("the {what} {} is damaged ({detail}): restore it from a copy; do not keep using it", path.display())]
    Corrupt {
        /// The file.
        path: PathBuf,
        /// Its kind.
        what: &'static str,
        /// What the check found.
        detail: String,
    },
    /// No permission, or a read-only file or folder.
    #[error("no permission to write the {what} {}: check the owner and mode of the file and its folder", path.display())]
    Permission {
        /// The file.
        path: PathBuf,
        /// Its kind.
        what: &'static str,
    },
    /// Another process holds it for longer than the waiting time.
    #[error("the {what} {} is busy: another process is writing to it; try again", path.display())]
    Busy {
        /// The file.
        path: PathBuf,
        /// Its kind.
        what: &'static str,
    },
    /// Any other failure of SQLite.
    #[error("the {what} {}: {source}", path.display())]
    Sqlite {
        /// The file.
        path: PathBuf,
        /// Its kind.
        what: &'static str,
        /// From SQLite.
        source: rusqlite::Error,
    },
}

/// An open database.
#[derive(Debug)]
pub struct Database {
    connection: Connection,
    path: PathBuf,
    what: &'static str,
}

impl Database {
    /// Opens a database of `kind` that belongs to the network of `domain`; a new one is bound to it.
    ///
    /// # Errors
    /// [`DatabaseError`].
    pub fn open(path: &Path, kind: &Kind, domain: &Fr, create: Create) -> Result<Self, DatabaseError> {
        let what = kind.what;
        look_at(path, what, create)?;
        let mut flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        if create == Create::IfMissing {
            flags |= OpenFlags::SQLITE_OPEN_CREATE;
        }
        let connection =
            Connection::open_with_flags(path, flags).map_err(|error| classify(path, what, error))?;
        let mut database = Self { connection, path: path.into(), what };
        database.prepare(kind)?;
        database.bind(domain)?;
        Ok(database)
    }

    /// The connection, for reading.
    pub fn connection(&self) -> &Connection {
        &self.connection
    }

    /// Runs `work` in one write transaction: all of it or nothing is kept.
    ///
    /// # Errors
    /// Those of `work`, and [`DatabaseError`] from beginning and committing.
    pub fn write<T, E: From<DatabaseError>>(
        &mut self,
        work: impl FnOnce(&Transaction<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        let (path, what) = (self.path.clone(), self.what);
        let failed = |error| E::from(classify(&path, what, error));
        let transaction =
            self.connection.transaction_with_behavior(TransactionBehavior::Immediate).map_err(failed)?;
        let value = work(&transaction)?;
        transaction.commit().map_err(failed)?;
        Ok(value)
    }

    /// Turns an error of SQLite into one that names this file.
    pub fn fail(&self, error: rusqlite::Error) -> DatabaseError {
        classify(&self.path, self.what, error)
    }

    /// A closure for `map_err` that outlives a borrow of the database, for use inside [`Database::write`].
    pub fn failing(&self) -> impl Fn(rusqlite::Error) -> DatabaseError + use<> {
        let (path, what) = (self.path.clone(), self.what);
        move |error| classify(&path, what, error)
    }

    /// An error for a stored value that cannot be what this program wrote.
    pub fn corrupt(&self, detail: &str) -> DatabaseError {
        DatabaseError::Corrupt { path: self.path.clone(), what: self.what, detail: detail.to_owned() }
    }

    fn prepare(&mut self, kind: &Kind) -> Result<(), DatabaseError> {
        let failing = self.failing();
        let connection = &self.connection;
        connection.busy_timeout(BUSY_TIMEOUT).map_err(&failing)?;
        let found: i32 =
            connection.query_row("PRAGMA application_id", [], |row| row.get(0)).map_err(&failing)?;
        let objects: i64 = connection
            .query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))
            .map_err(&failing)?;
        if found != kind.application_id && (found != 0 || objects != 0) {
            return Err(DatabaseError::WrongKind { path: self.path.clone(), what: self.what, found });
        }
        self.check()?;
        let connection = &self.connection;
        connection
            .query_row("PRAGMA journal_mode = WAL", [], |row| row.get::<_, String>(0))
            .map_err(&failing)?;
        connection.execute_batch("PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;").map_err(&failing)?;
        self.migrate(kind)
    }

    fn check(&self) -> Result<(), DatabaseError> {
        let size = fs::metadata(&self.path).map_or(0, |metadata| metadata.len());
        let query =
            if size <= FULL_CHECK_LIMIT { "PRAGMA integrity_check(1)" } else { "PRAGMA quick_check(1)" };
        let verdict: String =
            self.connection.query_row(query, [], |row| row.get(0)).map_err(|error| self.fail(error))?;
        if verdict == "ok" { Ok(()) } else { Err(self.corrupt(&verdict)) }
    }

    fn migrate(&mut self, kind: &Kind) -> Result<(), DatabaseError> {
        let failing = self.failing();
        let known = kind.migrations.len() as i64;
        let (path, what) = (self.path.clone(), self.what);
        self.write(|transaction| {
            // Read inside the transaction: another process may be migrating the same file.
            let found: i64 =
                transaction.query_row("PRAGMA user_version", [], |row| row.get(0)).map_err(&failing)?;
            if found > known {
                return Err(DatabaseError::TooNew { path, what, found, known });
            }
            if found == 0 {
                transaction
                    .execute_batch(
                        "CREATE TABLE network (domain BLOB NOT NULL CHECK (length(domain) = 32)) STRICT",
                    )
                    .map_err(&failing)?;
                transaction.pragma_update(None, "application_id", kind.application_id).map_err(&failing)?;
            }
            for script in kind.migrations.iter().skip(usize::try_from(found).unwrap_or(0)) {
                transaction.execute_batch(script).map_err(&failing)?;
            }
            if found != known {
                transaction.pragma_update(None, "user_version", known).map_err(&failing)?;
            }
            Ok(())
        })
    }

    fn bind(&mut self, domain: &Fr) -> Result<(), DatabaseError> {
        let failing = self.failing();
        let (path, what) = (self.path.clone(), self.what);
        let expected = field::to_be_bytes(domain);
        self.write(|transaction| {
            let found: Option<[u8; 32]> = transaction
                .query_row("SELECT domain FROM network", [], |row| row.get(0))
                .optional()
                .map_err(&failing)?;
            match found {
                None => {
                    transaction.execute("INSERT INTO network VALUES (?1)", [expected]).map_err(&failing)?;
                    Ok(())
                }
                Some(found) if found == expected => Ok(()),
                Some(found) => Err(DatabaseError::OtherNetwork {
                    path,
                    what,
                    found: field::from_be_bytes(&found)
                        .map_or_else(|_| hex::encode(found), |fr| field::to_decimal(&fr)),
                    expected: field::to_decimal(domain),
                }),
            }
        })
    }
}

/// What can be told without SQLite, whose own errors here are vague.
fn look_at(path: &Path, what: &'static str, create: Create) -> Result<(), DatabaseError> {
    let mut head = [0; 16];
    match fs::File::open(path) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            if create == Create::No {
                return Err(DatabaseError::NotFound { path: path.into(), what });
            }
            let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
            if folder.is_some_and(|folder| !folder.is_dir()) {
                return Err(DatabaseError::NoFolder { path: path.into(), what });
            }
            Ok(())
        }
        Err(_) => Err(DatabaseError::Permission { path: path.into(), what }),
        Ok(mut file) => match file.read_exact(&mut head) {
            Ok(()) if &head == MAGIC => Ok(()),
            // A writer killed before its first transaction leaves an empty file, which is a new database.
            Err(_) if file.metadata().is_ok_and(|metadata| metadata.is_file() && metadata.len() == 0) => {
                Ok(())
            }
            _ => Err(DatabaseError::NotADatabase { path: path.into(), what }),
        },
    }
}

fn classify(path: &Path, what: &'static str, error: rusqlite::Error) -> DatabaseError {
    use rusqlite::Error::{FromSqlConversionFailure, IntegralValueOutOfRange, InvalidColumnType};
    let path = path.to_path_buf();
    if let FromSqlConversionFailure(..) | IntegralValueOutOfRange(..) | InvalidColumnType(..) = error {
        let detail = format!("a value this program cannot have written: {error}");
        return DatabaseError::Corrupt { path, what, detail };
    }
    match error.sqlite_error_code() {
        Some(ErrorCode::DatabaseCorrupt) => DatabaseError::Corrupt { path, what, detail: error.to_string() },
        Some(ErrorCode::NotADatabase) => DatabaseError::NotADatabase { path, what },
        Some(ErrorCode::ReadOnly | ErrorCode::PermissionDenied | ErrorCode::CannotOpen) => {
            DatabaseError::Permission { path, what }
        }
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => DatabaseError::Busy { path, what },
        _ => DatabaseError::Sqlite { path, what, source: error },
    }
}

/// A field element stored as 32 bytes, big-endian.
pub(crate) fn field_at(row: &rusqlite::Row<'_>, column: usize) -> rusqlite::Result<Fr> {
    let bytes: [u8; 32] = row.get(column)?;
    field::from_be_bytes(&bytes).map_err(|error| {
        rusqlite::Error::FromSqlConversionFailure(
            column,
            rusqlite::types::Type::Blob,
            error.to_string().into(),
        )
    })
}
