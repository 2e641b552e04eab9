use std::path::Path;

use popw_core::Fr;
use popw_network::database::{Create, DatabaseError};
use popw_network::member::Role;
use popw_network::registry::{MAX_SECTOR_BYTES, NewSector, Registry, RegistryError};
use tempfile::{TempDir, tempdir};

use super::registry::{domain, key, open, registration};

pub fn sector(device: u8, comm_r: u64, bytes: u64) -> NewSector {
    NewSector {
        device: key(Role::Device, device).public_key(),
        comm_r: Fr::from(comm_r),
        blake3: [device; 32],
        bytes,
        expiry: 100,
    }
}

/// Devices 21 and 22 from epoch 0, device 23 from epoch 8; witness 1; device 24 without a proof.
pub fn members() -> (TempDir, Registry) {
    let folder = tempdir().unwrap();
    let (_, mut registry) = open(&folder);
    for (seed, from) in [(21, 0), (22, 0), (23, 8)] {
        registry.register(&registration(Role::Device, seed, 200 + u64::from(seed)), from).unwrap();
    }
    registry.register(&registration(Role::Witness, 1, 101), 0).unwrap();
    registry.add(&registration(Role::Device, 24, 224).entry(), 0).unwrap();
    (folder, registry)
}

fn numbers(registry: &Registry, epoch: u32) -> Vec<u64> {
    let mut numbers = Vec::new();
    registry
        .each_active_sector::<DatabaseError>(epoch, |sector| {
            assert!(sector.acts_in(epoch));
            numbers.push(sector.seq);
            Ok(())
        })
        .unwrap();
    numbers
}

#[test]
fn sectors_earn_from_their_epoch_until_removal_or_expiry() {
    let (folder, mut registry) = members();
    let first = registry.add_sector(&sector(21, 5, 1000), 2).unwrap();
    let second = registry.add_sector(&NewSector { expiry: 6, ..sector(22, 5, 1) }, 0).unwrap();
    let third = registry.add_sector(&sector(21, 6, MAX_SECTOR_BYTES), 0).unwrap();
    assert!(first < second && second < third);
    drop(registry);

    let mut registry = Registry::open(&folder.path().join("registry.db"), &domain(), Create::No).unwrap();
    assert_eq!(numbers(&registry, 1), [second, third]);
    assert_eq!(numbers(&registry, 2), [first, second, third]);
    assert_eq!(numbers(&registry, 5), [first, second, third]);
    assert_eq!(numbers(&registry, 6), [first, third]);
    let removed = registry.remove_sector(third, 9).unwrap();
    assert_eq!(
        (removed.seq, removed.entry, removed.active_until),
        (third, sector(21, 6, MAX_SECTOR_BYTES), None)
    );
    assert_eq!(numbers(&registry, 8), [first, third]);
    assert_eq!(numbers(&registry, 9), [first]);
    assert!(numbers(&registry, 100).is_empty());
    let listed = registry.list_sectors().unwrap();
    assert_eq!(listed.iter().map(|sector| sector.seq).collect::<Vec<_>>(), [first, second, third]);
    assert_eq!(listed.iter().map(|sector| sector.ends()).collect::<Vec<_>>(), [100, 6, 9]);
    let heights: Vec<u8> = listed.iter().map(|sector| sector.entry.height()).collect();
    assert_eq!(heights, [2, 0, 11]);
    assert_eq!(registry.sector(second).unwrap().as_ref(), listed.get(1));
    assert!(registry.sector(9).unwrap().is_none());
}

#[test]
fn a_device_keeps_data_once_at_a_time() {
    let (_folder, mut registry) = members();
    let seq = registry.add_sector(&sector(21, 5, 1000), 0).unwrap();
    // What is the same data is told by its root, whatever the rest says.
    for again in [sector(21, 5, 1000), NewSector { expiry: 200, blake3: [9; 32], ..sector(21, 5, 2000) }] {
        let error = registry.add_sector(&again, 50).unwrap_err();
        assert!(
            matches!(error, RegistryError::SectorTaken { seq: taken, entry: 1 } if taken == seq),
            "{error}"
        );
    }
    registry.add_sector(&sector(22, 5, 1000), 0).unwrap();
    // After its expiry, or its removal, it can come back, under a number of its own.
    let renewed = registry.add_sector(&NewSector { expiry: 150, ..sector(21, 5, 1000) }, 100).unwrap();
    registry.remove_sector(renewed, 120).unwrap();
    let later = NewSector { expiry: 200, ..sector(21, 5, 1000) };
    assert!(matches!(
        registry.add_sector(&later, 119).unwrap_err(),
        RegistryError::SectorTaken { seq, .. } if seq == renewed
    ));
    let back = registry.add_sector(&later, 120).unwrap();
    assert_eq!((numbers(&registry, 99).len(), numbers(&registry, 100)), (2, vec![renewed]));
    assert_eq!((numbers(&registry, 119), numbers(&registry, 120)), (vec![renewed], vec![back]));
}

