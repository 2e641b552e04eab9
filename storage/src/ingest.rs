//! Taking a file in: one pass over it, in constant memory, that can be interrupted.

use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use popw_core::document::{Document, Version};

use crate::block;
use crate::error::StorageError;
use crate::layout::{BLOCK_BYTES, Layout};
use crate::levels::TreeBuilder;
use crate::lock::StoreLock;
use crate::outboard::HashBuilder;
use crate::progress::Progress;
use crate::record::{SectorFormat, SectorRecord};
use crate::sector::Sector;
use crate::store;

mod folder;
pub(crate) mod partial;
mod present;
mod rebuild;
mod source;
mod walk;

pub use folder::{FolderReport, add_folder};
use partial::{Checkpoint, Partial};
pub use rebuild::rebuild;
use source::Source;
pub use walk::Skipped;

/// Blocks hashed at once. Two such windows are in memory: one is read while the other is hashed.
const WINDOW_BLOCKS: u64 = 16;

/// How a file is taken in.
#[derive(Clone, Debug)]
pub struct AddOptions {
    /// Where the data stay.
    pub placement: Placement,
    /// Wait for another process that is adding to the store, instead of refusing.
    pub wait: bool,
    /// Go on where an interrupted run stopped, if the file is unchanged.
    pub resume: bool,
    /// Bytes after which progress is made safe: what a crash can cost. At least a block of 0.97 MiB.
    pub checkpoint_bytes: u64,
}

impl Default for AddOptions {
    fn default() -> Self {
        Self { placement: Placement::Copy, wait: false, resume: true, checkpoint_bytes: 256 << 20 }
    }
}

/// Where a sector's data stay.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Placement {
    /// In the store, as a copy of its own: what happens to the file later does not matter.
    #[default]
    Copy,
    /// Where they are. Whoever changes, moves or removes the file damages the sector.
    Reference,
}

/// What [`add`] did.
#[derive(Debug)]
pub struct Added {
    /// The sector.
    pub sector: Sector,
    /// False if the store had a sector of this content already. One that is whole is left as it was.
    pub new: bool,
    /// What was wrong with the sector that the store had: this one has taken its place.
    pub repaired: Option<Flaw>,
    /// Bytes that an earlier, interrupted run had already done.
    pub resumed_at: u64,
}

/// Why a sector was replaced when its file was added again.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Flaw {
    /// The data are not the file's any more, or are gone.
    #[error("its data were damaged")]
    Data,
    /// Something beside the data.
    #[error("its tree, its hashes or its record were damaged")]
    Beside,
    /// No file is where the sector linked to.
    #[error("it linked to {}, where no file is any more", .0.display())]
    Link(PathBuf),
}

/// Takes a file into a store, which is created if it is not there.
///
/// The data are read once; the sector is in the store when this returns. A file that changes meanwhile is refused and
/// nothing stays. After a crash, or when `progress` cancels, the next `add` of the same file goes on from the last
/// checkpoint: it reads again what was copied and compares its hash with the checkpoint's before trusting it.
///
/// A sector of the same content that the store has already is compared with the file. Damaged, or linked to a file that
/// is gone, it is replaced ([`Added::repaired`]), and has its data where `options` say.
///
/// # Errors
/// [`StorageError`], with nothing left behind that could be taken for a sector.
pub fn add(
    source: &Path,
    store: &Path,
    options: &AddOptions,
    progress: &mut dyn Progress,
) -> Result<Added, StorageError> {
    let source = Source::to_add(source, options)?;
    store::create(store)?;
    let _lock = StoreLock::take(store, options.wait)?;
    store::sweep(store);
    add_alone(source, store, options, progress)
}

/// Adds a file to a locked store.
fn add_alone(
    source: Source,
    store: &Path,
    options: &AddOptions,
    progress: &mut dyn Progress,
) -> Result<Added, StorageError> {
    let added = Ready::make(source, store, options, progress)?.synced()?.place(store, progress)?;
    store::sync(store)?;
    Ok(added)
}

/// A sector that is complete but for its name. Until it has that, it is none.
struct Ready {
    source: Source,
    partial: Partial,
    record: SectorRecord,
    resumed_at: u64,
}

