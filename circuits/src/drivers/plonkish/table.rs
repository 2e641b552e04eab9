//! The table: what setup fixes ([`Layout`]), what a proof fills in ([`Advice`]), and what tests also want to know
//! ([`Trace`]).

use alloc::{collections::BTreeMap, string::String, vec, vec::Vec};

use ark_ff::Zero;
use popw_core::Fr;
use zeroize::Zeroizing;

/// Advice columns. All of them, and the one instance column, take part in copy constraints.
pub const ADVICE: usize = 6;

/// Rows at the end that hold no gate and no copy: halo2 hides the advice there. For gates that read three rows
/// and no lookups it needs 6: as many as a polynomial is evaluated at points (3), two more against off-by-one, and the
/// row that closes the permutation argument. The rest is margin.
pub const RESERVED_ROWS: usize = 10;

/// The fixed columns by name. Coefficients serve every gate; selectors are 0 or 1.
pub mod fixed {
    /// Coefficients of the six advice cells; round constants in Poseidon rows; window tables in Base8 rows.
    pub const LINEAR: [usize; 6] = [0, 1, 2, 3, 4, 5];
    /// Coefficients of `a0·a1` and `a3·a4`; round constants in rows of Poseidon t = 9.
    pub const PRODUCT: [usize; 2] = [6, 7];
    /// Constants of the two halves, the first a round constant in rows of Poseidon t = 9; in a joint row the second is the coefficient of the next row's `a5`.
    pub const CONSTANT: [usize; 2] = [8, 9];
    /// Arithmetic: each half is zero.
    pub const SPLIT: usize = 10;
    /// Arithmetic: the sum of the halves and of the next row's `a5` is zero.
    pub const JOINT: usize = 11;
    /// `a0..a4` are booleans.
    pub const BOOLEAN: usize = 12;
    /// Edwards: `(a0, a1) + (a4, a5)` = next `(a0, a1)`.
    pub const ADD: usize = 13;
    /// Edwards: `(a4, a5)` is the table's entry number `a2 + 2·a3`.
    pub const WINDOW: usize = 14;
    /// Edwards: double-and-add.
    pub const LADDER: usize = 15;
    /// Poseidon t = 3: a full round within the row.
    pub const T3_INNER_ROUND: usize = 16;
    /// Poseidon t = 3: a full round into the next row.
    pub const T3_OUTER_ROUND: usize = 17;
    /// Poseidon t = 3: the last full round before the partial ones.
    pub const T3_ENTRY: usize = 18;
    /// Poseidon t = 3: six partial rounds.
    pub const T3_PARTIAL: usize = 19;
    /// Poseidon t = 3: the last three partial rounds and the state after them.
    pub const T3_EXIT: usize = 20;
    /// Poseidon t = 4, 5, 6: a full round.
    pub const T4_TO_T6_FULL: [usize; 3] = [21, 22, 23];
    /// Poseidon t = 4, 5, 6: a partial round.
    pub const T4_TO_T6_PARTIAL: [usize; 3] = [24, 25, 26];
    /// Poseidon t = 9: a full round of even number, to lanes 0..2 and to the others.
    pub const T9_EVEN: [usize; 2] = [27, 28];
    /// Poseidon t = 9: a full round of odd number, to lanes 0..5 and to the others.
    pub const T9_ODD: [usize; 2] = [29, 30];
    /// Poseidon t = 9: the last full round before the partial ones, and the first of these.
    pub const T9_ENTRY: [usize; 2] = [31, 32];
    /// Poseidon t = 9: six partial rounds.
    pub const T9_PARTIAL: usize = 33;
    /// Poseidon t = 9: the last partial rounds and the state after them.
    pub const T9_EXIT: [usize; 2] = [34, 35];
    /// How many there are.
    pub const COUNT: usize = 36;
}

/// A column that copy constraints name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Column {
    /// Advice column `0..ADVICE`.
    Advice(u8),
    /// The column of public inputs, in rows `0..public`.
    Instance,
}

/// A cell that copy constraints name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Cell {
    /// Its column.
    pub column: Column,
    /// Its row, from 0.
    pub row: u32,
}

