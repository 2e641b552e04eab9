//! Baby Jubjub on the drivers: vectors, completeness, exceptional cases, exact cost, free wires, deletions.

use ark_ec::{AffineRepr, CurveGroup};
use ark_ff::{BigInt, BigInteger, PrimeField};
use popw_circuits::{
    Driver,
    gadgets::edwards::{self, Point},
};
use popw_core::{
    Fr,
    babyjub::{self, SUBORDER},
};
use rand::Rng;

use crate::{
    circuit,
    common::{
        self,
        circuit::{audit, cost, free_wires, outputs, refused, splice_is_refused},
        curve::{
            Projective, all_ones, bits, coordinates, decimal, generator, inverse, list, near_multiple, pair,
            random_field, random_in_subgroup, random_scalar, rng, scalar_of, small_order_points, vectors,
        },
        deletion::{Attempt, unnoticed},
        determinism::free_columns,
        fr,
    },
};

const NONE: [usize; 0] = [];

fn point<D: Driver>(x: &[D::Wire]) -> Point<D> {
    Point { x: x[0].clone(), y: x[1].clone() }
}

fn wires<D: Driver>(point: Point<D>) -> Vec<D::Wire> {
    vec![point.x, point.y]
}

circuit!(OnCurve, |d, x| {
    edwards::enforce_on_curve(d, &point(x));
    Vec::new()
});
circuit!(Allocated, |d, x| {
    let value = d.value(&x[0]).zip(d.value(&x[1]));
    wires(edwards::input_point(d, value))
});
circuit!(Add, |d, x| wires(edwards::default_add(d, &point(x), &point(&x[2..]))));
circuit!(Double, |d, x| wires(edwards::double(d, &point(x))));
circuit!(Negate, |d, x| wires(edwards::negate(d, &point(x))));
circuit!(Select, |d, x| wires(edwards::select(d, &x[0], &point(&x[1..]), &point(&x[3..]))));
circuit!(MulBy8, |d, x| wires(edwards::mul_by_8(d, &point(x))));
circuit!(ScalarBits, |d, x| {
    edwards::alloc_scalar_bits(d, &x[0]);
    Vec::new()
});
circuit!(MulBase8, |d, x| wires(edwards::default_mul_base8(d, x)));
circuit!(MulPoint, |d, x| wires(edwards::default_mul_point(d, &x[2..], &point(x))));

/// Points of every kind: small order, subgroup, mixed.
fn points() -> Vec<babyjub::Point> {
    let mut rng = rng(1);
    let torsion = small_order_points();
    let mixed: Vec<_> = torsion.iter().map(|t| (random_in_subgroup(&mut rng) + t).into_affine()).collect();
    torsion.into_iter().chain(mixed).chain([generator().into_affine()]).collect()
}

#[test]
fn vectors_of_circomlibjs() {
    for case in list(&vectors()["babyjub"]) {
        let scalar = decimal(&case["scalar"]).into_bigint();
        let product = pair(&case["base8_times_scalar"]);
        assert_eq!(outputs(&MulBase8, &bits(&scalar, 251)), product);
        assert_eq!(
            outputs(&MulPoint, &[&coordinates(generator())[..], &bits(&scalar, 254)].concat()),
            product
        );
        assert_eq!(outputs(&Add, &[product, pair(&case["other"])].concat()), pair(&case["sum"]));
    }
}

#[test]
fn only_points_of_the_curve_are_on_it() {
    for p in points() {
        assert_eq!(outputs(&OnCurve, &coordinates(p)), []);
        assert_eq!(outputs(&Allocated, &coordinates(p)), coordinates(p));
        let [x, y] = coordinates(p);
        for off in [[x + fr(1), y], [x, y + fr(1)], [x + fr(5), y - fr(3)]] {
            assert_eq!(refused(&OnCurve, &off), "gadget");
            assert_eq!(refused(&Allocated, &off), "gadget/on_curve");
        }
    }
    assert_eq!(refused(&OnCurve, &[fr(0), fr(0)]), "gadget");
    assert_eq!(free_wires(&OnCurve, &coordinates(generator())), NONE);
}

#[test]
fn addition_and_doubling_are_complete() {
    for p in points() {
        for q in points() {
            assert_eq!(outputs(&Add, &[coordinates(p), coordinates(q)].concat()), coordinates(p + q));
        }
        let minus = coordinates(-p);
        assert_eq!(outputs(&Add, &[coordinates(p), minus].concat()), [fr(0), fr(1)]);
        assert_eq!(outputs(&Double, &coordinates(p)), coordinates(p + p));
        assert_eq!(outputs(&Negate, &coordinates(p)), minus);
        assert_eq!(free_wires(&Double, &coordinates(p)), NONE);
    }
    let (p, q) = (points()[9], points()[12]);
    let (inputs, others) =
        ([coordinates(p), coordinates(q)].concat(), [coordinates(q), coordinates(q)].concat());
    assert_eq!(free_wires(&Add, &inputs), NONE);
    assert!(splice_is_refused(&Add, &inputs, &others));
    assert!(splice_is_refused(&Double, &coordinates(p), &coordinates(q)));
}

