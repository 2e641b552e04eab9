//! Where the parts of a proof are, and which of them each challenge covers.

use std::ops::Range;

use popw_verifier::halo2::{Description, Key};

const POINT: usize = 64;
const SCALAR: usize = 32;

/// Byte offsets into a proof.
pub(super) struct Layout {
    pub advice: Vec<usize>,
    /// Permuted input and table of each lookup, and its product.
    pub lookups: Vec<[usize; 3]>,
    pub products: Vec<usize>,
    pub random: usize,
    pub quotient: Vec<usize>,
    pub advice_evals: Vec<usize>,
    pub fixed_evals: Vec<usize>,
    pub random_eval: usize,
    pub permutation_evals: Vec<usize>,
    /// At x, ωx and, but for the last, the last active row.
    pub product_evals: Vec<Vec<usize>>,
    /// Product, product at ωx, input, input at x/ω, table.
    pub lookup_evals: Vec<[usize; 5]>,
    pub h1: usize,
    pub h2: usize,
    pub length: usize,
    /// What is absorbed before each challenge: θ, β, γ, y, x, y', v, u.
    pub absorbed: [Range<usize>; 8],
    /// All scalars, which are in one piece.
    pub scalars: Range<usize>,
}

/// Columns that share one permutation product.
pub(super) fn chunk(d: &Description) -> usize {
    usize::from(d.degree) - 2
}

impl Layout {
    pub fn new(key: &Key) -> Self {
        let d = key.description();
        let sets = d.permutation.len().div_ceil(chunk(d));
        let mut at = 0;
        let mut next = |size| {
            at += size;
            at - size
        };
        let advice = (0..d.advice).map(|_| next(POINT)).collect();
        let after_advice = next(0);
        let permuted: Vec<[usize; 2]> = d.lookups.iter().map(|_| [next(POINT), next(POINT)]).collect();
        let after_permuted = next(0);
        let products = (0..sets).map(|_| next(POINT)).collect();
        let lookups = permuted.into_iter().map(|[input, table]| [input, table, next(POINT)]).collect();
        let random = next(POINT);
        let after_random = next(0);
        let quotient = (1..d.degree).map(|_| next(POINT)).collect();
        let first_scalar = next(0);
        let mut scalars = |count| -> Vec<usize> { (0..count).map(|_| next(SCALAR)).collect() };
        let advice_evals = scalars(d.advice_queries.len());
        let fixed_evals = scalars(d.fixed_queries.len());
        let random_eval = scalars(1)[0];
        let permutation_evals = scalars(d.permutation.len());
        let product_evals = (1..=sets).map(|set| scalars(if set < sets { 3 } else { 2 })).collect();
        let lookup_evals = d.lookups.iter().map(|_| [(); 5].map(|()| next(SCALAR))).collect();
        let h1 = next(POINT);
        let h2 = next(POINT);
        let length = next(0);
        Self {
            advice,
            lookups,
            products,
            random,
            quotient,
            advice_evals,
            fixed_evals,
            random_eval,
            permutation_evals,
            product_evals,
            lookup_evals,
            h1,
            h2,
            length,
            absorbed: [
                0..after_advice,
                after_advice..after_permuted,
                after_permuted..after_permuted,
                after_permuted..after_random,
                after_random..first_scalar,
                first_scalar..h1,
                h1..h1,
                h1..h2,
            ],
            scalars: first_scalar..h1,
        }
    }

    /// Offsets of all points.
    pub fn points(&self) -> impl Iterator<Item = usize> {
        (0..self.scalars.start).step_by(POINT).chain([self.h1, self.h2])
    }
}
