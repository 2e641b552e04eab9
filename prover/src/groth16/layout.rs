//! Layout of the key file: one header, sections that are used as they lie, one digest.
//!
//! All numbers are little-endian. The header is [`HEADER_BYTES`] long:
//!
//! | offset | bytes | field |
//! | --- | --- | --- |
//! | 0 | 8 | magic `POPWG16K` |
//! | 8 | 4 | format version, 2 |
//! | 12 | 4 | byte-order mark `0x0a0b0c0d` |
//! | 16 | 4 | public inputs (without the constant 1) |
//! | 20 | 4 | witness variables |
//! | 24 | 4 | constraints |
//! | 28 | 4 | binary logarithm of the evaluation domain's size |
//! | 32 | 32 | BLAKE3 digest of the verifying-key file |
//! | 64 | 18 × 64 | section table, in the order of [`Section::ALL`] |
//! | 1216 | 4 | quotient basis: 1 coset, 2 coefficients ([`QuotientBasis`]) |
//! | 1220 | 4 | 1 if the matrix C is known, else 0 |
//!
//! The rest of the header is zero.
//!
//! Claim, shape and development mark are not repeated here: the first section is the verifying-key file
//! ([`popw_verifier::key`]), which says them.
//!
//! A row of the section table: kind (4 bytes), bytes an element (4), offset (8), elements (8), zero (8),
//! BLAKE3 digest of the section with its padding (32). Sections follow each other without gaps, each padded
//! with zeros to a multiple of [`ALIGNMENT`], so that every point of 64 bytes is one cache line. The file ends
//! with the BLAKE3 digest of the header, which through the table fixes every byte: it is the key's identity.
//!
//! Field elements are four 64-bit limbs in Montgomery form (`x·2^256 mod p`), least significant limb first.
//! Points are affine, `x` then `y` (over Fq2: `c0` then `c1`). Infinity would be `(0, 0)`, on neither curve, but
//! no point of a key may be infinity: a query lists the columns whose point is not, and holds only those.
//!
//! A matrix is stored by rows: `rows` holds one more number than there are constraints, row `i` being the
//! entries `rows[i]..rows[i + 1]`; an entry is a column and an index into the section `coefficients`, whose
//! first two are always 1 and −1. Column 0 is the constant 1, then come public inputs, then witness variables.
//!
//! Keys of other software may come without C: `a·b` is then taken for `c`, and an assignment that violates a constraint
//! is found out by its proof, which does not verify. The sections of such a C are empty.
//!
//! With the basis `coset` point `j` of the H query is `[L_j(τ)·(τⁿ − 1)/(−2δ)]₁`, where `L` is the Lagrange basis over the
//! coset `ω'·⟨ω⟩`, `ω` of order `n` (the domain size) and `ω'² = ω`: it pairs with `a·b − c` at the coset's `j`-th point.
//! (The basis that snarkjs uses, too; it spares the prover one transform.) With `coefficients` point `i` is
//! `[τⁱ·(τⁿ − 1)/δ]₁`, one less than the domain has points (libsnark's and arkworks' basis).

mod section;
mod sizes;

use super::error::KeyProblem;
pub use section::Section;
pub use sizes::{Dimensions, QuotientBasis};

/// First bytes of a key file.
pub const MAGIC: [u8; 8] = *b"POPWG16K";
/// The format version written and read.
pub const VERSION: u32 = 2;
/// Bytes of the header.
pub const HEADER_BYTES: usize = 4096;
/// Sections begin at multiples of this many bytes: a memory page.
pub const ALIGNMENT: u64 = 4096;
/// Bytes of a BLAKE3 digest, and of the file's end.
pub const DIGEST_BYTES: usize = 32;

const BYTE_ORDER: u32 = 0x0a0b_0c0d;
const TABLE: usize = 64;
const ROW_BYTES: usize = 64;
const BASIS: usize = TABLE + Section::ALL.len() * ROW_BYTES;
const KNOWS_C: usize = BASIS + 4;
/// Where a section lies, and its digest.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Extent {
    pub offset: u64,
    pub elements: u64,
    pub digest: [u8; DIGEST_BYTES],
}

impl Extent {
    /// Bytes of the elements, without padding.
    pub(super) fn bytes(&self, section: Section) -> u64 {
        self.elements.saturating_mul(u64::from(section.element_bytes()))
    }
}

/// The decoded header.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Header {
    pub dimensions: Dimensions,
    pub basis: QuotientBasis,
    /// Whether the matrix C is in the file.
    pub knows_c: bool,
    pub verifying_key_digest: [u8; DIGEST_BYTES],
    pub extents: [Extent; Section::ALL.len()],
}

impl Header {
    /// Length of the whole file.
    pub(super) fn file_bytes(&self) -> u64 {
        let last = Section::ALL[Section::ALL.len() - 1];
        padded_end(last, &self.extents[last.index()]).unwrap_or(u64::MAX).saturating_add(DIGEST_BYTES as u64)
    }

    pub(super) fn extent(&self, section: Section) -> &Extent {
        &self.extents[section.index()]
    }

