//! Watching one device through one epoch: a ping at a random moment of each slot, and the delivery
//! of what was signed.

use std::sync::Arc;
use std::time::Duration;

use popw_core::bitmap::SlotBitmap;
use tokio::sync::Notify;
use tokio::time::Instant;

use super::handler::{self, Handler};
use super::link::Link;
use super::miss::{LinkError, Miss};
use super::{Misbehave, Pinging};
use crate::clock::STEP;
use crate::daemon::millis;
use crate::duties::uptime::store::witness::{Answer, Attestation, Outcome};
use crate::duties::uptime::wire::{Message, Ping};
use crate::metrics::{Event, Reason};
use crate::observer::{Assignment, Observer};
use crate::random;
use crate::store::StoreError;
use crate::wire::Refusal;

/// How long a device may take to store an attestation and say so.
const DELIVERY: Duration = Duration::from_secs(5);
/// The longest pause after an attempt that was answered, but not well.
const LONGEST_PAUSE: Duration = Duration::from_secs(5);

/// One device in one epoch.
pub(super) struct Watch {
    pub(super) handler: Arc<Handler>,
    pub(super) assigned: Arc<Assignment>,
    pub(super) link: Link,
    pub(super) pace: Pinging,
}

impl Watch {
    /// Pings through the epoch while delivering, then delivers until the grace period is over.
    ///
    /// # Errors
    /// [`StoreError`] when the database fails: a witness that cannot store must not sign.
    pub(super) async fn run(self) -> Result<(), StoreError> {
        let changed = Notify::new();
        let end_ms = self.assigned.roster.schedule.end_ms();
        let last_call = end_ms.saturating_add(millis(self.pace.grace));
        let deliver = self.deliver(&changed);
        let watch = async {
            match self.pace.misbehave {
                None => self.ping_every_slot(&changed, last_call).await?,
                Some(Misbehave::AlwaysUp) => {
                    self.claim_every_slot(&changed).await?;
                    self.observer().clock.sleep_until(last_call).await;
                }
            }
            Ok(())
        };
        let result = tokio::select! {
            result = watch => result,
            result = deliver => result,
        };
        self.handler.lay_down(&self.assigned);
        result
    }

    fn observer(&self) -> &Observer {
        &self.handler.observer
    }

    /// Pings in each slot until `last_call`. Which slot is next is asked of the clock at each step, so that one that is set
    /// meanwhile, ahead or back, costs the slots that it skips and no others.
    async fn ping_every_slot(&self, changed: &Notify, last_call: u64) -> Result<(), StoreError> {
        let schedule = self.assigned.roster.schedule;
        let (key, device) = (self.assigned.roster.key, self.assigned.device.leaf);
        // What was pinged before a restart is not judged again.
        let mut judged = self.observer().store.recorded(key, device).await?;
        let (mut planned, mut refused, mut is_closed) = (None, None, false);
        loop {
            let now_ms = self.observer().clock.now_ms();
            if now_ms >= last_call {
                return Ok(());
            }
            if now_ms >= schedule.end_ms() && !is_closed {
                // Whatever became of the last slot.
                is_closed = true;
                changed.notify_one();
            }
            // Set back before the slot: it is to come again.
            refused = refused.filter(|&slot| now_ms >= schedule.slot_start(slot));
            let Some(slot) = self.next_slot(&judged, refused, planned, now_ms) else {
                tokio::time::sleep(STEP).await;
                continue;
            };
            let moment = match planned {
                Some((of, moment)) if of == slot => moment,
                _ => self.moment(slot, now_ms),
            };
            planned = Some((slot, moment));
            if now_ms < moment {
                tokio::time::sleep(Duration::from_millis(moment - now_ms).min(STEP)).await;
                continue;
            }
            planned = None;
            let left_ms = schedule.slot_start(slot + 1).saturating_sub(now_ms);
            let is_last = slot + 1 == schedule.slots;
            let answer = match self.ping(slot, now_ms, self.deadline_ms().min(left_ms)).await {
                Ok(answer) => Some(answer),
                Err(miss) if miss.is_of_clocks() => {
                    refused = Some(slot);
                    continue;
                }
                Err(_) => None,
            };
            let is_up = answer.is_some();
            self.observer().store.record(key, device, Outcome { slot, unix_ms: now_ms, answer }).await?;
            judged.set(slot).map_err(|_| StoreError::Corrupt("slot"))?;
            if is_up || is_last {
                self.sign_if_due(slot, changed);
            }
        }
    }

    /// The first slot that can still be pinged, the running one included if an answer can come in time.
    fn next_slot(
        &self,
        judged: &SlotBitmap,
        refused: Option<u32>,
        planned: Option<(u32, u64)>,
        now_ms: u64,
    ) -> Option<u32> {
        let schedule = self.assigned.roster.schedule;
        // A moment that was chosen may be the last one, and this task some milliseconds late.
        let until = |slot: u32| match planned {
            Some((of, _)) if of == slot => schedule.slot_start(slot + 1),
            _ => self.latest(slot),
        };
        (0..schedule.slots).find(|&slot| !judged.get(slot) && refused != Some(slot) && now_ms < until(slot))
    }

    /// The last moment of a slot whose answer can still come inside it.
    fn latest(&self, slot: u32) -> u64 {
        self.assigned.roster.schedule.slot_start(slot + 1).saturating_sub(self.deadline_ms())
    }

