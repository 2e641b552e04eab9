//! Provers' attempts on whole tables: those of the forgeries, and some that no statement's clause is about.

use std::collections::{BTreeMap, BTreeSet};

use ark_ff::Zero;
use popw_circuits::{
    claims::{Shape, Witness, synthesize},
    drivers::plonkish::{Audited, Plonkish},
};
use popw_core::Fr;

mod knowing;

use super::{
    derivation::Frame,
    forging::{forged, places},
    system::{Rule, System},
};
use crate::{
    common::{Network, fr, idle::idle},
    forgeries::forgeries,
};

/// What a table violates alone.
pub struct Attempt {
    pub rule: usize,
    /// What the rule comes to instead of 0.
    pub excess: Fr,
}

/// Tables near an honest one, and what they violate.
pub struct Bench<'a> {
    frame: &'a Frame<'a>,
    /// Some that violate nothing.
    honest: Vec<Vec<Fr>>,
    blamed: BTreeSet<usize>,
    pub attempts: Vec<Attempt>,
}

impl<'a> Bench<'a> {
    pub fn new(frame: &'a Frame<'a>) -> Self {
        let shape = frame.shape();
        let honest = Network::new(shape).witness();
        let witnesses = [nothing_used(&honest), idle(shape), honest];
        let honest = witnesses.iter().map(|witness| frame.system.values(&filled(&shape, witness))).collect();
        let new = Self { frame, honest, blamed: BTreeSet::new(), attempts: Vec::new() };
        let holds =
            |values: &Vec<Fr>| (0..frame.system.rules.len()).all(|rule| new.excess(rule, values).is_zero());
        assert!(new.honest.iter().all(holds));
        new
    }

    /// What a rule comes to.
    fn excess(&self, rule: usize, values: &[Fr]) -> Fr {
        let system = self.frame.system;
        match system.rules[rule] {
            Rule::Copy(copy) => {
                let (from, to) = system.audited.layout.copies[copy];
                values[system.number(from)] - values[system.number(to)]
            }
            Rule::Gate { program, row } => {
                let fixed = &system.audited.layout.fixed;
                let advice = |i: usize| system.read(row, i).map_or(Fr::zero(), |cell| values[cell]);
                system.programs[program].evaluate(advice, |column| fixed[column][row])
            }
        }
    }

    /// Rules that a table violates; it differs from an honest one where it does.
    fn violated(&self, values: &[Fr]) -> Vec<usize> {
        let changed = |honest: &Vec<Fr>| -> Vec<usize> {
            (0..values.len()).filter(|cell| values[*cell] != honest[*cell]).collect()
        };
        let changed = self.honest.iter().map(changed).min_by_key(Vec::len).expect("honest tables");
        let rules: BTreeSet<usize> = changed.into_iter().flat_map(|cell| self.frame.rules_of(cell)).collect();
        rules.into_iter().filter(|rule| !self.excess(*rule, values).is_zero()).collect()
    }

    /// Adds a table that violates one rule, and those that put the blame on its neighbours: a cell that the rule is
    /// linear in is what would be right, and the one other rule that this breaks is violated instead.
    fn add(&mut self, mut values: Vec<Fr>) -> bool {
        let [rule] = self.violated(&values)[..] else { return false };
        self.blame(rule, &values);
        let mut open = vec![(rule, Vec::new())];
        while let Some((rule, changes)) = open.pop() {
            let before: Vec<(usize, Fr)> = changes.iter().map(|(cell, _)| (*cell, values[*cell])).collect();
            changes.iter().for_each(|(cell, value)| values[*cell] = *value);
            for cell in self.frame.reads(rule).collect::<Vec<_>>() {
                let old = values[cell];
                let mut at = |value: Fr| {
                    values[cell] = value;
                    self.excess(rule, &values)
                };
                let [now, next, last] = [fr(0), fr(1), fr(2)].map(|step| at(old + step));
                let slope = next - now;
                if !slope.is_zero() && last - next == slope {
                    values[cell] = old - now / slope;
                    let mut wrong =
                        self.frame.rules_of(cell).filter(|rule| !self.excess(*rule, &values).is_zero());
                    let first = (wrong.next(), wrong.next());
                    if let (Some(other), None) = first
                        && !self.blamed.contains(&other)
                    {
                        self.blame(other, &values);
                        open.push((other, [changes.clone(), vec![(cell, values[cell])]].concat()));
                    }
                }
                values[cell] = old;
            }
            before.into_iter().for_each(|(cell, value)| values[cell] = value);
        }
        true
    }

