//! Global uniqueness, where the Jacobian of `common::determinism` sees only first order.
//!
//! From the prover's inputs on, wires are derived one at a time: a constraint that is linear in its only unknown wire
//! (with a coefficient that is not 0) fixes it; boolean wires are fixed by a sum of distinct powers of two, by a
//! comparison of 254 of them with r, or as a one-hot vector. Where nothing more follows, one wire of those listed may be
//! taken for known, because an argument over the integers fixes it; their number is part of the test. Whatever is left
//! could have a second value.

use std::collections::{BTreeMap, BTreeSet};

use ark_ff::Zero;
use popw_circuits::{
    claims::{Kind, Receipt, Seat, Sector, Shape, Witness},
    drivers::{audit::Recorded, r1cs::Csr},
};
use popw_core::Fr;

use crate::common::{Network, audit, fr, power, shapes};

type Row = Vec<(usize, Fr)>;

struct Derivation<'a> {
    recorded: &'a Recorded,
    z: Vec<Fr>,
    rows: Vec<[Row; 3]>,
    known: Vec<bool>,
    boolean: BTreeSet<usize>,
    open: BTreeSet<usize>,
    powers: BTreeMap<Fr, usize>,
}

impl<'a> Derivation<'a> {
    fn new(recorded: &'a Recorded) -> Self {
        let m = &recorded.matrices;
        let z = recorded.assignment.full();
        assert_eq!(m.first_violated(&z), None);
        let row = |matrix: &Csr, i: usize| matrix.row(i).collect::<Vec<_>>();
        let rows = (0..m.constraints()).map(|i| [row(&m.a, i), row(&m.b, i), row(&m.c, i)]).collect();
        let mut known = vec![false; z.len()];
        known[0] = true;
        recorded.inputs.iter().for_each(|i| known[recorded.witness_column(*i)] = true);
        let powers = (0..254).map(|i| (power(i), i as usize)).collect();
        let open = (0..m.constraints()).collect();
        Self { recorded, z, rows, known, boolean: BTreeSet::new(), open, powers }
    }

    /// Derives all it can; takes the first unknown wire in one of the parts `assumed` for known where it is stuck.
    /// How often in which part, and the parts of wires that are left.
    fn run(mut self, assumed: &[&str]) -> (BTreeMap<String, usize>, BTreeMap<String, usize>) {
        let (mut taken, mut left) = (BTreeMap::new(), BTreeMap::new());
        let witness = self.recorded.witness_column(0);
        loop {
            while self.pass() {}
            let paths = self.recorded.wire_paths.iter().enumerate();
            let mut unknown = paths.filter(|(wire, _)| !self.known[witness + wire]);
            let Some((wire, path)) = unknown.find(|(_, path)| assumed.contains(&path.as_str())) else {
                break;
            };
            *taken.entry(path.clone()).or_default() += 1;
            self.known[witness + wire] = true;
        }
        for column in (0..self.z.len()).filter(|column| !self.known[*column]) {
            let path = column.checked_sub(witness).map_or("public", |wire| &self.recorded.wire_paths[wire]);
            *left.entry(path.into()).or_default() += 1;
        }
        (taken, left)
    }

    /// Looks at every open constraint once; whether that said anything new.
    fn pass(&mut self) -> bool {
        let mut progress = false;
        for i in self.open.clone() {
            progress |= self.constraint(i);
        }
        progress
    }