    /// When a slot is pinged: a device cannot know.
    fn moment(&self, slot: u32, now_ms: u64) -> u64 {
        let start = self.assigned.roster.schedule.slot_start(slot).max(now_ms);
        random::between(start, self.latest(slot)).unwrap_or_else(|error| {
            tracing::error!(%error, "no randomness for the moment of a ping; taking the slot's start");
            start
        })
    }

    /// At most a third of the slot, so that most of it stays for the random moment.
    fn deadline_ms(&self) -> u64 {
        let slot_ms = u64::from(self.assigned.roster.schedule.slot_ms);
        millis(self.pace.deadline).min(slot_ms / 3).max(1)
    }

    async fn ping(&self, slot: u32, unix_ms: u64, deadline_ms: u64) -> Result<Answer, Miss> {
        let answer = self.try_ping(slot, unix_ms, deadline_ms).await;
        match &answer {
            Ok(_) => self.observer().metrics.event(Event::Pongs),
            Err(miss) => {
                self.observer().metrics.event(Event::Missed);
                let device = self.assigned.device.entry.endpoint;
                tracing::debug!(%device, epoch = self.assigned.roster.key.epoch, slot, %miss, "not seen");
            }
        }
        answer
    }

    async fn try_ping(&self, slot: u32, unix_ms: u64, deadline_ms: u64) -> Result<Answer, Miss> {
        let nonce = random::nonce().map_err(|error| {
            tracing::error!(%error, "no randomness for a nonce; the ping is not sent");
            self.observer().metrics.count_drop(Reason::Internal);
            Miss::Dropped(Reason::Internal)
        })?;
        let ping =
            Ping { epoch: self.assigned.roster.key.epoch, slot, witness_index: self.assigned.index, nonce };
        let sent = Instant::now();
        let deadline = sent + Duration::from_millis(deadline_ms);
        self.observer().metrics.event(Event::Pings);
        let answer = self.link.exchange(&Message::Ping(ping.clone()), deadline).await?;
        let latency_ms = u32::try_from(sent.elapsed().as_millis()).unwrap_or(u32::MAX);
        self.handler.check_pong(&self.assigned, &ping, answer, unix_ms, latency_ms)
    }

    /// A lying witness: every slot up to the running one is up, pinged or not. It lies only about the
    /// past, for a device refuses bits of the future.
    async fn claim_every_slot(&self, changed: &Notify) -> Result<(), StoreError> {
        let schedule = self.assigned.roster.schedule;
        let mut bits = SlotBitmap::default();
        for slot in 0..schedule.slots {
            self.observer().clock.sleep_until(schedule.slot_start(slot)).await;
            bits.set(slot).map_err(|_| StoreError::Corrupt("slot"))?;
            // A late start claims all slots at once.
            if self.observer().clock.now_ms() < schedule.slot_start(slot + 1) || slot + 1 == schedule.slots {
                self.observer()
                    .store
                    .claim(self.assigned.roster.key, self.assigned.device.leaf, bits)
                    .await?;
                self.sign_if_due(slot, changed);
            }
        }
        Ok(())
    }

    /// Wakes the delivery, which signs what is stored then.
    fn sign_if_due(&self, slot: u32, changed: &Notify) {
        let last = slot + 1 == self.assigned.roster.schedule.slots;
        if last || (slot + 1).is_multiple_of(self.pace.sign_every.max(1)) {
            changed.notify_one();
        }
    }

    /// Signs what is stored and brings it to the device, again and again until it says that it has it.
    async fn deliver(&self, changed: &Notify) -> Result<(), StoreError> {
        // Empty also after a restart: what was signed before may never have arrived.
        let mut delivered = SlotBitmap::default();
        self.observer().clock.sleep_until(self.assigned.roster.schedule.start_ms).await;
        loop {
            match self.handler.attest(&self.assigned).await? {
                Some(attestation) if attestation.bitmap != delivered => {
                    if self.hand_over(&attestation).await {
                        delivered = attestation.bitmap;
                    }
                }
                _ => changed.notified().await,
            }
        }
    }

    /// `true` when there is no point in sending this attestation again. Takes its time before `false`.
    async fn hand_over(&self, attestation: &Attestation) -> bool {
        let message = Message::Attest(handler::attest(&self.assigned, attestation));
        let device = self.assigned.device.entry.endpoint;
        let slot = Duration::from_millis(u64::from(self.assigned.roster.schedule.slot_ms));
        let pause = slot.clamp(Duration::from_millis(100), LONGEST_PAUSE);
        match self.link.exchange(&message, Instant::now() + DELIVERY).await {
            Ok(Message::Ack) => {
                self.observer().metrics.event(Event::Attestations);
                return true;
            }
            Ok(Message::Refused(refused)) => {
                tracing::warn!(%device, code = ?refused.code, "the device does not take our attestation");
                // These do not get better by waiting; the others may.
                if matches!(refused.code, Refusal::Contradiction | Refusal::BadSignature | Refusal::NotDrawn)
                {
                    return true;
                }
            }
            Ok(_) => self.observer().metrics.count_drop(Reason::Unexpected),
            // The wait for a connection was the pause.
            Err(LinkError::Unreachable) => return false,
            Err(error) => tracing::debug!(%device, %error, "attestation not delivered"),
        }
        tokio::time::sleep(pause).await;
        false
    }
}
