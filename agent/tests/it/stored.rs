//! A store's sectors as the input of a storage proof.

use std::fs;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};

use popw_agent::export::{self, Export, ExportError, Fate, Part, Store};
use popw_agent::store::device::DeviceStore;
use popw_core::document::{EpochPublic, StorageInput, WorkInput};
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
    fn export(&self, batch: u32) -> Result<Export<StorageInput>, ExportError> {
        let (folder, info) = (self.world.path("store"), self.world.device_info());
        let store = Store { folder: &folder, challenges: CHALLENGES };
        export::storage_input(store, &self.public, &self.directory, &info, batch)
    }

    /// The same as work, of a device that has nothing else.
    fn work(&self, store: Option<&Path>) -> Result<Export<WorkInput>, ExportError> {
        let keys = world::keys(1);
        let mut identity = [0; 96];
        identity[..32].copy_from_slice(&popw_core::field::to_be_bytes(&keys.public().point.x));
        identity[32..64].copy_from_slice(&popw_core::field::to_be_bytes(&keys.public().point.y));
        identity[64..].copy_from_slice(&popw_core::field::to_be_bytes(&keys.owner));
        let database = self.world.path("device.db");
        DeviceStore::open(&database, &identity).expect("a database");
        let store = store.map(|folder| Store { folder, challenges: CHALLENGES });
        let info = self.world.device_info();
        export::work_input(&database, store, &self.public, &self.directory, &info, 0)
    }

    fn folder(&self, at: usize) -> PathBuf {
        self.world.path("store").join(hex(&self.world.stored[at].1))
    }

    fn damage(&self, at: usize) {
        let file = fs::OpenOptions::new().write(true).open(self.folder(at).join("data")).expect("the data");
        file.write_all_at(&[0xff; 31], 0).expect("written");
    }
}

/// What is left out of the claim of sectors, and whether it can be mended.
fn sectors_left_out<I>(export: &Export<I>) -> Vec<(u64, Fate)> {
    let sectors = export.left_out.iter().filter(|left| left.part == Part::Possession);
    sectors.map(|left| (left.seq.expect("its number"), left.fate)).collect()
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
    let (folder, info) = (kept.world.path("store"), kept.world.device_info());
    let store = Store { folder: &folder, challenges: CHALLENGES };
    let refused = export::storage_input(store, &open, &kept.directory, &info, 0);
    assert!(matches!(refused, Err(ExportError::NotClosed(3))), "{refused:?}");
    assert!(matches!(kept.export(1), Err(ExportError::NoSuchBatch { batch: 1, batches: 1, .. })));
}

#[test]
fn sectors_alone_are_work_too() {
    let kept = kept(&[100_000, 10, 40]);
    let export = kept.work(Some(&kept.world.path("store"))).expect("an input");
    let input = &export.input;
    assert_eq!((input.sectors.len(), input.seats.len(), input.receipts.len()), (3, 0, 0));
    // Witnesses were drawn, and none has signed yet.
    assert_eq!(export.left_out.iter().map(|left| left.part).collect::<Vec<_>>(), [Part::Uptime]);
    let nothing = kept.work(None);
    assert!(matches!(nothing, Err(ExportError::NothingServed { .. })), "{nothing:?}");
}

#[test]
fn a_damaged_sector_is_left_out_and_named() {
    let kept = kept(&[31, 62]);
    // Of two nodes the challenges ask for both, all but certainly; of one, certainly.
    kept.damage(0);
    let export = kept.export(0).expect("the other");
    assert_eq!(export.input.sectors.len(), 1);
    assert_eq!(sectors_left_out(&export), [(3, Fate::Lost)], "{:?}", export.left_out);
    // It costs itself only.
    assert_eq!(export.whole().expect("the other").sectors.len(), 1);
    let work = kept.work(Some(&kept.world.path("store"))).expect("the other");
    assert_eq!((work.input.sectors.len(), sectors_left_out(&work)), (1, vec![(3, Fate::Lost)]));
    fs::remove_dir_all(kept.folder(1)).expect("removed");
    match kept.export(0) {
        Err(ExportError::NoSectors { registered: 2, first: Some(first), .. }) => {
            assert!(first.starts_with("sector 3: "), "{first}");
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_claim_without_a_sector_that_may_come_back_is_not_whole() {
    let kept = kept(&[31, 62]);
    let away = kept.world.path("away");
    fs::rename(kept.folder(0), &away).expect("moved");
    let export = kept.export(0).expect("the other");
    assert_eq!(sectors_left_out(&export), [(3, Fate::Mendable)], "{:?}", export.left_out);
    match export.whole() {
        Err(error @ ExportError::WorthLess { batch: 0, .. }) => {
            assert!(error.to_string().contains("sector 3 is left out: "), "{error}");
        }
        other => panic!("{other:?}"),
    }
    fs::rename(&away, kept.folder(0)).expect("moved back");
    assert_eq!(kept.export(0).expect("both").whole().expect("whole").sectors.len(), 2);
}

fn hex(bytes: &[u8; 32]) -> String {
    blake3::Hash::from_bytes(*bytes).to_hex().to_string()
}
