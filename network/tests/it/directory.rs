use std::fs;

use popw_core::bitmap::SlotBitmap;
use popw_core::document::{ClaimInput, Document, EpochPublic, OpeningInput, UptimeInput};
use popw_core::draw::Duty;
use popw_core::lean_imt::LeanImt;
use popw_core::{Fr, identity, message, tag};
use popw_network::database::{Create, DatabaseError};
use popw_network::epoch::directory::{DirectoryError, DirectorySector, Epoch, EpochDirectory, List};
use popw_network::epoch::{self, EpochError};
use popw_network::files::{FileError, Overwrite};
use popw_network::member::Role;
use popw_network::policy::Timing;
use popw_network::registry::{MAX_SECTOR_BYTES, NewSector, Registry};
use tempfile::tempdir;

use super::epoch::{beacon, changed, network, opened};
use super::policy::demo;
use super::registry::{key, open, registration};
use super::sectors::sector;

#[test]
fn a_directory_is_streamed_as_it_is_collected() {
    let (folder, registry, policy) = network();
    let public = opened(&registry, &policy);
    let path = folder.path().join("epoch-directory.json");
    EpochDirectory::write_from(&registry, &public, &path, Overwrite::No).unwrap();
    let read = EpochDirectory::read(&path).unwrap();
    assert_eq!(read, EpochDirectory::collect(&registry, 0).unwrap());
    assert_eq!(fs::read_to_string(&path).unwrap(), read.to_json());
    read.check_against(&public).unwrap();
    let again = EpochDirectory::write_from(&registry, &public, &path, Overwrite::No).unwrap_err();
    assert!(matches!(again, EpochError::File(FileError::Exists { .. })), "{again}");
}

#[test]
fn a_directory_is_not_written_for_another_epoch() {
    let (folder, registry, policy) = network();
    let path = folder.path().join("epoch-directory.json");
    let public = opened(&registry, &policy);
    let field = |change: fn(&mut EpochPublic)| match EpochDirectory::write_from(
        &registry,
        &changed(&public, change),
        &path,
        Overwrite::No,
    ) {
        Err(EpochError::Differs { field, .. }) => field,
        other => panic!("{other:?}"),
    };
    assert_eq!(field(|public| public.roots.device = Fr::from(1u64)), "roots.device");
    assert_eq!(field(|public| public.roots.witness = Fr::from(1u64)), "roots.witness");
    assert_eq!(field(|public| public.roots.sector = Fr::from(0u64)), "roots.sector");
    assert_eq!(field(|public| public.roots.allotment = Fr::from(0u64)), "roots.allotment");
    assert!(!path.exists());
}

#[test]
fn a_registry_damaged_under_the_stream_is_told_as_such() {
    let (folder, registry, policy) = network();
    let public = opened(&registry, &policy);
    drop(registry);
    let path = folder.path().join("registry.db");
    let out = folder.path().join("d.json");
    // The last one hangs a sector on a witness.
    for (damage, repair) in [
        ("UPDATE member SET addresses = 'nowhere' WHERE id = 14", "UPDATE member SET addresses = '[]'"),
        ("UPDATE sector SET active_until = 4294967296", "UPDATE sector SET active_until = NULL"),
        (
            &format!("UPDATE allotment SET salt = x'{}'", "ff".repeat(32)),
            "UPDATE allotment SET salt = zeroblob(32)",
        ),
        ("UPDATE sector SET device = 1 WHERE seq = 3", "UPDATE sector SET device = 14 WHERE seq = 3"),
    ] {
        let raw = rusqlite::Connection::open(&path).unwrap();
        raw.execute_batch(damage).unwrap();
        let registry = Registry::open(&path, &super::registry::domain(), Create::No).unwrap();
        let error = EpochDirectory::write_from(&registry, &public, &out, Overwrite::No).unwrap_err();
        assert!(matches!(error, EpochError::Registry(DatabaseError::Corrupt { .. })), "{damage}: {error}");
        assert!(!out.exists());
        raw.execute_batch(repair).unwrap();
    }
}

