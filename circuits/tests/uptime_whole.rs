//! The whole uptime circuit: drivers agree, costs and system are pinned, no wire of a run is free, parts of one run
//! do not fit another.

mod common;

use std::collections::BTreeMap;

use common::{Network, audit, circuit::wires_that_may_change, determinism::free_columns, fr};
use popw_circuits::{
    claims::{
        Shape, Witness, check, synthesize,
        uptime::{DEMO, STANDARD},
    },
    drivers::{
        audit::clause_of,
        evaluate::{Assignment, Evaluate},
        r1cs::{Csr, Matrices, R1cs},
    },
};
use popw_core::Fr;
use rand::{Rng, SeedableRng, seq::SliceRandom};
use rand_chacha::ChaCha20Rng;

fn matrices(shape: &Shape) -> Matrices {
    let mut d = R1cs::new();
    synthesize(&mut d, shape, None);
    d.finish()
}

fn evaluate(shape: &Shape, witness: &Witness) -> Assignment {
    let mut d = Evaluate::new();
    synthesize(&mut d, shape, Some(witness));
    d.finish()
}

/// The network with random choices: committee, quorum, slots, gap, bitmaps.
fn random_network(shape: Shape, seed: u64) -> Network {
    let mut rng = ChaCha20Rng::seed_from_u64(seed);
    let mut network = Network::new(shape);
    let k = rng.random_range(1..=shape.seats as u32);
    let slots = rng.random_range(0..=shape.slots as u32);
    network.rules[1] = k;
    network.rules[2] = rng.random_range(1..=k);
    network.rules[3] = slots;
    network.rules[4] = rng.random_range(0..=slots / 2 + 1);
    network.epoch = rng.random();
    for bitmap in &mut network.bitmaps {
        *bitmap = (0..slots).filter(|_| rng.random_bool(0.7)).fold(fr(0), |sum, s| sum + common::power(s));
    }
    network
}

#[test]
fn drivers_agree_and_accept_what_check_accepts() {
    for (shape, seed) in [(DEMO, 1), (DEMO, 2), (DEMO, 3), (DEMO, 4), (STANDARD, 5)] {
        let witness = random_network(shape, seed).witness();
        let instance = witness.instance(&shape).expect("well-formed");
        assert_eq!(check(&shape, &instance, &witness), Ok(()), "seed {seed}");
        let assignment = evaluate(&shape, &witness);
        assert_eq!(assignment.public, instance.to_array(), "seed {seed}");
        let matrices = matrices(&shape);
        assert_eq!(matrices.first_violated(&assignment.full()), None, "seed {seed}");
        if shape == DEMO {
            let recorded = audit(&shape, &witness);
            assert_eq!(recorded.matrices, matrices);
            assert_eq!(recorded.assignment, assignment);
        }
    }
}

#[test]
fn standard_stays_within_its_budget() {
    let matrices = matrices(&STANDARD);
    assert!(matrices.constraints() + matrices.public < 1 << 17, "{}", matrices.constraints());
}

#[test]
fn golden_costs_by_clause() {
    for shape in [DEMO, STANDARD] {
        let witness = Network::new(shape).witness();
        let recorded = audit(&shape, &witness);
        let mut text = String::new();
        for (clause, cost) in recorded.cost() {
            text += &format!("{clause:<20} {cost:>7}\n");
        }
        text += &format!("{:<20} {:>7}\n", "constraints", recorded.matrices.constraints());
        text += &format!("{:<20} {:>7}\n", "witness", recorded.matrices.witness);
        let entries = |csr: &Csr| csr.values.len();
        let m = &recorded.matrices;
        text +=
            &format!("{:<20} {:>7}\n", "entries of A, B, C", entries(&m.a) + entries(&m.b) + entries(&m.c));
        common::golden(&format!("uptime-{}-r1cs.txt", shape.name), &text);
    }
}

/// The order in which public inputs are exposed is what verifiers, contracts and pages rely on.
#[test]
fn golden_constraint_systems() {
    let mut text = String::new();
    for shape in [DEMO, STANDARD] {
        text += &format!("{:<10} {}\n", shape.name, digest(&matrices(&shape)));
    }
    common::golden("uptime-systems.txt", &text);
}

