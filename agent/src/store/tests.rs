//! What the databases refuse, and that they keep what they were given.

use ark_ff::{AdditiveGroup, Field};
use popw_core::eddsa::SecretKey;

use super::device::{DeviceStore, Kept};
use super::witness::{Attestation, Outcome, WitnessStore};
use super::*;
use crate::skew::Opinion;

const KEY: EpochKey = EpochKey { domain: Fr::ONE, epoch: 3, opening: Fr::ONE };

fn bits(slots: &[u32]) -> SlotBitmap {
    let mut bitmap = SlotBitmap::default();
    slots.iter().for_each(|&slot| bitmap.set(slot).expect("slot"));
    bitmap
}

fn sign(bitmap: &SlotBitmap) -> Signature {
    SecretKey::from_seed([1; 32]).sign(bitmap.to_fr())
}

fn sign_number(number: u64) -> Signature {
    SecretKey::from_seed([1; 32]).sign(Fr::from(number))
}

fn folder() -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().expect("folder");
    let path = folder.path().join("some.db");
    (folder, path)
}

async fn attest(store: &WitnessStore) -> Option<Attestation> {
    store.attest(KEY, Fr::ZERO, 0, sign).await.expect("store")
}

#[tokio::test]
async fn a_witness_signs_what_is_stored_and_each_bitmap_once() {
    let (_folder, path) = folder();
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
    let (_folder, path) = folder();
    let store = WitnessStore::open(&path, b"me").expect("store");
    let missed = |slot| Outcome { slot, unix_ms: 5, answer: None };
    store.record(KEY, Fr::ZERO, missed(2)).await.expect("store");
    store.record(KEY, Fr::ZERO, missed(2)).await.expect("store");
    assert_eq!(store.recorded(KEY, Fr::ZERO).await.expect("store"), bits(&[2]));
    assert_eq!(store.bitmap(KEY, Fr::ZERO).await.expect("store"), bits(&[]));
}

