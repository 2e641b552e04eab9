//! The container of iden3's files: magic (4 bytes), version (4), number of sections (4), then for each section its kind
//! (4), its length (8) and its bytes. Little-endian. (`@iden3/binfileutils`.)

use std::{fs::File, path::Path};

use ark_bn254::{Fq, Fr};
use ark_ff::{BigInt, PrimeField};

use super::{
    super::{mapping::Mapping, raw},
    error::{ExchangeError, ExchangeProblem},
};

/// More sections than any file has.
const MOST_SECTIONS: u32 = 64;
/// Bytes of a number below one of the two primes.
const NUMBER_BYTES: u32 = 32;

/// A kind of file.
pub(super) struct Kind {
    pub magic: [u8; 4],
    pub version: u32,
    /// What it is, for messages.
    pub what: &'static str,
}

/// Maps a file; an empty one is of no kind.
///
/// # Errors
/// [`ExchangeProblem::Read`], [`ExchangeProblem::WrongKind`].
pub(super) fn map(path: &Path, what: &'static str) -> Result<Mapping, ExchangeError> {
    let fail = |error| ExchangeError::new(path, ExchangeProblem::Read(error));
    let file = File::open(path).map_err(fail)?;
    if file.metadata().map_err(fail)?.len() == 0 {
        return Err(ExchangeError::new(path, ExchangeProblem::WrongKind { expected: what }));
    }
    Mapping::new(&file).map_err(fail)
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
