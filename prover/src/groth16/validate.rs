//! Full validation of a key file: every digest, every index, every point.

use ark_bn254::{Bn254, Fq, Fq2, Fr, G1Affine, G2Affine};
use ark_ec::{
    AffineRepr,
    pairing::Pairing,
    short_weierstrass::{Affine, SWCurveConfig},
};
use ark_ff::{One, PrimeField};
use rayon::prelude::*;

use super::{
    backend::{KeyView, MatrixView, Query},
    error::KeyProblem,
    layout::{Header, Section, padded_end},
    subgroup::find_outside,
};
use crate::progress::ProgressSink;

/// Compares every section with its digest.
///
/// # Errors
/// [`KeyProblem::SectionDigest`] for the first that differs; [`KeyProblem::Cancelled`].
pub(super) fn digests(header: &Header, bytes: &[u8], progress: &dyn ProgressSink) -> Result<(), KeyProblem> {
    step(progress, "hashing the key", 0.0)?;
    let damaged = |section: &Section| {
        let extent = header.extent(*section);
        let range = padded_end(*section, extent).and_then(|end| {
            let range = usize::try_from(extent.offset).ok()?..usize::try_from(end).ok()?;
            bytes.get(range)
        });
        range.is_none_or(|bytes| *blake3::hash(bytes).as_bytes() != extent.digest)
    };
    match Section::ALL.par_iter().find_first(|section| damaged(section)) {
        Some(section) => Err(KeyProblem::SectionDigest { section: section.name() }),
        None => Ok(()),
    }
}

/// Checks every value in the sections.
///
/// # Errors
/// [`KeyProblem::Content`] for the first wrong one; [`KeyProblem::Cancelled`].
pub(super) fn contents(
    view: &KeyView<'_>,
    verifying_key: &popw_verifier::groth16::Key,
    progress: &dyn ProgressSink,
) -> Result<(), KeyProblem> {
    step(progress, "checking the matrices", 0.1)?;
    let d = &view.dimensions;
    all(Section::Coefficients, view.coefficients, progress, |_, value| {
        if value.0 >= Fr::MODULUS { Err("not below the modulus of the scalar field") } else { Ok(()) }
    })?;
    if view.coefficients.get(..2) != Some(&[Fr::one(), -Fr::one()]) {
        return Err(content(Section::Coefficients, 0, "the first two coefficients are not 1 and −1"));
    }
    for (rows, entries, matrix) in [
        (Section::ARows, Section::AEntries, Some(&view.a)),
        (Section::BRows, Section::BEntries, Some(&view.b)),
        (Section::CRows, Section::CEntries, view.c.as_ref()),
    ] {
        if let Some(matrix) = matrix {
            check_matrix(rows, entries, matrix, d.variables(), view.coefficients.len(), progress)?;
        }
    }

    step(progress, "checking the points", 0.15)?;
    check_constants(view, verifying_key, progress)?;
    let variables = d.variables();
    let witness_from = 1 + d.public as usize;
    check_query(Section::AColumns, Section::APoints, &view.a_query, 0..variables, progress, g1)?;
    check_query(Section::BColumns, Section::BPointsG1, &view.b_g1_query, 0..variables, progress, g1)?;
    check_query(Section::LColumns, Section::LPoints, &view.l_query, witness_from..variables, progress, g1)?;
    all(Section::HPoints, view.h_query, progress, |_, point| g1(point))?;
    step(progress, "checking the points in G2", 0.3)?;
    check_query(Section::BColumns, Section::BPointsG2, &view.b_g2_query, 0..variables, progress, g2)?;
    // β and δ are the verifying key's, whose points are in the subgroup.
    match find_outside(view.b_g2_query.points, progress)? {
        Some(index) => Err(content(Section::BPointsG2, index, "a point outside the subgroup")),
        None => step(progress, "the key is valid", 1.0),
    }
}

/// Reports, and asks whether to go on.
fn step(progress: &dyn ProgressSink, stage: &str, fraction: f64) -> Result<(), KeyProblem> {
    progress.report(stage, fraction);
    if progress.cancelled() { Err(KeyProblem::Cancelled) } else { Ok(()) }
}