#[test]
fn sectors_are_registered_devices() {
    let (_folder, mut registry) = members();
    let refused =
        |registry: &mut Registry, device| registry.add_sector(&sector(device, 5, 1), 0).unwrap_err();
    assert!(matches!(refused(&mut registry, 99), RegistryError::NoDevice));
    assert!(matches!(refused(&mut registry, 24), RegistryError::Unproven { entry: 5 }));
    let witness = NewSector { device: key(Role::Witness, 1).public_key(), ..sector(21, 5, 1) };
    let error = registry.add_sector(&witness, 0).unwrap_err();
    assert!(matches!(error, RegistryError::NotADevice { entry: 4, role: Role::Witness }), "{error}");
    registry.remove(&key(Role::Device, 22).public_key(), 3).unwrap();
    assert!(matches!(refused(&mut registry, 22), RegistryError::NoDevice));
    // Of a device that acts later, a sector earns no sooner.
    let seq = registry.add_sector(&sector(23, 5, 1), 2).unwrap();
    assert_eq!((numbers(&registry, 7), numbers(&registry, 8)), (vec![], vec![seq]));
    assert_eq!(registry.list_sectors().unwrap().len(), 1);
}

#[test]
fn sizes_and_expiries_have_limits() {
    let (_folder, mut registry) = members();
    let error = registry.add_sector(&sector(21, 5, 0), 0).unwrap_err();
    assert!(matches!(error, RegistryError::SectorEmpty), "{error}");
    let error = registry.add_sector(&sector(21, 5, MAX_SECTOR_BYTES + 1), 0).unwrap_err();
    assert!(
        matches!(error, RegistryError::SectorTooLarge { bytes } if bytes == MAX_SECTOR_BYTES + 1),
        "{error}"
    );
    let error = registry.add_sector(&sector(21, 5, u64::MAX), 0).unwrap_err();
    assert!(matches!(error, RegistryError::SectorTooLarge { bytes: u64::MAX }), "{error}");
    let error = registry.add_sector(&sector(21, 5, 1), 100).unwrap_err();
    assert!(matches!(error, RegistryError::SectorExpires { expiry: 100, from: 100 }), "{error}");
    // The device begins later than the change would act.
    let error = registry.add_sector(&NewSector { expiry: 8, ..sector(23, 5, 1) }, 2).unwrap_err();
    assert!(matches!(error, RegistryError::SectorExpires { expiry: 8, from: 8 }), "{error}");
    assert_eq!(registry.list_sectors().unwrap(), []);
}

#[test]
fn a_sector_ends_with_its_device() {
    let (_folder, mut registry) = members();
    let seq = registry.add_sector(&sector(21, 5, 1), 0).unwrap();
    let waiting = registry.add_sector(&sector(21, 6, 1), 50).unwrap();
    registry.remove(&key(Role::Device, 21).public_key(), 8).unwrap();
    assert_eq!((numbers(&registry, 7), numbers(&registry, 8)), (vec![seq], vec![]));
    // The device comes back: its sectors do not, until they are registered again.
    registry.register(&registration(Role::Device, 21, 221), 9).unwrap();
    assert_eq!((numbers(&registry, 9), numbers(&registry, 50)), (vec![], vec![]));
    let again = registry.add_sector(&sector(21, 5, 1), 0).unwrap();
    assert!(again > waiting);
    assert_eq!((numbers(&registry, 8), numbers(&registry, 9)), (vec![], vec![again]));
}

#[test]
fn numbers_are_never_given_twice() {
    let (folder, mut registry) = members();
    let seq = registry.add_sector(&sector(21, 5, 1), 0).unwrap();
    registry.remove_sector(seq, 0).unwrap();
    assert!(numbers(&registry, 0).is_empty());
    let next = registry.add_sector(&sector(21, 5, 1), 0).unwrap();
    assert_eq!(next, seq + 1);
    drop(registry);
    // Even if someone takes the last row out of the file.
    let path = folder.path().join("registry.db");
    rusqlite::Connection::open(&path).unwrap().execute_batch("DELETE FROM sector WHERE seq = 2").unwrap();
    let mut registry = Registry::open(&path, &domain(), Create::No).unwrap();
    assert_eq!(registry.add_sector(&sector(21, 5, 1), 0).unwrap(), next + 1);
}

#[test]
fn a_sector_is_removed_once() {
    let (_folder, mut registry) = members();
    assert!(matches!(registry.remove_sector(1, 0).unwrap_err(), RegistryError::NoSector { seq: 1 }));
    assert!(matches!(registry.remove_sector(u64::MAX, 0).unwrap_err(), RegistryError::NoSector { .. }));
    let seq = registry.add_sector(&sector(21, 5, 1), 0).unwrap();
    assert!(matches!(
        registry.remove_sector(seq, 100).unwrap_err(),
        RegistryError::SectorEnded { ends: 100, .. }
    ));
    registry.remove_sector(seq, 4).unwrap();
    assert!(matches!(
        registry.remove_sector(seq, 4).unwrap_err(),
        RegistryError::SectorEnded { ends: 4, .. }
    ));
}

