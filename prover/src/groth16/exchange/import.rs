//! Key files from keys of other software.

use std::{
    env,
    fs::{self, File},
    path::Path,
};

use popw_files::Output;
use popw_verifier::{
    groth16::Key,
    key::{CIRCUIT, Header, Payload, System, VerifyingKey},
};

use super::{
    super::{
        backend::KeyView,
        error::{KeyError, KeyProblem},
        key::ProvingKey,
        layout::{Dimensions, QuotientBasis, Section},
        mapping::Mapping,
        matrix::{Coefficients, Compact},
        raw,
        stamp::Stamp,
        write::{Contents, Points, write},
    },
    arkworks,
    container::{PIPED, map},
    error::{ExchangeError, ExchangeProblem},
    r1cs,
    zkey::{self, Zkey},
};
use crate::progress::{Part, ProgressSink};

/// A key of other software.
#[derive(Clone, Copy, Debug)]
pub enum Source<'a> {
    /// A `.zkey` file of snarkjs.
    Snarkjs {
        /// The key.
        zkey: &'a Path,
        /// The constraints, which supply C: with it a false assignment is found before proving, and the violated
        /// constraint is named.
        r1cs: Option<&'a Path>,
    },
    /// A proving key of arkworks.
    Arkworks {
        /// `ark_groth16::ProvingKey<Bn254>`, serialized, compressed or not.
        key: &'a Path,
        /// The constraints.
        r1cs: &'a Path,
    },
}

/// Makes a key file, and opens it. Every point of the source is checked.
///
/// The verifying key inside names the "claim" [`CIRCUIT`], version 0, and the source's file name as shape: no claim of
/// popw's, so a proof of the circuit is never taken for one.
///
/// # Errors
/// [`ExchangeError`], naming the file that is wrong and where; the old file, if any, is then untouched.
pub fn import(
    source: &Source<'_>,
    output: Output,
    progress: &dyn ProgressSink,
) -> Result<ProvingKey, ExchangeError> {
    build(source, Some(output), progress)
}

/// The same with a file that has no name and is gone with the key. It is made in the folder for temporary files.
///
/// # Errors
/// As of [`import`].
pub fn import_temporary(
    source: &Source<'_>,
    progress: &dyn ProgressSink,
) -> Result<ProvingKey, ExchangeError> {
    build(source, None, progress)
}

fn build(
    source: &Source<'_>,
    target: Option<Output>,
    progress: &dyn ProgressSink,
) -> Result<ProvingKey, ExchangeError> {
    progress.report("reading the key", 0.0);
    match *source {
        Source::Snarkjs { zkey: path, r1cs } => {
            let mapping = map(path, zkey::KIND.what, PIPED)?;
            let fail = |problem| ExchangeError::new(path, problem);
            let mut zkey = zkey::read(mapping.bytes()).map_err(fail)?;
            if let Some(r1cs) = r1cs {
                progress.report("reading the constraints", 0.05);
                add_products(&mut zkey, path, r1cs)?;
            }
            let verifying_key = verifying_key(path, zkey.verifying_key.clone()).map_err(fail)?;
            save(path, &contents(&zkey, &verifying_key), target, progress)
        }
        Source::Arkworks { key: path, r1cs } => {
            let mapping = map(path, arkworks::WHAT, PIPED)?;
            let fail = |problem| ExchangeError::new(path, problem);
            let parameters = arkworks::read(mapping.bytes()).map_err(fail)?;
            progress.report("reading the constraints", 0.05);
            let constraints = map(r1cs, r1cs::KIND.what, PIPED)?;
            let mut coefficients = Coefficients::default();
            let system = r1cs::read(constraints.bytes(), &mut coefficients)
                .map_err(|problem| ExchangeError::new(r1cs, problem))?;
            let dimensions = system.dimensions().map_err(|problem| ExchangeError::new(r1cs, problem))?;
            zkey::check_inputs(dimensions.public.into()).map_err(fail)?;
            let basis =
                basis_of(&parameters, &dimensions).map_err(|reason| other_circuit(path, r1cs, reason))?;
            let vk = &parameters.vk;
            let key =
                Key::of_circuit(vk.alpha_g1, vk.beta_g2, vk.gamma_g2, vk.delta_g2, vk.gamma_abc_g1.clone());
            let key = key.map_err(|error| fail(ExchangeProblem::VerifyingKey(error)))?;
            let verifying_key = verifying_key(path, key).map_err(fail)?;
            let matrices = Compact { coefficients, a: system.a, b: system.b, c: Some(system.c) };
            let contents = Contents::of_parameters(dimensions, basis, &verifying_key, &matrices, &parameters);
            save(path, &contents, target, progress)
        }
    }
}

