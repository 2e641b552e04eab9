//! Key ownership on the drivers: vectors, every way to be no secret scalar, exact cost, free wires, deletions.

use ark_ff::{BigInt, BigInteger, PrimeField};
use popw_circuits::{drivers::audit::Recorded, gadgets::key::own_key};
use popw_core::{Fr, babyjub::SUBORDER};

use crate::{
    circuit,
    common::{
        self,
        circuit::{audit, cost, free_wires, outputs, refused, splice_is_refused},
        curve::{
            coordinates, decimal, field_of, generator, list, near_multiple, order, pair, random_scalar, rng,
            vectors,
        },
        deletion::{Attempt, Decomposition, unnoticed},
        determinism::free_columns,
        fr,
    },
};

const NONE: [usize; 0] = [];

circuit!(Own, |d, x| {
    let hint = d.value(&x[0]);
    let (sk, key) = own_key(d, hint);
    // The secret is the gadget's own wire: tied to the input here, so that an input says which secret is meant.
    d.enforce_equal(&sk, &x[0]);
    vec![key.x, key.y]
});

fn field(value: &BigInt<4>) -> Fr {
    Fr::from_le_bytes_mod_order(&value.to_bytes_le())
}

#[test]
fn keys_of_zk_kit() {
    for case in list(&vectors()["eddsa"]) {
        let scalar = common::curve::scalar_of(&decimal(&case["secret_scalar"]).into_bigint());
        assert_eq!(outputs(&Own, &[field_of(&scalar)]), pair(&case["public_key"]));
    }
}

#[test]
fn extreme_secrets() {
    for value in [near_multiple(0, 1), near_multiple(0, 2), near_multiple(1, -2), near_multiple(1, -1)] {
        let key = generator() * common::curve::scalar_of(&value);
        assert_eq!(outputs(&Own, &[field(&value)]), coordinates(key));
    }
}

#[test]
fn refuses_what_is_not_between_0_and_the_order() {
    let sk = field_of(&random_scalar(&mut rng(1)));
    for wrong in [fr(0), order(), sk + order(), fr(5) + order()] {
        assert_eq!(refused(&Own, &[wrong]), "gadget/key/range");
    }
    // Every alias of one key: sk + t·l has the same A and other nullifiers.
    for t in 1..8u64 {
        assert_eq!(refused(&Own, &[fr(12345) + fr(t) * order()]), "gadget/key/range");
    }
    assert_eq!(refused(&Own, &[-fr(1)]), "gadget/key/range");
}

#[test]
fn nothing_is_free() {
    let mut rng = rng(2);
    for _ in 0..3 {
        let (sk, other) = (field_of(&random_scalar(&mut rng)), field_of(&random_scalar(&mut rng)));
        let recorded = audit(&Own, &[sk]);
        assert_eq!(free_columns(&recorded, [recorded.witness_column(0)]), NONE);
        assert_eq!(free_wires(&Own, &[sk]), NONE);
        assert!(splice_is_refused(&Own, &[sk], &[other]));
    }
}

#[test]
fn every_constraint_is_needed() {
    let recorded = audit(&Own, &[field_of(&random_scalar(&mut rng(3)))]);
    assert_eq!(unnoticed(&Own, &recorded, [recorded.witness_column(0)], &attempts(&recorded)), []);
}

/// Other numbers, other bits. (What the constraint that ties the secret to the input refuses is a secret of its own.)
fn attempts(recorded: &Recorded) -> Vec<Attempt> {
    let range = Decomposition::find(recorded, "gadget/key/range", 251, &SUBORDER);
    let mut attempts = range.attempts(&BigInt::new([77, 1 << 63, 5, 0]), |sk| vec![sk]);
    attempts.push(Attempt::new(&[fr(7)]).forge([(1, fr(8))]));
    attempts
}

#[test]
fn golden_cost() {
    // One of them ties the secret to the test's input.
    common::golden("gadget-key-r1cs.txt", &common::table(&[("own key", cost(&Own, &[fr(1)]) - 1)]));
}
