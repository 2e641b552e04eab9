//! Gadgets on every driver: result, exact cost, negatives with the part that refuses, free wires, splices.

use ark_ff::{BigInt, BigInteger, PrimeField};
use popw_circuits::{
    Driver,
    gadgets::{
        bits::{alloc_canonical_bits, enforce_bits_below},
        compare::{enforce_less, enforce_nonzero, is_at_least, is_zero},
        draw::low128_mod,
        lean_imt::{Path, input_path},
        one_hot::alloc_one_hot,
        owners::{enforce_distinct_owners, placeholder},
        pack::{pack, saturate, saturate_bits},
        runs::has_run_longer_than,
    },
};
use popw_core::{Fr, lean_imt::LeanImt, poseidon};
use proptest::prelude::*;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha20Rng;

use crate::{
    circuit,
    common::{
        self,
        circuit::{Circuit, audit, cost, free_wires, outputs, refused, splice_is_refused},
        deletion::{Attempt, violated_rows},
        fr, power,
    },
};

/// No free wires.
const NONE: [usize; 0] = [];

fn random(rng: &mut impl Rng) -> Fr {
    Fr::from_le_bytes_mod_order(&rng.random::<[u8; 32]>())
}

fn vectors() -> serde_json::Value {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../core/tests/vectors/circomlib-zkkit.json");
    serde_json::from_str(&std::fs::read_to_string(path).expect("vectors")).expect("JSON")
}

fn decimal(value: &serde_json::Value) -> Fr {
    popw_core::field::from_decimal(value.as_str().expect("a string")).expect("a field element")
}

circuit!(Bits, |d, x| d.alloc_bits(&x[0], 8));
circuit!(Canonical, |d, x| {
    let bits = alloc_canonical_bits(d, &x[0]);
    vec![bits[0].clone(), bits[253].clone()]
});
circuit!(Below, |d, x| {
    let bits = d.alloc_bits(&x[0], 8);
    d.within("below", |d| enforce_bits_below(d, &bits, &BigInt::from(0b1011_0101u64)));
    Vec::new()
});
circuit!(IsZero, |d, x| vec![is_zero(d, &x[0])]);
circuit!(Nonzero, |d, x| {
    enforce_nonzero(d, &x[0]);
    Vec::new()
});
circuit!(AtLeast, |d, x| vec![is_at_least(d, &x[0], &x[1], 8)]);
circuit!(Less, |d, x| {
    enforce_less(d, &x[0], &x[1], 8);
    Vec::new()
});
circuit!(Select, |d, x| vec![d.select(&x[0], &x[1], &x[2])]);
circuit!(Hash, |d, x| vec![d.poseidon(x)]);
circuit!(Thermometer, |d, x| {
    let hot = alloc_one_hot(d, &x[0], 4);
    hot.is.into_iter().chain(hot.below).collect()
});
circuit!(Draw, |d, x| vec![low128_mod(d, &x[0], &x[1])]);
circuit!(Saturate, |d, x| vec![saturate(d, &x[0], 12, 8)]);
circuit!(SaturateBits, |d, x| {
    let bits = d.alloc_bits(&x[0], 12);
    vec![saturate_bits(d, &bits, 8), saturate_bits(d, &bits, 12), saturate_bits(d, &bits, 11)]
});
circuit!(Pack, |d, x| vec![pack(d, &[(&x[0], 8), (&x[1], 32), (&x[2], 30)])]);
circuit!(Owners, |d, x| {
    let seats: Vec<_> = x[1..].chunks(2).map(|pair| (pair[0].clone(), pair[1].clone())).collect();
    enforce_distinct_owners(d, &x[0], &seats);
    Vec::new()
});
circuit!(Runs, |d, x| vec![has_run_longer_than(d, &x[1..], &x[0])]);

struct Inclusion(Path);
impl Circuit for Inclusion {
    fn synthesize<D: Driver>(&self, d: &mut D, x: &[D::Wire]) -> Vec<D::Wire> {
        vec![input_path(d, &x[0], Some(&self.0), 5)]
    }
}

