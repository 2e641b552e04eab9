//! The gates of claims, from the driver that records them, as halo2's expressions.

use std::ops::{Add, Mul, Sub};

use ark_bn254::Fr as ArkFr;
use halo2_proofs::{
    halo2curves::bn256::Fr,
    plonk::{self, Advice, Column, Fixed},
};
use popw_circuits::drivers::plonkish::{self, ADVICE, Expression, Query, Rotation, fixed};

use super::{Constraints, GateSet, convert};

/// The gates of every claim's table ([`plonkish::Gates`]); a claim's key has those that its table uses.
pub struct ClaimGates;

impl GateSet for ClaimGates {
    const ADVICE: usize = ADVICE;
    const FIXED: usize = fixed::COUNT;
    // Claims differ in the hashes they take; none pays for those of another.
    const TRIMMED: bool = true;

    fn constraints(advice: &[Column<Advice>], fixed: &[Column<Fixed>]) -> Constraints {
        let gates = plonkish::Gates::new().at(&mut Columns { advice, fixed });
        let polynomials = |gate: plonkish::Gate<Polynomial>| {
            (gate.name, gate.constraints.into_iter().map(|constraint| constraint.0).collect())
        };
        Constraints { gates: gates.into_iter().map(polynomials).collect(), lookups: Vec::new() }
    }
}

/// An expression of halo2's under the driver's trait.
#[derive(Clone)]
struct Polynomial(plonk::Expression<Fr>);

impl Add for Polynomial {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self(self.0 + other.0)
    }
}

impl Sub for Polynomial {
    type Output = Self;

    fn sub(self, other: Self) -> Self {
        Self(self.0 - other.0)
    }
}

impl Mul for Polynomial {
    type Output = Self;

    fn mul(self, other: Self) -> Self {
        Self(self.0 * other.0)
    }
}

impl Expression for Polynomial {
    fn constant(value: ArkFr) -> Self {
        Self(plonk::Expression::Constant(convert::scalar(&value)))
    }

    fn scale(self, by: ArkFr) -> Self {
        Self(self.0 * convert::scalar(&by))
    }
}

/// Cells are columns at a rotation.
struct Columns<'a> {
    advice: &'a [Column<Advice>],
    fixed: &'a [Column<Fixed>],
}

impl Query for Columns<'_> {
    type Expression = Polynomial;

    fn advice(&mut self, column: usize, rotation: Rotation) -> Polynomial {
        Polynomial(match rotation {
            Rotation::Current => self.advice[column].cur(),
            Rotation::Next => self.advice[column].next(),
            Rotation::Previous => self.advice[column].prev(),
        })
    }

    fn fixed(&mut self, column: usize) -> Polynomial {
        Polynomial(self.fixed[column].cur())
    }
}
