use ark_ff::{Field, One, Zero};
use popw_circuits::{
    Driver,
    drivers::plonkish::{Checker, Plonkish, Violation, check},
    gadgets::compare::is_zero,
};
use popw_core::Fr;

use super::support::{accept, cost, elements, refuse, run};

fn small(value: u64) -> Fr {
    Fr::from(value)
}

/// Ties a wire to a value the test computed.
fn pin(d: &mut Plonkish, wire: &<Plonkish as Driver>::Wire, value: Fr) {
    let constant = d.constant(value);
    assert!(d.value(wire).is_none_or(|known| known == value));
    d.enforce_equal(wire, &constant);
}

#[test]
fn sums_of_every_length() {
    for count in 0..=18 {
        let values = elements(count, count as usize);
        let weights = elements(100 + count, count as usize);
        let expected = values.iter().zip(&weights).fold(small(7), |sum, (v, w)| sum + *v * w);
        let audited = accept(
            |d| {
                let wires: Vec<_> = values.iter().map(|v| d.alloc(Some(*v))).collect();
                for (wire, value) in wires.iter().zip(&values) {
                    pin(d, wire, *value);
                }
                let terms: Vec<_> = weights.iter().copied().zip(&wires).collect();
                let sum = d.linear(&terms, small(7));
                d.expose(&sum);
            },
            &[],
        );
        assert_eq!(audited.advice.public, [expected]);
    }
}

#[test]
fn rows_of_sums() {
    // Half rows are filled in pairs.
    for (terms, twice) in [(1, 1), (2, 1), (3, 2), (5, 2), (6, 4), (10, 4), (11, 6)] {
        let audited = run(|d| {
            let wires: Vec<_> = (0..terms).map(|i| d.alloc(Some(small(i)))).collect();
            let terms: Vec<_> = wires.iter().map(|wire| (Fr::one(), wire)).collect();
            for constant in [1, 2] {
                let sum = d.linear(&terms, small(constant));
                d.expose(&sum);
            }
        });
        assert_eq!(cost(&audited), [("arithmetic", twice)], "{terms} terms");
    }
}

#[test]
fn scaling_costs_nothing_and_sums_disappear_into_products() {
    let audited = accept(
        |d| {
            let x = d.alloc(Some(small(5)));
            let twice = d.linear(&[(small(2), &x)], small(3));
            let negated = d.not(&twice);
            // (2x + 3) · (1 − (2x + 3)) = −156.
            let product = d.mul(&twice, &negated);
            let zero = d.constant(Fr::zero());
            // 0 + 156 + product, written out in the half row of the equation.
            let sum = d.linear(&[(Fr::one(), &product), (Fr::one(), &zero)], small(156));
            d.enforce_zero(&sum);
            pin(d, &x, small(5));
        },
        &[],
    );
    // The product, and the constants −156 and 5.
    assert_eq!(cost(&audited), [("arithmetic", 2)]);
}

#[test]
fn products_of_constants_and_multiples() {
    let [x, y] = elements(3, 2).try_into().unwrap();
    accept(
        |d| {
            let (a, b) = (d.alloc(Some(x)), d.alloc(Some(y)));
            pin(d, &a, x);
            pin(d, &b, y);
            let (three, four) = (d.constant(small(3)), d.constant(small(4)));
            let constant = d.mul(&three, &four);
            pin(d, &constant, small(12));
            let scaled = d.mul(&a, &three);
            pin(d, &scaled, x * small(3));
            let scaled = d.mul(&three, &a);
            pin(d, &scaled, x * small(3));
            let square = d.mul(&a, &a);
            pin(d, &square, x.square());
            let (left, right) =
                (d.linear(&[(small(2), &a)], small(5)), d.linear(&[(small(9), &b)], small(1)));
            let product = d.mul(&left, &right);
            let expected = (x * small(2) + small(5)) * (y * small(9) + small(1));
            pin(d, &product, expected);
            let constant = d.constant(expected);
            d.enforce_mul(&left, &right, &constant);
            d.enforce_mul(&left, &right, &product);
            let sum = d.linear(&[(Fr::one(), &product), (Fr::one(), &a), (-Fr::one(), &b)], y - x);
            d.enforce_mul(&left, &right, &sum);
            let tripled = d.linear(&[(small(3), &a)], Fr::zero());
            d.enforce_mul(&three, &a, &tripled);
            d.enforce_mul(&a, &three, &tripled);
        },
        &[],
    );
}

