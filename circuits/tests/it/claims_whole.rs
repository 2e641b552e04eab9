//! The whole circuit of every kind: no wire of a run is free, inputs determine all others, parts of one run do not fit
//! another, an absent part counts nothing.

use std::collections::BTreeMap;

use popw_circuits::{
    claims::{Instance, Kind, Shape, Witness, check, clauses, synthesize},
    drivers::audit::{Recorded, clause_of},
};
use popw_core::Fr;
use rand::{SeedableRng, seq::SliceRandom};
use rand_chacha::ChaCha20Rng;

use crate::common::{
    self, Network, audit,
    circuit::wires_that_may_change,
    deletion::Forger,
    determinism::{free_columns, with_zeros},
    fr, power,
    sectors::Data,
    shapes,
};

/// Registries are full and all seats used, so every path level and every signature counts.
fn no_free_wire(shape: Shape) {
    let seed = 20;
    println!("seed {seed}");
    let recorded = audit(&shape, &Network::full(shape).beyond_every_limit().witness());
    let mut wires: Vec<usize> = (0..recorded.matrices.witness).collect();
    wires.shuffle(&mut ChaCha20Rng::seed_from_u64(seed));
    let free = wires_that_may_change(&recorded, wires.into_iter().take(8000));
    let free: Vec<_> = free.into_iter().map(|wire| (wire, &recorded.wire_paths[wire])).collect();
    assert!(free.is_empty(), "{free:?}");
}

/// Paths of the wires that can move when the prover's inputs cannot.
fn moving(recorded: &Recorded) -> Vec<&str> {
    let inputs = recorded.inputs.iter().map(|wire| recorded.witness_column(*wire));
    let free = free_columns(recorded, inputs).into_iter();
    free.map(|column| &*recorded.wire_paths[column - recorded.witness_column(0)]).collect()
}

/// The Jacobian of the whole system at honest witnesses, over all wires but those the prover chooses, has full column
/// rank: nothing else can move but what is free by design.
fn determined(shape: Shape) {
    for (network, zeros) in with_zeros(shape) {
        let recorded = audit(&shape, &network.witness());
        let mut free = moving(&recorded);
        free.sort_unstable();
        assert_eq!(free, zeros);
    }
}

