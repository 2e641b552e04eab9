//! Pairs of G1 added eight at a time.
//!
//! Words in memory are `v·2^256`; the arithmetic on lanes has R = 2^260 and reads them as `v/16`. Nothing is converted:
//! with `dx/16` and `dy/16` the slope must come out as `λ/4`, so that its square is `λ²/16` again, and what it is
//! multiplied with for y is shifted by two bits. The one inverse of a batch takes that factor.
//!
//! Bounds, in multiples of the modulus p: points in memory below 2.2, but 5.3 is allowed for.

use ark_bn254::{Fq, FqConfig, g1};
use ark_ec::short_weierstrass::Projective;
use ark_ff::Field;

use super::{
    batch::{Chains, E, Step, fetch, finite_or_infinity, pair, signs},
    projective::{self, Coordinates},
    window::Pair,
    words::{combine, index},
};
use crate::{
    field52::{LIMBS, one},
    lanes::{LANES, Lanes},
};

type Words = [u64; 8];

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
        let [a, b] = rows(source, pairs, group);
        let [a0, a1, a2, a3, ..] = L::load_transposed(machine, &a);
        let [b0, b1, b2, b3, ..] = L::load_transposed(machine, &b);
        let (a, b) = (E::<L>::from_words([a0, a1, a2, a3]), E::<L>::from_words([b0, b1, b2, b3]));
        chains.push(group, &b.sub(&a), step);
    }
    let Some(mut chains) = chains.invert(machine) else { return false };
    for (group, step) in steps.iter().enumerate().rev() {
        let inverse = chains.pop(machine, group, step);
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

#[inline(always)]
fn rows<'s>(source: &'s [Words], pairs: &[Pair], group: usize) -> [[&'s Words; LANES]; 2] {
    let [mut first, mut second] = [[&source[0]; LANES]; 2];
    for (lane, (first, second)) in first.iter_mut().zip(&mut second).enumerate() {
        let pair = pair(pairs, group, lane);
        (*first, *second) = (&source[index(pair.a)], &source[index(pair.b)]);
    }
    [first, second]
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
    Coordinates { x: zero, y: E::<L>::splat(machine, &const { one::<FqConfig>() }), z: zero }
}

/// Points, or infinity for no point.
#[inline(always)]
fn load<L: Lanes>(machine: L::Machine, rows: &[&Words; LANES]) -> Coordinates<E<L>> {
    let [x0, x1, x2, x3, y0, y1, y2, y3] = L::load_transposed(machine, rows);
    let [y, z] = finite_or_infinity([y0, y1, y2, y3], y0.or(y1).or(y2).or(y3));
    Coordinates { x: E::<L>::from_words([x0, x1, x2, x3]), y, z }
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
