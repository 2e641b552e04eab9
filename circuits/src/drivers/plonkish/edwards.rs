//! Points of Baby Jubjub.

use alloc::{vec, vec::Vec};

use ark_ec::{
    CurveGroup,
    twisted_edwards::{Affine, Projective},
};
use ark_ff::{AdditiveGroup, One, Zero};
use popw_core::{
    Fr,
    babyjub::{self, BabyJubjub},
};

use super::{
    Plonkish,
    fixed::{ADD, LADDER, LINEAR, WINDOW},
};

type Native = Affine<BabyJubjub>;
type Sum = Projective<BabyJubjub>;
/// Two variables.
type Coordinates = (u32, u32);

/// `p + q`. Two rows, of which the second holds only the result.
pub(super) fn add(d: &mut Plonkish, p: Coordinates, q: Coordinates) -> Coordinates {
    let row = d.table.rows(2, "edwards addition");
    d.table.select(ADD, row);
    for (column, variable) in [(0, p.0), (1, p.1), (4, q.0), (5, q.1)] {
        d.place(variable, column, row);
    }
    let sum = value(d, p).zip(value(d, q)).map(|(p, q)| (Sum::from(p) + q).into_affine());
    point_at(d, 0, row + 1, sum)
}

/// `Σ 2^i·bit_i·Base8`. A row for two bits, and one for the result.
pub(super) fn mul_base8(d: &mut Plonkish, bits: &[u32]) -> Coordinates {
    let start = identity(d);
    let windows = bits.len().div_ceil(2);
    let first = d.table.rows(windows + 1, "base8");
    d.place(start.0, 0, first);
    d.place(start.1, 1, first);
    if d.windows.len() < windows {
        d.windows = window_tables(windows);
    }
    let mut entries: Option<Vec<Native>> = d.table.knows_values().then(Vec::new);
    let mut sums: Option<Vec<Sum>> = d.table.knows_values().then(|| vec![Sum::zero()]);
    for (row, (window, pair)) in (first..).zip(bits.chunks(2).enumerate()) {
        d.table.select(ADD, row);
        d.table.select(WINDOW, row);
        // Of the identity, P, 2P and 3P: as polynomials in the two bits.
        let [one, two, three] = d.windows[window];
        let unit = Fr::one();
        let entry = [
            [one.x, two.x, three.x - one.x - two.x],
            [one.y - unit, two.y - unit, three.y - one.y - two.y + unit],
        ];
        for (column, coefficient) in LINEAR.into_iter().zip(entry.into_iter().flatten()) {
            d.table.fix(column, row, coefficient);
        }
        let mut number = 0;
        for (i, bit) in pair.iter().enumerate() {
            d.place(*bit, 2 + i, row);
            number += usize::from(d.variable_value(*bit).is_some_and(|bit| bit.is_one())) << i;
        }
        if pair.len() == 1 {
            let zero = d.constant_variable(Fr::zero());
            d.place(zero, 3, row);
        }
        let entry = [Native::zero(), one, two, three][number];
        entries.iter_mut().for_each(|entries| entries.push(entry));
        sums.iter_mut().for_each(|sums| sums.push(sums[sums.len() - 1] + entry));
    }
    let sums = sums.map(|sums| Sum::normalize_batch(&sums));
    let mut out = start;
    for (i, row) in (first..).enumerate().take(windows + 1) {
        if i < windows {
            point_at(d, 4, row, entries.as_ref().map(|entries| entries[i]));
        }
        if i > 0 {
            out = point_at(d, 0, row, sums.as_ref().map(|sums| sums[i]));
        }
    }
    out
}

/// `Σ 2^i·bit_i·P` for P on the curve. A row for each bit, and one for the result.
pub(super) fn mul_point(d: &mut Plonkish, bits: &[u32], point: Coordinates) -> Coordinates {
    let start = identity(d);
    let first = d.table.rows(bits.len() + 1, "edwards ladder");
    for (column, variable) in [(0, point.0), (1, point.1), (2, start.0), (3, start.1)] {
        d.place(variable, column, first);
    }
    let mut multiples: Option<Vec<Sum>> = value(d, point).map(|point| vec![point.into()]);
    let mut sums: Option<Vec<Sum>> = multiples.is_some().then(|| vec![Sum::zero()]);
    for (i, bit) in bits.iter().enumerate() {
        if let (Some(multiples), Some(sums)) = (&mut multiples, &mut sums) {
            let taken = d.variable_value(*bit).is_some_and(|bit| bit.is_one());
            sums.push(if taken { sums[i] + multiples[i] } else { sums[i] });
            multiples.push(multiples[i].double());
        }
    }
    let multiples = multiples.map(|multiples| Sum::normalize_batch(&multiples));
    let sums = sums.map(|sums| Sum::normalize_batch(&sums));
    let mut out = start;
    for (i, row) in (first..).enumerate().take(bits.len() + 1) {
        let multiple = multiples.as_ref().map(|multiples| multiples[i]);
        if i > 0 {
            point_at(d, 0, row, multiple);
            out = point_at(d, 2, row, sums.as_ref().map(|sums| sums[i]));
        }
        if let Some(bit) = bits.get(i) {
            d.table.select(LADDER, row);
            d.place(*bit, 4, row);
            let bit = d.variable_value(*bit);
            d.table.assign(5, row, bit.zip(multiple).map(|(bit, p)| bit * p.x * p.y));
        }
    }
    out
}

/// Base8 times 4^w, twice and three times that, for every window w.
fn window_tables(windows: usize) -> Vec<[Native; 3]> {
    let mut point = Sum::from(babyjub::base8());
    let mut points = Vec::with_capacity(3 * windows);
    for _ in 0..windows {
        let double = point.double();
        points.extend([point, double, double + point]);
        point = double.double();
    }
    Sum::normalize_batch(&points).chunks_exact(3).map(|table| [table[0], table[1], table[2]]).collect()
}

fn identity(d: &mut Plonkish) -> Coordinates {
    (d.constant_variable(Fr::zero()), d.constant_variable(Fr::one()))
}

/// The point, if known. It may be off the curve: then no table with it is accepted.
fn value(d: &Plonkish, (x, y): Coordinates) -> Option<Native> {
    Some(Native::new_unchecked(d.variable_value(x)?, d.variable_value(y)?))
}

fn point_at(d: &mut Plonkish, column: usize, row: u32, point: Option<Native>) -> Coordinates {
    (d.variable_at(column, row, point.map(|p| p.x)), d.variable_at(column + 1, row, point.map(|p| p.y)))
}
