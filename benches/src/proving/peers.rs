//! ark-groth16 on the circuit of one of our keys.

use std::{fs::File, io::BufReader};

use ark_bn254::{Bn254, Fr};
use ark_ec::AffineRepr;
use ark_ff::{PrimeField, UniformRand};
use ark_groth16::{
    Groth16, Proof, ProvingKey as ArkKey, prepare_verifying_key,
    r1cs_to_qap::{LibsnarkReduction, R1CSToQAP, evaluate_constraint},
};
use ark_poly::EvaluationDomain;
use ark_relations::gr1cs::{ConstraintSystemRef, Matrix, SynthesisError};
use ark_serialize::CanonicalDeserialize;
use popw_prover::{
    groth16::{
        Check, ProvingKey,
        backend::{MatrixView, Query},
    },
    progress::Silent,
};
use popw_verifier::key::Payload;
use rayon::prelude::*;

use super::{Error, case::Files};

type Stock = Groth16<Bn254>;

/// How this executable has ark's field arithmetic.
pub fn build() -> &'static str {
    let instructions = cfg!(all(target_feature = "bmi2", target_feature = "adx"));
    match (instructions, cfg!(feature = "asm")) {
        (true, true) => "bmi2, adx, its assembly",
        (true, false) => "bmi2, adx",
        (false, _) => "portable",
    }
}

/// Reads ark's key, validating every point if `checked`.
///
/// # Errors
/// The file's.
pub fn read_key(files: &Files, checked: bool) -> Result<ArkKey<Bn254>, Error> {
    let path = if files.ark_coset().exists() { files.ark_coset() } else { files.ark() };
    let file = BufReader::with_capacity(1 << 20, File::open(path)?);
    Ok(if checked {
        ArkKey::deserialize_uncompressed(file)?
    } else {
        ArkKey::deserialize_uncompressed_unchecked(file)?
    })
}

/// Our key as ark's type has it.
///
/// # Errors
/// It is not of Groth16.
pub fn key_of(key: &ProvingKey) -> Result<ArkKey<Bn254>, Error> {
    let Payload::Groth16(verifying) = key.verifying_key().payload() else {
        return Err("not a key of Groth16".into());
    };
    let view = key.view();
    let variables = view.dimensions.variables();
    Ok(ArkKey {
        vk: (&**verifying).into(),
        beta_g1: view.constants.beta_g1,
        delta_g1: view.constants.delta_g1,
        a_query: dense(&view.a_query, variables),
        b_g1_query: dense(&view.b_g1_query, variables),
        b_g2_query: dense(&view.b_g2_query, variables),
        h_query: view.h_query.to_vec(),
        l_query: dense(&view.l_query, variables).split_off(1 + view.dimensions.public as usize),
    })
}

/// With infinity where there is no point.
fn dense<P: AffineRepr>(query: &Query<'_, P>, variables: usize) -> Vec<P> {
    let mut points = vec![P::zero(); variables];
    for (column, point) in query.columns.iter().zip(query.points) {
        points[*column as usize] = *point;
    }
    points
}

/// How ark's prover is run on keys of snarkjs (as by ark-circom): the quotient by its values on the coset of a square root of the
/// domain's generator, C taken for the product of A and B.
struct Coset;

impl R1CSToQAP for Coset {
    #[allow(clippy::type_complexity)]
    fn instance_map_with_evaluation<F: PrimeField, D: EvaluationDomain<F>>(
        cs: ConstraintSystemRef<F>,
        t: &F,
    ) -> Result<(Vec<F>, Vec<F>, Vec<F>, F, usize, usize), SynthesisError> {
        LibsnarkReduction::instance_map_with_evaluation::<F, D>(cs, t)
    }

