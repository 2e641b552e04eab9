//! The rows of the table as powers of ω, and Lagrange polynomials over them.

use alloc::vec::Vec;

use ark_bn254::Fr;
use ark_ff::{AdditiveGroup, Field, MontFp, batch_inversion};

/// halo2's primitive 2^28-th root of unity, `7^((r − 1)/2^28)`. (arkworks takes a power of 5 instead.)
const ROOT: Fr = MontFp!("1748695177688661943023146337482803886740723238769601073607632802312037301404");
const TWO_ADICITY: u8 = 28;

/// `7^(2^28)`: multiplies the identity permutation of each column into a coset of its own.
pub(super) const DELTA: Fr =
    MontFp!("4131629893567559867359510883348571134090853742863529169391034518566172092834");

/// The subgroup of order `rows`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Domain {
    rows: u64,
    omega: Fr,
}

impl Domain {
    /// The domain of `2^k` rows, if the field has one.
    pub fn new(k: u8) -> Option<Self> {
        let mut omega = ROOT;
        for _ in 0..TWO_ADICITY.checked_sub(k)? {
            omega.square_in_place();
        }
        Some(Self { rows: 1 << k, omega })
    }

    pub fn rows(&self) -> u64 {
        self.rows
    }

    /// The row that lies `rotation` rows below row 0, cyclically.
    pub fn row(&self, rotation: i32) -> u64 {
        // `rows` is a power of two: reducing the two's complement reduces the number.
        i64::from(rotation).cast_unsigned() & (self.rows - 1)
    }

    /// ω^row.
    pub fn power(&self, row: u64) -> Fr {
        self.omega.pow([row])
    }

    /// `x^rows`.
    pub fn raise(&self, x: Fr) -> Fr {
        let mut power = x;
        for _ in 0..self.rows.trailing_zeros() {
            power.square_in_place();
        }
        power
    }

    /// `L_row(x)` for each of `rows`: 1 at that row, 0 at the others. `None` if x lies in the domain.
    ///
    /// `L_i(x) = (x^n − 1)/n · ω^i/(x − ω^i)`.
    pub fn lagrange(&self, x: Fr, rows: impl Iterator<Item = u64>) -> Option<Vec<Fr>> {
        let vanishing = self.raise(x) - Fr::ONE;
        if vanishing == Fr::ZERO {
            return None;
        }
        let powers: Vec<Fr> = rows.map(|row| self.power(row)).collect();
        let mut inverses: Vec<Fr> = powers.iter().map(|power| (x - power) * Fr::from(self.rows)).collect();
        batch_inversion(&mut inverses);
        Some(powers.iter().zip(inverses).map(|(power, inverse)| vanishing * power * inverse).collect())
    }
}

#[cfg(test)]
mod tests {
    use ark_ff::{FftField, PrimeField};

    use super::*;

    #[test]
    fn constants_are_the_powers_of_seven() {
        let seven = Fr::from(7u64);
        assert_eq!(ROOT, seven.pow(Fr::TRACE));
        assert_eq!(DELTA, seven.pow([1 << 28]));
        assert_eq!(Fr::TWO_ADICITY, 28);
    }

    #[test]
    fn lagrange_polynomials_interpolate() {
        let domain = Domain::new(3).unwrap();
        let x = Fr::from(12345u64);
        let values = domain.lagrange(x, 0..8).unwrap();
        let sum =
            |weight: &dyn Fn(u64) -> Fr| values.iter().zip(0..).map(|(l, i)| *l * weight(i)).sum::<Fr>();
        assert_eq!(sum(&|_| Fr::ONE), Fr::ONE);
        assert_eq!(sum(&|row| domain.power(row).pow([5])), x.pow([5]));
        assert_eq!(domain.lagrange(domain.power(3), 0..8), None);
    }

    #[test]
    fn rotations_wrap() {
        let domain = Domain::new(4).unwrap();
        assert_eq!([0, 3, -1, -15].map(|rotation| domain.row(rotation)), [0, 3, 15, 1]);
    }
}