#[test]
fn altered_directories_are_told_apart() {
    let (_folder, registry, policy) = network();
    let public = opened(&registry, &policy);
    let good = EpochDirectory::collect(&registry, 0).unwrap();
    let refused = |change: fn(&mut EpochDirectory)| {
        let mut directory = good.clone();
        change(&mut directory);
        Epoch::new(public.clone(), directory).unwrap_err()
    };
    assert_eq!(refused(|directory| directory.domain = Fr::from(3u64)), DirectoryError::Domain);
    assert_eq!(refused(|directory| directory.epoch = 1), DirectoryError::Epoch { found: 1, expected: 0 });
    assert_eq!(
        refused(|directory| drop(directory.witnesses.pop())),
        DirectoryError::Witnesses { found: 11, expected: 12 }
    );
    assert_eq!(
        refused(|directory| directory.devices[1].index = 0),
        DirectoryError::Index { list: List::Device, place: 1, index: 0 }
    );
    assert_eq!(
        refused(|directory| directory.witnesses[3].public_key = directory.witnesses[4].public_key),
        DirectoryError::Twice { list: List::Witness }
    );
    assert_eq!(
        refused(|directory| directory.devices[0].owner += Fr::from(1u64)),
        DirectoryError::Root { list: List::Device }
    );
    assert_eq!(
        refused(|directory| {
            directory.witnesses.swap(0, 1);
            directory.witnesses[0].index = 0;
            directory.witnesses[1].index = 1;
        }),
        DirectoryError::Root { list: List::Witness }
    );
    // Addresses, hashes and endpoints are hints: no root knows them.
    let mut moved = good.clone();
    moved.devices[0].addresses.clear();
    moved.sectors[0].blake3 = [0; 32];
    moved.allotments[0].endpoint = moved.devices[0].endpoint;
    Epoch::new(public, moved).unwrap();
}

/// Whatever is changed, left out or moved in one list, its own root refuses.
#[test]
fn altered_sectors_and_allotments_are_told_apart() {
    let (_folder, registry, policy) = network();
    let public = opened(&registry, &policy);
    let good = EpochDirectory::collect(&registry, 0).unwrap();
    assert_eq!(good.sectors.iter().map(|sector| sector.device).collect::<Vec<_>>(), [1, 0, 1]);
    let refused = |change: fn(&mut EpochDirectory)| {
        let mut directory = good.clone();
        change(&mut directory);
        Epoch::new(public.clone(), directory).unwrap_err()
    };

    let list = List::Sector;
    let changes: [fn(&mut EpochDirectory); 8] = [
        |directory| directory.sectors[0].comm_r += Fr::from(1u64),
        |directory| directory.sectors[0].bytes += 1,
        |directory| directory.sectors[0].expiry += 1,
        |directory| directory.sectors[0].device = 0,
        |directory| directory.sectors[2].seq += 1,
        |directory| directory.sectors.truncate(2),
        |directory| directory.sectors.clear(),
        |directory| {
            directory.sectors.remove(0);
            directory.sectors[0].index = 0;
            directory.sectors[1].index = 1;
        },
    ];
    for change in changes {
        assert_eq!(refused(change), DirectoryError::Root { list });
    }
    assert_eq!(
        refused(|directory| directory.sectors.retain(|sector| sector.index != 0)),
        DirectoryError::Index { list, place: 0, index: 1 }
    );
    let swapped = refused(|directory| {
        directory.sectors.swap(0, 1);
        directory.sectors[0].index = 0;
        directory.sectors[1].index = 1;
    });
    assert_eq!(swapped, DirectoryError::Order { list, seq: 1 });
    assert_eq!(refused(|directory| directory.sectors[1].seq = 1), DirectoryError::Order { list, seq: 1 });
    assert_eq!(refused(|directory| directory.sectors[1].height = 1), DirectoryError::Height { seq: 2 });
    assert_eq!(refused(|directory| directory.sectors[1].bytes = 32), DirectoryError::Height { seq: 2 });
    let huge = refused(|directory| {
        directory.sectors[1].bytes = MAX_SECTOR_BYTES + 1;
        directory.sectors[1].height = 12;
    });
    assert_eq!(huge, DirectoryError::Height { seq: 2 });
    assert_eq!(
        refused(|directory| directory.sectors[1].expiry = 0),
        DirectoryError::Expired { seq: 2, expiry: 0, epoch: 0 }
    );
    assert_eq!(
        refused(|directory| directory.sectors[1].device = 2),
        DirectoryError::NoSuchDevice { list, seq: 2, device: 2, devices: 2 }
    );
    assert_eq!(
        refused(|directory| directory.sectors[2].comm_r = directory.sectors[0].comm_r),
        DirectoryError::Repeated { list, seq: 3 }
    );

    let list = List::Allotment;
    let changes: [fn(&mut EpochDirectory); 8] = [
        |directory| directory.allotments[0].owner += Fr::from(1u64),
        |directory| directory.allotments[0].cap += 1,
        |directory| directory.allotments[0].salt += Fr::from(1u64),
        |directory| directory.allotments[2].client = directory.devices[0].public_key,
        |directory| directory.allotments[2].device = 0,
        |directory| directory.allotments[2].seq += 1,
        |directory| directory.allotments.truncate(2),
        |directory| directory.allotments.clear(),
    ];
    for change in changes {
        assert_eq!(refused(change), DirectoryError::Root { list });
    }
    assert_eq!(
        refused(|directory| directory.allotments.retain(|allotment| allotment.index != 1)),
        DirectoryError::Index { list, place: 1, index: 2 }
    );
    let swapped = refused(|directory| {
        directory.allotments.swap(1, 2);
        directory.allotments[1].index = 1;
        directory.allotments[2].index = 2;
    });
    assert_eq!(swapped, DirectoryError::Order { list, seq: 2 });
    assert_eq!(
        refused(|directory| directory.allotments[0].device = 7),
        DirectoryError::NoSuchDevice { list, seq: 1, device: 7, devices: 2 }
    );
    assert_eq!(
        refused(|directory| directory.allotments[1].device = 1),
        DirectoryError::Repeated { list, seq: 2 }
    );
}

