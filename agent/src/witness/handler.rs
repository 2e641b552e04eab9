//! What a witness signs, and what it says to a device's requests.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use iroh::EndpointId;
use popw_core::{Fr, draw, eddsa, message};

use super::miss::Miss;
use crate::clock::{Clock, span};
use crate::duties::uptime::store::witness::{Answer, Attestation};
use crate::duties::uptime::wire::{self, Attest, Message, Ping};
use crate::keys::Keys;
use crate::metrics::{Event, Metrics, Reason};
use crate::roster::{Device, Roster};
use crate::skew::{News, REMEDY, Said, skew};
use crate::store::StoreError;
use crate::store::witness::WitnessStore;
use crate::wire::{FrameError, Refusal, Refused, SignatureBytes};

/// The witness's side of the protocol.
pub(crate) struct Handler {
    pub(super) keys: Arc<Keys>,
    pub(super) store: WitnessStore,
    pub(super) metrics: Arc<Metrics>,
    pub(super) clock: Clock,
    pub(super) max_skew_ms: u64,
    duties: RwLock<Duties>,
    /// What was said of devices' clocks.
    said: Mutex<HashMap<[u8; 32], Said>>,
}

/// By epoch and the device's transport key.
type Duties = BTreeMap<(u32, [u8; 32]), Arc<Duty>>;

/// One device to watch in one epoch.
pub(crate) struct Duty {
    pub(super) roster: Arc<Roster>,
    pub(super) device: Device,
    /// The index under which this witness is drawn (the lowest, when it holds several seats' indices:
    /// what it signs does not depend on it).
    pub(super) index: u32,
    pub(super) leaf: Fr,
}

impl Duty {
    /// The devices that this witness is drawn for: none of its own owner's.
    pub(super) fn all(roster: &Arc<Roster>, keys: &Keys, what: draw::Duty) -> Vec<Self> {
        let public = keys.public();
        let mine: BTreeMap<u32, Fr> = (0u32..)
            .zip(roster.witnesses())
            .filter(|(_, witness)| witness.public_key == public && witness.owner == keys.owner)
            .map(|(index, witness)| (index, witness.witness_leaf()))
            .collect();
        let duty = |device: Device| {
            let committee = roster.eligible_for(what, &device);
            let (&index, &leaf) = mine.iter().find(|(index, _)| committee.contains_key(index))?;
            Some(Self { roster: roster.clone(), device, index, leaf })
        };
        if mine.is_empty() {
            return Vec::new();
        }
        roster.devices().filter_map(duty).collect()
    }
}

impl Handler {
    pub(super) fn new(
        keys: Arc<Keys>,
        store: WitnessStore,
        metrics: Arc<Metrics>,
        clock: Clock,
        max_skew_ms: u64,
    ) -> Self {
        let (duties, said) = (RwLock::default(), Mutex::default());
        Self { keys, store, metrics, clock, max_skew_ms, duties, said }
    }

    pub(super) fn take_up(&self, duty: Arc<Duty>) {
        let mut duties = self.duties.write().unwrap_or_else(PoisonError::into_inner);
        duties.insert((duty.roster.key.epoch, duty.device.entry.endpoint.0), duty);
    }

    pub(super) fn lay_down(&self, duty: &Duty) {
        let mut duties = self.duties.write().unwrap_or_else(PoisonError::into_inner);
        duties.remove(&(duty.roster.key.epoch, duty.device.entry.endpoint.0));
    }

