//! Pairs added on 64-bit words: affine, with one inversion for all of them (Montgomery's trick).

use core::marker::PhantomData;

use ark_ec::{
    PrimeGroup,
    short_weierstrass::{Affine, Projective},
};
use ark_ff::Field;
use zeroize::Zeroize;

use super::window::{Adder, Pair, Space, Workspace};
use crate::points::Curve;

/// Adds with arkworks' field.
#[derive(Clone, Copy, Debug, Default)]
pub struct Words;

/// Differences and products of a batch.
pub struct Scratch<C: Curve>(Vec<[C::BaseField; 2]>, PhantomData<C>);

impl<C: Curve> Default for Scratch<C> {
    fn default() -> Self {
        Self(Vec::new(), PhantomData)
    }
}

impl<C: Curve> Zeroize for Scratch<C> {
    fn zeroize(&mut self) {
        self.0.zeroize();
    }
}

impl<C: Curve> Adder<C> for Words {
    type Scratch = Scratch<C>;

    const SCRATCH: usize = 2 * size_of::<C::BaseField>();

    const REDUCTION: f64 = 5.0;

    fn workspace(space: &mut Space<C>) -> &mut Workspace<C, Self::Scratch> {
        &mut space.words
    }

    fn add<const SIGNED: bool>(
        self,
        source: &[C::Words],
        pairs: &[Pair],
        out: &mut [C::Words],
        Scratch(steps, _): &mut Scratch<C>,
    ) -> bool {
        steps.clear();
        steps.reserve(pairs.len());
        let mut product = C::BaseField::ONE;
        for (i, pair) in pairs.iter().enumerate() {
            if let Some(ahead) = pairs.get(i + AHEAD) {
                crate::prefetch(&source[index(ahead.a)]);
                crate::prefetch(&source[index(ahead.b)]);
            }
            let difference = C::point(&source[index(pair.b)]).x - C::point(&source[index(pair.a)]).x;
            steps.push([difference, product]);
            product *= difference;
        }
        let Some(mut inverse) = product.inverse() else { return false };
        for (pair, [difference, product]) in pairs.iter().zip(&*steps).rev() {
            let [a, b] = [pair.a, pair.b].map(|i| signed::<C, SIGNED>(C::point(&source[index(i)]), i));
            let slope = (b.y - a.y) * inverse * product;
            inverse *= difference;
            let x = slope.square() - a.x - b.x;
            let y = slope * (a.x - x) - a.y;
            out[pair.to as usize] = C::words(&Affine::new_unchecked(x, y));
        }
        true
    }

    fn weighted(self, buckets: &[C::Words]) -> Projective<C> {
        let [mut running, mut sum] = [Projective::<C>::default(); 2];
        for bucket in buckets.iter().rev() {
            if *bucket != C::NONE {
                running += C::point(bucket);
            }
            sum += running;
        }
        sum
    }
}

/// Pairs between the one worked on and the one whose points are fetched into the cache.
const AHEAD: usize = 16;

const INDEX: u32 = u32::MAX >> 1;

pub(super) fn index(signed: u32) -> usize {
    (signed & INDEX) as usize
}

fn signed<C: Curve, const SIGNED: bool>(point: Affine<C>, index: u32) -> Affine<C> {
    if SIGNED && index > INDEX { -point } else { point }
}

/// `Σ (i + 1) · buckets[i]` from the weighted sums and the plain sums of equal parts of the buckets.
pub(super) fn combine<C: Curve>(
    parts: impl DoubleEndedIterator<Item = [Projective<C>; 2]>,
    size: usize,
) -> Projective<C> {
    // The part at i counts its sum i · size times more.
    let [mut running, mut later, mut sum] = [Projective::<C>::default(); 3];
    for [weighted, plain] in parts.rev() {
        sum += weighted;
        later += running;
        running += plain;
    }
    sum + later.mul_bigint([size as u64])
}