/// A directory that repeats an entry is refused even if the published root was made from it.
#[test]
fn a_root_does_not_excuse_a_repetition() {
    let (_folder, registry, policy) = network();
    let public = opened(&registry, &policy);
    let mut directory = EpochDirectory::collect(&registry, 0).unwrap();
    let twice = DirectorySector { index: 3, seq: 9, ..directory.sectors[0].clone() };
    let leaves = directory.sectors.iter().chain([&twice]).map(|entry| {
        let DirectorySector { comm_r, bytes, height, expiry, seq, .. } = *entry;
        let sector = identity::Sector { kind: tag::POSSESSION, comm_r, bytes, height, expiry, seq };
        let device = &directory.devices[entry.device as usize];
        identity::sector_leaf(public.domain, device.device_leaf(), &sector)
    });
    let leaves: Vec<Fr> = leaves.collect();
    let honest = LeanImt::from_leaves(leaves[..3].to_vec()).root();
    assert_eq!(honest, public.roots.sector, "the leaves as the protocol has them, in order of seq");
    let bent = changed(&public, |public| public.roots.sector = LeanImt::from_leaves(leaves).root());
    directory.sectors.push(twice);
    let error = Epoch::new(bent, directory).unwrap_err();
    assert_eq!(error, DirectoryError::Repeated { list: List::Sector, seq: 9 });
}

#[test]
fn empty_lists_have_the_root_zero() {
    let folder = tempdir().unwrap();
    let (_, mut registry) = open(&folder);
    for seed in 1..=3 {
        registry.register(&registration(Role::Witness, seed, u64::from(seed)), 0).unwrap();
    }
    registry.register(&registration(Role::Device, 21, 221), 0).unwrap();
    // Too late for epoch 0, and expired before epoch 8.
    registry.add_sector(&sector(21, 5, 1), 2).unwrap();
    registry.add_sector(&NewSector { expiry: 2, ..sector(21, 6, 1) }, 1).unwrap();
    let mut policy = demo();
    policy.beacon.timing = Timing::Recorded;
    let at = |epoch| epoch::snapshot(&registry, &policy, epoch, beacon(&policy, 1000), None).unwrap().roots;
    let zero = Fr::from(0u64);
    assert_eq!((at(0).sector, at(0).allotment), (zero, zero));
    let seqs = |epoch| {
        let directory = EpochDirectory::collect(&registry, epoch).unwrap();
        directory.sectors.iter().map(|sector| sector.seq).collect::<Vec<_>>()
    };
    assert_eq!((seqs(0), seqs(1), seqs(2), seqs(99), seqs(100)), (vec![], vec![2], vec![1], vec![1], vec![]));
    assert_ne!(at(1).sector, at(2).sector);
    assert_eq!(at(2).sector, at(99).sector);
    assert_eq!(at(100).sector, zero);
}

