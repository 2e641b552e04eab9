//! A client's database: how much it has received, and signed for, on each allotment.

use std::path::Path;

use popw_core::eddsa::Signature;
use popw_core::{Fr, field};
use rusqlite::{OptionalExtension, Transaction, params};

use crate::store::{Database, Kind, StoreError, ordered, parse_ordered, parse_signature, signature_bytes};

/// SQLite's `application_id` of this database: "popc".
pub const APPLICATION_ID: i32 = 0x706f_7063;

const KIND: Kind = Kind { name: "client", application_id: APPLICATION_ID, migrations: &[&[SCHEMA]] };

// Without the opening beacon: a receipt does not depend on it.
const SCHEMA: &str = "
    CREATE TABLE receipt (
        domain BLOB NOT NULL,
        number INTEGER NOT NULL,
        seq BLOB NOT NULL CHECK (length(seq) = 8),
        device BLOB NOT NULL,
        bytes BLOB NOT NULL CHECK (length(bytes) = 8),
        signature BLOB NOT NULL,
        unix_ms INTEGER NOT NULL,
        PRIMARY KEY (domain, number, seq, device)
    ) STRICT, WITHOUT ROWID;
    CREATE TRIGGER receipt_rises BEFORE UPDATE ON receipt
    WHEN NEW.bytes <= OLD.bytes OR NEW.domain <> OLD.domain OR NEW.number <> OLD.number OR NEW.seq <> OLD.seq
        OR NEW.device <> OLD.device
    BEGIN SELECT RAISE(ABORT, 'a receipt gives way to a larger one only'); END;
    CREATE TRIGGER receipt_stays BEFORE DELETE ON receipt
    BEGIN SELECT RAISE(ABORT, 'a receipt cannot be taken back'); END;
";

/// An allotment, as its receipts name it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AllotmentKey {
    /// The network's domain.
    pub domain: Fr,
    /// The epoch it can be used in.
    pub epoch: u32,
    /// Its number in the registry.
    pub seq: u64,
    /// D of the device it is for.
    pub device: Fr,
}

/// A signed receipt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedReceipt {
    /// All bytes received so far.
    pub bytes: u64,
    /// The client's signature over them.
    pub signature: Signature,
}

/// A client's database.
#[derive(Clone, Debug)]
pub struct ClientStore {
    database: Database,
}

impl ClientStore {
    /// Opens or creates the database of the client with this identity (public key and owner).
    ///
    /// # Errors
    /// [`StoreError`], among others when the file belongs to another key.
    pub fn open(path: &Path, identity: &[u8]) -> Result<Self, StoreError> {
        Ok(Self { database: Database::open(path, KIND, identity)? })
    }

    /// Adds `received` bytes to what was signed before, signs the sum with `sign`, stores it and only then hands it
    /// out. Several downloads on one allotment add up, also those of other processes. `None` when there is nothing
    /// to sign yet.
    ///
    /// # Errors
    /// [`StoreError`]; no signature leaves then.
    pub async fn sign(
        &self,
        allotment: AllotmentKey,
        received: u64,
        unix_ms: u64,
        sign: impl FnOnce(u64) -> Signature + Send + 'static,
    ) -> Result<Option<SignedReceipt>, StoreError> {
        let work = move |transaction: &Transaction<'_>| {
            let known = stored(transaction, &allotment)?;
            if received == 0 {
                return Ok(known);
            }
            let before = known.map_or(0, |known| known.bytes);
            let bytes = before.checked_add(received).ok_or(StoreError::Corrupt("number"))?;
            let receipt = SignedReceipt { bytes, signature: sign(bytes) };
            write(transaction, &allotment, &receipt, unix_ms)?;
            Ok(Some(receipt))
        };
        self.database.transaction(work).await
    }

    /// Takes over a receipt that this client's own key has signed, as the caller has verified, if it is for more than
    /// is known here: so a client that lost its database never signs for less than before.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn adopt(
        &self,
        allotment: AllotmentKey,
        receipt: SignedReceipt,
        unix_ms: u64,
    ) -> Result<(), StoreError> {
        let work = move |transaction: &Transaction<'_>| {
            let known = stored(transaction, &allotment)?.map_or(0, |known| known.bytes);
            if receipt.bytes > known {
                write(transaction, &allotment, &receipt, unix_ms)?;
            }
            Ok(())
        };
        self.database.transaction(work).await
    }

    /// The last receipt signed on an allotment.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn last(&self, allotment: AllotmentKey) -> Result<Option<SignedReceipt>, StoreError> {
        self.database.transaction(move |transaction| stored(transaction, &allotment)).await
    }
}

fn stored(transaction: &Transaction<'_>, of: &AllotmentKey) -> Result<Option<SignedReceipt>, StoreError> {
    let found = transaction
        .query_row(
            "SELECT bytes, signature FROM receipt
             WHERE domain = ?1 AND number = ?2 AND seq = ?3 AND device = ?4",
            params![
                field::to_be_bytes(&of.domain),
                of.epoch,
                ordered(of.seq),
                field::to_be_bytes(&of.device)
            ],
            |row| Ok((row.get::<_, Vec<u8>>(0)?, row.get::<_, Vec<u8>>(1)?)),
        )
        .optional()?;
    let parse = |(bytes, signature): (Vec<u8>, Vec<u8>)| {
        Ok(SignedReceipt { bytes: parse_ordered(&bytes)?, signature: parse_signature(&signature)? })
    };
    found.map(parse).transpose()
}

fn write(
    transaction: &Transaction<'_>,
    of: &AllotmentKey,
    receipt: &SignedReceipt,
    unix_ms: u64,
) -> Result<(), StoreError> {
    transaction.execute(
        "INSERT INTO receipt VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
         ON CONFLICT (domain, number, seq, device) DO UPDATE SET bytes = ?5, signature = ?6, unix_ms = ?7",
        params![
            field::to_be_bytes(&of.domain),
            of.epoch,
            ordered(of.seq),
            field::to_be_bytes(&of.device),
            ordered(receipt.bytes),
            signature_bytes(&receipt.signature),
            unix_ms.cast_signed()
        ],
    )?;
    Ok(())
}
