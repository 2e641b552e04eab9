//! A folded system of constraints as straight-line code over registers, run on blocks of rows.
//!
//! A register is a block of values, so that the cost of looking at an instruction is spread over the block and values
//! stay in the processor's cache.

use std::{collections::HashMap, mem};

use halo2_proofs::halo2curves::{bn256::Fr, ff::Field};

use super::forms::{Cell, Definition, Factor, Folded, Forms, Group, Node, Sum};

/// Rows per block: a register is 4 KiB.
pub(super) const BLOCK: usize = 128;

#[derive(Clone, Copy)]
enum Operand {
    Register(usize),
    Cell(Cell),
}

enum Instruction {
    Set(usize, Fr),
    Copy(usize, Operand),
    Scale(usize, Operand, Fr),
    Product(usize, Operand, Operand),
    Add(usize, Operand),
    Subtract(usize, Operand),
    AddScaled(usize, Operand, Fr),
    AddProduct(usize, Operand, Operand),
}

/// Where a program finds the values of cells, in rows of some coset.
pub(super) trait Columns {
    /// The values of `cell` for `length` rows from `start`.
    fn values(&self, cell: Cell, start: usize, length: usize) -> &[Fr];
}

/// Evaluates a folded system of constraints.
pub(super) struct Program {
    instructions: Vec<Instruction>,
    registers: usize,
    result: usize,
}

/// A program's registers.
pub(super) struct Registers(Vec<Vec<Fr>>);

impl Program {
    pub fn new(forms: &Forms, folded: &Folded) -> Self {
        let mut writer = Writer {
            forms,
            uses: HashMap::new(),
            held: HashMap::new(),
            instructions: Vec::new(),
            free: Vec::new(),
            registers: 0,
        };
        writer.count_sum(&folded.rest);
        for Group { selector, gathered, parts } in &folded.groups {
            writer.count(Factor::Node(*selector));
            writer.count_sum(gathered);
            parts.iter().for_each(|(_, factor)| writer.count(*factor));
        }
        let result = writer.sum(&folded.rest);
        for Group { selector, gathered, parts } in &folded.groups {
            let inner = writer.sum(gathered);
            for (weight, factor) in parts {
                let operand = writer.operand(*factor);
                writer.instructions.push(add(inner, operand, *weight));
                writer.used(*factor);
            }
            let selector = Factor::Node(*selector);
            let operand = writer.operand(selector);
            writer.instructions.push(Instruction::AddProduct(result, Operand::Register(inner), operand));
            writer.used(selector);
            writer.free.push(inner);
        }
        Self { instructions: writer.instructions, registers: writer.registers, result }
    }

    /// Registers for [`Program::run`].
    pub fn registers(&self) -> Registers {
        Registers(vec![vec![Fr::ZERO; BLOCK]; self.registers])
    }

    /// The values in `length` ≤ [`BLOCK`] rows from `start`.
    pub fn run<'r>(
        &self,
        columns: &impl Columns,
        start: usize,
        length: usize,
        registers: &'r mut Registers,
    ) -> &'r [Fr] {
        for instruction in &self.instructions {
            instruction.run(columns, start, length, &mut registers.0);
        }
        &registers.0[self.result][..length]
    }

    /// Multiplications for each row.
    #[cfg(test)]
    pub fn multiplications(&self) -> usize {
        use Instruction::{AddProduct, AddScaled, Product, Scale};
        let multiplies =
            |i: &&Instruction| matches!(i, Scale(..) | Product(..) | AddScaled(..) | AddProduct(..));
        self.instructions.iter().filter(multiplies).count()
    }
}

impl Instruction {
    fn target(&self) -> usize {
        match self {
            Self::Set(out, _)
            | Self::Copy(out, _)
            | Self::Scale(out, ..)
            | Self::Product(out, ..)
            | Self::Add(out, _)
            | Self::Subtract(out, _)
            | Self::AddScaled(out, ..)
            | Self::AddProduct(out, ..) => *out,
        }
    }

