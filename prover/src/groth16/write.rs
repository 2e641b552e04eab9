//! Writing a key file, section by section.

use std::io::{self, Seek, SeekFrom, Write};

use ark_bn254::{Bn254, G1Affine, G2Affine};
use ark_ec::AffineRepr;
use popw_verifier::key::VerifyingKey;

use super::{
    backend::Constants,
    layout::{
        ALIGNMENT, DIGEST_BYTES, Dimensions, Extent, HEADER_BYTES, Header, QuotientBasis, Section, padded_end,
    },
    matrix::{Compact, Rows},
    raw,
};
use crate::progress::ProgressSink;

/// Bytes hashed and written at a time.
const BUFFER: usize = 1 << 16;

/// Everything a key file is made of.
pub(super) struct Contents<'a> {
    pub dimensions: Dimensions,
    /// Basis of the H query.
    pub basis: QuotientBasis,
    pub verifying_key: &'a VerifyingKey,
    pub matrices: &'a Compact,
    pub constants: Constants,
    /// One point for each variable, as are those of B; infinity where the variable does not occur.
    pub a_query: Points<'a, G1Affine>,
    pub b_g1_query: Points<'a, G1Affine>,
    /// Infinity at the same places as in G1.
    pub b_g2_query: Points<'a, G2Affine>,
    /// One point for each witness variable.
    pub l_query: Points<'a, G1Affine>,
    pub h_query: Points<'a, G1Affine>,
}

impl<'a> Contents<'a> {
    /// With the points of arkworks' parameters.
    pub(super) fn of_parameters(
        dimensions: Dimensions,
        basis: QuotientBasis,
        verifying_key: &'a VerifyingKey,
        matrices: &'a Compact,
        parameters: &'a ark_groth16::ProvingKey<Bn254>,
    ) -> Self {
        let vk = &parameters.vk;
        let constants = Constants {
            alpha_g1: vk.alpha_g1,
            beta_g1: parameters.beta_g1,
            delta_g1: parameters.delta_g1,
            beta_g2: vk.beta_g2,
            delta_g2: vk.delta_g2,
        };
        Self {
            dimensions,
            basis,
            verifying_key,
            matrices,
            constants,
            a_query: Points::of(&parameters.a_query),
            b_g1_query: Points::of(&parameters.b_g1_query),
            b_g2_query: Points::of(&parameters.b_g2_query),
            l_query: Points::of(&parameters.l_query),
            h_query: Points::of(&parameters.h_query),
        }
    }

    /// An upper bound of the length of the file.
    pub(super) fn bytes_at_most(&self) -> u64 {
        bytes_at_most(&self.dimensions, self.matrices.entries())
    }
}

/// A list of points that need not lie in memory as such.
pub(super) struct Points<'a, P> {
    count: usize,
    get: Box<dyn Fn(usize) -> P + 'a>,
}

impl<'a, P: AffineRepr> Points<'a, P> {
    /// The points `get(0)` to `get(count - 1)`.
    pub(super) fn new(count: usize, get: impl Fn(usize) -> P + 'a) -> Self {
        Self { count, get: Box::new(get) }
    }

    fn of(points: &'a [P]) -> Self {
        Self::new(points.len(), |i| points[i])
    }

    fn iter(&self) -> impl Iterator<Item = P> {
        (0..self.count).map(|i| (self.get)(i))
    }

    fn finite(&self) -> impl Iterator<Item = P> {
        self.iter().filter(|point| !point.is_zero())
    }

    /// Columns of the points that are not infinity; the first point's column is `from`.
    pub(super) fn columns(&self, from: usize) -> impl Iterator<Item = u32> {
        let finite = self.iter().enumerate().filter(|(_, point)| !point.is_zero());
        finite.map(move |(i, _)| (from + i) as u32)
    }
}

