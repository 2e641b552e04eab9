//! Variables, sums and rows of the arithmetic gate.
//!
//! A variable gets its home, the cell that holds it, where it is first placed; every later place is a copy. A sum
//! is a variable too, but its defining row is only emitted if it is placed anywhere: most sums are short and
//! disappear into the row that uses them.

use alloc::{vec, vec::Vec};

use ark_ff::{Field, One, Zero};
use popw_core::Fr;

use super::{
    Cell, Column, Plonkish, Wire,
    fixed::{CONSTANT, JOINT, LINEAR, PRODUCT, SPLIT},
};

const OPERATION: &str = "arithmetic";
/// A sum of sums is only written out while a half row can hold it together with its result.
const WRITTEN_OUT: usize = 2;

#[derive(Clone, Debug)]
pub(super) struct Variable {
    home: Option<Cell>,
    value: Option<Fr>,
    /// The definition, until it is emitted.
    sum: Option<Sum>,
}

/// `Σ coefficient · variable + constant`: variables differ, coefficients are not zero.
#[derive(Clone, Debug)]
pub(super) struct Sum {
    pub(super) terms: Vec<(Fr, u32)>,
    pub(super) constant: Fr,
}

/// `scale · variable + offset`, where a constant has no variable.
#[derive(Clone, Copy)]
pub(super) struct Affine {
    pub(super) scale: Fr,
    pub(super) variable: Option<u32>,
    pub(super) offset: Fr,
}

impl Sum {
    fn add(&mut self, coefficient: Fr, variable: u32) {
        if coefficient.is_zero() {
            return;
        }
        match self.terms.iter().position(|(_, other)| *other == variable) {
            Some(i) => {
                self.terms[i].0 += coefficient;
                if self.terms[i].0.is_zero() {
                    self.terms.remove(i);
                }
            }
            None => self.terms.push((coefficient, variable)),
        }
    }
}

impl Plonkish {
    /// A variable that has no home yet.
    pub(super) fn new_variable(&mut self, value: Option<Fr>) -> u32 {
        let number = u32::try_from(self.variables.len()).expect("few variables");
        let value = self.forged.get(&number).copied().or(value);
        self.variables.push(Variable { home: None, value, sum: None });
        number
    }

    /// A variable that lives in a cell of a chip.
    pub(super) fn variable_at(&mut self, column: usize, row: u32, value: Option<Fr>) -> u32 {
        let new = self.new_variable(value);
        self.place(new, column, row);
        new
    }

    /// The cells that variables live in, by their numbers.
    pub(super) fn homes(&self) -> Vec<Option<Cell>> {
        self.variables.iter().map(|variable| variable.home).collect()
    }

    pub(super) fn variable_value(&self, variable: u32) -> Option<Fr> {
        self.variables[variable as usize].value
    }

    /// A variable fixed to `value`; one for each value.
    pub(super) fn constant_variable(&mut self, value: Fr) -> u32 {
        if let Some(variable) = self.constants.get(&value) {
            return *variable;
        }
        let known = self.table.knows_values().then_some(value);
        let new = self.new_variable(known);
        self.half(&[(Fr::one(), new)], Fr::zero(), -value);
        self.constants.insert(value, new);
        new
    }

    /// `wire` as a variable of its own, for chips that need plain cells.
    pub(super) fn plain(&mut self, wire: &Wire) -> u32 {
        match *wire {
            Wire::Constant(value) => self.constant_variable(value),
            Wire::Affine { scale, variable, offset } if scale.is_one() && offset.is_zero() => variable,
            _ => {
                let sum = self.sum(&[(Fr::one(), wire)], Fr::zero());
                self.define(sum)
            }
        }
    }

    /// `wire` as a multiple of a variable that is no unwritten sum.
    pub(super) fn affine(&mut self, wire: &Wire) -> Affine {
        match *wire {
            Wire::Constant(offset) => Affine { scale: Fr::zero(), variable: None, offset },
            Wire::Affine { scale, variable, offset } => {
                self.settle(variable);
                Affine { scale, variable: Some(variable), offset }
            }
        }
    }

