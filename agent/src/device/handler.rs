//! What a device says to each message: no sockets here, so that every refusal can be tried directly.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use iroh::EndpointId;
use popw_core::bitmap::{MAX_SLOTS, SlotBitmap};
use popw_core::draw::Duty;
use popw_core::{eddsa, message};
use popw_network::epoch::directory::DirectoryEntry;

use super::account::Accounts;
use super::config::Serving;
use super::mutex::lock;
use super::rate_tests::Tests;
use crate::clock::{Clock, span};
use crate::content::Store;
use crate::duties::uptime::limits::{Bucket, Nonces};
use crate::duties::uptime::store::device::Kept;
use crate::duties::uptime::wire::{self, Attest, Message, Ping, Pong};
use crate::keys::Keys;
use crate::metrics::{Event, Metrics, Reason};
use crate::roster::{Device, Roster};
use crate::skew::{News, REMEDY, Witnesses};
use crate::store::device::DeviceStore;
use crate::wire::{FrameError, Refused, SignatureBytes};

/// Epochs that a device keeps in memory; attestations of older ones are no longer taken.
const KEPT_EPOCHS: usize = 4;

/// The device's side of the protocol.
pub(crate) struct Handler {
    pub(super) keys: Keys,
    pub(super) store: DeviceStore,
    pub(super) metrics: Arc<Metrics>,
    pub(super) clock: Clock,
    max_skew_ms: u64,
    pub(super) content: Option<Store>,
    pub(super) serving: Serving,
    pub(super) accounts: Accounts,
    pub(super) tests: Tests,
    /// What witnesses' clocks say of ours.
    pub(super) clocks: Witnesses,
    epochs: RwLock<BTreeMap<u32, Arc<Watched>>>,
    buckets: Mutex<HashMap<EndpointId, Bucket>>,
}

/// An epoch in which this device is registered.
pub(super) struct Watched {
    pub(super) roster: Arc<Roster>,
    pub(super) device: Device,
    /// The witnesses that may attest this device, with their seats.
    pub(super) committee: BTreeMap<u32, Vec<u32>>,
    /// The witnesses that may challenge its rate, with their seats.
    pub(super) challengers: BTreeMap<u32, Vec<u32>>,
    /// Transport keys of the clients with an allotment for this device.
    clients: HashSet<[u8; 32]>,
    nonces: Mutex<Nonces>,
}

/// Whether a peer may hold a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Admission {
    /// A witness drawn in some epoch.
    Drawn,
    /// A registered witness, drawn in none.
    NotDrawn,
    /// Not in any directory.
    Unknown,
}

impl Handler {
    pub(super) fn new(
        keys: Keys,
        store: DeviceStore,
        metrics: Arc<Metrics>,
        clock: Clock,
        max_skew_ms: u64,
    ) -> Self {
        Self {
            keys,
            store,
            metrics,
            clock,
            max_skew_ms,
            content: None,
            serving: Serving::default(),
            accounts: Accounts::default(),
            tests: Tests::default(),
            clocks: Witnesses::default(),
            epochs: RwLock::default(),
            buckets: Mutex::default(),
        }
    }

    /// The same device, serving clients from a store.
    pub(super) fn serving(self, content: Option<Store>, serving: Serving) -> Self {
        Self { content, serving, ..self }
    }

    /// Takes up an epoch; `false` when this device is not registered in it.
    pub(super) fn watch(&self, roster: Arc<Roster>) -> bool {
        let Some(device) = roster.device(&self.keys.public(), self.keys.owner) else { return false };
        let committee = roster.eligible(&device);
        let challengers = roster.eligible_for(Duty::Rate, &device);
        let key = self.keys.public();
        let clients = roster.epoch().allotments_of(&key).map(|allotment| allotment.endpoint.0).collect();
        let watched = Watched { device, committee, challengers, clients, nonces: Mutex::default(), roster };
        let epoch = watched.roster.key.epoch;
        let mut epochs = self.epochs.write().unwrap_or_else(PoisonError::into_inner);
        epochs.insert(epoch, Arc::new(watched));
        true
    }

    /// Every epoch taken up, by number.
    pub(super) fn epochs(&self) -> Vec<Arc<Watched>> {
        self.epochs.read().unwrap_or_else(PoisonError::into_inner).values().cloned().collect()
    }