fn digest(matrices: &Matrices) -> String {
    let mut hasher = blake3::Hasher::new();
    hasher.update(&(matrices.public as u64).to_le_bytes());
    hasher.update(&(matrices.witness as u64).to_le_bytes());
    for side in [&matrices.a, &matrices.b, &matrices.c] {
        side.row_starts.iter().chain(&side.columns).for_each(|n| {
            hasher.update(&n.to_le_bytes());
        });
        side.values.iter().for_each(|value| {
            hasher.update(&popw_core::field::to_be_bytes(value));
        });
    }
    hasher.finalize().to_string()
}

/// Registries are full and all seats used, so every path level and every signature counts.
#[test]
fn no_wire_is_free() {
    let seed = 20;
    println!("seed {seed}");
    let recorded = audit(&DEMO, &Network::full(DEMO).witness());
    let mut wires: Vec<usize> = (0..recorded.matrices.witness).collect();
    wires.shuffle(&mut ChaCha20Rng::seed_from_u64(seed));
    let free = wires_that_may_change(&recorded, wires.into_iter().take(8000));
    let free: Vec<_> = free.into_iter().map(|wire| (wire, &recorded.wire_paths[wire])).collect();
    assert!(free.is_empty(), "{free:?}");
}

/// The Jacobian of the whole system at honest witnesses, over all wires but those the prover chooses, has full column
/// rank: nothing else can move.
#[test]
fn inputs_determine_every_wire() {
    for network in [Network::full(DEMO), Network::new(DEMO)] {
        let recorded = audit(&DEMO, &network.witness());
        let inputs = recorded.inputs.iter().map(|wire| recorded.witness_column(*wire));
        let free: Vec<String> = free_columns(&recorded, inputs)
            .into_iter()
            .map(|column| recorded.wire_paths[column - recorded.witness_column(0)].clone())
            .collect();
        assert_eq!(free, Vec::<String>::new());
    }
}

/// In a run that claims nothing because of a gap, one wire is free by design: the product over all slots is zero
/// there, and the inverse that shows a product not to be zero meets only that zero.
#[test]
fn one_inverse_is_free_where_a_gap_is_too_long() {
    let mut network = Network::new(DEMO);
    network.rules[4] = 0;
    let recorded = audit(&DEMO, &network.witness());
    let inputs = recorded.inputs.iter().map(|wire| recorded.witness_column(*wire));
    let free = free_columns(&recorded, inputs);
    let paths: Vec<&str> =
        free.iter().map(|column| &*recorded.wire_paths[column - recorded.witness_column(0)]).collect();
    assert_eq!(paths, ["U7-gap"]);
}

/// Each clause's wires of another honest run, in this one.
#[test]
fn parts_of_one_run_do_not_fit_another() {
    let run = audit(&DEMO, &random_network(DEMO, 11).witness());
    let mut network = random_network(DEMO, 12);
    network.device = common::secret(1, 77);
    network.device_owner += fr(1);
    let mut other = network.witness();
    other.payee += fr(5);
    let other = audit(&DEMO, &other);
    assert_eq!(run.matrices, other.matrices);
    let donor = other.assignment.full();
    let mut spliced: BTreeMap<&str, Vec<Fr>> = BTreeMap::new();
    for (wire, path) in run.wire_paths.iter().enumerate() {
        let z = spliced.entry(clause_of(path)).or_insert_with(|| run.assignment.full());
        z[run.witness_column(wire)] = donor[run.witness_column(wire)];
    }
    assert_eq!(
        spliced.len(),
        DEMO.clauses().count() + 1,
        "every clause has wires, and the inputs are one more"
    );
    for (clause, z) in spliced {
        assert!(!run.violated_by(&z).is_empty(), "{clause}");
    }
    for public in 0..3 {
        let mut z = run.assignment.full();
        z[run.public_column(public)] = donor[run.public_column(public)];
        assert_eq!(run.violated_by(&z).len(), 1);
    }
}
