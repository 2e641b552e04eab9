use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use popw_core::Fr;
use popw_core::eddsa::SignatureError;
use popw_network::database::{Create, DatabaseError};
use popw_network::files::{FileError, Overwrite};
use popw_network::keyfile::{Key, KeyFile, Protection};
use popw_network::member::Role;
use popw_network::registry::{Member, NewMember, Registration, RegistrationError, Registry, RegistryError};
use tempfile::{TempDir, tempdir};
use zeroize::Zeroizing;

pub fn domain_id() -> String {
    format!("popw:local:{}", "0a".repeat(32))
}

pub fn domain() -> Fr {
    popw_core::identity::domain(&domain_id()).unwrap()
}

/// A key from a seed of one repeated byte.
pub fn key(role: Role, seed: u8) -> Key {
    let folder = tempdir().unwrap();
    let path = folder.path().join("key");
    KeyFile::create_from_seed(&path, role, None, Protection::InsecurePlaintext, Zeroizing::new([seed; 32]))
        .unwrap()
        .1
}

pub fn registration(role: Role, seed: u8, owner: u64) -> Registration {
    Registration::prove(&key(role, seed), &domain_id(), Some(Fr::from(owner)), vec![address(seed)]).unwrap()
}

pub fn open(folder: &TempDir) -> (PathBuf, Registry) {
    let path = folder.path().join("registry.db");
    let registry = Registry::open(&path, &domain(), Create::IfMissing).unwrap();
    (path, registry)
}

fn with(registration: &Registration, change: impl FnOnce(&mut Registration)) -> Registration {
    let mut changed = registration.clone();
    change(&mut changed);
    changed
}

fn address(port: u8) -> SocketAddr {
    SocketAddr::from(([127, 0, 0, 1], 4000 + u16::from(port)))
}

fn active(registry: &Registry, role: Role, epoch: u32) -> Vec<NewMember> {
    let mut entries = Vec::new();
    registry
        .each_active::<DatabaseError>(role, epoch, |member: Member| {
            assert!(member.acts_in(epoch));
            entries.push(member.entry);
            Ok(())
        })
        .unwrap();
    entries
}

#[test]
fn members_act_from_and_until_their_epochs_in_order() {
    let folder = tempdir().unwrap();
    let (path, mut registry) = open(&folder);
    let (first, second) = (registration(Role::Witness, 1, 10), registration(Role::Witness, 2, 11));
    registry.register(&second, 0).unwrap();
    registry.register(&first, 5).unwrap();
    registry.register(&registration(Role::Device, 3, 12), 0).unwrap();
    registry.remove(&second.public_key, 7).unwrap();
    drop(registry);

    let registry = Registry::open(&path, &domain(), Create::No).unwrap();
    assert_eq!(active(&registry, Role::Witness, 4), [second.entry()]);
    assert_eq!(active(&registry, Role::Witness, 5), [second.entry(), first.entry()]);
    assert_eq!(active(&registry, Role::Witness, 7), [first.entry()]);
    assert_eq!(active(&registry, Role::Device, 0).len(), 1);
    assert_eq!(registry.list().unwrap().len(), 3);
    let tally = registry.tally(5).unwrap();
    assert_eq!((tally.devices, tally.witnesses, tally.witness_owners, tally.unproven), (1, 2, 2, 0));
}

#[test]
fn an_entry_counts_once_proven() {
    let folder = tempdir().unwrap();
    let (_, mut registry) = open(&folder);
    let registration = registration(Role::Device, 1, 10);
    let id = registry.add(&registration.entry(), 0).unwrap();
    assert_eq!(active(&registry, Role::Device, 9), []);
    assert_eq!(registry.tally(9).unwrap().unproven, 1);
    // The proof came in epoch 4: the entry acts from 6, not from 0.
    assert_eq!(registry.attach(&registration, 6).unwrap(), id);
    assert_eq!(active(&registry, Role::Device, 5), []);
    assert_eq!(active(&registry, Role::Device, 6), [registration.entry()]);
    let error = registry.attach(&registration, 6).unwrap_err();
    assert!(matches!(error, RegistryError::Proven { id: found } if found == id));
}

#[test]
fn an_unproven_entry_is_deleted_on_removal() {
    let folder = tempdir().unwrap();
    let (_, mut registry) = open(&folder);
    let registration = registration(Role::Device, 1, 10);
    registry.add(&registration.entry(), 0).unwrap();
    registry.remove(&registration.public_key, 2).unwrap();
    assert_eq!(registry.list().unwrap(), []);
    assert!(matches!(registry.remove(&registration.public_key, 2).unwrap_err(), RegistryError::Unknown));
    assert!(matches!(registry.attach(&registration, 2).unwrap_err(), RegistryError::Unknown));
}

