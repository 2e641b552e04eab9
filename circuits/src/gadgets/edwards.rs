//! Points of Baby Jubjub, `a·x² + y² = 1 + d·x²·y²` with a = 168700 and d = 168696 (EIP-2494).
//!
//! a is a square and d is not, so for points on the curve the denominators `1 ± d·x1·x2·y1·y2` of the addition
//! law are never zero (Bernstein, Birkner, Joye, Lange, Peters, "Twisted Edwards Curves", section 6): addition
//! and doubling are complete, and the quotients below are unique. The two scalar multiplications work mostly in
//! Montgomery form, which is cheaper but not complete; each says why its exceptions cannot be reached.
//!
//! Hints are total: where an inverse does not exist the hint is 0, and a constraint refuses.

use alloc::vec::Vec;

use ark_ec::twisted_edwards::TECurveConfig;
use ark_ff::{AdditiveGroup, Field, One};
use popw_core::{
    Fr,
    babyjub::{BabyJubjub, SUBORDER},
};

use super::{bits::enforce_bits_below, compare::enforce_nonzero};
use crate::driver::Driver;

mod fixed_base;
mod montgomery;
mod variable_base;

pub use fixed_base::default_mul_base8;
pub use variable_base::default_mul_point;

/// Bits of an integer below l, the prime order of Base8.
pub const SCALAR_BITS: usize = 251;

/// A pair of wires read as a point. Functions here say which of them must be on the curve.
pub struct Point<D: Driver> {
    /// Abscissa.
    pub x: D::Wire,
    /// Ordinate.
    pub y: D::Wire,
}

impl<D: Driver> Clone for Point<D> {
    fn clone(&self) -> Self {
        Self { x: self.x.clone(), y: self.y.clone() }
    }
}

/// A point the prover chooses, on the curve: any of its 8·l points. Cost in R1CS: 3.
pub fn input_point<D: Driver>(d: &mut D, value: Option<(Fr, Fr)>) -> Point<D> {
    let point = input_point_unchecked(d, value);
    d.within("on_curve", |d| enforce_on_curve(d, &point));
    point
}

/// Two wires the prover chooses and nothing said about them: whoever reads them as a point must put them on the curve.
pub fn input_point_unchecked<D: Driver>(d: &mut D, value: Option<(Fr, Fr)>) -> Point<D> {
    Point { x: d.input(value.map(|v| v.0)), y: d.input(value.map(|v| v.1)) }
}

/// The 251 bits of `scalar`, least significant first, with `scalar < l`. Cost in R1CS: 425.
pub fn alloc_scalar_bits<D: Driver>(d: &mut D, scalar: &D::Wire) -> Vec<D::Wire> {
    let bits = d.alloc_bits(scalar, SCALAR_BITS);
    enforce_bits_below(d, &bits, &SUBORDER);
    bits
}

/// Enforces the curve's equation. Cost in R1CS: 3.
pub fn enforce_on_curve<D: Driver>(d: &mut D, point: &Point<D>) {
    let xx = d.mul(&point.x, &point.x);
    let yy = d.mul(&point.y, &point.y);
    let scaled = d.linear(&[(BabyJubjub::COEFF_D, &xx)], Fr::ZERO);
    let right = d.linear(&[(BabyJubjub::COEFF_A, &xx), (Fr::ONE, &yy)], -Fr::ONE);
    d.enforce_mul(&scaled, &yy, &right);
}

/// Default body of [`Driver::edwards_add`]. Both points must be on the curve. Cost in R1CS: 6.
pub fn default_add<D: Driver>(d: &mut D, p: &Point<D>, q: &Point<D>) -> Point<D> {
    let (a, one) = (BabyJubjub::COEFF_A, Fr::ONE);
    let beta = d.mul(&p.x, &q.y);
    let gamma = d.mul(&p.y, &q.x);
    let left = d.linear(&[(one, &p.y), (-a, &p.x)], Fr::ZERO);
    let right = d.add(&q.x, &q.y);
    let delta = d.mul(&left, &right);
    let tau = d.mul(&beta, &gamma);
    let x = d.add(&beta, &gamma);
    let y = d.linear(&[(one, &delta), (a, &beta), (-one, &gamma)], Fr::ZERO);
    let below_x = d.linear(&[(BabyJubjub::COEFF_D, &tau)], one);
    let below_y = d.linear(&[(-BabyJubjub::COEFF_D, &tau)], one);
    Point { x: divide(d, &x, &below_x), y: divide(d, &y, &below_y) }
}

/// `2·point`, for a point on the curve: `1 ± d·x²·y²` written with the curve's equation. Cost in R1CS: 5.
pub fn double<D: Driver>(d: &mut D, point: &Point<D>) -> Point<D> {
    let (a, one) = (BabyJubjub::COEFF_A, Fr::ONE);
    let xx = d.mul(&point.x, &point.x);
    let yy = d.mul(&point.y, &point.y);
    let xy = d.mul(&point.x, &point.y);
    let x = d.add(&xy, &xy);
    let y = d.linear(&[(one, &yy), (-a, &xx)], Fr::ZERO);
    let below_x = d.linear(&[(a, &xx), (one, &yy)], Fr::ZERO);
    let below_y = d.linear(&[(-a, &xx), (-one, &yy)], Fr::from(2u64));
    Point { x: divide(d, &x, &below_x), y: divide(d, &y, &below_y) }
}

/// `−point`. Costs nothing in R1CS.
pub fn negate<D: Driver>(d: &mut D, point: &Point<D>) -> Point<D> {
    Point { x: d.linear(&[(-Fr::ONE, &point.x)], Fr::ZERO), y: point.y.clone() }
}

/// `if condition { p } else { q }`; `condition` must already be boolean. Cost in R1CS: 2.
pub fn select<D: Driver>(d: &mut D, condition: &D::Wire, p: &Point<D>, q: &Point<D>) -> Point<D> {
    Point { x: d.select(condition, &p.x, &q.x), y: d.select(condition, &p.y, &q.y) }
}

/// `8·point`, which is in the subgroup of order l, and enforces that it is not the identity: `point` must be on
/// the curve and is shown not to be of small order. Cost in R1CS: 16.
///
/// In that subgroup only the identity has abscissa 0: the other such point, (0, −1), has order 2.
pub fn mul_by_8<D: Driver>(d: &mut D, point: &Point<D>) -> Point<D> {
    let twice = double(d, point);
    let four_times = double(d, &twice);
    let out = double(d, &four_times);
    enforce_nonzero(d, &out.x);
    out
}

/// The `out` with `out · denominator = numerator`: unique where the denominator is not zero, which callers show.
fn divide<D: Driver>(d: &mut D, numerator: &D::Wire, denominator: &D::Wire) -> D::Wire {
    divide_guessing(d, numerator, denominator, None)
}

/// As [`divide`], sparing an inversion where `guess` is the denominator's inverse.
fn divide_guessing<D: Driver>(
    d: &mut D,
    numerator: &D::Wire,
    denominator: &D::Wire,
    guess: Option<Fr>,
) -> D::Wire {
    let hint = match (d.value(numerator), d.value(denominator)) {
        (Some(n), Some(m)) => {
            let guess = guess.filter(|guess| (*guess * m).is_one());
            Some(n * guess.or_else(|| m.inverse()).unwrap_or_default())
        }
        _ => None,
    };
    let out = d.alloc(hint);
    d.enforce_mul(&out, denominator, numerator);
    out
}