    fn witness_map_from_matrices<F: PrimeField, D: EvaluationDomain<F>>(
        matrices: &[Matrix<F>],
        num_inputs: usize,
        num_constraints: usize,
        full_assignment: &[F],
    ) -> Result<Vec<F>, SynthesisError> {
        let domain = D::new(num_constraints + num_inputs).ok_or(SynthesisError::PolynomialDegreeTooLarge)?;
        let size = domain.size();
        let values = |matrix: &Matrix<F>| {
            let mut values: Vec<F> =
                matrix.par_iter().map(|row| evaluate_constraint(row, full_assignment)).collect();
            values.resize(size, F::zero());
            values
        };
        let (mut a, mut b) = (values(&matrices[0]), values(&matrices[1]));
        a[num_constraints..num_constraints + num_inputs].copy_from_slice(&full_assignment[..num_inputs]);
        let mut c: Vec<F> = a.par_iter().zip(&b).map(|(a, b)| *a * b).collect();
        let shift = F::get_root_of_unity(2 * size as u64).ok_or(SynthesisError::PolynomialDegreeTooLarge)?;
        let coset = domain.get_coset(shift).ok_or(SynthesisError::PolynomialDegreeTooLarge)?;
        for values in [&mut a, &mut b, &mut c] {
            domain.ifft_in_place(values);
            coset.fft_in_place(values);
        }
        a.par_iter_mut().zip(&b).zip(&c).for_each(|((a, b), c)| *a = *a * b - c);
        Ok(a)
    }

    fn h_query_scalars<F: PrimeField, D: EvaluationDomain<F>>(
        _max_power: usize,
        _t: F,
        _zt: F,
        _delta_inverse: F,
    ) -> Result<Vec<F>, SynthesisError> {
        // No key is generated in this basis here.
        Err(SynthesisError::Unsatisfiable)
    }
}

/// All that ark's prover reads, in memory: it is charged for neither synthesis nor reading.
pub struct Ark {
    coset: bool,
    key: ArkKey<Bn254>,
    matrices: Vec<Matrix<Fr>>,
    constraints: usize,
    inputs: usize,
    variables: Vec<Fr>,
}

impl Ark {
    /// # Errors
    /// The files'.
    pub fn load(files: &Files) -> Result<Self, Error> {
        let ours = ProvingKey::open(&files.popw(), Check::Once, &Silent)?;
        let view = ours.view();
        let matrix = |matrix: MatrixView<'_>| -> Matrix<Fr> {
            let entry = |[column, index]: &[u32; 2]| (view.coefficients[*index as usize], *column as usize);
            let row = |row| matrix.row(row).iter().map(entry).collect();
            (0..view.dimensions.constraints as usize).map(row).collect()
        };
        Ok(Self {
            coset: files.ark_coset().exists(),
            // C is not in keys of snarkjs, nor read for them.
            matrices: [Some(view.a), Some(view.b), view.c].into_iter().flatten().map(matrix).collect(),
            constraints: view.dimensions.constraints as usize,
            inputs: view.dimensions.public as usize + 1,
            key: read_key(files, false)?,
            variables: files.read_assignment()?.full(),
        })
    }

    /// # Errors
    /// The prover's.
    pub fn prove(&self) -> Result<Proof<Bn254>, Error> {
        let random = &mut ark_std::test_rng();
        let prove = match self.coset {
            false => Stock::create_proof_with_reduction_and_matrices,
            true => Groth16::<Bn254, Coset>::create_proof_with_reduction_and_matrices,
        };
        let (r, s) = (Fr::rand(random), Fr::rand(random));
        Ok(prove(&self.key, r, s, &self.matrices, self.inputs, self.constraints, &self.variables)?)
    }

    /// # Errors
    /// The proof does not hold.
    pub fn verify(&self, proof: &Proof<Bn254>) -> Result<(), Error> {
        let key = prepare_verifying_key(&self.key.vk);
        match Stock::verify_proof(&key, proof, &self.variables[1..self.inputs])? {
            true => Ok(()),
            false => Err("ark-groth16 made a proof that does not hold".into()),
        }
    }
}
