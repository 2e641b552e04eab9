//! Pairs of G2 added eight at a time: as [`super::lanes1`] over Fq2 = Fq(u), u² = −1.
//!
//! An inverse in Fq2 is the conjugate over the norm, so that it is norms, elements of Fq, that are multiplied up and
//! inverted. Products are Karatsuba's with one reduction a coordinate.

use ark_bn254::{Fq, Fq2, FqConfig, g2};
use ark_ec::short_weierstrass::{Projective, SWCurveConfig};
use ark_ff::Field;

use super::{
    batch::{Chains, E, Step, fetch, finite_or_infinity, pair, signs},
    projective::{self, Coordinate, Coordinates},
    window::Pair,
    words::{combine, index},
};
use crate::{
    field52::{Columns, LIMBS, Terms, one, times_48},
    lanes::{LANES, Lanes},
};

type Words = [u64; 16];

/// `c0 + c1 u`.
#[derive(Clone, Copy)]
pub struct Two<L: Copy> {
    c0: E<L>,
    c1: E<L>,
}

/// See [`super::window::Adder::add`].
#[inline(always)]
pub fn add<L: Lanes, const SIGNED: bool>(
    machine: L::Machine,
    source: &[Words],
    pairs: &[Pair],
    out: &mut [Words],
    steps: &mut Vec<Step>,
) -> bool {
    let mut chains = Chains::<L>::new(machine, pairs.len(), steps);
    for (group, step) in steps.iter_mut().enumerate() {
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
        chains.push(group, &norm.reduce(), step);
    }
    let Some(mut chains) = chains.invert(machine) else { return false };
    for (group, step) in steps.iter().enumerate().rev() {
        let inverse = chains.pop(machine, group, step);
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

impl<L: Lanes> Coordinate for Two<L> {
    /// Less than 2.1 p.
    #[inline(always)]
    fn mul(&self, other: &Self) -> Self {
        self.product(other).compact()
    }

    #[inline(always)]
    fn sum_of_products([(a, b), (c, d)]: [(&Self, &Self); 2]) -> Self {
        a.product(b).add(&c.product(d)).compact()
    }

    #[inline(always)]
    fn difference_of_products((a, b): (&Self, &Self), (c, d): (&Self, &Self)) -> Self {
        a.product(b).sub(&c.mul(d)).compact()
    }

    #[inline(always)]
    fn add(&self, other: &Self) -> Self {
        Self { c0: self.c0.add(&other.c0), c1: self.c1.add(&other.c1) }
    }

    #[inline(always)]
    fn sub(&self, other: &Self) -> Self {
        Self { c0: self.c0.sub(&other.c0), c1: self.c1.sub(&other.c1) }
    }

    #[inline(always)]
    fn compact(self) -> Self {
        Self { c0: self.c0.compact(), c1: self.c1.compact() }
    }

    #[inline(always)]
    fn times_3b(&self) -> Self {
        let machine = self.c0.machine();
        let [c0, c1] = const { three_b() };
        self.product(&Self { c0: E::<L>::splat(machine, &c0), c1: E::<L>::splat(machine, &c1) })
    }
}

/// Three times the curve's constant, in Montgomery form with R = 2^260.
const fn three_b() -> [[u64; LIMBS]; 2] {
    let b = <g2::Config as SWCurveConfig>::COEFF_B;
    [times_48::<FqConfig>(b.c0.0.0), times_48::<FqConfig>(b.c1.0.0)]
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

/// See [`super::window::Adder::weighted`].
#[inline(always)]
pub fn weighted<L: Lanes>(machine: L::Machine, buckets: &[Words]) -> Projective<g2::Config> {
    let size = buckets.len() / LANES;
    let zero = E::<L>::splat(machine, &[0; LIMBS]);
    let one = E::<L>::splat(machine, &const { one::<FqConfig>() });
    let zero = Two { c0: zero, c1: zero };
    let infinity = Coordinates { x: zero, y: Two { c0: one, c1: zero.c0 }, z: zero };
    let (mut running, mut sum) = (infinity, infinity);
    for i in (0..size).rev() {
        let bucket = load_buckets(machine, buckets, size, i);
        running = projective::add(&running, &bucket);
        sum = projective::add(&sum, &running);
    }
    let (sums, runnings) = (store(sum), store(running));
    combine(sums.into_iter().zip(runnings).map(|(sum, running)| [sum, running]), size)
}

/// Points, or infinity for no point.
#[inline(always)]
fn load_buckets<L: Lanes>(
    machine: L::Machine,
    buckets: &[Words],
    size: usize,
    i: usize,
) -> Coordinates<Two<L>> {
    let [mut xs, mut ys] = [[&ZEROS; LANES]; 2];
    for lane in 0..LANES {
        let words = &buckets[lane * size + i];
        (xs[lane], ys[lane]) = (half(words, 0), half(words, 8));
    }
    let [a, b, c, d, e, f, g, h] = L::load_transposed(machine, &xs);
    let x = Two { c0: E::<L>::from_words([a, b, c, d]), c1: E::<L>::from_words([e, f, g, h]) };
    let [a, b, c, d, e, f, g, h] = L::load_transposed(machine, &ys);
    let [c0, z] = finite_or_infinity([a, b, c, d], a.or(b).or(c).or(d).or(e).or(f).or(g).or(h));
    let y = Two { c0, c1: E::<L>::from_words([e, f, g, h]) };
    Coordinates { x, y, z: Two { c0: z, c1: E::<L>::splat(machine, &[0; LIMBS]) } }
}

/// As in G1.
#[inline(always)]
fn store<L: Lanes>(point: Coordinates<Two<L>>) -> [Projective<g2::Config>; LANES] {
    let Coordinates { x, y, z } = point;
    let [x, y, z] = [store_two(x), store_two(y), store_two(z)];
    jacobian(&x, &y, &z)
}

#[inline(always)]
fn store_two<L: Lanes>(value: Two<L>) -> [[Fq; LANES]; 2] {
    [value.c0.compact().store_times_16(), value.c1.compact().store_times_16()]
}

fn jacobian(
    x: &[[Fq; LANES]; 2],
    y: &[[Fq; LANES]; 2],
    z: &[[Fq; LANES]; 2],
) -> [Projective<g2::Config>; LANES] {
    let of = |value: &[[Fq; LANES]; 2], i: usize| Fq2::new(value[0][i], value[1][i]);
    core::array::from_fn(|i| {
        let (x, y, z) = (of(x, i), of(y, i), of(z, i));
        Projective::new_unchecked(x * z, y * z.square(), z)
    })
}
