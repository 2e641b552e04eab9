//! LeanIMT, the membership tree of `@zk-kit/lean-imt`, over Poseidon.
//!
//! A binary tree that grows with its leaves: a node with two children is their hash, a node with only a left
//! child *is* that child. So a path skips levels without a sibling, and a tree of one leaf has that leaf as root.

use alloc::{vec, vec::Vec};

use ark_ff::AdditiveGroup;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::{Fr, poseidon};

/// A tree with all its levels in memory.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LeanImt {
    /// Leaves first, the root's level last; empty exactly when the tree is.
    levels: Vec<Vec<Fr>>,
}

/// An update named a leaf the tree does not have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("the tree has {len} leaves, none at position {index}")]
pub struct NoSuchLeaf {
    /// The position asked for.
    pub index: usize,
    /// Leaves in the tree.
    pub len: usize,
}

impl LeanImt {
    /// A tree without leaves.
    pub fn new() -> Self {
        Self::default()
    }

    /// The tree of these leaves, built level by level.
    pub fn from_leaves(leaves: Vec<Fr>) -> Self {
        if leaves.is_empty() {
            return Self::new();
        }
        let mut levels = vec![leaves];
        while let Some(level) = levels.last().filter(|level| level.len() > 1) {
            let above = level.chunks(2).map(parent).collect();
            levels.push(above);
        }
        Self { levels }
    }

    /// Appends a leaf and returns its position.
    pub fn insert(&mut self, leaf: Fr) -> usize {
        let index = self.len();
        match self.levels.first_mut() {
            Some(leaves) => leaves.push(leaf),
            None => self.levels.push(vec![leaf]),
        }
        self.rebuild_above(index);
        index
    }

    /// Replaces a leaf. Setting it to 0 is how a member is removed; positions of others stay.
    ///
    /// # Errors
    /// If there is no leaf at `index`.
    pub fn update(&mut self, index: usize, leaf: Fr) -> Result<(), NoSuchLeaf> {
        let len = self.len();
        let place = self.levels.first_mut().and_then(|leaves| leaves.get_mut(index));
        *place.ok_or(NoSuchLeaf { index, len })? = leaf;
        self.rebuild_above(index);
        Ok(())
    }

    /// The root; 0 for an empty tree.
    pub fn root(&self) -> Fr {
        self.levels.last().and_then(|top| top.first()).copied().unwrap_or(Fr::ZERO)
    }

    /// The leaf at a position.
    pub fn leaf(&self, index: usize) -> Option<Fr> {
        self.leaves().get(index).copied()
    }

    /// All leaves in order.
    pub fn leaves(&self) -> &[Fr] {
        self.levels.first().map_or(&[], Vec::as_slice)
    }

    /// The number of leaves.
    pub fn len(&self) -> usize {
        self.leaves().len()
    }

    /// Whether there is no leaf.
    pub fn is_empty(&self) -> bool {
        self.levels.is_empty()
    }

    /// Levels above the leaves: ⌈log2 len⌉.
    pub fn depth(&self) -> usize {
        self.levels.len().saturating_sub(1)
    }

    /// The path of the leaf at a position.
    pub fn proof(&self, index: usize) -> Option<MerkleProof> {
        self.leaf(index)?;
        let mut proof = MerkleProof { index: 0, siblings: Vec::new() };
        for (level, nodes) in self.levels[..self.depth()].iter().enumerate() {
            let node = index >> level;
            if let Some(sibling) = nodes.get(node ^ 1) {
                proof.index |= (node as u64 & 1) << proof.siblings.len();
                proof.siblings.push(*sibling);
            }
        }
        Some(proof)
    }

    /// Recomputes the nodes above a leaf, adding levels while the top one has more than one node.
    fn rebuild_above(&mut self, index: usize) {
        let mut level = 0;
        while self.levels[level].len() > 1 {
            let node = index >> (level + 1);
            let start = 2 * node;
            let end = self.levels[level].len().min(start + 2);
            let value = parent(&self.levels[level][start..end]);
            if self.levels.len() == level + 1 {
                self.levels.push(Vec::new());
            }
            let above = &mut self.levels[level + 1];
            match above.get_mut(node) {
                Some(place) => *place = value,
                None => above.push(value),
            }
            level += 1;
        }
    }
}

