//! Verifying keys: one file format for every proof system.
//!
//! | bytes | field | |
//! | --- | --- | --- |
//! | 8 | magic | `POPWVKEY` |
//! | 2 | format version | 1 |
//! | 1 | proof system | 1 Groth16, 2 halo2 (KZG, SHPLONK) |
//! | 1 | development | 0 no, 1 made from a public seed, 2 made from one machine's random numbers |
//! | 2 | claim version | |
//! | 1 + n | claim | length, then 1 to 31 characters of `a-z 0-9 . -` |
//! | 1 + n | shape | the same |
//! | 4 | payload length | |
//! | … | payload | nothing follows it |
//!
//! Integers are big-endian. A Groth16 payload is α (G1), β, γ, δ (G2), the number of IC points (4 bytes) and the IC points
//! (G1), encoded as in [`crate::encoding`]; a halo2 payload is described in [`crate::halo2`]. Every key has exactly one encoding, and its digest is BLAKE3 of the whole file, so
//! that claim, shape and the development flag are covered by the digest that proofs name.

use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use serde::Serialize;

pub use popw_core::document::System;

use crate::encoding::Reader;
use crate::groth16;
use crate::malformed::{Field, Malformed, Problem};
#[cfg(feature = "halo2")]
use crate::{PUBLIC_INPUTS, halo2};

const MAGIC: &[u8; 8] = b"POPWVKEY";
const FORMAT_VERSION: u16 = 1;
const LONGEST_NAME: usize = 31;

/// The "claim" of keys for circuits that are not popw's, brought in from other software. No claim has this id, so a proof
/// for such a key is never taken for a claim's.
pub const CIRCUIT: &str = "circuit";

/// BLAKE3 of a verifying key's file.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KeyDigest(pub [u8; 32]);

impl fmt::Display for KeyDigest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for KeyDigest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Serialize for KeyDigest {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

#[cfg(feature = "schema")]
impl schemars::JsonSchema for KeyDigest {
    fn schema_name() -> alloc::borrow::Cow<'static, str> {
        popw_core::field::schema::Hex32::schema_name()
    }

    fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        popw_core::field::schema::Hex32::json_schema(generator)
    }
}

/// How a development key was made. Whoever made it, or can make it again, can forge proofs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum Development {
    /// From a public seed: anyone can forge.
    Seeded,
    /// From random numbers of one machine: its operator can forge.
    Random,
}

impl Development {
    /// What a user has to know about verdicts reached with such a key.
    pub const fn warning(self) -> &'static str {
        match self {
            Self::Seeded => "development key made from a public seed: anyone can forge proofs for it",
            Self::Random => "development key made on one machine: its maker can forge proofs for it",
        }
    }
}

/// What a key is for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Header {
    /// Proof system.
    pub system: System,
    /// Claim, such as `uptime`.
    pub claim: String,
    /// Version of the claim.
    pub claim_version: u16,
    /// Shape, such as `demo` or `standard`.
    pub shape: String,
    /// Set when the key is for development, and how it was made.
    pub development: Option<Development>,
}

impl Header {
    /// Whether the key is a claim's, not one of some other circuit ([`CIRCUIT`]).
    pub fn is_claim(&self) -> bool {
        self.claim != CIRCUIT
    }

    fn check(&self) -> Result<(), Malformed> {
        name(self.claim.as_bytes(), Field::Claim)?;
        name(self.shape.as_bytes(), Field::Shape)?;
        Ok(())
    }

    fn write(&self, out: &mut Vec<u8>) -> Result<(), Malformed> {
        out.extend_from_slice(MAGIC);
        out.extend_from_slice(&FORMAT_VERSION.to_be_bytes());
        out.push(match self.system {
            System::Groth16 => 1,
            System::Halo2 => 2,
        });
        out.push(match self.development {
            None => 0,
            Some(Development::Seeded) => 1,
            Some(Development::Random) => 2,
        });
        out.extend_from_slice(&self.claim_version.to_be_bytes());
        for (name, field) in [(&self.claim, Field::Claim), (&self.shape, Field::Shape)] {
            out.push(u8::try_from(name.len()).map_err(|_| Malformed::new(field, Problem::Name))?);
            out.extend_from_slice(name.as_bytes());
        }
        Ok(())
    }

