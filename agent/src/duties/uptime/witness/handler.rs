//! What a witness signs, and what it says to a device's requests.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use iroh::EndpointId;
use popw_core::{eddsa, message};

use super::miss::Miss;
use crate::clock::span;
use crate::duties::uptime::store::witness::{Answer, Attestation};
use crate::duties::uptime::wire::{self, Attest, Message, Ping};
use crate::metrics::{Event, Reason};
use crate::mutex::lock;
use crate::observer::{Assignment, Observer};
use crate::skew::{News, REMEDY, Said, skew};
use crate::store::StoreError;
use crate::wire::{FrameError, Refusal, Refused, SignatureBytes};

/// The witness's side of the protocol.
pub(super) struct Handler {
    pub(super) observer: Observer,
    watched: RwLock<Watched>,
    /// What was said of devices' clocks.
    said: Mutex<HashMap<[u8; 32], Said>>,
}

/// By epoch and the device's transport key.
type Watched = BTreeMap<(u32, [u8; 32]), Arc<Assignment>>;

impl Handler {
    pub(super) fn new(observer: Observer) -> Self {
        Self { observer, watched: RwLock::default(), said: Mutex::default() }
    }

    pub(super) fn take_up(&self, assigned: Arc<Assignment>) {
        let mut watched = self.watched.write().unwrap_or_else(PoisonError::into_inner);
        watched.insert((assigned.roster.key.epoch, assigned.device.entry.endpoint.0), assigned);
    }

    pub(super) fn lay_down(&self, assigned: &Assignment) {
        let mut watched = self.watched.write().unwrap_or_else(PoisonError::into_inner);
        watched.remove(&(assigned.roster.key.epoch, assigned.device.entry.endpoint.0));
    }

    /// Checks a device's answer to `ping`, sent at `sent_ms` and answered `latency_ms` later.
    ///
    /// The pong is built here from the witness's own fields: an answer to anything else does not verify.
    pub(super) fn check_pong(
        &self,
        assigned: &Assignment,
        ping: &Ping,
        answer: Message,
        sent_ms: u64,
        latency_ms: u32,
    ) -> Result<Answer, Miss> {
        let dropped = |kind: Reason| {
            self.observer.metrics.count_drop(kind);
            Miss::Dropped(kind)
        };
        let pong = match answer {
            Message::Pong(pong) => pong,
            Message::Refused(refused) => {
                self.note_skew(assigned, skew(refused.unix_ms, sent_ms, latency_ms));
                return Err(Miss::Refused(refused.code));
            }
            _ => return Err(dropped(Reason::Unexpected)),
        };
        let signature = pong.signature.parse().ok_or_else(|| dropped(Reason::BadSignature))?;
        let nonce = wire::nonce(&ping.nonce).ok_or_else(|| dropped(Reason::Internal))?;
        let key = &assigned.roster.key;
        let signed =
            message::pong(key.domain, key.epoch, ping.slot, assigned.device.leaf, assigned.leaf, nonce);
        eddsa::verify(&assigned.device.entry.public_key, signed, &signature)
            .map_err(|_| dropped(Reason::BadSignature))?;
        // The slot must still run by the witness's clock, or the bit would be for another time.
        if assigned.roster.schedule.slot_at(self.observer.clock.now_ms()) != Some(ping.slot) {
            return Err(dropped(Reason::Late));
        }
        let skew_ms = skew(pong.unix_ms, sent_ms, latency_ms);
        self.note_skew(assigned, skew_ms);
        Ok(Answer { latency_ms, skew_ms, nonce, pong: signature })
    }

    fn note_skew(&self, assigned: &Assignment, skew_ms: i64) {
        self.observer.metrics.skew(skew_ms);
        let device = assigned.device.entry.endpoint;
        let mut said = lock(&self.said);
        match said.entry(device.0).or_default().news(skew_ms, self.observer.max_skew_ms / 2) {
            Some(News::Differs) => {
                let way = if skew_ms < 0 { "behind" } else { "ahead" };
                let (far, bound) = (span(skew_ms.unsigned_abs()), span(self.observer.max_skew_ms));
                tracing::warn!(
                    %device,
                    skew_ms,
                    "the device's clock differs from ours: {far} {way}; beyond {bound} it takes no pings. If others \
                     differ alike, it is this machine's clock that is wrong: {REMEDY}"
                );
            }
            Some(News::Agrees) => {
                tracing::info!(%device, skew_ms, "the device's clock agrees with ours again")
            }
            None => {}
        }
    }

    /// Signs what is stored for a device. `None` when nothing was seen yet.
    ///
    /// The message is built from fields that this witness holds itself and the stored bitmap; nothing of it was received.
    pub(super) async fn attest(&self, assigned: &Assignment) -> Result<Option<Attestation>, StoreError> {
        let (key, device) = (assigned.roster.key, assigned.device.leaf);
        let (keys, metrics) = (self.observer.keys.clone(), self.observer.metrics.clone());
        let sign = move |bitmap: &_| {
            metrics.event(Event::Signed);
            let text = message::uptime_attestation(key.domain, key.epoch, key.opening, device, bitmap);
            keys.signing.sign(text)
        };
        self.observer.store.attest(key, device, self.observer.clock.now_ms(), sign).await
    }

    /// Answers a request of the device with this transport key.
    pub(super) async fn answer(&self, peer: &EndpointId, message: Result<Message, FrameError>) -> Message {
        let answer = match message {
            Err(error) => Err(error.kind()),
            Ok(Message::GetAttestation { epoch }) => self.latest(peer, epoch).await,
            Ok(_) => Err(Reason::Unexpected),
        };
        answer.unwrap_or_else(|kind| {
            self.observer.metrics.count_drop(kind);
            tracing::debug!(device = %peer.fmt_short(), reason = kind.label(), "request dropped");
            self.refuse(kind.into())
        })
    }

    async fn latest(&self, peer: &EndpointId, epoch: u32) -> Result<Message, Reason> {
        let assigned = {
            let watched = self.watched.read().unwrap_or_else(PoisonError::into_inner);
            watched.get(&(epoch, *peer.as_bytes())).cloned()
        };
        // A device asks about each epoch it knows of; not knowing one is no fault of it.
        let Some(assigned) = assigned else { return Ok(self.refuse(Refusal::WrongEpoch)) };
        match self.attest(&assigned).await {
            Ok(Some(attestation)) => Ok(Message::Attest(attest(&assigned, &attestation))),
            Ok(None) => Ok(self.refuse(Refusal::NothingSigned)),
            Err(error) => {
                tracing::error!(%error, "cannot read what was signed");
                Err(Reason::Internal)
            }
        }
    }

    fn refuse(&self, code: Refusal) -> Message {
        Message::Refused(Refused { code, unix_ms: self.observer.clock.now_ms() })
    }
}

/// An attestation as it travels.
pub(super) fn attest(assigned: &Assignment, attestation: &Attestation) -> Attest {
    Attest {
        epoch: assigned.roster.key.epoch,
        witness_index: assigned.index,
        bitmap: attestation.bitmap.words(),
        signature: SignatureBytes::new(&attestation.signature),
    }
}

#[cfg(test)]
mod tests;
