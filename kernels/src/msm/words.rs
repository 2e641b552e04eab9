//! Pairs added on 64-bit words, with one inversion for all of them (Montgomery's trick).
//!
//! Coordinates are below 2 p, in memory too.

use ark_bn254::{g1, g2};

use super::{
    adder::Adder,
    pair::{Pair, index},
    space::{Space, Step, Workspace, reserve},
};
use crate::{
    field64::{Coordinate, Multiplier, Number, ONE, ZERO, invert_all},
    points::Curve,
};

/// Adds with the field on 64-bit words.
#[derive(Clone, Copy, Debug)]
pub struct Words<M>(pub M);

/// Curves whose points these words are.
pub trait OnWords: Curve {
    type Coordinate: Coordinate;

    /// x and y.
    fn coordinates(words: &Self::Words) -> [Self::Coordinate; 2];

    /// Inverse of [`OnWords::coordinates`].
    fn join(x: &Self::Coordinate, y: &Self::Coordinate) -> Self::Words;
}

impl OnWords for g1::Config {
    type Coordinate = Number;

    #[inline(always)]
    fn coordinates([a, b, c, d, e, f, g, h]: &Self::Words) -> [Number; 2] {
        [[*a, *b, *c, *d], [*e, *f, *g, *h]]
    }

    #[inline(always)]
    fn join([a, b, c, d]: &Number, [e, f, g, h]: &Number) -> Self::Words {
        [*a, *b, *c, *d, *e, *f, *g, *h]
    }
}

impl OnWords for g2::Config {
    type Coordinate = [Number; 2];

    #[inline(always)]
    fn coordinates(words: &Self::Words) -> [[Number; 2]; 2] {
        let mut coordinates = [[ZERO; 2]; 2];
        coordinates.as_flattened_mut().as_flattened_mut().copy_from_slice(words);
        coordinates
    }

    #[inline(always)]
    fn join(x: &[Number; 2], y: &[Number; 2]) -> Self::Words {
        let mut words = [0; 16];
        words.copy_from_slice([*x, *y].as_flattened().as_flattened());
        words
    }
}

/// Chains of products, and pairs whose steps are taken in turns, so that one need not wait for the other.
const CHAINS: usize = 8;
/// Pairs between the one worked on and the one whose points are fetched into the cache.
const AHEAD: usize = 16;

impl<C: OnWords, M: Multiplier> Adder<C> for Words<M> {
    type Scratch = Vec<Step>;

    const SCRATCH: usize = size_of::<Step>();

    fn reserve(steps: &mut Vec<Step>, pairs: usize) {
        reserve(steps, pairs);
    }

    fn workspace(space: &mut Space<C>) -> &mut Workspace<C, Self::Scratch> {
        &mut space.words
    }

    fn add<const SIGNED: bool>(
        self,
        source: &[C::Words],
        pairs: &[Pair],
        out: &mut [C::Words],
        steps: &mut Vec<Step>,
    ) -> bool {
        let Self(m) = self;
        let points = |pair: &Pair| [pair.a, pair.b].map(|i| C::coordinates(&source[index(i)]));
        // At most 1.91: 1 + 2.52 · 1.91 / 5.29.
        let mut chains = [ONE; CHAINS];
        steps.clear();
        for (i, pair) in pairs.iter().enumerate() {
            if let Some(ahead) = pairs.get(i + AHEAD) {
                crate::prefetch(&source[index(ahead.a)]);
                crate::prefetch(&source[index(ahead.b)]);
            }
            let [[xa, _], [xb, _]] = points(pair);
            let product = &mut chains[i % CHAINS];
            let norm = xb.sub(&xa).norm(m);
            steps.push(Step { norm, before: *product });
            *product = m.mul(product, &norm);
        }
        if !invert_all(m, &mut chains, &ONE) {
            return false;
        }
        for (pairs, steps) in pairs.chunks(CHAINS).zip(steps.chunks(CHAINS)).rev() {
            let [mut slopes, mut xs] = [[C::Coordinate::ZERO; CHAINS]; 2];
            for ((pair, step), (left, slope)) in
                pairs.iter().zip(steps).zip(chains.iter_mut().zip(&mut slopes))
            {
                let [[xa, ya], [xb, yb]] = points(pair);
                let inverse = m.mul(left, &step.before);
                *left = m.mul(left, &step.norm);
                let rise = signed::<C, SIGNED>(yb, pair.b).sub(&signed::<C, SIGNED>(ya, pair.a));
                *slope = rise.over(m, &xb.sub(&xa), &inverse);
            }
            for (pair, (slope, x)) in pairs.iter().zip(slopes.iter().zip(&mut xs)) {
                let [[xa, _], [xb, _]] = points(pair);
                *x = slope.square(m).sub(&xa).sub(&xb);
            }
            for (pair, (slope, x)) in pairs.iter().zip(slopes.iter().zip(&xs)) {
                let [[xa, ya], _] = points(pair);
                let y = slope.mul(m, &xa.sub(x)).sub(&signed::<C, SIGNED>(ya, pair.a));
                out[pair.to as usize] = C::join(x, &y);
            }
        }
        true
    }
}

#[inline(always)]
fn signed<C: OnWords, const SIGNED: bool>(y: C::Coordinate, index: u32) -> C::Coordinate {
    if SIGNED { y.signed(index >> 31) } else { y }
}