    /// Checks a device's answer to `ping`, sent at `sent_ms` and answered `latency_ms` later.
    ///
    /// The pong is built here from the witness's own fields: an answer to anything else does not verify.
    pub(super) fn check_pong(
        &self,
        duty: &Duty,
        ping: &Ping,
        answer: Message,
        sent_ms: u64,
        latency_ms: u32,
    ) -> Result<Answer, Miss> {
        let dropped = |kind: Reason| {
            self.metrics.count_drop(kind);
            Miss::Dropped(kind)
        };
        let pong = match answer {
            Message::Pong(pong) => pong,
            Message::Refused(refused) => {
                self.note_skew(duty, skew(refused.unix_ms, sent_ms, latency_ms));
                return Err(Miss::Refused(refused.code));
            }
            _ => return Err(dropped(Reason::Unexpected)),
        };
        let signature = pong.signature.parse().ok_or_else(|| dropped(Reason::BadSignature))?;
        let nonce = wire::nonce(&ping.nonce).ok_or_else(|| dropped(Reason::Internal))?;
        let key = &duty.roster.key;
        let signed = message::pong(key.domain, key.epoch, ping.slot, duty.device.leaf, duty.leaf, nonce);
        eddsa::verify(&duty.device.entry.public_key, signed, &signature)
            .map_err(|_| dropped(Reason::BadSignature))?;
        // The slot must still run by the witness's clock, or the bit would be for another time.
        if duty.roster.schedule.slot_at(self.clock.now_ms()) != Some(ping.slot) {
            return Err(dropped(Reason::Late));
        }
        let skew_ms = skew(pong.unix_ms, sent_ms, latency_ms);
        self.note_skew(duty, skew_ms);
        Ok(Answer { latency_ms, skew_ms, nonce, pong: signature })
    }

    fn note_skew(&self, duty: &Duty, skew_ms: i64) {
        self.metrics.skew(skew_ms);
        let device = duty.device.entry.endpoint;
        let mut said = self.said.lock().unwrap_or_else(PoisonError::into_inner);
        match said.entry(device.0).or_default().news(skew_ms, self.max_skew_ms / 2) {
            Some(News::Differs) => {
                let way = if skew_ms < 0 { "behind" } else { "ahead" };
                let (far, bound) = (span(skew_ms.unsigned_abs()), span(self.max_skew_ms));
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

    /// Signs what is stored for a duty. `None` when nothing was seen yet.
    ///
    /// The message is built from the duty's own fields and the stored bitmap; nothing of it was received.
    pub(super) async fn attest(&self, duty: &Duty) -> Result<Option<Attestation>, StoreError> {
        let (key, device) = (duty.roster.key, duty.device.leaf);
        let (keys, metrics) = (self.keys.clone(), self.metrics.clone());
        let sign = move |bitmap: &_| {
            metrics.event(Event::Signed);
            let text = message::uptime_attestation(key.domain, key.epoch, key.opening, device, bitmap);
            keys.signing.sign(text)
        };
        self.store.attest(key, device, self.clock.now_ms(), sign).await
    }

    /// Answers a request of the device with this transport key.
    pub(super) async fn answer(&self, peer: &EndpointId, message: Result<Message, FrameError>) -> Message {
        let answer = match message {
            Err(error) => Err(error.kind()),
            Ok(Message::GetAttestation { epoch }) => self.latest(peer, epoch).await,
            Ok(_) => Err(Reason::Unexpected),
        };
        answer.unwrap_or_else(|kind| {
            self.metrics.count_drop(kind);
            tracing::debug!(device = %peer.fmt_short(), reason = kind.label(), "request dropped");
            self.refuse(kind.into())
        })
    }

    async fn latest(&self, peer: &EndpointId, epoch: u32) -> Result<Message, Reason> {
        let duty = {
            let duties = self.duties.read().unwrap_or_else(PoisonError::into_inner);
            duties.get(&(epoch, *peer.as_bytes())).cloned()
        };
        // A device asks about each epoch it knows of; not knowing one is no fault of it.
        let Some(duty) = duty else { return Ok(self.refuse(Refusal::WrongEpoch)) };
        match self.attest(&duty).await {
            Ok(Some(attestation)) => Ok(Message::Attest(attest(&duty, &attestation))),
            Ok(None) => Ok(self.refuse(Refusal::NothingSigned)),
            Err(error) => {
                tracing::error!(%error, "cannot read what was signed");
                Err(Reason::Internal)
            }
        }
    }

    fn refuse(&self, code: Refusal) -> Message {
        Message::Refused(Refused { code, unix_ms: self.clock.now_ms() })
    }
}

/// An attestation as it travels.
pub(super) fn attest(duty: &Duty, attestation: &Attestation) -> Attest {
    Attest {
        epoch: duty.roster.key.epoch,
        witness_index: duty.index,
        bitmap: attestation.bitmap.words(),
        signature: SignatureBytes::new(&attestation.signature),
    }
}

#[cfg(test)]
mod tests;
