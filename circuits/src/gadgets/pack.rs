//! Packed and saturating integers.

use alloc::vec::Vec;

use ark_ff::PrimeField;
use popw_core::Fr;

use super::{
    bits::recompose,
    compare::{is_zero, two_to},
};
use crate::driver::Driver;

/// `Σ value_i · 2^(offset_i)` for fields laid side by side, least significant first; each must already be known
/// to fit its width, and the widths to sum to at most 253.
pub fn pack<D: Driver>(d: &mut D, fields: &[(&D::Wire, usize)]) -> D::Wire {
    let mut offset = 0;
    let terms: Vec<_> = fields
        .iter()
        .map(|(wire, width)| {
            let term = (two_to(offset), *wire);
            offset += width;
            term
        })
        .collect();
    assert!(offset <= 253, "packed fields fit the field");
    d.linear(&terms, Fr::from(0u64))
}

/// A wire the prover chooses, known to be below `2^width`, `width ≤ 253`.
pub fn input_uint<D: Driver>(d: &mut D, value: Option<Fr>, width: usize) -> D::Wire {
    let wire = d.input(value);
    d.enforce_range(&wire, width);
    wire
}

/// `min(wire, 2^to − 1)` for `wire < 2^from`, which is enforced; `to ≤ from ≤ 253`.
/// Cost in R1CS: `from + 4`.
pub fn saturate<D: Driver>(d: &mut D, wire: &D::Wire, from: usize, to: usize) -> D::Wire {
    let bits = d.alloc_bits(wire, from);
    saturate_bits(d, &bits, to)
}

/// `min(Σ 2^i·bit_i, 2^to − 1)` for boolean `bits`. Cost in R1CS: 3.
pub fn saturate_bits<D: Driver>(d: &mut D, bits: &[D::Wire], to: usize) -> D::Wire {
    let low = recompose(d, &bits[..to]);
    let terms: Vec<_> = bits[to..].iter().map(|bit| (Fr::from(1u64), bit)).collect();
    let high = d.linear(&terms, Fr::from(0u64));
    let fits = is_zero(d, &high);
    let most = d.constant(two_to(to) - Fr::from(1u64));
    d.select(&fits, &low, &most)
}

/// Canonical value as u64 where it fits; hints only.
pub fn as_u64(value: Fr) -> u64 {
    value.into_bigint().0[0]
}