    fn read(reader: &mut Reader<'_>) -> Result<Self, Malformed> {
        if reader.array(Field::Magic).ok() != Some(MAGIC) {
            return Err(Malformed::new(Field::Magic, Problem::NotAKey));
        }
        match reader.u16(Field::FormatVersion)? {
            FORMAT_VERSION => {}
            found => return Err(Malformed::new(Field::FormatVersion, Problem::Version { found })),
        }
        let system = match reader.u8(Field::System)? {
            1 => System::Groth16,
            2 => System::Halo2,
            _ => return Err(Malformed::new(Field::System, Problem::Unknown)),
        };
        let development = match reader.u8(Field::Development)? {
            0 => None,
            1 => Some(Development::Seeded),
            2 => Some(Development::Random),
            _ => return Err(Malformed::new(Field::Development, Problem::Unknown)),
        };
        let claim_version = reader.u16(Field::ClaimVersion)?;
        let mut read_name = |field| {
            let length = reader.u8(field)?;
            name(reader.slice(usize::from(length), field)?, field)
        };
        Ok(Self {
            system,
            claim: read_name(Field::Claim)?,
            claim_version,
            shape: read_name(Field::Shape)?,
            development,
        })
    }
}

fn name(bytes: &[u8], field: Field) -> Result<String, Malformed> {
    let allowed = |byte: &u8| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'.' | b'-');
    if bytes.is_empty() || bytes.len() > LONGEST_NAME || !bytes.iter().all(allowed) {
        return Err(Malformed::new(field, Problem::Name));
    }
    Ok(bytes.iter().copied().map(char::from).collect())
}

/// The part of a key that belongs to its proof system.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Payload {
    /// A Groth16 key.
    Groth16(Box<groth16::Key>),
    /// A halo2 key.
    #[cfg(feature = "halo2")]
    Halo2(Box<halo2::Key>),
}

/// Why bytes, or points, are not a usable verifying key.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum KeyError {
    /// A field cannot be read, or is not what it must be.
    #[error("malformed {0}")]
    Malformed(#[from] Malformed),
    /// Every field can be read, and proofs for the key can be forged.
    #[error("unsafe key: {0}")]
    Unsafe(#[from] groth16::Weakness),
    /// A key of a proof system that this build leaves out.
    #[error("this build has no {} verifier: use one that has", .0.name())]
    UnsupportedSystem(System),
}

impl KeyError {
    /// A code that stays the same between versions.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Malformed(_) => "malformed-key",
            Self::Unsafe(weakness) => weakness.code(),
            Self::UnsupportedSystem(_) => "unsupported-system",
        }
    }
}

/// A verifying key: what it is for, the key itself, its digest. A value of this type has passed every check.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerifyingKey {
    header: Header,
    payload: Payload,
    bytes: Vec<u8>,
    digest: KeyDigest,
}

impl VerifyingKey {
    /// Puts a key together.
    ///
    /// # Errors
    /// When a name in the header is not one, or the header names another system than the payload's.
    pub fn new(header: Header, payload: Payload) -> Result<Self, KeyError> {
        header.check()?;
        let (system, encoded) = match &payload {
            Payload::Groth16(key) => {
                if header.is_claim() {
                    key.check_claim()?;
                }
                (System::Groth16, key.to_payload())
            }
            #[cfg(feature = "halo2")]
            Payload::Halo2(key) => {
                check_inputs(key)?;
                (System::Halo2, key.to_payload())
            }
        };
        if system != header.system {
            return Err(Malformed::new(Field::System, Problem::Unknown).into());
        }
        let bytes = frame(&header, &encoded)?;
        Ok(Self { header, payload, digest: digest(&bytes), bytes })
    }

