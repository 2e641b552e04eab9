//! Folders with all that lies in them.

use std::fs;
use std::path::{Path, PathBuf};

use popw_storage::{
    AddOptions, Added, FolderReport, Progress, Sector, SectorId, Silent, Skipped, StorageError, add,
    add_folder, store,
};

use super::common::{Taken, World, bytes, scrubbed};

fn album(world: &World) -> PathBuf {
    let folder = world.folder.path().join("album");
    fs::create_dir_all(folder.join("deep/er")).unwrap();
    fs::write(folder.join("b"), b"two").unwrap();
    fs::write(folder.join("a"), b"").unwrap();
    fs::write(folder.join("deep/er/c"), bytes(100, 6)).unwrap();
    folder
}

/// Names within a folder.
fn within<'a, T>(folder: &Path, entries: &'a [(PathBuf, T)]) -> Vec<&'a str> {
    entries.iter().map(|(path, _)| path.strip_prefix(folder).unwrap().to_str().unwrap()).collect()
}

#[test]
fn a_folder_is_taken_in_file_by_file() {
    let world = World::new(b"outside");
    let folder = album(&world);
    let taken = Taken::of(&folder, &world.store());
    assert_eq!(within(&folder, &taken.files), ["a", "b", "deep/er/c"]);
    assert!(taken.files.iter().all(|(_, outcome)| matches!(outcome, Ok((_, true)))));
    assert_eq!(within(&folder, &taken.skipped), [""; 0]);
    let listed = store::list(&world.store()).unwrap();
    assert_eq!(world.names(), listed.iter().map(|listed| listed.id.to_string()).collect::<Vec<_>>());
    assert_eq!(listed.len(), 3);
    for (path, outcome) in &taken.files {
        let sector = Sector::open(&world.store(), outcome.as_ref().unwrap().0).unwrap();
        assert_eq!(sector.id().0, *blake3::hash(&fs::read(path).unwrap()).as_bytes());
        assert_eq!(scrubbed(&sector), []);
    }
    // Again, and nothing is new.
    let again = Taken::of(&folder, &world.store());
    assert!(again.files.iter().all(|(_, outcome)| matches!(outcome, Ok((_, false)))));
    assert_eq!(store::list(&world.store()).unwrap().len(), 3);
}

/// Of each kind one, and every one of them is told.
#[test]
#[cfg(unix)]
fn what_is_no_file_is_skipped_by_name_and_the_rest_is_taken_in() {
    let world = World::new(b"outside");
    let folder = album(&world);
    let link = |to: &Path, name| std::os::unix::fs::symlink(to, folder.join(name)).unwrap();
    link(&world.source(), "link");
    link(world.folder.path(), "loop");
    link(Path::new("nowhere"), "dangling");
    assert!(std::process::Command::new("mkfifo").arg(folder.join("deep/pipe")).status().unwrap().success());
    let _socket = std::os::unix::net::UnixListener::bind(folder.join("socket")).unwrap();

    let taken = Taken::of(&folder, &world.store());
    assert_eq!(within(&folder, &taken.files), ["a", "b", "deep/er/c"]);
    assert!(taken.files.iter().all(|(_, outcome)| outcome.is_ok()));
    assert_eq!(within(&folder, &taken.skipped), ["dangling", "deep/pipe", "link", "loop", "socket"]);
    let why: Vec<_> = taken.skipped.iter().map(|(_, why)| why.split(',').next().unwrap()).collect();
    let link = "a symbolic link: those below a folder are not followed";
    assert_eq!(why, [link, "a pipe", link, link, "a socket"]);
}

/// Only the folder that was named has to be there.
#[test]
fn a_folder_that_is_gone_is_an_error() {
    let world = World::new(b"x");
    let missing = world.folder.path().join("none");
    let error = add_folder(&missing, &world.store(), &AddOptions::default(), &mut Taken::default());
    assert!(matches!(error, Err(StorageError::NotFound { what: "folder to add", .. })), "{error:?}");
}

