//! Gate and lookup expressions as short stack programs: flat, so neither parsing nor evaluating recurses.

use alloc::vec::Vec;

use ark_bn254::Fr;

use crate::{
    encoding::{Reader, scalar, scalar_bytes},
    malformed::{Field, Malformed, Problem},
};

/// One step of a [`Program`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Op {
    /// Pushes a constant.
    Constant(Fr),
    /// Pushes the evaluation of a fixed column: an index into the key's fixed queries.
    Fixed(u16),
    /// Pushes the evaluation of an advice column: an index into the key's advice queries.
    Advice(u16),
    /// Pushes the evaluation of the column of public inputs.
    Instance,
    /// Pops `a`, pushes `−a`.
    Negate,
    /// Pops `b`, then `a`, pushes `a + b`.
    Add,
    /// Pops `b`, then `a`, pushes `a · b`.
    Multiply,
}

/// An expression over the evaluations at one point, in postfix order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Program(pub Vec<Op>);

/// What the columns evaluate to at the point a program runs at.
pub(super) struct Evaluations<'a> {
    pub fixed: &'a [Fr],
    pub advice: &'a [Fr],
    pub instance: Fr,
}

/// Deepest stack a program may need.
const MAX_DEPTH: usize = 256;

impl Program {
    /// Its value; `None` if it is not well formed (which [`Program::degree`] has ruled out for a parsed key).
    pub(super) fn run(&self, columns: &Evaluations<'_>) -> Option<Fr> {
        self.fold(
            |op| match op {
                Op::Constant(value) => Some(value),
                Op::Fixed(query) => columns.fixed.get(usize::from(query)).copied(),
                Op::Advice(query) => columns.advice.get(usize::from(query)).copied(),
                _ => Some(columns.instance),
            },
            |a| -a,
            |a, b| a + b,
            |a, b| a * b,
        )
    }

    /// The expression's degree in the columns; `None` if the program is too long for the key's format, does not end
    /// with one value, needs too deep a stack or names a query that does not exist.
    pub(super) fn degree(&self, fixed_queries: usize, advice_queries: usize) -> Option<usize> {
        u16::try_from(self.0.len()).ok()?;
        self.fold(
            |op| match op {
                Op::Constant(_) => Some(0),
                Op::Fixed(query) => (usize::from(query) < fixed_queries).then_some(1),
                Op::Advice(query) => (usize::from(query) < advice_queries).then_some(1),
                _ => Some(1),
            },
            |a| a,
            |a, b| a.max(b),
            |a: usize, b| a.saturating_add(b),
        )
    }

    fn fold<T>(
        &self,
        leaf: impl Fn(Op) -> Option<T>,
        negate: impl Fn(T) -> T,
        add: impl Fn(T, T) -> T,
        multiply: impl Fn(T, T) -> T,
    ) -> Option<T> {
        let mut stack: Vec<T> = Vec::new();
        for op in &self.0 {
            let value = match op {
                Op::Negate => negate(stack.pop()?),
                Op::Add => {
                    let b = stack.pop()?;
                    add(stack.pop()?, b)
                }
                Op::Multiply => {
                    let b = stack.pop()?;
                    multiply(stack.pop()?, b)
                }
                op => leaf(*op)?,
            };
            if stack.len() >= MAX_DEPTH {
                return None;
            }
            stack.push(value);
        }
        let value = stack.pop()?;
        stack.is_empty().then_some(value)
    }

    pub(super) fn read(reader: &mut Reader<'_>, field: Field) -> Result<Self, Malformed> {
        let length = reader.u16(field)?;
        let mut ops = Vec::new();
        for _ in 0..length {
            ops.push(match reader.u8(field)? {
                0 => Op::Constant(
                    scalar(reader.array(field)?).map_err(|problem| Malformed::new(field, problem))?,
                ),
                1 => Op::Fixed(reader.u16(field)?),
                2 => Op::Advice(reader.u16(field)?),
                3 => Op::Instance,
                4 => Op::Negate,
                5 => Op::Add,
                6 => Op::Multiply,
                _ => return Err(Malformed::new(field, Problem::Unknown)),
            });
        }
        Ok(Self(ops))
    }

    /// Appends the program; `None` if it is longer than the format allows.
    pub(super) fn write(&self, out: &mut Vec<u8>) -> Option<()> {
        out.extend_from_slice(&u16::try_from(self.0.len()).ok()?.to_be_bytes());
        for op in &self.0 {
            match op {
                Op::Constant(value) => {
                    out.push(0);
                    out.extend_from_slice(&scalar_bytes(value));
                }
                Op::Fixed(query) => {
                    out.push(1);
                    out.extend_from_slice(&query.to_be_bytes());
                }
                Op::Advice(query) => {
                    out.push(2);
                    out.extend_from_slice(&query.to_be_bytes());
                }
                Op::Instance => out.push(3),
                Op::Negate => out.push(4),
                Op::Add => out.push(5),
                Op::Multiply => out.push(6),
            }
        }
        Some(())
    }
}
