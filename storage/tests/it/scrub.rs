//! Scrubbing: every flipped byte is found where it is, and nowhere else.

use std::fs;
use std::path::Path;
use std::thread;
use std::time::{Duration, SystemTime};

use popw_storage::layout::{BLOCK_BYTES, GROUP_BYTES, HEADER_BYTES};
use popw_storage::scrub::last_scrub;
use popw_storage::{DamagedRange, Part, Progress, ScrubOptions, Sector, Silent, StorageError, scrub};

use super::common::{World, bytes, flip, names, scrubbed};

fn whole(sector: &Sector) -> Vec<DamagedRange> {
    scrub(sector, &ScrubOptions::default(), &mut Silent).unwrap().damaged
}

fn damaged(part: Part, start: u64, end: u64) -> DamagedRange {
    DamagedRange { part, range: start..end }
}

#[test]
fn an_undamaged_sector_has_no_damage() {
    for size in [0, 1, 31, 32, GROUP_BYTES, GROUP_BYTES + 1, 5 * GROUP_BYTES, BLOCK_BYTES + 77] {
        let world = World::new(&bytes(size as usize, 21));
        let sector = world.add();
        assert_eq!(whole(&sector), []);
        let state = last_scrub(&sector).unwrap();
        assert!(state.finished_unix_s.is_some());
        assert_eq!(state.position, size + sector.layout().tree_bytes());
    }
}

#[test]
fn damaged_data_are_found_and_merged() {
    let world = World::new(&bytes(9 * GROUP_BYTES as usize + 50, 22));
    let sector = world.add();
    for at in [GROUP_BYTES * 2 + 5, GROUP_BYTES * 3, GROUP_BYTES * 9 + 49] {
        flip(sector.data_path(), at);
    }
    let expected = [
        damaged(Part::Data, GROUP_BYTES * 2, GROUP_BYTES * 4),
        damaged(Part::Data, GROUP_BYTES * 9, GROUP_BYTES * 9 + 50),
    ];
    assert_eq!(whole(&sector), expected);
    assert_eq!(last_scrub(&sector).unwrap().damaged, expected);
    for at in [GROUP_BYTES * 2 + 5, GROUP_BYTES * 3, GROUP_BYTES * 9 + 49] {
        flip(sector.data_path(), at);
    }
    assert_eq!(whole(&sector), []);
}

#[test]
fn a_damaged_single_group_is_found() {
    let world = World::new(b"short");
    let sector = world.add();
    flip(sector.data_path(), 4);
    assert_eq!(whole(&sector), [damaged(Part::Data, 0, 5)]);
}

/// Every parent of the outboard in turn, either half: the data are not blamed.
#[test]
fn a_damaged_outboard_is_told_from_damaged_data() {
    let world = World::new(&bytes(11 * GROUP_BYTES as usize + 1, 23));
    let sector = world.add();
    for parent in 0..11 {
        for half in [0, 32] {
            let at = 64 * parent + half;
            flip(sector.outboard_path(), at);
            let expected = [damaged(Part::Outboard, 64 * parent, 64 * parent + 64)];
            assert_eq!(whole(&sector), expected, "parent {parent}, half {half}");
            flip(sector.outboard_path(), at);
        }
    }
}

/// Both at once: the damaged group is reported, and nothing that the intact hashes vouch for.
#[test]
fn damage_in_both_is_still_found() {
    let world = World::new(&bytes(8 * GROUP_BYTES as usize, 24));
    let sector = world.add();
    flip(sector.outboard_path(), 0);
    flip(sector.data_path(), GROUP_BYTES * 5);
    let expected = [damaged(Part::Data, GROUP_BYTES * 5, GROUP_BYTES * 6), damaged(Part::Outboard, 0, 64)];
    assert_eq!(whole(&sector), expected);
}

#[test]
fn a_damaged_tree_is_found_by_part() {
    let world = World::new(&bytes(3 * BLOCK_BYTES as usize, 25));
    let sector = world.add();
    let tree = sector.folder().join("tree");
    let layout = *sector.layout();
    let cases = [
        (100, damaged(Part::Header, 0, HEADER_BYTES)),
        (
            layout.level_offset(1) + (64 << 10) + 7,
            damaged(Part::Tree { level: 1 }, HEADER_BYTES + (64 << 10), HEADER_BYTES + (128 << 10)),
        ),
        (
            layout.level_offset(3),
            damaged(Part::Tree { level: 3 }, layout.level_offset(3), layout.level_offset(4)),
        ),
        (
            layout.level_offset(6),
            damaged(Part::Tree { level: 6 }, layout.level_offset(6), layout.level_offset(7)),
        ),
    ];
    for (at, expected) in cases {
        flip(&tree, at);
        assert_eq!(whole(&sector), [expected]);
        flip(&tree, at);
    }
    flip(&tree, layout.table_offset(1));
    let found = whole(&sector);
    assert!(found.contains(&damaged(Part::Table, layout.table_offset(1), layout.tree_bytes())), "{found:?}");
    assert!(found.iter().all(|found| !matches!(found.part, Part::Data | Part::Outboard)));
}

