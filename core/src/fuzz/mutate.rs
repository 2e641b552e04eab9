//! Changed copies of corpus entries, the same for the same seed.

use alloc::vec::Vec;

/// What parsers are most likely to trip over.
const TOKENS: [&[u8]; 12] = [
    b"\0\0\0\0",
    b"\xff\xff\xff\xff",
    b"\xff\xff\xff\xff\xff\xff\xff\xff",
    b"\x7f\xff\xff\xff",
    b"\"",
    b"null",
    b"-1",
    b"1e9",
    b"18446744073709551616",
    b"21888242871839275222246405745257275088548364400416034343698204186575808495617",
    b"{}",
    b"[[[[",
];

/// A source of mutations.
#[derive(Debug, Clone)]
pub struct Mutator {
    state: u64,
}

impl Mutator {
    /// The source with this seed.
    pub const fn new(seed: u64) -> Self {
        Self { state: seed }
    }

    /// A number below `bound`, 0 for a bound of 0 (SplitMix64; the bias does not matter here).
    fn below(&mut self, bound: usize) -> usize {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut word = self.state;
        word = (word ^ (word >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        word = (word ^ (word >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((word ^ (word >> 31)) % bound.max(1) as u64) as usize
    }

    /// One entry of a corpus after one to four changes.
    pub fn mutated(&mut self, corpus: &[Vec<u8>]) -> Vec<u8> {
        let mut data = corpus.get(self.below(corpus.len())).cloned().unwrap_or_default();
        for _ in 0..=self.below(4) {
            self.change(&mut data, corpus);
        }
        data
    }

    fn change(&mut self, data: &mut Vec<u8>, corpus: &[Vec<u8>]) {
        let at = self.below(data.len());
        let short = at + self.below(17).min(data.len().saturating_sub(at));
        match self.below(9) {
            0 => self.set(data, at, |byte, random| byte ^ 1 << (random % 8)),
            1 => self.set(data, at, |_, random| random),
            2 => self.set(data, at, |byte, random| byte.wrapping_add(random % 5).wrapping_sub(2)),
            3 => data.truncate(at),
            4 => drop(data.drain(at..short)),
            5 => {
                let copy = data.get(at..short).unwrap_or_default().to_vec();
                let to = self.below(data.len());
                data.splice(to..to, copy);
            }
            6 => {
                let copy = data.get(at..short).unwrap_or_default().to_vec();
                let to = self.below(data.len().saturating_sub(copy.len()));
                if let Some(place) = data.get_mut(to..to + copy.len()) {
                    place.copy_from_slice(&copy);
                }
            }
            7 => {
                let token = TOKENS.get(self.below(TOKENS.len())).copied().unwrap_or_default();
                let end = if self.below(2) == 0 { at } else { data.len().min(at + token.len()) };
                data.splice(at..end, token.iter().copied());
            }
            _ => {
                let other = corpus.get(self.below(corpus.len())).map(Vec::as_slice).unwrap_or_default();
                let tail = other.get(self.below(other.len())..).unwrap_or_default();
                data.truncate(at);
                data.extend_from_slice(tail);
            }
        }
    }

    fn set(&mut self, data: &mut [u8], at: usize, to: impl Fn(u8, u8) -> u8) {
        let random = self.below(256) as u8;
        if let Some(byte) = data.get_mut(at) {
            *byte = to(*byte, random);
        }
    }
}
