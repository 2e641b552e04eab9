//! What of uptime enters a proof: of what witnesses have signed, a seat for each owner.

use std::collections::{BTreeMap, BTreeSet};

use popw_core::{Fr, draw};
use thiserror::Error;

use super::store::device::{Stored, latest};
use super::votes::Votes;
use crate::left_out::{LeftOut, Part, Quorum};
use crate::roster::{Device, Roster};
use crate::store::StoreError;
use crate::store::device::Reader;

/// Why no slot counts.
#[derive(Debug, Error)]
pub enum NoQuorum {
    /// The draw itself gave too few different owners: nobody's fault, and nothing to be done for this epoch.
    #[error(
        "the draw missed a quorum: the {k} seats of epoch {epoch} name {owners} different owners that may \
         attest this device, and {quorum} are needed. No witness can mend that; this happens to about \
         {percent:.3} % of devices and epochs with this registry", percent = odds * 100.0
    )]
    DrawMissedQuorum {
        /// The epoch.
        epoch: u32,
        /// Seats drawn.
        k: u32,
        /// Different owners among them, the device's own left out.
        owners: usize,
        /// Owners needed.
        quorum: u32,
        /// How often that happens with this registry and these rules.
        odds: f64,
    },
    /// Enough owners were drawn, but too few of them have signed.
    #[error(
        "too few attestations for epoch {epoch}: {have} of the {drawn} owners drawn have signed and {quorum} \
         are needed; missing are the witnesses {missing:?}. Keep the device's daemon running: witnesses \
         deliver until their grace period is over"
    )]
    TooFewAttestations {
        /// The epoch.
        epoch: u32,
        /// Owners whose attestation is here.
        have: usize,
        /// Owners drawn.
        drawn: usize,
        /// Owners needed.
        quorum: u32,
        /// Indices of the drawn witnesses that have signed nothing.
        missing: Vec<u32>,
    },
}

/// What a device has collected of uptime in an epoch.
#[derive(Clone, Debug)]
pub(crate) struct Collected {
    /// The drawn witnesses that may attest the device, with their seats.
    pub(crate) committee: BTreeMap<u32, Vec<u32>>,
    /// Every attestation, oldest first, contradictions included.
    pub(crate) attestations: Vec<Stored>,
}

impl Collected {
    pub(crate) fn read(reader: &Reader, roster: &Roster, device: &Device) -> Result<Self, StoreError> {
        let committee = roster.eligible_for(draw::Duty::Uptime, device);
        Ok(Self { committee, attestations: reader.all(roster.key)? })
    }

    /// The seats that enter a proof.
    pub(crate) fn used(&self, roster: &Roster) -> Vec<Used<'_>> {
        one_per_owner(roster, &self.committee, &latest(&self.attestations))
    }

    /// The slots as these seats saw them.
    pub(crate) fn votes(&self, roster: &Roster) -> Votes {
        let bitmaps: Vec<_> = self.used(roster).iter().map(|used| used.stored.bitmap).collect();
        Votes::count(&bitmaps, roster.rules().q, roster.rules().slots)
    }

    pub(crate) fn require_quorum(&self, roster: &Roster, device: &Device) -> Result<(), NoQuorum> {
        let rules = roster.rules();
        let quorum = rules.q;
        let drawn = roster.owners(&self.committee);
        let enough = |owners: usize| u32::try_from(owners).unwrap_or(u32::MAX) >= quorum;
        if !enough(drawn.len()) {
            return Err(NoQuorum::DrawMissedQuorum {
                epoch: roster.key.epoch,
                k: rules.k,
                owners: drawn.len(),
                quorum,
                odds: miss_odds(roster, device),
            });
        }
        let used = self.used(roster);
        if !enough(used.len()) {
            let signed: BTreeSet<u32> = self.attestations.iter().map(|stored| stored.witness_index).collect();
            return Err(NoQuorum::TooFewAttestations {
                epoch: roster.key.epoch,
                have: used.len(),
                drawn: drawn.len(),
                quorum,
                missing: self.committee.keys().filter(|index| !signed.contains(index)).copied().collect(),
            });
        }
        Ok(())
    }

    /// That no slot counts, for too few witnesses have signed.
    pub(crate) fn missed(&self, roster: &Roster) -> Option<LeftOut> {
        let quorum = Quorum::new(roster, &self.committee, self.used(roster).len());
        let missed = quorum.missed("witnesses", "");
        missed.map(|(problem, fate)| LeftOut { part: Part::Uptime, seq: None, problem, fate })
    }
}

fn miss_odds(roster: &Roster, device: &Device) -> f64 {
    let own = device.entry.owner;
    let mut seats_of: BTreeMap<Fr, u32> = BTreeMap::new();
    let mut excluded = 0;
    for witness in roster.witnesses() {
        if witness.owner == own {
            excluded += 1;
        } else {
            *seats_of.entry(witness.owner).or_default() += 1;
        }
    }
    let seats_of: Vec<u32> = seats_of.into_values().collect();
    draw::miss_odds(roster.rules().k, roster.rules().q, &seats_of, excluded)
}

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
