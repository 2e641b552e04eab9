//! Owning a key: `A = sk·Base8`.

use popw_core::Fr;

use super::{
    compare::enforce_nonzero,
    edwards::{Point, alloc_scalar_bits},
};
use crate::driver::Driver;

/// A new secret scalar and its public key `A = sk·Base8`, with `0 < sk < l` enforced over the integers: a scalar is
/// the only one of its key, so a nullifier made from it is the only one, too. (sk + t·l, t < 8, would fit the
/// field and give the same A.) Cost in R1CS: 847.
///
/// | part | says |
/// | --- | --- |
/// | `key/range` | 251 bits, below l, not 0 |
/// | `key/equation` | A = sk·Base8 |
///
/// A is in the subgroup of order l and not the identity.
pub fn own_key<D: Driver>(d: &mut D, sk: Option<Fr>) -> (D::Wire, Point<D>) {
    d.within("key", |d| {
        let sk = d.input(sk);
        let bits = d.within("range", |d| {
            enforce_nonzero(d, &sk);
            alloc_scalar_bits(d, &sk)
        });
        let public = d.within("equation", |d| d.mul_base8(&bits));
        (sk, public)
    })
}
