use std::path::Path;

use popw_core::Fr;
use popw_network::database::{Create, DatabaseError};
use popw_network::member::Role;
use popw_network::registry::{NewAllotment, Registry, RegistryError};

use super::policy::demo;
use super::registry::{domain, key, registration};
use super::sectors::members;

pub fn allotment(client: u8, device: u8, epoch: u32) -> NewAllotment {
    let key_of_client = key(Role::Client, client);
    NewAllotment {
        client: key_of_client.public_key(),
        endpoint: key_of_client.endpoint(),
        owner: Fr::from(300 + u64::from(client)),
        device: key(Role::Device, device).public_key(),
        epoch,
        cap: 1 << 20,
        salt: Fr::from(7u64),
    }
}

fn numbers(registry: &Registry, epoch: u32) -> Vec<u64> {
    let mut numbers = Vec::new();
    registry
        .each_active_allotment::<DatabaseError>(epoch, |allotment| {
            assert_eq!(allotment.entry.epoch, epoch);
            numbers.push(allotment.seq);
            Ok(())
        })
        .unwrap();
    numbers
}

#[test]
fn allotments_are_for_one_epoch_and_in_order() {
    let (folder, mut registry) = members();
    let later = registry.add_allotment(&allotment(31, 22, 5), 3).unwrap();
    let first = registry.add_allotment(&allotment(31, 21, 3), 3).unwrap();
    let most = NewAllotment { cap: u64::MAX, ..allotment(32, 21, 3) };
    let second = registry.add_allotment(&most, 3).unwrap();
    assert!(later < first && first < second, "one numbering over all epochs");
    drop(registry);

    let registry = Registry::open(&folder.path().join("registry.db"), &domain(), Create::No).unwrap();
    assert_eq!((numbers(&registry, 3), numbers(&registry, 4)), (vec![first, second], vec![]));
    assert_eq!(numbers(&registry, 5), [later]);
    let listed = registry.list_allotments().unwrap();
    assert_eq!(listed.len(), 3);
    assert_eq!(listed[2].entry, most);
    assert_eq!(registry.allotment(second).unwrap().as_ref(), listed.last());
    assert!(registry.allotment(9).unwrap().is_none() && registry.allotment(u64::MAX).unwrap().is_none());
    assert_eq!((listed[2].device_entry, listed[2].device_owner), (1, Fr::from(221u64)));
}

#[test]
fn a_client_buys_once_from_a_device_in_an_epoch() {
    let (_folder, mut registry) = members();
    let seq = registry.add_allotment(&allotment(31, 21, 3), 3).unwrap();
    // Another owner, cap or salt does not make it another purchase.
    let other = NewAllotment { owner: Fr::from(9u64), cap: 1, salt: Fr::from(8u64), ..allotment(31, 21, 3) };
    for again in [allotment(31, 21, 3), other] {
        let error = registry.add_allotment(&again, 3).unwrap_err();
        let taken = matches!(error, RegistryError::AllotmentTaken { seq: taken, epoch: 3 } if taken == seq);
        assert!(taken, "{error}");
    }
    for different in [allotment(32, 21, 3), allotment(31, 22, 3), allotment(31, 21, 4)] {
        registry.add_allotment(&different, 3).unwrap();
    }
    assert_eq!((numbers(&registry, 3).len(), numbers(&registry, 4).len()), (3, 1));
}

#[test]
fn an_epoch_that_is_taken_sells_nothing_more() {
    let (_folder, mut registry) = members();
    let error = registry.add_allotment(&allotment(31, 21, 2), 3).unwrap_err();
    assert!(matches!(error, RegistryError::EpochFixed { epoch: 2, open_from: 3 }), "{error}");
    assert_eq!(registry.list_allotments().unwrap(), []);

    // The first open epoch is the first whose snapshot is still to come.
    let policy = demo();
    let clock = policy.clock();
    assert_eq!(policy.allotments_from(0), 0);
    for epoch in [0, 1, 7, 1000] {
        let taken = clock.snapshot_at(epoch);
        assert_eq!(policy.allotments_from(taken - 1), epoch);
        assert_eq!(policy.allotments_from(taken), epoch + 1);
    }
    assert_eq!(policy.allotments_from(u64::MAX), u32::MAX);
}

