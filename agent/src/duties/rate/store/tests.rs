//! One rate for a device and epoch, whatever is asked.

use ark_ff::{AdditiveGroup, Field};
use popw_core::Fr;
use rusqlite::Connection;

use super::witness::SignedRate;
use crate::store::StoreError;
use crate::store::witness::WitnessStore;
use crate::testing::{KEY, database, sign_number};

#[tokio::test]
async fn a_witness_signs_one_rate_for_a_device_and_epoch() {
    let (_folder, path) = database();
    let store = WitnessStore::open(&path, b"me").expect("store");
    let rate = |rate| store.sign_rate(KEY, Fr::ZERO, rate, 0, |rate| sign_number(rate.into()));
    assert_eq!(store.rate(KEY, Fr::ZERO).await.expect("store"), None);
    let first = rate(70).await.expect("signed");
    assert_eq!(first, SignedRate { rate: 70, signature: sign_number(70) });
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