    fn blame(&mut self, rule: usize, values: &[Fr]) {
        self.blamed.insert(rule);
        self.attempts.push(Attempt { rule, excess: self.excess(rule, values) });
    }

    pub fn forgeries(&mut self) {
        let shape = self.frame.shape();
        let places = places(&shape);
        for forgery in forgeries(shape) {
            if let Ok(audited) = forged(&forgery, &places) {
                self.add(self.frame.system.values(&audited));
            }
        }
        self.knowing(&places);
    }

    /// Another value for each hint of the parts where little is derived, all that follows from it following: of an honest
    /// prover, and of one who uses nothing, so that draws and signatures are not asked for.
    pub fn hints(&mut self) {
        let asked = [
            "U1-draw/canonical",
            "U3-attestation/hash/canonical",
            "B4-receipt/hash/canonical",
            "B6-draw/canonical",
            "B8-attestation/hash/canonical",
            "S4-size/height",
            "S4-size/nodes",
            "S5-challenge",
            "S6-opening/child",
            "B10-rate",
            "B10-rate/quorum",
            "B11-gate",
        ];
        let unused =
            ["U1-draw", "U1-draw/index", "U1-draw/below_k", "B6-draw", "B6-draw/index", "B6-draw/below_k"];
        let signed = ["U3-attestation/equation", "B4-receipt/equation", "B8-attestation/equation"];
        let honest = Network::new(self.frame.shape()).witness();
        self.hinting(&honest, &asked);
        self.hinting(&nothing_used(&honest), &[&unused[..], &signed].concat());
    }

    fn hinting(&mut self, witness: &Witness, paths: &[&str]) {
        let shape = self.frame.shape();
        let system = self.frame.system;
        let trace = &system.audited.trace;
        let honest = system.values(&filled(&shape, witness));
        // One of each place in a part: hints of other seats are the same.
        let mut seen = BTreeSet::new();
        for variable in 0..trace.variables() {
            let Some(home) = trace.home(variable).map(|cell| system.number(cell)) else { continue };
            let Some((row, column)) = system.place(home) else { continue };
            if self.frame.decomposed(row) > 0 || !paths.contains(&system.path(home)) {
                continue;
            }
            let kinds: Vec<_> = self.frame.rules_of(home).map(|rule| self.frame.kind(rule)).collect();
            if seen.insert((column, kinds)) {
                let forged = [(variable, honest[home] + fr(1))].into();
                let audited = Plonkish::forging(forged, |d| synthesize(d, &shape, Some(witness)));
                self.add(system.values(&audited));
            }
        }
    }

    /// What the prover chooses as booleans and places in paths, of another value: 2. One of each sort.
    pub fn inputs(&mut self) {
        let shape = self.frame.shape();
        let honest = Network::new(shape).witness();
        // Something attested, nothing used, one of each.
        let variants: [fn(&mut Witness); 3] = [
            |_| (),
            |w| *w = nothing_used(w),
            |w| {
                w.uptime.seats.truncate(1);
                w.possession.sectors.truncate(1);
                w.bandwidth.receipts.truncate(1);
                w.bandwidth.challengers.truncate(1);
            },
        ];
        let system = self.frame.system;
        let trace = &system.audited.trace;
        let mut seen = BTreeSet::new();
        for input in trace.inputs() {
            let Some(home) = trace.home(*input).map(|cell| system.number(cell)) else { continue };
            let Some(rule) = self.frame.restricting(home) else { continue };
            if !seen.insert(self.frame.kind(rule)) {
                continue;
            }
            variants.iter().any(|change| {
                let mut witness = honest.clone();
                change(&mut witness);
                self.choosing(&shape, &witness, [(*input, fr(2))].into())
            });
        }
    }

