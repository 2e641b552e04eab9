//! In a device's database: every rate that its challengers have signed.

use popw_core::eddsa::Signature;
use rusqlite::{Connection, Transaction, params};

use crate::store::device::{DeviceStore, Reader};
use crate::store::{EpochKey, StoreError, epoch_id, find_epoch, parse_signature, signature_bytes};

pub(crate) const SCHEMA: &str = "
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
    /// Every rate of an epoch, oldest first.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn rates(&self, epoch: EpochKey) -> Result<Vec<StoredRate>, StoreError> {
        match self.find_epoch(&epoch, "rate")? {
            Some(id) => rates(&self.connection, id),
            None => Ok(Vec::new()),
        }
    }
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
