//! Pairs of G1 added eight at a time.
//!
//! Words in memory are `v·2^256`; the arithmetic on lanes has R = 2^260 and reads them as `v/16`. Nothing is converted:
//! with `dx/16` and `dy/16` the slope must come out as `λ/4`, so that its square is `λ²/16` again, and what it is
//! multiplied with for y is shifted by two bits. The one inverse of a batch takes that factor.
//!
//! Bounds, in multiples of the modulus p: points in memory below 2.2, but 5.3 is allowed for.

use super::{
    batch::{Chains, E, fetch, fetch_back, pair, room, signs},
    pair::{Pair, index},
    space::Steps,
};
use crate::lanes::{LANES, Lanes};

type Words = [u64; 8];

/// See [`super::adder::Adder::add`].
#[inline(always)]
pub fn add<L: Lanes, const SIGNED: bool>(
    machine: L::Machine,
    source: &[Words],
    pairs: &[Pair],
    out: &mut [Words],
    steps: &mut Steps,
) -> bool {
    let mut chains = Chains::<L>::new(machine);
    let steps = room(&mut steps.before, pairs.len());
    for (group, before) in steps.iter_mut().enumerate() {
        fetch(source, pairs, group);
        let [a, b] = rows(source, pairs, group);
        let [a0, a1, a2, a3, ..] = L::load_transposed(machine, &a);
        let [b0, b1, b2, b3, ..] = L::load_transposed(machine, &b);
        let (a, b) = (E::<L>::from_words([a0, a1, a2, a3]), E::<L>::from_words([b0, b1, b2, b3]));
        chains.push(group, &difference(&b, &a), before);
    }
    let Some(mut chains) = chains.invert(machine) else { return false };
    for (group, before) in steps.iter().enumerate().rev() {
        fetch_back(source, pairs, group);
        let [a, b] = rows(source, pairs, group);
        let [a0, a1, a2, a3, a4, a5, a6, a7] = L::load_transposed(machine, &a);
        let [b0, b1, b2, b3, b4, b5, b6, b7] = L::load_transposed(machine, &b);
        let (xa, ya) = (E::<L>::from_words([a0, a1, a2, a3]), E::<L>::from_words([a4, a5, a6, a7]));
        let (xb, yb) = (E::<L>::from_words([b0, b1, b2, b3]), E::<L>::from_words([b4, b5, b6, b7]));
        let inverse = chains.pop(machine, group, &difference(&xb, &xa), before);
        let (ya, yb) = if SIGNED {
            let [negative_a, negative_b] = signs::<L>(machine, pairs, group);
            (ya.signed(negative_a), yb.signed(negative_b))
        } else {
            (ya.terms(), yb.terms())
        };
        // Between −10.6 and 10.6, without the bias.
        let slope = E::<L>::sum::<11>(yb.minus(ya)).mul(&inverse);
        let x = E::<L>::sum::<11>(slope.square().terms().minus(xa.terms()).minus(xb.terms())).compact();
        // Four times less than 8.3.
        let run = E::<L>::sum::<12>(xa.terms().minus(x.terms()).shift_left::<2>());
        let y = E::<L>::sum::<6>(slope.mul(&run).terms().minus(ya)).compact();
        let ([x0, x1, x2, x3], [y0, y1, y2, y3]) = (x.to_words(), y.to_words());
        let sums = L::store_transposed(&[x0, x1, x2, x3, y0, y1, y2, y3]);
        for (pair, sum) in pairs[group * LANES..].iter().zip(sums) {
            out[pair.to as usize] = sum;
        }
    }
    true
}

/// `b − a`, below 11.3.
#[inline(always)]
fn difference<L: Lanes>(b: &E<L>, a: &E<L>) -> E<L> {
    E::<L>::sum::<6>(b.terms().minus(a.terms()))
}

#[inline(always)]
fn rows<'s>(source: &'s [Words], pairs: &[Pair], group: usize) -> [[&'s Words; LANES]; 2] {
    let [mut first, mut second] = [[&source[0]; LANES]; 2];
    for (lane, (first, second)) in first.iter_mut().zip(&mut second).enumerate() {
        let pair = pair(pairs, group, lane);
        (*first, *second) = (&source[index(pair.a)], &source[index(pair.b)]);
    }
    [first, second]
}
