//! Which wires a constraint system leaves free to move, and which constraints it can spare, to first order.
//!
//! The Jacobian of `(A·z)(B·z) − C·z` at an honest assignment, over the columns that are not fixed, has full column
//! rank exactly when no wire can move continuously. Discrete alternatives (x + r, ±√x) are invisible here: they
//! need negatives of their own.
//!
//! Nearly everything is peeled off: a row with one entry left says that its column does not move; a column
//! with one entry left follows from its row. What remains is eliminated with sparse pivots.

use std::collections::{BTreeMap, BTreeSet};

use ark_ff::{Field, PrimeField, Zero};
use popw_circuits::{
    claims::Shape,
    drivers::{audit::Recorded, r1cs::Csr},
};
use popw_core::Fr;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha20Rng;

use super::Network;

/// Networks whose claims the prover's inputs determine, but for a few hints, by their parts in order: where a number that is
/// compared with 0 is 0, the inverse that would show that it is not is free by design, as it meets only that zero.
pub fn with_zeros(shape: Shape) -> Vec<(Network, Vec<&'static str>)> {
    let kind = shape.kind;
    let (batched, bandwidth) = (kind.is_batched(), kind.has_bandwidth());
    // The batch is 0; no more MiB are served, and no more rate certified, than there is room for.
    let zeros = [("B11-gate", bandwidth), ("B5-served", bandwidth), ("C4-batch", batched)];
    let mut zeros: Vec<_> = zeros.iter().filter(|(_, there)| *there).map(|(path, _)| *path).collect();
    let mut networks =
        vec![(Network::full(shape).beyond_every_limit(), Vec::new()), (Network::new(shape), zeros.clone())];
    if kind.has_uptime() {
        let mut no_gap = Network::new(shape);
        no_gap.rules[4] = 0;
        zeros.push("U7-gap");
        networks.push((no_gap, zeros));
    }
    networks
}

/// Entries that are not 0, by columns in order.
pub type Row = Vec<(usize, Fr)>;

/// Columns of `z = (1, public…, witness…)`, other than `fixed` (and the constant), that can move while every
/// constraint holds. Empty: the fixed columns determine everything. Ascending.
pub fn free_columns(recorded: &Recorded, fixed: impl IntoIterator<Item = usize>) -> Vec<usize> {
    let (rows, columns) = jacobian(recorded, fixed);
    kernel_support(rows, columns.len()).into_iter().map(|c| columns[c]).collect()
}

/// Constraints without which the rank would be the same: deleting one of them needs another witness to be
/// noticed. Deleting any other frees a wire. Ascending.
pub fn dependent_constraints(recorded: &Recorded, fixed: impl IntoIterator<Item = usize>) -> Vec<usize> {
    let (rows, columns) = jacobian(recorded, fixed);
    dependent_rows(&rows, columns.len())
}

/// Rows without which the rank would be the same: those that take part in some relation between rows. Ascending.
pub fn dependent_rows(rows: &[Row], columns: usize) -> Vec<usize> {
    let mut transposed = vec![Row::new(); columns];
    for (i, row) in rows.iter().enumerate() {
        row.iter().for_each(|&(column, value)| transposed[column].push((i, value)));
    }
    kernel_support(transposed, rows.len())
}

/// The Jacobian's rows over the free columns, renumbered, and the columns' numbers in z.
fn jacobian(recorded: &Recorded, fixed: impl IntoIterator<Item = usize>) -> (Vec<Row>, Vec<usize>) {
    let m = &recorded.matrices;
    let z = recorded.assignment.full();
    let fixed: BTreeSet<usize> = fixed.into_iter().chain([0]).collect();
    let columns: Vec<usize> = (0..z.len()).filter(|column| !fixed.contains(column)).collect();
    let mut number = vec![None; z.len()];
    columns.iter().enumerate().for_each(|(i, column)| number[*column] = Some(i));
    let rows = (0..m.constraints()).map(|i| {
        let mut row = BTreeMap::<usize, Fr>::new();
        let mut add = |matrix: &Csr, factor: Fr| {
            for (column, value) in matrix.row(i) {
                if let Some(column) = number[column] {
                    *row.entry(column).or_default() += factor * value;
                }
            }
        };
        add(&m.a, m.b.dot(i, &z));
        add(&m.b, m.a.dot(i, &z));
        add(&m.c, -Fr::ONE);
        row.into_iter().filter(|(_, value)| !value.is_zero()).collect()
    });
    (rows.collect(), columns)
}

