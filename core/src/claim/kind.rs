//! The claims there are.

use super::{Part, Registries};
use crate::tag::{self, Tag};

/// A kind of claim: a set of parts, and with it what is in its context and amount.
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

/// What a kind is.
struct Row {
    id: &'static str,
    parts: &'static [Part],
    context: Tag,
    nullifier: Tag,
}

const UPTIME: &Row =
    &Row { id: Part::Uptime.id(), parts: &[Part::Uptime], context: tag::CTX_UPTIME, nullifier: tag::UPTIME };

const POSSESSION: &Row = &Row {
    id: Part::Possession.id(),
    parts: &[Part::Possession],
    context: tag::CTX_POSSESSION,
    nullifier: tag::POSSESSION,
};

const BANDWIDTH: &Row = &Row {
    id: Part::Bandwidth.id(),
    parts: &[Part::Bandwidth],
    context: tag::CTX_BANDWIDTH,
    nullifier: tag::BANDWIDTH,
};

const WORK: &Row = &Row { id: "work", parts: &Part::ALL, context: tag::CTX_WORK, nullifier: tag::WORK };

impl Kind {
    /// Every kind.
    pub const ALL: [Self; 4] = [Self::Uptime, Self::Possession, Self::Bandwidth, Self::Work];

    const fn row(self) -> &'static Row {
        match self {
            Self::Uptime => UPTIME,
            Self::Possession => POSSESSION,
            Self::Bandwidth => BANDWIDTH,
            Self::Work => WORK,
        }
    }

    /// What documents and keys call it.
    pub const fn id(self) -> &'static str {
        self.row().id
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
        self.row().context
    }

    /// Tag of its nullifier.
    pub const fn nullifier(self) -> Tag {
        self.row().nullifier
    }

    /// Its parts, in the order of [`Part::ALL`].
    pub const fn parts(self) -> &'static [Part] {
        self.row().parts
    }

    /// Whether `part` is one of its parts.
    pub const fn has(self, part: Part) -> bool {
        let parts = self.parts();
        let mut i = 0;
        while i < parts.len() {
            if parts[i] as u8 == part as u8 {
                return true;
            }
            i += 1;
        }
        false
    }

    /// Whether it counts up slots.
    pub const fn has_uptime(self) -> bool {
        self.has(Part::Uptime)
    }

    /// Whether it counts stored MiB.
    pub const fn has_storage(self) -> bool {
        self.has(Part::Possession)
    }

    /// Whether it counts served MiB and a rate.
    pub const fn has_bandwidth(self) -> bool {
        self.has(Part::Bandwidth)
    }

    /// Whether witnesses are drawn for it.
    pub fn has_committee(self) -> bool {
        self.parts().iter().any(|part| part.has_committee())
    }

    /// Whether an epoch has B of them for one device, rather than one.
    pub fn is_batched(self) -> bool {
        self.parts().iter().any(|part| part.is_batched())
    }

    /// Registries whose roots its context holds; the others' are 0.
    pub const fn registries(self) -> Registries {
        let parts = self.parts();
        let mut all = parts[0].registries();
        let mut i = 1;
        while i < parts.len() {
            all = all.with(parts[i].registries());
            i += 1;
        }
        all
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

    #[test]
    fn kinds_are_made_of_parts() {
        for kind in Kind::ALL {
            assert!(kind.parts().is_sorted(), "{}", kind.id());
            let [uptime, possession, bandwidth] = Part::ALL.map(|part| kind.has(part));
            assert_eq!(kind.is_batched(), possession || bandwidth, "{}", kind.id());
            let registries = Registries {
                device: true,
                witness: uptime || bandwidth,
                allotment: bandwidth,
                sector: possession,
            };
            assert_eq!(kind.registries(), registries, "{}", kind.id());
        }
        assert_eq!(Kind::Work.parts(), Part::ALL);
        for part in Part::ALL {
            let alone = Kind::find(part.id()).expect("every part can be claimed alone");
            assert_eq!(alone.parts(), [part]);
        }
    }
}
