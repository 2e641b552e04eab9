//! An opened key file.

use std::{
    fs::{File, Metadata},
    path::{Path, PathBuf},
};

use popw_verifier::key::{Payload, VerifyingKey};

use super::{
    backend::{Constants, KeyView, MatrixView, Query},
    error::{KeyError, KeyProblem},
    layout::{DIGEST_BYTES, Dimensions, HEADER_BYTES, Header, Section},
    mapping::{Mapping, Plain, view},
    stamp::Stamp,
    validate,
};
use crate::progress::ProgressSink;

/// How far to trust a key file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Check {
    /// Validate the whole file unless it was validated before and has not changed since (by size, times,
    /// device and inode).
    Once,
    /// Validate the whole file now.
    Now,
}

/// A Groth16 proving key, mapped from its file.
#[derive(Debug)]
pub struct ProvingKey {
    path: PathBuf,
    mapping: Mapping,
    header: Header,
    digest: [u8; DIGEST_BYTES],
    verifying_key: VerifyingKey,
}

impl ProvingKey {
    /// Opens a key file. The header, the bounds of all sections and the verifying key inside are checked every
    /// time; the rest as `check` says, after which a stamp is left next to the file (`<name>.checked`).
    ///
    /// # Errors
    /// [`KeyError`], with the file, what is wrong with it and what to do.
    pub fn open(path: &Path, check: Check, progress: &dyn ProgressSink) -> Result<Self, KeyError> {
        let fail = |problem| KeyError::new(path, problem);
        let (mapping, metadata) = map(path)?;
        let key = Self::decode(path, mapping, metadata.len()).map_err(fail)?;

        let stamp = Stamp::new(&metadata, &key.digest);
        if check == Check::Now || !stamp.is_set(path) {
            key.validate(progress).map_err(fail)?;
            stamp.set(path);
        }
        Ok(key)
    }

    pub(super) fn decode(path: &Path, mapping: Mapping, length: u64) -> Result<Self, KeyProblem> {
        let bytes = mapping.bytes();
        let truncated = |expected| KeyProblem::Length { expected, found: length };
        let head = bytes.first_chunk::<HEADER_BYTES>().ok_or(truncated(HEADER_BYTES as u64))?;
        let digest = *bytes.last_chunk::<DIGEST_BYTES>().ok_or(truncated(HEADER_BYTES as u64))?;
        let header = Header::decode(head)?;
        if header.file_bytes() != length || bytes.len() as u64 != length {
            return Err(truncated(header.file_bytes()));
        }
        if *blake3::hash(head).as_bytes() != digest {
            return Err(KeyProblem::HeaderDigest);
        }
        let damaged = KeyProblem::SectionDigest { section: Section::VerifyingKey.name() };
        let extent = header.extent(Section::VerifyingKey);
        let encoded = section_bytes(&header, bytes, Section::VerifyingKey);
        if *blake3::hash(encoded).as_bytes() != header.verifying_key_digest {
            return Err(damaged);
        }
        debug_assert_eq!(extent.elements, encoded.len() as u64);
        let verifying_key = VerifyingKey::from_bytes(encoded).map_err(KeyProblem::VerifyingKey)?;
        Ok(Self { path: path.to_owned(), digest, header, verifying_key, mapping })
    }

    /// Validates the whole file.
    pub(super) fn validate(&self, progress: &dyn ProgressSink) -> Result<(), KeyProblem> {
        validate::digests(&self.header, self.mapping.bytes(), progress)?;
        let Payload::Groth16(verifying_key) = self.verifying_key.payload() else {
            return Err(KeyProblem::OtherSystem);
        };
        validate::contents(&self.view(), verifying_key, progress)
    }

    /// The file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Length of the file in bytes.
    pub fn file_bytes(&self) -> u64 {
        self.header.file_bytes()
    }

    /// BLAKE3 digest of the header, which fixes every byte of the file.
    pub fn digest(&self) -> [u8; DIGEST_BYTES] {
        self.digest
    }

    /// The verifying key, with claim, shape and development mark.
    pub fn verifying_key(&self) -> &VerifyingKey {
        &self.verifying_key
    }

    /// Sizes of the circuit.
    pub fn dimensions(&self) -> Dimensions {
        self.header.dimensions
    }

