//! EdDSA-Poseidon on Baby Jubjub, circomlib's equation: `S·Base8 = R8 + 8·h·A`, `h = H(R8.x, R8.y, A.x, A.y, M)`.
//!
//! # Statement
//! | part | says | holds |
//! | --- | --- | --- |
//! | `on_curve` | A is on the curve | always |
//! | `small_order` | 8·A is not the identity | always |
//! | `range` | S < l | always |
//! | `hash` | h, and its 254 bits, canonical: those of h + r are refused | always |
//! | `equation` | S·Base8 − h·(8·A) = R8 | if enabled |
//!
//! # Soundness
//! 8·A is in the subgroup of order l and not the identity, so it has order exactly l: what
//! [`Driver::mul_point`] asks for. h·(8·A) with the integer h < r is circomlib's 8·h·A. All of S·Base8 − h·(8·A) is
//! determined by A, S and h; R8 is compared with it, coordinate by coordinate, so it is on the curve and in the
//! subgroup where the equation is enabled.
//!
//! # Completeness
//! Every signature that circomlib accepts under such a key is accepted. A seat that is not used is filled with any
//! key that is not of small order, such as Base8, and any S < l.
//!
//! # Cost in R1CS
//! 3 + 16 + 425 for A and S, 321 + 407 for h and its bits, 421 + 1643 for the products, 8 for the comparison.

use super::{
    bits::alloc_canonical_bits,
    compare::enforce_equal_if,
    edwards::{Point, alloc_scalar_bits, enforce_on_curve, mul_by_8, negate},
};
use crate::driver::Driver;

/// Enforces that (R8, S) is a signature of `message` by `public_key` where `enabled`, which must already be boolean,
/// is 1. The points are any wires. What holds even if `enabled` is 0 is in the module's table.
pub fn verify_if<D: Driver>(
    d: &mut D,
    enabled: &D::Wire,
    public_key: &Point<D>,
    message: &D::Wire,
    r8: &Point<D>,
    s: &D::Wire,
) {
    let inputs = [&r8.x, &r8.y, &public_key.x, &public_key.y, message].map(Clone::clone);
    let h = d.within("hash", |d| d.poseidon(&inputs));
    enforce_equation_if(d, enabled, public_key, &h, r8, s);
}

/// All of [`verify_if`] but the hash: `S·Base8 = R8 + 8·h·A` for an h that the caller has made.
pub fn enforce_equation_if<D: Driver>(
    d: &mut D,
    enabled: &D::Wire,
    public_key: &Point<D>,
    h: &D::Wire,
    r8: &Point<D>,
    s: &D::Wire,
) {
    d.within("on_curve", |d| enforce_on_curve(d, public_key));
    let key_by_8 = d.within("small_order", |d| mul_by_8(d, public_key));
    let s_bits = d.within("range", |d| alloc_scalar_bits(d, s));
    let h_bits = d.within("hash", |d| alloc_canonical_bits(d, h));
    d.within("equation", |d| {
        let left = d.mul_base8(&s_bits);
        let right = d.mul_point(&h_bits, &key_by_8);
        let minus_right = negate(d, &right);
        let expected = d.edwards_add(&left, &minus_right);
        enforce_equal_if(d, enabled, &expected.x, &r8.x);
        enforce_equal_if(d, enabled, &expected.y, &r8.y);
    });
}
