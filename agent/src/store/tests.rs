//! Whose a database is, and what it is like.

use super::device::DeviceStore;
use super::witness::WitnessStore;
use super::*;
use crate::skew::Opinion;
use crate::testing::database;

#[test]
fn a_database_belongs_to_one_key_one_role_and_a_known_schema() {
    let (_folder, path) = database();
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
    let (folder, path) = database();
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
    let (_folder, path) = database();
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
    let (_folder, path) = database();
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
