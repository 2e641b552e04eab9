//! Sizes of a circuit, and the basis of the quotient.

use super::KeyProblem;

/// Largest power of two that divides r − 1, less one: twice the domain must have a root of unity.
const MAX_LOG_DOMAIN: u32 = 27;

/// Sizes of a circuit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Dimensions {
    /// Public inputs, without the constant 1.
    pub public: u32,
    /// Witness variables.
    pub witness: u32,
    /// Constraints.
    pub constraints: u32,
    /// Binary logarithm of the size of the evaluation domain.
    pub log_domain: u32,
}

impl Dimensions {
    /// Sizes of a circuit with these numbers of public inputs, witness variables and constraints.
    ///
    /// # Errors
    /// [`KeyProblem::TooLarge`] if the numbers do not fit the format or the evaluation domain does not fit the
    /// scalar field.
    pub fn new(public: usize, witness: usize, constraints: usize) -> Result<Self, KeyProblem> {
        let number = |n: usize, what| u32::try_from(n).map_err(|_| KeyProblem::TooLarge(what));
        let rows = constraints.saturating_add(public).saturating_add(1);
        let log_domain = rows.checked_next_power_of_two().map_or(u32::MAX, usize::trailing_zeros);
        if log_domain > MAX_LOG_DOMAIN || public.saturating_add(witness) >= u32::MAX as usize {
            return Err(KeyProblem::TooLarge("more than 2^27 constraints or 2^32 variables"));
        }
        Ok(Self {
            public: number(public, "public inputs")?,
            witness: number(witness, "witness variables")?,
            constraints: number(constraints, "constraints")?,
            log_domain,
        })
    }

    /// Variables with the constant 1: the columns of the matrices.
    pub fn variables(&self) -> usize {
        1 + self.public as usize + self.witness as usize
    }

    /// Size of the evaluation domain.
    pub fn domain(&self) -> usize {
        1 << self.log_domain
    }
}

/// In which basis the quotient `h = (a·b − c)/Z` is committed to, `Z = Xⁿ − 1`. Proofs are the same in both.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u32)]
pub enum QuotientBasis {
    /// The Lagrange basis over the coset `ω'·⟨ω⟩`, where `Z` is −2: `n` points `[L_j(τ)·Z(τ)/(−2δ)]₁`, which pair with
    /// the values of `a·b − c`. What `popw setup` and snarkjs make.
    Coset = 1,
    /// Powers: `n − 1` points `[τⁱ·Z(τ)/δ]₁`, which pair with the coefficients of `h`. What libsnark and arkworks make.
    Coefficients = 2,
}

impl QuotientBasis {
    pub(in crate::groth16) const fn decode(number: u32) -> Option<Self> {
        match number {
            1 => Some(Self::Coset),
            2 => Some(Self::Coefficients),
            _ => None,
        }
    }

    /// Number of points of the H query over a domain of `n` points.
    pub const fn points(self, n: usize) -> usize {
        match self {
            Self::Coset => n,
            Self::Coefficients => n.saturating_sub(1),
        }
    }
}
