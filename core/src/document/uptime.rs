//! The documented way into an uptime proof, for networks with witnesses of their own.

use alloc::{collections::BTreeSet, format, string::String, vec::Vec};

use serde::{Deserialize, Serialize};

use super::{Document, DocumentError, EpochPublic, Inconsistency, Version, inconsistent};
use crate::{
    Fr,
    bitmap::SlotBitmap,
    eddsa::{PublicKey, Signature},
    lean_imt::MerkleProof,
};

/// `popw.uptime-input`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum UptimeFormat {
    /// The one value.
    #[default]
    #[serde(rename = "popw.uptime-input")]
    UptimeInput,
}

/// All an uptime proof needs besides the device's secret key and the recipient.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct UptimeInput {
    /// `popw.uptime-input`.
    pub format: UptimeFormat,
    /// 1.
    pub version: Version<1>,
    /// The epoch, with its closing beacon.
    pub epoch: EpochPublic,
    /// The device.
    pub device: DeviceInput,
    /// What its witnesses have signed, at most one entry for each seat. Seats that are not listed are not used.
    pub seats: Vec<SeatInput>,
}

/// The device that was up.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct DeviceInput {
    /// A.
    pub public_key: PublicKey,
    /// Its owner's account.
    #[serde(with = "crate::field::decimal")]
    #[cfg_attr(feature = "schema", schemars(with = "crate::field::schema::Decimal"))]
    pub owner: Fr,
    /// From its leaf to the device root.
    pub path: MerkleProof,
    /// Where the secret key is, if not given otherwise. The key itself is in no document.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key_file: Option<String>,
}

/// A seat of the committee, and what its witness has signed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct SeatInput {
    /// The seat's number j, 0 to k − 1.
    pub seat: u32,
    /// The witness drawn for it.
    pub witness: WitnessInput,
    /// From the witness's leaf to the witness root.
    pub path: MerkleProof,
    /// The slots it saw answered.
    pub bitmap: SlotBitmap,
    /// Its signature; see [`message::uptime_attestation`](crate::message::uptime_attestation).
    pub signature: Signature,
}

/// A witness.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct WitnessInput {
    /// Its key.
    pub public_key: PublicKey,
    /// Its owner's account.
    #[serde(with = "crate::field::decimal")]
    #[cfg_attr(feature = "schema", schemars(with = "crate::field::schema::Decimal"))]
    pub owner: Fr,
    /// Its index in the registry of witnesses, below n_w.
    pub index: u32,
}

impl Document for UptimeInput {
    const FORMAT: &'static str = "popw.uptime-input";
    const VERSION: u32 = 1;

    /// Structure only; whether paths, draw and signatures hold is for the claim's own check.
    fn check(&self) -> Result<(), DocumentError> {
        self.epoch.context_opening().map_err(|error| match error {
            DocumentError::Inconsistent { field, problem } => inconsistent(format!("epoch.{field}"), problem),
            other => other,
        })?;
        check_path("device.path", &self.device.path)?;
        let mut listed = BTreeSet::new();
        for (i, seat) in self.seats.iter().enumerate() {
            let problem = if seat.seat >= self.epoch.rules.k {
                Some(("seat", Inconsistency::NoSuchSeat))
            } else if !listed.insert(seat.seat) {
                Some(("seat", Inconsistency::SeatTwice))
            } else if seat.witness.index >= self.epoch.rules.n_w {
                Some(("witness.index", Inconsistency::NoSuchWitness))
            } else {
                None
            };
            if let Some((field, problem)) = problem {
                return Err(inconsistent(format!("seats[{i}].{field}"), problem));
            }
            check_path(&format!("seats[{i}].path"), &seat.path)?;
        }
        Ok(())
    }
}

/// Depth of the deepest tree any claim opens.
const MAX_DEPTH: usize = 32;

fn check_path(field: &str, path: &MerkleProof) -> Result<(), DocumentError> {
    if path.siblings.len() > MAX_DEPTH {
        Err(inconsistent(field, Inconsistency::PathLength))
    } else if !path.is_canonical() {
        Err(inconsistent(field, Inconsistency::PathIndex))
    } else {
        Ok(())
    }
}
