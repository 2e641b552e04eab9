//! Runs that attempts start from, and what comes of leaving their hints.

use std::collections::{BTreeMap, BTreeSet};

use popw_circuits::claims::{self, Opening, Shape, Witness};
use popw_core::{Fr, poseidon};

use super::mutants::{Class, Mutant, Role, System};
use crate::common::{Network, deletion::Forger, fr, idle::idle, power};

/// Wires that a prover sets, by column.
pub type Forged = BTreeMap<usize, Fr>;

/// A run that violates nothing.
pub struct Run {
    pub what: &'static str,
    /// Whether it is one of those whose rank is looked at.
    pub ranked: bool,
    pub witness: Witness,
    pub z: Vec<Fr>,
}

/// A claim of nothing where all children of a node are that node: any digit leads there.
pub fn uniform(shape: Shape, node: Fr) -> Witness {
    let mut w = idle(shape);
    let levels = (0..shape.height).scan(node, |node, _| {
        let children = [*node; 8];
        *node = poseidon::hash(&children);
        Some(children)
    });
    let opening = Opening { node, levels: levels.collect() };
    for sector in &mut w.possession.sectors {
        sector.comm_r = node;
        sector.openings = vec![opening.clone(); shape.challenges];
    }
    w
}

/// Every second slot is down, which is too long.
fn alternating(shape: Shape) -> Witness {
    let mut network = Network::new(shape);
    network.rules[4] = 0;
    let every_second = (0..shape.slots as u32).filter(|s| s % 2 == 1).map(power).sum::<Fr>();
    network.bitmaps.fill(every_second);
    network.witness()
}

pub fn runs(system: &System) -> Vec<Run> {
    let (shape, batched) = (system.shape, system.shape.kind.is_batched());
    let mut all = vec![("nothing used", true, idle(shape))];
    if shape.kind.has_storage() {
        all.push(("nothing used, nodes that are all the same", false, uniform(shape, fr(0))));
    }
    if shape.kind.has_uptime() {
        all.push(("every second slot down", true, alternating(shape)));
    }
    all.push(("honest", !batched, Network::new(shape).witness()));
    if batched {
        all.push(("beyond every limit", true, Network::new(shape).beyond_every_limit().witness()));
    }
    let run = |(what, ranked, witness)| {
        let z = run(shape, &witness, &Forged::new());
        assert_eq!(system.recorded.matrices.first_violated(&z), None, "{what}");
        Run { what, ranked, witness, z }
    };
    all.into_iter().map(run).collect()
}

/// `z` of a prover with this witness who sets these columns.
pub fn run(shape: Shape, witness: &Witness, forged: &Forged) -> Vec<Fr> {
    // Witness variables stand behind 1 and what is public.
    let forged = forged.iter().map(|(column, value)| (column - 4, *value)).collect();
    Forger::run(&forged, |d| claims::synthesize(d, &shape, Some(witness)))
}

/// What an attempt is directed at.
pub struct Target<'a> {
    pub system: &'a System,
    pub mutant: Mutant,
    /// The comparison of the device's path with its root, which is an input and can be what comes out.
    pub root: usize,
}

impl Target<'_> {
    /// Whether the mutant, and nothing else, accepts `z`, which differs from `honest`. The hashes whose last products
    /// are `chosen` may be violated as well.
    pub fn accepts(&self, honest: &[Fr], z: &[Fr], chosen: &BTreeSet<usize>) -> bool {
        let mut violated = self.system.violated(honest, z);
        violated.retain(|row| !chosen.contains(row));
        violated == [self.mutant.row] && self.admits(z)
    }

    /// Whether the mutant has room for how `z` violates the constraint. (A third value is one by being refused.)
    pub fn admits(&self, z: &[Fr]) -> bool {
        match (self.mutant.class, self.system.roles[self.mutant.row]) {
            (Class::Wider, Role::Sum(n)) => {
                let missing = -self.system.recorded.matrices.a.dot(self.mutant.row, z);
                missing == power(self.system.numbers[n].bits.len() as u32)
            }
            _ => true,
        }
    }

    /// Sets columns and follows nothing.
    pub fn patch(&self, run: &Run, changes: &[(usize, Fr)]) -> bool {
        // Few constraints read them, so `z` need not be compared.
        let mut z = run.z.clone();
        changes.iter().for_each(|(column, value)| z[*column] = *value);
        let rows = changes.iter().flat_map(|(column, _)| self.system.rows_of(*column));
        let holds = |row: &usize| self.system.recorded.matrices.holds(*row, &z) != (*row == self.mutant.row);
        rows.into_iter().all(holds)
            && !self.system.recorded.matrices.holds(self.mutant.row, &z)
            && self.admits(&z)
    }

    /// Sets columns and follows the hints from there on.
    pub fn follow(&self, run: &Run, forged: &Forged) -> bool {
        self.choosing(run, forged, &BTreeSet::new())
    }

    pub fn choosing(&self, start: &Run, forged: &Forged, chosen: &BTreeSet<usize>) -> bool {
        let (shape, m) = (self.system.shape, &self.system.recorded.matrices);
        let mut z = run(shape, &start.witness, forged);
        if self.mutant.row != self.root && !m.holds(self.root, &z) {
            // root − device_root = 0.
            let device_root = m.a.row(self.root).find(|entry| entry.1 == -fr(1)).expect("the root").0;
            let mut forged = forged.clone();
            forged.insert(device_root, z[device_root] + m.a.dot(self.root, &z));
            z = run(shape, &start.witness, &forged);
        }
        self.accepts(&start.z, &z, chosen)
    }
}
