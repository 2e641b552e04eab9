//! The little algebra that gates are written in, so that they can be evaluated here and handed to a proof system.

use core::ops::{Add, Mul, Sub};

use alloc::vec::Vec;

use popw_core::Fr;

/// A polynomial expression in cells, or its value at one row.
pub trait Expression: Clone + Add<Output = Self> + Sub<Output = Self> + Mul<Output = Self> {
    /// A constant.
    fn constant(value: Fr) -> Self;

    /// This times a constant.
    fn scale(self, by: Fr) -> Self;
}

impl Expression for Fr {
    fn constant(value: Fr) -> Self {
        value
    }

    fn scale(self, by: Fr) -> Self {
        self * by
    }
}

/// Which row of the advice a gate reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rotation {
    /// The gate's own.
    Current,
    /// The one after it.
    Next,
    /// The one before it.
    Previous,
}

/// Where gates get their cells from.
pub trait Query {
    /// What a cell becomes.
    type Expression: Expression;

    /// The cell of advice column `0..ADVICE`.
    fn advice(&mut self, column: usize, rotation: Rotation) -> Self::Expression;

    /// The cell of fixed column `0..fixed::COUNT` in the gate's own row.
    fn fixed(&mut self, column: usize) -> Self::Expression;
}

/// Constraints that belong together.
#[derive(Clone, Debug)]
pub struct Gate<E> {
    /// Its name, for messages.
    pub name: &'static str,
    /// Polynomials that must be zero in every row, selectors included.
    pub constraints: Vec<E>,
}

/// The cells around a row.
pub(super) struct Row<E> {
    /// Advice of the row.
    pub(super) a: [E; 6],
    /// Advice of the next row.
    pub(super) next: [E; 6],
    /// `a3..a5` of the previous row.
    pub(super) previous: [E; 3],
    /// Coefficients ([`super::fixed::LINEAR`]) of the row.
    pub(super) q: [E; 6],
}

/// `Σ weight · term`.
///
/// # Panics
/// If there are no terms.
pub(super) fn weighted<E: Expression>(terms: impl IntoIterator<Item = (Fr, E)>) -> E {
    sum(terms.into_iter().map(|(weight, term)| term.scale(weight)))
}

/// `Σ term`.
///
/// # Panics
/// If there are no terms.
pub(super) fn sum<E: Expression>(terms: impl IntoIterator<Item = E>) -> E {
    terms.into_iter().reduce(|a, b| a + b).expect("a sum of something")
}

/// `x²`.
pub(super) fn square<E: Expression>(x: &E) -> E {
    x.clone() * x.clone()
}

/// `x⁵`, Poseidon's S-box.
pub(super) fn fifth_power<E: Expression>(x: &E) -> E {
    square(&square(x)) * x.clone()
}