    /// The key's parts, as they lie in memory.
    pub fn view(&self) -> KeyView<'_> {
        let matrix = |rows, entries| MatrixView { rows: self.section(rows), entries: self.section(entries) };
        let g1 = self.section(Section::ConstantsG1);
        let g2 = self.section(Section::ConstantsG2);
        KeyView {
            dimensions: self.header.dimensions,
            coefficients: self.section(Section::Coefficients),
            a: matrix(Section::ARows, Section::AEntries),
            b: matrix(Section::BRows, Section::BEntries),
            c: self.header.knows_c.then(|| matrix(Section::CRows, Section::CEntries)),
            basis: self.header.basis,
            constants: Constants {
                alpha_g1: g1[0],
                beta_g1: g1[1],
                delta_g1: g1[2],
                beta_g2: g2[0],
                delta_g2: g2[1],
            },
            a_query: self.query(Section::AColumns, Section::APoints),
            b_g1_query: self.query(Section::BColumns, Section::BPointsG1),
            b_g2_query: self.query(Section::BColumns, Section::BPointsG2),
            l_query: self.query(Section::LColumns, Section::LPoints),
            h_query: self.section(Section::HPoints),
        }
    }

    fn query<P: Plain>(&self, columns: Section, points: Section) -> Query<'_, P> {
        Query { columns: self.section(columns), points: self.section(points) }
    }

    fn section<T: Plain>(&self, section: Section) -> &[T] {
        view(section_bytes(&self.header, self.mapping.bytes(), section)).expect(
            "sections are aligned in the mapping and hold whole elements; big-endian machines were refused",
        )
    }
}

/// The verifying-key file inside a key file, as it lies there: for [`lint`](popw_verifier::lint::lint), which judges what
/// [`ProvingKey::open`] refuses. Of the rest only the header is looked at.
///
/// # Errors
/// [`KeyError`].
pub fn verifying_key_file(path: &Path) -> Result<Vec<u8>, KeyError> {
    let (mapping, _) = map(path)?;
    let bytes = mapping.bytes();
    let found = bytes.len() as u64;
    let read = || {
        let short = KeyProblem::Length { expected: HEADER_BYTES as u64, found };
        let header = Header::decode(bytes.first_chunk().ok_or(short)?)?;
        match header.file_bytes() {
            expected if expected == found => {
                Ok(section_bytes(&header, bytes, Section::VerifyingKey).to_vec())
            }
            expected => Err(KeyProblem::Length { expected, found }),
        }
    };
    read().map_err(|problem| KeyError::new(path, problem))
}

/// Maps a file that is long enough for a key.
fn map(path: &Path) -> Result<(Mapping, Metadata), KeyError> {
    let fail = |problem| KeyError::new(path, problem);
    let file = File::open(path).map_err(KeyError::reading(path))?;
    let metadata = file.metadata().map_err(KeyError::reading(path))?;
    if metadata.is_dir() {
        return Err(fail(KeyProblem::Folder));
    }
    if popw_files::is_stream(&metadata) {
        return Err(fail(KeyProblem::Stream));
    }
    let length = metadata.len();
    if length < (HEADER_BYTES + DIGEST_BYTES) as u64 {
        return Err(fail(short_file(&file, length)));
    }
    let mapping = Mapping::new(&file).map_err(KeyError::reading(path))?;
    Ok((mapping, metadata))
}

/// A section without its padding; the header was compared with the file's length.
fn section_bytes<'a>(header: &Header, bytes: &'a [u8], section: Section) -> &'a [u8] {
    let extent = header.extent(section);
    let start = extent.offset as usize;
    &bytes[start..start + extent.bytes(section) as usize]
}

/// What to say of a file that is too short for a header.
fn short_file(file: &File, length: u64) -> KeyProblem {
    use std::io::Read;
    let mut magic = Vec::new();
    let read = file.take(super::layout::MAGIC.len() as u64).read_to_end(&mut magic);
    match read {
        Err(error) => KeyProblem::Read(error),
        Ok(_) if magic != super::layout::MAGIC => KeyProblem::WrongKind,
        Ok(_) => KeyProblem::Length { expected: (HEADER_BYTES + DIGEST_BYTES) as u64, found: length },
    }
}
