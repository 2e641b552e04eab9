//! A table of cells with gates over neighbouring rows: the arithmetisation of halo2, without halo2.
//!
//! This driver records. At setup it knows no values and makes a [`Layout`]; for a proof it makes [`Advice`] and
//! keeps nothing else; for tests it makes both, with a [`Trace`], and [`check`] says which gate or copy of which
//! clause fails. An engine replays the first two into a proof system and takes the polynomials from [`Gates`].
//!
//! # Columns
//! | | |
//! | --- | --- |
//! | advice `a0..a5` | values; every one may be copied |
//! | instance | public inputs in rows 0.. , copied to advice |
//! | fixed, 10 | coefficients `q0..q5`, two of products, two constants: shared by all gates ([`fixed`]) |
//! | fixed, 26 | selectors, 0 or 1 |
//!
//! Fixed columns that a circuit leaves empty are not in its key, nor the gates they select: a hash costs only the
//! claims that take it.
//!
//! # Gates
//! Degrees include the selector; the highest is 6, so a quotient has five pieces and fits an extended domain of 8
//! times the rows.
//!
//! | gate | says | degree |
//! | --- | --- | --- |
//! | arithmetic | each half, or the sum of both and a cell of the next row: `Σ q_i·a_i + m·a0·a1 + c = 0` | 4 |
//! | boolean | `a0..a4 ∈ {0, 1}` | 3 |
//! | edwards addition | `(a0, a1) + (a4, a5)` = next `(a0, a1)` | 6 |
//! | base8 window | `(a4, a5)` = entry `a2 + 2·a3` of a fixed table | 4 |
//! | edwards ladder | next `(a0, a1)` = 2·`(a0, a1)`; next `(a2, a3)` = `(a2, a3)` + `a4`·`(a0, a1)`; `a5` helps | 5 |
//! | poseidon t=3 (5) | two full rounds or six partial ones a row | 6 |
//! | poseidon t=4, 5, 6 | one round a row | 6 |
//! | poseidon t=9 (9) | two thirds of a full round or six partial ones a row; reads `a3..a5` of the previous row | 6 |
//!
//! # Rows of an operation
//! | operation | rows |
//! | --- | --- |
//! | constant | ½ for each different value |
//! | sum, where it is placed | ½ up to 2 terms, 1 up to 5, 1 more for every 5 |
//! | scaling, adding a constant | 0 |
//! | product, `enforce_mul` | ½ |
//! | select | 1; ½ if a branch is constant |
//! | `enforce_bool` | 1/5 |
//! | `n` bits, range of `n` bits | n/5 |
//! | comparison of `n` bits with a constant | n/5; 53 for 254 bits |
//! | Poseidon of 2, 3, 4, 5, 8 inputs | 14, 65, 69, 69, 23 |
//! | Poseidon of 1 input | default body |
//! | sum of two points | 2 |
//! | `n` bits · Base8 | n/2 + 1 |
//! | `n` bits · P | n + 1 |
//!
//! # No lookups
//! A lookup argument costs three more committed columns and openings in every proof. It would save range checks
//! only: nearly all bits here are also used one by one, as scalars, path indices and slots.
//!
//! # Soundness
//! - Every value lives in one cell, its home; wherever else it is used the cell is a copy of it, so chips cannot
//!   disagree about a wire. A wire that is a multiple of a cell plus a constant enters gates by coefficients.
//! - Cells that no gate reads with a non-zero coefficient and that nothing copies are free and mean nothing: the
//!   unused cells of arithmetic rows, the spare columns of narrow states. Unused cells of boolean rows are free
//!   among 0 and 1.
//! - Addition and doubling are complete. `a = 168700` is a square and `d = 168696` is not, so with
//!   `x' = √a·x` points satisfy `x'² + y² = 1 + δ·x'²y²` with δ = d/a no square. Suppose a denominator vanished:
//!   ε = δ·x1'·x2'·y1·y2 = ±1. Then δ·x1'²y1²·(x2'² + y2²) = δ·x1'²y1² + ε² = x1'² + y1², hence
//!   (x1' ± ε·y1)² = δ·x1'²y1²·(x2' ± y2)². As x1', y1 ≠ 0 and δ is no square, x2' + y2 = x2' − y2 = 0: then
//!   ε = 0, which it is not (Bernstein, Birkner, Joye, Lange, Peters, "Twisted Edwards Curves", section 6). With
//!   nonzero denominators each gate determines its result. So the result of points on the curve is on the curve,
//!   and from points on the curve every later row of a chain is one.
//! - The Poseidon rows of widths 3 and 9 determine every S-box input from those before (`poseidon_t3.rs`,
//!   `poseidon_t9.rs`); those of the other widths are the paper's rounds.

