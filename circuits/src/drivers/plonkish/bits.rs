//! Booleans and decompositions.

use alloc::vec::Vec;

use ark_ff::{BigInteger, Field, PrimeField};
use popw_core::Fr;

use super::{
    Plonkish, Wire,
    fixed::{BOOLEAN, CONSTANT, JOINT, LINEAR},
};

const DECOMPOSITION: &str = "bits";
const BOOLEANS: &str = "booleans";
/// Booleans a row checks.
const PER_ROW: usize = 5;

/// `count` bits of `wire`, five to a row. In row i, `a5` holds what is left of the value after 5·i bits:
/// `Σ 2^j·a_j + 32 · next a5 = a5`, and nothing is left after the last row. The first row takes a multiple of a
/// variable plus a constant in place of `a5`.
pub(super) fn decompose(d: &mut Plonkish, wire: &Wire, count: usize) -> Vec<u32> {
    if count == 0 {
        let sum = d.sum(&[(Fr::from(1u64), wire)], Fr::from(0u64));
        d.emit_zero(sum);
        return Vec::new();
    }
    let whole = d.affine(wire);
    let value = d.wire_value(wire);
    let integer = value.map(PrimeField::into_bigint);
    let bit = |i: usize| integer.map(|integer| Fr::from(integer.get_bit(i)));
    let (one, base) = (Fr::from(1u64), Fr::from(1u64 << PER_ROW));
    let inverse = base.inverse().expect("32 is not 0");

    let rows = count.div_ceil(PER_ROW);
    let first = d.table.rows(rows, DECOMPOSITION);
    let mut left = value;
    let mut bits = Vec::with_capacity(count);
    for row in 0..rows {
        let at = first + u32::try_from(row).expect("few rows");
        d.table.select(JOINT, at);
        d.table.select(BOOLEAN, at);
        if row > 0 {
            d.table.fix(LINEAR[5], at, -one);
            d.table.assign(5, at, left);
        } else {
            d.table.fix(CONSTANT[0], at, -whole.offset);
            if let Some(variable) = whole.variable {
                d.table.fix(LINEAR[5], at, -whole.scale);
                d.place(variable, 5, at);
            }
        }
        if row + 1 < rows {
            d.table.fix(CONSTANT[1], at, base);
        }
        let mut power = one;
        for (column, coefficient) in LINEAR.into_iter().enumerate().take(PER_ROW.min(count - bits.len())) {
            let value = bit(bits.len());
            d.table.fix(coefficient, at, power);
            d.table.assign(column, at, value);
            bits.push(d.variable_at(column, at, value));
            left = left.zip(value).map(|(left, bit)| left - bit * power);
            power += power;
        }
        left = left.map(|left| left * inverse);
    }
    bits
}

/// Enforces that a variable is 0 or 1: five of them share a row.
pub(super) fn enforce_boolean(d: &mut Plonkish, variable: u32) {
    let (row, column) = match d.free_boolean.take() {
        Some(free) => free,
        None => {
            let row = d.table.rows(1, BOOLEANS);
            d.table.select(BOOLEAN, row);
            (row, 0)
        }
    };
    d.place(variable, column, row);
    if column + 1 < PER_ROW {
        d.free_boolean = Some((row, column + 1));
    }
}
