//! The used-seat rule: owners of used seats differ from each other and from the device's.

use alloc::vec::Vec;

use ark_ff::{BigInt, PrimeField};
use popw_core::Fr;

use super::compare::enforce_nonzero;
use crate::driver::Driver;

/// What stands for the owner of unused seat `j`: distinct for every seat, and outside the range of accounts
/// (160 or 248 bits), so no real owner is mistaken for it.
pub fn placeholder(seat: usize) -> Fr {
    Fr::from_bigint(BigInt([seat as u64, 0, 0, 1 << 60])).expect("2^252 + seat < r")
}

/// Enforces that the owners of used seats are pairwise different and none is `device_owner`.
///
/// One product over all pairs of effective owners (`used ? owner : placeholder`) and its inverse: a product of
/// field elements is zero exactly when one of them is. `used` must be boolean.
/// Cost in R1CS: `n + n(n + 1)/2`.
pub fn enforce_distinct_owners<D: Driver>(d: &mut D, device_owner: &D::Wire, seats: &[(D::Wire, D::Wire)]) {
    let mut owners: Vec<D::Wire> = Vec::with_capacity(seats.len() + 1);
    owners.push(device_owner.clone());
    for (j, (used, owner)) in seats.iter().enumerate() {
        let other = d.constant(placeholder(j));
        owners.push(d.select(used, owner, &other));
    }
    let mut product: Option<D::Wire> = None;
    for (i, a) in owners.iter().enumerate() {
        for b in &owners[i + 1..] {
            let difference = d.sub(a, b);
            product = Some(match product {
                None => difference,
                Some(product) => d.mul(&product, &difference),
            });
        }
    }
    if let Some(product) = product {
        enforce_nonzero(d, &product);
    }
}
