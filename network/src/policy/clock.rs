//! A network's clock: epochs of slots, back to back from the genesis. All times are Unix milliseconds.

use std::ops::Range;

use super::{Policy, Timing};
use crate::beacon::{DrandChain, Source};

/// When epochs and slots are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Clock {
    /// Start of epoch 0.
    pub genesis_unix_ms: u64,
    /// Length of a slot.
    pub slot_ms: u32,
    /// Slots of an epoch.
    pub slots: u32,
    /// How long before its start an epoch's registry is taken.
    pub snapshot_lead_ms: u64,
    /// How long after its end an epoch's claims are accepted.
    pub answer_window_ms: u64,
    /// Least time between snapshot and opening beacon.
    pub beacon_delay_ms: u64,
}

impl Clock {
    pub(super) fn of(policy: &Policy) -> Self {
        Self {
            genesis_unix_ms: policy.clock.genesis_unix_ms,
            slot_ms: policy.clock.slot_ms,
            slots: policy.rules.slots,
            snapshot_lead_ms: policy.registry.snapshot_lead_ms,
            answer_window_ms: policy.clock.answer_window_ms,
            beacon_delay_ms: policy.beacon.delay_ms,
        }
    }

    /// Length of an epoch.
    pub fn epoch_ms(&self) -> u64 {
        u64::from(self.slot_ms) * u64::from(self.slots)
    }

    /// The epoch of a moment; `None` before the genesis and after epoch 2^32 − 1.
    pub fn epoch_at(&self, unix_ms: u64) -> Option<u32> {
        let since = unix_ms.checked_sub(self.genesis_unix_ms)?;
        u32::try_from(since.checked_div(self.epoch_ms())?).ok()
    }

    /// The epoch and slot of a moment; `None` before the genesis.
    pub fn slot_at(&self, unix_ms: u64) -> Option<(u32, u32)> {
        let epoch = self.epoch_at(unix_ms)?;
        let within = unix_ms.checked_sub(self.epoch_start(epoch))?;
        Some((epoch, u32::try_from(within.checked_div(self.slot_ms.into())?).ok()?))
    }

    /// Start of an epoch.
    pub fn epoch_start(&self, epoch: u32) -> u64 {
        self.genesis_unix_ms.saturating_add(self.epoch_ms().saturating_mul(epoch.into()))
    }

    /// End of an epoch: the first moment after it.
    pub fn epoch_end(&self, epoch: u32) -> u64 {
        self.epoch_start(epoch).saturating_add(self.epoch_ms())
    }

    /// Start of a slot; `slot = slots` is the epoch's end.
    pub fn slot_start(&self, epoch: u32, slot: u32) -> u64 {
        self.epoch_start(epoch).saturating_add(u64::from(self.slot_ms) * u64::from(slot))
    }

    /// When the registry for an epoch is taken.
    pub fn snapshot_at(&self, epoch: u32) -> u64 {
        self.epoch_start(epoch).saturating_sub(self.snapshot_lead_ms)
    }

    /// When an epoch's claims are accepted: from its end on, and no longer at the window's end.
    pub fn answer_window(&self, epoch: u32) -> Range<u64> {
        let opens = self.epoch_end(epoch);
        opens..opens.saturating_add(self.answer_window_ms)
    }

    /// The drand round that opens an epoch: the first one at least Δ after the snapshot.
    pub fn opening_round(&self, chain: &DrandChain, epoch: u32) -> u64 {
        chain.first_round_at_or_after(self.snapshot_at(epoch).saturating_add(self.beacon_delay_ms))
    }

    /// The drand round that closes an epoch: the first one after its end.
    pub fn closing_round(&self, chain: &DrandChain, epoch: u32) -> u64 {
        chain.first_round_at_or_after(self.epoch_end(epoch))
    }
}

impl Policy {
    /// The rounds (opening, closing) that an epoch has to use, when they are fixed by time.
    pub fn scheduled_rounds(&self, epoch: u32) -> Option<(u64, u64)> {
        match self.source() {
            Ok(Source::Drand(chain)) if self.beacon.timing == Timing::Scheduled => {
                let clock = self.clock();
                Some((clock.opening_round(&chain, epoch), clock.closing_round(&chain, epoch)))
            }
            _ => None,
        }
    }
}
