//! EdDSA on the drivers: vectors, what each part refuses, unused seats, exact cost, free wires, deletions.

use std::collections::{BTreeMap, BTreeSet};

use ark_ec::CurveGroup;
use ark_ff::{BigInt, BigInteger, PrimeField};
use popw_circuits::{
    drivers::audit::Recorded,
    gadgets::{
        eddsa::{enforce_equation_if, verify_if},
        edwards::Point,
    },
};
use popw_core::{
    Fr,
    babyjub::{SUBORDER, Scalar},
    eddsa::SecretKey,
    poseidon,
};
use rand::{Rng, seq::IteratorRandom};

use crate::{
    circuit,
    common::{
        self,
        circuit::{audit, cost, free_wires, outputs, splice_is_refused},
        curve::{
            Projective, coordinates, decimal, field_of, generator, list, order, pair, random_field,
            random_in_subgroup, random_scalar, rng, scalar_of, small_order_points, vectors,
        },
        deletion::{Attempt, Decomposition, unnoticed, violated_rows},
        determinism::free_columns,
        fr,
    },
};

// Inputs: enabled, A.x, A.y, M, R8.x, R8.y, S; without the hash, h for M.
circuit!(Verify, |d, x| {
    let [enabled, ax, ay, message, rx, ry, s] = x else { unreachable!("seven inputs") };
    let key = Point { x: ax.clone(), y: ay.clone() };
    let r8 = Point { x: rx.clone(), y: ry.clone() };
    verify_if(d, enabled, &key, message, &r8, s);
    Vec::new()
});
circuit!(Equation, |d, x| {
    let [enabled, ax, ay, h, rx, ry, s] = x else { unreachable!("seven inputs") };
    let key = Point { x: ax.clone(), y: ay.clone() };
    let r8 = Point { x: rx.clone(), y: ry.clone() };
    enforce_equation_if(d, enabled, &key, h, &r8, s);
    Vec::new()
});

circuit!(Hash, |d, x| vec![d.poseidon(x)]);

const NONE: [usize; 0] = [];

const ENABLED: usize = 0;
const AX: usize = 1;
const AY: usize = 2;
const MESSAGE: usize = 3;
const RX: usize = 4;
const RY: usize = 5;
const S: usize = 6;

/// A signature by this secret scalar, with this nonce and a key that has `torsion` added.
fn sign(secret: Scalar, torsion: Projective, nonce: Scalar, message: Fr) -> [Fr; 7] {
    let [ax, ay] = coordinates(generator() * secret + torsion);
    let [rx, ry] = coordinates(generator() * nonce);
    let h = poseidon::hash(&[rx, ry, ax, ay, message]);
    let s = nonce + scalar_of(&h.into_bigint()) * Scalar::from(8u64) * secret;
    [fr(1), ax, ay, message, rx, ry, field_of(&s)]
}

fn signed(seed: u64) -> [Fr; 7] {
    let mut rng = rng(seed);
    let (secret, nonce, message) = (random_scalar(&mut rng), random_scalar(&mut rng), random_field(&mut rng));
    sign(secret, small_order_points()[0].into(), nonce, message)
}

fn with(mut x: [Fr; 7], changes: &[(usize, Fr)]) -> [Fr; 7] {
    changes.iter().for_each(|(i, value)| x[*i] = *value);
    x
}

/// All parts that refuse, of an attempt that is refused.
fn parts(recorded: &Recorded, attempt: &Attempt) -> BTreeSet<String> {
    let rows = violated_rows(&recorded.matrices, &attempt.run(&Verify));
    rows.into_iter().map(|row| recorded.constraint_paths[row].replace("gadget/", "")).collect()
}

fn refusing(x: [Fr; 7]) -> Vec<String> {
    parts(&audit(&Verify, &x), &Attempt::new(&x)).into_iter().collect()
}

#[test]
fn signatures_of_zk_kit() {
    for case in list(&vectors()["eddsa"]) {
        let ([ax, ay], [rx, ry]) = (pair(&case["public_key"]), pair(&case["R8"]));
        let x = [fr(1), ax, ay, decimal(&case["message"]), rx, ry, decimal(&case["S"])];
        outputs(&Verify, &x);
        outputs(&Verify, &with(x, &[(ENABLED, fr(0))]));
        assert_eq!(refusing(with(x, &[(MESSAGE, x[MESSAGE] + fr(1))])), ["equation"]);
    }
}

