//! Draws: `low128(seed) mod n`, of witnesses for a device and of nodes to open.

use alloc::vec::Vec;

use ark_ff::{BigInt, PrimeField};
use popw_core::Fr;

use super::{
    bits::{alloc_canonical_bits, recompose},
    compare::enforce_less,
};
use crate::driver::Driver;

const SEED_BITS: usize = 128;
/// Bits of the number of things drawn from.
pub const COUNT_BITS: usize = 32;

/// `low128(seed) mod count`, for a `count` known to be below 2^32 (0 is refused). See [`low128_mod_bits`].
pub fn low128_mod<D: Driver>(d: &mut D, seed: &D::Wire, count: &D::Wire) -> D::Wire {
    let index = divide(d, seed, count);
    d.within("index", |d| {
        d.enforce_range(&index, COUNT_BITS);
        enforce_less(d, &index, count, COUNT_BITS);
    });
    index
}

/// The `bits` bits of `low128(seed) mod count`, least significant first, for a `count` known to be at most 2^bits
/// (0 is refused), `bits ≤ 64`.
///
/// seed = high·2^128 + low with canonical bits; low = quotient·count + index with quotient < 2^128 and
/// index < count ≤ 2^64: both sides stay below 2^193, so the equation holds over the integers and its solution is
/// unique. The bias of the draw is at most count / 2^128.
pub fn low128_mod_bits<D: Driver>(d: &mut D, seed: &D::Wire, count: &D::Wire, bits: usize) -> Vec<D::Wire> {
    let index = divide(d, seed, count);
    d.within("index", |d| {
        let index_bits = d.alloc_bits(&index, bits);
        enforce_less(d, &index, count, bits);
        index_bits
    })
}

/// What a division of the low half of `seed` leaves; the caller enforces that it is below `count`.
fn divide<D: Driver>(d: &mut D, seed: &D::Wire, count: &D::Wire) -> D::Wire {
    let bits = alloc_canonical_bits(d, seed);
    let low = recompose(d, &bits[..SEED_BITS]);
    let quotient = d.value(&low).zip(d.value(count)).map(|(low, count)| {
        let quotient = as_u128(low).checked_div(as_u128(count)).unwrap_or(0);
        Fr::from(quotient)
    });
    let quotient = d.alloc(quotient);
    d.within("quotient", |d| d.enforce_range(&quotient, SEED_BITS));
    let multiple = d.mul(&quotient, count);
    d.sub(&low, &multiple)
}

/// Low 128 bits; hints only.
fn as_u128(value: Fr) -> u128 {
    let BigInt([low, high, ..]) = value.into_bigint();
    u128::from(low) | u128::from(high) << 64
}
