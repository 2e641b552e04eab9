//! In a witness's database: what it saw, slot by slot, and all the bitmaps it has signed.

use popw_core::Fr;
use popw_core::bitmap::SlotBitmap;
use popw_core::eddsa::Signature;
use popw_core::field;
use rusqlite::{OptionalExtension, Transaction, params};

use super::{bitmap_at, parse_bitmap, words};
use crate::store::witness::WitnessStore;
use crate::store::{EpochKey, StoreError, epoch_id, parse_signature, signature_bytes};

// The triggers say the rule once more, where no code path can forget it.
pub(crate) const SCHEMA: &str = "
    CREATE TABLE watch (
        epoch INTEGER NOT NULL REFERENCES epoch,
        device BLOB NOT NULL,
        b0 INTEGER NOT NULL, b1 INTEGER NOT NULL, b2 INTEGER NOT NULL, b3 INTEGER NOT NULL,
        PRIMARY KEY (epoch, device)
    ) STRICT, WITHOUT ROWID;
    CREATE TRIGGER watch_only_grows BEFORE UPDATE ON watch
    WHEN (OLD.b0 & ~NEW.b0) | (OLD.b1 & ~NEW.b1) | (OLD.b2 & ~NEW.b2) | (OLD.b3 & ~NEW.b3)
    BEGIN SELECT RAISE(ABORT, 'a bit cannot be taken back'); END;
    CREATE TRIGGER watch_stays BEFORE DELETE ON watch
    BEGIN SELECT RAISE(ABORT, 'a bitmap cannot be removed'); END;

    CREATE TABLE signed (
        id INTEGER PRIMARY KEY,
        epoch INTEGER NOT NULL REFERENCES epoch,
        device BLOB NOT NULL,
        b0 INTEGER NOT NULL, b1 INTEGER NOT NULL, b2 INTEGER NOT NULL, b3 INTEGER NOT NULL,
        signature BLOB NOT NULL,
        unix_ms INTEGER NOT NULL,
        UNIQUE (epoch, device, b0, b1, b2, b3)
    ) STRICT;
    CREATE TRIGGER signed_stays BEFORE DELETE ON signed
    BEGIN SELECT RAISE(ABORT, 'a signature cannot be taken back'); END;

    CREATE TABLE ping (
        epoch INTEGER NOT NULL REFERENCES epoch,
        device BLOB NOT NULL,
        slot INTEGER NOT NULL,
        unix_ms INTEGER NOT NULL,
        answered INTEGER NOT NULL,
        latency_ms INTEGER,
        skew_ms INTEGER,
        nonce BLOB,
        pong BLOB,
        PRIMARY KEY (epoch, device, slot)
    ) STRICT, WITHOUT ROWID;
";

/// A signed bitmap.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attestation {
    /// The slots answered.
    pub bitmap: SlotBitmap,
    /// The witness's signature over it.
    pub signature: Signature,
}

/// How one slot's ping went.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// The slot.
    pub slot: u32,
    /// When the ping was sent, Unix milliseconds.
    pub unix_ms: u64,
    /// The device's valid answer, if it came in time.
    pub answer: Option<Answer>,
}

/// A valid answer: kept so that the witness can show later why it set the bit.
#[derive(Clone, Debug)]
pub struct Answer {
    /// From sending to the verified answer, milliseconds.
    pub latency_ms: u32,
    /// The device's clock less ours, milliseconds.
    pub skew_ms: i64,
    /// The ping's nonce.
    pub nonce: Fr,
    /// The device's signature.
    pub pong: Signature,
}

