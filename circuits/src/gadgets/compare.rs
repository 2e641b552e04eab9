//! Zero tests and comparisons.

use ark_ff::Field;
use popw_core::Fr;

use crate::driver::Driver;

/// Whether `wire` is zero, as a boolean. Cost in R1CS: 2.
///
/// `out = 1 − wire·inverse` and `wire·out = 0`: the second forces `out = 0` when `wire ≠ 0`, the first `out = 1`
/// when `wire = 0`. The inverse is free when `wire = 0`; it influences nothing else.
pub fn is_zero<D: Driver>(d: &mut D, wire: &D::Wire) -> D::Wire {
    let inverse = d.value(wire).map(|v| v.inverse().unwrap_or_default());
    let inverse = d.alloc(inverse);
    let product = d.mul(wire, &inverse);
    let out = d.not(&product);
    let zero = d.constant(Fr::from(0u64));
    d.enforce_mul(wire, &out, &zero);
    out
}

/// Enforces `wire ≠ 0`. Cost in R1CS: 1.
pub fn enforce_nonzero<D: Driver>(d: &mut D, wire: &D::Wire) {
    let inverse = d.value(wire).map(|v| v.inverse().unwrap_or_default());
    let inverse = d.alloc(inverse);
    let one = d.constant(Fr::from(1u64));
    d.enforce_mul(wire, &inverse, &one);
}

/// Whether `a ≥ b`, for integers with `−2^bits ≤ a − b < 2^bits`, `bits ≤ 252`. Cost in R1CS: `bits + 2`.
pub fn is_at_least<D: Driver>(d: &mut D, a: &D::Wire, b: &D::Wire, bits: usize) -> D::Wire {
    let one = Fr::from(1u64);
    // a − b + 2^bits lies in [0, 2^(bits + 1)): its top bit is the answer.
    let shifted = d.linear(&[(one, a), (-one, b)], two_to(bits));
    let mut decomposition = d.alloc_bits(&shifted, bits + 1);
    decomposition.pop().expect("bits + 1 > 0")
}

/// Enforces `a < b` for `a` known below `2^bits` or `b` known at most `2^bits`, `bits ≤ 252`, both far from r.
/// Cost in R1CS: `bits + 1`.
pub fn enforce_less<D: Driver>(d: &mut D, a: &D::Wire, b: &D::Wire, bits: usize) {
    let one = Fr::from(1u64);
    let gap = d.linear(&[(one, b), (-one, a)], -one);
    d.enforce_range(&gap, bits);
}

/// Enforces `wire = 0` where `condition` holds. Cost in R1CS: 1.
pub fn enforce_zero_if<D: Driver>(d: &mut D, condition: &D::Wire, wire: &D::Wire) {
    let zero = d.constant(Fr::from(0u64));
    d.enforce_mul(condition, wire, &zero);
}

/// Enforces `a = b` where `condition` holds. Cost in R1CS: 1.
pub fn enforce_equal_if<D: Driver>(d: &mut D, condition: &D::Wire, a: &D::Wire, b: &D::Wire) {
    let difference = d.sub(a, b);
    enforce_zero_if(d, condition, &difference);
}

/// `2^bits` in the field.
pub fn two_to(bits: usize) -> Fr {
    Fr::from(2u64).pow([bits as u64])
}