    /// The sum of `terms`; sums among them are written out while the result stays short.
    pub(super) fn sum(&mut self, terms: &[(Fr, &Wire)], constant: Fr) -> Sum {
        let short = self.merge(terms, constant, true);
        if short.terms.len() <= WRITTEN_OUT {
            return short;
        }
        for (_, wire) in terms {
            if let Wire::Affine { variable, .. } = **wire {
                self.settle(variable);
            }
        }
        self.merge(terms, constant, false)
    }

    fn merge(&self, terms: &[(Fr, &Wire)], constant: Fr, write_out: bool) -> Sum {
        let mut out = Sum { terms: Vec::with_capacity(terms.len()), constant };
        for &(coefficient, wire) in terms {
            match *wire {
                Wire::Constant(value) => out.constant += coefficient * value,
                Wire::Affine { scale, variable, offset } => {
                    out.constant += coefficient * offset;
                    let coefficient = coefficient * scale;
                    match &self.variables[variable as usize].sum {
                        Some(sum) if write_out => {
                            out.constant += coefficient * sum.constant;
                            for &(inner, variable) in &sum.terms {
                                out.add(coefficient * inner, variable);
                            }
                        }
                        _ => out.add(coefficient, variable),
                    }
                }
            }
        }
        out
    }

    /// A sum as a wire; costs nothing until it is placed.
    pub(super) fn wire_of(&mut self, sum: Sum) -> Wire {
        match sum.terms.as_slice() {
            [] => Wire::Constant(sum.constant),
            &[(scale, variable)] => Wire::Affine { scale, variable, offset: sum.constant },
            _ => {
                let value = self.sum_value(&sum);
                let variable = self.new_variable(value);
                self.variables[variable as usize].sum = Some(sum);
                Wire::Affine { scale: Fr::one(), variable, offset: Fr::zero() }
            }
        }
    }

    fn sum_value(&self, sum: &Sum) -> Option<Fr> {
        if !self.table.knows_values() {
            return None;
        }
        sum.terms.iter().try_fold(sum.constant, |total, (coefficient, variable)| {
            Some(total + *coefficient * self.variable_value(*variable)?)
        })
    }

    /// A variable equal to `sum`, with its row.
    fn define(&mut self, mut sum: Sum) -> u32 {
        let value = self.sum_value(&sum);
        let new = self.new_variable(value);
        sum.terms.push((-Fr::one(), new));
        self.emit_zero(sum);
        new
    }

    /// Emits the defining row of an unwritten sum.
    pub(super) fn settle(&mut self, variable: u32) {
        if let Some(mut sum) = self.variables[variable as usize].sum.take() {
            sum.terms.push((-Fr::one(), variable));
            self.emit_zero(sum);
        }
    }

    /// Enforces `sum = 0`: a copy where that says it, else half a row for up to 3 terms, a row for up to 6, and
    /// another row for every 5 more.
    pub(super) fn emit_zero(&mut self, sum: Sum) {
        for (_, variable) in &sum.terms {
            self.settle(*variable);
        }
        match sum.terms.as_slice() {
            [] if sum.constant.is_zero() => {}
            &[(coefficient, variable)] => {
                let inverse = coefficient.inverse().expect("coefficients are not zero");
                let constant = self.constant_variable(-sum.constant * inverse);
                self.emit_copy(variable, constant);
            }
            &[(a, x), (b, y)] if (a + b).is_zero() && sum.constant.is_zero() => self.emit_copy(x, y),
            terms if terms.len() <= 3 => self.half(terms, Fr::zero(), sum.constant),
            terms => self.chain(terms, sum.constant),
        }
    }

    fn emit_copy(&mut self, a: u32, b: u32) {
        let (a, b) = (self.home(a), self.home(b));
        self.table.copy(a, b);
    }

    /// The cell a variable lives in; one is made if it has none.
    pub(super) fn home(&mut self, variable: u32) -> Cell {
        self.settle(variable);
        match self.variables[variable as usize].home {
            Some(cell) => cell,
            None => {
                // In a half row all whose coefficients are zero.
                let (row, half) = self.open_half();
                self.place(variable, 3 * half, row)
            }
        }
    }

