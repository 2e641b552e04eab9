//! Constants outside the code: with them in it, the contract of a large key would be larger than the EVM allows.
//!
//! They are the code of a second contract, which the constructor makes and every call copies to memory.

use std::collections::HashMap;

use ark_bn254::{Fr, G1Affine};
use ark_ff::{BigInt, PrimeField};
use popw_verifier::encoding::push_g1;

/// Words that are in memory when the steps start.
pub(super) struct Table {
    start: usize,
    bytes: Vec<u8>,
    scalars: HashMap<[u64; 4], usize>,
}

impl Table {
    /// A table from `start` on.
    pub fn new(start: usize) -> Self {
        Self { start, bytes: Vec::new(), scalars: HashMap::new() }
    }

    /// Where the memory behind it starts.
    pub fn end(&self) -> usize {
        self.start + self.bytes.len()
    }

    /// Appends a point; where it is.
    pub fn point(&mut self, point: &G1Affine) -> usize {
        let place = self.end();
        push_g1(&mut self.bytes, point);
        place
    }

    /// Appends a scalar that is not there yet.
    pub fn add(&mut self, value: &Fr) {
        let limbs = value.into_bigint().0;
        let place = self.end();
        if let std::collections::hash_map::Entry::Vacant(entry) = self.scalars.entry(limbs) {
            entry.insert(place);
            let word = limbs.iter().rev().flat_map(|limb| limb.to_be_bytes());
            self.bytes.extend(word);
        }
    }

    /// Where a scalar is, if it is there.
    pub fn find(&self, limbs: &[u64; 4]) -> Option<usize> {
        self.scalars.get(limbs).copied()
    }

    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    pub fn start(&self) -> usize {
        self.start
    }
}

/// Whether a constant takes more code as it stands than a read of the table.
pub(super) fn long(limbs: &[u64; 4]) -> bool {
    BigInt(*limbs) >= BigInt([0, 1, 0, 0])
}
