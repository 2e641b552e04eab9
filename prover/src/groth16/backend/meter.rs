//! How far commitments are, in time.

use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::progress::ProgressSink;

/// Adds up what threads have done, in a unit of work that takes all of them equally long.
pub(super) struct Meter<'p> {
    progress: &'p dyn ProgressSink,
    total: f64,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    done: f64,
    aside: Option<Aside>,
}

/// Work that one thread does beside the others without saying how far it is.
struct Aside {
    work: f64,
    others: f64,
    done_before: f64,
}

impl<'p> Meter<'p> {
    pub fn new(progress: &'p dyn ProgressSink, total: f64) -> Self {
        Self { progress, total, state: Mutex::default() }
    }

    /// Now in `stage`, with so much more behind.
    pub fn advance(&self, stage: &str, work: f64) {
        let mut state = self.lock();
        state.done += work;
        self.report(stage, &state);
    }

    /// A thread begins `work` while `others` threads go on; until it ends it is taken to do as much as each of them.
    pub fn begin_aside(&self, work: f64, others: usize) {
        let mut state = self.lock();
        state.aside = Some(Aside { work, others: others.max(1) as f64, done_before: state.done });
    }

    /// That thread has ended.
    pub fn end_aside(&self, stage: &str) {
        let mut state = self.lock();
        state.done += state.aside.take().map_or(0.0, |aside| aside.work);
        self.report(stage, &state);
    }

    /// Whether nobody wants the result any more.
    pub fn cancelled(&self) -> bool {
        self.progress.cancelled()
    }

    /// With the state locked, so that fractions never fall.
    fn report(&self, stage: &str, state: &State) {
        let aside = state.aside.as_ref().map_or(0.0, |aside| {
            let each = (state.done - aside.done_before) / aside.others;
            each.min(aside.work)
        });
        self.progress.report(stage, ((state.done + aside) / self.total).min(1.0));
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Default)]
    struct Record(Mutex<Vec<f64>>);

    impl ProgressSink for Record {
        fn report(&self, _: &str, fraction: f64) {
            self.0.lock().unwrap().push(fraction);
        }
    }

    #[test]
    fn work_aside_counts_as_much_as_that_of_each_other_thread() {
        let record = Record::default();
        let meter = Meter::new(&record, 16.0);
        meter.advance("", 2.0);
        meter.begin_aside(3.0, 2);
        meter.advance("", 2.0);
        meter.advance("", 6.0);
        meter.end_aside("");
        meter.advance("", 3.0);
        meter.advance("", 1.0);
        assert_eq!(*record.0.lock().unwrap(), [2.0, 5.0, 13.0, 13.0, 16.0, 16.0].map(|done| done / 16.0));
    }
}
