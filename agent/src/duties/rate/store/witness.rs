//! In a witness's database: the rates it has signed, one for each device and epoch, whatever happens.

use popw_core::eddsa::Signature;
use popw_core::{Fr, field};
use rusqlite::{OptionalExtension, Transaction, params};

use crate::store::witness::WitnessStore;
use crate::store::{EpochKey, StoreError, epoch_id, parse_signature, signature_bytes};

pub(crate) const SCHEMA: &str = "
    CREATE TABLE rate (
        epoch INTEGER NOT NULL REFERENCES epoch,
        device BLOB NOT NULL,
        rate INTEGER NOT NULL,
        signature BLOB NOT NULL,
        unix_ms INTEGER NOT NULL,
        PRIMARY KEY (epoch, device)
    ) STRICT, WITHOUT ROWID;
    CREATE TRIGGER rate_stays BEFORE DELETE ON rate
    BEGIN SELECT RAISE(ABORT, 'a signed rate cannot be taken back'); END;
    CREATE TRIGGER rate_unchanged BEFORE UPDATE ON rate
    BEGIN SELECT RAISE(ABORT, 'a signed rate cannot be changed'); END;
";

/// A signed rate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedRate {
    /// In 0.1 Mbit/s.
    pub rate: u32,
    /// The witness's signature over it.
    pub signature: Signature,
}

impl WitnessStore {
    /// Signs a rate with `sign`, stores the signature and only then hands it out. The same rate again gives the same
    /// signature.
    ///
    /// # Errors
    /// [`StoreError::SignedAlready`] when another rate was signed for the device in this epoch; nothing is signed then.
    pub async fn sign_rate(
        &self,
        epoch: EpochKey,
        device: Fr,
        rate: u32,
        unix_ms: u64,
        sign: impl FnOnce(u32) -> Signature + Send + 'static,
    ) -> Result<SignedRate, StoreError> {
        let work = move |transaction: &Transaction<'_>| {
            let id = epoch_id(transaction, &epoch)?;
            match stored(transaction, id, &device)? {
                Some(known) if known.rate == rate => return Ok(known),
                Some(known) => return Err(StoreError::SignedAlready(known.rate)),
                None => {}
            }
            let signature = sign(rate);
            transaction.execute(
                "INSERT INTO rate VALUES (?1, ?2, ?3, ?4, ?5)",
                params![
                    id,
                    field::to_be_bytes(&device),
                    rate,
                    signature_bytes(&signature),
                    unix_ms.cast_signed()
                ],
            )?;
            Ok(SignedRate { rate, signature })
        };
        self.database.transaction(work).await
    }

    /// The rate signed for a device.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn rate(&self, epoch: EpochKey, device: Fr) -> Result<Option<SignedRate>, StoreError> {
        let work = move |transaction: &Transaction<'_>| {
            let id = epoch_id(transaction, &epoch)?;
            stored(transaction, id, &device)
        };
        self.database.transaction(work).await
    }
}

fn stored(transaction: &Transaction<'_>, epoch: i64, device: &Fr) -> Result<Option<SignedRate>, StoreError> {
    let found = transaction
        .query_row(
            "SELECT rate, signature FROM rate WHERE epoch = ?1 AND device = ?2",
            params![epoch, field::to_be_bytes(device)],
            |row| Ok((row.get::<_, u32>(0)?, row.get::<_, Vec<u8>>(1)?)),
        )
        .optional()?;
    found
        .map(|(rate, signature)| Ok(SignedRate { rate, signature: parse_signature(&signature)? }))
        .transpose()
}