fn other_circuit(path: &Path, other: &Path, reason: String) -> ExchangeError {
    ExchangeError::new(path, ExchangeProblem::OtherCircuit { other: other.to_owned(), reason })
}

/// Takes C from the constraints, after comparing sizes, A and B.
fn add_products(zkey: &mut Zkey<'_>, key: &Path, path: &Path) -> Result<(), ExchangeError> {
    let mapping = map(path, r1cs::KIND.what, PIPED)?;
    let fail = |problem| ExchangeError::new(path, problem);
    let system = r1cs::read(mapping.bytes(), &mut zkey.matrices.coefficients).map_err(fail)?;
    let found = system.dimensions().map_err(fail)?;
    let expected = zkey.dimensions;
    let sizes = [
        ("public inputs", found.public, expected.public),
        ("witness variables", found.witness, expected.witness),
        ("constraints", found.constraints, expected.constraints),
    ];
    if let Some((what, found, expected)) = sizes.into_iter().find(|(_, found, expected)| found != expected) {
        return Err(other_circuit(path, key, format!("{found} {what} instead of {expected}")));
    }
    for (name, found, expected) in [("A", &system.a, &zkey.matrices.a), ("B", &system.b, &zkey.matrices.b)] {
        if let Some(row) = expected.first_difference(found) {
            return Err(other_circuit(path, key, format!("constraint {row} has another {name}")));
        }
    }
    zkey.matrices.c = Some(system.c);
    Ok(())
}

/// The basis that the number of H points tells, if the numbers of all points are the circuit's.
fn basis_of(
    parameters: &ark_groth16::ProvingKey<ark_bn254::Bn254>,
    dimensions: &Dimensions,
) -> Result<QuotientBasis, String> {
    let variables = dimensions.variables();
    let counts = [
        ("IC points", parameters.vk.gamma_abc_g1.len(), 1 + dimensions.public as usize),
        ("points of the A query", parameters.a_query.len(), variables),
        ("points of the B query in G1", parameters.b_g1_query.len(), variables),
        ("points of the B query in G2", parameters.b_g2_query.len(), variables),
        ("points of the L query", parameters.l_query.len(), dimensions.witness as usize),
    ];
    if let Some((what, found, expected)) = counts.into_iter().find(|(_, found, expected)| found != expected) {
        return Err(format!("{found} {what} instead of {expected}"));
    }
    let found = parameters.h_query.len();
    let bases = [QuotientBasis::Coefficients, QuotientBasis::Coset];
    let basis = bases.into_iter().find(|basis| basis.points(dimensions.domain()) == found);
    basis.ok_or_else(|| format!("{found} points of the H query over a domain of {}", dimensions.domain()))
}

/// The key's header: claim [`CIRCUIT`], and as shape the file's name as far as the format allows it.
fn verifying_key(source: &Path, key: Key) -> Result<VerifyingKey, ExchangeProblem> {
    let stem = source.file_stem().unwrap_or_default().to_string_lossy().to_ascii_lowercase();
    let allowed = |c: char| if matches!(c, 'a'..='z' | '0'..='9' | '.' | '-') { c } else { '-' };
    let name: String = stem.chars().map(allowed).take(31).collect();
    let header = Header {
        system: System::Groth16,
        claim: CIRCUIT.into(),
        claim_version: 0,
        shape: if name.is_empty() { "unnamed".into() } else { name },
        development: None,
    };
    VerifyingKey::new(header, Payload::Groth16(Box::new(key))).map_err(ExchangeProblem::VerifyingKey)
}

