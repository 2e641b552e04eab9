//! Gate expressions as sums of products, each shared part once.
//!
//! halo2 evaluates the constraints one by one and folds them by powers of y. Here the fold comes first: with y known,
//! `Σ yⁱ·Cᵢ` is one expression, in which terms under the same selector are gathered and, where it pays, equal parts of
//! different constraints (the S-boxes of Poseidon under several rows of a matrix) are multiplied once by the sum of
//! their coefficients.

use std::collections::{BTreeMap, HashMap};

use halo2_proofs::{
    halo2curves::{bn256::Fr, ff::Field},
    plonk::Expression,
};

/// A column's cell, relative to the current row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum Cell {
    Fixed(usize, i32),
    Advice(usize, i32),
    Instance(i32),
}

/// Index of a node.
pub(super) type Node = usize;

/// What a node is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Definition {
    Cell(Cell),
    Product(Factor, Factor),
}

/// Something to multiply with: a node, or a sum of several.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum Factor {
    Node(Node),
    Sum(usize),
}

/// `constant + Σ coefficient · node`, ordered by node, no coefficient zero.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(super) struct Sum {
    pub constant: Fr,
    pub terms: Vec<(Node, Fr)>,
}

/// All nodes and sums of one system of constraints.
#[derive(Default)]
pub(super) struct Forms {
    pub nodes: Vec<Definition>,
    pub sums: Vec<Sum>,
    node_index: HashMap<Definition, Node>,
    sum_index: HashMap<Sum, usize>,
}

/// `rest + Σ group`.
pub(super) struct Folded {
    pub rest: Sum,
    pub groups: Vec<Group>,
}

/// `selector · (gathered + Σ weight · part)`.
pub(super) struct Group {
    pub selector: Node,
    pub gathered: Sum,
    pub parts: Vec<(Fr, Factor)>,
}

