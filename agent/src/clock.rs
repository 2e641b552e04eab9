//! Unix time in milliseconds and the slots of an epoch.

use std::ops::RangeInclusive;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use popw_core::document::EpochPublic;

/// The longest that a task sleeps before it looks at the clock again: the clock may be set meanwhile.
pub(crate) const STEP: Duration = Duration::from_millis(250);

/// Where a daemon takes the time from: the system's clock, optionally shifted.
///
/// The shift exists to try how the daemons behave when clocks disagree, or are set while they run.
#[derive(Clone, Copy, Debug, Default)]
pub struct Clock {
    offset_ms: i64,
    adjusted: Option<&'static AtomicI64>,
}

impl Clock {
    /// The system's clock.
    pub const fn system() -> Self {
        Self::with_offset(0)
    }

    /// The system's clock, `offset_ms` milliseconds ahead (behind when negative).
    pub const fn with_offset(offset_ms: i64) -> Self {
        Self { offset_ms, adjusted: None }
    }

    /// The system's clock, ahead by the milliseconds that `offset_ms` holds when it is read.
    pub const fn adjusted(offset_ms: &'static AtomicI64) -> Self {
        Self { offset_ms: 0, adjusted: Some(offset_ms) }
    }

    /// Milliseconds since 1970-01-01; 0 on a clock set before then.
    pub fn now_ms(&self) -> u64 {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or(Duration::ZERO);
        let now = u64::try_from(since.as_millis()).unwrap_or(u64::MAX);
        let adjusted = self.adjusted.map_or(0, |offset_ms| offset_ms.load(Ordering::Relaxed));
        now.saturating_add_signed(self.offset_ms.saturating_add(adjusted))
    }

    /// Sleeps until this clock shows `unix_ms`; returns at once when that has passed.
    pub async fn sleep_until(&self, unix_ms: u64) {
        loop {
            let left = Duration::from_millis(unix_ms.saturating_sub(self.now_ms()));
            if left.is_zero() {
                return;
            }
            tokio::time::sleep(left.min(STEP)).await;
        }
    }
}

/// A clock that was off by less since the last look was slewed, or the machine was busy.
const JUMP_MS: u128 = 1_000;
/// How long a clock must have run on before it is believed that everything is over.
const SETTLING: Duration = Duration::from_secs(60);

/// Notices that a clock is set: it then moves otherwise than the machine's monotonic one, which stands still while the
/// machine sleeps.
#[derive(Debug)]
pub(crate) struct Steady {
    wall_ms: u64,
    at: Instant,
    jumped: Option<Instant>,
}

impl Steady {
    pub(crate) fn new(clock: &Clock) -> Self {
        Self { wall_ms: clock.now_ms(), at: Instant::now(), jumped: None }
    }

    /// How far the clock has jumped since the last look, milliseconds; `None` when it has run on.
    pub(crate) fn look(&mut self, clock: &Clock) -> Option<i64> {
        self.compare(clock.now_ms(), Instant::now())
    }

    fn compare(&mut self, wall_ms: u64, at: Instant) -> Option<i64> {
        let passed = at.saturating_duration_since(self.at).as_millis();
        let passed = i128::try_from(passed).unwrap_or(i128::MAX);
        let jump = (i128::from(wall_ms) - i128::from(self.wall_ms)).saturating_sub(passed);
        (self.wall_ms, self.at) = (wall_ms, at);
        if jump.unsigned_abs() < JUMP_MS {
            return None;
        }
        self.jumped = Some(at);
        Some(i64::try_from(jump).unwrap_or(if jump < 0 { i64::MIN } else { i64::MAX }))
    }

    /// Has it run on for long enough to end by it?
    pub(crate) fn is_settled(&self) -> bool {
        self.jumped.is_none_or(|at| at.elapsed() >= SETTLING)
    }
}

/// A stretch of time for people: `0.4 s`, `35 min`, `24 h`, `12 days`.
pub fn span(ms: u64) -> String {
    match ms {
        0..120_000 => format!("{}.{} s", ms / 1_000, ms % 1_000 / 100),
        120_000..7_200_000 => format!("{} min", ms / 60_000),
        7_200_000..172_800_000 => format!("{} h", ms / 3_600_000),
        _ => format!("{} days", ms / 86_400_000),
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
    /// That of a published epoch.
    pub fn of(public: &EpochPublic) -> Self {
        Self { start_ms: public.start_unix_ms, slot_ms: public.slot_ms, slots: public.rules.slots }
    }

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
    fn a_clock_that_is_set_has_jumped_once_and_settles_later() {
        let (start, mut steady) = (Instant::now(), Steady::new(&Clock::system()));
        (steady.wall_ms, steady.at) = (1_000_000, start);
        let mut look = |wall_ms, passed_ms| steady.compare(wall_ms, start + Duration::from_millis(passed_ms));
        assert_eq!(look(1_000_250, 250), None);
        assert_eq!(look(1_001_200, 500), None, "0.7 s are no jump");
        assert_eq!(look(87_401_450, 750), Some(86_400_000));
        assert_eq!(look(87_401_700, 1_000), None, "said once");
        assert_eq!(look(1_001_950, 1_250), Some(-86_400_000));
        assert_eq!(look(1_601_950, 601_250), None, "a long look at something else is no jump");
        assert_eq!(look(u64::MAX, 601_250), Some(i64::MAX));
        assert!(!steady.is_settled() && Steady::new(&Clock::system()).is_settled());
    }

    #[test]
    fn an_adjusted_clock_is_as_far_ahead_as_it_is_set() {
        static OFFSET: AtomicI64 = AtomicI64::new(0);
        let (clock, system) = (Clock::adjusted(&OFFSET), Clock::system());
        assert!(clock.now_ms().abs_diff(system.now_ms()) < 10_000);
        OFFSET.store(86_400_000, Ordering::Relaxed);
        assert!(clock.now_ms() > system.now_ms() + 86_000_000);
    }

    #[test]
    fn spans_are_short() {
        let spans = [0, 450, 119_999, 120_000, 7_200_000, 86_400_000, 172_800_000].map(span);
        assert_eq!(spans, ["0.0 s", "0.4 s", "119.9 s", "2 min", "2 h", "24 h", "2 days"]);
    }

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