impl Ready {
    /// Reads a file, and writes all that its sector consists of.
    fn make(
        source: Source,
        store: &Path,
        options: &AddOptions,
        progress: &mut dyn Progress,
    ) -> Result<Self, StorageError> {
        let layout = Layout::of_file(source.fingerprint.bytes, &source.path)?;
        let partial = Partial::open(store, &source, layout, options).map_err(add_again)?;
        match take_in(&source, &partial, layout, options, progress) {
            Ok((record, resumed_at)) => Ok(Self { source, partial, record, resumed_at }),
            Err(error) => Err(add_again(partial.give_up(error))),
        }
    }

    /// Makes it last. To be done before it gets its name.
    fn synced(self) -> Result<Self, StorageError> {
        match self.partial.sync() {
            Ok(()) => Ok(self),
            Err(error) => Err(add_again(self.partial.give_up(error))),
        }
    }

    /// Gives it its name, unless the store has a whole sector of this name. The name lasts once the store is synced.
    fn place(self, store: &Path, progress: &mut dyn Progress) -> Result<Added, StorageError> {
        let placed = self.take_place(store, progress);
        let (new, repaired) = placed.map_err(|error| add_again(self.partial.give_up(error)))?;
        if !new {
            self.partial.discard();
        }
        let sector = Sector::open(store, self.record.id())?;
        Ok(Added { sector, new, repaired, resumed_at: self.resumed_at })
    }

    /// Whether it is a new sector; if not, what was wrong with the one that it has replaced.
    fn take_place(
        &self,
        store: &Path,
        progress: &mut dyn Progress,
    ) -> Result<(bool, Option<Flaw>), StorageError> {
        let target = store.join(self.record.id().to_string());
        if !store::exists(&target)? {
            self.partial.take_place(&target)?;
            return Ok((true, None));
        }
        let flaw = present::flaw(store, self, progress)?;
        if flaw.is_some() {
            self.partial.replace(&target, &self.source.path)?;
        }
        Ok((false, flaw))
    }
}

/// A full disk is told with what to do when there is room.
fn add_again(error: StorageError) -> StorageError {
    error.with_undone("add the file")
}

/// Everything but the sector's name and place. Nothing is synced but checkpoints.
fn take_in(
    source: &Source,
    partial: &Partial,
    layout: Layout,
    options: &AddOptions,
    progress: &mut dyn Progress,
) -> Result<(SectorRecord, u64), StorageError> {
    let mut ingest = Ingest::start(source, partial, layout, options, progress)?;
    ingest.run(progress)?;
    ingest.finish()
}

/// An ingest under way.
struct Ingest<'a> {
    source: &'a Source,
    partial: &'a Partial,
    layout: Layout,
    tree: TreeBuilder,
    hash: HashBuilder,
    /// Bytes done; a multiple of a block until the end.
    done: u64,
    resumed_at: u64,
    window: u64,
    checkpoint_bytes: u64,
}

impl<'a> Ingest<'a> {
    /// From an earlier run's checkpoint if there is one that holds, else from the beginning.
    fn start(
        source: &'a Source,
        partial: &'a Partial,
        layout: Layout,
        options: &AddOptions,
        progress: &mut dyn Progress,
    ) -> Result<Self, StorageError> {
        let checkpoint_bytes = options.checkpoint_bytes.max(BLOCK_BYTES);
        let mut ingest = Self {
            source,
            partial,
            layout,
            tree: TreeBuilder::new(layout),
            hash: HashBuilder::new(&layout),
            done: 0,
            resumed_at: 0,
            window: (checkpoint_bytes / BLOCK_BYTES).min(WINDOW_BLOCKS) * BLOCK_BYTES,
            checkpoint_bytes,
        };
        if let Some(checkpoint) = &partial.checkpoint
            && let Some((tree, hash)) = ingest.resume(checkpoint, progress)?
        {
            (ingest.tree, ingest.hash) = (tree, hash);
            ingest.done = checkpoint.blocks * BLOCK_BYTES;
            ingest.resumed_at = ingest.done;
        }
        Ok(ingest)
    }

