//! Writing a key file, section by section.

use std::{
    collections::HashMap,
    io::{self, Seek, SeekFrom, Write},
};

use ark_bn254::{Bn254, Fq2, Fr, G1Affine, G2Affine};
use ark_ec::AffineRepr;
use ark_ff::{BigInt, One};
use popw_circuits::drivers::r1cs::{Csr, Matrices};
use popw_verifier::key::VerifyingKey;

use super::layout::{ALIGNMENT, DIGEST_BYTES, Dimensions, Extent, HEADER_BYTES, Header, Section, padded_end};
use crate::progress::ProgressSink;

/// Bytes hashed and written at a time.
const BUFFER: usize = 1 << 16;

/// Everything a key file is made of.
pub(super) struct Contents<'a> {
    pub dimensions: Dimensions,
    pub verifying_key: &'a VerifyingKey,
    pub matrices: &'a Matrices,
    /// Parameters with the H query in the coset's Lagrange basis.
    pub parameters: &'a ark_groth16::ProvingKey<Bn254>,
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
    let Contents { matrices, parameters, .. } = contents;
    let verifying_key = contents.verifying_key.to_bytes();
    let mut coefficients = Coefficients::default();
    let [a, b, c] = [&matrices.a, &matrices.b, &matrices.c].map(|matrix| coefficients.entries(matrix));
    let witness_from = 1 + matrices.public;

    out.seek(SeekFrom::Start(0))?;
    out.write_all(&[0; HEADER_BYTES])?;
    let mut sections = Sections::new(out, progress);
    sections.push(Section::VerifyingKey, verifying_key.iter().map(|byte| [*byte]))?;
    sections
        .push(Section::Coefficients, coefficients.values.iter().map(|value| limbs::<1, 32>([value.0])))?;
    for (rows, entries, matrix, list) in [
        (Section::ARows, Section::AEntries, &matrices.a, &a),
        (Section::BRows, Section::BEntries, &matrices.b, &b),
        (Section::CRows, Section::CEntries, &matrices.c, &c),
    ] {
        sections.push(rows, matrix.row_starts.iter().map(|start| start.to_le_bytes()))?;
        sections.push(entries, list.iter().map(|[column, value]| pair(*column, *value)))?;
    }
    let vk = &parameters.vk;
    let constants = [vk.alpha_g1, parameters.beta_g1, parameters.delta_g1];
    sections.push(Section::ConstantsG1, constants.iter().map(g1))?;
    sections.push(Section::ConstantsG2, [vk.beta_g2, vk.delta_g2].iter().map(g2))?;
    sections.push(Section::AColumns, columns(&parameters.a_query, 0))?;
    sections.push(Section::APoints, finite(&parameters.a_query).map(g1))?;
    sections.push(Section::BColumns, columns(&parameters.b_g1_query, 0))?;
    sections.push(Section::BPointsG1, finite(&parameters.b_g1_query).map(g1))?;
    sections.push(Section::BPointsG2, finite(&parameters.b_g2_query).map(g2))?;
    sections.push(Section::LColumns, columns(&parameters.l_query, witness_from))?;
    sections.push(Section::LPoints, finite(&parameters.l_query).map(g1))?;
    sections.push(Section::HPoints, parameters.h_query.iter().map(g1))?;

    let header = Header {
        dimensions: contents.dimensions,
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

/// An upper bound of the length of the file that [`write`] will make for these matrices.
pub(super) fn bytes_at_most(dimensions: &Dimensions, matrices: &Matrices) -> u64 {
    let entries = matrices.a.columns.len() + matrices.b.columns.len() + matrices.c.columns.len();
    let rows = dimensions.constraints as usize + 1;
    let columns = dimensions.variables();
    let bytes = 40 * entries + 3 * 4 * rows + columns * (3 * (4 + 64) + 128) + 64 * dimensions.domain();
    bytes as u64 + Section::ALL.len() as u64 * ALIGNMENT + (1 << 14)
}

/// The distinct coefficients of all matrices: 1, −1, then in order of appearance.
struct Coefficients {
    values: Vec<Fr>,
    index: HashMap<BigInt<4>, u32>,
}

impl Default for Coefficients {
    fn default() -> Self {
        let mut coefficients = Self { values: Vec::new(), index: HashMap::new() };
        coefficients.index_of(Fr::one());
        coefficients.index_of(-Fr::one());
        coefficients
    }
}

impl Coefficients {
    fn index_of(&mut self, value: Fr) -> u32 {
        // No more than the entries of all matrices, whose number has been checked.
        let next = self.values.len() as u32;
        *self.index.entry(value.0).or_insert_with(|| {
            self.values.push(value);
            next
        })
    }

    fn entries(&mut self, matrix: &Csr) -> Vec<[u32; 2]> {
        let entries = matrix.columns.iter().zip(&matrix.values);
        entries.map(|(column, value)| [*column, self.index_of(*value)]).collect()
    }
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

fn finite<P: AffineRepr>(points: &[P]) -> impl Iterator<Item = &P> {
    points.iter().filter(|point| !point.is_zero())
}

/// Columns of the points that are not infinity; the first point's column is `from`.
fn columns<P: AffineRepr>(points: &[P], from: usize) -> impl Iterator<Item = [u8; 4]> {
    let finite = points.iter().enumerate().filter(|(_, point)| !point.is_zero());
    finite.map(move |(i, _)| ((from + i) as u32).to_le_bytes())
}

fn pair(first: u32, second: u32) -> [u8; 8] {
    (u64::from(second) << 32 | u64::from(first)).to_le_bytes()
}

fn limbs<const N: usize, const BYTES: usize>(numbers: [BigInt<4>; N]) -> [u8; BYTES] {
    const { assert!(BYTES == 32 * N) };
    std::array::from_fn(|i| numbers[i / 32].0[i % 32 / 8].to_le_bytes()[i % 8])
}

fn g1(point: &G1Affine) -> [u8; 64] {
    limbs([point.x.0, point.y.0])
}

fn g2(point: &G2Affine) -> [u8; 128] {
    let (Fq2 { c0: x0, c1: x1 }, Fq2 { c0: y0, c1: y1 }) = (point.x, point.y);
    limbs([x0.0, x1.0, y0.0, y1.0])
}
