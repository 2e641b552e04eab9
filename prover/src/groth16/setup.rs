//! Making development keys.

use std::path::{Path, PathBuf};

use ark_bn254::{Bn254, G1Projective, G2Projective};
use ark_ec::PrimeGroup;
use ark_groth16::Groth16;
use ark_relations::gr1cs::SynthesisError;
use popw_circuits::drivers::r1cs::{Csr, Matrices};
use popw_files::{Content, FileError, Output, Overwrite};
use popw_verifier::{
    groth16::Key,
    key::{Development, Header, Payload, System, VerifyingKey},
};
use zeroize::Zeroize;

use super::{
    entropy::{Entropy, EntropyError, Stream},
    error::{KeyError, KeyProblem},
    layout::{Dimensions, QuotientBasis},
    matrix::Compact,
    reduction::{CosetReduction, Replay},
    stamp::Stamp,
    write::{Contents, bytes_at_most, write},
};
use crate::progress::{Part, ProgressSink};

/// What a key is made for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Purpose {
    /// Claim id, such as `uptime`.
    pub claim: String,
    /// Version of the claim.
    pub claim_version: u16,
    /// Shape, such as `standard`.
    pub shape: String,
}

/// Why no key was made.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SetupError {
    /// The key file could not be written.
    #[error(transparent)]
    File(#[from] KeyError),
    /// The circuit is not a constraint system, or is too large.
    #[error("unusable matrices: {0}")]
    Matrices(&'static str),
    /// The generator failed.
    #[error("parameter generation: {0}")]
    Generator(SynthesisError),
    /// The verifying key that came out is not usable.
    #[error("verifying key: {0}")]
    VerifyingKey(#[from] popw_verifier::key::KeyError),
    /// No randomness.
    #[error(transparent)]
    Entropy(#[from] EntropyError),
}

/// Makes a proving key for a circuit and writes it to `path`, replacing a file of that name; returns the
/// verifying key, which is also inside the file.
///
/// The key is a development key: this process knows its secrets for a moment. They are wiped here, but arkworks
/// copies them while it works, and such copies may stay in memory until they are overwritten.
///
/// Takes about 50 µs of processor time and 1 kB of memory a constraint.
///
/// # Errors
/// [`SetupError`]; the old file, if any, is then untouched.
pub fn setup(
    path: &Path,
    matrices: &Matrices,
    purpose: &Purpose,
    entropy: &Entropy,
    progress: &dyn ProgressSink,
) -> Result<VerifyingKey, SetupError> {
    progress.report("checking the matrices", 0.0);
    let dimensions = check(matrices)?;
    let entries = matrices.a.columns.len() + matrices.b.columns.len() + matrices.c.columns.len();
    let at_most = bytes_at_most(&dimensions, entries);
    // Before the work, so that a path that cannot be written is not noticed after it.
    let mut output =
        Output::new(path, Content::file("proving key"), Overwrite::Yes).map_err(KeyError::from)?;

    progress.report("computing the key's points", 0.02);
    let parameters = generate::<CosetReduction>(matrices, entropy)?;
    let header = Header {
        system: System::Groth16,
        claim: purpose.claim.clone(),
        claim_version: purpose.claim_version,
        shape: purpose.shape.clone(),
        development: Some(match entropy {
            Entropy::System => Development::Random,
            Entropy::Seed(_) => Development::Seeded,
        }),
    };
    let vk = &parameters.vk;
    let key = Key::new(vk.alpha_g1, vk.beta_g2, vk.gamma_g2, vk.delta_g2, vk.gamma_abc_g1.clone())?;
    let verifying_key = VerifyingKey::new(header, Payload::Groth16(Box::new(key)))?;

    let basis = QuotientBasis::Coset;
    let compact = Compact::new(matrices);
    let contents = Contents::of_parameters(dimensions, basis, &verifying_key, &compact, &parameters);
    let fail = KeyError::writing(path, at_most);
    let file = output.file().map_err(KeyError::from)?;
    let (digest, _) = write(file, &contents, &Part::new(progress, 0.95, 1.0)).map_err(fail)?;
    drop(contents);
    output.finish().map_err(KeyError::from)?;
    let metadata = std::fs::metadata(path).map_err(KeyError::reading(path))?;
    Stamp::new(&metadata, &digest).set(path);
    Ok(verifying_key)
}

/// arkworks' generator, on the standard generators of both groups.
pub(super) fn generate<Reduction: ark_groth16::r1cs_to_qap::R1CSToQAP>(
    matrices: &Matrices,
    entropy: &Entropy,
) -> Result<ark_groth16::ProvingKey<Bn254>, SetupError> {
    let mut stream = Stream::new(entropy)?;
    let mut secrets = [(); 4].map(|()| stream.scalar());
    let [alpha, beta, gamma, delta] = secrets;
    let circuit = Replay { matrices, variables: None };
    let parameters = Groth16::<Bn254, Reduction>::generate_parameters_with_qap(
        circuit,
        alpha,
        beta,
        gamma,
        delta,
        G1Projective::generator(),
        G2Projective::generator(),
        &mut stream,
    );
    secrets.zeroize();
    parameters.map_err(SetupError::Generator)
}

/// Path of the verifying key that belongs to a proving key: the same with the extension `vk`.
pub fn verifying_key_path(proving_key: &Path) -> PathBuf {
    proving_key.with_extension("vk")
}

/// Writes a verifying key to its own file.
///
/// # Errors
/// As of [`Output::write`].
pub fn write_verifying_key(output: Output, key: &VerifyingKey) -> Result<(), FileError> {
    output.write(&key.to_bytes())
}

fn check(matrices: &Matrices) -> Result<Dimensions, SetupError> {
    let Matrices { public, witness, a, b, c } = matrices;
    let constraints = matrices.constraints();
    let dimensions = Dimensions::new(*public, *witness, constraints).map_err(|problem| match problem {
        KeyProblem::TooLarge(what) => SetupError::Matrices(what),
        _ => SetupError::Matrices("sizes"),
    })?;
    if constraints == 0 {
        return Err(SetupError::Matrices("no constraints"));
    }
    for matrix in [a, b, c] {
        check_matrix(matrix, constraints, dimensions.variables()).map_err(SetupError::Matrices)?;
    }
    Ok(dimensions)
}

fn check_matrix(matrix: &Csr, constraints: usize, columns: usize) -> Result<(), &'static str> {
    let entries = matrix.columns.len();
    if matrix.rows() != constraints || matrix.values.len() != entries {
        return Err("three matrices of different shapes");
    }
    let starts = &matrix.row_starts;
    let ordered = starts.windows(2).all(|pair| pair[0] <= pair[1]);
    if !ordered || starts.first() != Some(&0) || starts.last().map(|end| *end as usize) != Some(entries) {
        return Err("rows that overlap or leave entries out");
    }
    if matrix.columns.iter().any(|column| *column as usize >= columns) {
        return Err("a column beyond the variables");
    }
    Ok(())
}
