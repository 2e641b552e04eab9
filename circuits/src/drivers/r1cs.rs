//! Rank-1 constraints: a wire is a linear combination, so additions and scalings cost nothing.

use alloc::{vec, vec::Vec};

use ark_ff::Zero;
use popw_core::Fr;

use crate::driver::Driver;

/// Public inputs a circuit may have; witness variables are numbered behind them while recording.
const PUBLIC_LIMIT: u32 = 15;
const ONE: u32 = 0;

/// A linear combination: `(variable, coefficient)`, sorted by variable, no zero coefficients.
#[derive(Clone, Debug, Default)]
pub struct Lc(Vec<(u32, Fr)>);

impl Lc {
    fn variable(index: u32) -> Self {
        Self(vec![(index, Fr::from(1u64))])
    }

    fn constant(value: Fr) -> Self {
        if value.is_zero() { Self::default() } else { Self(vec![(ONE, value)]) }
    }

    /// `self += coefficient · other`.
    fn add_scaled(&mut self, coefficient: Fr, other: &Lc) {
        if coefficient.is_zero() || other.0.is_empty() {
            return;
        }
        let mut merged = Vec::with_capacity(self.0.len() + other.0.len());
        let (mut left, mut right) = (self.0.iter().peekable(), other.0.iter().peekable());
        loop {
            match (left.peek(), right.peek()) {
                (Some(&&(i, a)), Some(&&(j, b))) if i == j => {
                    let sum = a + coefficient * b;
                    if !sum.is_zero() {
                        merged.push((i, sum));
                    }
                    left.next();
                    right.next();
                }
                (Some(&&(i, a)), Some(&&(j, _))) if i < j => {
                    merged.push((i, a));
                    left.next();
                }
                (Some(&&term), None) => {
                    merged.push(term);
                    left.next();
                }
                (_, Some(&&(j, b))) => {
                    merged.push((j, coefficient * b));
                    right.next();
                }
                (None, None) => break,
            }
        }
        self.0 = merged;
    }
}

/// A sparse matrix in compressed rows: row `i` holds entries `row_starts[i]..row_starts[i + 1]`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Csr {
    /// One more than the number of rows.
    pub row_starts: Vec<u32>,
    /// Column of every entry, ascending within a row.
    pub columns: Vec<u32>,
    /// Value of every entry, never zero.
    pub values: Vec<Fr>,
}

impl Csr {
    /// Number of rows.
    pub fn rows(&self) -> usize {
        self.row_starts.len().saturating_sub(1)
    }

    /// The entries of row `i`.
    ///
    /// # Panics
    /// If `i` is not a row.
    pub fn row(&self, i: usize) -> impl Iterator<Item = (usize, Fr)> + '_ {
        let range = self.row_starts[i] as usize..self.row_starts[i + 1] as usize;
        self.columns[range.clone()].iter().map(|c| *c as usize).zip(self.values[range].iter().copied())
    }

    /// `row_i · z`.
    ///
    /// # Panics
    /// If `i` is not a row or `z` is shorter than a column it names.
    pub fn dot(&self, i: usize, z: &[Fr]) -> Fr {
        self.row(i).map(|(column, value)| value * z[column]).sum()
    }
}

/// A constraint system `A·z ∘ B·z = C·z` with `z = (1, public…, witness…)`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Matrices {
    /// Number of public inputs, without the constant 1 in column 0.
    pub public: usize,
    /// Number of witness variables.
    pub witness: usize,
    /// Left factors.
    pub a: Csr,
    /// Right factors.
    pub b: Csr,
    /// Products.
    pub c: Csr,
}

impl Matrices {
    /// Number of constraints.
    pub fn constraints(&self) -> usize {
        self.a.rows()
    }