    /// Both trees after the checkpoint's blocks, if what is on disk is what it was taken of.
    fn resume(
        &self,
        checkpoint: &Checkpoint,
        progress: &mut dyn Progress,
    ) -> Result<Option<(TreeBuilder, HashBuilder)>, StorageError> {
        let Some(end) = checkpoint.blocks.checked_mul(BLOCK_BYTES).filter(|end| *end <= self.layout.bytes())
        else {
            return Ok(None);
        };
        let mut hash = HashBuilder::new(&self.layout);
        let (mut at, mut buffer) = (0, Vec::new());
        while at < end {
            buffer.resize(self.window.min(end - at) as usize, 0);
            match &self.partial.data {
                Some(data) => data.read_at(&mut buffer, at)?,
                None => self.source.read_at(&mut buffer, at)?,
            }
            block::group_hashes(&self.layout, &buffer, at).into_iter().for_each(|group| hash.push(group));
            hash.write(&self.partial.outboard)?;
            at += buffer.len() as u64;
            progress.report(at, self.layout.bytes());
            if progress.cancelled() {
                return Err(StorageError::Cancelled);
            }
        }
        if hash.state() != checkpoint.groups {
            return Ok(None);
        }
        let tree =
            TreeBuilder::resume(self.layout, checkpoint.blocks, &checkpoint.levels, &self.partial.tree)?;
        Ok(tree.map(|tree| (tree, hash)))
    }

    /// All blocks that are not done yet.
    fn run(&mut self, progress: &mut dyn Progress) -> Result<(), StorageError> {
        let total = self.layout.bytes();
        let mut saved = self.done;
        let mut window = self.read(self.done)?;
        // An empty file has one block, of no bytes.
        while !window.is_empty() || total == 0 {
            let at = self.done;
            let next = at + window.len() as u64;
            let (blocks, following) = rayon::join(
                || block::blocks(&self.layout, &window, at),
                || {
                    self.partial.data.as_ref().map_or(Ok(()), |data| data.write_at(&window, at))?;
                    self.read(next)
                },
            );
            let following = following?;
            for block in &blocks {
                self.tree.push(block, &self.partial.tree)?;
                block.groups.iter().for_each(|group| self.hash.push(*group));
            }
            self.hash.write(&self.partial.outboard)?;
            self.done = next;
            progress.report(next, total);
            if next == total {
                break;
            }
            let cancelled = progress.cancelled();
            if cancelled || next - saved >= self.checkpoint_bytes {
                self.save()?;
                saved = next;
            }
            if cancelled {
                return Err(StorageError::Cancelled);
            }
            window = following;
        }
        Ok(())
    }

    /// The window at `offset`; empty at the end.
    fn read(&self, offset: u64) -> Result<Vec<u8>, StorageError> {
        let mut window = vec![0; self.window.min(self.layout.bytes() - offset) as usize];
        self.source.read_at(&mut window, offset)?;
        Ok(window)
    }

    /// Makes what is done safe for a later run.
    fn save(&self) -> Result<(), StorageError> {
        let levels = self.tree.flush(&self.partial.tree)?;
        if let Some(data) = &self.partial.data {
            data.sync()?;
        }
        self.partial.tree.sync()?;
        self.partial.save(&Checkpoint {
            version: Version,
            path: self.source.path.to_string_lossy().into_owned(),
            source: self.source.fingerprint,
            blocks: self.done / BLOCK_BYTES,
            groups: self.hash.state().to_vec(),
            levels,
        })
    }

    /// Completes the files. Returns the record, which is written as well.
    fn finish(mut self) -> Result<(SectorRecord, u64), StorageError> {
        let comm_r = self.tree.finish(&self.partial.tree)?;
        let blake3 = self.hash.finish();
        self.hash.write(&self.partial.outboard)?;
        self.source.check_unchanged()?;

        let header = self.tree.header(comm_r, blake3, &self.partial.tree)?;
        self.partial.tree.write_at(&header.to_bytes(), 0)?;
        let record = SectorRecord {
            format: SectorFormat::Sector,
            version: Version,
            bytes: self.layout.bytes(),
            nodes: self.layout.nodes(),
            height: self.layout.height(),
            comm_r,
            blake3,
            name: self.source.name(),
            added_unix_s: SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |time| time.as_secs()),
            reference: match self.partial.data {
                Some(_) => None,
                None => Some(self.source.path.to_string_lossy().into_owned()),
            },
        };
        self.partial.record.write_at(record.to_json().as_bytes(), 0)?;
        Ok((record, self.resumed_at))
    }
}
