//! The files people exchange, as JSON.
//!
//! Every document begins with `format` and `version`, which are looked at first; unknown fields are refused, and so
//! is every other form than the schema's ([`Strict`]).
//! Field elements are decimal strings, bytes lower-case hex without `0x`. No document holds a secret. Reading
//! never panics and does no more work than the size of the file explains, and that is bounded.

mod bandwidth;
mod eligibility;
mod envelope;
mod epoch;
mod parts;
mod storage;
mod uptime;
mod version;
mod work;

pub use bandwidth::{BandwidthFormat, BandwidthInput, ChallengerInput, ReceiptInput};
pub use eligibility::{EligibilityFormat, EligibilityPolicy};
pub use envelope::{
    CompactError, ContextDocument, EnvelopeFormat, Openings, ProofEnvelope, PublicInputs, System,
};
pub use epoch::{Beacon, BeaconSource, EpochFormat, EpochPublic};
pub use parts::{ClaimInput, ClaimParts, DeviceInput, WitnessInput};
pub use storage::{ChildrenInput, OpeningInput, SectorInput, StorageFormat, StorageInput};
pub use uptime::{SeatInput, UptimeFormat, UptimeInput};
pub use version::Version;
pub use work::{WorkFormat, WorkInput};

use alloc::string::{String, ToString};

use serde::{Deserialize, Serialize, de::DeserializeOwned};
use thiserror::Error;

use crate::{claim::RulesError, identity::IdentityError, strict::Strict, text::shown};

/// Largest document, in bytes, unless its kind says otherwise (16 MiB).
pub const LIMIT: u64 = 16 << 20;
/// Largest input of a proof, in bytes (64 MiB).
const INPUT_LIMIT: u64 = 64 << 20;

/// A kind of document.
pub trait Document: Serialize + DeserializeOwned {
    /// Its `format`.
    const FORMAT: &'static str;
    /// The `version` this crate reads and writes.
    const VERSION: u32;
    /// The most bytes one has; nothing longer is looked at.
    const LIMIT: u64 = LIMIT;

    /// Checks what the fields' types do not say: that parts agree with each other and numbers are possible.
    ///
    /// # Errors
    /// Names the first field that does not fit.
    fn check(&self) -> Result<(), DocumentError>;

    /// Reads and checks a document.
    ///
    /// # Errors
    /// [`DocumentError`], naming the field.
    fn from_json(json: &[u8]) -> Result<Self, DocumentError> {
        check_size(json, Self::LIMIT)?;
        let Header { format, version } = header(json)?;
        if format != Self::FORMAT {
            return Err(DocumentError::Format { found: format, expected: Self::FORMAT });
        }
        if version != Self::VERSION {
            return Err(DocumentError::Version {
                format: Self::FORMAT,
                found: version,
                supported: Self::VERSION,
            });
        }
        let document: Self = parse(json)?;
        document.check()?;
        Ok(document)
    }

    /// Pretty-printed JSON with a final line break.
    fn to_json(&self) -> String {
        let mut json =
            serde_json::to_string_pretty(self).expect("documents have string keys and no failing values");
        json.push('\n');
        json
    }
}

/// What every document begins with.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Header {
    /// Which kind of document, such as `popw.epoch`.
    pub format: String,
    /// Version of that kind.
    pub version: u32,
}

/// The header of any document of ours, whatever follows it.
///
/// # Errors
/// [`DocumentError::Malformed`] if this is not JSON or has no `format` and `version`.
pub fn header(json: &[u8]) -> Result<Header, DocumentError> {
    parse(json)
}

/// Reads JSON that has no header, of at most [`LIMIT`] bytes, as strictly as documents are read.
///
/// # Errors
/// [`DocumentError::TooLarge`]; [`DocumentError::Malformed`], naming the field.
pub fn read<T: DeserializeOwned>(json: &[u8]) -> Result<T, DocumentError> {
    check_size(json, LIMIT)?;
    parse(json)
}

fn check_size(bytes: &[u8], limit: u64) -> Result<(), DocumentError> {
    if bytes.len() as u64 > limit { Err(DocumentError::TooLarge { limit }) } else { Ok(()) }
}