    /// Puts a variable into a cell, as its home or as a copy of it.
    pub(super) fn place(&mut self, variable: u32, column: usize, row: u32) -> Cell {
        self.settle(variable);
        let cell = advice(column, row);
        let slot = &mut self.variables[variable as usize];
        self.table.assign(column, row, slot.value);
        match slot.home {
            Some(home) => self.table.copy(home, cell),
            None => slot.home = Some(cell),
        }
        cell
    }

    /// A free half of an arithmetic row.
    fn open_half(&mut self) -> (u32, usize) {
        let (row, half) = match self.free_half.take() {
            Some(row) => (row, 1),
            None => {
                let row = self.table.rows(1, OPERATION);
                self.table.select(SPLIT, row);
                self.free_half = Some(row);
                (row, 0)
            }
        };
        self.table.claim_half(row, half);
        (row, half)
    }

    /// `Σ terms + product · first · second + constant = 0` for up to 3 terms. Half a row.
    pub(super) fn half(&mut self, terms: &[(Fr, u32)], product: Fr, constant: Fr) {
        for (_, variable) in terms {
            self.settle(*variable);
        }
        let (row, half) = self.open_half();
        self.fill(row, 3 * half, terms);
        self.table.fix(PRODUCT[half], row, product);
        self.table.fix(CONSTANT[half], row, constant);
    }

    /// `Σ terms + Σ products + constant = 0` for up to 6 terms, where the products are of terms 0 and 1 and of
    /// terms 3 and 4. One row.
    pub(super) fn joint(&mut self, terms: &[(Fr, u32)], products: [Fr; 2], constant: Fr) {
        for (_, variable) in terms {
            self.settle(*variable);
        }
        let row = self.table.rows(1, OPERATION);
        self.table.select(JOINT, row);
        self.fill(row, 0, terms);
        for (column, product) in PRODUCT.into_iter().zip(products) {
            self.table.fix(column, row, product);
        }
        self.table.fix(CONSTANT[0], row, constant);
    }

    fn fill(&mut self, row: u32, column: usize, terms: &[(Fr, u32)]) {
        for (column, (coefficient, variable)) in (column..).zip(terms) {
            self.table.fix(LINEAR[column], row, *coefficient);
            self.place(*variable, column, row);
        }
    }

    /// `Σ terms + constant = 0` over as many joint rows as it takes, each handing its sum on in the next one's
    /// last cell.
    fn chain(&mut self, terms: &[(Fr, u32)], constant: Fr) {
        let (first, rest) = terms.split_at(terms.len().min(6));
        let links: Vec<_> = rest.chunks(5).collect();
        let mut row = self.table.rows(1 + links.len(), OPERATION);
        self.table.select(JOINT, row);
        self.fill(row, 0, first);
        self.table.fix(CONSTANT[0], row, constant);
        let mut sum = self.sum_value(&Sum { terms: first.to_vec(), constant });
        for link in links {
            self.table.fix(CONSTANT[1], row, -Fr::one());
            row += 1;
            self.table.select(JOINT, row);
            self.table.assign(5, row, sum);
            self.table.fix(LINEAR[5], row, Fr::one());
            self.fill(row, 0, link);
            sum = sum
                .zip(self.sum_value(&Sum { terms: link.to_vec(), constant: Fr::zero() }))
                .map(|(a, b)| a + b);
        }
    }

    /// `a · b` as a wire. Half a row unless a factor is constant.
    pub(super) fn product(&mut self, a: &Wire, b: &Wire) -> Wire {
        let (a, b) = (self.affine(a), self.affine(b));
        let value = self.affine_value(&a).zip(self.affine_value(&b)).map(|(a, b)| a * b);
        let (Some(x), Some(y)) = (a.variable, b.variable) else {
            // One of the scales is zero.
            let mut sum = Sum { terms: vec![], constant: a.offset * b.offset };
            for (factor, other) in [(a, b), (b, a)] {
                if let Some(variable) = factor.variable {
                    sum.add(factor.scale * other.offset, variable);
                }
            }
            return self.wire_of(sum);
        };
        let out = self.new_variable(value);
        let terms = [(a.scale * b.offset, x), (b.scale * a.offset, y), (-Fr::one(), out)];
        self.half(&terms, a.scale * b.scale, a.offset * b.offset);
        Wire::Affine { scale: Fr::one(), variable: out, offset: Fr::zero() }
    }

