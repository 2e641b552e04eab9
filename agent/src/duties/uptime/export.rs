//! Which of the bitmaps that witnesses have signed enter a proof.

use std::collections::BTreeMap;

use popw_core::Fr;

use super::store::device::Stored;
use crate::roster::Roster;

/// A seat that enters the proof.
#[derive(Clone, Debug)]
pub struct Used<'a> {
    /// The seat j.
    pub seat: u32,
    /// Its witness's attestation.
    pub stored: &'a Stored,
}

/// One seat per owner: of an owner's witnesses the one that saw the most slots, in its first seat.
pub(crate) fn one_per_owner<'a>(
    roster: &Roster,
    committee: &BTreeMap<u32, Vec<u32>>,
    latest: &[&'a Stored],
) -> Vec<Used<'a>> {
    let mut by_owner: BTreeMap<Fr, Used<'a>> = BTreeMap::new();
    for &stored in latest {
        let seat = committee.get(&stored.witness_index).and_then(|seats| seats.first());
        let (Some(&seat), Some(witness)) = (seat, roster.witness(stored.witness_index)) else { continue };
        let better = by_owner.get(&witness.owner).is_none_or(|known| {
            let (new, old) = (stored.bitmap.count(), known.stored.bitmap.count());
            new > old || (new == old && seat < known.seat)
        });
        if better {
            by_owner.insert(witness.owner, Used { seat, stored });
        }
    }
    let mut used: Vec<_> = by_owner.into_values().collect();
    used.sort_by_key(|used| used.seat);
    used
}
