//! What a derivation is over: rules with the cells that they say something about, and what sort of rules they are.

use std::collections::{BTreeSet, HashMap};

use ark_ff::Zero;
use popw_circuits::{
    claims::Shape,
    drivers::plonkish::{ADVICE, fixed},
};
use popw_core::Fr;

use super::super::{
    algebra::Support,
    programs::READ,
    system::{Rule, System},
};
use crate::common::power;

/// What does not change while deriving.
pub struct Frame<'a> {
    pub system: &'a System<'a>,
    shape: Shape,
    pub(super) values: Vec<Fr>,
    /// Cells that a rule says something about, with their places among those it reads.
    pub(super) reads: Vec<Vec<(usize, usize)>>,
    pub(super) rules_of: Vec<Vec<u32>>,
    pub(super) powers: HashMap<Fr, usize>,
}

impl<'a> Frame<'a> {
    pub fn new(shape: Shape, system: &'a System<'a>) -> Self {
        let cells = system.cells();
        let reads: Vec<Vec<(usize, usize)>> = system.rules.iter().map(|rule| reads(system, *rule)).collect();
        let mut rules_of = vec![Vec::new(); cells + 1];
        for (rule, cells) in (0..).zip(&reads) {
            cells.iter().for_each(|(cell, _)| rules_of[*cell].push(rule));
        }
        // The last is a bit that there is in mutants only.
        let values = (0..cells).map(|cell| system.value(cell)).chain([Fr::zero()]).collect();
        let mut powers = HashMap::new();
        for i in 0..=254 {
            powers.insert(power(i), i as usize);
            powers.insert(-power(i), i as usize);
        }
        Self { system, shape, values, reads, rules_of, powers }
    }

