//! Gadgets of storage on every driver: opening a node of an 8-ary tree, and the draw of the node to open.

use std::collections::BTreeMap;

use ark_ff::{BigInteger, PrimeField};
use popw_circuits::{
    Driver,
    gadgets::{
        draw::low128_mod_bits,
        octree::{alone, input_climb},
    },
};
use popw_core::{Fr, field::low128, poseidon};

use crate::{
    circuit,
    common::{
        self,
        circuit::{Circuit, audit, cost, free_wires, outputs, refused, splice_is_refused},
        deletion::{Attempt, unnoticed, violated_rows},
        determinism::free_columns,
        fr,
    },
};

/// No free wires.
const NONE: [usize; 0] = [];
const LEVELS: usize = 2;

/// Climbs from x[0] at the place with the bits x[1..], through these children.
struct Climb(Vec<[Fr; 8]>);

impl Circuit for Climb {
    fn synthesize<D: Driver>(&self, d: &mut D, x: &[D::Wire]) -> Vec<D::Wire> {
        let children = |level: usize, node| Some(self.0.get(level).copied().unwrap_or_else(|| alone(node)));
        input_climb(d, &x[0], &x[1..], children).split_off(1)
    }
}

/// A tree of 64 nodes that all differ: its levels.
fn tree() -> [Vec<Fr>; 3] {
    let leaves: Vec<Fr> = (0..64).map(|i| poseidon::hash(&[fr(i)])).collect();
    let inner: Vec<Fr> = leaves.chunks(8).map(poseidon::hash).collect();
    let root = poseidon::hash(&inner);
    [leaves, inner, vec![root]]
}

/// The opening of a leaf, and what goes into it.
fn opening(index: usize) -> (Climb, Vec<Fr>) {
    let [leaves, inner, _] = tree();
    let group = |level: &[Fr], place: usize| -> [Fr; 8] {
        level[place / 8 * 8..][..8].try_into().expect("eight children")
    };
    (Climb(vec![group(&leaves, index), group(&inner, index / 8)]), at(leaves[index], index))
}

fn at(node: Fr, index: usize) -> Vec<Fr> {
    [node].into_iter().chain((0..3 * LEVELS).map(|i| fr(index as u64 >> i & 1))).collect()
}

#[test]
fn climbs_from_every_leaf() {
    let [_, inner, root] = tree();
    for index in 0..64 {
        let (climb, inputs) = opening(index);
        assert_eq!(outputs(&climb, &inputs), [inner[index / 8], root[0]]);
    }
    let (climb, inputs) = opening(29);
    assert_eq!(free_wires(&climb, &inputs), NONE);
    assert!(splice_is_refused(&climb, &inputs, &opening(30).1));
}

#[test]
fn nothing_has_to_be_said_above_a_root() {
    let (mut climb, _) = opening(5);
    let [leaves, inner, _] = tree();
    climb.0.truncate(1);
    let above = poseidon::hash(&alone(inner[0]));
    assert_eq!(outputs(&climb, &at(leaves[5], 5)), [inner[0], above]);
    // It stands in the first place there, and nowhere else.
    assert_eq!(refused(&climb, &at(leaves[5], 5 + 8)), "gadget/child");
}

#[test]
fn a_node_is_where_its_digits_say() {
    let (climb, inputs) = opening(29);
    for index in (0..64).filter(|index| *index != 29) {
        assert_eq!(refused(&climb, &at(inputs[0], index)), "gadget/child", "{index}");
    }
    assert_eq!(refused(&climb, &at(inputs[0] + fr(1), 29)), "gadget/child");
}

#[test]
fn every_child_leads_to_the_root() {
    let [_, inner, root] = tree();
    for (level, digit) in [(0, 29 % 8), (1, 29 / 8)] {
        for child in 0..8 {
            let (mut climb, inputs) = opening(29);
            climb.0[level][child] += fr(1);
            if child == digit {
                assert_eq!(refused(&climb, &inputs), "gadget/child", "{level} {child}");
                continue;
            }
            // Another group is under another root; at the level above it is not among the children.
            let violated = audit(&climb, &inputs).violated();
            assert_eq!(violated.contains_key("gadget"), level == 0, "{level} {child}");
            let public = audit(&climb, &inputs).assignment.public;
            assert_ne!(public[level], [inner[3], root[0]][level]);
        }
    }
}

