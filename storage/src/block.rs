//! Hashing a piece of data: a subtree of the Poseidon tree, and the BLAKE3 hashes of its groups.

use blake3::hazmat::{ChainingValue, HasherExt};
use popw_core::Fr;
use rayon::prelude::*;

use crate::layout::{ARITY, BLOCK_BYTES, BLOCK_HEIGHT, GROUP_BYTES, Layout};
use crate::node;

/// What a block (of up to [`BLOCK_BYTES`]) adds to a sector.
pub(crate) struct Block {
    /// Levels 1 to [`BLOCK_HEIGHT`] of its subtree, or to the tree's height if that is less, as the tree file has them.
    pub(crate) levels: Vec<Vec<u8>>,
    /// The subtree's root.
    pub(crate) top: Fr,
    /// The BLAKE3 hashes of its groups.
    pub(crate) groups: Vec<ChainingValue>,
}

/// The blocks of `data`, which is at `offset` (a multiple of a block) in the sector.
pub(crate) fn blocks(layout: &Layout, data: &[u8], offset: u64) -> Vec<Block> {
    if data.is_empty() {
        return vec![block(layout, data, offset)];
    }
    let pieces = data.par_chunks(BLOCK_BYTES as usize).enumerate();
    pieces.map(|(i, data)| block(layout, data, offset + i as u64 * BLOCK_BYTES)).collect()
}

fn block(layout: &Layout, data: &[u8], offset: u64) -> Block {
    let mut level = node::nodes(data);
    if level.is_empty() {
        level.push(node::zero(0));
    }
    let mut levels = Vec::new();
    for below in 0..layout.height().min(BLOCK_HEIGHT) {
        level.resize(level.len().next_multiple_of(ARITY as usize), node::zero(below));
        let mut above = vec![node::zero(0); level.len() / ARITY as usize];
        popw_kernels::poseidon8(&level, &mut above);
        levels.push(node::to_bytes(&above));
        level = above;
    }
    Block { levels, top: level[0], groups: chaining_values(layout, data, offset) }
}

/// The BLAKE3 hashes of the groups of `data`, computed in parallel.
pub(crate) fn group_hashes(layout: &Layout, data: &[u8], offset: u64) -> Vec<ChainingValue> {
    let pieces = data.par_chunks(BLOCK_BYTES as usize).enumerate();
    pieces.flat_map_iter(|(i, data)| chaining_values(layout, data, offset + i as u64 * BLOCK_BYTES)).collect()
}

fn chaining_values(layout: &Layout, data: &[u8], offset: u64) -> Vec<ChainingValue> {
    if layout.groups() == 1 {
        return vec![*blake3::hash(data).as_bytes()];
    }
    let groups = data.chunks(GROUP_BYTES as usize).enumerate();
    groups.map(|(i, group)| group_hash(layout, group, offset + i as u64 * GROUP_BYTES)).collect()
}

/// The hash of the one group at `offset`: a chaining value, or BLAKE3's root when there is no other group.
pub(crate) fn group_hash(layout: &Layout, group: &[u8], offset: u64) -> ChainingValue {
    if layout.groups() == 1 {
        return *blake3::hash(group).as_bytes();
    }
    blake3::Hasher::new().set_input_offset(offset).update(group).finalize_non_root()
}
