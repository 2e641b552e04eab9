//! The memory that a thread works in.

use zeroize::Zeroize;

use super::pair::Pair;
#[cfg(any(target_arch = "x86_64", test))]
use crate::{field52::Saved, lanes::LANES};
use crate::{field64::Number, points::Curve};

/// The memory of a thread, for one window after the other; wiped when dropped, for all of it tells of the scalars.
pub struct Space<C: Curve> {
    pub(super) words: Workspace<C, Vec<Step>>,
    #[cfg(any(target_arch = "x86_64", test))]
    pub(super) lanes: Workspace<C, Steps>,
}

impl<C: Curve> Default for Space<C> {
    fn default() -> Self {
        Self {
            words: Workspace::default(),
            #[cfg(any(target_arch = "x86_64", test))]
            lanes: Workspace::default(),
        }
    }
}

/// The memory of one adder.
pub struct Workspace<C: Curve, S: Zeroize> {
    pub(super) digits: Vec<u32>,
    pub(super) starts: Vec<u32>,
    pub(super) sorted: Vec<u32>,
    pub(super) buckets: Vec<C::Words>,
    pub(super) sums: [Vec<C::Words>; 2],
    pub(super) pairs: Vec<Pair>,
    pub(super) segments: Vec<Segment>,
    pub(super) scratch: S,
}

impl<C: Curve, S: Default + Zeroize> Default for Workspace<C, S> {
    fn default() -> Self {
        Self {
            digits: Vec::new(),
            starts: Vec::new(),
            sorted: Vec::new(),
            buckets: Vec::new(),
            sums: [Vec::new(), Vec::new()],
            pairs: Vec::new(),
            segments: Vec::new(),
            scratch: S::default(),
        }
    }
}

impl<C: Curve, S: Zeroize> Drop for Workspace<C, S> {
    fn drop(&mut self) {
        let Self { digits, starts, sorted, buckets, sums, pairs, segments, scratch } = self;
        digits.zeroize();
        starts.zeroize();
        sorted.zeroize();
        buckets.zeroize();
        sums.zeroize();
        pairs.zeroize();
        segments.zeroize();
        scratch.zeroize();
    }
}

/// Sorted points of one bucket, or of a part of it.
#[derive(Clone, Copy, Zeroize)]
pub struct Segment {
    pub bucket: usize,
    /// In the sorted list.
    pub start: usize,
    pub points: usize,
    /// Sums that are left of them.
    pub left: usize,
}

/// The norm of a pair's difference of x, and the product of those before it in its chain.
#[derive(Clone, Copy, Zeroize)]
pub struct Step {
    pub norm: Number,
    pub before: Number,
}

/// Memory of a batch: for each group of pairs the product of the factors before it, and in G2 its factor.
#[cfg(any(target_arch = "x86_64", test))]
#[derive(Default, Zeroize)]
pub struct Steps {
    pub before: Vec<Saved>,
    pub factors: Vec<Saved>,
}

#[cfg(any(target_arch = "x86_64", test))]
impl Steps {
    pub fn reserve(&mut self, pairs: usize, factors: bool) {
        let groups = pairs.div_ceil(LANES);
        reserve(&mut self.before, groups);
        reserve(&mut self.factors, if factors { groups } else { 0 });
    }
}

/// Makes room for so many. What was there is wiped where it lies and not moved: all of it tells of the scalars.
pub(super) fn reserve<T: Zeroize>(vector: &mut Vec<T>, count: usize) {
    if vector.capacity() < count {
        vector.zeroize();
        *vector = Vec::new();
        vector.reserve_exact(count);
    }
}

/// Has so many sums, each of which will be written.
pub(super) fn at_least<C: Curve>(sums: &mut Vec<C::Words>, count: usize) {
    debug_assert!(sums.capacity() >= count, "reserved before");
    if sums.len() < count {
        sums.resize(count, C::NONE);
    }
}

/// Two vectors that were swapped in each of so many rounds, where they were: each has room for what is its own.
pub(super) fn in_place<T>(rounds: usize, first: T, second: T) -> [T; 2] {
    if rounds.is_multiple_of(2) { [first, second] } else { [second, first] }
}
