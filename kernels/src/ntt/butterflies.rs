//! Transforms of eight polynomials at once, within the cache.
//!
//! Two levels are done while four values are at hand. Bounds, in multiples of the modulus r: values come in below 3;
//! products of what is below 84 with factors below 1.2 are below 3 (a product a·b is below 1.13 + a·b/84 of them, by which
//! also powers of a twist stay below 1.2); each pair of levels adds at most 6.

use ark_bn254::FrConfig;

#[cfg(target_arch = "x86_64")]
use crate::lanes::{Avx512, Avx512Machine};
use crate::{
    field52::{Element, Limbs, Saved},
    lanes::Lanes,
};

pub type E<L> = Element<FrConfig, L>;

/// Lanes with the transforms compiled for them, once.
pub trait Transforms: Lanes {
    /// See [`interpolate`].
    fn interpolate(machine: Self::Machine, values: &mut [Saved], blocks: &[Limbs]);

    /// See [`evaluate`].
    fn evaluate<const UNIT: bool>(machine: Self::Machine, values: &mut [Saved], levels: &[Limbs]);
}

#[cfg(target_arch = "x86_64")]
impl Transforms for Avx512 {
    fn interpolate(machine: Avx512Machine, values: &mut [Saved], blocks: &[Limbs]) {
        #[target_feature(enable = "avx512f,avx512ifma")]
        fn enabled(machine: Avx512Machine, values: &mut [Saved], blocks: &[Limbs]) {
            interpolate::<Avx512>(machine, values, blocks);
        }
        // SAFETY: an `Avx512Machine` exists only where `detect` found both features.
        unsafe { enabled(machine, values, blocks) }
    }

    fn evaluate<const UNIT: bool>(machine: Avx512Machine, values: &mut [Saved], levels: &[Limbs]) {
        #[target_feature(enable = "avx512f,avx512ifma")]
        fn enabled<const UNIT: bool>(machine: Avx512Machine, values: &mut [Saved], levels: &[Limbs]) {
            evaluate::<Avx512, UNIT>(machine, values, levels);
        }
        // SAFETY: as in `interpolate`.
        unsafe { enabled::<UNIT>(machine, values, levels) }
    }
}

#[cfg(test)]
impl Transforms for crate::lanes::Emulated {
    fn interpolate((): (), values: &mut [Saved], blocks: &[Limbs]) {
        interpolate::<Self>((), values, blocks);
    }

    fn evaluate<const UNIT: bool>((): (), values: &mut [Saved], levels: &[Limbs]) {
        evaluate::<Self, UNIT>((), values, levels);
    }
}

/// From evaluations at the powers of a root of unity, n times the coefficients in bit-reversed order. `blocks`: for block j of
/// any level, the power by the bit-reversed j of the root's inverse.
#[inline(always)]
fn interpolate<L: Lanes>(machine: L::Machine, values: &mut [Saved], blocks: &[Limbs]) {
    let mut size = values.len();
    let unit = E::<L>::splat(machine, &blocks[1]);
    if size.trailing_zeros() % 2 == 1 {
        size /= 2;
        let (low, high) = values.split_at_mut(size);
        for (a, b) in low.iter_mut().zip(high) {
            let (x, y) = (E::<L>::restore(machine, a), E::<L>::restore(machine, b));
            *a = x.add(&y).save();
            *b = E::<L>::sum::<3>(x.terms().minus(y.terms())).save();
        }
    }
    while size > 1 {
        let fresh = size == values.len();
        for (j, block) in values.chunks_exact_mut(size).enumerate() {
            let [a, b, c, d] = quarters(block);
            let quarter = a.len();
            if j == 0 {
                for i in 0..quarter {
                    let values = load::<L>(machine, fresh, [&a[i], &c[i], &b[i], &d[i]]);
                    [a[i], b[i], c[i], d[i]] = save(unit_butterfly(values, &unit));
                }
            } else {
                let roots = constants::<L>(machine, [&blocks[j], &blocks[2 * j], &blocks[2 * j + 1]]);
                for i in 0..quarter {
                    let values = load::<L>(machine, true, [&a[i], &c[i], &b[i], &d[i]]);
                    [a[i], b[i], c[i], d[i]] = save(butterfly(values, &roots));
                }
            }
        }
        size /= 4;
    }
}