    /// The header's bytes, [`HEADER_BYTES`] of them.
    pub(super) fn encode(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(HEADER_BYTES);
        out.extend(MAGIC);
        out.extend(VERSION.to_le_bytes());
        out.extend(BYTE_ORDER.to_le_bytes());
        let d = &self.dimensions;
        for number in [d.public, d.witness, d.constraints, d.log_domain] {
            out.extend(number.to_le_bytes());
        }
        out.extend(self.verifying_key_digest);
        for (section, extent) in Section::ALL.iter().zip(&self.extents) {
            out.extend((*section as u32).to_le_bytes());
            out.extend(section.element_bytes().to_le_bytes());
            out.extend(extent.offset.to_le_bytes());
            out.extend(extent.elements.to_le_bytes());
            out.extend([0; 8]);
            out.extend(extent.digest);
        }
        out.extend((self.basis as u32).to_le_bytes());
        out.extend(u32::from(self.knows_c).to_le_bytes());
        out.resize(HEADER_BYTES, 0);
        out
    }

    /// Decodes a header and checks everything that can be checked without the sections.
    ///
    /// # Errors
    /// [`KeyProblem`], naming the field.
    pub(super) fn decode(bytes: &[u8; HEADER_BYTES]) -> Result<Self, KeyProblem> {
        let number = |at: usize| u32::from_le_bytes(array(bytes, at));
        if bytes[..8] != MAGIC {
            return Err(KeyProblem::WrongKind);
        }
        if u32::from_ne_bytes(array(bytes, 12)) != BYTE_ORDER {
            return Err(KeyProblem::ByteOrder);
        }
        if number(8) != VERSION {
            return Err(KeyProblem::Version { found: number(8), supported: VERSION });
        }
        let dimensions = Dimensions::new(number(16) as usize, number(20) as usize, number(24) as usize)?;
        if number(28) != dimensions.log_domain {
            return Err(header("domain", number(28), "which does not follow from the number of constraints"));
        }
        let basis = QuotientBasis::decode(number(BASIS))
            .ok_or_else(|| header("quotient basis", number(BASIS), "which no version has"))?;
        let knows_c = match number(KNOWS_C) {
            0 => false,
            1 => true,
            found => return Err(header("knowledge of C", found, "neither 0 nor 1")),
        };
        let mut extents = [Extent::default(); Section::ALL.len()];
        let mut offset = HEADER_BYTES as u64;
        for (i, section) in Section::ALL.into_iter().enumerate() {
            let at = TABLE + i * ROW_BYTES;
            if number(at) != section as u32 || number(at + 4) != section.element_bytes() {
                return Err(header("section table", number(at), "not the section expected at this place"));
            }
            let extent = Extent {
                offset: u64::from_le_bytes(array(bytes, at + 8)),
                elements: u64::from_le_bytes(array(bytes, at + 16)),
                digest: array(bytes, at + 32),
            };
            if extent.offset != offset {
                return Err(header(section.name(), extent.offset, "not the offset at which it must begin"));
            }
            offset = padded_end(section, &extent)
                .ok_or_else(|| header(section.name(), extent.elements, "too many elements"))?;
            extents[i] = extent;
        }
        let verifying_key_digest = array(bytes, 32);
        let decoded = Self { dimensions, basis, knows_c, verifying_key_digest, extents };
        decoded.check_counts()?;
        if decoded.encode() != bytes {
            return Err(header("reserved bytes", "not zero", "but must be"));
        }
        Ok(decoded)
    }

    /// Numbers of elements that follow from the dimensions or must agree.
    fn check_counts(&self) -> Result<(), KeyProblem> {
        let count = |section| self.extent(section).elements;
        let d = &self.dimensions;
        let rows = u64::from(d.constraints) + 1;
        let columns = d.variables() as u64;
        let exact = [
            (Section::ARows, rows),
            (Section::BRows, rows),
            (Section::CRows, if self.knows_c { rows } else { 0 }),
            (Section::ConstantsG1, 3),
            (Section::ConstantsG2, 2),
            (Section::APoints, count(Section::AColumns)),
            (Section::BPointsG1, count(Section::BColumns)),
            (Section::BPointsG2, count(Section::BColumns)),
            (Section::LPoints, count(Section::LColumns)),
            (Section::HPoints, self.basis.points(d.domain()) as u64),
        ];
        for (section, expected) in exact {
            if count(section) != expected {
                return Err(header(
                    section.name(),
                    count(section),
                    "a number of elements that contradicts the rest",
                ));
            }
        }
        let bounded = [
            (Section::AColumns, columns),
            (Section::BColumns, columns),
            (Section::LColumns, u64::from(d.witness)),
            (Section::AEntries, u64::from(u32::MAX)),
            (Section::BEntries, u64::from(u32::MAX)),
            (Section::CEntries, if self.knows_c { u64::from(u32::MAX) } else { 0 }),
            (Section::Coefficients, u64::from(u32::MAX)),
        ];
        for (section, limit) in bounded {
            if count(section) > limit {
                return Err(header(section.name(), count(section), "more elements than there can be"));
            }
        }
        Ok(())
    }
}

/// Where the section after this one begins; `None` if that is beyond any file.
pub(super) fn padded_end(section: Section, extent: &Extent) -> Option<u64> {
    let bytes = extent.elements.checked_mul(u64::from(section.element_bytes()))?;
    extent.offset.checked_add(bytes.checked_next_multiple_of(ALIGNMENT)?)
}

fn header(field: &'static str, value: impl ToString, reason: &'static str) -> KeyProblem {
    KeyProblem::Header { field, value: value.to_string(), reason }
}

fn array<const N: usize>(bytes: &[u8; HEADER_BYTES], at: usize) -> [u8; N] {
    std::array::from_fn(|i| bytes[at + i])
}