/// What is fixed at setup: the circuit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Layout {
    /// log2 of the number of rows: the smallest that holds `rows` and [`RESERVED_ROWS`].
    pub k: u32,
    /// Rows in use; all columns are zero from there on.
    pub rows: usize,
    /// [`fixed::COUNT`] columns of `rows` values.
    pub fixed: Vec<Vec<Fr>>,
    /// Pairs of cells that must be equal.
    pub copies: Vec<(Cell, Cell)>,
    /// Number of public inputs.
    pub public: usize,
    /// Rows by operation.
    pub cost: BTreeMap<&'static str, usize>,
}

/// What one proof assigns.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Advice {
    /// [`ADVICE`] columns of `rows` values; secrets are among them.
    pub columns: Zeroizing<Vec<Vec<Fr>>>,
    /// Public inputs in order.
    pub public: Vec<Fr>,
}

/// Where gates, copies and cells come from. Paths are names from outermost to innermost, joined by `/`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Trace {
    pub(super) paths: Vec<String>,
    pub(super) rows: Vec<[u32; 2]>,
    pub(super) booleans: BTreeMap<(u32, usize), u32>,
    pub(super) copies: Vec<u32>,
    pub(super) assigned: Vec<[bool; ADVICE]>,
    pub(super) homes: Vec<Option<Cell>>,
    pub(super) inputs: Vec<u32>,
}

impl Trace {
    /// The path a row belongs to; a row of arithmetic has two halves with a path each.
    ///
    /// # Panics
    /// If there is no such row or half.
    pub fn row(&self, row: usize, half: usize) -> &str {
        &self.paths[self.rows[row][half] as usize]
    }

    /// The path that asked for the boolean in this cell: up to five share a row, which the first of them has made.
    ///
    /// # Panics
    /// If there is no such row.
    pub fn boolean(&self, row: usize, column: usize) -> &str {
        let own = u32::try_from(row).ok().and_then(|row| self.booleans.get(&(row, column)));
        own.map_or_else(|| self.row(row, 0), |path| &self.paths[*path as usize])
    }

    /// The path that asked for copy `i` of the layout.
    ///
    /// # Panics
    /// If there is no such copy.
    pub fn copy(&self, i: usize) -> &str {
        &self.paths[self.copies[i] as usize]
    }

    /// The cell that holds variable `i`; `None` if nothing needed one, or if there is no such variable.
    pub fn home(&self, variable: u32) -> Option<Cell> {
        self.homes.get(variable as usize).copied().flatten()
    }

    /// How many variables there are.
    pub fn variables(&self) -> u32 {
        u32::try_from(self.homes.len()).expect("few variables")
    }

    /// Variables the prover chooses, ascending.
    pub fn inputs(&self) -> &[u32] {
        &self.inputs
    }

    /// Whether a cell was assigned on purpose; the others are zero and no gate with a meaning reads them.
    ///
    /// # Panics
    /// If there is no such cell.
    pub fn is_assigned(&self, column: usize, row: usize) -> bool {
        self.assigned[row][column]
    }
}

/// The table being recorded. Which parts exist is the driver's mode; calls for the others do nothing.
pub(super) struct Recorder {
    rows: u32,
    layout: Option<Fixed>,
    advice: Option<[Vec<Fr>; ADVICE]>,
    trace: Option<Trace>,
    stack: Vec<&'static str>,
}

struct Fixed {
    columns: Vec<Vec<Fr>>,
    copies: Vec<(Cell, Cell)>,
    cost: BTreeMap<&'static str, usize>,
}

impl Recorder {
    pub(super) fn new(layout: bool, advice: bool, trace: bool) -> Self {
        let fixed =
            || Fixed { columns: vec![Vec::new(); fixed::COUNT], copies: Vec::new(), cost: BTreeMap::new() };
        let mut new = Self {
            rows: 0,
            layout: layout.then(fixed),
            advice: advice.then(Default::default),
            trace: trace.then(Trace::default),
            stack: Vec::new(),
        };
        new.relabel();
        new
    }

    pub(super) fn knows_values(&self) -> bool {
        self.advice.is_some()
    }