/// From coefficients in bit-reversed order, evaluations at the powers of a root of unity, times a shift. `levels`: for a
/// level of butterflies at distance h, from h on the h factors. `UNIT`: there is no shift, so that the first factor of each
/// level is 1.
#[inline(always)]
fn evaluate<L: Lanes, const UNIT: bool>(machine: L::Machine, values: &mut [Saved], levels: &[Limbs]) {
    let mut distance = 1;
    let unit = E::<L>::splat(machine, &levels[3]);
    if values.len().trailing_zeros() % 2 == 1 {
        let factor = E::<L>::splat(machine, &levels[1]);
        for [a, b] in values.as_chunks_mut::<2>().0 {
            let x = E::<L>::restore(machine, a).compact();
            let y = E::<L>::restore(machine, b).mul(&factor);
            *a = x.add(&y).save();
            *b = E::<L>::sum::<3>(x.terms().minus(y.terms())).save();
        }
        distance = 2;
    }
    while distance < values.len() {
        let first = distance == 1;
        for block in values.chunks_exact_mut(4 * distance) {
            let [a, b, c, d] = quarters(block);
            if UNIT {
                let values = load::<L>(machine, first, [&a[0], &b[0], &c[0], &d[0]]);
                [a[0], c[0], b[0], d[0]] = save(unit_butterfly(values, &unit));
            }
            for i in usize::from(UNIT)..distance {
                let factors = [&levels[distance + i], &levels[2 * distance + i], &levels[3 * distance + i]];
                let mut values = load::<L>(machine, true, [&a[i], &b[i], &c[i], &d[i]]);
                if first {
                    values[0] = values[0].compact();
                }
                [a[i], c[i], b[i], d[i]] = save(butterfly(values, &constants(machine, factors)));
            }
        }
        distance *= 4;
    }
}

/// `a + b·w ± (c + d·w)·w₊` and `a − b·w ± (c − d·w)·w₋`: two levels.
#[inline(always)]
fn butterfly<L: Lanes>([a, b, c, d]: [E<L>; 4], [w, plus, minus]: &[E<L>; 3]) -> [E<L>; 4] {
    let (b, d) = (b.mul(w).terms(), d.mul(w).terms());
    let u = E::<L>::sum::<0>(c.terms().plus(d)).mul(plus).terms();
    let v = E::<L>::sum::<3>(c.terms().minus(d)).mul(minus).terms();
    let (sum, difference) = (a.terms().plus(b), a.terms().minus(b));
    [
        E::<L>::sum::<0>(sum.plus(u)),
        E::<L>::sum::<3>(sum.minus(u)),
        E::<L>::sum::<3>(difference.plus(v)),
        E::<L>::sum::<6>(difference.minus(v)),
    ]
}

/// The same with factors 1, 1 and a root of −1. Takes values below 3.
#[inline(always)]
fn unit_butterfly<L: Lanes>([a, b, c, d]: [E<L>; 4], root: &E<L>) -> [E<L>; 4] {
    let [a, b, c, d] = [a.terms(), b.terms(), c.terms(), d.terms()];
    let v = E::<L>::sum::<3>(c.minus(d)).mul(root).terms();
    let (sum, difference) = (a.plus(b), a.minus(b));
    [
        E::<L>::sum::<0>(sum.plus(c).plus(d)),
        E::<L>::sum::<6>(sum.minus(c).minus(d)),
        E::<L>::sum::<3>(difference.plus(v)),
        E::<L>::sum::<6>(difference.minus(v)),
    ]
}

/// `small`: they are below what is asked for.
#[inline(always)]
fn load<L: Lanes>(machine: L::Machine, small: bool, saved: [&Saved; 4]) -> [E<L>; 4] {
    let [a, b, c, d] = saved;
    let restore = [
        E::<L>::restore(machine, a),
        E::<L>::restore(machine, b),
        E::<L>::restore(machine, c),
        E::<L>::restore(machine, d),
    ];
    if small {
        return restore;
    }
    let [a, b, c, d] = restore;
    [a.compact(), b.compact(), c.compact(), d.compact()]
}

#[inline(always)]
fn save<L: Lanes>([a, b, c, d]: [E<L>; 4]) -> [Saved; 4] {
    [a.save(), b.save(), c.save(), d.save()]
}

#[inline(always)]
fn constants<L: Lanes>(machine: L::Machine, [a, b, c]: [&Limbs; 3]) -> [E<L>; 3] {
    [E::<L>::splat(machine, a), E::<L>::splat(machine, b), E::<L>::splat(machine, c)]
}

#[inline(always)]
fn quarters(values: &mut [Saved]) -> [&mut [Saved]; 4] {
    let (low, high) = values.split_at_mut(values.len() / 2);
    let (a, b) = low.split_at_mut(low.len() / 2);
    let (c, d) = high.split_at_mut(high.len() / 2);
    [a, b, c, d]
}