use alloc::{collections::BTreeMap, vec::Vec};

use ark_ff::{BigInt, One, Zero};
use popw_core::{Fr, babyjub};

use crate::{
    driver::Driver,
    gadgets::{edwards::Point, poseidon::default_hash},
};

mod arithmetic;
mod bits;
mod check;
mod edwards;
mod expression;
mod gates;
mod poseidon_t3;
mod poseidon_t4_to_t6;
mod poseidon_t9;
mod rounds;
mod table;

pub use check::{Checker, Violation, check};
pub use expression::{Expression, Gate, Query, Rotation};
pub use gates::Gates;
pub use table::{ADVICE, Advice, Cell, Column, Layout, RESERVED_ROWS, Trace, fixed};

use arithmetic::Variable;
use bits::Decomposition;
use poseidon_t3::PoseidonT3;
use table::Recorder;

/// A wire of this driver. Only the driver makes them.
#[derive(Clone, Copy, Debug)]
pub enum Wire {
    /// Always this value.
    Constant(Fr),
    /// `scale · variable + offset`.
    Affine {
        /// Not zero.
        scale: Fr,
        /// Number of a variable: the content of a cell, or of one still to be placed.
        variable: u32,
        /// Added.
        offset: Fr,
    },
}

/// What a run with values and everything else recorded leaves.
#[derive(Clone, Debug)]
pub struct Audited {
    /// As setup would have made it.
    pub layout: Layout,
    /// As a proof would have.
    pub advice: Advice,
    /// Where everything came from.
    pub trace: Trace,
}

/// Records a table.
pub struct Plonkish {
    table: Recorder,
    poseidon_t3: PoseidonT3,
    windows: Vec<[babyjub::Point; 3]>,
    variables: Vec<Variable>,
    constants: BTreeMap<Fr, u32>,
    /// By their first bits.
    decompositions: BTreeMap<u32, Decomposition>,
    public: Vec<Option<Fr>>,
    /// Values for variables instead of the hinted ones.
    forged: BTreeMap<u32, Fr>,
    /// Variables the prover chooses; recorded for a trace only.
    inputs: Vec<u32>,
    /// An arithmetic row whose second half is free.
    free_half: Option<u32>,
    /// The next free cell of a boolean row.
    free_boolean: Option<(u32, usize)>,
}

impl Plonkish {
    /// The layout of what `synthesize` writes; it gets a driver that knows no values.
    pub fn layout(synthesize: impl FnOnce(&mut Self)) -> Layout {
        let (layout, _, _) = Self::run(Recorder::new(true, false, false), BTreeMap::new(), synthesize);
        layout.expect("asked for")
    }

    /// The advice for the layout of the same `synthesize`; it gets a driver that knows values.
    pub fn advice(synthesize: impl FnOnce(&mut Self)) -> Advice {
        let (_, advice, _) = Self::run(Recorder::new(false, true, false), BTreeMap::new(), synthesize);
        advice.expect("asked for")
    }

    /// Both, and a trace.
    pub fn audit(synthesize: impl FnOnce(&mut Self)) -> Audited {
        Self::forging(BTreeMap::new(), synthesize)
    }

    /// As [`Plonkish::audit`], of a prover who puts `forged[i]` into variable `i` instead of the hinted value, and follows
    /// the hints from there on.
    pub fn forging(forged: BTreeMap<u32, Fr>, synthesize: impl FnOnce(&mut Self)) -> Audited {
        let (layout, advice, trace) = Self::run(Recorder::new(true, true, true), forged, synthesize);
        Audited {
            layout: layout.expect("asked for"),
            advice: advice.expect("asked for"),
            trace: trace.expect("asked for"),
        }
    }

    fn run(
        table: Recorder,
        forged: BTreeMap<u32, Fr>,
        synthesize: impl FnOnce(&mut Self),
    ) -> (Option<Layout>, Option<Advice>, Option<Trace>) {
        let mut driver = Self {
            table,
            poseidon_t3: PoseidonT3::new(),
            windows: Vec::new(),
            variables: Vec::new(),
            constants: BTreeMap::new(),
            decompositions: BTreeMap::new(),
            public: Vec::new(),
            forged,
            inputs: Vec::new(),
            free_half: None,
            free_boolean: None,
        };
        synthesize(&mut driver);
        if driver.table.traces() {
            let homes = driver.homes();
            driver.table.know_variables(homes, driver.inputs);
        }
        driver.table.finish(driver.public)
    }

    fn wire_value(&self, wire: &Wire) -> Option<Fr> {
        match *wire {
            Wire::Constant(value) => self.table.knows_values().then_some(value),
            Wire::Affine { scale, variable, offset } => Some(scale * self.variable_value(variable)? + offset),
        }
    }