    /// Reads a key file and checks all of it.
    ///
    /// # Errors
    /// Names the first field that is wrong: bytes missing or left over, an unknown value, a point that is not below the
    /// modulus, not on its curve, not in its subgroup or at infinity, the wrong number of IC points, or points whose
    /// relation lets anyone forge proofs.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, KeyError> {
        let (header, encoded) = split(bytes)?;
        let payload = match header.system {
            System::Groth16 => {
                Payload::Groth16(Box::new(groth16::Key::from_payload(encoded, header.is_claim())?))
            }
            #[cfg(feature = "halo2")]
            System::Halo2 => {
                let key = halo2::Key::from_payload(encoded)?;
                check_inputs(&key)?;
                Payload::Halo2(Box::new(key))
            }
            #[cfg(not(feature = "halo2"))]
            System::Halo2 => return Err(KeyError::UnsupportedSystem(System::Halo2)),
        };
        Ok(Self { header, payload, bytes: bytes.to_vec(), digest: digest(bytes) })
    }

    /// The key file.
    pub fn to_bytes(&self) -> Vec<u8> {
        self.bytes.clone()
    }

    /// BLAKE3 of the key file.
    pub const fn digest(&self) -> KeyDigest {
        self.digest
    }

    /// What the key is for.
    pub const fn header(&self) -> &Header {
        &self.header
    }

    /// The key itself.
    pub const fn payload(&self) -> &Payload {
        &self.payload
    }
}

#[cfg(feature = "halo2")]
pub(crate) fn check_inputs(key: &halo2::Key) -> Result<(), Malformed> {
    match key.public_inputs() {
        PUBLIC_INPUTS => Ok(()),
        found => {
            let problem = Problem::Count { expected: PUBLIC_INPUTS, found };
            Err(Malformed::new(Field::Named("halo2 key: number of public inputs"), problem))
        }
    }
}

fn frame(header: &Header, payload: &[u8]) -> Result<Vec<u8>, Malformed> {
    let mut bytes = Vec::new();
    header.write(&mut bytes)?;
    let length = u32::try_from(payload.len())
        .map_err(|_| Malformed::new(Field::PayloadLength, Problem::TrailingBytes { count: payload.len() }))?;
    bytes.extend_from_slice(&length.to_be_bytes());
    bytes.extend_from_slice(payload);
    Ok(bytes)
}

/// The file of a circuit's Groth16 key ([`CIRCUIT`]) with this payload, which is not looked into:
/// [`lint`](crate::lint::lint) and [`VerifyingKey::from_bytes`] do that.
///
/// # Errors
/// For a shape that is no name, or a payload of more than 2^32 bytes.
pub fn circuit_file(shape: &str, payload: &[u8]) -> Result<Vec<u8>, Malformed> {
    let header = Header {
        system: System::Groth16,
        claim: CIRCUIT.into(),
        claim_version: 0,
        shape: shape.into(),
        development: None,
    };
    header.check()?;
    frame(&header, payload)
}

/// A key file's digest, of any bytes.
pub fn digest(file: &[u8]) -> KeyDigest {
    KeyDigest(*blake3::hash(file).as_bytes())
}

/// Header and payload of a key file; the payload is not looked into.
///
/// # Errors
/// Names the first field of the frame that is wrong.
pub fn split(file: &[u8]) -> Result<(Header, &[u8]), Malformed> {
    let mut reader = Reader::new(file);
    let header = Header::read(&mut reader)?;
    let length = reader.u32(Field::PayloadLength)?;
    let length =
        usize::try_from(length).map_err(|_| Malformed::new(Field::PayloadLength, Problem::Truncated))?;
    let payload = reader.slice(length, Field::Payload)?;
    reader.end(Field::Payload)?;
    Ok((header, payload))
}
