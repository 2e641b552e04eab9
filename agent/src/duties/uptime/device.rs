//! A device's side of uptime: what it says to each message. No sockets here, so that every refusal can be tried directly;
//! those are in [`session`], and what it asks of its witnesses itself in [`ask`].

mod ask;
mod limits;
mod session;
mod summary;

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex};

use iroh::EndpointId;
use iroh::endpoint::Connection;
use popw_core::bitmap::{MAX_SLOTS, SlotBitmap};
use popw_core::draw::Duty;
use popw_core::{eddsa, message};

use self::limits::{Bucket, Nonces};
pub use self::summary::WitnessSummary;
pub(crate) use self::summary::summary;
use super::store::device::Kept;
use super::wire::{self, Attest, Message, Ping, Pong};
use crate::daemon::Work;
use crate::host::{Host, MAX_WITNESSES, TurnedAway, Watched};
use crate::metrics::{Event, Reason};
use crate::mutex::lock;
use crate::roster::Roster;
use crate::service::Service;
use crate::sessions::Sessions;
use crate::transport::close;
use crate::wire::{FrameError, Refused, SignatureBytes};

/// A device's side of the protocol.
pub(crate) struct Uptime {
    host: Arc<Host>,
    sessions: Sessions,
    /// By epoch.
    nonces: Mutex<HashMap<u32, Nonces>>,
    buckets: Mutex<HashMap<EndpointId, Bucket>>,
    /// How often all witnesses were asked for what they signed in an epoch that is over.
    asked: Mutex<BTreeMap<u32, u32>>,
}

impl Service for Uptime {
    fn protocol(&self) -> &'static [u8] {
        wire::ALPN
    }

    fn places(&self) -> usize {
        MAX_WITNESSES
    }

    fn sessions(&self) -> &Sessions {
        &self.sessions
    }

    fn admit(&self, peer: &EndpointId) -> Result<(), TurnedAway> {
        self.host.admit(peer, Duty::Uptime)
    }

    fn serve(self: Arc<Self>, connection: Connection) -> Work {
        Box::pin(async move {
            let asking = tokio::spawn(self.clone().keep_asking(connection.clone()));
            session::serve(&connection, &self).await;
            asking.abort();
        })
    }

    fn take_up(&self, watched: &Watched) {
        lock(&self.nonces).insert(watched.roster.key.epoch, Nonces::default());
    }

    fn retain(&self, epochs: &[u32]) {
        lock(&self.nonces).retain(|epoch, _| epochs.contains(epoch));
        lock(&self.asked).retain(|epoch, _| epochs.contains(epoch));
    }

    fn clock_was_set(self: Arc<Self>) {
        // What was asked at a wrong time is asked again at the right one.
        lock(&self.asked).clear();
        tokio::spawn(async move { self.compare_clocks().await });
    }

    fn look(self: Arc<Self>, now_ms: u64, grace_ms: u64) -> Work {
        Box::pin(async move { self.ask_for_missing(now_ms, grace_ms).await })
    }

    fn stop(&self) {
        for connection in self.sessions.connections() {
            connection.close(close::DONE, b"done");
        }
    }
}

impl Uptime {
    pub(crate) fn new(host: Arc<Host>) -> Self {
        Self {
            host,
            sessions: Sessions::default(),
            nonces: Mutex::default(),
            buckets: Mutex::default(),
            asked: Mutex::default(),
        }
    }

    /// Answers a message of the peer with this transport key. Whatever is refused is counted.
    async fn answer(&self, peer: &EndpointId, message: Result<Message, FrameError>) -> Message {
        let now_ms = self.host.clock.now_ms();
        let answer = match message {
            _ if !self.within_rate(peer, now_ms) => Err(Reason::RateLimited),
            Err(error) => Err(error.kind()),
            Ok(Message::Ping(ping)) => self.ping(peer, &ping, now_ms),
            Ok(Message::Attest(attest)) => self.attest(peer, &attest, now_ms).await,
            Ok(_) => Err(Reason::Unexpected),
        };
        answer.unwrap_or_else(|kind| {
            self.host.metrics.count_drop(kind);
            tracing::debug!(peer = %peer.fmt_short(), reason = kind.label(), "message dropped");
            Message::Refused(Refused { code: kind.into(), unix_ms: now_ms })
        })
    }

    fn within_rate(&self, peer: &EndpointId, now_ms: u64) -> bool {
        // With several epochs at once the longest slot decides: honest rates differ by little.
        let slot_ms =
            self.host.epochs().iter().map(|watched| watched.roster.schedule.slot_ms).max().unwrap_or(1_000);
        let mut buckets = lock(&self.buckets);
        buckets.entry(*peer).or_insert_with(|| Bucket::new(now_ms, slot_ms)).take(now_ms, slot_ms)
    }

    /// Signs a pong, built here from the device's own view of epoch, slot and witness.
    fn ping(&self, peer: &EndpointId, ping: &Ping, now_ms: u64) -> Result<Message, Reason> {
        let watched = self.host.epoch(ping.epoch)?;
        let witness = watched.witness(Duty::Uptime, peer, ping.witness_index)?;
        let schedule = &watched.roster.schedule;
        let open = schedule.slots_near(now_ms, self.host.max_skew_ms).ok_or(Reason::WrongEpoch)?;
        if !open.contains(&ping.slot) {
            return Err(Reason::WrongSlot);
        }
        let nonce = wire::nonce(&ping.nonce).ok_or(Reason::Malformed)?;
        let mut nonces = lock(&self.nonces);
        let of_epoch = nonces.entry(ping.epoch).or_default();
        if !of_epoch.fresh(open, ping.slot, ping.witness_index, ping.nonce) {
            return Err(Reason::Replayed);
        }
        drop(nonces);
        self.host.metrics.event(Event::Pings);
        let key = &watched.roster.key;
        let pong = message::pong(
            key.domain,
            key.epoch,
            ping.slot,
            watched.device.leaf,
            witness.witness_leaf(),
            nonce,
        );
        let signature = SignatureBytes::new(&self.host.keys.signing.sign(pong));
        self.host.metrics.event(Event::Pongs);
        Ok(Message::Pong(Pong { signature, unix_ms: now_ms }))
    }

    /// Verifies an attestation and stores it; acknowledged only when it is durable.
    async fn attest(&self, peer: &EndpointId, attest: &Attest, now_ms: u64) -> Result<Message, Reason> {
        let watched = self.host.epoch(attest.epoch)?;
        let witness = watched.witness(Duty::Uptime, peer, attest.witness_index)?;
        let bitmap = plausible(&watched.roster, attest.bitmap, now_ms, self.host.max_skew_ms)?;
        let signature = attest.signature.parse().ok_or(Reason::BadSignature)?;
        let key = watched.roster.key;
        let signed =
            message::uptime_attestation(key.domain, key.epoch, key.opening, watched.device.leaf, &bitmap);
        eddsa::verify(&witness.public_key, signed, &signature).map_err(|_| Reason::BadSignature)?;

        let kept = self.host.store.keep(key, attest.witness_index, bitmap, signature, now_ms).await;
        match kept {
            Ok(Kept::Latest | Kept::Earlier) => self.host.metrics.event(Event::Attestations),
            Ok(Kept::Repeated) => self.host.metrics.event(Event::Repeated),
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
