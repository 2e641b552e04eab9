//! In a device's database: its clients' last receipts.

use popw_core::eddsa::Signature;
use rusqlite::{Connection, Transaction, params};

use crate::store::device::{DeviceStore, Reader};
use crate::store::{
    EpochKey, StoreError, epoch_id, find_epoch, ordered, parse_ordered, parse_signature, signature_bytes,
};

pub(crate) const SCHEMA: &str = "
    CREATE TABLE receipt (
        epoch INTEGER NOT NULL REFERENCES epoch,
        seq BLOB NOT NULL CHECK (length(seq) = 8),
        bytes BLOB NOT NULL CHECK (length(bytes) = 8),
        signature BLOB NOT NULL,
        unix_ms INTEGER NOT NULL,
        PRIMARY KEY (epoch, seq)
    ) STRICT, WITHOUT ROWID;
    CREATE TRIGGER receipt_rises BEFORE UPDATE ON receipt
    WHEN NEW.bytes <= OLD.bytes OR NEW.epoch <> OLD.epoch OR NEW.seq <> OLD.seq
    BEGIN SELECT RAISE(ABORT, 'a receipt gives way to a larger one only'); END;
    CREATE TRIGGER receipt_stays BEFORE DELETE ON receipt
    BEGIN SELECT RAISE(ABORT, 'a receipt is never removed'); END;
";

/// The last receipt of an allotment, verified before it was stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredReceipt {
    /// The allotment's number.
    pub seq: u64,
    /// Bytes the client has signed for.
    pub bytes: u64,
    /// Its signature.
    pub signature: Signature,
    /// When it was stored, Unix milliseconds.
    pub unix_ms: u64,
}

impl DeviceStore {
    /// Stores a receipt that the caller has verified, if it is for more bytes than the one before; durable when this
    /// returns. Returns the bytes of the last receipt, this one or a larger.
    ///
    /// # Errors
    /// [`StoreError`]; it is not stored then, and nothing must be sent on its strength.
    pub async fn keep_receipt(
        &self,
        epoch: EpochKey,
        seq: u64,
        bytes: u64,
        signature: Signature,
        unix_ms: u64,
    ) -> Result<u64, StoreError> {
        let work = move |transaction: &Transaction<'_>| {
            let id = epoch_id(transaction, &epoch)?;
            if let Some(last) = receipts(transaction, id, Some(seq))?.pop()
                && last.bytes >= bytes
            {
                return Ok(last.bytes);
            }
            transaction.execute(
                "INSERT INTO receipt VALUES (?1, ?2, ?3, ?4, ?5)
                 ON CONFLICT (epoch, seq) DO UPDATE SET bytes = ?3, signature = ?4, unix_ms = ?5",
                params![id, ordered(seq), ordered(bytes), signature_bytes(&signature), unix_ms.cast_signed()],
            )?;
            Ok(bytes)
        };
        self.database.transaction(work).await
    }

    /// The last receipt of an allotment.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn receipt(&self, epoch: EpochKey, seq: u64) -> Result<Option<StoredReceipt>, StoreError> {
        let work = move |transaction: &Transaction<'_>| match find_epoch(transaction, &epoch)? {
            Some(id) => Ok(receipts(transaction, id, Some(seq))?.pop()),
            None => Ok(None),
        };
        self.database.transaction(work).await
    }

    /// The last receipt of every allotment, in order of their numbers.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn receipts(&self, epoch: EpochKey) -> Result<Vec<StoredReceipt>, StoreError> {
        let work = move |transaction: &Transaction<'_>| match find_epoch(transaction, &epoch)? {
            Some(id) => receipts(transaction, id, None),
            None => Ok(Vec::new()),
        };
        self.database.transaction(work).await
    }
}

impl Reader {
    /// The last receipt of every allotment, in order of their numbers.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn receipts(&self, epoch: EpochKey) -> Result<Vec<StoredReceipt>, StoreError> {
        match self.find_epoch(&epoch, "receipt")? {
            Some(id) => receipts(&self.connection, id, None),
            None => Ok(Vec::new()),
        }
    }
}

fn receipts(connection: &Connection, epoch: i64, seq: Option<u64>) -> Result<Vec<StoredReceipt>, StoreError> {
    let mut statement = connection.prepare_cached(
        "SELECT seq, bytes, signature, unix_ms FROM receipt
         WHERE epoch = ?1 AND (?2 IS NULL OR seq = ?2) ORDER BY seq",
    )?;
    let rows = statement.query_map(params![epoch, seq.map(ordered)], |row| {
        let blob = |column: usize| row.get::<_, Vec<u8>>(column);
        Ok((blob(0)?, blob(1)?, blob(2)?, row.get::<_, i64>(3)?))
    })?;
    rows.map(|row| {
        let (seq, bytes, signature, unix_ms) = row?;
        Ok(StoredReceipt {
            seq: parse_ordered(&seq)?,
            bytes: parse_ordered(&bytes)?,
            signature: parse_signature(&signature)?,
            unix_ms: unix_ms.cast_unsigned(),
        })
    })
    .collect()
}
