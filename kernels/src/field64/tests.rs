//! Conformance with arkworks.

use ark_bn254::{Fq, Fq2};
use ark_ff::{AdditiveGroup, BigInt, Field, PrimeField};
use proptest::prelude::*;

use super::*;

/// Numbers up to 2 p, often at the edges.
fn number() -> impl Strategy<Value = Number> {
    prop_oneof![
        any::<Number>().prop_map(|words| {
            let [a, b, c, d] = words;
            let number = [a, b, c, d >> 1];
            if minus(&number, &TWICE).1 == 1 { number } else { minus(&number, &MODULUS).0 }
        }),
        (0..EDGES).prop_map(edge),
    ]
}

const EDGES: usize = 3 * 7;

/// One less, one more and none of 0, words, p, 2^255 and 2 p, as far as these are numbers up to 2 p.
fn edge(i: usize) -> Number {
    let base = [ZERO, [0, 1, 0, 0], [0, 0, 1, 0], [0, 0, 0, 1], [0, 0, 0, 1 << 62], MODULUS, TWICE][i / 3];
    match i % 3 {
        0 => base,
        1 if base != ZERO => minus(&base, &[1, 0, 0, 0]).0,
        _ if base != TWICE => plus(&base, &[1, 0, 0, 0]),
        _ => base,
    }
}

/// What the words are in Montgomery form.
fn value(number: &Number) -> Fq {
    let mut words = BigInt(*number);
    while words >= Fq::MODULUS {
        words = BigInt(minus(&words.0, &MODULUS).0);
    }
    Fq::new_unchecked(words)
}

fn value_2(number: &[Number; 2]) -> Fq2 {
    Fq2::new(value(&number[0]), value(&number[1]))
}

fn below_twice(number: &Number) -> bool {
    minus(number, &TWICE).1 == 1
}

/// `2^256 − 1`.
const MOST: Number = [u64::MAX; 4];

fn agrees<M: Multiplier>(m: M, a: &Number, b: &Number, c: &Number, d: &Number) {
    let [va, vb, vc, vd] = [a, b, c, d].map(value);
    let product = m.mul(a, b);
    assert!(below_twice(&product));
    assert_eq!(value(&product), va * vb);
    let thrice = plus(&TWICE, &MODULUS);
    assert_eq!(value(&m.mul(&thrice, &MOST)), Fq::ZERO);
    assert_eq!(value(&m.mul(&minus(&thrice, &ONE).0, b)), -vb);
    assert_eq!(value(&m.mul(a, &MOST)), va * value(&MOST));
    assert_eq!(value(&m.sum_of_products([(a, b), (c, d)])), va * vb + vc * vd);
    assert_eq!(value(&m.sum_of_products([(a, &MOST), (c, &MOST)])), (va + vc) * value(&MOST));
    assert_eq!(value(&m.sum_of_products([(&TWICE, &MOST), (&TWICE, &MOST)])), Fq::ZERO);

    let (x, y) = ([*a, *b], [*c, *d]);
    let (vx, vy) = (value_2(&x), value_2(&y));
    let product = x.mul(m, &y);
    assert_eq!(value_2(&product), vx * vy);
    let square = x.square(m);
    assert_eq!(value_2(&square), vx * vx);
    assert!(product.iter().chain(&square).all(below_twice));
    let norm = x.norm(m);
    assert_eq!(value(&norm), va.square() + vb.square());
    match inverse(m, &norm, &ONE) {
        Some(inverse) => {
            let quotient = y.over(m, &x, &inverse);
            assert_eq!(value_2(&quotient), vy / vx);
            assert!(quotient.iter().all(below_twice));
        }
        None => assert_eq!(vx, Fq2::ZERO),
    }
    match inverse(m, a, c) {
        Some(inverse) => {
            assert_eq!(value(&inverse) * va, vc);
            assert_eq!(value(&Coordinate::over(b, m, a, &inverse)), vb / va * vc);
        }
        None => assert_eq!(va, Fq::ZERO),
    }
    let mut all = [*a, *b, *d];
    if invert_all(m, &mut all, c) {
        assert_eq!(all.map(|inverse| value(&inverse)), [va, vb, vd].map(|v| vc / v));
    } else {
        assert_eq!(va * vb * vd, Fq::ZERO);
    }
}

fn all_agree(a: &Number, b: &Number, c: &Number, d: &Number) {
    let [va, vb] = [a, b].map(value);
    for (name, result, expected) in [("add", add(a, b), va + vb), ("sub", sub(a, b), va - vb)] {
        assert_eq!(value(&result), expected, "{name}");
        assert!(below_twice(&result) || *a == TWICE, "{name}");
    }
    assert_eq!(signed(a, 0), *a);
    assert_eq!(value(&signed(a, 1)), -va);
    assert!(minus(&TWICE, &signed(a, 1)).1 == 0);
    agrees(Portable, a, b, c, d);
    #[cfg(target_arch = "x86_64")]
    match Adx::detect() {
        Some(m) => agrees(m, a, b, c, d),
        None => crate::tests::skipped_without("BMI2 and ADX"),
    }
}

proptest! {
    #[test]
    fn arithmetic_is_arks(a in number(), b in number(), c in number(), d in number()) {
        all_agree(&a, &b, &c, &d);
    }
}

#[test]
fn arithmetic_is_arks_at_all_edges() {
    for a in 0..EDGES {
        for b in 0..EDGES {
            all_agree(&edge(a), &edge(b), &edge((a + b) % EDGES), &edge((a * b) % EDGES));
        }
    }
}
