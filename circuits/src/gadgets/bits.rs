//! Booleans and bit decompositions.

use alloc::vec::Vec;

use ark_ff::{BigInt, BigInteger, PrimeField};
use popw_core::Fr;

use crate::driver::Driver;

/// Bits of a field element's canonical representative.
pub const FIELD_BITS: usize = 254;

/// A new boolean wire. Cost in R1CS: 1.
pub fn alloc_bool<D: Driver>(d: &mut D, value: Option<bool>) -> D::Wire {
    let wire = d.alloc(value.map(Fr::from));
    d.enforce_bool(&wire);
    wire
}

/// `Σ 2^i · bit_i`.
pub fn recompose<D: Driver>(d: &mut D, bits: &[D::Wire]) -> D::Wire {
    let mut power = Fr::from(1u64);
    let terms: Vec<_> = bits
        .iter()
        .map(|bit| {
            let term = (power, bit);
            power += power;
            term
        })
        .collect();
    d.linear(&terms, Fr::from(0u64))
}

/// Default body of [`Driver::alloc_bits`]. Cost in R1CS: `count + 1`.
pub fn default_alloc_bits<D: Driver>(d: &mut D, wire: &D::Wire, count: usize) -> Vec<D::Wire> {
    let value = d.value(wire).map(PrimeField::into_bigint);
    let bits: Vec<_> = (0..count).map(|i| alloc_bool(d, value.map(|v| v.get_bit(i)))).collect();
    let sum = recompose(d, &bits);
    d.enforce_equal(&sum, wire);
    bits
}

/// The 254 bits of `wire`'s canonical representative (< r), least significant first. Without the comparison
/// with r a small value v would have a second decomposition, that of v + r.
pub fn alloc_canonical_bits<D: Driver>(d: &mut D, wire: &D::Wire) -> Vec<D::Wire> {
    let bits = d.alloc_bits(wire, FIELD_BITS);
    d.within("canonical", |d| enforce_bits_below(d, &bits, &Fr::MODULUS));
    bits
}

/// Enforces `Σ 2^i·bit_i < bound` over the integers, for boolean `bits`.
///
/// # Panics
/// If `bound` is zero or has more bits than `bits`.
pub fn enforce_bits_below<D: Driver>(d: &mut D, bits: &[D::Wire], bound: &BigInt<4>) {
    d.enforce_bits_below(bits, bound);
}

/// Default body of [`Driver::enforce_bits_below`].
///
/// Compares with `c = bound − 1` from the top: `prefix` says that all bits at the ones of `c` so far are one.
/// Where `c` has zeros, the bits must then be zero. Cost in R1CS: one per 1-bit of `c`, one per run of zeros.
///
/// # Panics
/// If `bound` is zero or has more bits than `bits`.
pub fn default_enforce_bits_below<D: Driver>(d: &mut D, bits: &[D::Wire], bound: &BigInt<4>) {
    let mut top = *bound;
    assert!(!top.sub_with_borrow(&BigInt::from(1u64)), "no number is below 0");
    assert!(top.num_bits() as usize <= bits.len(), "the bound needs no more bits than there are");
    let zero = d.constant(Fr::from(0u64));
    let mut prefix: Option<D::Wire> = None;
    let mut i = bits.len();
    while i > 0 {
        if top.get_bit(i - 1) {
            i -= 1;
            // Ones below the last zero of `c` allow anything.
            if (0..i).all(|j| top.get_bit(j)) {
                break;
            }
            prefix = Some(match prefix {
                None => bits[i].clone(),
                Some(prefix) => d.mul(&prefix, &bits[i]),
            });
        } else {
            let end = i;
            while i > 0 && !top.get_bit(i - 1) {
                i -= 1;
            }
            // At most 254 booleans: the sum is zero only when each is.
            let terms: Vec<_> = bits[i..end].iter().map(|bit| (Fr::from(1u64), bit)).collect();
            let any = d.linear(&terms, Fr::from(0u64));
            match &prefix {
                None => d.enforce_zero(&any),
                Some(prefix) => d.enforce_mul(prefix, &any, &zero),
            }
        }
    }
}
