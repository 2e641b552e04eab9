//! What the inputs of several claims are made of.

use alloc::{collections::BTreeSet, format, string::String};

use serde::{Deserialize, Serialize};

use super::{
    ChallengerInput, Document, DocumentError, EpochPublic, Inconsistency, ReceiptInput, SeatInput,
    SectorInput, inconsistent,
};
use crate::{
    Fr,
    claim::{Kind, Rules, RulesError},
    eddsa::PublicKey,
    lean_imt::MerkleProof,
};

/// The device a claim is about.
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

/// What the inputs of all claims have in common: what a claim does not have is empty, or batch 0.
#[derive(Debug, Clone, Copy)]
pub struct ClaimParts<'a> {
    /// Which claim it is for.
    pub kind: Kind,
    /// The epoch.
    pub epoch: &'a EpochPublic,
    /// The device.
    pub device: &'a DeviceInput,
    /// Which of the epoch's claims.
    pub batch: u32,
    /// Signed bitmaps.
    pub seats: &'a [SeatInput],
    /// Sectors with their answers.
    pub sectors: &'a [SectorInput],
    /// Allotments with their last receipts.
    pub receipts: &'a [ReceiptInput],
    /// Signed rates.
    pub challengers: &'a [ChallengerInput],
}

/// An input that a claim can be proven from.
pub trait ClaimInput: Document {
    /// Its parts.
    fn parts(&self) -> ClaimParts<'_>;
}

/// That the epoch in the field `place` is closed and possible.
pub(super) fn check_epoch(place: &str, epoch: &EpochPublic) -> Result<(), DocumentError> {
    match epoch.context_opening() {
        Ok(_) => Ok(()),
        Err(DocumentError::Inconsistent { field, problem }) => {
            Err(inconsistent(format!("{place}.{field}"), problem))
        }
        Err(other) => Err(other),
    }
}

pub(super) fn check_device(device: &DeviceInput) -> Result<(), DocumentError> {
    check_path("device.path", &device.path)
}

pub(super) fn check_batch(batch: u32, rules: &Rules) -> Result<(), DocumentError> {
    if batch < rules.batches { Ok(()) } else { Err(inconsistent("batch", Inconsistency::NoSuchBatch)) }
}

/// Seats of a committee, listed once each; there is somebody to draw it from.
pub(super) fn check_seats<'a>(
    list: &str,
    rules: &Rules,
    seats: impl Iterator<Item = (u32, &'a WitnessInput, &'a MerkleProof)>,
) -> Result<(), DocumentError> {
    if rules.n_w == 0 {
        return Err(inconsistent("epoch.rules", RulesError::NoWitnesses));
    }
    let mut listed = BTreeSet::new();
    for (i, (seat, witness, path)) in seats.enumerate() {
        let problem = if seat >= rules.k {
            Some(("seat", Inconsistency::NoSuchSeat))
        } else if !listed.insert(seat) {
            Some(("seat", Inconsistency::SeatTwice))
        } else if witness.index >= rules.n_w {
            Some(("witness.index", Inconsistency::NoSuchWitness))
        } else {
            None
        };
        if let Some((field, problem)) = problem {
            return Err(inconsistent(format!("{list}[{i}].{field}"), problem));
        }
        check_path(&format!("{list}[{i}].path"), path)?;
    }
    Ok(())
}

/// Items of one batch, in the strict order of their numbers.
pub(super) fn check_order(
    list: &str,
    batch: u32,
    rules: &Rules,
    numbers: impl Iterator<Item = u64>,
) -> Result<(), DocumentError> {
    let mut last = None;
    for (i, seq) in numbers.enumerate() {
        let field = || format!("{list}[{i}].seq");
        if last.is_some_and(|last| seq <= last) {
            return Err(inconsistent(field(), Inconsistency::Unordered));
        }
        if seq % u64::from(rules.batches) != u64::from(batch) {
            return Err(inconsistent(field(), Inconsistency::OtherBatch));
        }
        last = Some(seq);
    }
    Ok(())
}

/// Depth of the deepest tree any claim opens.
const MAX_DEPTH: usize = 32;

pub(super) fn check_path(field: &str, path: &MerkleProof) -> Result<(), DocumentError> {
    if path.siblings.len() > MAX_DEPTH {
        Err(inconsistent(field, Inconsistency::PathLength))
    } else if !path.is_canonical() {
        Err(inconsistent(field, Inconsistency::PathIndex))
    } else {
        Ok(())
    }
}