    pub(super) fn traces(&self) -> bool {
        self.trace.is_some()
    }

    /// Says, for a trace, where variables live and which of them the prover chooses.
    pub(super) fn know_variables(&mut self, homes: Vec<Option<Cell>>, inputs: Vec<u32>) {
        if let Some(trace) = &mut self.trace {
            (trace.homes, trace.inputs) = (homes, inputs);
        }
    }

    /// `count` new rows for `operation`; returns the first.
    pub(super) fn rows(&mut self, count: usize, operation: &'static str) -> u32 {
        let first = self.rows;
        self.rows += u32::try_from(count).expect("few rows");
        let rows = self.rows as usize;
        if let Some(layout) = &mut self.layout {
            for column in &mut layout.columns {
                column.resize(rows, Fr::zero());
            }
            *layout.cost.entry(operation).or_insert(0) += count;
        }
        if let Some(advice) = &mut self.advice {
            for column in advice {
                column.resize(rows, Fr::zero());
            }
        }
        if let Some(trace) = &mut self.trace {
            let path = u32::try_from(trace.paths.len() - 1).expect("few paths");
            trace.rows.resize(rows, [path; 2]);
            trace.assigned.resize(rows, [false; ADVICE]);
        }
        first
    }

    pub(super) fn fix(&mut self, column: usize, row: u32, value: Fr) {
        if let Some(layout) = &mut self.layout {
            layout.columns[column][row as usize] = value;
        }
    }

    pub(super) fn select(&mut self, selector: usize, row: u32) {
        self.fix(selector, row, Fr::from(1u64));
    }

    pub(super) fn assign(&mut self, column: usize, row: u32, value: Option<Fr>) {
        if let (Some(advice), Some(value)) = (&mut self.advice, value) {
            advice[column][row as usize] = value;
        }
        if let Some(trace) = &mut self.trace {
            trace.assigned[row as usize][column] = true;
        }
    }

    pub(super) fn copy(&mut self, from: Cell, to: Cell) {
        if let Some(layout) = &mut self.layout {
            layout.copies.push((from, to));
        }
        if let Some(trace) = &mut self.trace {
            trace.copies.push(u32::try_from(trace.paths.len() - 1).expect("few paths"));
        }
    }

    /// Says that the current path, not the one in force when the row was made, is using this half of it.
    pub(super) fn claim_half(&mut self, row: u32, half: usize) {
        if let Some(trace) = &mut self.trace {
            trace.rows[row as usize][half] = u32::try_from(trace.paths.len() - 1).expect("few paths");
        }
    }

    /// Says that the current path asks for the boolean in this cell.
    pub(super) fn claim_boolean(&mut self, row: u32, column: usize) {
        if let Some(trace) = &mut self.trace {
            let path = u32::try_from(trace.paths.len() - 1).expect("few paths");
            trace.booleans.insert((row, column), path);
        }
    }

    pub(super) fn begin(&mut self, name: &'static str) {
        if self.trace.is_some() {
            self.stack.push(name);
            self.relabel();
        }
    }

    pub(super) fn end(&mut self) {
        if self.trace.is_some() {
            self.stack.pop();
            self.relabel();
        }
    }

    /// The last path is the current one.
    fn relabel(&mut self) {
        if let Some(trace) = &mut self.trace {
            trace.paths.push(self.stack.join("/"));
        }
    }

    /// What was recorded, as far as the mode asked for it.
    pub(super) fn finish(self, public: Vec<Option<Fr>>) -> (Option<Layout>, Option<Advice>, Option<Trace>) {
        let rows = self.rows as usize;
        let least = rows.max(public.len()) + RESERVED_ROWS;
        let layout = self.layout.map(|layout| Layout {
            k: least.next_power_of_two().ilog2(),
            rows,
            fixed: layout.columns,
            copies: layout.copies,
            public: public.len(),
            cost: layout.cost,
        });
        let advice = self.advice.map(|columns| Advice {
            columns: Zeroizing::new(columns.into()),
            public: public.into_iter().map(Option::unwrap_or_default).collect(),
        });
        (layout, advice, self.trace)
    }
}