#[test]
fn selection() {
    let (p, q) = (coordinates(points()[9]), coordinates(points()[10]));
    assert_eq!(outputs(&Select, &[&[fr(1)], &p[..], &q[..]].concat()), p);
    assert_eq!(outputs(&Select, &[&[fr(0)], &p[..], &q[..]].concat()), q);
}

#[test]
fn eight_times_a_point_of_small_order_is_refused() {
    for p in small_order_points() {
        assert_eq!(refused(&MulBy8, &coordinates(p)), "gadget");
    }
    for p in points().into_iter().skip(8) {
        let eightfold = p.mul_bigint([8]);
        assert_eq!(outputs(&MulBy8, &coordinates(p)), coordinates(eightfold));
        assert_eq!(free_wires(&MulBy8, &coordinates(p)), NONE);
    }
    let (p, q) = (coordinates(points()[9]), coordinates(points()[10]));
    assert!(splice_is_refused(&MulBy8, &p, &q));
}

/// Scalars at which partial sums are as close to 0, ±the next summand and multiples of l as they get.
fn edge_scalars(most_bits: usize) -> Vec<BigInt<4>> {
    let mut scalars: Vec<BigInt<4>> = (0..18u64).map(BigInt::from).collect();
    for times in 0..=10 {
        for offset in
            [-33, -17, -16, -9, -8, -7, -5, -4, -3, -2, -1, 0, 1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 33]
        {
            if times > 0 || offset > 0 {
                scalars.push(near_multiple(times, offset));
            }
        }
    }
    for n in [3, 128, 248, 249, 250, 251, 252, 253, 254] {
        scalars.push(all_ones(n));
        let mut power = all_ones(n - 1);
        power.add_with_carry(&1u64.into());
        scalars.push(power);
    }
    let mut last = Fr::MODULUS;
    last.sub_with_borrow(&1u64.into());
    scalars.push(last);
    scalars.retain(|scalar| scalar.num_bits() as usize <= most_bits);
    scalars
}

/// The point, and nothing is left to choose: no division of 0 by 0 on the way.
fn determined(circuit: &impl common::circuit::Circuit, inputs: &[Fr], expected: Projective) {
    assert_eq!(outputs(circuit, inputs), coordinates(expected));
    let recorded = audit(circuit, inputs);
    assert_eq!(free_columns(&recorded, (0..inputs.len()).map(|i| recorded.witness_column(i))), NONE);
}

#[test]
fn fixed_base_products_at_every_width_and_edge() {
    let mut rng = rng(2);
    for width in (1..=7).chain(245..=254) {
        let random = random_field(&mut rng).into_bigint();
        for mut scalar in [random, all_ones(width), BigInt::from(0u64)] {
            (width..256).filter(|i| scalar.get_bit(*i)).collect::<Vec<_>>().into_iter().for_each(|i| {
                scalar.0[i / 64] &= !(1 << (i % 64));
            });
            determined(&MulBase8, &bits(&scalar, width), generator() * scalar_of(&scalar));
        }
    }
    for scalar in edge_scalars(251) {
        determined(&MulBase8, &bits(&scalar, 251), generator() * scalar_of(&scalar));
    }
    // Where incomplete sums come closest to meeting: |M| = 8^k − 1 against |E| = 8^k, all signs.
    for window in 1..83usize {
        for (low, digit) in [(0u64, 3u64), (0, 4), (1, 3), (1, 4)] {
            let mut scalar = BigInt::<4>::from(0u64);
            for i in 0..3 * window {
                scalar.0[i / 64] |= low << (i % 64);
            }
            for i in 0..3 {
                let place = 3 * window + i;
                scalar.0[place / 64] |= (digit >> i & 1) << (place % 64);
            }
            determined(&MulBase8, &bits(&scalar, 251), generator() * scalar_of(&scalar));
        }
    }
}

#[test]
fn variable_base_products_at_every_edge() {
    let mut rng = rng(3);
    let run = |base: Projective, scalar: &BigInt<4>, width: usize| {
        determined(
            &MulPoint,
            &[&coordinates(base)[..], &bits(scalar, width)].concat(),
            base * scalar_of(scalar),
        );
    };
    // Keys chosen by an adversary: their discrete logarithms are known and small, or inverses of small numbers.
    let bases = [
        generator(),
        -generator(),
        generator() * inverse(2),
        -generator() * inverse(3),
        random_in_subgroup(&mut rng).into(),
    ];
    for (n, scalar) in edge_scalars(254).iter().enumerate() {
        run(bases[n % bases.len()], scalar, 254);
    }
    for base in bases {
        run(base, &random_field(&mut rng).into_bigint(), 254);
        run(base, &BigInt::from(0u64), 254);
        run(base, &Fr::MODULUS, 254);
    }
    for width in [0, 1, 5, 128, 253] {
        let mut scalar = random_field(&mut rng).into_bigint();
        (width..256).for_each(|i| scalar.0[i / 64] &= !(1 << (i % 64)));
        run(bases[4], &scalar, width);
    }
}

