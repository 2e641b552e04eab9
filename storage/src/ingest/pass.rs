//! One pass over a file, in constant memory, that can be interrupted.

use std::time::{SystemTime, UNIX_EPOCH};

use popw_core::document::{Document, Version};

use super::options::AddOptions;
use super::partial::Partial;
use super::source::Source;
use crate::block;
use crate::checkpoint::Checkpoint;
use crate::error::StorageError;
use crate::layout::{BLOCK_BYTES, Layout};
use crate::levels::TreeBuilder;
use crate::outboard::HashBuilder;
use crate::progress::Progress;
use crate::record::{SectorFormat, SectorRecord};

/// Blocks hashed at once. Two such windows are in memory: one is read while the other is hashed.
const WINDOW_BLOCKS: u64 = 16;

/// Everything but the sector's name and place. Nothing is synced but checkpoints.
pub(super) fn take_in(
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
