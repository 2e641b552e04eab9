//! The documented way into a possession proof.

use alloc::{format, vec::Vec};

use serde::{Deserialize, Serialize};

use super::{
    Beacon, ClaimInput, ClaimParts, DeviceInput, Document, DocumentError, EpochPublic, INPUT_LIMIT,
    Inconsistency, Version, inconsistent,
    parts::{check_batch, check_device, check_epoch, check_order, check_path},
};
use crate::{
    Fr,
    claim::Kind,
    field,
    lean_imt::MerkleProof,
    possession::{ARITY, challenge, height, node_count},
};

/// `popw.storage-input`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum StorageFormat {
    /// The one value.
    #[default]
    #[serde(rename = "popw.storage-input")]
    StorageInput,
}

/// All a possession proof needs besides the device's secret key and the recipient.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct StorageInput {
    /// `popw.storage-input`.
    pub format: StorageFormat,
    /// 1.
    pub version: Version<1>,
    /// The epoch, with its closing beacon.
    pub epoch: EpochPublic,
    /// The device.
    pub device: DeviceInput,
    /// Which of the epoch's B claims this is, from 0.
    pub batch: u32,
    /// Sectors of that batch and their answers, in order of `seq`.
    pub sectors: Vec<SectorInput>,
}

/// A sector of the device, and its answers to the epoch's challenges.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct SectorInput {
    /// Root of its tree.
    #[serde(with = "field::decimal")]
    #[cfg_attr(feature = "schema", schemars(with = "field::schema::Decimal"))]
    pub comm_r: Fr,
    /// Length of its data.
    pub bytes: u64,
    /// Height of its tree.
    pub height: u8,
    /// First epoch in which it earns nothing any more.
    pub expiry: u32,
    /// Its number in the registry.
    pub seq: u64,
    /// From its leaf to the sector root.
    pub path: MerkleProof,
    /// Answers to challenges 0, 1, …; at least as many as the circuit's shape has.
    pub openings: Vec<OpeningInput>,
}

/// A node of a sector with all that is hashed on its way to the root.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct OpeningInput {
    /// The node's index.
    pub index: u64,
    /// The node.
    #[serde(with = "field::decimal")]
    #[cfg_attr(feature = "schema", schemars(with = "field::schema::Decimal"))]
    pub node: Fr,
    /// For every level from the leaves up, the eight children among which the node before stands.
    pub levels: Vec<ChildrenInput>,
}

/// Eight siblings in order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ChildrenInput(
    #[serde(with = "field::decimal8")]
    #[cfg_attr(feature = "schema", schemars(with = "[field::schema::Decimal; 8]"))]
    pub [Fr; ARITY],
);

impl Document for StorageInput {
    const FORMAT: &'static str = "popw.storage-input";
    const VERSION: u32 = 1;
    const LIMIT: u64 = INPUT_LIMIT;

    /// Structure, and that the nodes are those asked for; whether openings and paths reach their roots is for the
    /// claim's own check.
    fn check(&self) -> Result<(), DocumentError> {
        check_epoch("epoch", &self.epoch)?;
        check_device(&self.device)?;
        check_batch(self.batch, &self.epoch.rules)?;
        check_sectors("sectors", self.batch, &self.epoch, &self.sectors)
    }
}

pub(super) fn check_sectors(
    list: &str,
    batch: u32,
    epoch: &EpochPublic,
    sectors: &[SectorInput],
) -> Result<(), DocumentError> {
    check_order(list, batch, &epoch.rules, sectors.iter().map(|sector| sector.seq))?;
    let closing = epoch.closing.as_ref().map(Beacon::rho);
    for (i, sector) in sectors.iter().enumerate() {
        check_path(&format!("{list}[{i}].path"), &sector.path)?;
        let nodes = node_count(sector.bytes);
        if sector.height != height(nodes) {
            return Err(inconsistent(format!("{list}[{i}].height"), Inconsistency::Height));
        }
        if sector.expiry <= epoch.epoch {
            return Err(inconsistent(format!("{list}[{i}].expiry"), Inconsistency::Expired));
        }
        for (j, opening) in sector.openings.iter().enumerate() {
            let field = |name| format!("{list}[{i}].openings[{j}].{name}");
            if opening.index >= nodes {
                return Err(inconsistent(field("index"), Inconsistency::NoSuchNode));
            }
            let asked = u32::try_from(j).ok().zip(closing);
            if asked.is_some_and(|(j, rho)| opening.index != challenge(rho, sector.comm_r, j, nodes)) {
                return Err(inconsistent(field("index"), Inconsistency::OtherNode));
            }
            if opening.levels.len() != usize::from(sector.height) {
                return Err(inconsistent(field("levels"), Inconsistency::Levels));
            }
        }
    }
    Ok(())
}

impl ClaimInput for StorageInput {
    fn parts(&self) -> ClaimParts<'_> {
        ClaimParts {
            kind: Kind::Possession,
            epoch: &self.epoch,
            device: &self.device,
            batch: self.batch,
            seats: &[],
            sectors: &self.sectors,
            receipts: &[],
            challengers: &[],
        }
    }
}
