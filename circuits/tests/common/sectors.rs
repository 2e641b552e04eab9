//! Sectors' trees, of any size.

use popw_circuits::claims::Opening;
use popw_core::{Fr, field::bytes31, poseidon, possession};

use super::fr;

/// What a sector holds.
#[derive(Clone)]
pub enum Data {
    Bytes(Vec<u8>),
    /// So many bytes of the same eight nodes over and over: a tree of any size in a few hashes.
    Repeated(u64),
}

impl Data {
    /// So many bytes, no two nodes of which are equal.
    pub fn random(length: usize, seed: u32) -> Self {
        let mut data = vec![0; length];
        blake3::Hasher::new().update(&seed.to_le_bytes()).finalize_xof().fill(&mut data);
        Self::Bytes(data)
    }

    /// The first sector's tree has height 3 and is not full, the others' are as high as the shape allows.
    pub fn some(sector: u32, height: usize) -> Self {
        match sector {
            0 => Self::random(31 * 300 - 7, 0),
            i => Self::Repeated(31 * 5 * (1 << (3 * (height - 1))) + 1000 * u64::from(i)),
        }
    }

    pub fn bytes(&self) -> u64 {
        match self {
            Self::Bytes(data) => data.len() as u64,
            Self::Repeated(bytes) => *bytes,
        }
    }

    pub fn nodes(&self) -> u64 {
        possession::node_count(self.bytes())
    }

    pub fn height(&self) -> u8 {
        possession::height(self.nodes())
    }

    pub fn tree(&self) -> Tree {
        let (nodes, height) = (self.nodes(), self.height());
        let mut empty = vec![fr(0)];
        let mut whole = vec![fr(0), poseidon::hash(&std::array::from_fn::<Fr, 8, _>(|i| repeated(i as u64)))];
        for level in 0..=usize::from(height) {
            empty.push(poseidon::hash(&[empty[level]; 8]));
            whole.push(poseidon::hash(&[whole[level + 1]; 8]));
        }
        let levels = match self {
            Self::Bytes(data) => Some(levels(data, height, &empty)),
            Self::Repeated(_) => None,
        };
        Tree { nodes, height: height.into(), empty, whole, levels }
    }
}

/// The n-th of the eight nodes that repeat.
fn repeated(n: u64) -> Fr {
    fr(0x1_0000_0001 + n % 8)
}

fn levels(data: &[u8], height: u8, empty: &[Fr]) -> Vec<Vec<Fr>> {
    let node = |chunk: &[u8]| {
        let mut bytes = [0; 31];
        bytes[..chunk.len()].copy_from_slice(chunk);
        bytes31(&bytes)
    };
    let mut levels = vec![data.chunks(31).map(node).collect::<Vec<_>>()];
    for level in 0..usize::from(height) {
        let children =
            |group: &[Fr]| std::array::from_fn::<Fr, 8, _>(|i| group.get(i).copied().unwrap_or(empty[level]));
        let above = levels[level].chunks(8).map(|group| poseidon::hash(&children(group)));
        let above = above.collect();
        levels.push(above);
    }
    levels
}

/// A sector's tree.
pub struct Tree {
    nodes: u64,
    pub height: usize,
    /// Roots of trees of every height without and with all their nodes.
    empty: Vec<Fr>,
    whole: Vec<Fr>,
    levels: Option<Vec<Vec<Fr>>>,
}

impl Tree {
    pub fn root(&self) -> Fr {
        self.node(self.height, 0)
    }

    /// The node at `index` of a level, counted from the leaves up.
    pub fn node(&self, level: usize, index: u64) -> Fr {
        let span = 1 << (3 * level);
        let (first, last) = (index * span, (index + 1) * span);
        if first >= self.nodes {
            return self.empty[level];
        }
        match &self.levels {
            Some(levels) => levels[level].get(index as usize).copied().unwrap_or(self.empty[level]),
            None if level == 0 => repeated(index),
            None if last <= self.nodes => self.whole[level],
            None => poseidon::hash(&self.children(level, index)),
        }
    }

    /// The children of a node above the leaves.
    pub fn children(&self, level: usize, index: u64) -> [Fr; 8] {
        std::array::from_fn(|i| self.node(level - 1, 8 * index + i as u64))
    }

    /// The leaf at `index`, which may be one of the padding.
    pub fn open(&self, index: u64) -> Opening {
        let levels = (1..=self.height).map(|level| self.children(level, index >> (3 * level))).collect();
        Opening { node: self.node(0, index), levels }
    }
}