#[test]
fn signatures_of_the_core_crate() {
    let mut rng = rng(11);
    for _ in 0..4 {
        let secret = SecretKey::from_seed(rng.random());
        let message = random_field(&mut rng);
        let (key, signature) = (secret.public().point, secret.sign(message));
        let (a, r) = (coordinates(key), coordinates(signature.r8));
        outputs(&Verify, &[fr(1), a[0], a[1], message, r[0], r[1], field_of(&signature.s)]);
    }
}

#[test]
fn a_wrong_value_is_refused_by_the_equation() {
    let x = signed(1);
    outputs(&Verify, &x);
    for (i, value) in [
        (MESSAGE, x[MESSAGE] + fr(1)),
        (MESSAGE, fr(0)),
        (RX, x[RX] + fr(1)),
        (RX, -x[RX]),
        (RY, x[RY] + fr(1)),
        (RY, -x[RY]),
        (S, x[S] - fr(1)),
        (S, fr(0)),
        (AX, -x[AX]),
        (AY, -x[AY]),
    ] {
        let wrong = with(x, &[(i, value)]);
        assert_eq!(refusing(wrong), ["equation"], "input {i}");
        // A seat that is not used may hold it.
        outputs(&Verify, &with(wrong, &[(ENABLED, fr(0))]));
    }
    // Another key, another R8, R8 with a point of small order added.
    let [ax, ay] = coordinates(random_in_subgroup(&mut rng(2)));
    assert_eq!(refusing(with(x, &[(AX, ax), (AY, ay)])), ["equation"]);
    assert_eq!(refusing(with(x, &[(RX, ax), (RY, ay)])), ["equation"]);
    let r8 = popw_core::babyjub::Point::new_unchecked(x[RX], x[RY]);
    for torsion in &small_order_points()[1..] {
        let [rx, ry] = coordinates(r8 + torsion);
        assert_eq!(refusing(with(x, &[(RX, rx), (RY, ry)])), ["equation"]);
    }
}

#[test]
fn the_same_signature_with_s_plus_order_is_refused_by_the_range() {
    // S + l below 2^251 and above.
    let small =
        (0..).map(signed).find(|x| x[S].into_bigint() < BigInt::new([0, 0, 0, 1 << 57])).expect("some S");
    let large =
        (0..).map(signed).find(|x| x[S].into_bigint() > BigInt::new([0, 0, 0, 1 << 58])).expect("some S");
    assert_eq!(refusing(with(small, &[(S, small[S] + order())])), ["range"]);
    assert!(refusing(with(large, &[(S, large[S] + order())])).contains(&"range".into()));
    for enabled in [0, 1] {
        let x = with(signed(1), &[(ENABLED, fr(enabled)), (S, order())]);
        assert!(refusing(x).contains(&"range".into()));
    }
}

#[test]
fn keys_off_the_curve_are_refused_used_or_not() {
    for enabled in [0, 1] {
        let x = with(signed(1), &[(ENABLED, fr(enabled))]);
        for (ax, ay) in [(x[AX] + fr(1), x[AY]), (x[AX], fr(2)), (fr(0), fr(0)), (fr(1), fr(1))] {
            assert!(refusing(with(x, &[(AX, ax), (AY, ay)])).contains(&"on_curve".into()));
        }
        assert!(refusing(with(x, &[(AX, fr(1)), (AY, fr(1))])).contains(&"on_curve".into()));
    }
    // Alone: nothing else refuses this one.
    let x = with(signed(1), &[(ENABLED, fr(0)), (AX, fr(3)), (AY, fr(5))]);
    assert_eq!(refusing(x), ["on_curve"]);
}

#[test]
fn keys_of_small_order_are_refused_used_or_not() {
    let points = small_order_points();
    assert_eq!(points.iter().map(|p| (p.x, p.y)).collect::<BTreeSet<_>>().len(), 8);
    for point in points {
        for enabled in [0, 1] {
            // S = 0 and R8 = 0: what would verify for every message under such a key.
            let x = [fr(enabled), point.x, point.y, fr(9), fr(0), fr(1), fr(0)];
            assert!(refusing(x).contains(&"small_order".into()), "{point}");
        }
    }
}

#[test]
fn keys_with_a_part_of_small_order_are_treated_as_circomlib_does() {
    let mut rng = rng(5);
    for torsion in small_order_points() {
        let (secret, nonce) = (random_scalar(&mut rng), random_scalar(&mut rng));
        outputs(&Verify, &sign(secret, torsion.into(), nonce, random_field(&mut rng)));
    }
}

