//! Pairs of G1 added eight at a time.
//!
//! Words in memory are `v·2^256`; the arithmetic on lanes has R = 2^260 and reads them as `v/16`. Nothing is converted:
//! with `dx/16` and `dy/16` the slope must come out as `λ/4`, so that its square is `λ²/16` again, and what it is
//! multiplied with for y is shifted by two bits. The one inverse of a batch takes that factor.
//!
//! Bounds, in multiples of the modulus p: points in memory below 2.2, but 5.3 is allowed for.

use ark_bn254::{Fq, FqConfig, g1};
use ark_ec::short_weierstrass::Projective;
use ark_ff::{AdditiveGroup, Field};

use super::{
    projective::{self, Coordinates},
    window::Pair,
    words::{combine, index},
};
use crate::{
    field52::{Element, LIMBS, Saved},
    lanes::{LANES, Lanes},
};

type E<L> = Element<FqConfig, L>;
type Words = [u64; 8];

/// The x difference of a group of pairs, and the product of those before it.
#[derive(Clone, Copy)]
pub struct Step {
    difference: Saved,
    before: Saved,
}

/// Chains of products, so that one need not wait for the other.
const CHAINS: usize = 2;
/// Groups between the one worked on and the one whose points are fetched into the cache.
const AHEAD: usize = 2;

