//! What peers' clocks say of ours. Clocks are shown, never trusted; but a device whose clock is wrong is down, and whoever
//! runs it must be told.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use iroh::EndpointId;
use serde::Serialize;

use crate::clock::span;

/// The usual tolerance for clocks that disagree, milliseconds.
pub const MAX_SKEW_MS: u64 = 2_000;

/// What to do about a clock that is wrong.
pub const REMEDY: &str = "set it by NTP, such as with `timedatectl set-ntp true`";

/// From which difference on a clock is talked about, milliseconds: half the usual tolerance.
const WORTH_SAYING_MS: u64 = MAX_SKEW_MS / 2;
/// How long a measured difference counts.
const FRESH: Duration = Duration::from_secs(600);

/// What a device's witnesses say of its clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Opinion {
    /// The witnesses' clocks less ours, milliseconds: their median, and of two middle ones the smaller.
    pub skew_ms: i64,
    /// How many witnesses were asked.
    pub witnesses: u32,
    /// When, by our clock, Unix milliseconds.
    pub unix_ms: u64,
}

impl Opinion {
    /// Is the difference large enough to do something about it?
    pub fn is_wrong(&self) -> bool {
        self.skew_ms.unsigned_abs() > WORTH_SAYING_MS
    }
}

impl fmt::Display for Opinion {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let way = if self.skew_ms < 0 { "ahead of" } else { "behind" };
        let witnesses = match self.witnesses {
            1 => "its witness's (1)".to_owned(),
            n => format!("its witnesses' ({n})"),
        };
        write!(out, "this device's clock is {} {way} {witnesses}", span(self.skew_ms.unsigned_abs()))
    }
}

/// The peer's clock less ours, taking its answer to be from the middle of the round trip.
pub(crate) fn skew(theirs_ms: u64, sent_ms: u64, latency_ms: u32) -> i64 {
    let ours = sent_ms.saturating_add(u64::from(latency_ms) / 2);
    let difference = i128::from(theirs_ms) - i128::from(ours);
    i64::try_from(difference).unwrap_or(if difference < 0 { i64::MIN } else { i64::MAX })
}

/// What there is to say of a difference.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum News {
    /// It is beyond the bound, and was not before, or was another.
    Differs,
    /// It was beyond the bound and is small again.
    Agrees,
}

/// Says that a clock differs once, again when the difference has changed, and when it is gone.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Said(Option<i64>);

impl Said {
    pub(crate) fn news(&mut self, skew_ms: i64, bound_ms: u64) -> Option<News> {
        let size = skew_ms.unsigned_abs();
        match self.0 {
            // Not at the bound itself: a difference that wavers there would be said again and again.
            Some(_) if size <= bound_ms / 2 => {
                self.0 = None;
                Some(News::Agrees)
            }
            Some(said) if said.abs_diff(skew_ms) <= bound_ms => None,
            None if size <= bound_ms => None,
            _ => {
                self.0 = Some(skew_ms);
                Some(News::Differs)
            }
        }
    }
}

/// The differences that a device has measured to its witnesses.
#[derive(Debug, Default)]
pub(crate) struct Witnesses {
    known: Mutex<Known>,
}

#[derive(Debug, Default)]
struct Known {
    measured: HashMap<EndpointId, (Instant, i64)>,
    said: Said,
}

impl Witnesses {
    /// Notes a difference; returns what all of them say together, and whether that is to be said.
    pub(crate) fn note(
        &self,
        peer: EndpointId,
        skew_ms: i64,
        now_ms: u64,
        bound_ms: u64,
    ) -> (Opinion, Option<News>) {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        known.measured.retain(|_, (at, _)| at.elapsed() < FRESH);
        known.measured.insert(peer, (Instant::now(), skew_ms));
        let opinion =
            opinion(&known.measured, now_ms).unwrap_or(Opinion { skew_ms, witnesses: 1, unix_ms: now_ms });
        let news = known.said.news(opinion.skew_ms, bound_ms);
        (opinion, news)
    }

