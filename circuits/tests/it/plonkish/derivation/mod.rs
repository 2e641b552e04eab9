//! Global uniqueness on the table, beyond the first order of `rank`.
//!
//! From the cells that the prover chooses, others are derived one at a time: by a copy; by a constraint that is linear in
//! its only unknown cell, or by those of one row that are together. Unknown cells that are linear in booleans, as what is
//! left of a decomposition is, are known as such *sums*. Booleans are derived from one equation over them, a sum of
//! distinct powers of two that stays below r; or from two, as a one-hot vector; or from three, as the 254 bits of a number
//! with their comparison ([`Derivation::canonical`]).
//!
//! Every step remembers what it follows from. So it can be asked what would become of it all without a rule.

use std::{
    collections::{BTreeMap, BTreeSet},
    rc::Rc,
};

use popw_core::Fr;

mod equations;
mod forms;
mod frame;

pub use frame::Frame;

/// What is changed about one rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// It is not there, or no longer says what it did.
    Dropped,
    /// The last row of a decomposition leaves room for one bit more, of this weight.
    Longer(Fr),
}

/// Bits that no sum of which reaches r.
const UNIQUE: usize = 253;

struct Step {
    rules: Vec<usize>,
    premises: Vec<usize>,
    gives: Vec<Fact>,
}

#[derive(Clone, Copy)]
enum Fact {
    Value(usize),
    Sum(usize),
}

/// `Σ weight · boolean + constant`, weights not 0.
#[derive(Clone, Default)]
struct Sum {
    bits: BTreeMap<usize, Fr>,
    constant: Fr,
    /// Booleans that were known already, and are part of the constant.
    settled: BTreeSet<usize>,
}

/// What has been derived.
#[derive(Clone)]
pub struct Derivation<'a> {
    frame: &'a Frame<'a>,
    change: Option<(usize, Change)>,
    /// The steps by which cells are known, and by which they are sums.
    known: Vec<Option<usize>>,
    sum_by: Vec<Option<usize>>,
    sums: Vec<Option<Rc<Sum>>>,
    steps: Rc<Vec<Step>>,
    /// Rules to look at; `first` are those that say which cells are booleans.
    first: Vec<usize>,
    queue: Vec<usize>,
    queued: Vec<bool>,
    /// Rules that are equations over booleans and do not fix them by themselves.
    equations: BTreeSet<usize>,
}

impl<'a> Derivation<'a> {
    /// Derives all it can; takes the first unknown cell in one of the parts `assumed` for known where it is stuck, and
    /// also says how often in which part.
    pub fn of(frame: &'a Frame<'a>, assumed: &[&str]) -> (Self, BTreeMap<String, usize>) {
        let cells = frame.values.len();
        let rules = frame.reads.len();
        let mut new = Self {
            frame,
            change: None,
            known: vec![None; cells],
            sum_by: vec![None; cells],
            sums: vec![None; cells],
            steps: Rc::new(Vec::new()),
            first: Vec::new(),
            queue: Vec::new(),
            queued: vec![false; rules],
            equations: BTreeSet::new(),
        };
        (0..rules).rev().for_each(|rule| new.enqueue(rule));
        new.step(&[], &[], frame.system.inputs().into_iter().map(Fact::Value).collect());
        let mut taken = BTreeMap::new();
        loop {
            new.run();
            let mut unknown = new.left().into_iter();
            let Some(cell) = unknown.find(|cell| assumed.contains(&frame.system.path(*cell))) else { break };
            *taken.entry(frame.system.path(cell).to_string()).or_default() += 1;
            new.step(&[], &[], vec![Fact::Value(cell)]);
        }
        (new, taken)
    }

    /// Assigned cells that are not known; ascending.
    pub fn left(&self) -> Vec<usize> {
        let system = self.frame.system;
        (0..system.cells()).filter(|cell| self.known[*cell].is_none() && system.is_assigned(*cell)).collect()
    }

    /// Whether everything that is known here would be so with a rule changed.
    pub fn survives(&self, rule: usize, change: Change) -> bool {
        let mut gone = vec![false; self.steps.len()];
        for (i, step) in self.steps.iter().enumerate() {
            gone[i] = step.rules.contains(&rule) || step.premises.iter().any(|premise| gone[*premise]);
        }
        let lengthened = matches!(change, Change::Longer(_));
        if !lengthened && !gone.contains(&true) {
            return true;
        }
        let mut rest = self.clone();
        rest.change = Some((rule, change));
        // It is looked at again, and says what it then says.
        rest.equations.remove(&rule);
        let mut open: BTreeSet<usize> = [rule].into();
        for (i, step) in self.steps.iter().enumerate().filter(|(i, _)| gone[*i]) {
            for fact in &step.gives {
                let (cell, by) = match *fact {
                    Fact::Value(cell) => (cell, &mut rest.known[cell]),
                    Fact::Sum(cell) => {
                        rest.sums[cell] = None;
                        (cell, &mut rest.sum_by[cell])
                    }
                };
                assert_eq!(by.take(), Some(i));
                open.extend(self.frame.rules_of[cell].iter().map(|rule| *rule as usize));
            }
        }
        open.into_iter().for_each(|rule| rest.enqueue(rule));
        rest.run();
        let unknown = |cell: usize| self.known[cell].is_some() && rest.known[cell].is_none();
        !(0..self.known.len()).any(unknown) && (!lengthened || rest.known[self.frame.extra()].is_some())
    }