/// Columns that are not zero in every vector of the kernel: those that are not zero in a random one, which is built
/// by giving the columns without a pivot random values.
pub fn kernel_support(rows: Vec<Row>, columns: usize) -> Vec<usize> {
    let mut rng = ChaCha20Rng::seed_from_u64(0x6b65_726e_656c);
    let mut state = Elimination::new(rows, columns);
    state.peel();
    state.eliminate();
    let mut x = vec![Fr::zero(); columns];
    for (column, alive) in state.column_alive.iter().enumerate() {
        if *alive {
            x[column] = Fr::from_le_bytes_mod_order(&rng.random::<[u8; 48]>());
        }
    }
    for (column, row) in state.pivots.into_iter().rev() {
        let (mut pivot, mut sum) = (Fr::zero(), Fr::zero());
        for (other, value) in row {
            if other == column {
                pivot = value;
            } else {
                sum += value * x[other];
            }
        }
        x[column] = -sum / pivot;
    }
    (0..columns).filter(|column| !x[*column].is_zero()).collect()
}

struct Elimination {
    rows: Vec<Row>,
    /// Rows that had an entry in a column when it was last looked at; some may be gone.
    rows_of: Vec<Vec<usize>>,
    row_alive: Vec<bool>,
    column_alive: Vec<bool>,
    /// (column, the row that gives it from columns that are zero, free or pivots of later steps).
    pivots: Vec<(usize, Row)>,
}

impl Elimination {
    fn new(rows: Vec<Row>, columns: usize) -> Self {
        let mut rows_of = vec![Vec::new(); columns];
        for (i, row) in rows.iter().enumerate() {
            row.iter().for_each(|(column, _)| rows_of[*column].push(i));
        }
        let row_alive = vec![true; rows.len()];
        Self { rows, rows_of, row_alive, column_alive: vec![true; columns], pivots: Vec::new() }
    }

    /// Takes away rows and columns with a single entry until there are none.
    fn peel(&mut self) {
        let mut in_row: Vec<usize> = self.rows.iter().map(Vec::len).collect();
        let mut in_column: Vec<usize> = self.rows_of.iter().map(Vec::len).collect();
        let mut single_rows: Vec<usize> = (0..in_row.len()).filter(|i| in_row[*i] == 1).collect();
        let mut single_columns: Vec<usize> = (0..in_column.len()).filter(|c| in_column[*c] == 1).collect();
        loop {
            let (row, column) = if let Some(row) = single_rows.pop() {
                if !self.row_alive[row] || in_row[row] != 1 {
                    continue;
                }
                let entry = self.rows[row].iter().find(|(column, _)| self.column_alive[*column]);
                (row, entry.expect("one entry is left").0)
            } else if let Some(column) = single_columns.pop() {
                if !self.column_alive[column] || in_column[column] != 1 {
                    continue;
                }
                let row = self.rows_of[column].iter().find(|row| self.row_alive[**row]);
                (*row.expect("one entry is left"), column)
            } else {
                break;
            };
            for &(other, _) in &self.rows[row] {
                if self.column_alive[other] {
                    in_column[other] -= 1;
                    if in_column[other] == 1 {
                        single_columns.push(other);
                    }
                }
            }
            for &other in &self.rows_of[column] {
                if self.row_alive[other] {
                    in_row[other] -= 1;
                    if in_row[other] == 1 {
                        single_rows.push(other);
                    }
                }
            }
            self.retire(row, column);
        }
        // Only what is left matters from here on.
        for (i, row) in self.rows.iter_mut().enumerate() {
            if self.row_alive[i] {
                row.retain(|(column, _)| self.column_alive[*column]);
            }
        }
    }

