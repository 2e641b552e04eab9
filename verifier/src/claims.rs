//! What each claim says, on which evidence, and what it does not prove: the one place for these texts.

use popw_core::claim::Roots;
use popw_core::tag::{self, Tag};

use crate::Fr;

/// A claim that this crate knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Claim {
    /// Id in keys and documents.
    pub id: &'static str,
    /// Version.
    pub version: u16,
    /// Tag of its context.
    pub context: Tag,
    /// Registries whose roots its context holds; the others' are 0.
    pub registries: Registries,
    /// Shapes that exist.
    pub shapes: &'static [&'static str],
    /// The statement, in a sentence.
    pub statement: &'static str,
    /// What the statement rests on.
    pub evidence: &'static str,
    /// What does not follow from it.
    pub does_not_prove: &'static [&'static str],
}

/// Which registries a claim uses.
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

impl Registries {
    /// The roots with 0 for the registries that the claim does not use.
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

/// Device uptime over one epoch, attested by drawn witnesses.
pub const UPTIME: Claim = Claim {
    id: "uptime",
    version: 1,
    context: tag::CTX_UPTIME,
    registries: Registries { device: true, witness: true, allotment: false, sector: false },
    shapes: &["demo", "standard"],
    statement: "one registered device answered pings in the stated number of the epoch's slots, \
                each slot confirmed by a quorum of the witnesses drawn for the device, with no longer outage than the rules allow",
    evidence: "bitmaps signed by witnesses whom the epoch's opening beacon drew for this device, \
               of pairwise different owners, none of them the device's",
    does_not_prove: &[
        "that the witnesses told the truth: a quorum that lies, or is bribed during the epoch, can attest anything",
        "that witnesses are different people: different owners are different registered accounts",
        "that the device is a machine of its own: one machine can answer for several registered identities, \
         and several devices can share one uplink",
        "that the device was up between the pings of a slot, or outside the epoch",
        "where the device is, or that it stored, served or computed anything",
    ],
};

const CLAIMS: &[Claim] = &[UPTIME];

/// Every claim that this crate knows.
pub const fn all() -> &'static [Claim] {
    CLAIMS
}

/// The claim with this id and version.
pub fn find(id: &str, version: u16) -> Option<&'static Claim> {
    CLAIMS.iter().find(|claim| claim.id == id && claim.version == version)
}
