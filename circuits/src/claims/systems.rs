//! Claims on the drivers of both proof systems, written out: as generic code they would be compiled again by every crate that
//! asks for them, minutes in all.

use super::{Shape, Witness, synthesize};
use crate::drivers::{
    evaluate::{Assignment, Evaluate},
    plonkish::{Advice, Layout, Plonkish},
    r1cs::{Matrices, R1cs},
};

/// The constraint system of a shape.
pub fn matrices(shape: &Shape) -> Matrices {
    let mut d = R1cs::new();
    synthesize(&mut d, shape, None);
    d.finish()
}

/// The table of a shape.
pub fn layout(shape: &Shape) -> Layout {
    Plonkish::layout(|d| synthesize(d, shape, None))
}

/// The assignment of a witness.
pub fn assignment(shape: &Shape, witness: &Witness) -> Assignment {
    let mut d = Evaluate::new();
    synthesize(&mut d, shape, Some(witness));
    d.finish()
}

/// The advice of a witness.
pub fn advice(shape: &Shape, witness: &Witness) -> Advice {
    Plonkish::advice(|d| synthesize(d, shape, Some(witness)))
}