#[test]
fn small_secrets_nonces_and_messages() {
    for secret in [1u64, 2, 3, 8] {
        for torsion in small_order_points() {
            outputs(&Verify, &sign(Scalar::from(secret), torsion.into(), Scalar::from(0u64), fr(0)));
            outputs(&Verify, &sign(-Scalar::from(secret), torsion.into(), Scalar::from(1u64), -fr(1)));
        }
    }
}

#[test]
fn bits_of_h_plus_r_are_refused_as_not_canonical() {
    let limit = {
        // 2^254 − r.
        let mut limit = BigInt::new([0, 0, 0, 1 << 62]);
        limit.sub_with_borrow(&Fr::MODULUS);
        limit
    };
    let hash = |x: &[Fr; 7]| poseidon::hash(&[x[RX], x[RY], x[AX], x[AY], x[MESSAGE]]).into_bigint();
    let mut x = (0..).map(signed).find(|x| hash(x) < limit).expect("some h");
    let recorded = audit(&Verify, &x);
    let mut alias = hash(&x);
    alias.add_with_carry(&Fr::MODULUS);
    let bits = Decomposition::find(&recorded, "gadget/hash", 254, &Fr::MODULUS);
    let forged = |x: &[Fr; 7]| Attempt::new(x).forge(bits.bits_of(&alias));
    assert_eq!(parts(&recorded, &forged(&x)), ["equation".to_owned(), "hash/canonical".to_owned()].into());
    // The forger's equation holds for this S: S·Base8 = R8 + 8·(h + r)·A.
    let mut rng = rng(6);
    x = (0..)
        .map(|_| {
            let (secret, nonce) = (random_scalar(&mut rng), random_scalar(&mut rng));
            let mut x = sign(secret, small_order_points()[0].into(), nonce, fr(1));
            let extra = scalar_of(&Fr::MODULUS) * Scalar::from(8u64) * secret;
            x[S] = field_of(&(scalar_of(&x[S].into_bigint()) + extra));
            x
        })
        .find(|x| hash(x) < limit)
        .expect("some h");
    alias = hash(&x);
    alias.add_with_carry(&Fr::MODULUS);
    assert_eq!(
        parts(&recorded, &Attempt::new(&x).forge(bits.bits_of(&alias))),
        ["hash/canonical".to_owned()].into()
    );
    assert_eq!(refusing(x), ["equation"]);
}

#[test]
fn nothing_is_free() {
    for (seed, enabled) in [(1, 1), (2, 1), (3, 0)] {
        let x = with(signed(seed), &[(ENABLED, fr(enabled))]);
        let recorded = audit(&Verify, &x);
        assert_eq!(free_columns(&recorded, (0..7).map(|i| recorded.witness_column(i))), NONE);
        assert_eq!(free_wires(&Verify, &x), NONE);
    }
}

#[test]
fn parts_of_another_signature_do_not_fit() {
    let (x, other) = (signed(1), signed(2));
    assert!(splice_is_refused(&Verify, &x, &other));
    let (run, donor) = (audit(&Verify, &x), audit(&Verify, &other));
    let paths: BTreeSet<&String> = run.wire_paths[7..].iter().collect();
    assert_eq!(paths.len(), 6, "{paths:?}");
    for path in paths {
        let mut z = run.assignment.full();
        for i in (7..run.wire_paths.len()).filter(|i| run.wire_paths[*i] == *path) {
            z[run.witness_column(i)] = donor.assignment.witness[i];
        }
        // The comparisons' wires alone may agree: all zero from some place on in both.
        if z != run.assignment.full() {
            assert!(!run.violated_by(&z).is_empty(), "{path}");
        }
    }
}

/// Inputs of [`Equation`] for which it holds: R8 is what comes out.
fn settled(mut attempt: Attempt) -> Attempt {
    let z = attempt.run(&Equation);
    attempt.inputs[RX] = z[z.len() - 2];
    attempt.inputs[RY] = z[z.len() - 1];
    attempt
}

fn equation_inputs(h: Fr, s: Fr) -> Vec<Fr> {
    let [ax, ay] = coordinates(random_in_subgroup(&mut rng(7)));
    vec![fr(1), ax, ay, h, fr(0), fr(0), s]
}

