//! What the duties of a device share: its keys, database, counters and clock, and the epochs that it is registered in.

use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError, RwLock};

use iroh::EndpointId;
use iroh::endpoint::VarInt;
use popw_core::draw::Duty;
use popw_network::epoch::directory::DirectoryEntry;

use crate::clock::{Clock, span};
use crate::keys::Keys;
use crate::metrics::{Metrics, Reason};
use crate::roster::{Device, Roster};
use crate::skew::{News, REMEDY, Witnesses};
use crate::store::device::DeviceStore;
use crate::transport::close;

/// Epochs that a device keeps in memory; attestations of older ones are no longer taken.
const KEPT_EPOCHS: usize = 4;

/// Connections of witnesses that may be open at once for a duty that witnesses are drawn for.
pub(crate) const MAX_WITNESSES: usize = 256;

/// A device at work.
pub(crate) struct Host {
    pub(crate) keys: Keys,
    pub(crate) store: DeviceStore,
    pub(crate) metrics: Arc<Metrics>,
    pub(crate) clock: Clock,
    pub(crate) max_skew_ms: u64,
    /// What witnesses' clocks say of ours.
    pub(crate) clocks: Witnesses,
    epochs: RwLock<BTreeMap<u32, Arc<Watched>>>,
}

/// An epoch in which this device is registered.
pub(crate) struct Watched {
    pub(crate) roster: Arc<Roster>,
    pub(crate) device: Device,
    /// By duty, the witnesses that may attest it to this device, with their seats.
    committees: [BTreeMap<u32, Vec<u32>>; Duty::ALL.len()],
}

/// Why a peer may not connect: what is counted, and the code that it is told.
pub(crate) type TurnedAway = (Reason, VarInt);

impl Watched {
    pub(crate) fn committee(&self, duty: Duty) -> &BTreeMap<u32, Vec<u32>> {
        &self.committees[duty as usize]
    }

    /// The registered witness behind `index`, when the peer is that witness and may attest this device.
    pub(crate) fn witness(
        &self,
        duty: Duty,
        peer: &EndpointId,
        index: u32,
    ) -> Result<&DirectoryEntry, Reason> {
        let witness = self.roster.witness(index).ok_or(Reason::NotDrawn)?;
        if witness.endpoint.0 != *peer.as_bytes() {
            return Err(Reason::Impersonation);
        }
        if witness.owner == self.device.entry.owner {
            return Err(Reason::OwnOwner);
        }
        if !self.committee(duty).contains_key(&index) {
            return Err(Reason::NotDrawn);
        }
        Ok(witness)
    }
}

impl Host {
    pub(crate) fn new(
        keys: Keys,
        store: DeviceStore,
        metrics: Arc<Metrics>,
        clock: Clock,
        max_skew_ms: u64,
    ) -> Self {
        let (clocks, epochs) = (Witnesses::default(), RwLock::default());
        Self { keys, store, metrics, clock, max_skew_ms, clocks, epochs }
    }

    /// This device in an epoch; `None` when it is not registered in it.
    pub(crate) fn find(&self, roster: Arc<Roster>) -> Option<Watched> {
        let device = roster.device(&self.keys.public(), self.keys.owner)?;
        let committees = Duty::ALL.map(|duty| roster.eligible_for(duty, &device));
        Some(Watched { roster, device, committees })
    }

    /// Takes up an epoch.
    pub(crate) fn watch(&self, watched: Watched) {
        let epoch = watched.roster.key.epoch;
        let mut epochs = self.epochs.write().unwrap_or_else(PoisonError::into_inner);
        epochs.insert(epoch, Arc::new(watched));
    }

    /// Every epoch taken up, by number.
    pub(crate) fn epochs(&self) -> Vec<Arc<Watched>> {
        self.epochs.read().unwrap_or_else(PoisonError::into_inner).values().cloned().collect()
    }

    /// Forgets epochs that ended before `unix_ms`, but not the last few: they belong in the summary. Returns which.
    pub(crate) fn retire(&self, unix_ms: u64) -> Vec<u32> {
        let mut retired = Vec::new();
        let mut epochs = self.epochs.write().unwrap_or_else(PoisonError::into_inner);
        while epochs.len() > KEPT_EPOCHS
            && epochs.first_entry().is_some_and(|first| first.get().roster.schedule.end_ms() < unix_ms)
        {
            retired.extend(epochs.pop_first().map(|(epoch, _)| epoch));
        }
        retired
    }

    pub(crate) fn epoch(&self, epoch: u32) -> Result<Arc<Watched>, Reason> {
        let epochs = self.epochs.read().unwrap_or_else(PoisonError::into_inner);
        epochs.get(&epoch).cloned().ok_or(Reason::WrongEpoch)
    }

    /// Is an epoch running, if clocks may differ?
    pub(crate) fn is_running(&self, watched: &Watched) -> bool {
        watched.roster.schedule.slots_near(self.clock.now_ms(), self.max_skew_ms).is_some()
    }

    /// Has an epoch begun, if clocks may differ?
    pub(crate) fn has_begun(&self, watched: &Watched) -> bool {
        watched.roster.schedule.start_ms <= self.clock.now_ms().saturating_add(self.max_skew_ms)
    }

    /// May a peer connect as a witness drawn for a duty?
    pub(crate) fn admit(&self, peer: &EndpointId, duty: Duty) -> Result<(), TurnedAway> {
        let mut admission = Err((Reason::UnknownPeer, close::UNKNOWN));
        for watched in self.epochs() {
            let is_peer = |witness: &DirectoryEntry| witness.endpoint.0 == *peer.as_bytes();
            let drawn = watched.committee(duty).keys().filter_map(|&index| watched.roster.witness(index));
            if drawn.into_iter().any(is_peer) {
                return Ok(());
            }
            if watched.roster.witnesses().iter().any(is_peer) {
                admission = Err((Reason::NotDrawn, close::NOT_DRAWN));
            }
        }
        admission
    }

    /// Notes by how much a witness's clock is ahead of ours. What they say together is told once, again when it changes,
    /// and kept in the database; it changes nothing that this device does.
    pub(crate) async fn note_clock(&self, peer: EndpointId, skew_ms: i64) {
        self.metrics.skew(skew_ms);
        let is_first = self.clocks.opinion(0).is_none();
        let (opinion, news) = self.clocks.note(peer, skew_ms, self.clock.now_ms(), self.max_skew_ms / 2);
        let (skew_ms, bound) = (opinion.skew_ms, span(self.max_skew_ms));
        match news {
            Some(News::Differs) if skew_ms.unsigned_abs() > self.max_skew_ms => tracing::warn!(
                skew_ms,
                "{opinion}: beyond {bound} their pings are refused, and this device counts as down; {REMEDY}"
            ),
            Some(News::Differs) => {
                tracing::warn!(skew_ms, "{opinion}: beyond {bound} their pings would be refused; {REMEDY}");
            }
            Some(News::Agrees) => {
                tracing::info!(skew_ms, "this device's clock agrees with its witnesses' again")
            }
            None => {}
        }
        if (is_first || news.is_some())
            && let Err(error) = self.store.keep_opinion(opinion).await
        {
            tracing::error!(%error, "cannot keep what witnesses say of the clock");
        }
    }
}
