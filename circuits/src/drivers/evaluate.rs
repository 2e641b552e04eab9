//! Values only: the witness generator of the Groth16 prover.
//!
//! Allocates in exactly the order of [`super::r1cs`], which is what makes its output an assignment of those
//! matrices; enforces nothing.

use alloc::vec::Vec;

use popw_core::Fr;

use crate::driver::Driver;

/// Values of all variables, in the column order of [`super::r1cs::Matrices`] without the leading 1.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Assignment {
    /// Public inputs.
    pub public: Vec<Fr>,
    /// Witness variables.
    pub witness: Vec<Fr>,
}

impl Assignment {
    /// `(1, public…, witness…)`.
    pub fn full(&self) -> Vec<Fr> {
        core::iter::once(Fr::from(1u64))
            .chain(self.public.iter().copied())
            .chain(self.witness.iter().copied())
            .collect()
    }
}

/// Computes an [`Assignment`].
#[derive(Default)]
pub struct Evaluate {
    assignment: Assignment,
}

impl Evaluate {
    /// Nothing assigned yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Witness variables assigned so far.
    pub fn allocated(&self) -> usize {
        self.assignment.witness.len()
    }

    /// Replaces the value of the newest witness variable, as a prover may who does not follow the hints.
    pub(super) fn replace_last(&mut self, value: Fr) {
        if let Some(last) = self.assignment.witness.last_mut() {
            *last = value;
        }
    }

    /// What was assigned.
    pub fn finish(self) -> Assignment {
        self.assignment
    }
}

impl Driver for Evaluate {
    type Wire = Fr;

    fn constant(&mut self, value: Fr) -> Fr {
        value
    }

    fn alloc(&mut self, value: Option<Fr>) -> Fr {
        let value = value.expect("this driver knows every value, so hints computed from its wires are known");
        self.assignment.witness.push(value);
        value
    }

    fn value(&self, wire: &Fr) -> Option<Fr> {
        Some(*wire)
    }

    fn linear(&mut self, terms: &[(Fr, &Fr)], constant: Fr) -> Fr {
        terms.iter().fold(constant, |sum, (coefficient, wire)| sum + *coefficient * **wire)
    }

    fn mul(&mut self, a: &Fr, b: &Fr) -> Fr {
        self.alloc(Some(*a * *b))
    }

    fn enforce_mul(&mut self, _a: &Fr, _b: &Fr, _c: &Fr) {}

    fn enforce_zero(&mut self, _wire: &Fr) {}

    fn expose(&mut self, wire: &Fr) {
        self.assignment.public.push(*wire);
    }
}