    fn enqueue(&mut self, rule: usize) {
        if !self.queued[rule] {
            self.queued[rule] = true;
            let first = matches!(self.frame.gate(rule), "boolean" | "copy");
            if first { self.first.push(rule) } else { self.queue.push(rule) }
        }
    }

    fn run(&mut self) {
        loop {
            while let Some(rule) = self.first.pop().or_else(|| self.queue.pop()) {
                self.queued[rule] = false;
                self.look_at(rule);
            }
            // What has been derived of booleans meanwhile, rules that read sums of them do not know of.
            let mut progress = false;
            for cell in 0..self.frame.system.cells() {
                let settled = |bit: &usize| self.known[*bit].is_some();
                let sum = self.sums[cell].as_ref().filter(|_| self.known[cell].is_none());
                if let Some(sum) = sum.filter(|sum| sum.bits.keys().all(settled)) {
                    let bits: Vec<usize> = sum.bits.keys().copied().collect();
                    self.step(&[], &bits, vec![Fact::Value(cell)]);
                    progress = true;
                }
            }
            let mut equations = Vec::new();
            for rule in self.equations.clone() {
                let Some(sum) = self.form(rule).and_then(|form| self.equation(&form)) else { continue };
                if self.fixes(&sum) {
                    self.settle(rule, &sum);
                    progress = true;
                } else {
                    equations.push((rule, sum));
                }
            }
            if !progress && !self.one_hot(&equations) && !self.canonical(&equations) {
                return;
            }
        }
    }

    fn settle(&mut self, rule: usize, sum: &Sum) {
        self.equations.remove(&rule);
        self.derive(&[(rule, sum)], sum.bits.keys().copied());
    }

    /// Records what `rules` and the cells `also` say together, as far as it is new.
    fn step(&mut self, rules: &[usize], also: &[usize], gives: Vec<Fact>) {
        let mut premises = BTreeSet::new();
        let read = rules.iter().flat_map(|rule| &self.frame.reads[*rule]).map(|(cell, _)| *cell);
        let given = gives.iter().map(|fact| match fact {
            Fact::Value(cell) | Fact::Sum(cell) => *cell,
        });
        for cell in read.chain(given).chain(also.iter().copied()) {
            premises.extend(self.known[cell]);
            premises.extend(self.sum_by[cell]);
        }
        let number = self.steps.len();
        let mut new = Vec::new();
        for fact in gives {
            let cell = match fact {
                Fact::Value(cell) if self.known[cell].is_none() => {
                    self.known[cell] = Some(number);
                    cell
                }
                Fact::Sum(cell) => {
                    self.sum_by[cell] = Some(number);
                    cell
                }
                Fact::Value(_) => continue,
            };
            new.push(fact);
            let frame = self.frame;
            frame.rules_of[cell].iter().for_each(|rule| self.enqueue(*rule as usize));
        }
        if self.change.is_none() {
            let step = Step { rules: rules.to_vec(), premises: premises.into_iter().collect(), gives: new };
            Rc::get_mut(&mut self.steps).expect("not shared while it grows").push(step);
        }
    }

    fn learn(&mut self, rules: &[usize], cells: impl IntoIterator<Item = usize>) {
        self.step(rules, &[], cells.into_iter().map(Fact::Value).collect());
    }

    /// Booleans, from equations over them.
    fn derive(&mut self, equations: &[(usize, &Sum)], bits: impl IntoIterator<Item = usize>) {
        let rules: Vec<usize> = equations.iter().map(|(rule, _)| *rule).collect();
        let settled: Vec<usize> = equations.iter().flat_map(|(_, sum)| sum.settled.iter().copied()).collect();
        self.step(&rules, &settled, bits.into_iter().map(Fact::Value).collect());
    }

    fn name(&mut self, rule: usize, cell: usize, sum: Rc<Sum>) {
        let settled: Vec<usize> = sum.settled.iter().copied().collect();
        self.sums[cell] = Some(sum);
        self.step(&[rule], &settled, vec![Fact::Sum(cell)]);
    }

    fn is_changed(&self, rule: usize, change: Change) -> bool {
        self.change == Some((rule, change))
    }

    fn look_at(&mut self, rule: usize) {
        let frame = self.frame;
        if self.is_changed(rule, Change::Dropped) {
            return;
        }
        let unknown = frame.reads[rule].iter().filter(|(cell, _)| self.known[*cell].is_none()).count();
        match frame.gate(rule) {
            _ if unknown == 0 && self.change.is_none_or(|(changed, _)| changed != rule) => {}
            "boolean" => {
                let cell = frame.reads[rule][0].0;
                if self.sums[cell].is_none() {
                    let alone = Sum { bits: [(cell, Fr::from(1u64))].into(), ..Sum::default() };
                    self.name(rule, cell, alone.into());
                }
            }
            "copy" | "arithmetic" => self.linear(rule),
            _ if unknown == 1 => self.linear(rule),
            "poseidon t=3, exit" if unknown <= 3 => self.together(rule),
            _ => {}
        }
    }
}
