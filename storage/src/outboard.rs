//! BLAKE3's tree above groups of 16 KiB, in bao's pre-order.

use blake3::hazmat::{ChainingValue, Mode, merge_subtrees_non_root, merge_subtrees_root};

use crate::error::StorageError;
use crate::layout::Layout;
use crate::platform::Writer;

/// Bytes of a parent: the hashes of its two children.
pub(crate) const PARENT_BYTES: u64 = 64;

/// The hash of a parent over `groups`, the whole of the sector or not.
pub(crate) fn parent(left: &ChainingValue, right: &ChainingValue, is_root: bool) -> ChainingValue {
    if is_root {
        *merge_subtrees_root(left, right, Mode::Hash).as_bytes()
    } else {
        merge_subtrees_non_root(left, right, Mode::Hash)
    }
}

/// Groups in the left child of a parent over `groups` (at least 2): the largest power of two below.
pub(crate) fn left_groups(groups: u64) -> u64 {
    1 << (groups - 1).ilog2()
}

/// Which parent, in pre-order, is the one over `start..end`. There are as many before it as groups, less one for each
/// complete subtree on its left, plus one for each ancestor: `start` and the steps to the left.
fn position(total: u64, start: u64, end: u64) -> u64 {
    let (mut low, mut high, mut lefts) = (0, total, 0);
    while (low, high) != (start, end) {
        let middle = low + left_groups(high - low);
        if start < middle {
            high = middle;
            lefts += 1;
        } else {
            low = middle;
        }
    }
    start + lefts
}

/// The tree as far as the groups so far determine it.
#[derive(Debug)]
pub(crate) struct HashBuilder {
    total: u64,
    groups: u64,
    /// Hashes of complete subtrees, the largest first.
    stack: Vec<ChainingValue>,
    /// Parents that are not written yet, with their positions.
    parents: Vec<(u64, [u8; 64])>,
}

impl HashBuilder {
    pub(crate) fn new(layout: &Layout) -> Self {
        Self { total: layout.groups(), groups: 0, stack: Vec::new(), parents: Vec::new() }
    }

    /// The next group's hash.
    pub(crate) fn push(&mut self, hash: ChainingValue) {
        // Subtrees are merged when the next group comes: only then is it certain that they are not the whole.
        // What is left are subtrees of the sizes that the bits of `groups` name.
        if self.groups > 0 {
            for level in 0..self.groups.trailing_zeros() {
                self.merge(1 << level, 1 << level, false);
            }
        }
        self.stack.push(hash);
        self.groups += 1;
    }

    /// Joins the two subtrees on top, of so many groups, the right one ending at the present group.
    fn merge(&mut self, left_size: u64, right_size: u64, is_root: bool) {
        let (Some(right), Some(left)) = (self.stack.pop(), self.stack.pop()) else { return };
        let mut pair = [0; 64];
        pair[..32].copy_from_slice(&left);
        pair[32..].copy_from_slice(&right);
        let start = self.groups - left_size - right_size;
        self.parents.push((position(self.total, start, self.groups), pair));
        self.stack.push(parent(&left, &right, is_root));
    }

    /// Joins what is left when all groups are there: BLAKE3's hash of the sector.
    pub(crate) fn finish(&mut self) -> [u8; 32] {
        debug_assert_eq!(self.groups, self.total);
        // Sizes of the subtrees on the stack: those of the lazy merges above.
        let mut sizes = Vec::new();
        let mut rest = self.groups;
        while rest > 0 {
            let size = if rest == 1 { 1 } else { left_groups(rest) };
            sizes.push(size);
            rest -= size;
        }
        while let (2.., Some(right)) = (self.stack.len(), sizes.pop()) {
            let left = sizes.pop().unwrap_or(0);
            self.merge(left, right, self.stack.len() == 2);
            sizes.push(left + right);
        }
        self.stack.first().copied().unwrap_or([0; 32])
    }

    /// What determines all that follows.
    pub(crate) fn state(&self) -> &[ChainingValue] {
        &self.stack
    }

    /// Writes the parents known since the last time.
    pub(crate) fn write(&mut self, outboard: &Writer) -> Result<(), StorageError> {
        self.parents.sort_unstable_by_key(|(position, _)| *position);
        for run in self.parents.chunk_by(|(a, _), (b, _)| a + 1 == *b) {
            let bytes: Vec<u8> = run.iter().flat_map(|(_, pair)| *pair).collect();
            outboard.write_at(&bytes, PARENT_BYTES * run[0].0)?;
        }
        self.parents.clear();
        Ok(())
    }
}