#[test]
fn every_constraint_of_the_equation_is_needed() {
    let mut rng = rng(8);
    let honest =
        settled(Attempt::new(&equation_inputs(random_field(&mut rng), field_of(&random_scalar(&mut rng)))));
    outputs(&Equation, &honest.inputs);
    let recorded = audit(&Equation, &honest.inputs);
    // R8 is what the equation determines here.
    let fixed = [ENABLED, AX, AY, MESSAGE, S].map(|i| recorded.witness_column(i));

    let small = BigInt::new([0x1234_5678_9abc_def0, 77, 1 << 40, 0]);
    let some = field_of(&scalar_of(&small));
    let s = Decomposition::find(&recorded, "gadget/range", 251, &SUBORDER);
    let h = Decomposition::find(&recorded, "gadget/hash", 254, &Fr::MODULUS);
    let mut attempts = s.attempts(&small, |s| equation_inputs(some, s));
    attempts.extend(h.attempts(&small, |h| equation_inputs(h, some)));
    attempts.extend(off_curve(&equation_inputs(some, some), &recorded));
    let mut attempts: Vec<_> = attempts.into_iter().map(settled).collect();
    // Wrong coordinates of R8.
    for i in [RX, RY] {
        let mut wrong = honest.clone();
        wrong.inputs[i] += fr(1);
        attempts.push(wrong);
    }
    assert_eq!(unnoticed(&Equation, &recorded, fixed, &attempts), []);
}

/// Keys off the curve, plainly and with forged squares that fit.
fn off_curve(inputs: &[Fr], recorded: &Recorded) -> [Attempt; 3] {
    let mut inputs = inputs.to_vec();
    inputs[AX] += fr(1);
    let (a, d) = (fr(168_700), fr(168_696));
    let (xx, yy) = (inputs[AX] * inputs[AX], inputs[AY] * inputs[AY]);
    let square = recorded.wire_paths.iter().position(|path| path == "gadget/on_curve").expect("a wire");
    let attempt = Attempt::new(&inputs);
    [
        attempt.clone(),
        attempt.clone().forge([(square, (fr(1) - yy) / (a - d * yy))]),
        attempt.forge([(square + 1, (fr(1) - a * xx) / (fr(1) - d * xx))]),
    ]
}

#[test]
fn the_hash_is_all_that_a_verification_adds() {
    let x = signed(4);
    let message = [x[RX], x[RY], x[AX], x[AY], x[MESSAGE]];
    let (verify, hash) = (audit(&Verify, &x), audit(&Hash, &message));
    let equation = audit(&Equation, &with(x, &[(MESSAGE, poseidon::hash(&message))]));
    // One of the hash's constraints exposes its output.
    let added = hash.matrices.constraints() - 1;
    assert_eq!(verify.matrices.constraints(), added + equation.matrices.constraints());
    assert!(verify.constraint_paths[..added].iter().all(|path| path == "gadget/hash"));
    assert_eq!(verify.constraint_paths[added..], equation.constraint_paths);
    // Each of them determines a wire of its own.
    assert_eq!(unnoticed(&Hash, &hash, (0..5).map(|i| hash.witness_column(i)), &[]), []);
}

#[test]
fn forged_wires_never_panic() {
    let x = signed(9);
    let count = audit(&Verify, &x).assignment.witness.len();
    let mut rng = rng(9);
    for _ in 0..24 {
        let wires: Vec<usize> = (7..count).choose_multiple(&mut rng, 5);
        let forged: BTreeMap<usize, Fr> = wires
            .into_iter()
            .map(|wire| (wire, if rng.random::<bool>() { fr(0) } else { random_field(&mut rng) }))
            .collect();
        let z = Attempt::new(&x).forge(forged).run(&Verify);
        assert!(!violated_rows(&audit(&Verify, &x).matrices, &z).is_empty());
    }
    Attempt::new(&[fr(0); 7]).run(&Verify);
}

#[test]
fn unused_seats_are_filled_with_base8() {
    let [ax, ay] = coordinates(generator().into_affine());
    outputs(&Verify, &[fr(0), ax, ay, fr(0), fr(0), fr(0), fr(0)]);
}

#[test]
fn golden_cost() {
    let x = signed(1);
    let mut costs = BTreeMap::<String, usize>::new();
    for path in audit(&Verify, &x).constraint_paths {
        *costs.entry(path.replace("gadget", "eddsa")).or_default() += 1;
    }
    let mut rows: Vec<(&str, usize)> = costs.iter().map(|(path, cost)| (path.as_str(), *cost)).collect();
    rows.push(("eddsa, all", cost(&Verify, &x)));
    assert!(cost(&Verify, &x) <= 3_500);
    common::golden("gadget-eddsa-r1cs.txt", &common::table(&rows));
}
