//! What additions on lanes share in both groups: pairs by groups of eight, and one inversion for all of them (Montgomery's
//! trick).

use ark_bn254::{Fq, FqConfig};
use ark_ff::{AdditiveGroup, Field};

use super::{window::Pair, words::index};
use crate::{
    field52::{Element, Saved, one},
    lanes::{LANES, Lanes},
};

pub(super) type E<L> = Element<FqConfig, L>;

/// Chains of products, so that one need not wait for the other.
const CHAINS: usize = 2;
/// Groups between the one worked on and the one whose points are fetched into the cache.
const AHEAD: usize = 2;

/// What a group of pairs contributes to its chain, and the product of what came before it.
#[derive(Clone, Copy, zeroize::Zeroize)]
pub struct Step {
    factor: Saved,
    before: Saved,
}

/// Products of the groups' factors; after [`Chains::invert`] the inverses of what is left of them.
pub(super) struct Chains<L>([E<L>; CHAINS]);

impl<L: Lanes> Chains<L> {
    /// Empty chains, and room for the steps of so many pairs.
    #[inline(always)]
    pub(super) fn new(machine: L::Machine, pairs: usize, steps: &mut Vec<Step>) -> Self {
        steps.clear();
        steps.resize(pairs.div_ceil(LANES), Step { factor: Saved::ZERO, before: Saved::ZERO });
        Self([E::<L>::splat(machine, &const { one::<FqConfig>() }); CHAINS])
    }

    /// Multiplies the factor of a group, below 13.4 p, to its chain.
    #[inline(always)]
    pub(super) fn push(&mut self, group: usize, factor: &E<L>, step: &mut Step) {
        let product = &mut self.0[group % CHAINS];
        *step = Step { factor: factor.save(), before: product.save() };
        *product = product.mul(factor);
    }

    /// Inverses of the products, divided by four: `u·Π = 1/4` of the numbers as lanes see them. `None` if one is zero.
    #[inline(always)]
    pub(super) fn invert(self, machine: L::Machine) -> Option<Self> {
        let mut values = [[Fq::ZERO; LANES]; CHAINS];
        for (values, product) in values.iter_mut().zip(self.0) {
            *values = product.store_times_16();
        }
        if !invert_all(values.as_flattened_mut()) {
            return None;
        }
        let mut inverses = self.0;
        for (inverse, values) in inverses.iter_mut().zip(&values) {
            *inverse = E::<L>::load_divided_by_16(machine, &values.each_ref());
        }
        Some(Self(inverses))
    }

    /// A quarter of the inverse of a group's factor. Groups come back last to first.
    #[inline(always)]
    pub(super) fn pop(&mut self, machine: L::Machine, group: usize, step: &Step) -> E<L> {
        let left = &mut self.0[group % CHAINS];
        let inverse = left.mul(&E::<L>::restore(machine, &step.before));
        *left = left.mul(&E::<L>::restore(machine, &step.factor));
        inverse
    }
}

/// arkworks reads the memory of Π on lanes as 16 Π, and lanes read the memory of v as v/16: 64 over what is given.
fn invert_all(values: &mut [Fq]) -> bool {
    let mut product = Fq::ONE;
    let mut before = Vec::with_capacity(values.len());
    for value in &*values {
        before.push(product);
        product *= value;
    }
    let Some(inverse) = product.inverse() else { return false };
    let mut inverse = inverse * Fq::from(64u64);
    for (value, before) in values.iter_mut().zip(before).rev() {
        let this = inverse * before;
        inverse *= &*value;
        *value = this;
    }
    true
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

/// Of points whose y is these words, (0 : y : 0) where that is zero: homogeneous y, or its first coordinate, and z.
#[inline(always)]
pub(super) fn finite_or_infinity<L: Lanes>(y: [L; 4], any: L) -> [E<L>; 2] {
    let machine = any.machine();
    // All ones in lanes with a point.
    let there = any.or(L::splat(machine, 0).sub(any)).shift_right::<63>();
    let (mut y, mut z) = (y, y);
    for ((y, z), word) in y.iter_mut().zip(&mut z).zip(Fq::ONE.0.0) {
        // 2^256 in memory is 1/16 to lanes, as x and y are their sixteenths.
        let one = L::splat(machine, word);
        *z = one.and(there);
        *y = y.or(one.xor(*z));
    }
    [E::<L>::from_words(y), E::<L>::from_words(z)]
}