#[test]
fn bits_decompose_and_refuse_what_does_not_fit() {
    assert_eq!(outputs(&Bits, &[fr(0b1010_0110)]), [0, 1, 1, 0, 0, 1, 0, 1].map(fr));
    assert_eq!(refused(&Bits, &[fr(256)]), "gadget");
    assert_eq!(refused(&Bits, &[-fr(1)]), "gadget");
    assert_eq!(free_wires(&Bits, &[fr(77)]), NONE);
    assert!(splice_is_refused(&Bits, &[fr(77)], &[fr(78)]));
}

#[test]
fn canonical_bits_are_those_below_r() {
    assert_eq!(outputs(&Canonical, &[-fr(1)]), [fr(0), fr(1)]);
    assert_eq!(free_wires(&Canonical, &[-fr(5)]), NONE);
    // The bits of v + r satisfy the sum; the comparison refuses them.
    for value in [0u64, 1, 77] {
        let recorded = audit(&Canonical, &[fr(value)]);
        let mut other = fr(value).into_bigint();
        other.add_with_carry(&Fr::MODULUS);
        let mut d = popw_circuits::drivers::audit::Audit::forging(
            (0..254).map(|i| (1 + i, Fr::from(other.get_bit(i)))).collect(),
        );
        let x = d.alloc(Some(fr(value)));
        d.within("gadget", |d| alloc_canonical_bits(d, &x));
        let violated = d.finish().violated();
        assert_eq!(violated.into_values().collect::<Vec<_>>(), ["gadget/canonical"]);
        assert!(recorded.violated().is_empty());
    }
}

#[test]
fn bits_below_a_bound() {
    for value in 0..0b1011_0101u64 {
        outputs(&Below, &[fr(value)]);
    }
    for value in 0b1011_0101..256u64 {
        assert_eq!(refused(&Below, &[fr(value)]), "gadget/below", "{value}");
    }
}

#[test]
fn zero_tests() {
    assert_eq!(outputs(&IsZero, &[fr(0)]), [fr(1)]);
    assert_eq!(outputs(&IsZero, &[fr(5)]), [fr(0)]);
    assert_eq!(free_wires(&IsZero, &[fr(5)]), NONE);
    // At zero the inverse may be anything: it meets only the factor zero.
    assert_eq!(free_wires(&IsZero, &[fr(0)]), [1]);
    outputs(&Nonzero, &[fr(3)]);
    assert_eq!(refused(&Nonzero, &[fr(0)]), "gadget");
    assert_eq!(free_wires(&Nonzero, &[fr(3)]), NONE);
}

#[test]
fn comparisons_at_their_edges() {
    for (a, b) in [(0u64, 0u64), (0, 255), (255, 0), (7, 7), (6, 7), (255, 255)] {
        assert_eq!(outputs(&AtLeast, &[fr(a), fr(b)]), [Fr::from(a >= b)]);
    }
    assert_eq!(free_wires(&AtLeast, &[fr(9), fr(7)]), NONE);
    outputs(&Less, &[fr(6), fr(7)]);
    for (a, b) in [(7u64, 7u64), (8, 7), (255, 0)] {
        assert_eq!(refused(&Less, &[fr(a), fr(b)]), "gadget");
    }
}

#[test]
fn selection() {
    assert_eq!(outputs(&Select, &[fr(1), fr(5), fr(6)]), [fr(5)]);
    assert_eq!(outputs(&Select, &[fr(0), fr(5), fr(6)]), [fr(6)]);
    assert!(splice_is_refused(&Select, &[fr(1), fr(5), fr(6)], &[fr(0), fr(5), fr(6)]));
}

#[test]
fn poseidon_matches_circomlib() {
    for case in vectors()["poseidon"].as_array().expect("a list") {
        let inputs: Vec<Fr> = case["inputs"].as_array().expect("a list").iter().map(decimal).collect();
        if ![1, 2, 3, 4, 5, 8].contains(&inputs.len()) {
            continue;
        }
        assert_eq!(outputs(&Hash, &inputs), [decimal(&case["output"])]);
    }
    let inputs = [fr(1), fr(2)];
    assert_eq!(free_wires(&Hash, &inputs), NONE);
    assert!(splice_is_refused(&Hash, &inputs, &[fr(1), fr(3)]));
}