/// The node is given, its place, and every child but those on its way: these follow, and without any one of the
/// constraints something does not.
#[test]
fn every_constraint_of_a_climb_is_needed() {
    let (climb, inputs) = opening(29);
    let honest = audit(&climb, &inputs);
    let on_the_way = [honest.inputs[29 % 8], honest.inputs[8 + 29 / 8]];
    let given = (0..inputs.len()).chain(honest.inputs.iter().copied());
    let given = given.filter(|wire| !on_the_way.contains(wire));
    let fixed: Vec<usize> = given.map(|wire| honest.witness_column(wire)).collect();
    assert_eq!(free_columns(&honest, fixed.iter().copied()), NONE);
    assert_eq!(unnoticed(&climb, &honest, fixed, &[]), []);
}

circuit!(Draw, |d, x| low128_mod_bits(d, &x[0], &x[1], 9));

fn seed(n: u64) -> Fr {
    poseidon::hash(&[fr(n)])
}

#[test]
fn draws_are_low128_mod_n_in_bits() {
    for (i, n) in [1u64, 2, 3, 300, 511, 512].into_iter().enumerate() {
        let seed = seed(i as u64);
        let index = (low128(&seed) % u128::from(n)) as u64;
        let bits: Vec<Fr> = (0..9).map(|i| fr(index >> i & 1)).collect();
        assert_eq!(outputs(&Draw, &[seed, fr(n)]), bits);
        assert_eq!(free_wires(&Draw, &[seed, fr(n)]), NONE);
    }
    assert_eq!(refused(&Draw, &[seed(1), fr(0)]), "gadget/index");
    assert!(splice_is_refused(&Draw, &[seed(1), fr(300)], &[seed(2), fr(300)]));
    assert!(splice_is_refused(&Draw, &[seed(1), fr(300)], &[seed(1), fr(301)]));
}

/// A quotient that is one less, one that the field makes up, and the bits of seed + r: each refused by one part, and let
/// through without it.
#[test]
fn a_division_has_one_result() {
    // Small enough to have a second decomposition, and an index to which 300 can be added.
    let honest = (0u64..).map(fr).find(|seed| low128(seed) % 300 < 200).expect("a seed");
    let inputs = [honest + fr(900), fr(300)];
    let recorded = audit(&Draw, &inputs);
    let own: Vec<usize> = (0..recorded.wire_paths.len())
        .filter(|wire| recorded.wire_paths[*wire] == "gadget" && *wire >= inputs.len())
        .collect();
    // 254 bits of the seed, the quotient, its multiple of n.
    assert_eq!(own.len(), 256);
    let quotient = own[254];
    let value = recorded.assignment.witness[quotient];
    let mut other = inputs[0].into_bigint();
    other.add_with_carry(&Fr::MODULUS);
    let other: Vec<(usize, Fr)> =
        own[..254].iter().enumerate().map(|(i, wire)| (*wire, Fr::from(other.get_bit(i)))).collect();
    let low = Fr::from(low128(&inputs[0]));
    for (what, forged, part) in [
        ("one less", vec![(quotient, value - fr(1))], "gadget/index"),
        ("one more", vec![(quotient, value + fr(1))], "gadget/index"),
        ("of the field", vec![(quotient, (low - fr(7)) / fr(300))], "gadget/quotient"),
        ("seed + r", other, "gadget/canonical"),
    ] {
        let z = Attempt::new(&inputs).forge(forged).run(&Draw);
        let violated = violated_rows(&recorded.matrices, &z);
        assert!(!violated.is_empty(), "{what}");
        assert!(violated.iter().all(|row| recorded.constraint_paths[*row] == part), "{what}");
        let rest = recorded.retain(|row| recorded.constraint_paths[row] != part);
        assert_eq!(rest.violated_by(&z), BTreeMap::new(), "{what}");
    }
}

#[test]
fn golden_costs_of_storage_gadgets() {
    let (climb, inputs) = opening(29);
    let rows = [
        ("climb of two levels", cost(&climb, &inputs)),
        ("draw of 9 bits", cost(&Draw, &[seed(1), fr(300)])),
    ];
    common::golden("gadget-storage-r1cs.txt", &common::table(&rows));
}