    fn constraint(&mut self, i: usize) -> bool {
        let [a, b, c] = &self.rows[i];
        // A factor times a known 0 does not matter.
        let zero = |side: &Row| {
            side.iter().all(|(at, _)| self.known[*at])
                && side.iter().map(|(at, value)| *value * self.z[*at]).sum::<Fr>().is_zero()
        };
        let nothing = Row::new();
        let (a, b) = if zero(a) || zero(b) { (&nothing, &nothing) } else { (a, b) };
        let all = a.iter().chain(b).chain(c).map(|(column, _)| *column);
        let unknown: BTreeSet<usize> = all.filter(|column| !self.known[*column]).collect();
        if unknown.is_empty() {
            self.open.remove(&i);
            return true;
        }
        let part = |terms: &Row, column: usize| -> (Fr, Fr) {
            terms.iter().fold((fr(0), fr(0)), |(rest, slope), (at, value)| {
                if *at == column { (rest, slope + value) } else { (rest + *value * self.z[*at], slope) }
            })
        };
        if unknown.len() == 1 {
            let column = *unknown.first().expect("one");
            let ((a0, a1), (b0, b1), (_, c1)) = (part(a, column), part(b, column), part(c, column));
            if !(a1 * b1).is_zero() {
                let says_boolean = c.is_empty() && a0.is_zero() && (b0 + b1).is_zero();
                return says_boolean && self.boolean.insert(column);
            }
            if (a1 * b0 + a0 * b1 - c1).is_zero() {
                return false;
            }
            self.learn(i, [column].into());
            return true;
        }
        // A linear constraint over booleans.
        let linear = *b == [(0, fr(1))] && c.is_empty();
        if !linear || !unknown.iter().all(|column| self.boolean.contains(column)) {
            return false;
        }
        let fixed = self.fixes(i, a, &unknown);
        if fixed {
            self.learn(i, unknown);
        }
        fixed
    }

    fn learn(&mut self, i: usize, columns: BTreeSet<usize>) {
        columns.into_iter().for_each(|column| self.known[column] = true);
        self.open.remove(&i);
    }

    /// Whether a sum over these unknown booleans has one solution.
    fn fixes(&self, i: usize, a: &Row, unknown: &BTreeSet<usize>) -> bool {
        let paths = &self.recorded.constraint_paths;
        let weights: Vec<Fr> =
            a.iter().filter(|(column, _)| unknown.contains(column)).map(|(_, value)| *value).collect();
        let scale = weights[0];
        let relative: BTreeSet<usize> =
            weights.iter().filter_map(|w| self.powers.get(&(*w / scale)).copied()).collect();
        let distinct = relative.len() == weights.len();
        // 254 bits: only where a comparison with r follows (`canonical`).
        let canonical = || paths[i + 1].ends_with("canonical") && paths[i + 1].starts_with(&paths[i]);
        let one_hot = || {
            // The next constraint weighs the same wires by their numbers.
            let expected: BTreeMap<usize, Fr> =
                unknown.iter().enumerate().skip(1).map(|(n, at)| (*at, fr(n as u64))).collect();
            let next = self.rows[i + 1][0].iter().copied();
            let numbers: BTreeMap<usize, Fr> = next.filter(|(at, _)| unknown.contains(at)).collect();
            let sums_to_one = a.iter().any(|(at, w)| *at == 0 && *w == -scale);
            weights.iter().all(|w| *w == scale) && sums_to_one && numbers == expected
        };
        (distinct && weights.len() <= 253) || (distinct && weights.len() == 254 && canonical()) || one_hot()
    }
}

