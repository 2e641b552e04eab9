//! Buckets put together: bucket k counts k times.
//!
//! `Σ i·Bᵢ` of `Bᵢ` from 0 on is `Σ B₁ + B₃ + …` and twice the same sum of the half as many `B₂ᵢ + B₂ᵢ₊₁`. All that is to
//! be added in a round is independent, so that pairs share an inversion as those of points do: two affine additions for a
//! bucket, where two running sums would take a mixed and a projective one.

use ark_ec::{AdditiveGroup as _, short_weierstrass::Projective};

use super::{
    adder::{Adder, add, merge},
    space::{Workspace, at_least, in_place},
};
use crate::points::Curve;

/// `Σ (i + 1) · buckets[i]`, of two buckets or a higher power of two.
///
/// After r rounds the sums are m that are still to be weighted, and r lists of m/2: list j is to be summed up, and counts
/// 2^j times.
pub(super) fn weighted<C: Curve, A: Adder<C>>(
    adder: A,
    space: &mut Workspace<C, A::Scratch>,
) -> Projective<C> {
    let mut from = core::mem::take(&mut space.buckets);
    let mut to = core::mem::take(&mut space.sums[0]);
    let (mut size, mut lists) = (from.len(), 0);
    while size > 2 {
        let half = size / 2;
        at_least::<C>(&mut to, half + (lists + 1) * half / 2);
        space.pairs.clear();
        let mut push = |a: usize, b: usize, at: usize| {
            merge::<C>(&from, [a, b], at, &mut to, &mut space.pairs);
        };
        // The m, then the lists behind them, by neighbours.
        for i in 0..(size + lists * half) / 2 {
            push(2 * i, 2 * i + 1, i);
        }
        let new = half + lists * half / 2;
        for i in 0..half / 2 {
            push(4 * i + 1, 4 * i + 3, new + i);
        }
        add::<C, A, false>(adder, &from, &mut space.pairs, &mut to, &mut space.scratch);
        core::mem::swap(&mut from, &mut to);
        (size, lists) = (half, lists + 1);
    }
    let mut sum = Projective::from(C::point(&from[1]));
    for list in from[2..2 + lists].iter().rev() {
        sum.double_in_place();
        sum += C::point(list);
    }
    // Bucket i counts i + 1 times.
    sum += C::point(&from[0]);
    sum += C::point(&from[1]);
    [space.buckets, space.sums[0]] = in_place(lists, from, to);
    sum
}
