//! What the duties of a witness share: its keys, database, counters and clock, and how it is drawn for devices.

use std::collections::BTreeMap;
use std::sync::Arc;

use popw_core::{Fr, draw};

use crate::clock::Clock;
use crate::keys::Keys;
use crate::metrics::Metrics;
use crate::roster::{Device, Roster};
use crate::store::witness::WitnessStore;

/// A witness at work.
#[derive(Clone)]
pub(crate) struct Observer {
    pub(crate) keys: Arc<Keys>,
    pub(crate) store: WitnessStore,
    pub(crate) metrics: Arc<Metrics>,
    pub(crate) clock: Clock,
    pub(crate) max_skew_ms: u64,
}

/// One device that this witness is drawn for in one epoch.
pub(crate) struct Assignment {
    pub(crate) roster: Arc<Roster>,
    pub(crate) device: Device,
    /// The index under which this witness is drawn (the lowest, when it holds several seats' indices:
    /// what it signs does not depend on it).
    pub(crate) index: u32,
    pub(crate) leaf: Fr,
}

impl Assignment {
    /// The devices that this witness is drawn for: none of its own owner's.
    pub(crate) fn all(roster: &Arc<Roster>, keys: &Keys, duty: draw::Duty) -> Vec<Self> {
        let public = keys.public();
        let mine: BTreeMap<u32, Fr> = (0u32..)
            .zip(roster.witnesses())
            .filter(|(_, witness)| witness.public_key == public && witness.owner == keys.owner)
            .map(|(index, witness)| (index, witness.witness_leaf()))
            .collect();
        let assigned = |device: Device| {
            let committee = roster.eligible_for(duty, &device);
            let (&index, &leaf) = mine.iter().find(|(index, _)| committee.contains_key(index))?;
            Some(Self { roster: roster.clone(), device, index, leaf })
        };
        if mine.is_empty() {
            return Vec::new();
        }
        roster.devices().filter_map(assigned).collect()
    }
}
