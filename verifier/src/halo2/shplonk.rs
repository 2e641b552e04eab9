//! Many openings of many polynomials as one pairing equation (Boneh, Drake, Fisch, Gabizon, eprint 2020/081,
//! section 4: SHPLONK), with the normalisation halo2 uses: everything is divided by the first set's `Z_{T∖S}(u)`.

use alloc::{collections::BTreeSet, vec, vec::Vec};

use ark_bn254::{Fr, G1Affine, G1Projective};
use ark_ec::{AffineRepr, VariableBaseMSM};
use ark_ff::{AdditiveGroup, Zero, batch_inversion};

use super::{Accumulator, Key, domain::Domain, proof::Proof};
use crate::error::VerifyError;

/// Reduces every opening of `proof` to `e(left, τ·G2) = e(right, G2)`.
pub(super) fn reduce(key: &Key, proof: &Proof, quotient: Fr) -> Result<Accumulator, VerifyError> {
    let table = Openings::collect(key, proof, quotient);
    let weights = weigh(&table, &key.domain, proof)?;
    let opening = &proof.opening;

    let (mut bases, mut scalars) = (Vec::new(), Vec::new());
    for (polynomial, weight) in table.polynomials.iter().zip(&weights.polynomials) {
        let mut power = *weight;
        for base in &polynomial.commitment {
            bases.push(*base);
            scalars.push(power);
            power *= weights.rows_power;
        }
    }
    bases.extend([G1Affine::generator(), opening.h1, opening.h2]);
    scalars.extend([-weights.value, -weights.vanishing, opening.u]);
    let right = G1Projective::msm(&bases, &scalars).map_err(|_| VerifyError::Rejected)?;
    Ok(Accumulator { left: opening.h2.into_group(), right })
}

/// A committed polynomial and its values at the points it is opened at.
struct Polynomial {
    /// Pieces, to be folded by powers of `x^n`: several only for the quotient.
    commitment: Vec<G1Affine>,
    /// (row the point is rotated by, value), in the order first asked for.
    values: Vec<(u64, Fr)>,
}

struct Openings {
    polynomials: Vec<Polynomial>,
    /// Per set of points, in order of first appearance: the rows, and the polynomials opened there.
    sets: Vec<(Vec<u64>, Vec<usize>)>,
    /// Every row any polynomial is opened at.
    rows: BTreeSet<u64>,
}

impl Openings {
    /// Lists openings in halo2's order, which fixes the powers of the folding challenges.
    fn collect(key: &Key, proof: &Proof, quotient: Fr) -> Self {
        let d = &key.description;
        let row = |rotation| key.domain.row(rotation);
        let last = key.domain.rows() - u64::from(d.blinding) - 1;
        let mut list = List::default();

        let advice = list.columns(&proof.advice);
        for (query, value) in d.advice_queries.iter().zip(&proof.advice_evals) {
            list.open(advice + usize::from(query.column), row(query.rotation), *value);
        }
        let products = list.columns(&proof.permutation_products);
        for (index, evals) in (products..).zip(&proof.product_evals) {
            list.open(index, 0, evals.here);
            list.open(index, row(1), evals.next);
            if let Some(value) = evals.last {
                list.open(index, last, value);
            }
        }
        for (commitments, evals) in proof.lookup_commitments.iter().zip(&proof.lookup_evals) {
            let product = list.columns(&[commitments.product, commitments.input, commitments.table]);
            list.open(product, 0, evals.product);
            list.open(product + 1, 0, evals.input);
            list.open(product + 2, 0, evals.table);
            list.open(product + 1, row(-1), evals.input_previous);
            list.open(product, row(1), evals.product_next);
        }
        let fixed = list.columns(&d.fixed);
        for (query, value) in d.fixed_queries.iter().zip(&proof.fixed_evals) {
            list.open(fixed + usize::from(query.column), row(query.rotation), *value);
        }
        for ((_, commitment), value) in d.permutation.iter().zip(&proof.permutation_evals) {
            let index = list.columns(&[*commitment]);
            list.open(index, 0, *value);
        }
        let index = list.polynomial(proof.quotient.clone());
        list.open(index, 0, quotient);
        let index = list.columns(&[proof.random]);
        list.open(index, 0, proof.random_eval);
        list.group()
    }
}

/// Openings being listed.
#[derive(Default)]
struct List {
    polynomials: Vec<Polynomial>,
    /// Polynomials in order of their first opening.
    order: Vec<usize>,
}

