//! What `build.rs` has taken from the corpus.

use alloc::vec::Vec;

/// A verifying key with its proofs.
pub struct Key {
    /// `<claim>-<system>`.
    pub name: &'static str,
    /// The key file.
    pub file: &'static [u8],
    /// The first entry's proof.
    pub first: &'static [u8],
    /// Proofs for it.
    pub entries: &'static [Entry],
    /// Many of them at once.
    pub batches: &'static [Batch],
}

/// Proofs verified at once, and the verdict they get.
pub struct Batch {
    /// What it is.
    pub name: &'static str,
    /// `valid` or the code of the first error.
    pub code: &'static str,
    /// Positions among the key's entries.
    pub members: &'static [usize],
}

/// A proof and the verdict it gets.
pub struct Entry {
    /// What it is.
    pub name: &'static str,
    /// `valid` or the code of the error.
    pub code: &'static str,
    /// Public inputs, big-endian.
    pub inputs: &'static [[u8; 32]],
    /// Bytes that the proof begins with as the first one does.
    pub head: usize,
    /// What follows them.
    pub middle: &'static [u8],
    /// Bytes that it ends with as the first one does.
    pub tail: usize,
}

impl Entry {
    /// The proof, from the first one's bytes.
    pub fn proof(&self, first: &[u8]) -> Vec<u8> {
        [&first[..self.head], self.middle, &first[first.len() - self.tail..]].concat()
    }
}

include!(concat!(env!("OUT_DIR"), "/corpus.rs"));
