//! The same curve in Montgomery form, `v² = u³ + A·u² + u` with A = 168698: affine chords and tangents.
//!
//! `u = (1 + y)/(1 − y)`, `v = u/x`. **Incomplete**: the identity has no coordinates here, and a chord through
//! two points of equal u leaves its slope free when the points are equal (0·λ = 0) and unsatisfiable when they
//! are opposite. Callers show, for every witness a prover may choose, that neither happens. All points here are
//! in the subgroup of odd prime order l, so no point has v = 0 (order 2) and tangents are never exceptional;
//! no point of the curve has u = −1, since v² = A − 2 = d is not a square.

use alloc::vec::Vec;

use ark_ec::twisted_edwards::MontCurveConfig;
use ark_ff::{Field, batch_inversion};
use popw_core::{Fr, babyjub::BabyJubjub};

use super::{Point, divide, divide_guessing};
use crate::driver::Driver;

/// The curve's A.
const A: Fr = <BabyJubjub as MontCurveConfig>::COEFF_A;

/// A point of the subgroup of order l, not the identity.
pub(super) struct Montgomery<D: Driver> {
    pub(super) u: D::Wire,
    pub(super) v: D::Wire,
}

/// Outside the circuit.
pub(super) type Projective = ark_ec::twisted_edwards::Projective<BabyJubjub>;

/// Inverses of the differences of u that chords will divide by, in their order: an inversion costs as much as a
/// hundred products, many together three products each. Only guesses, so nothing depends on them but time.
pub(super) struct Guesses(alloc::vec::IntoIter<Fr>);

impl Guesses {
    pub(super) fn none() -> Self {
        Self(Vec::new().into_iter())
    }

    /// For chords through these pairs of `points`.
    pub(super) fn new(points: &[Projective], pairs: impl Iterator<Item = (usize, usize)>) -> Self {
        let mut below: Vec<Fr> = points.iter().map(|p| p.z - p.y).collect();
        batch_inversion(&mut below);
        let u: Vec<Fr> = points.iter().zip(below).map(|(p, below)| (p.z + p.y) * below).collect();
        let mut differences: Vec<Fr> = pairs.map(|(to, from)| u[to] - u[from]).collect();
        batch_inversion(&mut differences);
        Self(differences.into_iter())
    }
}

/// `point` must be in the subgroup of order l and not the identity: then neither denominator is 0. Cost: 2.
pub(super) fn from_edwards<D: Driver>(d: &mut D, point: &Point<D>) -> Montgomery<D> {
    let above = d.linear(&[(Fr::ONE, &point.y)], Fr::ONE);
    let below = d.not(&point.y);
    let u = divide(d, &above, &below);
    let v = divide(d, &u, &point.x);
    Montgomery { u, v }
}

/// Never exceptional. Cost: 2.
pub(super) fn to_edwards<D: Driver>(d: &mut D, point: &Montgomery<D>) -> Point<D> {
    let x = divide(d, &point.u, &point.v);
    let above = d.linear(&[(Fr::ONE, &point.u)], -Fr::ONE);
    let below = d.linear(&[(Fr::ONE, &point.u)], Fr::ONE);
    Point { x, y: divide(d, &above, &below) }
}

/// `2·p`, never exceptional. Cost: 4.
pub(super) fn double<D: Driver>(d: &mut D, p: &Montgomery<D>) -> Montgomery<D> {
    let square = d.mul(&p.u, &p.u);
    let rise = d.linear(&[(Fr::from(3u64), &square), (A + A, &p.u)], Fr::ONE);
    let run = d.add(&p.v, &p.v);
    let slope = divide(d, &rise, &run);
    third_point(d, &slope, p, &p.u)
}

/// `p + q`, for p ≠ ±q. Cost: 3.
pub(super) fn add<D: Driver>(
    d: &mut D,
    p: &Montgomery<D>,
    q: &Montgomery<D>,
    guesses: &mut Guesses,
) -> Montgomery<D> {
    let slope = chord(d, p, q, guesses);
    third_point(d, &slope, p, &q.u)
}

/// `2·p + q` as `(p + q) + p`, for p ≠ ±q and 2·p ≠ −q. Cost: 5.
///
/// The sum R = p + q enters only by its u: with v_R = λ1·(u_p − u_R) − v_p, the slope λ2 of the chord through R and
/// p satisfies (λ1 + λ2)·(u_p − u_R) = 2·v_p (Eisenträger, Lauter, Montgomery, "Fast elliptic curve arithmetic
/// and improved Weil pairing evaluation", section 3). As v_p ≠ 0, this quotient never is 0/0.
pub(super) fn double_and_add<D: Driver>(
    d: &mut D,
    p: &Montgomery<D>,
    q: &Montgomery<D>,
    guesses: &mut Guesses,
) -> Montgomery<D> {
    let first = chord(d, p, q, guesses);
    let u = third_abscissa(d, &first, &p.u, &q.u);
    let rise = d.add(&p.v, &p.v);
    let run = d.sub(&p.u, &u);
    let both = divide_guessing(d, &rise, &run, guesses.0.next());
    let second = d.sub(&both, &first);
    third_point(d, &second, p, &u)
}

/// Slope of the line through p and q, for u_p ≠ u_q.
fn chord<D: Driver>(d: &mut D, p: &Montgomery<D>, q: &Montgomery<D>, guesses: &mut Guesses) -> D::Wire {
    let rise = d.sub(&q.v, &p.v);
    let run = d.sub(&q.u, &p.u);
    divide_guessing(d, &rise, &run, guesses.0.next())
}

/// The sum of `p` and a point of abscissa `u`, both on the line of this slope.
fn third_point<D: Driver>(d: &mut D, slope: &D::Wire, p: &Montgomery<D>, u: &D::Wire) -> Montgomery<D> {
    let third = third_abscissa(d, slope, &p.u, u);
    let run = d.sub(&p.u, &third);
    let hint = match (d.value(slope), d.value(&run), d.value(&p.v)) {
        (Some(slope), Some(run), Some(v)) => Some(slope * run - v),
        _ => None,
    };
    let v = d.alloc(hint);
    let sum = d.add(&v, &p.v);
    d.enforce_mul(slope, &run, &sum);
    Montgomery { u: third, v }
}

/// `slope² − A − u1 − u2`, as a wire of its own: linear combinations stay short.
fn third_abscissa<D: Driver>(d: &mut D, slope: &D::Wire, u1: &D::Wire, u2: &D::Wire) -> D::Wire {
    let hint = match (d.value(slope), d.value(u1), d.value(u2)) {
        (Some(slope), Some(u1), Some(u2)) => Some(slope.square() - A - u1 - u2),
        _ => None,
    };
    let out = d.alloc(hint);
    let square = d.linear(&[(Fr::ONE, &out), (Fr::ONE, u1), (Fr::ONE, u2)], A);
    d.enforce_mul(slope, slope, &square);
    out
}