    pub(super) fn gate(&self, rule: usize) -> &'static str {
        match self.system.rules[rule] {
            Rule::Copy(_) => "copy",
            Rule::Gate { program, .. } => self.system.programs[program].gate,
        }
    }

    /// Whether a cell is what a row of a decomposition leaves to the next one.
    pub(super) fn is_left_by(&self, rule: usize, cell: usize) -> bool {
        let Rule::Gate { row, .. } = self.system.rules[rule] else { return false };
        let decomposes = !self.system.audited.layout.fixed[fixed::BOOLEAN][row].is_zero();
        decomposes && self.reads[rule].iter().any(|(at, i)| *at == cell && *i == ADVICE + 5)
    }

    pub(super) fn extra(&self) -> usize {
        self.values.len() - 1
    }

    /// Whether a rule says nothing, or something of cells that nobody assigned and nothing else reads.
    pub fn says_nothing(&self, rule: usize) -> bool {
        self.reads[rule]
            .iter()
            .all(|(cell, _)| !self.system.is_assigned(*cell) && self.rules_of[*cell].len() == 1)
    }

    pub fn shape(&self) -> Shape {
        self.shape
    }

    /// Cells that a rule reads.
    pub fn reads(&self, rule: usize) -> impl Iterator<Item = usize> {
        self.reads[rule].iter().map(|(cell, _)| *cell)
    }

    /// Rules that read a cell.
    pub fn rules_of(&self, cell: usize) -> impl Iterator<Item = usize> {
        self.rules_of[cell].iter().map(|rule| *rule as usize)
    }

    /// The cell that a copy fills.
    pub fn copies_to(&self, rule: usize) -> Option<usize> {
        match self.system.rules[rule] {
            Rule::Copy(copy) => Some(self.system.number(self.system.audited.layout.copies[copy].1)),
            Rule::Gate { .. } => None,
        }
    }

    /// The rule that says that this cell, or a copy of it, is a boolean or the place in a path.
    pub fn restricting(&self, cell: usize) -> Option<usize> {
        let copies = self.rules_of(cell).filter_map(|rule| self.copies_to(rule));
        let cells: BTreeSet<usize> = copies.chain([cell]).collect();
        cells.into_iter().flat_map(|cell| self.rules_of(cell)).find(|rule| self.restricts(*rule))
    }

    /// Whether a rule says that a cell is a boolean, or that it is 0 or another one.
    pub fn restricts(&self, rule: usize) -> bool {
        match self.system.rules[rule] {
            Rule::Gate { program, row } => match self.system.programs[program].gate {
                "boolean" => true,
                // A product of two cells and nothing else.
                "arithmetic" => {
                    let half = self.system.programs[program].constraint;
                    let fixed = &self.system.audited.layout.fixed;
                    let is_zero = |column: usize| fixed[column][row].is_zero();
                    let linear = 3 * half..3 * half + 3;
                    !is_zero(fixed::PRODUCT[half])
                        && is_zero(fixed::CONSTANT[half])
                        && linear.into_iter().all(|i| is_zero(fixed::LINEAR[i]))
                        && self.system.path_of(rule).ends_with("/index")
                        // What is drawn is compared with an index of that name.
                        && !self.system.path_of(rule).contains("draw")
                        && !is_zero(fixed::SPLIT)
                }
                _ => false,
            },
            Rule::Copy(_) => false,
        }
    }

    /// Bits of the decomposition that a row is of, up to this row.
    pub fn decomposed(&self, row: usize) -> usize {
        let fixed = &self.system.audited.layout.fixed;
        let decomposes =
            |row: usize| !fixed[fixed::JOINT][row].is_zero() && !fixed[fixed::BOOLEAN][row].is_zero();
        let bits = |row: usize| (0..5).filter(|i| !fixed[fixed::LINEAR[*i]][row].is_zero()).count();
        if !decomposes(row) {
            return 0;
        }
        let before = row.checked_sub(1).filter(|before| !fixed[fixed::CONSTANT[1]][*before].is_zero());
        bits(row) + before.map_or(0, |before| self.decomposed(before))
    }

    /// What two rules share that say the same in other places: part, gate, constraint, and what the row fixes; of copies the
    /// column, and what reads it.
    pub fn kind(&self, rule: usize) -> (String, &'static str, usize, Vec<Fr>) {
        let (path, gate) = self.system.place_of(rule);
        let (constraint, pattern) = match self.system.rules[rule] {
            Rule::Copy(copy) => {
                let to = self.system.number(self.system.audited.layout.copies[copy].1);
                let mut gates = self.rules_of(to).filter(|rule| self.copies_to(*rule).is_none());
                let column = self.system.place(to).map_or(0, |(_, column)| column);
                (column, gates.next().map_or_else(Vec::new, |rule| self.kind(rule).3))
            }
            Rule::Gate { program, row } => {
                let constraint = self.system.programs[program].constraint;
                let fixed = &self.system.audited.layout.fixed;
                let split = gate == "arithmetic" && !fixed[fixed::SPLIT][row].is_zero();
                let columns: Vec<usize> = match gate {
                    _ if split => (3 * constraint..3 * constraint + 3)
                        .map(|i| fixed::LINEAR[i])
                        .chain([fixed::PRODUCT[constraint], fixed::CONSTANT[constraint]])
                        .collect(),
                    "arithmetic" => (0..fixed::SPLIT).collect(),
                    // Round constants and points of tables.
                    _ => Vec::new(),
                };
                let bits = self.next_bit(rule).map(|_| Fr::from(self.decomposed(row) as u64));
                (constraint, columns.into_iter().map(|column| fixed[column][row]).chain(bits).collect())
            }
        };
        (path, gate, constraint, pattern)
    }

    /// What the last row of a decomposition would let a bit more be.
    pub fn next_bit(&self, rule: usize) -> Option<Fr> {
        let Rule::Gate { program, row } = self.system.rules[rule] else { return None };
        let fixed = &self.system.audited.layout.fixed;
        let program = &self.system.programs[program];
        let last = program.gate == "arithmetic"
            && program.constraint == 0
            && !fixed[fixed::JOINT][row].is_zero()
            && !fixed[fixed::BOOLEAN][row].is_zero()
            && fixed[fixed::CONSTANT[1]][row].is_zero();
        let bits = (0..5).filter(|i| !fixed[fixed::LINEAR[*i]][row].is_zero()).count();
        last.then(|| power(bits as u32))
    }
}

/// Cells that a rule reads with a coefficient that is not 0.
fn reads(system: &System<'_>, rule: Rule) -> Vec<(usize, usize)> {
    match rule {
        Rule::Copy(copy) => {
            let (from, to) = system.audited.layout.copies[copy];
            vec![(system.number(from), 0), (system.number(to), 1)]
        }
        Rule::Gate { program, row } => {
            let fixed = &system.audited.layout.fixed;
            let support = system.programs[program].evaluate(Support::cell, |column| fixed[column][row]);
            let places = (0..READ).filter(|i| support.reads(*i));
            places.filter_map(|i| Some((system.read(row, i)?, i))).collect()
        }
    }
}
