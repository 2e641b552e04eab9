use popw_core::document::{Document, DocumentError, EpochPublic};
use popw_core::draw::Duty;
use popw_core::{Fr, identity};
use popw_network::beacon::{BeaconError, DrandError, Source, Value};
use popw_network::epoch::directory::{Epoch, EpochDirectory};
use popw_network::epoch::{self, EpochError, Which};
use popw_network::files::{self, Access, DOCUMENT_LIMIT, Overwrite};
use popw_network::member::Role;
use popw_network::policy::{Pays, Policy, SourceName, Timing};
use popw_network::registry::Registry;
use tempfile::{TempDir, tempdir};

use super::allotments::allotment;
use super::beacon::recorded;
use super::policy::demo;
use super::registry::{open, registration};
use super::sectors::sector;

/// Twelve witnesses of twelve owners and two devices, all from epoch 0; three sectors, three allotments for epoch 0.
pub fn network() -> (TempDir, Registry, Policy) {
    let folder = tempdir().unwrap();
    let (_, mut registry) = open(&folder);
    for seed in 1..=12 {
        registry.register(&registration(Role::Witness, seed, 100 + u64::from(seed)), 0).unwrap();
    }
    for seed in 21..=22 {
        registry.register(&registration(Role::Device, seed, 200 + u64::from(seed)), 0).unwrap();
    }
    for (device, comm_r, bytes) in [(22, 5, 1_000_000), (21, 6, 31), (22, 7, 1)] {
        registry.add_sector(&sector(device, comm_r, bytes), 0).unwrap();
    }
    // Nobody can register an empty sector any more; those of older registries are read as they are.
    let raw = rusqlite::Connection::open(folder.path().join("registry.db")).unwrap();
    assert_eq!(raw.execute("UPDATE sector SET bytes = 0 WHERE seq = 3", []).unwrap(), 1);
    for (client, device) in [(31, 22), (31, 21), (32, 22)] {
        registry.add_allotment(&allotment(client, device, 0), 0).unwrap();
    }
    let mut policy = demo();
    policy.beacon.timing = Timing::Recorded;
    (folder, registry, policy)
}

pub fn beacon(policy: &Policy, round: u64) -> popw_core::document::Beacon {
    policy.source().unwrap().read(&recorded(&format!("quicknet-{round}.json"))).unwrap()
}

pub fn opened(registry: &Registry, policy: &Policy) -> EpochPublic {
    epoch::snapshot(registry, policy, 0, beacon(policy, 1000), None).unwrap()
}

pub fn changed(public: &EpochPublic, change: impl FnOnce(&mut EpochPublic)) -> EpochPublic {
    let mut public = public.clone();
    change(&mut public);
    public
}

#[test]
fn an_epoch_opens_and_closes() {
    let (folder, registry, policy) = network();
    let public = opened(&registry, &policy);
    assert_eq!((public.rules.n_w, public.start_unix_ms), (12, policy.clock.genesis_unix_ms));
    let standing = epoch::verify(&public, &policy).unwrap();
    assert!(!standing.closed);
    assert_eq!(standing.caveats.len(), 1, "recorded rounds are said to be");

    let closed = epoch::close(&public, &policy, beacon(&policy, 1009)).unwrap();
    assert!(epoch::verify(&closed, &policy).unwrap().closed);
    assert!(matches!(epoch::close(&closed, &policy, beacon(&policy, 1009)), Err(EpochError::Closed(0))));
    let at_once =
        epoch::snapshot(&registry, &policy, 0, beacon(&policy, 1000), Some(beacon(&policy, 1009))).unwrap();
    assert_eq!(at_once, closed);

    let path = folder.path().join("epoch-public.json");
    files::write_json(&path, "epoch", &closed, Overwrite::No, Access::Public).unwrap();
    assert_eq!(files::read_document::<EpochPublic>(&path, "epoch", DOCUMENT_LIMIT).unwrap(), closed);
}

/// Same members, same roots: what a snapshot makes can be rebuilt later, whatever was registered since.
#[test]
fn a_past_epoch_can_be_rebuilt() {
    let (_folder, mut registry, policy) = network();
    let before = opened(&registry, &policy);
    registry.register(&registration(Role::Witness, 50, 999), 2).unwrap();
    registry.remove(&registration(Role::Witness, 1, 101).public_key, 2).unwrap();
    assert_eq!(opened(&registry, &policy), before);
    let later = epoch::snapshot(&registry, &policy, 2, beacon(&policy, 1000), None).unwrap();
    assert_ne!(later.roots.witness, before.roots.witness);
    assert_eq!((later.roots.device, later.rules.n_w), (before.roots.device, 12));
}