#[test]
fn paths_lead_to_the_published_roots() {
    let (_folder, registry, policy) = network();
    let public = epoch::close(&opened(&registry, &policy), &policy, beacon(&policy, 1009)).unwrap();
    let epoch = Epoch::new(public.clone(), EpochDirectory::collect(&registry, 0).unwrap()).unwrap();
    let device = key(Role::Device, 22);
    let entry = epoch.device(&device.public_key()).unwrap();
    let committee = epoch.committee(entry);
    assert_eq!(committee.len(), 5);
    assert!((1..=5).contains(&epoch.committee_owners(entry)));

    let mut bitmap = SlotBitmap::default();
    bitmap.set(3).unwrap();
    let signed = committee.iter().zip(0u32..).map(|(&index, seat)| {
        let witness = key(Role::Witness, u8::try_from(index).unwrap() + 1);
        let rho = public.opening.rho();
        let message = message::uptime_attestation(public.domain, 0, rho, entry.device_leaf(), &bitmap);
        (seat, bitmap, witness.signer().sign(message))
    });
    let input: UptimeInput = epoch.uptime_input(&device.public_key(), signed).unwrap();
    input.check().unwrap();
    assert_eq!(UptimeInput::from_json(input.to_json().as_bytes()).unwrap(), input);
    assert_eq!(input.device.path.root(entry.device_leaf()), public.roots.device);
    for seat in &input.seats {
        let witness = &seat.witness;
        let leaf = identity::witness_leaf(&witness.public_key, witness.owner, witness.index);
        assert_eq!(seat.path.root(leaf), public.roots.witness);
        let message =
            message::uptime_attestation(public.domain, 0, public.opening.rho(), entry.device_leaf(), &bitmap);
        popw_core::eddsa::verify(&witness.public_key, message, &seat.signature).unwrap();
    }

    assert!(epoch.device_input(&key(Role::Device, 99).public_key()).is_none());
    let signature = input.seats[0].signature;
    assert!(epoch.seat_input(&device.public_key(), 5, bitmap, signature).is_none());
    assert!(epoch.witness(12).is_none());
}

/// A closed epoch of two batches.
fn batched() -> Epoch {
    let (_folder, registry, mut policy) = network();
    policy.rules.batches = 2;
    let public = epoch::close(&opened(&registry, &policy), &policy, beacon(&policy, 1009)).unwrap();
    Epoch::new(public, EpochDirectory::collect(&registry, 0).unwrap()).unwrap()
}

#[test]
fn sectors_and_allotments_are_found() {
    let epoch = batched();
    let of = |device| {
        let device = key(Role::Device, device).public_key();
        let sectors: Vec<u64> = epoch.sectors_of(&device).map(|sector| sector.seq).collect();
        let allotments: Vec<u64> = epoch.allotments_of(&device).map(|allotment| allotment.seq).collect();
        (sectors, allotments)
    };
    assert_eq!(of(21), (vec![2], vec![2]));
    assert_eq!(of(22), (vec![1, 3], vec![1, 3]));
    assert_eq!(of(99), (vec![], vec![]));
    assert_eq!(epoch.sector(3).unwrap().comm_r, Fr::from(7u64));
    assert_eq!(epoch.allotment(3).unwrap().client, key(Role::Client, 32).public_key());
    assert!(epoch.sector(4).is_none() && epoch.sector(0).is_none() && epoch.allotment(4).is_none());
    let device = epoch.device(&key(Role::Device, 22).public_key()).unwrap();
    assert_eq!(epoch.draw(Duty::Uptime, device), epoch.committee(device));
    assert_ne!(epoch.draw(Duty::Rate, device), epoch.committee(device));
    assert_eq!(epoch.committee_owners(device), epoch.owners_drawn(Duty::Uptime, device));
}

