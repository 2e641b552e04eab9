//! What of rates enters a proof: of what challengers have signed, a seat for each owner.

use std::collections::BTreeMap;

use popw_core::document::ChallengerInput;
use popw_core::eddsa::PublicKey;
use popw_core::{Fr, draw};

use super::store::device::StoredRate;
use crate::left_out::{Fate, LeftOut, Part, Quorum};
use crate::roster::{Device, Roster};
use crate::store::StoreError;
use crate::store::device::Reader;

/// A challenger's seat that enters the proof.
#[derive(Clone, Debug)]
pub struct UsedRate<'a> {
    /// The seat j.
    pub seat: u32,
    /// What its witness has signed.
    pub stored: &'a StoredRate,
}

/// What a device has collected of its rate in an epoch.
#[derive(Clone, Debug)]
pub(crate) struct Collected {
    /// The drawn witnesses that may challenge the device, with their seats.
    pub(crate) challengers: BTreeMap<u32, Vec<u32>>,
    /// Every rate, oldest first, contradictions included.
    pub(crate) rates: Vec<StoredRate>,
}

impl Collected {
    pub(crate) fn read(reader: &Reader, roster: &Roster, device: &Device) -> Result<Self, StoreError> {
        let challengers = roster.eligible_for(draw::Duty::Rate, device);
        Ok(Self { challengers, rates: reader.rates(roster.key)? })
    }

    /// The challengers that enter a proof: one for each owner, that which measured most, in its first seat.
    pub(crate) fn used(&self, roster: &Roster) -> Vec<UsedRate<'_>> {
        let mut by_owner: BTreeMap<Fr, UsedRate<'_>> = BTreeMap::new();
        for stored in self.rates.iter().filter(|stored| !stored.contradicts) {
            let seat = self.challengers.get(&stored.witness_index).and_then(|seats| seats.first());
            let witness = roster.witness(stored.witness_index);
            let (Some(&seat), Some(witness)) = (seat, witness) else { continue };
            let better = by_owner.get(&witness.owner).is_none_or(|known| stored.rate > known.stored.rate);
            if better {
                by_owner.insert(witness.owner, UsedRate { seat, stored });
            }
        }
        let mut used: Vec<_> = by_owner.into_values().collect();
        used.sort_by_key(|used| used.seat);
        used
    }

    /// The rate that a proof certifies: the largest that q of the used seats reach, in 0.1 Mbit/s.
    pub(crate) fn certified(&self, roster: &Roster) -> u32 {
        let mut rates: Vec<u32> = self.used(roster).iter().map(|used| used.stored.rate).collect();
        rates.sort_unstable_by(|one, other| other.cmp(one));
        let quorum = roster.rules().q as usize;
        quorum.checked_sub(1).and_then(|last| rates.get(last)).copied().unwrap_or(0)
    }

    /// The challengers that enter a proof, for the device with this key.
    pub(crate) fn inputs(&self, roster: &Roster, device: &PublicKey) -> Vec<ChallengerInput> {
        let challenger = |used: UsedRate<'_>| {
            roster.epoch().challenger_input(device, used.seat, used.stored.rate, used.stored.signature)
        };
        self.used(roster).into_iter().filter_map(challenger).collect()
    }

    /// That no rate is certified although something was measured, or was served and counts only above a minimal rate. The
    /// rate itself counts in batch 0 alone.
    pub(crate) fn missed(&self, roster: &Roster, batch: u32, served: bool) -> Option<LeftOut> {
        let left_out = |problem, fate| Some(LeftOut { part: Part::Bandwidth, seq: None, problem, fate });
        let minimum = roster.rules().min_rate;
        let signed = self.used(roster).len();
        let (bytes_at_stake, rate_at_stake) = (served && minimum > 0, signed > 0 && batch == 0);
        if !bytes_at_stake && !rate_at_stake {
            return None;
        }
        let cost = if bytes_at_stake { ", and no byte counts without them" } else { "" };
        let quorum = Quorum::new(roster, &self.challengers, signed);
        if let Some((problem, fate)) = quorum.missed("challengers", cost) {
            return left_out(problem, fate);
        }
        let rate = self.certified(roster);
        if rate >= minimum {
            return None;
        }
        let mbit = |rate: u32| f64::from(rate) / 10.0;
        let (rate, minimum) = (mbit(rate), mbit(minimum));
        let drawn = quorum.drawn;
        let problem = format!(
            "{rate} Mbit/s are certified by {signed} of the {drawn} owners of challengers drawn, and below {minimum} Mbit/s neither \
             rate nor bytes count in this network"
        );
        // Each that signs later can only raise it.
        left_out(problem, if signed < drawn { Fate::Mendable } else { Fate::Lost })
    }
}
