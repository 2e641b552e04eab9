//! From R1CS to a quadratic arithmetic program, for setup.

use ark_bn254::Fr;
use ark_ff::{FftField, PrimeField};
use ark_groth16::r1cs_to_qap::{LibsnarkReduction, R1CSToQAP};
use ark_poly::EvaluationDomain;
use ark_relations::{
    gr1cs::{
        ConstraintSynthesizer, ConstraintSystemRef, Matrix, Result as SynthesisResult, SynthesisError,
        Variable,
    },
    lc,
};
use popw_circuits::drivers::r1cs::{Csr, Matrices};

/// libsnark's reduction with the quotient committed by its values instead of its coefficients.
///
/// The quotient `h = (a·b − c)/Z` has degree below `n`, so it is determined by its values on a coset of the
/// domain. With `ω' = √ω` as the coset's shift `Z` is −2 there, and `h(ω'ωʲ)·L_j(τ)` summed over `j` is `h(τ)`:
/// the generator's scalar `j` is `L_j(τ)·Z(τ)/(−2δ)`. Proofs are the same as with libsnark's basis, point for
/// point; the prover saves the last transform. (snarkjs has the same basis.)
pub(super) struct CosetReduction;

impl R1CSToQAP for CosetReduction {
    #[allow(clippy::type_complexity)]
    fn instance_map_with_evaluation<F: PrimeField, D: EvaluationDomain<F>>(
        cs: ConstraintSystemRef<F>,
        t: &F,
    ) -> Result<(Vec<F>, Vec<F>, Vec<F>, F, usize, usize), SynthesisError> {
        LibsnarkReduction::instance_map_with_evaluation::<F, D>(cs, t)
    }

    /// Values of `a·b − c` on the coset. Only used when arkworks' own prover checks this one.
    fn witness_map_from_matrices<F: PrimeField, D: EvaluationDomain<F>>(
        matrices: &[Matrix<F>],
        num_inputs: usize,
        num_constraints: usize,
        full_assignment: &[F],
    ) -> SynthesisResult<Vec<F>> {
        let h = LibsnarkReduction::witness_map_from_matrices::<F, D>(
            matrices,
            num_inputs,
            num_constraints,
            full_assignment,
        )?;
        let minus_two = -(F::one() + F::one());
        Ok(coset::<F, D>(h.len())?.fft(&h).into_iter().map(|value| value * minus_two).collect())
    }

    fn h_query_scalars<F: PrimeField, D: EvaluationDomain<F>>(
        max_power: usize,
        t: F,
        zt: F,
        delta_inverse: F,
    ) -> Result<Vec<F>, SynthesisError> {
        let minus_half = -(F::one() + F::one()).inverse().ok_or(SynthesisError::DivisionByZero)?;
        let factor = zt * delta_inverse * minus_half;
        let lagrange = coset::<F, D>(max_power + 1)?.evaluate_all_lagrange_coefficients(t);
        Ok(lagrange.into_iter().map(|value| value * factor).collect())
    }
}

fn coset<F: PrimeField, D: EvaluationDomain<F>>(size: usize) -> Result<D, SynthesisError> {
    let shift = <F as FftField>::get_root_of_unity(2 * size as u64);
    let coset = shift.and_then(|shift| D::new(size)?.get_coset(shift));
    coset.ok_or(SynthesisError::PolynomialDegreeTooLarge)
}

/// Hands matrices, and values if there are any, to arkworks' constraint system.
///
/// This is how setup reaches arkworks' generator, and how tests and benchmarks run its prover on our circuits.
#[derive(Clone, Copy, Debug)]
pub struct Replay<'a> {
    /// The circuit.
    pub matrices: &'a Matrices,
    /// `(1, public…, witness…)`, or nothing for setup.
    pub variables: Option<&'a [Fr]>,
}

impl ConstraintSynthesizer<Fr> for Replay<'_> {
    fn generate_constraints(self, cs: ConstraintSystemRef<Fr>) -> SynthesisResult<()> {
        let value = |column: usize| {
            let variables = self.variables.ok_or(SynthesisError::AssignmentMissing)?;
            variables.get(column).copied().ok_or(SynthesisError::AssignmentMissing)
        };
        let Matrices { public, witness, a, b, c } = self.matrices;
        let mut variables = vec![Variable::One];
        for column in 1..=*public {
            variables.push(cs.new_input_variable(|| value(column))?);
        }
        for column in 1 + public..1 + public + witness {
            variables.push(cs.new_witness_variable(|| value(column))?);
        }
        for row in 0..self.matrices.constraints() {
            let combination = |matrix: &Csr| {
                matrix
                    .row(row)
                    .fold(lc!(), |sum, (column, coefficient)| sum + (coefficient, variables[column]))
            };
            cs.enforce_r1cs_constraint(|| combination(a), || combination(b), || combination(c))?;
        }
        Ok(())
    }
}
