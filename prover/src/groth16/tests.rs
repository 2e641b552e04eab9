//! Tests of the whole engine on small circuits.

mod cancel;
mod corpus;
mod exchange;
mod key_file;
mod malformed;
mod processes;
mod proof;
mod snarkjs;

use std::path::{Path, PathBuf};

use ark_bn254::{Bn254, Fr};
use ark_ff::{Field, One, Zero};
use ark_groth16::{
    Groth16,
    r1cs_to_qap::{LibsnarkReduction, R1CSToQAP},
};
use popw_circuits::drivers::{
    evaluate::Assignment,
    r1cs::{Csr, Matrices},
};
use popw_files::{Content, FileError, Output, Overwrite};
use popw_verifier::key::VerifyingKey;
use tempfile::TempDir;

use super::*;
use crate::progress::Silent;

/// A circuit with bits, long sums, repeated and distinct coefficients, a variable that only B names, one that no
/// constraint names, and a public input that no constraint names; and an assignment of it.
fn sample(steps: usize, start: u64) -> (Matrices, Assignment) {
    let mut builder = Builder::new(3);
    builder.values[2] = Fr::from(1u64 << 40 | start);
    builder.values[3] = Fr::from(7u64);
    let mut x = builder.variable(Fr::from(start));
    let unused = builder.variable(Fr::from(5u64));
    let only_b = builder.variable(Fr::from(start) + Fr::from(3u64));
    builder.enforce(&[(x, Fr::one()), (0, Fr::from(3u64))], &[(only_b, Fr::one())], None);
    for step in 0..steps {
        let bit = builder.variable(Fr::from((start >> (step % 16)) & 1));
        builder.enforce(&[(bit, Fr::one())], &[(bit, Fr::one()), (0, -Fr::one())], Some(Fr::zero()));
        let constant = Fr::from(step as u64 + 2).inverse().unwrap();
        let square =
            builder.enforce(&[(x, Fr::one()), (bit, constant)], &[(x, -Fr::one()), (0, constant)], None);
        x = builder.enforce(
            &[(square, Fr::from(9u64)), (x, Fr::one()), (bit, -Fr::one())],
            &[(0, Fr::one())],
            None,
        );
    }
    builder.values[1] = builder.values[x];
    builder.enforce(&[(x, Fr::one()), (1, -Fr::one())], &[(0, Fr::one())], Some(Fr::zero()));
    builder.enforce(&[(2, Fr::one())], &[(0, Fr::one())], None);
    let _ = unused;
    builder.finish()
}

struct Builder {
    public: usize,
    values: Vec<Fr>,
    matrices: [Csr; 3],
}

impl Builder {
    fn new(public: usize) -> Self {
        let matrix = || Csr { row_starts: vec![0], ..Csr::default() };
        let mut values = vec![Fr::zero(); public + 1];
        values[0] = Fr::one();
        Self { public, values, matrices: [matrix(), matrix(), matrix()] }
    }

    fn variable(&mut self, value: Fr) -> usize {
        self.values.push(value);
        self.values.len() - 1
    }

    /// Constrains `a · b` to be a constant, or a new variable, whose column is returned.
    fn enforce(&mut self, a: &[(usize, Fr)], b: &[(usize, Fr)], product: Option<Fr>) -> usize {
        let value = |terms: &[(usize, Fr)]| terms.iter().map(|(v, c)| self.values[*v] * c).sum::<Fr>();
        let result = value(a) * value(b);
        let (column, c) = match product {
            Some(constant) => {
                assert_eq!(constant, result, "the sample must be honest");
                (0, vec![(0, constant)])
            }
            None => {
                let column = self.variable(result);
                (column, vec![(column, Fr::one())])
            }
        };
        for (matrix, terms) in self.matrices.iter_mut().zip([a, b, &c]) {
            let mut terms: Vec<_> = terms.iter().filter(|(_, c)| !c.is_zero()).copied().collect();
            terms.sort_by_key(|(column, _)| *column);
            for (column, coefficient) in terms {
                matrix.columns.push(column as u32);
                matrix.values.push(coefficient);
            }
            matrix.row_starts.push(matrix.columns.len() as u32);
        }
        column
    }

    fn finish(self) -> (Matrices, Assignment) {
        let Self { public, values, matrices: [a, b, c] } = self;
        let matrices = Matrices { public, witness: values.len() - 1 - public, a, b, c };
        let assignment =
            Assignment { public: values[1..=public].to_vec(), witness: values[public + 1..].to_vec().into() };
        assert_eq!(matrices.first_violated(&values), None);
        (matrices, assignment)
    }
}

/// A key in a folder of its own.
struct Fixture {
    folder: TempDir,
    matrices: Matrices,
    assignment: Assignment,
    verifying_key: VerifyingKey,
}

impl Fixture {
    fn new(steps: usize) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let (matrices, assignment) = sample(steps, 11);
        let path = folder.path().join("sample.pk");
        let verifying_key = setup(&path, &matrices, &purpose(), &SEED, &Silent).unwrap();
        Self { folder, matrices, assignment, verifying_key }
    }

    /// Replaces the key by one of the same secrets in this basis, with or without C.
    fn rewrite(&self, basis: QuotientBasis, knows_c: bool) {
        let matrices = &self.matrices;
        let parameters = match basis {
            QuotientBasis::Coset => setup::generate::<reduction::CosetReduction>(matrices, &SEED),
            QuotientBasis::Coefficients => setup::generate::<LibsnarkReduction>(matrices, &SEED),
        };
        let parameters = parameters.unwrap();
        let dimensions = Dimensions::new(matrices.public, matrices.witness, matrices.constraints()).unwrap();
        let mut compact = matrix::Compact::new(matrices);
        compact.c = compact.c.filter(|_| knows_c);
        let key = &self.verifying_key;
        let contents = write::Contents::of_parameters(dimensions, basis, key, &compact, &parameters);
        let mut file = std::fs::File::create(self.path()).unwrap();
        write::write(&mut file, &contents, &Silent).unwrap();
    }

    /// arkworks' own proof with these parameters.
    fn arkworks_proof<Reduction: R1CSToQAP>(
        &self,
        parameters: &ark_groth16::ProvingKey<Bn254>,
        [r, s]: [Fr; 2],
    ) -> ark_groth16::Proof<Bn254> {
        let variables = self.variables();
        let circuit = Replay { matrices: &self.matrices, variables: Some(&variables) };
        Groth16::<Bn254, Reduction>::create_proof_with_reduction(circuit, parameters, r, s).unwrap()
    }

    fn path(&self) -> PathBuf {
        self.folder.path().join("sample.pk")
    }

    fn open(&self) -> ProvingKey {
        open(&self.path()).unwrap()
    }

    /// `(1, public…, witness…)`.
    fn variables(&self) -> Vec<Fr> {
        self.assignment.full()
    }
}

const SEED: Entropy = Entropy::Seed([7; 32]);

fn purpose() -> Purpose {
    Purpose { claim: "sample".into(), claim_version: 1, shape: "demo".into() }
}

/// Where a file goes, replacing one of that name.
fn to(path: &Path) -> Output {
    Output::new(path, Content::stream("file"), Overwrite::Yes).unwrap()
}

fn open(path: &Path) -> Result<ProvingKey, KeyError> {
    ProvingKey::open(path, Check::Now, &Silent)
}
