//! A small number as a one-hot vector, and the thermometer read from it.

use alloc::vec::Vec;

use ark_ff::PrimeField;
use popw_core::Fr;

use crate::driver::Driver;

/// A number in `0..=max`, one boolean per possible value.
pub struct OneHot<D: Driver> {
    /// `max + 1` booleans, exactly one of them 1.
    pub is: Vec<D::Wire>,
    /// `below[i] = [i < number]` for `i` in `0..max`: first ones, then zeros.
    pub below: Vec<D::Wire>,
}

/// Decomposes `number`, which is thereby at most `max`. Cost in R1CS: `max + 3`.
pub fn alloc_one_hot<D: Driver>(d: &mut D, number: &D::Wire, max: usize) -> OneHot<D> {
    let value = d.value(number).map(PrimeField::into_bigint);
    let (zero, one) = (Fr::from(0u64), Fr::from(1u64));
    let is: Vec<_> = (0..=max)
        .map(|i| {
            let here = value.map(|v| v == Fr::from(i as u64).into_bigint());
            super::bits::alloc_bool(d, here)
        })
        .collect();
    // Running sums from the top: their total must be 1, and the sum above i says whether i < number.
    let mut above = is[max].clone();
    let mut below = Vec::with_capacity(max);
    for wire in is[..max].iter().rev() {
        below.push(above.clone());
        above = d.add(&above, wire);
    }
    below.reverse();
    let rest = d.linear(&[(one, &above)], -one);
    d.enforce_zero(&rest);
    let terms: Vec<_> = is.iter().enumerate().map(|(i, wire)| (Fr::from(i as u64), wire)).collect();
    let weighted = d.linear(&terms, zero);
    d.enforce_equal(&weighted, number);
    OneHot { is, below }
}