#[test]
fn refuses_wrong_results() {
    let wrong = |body: fn(&mut Plonkish)| refuse(move |d| d.within("here", body), "here");
    wrong(|d| {
        let a = d.alloc(Some(small(3)));
        let b = d.alloc(Some(small(4)));
        let c = d.alloc(Some(small(13)));
        d.enforce_mul(&a, &b, &c);
    });
    wrong(|d| {
        let a = d.alloc(Some(small(3)));
        d.enforce_zero(&a);
    });
    wrong(|d| {
        let a = d.alloc(Some(small(3)));
        let b = d.alloc(Some(small(4)));
        d.enforce_equal(&a, &b);
    });
    wrong(|d| {
        let a = d.alloc(Some(small(3)));
        let b = d.constant(small(4));
        d.enforce_equal(&a, &b);
    });
    wrong(|d| {
        let a = d.constant(small(3));
        d.enforce_zero(&a);
    });
    wrong(|d| {
        let (a, b) = (d.constant(small(3)), d.constant(small(2)));
        d.enforce_mul(&a, &b, &a);
    });
    wrong(|d| {
        let a = d.alloc(Some(small(2)));
        d.enforce_bool(&a);
    });
    wrong(|d| {
        let a = d.alloc(Some(small(2)));
        let b = d.linear(&[(small(2), &a)], small(0));
        d.enforce_bool(&b);
    });
    wrong(|d| {
        let terms: Vec<_> = (0..14).map(|i| d.alloc(Some(small(i)))).collect();
        let terms: Vec<_> = terms.iter().map(|wire| (Fr::one(), wire)).collect();
        let sum = d.linear(&terms, -small(90));
        d.enforce_zero(&sum);
    });
}

#[test]
fn a_violation_says_where() {
    let audited = run(|d| {
        d.within("outer", |d| {
            let a = d.alloc(Some(small(3)));
            d.within("left", |d| d.enforce_mul(&a, &a, &a));
            d.within("right", |d| d.enforce_mul(&a, &a, &a));
        });
    });
    let violations = Checker::new(&audited.layout).violations(&audited.advice);
    let paths: Vec<_> = violations.iter().map(|violation| violation.path(&audited.trace)).collect();
    assert_eq!(paths, ["outer/left", "outer/right"]);
    assert_eq!(violations[1], Violation::Gate { gate: "arithmetic", constraint: 1, row: 0 });
    assert_eq!(violations[1].to_string(), "row 0 violates constraint 1 of the gate \"arithmetic\"");
    let violated = Checker::new(&audited.layout).violated(&audited.advice, &audited.trace);
    assert_eq!(violated.into_iter().collect::<Vec<_>>(), [("outer".into(), "outer/left".into())]);
}

#[test]
fn selections() {
    let [x, y] = elements(5, 2).try_into().unwrap();
    for condition in [0, 1] {
        let audited = accept(
            |d| {
                let bit = d.alloc(Some(small(condition)));
                d.enforce_bool(&bit);
                pin(d, &bit, small(condition));
                let (a, b) = (d.alloc(Some(x)), d.alloc(Some(y)));
                pin(d, &a, x);
                pin(d, &b, y);
                let (left, right) =
                    (d.linear(&[(small(2), &a)], small(5)), d.linear(&[(small(9), &b)], small(1)));
                let negated = d.not(&bit);
                let (three, four) = (d.constant(small(3)), d.constant(small(4)));
                let (known, unknown) = (d.constant(Fr::one()), d.constant(Fr::zero()));
                let shifted = d.linear(&[(small(3), &a)], small(1));
                let sum = d.add(&a, &b);
                let branches = [
                    (a, b),
                    (left, right),
                    (a, three),
                    (left, four),
                    (three, b),
                    (four, right),
                    (three, four),
                    (a, shifted),
                    (a, a),
                    (sum, b),
                ];
                for condition in [bit, negated, known, unknown] {
                    for (a, b) in &branches {
                        let out = d.select(&condition, a, b);
                        d.expose(&out);
                    }
                }
            },
            &[],
        );
        let (left, right) = (x * small(2) + small(5), y * small(9) + small(1));
        let branches = [
            (x, y),
            (left, right),
            (x, small(3)),
            (left, small(4)),
            (small(3), y),
            (small(4), right),
            (small(3), small(4)),
            (x, x * small(3) + small(1)),
            (x, x),
            (x + y, y),
        ];
        let mut expected = Vec::new();
        for condition in [condition == 1, condition == 0, true, false] {
            expected.extend(branches.iter().map(|(a, b)| if condition { *a } else { *b }));
        }
        assert_eq!(audited.advice.public, expected);
    }
}

