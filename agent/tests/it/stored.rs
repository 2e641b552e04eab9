//! A store's sectors as the input of a storage proof.

use std::fs;
use std::os::unix::fs::FileExt;

use popw_agent::export::{self, ExportError};
use popw_agent::store::device::DeviceStore;
use popw_core::document::EpochPublic;
use popw_core::possession;
use popw_network::epoch::directory::EpochDirectory;
use popw_storage::Silent;

use crate::scene::waiting;
use crate::world::{self, Plan, World, beacon};

const CHALLENGES: u32 = 4;

struct Kept {
    world: World,
    public: EpochPublic,
    directory: EpochDirectory,
}

/// A closed epoch in which the device has registered sectors of these lengths.
fn kept(lengths: &[usize]) -> Kept {
    let mut world = World::new(Plan { witnesses: 3, k: 3, q: 2, slots: 24, slot_ms: 1_000 });
    for &length in lengths {
        let mut data = vec![0; length];
        blake3::Hasher::new().update(&length.to_be_bytes()).finalize_xof().fill(&mut data);
        let path = world.path(format!("data-{length}"));
        fs::write(&path, data).expect("a file");
        let added = popw_storage::add(&path, &world.path("store"), &waiting(), &mut Silent);
        let record = added.expect("a sector").sector.record().clone();
        world.stored.push((record.comm_r, record.blake3, record.bytes));
    }
    let (public, directory) = world.publish(3, 1_700_000_000_000, |_| true);
    let public = EpochPublic { closing: Some(beacon(1_000_000)), ..public };
    Kept { world, public, directory }
}

impl Kept {
    fn export(&self, batch: u32) -> Result<export::StorageExport, ExportError> {
        let (store, info) = (self.world.path("store"), self.world.device_info());
        export::storage_input(&store, &self.public, &self.directory, &info, batch, CHALLENGES)
    }
}

#[test]
fn sectors_answer_what_the_closing_beacon_asks() {
    let kept = kept(&[100_000, 10, 40]);
    let export = kept.export(0).expect("an input");
    assert_eq!(export.left_out, []);
    assert_eq!(export.input.sectors.iter().map(|sector| sector.seq).collect::<Vec<_>>(), [3, 4, 5]);
    let rho = kept.public.closing.as_ref().expect("closed").rho();
    for sector in &export.input.sectors {
        let nodes = possession::node_count(sector.bytes);
        assert_eq!(sector.openings.len(), CHALLENGES as usize);
        for (i, opening) in (0u32..).zip(&sector.openings) {
            assert_eq!(opening.index, possession::challenge(rho, sector.comm_r, i, nodes));
            let levels = opening.levels.iter().map(|level| level.0).collect();
            let opening = popw_storage::Opening { index: opening.index, node: opening.node, levels };
            assert_eq!(opening.verify(sector.comm_r, nodes, sector.height), Ok(()));
        }
    }

    let open = EpochPublic { closing: None, ..kept.public.clone() };
    let (store, info) = (kept.world.path("store"), kept.world.device_info());
    let refused = export::storage_input(&store, &open, &kept.directory, &info, 0, CHALLENGES);
    assert!(matches!(refused, Err(ExportError::NotClosed(3))), "{refused:?}");
    assert!(matches!(kept.export(1), Err(ExportError::NoSuchBatch { batch: 1, batches: 1, .. })));

    // The sectors alone are work, too.
    let keys = world::keys(1);
    let mut identity = [0; 96];
    identity[..32].copy_from_slice(&popw_core::field::to_be_bytes(&keys.public().point.x));
    identity[32..64].copy_from_slice(&popw_core::field::to_be_bytes(&keys.public().point.y));
    identity[64..].copy_from_slice(&popw_core::field::to_be_bytes(&keys.owner));
    let database = kept.world.path("device.db");
    DeviceStore::open(&database, &identity).expect("a database");
    let work = |sectors| export::work_input(&database, &kept.public, &kept.directory, &info, 0, sectors);
    let input = work(export.into()).expect("an input");
    assert_eq!((input.sectors.len(), input.seats.len(), input.receipts.len()), (3, 0, 0));
    let nothing = work(Vec::new());
    assert!(matches!(nothing, Err(ExportError::NothingServed { .. })), "{nothing:?}");
}

#[test]
fn a_damaged_sector_is_left_out_and_named() {
    let kept = kept(&[31, 62]);
    let folder = |at: usize| kept.world.path("store").join(hex(&kept.world.stored[at].1));
    let damage = |at: usize| {
        let file = fs::OpenOptions::new().write(true).open(folder(at).join("data")).expect("the data");
        file.write_all_at(&[0xff; 31], 0).expect("written");
    };
    // Of two nodes the challenges ask for both, all but certainly; of one, certainly.
    damage(0);
    let export = kept.export(0).expect("the other");
    assert_eq!(export.input.sectors.len(), 1);
    assert_eq!((export.left_out.len(), export.left_out[0].seq), (1, 3), "{:?}", export.left_out);
    fs::remove_dir_all(folder(1)).expect("removed");
    match kept.export(0) {
        Err(ExportError::NoSectors { registered: 2, first: Some(first), .. }) => {
            assert!(first.starts_with("sector 3: "), "{first}");
        }
        other => panic!("{other:?}"),
    }
}

fn hex(bytes: &[u8; 32]) -> String {
    blake3::Hash::from_bytes(*bytes).to_hex().to_string()
}
