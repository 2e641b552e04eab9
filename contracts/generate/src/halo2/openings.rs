//! Which polynomials are opened where: the order of `popw_verifier`'s `shplonk.rs`, on which the powers of the folding
//! challenges depend.

use ark_bn254::G1Affine;
use popw_verifier::halo2::Key;

use super::{dag::Node, layout::Layout};

/// The commitment to a polynomial.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Commitment {
    /// A point of the proof, by its offset.
    Proof(usize),
    /// A point of the key; may be infinity.
    Key(G1Affine),
    /// Pieces of the quotient, to be folded by powers of x^n.
    Pieces(Vec<usize>),
}

/// A polynomial with its values, in the order of the rows of its set.
#[derive(Clone, Debug)]
pub(super) struct Polynomial {
    pub commitment: Commitment,
    pub values: Vec<Node>,
}

/// Polynomials opened at the same rows.
#[derive(Clone, Debug)]
pub(super) struct Set {
    pub rows: Vec<u64>,
    pub members: Vec<Polynomial>,
}

/// Evaluations that the openings are to show.
pub(super) struct Values<'a> {
    /// Of the proof's scalar at an offset.
    pub at: &'a mut dyn FnMut(usize) -> Node,
    pub quotient: Node,
}

/// ω^rotation is ω to the power of this.
pub(super) fn row(key: &Key, rotation: i32) -> u64 {
    i64::from(rotation).cast_unsigned() & ((1 << key.description().k) - 1)
}

/// Sets in order of first appearance, with polynomials in order of their first opening.
pub(super) fn sets(key: &Key, layout: &Layout, values: &mut Values<'_>) -> Vec<Set> {
    let d = key.description();
    let last = (1 << d.k) - u64::from(d.blinding) - 1;
    let mut list = List::default();
    let mut at = |offset: &usize| (values.at)(*offset);

    let advice = list.all(layout.advice.iter().map(|offset| Commitment::Proof(*offset)));
    for (query, value) in d.advice_queries.iter().zip(&layout.advice_evals) {
        list.open(advice + usize::from(query.column), row(key, query.rotation), at(value));
    }
    let products = list.all(layout.products.iter().map(|offset| Commitment::Proof(*offset)));
    for (index, evals) in (products..).zip(&layout.product_evals) {
        for (value, row) in evals.iter().zip([0, 1, last]) {
            list.open(index, row, at(value));
        }
    }
    for ([input, table, product], evals) in layout.lookups.iter().zip(&layout.lookup_evals) {
        let index = list.all([product, input, table].map(|offset| Commitment::Proof(*offset)).into_iter());
        let [product, product_next, input, input_previous, table] = evals;
        list.open(index, 0, at(product));
        list.open(index + 1, 0, at(input));
        list.open(index + 2, 0, at(table));
        list.open(index + 1, row(key, -1), at(input_previous));
        list.open(index, 1, at(product_next));
    }
    let fixed = list.all(d.fixed.iter().map(|point| Commitment::Key(*point)));
    for (query, value) in d.fixed_queries.iter().zip(&layout.fixed_evals) {
        list.open(fixed + usize::from(query.column), row(key, query.rotation), at(value));
    }
    for ((_, point), value) in d.permutation.iter().zip(&layout.permutation_evals) {
        let index = list.all([Commitment::Key(*point)].into_iter());
        list.open(index, 0, at(value));
    }
    let index = list.all([Commitment::Pieces(layout.quotient.clone())].into_iter());
    list.open(index, 0, values.quotient);
    let index = list.all([Commitment::Proof(layout.random)].into_iter());
    list.open(index, 0, at(&layout.random_eval));
    list.group()
}

#[derive(Default)]
struct List {
    polynomials: Vec<(Commitment, Vec<(u64, Node)>)>,
    /// Polynomials in order of their first opening.
    order: Vec<usize>,
}

impl List {
    /// Adds polynomials; the index of the first.
    fn all(&mut self, commitments: impl Iterator<Item = Commitment>) -> usize {
        let first = self.polynomials.len();
        self.polynomials.extend(commitments.map(|commitment| (commitment, Vec::new())));
        first
    }

    fn open(&mut self, index: usize, row: u64, value: Node) {
        let values = &mut self.polynomials[index].1;
        if values.is_empty() {
            self.order.push(index);
        }
        values.push((row, value));
    }

    fn group(mut self) -> Vec<Set> {
        let mut sets: Vec<Set> = Vec::new();
        for index in self.order {
            let (commitment, values) = &mut self.polynomials[index];
            values.sort_unstable_by_key(|(row, _)| *row);
            let (rows, values): (Vec<u64>, Vec<Node>) = values.iter().copied().unzip();
            let member = Polynomial { commitment: commitment.clone(), values };
            match sets.iter_mut().find(|set| set.rows == rows) {
                Some(set) => set.members.push(member),
                None => sets.push(Set { rows, members: vec![member] }),
            }
        }
        sets
    }
}
