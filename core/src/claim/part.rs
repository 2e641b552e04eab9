//! What claims are made of: the one table of parts.

use super::Registries;

/// A part of a claim.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Part {
    /// A device answered its witnesses.
    Uptime,
    /// A device could read what it had committed to.
    Possession,
    /// A device served paying clients, at a certified rate.
    Bandwidth,
}

/// A field of the amount.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Measure {
    /// What documents call it.
    pub name: &'static str,
    /// Its width in a packed amount, at most 32.
    pub bits: usize,
    /// What it counts.
    pub unit: Unit,
    /// Whether it is paid in batch 0 alone, rather than in each.
    pub once: bool,
    /// Whether what exceeds its width counts as the most there is. Nothing exceeds the others'.
    pub saturates: bool,
}

/// What a measure counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// Slots of the epoch.
    Slots,
    /// 2^20 bytes.
    Mib,
    /// 0.1 Mbit/s.
    DeciMbitPerSec,
}

/// A row of the table.
struct Row {
    id: &'static str,
    letter: char,
    measures: &'static [Measure],
    registries: Registries,
    batched: bool,
    committee: bool,
}

/// What every claim reads.
const DEVICES: Registries = Registries { device: true, witness: false, allotment: false, sector: false };

const UPTIME: &Row = &Row {
    id: "uptime",
    letter: 'U',
    measures: &[Measure::UP_SLOTS],
    registries: Registries { witness: true, ..DEVICES },
    batched: false,
    committee: true,
};

const POSSESSION: &Row = &Row {
    id: "possession",
    letter: 'S',
    measures: &[Measure::STORED_MIB],
    registries: Registries { sector: true, ..DEVICES },
    batched: true,
    committee: false,
};

const BANDWIDTH: &Row = &Row {
    id: "bandwidth",
    letter: 'B',
    measures: &[Measure::SERVED_MIB, Measure::RATE],
    registries: Registries { witness: true, allotment: true, ..DEVICES },
    batched: true,
    committee: true,
};

impl Measure {
    /// Slots the device was up.
    pub const UP_SLOTS: Self =
        Self { name: "up_slots", bits: 8, unit: Unit::Slots, once: true, saturates: false };
    /// MiB proven to be stored.
    pub const STORED_MIB: Self =
        Self { name: "stored_mib", bits: 32, unit: Unit::Mib, once: false, saturates: false };
    /// MiB served to paying clients.
    pub const SERVED_MIB: Self =
        Self { name: "served_mib", bits: 30, unit: Unit::Mib, once: false, saturates: true };
    /// Certified rate.
    pub const RATE: Self =
        Self { name: "rate", bits: 20, unit: Unit::DeciMbitPerSec, once: true, saturates: true };

    /// The most that its width holds.
    pub const fn most(&self) -> u32 {
        u32::MAX >> (32 - self.bits)
    }
}

impl Part {
    /// Every part, in the order in which they are proven and their measures stand in the amount.
    pub const ALL: [Self; 3] = [Self::Uptime, Self::Possession, Self::Bandwidth];

    const fn row(self) -> &'static Row {
        match self {
            Self::Uptime => UPTIME,
            Self::Possession => POSSESSION,
            Self::Bandwidth => BANDWIDTH,
        }
    }

    /// What it is called; a claim of it alone has the same name.
    pub const fn id(self) -> &'static str {
        self.row().id
    }

    /// Letter of its clauses.
    pub const fn letter(self) -> char {
        self.row().letter
    }

    /// The fields of the amount that it fills in, in their order.
    pub const fn measures(self) -> &'static [Measure] {
        self.row().measures
    }

    /// Registries that it reads.
    pub const fn registries(self) -> Registries {
        self.row().registries
    }

    /// Whether an epoch has B of it for one device, rather than one.
    pub const fn is_batched(self) -> bool {
        self.row().batched
    }

    /// Whether witnesses are drawn for it.
    pub const fn has_committee(self) -> bool {
        self.row().committee
    }
}

/// Number of [`MEASURES`].
pub(super) const FIELDS: usize = 4;

/// Every measure with its part, in the order of the amount's fields.
pub(super) static MEASURES: [(Part, Measure); FIELDS] = {
    let mut all = [(Part::Uptime, Measure::UP_SLOTS); FIELDS];
    let mut found = 0;
    let mut i = 0;
    while i < Part::ALL.len() {
        let measures = Part::ALL[i].measures();
        let mut j = 0;
        while j < measures.len() {
            all[found] = (Part::ALL[i], measures[j]);
            found += 1;
            j += 1;
        }
        i += 1;
    }
    assert!(found == FIELDS, "the amount has a field for every measure");
    all
};

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::collections::BTreeSet;

    #[test]
    fn parts_and_measures_are_told_apart() {
        let ids: BTreeSet<&str> = Part::ALL.map(Part::id).into();
        let letters: BTreeSet<char> = Part::ALL.map(Part::letter).into();
        let names: BTreeSet<&str> = MEASURES.map(|(_, measure)| measure.name).into();
        assert_eq!((ids.len(), letters.len(), names.len()), (Part::ALL.len(), Part::ALL.len(), FIELDS));
        assert!(!letters.contains(&'C'), "the frame's");
    }

    #[test]
    fn committees_are_drawn_from_the_registry_of_witnesses() {
        for part in Part::ALL {
            assert_eq!(part.registries().witness, part.has_committee(), "{}", part.id());
            assert!(part.registries().device, "{}", part.id());
        }
    }
}
