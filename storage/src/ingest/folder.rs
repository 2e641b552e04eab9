//! Taking in every file of a folder: large ones one by one, small ones in batches that are made to last at once, since
//! waiting for the disk is most of what a small file takes.

use std::fs;
use std::path::Path;

use rayon::prelude::*;

use super::options::AddOptions;
use super::ready::{Added, Ready, add_alone};
use super::source::Source;
use super::walk::{Found, Skipped, Walk};
use crate::error::StorageError;
use crate::lock::StoreLock;
use crate::platform::FileSystem;
use crate::progress::{Progress, Silent};
use crate::store;

/// Most files of a batch. Each has five open until all are on disk, and some systems allow 256.
const BATCH_FILES: usize = 32;
/// Most bytes of a batch: it is in memory, and between two batches the work can be stopped.
const BATCH_BYTES: u64 = 32 << 20;
/// Larger files are taken in by themselves: their hashing takes longer than the disk.
const SMALL_BYTES: u64 = 4 << 20;

/// Told what becomes of the entries below a folder, each as soon as that is certain.
pub trait FolderReport: Progress {
    /// A file's sector is in the store and on disk, or cannot be.
    fn file(&mut self, path: &Path, outcome: Result<Added, StorageError>);

    /// An entry is passed over. Told before any file is read.
    fn skipped(&mut self, path: &Path, why: &Skipped);
}

/// Takes in every regular file below a folder, each as a sector of its own, in the order of their paths. Symbolic links
/// are not followed; they, whatever else is no file, and folders that cannot be listed are skipped. One file's failure
/// does not stop the others; cancelling does, and what is in the store by then stays. Progress is that of the whole.
///
/// # Errors
/// [`StorageError`] if the folder itself cannot be listed or contains the store, if the store cannot be written to
/// at all, or when `report` cancels.
pub fn add_folder(
    folder: &Path,
    store: &Path,
    options: &AddOptions,
    report: &mut dyn FolderReport,
) -> Result<(), StorageError> {
    let walk = Walk::through(folder)?;
    store::create(store)?;
    let outside = |path: &Path| fs::canonicalize(path).unwrap_or_else(|_| path.into());
    if outside(store).starts_with(outside(folder)) {
        return Err(StorageError::StoreInside { store: store.into(), folder: folder.into() });
    }
    // Held to the end: files of one folder are not refused one by one because somebody else adds in between.
    let _lock = StoreLock::take(store, options.wait)?;
    store::sweep(store);
    let disk = FileSystem::of(store);
    for (path, why) in &walk.skipped {
        report.skipped(path, why);
    }
    let total = walk.files.iter().fold(0u64, |sum, file| sum.saturating_add(file.bytes));
    let (mut done, mut files) = (0u64, &walk.files[..]);
    while !files.is_empty() {
        let (batch, rest) = files.split_at(batch(files, options));
        let mut within = Within { report: &mut *report, before: done, total };
        if within.cancelled() {
            return Err(StorageError::Cancelled);
        }
        let outcomes = match batch {
            [file] => vec![add_one(file, store, options, &mut within)],
            files => add_batch(files, store, &disk, options)?,
        };
        done = batch.iter().fold(done, |sum, file| sum.saturating_add(file.bytes));
        for (file, outcome) in batch.iter().zip(outcomes) {
            match outcome {
                Err(StorageError::Cancelled) => return Err(StorageError::Cancelled),
                outcome => report.file(&file.path, outcome),
            }
        }
        report.report(done, total);
        files = rest;
    }
    Ok(())
}

/// How many files, from the first on, are taken in together: one that is large, or small ones up to a batch.
fn batch(files: &[Found], options: &AddOptions) -> usize {
    let mut bytes = 0u64;
    let small = files.iter().take(BATCH_FILES).take_while(|file| {
        bytes = bytes.saturating_add(file.bytes);
        file.bytes <= SMALL_BYTES.min(options.checkpoint_bytes) && bytes <= BATCH_BYTES
    });
    small.count().max(1)
}

fn add_one(
    file: &Found,
    store: &Path,
    options: &AddOptions,
    progress: &mut dyn Progress,
) -> Result<Added, StorageError> {
    add_alone(Source::to_add(&file.path, options)?, store, options, progress)
}

/// Takes in small files side by side. None has its name before all are on disk; none is told before the names are.
fn add_batch(
    files: &[Found],
    store: &Path,
    disk: &FileSystem,
    options: &AddOptions,
) -> Result<Vec<Result<Added, StorageError>>, StorageError> {
    let make = |file: &Found| {
        let source = Source::to_add(&file.path, options)?;
        Ready::make(source, store, options, &mut Silent)
    };
    let ready: Vec<_> = files.par_iter().map(make).collect();
    let synced = disk.sync();
    let place = |ready: Result<Ready, StorageError>| {
        let ready = if synced { ready? } else { ready?.synced()? };
        ready.place(store, &mut Silent)
    };
    let outcomes = ready.into_iter().map(place).collect();
    store::sync(store)?;
    Ok(outcomes)
}

/// The progress of a part.
struct Within<'a> {
    report: &'a mut dyn FolderReport,
    before: u64,
    total: u64,
}

impl Progress for Within<'_> {
    fn report(&mut self, done: u64, _: u64) {
        self.report.report(self.before.saturating_add(done).min(self.total), self.total);
    }

    fn cancelled(&mut self) -> bool {
        self.report.cancelled()
    }
}