    /// Forgets epochs that ended before `unix_ms`, but not the last few: they belong in the summary. Returns which.
    pub(super) fn retire(&self, unix_ms: u64) -> Vec<u32> {
        let mut retired = Vec::new();
        let mut epochs = self.epochs.write().unwrap_or_else(PoisonError::into_inner);
        while epochs.len() > KEPT_EPOCHS
            && epochs.first_entry().is_some_and(|first| first.get().roster.schedule.end_ms() < unix_ms)
        {
            retired.extend(epochs.pop_first().map(|(epoch, _)| epoch));
        }
        let kept: Vec<u32> = epochs.keys().copied().collect();
        drop(epochs);
        self.accounts.retain(&kept);
        self.tests.retain(&kept);
        retired
    }

    pub(super) fn epoch(&self, epoch: u32) -> Result<Arc<Watched>, Reason> {
        let epochs = self.epochs.read().unwrap_or_else(PoisonError::into_inner);
        epochs.get(&epoch).cloned().ok_or(Reason::WrongEpoch)
    }

    /// Is an epoch running, if clocks may differ?
    pub(super) fn is_running(&self, watched: &Watched) -> bool {
        watched.roster.schedule.slots_near(self.clock.now_ms(), self.max_skew_ms).is_some()
    }

    /// Has an epoch begun, if clocks may differ?
    pub(super) fn has_begun(&self, watched: &Watched) -> bool {
        watched.roster.schedule.start_ms <= self.clock.now_ms().saturating_add(self.max_skew_ms)
    }

    /// Has a peer bought anything from this device, in any epoch at hand?
    pub(super) fn is_client(&self, peer: &EndpointId) -> bool {
        self.epochs().iter().any(|watched| watched.clients.contains(peer.as_bytes()))
    }

    /// Who is at the other end of a witness's connection for a duty?
    pub(super) fn admit(&self, peer: &EndpointId, duty: Duty) -> Admission {
        let mut admission = Admission::Unknown;
        for watched in self.epochs() {
            let is_peer = |witness: &DirectoryEntry| witness.endpoint.0 == *peer.as_bytes();
            let committee = match duty {
                Duty::Uptime => &watched.committee,
                Duty::Rate => &watched.challengers,
            };
            let drawn = committee.keys().filter_map(|&index| watched.roster.witness(index));
            if drawn.into_iter().any(is_peer) {
                return Admission::Drawn;
            }
            if watched.roster.witnesses().iter().any(is_peer) {
                admission = Admission::NotDrawn;
            }
        }
        admission
    }

