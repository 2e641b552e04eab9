//! Killed at any moment: nothing half is taken for whole, and the next run ends as if nothing had happened.

use std::fs;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::Duration;

use popw_storage::layout::BLOCK_BYTES;
use popw_storage::{AddOptions, Added, Placement, Progress, Silent, StorageError, add, store};

use super::common::{Taken, World, bytes, careful, flip, names, scrubbed};
use super::processes::Adder;

/// Nine blocks, so that blocks are joined on two levels.
const SIZE: usize = 9 * BLOCK_BYTES as usize + 1000;
/// Where only one level joins them, three do.
const SMALL: usize = 3 * BLOCK_BYTES as usize + 1000;

/// The files of a sector that do not depend on when it was made.
fn files(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let mut names = names(folder);
    names.retain(|name| name != "sector.json" && name != "scrub.json");
    names.into_iter().map(|name| (name.clone(), fs::read(folder.join(name)).unwrap())).collect()
}

/// The same file, taken in without disturbance.
fn undisturbed(content: &[u8]) -> (World, Vec<(String, Vec<u8>)>) {
    let world = World::new(content);
    let sector = world.add();
    let files = files(sector.folder());
    assert_eq!(files.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>(), ["data", "outboard", "tree"]);
    (world, files)
}

/// What a store must look like after any crash.
fn assert_nothing_half(world: &World) {
    if world.store().exists() {
        for listed in store::list(&world.store()).unwrap() {
            popw_storage::Sector::open(&world.store(), listed.id).unwrap();
        }
    }
}

fn add_again(world: &World) -> Added {
    let added = add(&world.source(), &world.store(), &careful(), &mut Silent).unwrap();
    assert_eq!(world.names(), [added.sector.id().to_string()], "no traces of the crash");
    added
}

#[test]
fn killed_after_any_block_it_goes_on_to_the_same_bytes() {
    let content = bytes(SIZE, 31);
    let (_undisturbed, expected) = undisturbed(&content);
    for reports in [1, 8, 9] {
        let world = World::new(&content);
        let mut adder = Adder::start("add", &world.source(), &world.store());
        for _ in 0..reports {
            adder.hear("done ").unwrap();
        }
        adder.kill();
        assert_nothing_half(&world);
        let again = add_again(&world);
        // The report of a block precedes its checkpoint: one less is certain.
        assert!(!again.new || again.resumed_at >= (reports - 1) * BLOCK_BYTES, "{}", again.resumed_at);
        assert!(files(again.sector.folder()) == expected, "after {reports} reports");
    }
}

/// Killed again and again after random times, each run goes on where the last one was.
#[test]
fn killed_many_times_at_any_moment_it_arrives() {
    let content = bytes(SIZE, 32);
    let (_undisturbed, expected) = undisturbed(&content);
    let world = World::new(&content);
    for delay in [0, 1, 7, 30, 80, 250, 400, 120] {
        let mut adder = Adder::start("add", &world.source(), &world.store());
        adder.hear("ready").unwrap();
        thread::sleep(Duration::from_millis(delay));
        adder.kill();
        assert_nothing_half(&world);
    }
    assert!(files(add_again(&world).sector.folder()) == expected);
}

/// Killed around the very end, where names are given.
#[test]
fn killed_at_the_end_it_is_there_or_not() {
    let content = bytes(2 * BLOCK_BYTES as usize, 33);
    let (_undisturbed, expected) = undisturbed(&content);
    for delay in [0u64, 300, 900, 2000, 4000] {
        let world = World::new(&content);
        let mut adder = Adder::start("add", &world.source(), &world.store());
        adder.hear(&format!("done {}", content.len())).unwrap();
        thread::sleep(Duration::from_micros(delay));
        adder.kill();
        assert_nothing_half(&world);
        assert!(files(add_again(&world).sector.folder()) == expected);
    }
}

