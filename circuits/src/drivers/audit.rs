//! Constraints *and* values, with the clause every constraint belongs to: what tests run circuits on.

use alloc::{collections::BTreeMap, string::String, vec::Vec};

use popw_core::Fr;

use super::{
    evaluate::{Assignment, Evaluate},
    r1cs::{Lc, Matrices, R1cs},
};
use crate::driver::Driver;

/// A wire of the audit driver: the same wire of the two drivers it runs side by side.
#[derive(Clone, Debug)]
pub struct Traced {
    lc: Lc,
    value: Fr,
}

/// Runs [`R1cs`] and [`Evaluate`] side by side and remembers where constraints and wires come from.
#[derive(Default)]
pub struct Audit {
    r1cs: R1cs,
    evaluate: Evaluate,
    path: Vec<&'static str>,
    forged: BTreeMap<usize, Fr>,
    inputs: Vec<usize>,
    /// Path in force from constraint / witness variable `i` on.
    constraint_paths: Vec<String>,
    wire_paths: Vec<String>,
}

/// What an audit run recorded.
#[derive(Clone, Debug)]
pub struct Recorded {
    /// The constraint system.
    pub matrices: Matrices,
    /// Its assignment, satisfying or not.
    pub assignment: Assignment,
    /// Names from outermost to innermost, joined by `/`, of the part each constraint belongs to.
    pub constraint_paths: Vec<String>,
    /// The same for each witness variable.
    pub wire_paths: Vec<String>,
    /// Witness variables the prover chooses, ascending.
    pub inputs: Vec<usize>,
}

/// The clause (outermost name) of a path.
pub fn clause_of(path: &str) -> &str {
    path.split('/').next().unwrap_or(path)
}

impl Recorded {
    /// Clauses with a violated constraint, with the path of the first one of each.
    pub fn violated(&self) -> BTreeMap<String, String> {
        self.violated_by(&self.assignment.full())
    }

    /// As [`Recorded::violated`], for another assignment `z = (1, public…, witness…)`.
    pub fn violated_by(&self, z: &[Fr]) -> BTreeMap<String, String> {
        let mut out = BTreeMap::new();
        for (i, path) in self.constraint_paths.iter().enumerate() {
            if !self.matrices.holds(i, z) {
                out.entry(clause_of(path).into()).or_insert_with(|| path.clone());
            }
        }
        out
    }

    /// The same run with only the constraints that `keep` names.
    pub fn retain(&self, keep: impl Fn(usize) -> bool) -> Self {
        let kept: Vec<usize> = (0..self.constraint_paths.len()).filter(|i| keep(*i)).collect();
        Self {
            matrices: self.matrices.select_rows(&kept),
            assignment: self.assignment.clone(),
            constraint_paths: kept.iter().map(|i| self.constraint_paths[*i].clone()).collect(),
            wire_paths: self.wire_paths.clone(),
            inputs: self.inputs.clone(),
        }
    }

    /// Number of constraints per clause.
    pub fn cost(&self) -> BTreeMap<String, usize> {
        let mut out = BTreeMap::new();
        for path in &self.constraint_paths {
            *out.entry(clause_of(path).into()).or_insert(0) += 1;
        }
        out
    }

    /// Column of public input `i` in `z`.
    pub fn public_column(&self, i: usize) -> usize {
        1 + i
    }

    /// Column of witness variable `i` in `z`.
    pub fn witness_column(&self, i: usize) -> usize {
        1 + self.matrices.public + i
    }
}

impl Audit {
    /// An empty run.
    pub fn new() -> Self {
        Self::default()
    }

    /// A run of a prover who puts `forged[i]` into witness variable `i` instead of the hinted value, and follows
    /// the hints from there on.
    pub fn forging(forged: BTreeMap<usize, Fr>) -> Self {
        Self { forged, ..Self::default() }
    }

    /// Everything recorded.
    pub fn finish(self) -> Recorded {
        Recorded {
            matrices: self.r1cs.finish(),
            assignment: self.evaluate.finish(),
            constraint_paths: self.constraint_paths,
            wire_paths: self.wire_paths,
            inputs: self.inputs,
        }
    }

    fn forge(&mut self, mut new: Traced) -> Traced {
        if let Some(value) = self.forged.get(&(self.evaluate.allocated() - 1)) {
            self.evaluate.replace_last(*value);
            new.value = *value;
        }
        new
    }

    /// Runs the same call on both drivers, then labels what it added.
    fn both<T>(&mut self, call: impl FnOnce(&mut R1cs, &mut Evaluate) -> T) -> T {
        let out = call(&mut self.r1cs, &mut self.evaluate);
        let path = || self.path.join("/");
        while self.constraint_paths.len() < self.r1cs.constraints() {
            self.constraint_paths.push(path());
        }
        while self.wire_paths.len() < self.evaluate.allocated() {
            self.wire_paths.push(path());
        }
        out
    }
}

impl Driver for Audit {
    type Wire = Traced;

    fn constant(&mut self, value: Fr) -> Traced {
        Traced { lc: self.r1cs.constant(value), value }
    }

    fn alloc(&mut self, value: Option<Fr>) -> Traced {
        let new = self.both(|r, e| Traced { lc: r.alloc(None), value: e.alloc(value) });
        self.forge(new)
    }

    fn input(&mut self, value: Option<Fr>) -> Traced {
        self.inputs.push(self.evaluate.allocated());
        self.alloc(value)
    }

    fn value(&self, wire: &Traced) -> Option<Fr> {
        Some(wire.value)
    }

    fn linear(&mut self, terms: &[(Fr, &Traced)], constant: Fr) -> Traced {
        let combinations: Vec<_> = terms.iter().map(|(k, w)| (*k, &w.lc)).collect();
        let values: Vec<_> = terms.iter().map(|(k, w)| (*k, &w.value)).collect();
        Traced {
            lc: self.r1cs.linear(&combinations, constant),
            value: self.evaluate.linear(&values, constant),
        }
    }

    fn mul(&mut self, a: &Traced, b: &Traced) -> Traced {
        let new = self.both(|r, e| Traced { lc: r.mul(&a.lc, &b.lc), value: e.mul(&a.value, &b.value) });
        self.forge(new)
    }

    fn enforce_mul(&mut self, a: &Traced, b: &Traced, c: &Traced) {
        self.both(|r, _| r.enforce_mul(&a.lc, &b.lc, &c.lc));
    }

    fn enforce_zero(&mut self, wire: &Traced) {
        self.both(|r, _| r.enforce_zero(&wire.lc));
    }

    fn expose(&mut self, wire: &Traced) {
        self.both(|r, e| {
            r.expose(&wire.lc);
            e.expose(&wire.value);
        });
    }

    fn begin(&mut self, name: &'static str) {
        self.path.push(name);
    }

    fn end(&mut self) {
        self.path.pop();
    }
}