    fn plain_all(&mut self, wires: &[Wire]) -> Vec<u32> {
        wires.iter().map(|wire| self.plain(wire)).collect()
    }

    fn plain_point(&mut self, point: &Point<Self>) -> (u32, u32) {
        (self.plain(&point.x), self.plain(&point.y))
    }
}

/// A variable as it is.
fn bare(variable: u32) -> Wire {
    Wire::Affine { scale: Fr::one(), variable, offset: Fr::zero() }
}

fn bare_point((x, y): (u32, u32)) -> Point<Plonkish> {
    Point { x: bare(x), y: bare(y) }
}

impl Driver for Plonkish {
    type Wire = Wire;

    fn constant(&mut self, value: Fr) -> Wire {
        Wire::Constant(value)
    }

    fn alloc(&mut self, value: Option<Fr>) -> Wire {
        let known = value.filter(|_| self.table.knows_values());
        bare(self.new_variable(known))
    }

    fn input(&mut self, value: Option<Fr>) -> Wire {
        let known = value.filter(|_| self.table.knows_values());
        let new = self.new_variable(known);
        if self.table.traces() {
            self.inputs.push(new);
        }
        bare(new)
    }

    fn value(&self, wire: &Wire) -> Option<Fr> {
        self.wire_value(wire)
    }

    fn linear(&mut self, terms: &[(Fr, &Wire)], constant: Fr) -> Wire {
        let sum = self.sum(terms, constant);
        self.wire_of(sum)
    }

    fn mul(&mut self, a: &Wire, b: &Wire) -> Wire {
        self.product(a, b)
    }

    fn enforce_mul(&mut self, a: &Wire, b: &Wire, c: &Wire) {
        self.emit_product(a, b, c);
    }

    fn enforce_zero(&mut self, wire: &Wire) {
        let sum = self.sum(&[(Fr::one(), wire)], Fr::zero());
        self.emit_zero(sum);
    }

    fn expose(&mut self, wire: &Wire) {
        let variable = self.plain(wire);
        let cell = self.home(variable);
        let row = u32::try_from(self.public.len()).expect("few public inputs");
        self.table.copy(Cell { column: Column::Instance, row }, cell);
        self.public.push(self.variable_value(variable));
    }

    fn begin(&mut self, name: &'static str) {
        self.table.begin(name);
    }

    fn end(&mut self) {
        self.table.end();
    }

    fn enforce_bool(&mut self, wire: &Wire) {
        match *wire {
            Wire::Affine { scale, variable, offset } if scale.is_one() && offset.is_zero() => {
                bits::enforce_boolean(self, variable);
            }
            _ => {
                let less_one = self.linear(&[(Fr::one(), wire)], -Fr::one());
                self.emit_product(wire, &less_one, &Wire::Constant(Fr::zero()));
            }
        }
    }

    fn alloc_bits(&mut self, wire: &Wire, count: usize) -> Vec<Wire> {
        bits::decompose(self, wire, count).into_iter().map(bare).collect()
    }

    fn enforce_bits_below(&mut self, bits: &[Wire], bound: &BigInt<4>) {
        bits::enforce_below(self, bits, bound);
    }

    fn select(&mut self, condition: &Wire, a: &Wire, b: &Wire) -> Wire {
        self.choice(condition, a, b)
    }

    fn poseidon(&mut self, inputs: &[Wire]) -> Wire {
        match inputs.len() {
            2 => {
                let inputs = [self.plain(&inputs[0]), self.plain(&inputs[1])];
                bare(poseidon_t3::hash(self, inputs))
            }
            3..=5 => {
                let inputs = self.plain_all(inputs);
                bare(poseidon_t4_to_t6::hash(self, &inputs))
            }
            8 => {
                let inputs = self.plain_all(inputs);
                bare(poseidon_t9::hash(self, &inputs))
            }
            _ => default_hash(self, inputs),
        }
    }

    fn edwards_add(&mut self, p: &Point<Self>, q: &Point<Self>) -> Point<Self> {
        let (p, q) = (self.plain_point(p), self.plain_point(q));
        bare_point(edwards::add(self, p, q))
    }

    fn mul_base8(&mut self, scalar: &[Wire]) -> Point<Self> {
        let bits = self.plain_all(scalar);
        bare_point(edwards::mul_base8(self, &bits))
    }

    fn mul_point(&mut self, scalar: &[Wire], point: &Point<Self>) -> Point<Self> {
        let (bits, point) = (self.plain_all(scalar), self.plain_point(point));
        bare_point(edwards::mul_point(self, &bits, point))
    }
}
