//! Opening a node of a sector's tree: eight children to a node, a height of its own.

use alloc::vec::Vec;

use popw_core::{Fr, possession::ARITY};

use crate::driver::Driver;

/// Bits of a child's place.
const DIGIT: usize = 3;

/// The children of a node that only the first of is not 0: what a climb goes through above a tree's root.
pub fn alone(node: Fr) -> [Fr; ARITY] {
    let mut children = [Fr::from(0u64); ARITY];
    children[0] = node;
    children
}

/// The nodes from `node`, the leaf at the place with these boolean bits, up to `index.len() / 3` levels above it:
/// `levels + 1` of them. `children(level, node)` are the eight nodes among which the node before, of value `node`,
/// stands; each level enforces that it does, those above the tree's root as well: [`alone`] serves there.
/// Cost in R1CS: 409 a level.
pub fn input_climb<D: Driver>(
    d: &mut D,
    node: &D::Wire,
    index: &[D::Wire],
    mut children: impl FnMut(usize, Fr) -> Option<[Fr; ARITY]>,
) -> Vec<D::Wire> {
    let mut nodes = Vec::with_capacity(index.len() / DIGIT + 1);
    nodes.push(node.clone());
    for (level, digit) in index.chunks_exact(DIGIT).enumerate() {
        let values = d.value(&nodes[level]).and_then(|node| children(level, node));
        let children: Vec<_> = (0..ARITY).map(|i| d.input(values.map(|values| values[i]))).collect();
        let pairs: Vec<_> =
            children.chunks_exact(2).map(|pair| d.select(&digit[0], &pair[1], &pair[0])).collect();
        let low = d.select(&digit[1], &pairs[1], &pairs[0]);
        let high = d.select(&digit[1], &pairs[3], &pairs[2]);
        // node = low + digit_2·(high − low).
        let step = d.sub(&high, &low);
        let rest = d.sub(&nodes[level], &low);
        d.within("child", |d| d.enforce_mul(&digit[2], &step, &rest));
        nodes.push(d.poseidon(&children));
    }
    nodes
}