/// See [`super::window::Adder::add`].
#[inline(always)]
pub fn add<L: Lanes, const SIGNED: bool>(
    machine: L::Machine,
    source: &[Words],
    pairs: &[Pair],
    out: &mut [Words],
    steps: &mut Vec<Step>,
) -> bool {
    let groups = pairs.len().div_ceil(LANES);
    steps.clear();
    steps.resize(groups, Step { difference: Saved::ZERO, before: Saved::ZERO });
    let one = E::<L>::splat(machine, &const { one() });
    let mut products = [one; CHAINS];
    for (group, step) in steps.iter_mut().enumerate() {
        fetch(source, pairs, group + AHEAD);
        let [a, b] = rows(source, pairs, group);
        let [a0, a1, a2, a3, ..] = L::load_transposed(machine, &a);
        let [b0, b1, b2, b3, ..] = L::load_transposed(machine, &b);
        let (a, b) = (E::<L>::from_words([a0, a1, a2, a3]), E::<L>::from_words([b0, b1, b2, b3]));
        let difference = b.sub(&a);
        let chain = group % CHAINS;
        *step = Step { difference: difference.save(), before: products[chain].save() };
        products[chain] = products[chain].mul(&difference);
    }
    let Some(mut inverses) = invert::<L, CHAINS>(machine, products) else { return false };
    for group in (0..groups).rev() {
        let Step { difference, before } = &steps[group];
        let chain = group % CHAINS;
        let inverse = inverses[chain].mul(&E::<L>::restore(machine, before));
        inverses[chain] = inverses[chain].mul(&E::<L>::restore(machine, difference));
        let [a, b] = rows(source, pairs, group);
        let [a0, a1, a2, a3, a4, a5, a6, a7] = L::load_transposed(machine, &a);
        let [b0, b1, b2, b3, b4, b5, b6, b7] = L::load_transposed(machine, &b);
        let (xa, ya) = (E::<L>::from_words([a0, a1, a2, a3]), E::<L>::from_words([a4, a5, a6, a7]));
        let (xb, yb) = (E::<L>::from_words([b0, b1, b2, b3]), E::<L>::from_words([b4, b5, b6, b7]));
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

/// 1 in the arithmetic on lanes, 2^260.
const fn one() -> [u64; LIMBS] {
    // 2^256 times 16; constant evaluation has no operators of the field.
    crate::field52::one::<FqConfig>()
}

/// Inverses of the products, divided by four: `u·Π = 1/4` of the numbers as lanes see them. `None` if one is zero.
#[inline(always)]
pub(super) fn invert<L: Lanes, const N: usize>(
    machine: L::Machine,
    products: [E<L>; N],
) -> Option<[E<L>; N]> {
    let mut values = [[Fq::ZERO; LANES]; N];
    for (values, product) in values.iter_mut().zip(products) {
        *values = product.store_times_16();
    }
    let inverted = invert_all(values.as_flattened_mut());
    if !inverted {
        return None;
    }
    let mut inverses = products;
    for (inverse, values) in inverses.iter_mut().zip(&values) {
        *inverse = E::<L>::load_divided_by_16(machine, &values.each_ref());
    }
    Some(inverses)
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

#[inline(always)]
fn rows<'s>(source: &'s [Words], pairs: &[Pair], group: usize) -> [[&'s Words; LANES]; 2] {
    let [mut first, mut second] = [[&source[0]; LANES]; 2];
    for (lane, (first, second)) in first.iter_mut().zip(&mut second).enumerate() {
        let pair = pair(pairs, group, lane);
        (*first, *second) = (&source[index(pair.a)], &source[index(pair.b)]);
    }
    [first, second]
}

#[inline(always)]
pub(super) fn fetch<W>(source: &[W], pairs: &[Pair], group: usize) {
    if let Some(ahead) = pairs.get(group * LANES..) {
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

/// See [`super::window::Adder::weighted`]: each lane has an eighth of the buckets.
#[inline(always)]
pub fn weighted<L: Lanes>(machine: L::Machine, buckets: &[Words]) -> Projective<g1::Config> {
    let size = buckets.len() / LANES;
    let mut running = infinity::<L>(machine);
    let mut sum = running;
    for i in (0..size).rev() {
        let mut rows = [&buckets[0]; LANES];
        for (lane, row) in rows.iter_mut().enumerate() {
            *row = &buckets[lane * size + i];
        }
        let bucket = load(machine, &rows);
        running = projective::add(&running, &bucket);
        sum = projective::add(&sum, &running);
    }
    let (sums, runnings) = (store(sum), store(running));
    combine(sums.into_iter().zip(runnings).map(|(sum, running)| [sum, running]), size)
}

#[inline(always)]
fn infinity<L: Lanes>(machine: L::Machine) -> Coordinates<E<L>> {
    let zero = E::<L>::splat(machine, &[0; LIMBS]);
    Coordinates { x: zero, y: E::<L>::splat(machine, &const { one() }), z: zero }
}

/// Points, or infinity for no point.
#[inline(always)]
fn load<L: Lanes>(machine: L::Machine, rows: &[&Words; LANES]) -> Coordinates<E<L>> {
    let [x0, x1, x2, x3, y0, y1, y2, y3] = L::load_transposed(machine, rows);
    let there = nonzero(y0.or(y1).or(y2).or(y3));
    let [o0, o1, o2, o3] = words_of_one::<L>(machine);
    // 2^256 in memory is 1/16 to lanes, as x and y are their sixteenths.
    let z = E::<L>::from_words([o0.and(there), o1.and(there), o2.and(there), o3.and(there)]);
    let y = [
        y0.or(o0.xor(o0.and(there))),
        y1.or(o1.xor(o1.and(there))),
        y2.or(o2.xor(o2.and(there))),
        y3.or(o3.xor(o3.and(there))),
    ];
    Coordinates { x: E::<L>::from_words([x0, x1, x2, x3]), y: E::<L>::from_words(y), z }
}

#[inline(always)]
pub(super) fn words_of_one<L: Lanes>(machine: L::Machine) -> [L; 4] {
    let [a, b, c, d] = Fq::ONE.0.0;
    [L::splat(machine, a), L::splat(machine, b), L::splat(machine, c), L::splat(machine, d)]
}

/// All ones in lanes that are not zero.
#[inline(always)]
pub(super) fn nonzero<L: Lanes>(value: L) -> L {
    value.or(L::splat(value.machine(), 0).sub(value)).shift_right::<63>()
}

/// Homogeneous coordinates as arkworks' Jacobian ones, (x/z, y/z) = (xz/z², yz²/z³); scaled by 16 as they are read.
#[inline(always)]
fn store<L: Lanes>(point: Coordinates<E<L>>) -> [Projective<g1::Config>; LANES] {
    let x = point.x.compact().store_times_16();
    let y = point.y.compact().store_times_16();
    let z = point.z.compact().store_times_16();
    jacobian(x, y, z)
}

fn jacobian(x: [Fq; LANES], y: [Fq; LANES], z: [Fq; LANES]) -> [Projective<g1::Config>; LANES] {
    core::array::from_fn(|i| Projective::new_unchecked(x[i] * z[i], y[i] * z[i].square(), z[i]))
}
