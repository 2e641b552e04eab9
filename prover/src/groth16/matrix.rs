//! Matrices in the form of the key file: entries name their coefficients by number.

use std::collections::HashMap;

use ark_bn254::Fr;
use ark_ff::{BigInt, One};
use popw_circuits::drivers::r1cs::{Csr, Matrices};

/// A matrix by rows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Rows {
    /// Row `i` is the entries `starts[i]..starts[i + 1]`.
    pub starts: Vec<u32>,
    /// Column, and number of the coefficient.
    pub entries: Vec<[u32; 2]>,
}

impl Rows {
    /// Number of rows.
    pub(super) fn count(&self) -> usize {
        self.starts.len().saturating_sub(1)
    }

    /// Entries of row `i`, in ascending order of columns.
    fn sorted(&self, i: usize) -> Vec<[u32; 2]> {
        let mut row = self.entries[self.starts[i] as usize..self.starts[i + 1] as usize].to_vec();
        row.sort_unstable();
        row
    }

    /// The first row in which two matrices of equally numbered coefficients differ, whatever the order of entries.
    pub(super) fn first_difference(&self, other: &Self) -> Option<usize> {
        let common = self.count().min(other.count());
        let differs = (0..common).find(|&i| self.sorted(i) != other.sorted(i));
        differs.or_else(|| (self.count() != other.count()).then_some(common))
    }
}

/// The matrices of a constraint system.
#[derive(Debug)]
pub(super) struct Compact {
    pub coefficients: Coefficients,
    pub a: Rows,
    pub b: Rows,
    /// Products, if they are known.
    pub c: Option<Rows>,
}

impl Compact {
    pub(super) fn new(matrices: &Matrices) -> Self {
        let mut coefficients = Coefficients::default();
        let [a, b, c] = [&matrices.a, &matrices.b, &matrices.c].map(|matrix| coefficients.rows(matrix));
        Self { coefficients, a, b, c: Some(c) }
    }

    /// Entries of all matrices.
    pub(super) fn entries(&self) -> usize {
        self.a.entries.len() + self.b.entries.len() + self.c.as_ref().map_or(0, |c| c.entries.len())
    }
}

/// The distinct coefficients of all matrices: 1, −1, then in order of appearance.
#[derive(Debug)]
pub(super) struct Coefficients {
    pub values: Vec<Fr>,
    index: HashMap<BigInt<4>, u32>,
}

impl Default for Coefficients {
    fn default() -> Self {
        let values = vec![Fr::one(), -Fr::one()];
        let index = values.iter().zip(0..).map(|(value, i)| (value.0, i)).collect();
        Self { values, index }
    }
}

impl Coefficients {
    /// The number of a coefficient.
    pub(super) fn index_of(&mut self, value: Fr) -> u32 {
        // By far the most, and much faster to compare than to hash.
        if let Some(first) = self.values[..2].iter().position(|known| *known == value) {
            return first as u32;
        }
        // No more than the entries of all matrices, whose number has been checked.
        let next = self.values.len() as u32;
        *self.index.entry(value.0).or_insert_with(|| {
            self.values.push(value);
            next
        })
    }

    fn rows(&mut self, matrix: &Csr) -> Rows {
        let entries = matrix.columns.iter().zip(&matrix.values);
        let entries = entries.map(|(column, value)| [*column, self.index_of(*value)]).collect();
        Rows { starts: matrix.row_starts.clone(), entries }
    }
}
