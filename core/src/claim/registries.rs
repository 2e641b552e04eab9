//! The registries, and their roots.

use serde::{Deserialize, Serialize};

use crate::Fr;

/// Which registries something reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Registries {
    /// Devices.
    pub device: bool,
    /// Witnesses.
    pub witness: bool,
    /// Allotments.
    pub allotment: bool,
    /// Sectors.
    pub sector: bool,
}

/// Roots of the registries as they were before the epoch; 0 where a claim uses none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Roots {
    /// Tree of device leaves.
    #[serde(with = "crate::field::decimal")]
    #[cfg_attr(feature = "schema", schemars(with = "crate::field::schema::Decimal"))]
    pub device: Fr,
    /// Tree of witness leaves.
    #[serde(with = "crate::field::decimal")]
    #[cfg_attr(feature = "schema", schemars(with = "crate::field::schema::Decimal"))]
    pub witness: Fr,
    /// Tree of allotments.
    #[serde(with = "crate::field::decimal")]
    #[cfg_attr(feature = "schema", schemars(with = "crate::field::schema::Decimal"))]
    pub allotment: Fr,
    /// Tree of sectors.
    #[serde(with = "crate::field::decimal")]
    #[cfg_attr(feature = "schema", schemars(with = "crate::field::schema::Decimal"))]
    pub sector: Fr,
}

impl Registries {
    /// Those of either.
    pub(super) const fn with(self, other: Self) -> Self {
        Self {
            device: self.device || other.device,
            witness: self.witness || other.witness,
            allotment: self.allotment || other.allotment,
            sector: self.sector || other.sector,
        }
    }

    /// The roots, with 0 for the registries that are not read.
    pub fn only(&self, roots: &Roots) -> Roots {
        let keep = |used, root| if used { root } else { Fr::from(0u64) };
        Roots {
            device: keep(self.device, roots.device),
            witness: keep(self.witness, roots.witness),
            allotment: keep(self.allotment, roots.allotment),
            sector: keep(self.sector, roots.sector),
        }
    }
}