    /// Enforces `a · b = c`. Half a row, or a row if `c` is a sum.
    pub(super) fn emit_product(&mut self, a: &Wire, b: &Wire, c: &Wire) {
        let (a, b) = (self.affine(a), self.affine(b));
        let (Some(x), Some(y)) = (a.variable, b.variable) else {
            let constant = a.offset * b.offset;
            let scaled = [(a.variable, a.scale * b.offset), (b.variable, b.scale * a.offset)];
            let mut sum = self.sum(&[(-Fr::one(), c)], constant);
            for (variable, coefficient) in scaled {
                if let Some(variable) = variable {
                    sum.add(coefficient, variable);
                }
            }
            return self.emit_zero(sum);
        };
        let (product, constant) = (a.scale * b.scale, a.offset * b.offset);
        let c = self.affine(c);
        let mut terms = vec![(a.scale * b.offset, x), (b.scale * a.offset, y)];
        terms.extend(c.variable.map(|z| (-c.scale, z)));
        self.half(&terms, product, constant - c.offset);
    }

    /// `if condition { a } else { b }` for a boolean condition. A row, half a row if a branch is constant.
    pub(super) fn choice(&mut self, condition: &Wire, a: &Wire, b: &Wire) -> Wire {
        let (condition, a, b) = (self.affine(condition), self.affine(a), self.affine(b));
        let value = self
            .affine_value(&condition)
            .zip(self.affine_value(&a).zip(self.affine_value(&b)))
            .map(|(condition, (a, b))| b + condition * (a - b));
        // out = b + condition · (a − b), spread over condition·x, condition·y and single terms.
        let offsets = a.offset - b.offset;
        let constant = b.offset + condition.offset * offsets;
        let weight_a = condition.offset * a.scale;
        let weight_b = b.scale - condition.offset * b.scale;
        let Some(c) = condition.variable else {
            let mut sum = Sum { terms: vec![], constant };
            a.variable.into_iter().for_each(|x| sum.add(weight_a, x));
            b.variable.into_iter().for_each(|y| sum.add(weight_b, y));
            return self.wire_of(sum);
        };
        let single = condition.scale * offsets;
        let (product_a, product_b) = (condition.scale * a.scale, -condition.scale * b.scale);
        let out = match (a.variable, b.variable) {
            (None, None) => {
                let mut sum = Sum { terms: vec![], constant };
                sum.add(single, c);
                return self.wire_of(sum);
            }
            (Some(x), Some(y)) if x != y => {
                let out = self.new_variable(value);
                let terms = [(single, c), (weight_a, x), (-Fr::one(), out), (Fr::zero(), c), (weight_b, y)];
                self.joint(&terms, [product_a, product_b], constant);
                out
            }
            (Some(x), other) => {
                let (weight, product) = match other {
                    Some(_) => (weight_a + weight_b, product_a + product_b),
                    None => (weight_a, product_a),
                };
                let out = self.new_variable(value);
                self.half(&[(single, c), (weight, x), (-Fr::one(), out)], product, constant);
                out
            }
            (None, Some(y)) => {
                let out = self.new_variable(value);
                self.half(&[(single, c), (weight_b, y), (-Fr::one(), out)], product_b, constant);
                out
            }
        };
        Wire::Affine { scale: Fr::one(), variable: out, offset: Fr::zero() }
    }

    fn affine_value(&self, affine: &Affine) -> Option<Fr> {
        match affine.variable {
            Some(variable) => Some(affine.scale * self.variable_value(variable)? + affine.offset),
            None => self.table.knows_values().then_some(affine.offset),
        }
    }
}

fn advice(column: usize, row: u32) -> Cell {
    Cell { column: Column::Advice(u8::try_from(column).expect("six columns")), row }
}