impl List {
    /// Adds one polynomial per commitment; the index of the first.
    fn columns(&mut self, commitments: &[G1Affine]) -> usize {
        let first = self.polynomials.len();
        for commitment in commitments {
            self.polynomial(vec![*commitment]);
        }
        first
    }

    fn polynomial(&mut self, commitment: Vec<G1Affine>) -> usize {
        self.polynomials.push(Polynomial { commitment, values: Vec::new() });
        self.polynomials.len() - 1
    }

    fn open(&mut self, index: usize, row: u64, value: Fr) {
        if let Some(polynomial) = self.polynomials.get_mut(index) {
            if polynomial.values.is_empty() {
                self.order.push(index);
            }
            polynomial.values.push((row, value));
        }
    }

    /// Groups polynomials by the set of points they are opened at.
    fn group(mut self) -> Openings {
        let mut sets: Vec<(Vec<u64>, Vec<usize>)> = Vec::new();
        let mut rows = BTreeSet::new();
        for index in self.order {
            let Some(polynomial) = self.polynomials.get_mut(index) else { continue };
            polynomial.values.sort_unstable_by_key(|(row, _)| *row);
            let points: Vec<u64> = polynomial.values.iter().map(|(row, _)| *row).collect();
            rows.extend(&points);
            match sets.iter_mut().find(|(set, _)| *set == points) {
                Some((_, members)) => members.push(index),
                None => sets.push((points, vec![index])),
            }
        }
        Openings { polynomials: self.polynomials, sets, rows }
    }
}

/// What the pairing equation multiplies the commitments with.
struct Weights {
    /// Per polynomial; zero for one that is never opened.
    polynomials: Vec<Fr>,
    /// `x^n`, by which the quotient's pieces are folded.
    rows_power: Fr,
    /// Of the generator: the folded values at u.
    value: Fr,
    /// Of h1: `Z_S(u)` of the first set.
    vanishing: Fr,
}

fn weigh(table: &Openings, domain: &Domain, proof: &Proof) -> Result<Weights, VerifyError> {
    let opening = &proof.opening;
    // u minus the point, per row.
    let point = |row: u64| proof.x * domain.power(row);
    let distances: Vec<(u64, Fr)> = table.rows.iter().map(|row| (*row, opening.u - point(*row))).collect();
    let product = |keep: &dyn Fn(u64) -> bool| -> Fr {
        distances.iter().filter(|(row, _)| keep(*row)).map(|(_, distance)| *distance).product()
    };
    if product(&|_| true).is_zero() {
        return Err(VerifyError::Rejected);
    }

    // All denominators of the sets' Lagrange polynomials `Π (p_k − p_l)`, then the first set's normalisation: one
    // inversion for all.
    let mut inverses: Vec<Fr> = Vec::new();
    for (rows, _) in &table.sets {
        for row in rows {
            let others = rows.iter().filter(|other| *other != row);
            inverses.push(others.map(|other| point(*row) - point(*other)).product());
        }
    }
    let first = table.sets.first().map(|(rows, _)| rows.as_slice()).unwrap_or_default();
    inverses.push(product(&|row| !first.contains(&row)));
    batch_inversion(&mut inverses);
    let normalise = inverses.pop().ok_or(VerifyError::Rejected)?;
    let mut inverses = inverses.into_iter();

    let mut weights = Weights {
        polynomials: vec![Fr::ZERO; table.polynomials.len()],
        rows_power: domain.raise(proof.x),
        value: Fr::ZERO,
        vanishing: product(&|row| first.contains(&row)),
    };
    let mut fold_set = normalise;
    for (rows, members) in &table.sets {
        // Lagrange polynomials of this set at u.
        let basis: Vec<Fr> = rows
            .iter()
            .zip(inverses.by_ref())
            .map(|(row, inverse)| product(&|other| other != *row && rows.contains(&other)) * inverse)
            .collect();
        let mut weight = fold_set * product(&|row| !rows.contains(&row));
        for index in members {
            let polynomial = table.polynomials.get(*index).ok_or(VerifyError::Rejected)?;
            let value: Fr = polynomial.values.iter().zip(&basis).map(|((_, value), l)| *value * l).sum();
            weights.value += weight * value;
            *weights.polynomials.get_mut(*index).ok_or(VerifyError::Rejected)? = weight;
            weight *= opening.y;
        }
        fold_set *= opening.v;
    }
    Ok(weights)
}
