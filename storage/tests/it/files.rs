//! Files that are missing, cut, foreign, or changed while they are read.

use std::fs;
use std::path::Path;

use popw_storage::header::HeaderError;
use popw_storage::layout::BLOCK_BYTES;
use popw_storage::{
    AddOptions, Change, Placement, Sector, SectorId, Silent, StorageError, add, add_folder, store,
};

use super::common::{Taken, World, bytes, careful, flip, names};

fn refused(source: &Path, store: &Path) -> StorageError {
    add(source, store, &AddOptions::default(), &mut Silent).unwrap_err()
}

#[test]
fn what_is_no_file_is_refused() {
    let world = World::new(b"x");
    let missing = refused(&world.folder.path().join("none"), &world.store());
    assert!(matches!(missing, StorageError::NotFound { what: "file to add", .. }), "{missing}");
    let folder = refused(world.folder.path(), &world.store());
    assert!(matches!(folder, StorageError::NotAFile { .. }), "{folder}");
    #[cfg(unix)]
    {
        let device = refused(Path::new("/dev/zero"), &world.store());
        assert!(matches!(device, StorageError::NotAFile { .. }), "{device}");
        // Opening a pipe would wait for a writer for ever.
        let pipe = world.folder.path().join("pipe");
        assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
        assert!(matches!(refused(&pipe, &world.store()), StorageError::NotAFile { .. }));
    }
    assert!(!world.store().exists(), "no store is made for nothing");
    let folder = |folder: &Path| {
        add_folder(folder, &world.store(), &AddOptions::default(), &mut Taken::default()).unwrap_err()
    };
    let listed = folder(&world.source());
    assert!(matches!(listed, StorageError::NotAFolder { .. }), "{listed}");
    let inside = folder(world.folder.path());
    assert!(matches!(inside, StorageError::StoreInside { .. }), "{inside}");
}

#[test]
fn a_store_that_is_a_file_is_refused() {
    let world = World::new(b"x");
    let error = refused(&world.source(), &world.source());
    assert!(error.to_string().contains("photo.raw"), "{error}");
}

/// What happens to the file while it is read.
fn changed_meanwhile(change: impl Fn(&Path) + Copy, expected: Change) {
    for placement in [Placement::Copy, Placement::Reference] {
        let world = World::new(&bytes(4 * BLOCK_BYTES as usize, 51));
        let options = AddOptions { placement, ..careful() };
        let source = world.source();
        let mut first = true;
        let mut meddle = |_: u64, _: u64| {
            if std::mem::take(&mut first) {
                change(&source);
            }
        };
        let error = add(&world.source(), &world.store(), &options, &mut meddle).unwrap_err();
        let StorageError::SourceChanged { path, change } = &error else { panic!("{error}") };
        assert_eq!((path, *change), (&source.canonicalize().unwrap_or(source.clone()), expected));
        assert_eq!(world.names(), [""; 0], "nothing stays");
    }
}

#[test]
fn a_file_that_changes_meanwhile_is_refused_and_nothing_stays() {
    let before = 4 * BLOCK_BYTES;
    let open = |path: &Path| fs::OpenOptions::new().write(true).open(path).unwrap();
    changed_meanwhile(|path| open(path).set_len(before + 1).unwrap(), Change::Length { before });
    changed_meanwhile(|path| open(path).set_len(BLOCK_BYTES).unwrap(), Change::Length { before });
    changed_meanwhile(|path| flip(path, 1), Change::Modified);
    // The same bytes and length, but written.
    changed_meanwhile(|path| std::io::Write::write_all(&mut open(path), b"x").unwrap(), Change::Modified);
    changed_meanwhile(
        |path| {
            let twin = path.with_extension("twin");
            fs::copy(path, &twin).unwrap();
            fs::rename(&twin, path).unwrap();
        },
        // The open file has lost its name, the name another file.
        if cfg!(unix) { Change::Modified } else { Change::Replaced },
    );
}