    /// Numbers as one-hot vectors that are none, where nothing is used and the number is chosen to fit where that is not
    /// what is wrong: with -1 for a boolean and 1 for two others; with none or two of them; with another number than the
    /// one that they say.
    pub fn one_hots(&mut self) {
        let shape = self.frame.shape();
        let witness = idle(shape);
        for (number, is) in self.numbers() {
            let most = is.len() - 1;
            let says = |ones: &[usize], odd: Option<usize>, more: u64| {
                let value = |i: usize| match odd {
                    Some(odd) if odd == i => -fr(1),
                    _ => Fr::from(ones.contains(&i)),
                };
                let said: Fr = (0..=most).map(|i| fr(i as u64) * value(i)).sum();
                let bits = (0..).zip(&is).map(|(i, variable)| (*variable, value(i)));
                bits.chain([(number, said + fr(more))]).collect::<BTreeMap<u32, Fr>>()
            };
            for odd in 0..=most {
                let others = (0..=most).filter(|other| *other != odd);
                let pairs = others.clone().flat_map(|a| others.clone().map(move |b| [a, b]));
                let mut pairs: Vec<[usize; 2]> = pairs.filter(|[a, b]| a < b && a + b > odd).collect();
                // Numbers that are not too large where they are compared with others.
                pairs.sort_by_key(|[a, b]| a + b);
                pairs.into_iter().any(|ones| self.choosing(&shape, &witness, says(&ones, Some(odd), 0)));
            }
            self.choosing(&shape, &witness, says(&[], None, 0));
            self.choosing(&shape, &witness, says(&[0, most], None, 0));
            self.choosing(&shape, &witness, says(&[1], None, 1));
            // Sums from the top stand behind it. One that says 1 where it is 2 hides the second.
            for added in 0..most {
                let mut forged = says(&[most - 1 - added, most], None, 0);
                forged.insert(is[most] + 1 + added as u32, fr(1));
                self.choosing(&shape, &witness, forged);
            }
        }
    }

    /// Heights that the leaf of a sector that is not used has and its one-hot vector has not.
    pub fn heights(&mut self) {
        let shape = self.frame.shape();
        let witness = idle(shape);
        let inputs = self.frame.system.audited.trace.inputs();
        let honest = self.frame.system.values(&filled(&shape, &witness));
        let trace = &self.frame.system.audited.trace;
        let path_of = |variable: u32| {
            let home = trace.home(variable).map(|cell| self.frame.system.number(cell));
            home.map_or("", |home| self.frame.system.path(home))
        };
        let sectors: Vec<u32> = self.numbers().into_iter().map(|(number, _)| number).collect();
        let sectors = sectors.into_iter().filter(|number| path_of(number + 1).starts_with("S1-sector"));
        let mut forgeries = Vec::new();
        for depth in sectors {
            // Before the depth of its path are its height, seq, expiry, and whether it is used.
            let place = inputs.binary_search(&depth).expect("an input");
            let height = inputs[place - 4];
            let is_bit = |variable: u32| self.is_alone(variable);
            let start = (depth + 1..).skip_while(|v| is_bit(*v)).find(|v| is_bit(*v)).expect("a height");
            let value = |v: u32| honest[self.frame.system.number(trace.home(v).expect("a cell"))];
            let kept = (start..).take(shape.height + 1).map(|v| (v, value(v)));
            forgeries.push(kept.chain([(height, value(height) + fr(1))]).collect::<BTreeMap<u32, Fr>>());
        }
        for forged in forgeries {
            self.choosing(&shape, &witness, forged);
        }
    }

