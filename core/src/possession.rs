//! Sectors: how data becomes a tree, which nodes an epoch asks for, and what the dice detect.
//!
//! Data is cut into nodes of [`NODE_BYTES`] bytes, the last one filled up with zero bytes, each read as a big-endian
//! integer (so every node is below 2^248). Nodes are the leaves of a tree of Poseidon with eight inputs, filled up
//! with zero nodes to a power of eight; its root is `comm_r`. The tree of a single node is that node.

use crate::{Fr, field, poseidon::hash, tag};

/// Bytes of a node.
pub const NODE_BYTES: u64 = 31;
/// Children of an inner node.
pub const ARITY: usize = 8;

/// Nodes of data: `max(1, ⌈bytes/31⌉)`.
pub const fn node_count(bytes: u64) -> u64 {
    if bytes == 0 { 1 } else { bytes.div_ceil(NODE_BYTES) }
}

/// Height of the tree: the least h with `nodes ≤ 8^h`.
pub const fn height(nodes: u64) -> u8 {
    let mut height = 0;
    while height < 21 && nodes > 1 << (3 * height) {
        height += 1;
    }
    height as u8
}

/// The node that challenge `i` of an epoch asks for: `low128(H(⟦popw.challenge⟧, ρ′, comm_r, i)) mod nodes`. The closing
/// beacon ρ′ is not known before the epoch is over.
///
/// # Panics
/// If `nodes` is 0.
pub fn challenge(rho_closing: Fr, comm_r: Fr, i: u32, nodes: u64) -> u64 {
    let drawn = field::low128(&hash(&[tag::CHALLENGE.fr(), rho_closing, comm_r, Fr::from(i)]));
    // Below `nodes`, so it fits.
    (drawn % u128::from(nodes)) as u64
}

/// The probability that `challenges` an epoch, in at least one of `epochs`, ask for a node that is lost, when a share
/// `lost` (0 to 1) of a sector's nodes is: `1 − (1 − lost)^(challenges · epochs)`. An answer takes a node's seven
/// neighbours as well, so a loss that is scattered is noticed with higher odds.
pub fn detection_odds(challenges: u32, lost: f64, epochs: u32) -> f64 {
    // By repeated squaring: `powf` is not in core.
    let (mut kept, mut power, mut left) = (1.0, 1.0 - lost, u64::from(challenges) * u64::from(epochs));
    while left > 0 {
        if left & 1 == 1 {
            kept *= power;
        }
        power *= power;
        left >>= 1;
    }
    1.0 - kept
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::collections::BTreeSet;

    #[test]
    fn sizes_at_the_edges() {
        for (bytes, nodes, h) in [
            (0, 1, 0),
            (1, 1, 0),
            (31, 1, 0),
            (32, 2, 1),
            (31 * 8, 8, 1),
            (31 * 8 + 1, 9, 2),
            (31 * 64, 64, 2),
            (31 << 33, 1 << 33, 11),
            ((31 << 33) + 1, (1 << 33) + 1, 12),
            (u64::MAX, u64::MAX.div_ceil(31), 20),
        ] {
            assert_eq!((node_count(bytes), height(node_count(bytes))), (nodes, h), "{bytes} bytes");
        }
    }

    #[test]
    fn challenges_are_in_range_and_depend_on_everything() {
        let (rho, root) = (Fr::from(1u64), Fr::from(2u64));
        let asked = |rho, root| (0..64).map(|i| challenge(rho, root, i, 1_000_003)).collect::<BTreeSet<_>>();
        assert!(asked(rho, root).len() > 60 && asked(rho, root).iter().all(|index| *index < 1_000_003));
        assert_ne!(asked(rho, root), asked(root, root));
        assert_ne!(asked(rho, root), asked(rho, rho));
        assert_eq!(challenge(rho, root, 9, 1), 0);
    }

    #[test]
    fn detection_odds_are_those_of_the_formula() {
        for (c, f, epochs, percent) in
            [(16, 0.01, 1, 14.85), (16, 0.05, 1, 55.99), (16, 0.2, 1, 97.19), (16, 0.01, 30, 99.20)]
        {
            let odds = 100.0 * detection_odds(c, f, epochs);
            assert!((odds - percent).abs() < 0.01, "{c} {f} {epochs}: {odds}");
        }
        assert_eq!(detection_odds(16, 0.0, 30), 0.0);
        assert_eq!(detection_odds(1, 1.0, 1), 1.0);
        assert_eq!(detection_odds(0, 0.5, 9), 0.0);
    }
}