    fn run(&self, columns: &impl Columns, start: usize, length: usize, registers: &mut [Vec<Fr>]) {
        // No instruction reads the register it writes.
        let mut out = mem::take(&mut registers[self.target()]);
        let values = |operand: &Operand| match operand {
            Operand::Register(register) => &registers[*register][..length],
            Operand::Cell(cell) => columns.values(*cell, start, length),
        };
        let rows = out[..length].iter_mut();
        match self {
            Self::Set(_, value) => rows.for_each(|out| *out = *value),
            Self::Copy(_, a) => rows.zip(values(a)).for_each(|(out, a)| *out = *a),
            Self::Scale(_, a, by) => rows.zip(values(a)).for_each(|(out, a)| *out = *a * by),
            Self::Product(_, a, b) => {
                rows.zip(values(a)).zip(values(b)).for_each(|((out, a), b)| *out = *a * b);
            }
            Self::Add(_, a) => rows.zip(values(a)).for_each(|(out, a)| *out += a),
            Self::Subtract(_, a) => rows.zip(values(a)).for_each(|(out, a)| *out -= a),
            Self::AddScaled(_, a, by) => rows.zip(values(a)).for_each(|(out, a)| *out += *a * by),
            Self::AddProduct(_, a, b) => {
                rows.zip(values(a)).zip(values(b)).for_each(|((out, a), b)| *out += *a * b);
            }
        }
        registers[self.target()] = out;
    }
}

fn add(out: usize, operand: Operand, by: Fr) -> Instruction {
    if by == Fr::ONE {
        Instruction::Add(out, operand)
    } else if by == -Fr::ONE {
        Instruction::Subtract(out, operand)
    } else {
        Instruction::AddScaled(out, operand, by)
    }
}

/// Writes a program, keeping count of how often each value will still be read.
struct Writer<'a> {
    forms: &'a Forms,
    uses: HashMap<Factor, usize>,
    held: HashMap<Factor, usize>,
    instructions: Vec<Instruction>,
    free: Vec<usize>,
    registers: usize,
}

impl Writer<'_> {
    fn count(&mut self, factor: Factor) {
        let uses = self.uses.entry(factor).or_insert(0);
        *uses += 1;
        if *uses > 1 {
            return;
        }
        match factor {
            Factor::Sum(sum) => {
                let forms = self.forms;
                self.count_sum(&forms.sums[sum]);
            }
            Factor::Node(node) => {
                if let Definition::Product(a, b) = self.forms.nodes[node] {
                    self.count(a);
                    self.count(b);
                }
            }
        }
    }

    fn count_sum(&mut self, sum: &Sum) {
        sum.terms.iter().for_each(|(node, _)| self.count(Factor::Node(*node)));
    }

    fn register(&mut self) -> usize {
        self.free.pop().unwrap_or_else(|| {
            self.registers += 1;
            self.registers - 1
        })
    }

    /// One of the counted reads has happened.
    fn used(&mut self, factor: Factor) {
        let uses = self.uses.get_mut(&factor).expect("counted");
        *uses -= 1;
        if *uses == 0
            && let Some(register) = self.held.remove(&factor)
        {
            self.free.push(register);
        }
    }

    /// Makes a factor's values readable.
    fn operand(&mut self, factor: Factor) -> Operand {
        if let Some(register) = self.held.get(&factor) {
            return Operand::Register(*register);
        }
        let register = match factor {
            Factor::Sum(sum) => {
                let forms = self.forms;
                self.sum(&forms.sums[sum])
            }
            Factor::Node(node) => match self.forms.nodes[node] {
                Definition::Cell(cell) => return Operand::Cell(cell),
                Definition::Product(a, b) => {
                    let (from_a, from_b) = (self.operand(a), self.operand(b));
                    let out = self.register();
                    self.instructions.push(Instruction::Product(out, from_a, from_b));
                    self.used(a);
                    self.used(b);
                    out
                }
            },
        };
        self.held.insert(factor, register);
        Operand::Register(register)
    }

    /// A sum into a register of its own.
    fn sum(&mut self, sum: &Sum) -> usize {
        // What the terms need comes first: it may be held longer than the sum takes.
        let operands: Vec<_> =
            sum.terms.iter().map(|(node, by)| (*node, self.term(*node, *by), *by)).collect();
        let out = self.register();
        let mut started = sum.constant != Fr::ZERO;
        if started {
            self.instructions.push(Instruction::Set(out, sum.constant));
        }
        for (node, term, by) in operands {
            self.instructions.push(match term {
                Term::Product(a, b) if started => Instruction::AddProduct(out, a, b),
                Term::Product(a, b) => Instruction::Product(out, a, b),
                Term::Value(a) if started => add(out, a, by),
                Term::Value(a) if by == Fr::ONE => Instruction::Copy(out, a),
                Term::Value(a) => Instruction::Scale(out, a, by),
            });
            started = true;
            if let (Term::Product(..), Definition::Product(a, b)) = (term, self.forms.nodes[node]) {
                self.used(a);
                self.used(b);
            }
            self.used(Factor::Node(node));
        }
        if !started {
            self.instructions.push(Instruction::Set(out, Fr::ZERO));
        }
        out
    }

    /// A product that nothing else reads is added as it is made.
    fn term(&mut self, node: Node, by: Fr) -> Term {
        let factor = Factor::Node(node);
        match self.forms.nodes[node] {
            Definition::Product(a, b)
                if by == Fr::ONE && self.uses[&factor] == 1 && !self.held.contains_key(&factor) =>
            {
                Term::Product(self.operand(a), self.operand(b))
            }
            _ => Term::Value(self.operand(factor)),
        }
    }
}

