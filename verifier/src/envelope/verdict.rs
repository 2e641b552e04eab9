//! What a valid document amounts to.

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use popw_core::claim::Amount;
use popw_core::field;
use serde::Serialize;

use crate::Fr;
use crate::key::{Development, KeyDigest, System};

/// How far a document has been checked, and what that found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum Level {
    /// The proof holds for its openings. Nobody has said that such an epoch or such registries exist.
    ValidContextNotChecked,
    /// And the openings are those of the network's epoch.
    ValidForThisEpoch,
    /// And its nullifier has not been paid.
    Due,
    /// And its nullifier has been paid.
    AlreadyClaimed,
}

impl Level {
    /// As documents and exit codes name it.
    pub const fn code(self) -> &'static str {
        match self {
            Self::ValidContextNotChecked => "valid-context-not-checked",
            Self::ValidForThisEpoch => "valid-for-this-epoch",
            Self::Due => "due",
            Self::AlreadyClaimed => "already-claimed",
        }
    }
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::ValidContextNotChecked => "valid, context not checked",
            Self::ValidForThisEpoch => "valid for this epoch",
            Self::Due => "due",
            Self::AlreadyClaimed => "already claimed",
        })
    }
}

/// What a valid document says, on what evidence, and what it does not say.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Verdict {
    /// How far it has been checked.
    pub verdict: Level,
    /// The claim.
    pub claim: &'static str,
    /// Its version.
    pub claim_version: u16,
    /// The circuit's shape.
    pub shape: String,
    /// The proof system.
    pub system: System,
    /// The verifying key.
    pub key_digest: KeyDigest,
    /// The claim in a sentence.
    pub statement: &'static str,
    /// The contract that keeps the nullifiers, CAIP-10 or `popw:local:…`.
    pub domain_id: String,
    /// The epoch's number.
    pub epoch: u32,
    /// What is claimed.
    pub amount: Amount,
    /// Who is paid.
    pub payee: Payee,
    /// Spent when the claim is paid.
    #[serde(with = "field::decimal")]
    #[cfg_attr(feature = "schema", schemars(with = "field::schema::Decimal"))]
    pub nullifier: Fr,
    /// What the claim rests on.
    pub evidence: Evidence,
    /// The time it is about, when the network's epoch was given.
    pub period: Option<Period>,
    /// What else has to be known.
    pub warnings: Vec<Warning>,
    /// What does not follow from it.
    pub does_not_prove: Vec<&'static str>,
}

/// Who is paid.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Payee {
    /// `bytes32`: an EVM address after twelve zero bytes, or another chain's account.
    #[serde(with = "field::hex32")]
    #[cfg_attr(feature = "schema", schemars(with = "field::schema::Hex32"))]
    pub recipient: [u8; 32],
    /// The owner tag a credit is entered under; 0 when unused.
    #[serde(with = "field::decimal")]
    #[cfg_attr(feature = "schema", schemars(with = "field::schema::Decimal"))]
    pub owner_tag: Fr,
}

/// What a claim rests on.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Evidence {
    /// In words.
    pub statement: &'static str,
    /// Witness seats in the registry.
    pub witness_seats: u32,
    /// Seats drawn for a device.
    pub committee: u32,
    /// Seats of different owners that confirm a slot.
    pub quorum: u32,
    /// Slots in the epoch.
    pub slots: u32,
    /// The longest run of missed slots that the rules allow.
    pub max_gap: u32,
    /// How likely a committee's quorum falls to somebody by the draw alone; empty without a committee.
    pub capture_odds: Vec<CaptureOdds>,
    /// Nodes opened of every sector; 0 without storage.
    pub challenges: u32,
    /// How likely a loss is noticed; empty without storage.
    pub detection_odds: Vec<DetectionOdds>,
}

/// The chance that the challenges to a sector ask for something that is lost.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct DetectionOdds {
    /// Share of the sector's nodes that is lost, in percent.
    pub lost_percent: u8,
    /// The chance in one epoch, 0 to 1.
    pub one_epoch: f64,
    /// The chance in at least one of thirty epochs.
    pub thirty_epochs: f64,
}

/// The chance that a quorum of the drawn seats belongs to one party.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct CaptureOdds {
    /// Share of all witness seats that the party holds, in percent.
    pub share_percent: u8,
    /// The chance, 0 to 1.
    pub odds: f64,
}

/// The time a claim is about, in milliseconds since 1970.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Period {
    /// The first slot begins.
    pub from_unix_ms: u64,
    /// The last slot ends.
    pub until_unix_ms: u64,
    /// One epoch later: from then on a newer claim could be there, and this one is stale.
    pub fresh_until_unix_ms: u64,
}

/// Something that limits what a verdict is worth.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Warning {
    /// A code that stays the same between versions.
    pub code: &'static str,
    /// In words.
    pub message: &'static str,
}

impl Warning {
    pub(super) const fn development(development: Development) -> Self {
        let code = match development {
            Development::Seeded => "development-seeded",
            Development::Random => "development-random",
        };
        Self { code, message: development.warning() }
    }
}
