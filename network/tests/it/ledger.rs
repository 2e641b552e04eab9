use std::fs;
use std::path::Path;
use std::thread;

use popw_core::Fr;
use popw_network::database::{Create, DatabaseError};
use popw_network::ledger::{Ledger, LedgerError, Spend};
use tempfile::tempdir;

fn domain() -> Fr {
    Fr::from(1u64)
}

fn spend(nullifier: u64) -> Spend {
    Spend { nullifier: Fr::from(nullifier), epoch: 9, claim: "uptime".into(), outcome: Fr::from(3u64) }
}

fn open(path: &Path) -> Ledger {
    Ledger::open(path, &domain(), Create::IfMissing).unwrap()
}

fn refused(path: &Path) -> DatabaseError {
    Ledger::open(path, &domain(), Create::No).unwrap_err()
}

#[test]
fn a_nullifier_is_spent_once_and_for_good() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("spent.db");
    let mut ledger = open(&path);
    assert!(!ledger.is_spent(&Fr::from(5u64)).unwrap());
    ledger.record(&spend(5), 1234).unwrap();
    drop(ledger);

    let mut ledger = open(&path);
    assert!(ledger.is_spent(&Fr::from(5u64)).unwrap());
    let again = Spend { epoch: 10, ..spend(5) };
    let LedgerError::AlreadySpent(record) = ledger.record(&again, 9999).unwrap_err() else { panic!() };
    assert_eq!((record.epoch, record.claim.as_str(), record.recorded_unix_ms), (9, "uptime", 1234));
    assert_eq!(ledger.lookup(&Fr::from(5u64)).unwrap(), Some(record));
    ledger.record(&spend(6), 1).unwrap();
    assert_eq!(ledger.count().unwrap(), 2);
}

#[test]
fn of_two_writers_one_is_refused() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("spent.db");
    open(&path);
    let recorded = thread::scope(|scope| {
        let writers: Vec<_> = (0..4).map(|_| scope.spawn(|| open(&path).record(&spend(5), 1))).collect();
        let outcomes = writers.into_iter().map(|writer| writer.join().unwrap());
        outcomes
            .filter(|outcome| match outcome {
                Ok(()) => true,
                Err(LedgerError::AlreadySpent(_)) => false,
                Err(error) => panic!("{error}"),
            })
            .count()
    });
    assert_eq!(recorded, 1);
}

#[test]
fn a_ledger_belongs_to_one_network() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("spent.db");
    open(&path);
    let error = Ledger::open(&path, &Fr::from(2u64), Create::No).unwrap_err();
    assert!(matches!(error, DatabaseError::OtherNetwork { .. }), "{error}");
}

#[test]
fn what_is_no_ledger_is_refused() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("spent.db");
    assert!(matches!(refused(&path), DatabaseError::NotFound { .. }));
    assert!(matches!(
        Ledger::open(&folder.path().join("no/spent.db"), &domain(), Create::IfMissing).unwrap_err(),
        DatabaseError::NoFolder { .. }
    ));
    fs::write(&path, "a text file of some length").unwrap();
    assert!(matches!(refused(&path), DatabaseError::NotADatabase { .. }));
    fs::write(&path, "short").unwrap();
    assert!(matches!(refused(&path), DatabaseError::NotADatabase { .. }));
    assert!(matches!(refused(folder.path()), DatabaseError::NotADatabase { .. }));

    let other = folder.path().join("other.db");
    rusqlite::Connection::open(&other).unwrap().execute_batch("CREATE TABLE t (x)").unwrap();
    assert!(matches!(refused(&other), DatabaseError::WrongKind { found: 0, .. }));
}

/// Root may write anywhere but there.
#[cfg(target_os = "linux")]
#[test]
fn a_folder_without_permission_is_told() {
    let error = Ledger::open(Path::new("/proc/spent.db"), &domain(), Create::IfMissing).unwrap_err();
    assert!(matches!(error, DatabaseError::Permission { .. }), "{error}");
}

#[cfg(unix)]
#[test]
fn a_read_only_ledger_is_told_to_those_it_binds() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempdir().unwrap();
    let path = folder.path().join("spent.db");
    drop(open(&path));
    fs::set_permissions(&path, fs::Permissions::from_mode(0o400)).unwrap();
    if fs::OpenOptions::new().write(true).open(&path).is_ok() {
        eprintln!("skipped: this user may write to read-only files");
        return;
    }
    assert!(matches!(refused(&path), DatabaseError::Permission { .. }));
}

#[test]
fn an_empty_file_becomes_a_ledger() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("spent.db");
    fs::write(&path, "").unwrap();
    open(&path).record(&spend(1), 1).unwrap();
}

#[test]
fn a_newer_schema_is_refused() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("spent.db");
    open(&path);
    rusqlite::Connection::open(&path).unwrap().pragma_update(None, "user_version", 99).unwrap();
    assert!(matches!(refused(&path), DatabaseError::TooNew { found: 99, .. }));
}

#[test]
fn a_damaged_ledger_is_told() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("spent.db");
    let mut ledger = open(&path);
    for nullifier in 0..400 {
        ledger.record(&spend(nullifier), 1).unwrap();
    }
    drop(ledger);
    let whole = fs::read(&path).unwrap();
    assert!(whole.len() > 3 * 4096);

    let mut damaged = whole.clone();
    let middle = damaged.len() / 2;
    damaged[middle..middle + 4096].fill(0x5a);
    fs::write(&path, damaged).unwrap();
    let error = refused(&path);
    assert!(matches!(error, DatabaseError::Corrupt { .. }), "{error}");

    fs::write(&path, &whole[..whole.len() - 4096]).unwrap();
    let error = refused(&path);
    assert!(matches!(error, DatabaseError::Corrupt { .. }), "{error}");
}

#[test]
fn a_transaction_cut_off_leaves_nothing() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("spent.db");
    drop(open(&path));
    // A writer that dies inside its transaction, as a killed process does: nothing of it is seen afterwards.
    let writer = rusqlite::Connection::open(&path).unwrap();
    writer
        .execute_batch(
            "BEGIN IMMEDIATE; INSERT INTO spent VALUES (zeroblob(32), 1, 'uptime', zeroblob(32), 1);",
        )
        .unwrap();
    drop(writer);
    assert!(!open(&path).is_spent(&Fr::from(0u64)).unwrap());
}
