//! Pairs of points added, whatever they are.

use ark_ec::{AdditiveGroup as _, CurveGroup as _, short_weierstrass::Projective};
use zeroize::{Zeroize, Zeroizing};

use super::{
    pair::{NEGATIVE, Pair, index},
    space::{Space, Workspace},
};
use crate::points::Curve;

/// How points of a curve are added, many pairs at a time.
pub trait Adder<C: Curve>: Copy {
    /// Memory that is used again.
    type Scratch: Default + Zeroize;

    /// Bytes of it for a pair.
    const SCRATCH: usize;

    /// Makes room for so many pairs.
    fn reserve(scratch: &mut Self::Scratch, pairs: usize);

    /// This adder's part of a thread's memory.
    fn workspace(space: &mut Space<C>) -> &mut Workspace<C, Self::Scratch>;

    /// Affine sums of pairs of points with different x. Returns false, with `out` unspecified, if a pair has equal ones.
    /// `SIGNED`: indices have signs.
    fn add<const SIGNED: bool>(
        self,
        source: &[C::Words],
        pairs: &[Pair],
        out: &mut [C::Words],
        scratch: &mut Self::Scratch,
    ) -> bool;
}

/// Has the sum of two points of `from` made at `at` of `to`: by a pair, or at once if one is no point.
#[inline]
pub(super) fn merge<C: Curve>(
    from: &[C::Words],
    [a, b]: [usize; 2],
    at: usize,
    to: &mut [C::Words],
    pairs: &mut Vec<Pair>,
) {
    if C::is_none(&from[a]) {
        to[at] = from[b];
    } else if C::is_none(&from[b]) {
        to[at] = from[a];
    } else {
        pairs.push(Pair { a: a as u32, b: b as u32, to: at as u32 });
    }
}

/// Pairs of points with equal x that share an inversion.
const EQUAL: usize = 64;

/// Adds pairs of points, whatever they are: those with equal x, rare in keys that were made honestly, by themselves.
/// The sum may be no point.
pub(super) fn add<C: Curve, A: Adder<C>, const SIGNED: bool>(
    adder: A,
    source: &[C::Words],
    pairs: &mut [Pair],
    out: &mut [C::Words],
    scratch: &mut A::Scratch,
) {
    if pairs.is_empty() || adder.add::<SIGNED>(source, pairs, out, scratch) {
        return;
    }
    let point = |signed: u32| {
        let point = C::point(&source[index(signed)]);
        if SIGNED && signed & NEGATIVE != 0 { -point } else { point }
    };
    let mut count = 0;
    for i in 0..pairs.len() {
        if point(pairs[i].a).x == point(pairs[i].b).x {
            pairs.swap(i, count);
            count += 1;
        }
    }
    let (equal, rest) = pairs.split_at(count);
    for equal in equal.chunks(EQUAL) {
        let mut sums = [Projective::ZERO; EQUAL];
        for (sum, pair) in sums.iter_mut().zip(equal) {
            *sum = point(pair.a) + point(pair.b);
        }
        let mut sums = Projective::normalize_batch(Zeroizing::new(sums).as_slice());
        for (sum, pair) in sums.iter().zip(equal) {
            out[pair.to as usize] = C::words(sum);
        }
        sums.zeroize();
    }
    let added = rest.is_empty() || adder.add::<SIGNED>(source, rest, out, scratch);
    assert!(added, "pairs with equal x have been taken out");
}