fn check_matrix(
    rows: Section,
    entries: Section,
    matrix: &MatrixView<'_>,
    columns: usize,
    coefficients: usize,
    progress: &dyn ProgressSink,
) -> Result<(), KeyProblem> {
    let starts = matrix.rows;
    if starts.first() != Some(&0) {
        return Err(content(rows, 0, "the first row does not begin at 0"));
    }
    if let Some(i) = starts.windows(2).position(|pair| pair[0] > pair[1]) {
        return Err(content(rows, i + 1, "a row that ends before it begins"));
    }
    if starts.last().map(|end| *end as usize) != Some(matrix.entries.len()) {
        return Err(content(rows, starts.len() - 1, "the last row does not end with the entries"));
    }
    all(entries, matrix.entries, progress, |_, [column, coefficient]| {
        if *column as usize >= columns {
            return Err("a column beyond the variables");
        }
        if *coefficient as usize >= coefficients { Err("a coefficient that does not exist") } else { Ok(()) }
    })
}

fn check_constants(
    view: &KeyView<'_>,
    key: &popw_verifier::groth16::Key,
    progress: &dyn ProgressSink,
) -> Result<(), KeyProblem> {
    let constants = &view.constants;
    let of_g1 = [constants.alpha_g1, constants.beta_g1, constants.delta_g1];
    all(Section::ConstantsG1, &of_g1, progress, |_, point| g1(point))?;
    let of_g2 = [constants.beta_g2, constants.delta_g2];
    all(Section::ConstantsG2, &of_g2, progress, |_, point| g2(point))?;
    if constants.alpha_g1 != key.alpha() {
        return Err(content(Section::ConstantsG1, 0, "α is not the verifying key's"));
    }
    if constants.beta_g2 != key.beta() {
        return Err(content(Section::ConstantsG2, 0, "β is not the verifying key's"));
    }
    if constants.delta_g2 != key.delta() {
        return Err(content(Section::ConstantsG2, 1, "δ is not the verifying key's"));
    }
    // Independent of the generators: β and δ have the same quotient in both groups.
    if Bn254::pairing(constants.beta_g1, constants.delta_g2)
        != Bn254::pairing(constants.delta_g1, constants.beta_g2)
    {
        return Err(content(Section::ConstantsG1, 1, "β and δ differ between G1 and G2"));
    }
    if view.dimensions.public as usize != key.public_inputs() {
        return Err(content(Section::VerifyingKey, 0, "its number of public inputs is not the header's"));
    }
    Ok(())
}

fn check_query<P: AffineRepr>(
    columns: Section,
    points: Section,
    query: &Query<'_, P>,
    range: std::ops::Range<usize>,
    progress: &dyn ProgressSink,
    check: impl Fn(&P) -> Result<(), &'static str> + Sync,
) -> Result<(), KeyProblem> {
    all(columns, query.columns, progress, |i, column| {
        let ascending = i == 0 || query.columns[i - 1] < *column;
        if !ascending {
            return Err("columns are not ascending");
        }
        if range.contains(&(*column as usize)) { Ok(()) } else { Err("a column beyond the variables") }
    })?;
    all(points, query.points, progress, |_, point| check(point))
}

/// Elements that are checked before somebody is asked whether to go on.
const SLICE: usize = 1 << 10;

/// Checks all elements of a section on all processors; reports the first that is wrong.
fn all<T: Sync>(
    section: Section,
    elements: &[T],
    progress: &dyn ProgressSink,
    check: impl Fn(usize, &T) -> Result<(), &'static str> + Sync,
) -> Result<(), KeyProblem> {
    let problem = elements.par_chunks(SLICE).enumerate().find_map_first(|(slice, elements)| {
        if progress.cancelled() {
            return Some(KeyProblem::Cancelled);
        }
        (slice * SLICE..)
            .zip(elements)
            .find_map(|(index, element)| Some(content(section, index, check(index, element).err()?)))
    });
    problem.map_or(Ok(()), Err)
}

fn content(section: Section, index: usize, reason: &'static str) -> KeyProblem {
    KeyProblem::Content { section: section.name(), index, reason }
}

fn g1(point: &G1Affine) -> Result<(), &'static str> {
    on_curve(point, [point.x, point.y])
}

/// The subgroup is checked of all points together.
fn g2(point: &G2Affine) -> Result<(), &'static str> {
    let (Fq2 { c0: x0, c1: x1 }, Fq2 { c0: y0, c1: y1 }) = (point.x, point.y);
    on_curve(point, [x0, x1, y0, y1])
}

fn on_curve<P: SWCurveConfig, const N: usize>(
    point: &Affine<P>,
    coordinates: [Fq; N],
) -> Result<(), &'static str> {
    if coordinates.iter().any(|c| c.0 >= Fq::MODULUS) {
        return Err("a coordinate that is not below the modulus");
    }
    if point.is_zero() {
        return Err("a point at infinity");
    }
    if point.is_on_curve() { Ok(()) } else { Err("a point that is not on the curve") }
}
