//! Points, scalars and vectors for tests of the curve's gadgets.

use ark_ec::{AffineRepr, CurveGroup, PrimeGroup};
use ark_ff::{AdditiveGroup, BigInt, BigInteger, Field, PrimeField, Zero};
use popw_core::{
    Fr,
    babyjub::{BabyJubjub, Point, SUBORDER, Scalar, base8},
};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha20Rng;
use serde_json::Value;

pub type Projective = ark_ec::twisted_edwards::Projective<BabyJubjub>;

/// The vectors made with circomlibjs and zk-kit.
pub fn vectors() -> Value {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../core/tests/vectors/circomlib-zkkit.json");
    serde_json::from_str(&std::fs::read_to_string(path).expect("vectors")).expect("JSON")
}

pub fn list(value: &Value) -> &[Value] {
    value.as_array().expect("a list")
}

pub fn decimal(value: &Value) -> Fr {
    popw_core::field::from_decimal(value.as_str().expect("a string")).expect("a field element")
}

pub fn pair(value: &Value) -> [Fr; 2] {
    [decimal(&value[0]), decimal(&value[1])]
}

pub fn coordinates(point: impl Into<Projective>) -> [Fr; 2] {
    let point: Projective = point.into();
    let point = point.into_affine();
    [point.x, point.y]
}

pub fn rng(seed: u64) -> ChaCha20Rng {
    ChaCha20Rng::seed_from_u64(seed)
}

pub fn random_field(rng: &mut impl Rng) -> Fr {
    Fr::from_le_bytes_mod_order(&rng.random::<[u8; 48]>())
}

pub fn random_scalar(rng: &mut impl Rng) -> Scalar {
    Scalar::from_le_bytes_mod_order(&rng.random::<[u8; 48]>())
}

/// A multiple of Base8.
pub fn random_in_subgroup(rng: &mut impl Rng) -> Point {
    (base8() * random_scalar(rng)).into_affine()
}

/// The eight points that 8 takes to the identity; the i-th has order 8/gcd(8, i).
pub fn small_order_points() -> Vec<Point> {
    let mut rng = rng(8);
    let generator = loop {
        let Some(point) = Point::get_point_from_y_unchecked(random_field(&mut rng), false) else { continue };
        let torsion = point.mul_bigint(SUBORDER);
        if !torsion.double().double().is_zero() {
            break torsion;
        }
    };
    (0..8u64).map(|i| generator.mul_bigint([i]).into_affine()).collect()
}

/// l as a field element.
pub fn order() -> Fr {
    Fr::from_bigint(SUBORDER).expect("l < r")
}

pub fn field_of(scalar: &Scalar) -> Fr {
    Fr::from_bigint(scalar.into_bigint()).expect("l < r")
}

pub fn scalar_of(value: &BigInt<4>) -> Scalar {
    Scalar::from_le_bytes_mod_order(&value.to_bytes_le())
}

/// The lowest `count` bits.
pub fn bits(value: &BigInt<4>, count: usize) -> Vec<Fr> {
    (0..count).map(|i| Fr::from(value.get_bit(i))).collect()
}

/// `times · l + offset`.
pub fn near_multiple(times: u64, offset: i64) -> BigInt<4> {
    let mut out = BigInt::<4>::zero();
    (0..times).for_each(|_| assert!(!out.add_with_carry(&SUBORDER)));
    let magnitude = BigInt::from(offset.unsigned_abs());
    assert!(!if offset < 0 { out.sub_with_borrow(&magnitude) } else { out.add_with_carry(&magnitude) });
    out
}

/// 2^n − 1.
pub fn all_ones(n: usize) -> BigInt<4> {
    let mut out = BigInt::<4>::zero();
    for _ in 0..n {
        assert!(!out.mul2() && !out.add_with_carry(&1u64.into()));
    }
    out
}

/// 1/n.
pub fn inverse(n: u64) -> Scalar {
    Scalar::from(n).inverse().expect("not 0")
}

/// Base8.
pub fn generator() -> Projective {
    Projective::generator()
}