#[test]
fn what_could_never_count_is_refused() {
    let (_folder, mut registry) = members();
    let refused = |registry: &mut Registry, new: &NewAllotment| registry.add_allotment(new, 0).unwrap_err();
    let good = allotment(31, 21, 3);
    let same = NewAllotment { owner: Fr::from(221u64), ..good.clone() };
    assert!(matches!(refused(&mut registry, &same), RegistryError::SameOwner { entry: 1 }));
    let itself = NewAllotment { client: good.device, ..good.clone() };
    assert!(matches!(refused(&mut registry, &itself), RegistryError::SameKey));
    let nothing = NewAllotment { cap: 0, ..good.clone() };
    assert!(matches!(refused(&mut registry, &nothing), RegistryError::NoBytes));
    let unowned = NewAllotment { owner: Fr::from(0u64), ..good.clone() };
    assert!(matches!(refused(&mut registry, &unowned), RegistryError::ZeroOwner));
    assert!(matches!(refused(&mut registry, &allotment(31, 99, 3)), RegistryError::NoDevice));
    assert!(matches!(refused(&mut registry, &allotment(31, 24, 3)), RegistryError::Unproven { entry: 5 }));
    let witness = NewAllotment { device: key(Role::Witness, 1).public_key(), ..good };
    assert!(matches!(refused(&mut registry, &witness), RegistryError::NotADevice { entry: 4, .. }));
    // The device acts from 8 on.
    let error = refused(&mut registry, &allotment(31, 23, 7));
    assert!(matches!(error, RegistryError::NotActing { entry: 3, epoch: 7 }), "{error}");
    assert_eq!(registry.list_allotments().unwrap(), []);
    registry.add_allotment(&allotment(31, 23, 8), 0).unwrap();
}

/// A device that leaves still owes the epochs in which it acts, and no others.
#[test]
fn an_allotment_counts_while_its_device_acts() {
    let (_folder, mut registry) = members();
    let kept = registry.add_allotment(&allotment(31, 21, 7), 0).unwrap();
    registry.add_allotment(&allotment(31, 21, 8), 0).unwrap();
    registry.remove(&key(Role::Device, 21).public_key(), 8).unwrap();
    let sold = registry.add_allotment(&allotment(32, 21, 7), 0).unwrap();
    assert_eq!((numbers(&registry, 7), numbers(&registry, 8)), (vec![kept, sold], vec![]));
    assert!(matches!(registry.add_allotment(&allotment(32, 21, 8), 0).unwrap_err(), RegistryError::NoDevice));
    // Registered anew it is another entry: what was bought of the old one is not owed by the new one.
    registry.register(&registration(Role::Device, 21, 221), 8).unwrap();
    assert!(numbers(&registry, 8).is_empty());
}

#[test]
fn the_database_refuses_what_the_registry_would() {
    let (folder, mut registry) = members();
    registry.add_allotment(&allotment(31, 21, 3), 0).unwrap();
    let raw = rusqlite::Connection::open(folder.path().join("registry.db")).unwrap();
    raw.execute_batch("PRAGMA foreign_keys = ON").unwrap();
    let copy = "INSERT INTO allotment (client_x, client_y, endpoint, owner, device, epoch, cap, salt)
                SELECT client_x, client_y, endpoint, owner,";
    for (columns, refused) in [
        ("device, epoch, cap, salt", "UNIQUE constraint failed: allotment.client_x"),
        ("99, epoch, cap, salt", "FOREIGN KEY"),
        ("2, epoch, x'01', salt", "length(cap)"),
    ] {
        let error = raw.execute(&format!("{copy} {columns} FROM allotment"), []).unwrap_err().to_string();
        assert!(error.contains(refused), "{refused}: {error}");
    }
    // Numbers are not given again, even if someone takes the last row out.
    raw.execute_batch("DELETE FROM allotment").unwrap();
    assert_eq!(registry.add_allotment(&allotment(31, 21, 3), 0).unwrap(), 2);
}

#[test]
fn altered_rows_are_told() {
    let (folder, mut registry) = members();
    registry.add_allotment(&allotment(31, 21, 3), 0).unwrap();
    drop(registry);
    for sql in [
        "UPDATE allotment SET client_x = zeroblob(32)",
        "UPDATE allotment SET salt = x'ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff'",
        "UPDATE allotment SET epoch = -1",
        "UPDATE allotment SET seq = -1",
    ] {
        let copy = folder.path().join("copy.db");
        let _ = std::fs::remove_file(&copy);
        let source = rusqlite::Connection::open(folder.path().join("registry.db")).unwrap();
        source.execute("VACUUM INTO ?1", [copy.to_str().unwrap()]).unwrap();
        rusqlite::Connection::open(&copy).unwrap().execute_batch(sql).unwrap();
        let registry = Registry::open(Path::new(&copy), &domain(), Create::No).unwrap();
        let error = registry.list_allotments().unwrap_err();
        assert!(matches!(error, DatabaseError::Corrupt { .. }), "{sql}: {error}");
    }
}