impl WitnessStore {
    /// Records a slot's outcome and, when it was answered, sets its bit.
    ///
    /// # Errors
    /// [`StoreError`]; nothing is recorded then.
    pub async fn record(&self, epoch: EpochKey, device: Fr, outcome: Outcome) -> Result<(), StoreError> {
        let work = move |transaction: &Transaction<'_>| {
            let id = epoch_id(transaction, &epoch)?;
            let device = field::to_be_bytes(&device);
            let answer = outcome.answer.as_ref();
            transaction.execute(
                "INSERT OR IGNORE INTO ping VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
                params![
                    id,
                    device,
                    outcome.slot,
                    outcome.unix_ms.cast_signed(),
                    answer.is_some(),
                    answer.map(|answer| answer.latency_ms),
                    answer.map(|answer| answer.skew_ms),
                    answer.map(|answer| field::to_be_bytes(&answer.nonce)),
                    answer.map(|answer| signature_bytes(&answer.pong)),
                ],
            )?;
            if answer.is_none() {
                return Ok(());
            }
            let mut bits = SlotBitmap::default();
            bits.set(outcome.slot).map_err(|_| StoreError::Corrupt("slot"))?;
            add(transaction, id, &device, &bits).map(|_| ())
        };
        self.database.transaction(work).await
    }

    /// Adds bits without a ping: how a lying witness of a demonstration does it.
    ///
    /// # Errors
    /// [`StoreError`]; nothing is added then.
    pub async fn claim(&self, epoch: EpochKey, device: Fr, bits: SlotBitmap) -> Result<(), StoreError> {
        let work = move |transaction: &Transaction<'_>| {
            let id = epoch_id(transaction, &epoch)?;
            add(transaction, id, &field::to_be_bytes(&device), &bits).map(|_| ())
        };
        self.database.transaction(work).await
    }

    /// Signs the stored bitmap with `sign`, stores the signature and only then hands it out.
    ///
    /// A bitmap that was signed before is not signed again. `None` when no bit was ever set.
    ///
    /// # Errors
    /// [`StoreError`]; no signature leaves then.
    pub async fn attest(
        &self,
        epoch: EpochKey,
        device: Fr,
        unix_ms: u64,
        sign: impl FnOnce(&SlotBitmap) -> Signature + Send + 'static,
    ) -> Result<Option<Attestation>, StoreError> {
        let work = move |transaction: &Transaction<'_>| {
            let id = epoch_id(transaction, &epoch)?;
            let device = field::to_be_bytes(&device);
            let bitmap = stored(transaction, id, &device)?;
            if bitmap == SlotBitmap::default() {
                return Ok(None);
            }
            let [b0, b1, b2, b3] = words(&bitmap);
            let earlier: Option<Vec<u8>> = transaction
                .query_row(
                    "SELECT signature FROM signed WHERE epoch = ?1 AND device = ?2
                     AND b0 = ?3 AND b1 = ?4 AND b2 = ?5 AND b3 = ?6",
                    params![id, device, b0, b1, b2, b3],
                    |row| row.get(0),
                )
                .optional()?;
            let signature = match earlier {
                Some(bytes) => parse_signature(&bytes)?,
                None => {
                    let signature = sign(&bitmap);
                    transaction.execute(
                        "INSERT INTO signed (epoch, device, b0, b1, b2, b3, signature, unix_ms)
                         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
                        params![
                            id,
                            device,
                            b0,
                            b1,
                            b2,
                            b3,
                            signature_bytes(&signature),
                            unix_ms.cast_signed()
                        ],
                    )?;
                    signature
                }
            };
            Ok(Some(Attestation { bitmap, signature }))
        };
        self.database.transaction(work).await
    }

    /// The slots of which an outcome is recorded: a restarted witness does not ping them again.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn recorded(&self, epoch: EpochKey, device: Fr) -> Result<SlotBitmap, StoreError> {
        let work = move |transaction: &Transaction<'_>| {
            let id = epoch_id(transaction, &epoch)?;
            let mut statement =
                transaction.prepare("SELECT slot FROM ping WHERE epoch = ?1 AND device = ?2")?;
            let slots =
                statement.query_map(params![id, field::to_be_bytes(&device)], |row| row.get::<_, u32>(0))?;
            let mut recorded = SlotBitmap::default();
            for slot in slots {
                recorded.set(slot?).map_err(|_| StoreError::Corrupt("slot"))?;
            }
            Ok(recorded)
        };
        self.database.transaction(work).await
    }

    /// The stored bitmap of a device (empty when nothing was seen).
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn bitmap(&self, epoch: EpochKey, device: Fr) -> Result<SlotBitmap, StoreError> {
        let work = move |transaction: &Transaction<'_>| {
            let id = epoch_id(transaction, &epoch)?;
            stored(transaction, id, &field::to_be_bytes(&device))
        };
        self.database.transaction(work).await
    }

    /// Every attestation signed for a device in an epoch, oldest first.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn signed(&self, epoch: EpochKey, device: Fr) -> Result<Vec<Attestation>, StoreError> {
        let work = move |transaction: &Transaction<'_>| {
            let id = epoch_id(transaction, &epoch)?;
            let mut statement = transaction.prepare(
                "SELECT b0, b1, b2, b3, signature FROM signed WHERE epoch = ?1 AND device = ?2 ORDER BY id",
            )?;
            let rows = statement.query_map(params![id, field::to_be_bytes(&device)], |row| {
                Ok((bitmap_at(row, 0)?, row.get::<_, Vec<u8>>(4)?))
            })?;
            rows.map(|row| {
                let (bitmap, signature) = row?;
                Ok(Attestation { bitmap: parse_bitmap(bitmap)?, signature: parse_signature(&signature)? })
            })
            .collect()
        };
        self.database.transaction(work).await
    }
}

fn stored(transaction: &Transaction<'_>, epoch: i64, device: &[u8; 32]) -> Result<SlotBitmap, StoreError> {
    let found = transaction
        .query_row(
            "SELECT b0, b1, b2, b3 FROM watch WHERE epoch = ?1 AND device = ?2",
            params![epoch, device],
            |row| bitmap_at(row, 0),
        )
        .optional()?;
    found.map_or(Ok(SlotBitmap::default()), parse_bitmap)
}

/// Joins `bits` to the stored bitmap: the one place that writes a bitmap.
fn add(
    transaction: &Transaction<'_>,
    epoch: i64,
    device: &[u8; 32],
    bits: &SlotBitmap,
) -> Result<SlotBitmap, StoreError> {
    let before = stored(transaction, epoch, device)?;
    let after = before.union(bits);
    if !after.contains(&before) {
        return Err(StoreError::TakesBack);
    }
    let [b0, b1, b2, b3] = words(&after);
    transaction.execute(
        "INSERT INTO watch VALUES (?1, ?2, ?3, ?4, ?5, ?6)
         ON CONFLICT (epoch, device) DO UPDATE SET b0 = ?3, b1 = ?4, b2 = ?5, b3 = ?6",
        params![epoch, device, b0, b1, b2, b3],
    )?;
    Ok(after)
}