#[test]
fn one_key_has_one_active_entry_whatever_its_role() {
    let folder = tempdir().unwrap();
    let (_, mut registry) = open(&folder);
    registry.register(&registration(Role::Device, 1, 10), 0).unwrap();
    for again in [
        registration(Role::Device, 1, 10),
        registration(Role::Device, 1, 99),
        registration(Role::Witness, 1, 10),
    ] {
        let error = registry.register(&again, 50).unwrap_err();
        assert!(matches!(error, RegistryError::KeyTaken { id: 1, role: Role::Device }), "{error}");
    }
    // After a removal the key can come back, but not before the old entry has ended.
    registry.remove(&registration(Role::Device, 1, 10).public_key, 8).unwrap();
    let witness = registration(Role::Witness, 1, 10);
    assert!(matches!(registry.register(&witness, 7).unwrap_err(), RegistryError::KeyTaken { .. }));
    registry.register(&witness, 8).unwrap();
    assert_eq!((active(&registry, Role::Device, 7).len(), active(&registry, Role::Witness, 7).len()), (1, 0));
    assert_eq!((active(&registry, Role::Device, 8).len(), active(&registry, Role::Witness, 8).len()), (0, 1));
}

#[test]
fn an_endpoint_belongs_to_one_member() {
    let folder = tempdir().unwrap();
    let (_, mut registry) = open(&folder);
    let first = registration(Role::Device, 1, 10);
    registry.register(&first, 0).unwrap();
    let copied = NewMember { endpoint: first.endpoint, ..registration(Role::Device, 2, 11).entry() };
    assert!(matches!(registry.add(&copied, 0).unwrap_err(), RegistryError::EndpointTaken { id: 1 }));
}

#[test]
fn a_proof_is_for_one_key_role_owner_and_network() {
    let folder = tempdir().unwrap();
    let (_, mut registry) = open(&folder);
    let good = registration(Role::Device, 1, 10);
    let other = registration(Role::Device, 2, 10);
    for bad in [
        with(&good, |bad| bad.owner = Fr::from(11u64)),
        with(&good, |bad| bad.role = Role::Witness),
        with(&good, |bad| bad.public_key = other.public_key),
        with(&good, |bad| bad.possession = other.possession),
    ] {
        let error = registry.register(&bad, 0).unwrap_err();
        assert!(matches!(error, RegistryError::Possession(SignatureError::Mismatch)), "{error}");
    }
    // A proof made for another network, also when its text is changed to this one's.
    let elsewhere = format!("popw:local:{}", "0b".repeat(32));
    let foreign =
        Registration::prove(&key(Role::Device, 1), &elsewhere, Some(Fr::from(10u64)), Vec::new()).unwrap();
    assert!(matches!(registry.register(&foreign, 0).unwrap_err(), RegistryError::OtherNetwork { .. }));
    let relabelled = with(&foreign, |bad| bad.domain_id = domain_id());
    assert!(matches!(registry.register(&relabelled, 0).unwrap_err(), RegistryError::Possession(_)));
    assert_eq!(registry.list().unwrap(), []);
}

#[test]
fn a_proof_is_attached_to_what_was_added() {
    let folder = tempdir().unwrap();
    let (_, mut registry) = open(&folder);
    registry.add(&registration(Role::Device, 1, 10).entry(), 0).unwrap();
    let field = |error| match error {
        RegistryError::Differs { field, .. } => field,
        error => panic!("{error}"),
    };
    assert_eq!(field(registry.attach(&registration(Role::Witness, 1, 10), 0).unwrap_err()), "role");
    assert_eq!(field(registry.attach(&registration(Role::Device, 1, 11), 0).unwrap_err()), "owner");
    let moved =
        with(&registration(Role::Device, 1, 10), |bad| bad.endpoint = key(Role::Device, 9).endpoint());
    assert_eq!(field(registry.attach(&moved, 0).unwrap_err()), "endpoint");
}

#[test]
fn registrations_are_made_for_owners_of_devices_and_witnesses() {
    let prove =
        |role, owner| Registration::prove(&key(role, 1), &domain_id(), owner, Vec::new()).unwrap_err();
    assert!(matches!(prove(Role::Client, Some(Fr::from(1u64))), RegistrationError::Role(Role::Client)));
    assert!(matches!(prove(Role::Device, None), RegistrationError::NoOwner));
    let bad_domain = Registration::prove(&key(Role::Device, 1), "nowhere", Some(Fr::from(1u64)), Vec::new());
    assert!(matches!(bad_domain.unwrap_err(), RegistrationError::Domain(_)));

    let folder = tempdir().unwrap();
    let owned = KeyFile::create(
        &folder.path().join("k"),
        Role::Device,
        Some(Fr::from(5u64)),
        Protection::InsecurePlaintext,
    )
    .unwrap()
    .1;
    let prove = |owner| Registration::prove(&owned, &domain_id(), owner, Vec::new());
    assert!(matches!(prove(Some(Fr::from(6u64))).unwrap_err(), RegistrationError::OtherOwner));
    assert_eq!(prove(None).unwrap().owner, Fr::from(5u64));
}

