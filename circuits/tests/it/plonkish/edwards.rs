use ark_ec::{AffineRepr, CurveGroup, twisted_edwards::TECurveConfig};
use ark_ff::{BigInteger, Field, LegendreSymbol, One, PrimeField, Zero};
use popw_circuits::{
    Driver,
    drivers::plonkish::{Audited, Plonkish, check},
    gadgets::edwards::Point,
};
use popw_core::{
    Fr,
    babyjub::{self, BabyJubjub, Scalar},
};

use super::support::{accept, elements, rows, run};

fn points(count: usize) -> Vec<babyjub::Point> {
    let scalars = elements(1, count)
        .into_iter()
        .map(|e| Scalar::from_le_bytes_mod_order(&e.into_bigint().to_bytes_le()));
    scalars.map(|scalar| (babyjub::base8() * scalar).into_affine()).collect()
}

fn alloc(d: &mut Plonkish, point: babyjub::Point) -> Point<Plonkish> {
    let point = Point { x: d.alloc(Some(point.x)), y: d.alloc(Some(point.y)) };
    d.expose(&point.x);
    d.expose(&point.y);
    point
}

fn alloc_bits(d: &mut Plonkish, bits: &[bool]) -> Vec<<Plonkish as Driver>::Wire> {
    bits.iter()
        .map(|bit| {
            let wire = d.alloc(Some(Fr::from(*bit)));
            d.enforce_bool(&wire);
            d.expose(&wire);
            wire
        })
        .collect()
}

fn expose(d: &mut Plonkish, point: &Point<Plonkish>) {
    d.expose(&point.x);
    d.expose(&point.y);
}

fn last_two(audited: &Audited) -> (Fr, Fr) {
    let [.., x, y] = audited.advice.public[..] else { panic!("a point is exposed") };
    (x, y)
}

#[test]
fn addition_is_complete_as_the_proof_assumes() {
    assert_eq!(BabyJubjub::COEFF_A.legendre(), LegendreSymbol::QuadraticResidue);
    assert_eq!(BabyJubjub::COEFF_D.legendre(), LegendreSymbol::QuadraticNonResidue);
}

#[test]
fn adds() {
    let [p, q] = points(2).try_into().unwrap();
    let order_2 = babyjub::Point::new_unchecked(Fr::zero(), -Fr::one());
    let zero = babyjub::Point::zero();
    for (p, q) in
        [(p, q), (p, p), (p, -p), (p, zero), (zero, p), (zero, zero), (p, order_2), (order_2, order_2)]
    {
        let audited = accept(
            |d| {
                let (p, q) = (alloc(d, p), alloc(d, q));
                let sum = d.edwards_add(&p, &q);
                let again = d.edwards_add(&sum, &q);
                expose(d, &again);
            },
            &[],
        );
        let expected = (p + q + q).into_affine();
        assert_eq!(last_two(&audited), (expected.x, expected.y));
        assert_eq!(rows(&audited, "edwards addition"), 4);
    }
}

#[test]
fn multiplies_base8() {
    for count in [1, 2, 3, 8, 251, 254] {
        for scalar in [Fr::zero(), Fr::one(), -Fr::one(), elements(2, 1)[0]] {
            let bits: Vec<bool> = scalar.into_bigint().to_bits_le()[..count].to_vec();
            let audited = accept(
                |d| {
                    let bits = alloc_bits(d, &bits);
                    let point = d.mul_base8(&bits);
                    expose(d, &point);
                },
                &[],
            );
            let expected = native(babyjub::base8(), &bits);
            assert_eq!(last_two(&audited), (expected.x, expected.y));
            assert_eq!(rows(&audited, "base8"), count.div_ceil(2) + 1);
        }
    }
}

#[test]
fn multiplies_points() {
    let order_2 = babyjub::Point::new_unchecked(Fr::zero(), -Fr::one());
    for point in [points(1)[0], babyjub::Point::zero(), order_2] {
        for count in [1, 2, 9, 254] {
            for scalar in [Fr::zero(), -Fr::one(), elements(2, 1)[0]] {
                let bits: Vec<bool> = scalar.into_bigint().to_bits_le()[..count].to_vec();
                let audited = accept(
                    |d| {
                        let (bits, point) = (alloc_bits(d, &bits), alloc(d, point));
                        let point = d.mul_point(&bits, &point);
                        expose(d, &point);
                    },
                    &[],
                );
                let expected = native(point, &bits);
                assert_eq!(last_two(&audited), (expected.x, expected.y));
                assert_eq!(rows(&audited, "edwards ladder"), count + 1);
            }
        }
    }
}

fn native(point: babyjub::Point, bits: &[bool]) -> babyjub::Point {
    let mut sum = babyjub::Point::zero().into_group();
    for bit in bits.iter().rev() {
        sum += sum;
        if *bit {
            sum += point;
        }
    }
    sum.into_affine()
}

#[test]
fn takes_wires_that_are_no_cells() {
    let [p] = points(1).try_into().unwrap();
    let audited = accept(
        |d| {
            let bit = alloc_bits(d, &[true]).remove(0);
            let negated = d.not(&bit);
            let one = d.constant(Fr::one());
            let (x, y) = (d.constant(p.x), d.constant(p.y));
            let negative = Point { x: d.linear(&[(-Fr::one(), &x)], Fr::zero()), y };
            let scalar = [bit, negated, one];
            let a = d.mul_point(&scalar, &negative);
            let b = d.mul_base8(&scalar);
            let sum = d.edwards_add(&a, &b);
            expose(d, &sum);
        },
        &[],
    );
    let five = Scalar::from(5u64);
    let expected = (babyjub::base8() * five - p * five).into_affine();
    assert_eq!(last_two(&audited), (expected.x, expected.y));
}

/// Rows of another honest multiplication, upstream kept, are refused wherever they are put.
#[test]
fn splices_are_refused() {
    let table = |scalar: u64| {
        let bits: Vec<bool> = (0..9).map(|i| scalar >> i & 1 == 1).collect();
        let point = points(2)[scalar as usize % 2];
        run(|d| {
            let (bits, point) = (alloc_bits(d, &bits), alloc(d, point));
            let a = d.mul_point(&bits, &point);
            let b = d.mul_base8(&bits);
            d.edwards_add(&a, &b);
        })
    };
    let (mut honest, other) = (table(0b1_0101_0100), table(0b0_1010_1011));
    assert_eq!(honest.layout, other.layout);
    assert_eq!(check(&honest.layout, &honest.advice), Ok(()));
    let mut spliced = 0;
    for row in 0..honest.layout.rows {
        let before = honest.advice.clone();
        for column in 0..6 {
            honest.advice.columns[column][row] = other.advice.columns[column][row];
        }
        if honest.advice != before {
            spliced += 1;
            assert!(check(&honest.layout, &honest.advice).is_err(), "row {row}");
        }
        honest.advice = before;
    }
    assert!(spliced > 18);
}

/// A point off the curve is the caller's to exclude; the driver still must not panic on it.
#[test]
fn points_off_the_curve_do_not_panic() {
    let off = babyjub::Point::new_unchecked(Fr::from(3u64), Fr::from(4u64));
    run(|d| {
        let (bits, point) = (alloc_bits(d, &[true, true]), alloc(d, off));
        let sum = d.mul_point(&bits, &point);
        d.edwards_add(&sum, &point);
    });
    let vanishing = Fr::from(4u64) * BabyJubjub::COEFF_D;
    assert!(vanishing.inverse().is_some());
}
