//! Where everything is: sizes and positions as functions of the number of bytes alone.
//!
//! The data are read as *nodes* of 31 bytes, big-endian, as if zero bytes made them a multiple of 31; no bytes are one
//! node, 0. Level 0 of the tree is the nodes; node i of level l + 1 is the Poseidon hash of nodes 8i … 8i + 7 of level l,
//! with the root of an all-zero tree of height l for each one that is not there. Level h has one node, `comm_r`.
//!
//! The file `tree` is a header of [`HEADER_BYTES`], then levels 1 to h one after the other, 32 big-endian bytes a
//! node, only nodes that have data below them; then a table of BLAKE3 digests: each level is cut into chunks of
//! [`CHUNK_BYTES`] (the last one shorter), and the table has the digest of every chunk, in the order of the file.
//!
//! The file `outboard` is bao's pre-order tree over groups of [`GROUP_BYTES`], 64 bytes a parent, without a length.

pub use popw_core::possession::NODE_BYTES;
use popw_core::possession::{self, height, node_count};

/// Children of a tree node.
pub const ARITY: u64 = possession::ARITY as u64;
/// Height of the subtree that is hashed as one piece.
pub const BLOCK_HEIGHT: u8 = 5;
/// Bytes of such a piece: 8^5 nodes, and also 62 groups of BLAKE3.
pub const BLOCK_BYTES: u64 = NODE_BYTES << (3 * BLOCK_HEIGHT);
/// Bytes under a leaf of the outboard: iroh-blobs' choice.
pub const GROUP_BYTES: u64 = 16 << 10;
/// Bytes of a tree node on disk.
pub const HASH_BYTES: u64 = 32;
/// Bytes of the tree file under one digest of its table.
pub const CHUNK_BYTES: u64 = 64 << 10;
/// Bytes before level 1 in the tree file.
pub const HEADER_BYTES: u64 = 160;
/// The largest sector: 1 EiB.
pub const MAX_BYTES: u64 = 1 << 60;

const _: () = assert!(BLOCK_BYTES.is_multiple_of(GROUP_BYTES));

/// The layout of one sector.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Layout {
    bytes: u64,
    nodes: u64,
    height: u8,
}

impl Layout {
    /// The layout of `bytes` bytes; `None` above [`MAX_BYTES`].
    pub fn new(bytes: u64) -> Option<Self> {
        let nodes = node_count(bytes);
        (bytes <= MAX_BYTES).then(|| Self { bytes, nodes, height: height(nodes) })
    }

    /// Bytes of data.
    pub fn bytes(&self) -> u64 {
        self.bytes
    }

    /// Nodes of level 0.
    pub fn nodes(&self) -> u64 {
        self.nodes
    }

    /// Height of the tree.
    pub fn height(&self) -> u8 {
        self.height
    }

    /// Nodes of a level that have data below them.
    pub fn level_nodes(&self, level: u8) -> u64 {
        self.nodes.div_ceil(1 << (3 * level))
    }

    /// Where a level begins in the tree file. Levels are 1 to h; h + 1 is the end of the last, where the table begins.
    pub fn level_offset(&self, level: u8) -> u64 {
        HEADER_BYTES + (1..level).map(|below| HASH_BYTES * self.level_nodes(below)).sum::<u64>()
    }

    /// Chunks of a level.
    pub fn level_chunks(&self, level: u8) -> u64 {
        (HASH_BYTES * self.level_nodes(level)).div_ceil(CHUNK_BYTES)
    }

    /// Where the digests of a level's chunks begin in the tree file; of h + 1, where the file ends.
    pub fn table_offset(&self, level: u8) -> u64 {
        let before = (1..level).map(|below| self.level_chunks(below)).sum::<u64>();
        self.level_offset(self.height + 1) + HASH_BYTES * before
    }

    /// Length of the tree file.
    pub fn tree_bytes(&self) -> u64 {
        self.table_offset(self.height + 1)
    }

    /// Groups under the outboard's leaves: at least 1.
    pub fn groups(&self) -> u64 {
        self.bytes.div_ceil(GROUP_BYTES).max(1)
    }

    /// Length of the outboard: 64 bytes for each parent.
    pub fn outboard_bytes(&self) -> u64 {
        2 * HASH_BYTES * (self.groups() - 1)
    }

    /// The bytes of data a node covers; none for the one node of an empty sector.
    pub fn node_range(&self, index: u64) -> std::ops::Range<u64> {
        let start = index.saturating_mul(NODE_BYTES).min(self.bytes);
        start..start.saturating_add(NODE_BYTES).min(self.bytes)
    }

    /// The bytes of data of a group.
    pub fn group_range(&self, group: u64) -> std::ops::Range<u64> {
        let start = group.saturating_mul(GROUP_BYTES).min(self.bytes);
        start..start.saturating_add(GROUP_BYTES).min(self.bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn heights_are_minimal() {
        for (bytes, nodes, tall) in [
            (0, 1, 0),
            (1, 1, 0),
            (31, 1, 0),
            (32, 2, 1),
            (31 * 8, 8, 1),
            (31 * 8 + 1, 9, 2),
            (31 * 64, 64, 2),
            (31 * 64 + 1, 65, 3),
            (16 << 30, 554_189_329, 10),
        ] {
            assert_eq!((node_count(bytes), height(nodes)), (nodes, tall), "{bytes} bytes");
        }
        for tall in 0..20u32 {
            assert_eq!(height(8u64.pow(tall)), tall as u8);
            assert_eq!(height(8u64.pow(tall) + 1), tall as u8 + 1);
        }
    }

    #[test]
    fn the_tree_is_a_seventh_of_the_data() {
        let layout = Layout::new(16 << 30).unwrap();
        let share = layout.tree_bytes() as f64 / layout.bytes() as f64;
        assert!((0.147..0.148).contains(&share), "{share}");
        assert_eq!(layout.outboard_bytes(), (64 << 20) - 64);
        assert!(Layout::new(MAX_BYTES + 1).is_none());
        assert!(Layout::new(MAX_BYTES).unwrap().tree_bytes() > MAX_BYTES / 7);
    }

    #[test]
    fn the_smallest_sectors_have_a_header_only() {
        for bytes in [0, 1, 31] {
            let layout = Layout::new(bytes).unwrap();
            assert_eq!((layout.tree_bytes(), layout.outboard_bytes()), (HEADER_BYTES, 0));
        }
        let layout = Layout::new(32).unwrap();
        assert_eq!(layout.tree_bytes(), HEADER_BYTES + 32 + 32);
    }
}