fn parse<T: DeserializeOwned>(json: &[u8]) -> Result<T, DocumentError> {
    let mut reader = serde_json::Deserializer::from_slice(json);
    let read = value(&mut reader).and_then(|value| match reader.end() {
        Ok(()) => Ok(value),
        Err(error) => Err(malformed(WHOLE.to_string(), &error)),
    });
    read.map_err(|error| match no_json(json) {
        Some(problem) => DocumentError::Malformed { field: WHOLE.to_string(), problem: problem.to_string() },
        None => error,
    })
}

type Reader<'a> = serde_json::Deserializer<serde_json::de::SliceRead<'a>>;

#[cfg(feature = "paths")]
fn value<T: DeserializeOwned>(reader: &mut Reader<'_>) -> Result<T, DocumentError> {
    serde_path_to_error::deserialize(Strict(reader))
        .map_err(|error| malformed(error.path().to_string(), error.inner()))
}

#[cfg(not(feature = "paths"))]
fn value<T: DeserializeOwned>(reader: &mut Reader<'_>) -> Result<T, DocumentError> {
    T::deserialize(Strict(reader)).map_err(|error| malformed(WHOLE.to_string(), &error))
}

/// A field that is the document itself.
const WHOLE: &str = ".";

/// The reader's message in JSON's words: it calls arrays sequences and objects maps.
fn malformed(field: String, error: &serde_json::Error) -> DocumentError {
    let problem = error
        .to_string()
        .replace("invalid type: sequence,", "invalid type: array,")
        .replace("invalid type: map,", "invalid type: object,")
        .replace(", expected a sequence", ", expected an array");
    DocumentError::Malformed { field, problem }
}

/// What is wrong with bytes that are no JSON by the first of them.
fn no_json(bytes: &[u8]) -> Option<&'static str> {
    match bytes {
        [0xef, 0xbb, 0xbf, ..] => Some("it begins with a byte order mark: save it as UTF-8 without one"),
        [0xff, 0xfe, ..] | [0xfe, 0xff, ..] | [b'{', 0, ..] | [0, b'{', ..] => {
            Some("it is text in UTF-16: save it as UTF-8, without a byte order mark")
        }
        _ if bytes.starts_with(b"POPWVKEY") => {
            Some("it is a verifying key, not a document: give it where a key is asked for")
        }
        _ if bytes.starts_with(b"POPWPRF") => {
            Some("it is a proof in compact form: give it where a proof is asked for")
        }
        _ if bytes.starts_with(b"POPW") || bytes.starts_with(b"popwtree") => {
            Some("it is a binary file, not a document: `popw inspect` says which")
        }
        _ => match bytes.trim_ascii_start() {
            [] | [b'{' | b'[' | b'"' | b'-' | b'0'..=b'9', ..] => None,
            word if [&b"true"[..], b"false", b"null"].iter().any(|json| word.starts_with(json)) => None,
            _ => Some("it is not JSON: a document begins with {"),
        },
    }
}

/// Why a document is refused.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum DocumentError {
    /// Not JSON, a missing or unknown field, or a value its field cannot have.
    #[error("{}{}", at(field), shown(problem))]
    Malformed {
        /// Where, such as `seats[2].witness.owner`; `.` for the document itself.
        field: String,
        /// What is wrong there, with line and column.
        problem: String,
    },
    /// More bytes than one of its kind has.
    #[error("it has more than {limit} bytes, too many for a document of its kind: is it the right file?")]
    TooLarge {
        /// The most bytes it could have.
        limit: u64,
    },
    /// Another kind of document.
    #[error("this is a \"{}\" document; expected \"{expected}\"", shown(found))]
    Format {
        /// Its `format`.
        found: String,
        /// The wanted one.
        expected: &'static str,
    },
    /// Another version.
    #[error("this \"{format}\" document has version {found}; this program reads version {supported}")]
    Version {
        /// Its `format`.
        format: &'static str,
        /// Its `version`.
        found: u32,
        /// The readable one.
        supported: u32,
    },
    /// A field that contradicts another or cannot be.
    #[error("field `{field}`: {problem}")]
    Inconsistent {
        /// Which.
        field: String,
        /// Why.
        problem: Inconsistency,
    },
}

