//! What a device has been given for its bandwidth: its clients' last receipts, its challengers' rates.

use popw_core::eddsa::Signature;
use rusqlite::{Connection, Transaction, params};

use super::device::{DeviceStore, Reader};
use super::{
    EpochKey, StoreError, epoch_id, find_epoch, ordered, parse_ordered, parse_signature, signature_bytes,
};

pub(super) const SCHEMA: &str = "
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

    CREATE TABLE rate (
        id INTEGER PRIMARY KEY,
        epoch INTEGER NOT NULL REFERENCES epoch,
        witness INTEGER NOT NULL,
        rate INTEGER NOT NULL,
        signature BLOB NOT NULL,
        contradicts INTEGER NOT NULL CHECK (contradicts IN (0, 1)),
        unix_ms INTEGER NOT NULL,
        UNIQUE (epoch, witness, rate)
    ) STRICT;
    CREATE UNIQUE INDEX rate_once ON rate (epoch, witness) WHERE contradicts = 0;
    CREATE TRIGGER rate_stays BEFORE DELETE ON rate
    BEGIN SELECT RAISE(ABORT, 'a signed rate is never removed'); END;
    CREATE TRIGGER rate_unchanged BEFORE UPDATE ON rate
    BEGIN SELECT RAISE(ABORT, 'a signed rate is never changed'); END;
";

/// Contradicting rates kept of one challenger in one epoch.
const MAX_EVIDENCE: u32 = 16;

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

/// A rate that a challenger has signed, verified before it was stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredRate {
    /// The witness's index in the epoch's registry.
    pub witness_index: u32,
    /// In 0.1 Mbit/s.
    pub rate: u32,
    /// Its signature.
    pub signature: Signature,
    /// Differs from the first that the witness signed: evidence, never used.
    pub contradicts: bool,
}

/// What became of a rate whose signature is good.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeptRate {
    /// The challenger's first.
    First,
    /// It was here already.
    Repeated,
    /// It differs from the first: kept as evidence.
    Contradiction,
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

    /// Stores a rate that the caller has verified; durable when this returns.
    ///
    /// # Errors
    /// [`StoreError`]; it is not stored then and must not be acknowledged.
    pub async fn keep_rate(
        &self,
        epoch: EpochKey,
        witness_index: u32,
        rate: u32,
        signature: Signature,
        unix_ms: u64,
    ) -> Result<KeptRate, StoreError> {
        let work = move |transaction: &Transaction<'_>| {
            let id = epoch_id(transaction, &epoch)?;
            let known: Vec<StoredRate> = rates(transaction, id)?
                .into_iter()
                .filter(|stored| stored.witness_index == witness_index)
                .collect();
            if let Some(same) = known.iter().find(|stored| stored.rate == rate) {
                return Ok(if same.contradicts { KeptRate::Contradiction } else { KeptRate::Repeated });
            }
            let contradicts = !known.is_empty();
            if known.len() > MAX_EVIDENCE as usize {
                return Ok(KeptRate::Contradiction);
            }
            transaction.execute(
                "INSERT INTO rate (epoch, witness, rate, signature, contradicts, unix_ms)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
                params![
                    id,
                    witness_index,
                    rate,
                    signature_bytes(&signature),
                    contradicts,
                    unix_ms.cast_signed()
                ],
            )?;
            Ok(if contradicts { KeptRate::Contradiction } else { KeptRate::First })
        };
        self.database.transaction(work).await
    }

    /// Every rate of an epoch, oldest first.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn rates(&self, epoch: EpochKey) -> Result<Vec<StoredRate>, StoreError> {
        let work = move |transaction: &Transaction<'_>| match find_epoch(transaction, &epoch)? {
            Some(id) => rates(transaction, id),
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
        match find_bandwidth(&self.connection, &epoch)? {
            Some(id) => receipts(&self.connection, id, None),
            None => Ok(Vec::new()),
        }
    }

    /// Every rate of an epoch, oldest first.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn rates(&self, epoch: EpochKey) -> Result<Vec<StoredRate>, StoreError> {
        match find_bandwidth(&self.connection, &epoch)? {
            Some(id) => rates(&self.connection, id),
            None => Ok(Vec::new()),
        }
    }
}

/// As `find_epoch`; none in a database that an earlier version wrote and no daemon has migrated since.
fn find_bandwidth(connection: &Connection, epoch: &EpochKey) -> Result<Option<i64>, StoreError> {
    let version: u32 = connection.query_row("PRAGMA user_version", [], |row| row.get(0))?;
    if version < 2 { Ok(None) } else { find_epoch(connection, epoch) }
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

fn rates(connection: &Connection, epoch: i64) -> Result<Vec<StoredRate>, StoreError> {
    let mut statement = connection.prepare_cached(
        "SELECT witness, rate, signature, contradicts FROM rate WHERE epoch = ?1 ORDER BY id",
    )?;
    let rows = statement.query_map(params![epoch], |row| {
        Ok((row.get::<_, u32>(0)?, row.get::<_, u32>(1)?, row.get::<_, Vec<u8>>(2)?, row.get::<_, bool>(3)?))
    })?;
    rows.map(|row| {
        let (witness_index, rate, signature, contradicts) = row?;
        Ok(StoredRate { witness_index, rate, signature: parse_signature(&signature)?, contradicts })
    })
    .collect()
}