/// A folder of small files, killed between any two of them and at any moment.
#[test]
fn killed_amid_a_folder_it_arrives() {
    let world = World::new(b"x");
    let folder = world.folder.path().join("many");
    fs::create_dir(&folder).unwrap();
    for i in 0..200u64 {
        fs::write(folder.join(format!("{i:03}")), bytes(100 + i as usize, i)).unwrap();
    }
    for (files, delay) in [(0, 0), (0, 3), (1, 0), (0, 20), (33, 1), (0, 60), (100, 0)] {
        let mut adder = Adder::start("folder", &folder, &world.store());
        adder.hear("ready").unwrap();
        // Those that it has told of are there, whatever happens to it.
        let told = (0..files).filter_map(|_| adder.hear("file ")).count();
        thread::sleep(Duration::from_millis(delay));
        adder.kill();
        assert_nothing_half(&world);
        let kept = if world.store().exists() { store::list(&world.store()).unwrap().len() } else { 0 };
        assert!(kept >= told, "{kept} of {told}");
    }
    let taken = Taken::of(&folder, &world.store());
    assert!(taken.files.iter().all(|(_, outcome)| outcome.is_ok()));
    let listed = store::list(&world.store()).unwrap();
    assert_eq!(world.names(), listed.iter().map(|listed| listed.id.to_string()).collect::<Vec<_>>());
    assert_eq!(listed.len(), 200);
    for listed in listed {
        let sector = popw_storage::Sector::open(&world.store(), listed.id).unwrap();
        assert_eq!(scrubbed(&sector), []);
    }
}

/// Stops after so many windows.
struct Stop(u64);

impl Progress for Stop {
    fn report(&mut self, _: u64, _: u64) {
        self.0 = self.0.saturating_sub(1);
    }

    fn cancelled(&mut self) -> bool {
        self.0 == 0
    }
}

fn stopped(world: &World, options: &AddOptions, windows: u64) -> PathBuf {
    let error = add(&world.source(), &world.store(), options, &mut Stop(windows)).unwrap_err();
    assert!(matches!(error, StorageError::Cancelled), "{error}");
    let unfinished = store::unfinished(&world.store()).unwrap();
    assert_eq!(unfinished.len(), 1);
    assert_eq!(unfinished[0].done, windows * BLOCK_BYTES);
    assert_eq!(unfinished[0].source, world.source().canonicalize().unwrap().to_str().map(String::from));
    unfinished[0].folder.clone()
}

#[test]
fn cancelled_it_goes_on_also_without_a_copy() {
    let content = bytes(SIZE, 34);
    let (_undisturbed, expected) = undisturbed(&content);
    for placement in [Placement::Copy, Placement::Reference] {
        let world = World::new(&content);
        let options = AddOptions { placement, ..careful() };
        stopped(&world, &options, 5);
        let added = add(&world.source(), &world.store(), &options, &mut Silent).unwrap();
        assert_eq!(added.resumed_at, 5 * BLOCK_BYTES);
        let expected: Vec<_> = match placement {
            Placement::Copy => expected.iter().collect(),
            Placement::Reference => expected.iter().filter(|(name, _)| name != "data").collect(),
        };
        assert!(files(added.sector.folder()).iter().collect::<Vec<_>>() == expected);
    }
}

/// What a crash of the whole machine may do to files that were not synced, and worse.
#[test]
fn an_unfinished_sector_that_is_damaged_is_begun_anew() {
    let content = bytes(SMALL, 35);
    let (_undisturbed, expected) = undisturbed(&content);
    type Case<'a> = (&'a str, &'a dyn Fn(&Path));
    let cases: [Case; 7] = [
        ("data", &|folder| flip(&folder.join("data"), BLOCK_BYTES + 3)),
        ("data cut", &|folder| fs::write(folder.join("data"), b"").unwrap()),
        ("level 1", &|folder| flip(&folder.join("tree"), 160 + 9999)),
        ("level 5", &|folder| flip(&folder.join("tree"), tree_offset(5) + 33)),
        ("tree cut", &|folder| fs::write(folder.join("tree"), b"").unwrap()),
        ("checkpoint cut", &|folder| cut(&folder.join("checkpoint.json"))),
        ("checkpoint gone", &|folder| fs::remove_file(folder.join("checkpoint.json")).unwrap()),
    ];
    for (name, damage) in cases {
        let world = World::new(&content);
        damage(&stopped(&world, &careful(), 2));
        let again = add_again(&world);
        assert_eq!(again.resumed_at, 0, "{name}");
        assert!(files(again.sector.folder()) == expected, "{name}");
    }
    // The outboard is made anew in any case, and so may be damaged.
    let world = World::new(&content);
    fs::write(stopped(&world, &careful(), 2).join("outboard"), b"").unwrap();
    let again = add_again(&world);
    assert_eq!(again.resumed_at, 2 * BLOCK_BYTES);
    assert!(files(again.sector.folder()) == expected);
}

