//! What a device accepts from one witness: a rate, and each nonce once.

use std::collections::{HashMap, HashSet};

/// Messages a witness may send in one burst.
const BURST: u64 = 24;
/// Messages a witness may send in a slot, on average. Honest: one ping, one attestation, some repeats.
const PER_SLOT: u64 = 8;

/// A token bucket in integers: `PER_SLOT` messages per slot, up to `BURST` at once.
#[derive(Debug)]
pub(crate) struct Bucket {
    // In units of 1 / slot_ms messages, so that a millisecond adds PER_SLOT of them.
    level: u64,
    filled_at_ms: u64,
}

impl Bucket {
    pub(crate) fn new(now_ms: u64, slot_ms: u32) -> Self {
        Self { level: BURST * u64::from(slot_ms), filled_at_ms: now_ms }
    }

    /// Takes one message's worth, if there is.
    pub(crate) fn take(&mut self, now_ms: u64, slot_ms: u32) -> bool {
        let message = u64::from(slot_ms);
        // A clock set back adds nothing and takes nothing away.
        let passed = now_ms.saturating_sub(self.filled_at_ms);
        self.filled_at_ms = now_ms;
        self.level = self.level.saturating_add(passed.saturating_mul(PER_SLOT)).min(BURST * message);
        match self.level.checked_sub(message) {
            Some(rest) => {
                self.level = rest;
                true
            }
            None => false,
        }
    }
}

/// The nonces seen in the slots that can still be answered.
#[derive(Debug, Default)]
pub(crate) struct Nonces {
    by_slot: HashMap<u32, HashSet<(u32, [u8; 32])>>,
}

impl Nonces {
    /// Notes a witness's nonce; `false` when it was there already. Slots outside `open` are forgotten:
    /// they are refused anyway. The rate limit bounds what an open slot can hold.
    pub(crate) fn fresh(
        &mut self,
        open: std::ops::RangeInclusive<u32>,
        slot: u32,
        witness_index: u32,
        nonce: [u8; 32],
    ) -> bool {
        self.by_slot.retain(|slot, _| open.contains(slot));
        self.by_slot.entry(slot).or_default().insert((witness_index, nonce))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_burst_then_a_rate() {
        let mut bucket = Bucket::new(0, 1_000);
        for _ in 0..BURST {
            assert!(bucket.take(0, 1_000));
        }
        assert!(!bucket.take(0, 1_000));
        assert!(!bucket.take(124, 1_000));
        assert!(bucket.take(125, 1_000));
        assert!(!bucket.take(100, 1_000));
        assert!(bucket.take(u64::MAX, 1_000));
    }

    #[test]
    fn a_nonce_counts_once_per_witness_and_slot() {
        let mut nonces = Nonces::default();
        assert!(nonces.fresh(3..=4, 3, 0, [1; 32]));
        assert!(!nonces.fresh(3..=4, 3, 0, [1; 32]));
        assert!(nonces.fresh(3..=4, 3, 1, [1; 32]));
        assert!(nonces.fresh(3..=4, 4, 0, [1; 32]));
        assert!(nonces.fresh(5..=5, 5, 0, [1; 32]));
        assert_eq!(nonces.by_slot.len(), 1);
    }
}
