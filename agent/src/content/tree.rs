//! BLAKE3's tree above groups of 16 KiB: what a block of a download holds, and how it is verified.
//!
//! Groups are numbered from 0. A node over the groups `start..end` has, as left child, the largest power of two of
//! them that is not all; parents are 64 bytes, the hashes of both children. Where each stands is a function of the
//! number of groups alone, so nothing but hashes and content travels.

use blake3::Hasher;
use blake3::hazmat::{ChainingValue, HasherExt, Mode, merge_subtrees_non_root, merge_subtrees_root};
use thiserror::Error;

/// Bytes of a group; the last of a content may be shorter.
pub const GROUP_BYTES: u64 = 16 << 10;
/// Bytes of a parent.
pub const PARENT_BYTES: usize = 64;
/// Largest content, bytes (1 EiB): its tree has fewer than 64 levels.
pub const MAX_BYTES: u64 = 1 << 60;
/// Longest block: a group and a path of parents.
pub const MAX_BLOCK: usize = GROUP_BYTES as usize + 64 * PARENT_BYTES;

/// Groups of a content: at least one.
pub fn groups(bytes: u64) -> u64 {
    bytes.div_ceil(GROUP_BYTES).max(1)
}

/// Bytes of one of its groups.
pub fn group_bytes(bytes: u64, group: u64) -> u64 {
    bytes.saturating_sub(group.saturating_mul(GROUP_BYTES)).min(GROUP_BYTES)
}

fn left_groups(groups: u64) -> u64 {
    1 << (groups - 1).ilog2()
}

/// The places, in the pre-order file of parents, of those that a group's block begins with, when `first` is the first
/// group of the download.
pub fn parents(total: u64, first: u64, group: u64) -> Vec<u64> {
    let mut places = Vec::new();
    let (mut start, mut end, mut lefts) = (0, total, 0);
    while end - start > 1 {
        // A parent travels with the first of its groups that does.
        if group == first || start == group {
            // Before it in pre-order: as many parents as groups on its left, and one for each step to the left.
            places.push(start + lefts);
        }
        let middle = start + left_groups(end - start);
        if group < middle {
            end = middle;
            lefts += 1;
        } else {
            start = middle;
        }
    }
    places
}

/// Why a block is not what it should be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum BlockError {
    /// Its length is not that of its group and parents.
    #[error("block {0} has an impossible length")]
    Length(u64),
    /// Its content or a parent has another hash.
    #[error("block {0} is not the content asked for")]
    Hash(u64),
    /// There are no more blocks.
    #[error("a block after the last")]
    Beyond,
}

/// Verifies blocks in their order, against the content's hash.
#[derive(Debug)]
pub struct Verifier {
    bytes: u64,
    next: u64,
    first: u64,
    /// Subtrees that are still to come, the next one last: their groups, hash, and whether they are the whole.
    pending: Vec<(u64, u64, ChainingValue, bool)>,
}

impl Verifier {
    /// For a content of this hash and length, from group `first` on; `None` when it has no such group or the length
    /// is impossible. A wrong length is found out with the first block that depends on it.
    pub fn new(content: [u8; 32], bytes: u64, first: u64) -> Option<Self> {
        let total = groups(bytes);
        let possible = bytes <= MAX_BYTES && first < total;
        possible.then(|| Self { bytes, next: first, first, pending: vec![(0, total, content, true)] })
    }

    /// The next group; `None` after the last.
    pub fn next_group(&self) -> Option<u64> {
        (!self.pending.is_empty()).then_some(self.next)
    }

    /// Verifies the next block and returns its content.
    ///
    /// # Errors
    /// [`BlockError`]; the download is worth nothing from here on.
    pub fn accept<'a>(&mut self, block: &'a [u8]) -> Result<&'a [u8], BlockError> {
        let group = self.next;
        let (mut start, mut end, mut hash, mut whole) = self.pending.pop().ok_or(BlockError::Beyond)?;
        let mut rest = block;
        while end - start > 1 {
            let (parent, after) =
                rest.split_first_chunk::<PARENT_BYTES>().ok_or(BlockError::Length(group))?;
            rest = after;
            let (mut left, mut right) = ([0; 32], [0; 32]);
            left.copy_from_slice(&parent[..32]);
            right.copy_from_slice(&parent[32..]);
            let merged = match whole {
                true => *merge_subtrees_root(&left, &right, Mode::Hash).as_bytes(),
                false => merge_subtrees_non_root(&left, &right, Mode::Hash),
            };
            if merged != hash {
                return Err(BlockError::Hash(group));
            }
            whole = false;
            let middle = start + left_groups(end - start);
            if group < middle {
                self.pending.push((middle, end, right, false));
                (end, hash) = (middle, left);
            } else {
                (start, hash) = (middle, right);
            }
        }
        if rest.len() as u64 != group_bytes(self.bytes, group) {
            return Err(BlockError::Length(group));
        }
        if group_hash(rest, group, whole) != hash {
            return Err(BlockError::Hash(group));
        }
        self.next += 1;
        Ok(rest)
    }

    /// Bytes that the next block must have; 0 after the last.
    pub fn block_bytes(&self) -> usize {
        let Some(group) = self.next_group() else { return 0 };
        let parents = parents(groups(self.bytes), self.first, group).len();
        // At most 64 parents and 16 KiB.
        parents * PARENT_BYTES + group_bytes(self.bytes, group) as usize
    }
}