#[derive(Clone, Copy)]
enum Term {
    Value(Operand),
    Product(Operand, Operand),
}

#[cfg(test)]
mod tests {
    use halo2_proofs::plonk::{Circuit, ConstraintSystem, Expression};

    use super::*;
    use crate::halo2::{ClaimGates, circuit::Replay, present::Present};

    /// Distinct values for every cell of three rows and more.
    struct Numbered(Vec<Fr>);

    const ROWS: usize = BLOCK + 8;

    fn number(cell: Cell) -> (usize, i32) {
        match cell {
            Cell::Fixed(column, rotation) => (column, rotation),
            Cell::Advice(column, rotation) => (40 + column, rotation),
            Cell::Instance(rotation) => (60, rotation),
        }
    }

    impl Numbered {
        fn new() -> Self {
            Self(
                std::iter::successors(Some(Fr::from(5)), |x| Some(x.square() + Fr::from(7)))
                    .take(61 * ROWS)
                    .collect(),
            )
        }

        fn at(&self, cell: Cell, row: usize) -> Fr {
            self.values(cell, row, 1)[0]
        }
    }

    impl Columns for Numbered {
        fn values(&self, cell: Cell, start: usize, length: usize) -> &[Fr] {
            let (column, rotation) = number(cell);
            let start = column * ROWS + (start + 4).wrapping_add_signed(rotation as isize);
            &self.0[start..start + length]
        }
    }

    fn evaluate(expression: &Expression<Fr>, columns: &Numbered, row: usize) -> Fr {
        expression.evaluate(
            &|constant| constant,
            &|_| unreachable!(),
            &|query| columns.at(Cell::Fixed(query.column_index(), query.rotation().0), row),
            &|query| columns.at(Cell::Advice(query.column_index(), query.rotation().0), row),
            &|query| columns.at(Cell::Instance(query.rotation().0), row),
            &|_| unreachable!(),
            &|a| -a,
            &|a, b| a + b,
            &|a, b| a * b,
            &|a, by| a * by,
        )
    }

    #[test]
    fn programs_compute_the_fold_of_the_gates_of_claims() {
        // Of all claims together, and of those that take no hash of width 9.
        programs_compute_the_fold(Present::all::<ClaimGates>(), 550, 30);
        let (present, _) = Present::from_bytes::<ClaimGates>(&[0xff, 0xff, 0xff, 0x07, 0]).unwrap();
        programs_compute_the_fold(present, 300, 30);
    }

    fn programs_compute_the_fold(present: Present, multiplications: usize, registers: usize) {
        let mut cs = ConstraintSystem::default();
        Replay::<ClaimGates>::configure_with_params(&mut cs, present);
        let gates: Vec<_> = cs.gates().iter().flat_map(|gate| gate.polynomials()).collect();
        let y = Fr::from(1 << 40).square() + Fr::from(3);
        let weights: Vec<Fr> = std::iter::successors(Some(y), |w| Some(*w * y)).take(gates.len()).collect();
        let mut forms = Forms::default();
        let folded = forms.fold(weights.iter().copied().zip(gates.iter().copied()));
        let program = Program::new(&forms, &folded);
        let columns = Numbered::new();
        let mut scratch = program.registers();
        for length in [BLOCK, 3] {
            // Registers keep what the run before left.
            let values = program.run(&columns, 2, length, &mut scratch);
            for (offset, value) in values.iter().enumerate().step_by(17) {
                let fold =
                    weights.iter().zip(&gates).map(|(w, gate)| *w * evaluate(gate, &columns, 2 + offset));
                assert_eq!(*value, fold.sum::<Fr>());
            }
            assert_eq!(values.len(), length);
        }
        let cost = (program.multiplications(), program.registers);
        let bounded = cost.0 < multiplications && cost.1 < registers;
        assert!(bounded, "{cost:?}: this is most of what a quotient costs");
    }
}
