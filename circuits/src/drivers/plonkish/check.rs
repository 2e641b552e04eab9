//! Checks a filled table against its layout, in plain Rust: the oracle of the tests, and a prover's own check.

use alloc::{
    collections::BTreeMap,
    string::{String, ToString},
    vec::Vec,
};
use core::fmt;

use ark_ff::Zero;
use popw_core::Fr;

use super::{
    Advice, Cell, Column, Layout, Trace,
    expression::{Query, Rotation},
    gates::Gates,
};
use crate::drivers::audit::clause_of;

/// Something a table does wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Violation {
    /// A gate's polynomial is not zero.
    Gate {
        /// The gate.
        gate: &'static str,
        /// Which of its constraints.
        constraint: usize,
        /// Its row.
        row: usize,
    },
    /// Two cells that should be equal are not.
    Copy {
        /// Index in [`Layout::copies`].
        copy: usize,
        /// One cell.
        from: Cell,
        /// The other.
        to: Cell,
    },
    /// The advice is not of this layout: a column has another length, or the public inputs another number.
    Shape,
}

impl Violation {
    /// The path that the violated rule belongs to.
    pub fn path<'a>(&self, trace: &'a Trace) -> &'a str {
        match *self {
            Self::Gate { gate: "boolean", constraint, row } => trace.boolean(row, constraint),
            // Only arithmetic has halves, one constraint each.
            Self::Gate { gate, constraint, row } => {
                trace.row(row, usize::from(gate == "arithmetic" && constraint == 1))
            }
            Self::Copy { copy, .. } => trace.copy(copy),
            Self::Shape => "",
        }
    }
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Gate { gate, constraint, row } => {
                write!(f, "row {row} violates constraint {constraint} of the gate \"{gate}\"")
            }
            Self::Copy { from, to, .. } => {
                write!(
                    f,
                    "the cells at {:?} row {} and {:?} row {} differ",
                    from.column, from.row, to.column, to.row
                )
            }
            Self::Shape => write!(f, "the advice has another shape than the layout"),
        }
    }
}

impl core::error::Error for Violation {}

/// Checks everything; the first violation found is the error.
///
/// # Errors
/// A [`Violation`].
pub fn check(layout: &Layout, advice: &Advice) -> Result<(), Violation> {
    match Checker::new(layout).violations(advice).into_iter().next() {
        None => Ok(()),
        Some(violation) => Err(violation),
    }
}

/// A layout prepared for many checks.
pub struct Checker<'a> {
    layout: &'a Layout,
    gates: Gates,
    /// Copies by the cells they touch.
    by_cell: BTreeMap<Cell, Vec<usize>>,
    /// Rows with a selector, the only ones where a gate can be violated.
    active: Vec<bool>,
}

impl<'a> Checker<'a> {
    /// Prepares.
    pub fn new(layout: &'a Layout) -> Self {
        let mut by_cell: BTreeMap<Cell, Vec<usize>> = BTreeMap::new();
        for (i, (from, to)) in layout.copies.iter().enumerate() {
            by_cell.entry(*from).or_default().push(i);
            by_cell.entry(*to).or_default().push(i);
        }
        let selectors = &layout.fixed[super::fixed::SPLIT..];
        let active =
            (0..layout.rows).map(|row| selectors.iter().any(|column| !column[row].is_zero())).collect();
        Self { layout, gates: Gates::new(), by_cell, active }
    }

    /// All violations: gates by row, then copies.
    pub fn violations(&self, advice: &Advice) -> Vec<Violation> {
        let fits = advice.columns.len() == super::ADVICE
            && advice.columns.iter().all(|column| column.len() == self.layout.rows)
            && advice.public.len() == self.layout.public;
        if !fits {
            return [Violation::Shape].into();
        }
        let mut out = Vec::new();
        (0..self.layout.rows).for_each(|row| self.check_row(advice, row, &mut out));
        (0..self.layout.copies.len()).for_each(|copy| self.check_copy(advice, copy, &mut out));
        out
    }

    /// The violations that a change of one advice cell can have caused.
    ///
    /// # Panics
    /// If the advice does not fit the layout.
    pub fn violations_around(&self, advice: &Advice, column: usize, row: usize) -> Vec<Violation> {
        let mut out = Vec::new();
        let last = self.layout.rows.min(row + 2);
        (row.saturating_sub(1)..last).for_each(|row| self.check_row(advice, row, &mut out));
        let cell = Cell {
            column: Column::Advice(u8::try_from(column).expect("six columns")),
            row: u32::try_from(row).expect("few rows"),
        };
        for copy in self.by_cell.get(&cell).into_iter().flatten() {
            self.check_copy(advice, *copy, &mut out);
        }
        out
    }

    /// Violated clauses (outermost names), each with the path of its first violation.
    pub fn violated(&self, advice: &Advice, trace: &Trace) -> BTreeMap<String, String> {
        let mut out = BTreeMap::new();
        for violation in self.violations(advice) {
            let path = violation.path(trace);
            out.entry(clause_of(path).to_string()).or_insert_with(|| path.to_string());
        }
        out
    }

    fn check_row(&self, advice: &Advice, row: usize, out: &mut Vec<Violation>) {
        if !self.active[row] {
            return;
        }
        for gate in self.gates.at(&mut At { layout: self.layout, advice, row }) {
            for (constraint, value) in gate.constraints.iter().enumerate() {
                if !value.is_zero() {
                    out.push(Violation::Gate { gate: gate.name, constraint, row });
                }
            }
        }
    }

    fn check_copy(&self, advice: &Advice, copy: usize, out: &mut Vec<Violation>) {
        let value = |cell: Cell| match cell.column {
            Column::Advice(column) => advice.columns[usize::from(column)][cell.row as usize],
            Column::Instance => advice.public[cell.row as usize],
        };
        let (from, to) = self.layout.copies[copy];
        if value(from) != value(to) {
            out.push(Violation::Copy { copy, from, to });
        }
    }
}

struct At<'a> {
    layout: &'a Layout,
    advice: &'a Advice,
    row: usize,
}

impl Query for At<'_> {
    type Expression = Fr;

    fn advice(&mut self, column: usize, rotation: Rotation) -> Fr {
        let row = match rotation {
            Rotation::Current => Some(self.row),
            Rotation::Next => self.row.checked_add(1),
            Rotation::Previous => self.row.checked_sub(1),
        };
        row.and_then(|row| self.advice.columns[column].get(row)).copied().unwrap_or_default()
    }

    fn fixed(&mut self, column: usize) -> Fr {
        self.layout.fixed[column][self.row]
    }
}