/// Bytes that cannot be read are damage, not an error.
#[test]
fn data_cut_after_opening_are_damage() {
    let world = World::new(&bytes(4 * GROUP_BYTES as usize, 26));
    let sector = world.add();
    let file = fs::OpenOptions::new().write(true).open(sector.data_path()).unwrap();
    file.set_len(GROUP_BYTES + 5).unwrap();
    assert_eq!(whole(&sector), [damaged(Part::Data, GROUP_BYTES, 4 * GROUP_BYTES)]);
}

/// Stops after so many reports.
struct Stop(usize, Vec<u64>);

impl Progress for Stop {
    fn report(&mut self, done: u64, _: u64) {
        self.1.push(done);
    }

    fn cancelled(&mut self) -> bool {
        self.1.len() >= self.0
    }
}

/// Stopped after each window in turn, it goes on there, and finds the same in all.
#[test]
fn a_stopped_scrub_goes_on() {
    let world = World::new(&bytes(3 * BLOCK_BYTES as usize + 9, 27));
    let sector = world.add();
    flip(sector.data_path(), 10);
    flip(sector.data_path(), 2 * BLOCK_BYTES + 10);
    flip(&sector.folder().join("tree"), sector.layout().level_offset(2));
    // So high that it never waits, so low that it reads one block at a time.
    let options = ScrubOptions { bytes_per_second: Some(7 * BLOCK_BYTES), ..ScrubOptions::default() };
    let (mut positions, mut rounds) = (Vec::new(), 0);
    let found = loop {
        let mut stop = Stop(2, Vec::new());
        let outcome = scrub(&sector, &options, &mut stop);
        positions.extend(stop.1);
        rounds += 1;
        assert!(rounds < 100);
        match outcome {
            Ok(found) => break found.damaged,
            Err(StorageError::Cancelled) => {}
            Err(other) => panic!("{other}"),
        }
    };
    assert!(rounds > 3, "{rounds}");
    assert!(positions.is_sorted(), "{positions:?}");
    let parts: Vec<_> = found.iter().map(|found| (found.part, found.range.start)).collect();
    let level2 = sector.layout().level_offset(2);
    let expected = [(Part::Data, 0), (Part::Data, 2 * BLOCK_BYTES), (Part::Tree { level: 2 }, level2)];
    assert_eq!(parts, expected);
    assert_eq!(scrubbed(&sector), found);
}

#[test]
fn an_unreadable_position_starts_afresh() {
    let world = World::new(&bytes(100, 28));
    let sector = world.add();
    let path: &Path = &sector.folder().join("scrub.json");
    fs::write(path, "{").unwrap();
    assert!(last_scrub(&sector).is_none());
    assert_eq!(whole(&sector), []);
    assert!(last_scrub(&sector).is_some());
}

/// A link under that name, or under one that a temporary file could have, is not written through.
#[test]
#[cfg(unix)]
fn the_position_is_kept_in_a_file_of_its_own() {
    use std::os::unix::fs::symlink;
    let world = World::new(&bytes(1000, 29));
    let sector = world.add();
    let victim = world.folder.path().join("victim");
    fs::write(&victim, "precious").unwrap();
    for name in ["scrub.json", "scrub.tmp"] {
        symlink(&victim, sector.folder().join(name)).unwrap();
    }
    assert_eq!(scrubbed(&sector), []);
    assert_eq!(fs::read(&victim).unwrap(), b"precious");
    assert!(fs::symlink_metadata(sector.folder().join("scrub.json")).unwrap().is_file());
    assert!(last_scrub(&sector).unwrap().finished_unix_s.is_some());
    let expected = ["data", "outboard", "scrub.json", "scrub.tmp", "sector.json", "tree"];
    assert_eq!(names(sector.folder()), expected, "and no other file is left");
}

/// A daemon's and its user's: neither takes the other's unfinished file for its own.
#[test]
fn two_scrubs_at_once_keep_what_they_find() {
    let world = World::new(&bytes(1000, 19));
    let sector = world.add();
    flip(sector.data_path(), 7);
    thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                let sector = Sector::open(&world.store(), sector.id()).unwrap();
                for _ in 0..8 {
                    assert_eq!(scrubbed(&sector), [damaged(Part::Data, 0, 1000)]);
                }
            });
        }
    });
    let state = last_scrub(&sector).unwrap();
    assert!(state.finished_unix_s.is_some());
    assert_eq!(state.damaged, [damaged(Part::Data, 0, 1000)]);
}

#[test]
fn what_a_killed_scrub_was_writing_goes_when_it_is_old() {
    let world = World::new(&bytes(1000, 30));
    let sector = world.add();
    let (old, new) = (Duration::from_secs(7200), Duration::ZERO);
    for (name, age) in [(".popw-old.tmp", old), (".popw-new.tmp", new), ("old.tmp", old)] {
        let file = fs::File::create(sector.folder().join(name)).unwrap();
        file.set_modified(SystemTime::now() - age).unwrap();
    }
    assert_eq!(scrubbed(&sector), []);
    let expected = [".popw-new.tmp", "data", "old.tmp", "outboard", "scrub.json", "sector.json", "tree"];
    assert_eq!(names(sector.folder()), expected);
}
