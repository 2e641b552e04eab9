//! Baby Jubjub and EdDSA against circomlibjs and zk-kit.

use ark_ec::CurveGroup;
use ark_ff::{AdditiveGroup, Field, PrimeField};
use popw_core::{
    Fr,
    babyjub::{self, Point, Scalar},
    eddsa::{KeyError, PublicKey, SecretKey, Signature, SignatureError, verify},
    field,
};
use serde_json::{Value, json};

use crate::vectors::{fr, point, vectors};

fn scalar(value: &Value) -> Scalar {
    Scalar::from_bigint(fr(value).into_bigint()).unwrap()
}

fn secret(case: &Value) -> SecretKey {
    let seed = hex::decode(case["private_key_hex"].as_str().unwrap()).unwrap();
    SecretKey::from_seed(seed.try_into().unwrap())
}

/// A point of order 2: (0, −1).
fn order_2() -> Point {
    Point::new_unchecked(Fr::ZERO, -Fr::ONE)
}

#[test]
fn curve_equals_circomlibjs() {
    for case in vectors()["babyjub"].as_array().unwrap() {
        let multiple = point(&case["base8_times_scalar"]);
        let other = point(&case["other"]);
        assert_eq!(babyjub::mul_base8(&scalar(&case["scalar"])), multiple);
        assert!(babyjub::is_in_subgroup(&multiple) && babyjub::is_on_curve(&other));
        assert_eq!((multiple + other).into_affine(), point(&case["sum"]));
    }
}

#[test]
fn keys_and_signatures_equal_zk_kits() {
    for case in vectors()["eddsa"].as_array().unwrap() {
        let key = secret(case);
        let message = fr(&case["message"]);
        assert_eq!(key.scalar(), scalar(&case["secret_scalar"]));
        assert_eq!(key.public().point, point(&case["public_key"]));
        let signature = key.sign(message);
        assert_eq!(signature, Signature { r8: point(&case["R8"]), s: scalar(&case["S"]) });
        assert_eq!(verify(&key.public(), message, &signature), Ok(()));
    }
}

#[test]
fn verification_says_what_is_wrong() {
    let key = SecretKey::from_seed([1; 32]);
    let public = key.public();
    let message = Fr::from(5u64);
    let good = key.sign(message);
    let off_curve = Point::new_unchecked(Fr::ONE, Fr::ONE);
    let mismatch = Err(SignatureError::Mismatch);

    assert_eq!(verify(&public, message + Fr::ONE, &good), mismatch);
    assert_eq!(verify(&SecretKey::from_seed([2; 32]).public(), message, &good), mismatch);
    assert_eq!(verify(&public, message, &Signature { s: good.s + Scalar::ONE, ..good }), mismatch);
    let doubled = (good.r8 + good.r8).into_affine();
    assert_eq!(verify(&public, message, &Signature { r8: doubled, ..good }), mismatch);
    assert_eq!(
        verify(&public, message, &Signature { r8: off_curve, ..good }),
        Err(SignatureError::R8NotOnCurve)
    );
    assert_eq!(
        verify(&PublicKey { point: off_curve }, message, &good),
        Err(SignatureError::Key(KeyError::NotOnCurve))
    );
    // With A = identity, S·Base8 = R8 would be a signature of anything.
    let s = Scalar::from(9u64);
    let forged = Signature { r8: babyjub::mul_base8(&s), s };
    let identity = PublicKey { point: Point::new_unchecked(Fr::ZERO, Fr::ONE) };
    assert_eq!(verify(&identity, message, &forged), Err(SignatureError::Key(KeyError::SmallOrder)));
}

#[test]
fn keys_are_checked_when_made_and_parsed() {
    let good = SecretKey::from_seed([1; 32]).public();
    let mixed = (good.point + order_2()).into_affine();
    let off_curve = Point::new_unchecked(Fr::ONE, Fr::ONE);
    assert_eq!(PublicKey::new(good.point), Ok(good));
    for (bad, error) in [
        (mixed, KeyError::NotInSubgroup),
        (order_2(), KeyError::SmallOrder),
        (off_curve, KeyError::NotOnCurve),
    ] {
        assert_eq!(PublicKey::new(bad), Err(error));
        let text = json!({ "x": field::to_decimal(&bad.x), "y": field::to_decimal(&bad.y) });
        let parsed = serde_json::from_value::<PublicKey>(text).unwrap_err();
        assert_eq!(parsed.to_string(), error.to_string());
    }
    let text = serde_json::to_value(good).unwrap();
    assert_eq!(serde_json::from_value::<PublicKey>(text).unwrap(), good);
}

#[test]
fn signatures_are_checked_when_parsed() {
    let good = SecretKey::from_seed([1; 32]).sign(Fr::from(2u64));
    let text = serde_json::to_value(good).unwrap();
    assert_eq!(serde_json::from_value::<Signature>(text.clone()).unwrap(), good);

    let mut too_large = text.clone();
    let order = Fr::from_bigint(babyjub::SUBORDER).unwrap();
    too_large["s"] = field::to_decimal(&(fr(&text["s"]) + order)).into();
    let error = serde_json::from_value::<Signature>(too_large).unwrap_err();
    assert_eq!(error.to_string(), SignatureError::STooLarge.to_string());

    let mut off_curve = text;
    off_curve["r8"]["x"] = "1".into();
    let error = serde_json::from_value::<Signature>(off_curve).unwrap_err();
    assert_eq!(error.to_string(), SignatureError::R8NotOnCurve.to_string());
}