/// More files than two batches have, among them a large one and one that is there twice; and how many differ.
fn many(world: &World) -> (PathBuf, usize) {
    let folder = world.folder.path().join("many");
    fs::create_dir(&folder).unwrap();
    for i in 0..90u64 {
        fs::write(folder.join(format!("{i:03}")), bytes(10 + 100 * i as usize, i)).unwrap();
    }
    fs::write(folder.join("040"), bytes(5 << 20, 40)).unwrap();
    fs::copy(folder.join("050"), folder.join("051")).unwrap();
    (folder, 89)
}

#[test]
fn files_in_batches_are_what_they_are_one_by_one() {
    let world = World::new(b"x");
    let (folder, different) = many(&world);
    let taken = Taken::of(&folder, &world.store());
    assert_eq!(taken.files.len(), 90);
    assert!(taken.files.is_sorted_by(|(a, _), (b, _)| a < b));
    assert_eq!(taken.files.iter().filter(|(_, outcome)| matches!(outcome, Ok((_, true)))).count(), different);
    let alone = World::new(b"x");
    for (path, outcome) in taken.files.iter().step_by(10) {
        let batched = Sector::open(&world.store(), outcome.as_ref().unwrap().0).unwrap();
        let added = add(path, &alone.store(), &AddOptions::default(), &mut Silent).unwrap();
        for file in ["data", "tree", "outboard"] {
            let read = |sector: &Sector| fs::read(sector.folder().join(file)).unwrap();
            assert!(read(&batched) == read(&added.sector), "{file} of {}", path.display());
        }
        assert_eq!(batched.comm_r(), added.sector.comm_r());
    }
}

/// Does something when it is told of the first file; keeps what it hears.
struct Meddler<F> {
    first: Option<F>,
    heard: Vec<Result<SectorId, StorageError>>,
    reports: Vec<(u64, u64)>,
    cancel: bool,
}

impl<F> Meddler<F> {
    fn new(first: F) -> Self {
        Self { first: Some(first), heard: Vec::new(), reports: Vec::new(), cancel: false }
    }
}

impl<F: FnOnce() -> bool> Progress for Meddler<F> {
    fn report(&mut self, done: u64, total: u64) {
        self.reports.push((done, total));
    }

    fn cancelled(&mut self) -> bool {
        self.cancel
    }
}

impl<F: FnOnce() -> bool> FolderReport for Meddler<F> {
    fn file(&mut self, _: &Path, outcome: Result<Added, StorageError>) {
        if let Some(first) = self.first.take() {
            self.cancel = first();
        }
        self.heard.push(outcome.map(|added| added.sector.id()));
    }

    fn skipped(&mut self, _: &Path, _: &Skipped) {}
}

/// The first file is told when it is on disk, long before the last one is read; one file's failure is its own.
#[test]
fn files_are_told_as_they_come() {
    let world = World::new(b"x");
    let (folder, _) = many(&world);
    let last = folder.join("089");
    let mut meddler = Meddler::new(|| {
        fs::remove_file(&last).unwrap();
        assert!(!store::list(&world.store()).unwrap().is_empty(), "told when it is there");
        false
    });
    add_folder(&folder, &world.store(), &AddOptions::default(), &mut meddler).unwrap();
    assert_eq!(meddler.heard.len(), 90);
    assert!(matches!(meddler.heard.pop(), Some(Err(StorageError::NotFound { .. }))));
    assert!(meddler.heard.iter().all(Result::is_ok));
    // Progress is that of the folder.
    let total = meddler.reports[0].1;
    assert!(meddler.reports.iter().all(|report| report.1 == total && report.0 <= total));
    assert!(meddler.reports.is_sorted() && meddler.reports.last() == Some(&(total, total)));
}

#[test]
fn a_cancelled_folder_keeps_what_it_has() {
    let world = World::new(b"x");
    let (folder, different) = many(&world);
    let mut meddler = Meddler::new(|| true);
    let error = add_folder(&folder, &world.store(), &AddOptions::default(), &mut meddler).unwrap_err();
    assert!(matches!(error, StorageError::Cancelled), "{error}");
    let kept = store::list(&world.store()).unwrap();
    assert!(kept.len() == meddler.heard.len() && kept.len() < different, "{}", kept.len());
    assert_eq!(store::unfinished(&world.store()).unwrap(), []);
    Taken::of(&folder, &world.store());
    assert_eq!(store::list(&world.store()).unwrap().len(), different);
}
