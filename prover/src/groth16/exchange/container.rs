//! The container of iden3's files: magic (4 bytes), version (4), number of sections (4), then for each section its kind
//! (4), its length (8) and its bytes. Little-endian. (`@iden3/binfileutils`.)

use std::{
    fs::File,
    io::{self, Read},
    path::Path,
};

use ark_bn254::{Fq, Fr};
use ark_ff::{BigInt, PrimeField};
use zeroize::Zeroizing;

use super::{
    super::{mapping::Mapping, raw},
    error::{ExchangeError, ExchangeProblem},
};

/// More sections than any file has.
const MOST_SECTIONS: u32 = 64;
/// Bytes that a pipe is given room for at first.
const FIRST: usize = 1 << 16;
/// Bytes of a number below one of the two primes.
const NUMBER_BYTES: u32 = 32;

/// A kind of file.
pub(super) struct Kind {
    pub magic: [u8; 4],
    pub version: u32,
    /// What it is, for messages.
    pub what: &'static str,
}

/// A file's bytes.
pub(super) enum Bytes {
    /// Mapped.
    Mapped(Mapping),
    /// In memory, since they came through a pipe.
    Read(Zeroizing<Vec<u8>>),
}

impl Bytes {
    pub(super) fn bytes(&self) -> &[u8] {
        match self {
            Self::Mapped(mapping) => mapping.bytes(),
            Self::Read(bytes) => bytes,
        }
    }
}

/// Most bytes of a key or of constraints that are taken through a pipe: 2 GiB of memory.
pub(super) const PIPED: u64 = 2 << 30;

/// Maps a file, or reads what comes through a pipe, or from standard input (`-`), of at most `limit` bytes. An empty one is
/// of no kind.
///
/// # Errors
/// [`ExchangeProblem::Read`], [`ExchangeProblem::Folder`], [`ExchangeProblem::Piped`], [`ExchangeProblem::WrongKind`].
pub(super) fn map(path: &Path, what: &'static str, limit: u64) -> Result<Bytes, ExchangeError> {
    let fail = |problem| ExchangeError::new(path, problem);
    let failed = |error| fail(ExchangeProblem::Read(error));
    if path == Path::new("-") {
        return read(io::stdin().lock(), what, limit).map_err(fail);
    }
    let file = File::open(path).map_err(failed)?;
    let metadata = file.metadata().map_err(failed)?;
    if metadata.is_dir() {
        return Err(fail(ExchangeProblem::Folder));
    }
    if popw_files::is_stream(&metadata) {
        return read(file, what, limit).map_err(fail);
    }
    if metadata.len() == 0 {
        return Err(fail(ExchangeProblem::WrongKind { expected: what }));
    }
    Mapping::new(&file).map(Bytes::Mapped).map_err(failed)
}

/// Reads everything. It may be secret: memory that is grown out of is wiped.
fn read(mut from: impl Read, what: &'static str, limit: u64) -> Result<Bytes, ExchangeProblem> {
    let mut bytes = Zeroizing::new(vec![0; FIRST]);
    let mut length = 0;
    loop {
        if length == bytes.len() {
            let mut larger = Zeroizing::new(vec![0; 2 * length]);
            larger[..length].copy_from_slice(&bytes);
            bytes = larger;
        }
        match from.read(&mut bytes[length..]) {
            Ok(0) => break,
            Ok(more) => length += more,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(ExchangeProblem::Read(error)),
        }
        if length as u64 > limit {
            return Err(ExchangeProblem::Piped { limit });
        }
    }
    if length == 0 {
        return Err(ExchangeProblem::WrongKind { expected: what });
    }
    bytes.truncate(length);
    Ok(Bytes::Read(bytes))
}

/// The sections of a file.
pub(super) struct Container<'a>(Vec<(u32, &'a [u8])>);