    /// Markowitz: the column with the fewest entries, in it the row with the fewest.
    fn eliminate(&mut self) {
        let mut entries = vec![BTreeSet::<usize>::new(); self.rows_of.len()];
        for (i, row) in self.rows.iter().enumerate().filter(|(i, _)| self.row_alive[*i]) {
            row.iter().for_each(|(column, _)| {
                entries[*column].insert(i);
            });
        }
        let mut queue: BTreeSet<(usize, usize)> = (0..entries.len())
            .filter(|column| self.column_alive[*column] && !entries[*column].is_empty())
            .map(|column| (entries[column].len(), column))
            .collect();
        while let Some((_, column)) = queue.pop_first() {
            let rows = std::mem::take(&mut entries[column]);
            let pivot_row =
                *rows.iter().min_by_key(|row| self.rows[**row].len()).expect("queued with entries");
            let pivot = std::mem::take(&mut self.rows[pivot_row]);
            let value = pivot.iter().find(|(c, _)| *c == column).expect("an entry").1;
            let mut touched: BTreeSet<usize> = pivot.iter().map(|(c, _)| *c).collect();
            touched.remove(&column);
            for c in &touched {
                queue.remove(&(entries[*c].len(), *c));
                entries[*c].remove(&pivot_row);
            }
            for row in rows.into_iter().filter(|row| *row != pivot_row) {
                let own = self.rows[row].iter().find(|(c, _)| *c == column).expect("an entry").1;
                let (sum, changes) = add_scaled(&self.rows[row], &pivot, -own / value);
                for (c, present) in changes.into_iter().filter(|(c, _)| *c != column) {
                    if present {
                        entries[c].insert(row);
                    } else {
                        entries[c].remove(&row);
                    }
                }
                self.rows[row] = sum;
            }
            for c in touched {
                if !entries[c].is_empty() {
                    queue.insert((entries[c].len(), c));
                }
            }
            self.rows[pivot_row] = pivot;
            self.retire(pivot_row, column);
        }
    }

    fn retire(&mut self, row: usize, column: usize) {
        self.row_alive[row] = false;
        self.column_alive[column] = false;
        self.pivots.push((column, std::mem::take(&mut self.rows[row])));
    }
}

/// `row + factor · other`, and which of `other`'s columns appeared (true) or vanished.
fn add_scaled(row: &Row, other: &Row, factor: Fr) -> (Row, Vec<(usize, bool)>) {
    let (mut sum, mut changes) = (Row::with_capacity(row.len() + other.len()), Vec::new());
    let (mut left, mut right) = (row.iter().peekable(), other.iter().peekable());
    loop {
        match (left.peek(), right.peek()) {
            (Some(&&(i, a)), Some(&&(j, b))) if i == j => {
                let value = a + factor * b;
                if value.is_zero() {
                    changes.push((i, false));
                } else {
                    sum.push((i, value));
                }
                left.next();
                right.next();
            }
            (Some(&&entry), Some(&&(j, _))) if entry.0 < j => {
                sum.push(entry);
                left.next();
            }
            (Some(&&entry), None) => {
                sum.push(entry);
                left.next();
            }
            (_, Some(&&(j, b))) => {
                changes.push((j, true));
                sum.push((j, factor * b));
                right.next();
            }
            (None, None) => return (sum, changes),
        }
    }
}

mod tests {
    use super::*;

    /// Rank of a small dense matrix.
    fn rank(mut rows: Vec<Vec<Fr>>, columns: usize) -> usize {
        let mut rank = 0;
        for column in 0..columns {
            let Some(pivot) = (rank..rows.len()).find(|i| !rows[*i][column].is_zero()) else { continue };
            rows.swap(rank, pivot);
            for i in rank + 1..rows.len() {
                let factor = rows[i][column] / rows[rank][column];
                let pivot = rows[rank].clone();
                rows[i].iter_mut().zip(pivot).for_each(|(entry, value)| *entry -= factor * value);
            }
            rank += 1;
        }
        rank
    }

    #[test]
    fn kernels_of_random_matrices_are_those_of_dense_elimination() {
        let mut rng = ChaCha20Rng::seed_from_u64(41);
        for case in 0..400 {
            let (height, columns) = (rng.random_range(1..12), rng.random_range(1..12));
            let fill = rng.random_range(1..6);
            let mut rows: Vec<Row> = Vec::new();
            for _ in 0..height {
                let mut row = BTreeMap::new();
                for _ in 0..fill {
                    row.insert(rng.random_range(0..columns), Fr::from(rng.random_range(1..4u64)));
                }
                rows.push(row.into_iter().collect());
            }
            let dense = |rows: &[Row], extra: Option<usize>| {
                let unit = extra.map(|c| vec![(c, Fr::ONE)]);
                let all = rows.iter().chain(&unit).map(|row| {
                    let mut out = vec![Fr::zero(); columns];
                    row.iter().for_each(|(c, v)| out[*c] = *v);
                    out
                });
                rank(all.collect(), columns)
            };
            let base = dense(&rows, None);
            // A column can move exactly when saying that it does not adds to the rank.
            let expected: Vec<usize> = (0..columns).filter(|c| dense(&rows, Some(*c)) > base).collect();
            assert_eq!(kernel_support(rows, columns), expected, "case {case}");
        }
    }
}
