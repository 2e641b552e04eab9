//! The prover's progress as a bar with an ETA.

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use popw_prover::progress::ProgressSink;

const STEPS: u64 = 1000;

/// A bar on stderr, or nothing.
pub struct Bar(ProgressBar);

impl Bar {
    /// `visible`: a terminal reads it.
    pub fn new(visible: bool) -> Self {
        let target = if visible { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() };
        let bar = ProgressBar::with_draw_target(Some(STEPS), target);
        let style = ProgressStyle::with_template("{bar:30} {percent:>3} %  {msg}  ({elapsed}, ETA {eta})");
        bar.set_style(style.expect("a valid template"));
        Self(bar)
    }
}

impl ProgressSink for Bar {
    fn report(&self, stage: &str, fraction: f64) {
        self.0.set_message(stage.to_owned());
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 0 and 1000")]
        self.0.set_position((fraction.clamp(0.0, 1.0) * STEPS as f64) as u64);
    }
}

impl Drop for Bar {
    fn drop(&mut self) {
        self.0.finish_and_clear();
    }
}