/// What a run was writing when it was killed is no part of the sector.
#[test]
fn a_temporary_file_of_a_killed_run_does_not_stay() {
    let content = bytes(SMALL, 38);
    let (_undisturbed, expected) = undisturbed(&content);
    let world = World::new(&content);
    let folder = stopped(&world, &careful(), 2);
    for name in [".popw-0123456789abcdef.tmp", "checkpoint.tmp"] {
        fs::write(folder.join(name), "{").unwrap();
    }
    let again = add_again(&world);
    assert_eq!(again.resumed_at, 2 * BLOCK_BYTES);
    assert!(files(again.sector.folder()) == expected);
}

/// Names in a store are known before, and others may be able to write to it.
#[test]
#[cfg(unix)]
fn nothing_in_a_store_is_written_through_a_link() {
    use std::os::unix::fs::symlink;
    let content = bytes(SMALL, 39);
    let (_undisturbed, expected) = undisturbed(&content);
    for name in ["data", "tree", "outboard", "sector.json", "checkpoint.json"] {
        let world = World::new(&content);
        let victim = world.folder.path().join("victim");
        fs::write(&victim, "precious").unwrap();
        let file = stopped(&world, &careful(), 2).join(name);
        fs::remove_file(&file).unwrap();
        symlink(&victim, &file).unwrap();
        let again = add_again(&world);
        assert_eq!(again.resumed_at, 0, "{name}");
        assert!(files(again.sector.folder()) == expected, "{name}");
        assert_eq!(fs::read(&victim).unwrap(), b"precious", "{name}");
    }
    // A link to a folder that has all that a run could go on from.
    let world = World::new(&content);
    let folder = stopped(&world, &careful(), 2);
    let elsewhere = world.folder.path().join("elsewhere");
    fs::rename(&folder, &elsewhere).unwrap();
    symlink(&elsewhere, &folder).unwrap();
    let before = files(&elsewhere);
    let again = add_again(&world);
    assert_eq!(again.resumed_at, 0);
    assert!(files(again.sector.folder()) == expected);
    assert!(files(&elsewhere) == before);

    let world = World::new(&content);
    let (lock, victim) = (world.store().join(".lock"), world.folder.path().join("victim"));
    fs::create_dir(world.store()).unwrap();
    symlink(&victim, &lock).unwrap();
    let error = add(&world.source(), &world.store(), &careful(), &mut Silent).unwrap_err().to_string();
    assert!(error.contains(".lock: it is not a regular file; remove it"), "{error}");
    assert!(!victim.exists());
    fs::remove_file(&lock).unwrap();
    world.add();
}

fn tree_offset(level: u8) -> u64 {
    popw_storage::layout::Layout::new(SMALL as u64).unwrap().level_offset(level)
}

fn cut(path: &Path) {
    let content = fs::read(path).unwrap();
    fs::write(path, &content[..content.len() / 2]).unwrap();
}

#[test]
fn a_file_that_changed_since_is_begun_anew() {
    let content = bytes(SMALL, 36);
    let world = World::new(&content);
    stopped(&world, &careful(), 2);
    let mut changed = content;
    changed[0] ^= 1;
    fs::write(world.source(), &changed).unwrap();
    let again = add_again(&world);
    assert_eq!(again.resumed_at, 0);
    assert_eq!(again.sector.id().0, *blake3::hash(&changed).as_bytes());
}

#[test]
fn unfinished_sectors_are_discarded_when_asked() {
    let world = World::new(&bytes(SMALL, 37));
    stopped(&world, &careful(), 2);
    let afresh = AddOptions { resume: false, ..careful() };
    stopped(&world, &afresh, 2);
    store::discard_unfinished(&world.store()).unwrap();
    assert_eq!(world.names(), [""; 0]);
    assert_eq!(store::unfinished(&world.store()).unwrap(), []);
}