/// What a key file holds of a `.zkey` file.
pub(super) fn contents<'a>(zkey: &'a Zkey<'a>, verifying_key: &'a VerifyingKey) -> Contents<'a> {
    let g1 = |points: &'a [[u8; 64]]| Points::new(points.len(), |i| raw::g1(&points[i]));
    Contents {
        dimensions: zkey.dimensions,
        basis: QuotientBasis::Coset,
        verifying_key,
        matrices: &zkey.matrices,
        constants: zkey.constants,
        a_query: g1(zkey.a),
        b_g1_query: g1(zkey.b_g1),
        b_g2_query: Points::new(zkey.b_g2.len(), |i| raw::g2(&zkey.b_g2[i])),
        l_query: g1(zkey.l),
        h_query: g1(zkey.h),
    }
}

/// The first variable whose point of B is infinity in one group only.
pub(super) fn one_sided(contents: &Contents<'_>) -> Option<usize> {
    let (mut g1, mut g2) = (contents.b_g1_query.columns(0), contents.b_g2_query.columns(0));
    loop {
        match (g1.next(), g2.next()) {
            (None, None) => return None,
            (left, right) if left == right => {}
            (left, right) => return [left, right].into_iter().flatten().min().map(|column| column as usize),
        }
    }
}

fn save(
    source: &Path,
    contents: &Contents<'_>,
    target: Option<Output>,
    progress: &dyn ProgressSink,
) -> Result<ProvingKey, ExchangeError> {
    if let Some(index) = one_sided(contents) {
        let reason = "infinity in one of the groups, but not in the other";
        let section = Section::BPointsG1.name();
        return Err(ExchangeError::new(source, ExchangeProblem::Value { section, index, reason }));
    }
    let at_most = contents.bytes_at_most();
    let Some(mut output) = target else {
        let folder = env::temp_dir();
        let file = tempfile::tempfile_in(&folder).map_err(KeyError::writing(&folder, at_most))?;
        return fill(&file, &folder, source, contents, progress);
    };
    let path = output.path().to_owned();
    let file = output.file().map_err(KeyError::from)?;
    let key = fill(file, &path, source, contents, progress)?;
    output.finish().map_err(KeyError::from)?;
    let metadata = fs::metadata(&path).map_err(KeyError::reading(&path))?;
    Stamp::new(&metadata, &key.digest()).set(&path);
    Ok(key)
}

/// Writes the key file, maps and validates it.
fn fill(
    file: &File,
    name: &Path,
    source: &Path,
    contents: &Contents<'_>,
    progress: &dyn ProgressSink,
) -> Result<ProvingKey, ExchangeError> {
    let (_, bytes) = write(&mut &*file, contents, &Part::new(progress, 0.1, 0.4))
        .map_err(KeyError::writing(name, contents.bytes_at_most()))?;
    let mapping = Mapping::new(file).map_err(KeyError::reading(name))?;
    let key = ProvingKey::decode(name, mapping, bytes).map_err(|problem| KeyError::new(name, problem))?;
    key.validate(&Part::new(progress, 0.4, 1.0)).map_err(|problem| locate(problem, &key.view(), source))?;
    Ok(key)
}

/// Where in the source a value lies that validation found wrong: queries there have a point for every variable.
fn locate(problem: KeyProblem, view: &KeyView<'_>, source: &Path) -> ExchangeError {
    let KeyProblem::Content { section, index, reason } = problem else {
        return ExchangeError::new(source, problem);
    };
    let column = |columns: &[u32]| columns.get(index).map_or(index, |column| *column as usize);
    let is = |wanted: Section| section == wanted.name();
    let index = match () {
        () if is(Section::APoints) => column(view.a_query.columns),
        () if is(Section::BPointsG1) || is(Section::BPointsG2) => column(view.b_g1_query.columns),
        () if is(Section::LPoints) => {
            column(view.l_query.columns).saturating_sub(1 + view.dimensions.public as usize)
        }
        () => index,
    };
    ExchangeError::new(source, ExchangeProblem::Value { section, index, reason })
}