#[test]
fn one_hot_and_thermometer() {
    let expected = |n: u64| -> Vec<Fr> {
        (0..=4).map(|i| Fr::from(i == n)).chain((0..4).map(|i| Fr::from(i < n))).collect()
    };
    for n in 0..=4 {
        assert_eq!(outputs(&Thermometer, &[fr(n)]), expected(n));
        assert_eq!(free_wires(&Thermometer, &[fr(n)]), NONE);
    }
    for n in [fr(5), -fr(1), fr(1 << 40)] {
        assert_eq!(refused(&Thermometer, &[n]), "gadget");
    }
}

#[test]
fn draw_is_low128_mod_n() {
    let mut rng = ChaCha20Rng::seed_from_u64(7);
    for n in [1u64, 2, 12, 1 << 20, (1 << 32) - 1] {
        let seed = random(&mut rng);
        let expected = popw_core::field::low128(&seed) % u128::from(n);
        assert_eq!(outputs(&Draw, &[seed, fr(n)]), [Fr::from(expected)]);
        assert_eq!(free_wires(&Draw, &[seed, fr(n)]), NONE);
    }
    let seed = random(&mut rng);
    assert_eq!(refused(&Draw, &[seed, fr(0)]), "gadget/index");
    assert!(splice_is_refused(&Draw, &[seed, fr(12)], &[seed + fr(1), fr(12)]));
}

#[test]
fn saturating_and_packing() {
    for (value, expected) in [(0u64, 0u64), (255, 255), (256, 255), (4095, 255)] {
        assert_eq!(outputs(&Saturate, &[fr(value)]), [fr(expected)]);
    }
    assert_eq!(refused(&Saturate, &[fr(4096)]), "gadget");
    assert_eq!(free_wires(&Saturate, &[fr(300)]), NONE);
    for value in [0u64, 1, 254, 255, 256, 257, 512, 1024, 2047, 2048, 4095] {
        assert_eq!(outputs(&SaturateBits, &[fr(value)]), [value.min(255), value, value.min(2047)].map(fr));
    }
    // The inverse that shows the high bits not to be zero is set to zero, as if they were: the low ones would count.
    let recorded = audit(&SaturateBits, &[fr(256 + 7)]);
    let z = Attempt::new(&[fr(256 + 7)]).forge([(13, fr(0))]).run(&SaturateBits);
    assert_eq!(z[1], fr(7));
    assert_eq!(violated_rows(&recorded.matrices, &z).len(), 1);
    assert_eq!(outputs(&Pack, &[fr(1), fr(2), fr(3)]), [fr(1) + fr(2) * power(8) + fr(3) * power(40)]);
}

#[test]
fn owners_of_used_seats_differ() {
    let seats = |used: [u64; 3], owners: [u64; 3]| -> Vec<Fr> {
        core::iter::once(fr(9))
            .chain(used.into_iter().zip(owners).flat_map(|(u, o)| [fr(u), fr(o)]))
            .collect()
    };
    outputs(&Owners, &seats([1, 1, 1], [1, 2, 3]));
    // Unused seats may repeat anything.
    outputs(&Owners, &seats([1, 0, 0], [1, 1, 9]));
    outputs(&Owners, &seats([0, 0, 0], [9, 9, 9]));
    for (used, owners) in [([1, 1, 1], [1, 2, 1]), ([1, 0, 1], [9, 2, 3]), ([0, 1, 1], [0, 4, 4])] {
        assert_eq!(refused(&Owners, &seats(used, owners)), "gadget");
    }
    assert_eq!(free_wires(&Owners, &seats([1, 0, 1], [1, 2, 3])), NONE);
    assert!(placeholder(0).into_bigint().num_bits() > 248);
}

#[test]
fn inclusion_in_trees_of_every_size() {
    for size in 1..=20u64 {
        let tree = LeanImt::from_leaves((1..=size).map(fr).collect());
        for i in [0, size / 2, size - 1] {
            let proof = tree.proof(usize::try_from(i).expect("small")).expect("a leaf");
            let circuit = Inclusion(common::path(&proof));
            assert_eq!(outputs(&circuit, &[fr(i + 1)]), [tree.root()]);
            assert_eq!(free_wires_of_inclusion(&circuit, fr(i + 1)), NONE);
        }
    }
    let tree = LeanImt::from_leaves((1..=9).map(fr).collect());
    let good = common::path(&tree.proof(8).expect("a leaf"));
    let forged = |change: &dyn Fn(&mut Path)| {
        let mut path = good.clone();
        change(&mut path);
        refused(&Inclusion(path), &[fr(9)])
    };
    assert_eq!(forged(&|p| p.index |= 1 << p.depth), "gadget/index");
    assert_eq!(forged(&|p| p.depth = 6), "gadget/depth");
    assert_eq!(forged(&|p| p.depth = u64::MAX), "gadget/depth");
}

