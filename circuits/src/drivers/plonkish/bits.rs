//! Booleans and decompositions.

use alloc::vec::Vec;

use ark_ff::{BigInt, BigInteger, Field, One, PrimeField, Zero};
use popw_core::Fr;

use super::{
    Plonkish, Wire, bare,
    fixed::{BOOLEAN, CONSTANT, JOINT, LINEAR},
};
use crate::{driver::Driver, gadgets::bits::default_enforce_bits_below};

const DECOMPOSITION: &str = "bits";
const BOOLEANS: &str = "booleans";
/// Booleans a row checks.
const PER_ROW: usize = 5;
/// Integers below 2^252 stay apart in the field, and so do their differences.
const COMPARABLE: usize = 252;

/// Bits that [`decompose`] made, with what is left of the value after each row of them.
#[derive(Clone, Debug)]
pub(super) struct Decomposition {
    whole: Wire,
    bits: Vec<u32>,
    left: Vec<u32>,
}

/// `count` bits of `wire`, five to a row. In row i, `a5` holds what is left of the value after 5·i bits:
/// `Σ 2^j·a_j + 32 · next a5 = a5`, and nothing is left after the last row. The first row takes a multiple of a
/// variable plus a constant in place of `a5`.
pub(super) fn decompose(d: &mut Plonkish, wire: &Wire, count: usize) -> Vec<u32> {
    let integer = d.wire_value(wire).map(PrimeField::into_bigint);
    decompose_as(d, wire, count, integer)
}

/// As [`decompose`], with the bits of `integer` as hints.
fn decompose_as(d: &mut Plonkish, wire: &Wire, count: usize, integer: Option<BigInt<4>>) -> Vec<u32> {
    if count == 0 {
        let sum = d.sum(&[(Fr::from(1u64), wire)], Fr::from(0u64));
        d.emit_zero(sum);
        return Vec::new();
    }
    let whole = d.affine(wire);
    let bit = |i: usize| integer.map(|integer| Fr::from(integer.get_bit(i)));
    let (one, base) = (Fr::from(1u64), Fr::from(1u64 << PER_ROW));
    let inverse = base.inverse().expect("32 is not 0");

    let rows = count.div_ceil(PER_ROW);
    let first = d.table.rows(rows, DECOMPOSITION);
    let mut left = d.wire_value(wire);
    let mut bits = Vec::with_capacity(count);
    let mut left_variables = Vec::with_capacity(rows);
    for row in 0..rows {
        let at = first + u32::try_from(row).expect("few rows");
        d.table.select(JOINT, at);
        d.table.select(BOOLEAN, at);
        if row > 0 {
            d.table.fix(LINEAR[5], at, -one);
            let variable = d.variable_at(5, at, left);
            left = d.variable_value(variable);
            left_variables.push(variable);
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
            d.table.fix(coefficient, at, power);
            let variable = d.variable_at(column, at, bit(bits.len()));
            left = left.zip(d.variable_value(variable)).map(|(left, bit)| left - bit * power);
            bits.push(variable);
            power += power;
        }
        left = left.map(|left| left * inverse);
    }
    let decomposition = Decomposition { whole: *wire, bits: bits.clone(), left: left_variables };
    d.decompositions.insert(bits[0], decomposition);
    bits
}

/// Enforces `Σ 2^i·bit_i < bound` over the integers.
///
/// With c = bound − 1 and the integer V: up to 252 bits, c − V is shown to be a number of that many bits again.
/// Beyond, both are cut at 2^125, V by what its decomposition has left there, and the parts are subtracted with a
/// borrow: c_low − V_low + 2^125·borrow < 2^125 and c_high − V_high − borrow < 2^129. Nothing here reaches r, so
/// these hold over the integers and together say V ≤ c. Bits of other origin take the default body.
pub(super) fn enforce_below(d: &mut Plonkish, bits: &[Wire], bound: &BigInt<4>) {
    let Some(Decomposition { whole, left, .. }) = decomposition_of(d, bits) else {
        return default_enforce_bits_below(d, bits, bound);
    };
    let mut most = *bound;
    assert!(!most.sub_with_borrow(&BigInt::from(1u64)), "no number is below 0");
    assert!(most.num_bits() as usize <= bits.len(), "the bound needs no more bits than there are");
    let (one, count) = (Fr::one(), bits.len());
    if count <= COMPARABLE {
        let most = Fr::from_bigint(most).expect("252 bits are below r");
        let gap = d.linear(&[(-one, &whole)], most);
        return d.enforce_range(&gap, count);
    }
    let cut = PER_ROW * (COMPARABLE / 2 / PER_ROW);
    let (low, high) = split(most, cut);
    let base = Fr::from(2u64).pow([cut as u64]);
    let above = bare(left[cut / PER_ROW - 1]);
    let borrow = d.value(&whole).zip(d.value(&above)).map(|(whole, above)| {
        let below = (whole - above * base).into_bigint();
        Fr::from(below > low.into_bigint())
    });
    let borrow = d.alloc(borrow);
    d.enforce_bool(&borrow);
    let gap = d.linear(&[(-one, &whole), (base, &above), (base, &borrow)], low);
    d.enforce_range(&gap, cut);
    let gap = d.linear(&[(-one, &above), (-one, &borrow)], high);
    d.enforce_range(&gap, count - cut);
}