/// Parts of the circuit, with the number of wires in them.
type Counts<'a> = &'a [(&'a str, usize)];

/// Everything follows from the inputs and `assumed`, but for `free`.
fn assert_unique(what: &str, shape: &Shape, witness: &Witness, assumed: Counts<'_>, free: Counts<'_>) {
    let owned = |counts: Counts<'_>| -> BTreeMap<String, usize> {
        counts.iter().filter(|(_, n)| *n > 0).map(|(path, n)| ((*path).into(), *n)).collect()
    };
    let recorded = audit(shape, witness);
    let paths: Vec<&str> = assumed.iter().map(|(path, _)| *path).collect();
    let (taken, left) = Derivation::new(&recorded).run(&paths);
    assert_eq!((taken, left), (owned(assumed), owned(free)), "{what}");
}

/// Where a seat is not used its draw is not compared: quotient and index follow from the division being one of
/// integers (`gadgets::draw`).
const DIVISION: &str = "U1-draw";

const DEMO: Shape = Shape::demo(Kind::Uptime);

#[test]
fn inputs_determine_everything() {
    let mut network = Network::new(DEMO);
    network.rules[3] = 20;
    network.rules[1] = 4;
    network.bitmaps = vec![fr(0b1111_0110_1111_0000_1011); 5];
    let honest = network.witness();
    assert_unique("honest, k = 4 of 5", &DEMO, &honest, &[(DIVISION, 1)], &[]);
    let mut unused = honest.clone();
    unused.uptime.seats[1] = Seat::unused();
    assert_unique("one seat unused", &DEMO, &unused, &[(DIVISION, 2)], &[]);
    // The inverse of 0 in `is_zero` is free, and read by nothing else.
    network.rules[4] = 0;
    assert_unique("gap exceeded", &DEMO, &network.witness(), &[(DIVISION, 1)], &[("U7-gap", 1)]);
    let mut scalar = honest.clone();
    scalar.uptime.seats[1] = Seat { s: fr(0), ..Seat::unused() };
    assert_unique("S = 0", &DEMO, &scalar, &[(DIVISION, 2)], &[]);
    assert_unique("every seat used", &DEMO, &Network::new(DEMO).witness(), &[], &[]);
}

/// The nodes of a sector: 31·nodes − bytes is at least 0 and below 31 over the integers. What a challenge asks for: a
/// division of integers, which is never compared.
fn of_storage(shape: &Shape) -> [(&'static str, usize); 2] {
    [("S4-size", shape.sectors), ("S5-challenge", shape.sectors * shape.challenges)]
}

/// The certified rate: at least q rates reach it and fewer than q exceed it, which one number fulfils.
const CERTIFIED: (&str, usize) = ("B10-rate", 1);

#[test]
fn inputs_determine_everything_of_possession() {
    let shape = shapes::POSSESSION;
    let assumed = of_storage(&shape);
    let network = Network::new(shape);
    let honest = network.witness();
    // The inverse of b = 0, here and below, and those of no bytes.
    let first = ("C4-batch", 1);
    assert_unique("honest", &shape, &honest, &assumed, &[first]);
    assert_unique("a later batch", &shape, &network.beyond_every_limit().witness(), &assumed, &[]);
    let mut unused = honest;
    unused.possession.sectors[1] = Sector::default();
    assert_unique("one sector unused", &shape, &unused, &assumed, &[first, ("S4-size/nodes", 1)]);
    unused.possession.sectors.clear();
    assert_unique("no sector used", &shape, &unused, &assumed, &[first, ("S4-size/nodes", 2)]);
}

#[test]
fn inputs_determine_everything_of_bandwidth() {
    let shape = shapes::BANDWIDTH;
    let network = Network::new(shape);
    let honest = network.witness();
    // Neither sum nor rate is cut off.
    let zeros = [("C4-batch", 1), ("B5-served", 1), ("B11-gate", 1)];
    assert_unique("honest", &shape, &honest, &[CERTIFIED], &zeros);
    assert_unique("saturated", &shape, &network.beyond_every_limit().witness(), &[CERTIFIED], &[]);
    let mut unused = honest;
    unused.bandwidth.receipts[1] = Receipt::unused();
    unused.bandwidth.challengers[2] = Seat::unused();
    assert_unique("some unused", &shape, &unused, &[CERTIFIED, ("B6-draw", 1)], &zeros);
    unused.bandwidth.receipts.clear();
    unused.bandwidth.challengers.clear();
    assert_unique("nothing used", &shape, &unused, &[CERTIFIED, ("B6-draw", 3)], &zeros);
}

#[test]
fn inputs_determine_everything_of_work() {
    let shape = shapes::WORK;
    let network = Network::new(shape).beyond_every_limit();
    let assumed = [&of_storage(&shape)[..], &[CERTIFIED]].concat();
    assert_unique("every part", &shape, &network.witness(), &assumed, &[]);
}
