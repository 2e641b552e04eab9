//! What the other tests share.

use std::fs;
use std::path::{Path, PathBuf};

use popw_core::{Fr, field, poseidon};
use popw_storage::layout::BLOCK_BYTES;
use popw_storage::{
    AddOptions, Added, DamagedRange, FolderReport, Progress, ScrubOptions, Sector, SectorId, Silent, Skipped,
    StorageError, add, add_folder, scrub,
};
use tempfile::TempDir;

/// Bytes that look random, the same for the same seed.
pub fn bytes(count: usize, seed: u64) -> Vec<u8> {
    let mut bytes = vec![0; count];
    blake3::Hasher::new().update(&seed.to_le_bytes()).finalize_xof().fill(&mut bytes);
    bytes
}

/// A folder with a file in it, and a place for a store.
pub struct World {
    pub folder: TempDir,
}

impl World {
    pub fn new(content: &[u8]) -> Self {
        let world = Self { folder: tempfile::tempdir().unwrap() };
        fs::write(world.source(), content).unwrap();
        world
    }

    pub fn source(&self) -> PathBuf {
        self.folder.path().join("photo.raw")
    }

    pub fn store(&self) -> PathBuf {
        self.folder.path().join("store")
    }

    pub fn add(&self) -> Sector {
        let added = add(&self.source(), &self.store(), &AddOptions::default(), &mut Silent).unwrap();
        assert!(added.new);
        added.sector
    }

    /// Names in the store, but for the lock.
    pub fn names(&self) -> Vec<String> {
        names(&self.store())
    }
}

pub fn names(store: &Path) -> Vec<String> {
    let entries = fs::read_dir(store).into_iter().flatten();
    let mut names: Vec<_> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.retain(|name| name != ".lock");
    names.sort();
    names
}

/// A file's sector, and whether it is new.
type Outcome = Result<(SectorId, bool), StorageError>;

/// What became of the entries of a folder.
#[derive(Default)]
pub struct Taken {
    /// Files.
    pub files: Vec<(PathBuf, Outcome)>,
    /// Names and reasons.
    pub skipped: Vec<(PathBuf, String)>,
}

impl Taken {
    /// All of a folder, with the options that everybody uses.
    pub fn of(folder: &Path, store: &Path) -> Self {
        let mut taken = Self::default();
        add_folder(folder, store, &AddOptions::default(), &mut taken).unwrap();
        taken
    }
}

impl Progress for Taken {
    fn report(&mut self, _: u64, _: u64) {}
}

impl FolderReport for Taken {
    fn file(&mut self, path: &Path, outcome: Result<Added, StorageError>) {
        self.files.push((path.into(), outcome.map(|added| (added.sector.id(), added.new))));
    }

    fn skipped(&mut self, path: &Path, why: &Skipped) {
        self.skipped.push((path.into(), why.to_string()));
    }
}

/// What a scrub from the beginning finds.
pub fn scrubbed(sector: &Sector) -> Vec<DamagedRange> {
    let afresh = ScrubOptions { resume: false, ..ScrubOptions::default() };
    let found = scrub(sector, &afresh, &mut Silent).unwrap();
    assert!(found.not_kept.is_none(), "{:?}", found.not_kept);
    found.damaged
}

/// Checkpoints as often as can be, and so the smallest windows.
pub fn careful() -> AddOptions {
    AddOptions { checkpoint_bytes: BLOCK_BYTES, ..AddOptions::default() }
}

/// All levels of the tree, from the leaves up, padded with zero nodes to a power of eight and hashed one by one. Shares
/// nothing with the crate but the hash.
pub fn naive_tree(data: &[u8]) -> Vec<Vec<Fr>> {
    let mut padded = data.to_vec();
    padded.resize(data.len().next_multiple_of(31).max(31), 0);
    let mut leaves: Vec<Fr> = padded.chunks(31).map(field::bytes31).collect();
    let mut width = 1;
    while width < leaves.len() {
        width *= 8;
    }
    leaves.resize(width, Fr::from(0u64));
    let mut levels = vec![leaves];
    while levels.last().unwrap().len() > 1 {
        levels.push(levels.last().unwrap().chunks(8).map(poseidon::hash).collect());
    }
    levels
}

/// Changes one byte of a file.
pub fn flip(path: &Path, at: u64) {
    let mut content = fs::read(path).unwrap();
    content[at as usize] ^= 0x10;
    fs::write(path, content).unwrap();
}
