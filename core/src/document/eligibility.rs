//! What a record of proofs has to show before somebody lends or pays on it.

use alloc::{collections::BTreeSet, format, string::String, vec::Vec};

use serde::{Deserialize, Serialize};

use super::{Document, DocumentError, EpochPublic, Inconsistency, Version, inconsistent, parts::check_epoch};
use crate::{
    Fr,
    claim::{Amount, Kind, Part},
    field, identity,
};

/// `popw.eligibility`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum EligibilityFormat {
    /// The one value.
    #[default]
    #[serde(rename = "popw.eligibility")]
    Eligibility,
}

/// A policy: every epoch has to be covered by an accepted proof of every claim.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct EligibilityPolicy {
    /// `popw.eligibility`.
    pub format: EligibilityFormat,
    /// 1.
    pub version: Version<1>,
    /// The contract that keeps the nullifiers, in CAIP-10, or `popw:local:…`.
    pub domain_id: String,
    /// The epochs, as the network has published them; each by a number of its own.
    pub epochs: Vec<EpochPublic>,
    /// Claims that each epoch needs a proof of: `work`, or some of `uptime`, `possession`, `bandwidth`.
    pub claims: Vec<String>,
    /// What each proof has to show at least, of the fields that its claim has.
    #[serde(default)]
    pub minimum: Amount,
    /// BLAKE3 digests of the verifying keys that are accepted.
    #[serde(with = "field::hex32s")]
    #[cfg_attr(feature = "schema", schemars(with = "Vec<field::schema::Hex32>"))]
    pub keys: Vec<[u8; 32]>,
    /// Nullifiers that have been paid, or lent against.
    #[serde(default, with = "field::decimals")]
    #[cfg_attr(feature = "schema", schemars(with = "Vec<field::schema::Decimal>"))]
    pub spent: Vec<Fr>,
    /// Who has to be the recipient; anyone when absent.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "field::hex32_option")]
    #[cfg_attr(feature = "schema", schemars(with = "Option<field::schema::Hex32>"))]
    pub recipient: Option<[u8; 32]>,
}

impl EligibilityPolicy {
    /// The claims asked for.
    pub fn kinds(&self) -> impl Iterator<Item = Kind> {
        self.claims.iter().filter_map(|claim| Kind::find(claim))
    }
}

impl Document for EligibilityPolicy {
    const FORMAT: &'static str = "popw.eligibility";
    const VERSION: u32 = 1;

    fn check(&self) -> Result<(), DocumentError> {
        identity::domain(&self.domain_id).map_err(|error| inconsistent("domain_id", error))?;
        check_epochs(&self.domain_id, &self.epochs)?;
        check_claims(&self.claims)?;
        if self.keys.is_empty() {
            return Err(inconsistent("keys", Inconsistency::Nothing));
        }
        let mut minimum = self.minimum.measured();
        match minimum.find(|(part, _, least)| *least > 0 && !self.kinds().any(|kind| kind.has(*part))) {
            Some((_, measure, _)) => {
                Err(inconsistent(format!("minimum.{}", measure.name), Inconsistency::NotShown))
            }
            None => Ok(()),
        }
    }
}

fn check_epochs(domain_id: &str, epochs: &[EpochPublic]) -> Result<(), DocumentError> {
    if epochs.is_empty() {
        return Err(inconsistent("epochs", Inconsistency::Nothing));
    }
    let mut numbers = BTreeSet::new();
    for (i, epoch) in epochs.iter().enumerate() {
        check_epoch(&format!("epochs[{i}]"), epoch)?;
        if epoch.domain_id != domain_id {
            return Err(inconsistent(format!("epochs[{i}].domain_id"), Inconsistency::OtherDomain));
        }
        if !numbers.insert(epoch.epoch) {
            return Err(inconsistent(format!("epochs[{i}].epoch"), Inconsistency::Twice));
        }
    }
    Ok(())
}

fn check_claims(claims: &[String]) -> Result<(), DocumentError> {
    if claims.is_empty() {
        return Err(inconsistent("claims", Inconsistency::Nothing));
    }
    let mut kinds = BTreeSet::new();
    for (i, claim) in claims.iter().enumerate() {
        let field = || format!("claims[{i}]");
        let kind = Kind::find(claim).ok_or_else(|| inconsistent(field(), Inconsistency::NoSuchClaim))?;
        if !kinds.insert(kind) {
            return Err(inconsistent(field(), Inconsistency::Twice));
        }
    }
    // The same work would count twice.
    let claimed = |part| kinds.iter().filter(|kind| kind.has(part)).count();
    if Part::ALL.into_iter().any(|part| claimed(part) > 1) {
        return Err(inconsistent("claims", Inconsistency::WorkBesideSingles));
    }
    Ok(())
}