/// The decomposition whose bits these are, all of them in order.
fn decomposition_of(d: &Plonkish, bits: &[Wire]) -> Option<Decomposition> {
    let plain = |wire: &Wire| match *wire {
        Wire::Affine { scale, variable, offset } if scale.is_one() && offset.is_zero() => Some(variable),
        _ => None,
    };
    let found = d.decompositions.get(&plain(bits.first()?)?)?;
    let same = found.bits.len() == bits.len()
        && found.bits.iter().zip(bits).all(|(variable, wire)| plain(wire) == Some(*variable));
    same.then(|| found.clone())
}

/// The bits below `cut` and those above, as field elements.
fn split(integer: BigInt<4>, cut: usize) -> (Fr, Fr) {
    let part =
        |bits: &[bool]| Fr::from_bigint(BigInt::from_bits_le(bits)).expect("half of the bits are below r");
    let bits = integer.to_bits_le();
    (part(&bits[..cut]), part(&bits[cut..]))
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
    d.table.claim_boolean(row, column);
    d.place(variable, column, row);
    if column + 1 < PER_ROW {
        d.free_boolean = Some((row, column + 1));
    }
}

#[cfg(test)]
mod tests {
    use alloc::collections::BTreeMap;
    use std::vec::Vec;

    use super::*;
    use crate::drivers::plonkish::{Checker, check};

    /// The bits of v + r satisfy the sum; the comparison refuses them.
    #[test]
    fn another_representative_is_refused() {
        for value in [0u64, 1, 77, u64::MAX] {
            let value = Fr::from(value);
            let mut other = value.into_bigint();
            other.add_with_carry(&Fr::MODULUS);
            for (integer, refused) in [(value.into_bigint(), None), (other, Some("below"))] {
                let audited = Plonkish::audit(|d| {
                    let wire = d.alloc(Some(value));
                    let bits: Vec<_> =
                        decompose_as(d, &wire, 254, Some(integer)).into_iter().map(bare).collect();
                    d.within("below", |d| enforce_below(d, &bits, &Fr::MODULUS));
                });
                let violated = Checker::new(&audited.layout).violated(&audited.advice, &audited.trace);
                assert_eq!(violated.keys().next().map(|clause| clause.as_str()), refused);
                assert_eq!(violated.len(), usize::from(refused.is_some()));
            }
        }
    }

    /// Booleans of several parts share a row; a violation names the part that asked, not the one that made the row.
    #[test]
    fn a_boolean_of_a_shared_row_is_its_askers() {
        let parts = ["first", "second", "third", "fourth", "fifth"];
        for (variable, part) in (0u32..).zip(parts) {
            let forged = BTreeMap::from([(variable, Fr::from(2u64))]);
            let audited = Plonkish::forging(forged, |d| {
                for part in parts {
                    d.within(part, |d| {
                        let bit = d.alloc(Some(Fr::one()));
                        d.enforce_bool(&bit);
                    });
                }
            });
            assert_eq!(audited.layout.rows, 1);
            let violated = Checker::new(&audited.layout).violated(&audited.advice, &audited.trace);
            assert_eq!(violated.keys().map(|clause| clause.as_str()).collect::<Vec<_>>(), [part]);
        }
    }

    #[test]
    fn cuts_where_it_says() {
        let edge = Fr::from(2u64).pow([125u64]);
        let bounds =
            [Fr::from(3u64) * edge, Fr::from(3u64) * edge + Fr::one(), Fr::from(4u64) * edge - Fr::one()];
        for bound in bounds {
            let offsets = [Fr::zero(), Fr::one(), edge - Fr::one(), edge, edge + Fr::one()];
            let below = offsets.map(|offset| bound - Fr::one() - offset);
            let not_below = offsets.map(|offset| bound + offset);
            for (values, holds) in [(below, true), (not_below, false)] {
                for value in values {
                    let audited = Plonkish::audit(|d| {
                        let wire = d.alloc(Some(value));
                        let bits = d.alloc_bits(&wire, 254);
                        d.enforce_bits_below(&bits, &bound.into_bigint());
                    });
                    assert_eq!(check(&audited.layout, &audited.advice).is_ok(), holds, "{value} < {bound}");
                }
            }
        }
    }
}