/// Siblings (and depth and index bits) are the prover's input: those above the depth are not read by design.
fn free_wires_of_inclusion(circuit: &Inclusion, leaf: Fr) -> Vec<usize> {
    let recorded = audit(circuit, &[leaf]);
    let depth = usize::try_from(circuit.0.depth).expect("small");
    let per_level = (recorded.wire_paths.len() - 1 - 1 - 6 - 1) / 5;
    let first_unread = 1 + 1 + 6 + depth * per_level;
    free_wires(circuit, &[leaf]).into_iter().filter(|wire| *wire < first_unread).collect()
}

#[test]
fn runs_of_down_slots() {
    let down = |bits: u8, most: u64| -> Vec<Fr> {
        core::iter::once(fr(most)).chain((0..8).map(|i| Fr::from(bits >> i & 1 == 1))).collect()
    };
    let longest = |bits: u8| {
        let text = format!("{bits:08b}");
        text.split('0').map(str::len).max().unwrap_or(0) as u64
    };
    for bits in 0..=255u8 {
        for most in [0, 1, 3, 7, 8, u64::from(u32::MAX)] {
            assert_eq!(
                outputs(&Runs, &down(bits, most)),
                [Fr::from(longest(bits) > most)],
                "{bits:08b} {most}"
            );
        }
    }
    assert_eq!(free_wires(&Runs, &down(0b0110_1110, 4)), NONE);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn drivers_agree_on_random_inputs(seed in any::<u64>()) {
        let mut rng = ChaCha20Rng::seed_from_u64(seed);
        let x: Vec<Fr> = (0..5).map(|_| random(&mut rng)).collect();
        for n in 1..=5 {
            prop_assert_eq!(outputs(&Hash, &x[..n]), [poseidon::hash(&x[..n])]);
        }
        let n = 1 + rng.random::<u32>() % 1_000_000;
        prop_assert_eq!(outputs(&Draw, &[x[0], Fr::from(n)]), [Fr::from(popw_core::field::low128(&x[0]) % u128::from(n))]);
        let b = rng.random::<bool>();
        prop_assert_eq!(outputs(&Select, &[Fr::from(b), x[0], x[1]]), [if b { x[0] } else { x[1] }]);
        outputs(&Canonical, &x[..1]);
    }
}

#[test]
fn golden_costs_of_gadgets() {
    let h = |n: usize| cost(&Hash, &vec![fr(1); n]);
    let rows = [
        ("bits 8", cost(&Bits, &[fr(1)])),
        ("canonical bits", cost(&Canonical, &[fr(1)])),
        ("is zero", cost(&IsZero, &[fr(1)])),
        ("nonzero", cost(&Nonzero, &[fr(1)])),
        ("at least, 8 bits", cost(&AtLeast, &[fr(1), fr(1)])),
        ("less, 8 bits", cost(&Less, &[fr(1), fr(2)])),
        ("select", cost(&Select, &[fr(1), fr(2), fr(3)])),
        ("poseidon 1", h(1)),
        ("poseidon 2", h(2)),
        ("poseidon 3", h(3)),
        ("poseidon 4", h(4)),
        ("poseidon 5", h(5)),
        ("poseidon 8", h(8)),
        ("one-hot 0..=4", cost(&Thermometer, &[fr(1)])),
        ("draw", cost(&Draw, &[fr(5), fr(3)])),
        ("saturate 12 to 8", cost(&Saturate, &[fr(5)])),
        ("owners of 3 seats", cost(&Owners, &[9, 1, 1, 1, 2, 1, 3].map(fr))),
        ("path of depth ≤ 5", cost(&Inclusion(Path::default()), &[fr(1)])),
        ("runs in 8 slots", cost(&Runs, &[0, 0, 0, 0, 0, 0, 0, 0, 0].map(fr))),
    ];
    common::golden("gadgets-r1cs.txt", &common::table(&rows));
}
