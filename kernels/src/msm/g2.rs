//! Pairs of G2 added eight at a time: as [`super::g1`] over Fq2 = Fq(u), u² = −1.
//!
//! An inverse in Fq2 is the conjugate over the norm, so that it is norms, elements of Fq, that are multiplied up and
//! inverted. Products are Karatsuba's with one reduction a coordinate.

use super::{
    batch::{Chains, E, fetch, fetch_back, pair, room, signs},
    pair::{Pair, index},
    space::Steps,
};
use crate::{
    field52::{Columns, Terms},
    lanes::{LANES, Lanes},
};

type Words = [u64; 16];

/// `c0 + c1 u`.
#[derive(Clone, Copy)]
pub struct Two<L: Copy> {
    c0: E<L>,
    c1: E<L>,
}

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
    let factors = room(&mut steps.factors, pairs.len());
    let steps = room(&mut steps.before, pairs.len());
    for (group, (before, factor)) in steps.iter_mut().zip(&mut *factors).enumerate() {
        fetch(source, pairs, group);
        let (a, b) = (
            load::<L>(machine, source, pairs, group, 0, false),
            load(machine, source, pairs, group, 0, true),
        );
        let (d0, d1) = (b.c0.sub(&a.c0), b.c1.sub(&a.c1));
        // Squares of at most 13.3: 6.3.
        let mut norm = Columns::zero(machine);
        norm.add_product(&d0, &d0);
        norm.add_product(&d1, &d1);
        let norm = norm.reduce();
        *factor = norm.save();
        chains.push(group, &norm, before);
    }
    let Some(mut chains) = chains.invert(machine) else { return false };
    for (group, (before, factor)) in steps.iter().zip(factors).enumerate().rev() {
        fetch_back(source, pairs, group);
        let inverse = chains.pop(machine, group, &E::<L>::restore(machine, factor), before);
        let xa = load::<L>(machine, source, pairs, group, 0, false);
        let xb = load::<L>(machine, source, pairs, group, 0, true);
        let ya = load::<L>(machine, source, pairs, group, 8, false);
        let yb = load::<L>(machine, source, pairs, group, 8, true);
        let (ya, yb) = if SIGNED {
            let [negative_a, negative_b] = signs::<L>(machine, pairs, group);
            (ya.signed(negative_a), yb.signed(negative_b))
        } else {
            (ya.terms(), yb.terms())
        };
        // Points are below 5.3, so differences are below 10.6 of either sign.
        let dx = Two {
            c0: E::<L>::sum::<6>(xb.c0.terms().minus(xa.c0.terms())),
            c1: E::<L>::sum::<6>(xb.c1.terms().minus(xa.c1.terms())),
        };
        let dy = Two { c0: E::<L>::sum::<11>(yb[0].minus(ya[0])), c1: E::<L>::sum::<11>(yb[1].minus(ya[1])) };
        let slope = dy.times_conjugate(&dx);
        let slope = Two { c0: slope.c0.mul(&inverse), c1: slope.c1.mul(&inverse) };
        let square = slope.square();
        let x = Two {
            c0: E::<L>::sum::<11>(square.c0.terms().minus(xa.c0.terms()).minus(xb.c0.terms())).compact(),
            c1: E::<L>::sum::<11>(square.c1.terms().minus(xa.c1.terms()).minus(xb.c1.terms())).compact(),
        };
        let run = Two {
            c0: E::<L>::sum::<12>(xa.c0.terms().minus(x.c0.terms()).shift_left::<2>()),
            c1: E::<L>::sum::<12>(xa.c1.terms().minus(x.c1.terms()).shift_left::<2>()),
        };
        let product = slope.product(&run);
        let y = Two {
            c0: E::<L>::sum::<6>(product.c0.terms().minus(ya[0])).compact(),
            c1: E::<L>::sum::<6>(product.c1.terms().minus(ya[1])).compact(),
        };
        let ([a, b, c, d], [e, f, g, h]) = (x.c0.to_words(), x.c1.to_words());
        let xs = L::store_transposed(&[a, b, c, d, e, f, g, h]);
        let ([a, b, c, d], [e, f, g, h]) = (y.c0.to_words(), y.c1.to_words());
        let ys = L::store_transposed(&[a, b, c, d, e, f, g, h]);
        for (pair, (x, y)) in pairs[group * LANES..].iter().zip(xs.iter().zip(&ys)) {
            let (to_x, to_y) = out[pair.to as usize].split_at_mut(8);
            to_x.copy_from_slice(x);
            to_y.copy_from_slice(y);
        }
    }
    true
}

