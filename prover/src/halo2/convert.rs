//! Field elements and points between arkworks and halo2curves.
//!
//! Both keep BN254's elements as four 64-bit limbs, least significant first, in Montgomery form with R = 2^256, so a
//! conversion copies 32 bytes. The tests hold the two libraries to that.

use ark_bn254::{Fq as ArkFq, Fq2 as ArkFq2, Fr as ArkFr, G1Affine as ArkG1, G2Affine as ArkG2};
use ark_ec::AffineRepr;
use ark_ff::{BigInt, PrimeField as _};
use halo2_proofs::halo2curves::{
    bn256::{Fq, Fq2, Fr, G1Affine, G2Affine},
    ff::PrimeField,
    serde::SerdeObject,
};

/// Copies Montgomery limbs into halo2curves' type.
fn copy<F: SerdeObject>(limbs: BigInt<4>) -> F {
    let mut bytes = [0; 32];
    for (chunk, limb) in bytes.chunks_exact_mut(8).zip(limbs.0) {
        chunk.copy_from_slice(&limb.to_le_bytes());
    }
    F::from_raw_bytes_unchecked(&bytes)
}

/// A scalar for halo2.
pub(super) fn scalar(value: &ArkFr) -> Fr {
    copy(value.0)
}

/// A point of G1 for halo2.
pub(super) fn g1(point: &ArkG1) -> G1Affine {
    let (x, y) = point.xy().unwrap_or_default();
    G1Affine { x: copy(x.0), y: copy(y.0) }
}

/// A point of G2 for halo2.
pub(super) fn g2(point: &ArkG2) -> G2Affine {
    let (x, y) = point.xy().unwrap_or_default();
    let copy = |value: ArkFq2| Fq2 { c0: copy(value.c0.0), c1: copy(value.c1.0) };
    G2Affine { x: copy(x), y: copy(y) }
}

/// A scalar from halo2.
pub(super) fn ark_scalar(value: &Fr) -> ArkFr {
    ArkFr::from_le_bytes_mod_order(&value.to_repr())
}

fn ark_coordinate(value: &Fq) -> ArkFq {
    ArkFq::from_le_bytes_mod_order(&value.to_repr())
}

/// A point of G1 from halo2, which writes infinity as (0, 0).
pub(super) fn ark_g1(point: &G1Affine) -> ArkG1 {
    if *point == G1Affine::default() {
        return ArkG1::zero();
    }
    ArkG1::new_unchecked(ark_coordinate(&point.x), ark_coordinate(&point.y))
}

/// A point of G2 from halo2, which writes infinity as (0, 0).
pub(super) fn ark_g2(point: &G2Affine) -> ArkG2 {
    if *point == G2Affine::default() {
        return ArkG2::zero();
    }
    let coordinate = |value: &Fq2| ArkFq2::new(ark_coordinate(&value.c0), ark_coordinate(&value.c1));
    ArkG2::new_unchecked(coordinate(&point.x), coordinate(&point.y))
}

#[cfg(test)]
mod tests {
    use ark_ec::CurveGroup;
    use ark_ff::{AdditiveGroup, Field, UniformRand};

    use super::*;

    #[test]
    fn both_libraries_mean_the_same_bytes() {
        let mut rng = ark_std::test_rng();
        let samples = (0..100).map(|_| ArkFr::rand(&mut rng)).chain([ArkFr::ZERO, ArkFr::ONE, -ArkFr::ONE]);
        for value in samples {
            let there = scalar(&value);
            assert_eq!(ark_scalar(&there), value);
            assert_eq!(scalar(&value.square()), there * there);
        }
        for _ in 0..20 {
            let point = ark_bn254::G1Projective::rand(&mut rng).into_affine();
            assert_eq!(ark_g1(&g1(&point)), point);
            let point = ark_bn254::G2Projective::rand(&mut rng).into_affine();
            assert_eq!(ark_g2(&g2(&point)), point);
        }
        assert_eq!(g1(&ArkG1::generator()), G1Affine::generator());
        assert_eq!(g2(&ArkG2::generator()), G2Affine::generator());
        assert_eq!(ark_g1(&G1Affine::default()), ArkG1::zero());
        assert_eq!(g1(&ArkG1::zero()), G1Affine::default());
    }
}