/// Each clause's wires of another honest run, in this one.
fn no_splice(shape: Shape) {
    let run = audit(&shape, &Network::new(shape).witness());
    let mut network = Network::new(shape).beyond_every_limit();
    network.domain += fr(1);
    network.epoch += 1;
    network.closing += fr(1);
    network.device = common::secret(1, 77);
    network.device_owner += fr(1);
    network.redraw();
    network.rules[2] -= u32::from(shape.committee() > 0);
    network.rules[3] -= u32::from(shape.slots > 0);
    network.rules[4] = 3;
    for sector in &mut network.sectors {
        sector.expiry += 5;
        sector.data = Data::random(31 * 70, 9);
    }
    network.allotments.iter_mut().for_each(|allotted| allotted.owner += fr(2));
    network.bitmaps.fill(fr(0));
    let mut other = network.witness();
    other.frame.payee += fr(5);
    let other = audit(&shape, &other);
    assert_eq!(other.violated(), BTreeMap::new());
    assert_eq!(run.matrices, other.matrices);
    let donor = other.assignment.full();
    let mut spliced: BTreeMap<&str, Vec<Fr>> = BTreeMap::new();
    for (wire, path) in run.wire_paths.iter().enumerate() {
        let z = spliced.entry(clause_of(path)).or_insert_with(|| run.assignment.full());
        z[run.witness_column(wire)] = donor[run.witness_column(wire)];
    }
    assert_eq!(
        spliced.len(),
        clauses(shape.kind).count() + 1,
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

macro_rules! of_every_kind {
    ($($name:ident $shape:expr;)*) => {$(
        mod $name {
            use super::*;

            #[test]
            fn no_wire_is_free() {
                no_free_wire($shape);
            }

            #[test]
            fn inputs_determine_every_wire() {
                determined($shape);
            }

            #[test]
            fn parts_of_one_run_do_not_fit_another() {
                no_splice($shape);
            }
        }
    )*};
}

of_every_kind! {
    uptime_claims Shape::demo(Kind::Uptime);
    possession_claims shapes::POSSESSION;
    bandwidth_claims shapes::BANDWIDTH;
    work_claims shapes::WORK;
}

/// What an honest witness comes to, in the check and on the circuit.
fn claimed(system: &Recorded, shape: &Shape, witness: &Witness) -> Instance {
    let instance = witness.instance(shape).expect("well-formed");
    assert_eq!(check(shape, &instance, witness), Ok(()));
    let z = Forger::run(&BTreeMap::new(), |d| synthesize(d, shape, Some(witness)));
    assert_eq!(system.violated_by(&z), BTreeMap::new());
    assert_eq!(z[1..4], instance.to_array());
    instance
}

/// Nobody is drawn for it. (That all other claims are refused is among the forgeries.)
#[test]
fn possession_needs_no_witness_seats() {
    let shape = shapes::POSSESSION;
    let mut witness = Network::new(shape).witness();
    let system = audit(&shape, &witness);
    let usual = claimed(&system, &shape, &witness);
    witness.frame.rules[0] = fr(0);
    let without = claimed(&system, &shape, &witness);
    assert_ne!(usual.context, without.context);
    assert_eq!((usual.nullifier, usual.outcome), (without.nullifier, without.outcome));
}

/// Up slots, MiB stored, MiB served, rate.
fn amount(witness: &Witness, instance: &Instance) -> [u64; 4] {
    let packed = popw_core::field::to_be_bytes(&((instance.outcome - witness.frame.payee) / power(160)));
    let packed = u128::from_be_bytes(packed[16..].try_into().expect("16 bytes"));
    [(0, 8), (8, 32), (40, 30), (70, 20)].map(|(from, bits)| (packed >> from) as u64 & ((1 << bits) - 1))
}

type Change = (&'static str, fn(&mut Network), fn(&mut Witness));

/// Every combination of parts that are there and parts that are not, or fail: each counts for itself.
#[test]
fn parts_of_work_count_each_for_itself() {
    let shape = shapes::WORK;
    let nothing: Change = ("there", |_| (), |_| ());
    let uptime: [(Change, u64); 3] = [
        (nothing, 6),
        (("absent", |_| (), |w| w.uptime.seats.clear()), 0),
        (("down for too long", |n| n.rules[4] = 1, |_| ()), 0),
    ];
    let storage: [(Change, u64); 2] =
        [(nothing, 4), (("absent", |_| (), |w| w.possession.sectors.clear()), 0)];
    let bandwidth: [(Change, [u64; 2]); 5] = [
        (nothing, [9, 810]),
        (("no receipts", |_| (), |w| w.bandwidth.receipts.clear()), [0, 810]),
        (("no rate", |_| (), |w| w.bandwidth.challengers.clear()), [0, 0]),
        (("no rate, and none asked for", |n| n.rules[6] = 0, |w| w.bandwidth.challengers.clear()), [9, 0]),
        (("too slow", |n| n.rules[6] = 811, |_| ()), [0, 0]),
    ];
    let system = audit(&shape, &Network::new(shape).witness());
    for (u, up) in uptime {
        for (s, stored) in storage {
            for (b, [served, rate]) in bandwidth {
                let changes = [u, s, b];
                let mut network = Network::new(shape);
                changes.iter().for_each(|(_, change, _)| change(&mut network));
                let mut witness = network.witness();
                changes.iter().for_each(|(_, _, change)| change(&mut witness));
                let instance = claimed(&system, &shape, &witness);
                let what = changes.map(|(what, ..)| what);
                assert_eq!(amount(&witness, &instance), [up, stored, served, rate], "{what:?}");
            }
        }
    }
}

/// In a later batch what is stored and served counts, up slots and rate do not; sums beyond their fields are the most
/// that those hold.
#[test]
fn later_batches_and_saturation() {
    let shape = shapes::WORK;
    let mut network = Network::new(shape).beyond_every_limit();
    let system = audit(&shape, &network.witness());
    let later = network.witness();
    assert_eq!(amount(&later, &claimed(&system, &shape, &later)), [0, 4, (1 << 30) - 1, 0]);
    network.rules[5] = 1;
    network.batch = 0;
    let first = network.witness();
    assert_eq!(amount(&first, &claimed(&system, &shape, &first)), [6, 4, (1 << 30) - 1, (1 << 20) - 1]);
    // One byte less than 2^50 is the most that is not cut off.
    for (bytes, served) in [
        ((1u64 << 50) - 1, (1u64 << 30) - 1),
        (1 << 50, (1 << 30) - 1),
        ((1 << 50) - (1 << 20), (1 << 30) - 1),
        ((1 << 50) - (1 << 20) - 1, (1 << 30) - 2),
    ] {
        network.allotments[0].bytes = bytes;
        network.allotments[0].cap = bytes;
        network.allotments[1].bytes = 0;
        let witness = network.witness();
        assert_eq!(amount(&witness, &claimed(&system, &shape, &witness))[2], served);
    }
}

/// Whoever pays work and single claims alike can tell them apart, and batches from each other.
#[test]
fn nullifiers_of_kinds_and_batches_differ() {
    let mut seen = std::collections::BTreeSet::new();
    for shape in shapes::SMALL {
        for batch in 0..if shape.kind == Kind::Uptime { 1 } else { 2 } {
            let mut network = Network::new(shape);
            network.rules[5] = 2;
            network.batch = batch;
            let mut witness = network.witness();
            witness.possession.sectors.clear();
            witness.bandwidth.receipts.clear();
            assert!(seen.insert(witness.instance(&shape).expect("well-formed").nullifier));
        }
    }
    assert_eq!(seen.len(), 7);
}