#[tokio::test]
async fn the_database_itself_refuses_to_take_bits_back() {
    let (_folder, path) = folder();
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
    let (_folder, path) = folder();
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

#[tokio::test]
async fn a_witness_signs_one_rate_for_a_device_and_epoch() {
    let (_folder, path) = folder();
    let store = WitnessStore::open(&path, b"me").expect("store");
    let rate = |rate| store.sign_rate(KEY, Fr::ZERO, rate, 0, |rate| sign_number(rate.into()));
    assert_eq!(store.rate(KEY, Fr::ZERO).await.expect("store"), None);
    let first = rate(70).await.expect("signed");
    assert_eq!(first, rate::SignedRate { rate: 70, signature: sign_number(70) });
    assert_eq!(rate(70).await.expect("the same"), first);
    assert!(matches!(rate(71).await, Err(StoreError::SignedAlready(70))));
    let other = store.sign_rate(KEY, Fr::ONE, 71, 0, |rate| sign_number(rate.into())).await;
    assert_eq!(other.expect("another device").rate, 71);
    let reopened = WitnessStore::open(&path, b"me").expect("store");
    assert_eq!(reopened.rate(KEY, Fr::ZERO).await.expect("store"), Some(first));
    let connection = Connection::open(&path).expect("the file");
    for statement in ["UPDATE rate SET rate = 80", "DELETE FROM rate"] {
        let error = connection.execute(statement, []).expect_err(statement).to_string();
        assert!(error.contains("a signed rate cannot be"), "{error}");
    }
}

#[tokio::test]
async fn a_device_keeps_the_largest_receipt() {
    let (_folder, path) = folder();
    let store = DeviceStore::open(&path, b"me").expect("store");
    let keep = async |seq, bytes: u64| {
        store.keep_receipt(KEY, seq, bytes, sign_number(bytes), 0).await.expect("kept")
    };
    assert_eq!((keep(7, 100).await, keep(7, 50).await, keep(7, 100).await), (100, 100, 100));
    // Numbers are ordered beyond SQLite's own integers.
    assert_eq!((keep(7, 1 << 63).await, keep(7, 200).await), (1 << 63, 1 << 63));
    keep(u64::MAX, u64::MAX).await;
    keep(0, 1).await;
    let all = store.receipts(KEY).await.expect("store");
    let all: Vec<_> = all.iter().map(|one| (one.seq, one.bytes)).collect();
    assert_eq!(all, [(0, 1), (7, 1 << 63), (u64::MAX, u64::MAX)]);
    assert_eq!(store.receipt(KEY, 7).await.expect("store").expect("kept").signature, sign_number(1 << 63));
    let connection = Connection::open(&path).expect("the file");
    for statement in ["UPDATE receipt SET bytes = x'0000000000000000'", "DELETE FROM receipt"] {
        let error = connection.execute(statement, []).expect_err(statement).to_string();
        assert!(error.contains("a receipt "), "{error}");
    }
}

#[tokio::test]
async fn a_client_signs_for_the_sum_and_never_for_less() {
    use client::{AllotmentKey, ClientStore, SignedReceipt};
    let (_folder, path) = folder();
    let store = ClientStore::open(&path, b"me").expect("store");
    let of = AllotmentKey { domain: Fr::ONE, epoch: 3, seq: 7, device: Fr::ONE };
    let sign = async |of, more| store.sign(of, more, 0, sign_number).await.expect("store");
    assert_eq!(sign(of, 0).await, None);
    assert_eq!(sign(of, 10).await.map(|one| one.bytes), Some(10));
    assert_eq!(sign(of, 5).await, Some(SignedReceipt { bytes: 15, signature: sign_number(15) }));
    assert_eq!(sign(of, 0).await.map(|one| one.bytes), Some(15), "again the last one");
    for (shown, then) in [(12, 15), (40, 40), (39, 40)] {
        let receipt = SignedReceipt { bytes: shown, signature: sign_number(shown) };
        store.adopt(of, receipt, 0).await.expect("store");
        assert_eq!(store.last(of).await.expect("store").map(|one| one.bytes), Some(then));
    }
    assert_eq!(sign(AllotmentKey { seq: 8, ..of }, 1).await.map(|one| one.bytes), Some(1));
    assert!(store.sign(of, u64::MAX, 0, sign_number).await.is_err(), "no sum wraps around");
    let connection = Connection::open(&path).expect("the file");
    connection.execute("DELETE FROM receipt", []).expect_err("kept");
    connection.execute("UPDATE receipt SET bytes = x'0000000000000000'", []).expect_err("never less");
}

#[test]
fn a_database_belongs_to_one_key_one_role_and_a_known_schema() {
    let (_folder, path) = folder();
    WitnessStore::open(&path, b"me").expect("store");
    assert!(matches!(WitnessStore::open(&path, b"you"), Err(StoreError::OtherKey(_))));
    assert!(matches!(DeviceStore::open(&path, b"me"), Err(StoreError::NotOurs { expected: "device", .. })));
    assert!(matches!(DeviceStore::read(&path, b"me"), Err(StoreError::NotOurs { expected: "device", .. })));
    Connection::open(&path).and_then(|file| file.pragma_update(None, "user_version", 9)).expect("newer");
    assert!(matches!(WitnessStore::open(&path, b"me"), Err(StoreError::Newer { found: 9, known: 2, .. })));

    let missing = path.with_file_name("none.db");
    assert!(matches!(DeviceStore::read(&missing, b"me"), Err(StoreError::Missing(_))));
    let text = path.with_file_name("text.db");
    std::fs::write(&text, "this is no database, but it is long enough to be taken for one").expect("write");
    assert!(matches!(DeviceStore::open(&text, b"me"), Err(StoreError::Open { path, .. }) if path == text));
}

/// A mistyped path, or a disk that is not mounted, is no reason to begin with nothing.
#[test]
fn a_database_is_made_in_a_folder_that_is_there_only() {
    let (folder, path) = folder();
    let astray = folder.path().join("not-mounted/some.db");
    let refused = WitnessStore::open(&astray, b"me").expect_err("no folder");
    assert!(matches!(&refused, StoreError::NoFolder { path, .. } if *path == astray), "{refused}");
    assert!(refused.to_string().contains("not-mounted") && refused.to_string().contains("mounted?"));
    assert!(!astray.parent().expect("a folder").exists(), "and none is made");
    let is_new = |path: &Path| {
        let mut connection = Connection::open(path).expect("the file");
        let kind = Kind { name: "test", application_id: 7, migrations: &[] };
        migrate(&mut connection, path, kind).expect("a schema")
    };
    assert_eq!((is_new(&path), is_new(&path)), (true, false));
}

#[tokio::test]
async fn the_last_opinion_of_the_clock_is_kept() {
    let (_folder, path) = folder();
    let store = DeviceStore::open(&path, b"me").expect("store");
    let read = || DeviceStore::read(&path, b"me").expect("store").opinion().expect("readable");
    assert_eq!(read(), None);
    for skew_ms in [-10_000, 3] {
        let opinion = Opinion { skew_ms, witnesses: 2, unix_ms: 5 };
        store.keep_opinion(opinion).await.expect("kept");
        assert_eq!(read(), Some(opinion));
    }
    // As an older program left it.
    Connection::open(&path).and_then(|file| file.execute_batch("DROP TABLE clock")).expect("dropped");
    assert_eq!(read(), None);
}

#[test]
fn a_migrated_database_is_full_sync_and_write_ahead() {
    let (_folder, path) = folder();
    let database = DeviceStore::open(&path, b"me").expect("store");
    let pragma = |name: &str| -> String {
        let connection = Connection::open(&path).expect("the file");
        prepare(&connection).expect("pragmas");
        let query = format!("SELECT CAST({name} AS TEXT) FROM pragma_{name}");
        connection.query_row(&query, [], |row| row.get(0)).expect("a value")
    };
    assert_eq!(pragma("journal_mode"), "wal");
    assert_eq!(pragma("synchronous"), "2");
    drop(database);
}