    /// Whether a variable lives in a row of booleans that is of no decomposition.
    fn is_alone(&self, variable: u32) -> bool {
        let system = self.frame.system;
        let home = system.audited.trace.home(variable).map(|cell| system.number(cell));
        let place = home.and_then(|home| system.place(home));
        let boolean = |home: usize| self.frame.rules_of(home).any(|rule| system.operation(rule) == "boolean");
        home.is_some_and(boolean) && place.is_some_and(|(row, _)| self.frame.decomposed(row) == 0)
    }

    /// Variables that are given as one-hot vectors, with these.
    fn numbers(&self) -> Vec<(u32, Vec<u32>)> {
        let system = self.frame.system;
        let shape = self.frame.shape();
        let trace = &system.audited.trace;
        let inputs = trace.inputs();
        let alone = |variable: &u32| self.is_alone(*variable);
        // Depths stand before their vectors.
        let depths =
            inputs.iter().map(|input| (*input, (input + 1..trace.variables()).take_while(alone).collect()));
        let mut out: Vec<(u32, Vec<u32>)> = depths.filter(|(_, is): &(u32, Vec<u32>)| is.len() > 2).collect();
        let uses = shape.kind.registries();
        let roots = 1 + [uses.witness, uses.allotment, uses.sector].into_iter().filter(|used| *used).count();
        // Four of the frame, the owner, the secret, and the device's path; then the seven rules, and their vectors.
        let rules = 4 + roots + 2 + 1 + 2 * shape.device_depth;
        let mut is = (inputs[rules + 6] + 1..trace.variables()).filter(alone);
        for (rule, most) in [(1, shape.committee()), (3, shape.slots)] {
            if most > 0 {
                out.push((inputs[rules + rule], is.by_ref().take(most + 1).collect()));
            }
        }
        out
    }

    /// Variables of other values; the device's root follows where its path is no longer the same. Whether that violates one
    /// rule.
    fn choosing(&mut self, shape: &Shape, witness: &Witness, mut forged: BTreeMap<u32, Fr>) -> bool {
        let run = |forged: &BTreeMap<u32, Fr>| {
            Plonkish::forging(forged.clone(), |d| synthesize(d, shape, Some(witness)))
        };
        let system = self.frame.system;
        let values = system.values(&run(&forged));
        let root = self.violated(&values).into_iter().find(|rule| system.path_of(*rule) == "C2-device/root");
        let mut added = self.add(values.clone());
        if let Some(rule) = root {
            // Its root is the fifth of the prover's inputs, and stands in that rule by itself.
            let root = system.audited.trace.inputs()[4];
            let now = witness.frame.device_root;
            for value in [now + self.excess(rule, &values), now - self.excess(rule, &values)] {
                forged.insert(root, value);
                added |= self.add(system.values(&run(&forged)));
            }
        }
        added
    }
}

/// The same without seats, sectors and receipts.
fn nothing_used(witness: &Witness) -> Witness {
    let mut witness = witness.clone();
    witness.uptime.seats.clear();
    witness.possession.sectors.clear();
    witness.bandwidth.receipts.clear();
    witness.bandwidth.challengers.clear();
    witness
}

pub fn filled(shape: &Shape, witness: &Witness) -> Audited {
    Plonkish::audit(|d| synthesize(d, shape, Some(witness)))
}

impl System<'_> {
    /// A table's cells and public inputs, by their numbers.
    pub fn values(&self, audited: &Audited) -> Vec<Fr> {
        let rows = 0..audited.layout.rows;
        let cells = rows.flat_map(|row| audited.advice.columns.iter().map(move |column| column[row]));
        cells.chain(audited.advice.public.iter().copied()).collect()
    }
}