impl<'a> Container<'a> {
    /// Finds the sections. No kind may occur twice, and nothing may follow the last.
    ///
    /// # Errors
    /// [`ExchangeProblem`].
    pub(super) fn parse(bytes: &'a [u8], kind: &Kind) -> Result<Self, ExchangeProblem> {
        let mut reader = Reader { bytes, place: "the file's header" };
        if bytes.first_chunk() != Some(&kind.magic) {
            return Err(ExchangeProblem::WrongKind { expected: kind.what });
        }
        reader.array::<4>()?;
        let found = reader.u32()?;
        if found != kind.version {
            return Err(ExchangeProblem::Version { found, supported: kind.version });
        }
        let count = reader.u32()?;
        if count > MOST_SECTIONS {
            let reason = "more than any such file has";
            return Err(ExchangeProblem::Header { field: "number of sections", value: count.into(), reason });
        }
        reader.place = "a section";
        let mut sections: Vec<(u32, &[u8])> = Vec::new();
        for _ in 0..count {
            let (kind, length) = (reader.u32()?, reader.u64()?);
            if sections.iter().any(|(other, _)| *other == kind) {
                return Err(ExchangeProblem::Duplicate { kind });
            }
            sections.push((kind, reader.take(usize::try_from(length).unwrap_or(usize::MAX))?));
        }
        reader.place = "the last section";
        reader.end()?;
        Ok(Self(sections))
    }

    /// A section that must be there; `name` is what it holds.
    pub(super) fn section(&self, kind: u32, name: &'static str) -> Result<&'a [u8], ExchangeProblem> {
        self.find(kind).ok_or(ExchangeProblem::Missing { section: name })
    }

    /// A section that must have this many bytes.
    pub(super) fn exactly(
        &self,
        kind: u32,
        name: &'static str,
        expected: u64,
    ) -> Result<&'a [u8], ExchangeProblem> {
        let section = self.section(kind, name)?;
        let found = section.len() as u64;
        if found != expected {
            return Err(ExchangeProblem::Length { section: name, expected, found });
        }
        Ok(section)
    }

    pub(super) fn find(&self, kind: u32) -> Option<&'a [u8]> {
        self.0.iter().find(|(other, _)| *other == kind).map(|(_, bytes)| *bytes)
    }
}

/// Reads one thing after another.
pub(super) struct Reader<'a> {
    pub bytes: &'a [u8],
    /// What is being read, for messages.
    pub place: &'static str,
}

impl<'a> Reader<'a> {
    pub(super) fn take(&mut self, count: usize) -> Result<&'a [u8], ExchangeProblem> {
        let truncated = ExchangeProblem::Truncated { place: self.place };
        let (head, rest) = self.bytes.split_at_checked(count).ok_or(truncated)?;
        self.bytes = rest;
        Ok(head)
    }

    pub(super) fn array<const N: usize>(&mut self) -> Result<&'a [u8; N], ExchangeProblem> {
        let truncated = ExchangeProblem::Truncated { place: self.place };
        let (head, rest) = self.bytes.split_first_chunk().ok_or(truncated)?;
        self.bytes = rest;
        Ok(head)
    }

    pub(super) fn u32(&mut self) -> Result<u32, ExchangeProblem> {
        self.array().map(|bytes| u32::from_le_bytes(*bytes))
    }

    pub(super) fn u64(&mut self) -> Result<u64, ExchangeProblem> {
        self.array().map(|bytes| u64::from_le_bytes(*bytes))
    }

    /// The length of the scalar field's modulus, and the modulus.
    pub(super) fn scalar_field(&mut self) -> Result<(), ExchangeProblem> {
        self.prime(Fr::MODULUS)
    }

    /// The same of the field of coordinates.
    pub(super) fn base_field(&mut self) -> Result<(), ExchangeProblem> {
        self.prime(Fq::MODULUS)
    }

    fn prime(&mut self, expected: BigInt<4>) -> Result<(), ExchangeProblem> {
        if self.u32()? != NUMBER_BYTES || raw::integer(self.array()?) != expected {
            return Err(ExchangeProblem::Curve);
        }
        Ok(())
    }

    pub(super) fn end(&self) -> Result<(), ExchangeProblem> {
        match self.bytes.len() as u64 {
            0 => Ok(()),
            bytes => Err(ExchangeProblem::Trailing { bytes, place: self.place }),
        }
    }
}

/// The head of a file with this many sections.
pub(super) fn head(kind: &Kind, sections: u32) -> Vec<u8> {
    [kind.magic, kind.version.to_le_bytes(), sections.to_le_bytes()].concat()
}

/// The head of a section of this length.
pub(super) fn section_head(kind: u32, bytes: u64) -> Vec<u8> {
    [&kind.to_le_bytes()[..], &bytes.to_le_bytes()].concat()
}

/// A modulus as headers have it: length, then the number.
pub(super) fn modulus(prime: BigInt<4>) -> Vec<u8> {
    [&NUMBER_BYTES.to_le_bytes()[..], &raw::integer_bytes(prime)].concat()
}
