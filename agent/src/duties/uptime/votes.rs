//! A device's slots as its committee saw them.

use std::fmt;

use popw_core::bitmap::{MAX_SLOTS, SlotBitmap};
use serde::Serialize;

/// Votes per slot, and what follows from them (PROTOCOL §4: a slot is up iff at least q vote for it).
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Votes {
    /// Votes for each slot, slot 0 first.
    pub slots: Vec<u32>,
    /// The quorum q.
    pub quorum: u32,
    /// Slots with a quorum.
    pub up_slots: u32,
    /// The longest run of slots without one.
    pub longest_gap: u32,
}

impl Votes {
    /// Counts bitmaps, one per owner.
    pub fn count(bitmaps: &[SlotBitmap], quorum: u32, slots: u32) -> Self {
        let votes = |slot: u32| bitmaps.iter().map(|bitmap| u32::from(bitmap.get(slot))).sum();
        let slots: Vec<u32> = (0..slots.min(MAX_SLOTS)).map(votes).collect();
        let mut votes = Self { slots, quorum, up_slots: 0, longest_gap: 0 };
        let mut gap = 0;
        for slot in 0..votes.slots.len() {
            if votes.is_up(slot) {
                votes.up_slots += 1;
                gap = 0;
            } else {
                gap += 1;
                votes.longest_gap = votes.longest_gap.max(gap);
            }
        }
        votes
    }

    /// Did a quorum see this slot? (q = 0 would make everything true; the rules forbid it.)
    pub fn is_up(&self, slot: usize) -> bool {
        self.quorum > 0 && self.slots.get(slot).is_some_and(|&votes| votes >= self.quorum)
    }

    /// One character a slot: `█` up, `▒` some votes but no quorum, `·` none.
    pub fn bar(&self) -> String {
        let mark = |(slot, &votes): (usize, &u32)| match (self.is_up(slot), votes) {
            (true, _) => '█',
            (false, 0) => '·',
            (false, _) => '▒',
        };
        self.slots.iter().enumerate().map(mark).collect()
    }
}

impl fmt::Display for Votes {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let total = self.slots.len();
        write!(out, "{} {} of {total} slots up, longest gap {}", self.bar(), self.up_slots, self.longest_gap)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bitmap(slots: &[u32]) -> SlotBitmap {
        let mut bitmap = SlotBitmap::default();
        for &slot in slots {
            bitmap.set(slot).expect("slot");
        }
        bitmap
    }

    #[test]
    fn a_quorum_decides_each_slot() {
        let votes = Votes::count(&[bitmap(&[0, 1, 5]), bitmap(&[0, 2, 5]), bitmap(&[0, 5])], 2, 6);
        assert_eq!(votes.slots, [3, 1, 1, 0, 0, 3]);
        assert_eq!((votes.up_slots, votes.longest_gap), (2, 4));
        assert_eq!(votes.bar(), "█▒▒··█");
    }

    #[test]
    fn no_votes_is_one_long_gap() {
        let votes = Votes::count(&[], 1, 3);
        assert_eq!((votes.up_slots, votes.longest_gap), (0, 3));
    }
}
