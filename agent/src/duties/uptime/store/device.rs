//! In a device's database: every signed attestation it was ever given.

use popw_core::bitmap::SlotBitmap;
use popw_core::eddsa::Signature;
use rusqlite::{Connection, Transaction, params};

use super::{bitmap_at, parse_bitmap, words};
use crate::store::device::{DeviceStore, Reader};
use crate::store::{EpochKey, StoreError, epoch_id, find_epoch, parse_signature, signature_bytes};

pub(crate) const SCHEMA: &str = "
    CREATE TABLE attestation (
        id INTEGER PRIMARY KEY,
        epoch INTEGER NOT NULL REFERENCES epoch,
        witness INTEGER NOT NULL,
        b0 INTEGER NOT NULL, b1 INTEGER NOT NULL, b2 INTEGER NOT NULL, b3 INTEGER NOT NULL,
        signature BLOB NOT NULL,
        contradicts INTEGER NOT NULL CHECK (contradicts IN (0, 1)),
        unix_ms INTEGER NOT NULL,
        UNIQUE (epoch, witness, b0, b1, b2, b3)
    ) STRICT;
    CREATE TRIGGER attestation_stays BEFORE DELETE ON attestation
    BEGIN SELECT RAISE(ABORT, 'a signed attestation is never removed'); END;
    CREATE TRIGGER attestation_unchanged BEFORE UPDATE ON attestation
    BEGIN SELECT RAISE(ABORT, 'a signed attestation is never changed'); END;
";

/// Contradictions kept of one witness in one epoch: one proves the lie, more only fill the disk.
/// (The others are bounded by themselves: nested bitmaps of 252 slots are at most 253.)
const MAX_EVIDENCE: u32 = 16;

/// What became of an attestation whose signature is good.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kept {
    /// It has more bits than any before: the latest now.
    Latest,
    /// It has fewer bits than the latest and came late; kept.
    Earlier,
    /// It was here already.
    Repeated,
    /// It takes back a bit its witness had signed: kept as evidence, never used.
    Contradiction,
}

/// A stored attestation, verified before it was stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stored {
    /// The witness's index in the epoch's registry.
    pub witness_index: u32,
    /// The slots it saw answered.
    pub bitmap: SlotBitmap,
    /// Its signature.
    pub signature: Signature,
    /// Takes back a bit signed before.
    pub contradicts: bool,
}

impl DeviceStore {
    /// Stores an attestation that the caller has verified; durable when this returns.
    ///
    /// # Errors
    /// [`StoreError`]; it is not stored then and must not be acknowledged.
    pub async fn keep(
        &self,
        epoch: EpochKey,
        witness_index: u32,
        bitmap: SlotBitmap,
        signature: Signature,
        unix_ms: u64,
    ) -> Result<Kept, StoreError> {
        let work = move |transaction: &Transaction<'_>| {
            let id = epoch_id(transaction, &epoch)?;
            let mut kept = Kept::Latest;
            let mut evidence = 0;
            for stored in of_epoch(transaction, id, Some(witness_index))? {
                if stored.bitmap == bitmap {
                    return Ok(if stored.contradicts { Kept::Contradiction } else { Kept::Repeated });
                }
                if stored.contradicts {
                    evidence += 1;
                }
                if stored.contradicts || kept == Kept::Contradiction {
                    continue;
                }
                // What an honest witness signs forms a chain: any two of its bitmaps are nested.
                if stored.bitmap.contains(&bitmap) {
                    kept = Kept::Earlier;
                } else if !bitmap.contains(&stored.bitmap) {
                    kept = Kept::Contradiction;
                }
            }
            if kept == Kept::Contradiction && evidence >= MAX_EVIDENCE {
                return Ok(kept);
            }
            let [b0, b1, b2, b3] = words(&bitmap);
            transaction.execute(
                "INSERT INTO attestation (epoch, witness, b0, b1, b2, b3, signature, contradicts, unix_ms)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
                params![
                    id,
                    witness_index,
                    b0,
                    b1,
                    b2,
                    b3,
                    signature_bytes(&signature),
                    kept == Kept::Contradiction,
                    unix_ms.cast_signed()
                ],
            )?;
            Ok(kept)
        };
        self.database.transaction(work).await
    }

    /// Every attestation of an epoch, oldest first.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn all(&self, epoch: EpochKey) -> Result<Vec<Stored>, StoreError> {
        let work = move |transaction: &Transaction<'_>| match find_epoch(transaction, &epoch)? {
            Some(id) => of_epoch(transaction, id, None),
            None => Ok(Vec::new()),
        };
        self.database.transaction(work).await
    }
}

impl Reader {
    /// Every attestation of an epoch, oldest first.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn all(&self, epoch: EpochKey) -> Result<Vec<Stored>, StoreError> {
        match find_epoch(&self.connection, &epoch)? {
            Some(id) => of_epoch(&self.connection, id, None),
            None => Ok(Vec::new()),
        }
    }
}

/// The attestation with the most bits of each witness, by index; contradictions are left out.
pub fn latest(stored: &[Stored]) -> Vec<&Stored> {
    let mut latest: Vec<&Stored> = Vec::new();
    for candidate in stored.iter().filter(|stored| !stored.contradicts) {
        match latest.iter_mut().find(|known| known.witness_index == candidate.witness_index) {
            Some(known) if candidate.bitmap.contains(&known.bitmap) => *known = candidate,
            Some(_) => {}
            None => latest.push(candidate),
        }
    }
    latest.sort_by_key(|stored| stored.witness_index);
    latest
}

fn of_epoch(connection: &Connection, epoch: i64, witness: Option<u32>) -> Result<Vec<Stored>, StoreError> {
    let mut statement = connection.prepare(
        "SELECT b0, b1, b2, b3, witness, signature, contradicts FROM attestation
         WHERE epoch = ?1 AND (?2 IS NULL OR witness = ?2) ORDER BY id",
    )?;
    let rows = statement.query_map(params![epoch, witness], |row| {
        let bitmap = bitmap_at(row, 0)?;
        Ok((bitmap, row.get::<_, u32>(4)?, row.get::<_, Vec<u8>>(5)?, row.get::<_, bool>(6)?))
    })?;
    rows.map(|row| {
        let (bitmap, witness_index, signature, contradicts) = row?;
        Ok(Stored {
            witness_index,
            bitmap: parse_bitmap(bitmap)?,
            signature: parse_signature(&signature)?,
            contradicts,
        })
    })
    .collect()
}
