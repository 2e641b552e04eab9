//! Adding a file of which the store has a sector already: one that is whole is left alone, any other is repaired.

use std::fs;
use std::path::{Path, PathBuf};

use popw_storage::scrub::last_scrub;
use popw_storage::{
    AddOptions, Added, Flaw, Placement, Progress, ScrubOptions, Sector, Silent, StorageError, add, scrub,
    store,
};

use super::common::{World, bytes, flip, names, scrubbed};

const LINK: AddOptions =
    AddOptions { placement: Placement::Reference, wait: false, resume: true, checkpoint_bytes: 256 << 20 };

fn added(world: &World, source: &Path, options: &AddOptions) -> Added {
    add(source, &world.store(), options, &mut Silent).unwrap()
}

/// That the store has one sector, that this is it, and that nothing is wrong with it.
fn assert_whole(world: &World, sector: &Sector, data: &[u8]) {
    assert_eq!(world.names(), [sector.id().to_string()]);
    assert_eq!(scrubbed(sector), []);
    assert_eq!(fs::read(sector.data_path()).unwrap(), data);
    assert!(names(sector.folder()).iter().all(|name| !name.ends_with(".tmp")));
}

/// Without its last bytes, which are more than a record's final newline.
fn cut(path: &Path) {
    let content = fs::read(path).unwrap();
    fs::write(path, &content[..content.len() - 2]).unwrap();
}

#[test]
fn a_damaged_copy_is_repaired_by_adding_the_file_again() {
    let data = bytes(200_000, 81);
    let world = World::new(&data);
    let sector = world.add();
    let layout = *sector.layout();
    type Case<'a> = (&'a str, Flaw, &'a dyn Fn(&Path));
    let cases: [Case; 11] = [
        ("data", Flaw::Data, &|folder| flip(&folder.join("data"), 5000)),
        ("the last byte", Flaw::Data, &|folder| flip(&folder.join("data"), 199_999)),
        ("data cut", Flaw::Data, &|folder| cut(&folder.join("data"))),
        ("data gone", Flaw::Data, &|folder| fs::remove_file(folder.join("data")).unwrap()),
        ("tree", Flaw::Beside, &|folder| flip(&folder.join("tree"), 5000)),
        ("its table", Flaw::Beside, &|folder| flip(&folder.join("tree"), layout.tree_bytes() - 1)),
        ("its header", Flaw::Beside, &|folder| flip(&folder.join("tree"), 100)),
        ("tree cut", Flaw::Beside, &|folder| cut(&folder.join("tree"))),
        ("outboard", Flaw::Beside, &|folder| flip(&folder.join("outboard"), 64)),
        ("record", Flaw::Beside, &|folder| cut(&folder.join("sector.json"))),
        ("record gone", Flaw::Beside, &|folder| fs::remove_file(folder.join("sector.json")).unwrap()),
    ];
    for (name, flaw, damage) in cases {
        for resume in [true, false] {
            damage(sector.folder());
            // What a scrub finds is not said of what comes after.
            if let Ok(damaged) = Sector::open(&world.store(), sector.id()) {
                let found = scrub(&damaged, &ScrubOptions::default(), &mut Silent).unwrap();
                assert!(!found.damaged.is_empty(), "{name}");
            }
            let options = AddOptions { resume, ..AddOptions::default() };
            let again = added(&world, &world.source(), &options);
            assert_eq!((again.new, again.repaired.as_ref()), (false, Some(&flaw)), "{name}");
            assert!(last_scrub(&again.sector).is_none(), "{name}");
            assert_eq!((again.sector.id(), again.sector.comm_r()), (sector.id(), sector.comm_r()));
            assert_whole(&world, &again.sector, &data);
        }
    }
}

#[test]
fn a_whole_sector_is_left_as_it_was() {
    let data = bytes(100_000, 82);
    let world = World::new(&data);
    let sector = world.add();
    let twin = world.folder.path().join("twin");
    fs::copy(world.source(), &twin).unwrap();
    let record = fs::read(sector.folder().join("sector.json")).unwrap();
    for (source, options) in
        [(world.source(), AddOptions::default()), (twin.clone(), AddOptions::default()), (twin, LINK)]
    {
        let again = added(&world, &source, &options);
        assert_eq!((again.new, again.repaired), (false, None));
        assert_whole(&world, &again.sector, &data);
        assert_eq!(fs::read(sector.folder().join("sector.json")).unwrap(), record);
    }
}

/// Another file is another sector, whatever its name: it repairs nothing.
#[test]
fn another_file_repairs_nothing() {
    let world = World::new(&bytes(100_000, 83));
    let sector = world.add();
    flip(sector.data_path(), 5000);
    fs::write(world.source(), bytes(100_000, 84)).unwrap();
    let other = added(&world, &world.source(), &AddOptions::default());
    assert!(other.new && other.repaired.is_none() && other.sector.id() != sector.id());
    let damaged = Sector::open(&world.store(), sector.id()).unwrap();
    assert_eq!(scrubbed(&damaged).len(), 1);
}

