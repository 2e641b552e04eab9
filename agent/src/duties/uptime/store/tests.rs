//! What the databases refuse, and that they keep what they were given.

use ark_ff::{AdditiveGroup, Field};
use popw_core::Fr;
use popw_core::eddsa::{SecretKey, Signature};
use rusqlite::Connection;

use super::device::Kept;
use super::witness::{Attestation, Outcome};
use super::*;
use crate::store::EpochKey;
use crate::store::device::DeviceStore;
use crate::store::witness::WitnessStore;
use crate::testing::{KEY, database};

fn bits(slots: &[u32]) -> SlotBitmap {
    let mut bitmap = SlotBitmap::default();
    slots.iter().for_each(|&slot| bitmap.set(slot).expect("slot"));
    bitmap
}

fn sign(bitmap: &SlotBitmap) -> Signature {
    SecretKey::from_seed([1; 32]).sign(bitmap.to_fr())
}

async fn attest(store: &WitnessStore) -> Option<Attestation> {
    store.attest(KEY, Fr::ZERO, 0, sign).await.expect("store")
}

#[tokio::test]
async fn a_witness_signs_what_is_stored_and_each_bitmap_once() {
    let (_folder, path) = database();
    let store = WitnessStore::open(&path, b"me").expect("store");
    assert_eq!(attest(&store).await, None);
    store.claim(KEY, Fr::ZERO, bits(&[1])).await.expect("store");
    let first = attest(&store).await.expect("signed");
    assert_eq!(first, Attestation { bitmap: bits(&[1]), signature: sign(&bits(&[1])) });
    assert_eq!(attest(&store).await, Some(first));
    // Fewer bits change nothing: they are joined to the stored ones.
    store.claim(KEY, Fr::ZERO, bits(&[0])).await.expect("store");
    assert_eq!(attest(&store).await.expect("signed").bitmap, bits(&[0, 1]));
    drop(store);
    let store = WitnessStore::open(&path, b"me").expect("store");
    assert_eq!(store.bitmap(KEY, Fr::ZERO).await.expect("store"), bits(&[0, 1]));
    assert_eq!(store.signed(KEY, Fr::ZERO).await.expect("store").len(), 2);
    // Another beacon makes it another epoch, and another device is another device.
    let other = EpochKey { opening: Fr::ZERO, ..KEY };
    assert_eq!(store.bitmap(other, Fr::ZERO).await.expect("store"), bits(&[]));
    assert_eq!(store.bitmap(KEY, Fr::ONE).await.expect("store"), bits(&[]));
}

#[tokio::test]
async fn outcomes_are_recorded_once_per_slot() {
    let (_folder, path) = database();
    let store = WitnessStore::open(&path, b"me").expect("store");
    let missed = |slot| Outcome { slot, unix_ms: 5, answer: None };
    store.record(KEY, Fr::ZERO, missed(2)).await.expect("store");
    store.record(KEY, Fr::ZERO, missed(2)).await.expect("store");
    assert_eq!(store.recorded(KEY, Fr::ZERO).await.expect("store"), bits(&[2]));
    assert_eq!(store.bitmap(KEY, Fr::ZERO).await.expect("store"), bits(&[]));
}

#[tokio::test]
async fn the_database_itself_refuses_to_take_bits_back() {
    let (_folder, path) = database();
    let store = WitnessStore::open(&path, b"me").expect("store");
    store.claim(KEY, Fr::ZERO, bits(&[0, 63, 64, 251])).await.expect("store");
    attest(&store).await.expect("signed");
    let connection = Connection::open(&path).expect("the file");
    for statement in [
        "UPDATE watch SET b0 = 1",
        "UPDATE watch SET b1 = 0",
        "UPDATE watch SET b3 = 0",
        "DELETE FROM watch",
        "DELETE FROM signed",
    ] {
        let error = connection.execute(statement, []).expect_err(statement);
        assert!(
            error.to_string().contains("be taken back") || error.to_string().contains("be removed"),
            "{error}"
        );
    }
    connection.execute("UPDATE watch SET b1 = b1 | 8", []).expect("more bits are fine");
}

#[tokio::test]
async fn a_device_keeps_everything_and_evidence_up_to_a_bound() {
    let (_folder, path) = database();
    let store = DeviceStore::open(&path, b"me").expect("store");
    let keep =
        async |slots: &[u32]| store.keep(KEY, 7, bits(slots), sign(&bits(slots)), 0).await.expect("store");
    assert_eq!(keep(&[1, 2]).await, Kept::Latest);
    assert_eq!(keep(&[1]).await, Kept::Earlier);
    assert_eq!(keep(&[1, 2]).await, Kept::Repeated);
    assert_eq!(keep(&[2]).await, Kept::Contradiction, "no chain holds both {{1}} and {{2}}");
    for slot in 10..60 {
        assert_eq!(keep(&[slot]).await, Kept::Contradiction);
    }
    let all = store.all(KEY).await.expect("store");
    assert_eq!(all.iter().filter(|stored| stored.contradicts).count(), 16);
    assert_eq!(all.iter().filter(|stored| !stored.contradicts).count(), 2);
    let connection = Connection::open(&path).expect("the file");
    connection.execute("DELETE FROM attestation", []).expect_err("kept");
    connection.execute("UPDATE attestation SET b0 = 0", []).expect_err("unchanged");
}
