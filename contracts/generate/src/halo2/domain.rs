//! Rows of the table as powers of ω, and what is known about them before any proof: as `popw_verifier`'s `domain.rs`.

use ark_bn254::Fr;
use ark_ff::{AdditiveGroup, Field, PrimeField};

/// Multiplies the identity permutation of each column into a coset of its own.
pub(super) fn delta() -> Fr {
    Fr::from(7u64).pow([1 << 28])
}

/// The subgroup of order `2^k`.
#[derive(Clone, Copy)]
pub(super) struct Domain {
    pub rows: u64,
    omega: Fr,
}

impl Domain {
    pub fn new(k: u8) -> Self {
        let omega = Fr::from(7u64).pow(Fr::TRACE).pow([1u64 << (28 - k)]);
        Self { rows: 1 << k, omega }
    }

    /// ω^row.
    pub fn power(&self, row: u64) -> Fr {
        self.omega.pow([row])
    }

    /// Numerator and denominator of `Σ ω^i/(x − ω^i)` over some rows, as coefficients, the lowest first.
    pub fn sum_of_lagrange(&self, rows: impl Iterator<Item = u64>) -> (Vec<Fr>, Vec<Fr>) {
        let (mut numerator, mut denominator) = (vec![Fr::ZERO], vec![Fr::ONE]);
        for root in rows.map(|row| self.power(row)) {
            // N/D + root/(x − root) = (N·(x − root) + D·root)/(D·(x − root))
            numerator = times_root(&numerator, root);
            for (sum, term) in numerator.iter_mut().zip(&denominator) {
                *sum += *term * root;
            }
            denominator = times_root(&denominator, root);
        }
        (numerator, denominator)
    }
}

/// `polynomial · (x − root)`.
fn times_root(polynomial: &[Fr], root: Fr) -> Vec<Fr> {
    let mut product = vec![Fr::ZERO; polynomial.len() + 1];
    for (power, coefficient) in polynomial.iter().enumerate() {
        product[power + 1] += coefficient;
        product[power] -= root * coefficient;
    }
    product
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sum_of_fractions_is_one_fraction() {
        let domain = Domain::new(5);
        let x = Fr::from(12345u64);
        let at = |polynomial: &[Fr]| polynomial.iter().rev().fold(Fr::ZERO, |sum, c| sum * x + c);
        let (numerator, denominator) = domain.sum_of_lagrange(3..9);
        let expected: Fr = (3..9).map(|row| domain.power(row) / (x - domain.power(row))).sum();
        assert_eq!(at(&numerator) / at(&denominator), expected);
        assert_eq!((domain.power(32), domain.power(16)), (Fr::ONE, -Fr::ONE));
    }
}
