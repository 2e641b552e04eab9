//! Inclusion in a LeanIMT (`@zk-kit`): a binary Poseidon tree whose levels without a sibling are skipped, so a
//! leaf's path has its own depth.

use alloc::vec::Vec;

use popw_core::Fr;

use super::one_hot::alloc_one_hot;
use crate::driver::Driver;

/// A path as the prover gives it; nothing about it is trusted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Path {
    /// Number of siblings.
    pub depth: u64,
    /// Bit `i` says whether the node is the right child at the i-th level that has a sibling.
    pub index: u64,
    /// Siblings, from the leaf up.
    pub siblings: Vec<Fr>,
}

/// The root that `leaf` reaches by a path of depth ≤ `max_depth` ≤ 32 with index < 2^depth.
///
/// Index bits at and above the depth are forced to zero, so (index, depth) is one position only. Siblings at and
/// above the depth are not read. The caller compares the root and knows it to be non-zero.
/// Cost in R1CS: `max_depth · (Poseidon t=3 + 4) + 4`.
pub fn input_path<D: Driver>(d: &mut D, leaf: &D::Wire, path: Option<&Path>, max_depth: usize) -> D::Wire {
    let depth = d.input(path.map(|p| Fr::from(p.depth)));
    let depth = d.within("depth", |d| alloc_one_hot(d, &depth, max_depth));
    let zero = Fr::from(0u64);
    let one = Fr::from(1u64);
    let nothing = d.constant(zero);
    let mut node = leaf.clone();
    let mut at_depth = Vec::with_capacity(max_depth + 1);
    for level in 0..max_depth {
        let reached = d.mul(&depth.is[level], &node);
        at_depth.push(reached);
        let bit = d.input(path.map(|p| Fr::from((p.index >> level) & 1)));
        // bit ∈ {0, below}: boolean, and zero from the depth on.
        d.within("index", |d| {
            let rest = d.sub(&depth.below[level], &bit);
            d.enforce_mul(&bit, &rest, &nothing);
        });
        let sibling = d.input(path.map(|p| p.siblings.get(level).copied().unwrap_or_default()));
        let difference = d.sub(&sibling, &node);
        let swap = d.mul(&bit, &difference);
        let left = d.add(&node, &swap);
        let right = d.sub(&sibling, &swap);
        node = d.poseidon(&[left, right]);
    }
    let reached = d.mul(&depth.is[max_depth], &node);
    at_depth.push(reached);
    let terms: Vec<_> = at_depth.iter().map(|wire| (one, wire)).collect();
    d.linear(&terms, zero)
}
