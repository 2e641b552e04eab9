//! Baby Jubjub, the curve signatures live on, in the coordinates of EIP-2494.
//!
//! `168700·x² + y² = 1 + 168696·x²·y²` over BN254's scalar field: the form circomlib, zk-kit and the contracts
//! use (arkworks' own `ark-ed-on-bn254` is an isomorphic curve with other coordinates). a is a square and d is
//! not, so the addition law is complete. The group has 8·l points.

use ark_ec::{
    AffineRepr, CurveConfig, CurveGroup,
    twisted_edwards::{Affine, MontCurveConfig, TECurveConfig},
};
use ark_ff::{AdditiveGroup, BigInt, MontFp, PrimeField, Zero};
use serde::{Deserialize, Serialize};

use crate::Fr;

/// The curve's parameters.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct BabyJubjub;

/// A point by its coordinates. Not necessarily on the curve: see [`is_on_curve`].
pub type Point = Affine<BabyJubjub>;

/// An integer modulo l.
pub type Scalar = ark_ed_on_bn254::Fr;

/// l, the order of the subgroup that [`base8`] generates.
pub const SUBORDER: BigInt<4> = Scalar::MODULUS;

impl CurveConfig for BabyJubjub {
    type BaseField = Fr;
    type ScalarField = Scalar;

    const COFACTOR: &'static [u64] = &[8];
    const COFACTOR_INV: Scalar =
        MontFp!("2394026564107420727433200628387514462817212225638746351800188703329891451411");
}

impl TECurveConfig for BabyJubjub {
    type MontCurveConfig = Self;

    const COEFF_A: Fr = MontFp!("168700");
    const COEFF_D: Fr = MontFp!("168696");
    const GENERATOR: Point = Affine::new_unchecked(
        MontFp!("5299619240641551281634865583518297030282874472190772894086521144482721001553"),
        MontFp!("16950150798460657717958625567821834550301663161624707787222815936182638968203"),
    );
}

impl MontCurveConfig for BabyJubjub {
    type TECurveConfig = Self;

    const COEFF_A: Fr = MontFp!("168698");
    const COEFF_B: Fr = MontFp!("1");
}

/// Base8 of EIP-2494, the generator of the subgroup of order l.
pub const fn base8() -> Point {
    BabyJubjub::GENERATOR
}

/// Whether the coordinates satisfy the curve's equation.
pub fn is_on_curve(point: &Point) -> bool {
    point.is_on_curve()
}

/// Whether the point is on the curve and a multiple of [`base8`].
pub fn is_in_subgroup(point: &Point) -> bool {
    is_on_curve(point) && point.mul_bigint(SUBORDER).is_zero()
}

/// Whether 8 times the point is the identity. The point must be on the curve.
pub fn is_small_order(point: &Point) -> bool {
    point.into_group().double().double().double().is_zero()
}

/// `scalar · Base8`.
pub fn mul_base8(scalar: &Scalar) -> Point {
    (base8() * scalar).into_affine()
}

/// Coordinates as documents write them, and as decoders read them before any check.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub(crate) struct Coordinates {
    #[serde(with = "crate::field::decimal")]
    #[cfg_attr(feature = "schema", schemars(with = "crate::field::schema::Decimal"))]
    x: Fr,
    #[serde(with = "crate::field::decimal")]
    #[cfg_attr(feature = "schema", schemars(with = "crate::field::schema::Decimal"))]
    y: Fr,
}

impl From<Point> for Coordinates {
    fn from(point: Point) -> Self {
        Self { x: point.x, y: point.y }
    }
}

impl From<Coordinates> for Point {
    fn from(coordinates: Coordinates) -> Self {
        Self::new_unchecked(coordinates.x, coordinates.y)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ark_ff::Field;

    /// A point of order 2.
    const ORDER_2: Point = Affine::new_unchecked(MontFp!("0"), MontFp!("-1"));

    #[test]
    fn the_group_has_the_stated_orders() {
        assert!(is_in_subgroup(&base8()) && !is_small_order(&base8()));
        assert!(is_on_curve(&ORDER_2) && is_small_order(&ORDER_2) && !is_in_subgroup(&ORDER_2));
        let mixed = (base8() + ORDER_2).into_affine();
        assert!(is_on_curve(&mixed) && !is_in_subgroup(&mixed) && !is_small_order(&mixed));
        assert!(!is_on_curve(&Point::new_unchecked(Fr::ONE, Fr::ONE)));
        assert!(is_small_order(&Point::zero()) && is_in_subgroup(&Point::zero()));
        assert_eq!(BabyJubjub::COFACTOR_INV * Scalar::from(8u64), Scalar::ONE);
    }

    #[test]
    fn addition_is_complete_and_montgomery_form_fits() {
        let (a, d) = (<BabyJubjub as TECurveConfig>::COEFF_A, <BabyJubjub as TECurveConfig>::COEFF_D);
        assert!(a.legendre().is_qr() && d.legendre().is_qnr());
        let scale = (a - d).inverse().unwrap();
        assert_eq!(<BabyJubjub as MontCurveConfig>::COEFF_A, (a + d).double() * scale);
        assert_eq!(<BabyJubjub as MontCurveConfig>::COEFF_B, Fr::from(4u64) * scale);
    }
}
