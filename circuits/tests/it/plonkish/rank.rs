//! The prover's inputs determine every cell of a whole claim's table, to first order: as `claims_whole` shows of the
//! other arithmetisation.
//!
//! Columns of the Jacobian are cells, all of them, and public inputs; its rows are the constraints that a row of the
//! table selects, and the copies.

use std::collections::{BTreeMap, BTreeSet};

use ark_ff::{One, Zero};
use popw_circuits::{
    claims::{Shape, synthesize},
    drivers::plonkish::{ADVICE, Audited, Cell, Column, Plonkish},
};
use popw_core::Fr;

use super::programs::{Program, READ, cell_read};
use crate::common::{
    Network,
    determinism::{Row, kernel_support},
    shapes,
};

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

    /// The part of the statement that a cell's row belongs to.
    pub fn path(&self, cell: usize) -> &str {
        let path = |(row, column)| self.audited.trace.row(row, usize::from(column >= 3));
        self.place(cell).map_or("public", path)
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

    /// Assigned cells that can move when the prover's inputs cannot.
    fn moving(&self) -> Vec<usize> {
        let (rows, columns) = self.jacobian();
        let moving = kernel_support(rows, columns.len()).into_iter().map(|column| columns[column]);
        let assigned = |cell: &usize| {
            self.place(*cell).is_none_or(|(row, column)| self.audited.trace.is_assigned(column, row))
        };
        moving.filter(assigned).collect()
    }
}

fn filled(network: &Network) -> Audited {
    let witness = network.witness();
    Plonkish::audit(|d| synthesize(d, &network.shape, Some(&witness)))
}

/// Where a number that is compared with 0 is 0, the inverse that would show that it is not is free: the same ones as on
/// the other arithmetisation.
fn determined(shape: Shape) {
    let kind = shape.kind;
    let programs = Program::all();
    let free = |network: Network, expected: &[&str]| {
        let audited = filled(&network);
        let system = System::new(&audited, &programs);
        let mut free: Vec<_> = system.moving().into_iter().map(|cell| system.path(cell)).collect();
        free.sort_unstable();
        let mut expected = expected.to_vec();
        expected.sort_unstable();
        assert_eq!(free, expected);
    };
    let (batched, bandwidth) = (kind.is_batched(), kind.has_bandwidth());
    let zeros = [("C4-batch", batched), ("B5-served", bandwidth), ("B11-gate", bandwidth)];
    let mut zeros: Vec<_> = zeros.iter().filter(|(_, there)| *there).map(|(path, _)| *path).collect();
    free(Network::full(shape).beyond_every_limit(), &[]);
    free(Network::new(shape), &zeros);
    if kind.has_uptime() {
        zeros.push("U7-gap");
        let mut network = Network::new(shape);
        network.rules[4] = 0;
        free(network, &zeros);
    }
}

macro_rules! of_every_kind {
    ($($kind:ident $shape:expr;)*) => {$(
        mod $kind {
            use super::*;

            #[test]
            fn inputs_determine_every_cell() {
                determined($shape);
            }
        }
    )*};
}

of_every_kind! {
    uptime_claims shapes::UPTIME;
    possession_claims shapes::POSSESSION;
    bandwidth_claims shapes::BANDWIDTH;
    work_claims shapes::WORK;
}