/// A sector that links to the world's file, which has then been moved; where to.
fn moved(world: &World) -> (Sector, PathBuf) {
    let sector = added(world, &world.source(), &LINK).sector;
    let to = world.folder.path().join("elsewhere");
    fs::rename(world.source(), &to).unwrap();
    (sector, to)
}

#[test]
fn a_moved_file_is_linked_to_anew() {
    let data = bytes(100_000, 85);
    let world = World::new(&data);
    let (sector, to) = moved(&world);
    let error = Sector::open(&world.store(), sector.id()).unwrap_err();
    let StorageError::LinkMoved { path, id } = &error else { panic!("{error}") };
    assert_eq!((path.as_path(), *id), (sector.data_path(), sector.id()));
    assert!(error.is_damage() && error.to_string().contains("add it again as a link"), "{error}");

    let again = added(&world, &to, &LINK);
    let old = sector.data_path().to_path_buf();
    assert_eq!((again.new, again.repaired), (false, Some(Flaw::Link(old))));
    assert_eq!(again.sector.data_path(), to.canonicalize().unwrap());
    assert!(!sector.folder().join("data").exists());
    assert_whole(&world, &again.sector, &data);
    // And there it is now.
    let third = added(&world, &to, &LINK);
    assert_eq!((third.new, third.repaired), (false, None));
}

/// The name of the old place is no proof of anything: what is there now is compared.
#[test]
fn a_link_to_something_else_is_linked_to_anew() {
    let data = bytes(100_000, 86);
    for now in [bytes(100_000, 87), bytes(1000, 86), Vec::new()] {
        let world = World::new(&data);
        let (sector, to) = moved(&world);
        fs::write(world.source(), &now).unwrap();
        let again = added(&world, &to, &LINK);
        assert_eq!((again.new, again.repaired), (false, Some(Flaw::Data)));
        assert_eq!(again.sector.id(), sector.id());
        assert_whole(&world, &again.sector, &data);
        assert_eq!(fs::read(world.source()).unwrap(), now, "nobody's file is written to");
    }
}

#[test]
fn a_moved_file_can_be_copied_and_a_copy_become_a_link() {
    let data = bytes(100_000, 88);
    let world = World::new(&data);
    let (_, to) = moved(&world);
    let copy = added(&world, &to, &AddOptions::default());
    assert!(matches!(copy.repaired, Some(Flaw::Link(_))));
    assert_eq!(copy.sector.data_path(), copy.sector.folder().join("data"));
    assert_whole(&world, &copy.sector, &data);

    flip(copy.sector.data_path(), 9);
    let link = added(&world, &to, &LINK);
    assert_eq!(link.repaired, Some(Flaw::Data));
    assert_eq!(link.sector.data_path(), to.canonicalize().unwrap());
    assert!(!link.sector.folder().join("data").exists(), "nothing is left of the copy");
    assert_whole(&world, &link.sector, &data);
}

/// Nobody should add a store's own files, but then at least nothing is lost.
#[test]
fn a_link_to_the_stores_own_copy_leaves_the_copy() {
    let data = bytes(100_000, 90);
    let world = World::new(&data);
    let sector = world.add();
    flip(&sector.folder().join("tree"), 5000);
    let own = added(&world, sector.data_path(), &LINK);
    assert_eq!(own.repaired, Some(Flaw::Beside));
    assert_whole(&world, &own.sector, &data);
}

/// Stops after so many questions.
struct Stop(u32);

impl Progress for Stop {
    fn report(&mut self, _: u64, _: u64) {}

    fn cancelled(&mut self) -> bool {
        self.0 = self.0.saturating_sub(1);
        self.0 == 0
    }
}

/// Stopped while the sector is looked at, it stays what it was, and the next run repairs it.
#[test]
fn stopped_before_the_repair_it_is_repaired_the_next_time() {
    let data = bytes(3 << 20, 89);
    let world = World::new(&data);
    let sector = world.add();
    flip(sector.data_path(), 5000);
    // The file is one window: nobody asks before the sector is looked at.
    let error = add(&world.source(), &world.store(), &AddOptions::default(), &mut Stop(1)).unwrap_err();
    assert!(matches!(error, StorageError::Cancelled), "{error}");
    let damaged = Sector::open(&world.store(), sector.id()).unwrap();
    assert_eq!(scrubbed(&damaged).len(), 1);
    assert_eq!(store::list(&world.store()).unwrap().len(), 1);
    let again = added(&world, &world.source(), &AddOptions::default());
    assert_eq!(again.repaired, Some(Flaw::Data));
    assert_whole(&world, &again.sector, &data);
}
