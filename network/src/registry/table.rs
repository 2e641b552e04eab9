//! What every table of the registry can be asked, and how its cells are read.

use popw_core::babyjub::{self, Point};
use popw_core::eddsa::PublicKey;
use popw_core::field;
use rusqlite::types::Type;
use rusqlite::{Connection, OptionalExtension, Params, Row};

use super::Registry;
use crate::database::{DatabaseError, field_at};

/// Members that act in epoch ?1.
pub(super) const ACTS: &str = "member.possession IS NOT NULL AND member.active_from <= ?1 \
     AND (member.active_until IS NULL OR member.active_until > ?1)";

/// What one table holds: members, or what devices store or clients have bought from them.
pub(super) trait Table: Sized {
    /// Its columns as [`Table::read`] takes them, and the tables they are from; one is `member`.
    const SELECT: &'static str;
    /// The column of its rows' numbers, in whose order they are listed.
    const NUMBER: &'static str;
    /// Which rows count in epoch ?1, besides that their member has to act in it.
    const COUNTS: &'static str;

    /// Reads a row.
    fn read(row: &Row<'_>) -> rusqlite::Result<Self>;
}

impl Registry {
    /// Every row, in memory.
    pub(super) fn all<T: Table>(&self) -> Result<Vec<T>, DatabaseError> {
        let mut all = Vec::new();
        self.each::<T, DatabaseError>("TRUE", [], |row| {
            all.push(row);
            Ok(())
        })?;
        Ok(all)
    }

    /// The row with a number.
    pub(super) fn numbered<T: Table>(&self, number: u64) -> Result<Option<T>, DatabaseError> {
        find(self.database.connection(), number).map_err(|error| self.database.fail(error))
    }

    /// Calls `visit` with every row that counts in the epoch which is the first parameter, one at a time.
    pub(super) fn each_counting<T: Table, E: From<DatabaseError>>(
        &self,
        parameters: impl Params,
        visit: impl FnMut(T) -> Result<(), E>,
    ) -> Result<(), E> {
        self.each::<T, E>(&format!("{ACTS} AND {}", T::COUNTS), parameters, visit)
    }

    fn each<T: Table, E: From<DatabaseError>>(
        &self,
        condition: &str,
        parameters: impl Params,
        mut visit: impl FnMut(T) -> Result<(), E>,
    ) -> Result<(), E> {
        let fail = |error| self.database.fail(error);
        let query = format!("{} WHERE {condition} ORDER BY {}", T::SELECT, T::NUMBER);
        let mut statement = self.database.connection().prepare(&query).map_err(fail)?;
        let mut rows = statement.query(parameters).map_err(fail)?;
        while let Some(row) = rows.next().map_err(fail)? {
            visit(T::read(row).map_err(fail)?)?;
        }
        Ok(())
    }
}

/// The row with a number.
pub(super) fn find<T: Table>(connection: &Connection, number: u64) -> rusqlite::Result<Option<T>> {
    // SQLite's integers are signed: a number too large for them is no row's.
    let Ok(number) = i64::try_from(number) else { return Ok(None) };
    let query = format!("{} WHERE {} = ?1", T::SELECT, T::NUMBER);
    connection.query_row(&query, [number], T::read).optional()
}

/// A key in a column and the one after it.
pub(super) fn key_at(row: &Row<'_>, column: usize) -> rusqlite::Result<PublicKey> {
    let point = Point::new_unchecked(field_at(row, column)?, field_at(row, column + 1)?);
    // The subgroup was checked when the key was taken in; doing it again would cost a multiplication per row.
    if !babyjub::is_on_curve(&point) {
        return Err(unreadable(column, Type::Blob, "the key is not on the curve"));
    }
    Ok(PublicKey { point })
}

/// A number that is not negative.
pub(super) fn u64_at(row: &Row<'_>, column: usize) -> rusqlite::Result<u64> {
    let number: i64 = row.get(column)?;
    u64::try_from(number).map_err(|_| unreadable(column, Type::Integer, "a negative number"))
}

/// A key as two columns have it.
pub(super) fn coordinates(key: &PublicKey) -> ([u8; 32], [u8; 32]) {
    (field::to_be_bytes(&key.point.x), field::to_be_bytes(&key.point.y))
}

/// A cell that this program cannot have written.
pub(super) fn unreadable(column: usize, kind: Type, reason: &str) -> rusqlite::Error {
    rusqlite::Error::FromSqlConversionFailure(column, kind, reason.into())
}