fn parent(children: &[Fr]) -> Fr {
    match children {
        [only] => *only,
        pair => poseidon::hash(pair),
    }
}

/// A leaf's path to the root.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct MerkleProof {
    /// Bit k says whether the node is the right child at the k-th level that has a sibling.
    pub index: u64,
    /// Siblings from the leaf upwards; levels without one are skipped.
    #[serde(with = "crate::field::decimals")]
    #[cfg_attr(feature = "schema", schemars(with = "Vec<crate::field::schema::Decimal>"))]
    pub siblings: Vec<Fr>,
}

impl MerkleProof {
    /// The root of the tree in which `leaf` has this path. Bits of `index` past the siblings are ignored here;
    /// see [`MerkleProof::is_canonical`].
    pub fn root(&self, leaf: Fr) -> Fr {
        self.siblings.iter().enumerate().fold(leaf, |node, (level, sibling)| match self.is_right(level) {
            true => poseidon::hash(&[*sibling, node]),
            false => poseidon::hash(&[node, *sibling]),
        })
    }

    /// Whether the node at this level (counted over siblings) is the right child.
    pub fn is_right(&self, level: usize) -> bool {
        u32::try_from(level).ok().and_then(|level| self.index.checked_shr(level)).unwrap_or(0) & 1 == 1
    }

    /// Whether `index < 2^siblings`, as circuits demand.
    pub fn is_canonical(&self) -> bool {
        u32::try_from(self.siblings.len()).ok().and_then(|depth| self.index.checked_shr(depth)).unwrap_or(0)
            == 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn numbered(len: usize) -> Vec<Fr> {
        (1..=len as u64).map(Fr::from).collect()
    }

    #[test]
    fn an_empty_tree_has_root_zero_and_no_leaf() {
        let mut tree = LeanImt::new();
        assert_eq!((tree.root(), tree.len(), tree.depth()), (Fr::ZERO, 0, 0));
        assert_eq!(tree.proof(0), None);
        assert_eq!(tree.update(0, Fr::ZERO), Err(NoSuchLeaf { index: 0, len: 0 }));
    }

    #[test]
    fn inserting_equals_building_at_once() {
        let mut tree = LeanImt::new();
        for len in 1..=70 {
            assert_eq!(tree.insert(Fr::from(len as u64)), len - 1);
            assert_eq!(tree, LeanImt::from_leaves(numbered(len)), "{len} leaves");
        }
        assert_eq!(tree.depth(), 7);
    }

    #[test]
    fn a_path_of_more_than_64_levels_is_no_panic() {
        let proof = MerkleProof { index: u64::MAX, siblings: numbered(70) };
        assert!(proof.is_canonical() && proof.is_right(63) && !proof.is_right(64));
        proof.root(Fr::ZERO);
        assert!(!MerkleProof { index: 2, siblings: numbered(1) }.is_canonical());
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(24))]
        #[test]
        fn every_leaf_has_a_path_also_after_updates(len in 1usize..40, at in 0usize..40, value: u64) {
            let mut leaves = numbered(len);
            let mut tree = LeanImt::from_leaves(leaves.clone());
            let at = at % len;
            leaves[at] = Fr::from(value);
            prop_assert_eq!(tree.update(at, leaves[at]), Ok(()));
            prop_assert_eq!(&tree, &LeanImt::from_leaves(leaves.clone()));
            for (i, leaf) in leaves.iter().enumerate() {
                let proof = tree.proof(i).unwrap();
                prop_assert!(proof.is_canonical());
                prop_assert_eq!(proof.root(*leaf), tree.root());
                if proof.siblings.is_empty() { continue }
                prop_assert_ne!(proof.root(*leaf + Fr::from(1u64)), tree.root());
            }
        }
    }
}