#[test]
fn products_leave_no_wire_free_and_no_constraint_spare() {
    let mut rng = rng(4);
    let base = coordinates(random_in_subgroup(&mut rng));
    let scalar: Vec<Fr> = (0..254).map(|_| Fr::from(rng.random::<bool>())).collect();
    let other: Vec<Fr> = scalar.iter().map(|bit| fr(1) - bit).collect();
    let (inputs, others) = ([&base[..], &scalar[..]].concat(), [&base[..], &other[..]].concat());
    assert_eq!(free_wires(&MulPoint, &inputs), NONE);
    assert!(splice_is_refused(&MulPoint, &inputs, &others));
    assert_eq!(free_wires(&MulBase8, &scalar[..251]), NONE);
    assert!(splice_is_refused(&MulBase8, &scalar[..251], &other[..251]));

    // Every constraint determines a wire of its own.
    let fixed = |recorded: &popw_circuits::drivers::audit::Recorded, inputs: usize| -> Vec<usize> {
        (0..inputs).map(|i| recorded.witness_column(i)).collect()
    };
    let recorded = audit(&MulPoint, &inputs);
    assert_eq!(unnoticed(&MulPoint, &recorded, fixed(&recorded, 256), &[]), []);
    let recorded = audit(&MulBase8, &scalar[..251]);
    assert_eq!(unnoticed(&MulBase8, &recorded, fixed(&recorded, 251), &[]), []);
    let recorded = audit(&MulBy8, &base);
    assert_eq!(unnoticed(&MulBy8, &recorded, fixed(&recorded, 2), &[]), []);
    let sum = [base, coordinates(generator())].concat();
    let recorded = audit(&Add, &sum);
    assert_eq!(unnoticed(&Add, &recorded, fixed(&recorded, 4), &[]), []);
    // The curve's equation compares; without a square, an x or y off the curve fits.
    let recorded = audit(&OnCurve, &base);
    assert_eq!(unnoticed(&OnCurve, &recorded, fixed(&recorded, 2), &off_curve(&base)), []);
}

/// Points off the curve: nothing forged, x² forged to fit, y² forged to fit (wires 2 and 3).
fn off_curve(on_curve: &[Fr; 2]) -> [Attempt; 3] {
    let [x, y] = [on_curve[0] + fr(1), on_curve[1]];
    let (a, d) = (fr(168_700), fr(168_696));
    let attempt = Attempt::new(&[x, y]);
    let xx = (fr(1) - y * y) / (a - d * y * y);
    let yy = (fr(1) - a * x * x) / (fr(1) - d * x * x);
    [attempt.clone(), attempt.clone().forge([(2, xx)]), attempt.forge([(3, yy)])]
}

#[test]
fn scalars_below_the_order() {
    let mut last = SUBORDER;
    last.sub_with_borrow(&1u64.into());
    for value in [BigInt::from(0u64), BigInt::from(1u64), last, random_scalar(&mut rng(5)).into_bigint()] {
        outputs(&ScalarBits, &[Fr::from_bigint(value).expect("below r")]);
    }
    for value in [near_multiple(1, 0), near_multiple(1, 1), near_multiple(7, 5), all_ones(251)] {
        assert_eq!(refused(&ScalarBits, &[Fr::from_bigint(value).expect("below r")]), "gadget");
    }
    assert_eq!(refused(&ScalarBits, &[-fr(1)]), "gadget");
}

#[test]
fn hints_are_total() {
    let mut rng = rng(6);
    for _ in 0..4 {
        let scalar: Vec<Fr> = (0..254).map(|_| random_field(&mut rng)).collect();
        let any = [random_field(&mut rng), random_field(&mut rng)];
        for base in [[fr(0), fr(0)], [fr(0), fr(1)], [fr(1), fr(1)], any] {
            audit(&MulPoint, &[&base[..], &scalar[..]].concat());
            audit(&MulPoint, &[&base[..], &vec![fr(0); 254][..]].concat());
            audit(&MulBy8, &base);
            audit(&Add, &[base, any].concat());
        }
        audit(&MulBase8, &scalar);
    }
}

#[test]
fn golden_costs_of_the_curve() {
    let p = coordinates(generator());
    let two = [p, p].concat();
    let selected = [&[fr(1)], &two[..]].concat();
    let bits = |n: usize| vec![fr(1); n];
    let rows = [
        ("on curve", cost(&OnCurve, &p)),
        ("add", cost(&Add, &two)),
        ("double", cost(&Double, &p)),
        ("negate", cost(&Negate, &p)),
        ("select a point", cost(&Select, &selected)),
        ("8·P, not of small order", cost(&MulBy8, &p)),
        ("251 bits below l", cost(&ScalarBits, &[fr(1)])),
        ("251 bits · Base8", cost(&MulBase8, &bits(251))),
        ("254 bits · Base8", cost(&MulBase8, &bits(254))),
        ("254 bits · P", cost(&MulPoint, &[&p[..], &bits(254)].concat())),
    ];
    common::golden("gadget-edwards-r1cs.txt", &common::table(&rows));
}