    /// The system with only the constraints `rows`, in that order.
    ///
    /// # Panics
    /// If a row does not exist.
    pub fn select_rows(&self, rows: &[usize]) -> Self {
        let select = |matrix: &Csr| {
            let mut out = Csr { row_starts: vec![0], ..Csr::default() };
            for &i in rows {
                let range = matrix.row_starts[i] as usize..matrix.row_starts[i + 1] as usize;
                out.columns.extend_from_slice(&matrix.columns[range.clone()]);
                out.values.extend_from_slice(&matrix.values[range]);
                out.row_starts.push(u32::try_from(out.columns.len()).expect("fewer than 2^32 entries"));
            }
            out
        };
        Self { a: select(&self.a), b: select(&self.b), c: select(&self.c), ..*self }
    }

    /// Index of the first constraint that `z = (1, public…, witness…)` violates.
    ///
    /// # Panics
    /// If `z` is shorter than `1 + public + witness`.
    pub fn first_violated(&self, z: &[Fr]) -> Option<usize> {
        (0..self.constraints()).find(|&i| !self.holds(i, z))
    }

    /// Whether constraint `i` holds.
    ///
    /// # Panics
    /// As [`Matrices::first_violated`].
    pub fn holds(&self, i: usize, z: &[Fr]) -> bool {
        self.a.dot(i, z) * self.b.dot(i, z) == self.c.dot(i, z)
    }
}

/// Records the constraint system; knows no values.
#[derive(Default)]
pub struct R1cs {
    constraints: Vec<[Lc; 3]>,
    public: u32,
    witness: u32,
}

impl R1cs {
    /// An empty system.
    pub fn new() -> Self {
        Self::default()
    }

    /// Constraints recorded so far.
    pub fn constraints(&self) -> usize {
        self.constraints.len()
    }

    /// The matrices, with public inputs moved in front of the witness.
    pub fn finish(self) -> Matrices {
        let (public, witness) = (self.public, self.witness);
        let column = |v: u32| if v <= PUBLIC_LIMIT { v } else { v - PUBLIC_LIMIT + public };
        let matrix = |side: usize| {
            let mut csr = Csr { row_starts: vec![0], ..Csr::default() };
            for constraint in &self.constraints {
                for &(variable, value) in &constraint[side].0 {
                    csr.columns.push(column(variable));
                    csr.values.push(value);
                }
                csr.row_starts.push(u32::try_from(csr.columns.len()).expect("fewer than 2^32 entries"));
            }
            csr
        };
        Matrices {
            public: public as usize,
            witness: witness as usize,
            a: matrix(0),
            b: matrix(1),
            c: matrix(2),
        }
    }

    fn push(&mut self, a: Lc, b: Lc, c: Lc) {
        self.constraints.push([a, b, c]);
    }
}

impl Driver for R1cs {
    type Wire = Lc;

    fn constant(&mut self, value: Fr) -> Lc {
        Lc::constant(value)
    }

    fn alloc(&mut self, _value: Option<Fr>) -> Lc {
        self.witness += 1;
        Lc::variable(PUBLIC_LIMIT + self.witness)
    }

    fn value(&self, _wire: &Lc) -> Option<Fr> {
        None
    }

    fn linear(&mut self, terms: &[(Fr, &Lc)], constant: Fr) -> Lc {
        let mut sum = Lc::constant(constant);
        for (coefficient, wire) in terms {
            sum.add_scaled(*coefficient, wire);
        }
        sum
    }

    fn mul(&mut self, a: &Lc, b: &Lc) -> Lc {
        let product = self.alloc(None);
        self.push(a.clone(), b.clone(), product.clone());
        product
    }

    fn enforce_mul(&mut self, a: &Lc, b: &Lc, c: &Lc) {
        self.push(a.clone(), b.clone(), c.clone());
    }

    fn enforce_zero(&mut self, wire: &Lc) {
        self.push(wire.clone(), Lc::constant(Fr::from(1u64)), Lc::default());
    }

    fn expose(&mut self, wire: &Lc) {
        assert!(self.public < PUBLIC_LIMIT, "a circuit has at most {PUBLIC_LIMIT} public inputs");
        self.public += 1;
        let mut difference = wire.clone();
        difference.add_scaled(-Fr::from(1u64), &Lc::variable(self.public));
        self.enforce_zero(&difference);
    }
}
