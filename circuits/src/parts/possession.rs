//! Possession: "after the epoch, the device could read the nodes of its sectors that nobody could have
//! named before".
//!
//! A sector is data in nodes of 31 bytes under an 8-ary Poseidon tree; see [`popw_core::possession`].
//!
//! # Statement
//! In the [`frame`](crate::frame) of every claim, for every sector i of the shape:
//!
//! | clause | says |
//! | --- | --- |
//! | S1 sector | if used, `H(⟦popw.sector⟧, H(domain, D, ⟦possession⟧), comm_r, H(bytes, height, expiry), seq)` is in `sector_root ≠ 0` |
//! | S2 order | used ones come first, their `seq` < 2^64 rise strictly and are ≡ b mod B |
//! | S3 term | expiry < 2^32; if used, expiry > epoch |
//! | S4 size | `nodes = max(1, ⌈bytes/31⌉)`, `8^(height−1) < nodes ≤ 8^height`, height 0 iff nodes = 1 |
//! | S5 challenge | node j has index `low128(H(⟦popw.challenge⟧, ρ′, comm_r, j)) mod nodes` |
//! | S6 opening | it is below 2^248 and, at that index and height, in the tree of root comm_r |
//! | S7 stored | `MiB stored = ⌊Σ bytes of used sectors / 2^20⌋` |
//!
//! # Does not prove
//! A copy of the device's own (it could fetch nodes from others when asked), that the data was there all the time, or
//! that it is worth anything. A share f of lost nodes goes unnoticed with the odds (1 − f)^c.
//!
//! # Soundness, by clause
//! - S1: height and bytes are inside the leaf, so a node of another level cannot stand in for a leaf of the tree. Where
//!   any sector is used the first one is (S2), so the root is compared with 0 there alone.
//! - S2: one leaf is counted once, in one batch.
//! - S4: bytes is 31·nodes less at most 30 (or 0 bytes, 1 node), and nodes is between two neighbouring powers of eight
//!   of at most 8^height of the shape: nothing wraps.
//! - S5: as U1; an index has as many bits as the highest tree, and is below nodes ≤ 8^height, so its digits above the
//!   sector's height are 0.
//! - S6: the root is compared at the sector's height and there alone; what stands above it is read by nothing, and an
//!   opening need not say it: the climb goes on with zeros beside it.
//! - S7: at most 1024 sectors of 8^13 nodes, so the sum is below 2^54.
//!
//! An unused sector is the empty one, whose tree is one node 0: all of S4–S6 hold of it.

mod check;
mod circuit;
mod input;

use alloc::{vec, vec::Vec};

use popw_core::{
    Fr,
    claim::{self, Amount, Shape},
    document::ClaimParts,
    possession::ARITY,
    tag::{self, Tag},
};

use super::{Part, assert_sizes};
use crate::{
    driver::Driver,
    frame::{Facts, Frame, InputError, Violation, clauses},
    gadgets::lean_imt::Path,
};

clauses! {
    CLAUSES:
    SECTOR "S1-sector" "a used sector is not this device's in the sector registry",
    SECTOR_ORDER "S2-order" "used sectors are not in order, of the batch, and each there once",
    TERM "S3-term" "a used sector's term is over",
    SIZE "S4-size" "a sector's nodes or height are not those of its bytes",
    CHALLENGE "S5-challenge" "an opened node is not the one the closing beacon asks for",
    OPENING "S6-opening" "an opened node does not lead to the sector's root",
    STORED "S7-stored" "the MiB stored are not those of the used sectors",
}

/// What the prover knows for it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Witness {
    /// The device's sectors, used ones first.
    pub sectors: Vec<Sector>,
}

/// A sector and its answers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sector {
    /// Whether the prover counts this sector.
    pub used: bool,
    /// Root of its tree.
    pub comm_r: Fr,
    /// Length of its data.
    pub bytes: Fr,
    /// Height of its tree.
    pub height: Fr,
    /// First epoch in which it earns nothing any more.
    pub expiry: Fr,
    /// Its number in the registry.
    pub seq: Fr,
    /// Path of its leaf.
    pub path: Path,
    /// Answers to its challenges; the default is the empty sector's.
    pub openings: Vec<Opening>,
}

/// A node with all that is hashed on its way to the root.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Opening {
    /// The node.
    pub node: Fr,
    /// For every level from the leaves up, the eight children among which the node before stands.
    pub levels: Vec<[Fr; ARITY]>,
}

/// Tag of the sectors that a claim counts.
const SECTOR_KIND: Tag = tag::POSSESSION;

impl Part for Witness {
    const PART: claim::Part = claim::Part::Possession;
    const CLAUSES: &'static [Violation] = CLAUSES;

    fn assert_possible(shape: &Shape) {
        assert_sizes::<Self>(shape, [shape.sectors, shape.challenges]);
        assert!(shape.sector_depth <= 32, "registries have at most 2^32 leaves");
        assert!(shape.height <= 13 && shape.sectors <= 1 << 10, "sums stay far below r");
        assert!(
            (shape.sectors as u64) << (3 * shape.height) <= 1 << 46,
            "31 bytes of each node stay below 2^32 MiB"
        );
    }

    fn synthesize<D: Driver>(
        d: &mut D,
        shape: &Shape,
        witness: Option<&Self>,
        frame: &Frame<D>,
    ) -> Vec<D::Wire> {
        vec![circuit::synthesize(d, shape, witness, frame)]
    }

    fn check(&self, shape: &Shape, facts: &Facts<'_>, amount: &mut Amount) -> Result<(), Violation> {
        amount.stored_mib = check::check(shape, self, facts)?;
        Ok(())
    }

    fn fits_shape(parts: &ClaimParts<'_>, shape: &Shape) -> Result<(), InputError> {
        input::fits_shape(parts, shape)
    }

    fn read(parts: &ClaimParts<'_>, _shape: &Shape) -> Result<Self, InputError> {
        Ok(input::read(parts))
    }
}