impl Forms {
    /// `Σ wᵢ·Cᵢ` of these constraints and weights.
    pub fn fold<'a>(&mut self, constraints: impl IntoIterator<Item = (Fr, &'a Expression<Fr>)>) -> Folded {
        let mut rest = Gather::default();
        let mut groups: BTreeMap<Node, Vec<(Fr, Factor)>> = BTreeMap::new();
        for (weight, constraint) in constraints {
            let lowered = self.lower(constraint);
            rest.constant += weight * lowered.constant;
            for (node, coefficient) in lowered.terms {
                match self.selected(node) {
                    Some((selector, factor)) => {
                        groups.entry(selector).or_default().push((weight * coefficient, factor));
                    }
                    None => rest.add(node, weight * coefficient),
                }
            }
        }
        let groups = groups.into_iter().map(|(selector, parts)| {
            let (gathered, parts) = self.arrange(parts);
            Group { selector, gathered, parts }
        });
        let groups = groups.collect();
        Folded { rest: rest.finish(), groups }
    }

    /// A product with a fixed column of the current row, taken apart.
    fn selected(&self, node: Node) -> Option<(Node, Factor)> {
        let Definition::Product(a, b) = self.nodes[node] else { return None };
        let fixed = |factor: Factor| match factor {
            Factor::Node(node) => {
                matches!(self.nodes[node], Definition::Cell(Cell::Fixed(_, 0))).then_some(node)
            }
            Factor::Sum(_) => None,
        };
        fixed(a).map(|selector| (selector, b)).or_else(|| fixed(b).map(|selector| (selector, a)))
    }

    /// Chooses between multiplying each part by its weight and multiplying each node in them by its total weight.
    fn arrange(&self, parts: Vec<(Fr, Factor)>) -> (Sum, Vec<(Fr, Factor)>) {
        let costly = |coefficient: &Fr| *coefficient != Fr::ONE && *coefficient != -Fr::ONE;
        let mut gathered = Gather::default();
        let mut apart = parts.len();
        for (weight, factor) in &parts {
            match factor {
                Factor::Node(node) => gathered.add(*node, *weight),
                Factor::Sum(sum) => {
                    let sum = &self.sums[*sum];
                    apart += sum.terms.iter().filter(|(_, coefficient)| costly(coefficient)).count();
                    gathered.constant += *weight * sum.constant;
                    sum.terms
                        .iter()
                        .for_each(|(node, coefficient)| gathered.add(*node, *weight * coefficient));
                }
            }
        }
        if gathered.terms.len() < apart { (gathered.finish(), Vec::new()) } else { (Sum::default(), parts) }
    }

    fn lower(&mut self, expression: &Expression<Fr>) -> Sum {
        match expression {
            Expression::Constant(value) => Sum { constant: *value, terms: Vec::new() },
            Expression::Fixed(query) => self.cell(Cell::Fixed(query.column_index(), query.rotation().0)),
            Expression::Advice(query) => self.cell(Cell::Advice(query.column_index(), query.rotation().0)),
            Expression::Instance(query) => self.cell(Cell::Instance(query.rotation().0)),
            Expression::Negated(a) => scale(self.lower(a), -Fr::ONE),
            Expression::Scaled(a, by) => scale(self.lower(a), *by),
            Expression::Sum(a, b) => {
                let (a, b) = (self.lower(a), self.lower(b));
                let mut gather = Gather { constant: a.constant + b.constant, terms: BTreeMap::new() };
                a.terms.into_iter().chain(b.terms).for_each(|(node, by)| gather.add(node, by));
                gather.finish()
            }
            Expression::Product(a, b) => {
                let (a, b) = (self.lower(a), self.lower(b));
                self.product(a, b)
            }
            Expression::Selector(_) | Expression::Challenge(_) => {
                unreachable!("keys with virtual selectors or challenges are not exported")
            }
        }
    }

    fn product(&mut self, a: Sum, b: Sum) -> Sum {
        if a.terms.is_empty() {
            return scale(b, a.constant);
        }
        if b.terms.is_empty() {
            return scale(a, b.constant);
        }
        let ((a, by_a), (b, by_b)) = (self.factor(a), self.factor(b));
        let node = self.node(Definition::Product(a.min(b), a.max(b)));
        Sum { constant: Fr::ZERO, terms: vec![(node, by_a * by_b)] }
    }

    /// A sum as a factor and a coefficient before it.
    fn factor(&mut self, sum: Sum) -> (Factor, Fr) {
        if let ([(node, coefficient)], true) = (&sum.terms[..], sum.constant == Fr::ZERO) {
            return (Factor::Node(*node), *coefficient);
        }
        let next = self.sums.len();
        let index = *self.sum_index.entry(sum.clone()).or_insert(next);
        if index == next {
            self.sums.push(sum);
        }
        (Factor::Sum(index), Fr::ONE)
    }

    fn cell(&mut self, cell: Cell) -> Sum {
        Sum { constant: Fr::ZERO, terms: vec![(self.node(Definition::Cell(cell)), Fr::ONE)] }
    }

    fn node(&mut self, definition: Definition) -> Node {
        let next = self.nodes.len();
        let node = *self.node_index.entry(definition).or_insert(next);
        if node == next {
            self.nodes.push(definition);
        }
        node
    }
}

fn scale(mut sum: Sum, by: Fr) -> Sum {
    if by == Fr::ZERO {
        return Sum::default();
    }
    sum.constant *= by;
    sum.terms.iter_mut().for_each(|(_, coefficient)| *coefficient *= by);
    sum
}

/// A sum being added up.
#[derive(Default)]
struct Gather {
    constant: Fr,
    terms: BTreeMap<Node, Fr>,
}

impl Gather {
    fn add(&mut self, node: Node, coefficient: Fr) {
        *self.terms.entry(node).or_insert(Fr::ZERO) += coefficient;
    }

    fn finish(self) -> Sum {
        let terms = self.terms.into_iter().filter(|(_, coefficient)| *coefficient != Fr::ZERO);
        Sum { constant: self.constant, terms: terms.collect() }
    }
}