#[test]
fn too_small_registries_are_refused() {
    let folder = tempdir().unwrap();
    let (_, mut registry) = open(&folder);
    let mut policy = demo();
    policy.beacon.timing = Timing::Recorded;
    let snapshot = |registry: &Registry| epoch::snapshot(registry, &policy, 0, beacon(&policy, 1000), None);
    // Three witnesses of two owners, a third that waits for its proof.
    for (seed, owner) in [(1, 1), (2, 1), (3, 2)] {
        registry.register(&registration(Role::Witness, seed, owner), 0).unwrap();
    }
    registry.add(&registration(Role::Witness, 4, 3).entry(), 0).unwrap();
    let error = snapshot(&registry).unwrap_err();
    assert!(matches!(error, EpochError::TooFewWitnesses { owners: 2, quorum: 3, .. }), "{error}");
    assert!(error.to_string().contains("1 entries wait for their proof"), "{error}");
    registry.attach(&registration(Role::Witness, 4, 3), 0).unwrap();
    assert!(matches!(snapshot(&registry).unwrap_err(), EpochError::NoDevices { epoch: 0, .. }));
    registry.register(&registration(Role::Device, 5, 5), 2).unwrap();
    assert!(matches!(snapshot(&registry).unwrap_err(), EpochError::NoDevices { epoch: 0, .. }));
}

#[test]
fn a_network_that_pays_for_stored_data_alone_needs_no_witnesses() {
    let folder = tempdir().unwrap();
    let (_, mut registry) = open(&folder);
    registry.register(&registration(Role::Device, 21, 201), 0).unwrap();
    registry.add_sector(&sector(21, 5, 1_000_000), 0).unwrap();
    let mut policy = demo();
    policy.beacon.timing = Timing::Recorded;
    let snapshot = |policy: &Policy| epoch::snapshot(&registry, policy, 0, beacon(policy, 1000), None);
    for pays in [Pays::Singles, Pays::Work] {
        policy.pays = pays;
        let error = snapshot(&policy).unwrap_err();
        assert!(matches!(error, EpochError::TooFewWitnesses { owners: 0, .. }), "{error}");
    }
    policy.pays = Pays::Possession;
    let public = snapshot(&policy).unwrap();
    assert_eq!((public.rules.n_w, public.roots.witness), (0, Fr::from(0u64)));
    epoch::verify(&public, &policy).unwrap();
    assert_eq!(EpochPublic::from_json(public.to_json().as_bytes()).unwrap(), public);

    // Nobody is drawn, and the directory is the epoch's.
    let directory = EpochDirectory::collect(&registry, 0).unwrap();
    let whole = Epoch::new(public.clone(), directory).unwrap();
    let device = &whole.directory().devices[0];
    assert_eq!(whole.draw(Duty::Uptime, device), [0; 0]);
    assert_eq!(whole.owners_drawn(Duty::Rate, device), 0);
    assert_eq!(whole.sectors_of(&device.public_key).count(), 1);

    // The same epoch is not one of a network that pays by committee.
    policy.pays = Pays::Singles;
    let error = epoch::verify(&public, &policy).unwrap_err();
    assert!(matches!(error, EpochError::NoWitnesses { epoch: 0 }), "{error}");
    assert!(error.to_string().contains("pays = \"possession\""), "{error}");
}

#[test]
fn registry_and_policy_are_of_one_network() {
    let (_folder, registry, mut policy) = network();
    policy.domain_id = format!("popw:local:{}", "0c".repeat(32));
    let error = epoch::snapshot(&registry, &policy, 0, beacon(&policy, 1000), None).unwrap_err();
    assert!(matches!(error, EpochError::OtherRegistry), "{error}");
}