/// What does not fit in a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum Inconsistency {
    /// Not the domain of the document's `domain_id`.
    #[error("it is not the domain that domain_id stands for")]
    Domain,
    /// A `domain_id` that names none.
    #[error(transparent)]
    DomainId(#[from] IdentityError),
    /// Impossible rules.
    #[error(transparent)]
    Rules(#[from] RulesError),
    /// An epoch that has no closing beacon yet.
    #[error("it is missing: the epoch has not been closed by a beacon yet")]
    NotClosed,
    /// A slot of no length.
    #[error("a slot takes at least 1 ms")]
    EmptySlot,
    /// An end beyond 64 bits.
    #[error("the epoch would end after the last representable time")]
    Endless,
    /// A name outside `a-z 0-9 . -`, or not 1 to 31 long.
    #[error("a name is 1 to 31 characters of a-z, 0-9, dot and hyphen")]
    Name,
    /// A path whose index has bits beyond its siblings.
    #[error("the index has more bits than there are siblings")]
    PathIndex,
    /// A path longer than any tree of this protocol.
    #[error("the path has more than 32 siblings")]
    PathLength,
    /// A seat that the rules do not have.
    #[error("there is no such seat: seats are numbered from 0 to k - 1")]
    NoSuchSeat,
    /// A seat that is there twice.
    #[error("this seat is listed twice")]
    SeatTwice,
    /// A witness index of n_w or more.
    #[error("there is no such witness: indices are below n_w")]
    NoSuchWitness,
    /// A batch that the rules do not have.
    #[error("there is no such batch: batches are numbered from 0 to B - 1")]
    NoSuchBatch,
    /// A number that is not above the one before.
    #[error("numbers have to rise from one entry to the next")]
    Unordered,
    /// A number of another batch.
    #[error("this number belongs to another batch: an entry's batch is seq mod B")]
    OtherBatch,
    /// A height that is not that of so many bytes.
    #[error("this is not the height of a tree over so many bytes")]
    Height,
    /// A sector whose term is over.
    #[error("the sector's term is over: expiry has to be above the epoch")]
    Expired,
    /// A node at or beyond the sector's end.
    #[error("there is no such node: indices are below the number of nodes")]
    NoSuchNode,
    /// Another node than the one asked for.
    #[error("this is not the node that the closing beacon asks for: audit the sector again for this epoch")]
    OtherNode,
    /// More or fewer levels than the tree has.
    #[error("there is one list of children for each level of the tree")]
    Levels,
    /// An empty list.
    #[error("the list is empty: there has to be at least one")]
    Nothing,
    /// Something that is there twice.
    #[error("this is listed twice")]
    Twice,
    /// An epoch of another network.
    #[error("the epoch is of another network than the document's domain_id")]
    OtherDomain,
    /// A claim that does not exist.
    #[error("there is no such claim: uptime, possession, bandwidth or work")]
    NoSuchClaim,
    /// Work beside its parts.
    #[error("work is asked for by itself: beside it the same work would count twice")]
    WorkBesideSingles,
    /// A minimum of something that no claim asked for shows.
    #[error("none of the claims asked for shows this: ask for one that does, or for 0")]
    NotShown,
}

fn at(field: &str) -> String {
    match field {
        "." | "" => String::new(),
        field => alloc::format!("field `{}`: ", shown(field)),
    }
}

fn inconsistent(field: impl Into<String>, problem: impl Into<Inconsistency>) -> DocumentError {
    DocumentError::Inconsistent { field: field.into(), problem: problem.into() }
}

/// `a-z 0-9 . -`, 1 to 31 of them: what claims and shapes are called.
fn check_name(field: &str, name: &str) -> Result<(), DocumentError> {
    let allowed =
        |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'.' | b'-');
    let fits = (1..=31).contains(&name.len()) && name.bytes().all(allowed);
    if fits { Ok(()) } else { Err(inconsistent(field, Inconsistency::Name)) }
}

/// That `domain` is the one `domain_id` stands for.
fn check_domain(prefix: &str, domain_id: &str, domain: crate::Fr) -> Result<(), DocumentError> {
    let expected = crate::identity::domain(domain_id)
        .map_err(|error| inconsistent(alloc::format!("{prefix}domain_id"), error))?;
    if expected == domain {
        Ok(())
    } else {
        Err(inconsistent(alloc::format!("{prefix}domain"), Inconsistency::Domain))
    }
}