fn group_hash(data: &[u8], group: u64, whole: bool) -> ChainingValue {
    if whole {
        return *blake3::hash(data).as_bytes();
    }
    let mut hasher = Hasher::new();
    hasher.set_input_offset(group * GROUP_BYTES);
    hasher.update(data);
    hasher.finalize_non_root()
}

#[cfg(test)]
mod tests {
    use bao_tree::BlockSize;
    use bao_tree::io::outboard::PreOrderMemOutboard;

    use super::*;

    fn data(bytes: usize) -> Vec<u8> {
        let mut data = vec![0; bytes];
        blake3::Hasher::new().update(b"content").finalize_xof().fill(&mut data);
        data
    }

    /// With the parents as bao-tree makes them.
    fn blocks(data: &[u8], first: u64) -> ([u8; 32], Vec<Vec<u8>>) {
        let outboard = PreOrderMemOutboard::create(data, BlockSize::from_chunk_log(4));
        let total = groups(data.len() as u64);
        let block = |group: u64| {
            let places = parents(total, first, group);
            let mut block: Vec<u8> = places
                .iter()
                .flat_map(|place| &outboard.data[*place as usize * PARENT_BYTES..][..PARENT_BYTES])
                .copied()
                .collect();
            let start = (group * GROUP_BYTES) as usize;
            block.extend(&data[start..start + group_bytes(data.len() as u64, group) as usize]);
            block
        };
        (*blake3::hash(data).as_bytes(), (first..total).map(block).collect())
    }

    #[test]
    fn every_download_of_every_shape_is_verified() {
        for bytes in [0, 1, 16_383, 16_384, 16_385, 32_768, 49_153, 200_000, 16_384 * 33 + 5] {
            let data = data(bytes);
            for first in 0..groups(bytes as u64) {
                let (hash, blocks) = blocks(&data, first);
                let mut verifier = Verifier::new(hash, bytes as u64, first).expect("a group");
                let mut received: Vec<u8> = Vec::new();
                for block in &blocks {
                    assert_eq!(verifier.block_bytes(), block.len(), "{bytes} bytes from {first}");
                    assert!(block.len() <= MAX_BLOCK);
                    received.extend(verifier.accept(block).expect("the content"));
                }
                assert_eq!(received, data[(first * GROUP_BYTES) as usize..]);
                assert_eq!((verifier.next_group(), verifier.block_bytes()), (None, 0));
                assert_eq!(verifier.accept(&blocks[0]), Err(BlockError::Beyond));
            }
        }
    }

    #[test]
    fn every_changed_byte_is_found_in_its_block() {
        let data = data(70_000);
        let (hash, blocks) = blocks(&data, 1);
        for (changed, block) in blocks.iter().enumerate() {
            for place in (0..block.len()).step_by(997).chain([block.len() - 1]) {
                let mut verifier = Verifier::new(hash, 70_000, 1).expect("a group");
                for (position, block) in blocks.iter().enumerate().take(changed + 1) {
                    let mut block = block.clone();
                    if position == changed {
                        block[place] ^= 1;
                        let group = position as u64 + 1;
                        assert_eq!(verifier.accept(&block), Err(BlockError::Hash(group)));
                    } else {
                        verifier.accept(&block).expect("as it was");
                    }
                }
            }
            let mut verifier = Verifier::new(hash, 70_000, 1).expect("a group");
            blocks.iter().take(changed).for_each(|block| assert!(verifier.accept(block).is_ok()));
            let short = verifier.accept(&block[..block.len() - 1]);
            assert_eq!(short, Err(BlockError::Length(changed as u64 + 1)));
        }
    }

    #[test]
    fn a_wrong_length_is_found() {
        let data = data(70_000);
        let (hash, blocks) = blocks(&data, 0);
        for bytes in [69_999, 70_001, 65_536, 16_384, 81_920, 1 << 40] {
            let mut verifier = Verifier::new(hash, bytes, 0).expect("a group");
            let refused = blocks.iter().any(|block| verifier.accept(block).is_err());
            assert!(refused || verifier.next_group().is_some(), "{bytes} bytes");
        }
        assert!(Verifier::new(hash, 70_000, 5).is_none());
        assert!(Verifier::new(hash, MAX_BYTES + 1, 0).is_none());
    }
}
