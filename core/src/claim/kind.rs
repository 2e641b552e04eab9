//! The claims there are.

use super::Roots;
use crate::{
    Fr,
    tag::{self, Tag},
};

/// A kind of claim, and with it what is in its context and amount.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Kind {
    /// A device answered its witnesses.
    Uptime,
    /// A device could read what it had committed to.
    Possession,
    /// A device served paying clients, at a certified rate.
    Bandwidth,
    /// All three at once.
    Work,
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

impl Kind {
    /// Every kind.
    pub const ALL: [Self; 4] = [Self::Uptime, Self::Possession, Self::Bandwidth, Self::Work];

    /// What documents and keys call it.
    pub const fn id(self) -> &'static str {
        match self {
            Self::Uptime => "uptime",
            Self::Possession => "possession",
            Self::Bandwidth => "bandwidth",
            Self::Work => "work",
        }
    }

    /// Version of its statement.
    pub const fn version(self) -> u16 {
        1
    }

    /// The kind that documents call `id`.
    pub fn find(id: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.id() == id)
    }

    /// Tag of its context.
    pub const fn context(self) -> Tag {
        match self {
            Self::Uptime => tag::CTX_UPTIME,
            Self::Possession => tag::CTX_POSSESSION,
            Self::Bandwidth => tag::CTX_BANDWIDTH,
            Self::Work => tag::CTX_WORK,
        }
    }

    /// Tag of its nullifier.
    pub const fn nullifier(self) -> Tag {
        match self {
            Self::Uptime => tag::UPTIME,
            Self::Possession => tag::POSSESSION,
            Self::Bandwidth => tag::BANDWIDTH,
            Self::Work => tag::WORK,
        }
    }

    /// Whether it counts up slots.
    pub const fn has_uptime(self) -> bool {
        matches!(self, Self::Uptime | Self::Work)
    }

    /// Whether it counts stored MiB.
    pub const fn has_storage(self) -> bool {
        matches!(self, Self::Possession | Self::Work)
    }

    /// Whether it counts served MiB and a rate.
    pub const fn has_bandwidth(self) -> bool {
        matches!(self, Self::Bandwidth | Self::Work)
    }

    /// Whether witnesses are drawn for it.
    pub const fn has_committee(self) -> bool {
        self.has_uptime() || self.has_bandwidth()
    }

    /// Whether an epoch has B of them for one device, rather than one.
    pub const fn is_batched(self) -> bool {
        !matches!(self, Self::Uptime)
    }

    /// Registries whose roots its context holds; the others' are 0.
    pub const fn registries(self) -> Registries {
        Registries {
            device: true,
            witness: self.has_committee(),
            allotment: self.has_bandwidth(),
            sector: self.has_storage(),
        }
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_are_told_apart() {
        for a in Kind::ALL {
            assert_eq!(Kind::find(a.id()), Some(a));
            for b in Kind::ALL.into_iter().filter(|b| *b != a) {
                assert_ne!(a.context(), b.context());
                assert_ne!(a.nullifier(), b.nullifier());
            }
        }
        assert_eq!(Kind::find("replica"), None);
    }
}