/// A writer that puts the time of modification back is seen by the system's own time.
#[test]
#[cfg(unix)]
fn setting_the_time_back_hides_nothing() {
    changed_meanwhile(
        |path| {
            let time = fs::metadata(path).unwrap().modified().unwrap();
            flip(path, 1);
            fs::File::options().write(true).open(path).unwrap().set_modified(time).unwrap();
        },
        Change::Modified,
    );
}

#[test]
fn cut_and_missing_files_are_named() {
    let world = World::new(&bytes(100_000, 52));
    let sector = world.add();
    let open = || Sector::open(&world.store(), sector.id()).unwrap_err();
    for (name, what) in [("data", "data"), ("tree", "tree"), ("outboard", "outboard")] {
        let path = sector.folder().join(name);
        let content = fs::read(&path).unwrap();
        for changed in [&content[..content.len() - 1], &content[..0], &[&content[..], b"x"].concat()] {
            fs::write(&path, changed).unwrap();
            let error = open();
            let StorageError::Length { path: named, what: kind, found, expected } = &error else {
                panic!("{error}")
            };
            assert_eq!((named, *kind), (&path, what));
            assert_eq!((*found, *expected), (changed.len() as u64, content.len() as u64));
        }
        fs::remove_file(&path).unwrap();
        assert!(matches!(open(), StorageError::NotFound { what: kind, .. } if kind == what));
        fs::write(&path, &content).unwrap();
        Sector::open(&world.store(), sector.id()).unwrap();
    }
    let record = sector.folder().join("sector.json");
    fs::write(&record, b"{").unwrap();
    assert!(matches!(open(), StorageError::Record { .. }));
    assert!(matches!(store::list(&world.store()).unwrap()[0].record, Err(StorageError::Record { .. })));
    fs::remove_file(&record).unwrap();
    assert!(matches!(open(), StorageError::NotFound { what: "sector record", .. }));
}

#[test]
fn files_of_other_sectors_are_refused_by_field() {
    let world = World::new(&bytes(1000, 53));
    let one = world.add();
    fs::write(world.source(), bytes(1000, 54)).unwrap();
    let two = world.add();
    let tree = one.folder().join("tree");
    let own = fs::read(&tree).unwrap();
    fs::copy(two.folder().join("tree"), &tree).unwrap();
    let error = Sector::open(&world.store(), one.id()).unwrap_err();
    assert!(matches!(error, StorageError::Disagree { field: "comm_r", .. }), "{error}");
    fs::write(&tree, own).unwrap();
    flip(&tree, 40);
    let error = Sector::open(&world.store(), one.id()).unwrap_err();
    assert!(matches!(error, StorageError::Header { source: HeaderError::Digest, .. }), "{error}");
    flip(&tree, 40);
    fs::copy(two.folder().join("sector.json"), one.folder().join("sector.json")).unwrap();
    let error = Sector::open(&world.store(), one.id()).unwrap_err();
    assert!(matches!(error, StorageError::Disagree { field: "blake3", .. }), "{error}");
}

#[test]
fn removed_is_removed() {
    let world = World::new(&bytes(1000, 56));
    let sector = world.add();
    store::remove(&world.store(), sector.id()).unwrap();
    assert_eq!(names(&world.store()), [""; 0]);
    assert!(matches!(store::remove(&world.store(), sector.id()), Err(StorageError::NoSuchSector { .. })));
    let error = Sector::open(&world.store(), SectorId([1; 32])).unwrap_err();
    assert!(matches!(error, StorageError::NoSuchSector { .. }), "{error}");
    // What a killed removal leaves is no sector, and is cleared by the next ingest.
    fs::create_dir(world.store().join(format!(".removed-{}-1", sector.id()))).unwrap();
    assert_eq!(store::list(&world.store()).unwrap().len(), 0);
    world.add();
    assert_eq!(names(&world.store()), [sector.id().to_string()]);
}

#[test]
fn a_missing_store_is_told() {
    let world = World::new(b"x");
    let error = store::list(&world.store()).unwrap_err();
    assert!(matches!(error, StorageError::NotFound { what: "store", .. }), "{error}");
}