    /// What they say together, if any was asked.
    pub(crate) fn opinion(&self, now_ms: u64) -> Option<Opinion> {
        opinion(&self.known.lock().unwrap_or_else(PoisonError::into_inner).measured, now_ms)
    }

    /// Our own clock was set: what was measured is of no use any more.
    pub(crate) fn forget(&self) {
        self.known.lock().unwrap_or_else(PoisonError::into_inner).measured.clear();
    }
}

/// One witness may lie, or have a wrong clock itself: so neither the mean nor the worst.
fn opinion(measured: &HashMap<EndpointId, (Instant, i64)>, unix_ms: u64) -> Option<Opinion> {
    let mut sorted: Vec<i64> = measured.values().map(|&(_, skew_ms)| skew_ms).collect();
    sorted.sort_unstable();
    let (lower, upper) = (*sorted.get(sorted.len().checked_sub(1)? / 2)?, *sorted.get(sorted.len() / 2)?);
    let skew_ms = if lower.unsigned_abs() <= upper.unsigned_abs() { lower } else { upper };
    Some(Opinion { skew_ms, witnesses: u32::try_from(sorted.len()).unwrap_or(u32::MAX), unix_ms })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing;

    #[test]
    fn skew_has_a_sign_and_no_overflow() {
        assert_eq!(skew(1_010, 1_000, 20), 0);
        assert_eq!(skew(900, 1_000, 20), -110);
        assert_eq!(skew(u64::MAX, 0, 0), i64::MAX);
        assert_eq!(skew(0, u64::MAX, u32::MAX), i64::MIN);
    }

    #[test]
    fn a_difference_is_said_once_on_change_and_at_its_end() {
        let mut said = Said::default();
        let news = |said: &mut Said, skew_ms| said.news(skew_ms, 1_000);
        assert_eq!(news(&mut said, 900), None);
        assert_eq!(news(&mut said, -10_000), Some(News::Differs));
        assert_eq!(news(&mut said, -10_000), None);
        assert_eq!(news(&mut said, -10_900), None, "no change worth a line");
        assert_eq!(news(&mut said, -12_000), Some(News::Differs));
        assert_eq!(news(&mut said, 12_000), Some(News::Differs), "the other way");
        assert_eq!(news(&mut said, 1_100), Some(News::Differs));
        assert_eq!(news(&mut said, 900), None, "not at the bound");
        assert_eq!(news(&mut said, 400), Some(News::Agrees));
        assert_eq!(news(&mut said, 400), None);
        assert_eq!(news(&mut said, i64::MIN), Some(News::Differs));
    }

    #[test]
    fn one_wrong_witness_does_not_make_our_clock_wrong() {
        let witnesses = Witnesses::default();
        let note = |seed, skew_ms| witnesses.note(testing::keys(seed, 1).endpoint(), skew_ms, 7, 1_000);
        assert_eq!(note(1, 20), (Opinion { skew_ms: 20, witnesses: 1, unix_ms: 7 }, None));
        assert_eq!(note(2, -90_000), (Opinion { skew_ms: 20, witnesses: 2, unix_ms: 7 }, None));
        assert_eq!(note(3, -10_000).0.skew_ms, -10_000);
        assert_eq!(note(4, -10_010).1, None, "said already");
        assert_eq!(witnesses.opinion(8).map(|opinion| opinion.witnesses), Some(4));
        witnesses.forget();
        assert_eq!(witnesses.opinion(8), None);
        assert_eq!(note(1, 0).1, Some(News::Agrees));
    }

    #[test]
    fn it_says_which_way_and_how_far() {
        let said = |skew_ms, witnesses| Opinion { skew_ms, witnesses, unix_ms: 0 }.to_string();
        assert_eq!(said(-10_040, 3), "this device's clock is 10.0 s ahead of its witnesses' (3)");
        assert_eq!(said(86_400_000, 1), "this device's clock is 24 h behind its witness's (1)");
    }
}