impl<L: Lanes> Two<L> {
    #[inline(always)]
    fn terms(&self) -> [Terms<L>; 2] {
        [self.c0.terms(), self.c1.terms()]
    }

    #[inline(always)]
    fn signed(&self, signs: L) -> [Terms<L>; 2] {
        [self.c0.signed(signs), self.c1.signed(signs)]
    }

    /// Takes products of coordinates up to 336 p², gives less than (6 + a b / 84) p and (2 + 4 a b / 84) p.
    #[inline(always)]
    fn product(&self, other: &Self) -> Self {
        let machine = self.c0.machine();
        let [mut low, mut high] = [Columns::zero(machine); 2];
        low.add_product(&self.c0, &other.c0);
        high.add_product(&self.c1, &other.c1);
        let mut cross = Columns::zero(machine);
        cross.add_product(&self.c0.add(&self.c1), &other.c0.add(&other.c1));
        cross.sub(&low);
        cross.sub(&high);
        low.sub(&high);
        low.add_element(&E::<L>::multiple::<4>(machine));
        Self { c0: low.reduce(), c1: cross.reduce() }
    }

    /// `self` times the conjugate of `other`, whose coordinates are below 11.3 p. The real part is less than
    /// (2 + 2 a b / 84) p.
    #[inline(always)]
    fn times_conjugate(&self, other: &Self) -> Self {
        let machine = self.c0.machine();
        let [mut low, mut high] = [Columns::zero(machine); 2];
        low.add_product(&self.c0, &other.c0);
        high.add_product(&self.c1, &other.c1);
        // (a0 + a1)(b0 − b1) = a0 b0 − a1 b1 + (a1 b0 − a0 b1); 12 p at b1 keeps it all positive.
        let difference = E::<L>::sum::<12>(other.c0.terms().minus(other.c1.terms()));
        let mut cross = Columns::zero(machine);
        cross.add_product(&self.c0.add(&self.c1), &difference);
        cross.sub(&low);
        cross.add(&high);
        low.add(&high);
        Self { c0: low.reduce(), c1: cross.reduce() }
    }

    /// Takes less than 8 p.
    #[inline(always)]
    fn square(&self) -> Self {
        let (sum, difference) = (self.c0.add(&self.c1), self.c0.sub(&self.c1));
        Self { c0: sum.mul(&difference), c1: self.c0.add(&self.c0).mul(&self.c1) }
    }
}

/// x at 0 or y at 8 of the first or second points of a group.
#[inline(always)]
fn load<L: Lanes>(
    machine: L::Machine,
    source: &[Words],
    pairs: &[Pair],
    group: usize,
    at: usize,
    second: bool,
) -> Two<L> {
    let mut rows = [&ZEROS; LANES];
    for (lane, row) in rows.iter_mut().enumerate() {
        let pair = pair(pairs, group, lane);
        *row = half(&source[index(if second { pair.b } else { pair.a })], at);
    }
    let [a, b, c, d, e, f, g, h] = L::load_transposed(machine, &rows);
    Two { c0: E::<L>::from_words([a, b, c, d]), c1: E::<L>::from_words([e, f, g, h]) }
}

static ZEROS: [u64; 8] = [0; 8];

/// The eight words of a coordinate.
#[inline(always)]
fn half(words: &Words, at: usize) -> &[u64; 8] {
    let (halves, _) = words.as_chunks::<8>();
    &halves[at / 8]
}