#[test]
fn booleans_share_rows() {
    let audited = accept(
        |d| {
            for i in 0..11u64 {
                let bit = d.alloc(Some(small(i & 1)));
                d.enforce_bool(&bit);
                pin(d, &bit, small(i & 1));
                let negated = d.not(&bit);
                d.enforce_bool(&negated);
            }
        },
        &[],
    );
    // Negated ones cost half a row each, and there are two constants.
    assert_eq!(cost(&audited), [("arithmetic", 7), ("booleans", 3)]);
}

#[test]
fn decompositions() {
    let values = [small(0), small(1), small(0b1011_0111_0001), -Fr::one(), elements(9, 1)[0]];
    for value in values {
        for count in [0, 1, 4, 5, 6, 12, 253, 254] {
            let bits = (0..count).map(|i| small(u64::from(bit(value, i))));
            let low: Fr = bits.clone().enumerate().map(|(i, bit)| bit * small(2).pow([i as u64])).sum();
            let audited = run(|d| {
                let wire = d.alloc(Some(value));
                // As itself and as something else's multiple.
                let shifted = d.linear(&[(small(3), &wire)], small(4));
                let back = d.linear(&[(small(3).inverse().unwrap(), &shifted)], -small(4) / small(3));
                let bits = d.alloc_bits(&back, count);
                bits.iter().for_each(|bit| d.expose(bit));
            });
            assert_eq!(audited.advice.public, bits.collect::<Vec<_>>());
            assert_eq!(
                check(&audited.layout, &audited.advice).is_ok(),
                low == value,
                "{value} in {count} bits"
            );
        }
    }
}

fn bit(value: Fr, i: usize) -> bool {
    use ark_ff::{BigInteger, PrimeField};
    value.into_bigint().get_bit(i)
}

#[test]
fn no_cell_of_a_decomposition_is_free() {
    let audited = accept(
        |d| {
            let wire = d.alloc(Some(small(0x1234_5678)));
            d.enforce_range(&wire, 32);
            let scaled = d.linear(&[(small(2), &wire)], small(1));
            d.enforce_range(&scaled, 33);
            let constant = d.constant(small(77));
            d.enforce_range(&constant, 7);
            pin(d, &wire, small(0x1234_5678));
        },
        &[],
    );
    assert_eq!(cost(&audited), [("arithmetic", 1), ("bits", 16)]);
    refuse(
        |d| {
            let constant = d.constant(small(77));
            d.within("six", |d| d.enforce_range(&constant, 6));
        },
        "six",
    );
}

/// Two bits that are not the value's but add up to it elsewhere must not pass.
#[test]
fn bits_outside_zero_and_one_are_refused() {
    let mut audited = run(|d| {
        let wire = d.alloc(Some(small(2)));
        d.enforce_range(&wire, 5);
    });
    audited.advice.columns[0][0] = small(2);
    audited.advice.columns[1][0] = Fr::zero();
    assert!(matches!(
        check(&audited.layout, &audited.advice),
        Err(Violation::Gate { gate: "boolean", constraint: 0, row: 0 })
    ));
}

#[test]
fn public_inputs_are_bound() {
    let mut audited = run(|d| {
        let a = d.alloc(Some(small(3)));
        let sum = d.linear(&[(small(2), &a)], small(1));
        let constant = d.constant(small(9));
        for wire in [&a, &sum, &constant] {
            d.expose(wire);
        }
    });
    assert_eq!(audited.advice.public, [small(3), small(7), small(9)]);
    assert_eq!(check(&audited.layout, &audited.advice), Ok(()));
    for i in 0..3 {
        audited.advice.public[i] += Fr::one();
        assert!(matches!(check(&audited.layout, &audited.advice), Err(Violation::Copy { .. })));
        audited.advice.public[i] -= Fr::one();
    }
}

/// The inverse of zero is free by design; everything else is not.
#[test]
fn is_zero_leaves_only_the_inverse_of_zero_free() {
    for (value, free) in [(5, &[][..]), (0, &["inverse"][..])] {
        accept(
            |d| {
                let wire = d.alloc(Some(small(value)));
                pin(d, &wire, small(value));
                let out = d.within("inverse", |d| is_zero(d, &wire));
                pin(d, &out, small(u64::from(value == 0)));
            },
            free,
        );
    }
}