#[test]
fn clients_and_floods_of_addresses_are_refused() {
    let folder = tempdir().unwrap();
    let (_, mut registry) = open(&folder);
    let entry = registration(Role::Device, 1, 1).entry();
    let client = NewMember { role: Role::Client, ..entry.clone() };
    assert!(matches!(registry.add(&client, 0).unwrap_err(), RegistryError::Role(Role::Client)));
    let flood = NewMember { addresses: vec![address(1); 17], ..entry };
    assert!(matches!(registry.add(&flood, 0).unwrap_err(), RegistryError::TooManyAddresses(17)));
}

#[test]
fn addresses_of_no_host_and_the_zero_owner_are_refused() {
    let folder = tempdir().unwrap();
    let (_, mut registry) = open(&folder);
    let good = registration(Role::Device, 1, 1);
    let nowhere: SocketAddr = "0.0.0.0:4433".parse().unwrap();
    let refused = |result: Result<i64, RegistryError>| result.unwrap_err();

    // Neither made, nor taken from somebody who made it otherwise, nor set later.
    let made = |owner: u64, at: SocketAddr| {
        let owner = Some(Fr::from(owner));
        Registration::prove(&key(Role::Device, 1), &domain_id(), owner, vec![address(1), at]).unwrap_err()
    };
    assert!(matches!(made(1, nowhere), RegistrationError::Address(_)));
    assert!(matches!(made(0, address(2)), RegistrationError::ZeroOwner));
    let unreachable = with(&good, |registration| registration.addresses.push(nowhere));
    let error = refused(registry.register(&unreachable, 0));
    assert!(matches!(&error, RegistryError::Address(error) if error.address == nowhere), "{error}");
    assert!(error.to_string().starts_with("0.0.0.0:4433 is the unspecified address"), "{error}");
    let unowned = NewMember { owner: Fr::from(0u64), ..good.entry() };
    assert!(matches!(refused(registry.add(&unowned, 0)), RegistryError::ZeroOwner));
    registry.register(&good, 0).unwrap();
    let error = registry.set_addresses(&good.public_key, &[nowhere]).unwrap_err();
    assert!(matches!(error, RegistryError::Address(_)), "{error}");
    assert_eq!(active(&registry, Role::Device, 0)[0].addresses, [address(1)]);
}

#[test]
fn addresses_change_at_once() {
    let folder = tempdir().unwrap();
    let (_, mut registry) = open(&folder);
    let registration = registration(Role::Device, 1, 1);
    registry.register(&registration, 0).unwrap();
    registry.set_addresses(&registration.public_key, &[address(9)]).unwrap();
    assert_eq!(active(&registry, Role::Device, 0)[0].addresses, [address(9)]);
    let unknown = key(Role::Device, 2).public_key();
    assert!(matches!(registry.set_addresses(&unknown, &[]).unwrap_err(), RegistryError::Unknown));
}

#[test]
fn a_registration_is_a_file() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("registration.json");
    let registration = registration(Role::Witness, 1, 1);
    registration.write(&path, Overwrite::No).unwrap();
    assert_eq!(Registration::read(&path).unwrap(), registration);
    let whole = std::fs::read(&path).unwrap();
    std::fs::write(&path, &whole[..whole.len() - 3]).unwrap();
    assert!(matches!(Registration::read(&path).unwrap_err(), FileError::Document { .. }));
}

/// A value changed in the file, but not in its structure: found when it is read.
#[test]
fn altered_rows_are_told() {
    let folder = tempdir().unwrap();
    let (path, mut registry) = open(&folder);
    registry.register(&registration(Role::Device, 1, 1), 0).unwrap();
    drop(registry);
    let damage = |sql: &str| {
        let copy = folder.path().join("copy.db");
        let _ = std::fs::remove_file(&copy);
        let source = rusqlite::Connection::open(&path).unwrap();
        source.execute("VACUUM INTO ?1", [copy.to_str().unwrap()]).unwrap();
        rusqlite::Connection::open(&copy).unwrap().execute_batch(sql).unwrap();
        let registry = Registry::open(Path::new(&copy), &domain(), Create::No).unwrap();
        registry.list().unwrap_err()
    };
    for sql in [
        "UPDATE member SET key_x = zeroblob(32)",
        "UPDATE member SET owner = x'ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff'",
        "UPDATE member SET addresses = 'nowhere'",
        "UPDATE member SET possession = '{}'",
        "UPDATE member SET active_from = -1",
        "UPDATE member SET active_from = 4294967296",
    ] {
        let error = damage(sql);
        assert!(matches!(error, DatabaseError::Corrupt { .. }), "{sql}: {error}");
    }
}

#[test]
fn a_ledger_is_no_registry() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("spent.db");
    drop(popw_network::ledger::Ledger::open(&path, &domain(), Create::IfMissing).unwrap());
    let error = Registry::open(&path, &domain(), Create::No).unwrap_err();
    assert!(matches!(error, DatabaseError::WrongKind { .. }), "{error}");
}
