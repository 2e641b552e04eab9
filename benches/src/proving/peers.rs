//! ark-groth16 on the circuit of one of our keys.

use std::{fs::File, io::BufReader};

use ark_bn254::{Bn254, Fr};
use ark_ff::UniformRand;
use ark_groth16::{Groth16, Proof, ProvingKey as ArkKey, prepare_verifying_key};
use ark_relations::gr1cs::Matrix;
use ark_serialize::CanonicalDeserialize;
use popw_prover::{
    backend::MatrixView,
    groth16::{Check, ProvingKey},
    progress::Silent,
};

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
    let file = BufReader::with_capacity(1 << 20, File::open(files.ark())?);
    Ok(if checked {
        ArkKey::deserialize_uncompressed(file)?
    } else {
        ArkKey::deserialize_uncompressed_unchecked(file)?
    })
}

/// All that ark's prover reads, in memory: it is charged for neither synthesis nor reading.
pub struct Ark {
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
            matrices: vec![matrix(view.a), matrix(view.b), matrix(view.c)],
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
        Ok(Stock::create_proof_with_reduction_and_matrices(
            &self.key,
            Fr::rand(random),
            Fr::rand(random),
            &self.matrices,
            self.inputs,
            self.constraints,
            &self.variables,
        )?)
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