    /// Notes by how much a witness's clock is ahead of ours. What they say together is told once, again when it changes,
    /// and kept in the database; it changes nothing that this device does.
    pub(super) async fn note_clock(&self, peer: EndpointId, skew_ms: i64) {
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

    /// Answers a message of the peer with this transport key. Whatever is refused is counted.
    pub(super) async fn answer(&self, peer: &EndpointId, message: Result<Message, FrameError>) -> Message {
        let now_ms = self.clock.now_ms();
        let answer = match message {
            _ if !self.within_rate(peer, now_ms) => Err(Reason::RateLimited),
            Err(error) => Err(error.kind()),
            Ok(Message::Ping(ping)) => self.ping(peer, &ping, now_ms),
            Ok(Message::Attest(attest)) => self.attest(peer, &attest, now_ms).await,
            Ok(_) => Err(Reason::Unexpected),
        };
        answer.unwrap_or_else(|kind| {
            self.metrics.count_drop(kind);
            tracing::debug!(peer = %peer.fmt_short(), reason = kind.label(), "message dropped");
            Message::Refused(Refused { code: kind.into(), unix_ms: now_ms })
        })
    }

    fn within_rate(&self, peer: &EndpointId, now_ms: u64) -> bool {
        // With several epochs at once the longest slot decides: honest rates differ by little.
        let slot_ms =
            self.epochs().iter().map(|watched| watched.roster.schedule.slot_ms).max().unwrap_or(1_000);
        let mut buckets = lock(&self.buckets);
        buckets.entry(*peer).or_insert_with(|| Bucket::new(now_ms, slot_ms)).take(now_ms, slot_ms)
    }

    /// The registered witness behind `index`, when the peer is that witness and may attest this device.
    pub(super) fn witness<'a>(
        watched: &'a Watched,
        duty: Duty,
        peer: &EndpointId,
        index: u32,
    ) -> Result<&'a DirectoryEntry, Reason> {
        let witness = watched.roster.witness(index).ok_or(Reason::NotDrawn)?;
        if witness.endpoint.0 != *peer.as_bytes() {
            return Err(Reason::Impersonation);
        }
        if witness.owner == watched.device.entry.owner {
            return Err(Reason::OwnOwner);
        }
        let committee = match duty {
            Duty::Uptime => &watched.committee,
            Duty::Rate => &watched.challengers,
        };
        if !committee.contains_key(&index) {
            return Err(Reason::NotDrawn);
        }
        Ok(witness)
    }

    /// Signs a pong, built here from the device's own view of epoch, slot and witness.
    fn ping(&self, peer: &EndpointId, ping: &Ping, now_ms: u64) -> Result<Message, Reason> {
        let watched = self.epoch(ping.epoch)?;
        let witness = Self::witness(&watched, Duty::Uptime, peer, ping.witness_index)?;
        let schedule = &watched.roster.schedule;
        let open = schedule.slots_near(now_ms, self.max_skew_ms).ok_or(Reason::WrongEpoch)?;
        if !open.contains(&ping.slot) {
            return Err(Reason::WrongSlot);
        }
        let nonce = wire::nonce(&ping.nonce).ok_or(Reason::Malformed)?;
        if !lock(&watched.nonces).fresh(open, ping.slot, ping.witness_index, ping.nonce) {
            return Err(Reason::Replayed);
        }
        self.metrics.event(Event::Pings);
        let key = &watched.roster.key;
        let pong = message::pong(
            key.domain,
            key.epoch,
            ping.slot,
            watched.device.leaf,
            witness.witness_leaf(),
            nonce,
        );
        let signature = SignatureBytes::new(&self.keys.signing.sign(pong));
        self.metrics.event(Event::Pongs);
        Ok(Message::Pong(Pong { signature, unix_ms: now_ms }))
    }

    /// Verifies an attestation and stores it; acknowledged only when it is durable.
    pub(super) async fn attest(
        &self,
        peer: &EndpointId,
        attest: &Attest,
        now_ms: u64,
    ) -> Result<Message, Reason> {
        let watched = self.epoch(attest.epoch)?;
        let witness = Self::witness(&watched, Duty::Uptime, peer, attest.witness_index)?;
        let bitmap = plausible(&watched.roster, attest.bitmap, now_ms, self.max_skew_ms)?;
        let signature = attest.signature.parse().ok_or(Reason::BadSignature)?;
        let key = watched.roster.key;
        let signed =
            message::uptime_attestation(key.domain, key.epoch, key.opening, watched.device.leaf, &bitmap);
        eddsa::verify(&witness.public_key, signed, &signature).map_err(|_| Reason::BadSignature)?;

        let kept = self.store.keep(key, attest.witness_index, bitmap, signature, now_ms).await;
        match kept {
            Ok(Kept::Latest | Kept::Earlier) => self.metrics.event(Event::Attestations),
            Ok(Kept::Repeated) => self.metrics.event(Event::Repeated),
            Ok(Kept::Contradiction) => {
                let (epoch, witness) = (attest.epoch, attest.witness_index);
                tracing::warn!(epoch, witness, "this witness takes back what it signed; kept as evidence");
                return Err(Reason::Contradiction);
            }
            Err(error) => {
                tracing::error!(%error, "cannot store an attestation");
                return Err(Reason::Internal);
            }
        }
        Ok(Message::Ack)
    }
}

/// A bitmap that can be true: no bit at or above `slots`, none for a slot that has not begun.
fn plausible(roster: &Roster, words: [u64; 4], now_ms: u64, max_skew_ms: u64) -> Result<SlotBitmap, Reason> {
    let bitmap = SlotBitmap::from_words(words).map_err(|_| Reason::BitsBeyondSlots)?;
    if !bitmap.fits(roster.schedule.slots) {
        return Err(Reason::BitsBeyondSlots);
    }
    let Some(highest) = (0..MAX_SLOTS).rev().find(|&slot| bitmap.get(slot)) else {
        return Ok(bitmap);
    };
    if roster.schedule.slot_start(highest) > now_ms.saturating_add(max_skew_ms) {
        return Err(Reason::FutureBits);
    }
    Ok(bitmap)
}

#[cfg(test)]
mod tests;
