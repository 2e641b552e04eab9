//! What constraints are evaluated over besides the field.

use std::ops::{Add, Mul, Sub};

use ark_ff::Zero;
use popw_circuits::drivers::plonkish::Expression;
use popw_core::Fr;

/// Which cells an expression depends on, as far as zeros among the fixed columns say.
#[derive(Clone, Copy)]
pub struct Support {
    is_zero: bool,
    cells: u32,
}

impl Support {
    pub fn cell(i: usize) -> Self {
        Self { is_zero: false, cells: 1 << i }
    }

    pub fn reads(&self, i: usize) -> bool {
        self.cells >> i & 1 == 1
    }
}

impl Add for Support {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self { is_zero: self.is_zero && other.is_zero, cells: self.cells | other.cells }
    }
}

impl Sub for Support {
    type Output = Self;
    #[allow(clippy::suspicious_arithmetic_impl)]
    fn sub(self, other: Self) -> Self {
        self + other
    }
}

impl Mul for Support {
    type Output = Self;
    #[allow(clippy::suspicious_arithmetic_impl)]
    fn mul(self, other: Self) -> Self {
        if self.is_zero || other.is_zero { Self { is_zero: true, cells: 0 } } else { self + other }
    }
}

impl Expression for Support {
    fn constant(value: Fr) -> Self {
        Self { is_zero: value.is_zero(), cells: 0 }
    }
    fn scale(self, by: Fr) -> Self {
        self * Self::constant(by)
    }
}

/// `Σ weight · cell + constant`, or something that is not linear.
#[derive(Clone)]
pub struct Linear {
    constant: Fr,
    /// By cells in order, weights not 0; `None` if there are products of cells.
    terms: Option<Vec<(usize, Fr)>>,
}

impl Linear {
    pub fn of(constant: Fr) -> Self {
        Self { constant, terms: Some(Vec::new()) }
    }

    pub fn cell(i: usize, weight: Fr) -> Self {
        Self { constant: Fr::zero(), terms: Some(vec![(i, weight)]) }
    }

    pub fn constant(&self) -> Fr {
        self.constant
    }

    pub fn terms(&self) -> Option<&[(usize, Fr)]> {
        self.terms.as_deref()
    }

    fn is_constant(&self) -> bool {
        self.terms.as_ref().is_some_and(Vec::is_empty)
    }

    fn combined(self, other: Self, factor: Fr) -> Self {
        let terms = self.terms.zip(other.terms).map(|(mut terms, others)| {
            for (i, weight) in others {
                match terms.binary_search_by_key(&i, |(at, _)| *at) {
                    Ok(at) => terms[at].1 += factor * weight,
                    Err(at) => terms.insert(at, (i, factor * weight)),
                }
            }
            terms.retain(|(_, weight)| !weight.is_zero());
            terms
        });
        Self { constant: self.constant + factor * other.constant, terms }
    }
}

impl Add for Linear {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        self.combined(other, Fr::from(1u64))
    }
}

impl Sub for Linear {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        self.combined(other, -Fr::from(1u64))
    }
}

impl Mul for Linear {
    type Output = Self;
    fn mul(self, other: Self) -> Self {
        match (self.is_constant(), other.is_constant()) {
            (true, _) => other.scale(self.constant),
            (_, true) => self.scale(other.constant),
            _ => Self { constant: Fr::zero(), terms: None },
        }
    }
}

impl Expression for Linear {
    fn constant(value: Fr) -> Self {
        Self::of(value)
    }
    fn scale(self, by: Fr) -> Self {
        if by.is_zero() {
            return Self::of(by);
        }
        let scale = |terms: Vec<(usize, Fr)>| terms.into_iter().map(|(i, weight)| (i, weight * by)).collect();
        Self { constant: self.constant * by, terms: self.terms.map(scale) }
    }
}