/// Writes a key file to `out`, which must be empty; returns the key's digest and the file's length.
///
/// # Errors
/// Those of `out`.
pub(super) fn write(
    out: &mut (impl Write + Seek),
    contents: &Contents<'_>,
    progress: &dyn ProgressSink,
) -> io::Result<([u8; DIGEST_BYTES], u64)> {
    let Contents { matrices, constants, .. } = contents;
    let verifying_key = contents.verifying_key.to_bytes();
    let witness_from = 1 + contents.dimensions.public as usize;

    out.seek(SeekFrom::Start(0))?;
    out.write_all(&[0; HEADER_BYTES])?;
    let mut sections = Sections::new(out, progress);
    sections.push(Section::VerifyingKey, verifying_key.iter().map(|byte| [*byte]))?;
    let coefficients = &matrices.coefficients.values;
    sections.push(Section::Coefficients, coefficients.iter().map(|value| raw::scalar_bytes(*value)))?;
    let unknown = Rows::default();
    for (rows, entries, matrix) in [
        (Section::ARows, Section::AEntries, &matrices.a),
        (Section::BRows, Section::BEntries, &matrices.b),
        (Section::CRows, Section::CEntries, matrices.c.as_ref().unwrap_or(&unknown)),
    ] {
        sections.push(rows, matrix.starts.iter().map(|start| start.to_le_bytes()))?;
        sections.push(entries, matrix.entries.iter().map(|[column, value]| pair(*column, *value)))?;
    }
    let g1 = [constants.alpha_g1, constants.beta_g1, constants.delta_g1];
    sections.push(Section::ConstantsG1, g1.iter().map(raw::g1_bytes))?;
    sections.push(Section::ConstantsG2, [constants.beta_g2, constants.delta_g2].iter().map(raw::g2_bytes))?;
    let g1 = |point: G1Affine| raw::g1_bytes(&point);
    let number = u32::to_le_bytes;
    sections.push(Section::AColumns, contents.a_query.columns(0).map(number))?;
    sections.push(Section::APoints, contents.a_query.finite().map(g1))?;
    sections.push(Section::BColumns, contents.b_g1_query.columns(0).map(number))?;
    sections.push(Section::BPointsG1, contents.b_g1_query.finite().map(g1))?;
    let g2 = |point: G2Affine| raw::g2_bytes(&point);
    sections.push(Section::BPointsG2, contents.b_g2_query.finite().map(g2))?;
    sections.push(Section::LColumns, contents.l_query.columns(witness_from).map(number))?;
    sections.push(Section::LPoints, contents.l_query.finite().map(g1))?;
    sections.push(Section::HPoints, contents.h_query.iter().map(g1))?;

    let header = Header {
        dimensions: contents.dimensions,
        basis: contents.basis,
        knows_c: matrices.c.is_some(),
        verifying_key_digest: contents.verifying_key.digest().0,
        extents: sections.extents,
    };
    let encoded = header.encode();
    let digest = *blake3::hash(&encoded).as_bytes();
    out.write_all(&digest)?;
    out.seek(SeekFrom::Start(0))?;
    out.write_all(&encoded)?;
    out.flush()?;
    Ok((digest, header.file_bytes()))
}

/// An upper bound of the length of the file that [`write`] makes for matrices with this many entries together.
pub(super) fn bytes_at_most(dimensions: &Dimensions, entries: usize) -> u64 {
    let rows = dimensions.constraints as usize + 1;
    let columns = dimensions.variables();
    let bytes = 40 * entries + 3 * 4 * rows + columns * (3 * (4 + 64) + 128) + 64 * dimensions.domain();
    // The verifying key is of the size of its public inputs.
    bytes as u64 + 64 * u64::from(dimensions.public) + Section::ALL.len() as u64 * ALIGNMENT + (1 << 14)
}

struct Sections<'a, W> {
    out: &'a mut W,
    progress: &'a dyn ProgressSink,
    extents: [Extent; Section::ALL.len()],
    offset: u64,
    done: usize,
}

impl<'a, W: Write> Sections<'a, W> {
    fn new(out: &'a mut W, progress: &'a dyn ProgressSink) -> Self {
        Self { out, progress, extents: Default::default(), offset: HEADER_BYTES as u64, done: 0 }
    }

    fn push<const N: usize>(
        &mut self,
        section: Section,
        elements: impl Iterator<Item = [u8; N]>,
    ) -> io::Result<()> {
        debug_assert_eq!(N as u32, section.element_bytes());
        let mut hasher = blake3::Hasher::new();
        let mut buffer = Vec::with_capacity(BUFFER + N);
        let mut extent = Extent { offset: self.offset, ..Extent::default() };
        let mut put = |buffer: &mut Vec<u8>| {
            if self.progress.cancelled() {
                return Err(io::ErrorKind::Interrupted.into());
            }
            hasher.update(buffer);
            let result = self.out.write_all(buffer);
            buffer.clear();
            result
        };
        for element in elements {
            extent.elements += 1;
            buffer.extend(element);
            if buffer.len() >= BUFFER {
                put(&mut buffer)?;
            }
        }
        let end = padded_end(section, &extent).ok_or(io::ErrorKind::FileTooLarge)?;
        let padding = end - extent.offset - extent.bytes(section);
        buffer.resize(buffer.len() + padding as usize, 0);
        put(&mut buffer)?;
        extent.digest = *hasher.finalize().as_bytes();
        self.offset = end;
        self.extents[section.index()] = extent;
        self.done += 1;
        self.progress.report("writing the key", self.done as f64 / Section::ALL.len() as f64);
        Ok(())
    }
}

fn pair(first: u32, second: u32) -> [u8; 8] {
    (u64::from(second) << 32 | u64::from(first)).to_le_bytes()
}
