//! What a key is for.

use core::str;

use crate::Refusal;
use crate::reader::Reader;

const MAGIC: &[u8; 8] = b"POPWVKEY";
const FORMAT_VERSION: u16 = 1;
const GROTH16: u8 = 1;
const HALO2: u8 = 2;
const LONGEST_NAME: usize = 31;

/// How a development key was made; whoever made it can forge proofs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Development {
    /// From a public seed: anyone can forge.
    Seeded,
    /// From random numbers of one machine: its operator can forge.
    Random,
}

impl Development {
    /// As documents spell it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Seeded => "seeded",
            Self::Random => "random",
        }
    }
}

/// What a Groth16 key is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Header<'a> {
    /// Claim, such as `uptime`.
    pub claim: &'a str,
    /// Version of the claim.
    pub claim_version: u16,
    /// Shape, such as `standard`.
    pub shape: &'a str,
    /// Set when the key is for development.
    pub development: Option<Development>,
}

impl<'a> Header<'a> {
    pub(crate) fn read(reader: &mut Reader<'a>) -> Result<Self, Refusal> {
        let frame = Refusal::KeyFrame;
        if reader.array() != Some(MAGIC) || reader.u16() != Some(FORMAT_VERSION) {
            return Err(frame);
        }
        let system = reader.u8().filter(|system| matches!(*system, GROTH16 | HALO2)).ok_or(frame)?;
        let development = match reader.u8() {
            Some(0) => None,
            Some(1) => Some(Development::Seeded),
            Some(2) => Some(Development::Random),
            _ => return Err(frame),
        };
        let claim_version = reader.u16().ok_or(frame)?;
        let claim = name(reader).ok_or(frame)?;
        let shape = name(reader).ok_or(frame)?;
        if system != GROTH16 {
            return Err(Refusal::KeySystem);
        }
        Ok(Self { claim, claim_version, shape, development })
    }
}

fn name<'a>(reader: &mut Reader<'a>) -> Option<&'a str> {
    let length = usize::from(reader.u8()?);
    let bytes = reader.slice(length)?;
    let allowed = |byte: &u8| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'.' | b'-');
    let sound = (1..=LONGEST_NAME).contains(&length) && bytes.iter().all(allowed);
    str::from_utf8(bytes).ok().filter(|_| sound)
}
