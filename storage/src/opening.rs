//! One node of a sector, with its path to the root.

use ark_ff::PrimeField;
use popw_core::document::{ChildrenInput, OpeningInput};
use popw_core::{Fr, poseidon, possession::height};

use crate::layout::ARITY;

/// A node and, from the leaves up, all eight nodes of each level that its path goes through.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Opening {
    /// Which node.
    pub index: u64,
    /// Its value: 31 bytes of data.
    pub node: Fr,
    /// Level 0 holds the node and its seven neighbours, level 1 their parent and its neighbours, and so on; none
    /// for the tree of one node.
    pub levels: Vec<[Fr; 8]>,
}

/// Why an opening is not one of a sector.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OpeningError {
    /// A height that the number of nodes does not have.
    #[error("a sector of {nodes} nodes has no tree of height {height}")]
    Height {
        /// The height given.
        height: u8,
        /// The nodes given.
        nodes: u64,
    },
    /// A path of another length than the tree's height.
    #[error("the path has {found} levels where the tree has {expected}")]
    Length {
        /// Levels of the path.
        found: usize,
        /// The tree's height.
        expected: u8,
    },
    /// A node beyond the last.
    #[error("there is no node {index} among {nodes}")]
    Index {
        /// The opened node.
        index: u64,
        /// How many there are.
        nodes: u64,
    },
    /// More than 31 bytes.
    #[error("the node has more than 248 bits")]
    TooLarge,
    /// The nodes of this level do not hash to their parent on the level above, or to `comm_r`. All levels above it do.
    #[error("the nodes of level {level} do not hash to their parent")]
    Level {
        /// Which level; 0 is the data.
        level: u8,
    },
    /// The opened node is not the one at its place in level 0; without levels, it is not `comm_r`.
    #[error("the opened node is not the one at its place")]
    Node,
}

impl Opening {
    /// That this is node `index` of the sector with root `comm_r`, `nodes` nodes and a tree of `height`: the same
    /// clauses that the circuit has, looked at from the root down.
    ///
    /// # Errors
    /// [`OpeningError`], the first that fails.
    pub fn verify(&self, comm_r: Fr, nodes: u64, tall: u8) -> Result<(), OpeningError> {
        if nodes == 0 || tall != height(nodes) {
            return Err(OpeningError::Height { height: tall, nodes });
        }
        if self.levels.len() != usize::from(tall) {
            return Err(OpeningError::Length { found: self.levels.len(), expected: tall });
        }
        if self.index >= nodes {
            return Err(OpeningError::Index { index: self.index, nodes });
        }
        if self.node.into_bigint().0[3] >> 56 != 0 {
            return Err(OpeningError::TooLarge);
        }
        let mut expected = comm_r;
        for (level, group) in (0..tall).zip(&self.levels).rev() {
            if poseidon::hash(group) != expected {
                return Err(OpeningError::Level { level });
            }
            expected = group[((self.index >> (3 * level)) % ARITY) as usize];
        }
        if self.node == expected { Ok(()) } else { Err(OpeningError::Node) }
    }
}

/// As inputs of proofs have it.
impl From<Opening> for OpeningInput {
    fn from(Opening { index, node, levels }: Opening) -> Self {
        Self { index, node, levels: levels.into_iter().map(ChildrenInput).collect() }
    }
}

impl From<OpeningInput> for Opening {
    fn from(OpeningInput { index, node, levels }: OpeningInput) -> Self {
        Self { index, node, levels: levels.into_iter().map(|ChildrenInput(group)| group).collect() }
    }
}