#[test]
fn inputs_of_all_claims_have_paths_to_their_roots() {
    let epoch = batched();
    let public = epoch.public();
    let device = key(Role::Device, 22).public_key();
    let entry = epoch.device(&device).unwrap();
    let (rho, leaf) = (public.opening.rho(), entry.device_leaf());
    let openings = || vec![OpeningInput { index: 0, node: Fr::from(7u64), levels: Vec::new() }];
    let sectors: Vec<_> = [3, 1]
        .map(|seq| epoch.sector_input(seq, if seq == 3 { openings() } else { Vec::new() }).unwrap())
        .into();
    for input in &sectors {
        let known = epoch.sector(input.seq).unwrap();
        assert_eq!((input.comm_r, input.bytes, input.expiry), (known.comm_r, known.bytes, known.expiry));
        let sector = identity::Sector {
            kind: tag::POSSESSION,
            comm_r: input.comm_r,
            bytes: input.bytes,
            height: input.height,
            expiry: input.expiry,
            seq: input.seq,
        };
        let sector = identity::sector_leaf(public.domain, leaf, &sector);
        assert_eq!(input.path.root(sector), public.roots.sector);
    }
    let receipts: Vec<_> = [(3, 32), (1, 31)]
        .map(|(seq, client)| {
            let signed =
                key(Role::Client, client).signer().sign(message::receipt(public.domain, 0, seq, leaf, 99));
            epoch.receipt_input(seq, 99, signed).unwrap()
        })
        .into();
    for input in &receipts {
        let allotment = identity::Allotment { salt: input.salt, epoch: 0, cap: input.cap, seq: input.seq };
        let allotment = identity::allotment_leaf(&input.client, input.owner, leaf, &allotment);
        assert_eq!(input.path.root(allotment), public.roots.allotment);
        let message = message::receipt(public.domain, 0, input.seq, leaf, 99);
        popw_core::eddsa::verify(&input.client, message, &input.signature).unwrap();
    }
    let challengers: Vec<_> = [4, 0]
        .map(|seat| {
            let witness = key(Role::Witness, epoch.draw(Duty::Rate, entry)[seat as usize] as u8 + 1);
            let message = message::rate_attestation(public.domain, 0, rho, leaf, 800);
            epoch.challenger_input(&device, seat, 800, witness.signer().sign(message)).unwrap()
        })
        .into();
    for input in &challengers {
        let witness = &input.witness;
        let member = identity::witness_leaf(&witness.public_key, witness.owner, witness.index);
        assert_eq!(input.path.root(member), public.roots.witness);
        let message = message::rate_attestation(public.domain, 0, rho, leaf, 800);
        popw_core::eddsa::verify(&witness.public_key, message, &input.signature).unwrap();
    }
    let (signature, bitmap) = (receipts[0].signature, SlotBitmap::default());
    let seats: Vec<_> = [2, 1].map(|seat| epoch.seat_input(&device, seat, bitmap, signature).unwrap()).into();

    // Both sectors and both allotments are of batch 1; batch 0 is empty and still an input.
    let storage = |batch| epoch.storage_input(&device, batch, sectors.clone()).unwrap();
    let bandwidth =
        |batch| epoch.bandwidth_input(&device, batch, receipts.clone(), challengers.clone()).unwrap();
    let work = |batch| {
        epoch
            .work_input(&device, batch, seats.clone(), sectors.clone(), receipts.clone(), challengers.clone())
            .unwrap()
    };
    for input in [&storage(1) as &dyn Parts, &bandwidth(1), &work(1), &storage(0), &bandwidth(0), &work(0)] {
        input.hold();
    }
    assert_eq!((storage(0).sectors.len(), bandwidth(0).receipts.len()), (0, 0));
    assert_eq!(work(1).sectors.iter().map(|sector| sector.seq).collect::<Vec<_>>(), [1, 3]);
    assert_eq!(work(1).receipts.iter().map(|receipt| receipt.seq).collect::<Vec<_>>(), [1, 3]);
    assert_eq!(work(1).challengers.iter().map(|seat| seat.seat).collect::<Vec<_>>(), [0, 4]);
    assert_eq!(work(1).seats.iter().map(|seat| seat.seat).collect::<Vec<_>>(), [1, 2]);

    // A batch there is not, another device's sectors and receipts, numbers and seats of nobody.
    assert!(epoch.storage_input(&device, 2, sectors.clone()).is_none());
    let other = key(Role::Device, 21).public_key();
    assert!(epoch.storage_input(&other, 1, sectors.clone()).is_none());
    assert!(epoch.bandwidth_input(&other, 1, receipts, Vec::new()).is_none());
    assert!(epoch.storage_input(&key(Role::Device, 99).public_key(), 1, Vec::new()).is_none());
    let unknown = popw_core::document::SectorInput { seq: 8, ..sectors[0].clone() };
    assert!(epoch.storage_input(&device, 1, vec![unknown]).is_none());
    assert!(epoch.sector_input(8, Vec::new()).is_none() && epoch.receipt_input(8, 1, signature).is_none());
    assert!(epoch.challenger_input(&device, 5, 1, signature).is_none());
    assert!(epoch.challenger_input(&key(Role::Device, 99).public_key(), 0, 1, signature).is_none());
}

/// Documents that pass their own check and are read back as themselves.
trait Parts {
    fn hold(&self);
}

impl<T: ClaimInput + PartialEq + std::fmt::Debug> Parts for T {
    fn hold(&self) {
        self.check().unwrap();
        assert_eq!(T::from_json(self.to_json().as_bytes()).as_ref(), Ok(self));
        assert_eq!(self.parts().epoch.epoch, 0);
    }
}
