//! Receipts only grow, on both sides.

use ark_ff::Field;
use popw_core::Fr;
use rusqlite::Connection;

use super::client::{AllotmentKey, ClientStore, SignedReceipt};
use crate::store::device::DeviceStore;
use crate::testing::{KEY, database, sign_number};

#[tokio::test]
async fn a_device_keeps_the_largest_receipt() {
    let (_folder, path) = database();
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
    let (_folder, path) = database();
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
