//! Arithmetic modulo r as a graph in which equal expressions are one node.

use std::collections::HashMap;

use ark_bn254::Fr;
use ark_ff::{AdditiveGroup, Field, One, PrimeField, Zero};

/// An expression: an index into its [`Graph`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Node(usize);

impl Node {
    pub fn index(self) -> usize {
        self.0
    }
}

/// Where a value that is no expression comes from.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum Place {
    /// 32 bytes of calldata, checked to be below r.
    Calldata(usize),
    /// A word of memory, below r.
    Memory(usize),
    /// A variable of the assembly block, below r.
    Variable(&'static str),
    /// The variable `f` between two assignments, any sum: the number tells its values apart.
    Accumulator(usize),
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum Op {
    Constant([u64; 4]),
    Read(Place),
    Negate(Node),
    Add(Node, Node),
    Subtract(Node, Node),
    Multiply(Node, Node),
}

impl Op {
    pub fn operands(&self) -> impl Iterator<Item = Node> {
        let (first, second) = match *self {
            Self::Constant(_) | Self::Read(_) => (None, None),
            Self::Negate(a) => (Some(a), None),
            Self::Add(a, b) | Self::Subtract(a, b) | Self::Multiply(a, b) => (Some(a), Some(b)),
        };
        first.into_iter().chain(second)
    }
}

/// Expressions; an operand always has a smaller index than what uses it.
#[derive(Default)]
pub(super) struct Graph {
    ops: Vec<Op>,
    known: HashMap<Op, Node>,
}

impl Graph {
    pub fn op(&self, node: Node) -> &Op {
        &self.ops[node.0]
    }

    pub fn nodes(&self) -> impl DoubleEndedIterator<Item = Node> + use<> {
        (0..self.ops.len()).map(Node)
    }

    fn push(&mut self, op: Op) -> Node {
        if let Some(node) = self.known.get(&op) {
            return *node;
        }
        let node = Node(self.ops.len());
        self.ops.push(op.clone());
        self.known.insert(op, node);
        node
    }

    pub fn constant(&mut self, value: Fr) -> Node {
        self.push(Op::Constant(value.into_bigint().0))
    }

    /// The value, if it is a constant.
    pub fn fixed(&self, node: Node) -> Option<Fr> {
        match self.op(node) {
            Op::Constant(limbs) => Some(Fr::from(ark_ff::BigInt(*limbs))),
            _ => None,
        }
    }

    pub fn read(&mut self, place: Place) -> Node {
        self.push(Op::Read(place))
    }

    pub fn negate(&mut self, a: Node) -> Node {
        match *self.op(a) {
            Op::Constant(_) => {
                let value = self.fixed(a).unwrap_or_default();
                self.constant(-value)
            }
            Op::Negate(b) => b,
            Op::Subtract(b, c) => self.subtract(c, b),
            // A constant factor takes the sign for nothing.
            Op::Multiply(b, c) if self.fixed(b).is_some() => {
                let b = self.negate(b);
                self.multiply(b, c)
            }
            _ => self.push(Op::Negate(a)),
        }
    }

    pub fn add(&mut self, a: Node, b: Node) -> Node {
        match (self.fixed(a), self.fixed(b)) {
            (Some(a), Some(b)) => return self.constant(a + b),
            (Some(a), None) if a.is_zero() => return b,
            (None, Some(b)) if b.is_zero() => return a,
            _ => {}
        }
        match (self.op(a), self.op(b)) {
            (_, Op::Negate(b)) => {
                let b = *b;
                self.subtract(a, b)
            }
            (Op::Negate(a), _) => {
                let a = *a;
                self.subtract(b, a)
            }
            _ => self.push(Op::Add(a.min(b), a.max(b))),
        }
    }

    pub fn subtract(&mut self, a: Node, b: Node) -> Node {
        match (self.fixed(a), self.fixed(b)) {
            (_, Some(b)) => {
                let b = self.constant(-b);
                return self.add(a, b);
            }
            (Some(a), _) if a.is_zero() => return self.negate(b),
            _ if a == b => return self.constant(Fr::ZERO),
            _ => {}
        }
        match *self.op(b) {
            Op::Negate(b) => self.add(a, b),
            Op::Multiply(c, _) if self.fixed(c).is_some() => {
                let b = self.negate(b);
                self.add(a, b)
            }
            _ => self.push(Op::Subtract(a, b)),
        }
    }

    pub fn multiply(&mut self, a: Node, b: Node) -> Node {
        // A constant factor stands first.
        let (a, b) = if self.fixed(b).is_some() { (b, a) } else { (a, b) };
        match (self.fixed(a), self.fixed(b)) {
            (Some(a), Some(b)) => return self.constant(a * b),
            (Some(factor), _) if factor.is_zero() => return a,
            (Some(factor), _) if factor.is_one() => return b,
            (Some(factor), None) if factor == -Fr::ONE => return self.negate(b),
            _ => {}
        }
        match (self.op(a), self.op(b)) {
            (_, Op::Negate(b)) => {
                let b = *b;
                let product = self.multiply(a, b);
                self.negate(product)
            }
            (Op::Negate(a), _) => {
                let a = *a;
                let product = self.multiply(a, b);
                self.negate(product)
            }
            _ if self.fixed(a).is_some() => self.push(Op::Multiply(a, b)),
            _ => self.push(Op::Multiply(a.min(b), a.max(b))),
        }
    }

    pub fn square(&mut self, a: Node) -> Node {
        self.multiply(a, a)
    }

    pub fn power(&mut self, base: Node, exponent: usize) -> Node {
        match exponent {
            0 => self.constant(Fr::ONE),
            1 => base,
            _ => {
                let smaller = self.power(base, exponent - 1);
                self.multiply(base, smaller)
            }
        }
    }

    pub fn product(&mut self, factors: impl IntoIterator<Item = Node>) -> Node {
        let one = self.constant(Fr::ONE);
        factors.into_iter().fold(one, |product, factor| self.multiply(product, factor))
    }

    /// Values of all nodes, given what is read.
    #[cfg(test)]
    pub fn evaluate(&self, read: impl Fn(&Place) -> Fr) -> Vec<Fr> {
        let mut values: Vec<Fr> = Vec::new();
        for node in self.nodes() {
            values.push(match self.op(node) {
                Op::Constant(_) => self.fixed(node).unwrap(),
                Op::Read(place) => read(place),
                Op::Negate(a) => -values[a.0],
                Op::Add(a, b) => values[a.0] + values[b.0],
                Op::Subtract(a, b) => values[a.0] - values[b.0],
                Op::Multiply(a, b) => values[a.0] * values[b.0],
            });
        }
        values
    }
}
