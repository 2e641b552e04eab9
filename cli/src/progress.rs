//! The prover's progress as a bar with an ETA.

use std::{
    fmt::Write,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use indicatif::{HumanDuration, ProgressBar, ProgressDrawTarget, ProgressState, ProgressStyle};
use popw_prover::progress::{ProgressSink, remaining};

use crate::interrupt;
use crate::text::shown;

const STEPS: u64 = 1000;
/// Between two looks at the clock where nothing is reported.
const TICK: Duration = Duration::from_millis(250);

/// A bar on stderr, or nothing. Work that reports to it is cancelled by a signal, if those are watched.
pub struct Bar {
    bar: ProgressBar,
    started: Instant,
    /// When the operation will have ended, by the last report.
    end: Arc<Mutex<Option<Instant>>>,
}

impl Bar {
    /// `visible`: a terminal reads it.
    pub fn new(visible: bool) -> Self {
        let target = if visible { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() };
        let bar = ProgressBar::with_draw_target(Some(STEPS), target);
        let end = Arc::new(Mutex::new(None::<Instant>));
        let known = Arc::clone(&end);
        let eta = move |_: &ProgressState, out: &mut dyn Write| {
            let left = lock(&known).map(|end| end.saturating_duration_since(Instant::now()));
            // A bar that cannot be drawn is no reason to stop.
            let _ = match left {
                Some(left) => write!(out, "{:#}", HumanDuration(left)),
                None => out.write_str("?"),
            };
        };
        let style = ProgressStyle::with_template("{bar:30} {percent:>3} %  {msg}  ({elapsed}, ETA {left})");
        bar.set_style(style.expect("a valid template").with_key("left", eta));
        if visible {
            bar.enable_steady_tick(TICK);
        }
        Self { bar, started: Instant::now(), end }
    }

    /// Prints something above the bar.
    pub fn above(&self, print: impl FnOnce()) {
        self.bar.suspend(print);
    }
}

impl ProgressSink for Bar {
    fn report(&self, stage: &str, fraction: f64) {
        let elapsed = self.started.elapsed();
        *lock(&self.end) = remaining(elapsed, fraction).and_then(|left| Instant::now().checked_add(left));
        self.bar.set_message(shown(stage).to_string());
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 0 and 1000")]
        self.bar.set_position((fraction.clamp(0.0, 1.0) * STEPS as f64) as u64);
    }

    fn cancelled(&self) -> bool {
        interrupt::caught()
    }
}

impl Drop for Bar {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
