//! Unix time in milliseconds and the slots of an epoch.

use std::ops::RangeInclusive;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// Where a daemon takes the time from: the system's clock, optionally shifted.
///
/// The shift exists to try how the daemons behave when clocks disagree.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Clock {
    offset_ms: i64,
}

impl Clock {
    /// The system's clock.
    pub const fn system() -> Self {
        Self { offset_ms: 0 }
    }

    /// The system's clock, `offset_ms` milliseconds ahead (behind when negative).
    pub const fn with_offset(offset_ms: i64) -> Self {
        Self { offset_ms }
    }

    /// Milliseconds since 1970-01-01; 0 on a clock set before then.
    pub fn now_ms(&self) -> u64 {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or(Duration::ZERO);
        let now = u64::try_from(since.as_millis()).unwrap_or(u64::MAX);
        now.saturating_add_signed(self.offset_ms)
    }

    /// Sleeps until this clock shows `unix_ms`; returns at once when that has passed.
    pub async fn sleep_until(&self, unix_ms: u64) {
        // In short steps, so that a clock that is set while we sleep is noticed.
        loop {
            let left = unix_ms.saturating_sub(self.now_ms());
            if left == 0 {
                return;
            }
            tokio::time::sleep(Duration::from_millis(left.min(10_000))).await;
        }
    }
}

/// When an epoch's slots begin and end: `slots` slots of `slot_ms` milliseconds each, from `start_ms`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Schedule {
    /// Start of slot 0, Unix milliseconds.
    pub start_ms: u64,
    /// Length of a slot, milliseconds, at least 1.
    pub slot_ms: u32,
    /// Number of slots.
    pub slots: u32,
}

impl Schedule {
    /// Start of a slot, Unix milliseconds (for `slot = slots`: the end of the epoch).
    pub fn slot_start(&self, slot: u32) -> u64 {
        self.start_ms.saturating_add(u64::from(slot).saturating_mul(u64::from(self.slot_ms)))
    }

    /// End of the epoch, Unix milliseconds.
    pub fn end_ms(&self) -> u64 {
        self.slot_start(self.slots)
    }

    /// The slot that contains `now_ms`; `None` before and after the epoch.
    pub fn slot_at(&self, now_ms: u64) -> Option<u32> {
        let since = now_ms.checked_sub(self.start_ms)?;
        let slot = u32::try_from(since / u64::from(self.slot_ms.max(1))).ok()?;
        (slot < self.slots).then_some(slot)
    }

    /// The slots that may be running when the clock shows `now_ms` and is wrong by up to `skew_ms`.
    pub fn slots_near(&self, now_ms: u64, skew_ms: u64) -> Option<RangeInclusive<u32>> {
        let (early, late) = (now_ms.saturating_sub(skew_ms), now_ms.saturating_add(skew_ms));
        if late < self.start_ms || early >= self.end_ms() {
            return None;
        }
        let first = if early < self.start_ms { 0 } else { self.slot_at(early)? };
        let last = if late >= self.end_ms() { self.slots - 1 } else { self.slot_at(late)? };
        Some(first..=last)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SCHEDULE: Schedule = Schedule { start_ms: 1_000, slot_ms: 100, slots: 3 };

    #[test]
    fn slots_are_half_open() {
        assert_eq!(SCHEDULE.slot_at(999), None);
        assert_eq!(SCHEDULE.slot_at(1_000), Some(0));
        assert_eq!(SCHEDULE.slot_at(1_099), Some(0));
        assert_eq!(SCHEDULE.slot_at(1_100), Some(1));
        assert_eq!(SCHEDULE.slot_at(1_299), Some(2));
        assert_eq!(SCHEDULE.slot_at(1_300), None);
        assert_eq!(SCHEDULE.slot_at(u64::MAX), None);
    }

    #[test]
    fn skew_widens_the_window_and_stays_inside_the_epoch() {
        assert_eq!(SCHEDULE.slots_near(1_150, 0), Some(1..=1));
        assert_eq!(SCHEDULE.slots_near(1_150, 60), Some(0..=2));
        assert_eq!(SCHEDULE.slots_near(950, 60), Some(0..=0));
        assert_eq!(SCHEDULE.slots_near(930, 60), None);
        assert_eq!(SCHEDULE.slots_near(1_350, 60), Some(2..=2));
        assert_eq!(SCHEDULE.slots_near(1_360, 60), None);
        assert_eq!(SCHEDULE.slots_near(0, u64::MAX), Some(0..=2));
    }

    #[test]
    fn extreme_schedules_do_not_overflow() {
        let far = Schedule { start_ms: u64::MAX - 1, slot_ms: u32::MAX, slots: u32::MAX };
        assert_eq!(far.end_ms(), u64::MAX);
        assert_eq!(far.slots_near(0, 10), None);
        assert_eq!(far.slot_at(u64::MAX), Some(0));
    }
}
