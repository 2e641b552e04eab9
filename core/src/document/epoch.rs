//! The published facts of an epoch.

use alloc::{string::String, vec::Vec};

use serde::{Deserialize, Serialize};

use super::{ContextDocument, Document, DocumentError, Inconsistency, Version, check_domain, inconsistent};
use crate::{
    Fr,
    claim::{ContextOpening, Roots, Rules},
    field,
};

/// `popw.epoch`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum EpochFormat {
    /// The one value.
    #[default]
    #[serde(rename = "popw.epoch")]
    Epoch,
}

/// What a network publishes about an epoch: first without, after its end with the closing beacon.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct EpochPublic {
    /// `popw.epoch`.
    pub format: EpochFormat,
    /// 1.
    pub version: Version<1>,
    /// The network's name, for people.
    pub network: String,
    /// The contract that keeps the nullifiers, in CAIP-10, or `popw:local:…`.
    pub domain_id: String,
    /// The domain `domain_id` stands for.
    #[serde(with = "field::decimal")]
    #[cfg_attr(feature = "schema", schemars(with = "field::schema::Decimal"))]
    pub domain: Fr,
    /// The epoch's number.
    pub epoch: u32,
    /// When slot 0 begins: milliseconds since 1970.
    pub start_unix_ms: u64,
    /// Length of a slot in milliseconds.
    pub slot_ms: u32,
    /// The beacon that opens the epoch.
    pub opening: Beacon,
    /// The beacon that closes it; absent until then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub closing: Option<Beacon>,
    /// Roots of the registries.
    pub roots: Roots,
    /// The rules.
    pub rules: Rules,
}

/// A round of public randomness.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Beacon {
    /// Where it comes from.
    pub source: BeaconSource,
    /// The drand chain it belongs to.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "field::hex32_option")]
    #[cfg_attr(feature = "schema", schemars(with = "Option<field::schema::Hex32>"))]
    pub chain_hash: Option<[u8; 32]>,
    /// The round, block or line it is.
    pub round: u64,
    /// The randomness.
    #[serde(with = "field::hex32")]
    #[cfg_attr(feature = "schema", schemars(with = "field::schema::Hex32"))]
    pub randomness: [u8; 32],
    /// drand's signature of the round.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "field::hex_bytes_option")]
    #[cfg_attr(feature = "schema", schemars(with = "Option<field::schema::HexBytes>"))]
    pub signature: Option<Vec<u8>>,
    /// The signature of the round before, which drand's chained networks sign over.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "field::hex_bytes_option")]
    #[cfg_attr(feature = "schema", schemars(with = "Option<field::schema::HexBytes>"))]
    pub previous_signature: Option<Vec<u8>>,
}

/// Where randomness comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum BeaconSource {
    /// A drand network: verifiable by anyone, chosen by nobody.
    Drand,
    /// A chain's own randomness: its producers can bias it.
    Chain,
    /// A file, for working offline: whoever writes it chooses.
    File,
}

impl BeaconSource {
    /// As documents write it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Drand => "drand",
            Self::Chain => "chain",
            Self::File => "file",
        }
    }
}

impl Beacon {
    /// ρ: the randomness as a field element.
    pub fn rho(&self) -> Fr {
        field::bytes31(&self.randomness)
    }
}

impl EpochPublic {
    /// When the last slot ends: milliseconds since 1970, if that is representable.
    pub fn end_unix_ms(&self) -> Option<u64> {
        let length = u64::from(self.slot_ms) * u64::from(self.rules.slots);
        self.start_unix_ms.checked_add(length)
    }

    /// What the context of this epoch's claims opens to.
    ///
    /// # Errors
    /// Those of [`Document::check`], and for a missing `closing`.
    pub fn context_opening(&self) -> Result<ContextOpening, DocumentError> {
        self.context_document()?.opening("")
    }

    /// The same as a proof carries it.
    ///
    /// # Errors
    /// As [`EpochPublic::context_opening`].
    pub fn context_document(&self) -> Result<ContextDocument, DocumentError> {
        self.check()?;
        let closing =
            self.closing.as_ref().ok_or_else(|| inconsistent("closing", Inconsistency::NotClosed))?;
        Ok(ContextDocument {
            network: Some(self.network.clone()),
            domain_id: self.domain_id.clone(),
            domain: self.domain,
            epoch: self.epoch,
            opening: self.opening.rho(),
            closing: closing.rho(),
            roots: self.roots,
            rules: self.rules,
        })
    }
}

impl Document for EpochPublic {
    const FORMAT: &'static str = "popw.epoch";
    const VERSION: u32 = 1;

    fn check(&self) -> Result<(), DocumentError> {
        check_domain("", &self.domain_id, self.domain)?;
        self.rules.validate().map_err(|error| inconsistent("rules", error))?;
        if self.slot_ms == 0 {
            return Err(inconsistent("slot_ms", Inconsistency::EmptySlot));
        }
        match self.end_unix_ms() {
            Some(_) => Ok(()),
            None => Err(inconsistent("start_unix_ms", Inconsistency::Endless)),
        }
    }
}
