//! A filled table as a system of equations: every constraint that a row selects and every copy, over all cells.

use std::collections::{BTreeMap, BTreeSet};

use ark_ff::{One, Zero};
use popw_circuits::drivers::plonkish::{ADVICE, Audited, Cell, Column};
use popw_core::Fr;

use super::programs::{Program, READ, cell_read};
use crate::common::determinism::Row;

/// A rule of a table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Rule {
    /// A constraint, by its place among all [`Program`]s, at a row.
    Gate { program: usize, row: usize },
    /// Number of a copy.
    Copy(usize),
}

/// A filled table, and what its constraints are.
pub struct System<'a> {
    pub audited: &'a Audited,
    pub programs: &'a [Program],
    pub rules: Vec<Rule>,
}

impl<'a> System<'a> {
    pub fn new(audited: &'a Audited, programs: &'a [Program]) -> Self {
        let layout = &audited.layout;
        let gates = (0..layout.rows).flat_map(|row| {
            let active =
                programs.iter().enumerate().filter(move |(_, program)| program.is_active(layout, row));
            active.map(move |(program, _)| Rule::Gate { program, row })
        });
        let rules = gates.chain((0..layout.copies.len()).map(Rule::Copy)).collect();
        Self { audited, programs, rules }
    }

    /// Cells and public inputs.
    pub fn cells(&self) -> usize {
        ADVICE * self.audited.layout.rows + self.audited.layout.public
    }

    pub fn number(&self, cell: Cell) -> usize {
        match cell.column {
            Column::Advice(column) => ADVICE * cell.row as usize + usize::from(column),
            Column::Instance => ADVICE * self.audited.layout.rows + cell.row as usize,
        }
    }

    /// Row and column of an advice cell.
    pub fn place(&self, cell: usize) -> Option<(usize, usize)> {
        (cell < ADVICE * self.audited.layout.rows).then_some((cell / ADVICE, cell % ADVICE))
    }

    /// Whether a cell was assigned on purpose; public inputs are.
    pub fn is_assigned(&self, cell: usize) -> bool {
        self.place(cell).is_none_or(|(row, column)| self.audited.trace.is_assigned(column, row))
    }

    /// The part of the statement that a cell's row belongs to.
    pub fn path(&self, cell: usize) -> &str {
        let path = |(row, column)| self.audited.trace.row(row, usize::from(column >= 3));
        self.place(cell).map_or("public", path)
    }

    /// The part of the statement that a rule belongs to.
    pub fn path_of(&self, rule: usize) -> &str {
        match self.rules[rule] {
            Rule::Gate { program, row } => {
                let program = &self.programs[program];
                // Only arithmetic has halves, one constraint each.
                let half = usize::from(program.gate == "arithmetic" && program.constraint == 1);
                self.audited.trace.row(row, half)
            }
            Rule::Copy(copy) => self.audited.trace.copy(copy),
        }
    }

    /// The gate of a rule, or that it is a copy.
    pub fn operation(&self, rule: usize) -> &'static str {
        match self.rules[rule] {
            Rule::Gate { program, .. } => self.programs[program].gate,
            Rule::Copy(_) => "copy",
        }
    }

    /// Part of the statement and operation.
    pub fn place_of(&self, rule: usize) -> (String, &'static str) {
        (self.path_of(rule).into(), self.operation(rule))
    }

    /// Number of the cell that a gate at `row` reads as its `i`-th.
    pub fn read(&self, row: usize, i: usize) -> Option<usize> {
        cell_read(row, i, self.audited.layout.rows).map(|(row, column)| ADVICE * row + column)
    }

    pub fn value(&self, cell: usize) -> Fr {
        match self.place(cell) {
            Some((row, column)) => self.audited.advice.columns[column][row],
            None => self.audited.advice.public[cell - ADVICE * self.audited.layout.rows],
        }
    }

    /// Cells that the prover chooses.
    pub fn inputs(&self) -> BTreeSet<usize> {
        let trace = &self.audited.trace;
        trace.inputs().iter().filter_map(|input| trace.home(*input)).map(|cell| self.number(cell)).collect()
    }

    /// The Jacobian over the cells that the prover does not choose, which are renumbered, and these cells.
    pub fn jacobian(&self) -> (Vec<Row>, Vec<usize>) {
        let inputs = self.inputs();
        let columns: Vec<usize> = (0..self.cells()).filter(|cell| !inputs.contains(cell)).collect();
        let mut number = vec![None; self.cells()];
        columns.iter().enumerate().for_each(|(i, cell)| number[*cell] = Some(i));
        let rows = self.rules.iter().map(|rule| {
            let slopes = self.slopes(*rule).into_iter();
            slopes.filter_map(|(cell, slope)| number[cell].map(|column| (column, slope))).collect()
        });
        (rows.collect(), columns)
    }

    /// Derivatives that are not 0 of a rule, by cells in order.
    fn slopes(&self, rule: Rule) -> BTreeMap<usize, Fr> {
        match rule {
            Rule::Copy(copy) => {
                let (from, to) = self.audited.layout.copies[copy];
                [(self.number(from), Fr::one()), (self.number(to), -Fr::one())].into()
            }
            Rule::Gate { program, row } => {
                let cells: [Option<usize>; READ] = std::array::from_fn(|i| self.read(row, i));
                let advice = cells.map(|cell| cell.map_or(Fr::zero(), |cell| self.value(cell)));
                let layout = &self.audited.layout;
                let gradient = self.programs[program].gradient(&advice, |column| layout.fixed[column][row]);
                let slopes = cells.into_iter().zip(gradient).filter(|(_, slope)| !slope.is_zero());
                slopes.filter_map(|(cell, slope)| Some((cell?, slope))).collect()
            }
        }
    }
}