/// The database itself keeps a sector from being there twice, whoever writes to it.
#[test]
fn the_database_refuses_what_the_registry_would() {
    let (folder, mut registry) = members();
    registry.add_sector(&sector(21, 5, 1), 0).unwrap();
    let raw = rusqlite::Connection::open(folder.path().join("registry.db")).unwrap();
    raw.execute_batch("PRAGMA foreign_keys = ON").unwrap();
    let copy = "INSERT INTO sector (device, comm_r, blake3, bytes, expiry, active_from) SELECT";
    for (columns, refused) in [
        ("device, comm_r, blake3, bytes, expiry, active_from", "UNIQUE constraint failed: sector.device"),
        ("99, comm_r, blake3, bytes, expiry, active_from", "FOREIGN KEY"),
        ("2, x'05', blake3, bytes, expiry, active_from", "length(comm_r)"),
        ("2, comm_r, blake3, 266287972353, expiry, active_from", "bytes BETWEEN"),
        ("2, comm_r, blake3, bytes, 0, active_from", "expiry > active_from"),
    ] {
        let error = raw.execute(&format!("{copy} {columns} FROM sector"), []).unwrap_err().to_string();
        assert!(error.contains(refused), "{refused}: {error}");
    }
    raw.execute(&format!("{copy} 2, comm_r, blake3, bytes, expiry, active_from FROM sector"), []).unwrap();
}

/// A write that fails half-way, as on a full disk, leaves all as it was.
#[test]
fn a_failed_write_changes_nothing() {
    let (folder, mut registry) = members();
    registry.add_sector(&NewSector { expiry: 4, ..sector(21, 5, 1) }, 0).unwrap();
    let before = registry.list_sectors().unwrap();
    let raw = rusqlite::Connection::open(folder.path().join("registry.db")).unwrap();
    raw.execute_batch(
        "CREATE TRIGGER full BEFORE INSERT ON sector BEGIN SELECT RAISE(ABORT, 'disk is full'); END;
         CREATE TRIGGER worn BEFORE UPDATE ON sector WHEN new.active_until IS 9
         BEGIN SELECT RAISE(ABORT, 'disk is full'); END;",
    )
    .unwrap();
    // Renewing ends the expired entry first: with the new one refused, that has to be undone.
    let error = registry.add_sector(&sector(21, 5, 1), 4).unwrap_err();
    assert!(error.to_string().contains("registry.db: disk is full"), "{error}");
    assert!(matches!(error, RegistryError::Database(DatabaseError::Sqlite { .. })), "{error}");
    assert_eq!(registry.list_sectors().unwrap(), before);
    raw.execute_batch("UPDATE sector SET expiry = 100").unwrap();
    // The sector cannot be ended, so its device is not either.
    registry.remove(&key(Role::Device, 21).public_key(), 9).unwrap_err();
    assert_eq!((numbers(&registry, 9), registry.tally(9).unwrap().devices), (vec![1], 3));
}

#[test]
fn altered_rows_are_told() {
    let (folder, mut registry) = members();
    registry.add_sector(&sector(21, 5, 1), 0).unwrap();
    drop(registry);
    for sql in [
        "UPDATE sector SET comm_r = x'ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff'",
        "UPDATE sector SET expiry = 4294967296",
        "UPDATE sector SET active_until = 4294967296",
        "UPDATE sector SET seq = -1",
        "UPDATE member SET key_x = zeroblob(32)",
        "UPDATE member SET owner = x'ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff'",
    ] {
        let copy = folder.path().join("copy.db");
        let _ = std::fs::remove_file(&copy);
        let source = rusqlite::Connection::open(folder.path().join("registry.db")).unwrap();
        source.execute("VACUUM INTO ?1", [copy.to_str().unwrap()]).unwrap();
        rusqlite::Connection::open(&copy).unwrap().execute_batch(sql).unwrap();
        let registry = Registry::open(Path::new(&copy), &domain(), Create::No).unwrap();
        let error = registry.list_sectors().unwrap_err();
        assert!(matches!(error, DatabaseError::Corrupt { .. }), "{sql}: {error}");
    }
}

/// A registry of the release before: members only. It gets its new tables and keeps what it has.
#[test]
fn an_older_registry_is_migrated() {
    let (folder, registry) = members();
    let before = registry.list().unwrap();
    drop(registry);
    let path = folder.path().join("registry.db");
    rusqlite::Connection::open(&path)
        .unwrap()
        .execute_batch("DROP TABLE sector; DROP TABLE allotment; PRAGMA user_version = 1")
        .unwrap();
    let mut registry = Registry::open(&path, &domain(), Create::No).unwrap();
    assert_eq!(registry.list().unwrap(), before);
    registry.add_sector(&sector(21, 5, 1), 0).unwrap();
}
