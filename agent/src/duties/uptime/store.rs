//! What uptime leaves in databases: what a witness saw and signed, what a device was given.

pub mod device;
pub mod witness;

use popw_core::bitmap::SlotBitmap;
use rusqlite::Row;

use crate::store::StoreError;

/// A bitmap's words as SQLite keeps them: the same 64 bits, read as signed.
fn words(bitmap: &SlotBitmap) -> [i64; 4] {
    bitmap.words().map(u64::cast_signed)
}

/// Reads a bitmap from four columns, `first` and the next three.
fn bitmap_at(row: &Row<'_>, first: usize) -> rusqlite::Result<[u64; 4]> {
    let word = |offset: usize| row.get::<_, i64>(first + offset).map(i64::cast_unsigned);
    Ok([word(0)?, word(1)?, word(2)?, word(3)?])
}

fn parse_bitmap(words: [u64; 4]) -> Result<SlotBitmap, StoreError> {
    SlotBitmap::from_words(words).map_err(|_| StoreError::Corrupt("bitmap"))
}

#[cfg(test)]
mod tests;