#[test]
fn every_fact_of_an_epoch_is_compared_with_the_policy() {
    let (_folder, registry, policy) = network();
    let public = epoch::close(&opened(&registry, &policy), &policy, beacon(&policy, 1009)).unwrap();
    let field = |change: fn(&mut EpochPublic)| match epoch::verify(&changed(&public, change), &policy) {
        Err(EpochError::Differs { field, .. }) => field,
        other => panic!("{other:?}"),
    };
    assert_eq!(field(|public| public.network.push('x')), "network");
    assert_eq!(
        field(|public| {
            public.domain_id = format!("popw:local:{}", "0c".repeat(32));
            public.domain = identity::domain(&public.domain_id).unwrap();
        }),
        "domain_id"
    );
    assert_eq!(field(|public| public.epoch += 1), "start_unix_ms");
    assert_eq!(field(|public| public.start_unix_ms += 1), "start_unix_ms");
    assert_eq!(field(|public| public.slot_ms += 1), "slot_ms");
    assert_eq!(field(|public| public.rules.k -= 1), "rules.k");
    assert_eq!(field(|public| public.rules.q -= 1), "rules.q");
    assert_eq!(field(|public| public.rules.slots -= 1), "rules.slots");
    assert_eq!(field(|public| public.rules.max_gap += 1), "rules.max_gap");
    assert_eq!(field(|public| public.rules.batches += 1), "rules.batches");
    assert_eq!(field(|public| public.rules.min_rate += 1), "rules.min_rate");
    let error =
        epoch::verify(&changed(&public, |public| public.domain = Fr::from(1u64)), &policy).unwrap_err();
    assert!(
        matches!(error, EpochError::Document(DocumentError::Inconsistent { ref field, .. }) if field == "domain")
    );
}

#[test]
fn beacons_are_verified_and_in_order() {
    let (_folder, registry, policy) = network();
    let public = opened(&registry, &policy);
    let close = |round| epoch::close(&public, &policy, beacon(&policy, round)).unwrap_err();
    assert!(matches!(close(123), EpochError::Order { opening: 1000, closing: 123 }));
    assert!(matches!(close(1000), EpochError::Order { opening: 1000, closing: 1000 }));
    let forged = changed(&public, |public| public.opening.round = 1001);
    assert!(matches!(
        epoch::verify(&forged, &policy).unwrap_err(),
        EpochError::Beacon {
            which: Which::Opening,
            source: BeaconError::Drand(DrandError::Signature { round: 1001 })
        }
    ));
    let mut closing = beacon(&policy, 1009);
    closing.randomness[0] ^= 1;
    assert!(matches!(
        epoch::close(&public, &policy, closing).unwrap_err(),
        EpochError::Beacon {
            which: Which::Closing,
            source: BeaconError::Drand(DrandError::Randomness { .. })
        }
    ));
}

/// With rounds scheduled, a genuine round of another time is refused: its value was known before the snapshot.
#[test]
fn rounds_have_to_be_of_the_epochs_time() {
    let (_folder, registry, mut policy) = network();
    policy.beacon.timing = Timing::Scheduled;
    let error = epoch::snapshot(&registry, &policy, 0, beacon(&policy, 1000), None).unwrap_err();
    assert!(matches!(error, EpochError::Round { which: Which::Opening, found: 1000, .. }), "{error}");

    // A network whose genesis lies where the recorded rounds do: 1000 opens, 1009 closes an epoch of 24 s.
    let chain = popw_network::beacon::DrandChain::quicknet();
    policy.clock.genesis_unix_ms = chain.round_time_ms(1000) + 3_000;
    policy.registry.snapshot_lead_ms = 6_000;
    assert_eq!(policy.scheduled_rounds(0), Some((1000, 1009)));
    let public = epoch::snapshot(&registry, &policy, 0, beacon(&policy, 1000), None).unwrap();
    let closed = epoch::close(&public, &policy, beacon(&policy, 1009)).unwrap();
    assert_eq!(epoch::verify(&closed, &policy).unwrap().caveats, Vec::<&str>::new());
    let error = epoch::close(&public, &policy, beacon(&policy, 1001)).unwrap_err();
    assert!(
        matches!(error, EpochError::Round { which: Which::Closing, found: 1001, expected: 1009, .. }),
        "{error}"
    );
}

#[test]
fn offline_values_open_an_epoch_with_a_caveat() {
    let (folder, registry, mut policy) = network();
    policy.beacon.timing = Timing::Scheduled;
    policy.beacon.source = SourceName::File;
    policy.beacon.drand = None;
    let value = |round| {
        let path = folder.path().join(format!("value-{round}.json"));
        Value::random(round).unwrap().write(&path, Overwrite::Yes).unwrap();
        Source::File.read(&path).unwrap()
    };
    let public = epoch::snapshot(&registry, &policy, 0, value(1), None).unwrap();
    let closed = epoch::close(&public, &policy, value(2)).unwrap();
    assert_eq!(epoch::verify(&closed, &policy).unwrap().caveats.len(), 1);
    let mut same = public.opening.clone();
    same.round = 2;
    assert!(matches!(epoch::close(&public, &policy, same).unwrap_err(), EpochError::SameBeacon));
    let drand = beacon(&network().2, 1009);
    assert!(matches!(
        epoch::close(&public, &policy, drand).unwrap_err(),
        EpochError::Beacon { which: Which::Closing, source: BeaconError::WrongSource { .. } }
    ));
}
