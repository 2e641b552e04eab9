//! Global uniqueness, where the Jacobian of `common::determinism` sees only first order.
//!
//! From the prover's inputs on, wires are derived one at a time: a constraint that is linear in its only unknown wire
//! (with a coefficient that is not 0) fixes it; boolean wires are fixed by a sum of distinct powers of two, by a
//! comparison of 254 of them with r, or as a one-hot vector. Whatever is left could have a second value.

mod common;

use std::collections::{BTreeMap, BTreeSet};

use ark_ff::Zero;
use common::{Network, audit, fr};
use popw_circuits::{
    claims::{Seat, Witness, uptime::DEMO},
    drivers::{audit::Recorded, r1cs::Csr},
};
use popw_core::Fr;

fn undetermined(recorded: &Recorded) -> Vec<String> {
    let m = &recorded.matrices;
    let z = recorded.assignment.full();
    assert_eq!(m.first_violated(&z), None);
    let mut known = vec![false; z.len()];
    known[0] = true;
    recorded.inputs.iter().for_each(|i| known[recorded.witness_column(*i)] = true);
    let mut boolean = BTreeSet::new();
    let row = |matrix: &Csr, i: usize| matrix.row(i).collect::<Vec<_>>();
    let mut open: BTreeSet<usize> = (0..m.constraints()).collect();
    let powers: Vec<Fr> = (0..254).map(common::power).collect();
    loop {
        let mut progress = false;
        for i in open.clone() {
            let (a, b, c) = (row(&m.a, i), row(&m.b, i), row(&m.c, i));
            // A factor times a known 0 does not matter.
            let zero = |side: &[(usize, Fr)]| {
                side.iter().all(|(at, _)| known[*at])
                    && side.iter().map(|(at, value)| *value * z[*at]).sum::<Fr>().is_zero()
            };
            let (a, b) = match (zero(&a), zero(&b)) {
                (true, _) | (_, true) => (Vec::new(), Vec::new()),
                _ => (a, b),
            };
            let unknown: BTreeSet<usize> = a
                .iter()
                .chain(&b)
                .chain(&c)
                .map(|(column, _)| *column)
                .filter(|column| !known[*column])
                .collect();
            if unknown.is_empty() {
                open.remove(&i);
                progress = true;
                continue;
            }
            let part = |terms: &[(usize, Fr)], column: usize| -> (Fr, Fr) {
                terms.iter().fold((fr(0), fr(0)), |(rest, slope), (at, value)| {
                    if *at == column { (rest, slope + value) } else { (rest + *value * z[*at], slope) }
                })
            };
            if unknown.len() == 1 {
                let column = *unknown.first().unwrap();
                let ((a0, a1), (b0, b1), (_, c1)) = (part(&a, column), part(&b, column), part(&c, column));
                if (a1 * b1).is_zero() {
                    if !(a1 * b0 + a0 * b1 - c1).is_zero() {
                        known[column] = true;
                        open.remove(&i);
                        progress = true;
                    }
                } else if c.is_empty() && a0.is_zero() && (b0 + b1).is_zero() && boolean.insert(column) {
                    progress = true;
                }
                continue;
            }
            // A linear constraint over booleans.
            if b != [(0, fr(1))] || !c.is_empty() || !unknown.iter().all(|column| boolean.contains(column)) {
                continue;
            }
            let weights: Vec<Fr> =
                a.iter().filter(|(column, _)| unknown.contains(column)).map(|(_, value)| *value).collect();
            let scale = weights[0];
            let relative: BTreeSet<usize> =
                weights.iter().filter_map(|w| powers.iter().position(|p| *p * scale == *w)).collect();
            let path = recorded.constraint_paths[i].as_str();
            let distinct = relative.len() == weights.len();
            // 254 bits: only where a comparison with r follows (`canonical`).
            let canonical = || {
                recorded.constraint_paths[i + 1].ends_with("canonical")
                    && recorded.constraint_paths[i + 1].starts_with(path)
            };
            let one_hot =
                weights.iter().all(|w| *w == scale) && a.iter().any(|(at, w)| *at == 0 && *w == -scale) && {
                    // The next constraint weighs the same wires by their numbers.
                    let next = row(&m.a, i + 1);
                    let numbers: BTreeMap<usize, Fr> =
                        next.into_iter().filter(|(at, _)| unknown.contains(at)).collect();
                    let expected: BTreeMap<usize, Fr> =
                        unknown.iter().enumerate().skip(1).map(|(n, at)| (*at, fr(n as u64))).collect();
                    numbers == expected
                };
            if (distinct && weights.len() <= 253)
                || (distinct && weights.len() == 254 && canonical())
                || one_hot
            {
                unknown.iter().for_each(|column| known[*column] = true);
                open.remove(&i);
                progress = true;
            }
        }
        if !progress {
            break;
        }
    }
    (0..z.len())
        .filter(|column| !known[*column])
        .map(|column| match column.checked_sub(1 + m.public) {
            Some(i) => recorded.wire_paths[i].clone(),
            None => format!("public {column}"),
        })
        .collect()
}

fn assert_unique(what: &str, witness: &Witness, allowed: &[&str]) {
    let left = undetermined(&audit(&DEMO, witness));
    let mut counts = BTreeMap::<String, usize>::new();
    left.into_iter().for_each(|path| *counts.entry(path).or_default() += 1);
    println!("{what}: {counts:?}");
    assert!(counts.keys().all(|path| allowed.contains(&path.as_str())), "{what}: {counts:?}");
}

#[test]
fn inputs_determine_everything() {
    let mut network = Network::new(DEMO);
    network.rules[3] = 20;
    network.rules[1] = 4;
    network.bitmaps = vec![fr(0b1111_0110_1111_0000_1011); 5];
    let honest = network.witness();
    // A seat that is not used does not compare its draw: there quotient and index follow from the division being one
    // of integers (`gadgets::draw`), which this test does not reason about.
    let division = ["U1-draw", "U1-draw/index", "U1-draw/quotient"];
    assert_unique("honest, k = 4 of 5", &honest, &division);
    let mut unused = honest.clone();
    unused.seats[1] = Seat::unused();
    assert_unique("one seat unused", &unused, &division);
    // The inverse of 0 in `is_zero` is free, and read by nothing else.
    network.rules[4] = 0;
    assert_unique("gap exceeded", &network.witness(), &[&division[..], &["U7-gap"]].concat());
    let mut scalar = honest.clone();
    scalar.seats[1] = Seat { s: fr(0), ..Seat::unused() };
    assert_unique("S = 0", &scalar, &division);
    assert_unique("every seat used", &Network::new(DEMO).witness(), &[]);
}
