//! How long operations say how far they are, and hear that they are to end.

use std::{
    sync::{Mutex, PoisonError},
    time::Duration,
};

/// Receives the progress of a long operation.
///
/// Called from any thread of the operation, from one at a time; an implementation should return quickly, and not run anything
/// on the operation's threads.
pub trait ProgressSink: Send + Sync {
    /// The operation is now in `stage` (a short phrase for people, such as `multiplying points`) with
    /// `fraction` of the whole operation behind it, from 0 to 1, never falling.
    fn report(&self, stage: &str, fraction: f64);

    /// Whether the operation is no longer wanted. One that proves or makes a key asks often, from any of its threads, and
    /// ends with an error that says so, wiping what is secret and leaving no file behind.
    fn cancelled(&self) -> bool {
        false
    }
}

/// How long an operation will take from now on if it goes on as it has; `None` before it has begun. Fractions are meant
/// to be proportional to time, so nothing is smoothed.
pub fn remaining(elapsed: Duration, fraction: f64) -> Option<Duration> {
    let fraction = fraction.clamp(0.0, 1.0);
    Duration::try_from_secs_f64(elapsed.as_secs_f64() * (1.0 - fraction) / fraction).ok()
}

/// Reports nothing.
#[derive(Clone, Copy, Debug, Default)]
pub struct Silent;

impl ProgressSink for Silent {
    fn report(&self, _stage: &str, _fraction: f64) {}
}

/// Passes the progress of one part of an operation on as a share of the whole.
pub struct Part<'a> {
    whole: &'a dyn ProgressSink,
    from: f64,
    to: f64,
}

impl<'a> Part<'a> {
    /// The part of `whole` that lies between the fractions `from` and `to`.
    pub fn new(whole: &'a dyn ProgressSink, from: f64, to: f64) -> Self {
        Self { whole, from, to }
    }
}

impl ProgressSink for Part<'_> {
    fn report(&self, stage: &str, fraction: f64) {
        self.whole.report(stage, self.from + (self.to - self.from) * fraction.clamp(0.0, 1.0));
    }

    fn cancelled(&self) -> bool {
        self.whole.cancelled()
    }
}

/// Passes progress on and remembers how far it came: the rest of an operation takes what a part before it has left, however
/// much that had to do.
pub struct Reached<'a> {
    whole: &'a dyn ProgressSink,
    fraction: Mutex<f64>,
}

impl<'a> Reached<'a> {
    /// From the beginning of `whole`.
    pub fn new(whole: &'a dyn ProgressSink) -> Self {
        Self { whole, fraction: Mutex::new(0.0) }
    }

    /// The last fraction reported.
    pub fn fraction(&self) -> f64 {
        *self.fraction.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl ProgressSink for Reached<'_> {
    fn report(&self, stage: &str, fraction: f64) {
        *self.fraction.lock().unwrap_or_else(PoisonError::into_inner) = fraction;
        self.whole.report(stage, fraction);
    }

    fn cancelled(&self) -> bool {
        self.whole.cancelled()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Default)]
    struct Record(Mutex<Vec<(String, f64)>>);

    impl ProgressSink for Record {
        fn report(&self, stage: &str, fraction: f64) {
            self.0.lock().unwrap().push((stage.to_owned(), fraction));
        }
    }

    #[test]
    fn what_remains_follows_from_the_fraction() {
        let second = Duration::from_secs(1);
        assert_eq!(remaining(second, 0.25), Some(3 * second));
        assert_eq!(remaining(second, 1.0), Some(Duration::ZERO));
        assert_eq!(remaining(second, 1.5), Some(Duration::ZERO));
        for (elapsed, fraction) in [(second, 0.0), (Duration::ZERO, 0.0), (second, f64::NAN)] {
            assert_eq!(remaining(elapsed, fraction), None);
        }
    }

    #[test]
    fn a_part_is_scaled_into_the_whole() {
        let record = Record::default();
        let part = Part::new(&record, 0.5, 0.75);
        part.report("x", 0.5);
        part.report("y", 2.0);
        assert_eq!(*record.0.lock().unwrap(), [("x".to_owned(), 0.625), ("y".to_owned(), 0.75)]);
    }
}
