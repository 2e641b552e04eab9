//! Reads a proof in the order its messages were sent, drawing each challenge where the prover did.

use alloc::vec::Vec;

use ark_bn254::{Fr, G1Affine};

use super::{Key, transcript::Transcript};
use crate::malformed::{Field, Malformed};

/// The parts of a proof, as errors name them.
mod part {
    use crate::malformed::Field;

    pub const ADVICE: Field = Field::Named("halo2 proof: commitment to an advice column");
    pub const PRODUCT: Field = Field::Named("halo2 proof: commitment to a permutation product");
    pub const LOOKUP: Field = Field::Named("halo2 proof: commitment of a lookup");
    pub const RANDOM: Field = Field::Named("halo2 proof: commitment to the random polynomial");
    pub const QUOTIENT: Field = Field::Named("halo2 proof: commitment to a piece of the quotient");
    pub const ADVICE_EVAL: Field = Field::Named("halo2 proof: evaluation of an advice column");
    pub const FIXED_EVAL: Field = Field::Named("halo2 proof: evaluation of a fixed column");
    pub const RANDOM_EVAL: Field = Field::Named("halo2 proof: evaluation of the random polynomial");
    pub const PERMUTATION_EVAL: Field = Field::Named("halo2 proof: evaluation of a permutation");
    pub const PRODUCT_EVAL: Field = Field::Named("halo2 proof: evaluation of a permutation product");
    pub const LOOKUP_EVAL: Field = Field::Named("halo2 proof: evaluation of a lookup");
    pub const H1: Field = Field::Named("halo2 proof: first opening commitment");
    pub const H2: Field = Field::Named("halo2 proof: second opening commitment");
}

/// What the prover sent, and the verifier's challenges.
pub(super) struct Proof {
    pub advice: Vec<G1Affine>,
    pub permutation_products: Vec<G1Affine>,
    pub lookup_commitments: Vec<LookupCommitments>,
    pub random: G1Affine,
    pub quotient: Vec<G1Affine>,

    pub advice_evals: Vec<Fr>,
    pub fixed_evals: Vec<Fr>,
    pub random_eval: Fr,
    /// The permutations of the columns, at x.
    pub permutation_evals: Vec<Fr>,
    pub product_evals: Vec<ProductEvals>,
    pub lookup_evals: Vec<LookupEvals>,

    pub theta: Fr,
    pub beta: Fr,
    pub gamma: Fr,
    /// Folds constraints.
    pub y: Fr,
    /// The point of evaluation.
    pub x: Fr,
    pub opening: Opening,
}

pub(super) struct LookupCommitments {
    pub input: G1Affine,
    pub table: G1Affine,
    pub product: G1Affine,
}

/// A permutation product at x, ωx and, for all but the last, at the last active row.
pub(super) struct ProductEvals {
    pub here: Fr,
    pub next: Fr,
    pub last: Option<Fr>,
}

pub(super) struct LookupEvals {
    pub product: Fr,
    pub product_next: Fr,
    pub input: Fr,
    pub input_previous: Fr,
    pub table: Fr,
}

/// SHPLONK's messages and challenges.
pub(super) struct Opening {
    /// Folds polynomials opened at the same set of points.
    pub y: Fr,
    /// Folds the sets.
    pub v: Fr,
    pub h1: G1Affine,
    /// The point all openings are reduced to.
    pub u: Fr,
    pub h2: G1Affine,
}

impl Proof {
    /// Reads a whole proof, after absorbing the key and the public inputs.
    pub fn read(key: &Key, inputs: &[Fr], bytes: &[u8]) -> Result<Self, Malformed> {
        let d = &key.description;
        let sets = key.permutation_sets();
        let mut t = Transcript::new(bytes);
        t.absorb_scalar(&d.transcript);
        inputs.iter().for_each(|input| t.absorb_scalar(input));

        let advice = points(&mut t, usize::from(d.advice), part::ADVICE)?;
        let theta = t.challenge();
        let permuted = d
            .lookups
            .iter()
            .map(|_| Ok((t.point(part::LOOKUP)?, t.point(part::LOOKUP)?)))
            .collect::<Result<Vec<_>, Malformed>>()?;
        let beta = t.challenge();
        let gamma = t.challenge();
        let permutation_products = points(&mut t, sets, part::PRODUCT)?;
        let lookup_commitments = permuted
            .into_iter()
            .map(|(input, table)| Ok(LookupCommitments { input, table, product: t.point(part::LOOKUP)? }))
            .collect::<Result<_, Malformed>>()?;
        let random = t.point(part::RANDOM)?;
        let y = t.challenge();
        let quotient = points(&mut t, key.quotient_pieces(), part::QUOTIENT)?;
        let x = t.challenge();

        let advice_evals = scalars(&mut t, d.advice_queries.len(), part::ADVICE_EVAL)?;
        let fixed_evals = scalars(&mut t, d.fixed_queries.len(), part::FIXED_EVAL)?;
        let random_eval = t.scalar(part::RANDOM_EVAL)?;
        let permutation_evals = scalars(&mut t, d.permutation.len(), part::PERMUTATION_EVAL)?;
        let product_evals = (1..=sets)
            .map(|set| {
                let mut eval = || t.scalar(part::PRODUCT_EVAL);
                let (here, next) = (eval()?, eval()?);
                let last = if set < sets { Some(eval()?) } else { None };
                Ok(ProductEvals { here, next, last })
            })
            .collect::<Result<_, Malformed>>()?;
        let lookup_evals = d
            .lookups
            .iter()
            .map(|_| {
                let mut eval = || t.scalar(part::LOOKUP_EVAL);
                Ok(LookupEvals {
                    product: eval()?,
                    product_next: eval()?,
                    input: eval()?,
                    input_previous: eval()?,
                    table: eval()?,
                })
            })
            .collect::<Result<_, Malformed>>()?;

        let (opening_y, v) = (t.challenge(), t.challenge());
        let h1 = t.point(part::H1)?;
        let u = t.challenge();
        let opening = Opening { y: opening_y, v, h1, u, h2: t.point(part::H2)? };
        t.end()?;
        Ok(Self {
            advice,
            permutation_products,
            lookup_commitments,
            random,
            quotient,
            advice_evals,
            fixed_evals,
            random_eval,
            permutation_evals,
            product_evals,
            lookup_evals,
            theta,
            beta,
            gamma,
            y,
            x,
            opening,
        })
    }
}

fn points(t: &mut Transcript<'_>, count: usize, part: Field) -> Result<Vec<G1Affine>, Malformed> {
    (0..count).map(|_| t.point(part)).collect()
}

fn scalars(t: &mut Transcript<'_>, count: usize, part: Field) -> Result<Vec<Fr>, Malformed> {
    (0..count).map(|_| t.scalar(part)).collect()
}
