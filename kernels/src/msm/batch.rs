//! What additions on lanes share in both groups: pairs by groups of eight, and one inversion for all of them (Montgomery's
//! trick).

use ark_bn254::{Fq, FqConfig};
use ark_ff::BigInt;

use super::pair::{Pair, index};
use crate::{
    field52::{Element, Saved, one},
    field64::{Portable, invert_all},
    lanes::{LANES, Lanes},
};

pub(super) type E<L> = Element<FqConfig, L>;

/// Chains of products, so that one need not wait for the other.
const CHAINS: usize = 2;
/// Groups between the one worked on and the one whose points are fetched into the cache.
const AHEAD: usize = 2;

/// Products of the groups' factors; after [`Chains::invert`] the inverses of what is left of them.
pub(super) struct Chains<L>([E<L>; CHAINS]);

impl<L: Lanes> Chains<L> {
    /// Empty chains.
    #[inline(always)]
    pub(super) fn new(machine: L::Machine) -> Self {
        Self([E::<L>::splat(machine, &const { one::<FqConfig>() }); CHAINS])
    }

    /// Multiplies the factor of a group, below 13.4 p, to its chain.
    #[inline(always)]
    pub(super) fn push(&mut self, group: usize, factor: &E<L>, before: &mut Saved) {
        let product = &mut self.0[group % CHAINS];
        *before = product.save();
        *product = product.mul(factor);
    }

    /// Inverses of the products, divided by four: `u·Π = 1/4` of the numbers as lanes see them. `None` if one is zero.
    #[inline(always)]
    pub(super) fn invert(self, machine: L::Machine) -> Option<Self> {
        let mut values = [[[0; 4]; LANES]; CHAINS];
        for (values, product) in values.iter_mut().zip(self.0) {
            *values = product.store_times_16().map(|value| value.0.0);
        }
        // Words read the memory of Π on lanes as 16 Π, and lanes read the memory of v as v/16: 64 over what is given.
        let scale = &const { Fq::new(BigInt([64, 0, 0, 0])).0.0 };
        let mut numbers = [[0; 4]; CHAINS * LANES];
        numbers.copy_from_slice(values.as_flattened());
        if !invert_all(Portable, &mut numbers, scale) {
            return None;
        }
        values.as_flattened_mut().copy_from_slice(&numbers);
        let mut inverses = self.0;
        for (inverse, values) in inverses.iter_mut().zip(values) {
            let values = values.map(|value| Fq::new_unchecked(BigInt(value)));
            *inverse = E::<L>::load_divided_by_16(machine, &values.each_ref());
        }
        Some(Self(inverses))
    }

    /// A quarter of the inverse of a group's factor. Groups come back last to first.
    #[inline(always)]
    pub(super) fn pop(&mut self, machine: L::Machine, group: usize, factor: &E<L>, before: &Saved) -> E<L> {
        let left = &mut self.0[group % CHAINS];
        let inverse = left.mul(&E::<L>::restore(machine, before));
        *left = left.mul(factor);
        inverse
    }
}

/// The steps of so many pairs, with what was in them.
#[inline(always)]
pub(super) fn room(saved: &mut Vec<Saved>, pairs: usize) -> &mut [Saved] {
    let groups = pairs.div_ceil(LANES);
    debug_assert!(saved.capacity() >= groups, "reserved before");
    if saved.len() < groups {
        saved.resize(groups, Saved::ZERO);
    }
    &mut saved[..groups]
}

/// The pair of a lane; the last one again where there are no more.
#[inline(always)]
pub(super) fn pair(pairs: &[Pair], group: usize, lane: usize) -> Pair {
    pairs[(group * LANES + lane).min(pairs.len() - 1)]
}

/// Has the points of a later group ready when their turn comes.
#[inline(always)]
pub(super) fn fetch<W>(source: &[W], pairs: &[Pair], group: usize) {
    if let Some(ahead) = pairs.get((group + AHEAD) * LANES..) {
        for pair in ahead.iter().take(LANES) {
            crate::prefetch(&source[index(pair.a)]);
            crate::prefetch(&source[index(pair.b)]);
        }
    }
}

/// The same on the way back.
#[inline(always)]
pub(super) fn fetch_back<W>(source: &[W], pairs: &[Pair], group: usize) {
    if let Some(group) = group.checked_sub(1) {
        for pair in &pairs[group * LANES..(group + 1) * LANES] {
            crate::prefetch(&source[index(pair.a)]);
            crate::prefetch(&source[index(pair.b)]);
        }
    }
}

/// All ones where a point is to be negated.
#[inline(always)]
pub(super) fn signs<L: Lanes>(machine: L::Machine, pairs: &[Pair], group: usize) -> [L; 2] {
    let [mut first, mut second] = [[0; LANES]; 2];
    for (lane, (first, second)) in first.iter_mut().zip(&mut second).enumerate() {
        let pair = pair(pairs, group, lane);
        *first = 0u64.wrapping_sub(u64::from(pair.a >> 31));
        *second = 0u64.wrapping_sub(u64::from(pair.b >> 31));
    }
    [L::load(machine, &first), L::load(machine, &second)]
}
