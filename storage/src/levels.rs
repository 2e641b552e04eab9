//! The tree file while it is made.

use popw_core::{Fr, field};

use crate::block::Block;
use crate::error::StorageError;
use crate::header::TreeHeader;
use crate::layout::{ARITY, BLOCK_HEIGHT, CHUNK_BYTES, HASH_BYTES, Layout};
use crate::node;
use crate::platform::Writer;

/// Writes levels, their digests, and at last the header.
#[derive(Debug)]
pub(crate) struct TreeBuilder {
    layout: Layout,
    /// Levels 1 to h.
    levels: Vec<Level>,
    /// For each level from 0 to h, nodes whose parent is not known yet; blocks keep theirs to themselves.
    pending: Vec<Vec<Fr>>,
}

/// One level.
#[derive(Debug)]
struct Level {
    offset: u64,
    table_offset: u64,
    /// Bytes before the chunk in `buffer`.
    before: u64,
    buffer: Vec<u8>,
    /// Over everything so far, so that a later run can tell that it finds the same.
    digest: blake3::Hasher,
}

impl TreeBuilder {
    pub(crate) fn new(layout: Layout) -> Self {
        let levels = (1..=layout.height()).map(|level| Level {
            offset: layout.level_offset(level),
            table_offset: layout.table_offset(level),
            before: 0,
            buffer: Vec::new(),
            digest: blake3::Hasher::new(),
        });
        Self { layout, levels: levels.collect(), pending: vec![Vec::new(); usize::from(layout.height()) + 1] }
    }

    /// The next block.
    pub(crate) fn push(&mut self, block: &Block, tree: &Writer) -> Result<(), StorageError> {
        for (level, bytes) in self.levels.iter_mut().zip(&block.levels) {
            level.append(bytes, tree)?;
        }
        self.carry(block.levels.len(), block.top, tree)
    }

    /// A node whose own level is written: its parent when it is the eighth, and so on.
    fn carry(&mut self, mut level: usize, mut top: Fr, tree: &Writer) -> Result<(), StorageError> {
        loop {
            self.pending[level].push(top);
            if self.pending[level].len() < ARITY as usize || level == self.levels.len() {
                return Ok(());
            }
            top = self.parent(level, tree)?;
            level += 1;
        }
    }

    /// Hashes and writes the parent of the pending nodes of a level.
    fn parent(&mut self, level: usize, tree: &Writer) -> Result<Fr, StorageError> {
        let mut top = [node::zero(0)];
        popw_kernels::poseidon8(&self.pending[level], &mut top);
        self.pending[level].clear();
        self.levels[level].append(&field::to_be_bytes(&top[0]), tree)?;
        Ok(top[0])
    }

    /// Writes the rest after the last block: the root.
    pub(crate) fn finish(&mut self, tree: &Writer) -> Result<Fr, StorageError> {
        for level in 0..self.levels.len() {
            if !self.pending[level].is_empty() {
                self.pending[level].resize(ARITY as usize, node::zero(level as u8));
                let top = self.parent(level, tree)?;
                self.pending[level + 1].push(top);
            }
        }
        for level in &mut self.levels {
            level.finish(tree)?;
        }
        Ok(self.pending[self.levels.len()][0])
    }

    /// The header, once the levels are finished. Nothing else makes a file of levels a tree.
    pub(crate) fn header(
        &self,
        comm_r: Fr,
        blake3: [u8; 32],
        tree: &Writer,
    ) -> Result<TreeHeader, StorageError> {
        let mut hasher = blake3::Hasher::new();
        let mut buffer = vec![0; CHUNK_BYTES as usize];
        let (mut at, end) = (self.layout.table_offset(1), self.layout.tree_bytes());
        while at < end {
            let part = &mut buffer[..(end - at).min(CHUNK_BYTES) as usize];
            tree.read_at(part, at)?;
            hasher.update(part);
            at += part.len() as u64;
        }
        Ok(TreeHeader { layout: self.layout, comm_r, blake3, table: *hasher.finalize().as_bytes() })
    }

    /// Writes what is still buffered, for a checkpoint: a digest of each level as it stands.
    pub(crate) fn flush(&self, tree: &Writer) -> Result<Vec<[u8; 32]>, StorageError> {
        for level in &self.levels {
            tree.write_at(&level.buffer, level.offset + level.before)?;
        }
        Ok(self.levels.iter().map(|level| *level.digest.finalize().as_bytes()).collect())
    }

    /// The state after `blocks` blocks, from what a killed run wrote. `None` if that is not what `digests` are of.
    pub(crate) fn resume(
        layout: Layout,
        blocks: u64,
        digests: &[[u8; 32]],
        tree: &Writer,
    ) -> Result<Option<Self>, StorageError> {
        let mut builder = Self::new(layout);
        if digests.len() != builder.levels.len() {
            return Ok(None);
        }
        let nodes = blocks << (3 * BLOCK_HEIGHT);
        let mut buffer = vec![0; CHUNK_BYTES as usize];
        for (i, (level, expected)) in builder.levels.iter_mut().zip(digests).enumerate() {
            let complete = nodes >> (3 * (i + 1));
            let (mut at, end) = (0, HASH_BYTES * complete);
            while at < end {
                let part = &mut buffer[..(end - at).min(CHUNK_BYTES) as usize];
                tree.read_at(part, level.offset + at)?;
                // Chunks and digests are written again: what was not synced for certain is now as it should be.
                level.append(part, tree)?;
                at += part.len() as u64;
            }
            if level.digest.finalize() != *expected {
                return Ok(None);
            }
            if i + 1 >= usize::from(BLOCK_HEIGHT) {
                let Some(pending) = tail(&level.buffer, complete) else { return Ok(None) };
                builder.pending[i + 1] = pending;
            }
        }
        Ok(Some(builder))
    }
}

/// The last nodes of a level that have no parent yet. They are in the buffer: a chunk is a multiple of eight nodes.
fn tail(buffer: &[u8], complete: u64) -> Option<Vec<Fr>> {
    let pending = (complete % ARITY) as usize;
    let start = buffer.len().checked_sub(pending * HASH_BYTES as usize)?;
    buffer[start..].as_chunks().0.iter().map(|bytes| field::from_be_bytes(bytes).ok()).collect()
}

impl Level {
    fn append(&mut self, mut bytes: &[u8], tree: &Writer) -> Result<(), StorageError> {
        self.digest.update(bytes);
        while !bytes.is_empty() {
            let room = CHUNK_BYTES as usize - self.buffer.len();
            let (now, rest) = bytes.split_at(room.min(bytes.len()));
            self.buffer.extend_from_slice(now);
            if self.buffer.len() == CHUNK_BYTES as usize {
                self.finish(tree)?;
            }
            bytes = rest;
        }
        Ok(())
    }

    /// Writes the chunk in the buffer and its digest.
    fn finish(&mut self, tree: &Writer) -> Result<(), StorageError> {
        if self.buffer.is_empty() {
            return Ok(());
        }
        tree.write_at(&self.buffer, self.offset + self.before)?;
        let digest = blake3::hash(&self.buffer);
        tree.write_at(digest.as_bytes(), self.table_offset + HASH_BYTES * (self.before / CHUNK_BYTES))?;
        self.before += self.buffer.len() as u64;
        self.buffer.clear();
        Ok(())
    }
}
