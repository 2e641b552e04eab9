//! Scrubbing in the background: the store is read again from time to time, slowly, and damage is told with its range.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use popw_storage::scrub::last_scrub;
use popw_storage::{Progress, ScrubOptions, Scrubbed, Sector, SectorId, StorageError, scrub, store};

use super::Scrubbing;
use crate::metrics::{Event, Metrics};

/// How often it looks whether a sector is due, and whether it is to stop.
const STEP: Duration = Duration::from_millis(100);
/// Steps between two looks at the store.
const LOOK_STEPS: u32 = 600;

/// A thread that scrubs a store, until this is dropped. What it has read by then it does not read again.
pub(super) struct Scrubber {
    stopped: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Scrubber {
    pub(super) fn start(store: PathBuf, scrubbing: Scrubbing, metrics: Arc<Metrics>) -> Self {
        let stopped = Arc::new(AtomicBool::new(false));
        let watched = stopped.clone();
        let thread = thread::spawn(move || rounds(&store, scrubbing, &metrics, &watched));
        Self { stopped, thread: Some(thread) }
    }
}

impl Drop for Scrubber {
    fn drop(&mut self) {
        self.stopped.store(true, Ordering::Relaxed);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

fn rounds(folder: &Path, scrubbing: Scrubbing, metrics: &Metrics, stopped: &AtomicBool) {
    loop {
        for listed in store::list(folder).unwrap_or_default() {
            if stopped.load(Ordering::Relaxed) {
                return;
            }
            match check(folder, listed.id, scrubbing, metrics, stopped) {
                Ok(()) | Err(StorageError::Cancelled) => {}
                Err(error) => tracing::error!(sector = %listed.id, %error, "a sector cannot be scrubbed"),
            }
        }
        for _ in 0..LOOK_STEPS {
            if stopped.load(Ordering::Relaxed) {
                return;
            }
            thread::sleep(STEP);
        }
    }
}

/// Scrubs a sector if it is due.
fn check(
    folder: &Path,
    id: SectorId,
    scrubbing: Scrubbing,
    metrics: &Metrics,
    stopped: &AtomicBool,
) -> Result<(), StorageError> {
    let sector = Sector::open(folder, id)?;
    let finished = last_scrub(&sector).and_then(|state| state.finished_unix_s);
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
    if finished.is_some_and(|at| now < at.saturating_add(scrubbing.every.as_secs())) {
        return Ok(());
    }
    let options = ScrubOptions { bytes_per_second: Some(scrubbing.bytes_per_second), resume: true };
    let Scrubbed { damaged, not_kept } = scrub(&sector, &options, &mut Watched(stopped))?;
    if let Some(error) = not_kept {
        tracing::warn!(sector = %id, %error, "what a scrub found cannot be kept, so the next one begins anew");
    }
    for found in &damaged {
        let (from, to) = (found.range.start, found.range.end);
        tracing::error!(sector = %id, part = ?found.part, from, to, "a sector is damaged: see popw storage scrub");
    }
    metrics.add(Event::Damaged, damaged.len() as u64);
    metrics.event(Event::Scrubs);
    tracing::info!(sector = %id, damaged = damaged.len(), "sector scrubbed");
    Ok(())
}

struct Watched<'a>(&'a AtomicBool);

impl Progress for Watched<'_> {
    fn report(&mut self, _: u64, _: u64) {}

    fn cancelled(&mut self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::time::Instant;

    use popw_storage::{AddOptions, Silent, add};

    use super::*;

    const FAST: Scrubbing = Scrubbing { bytes_per_second: 1 << 30, every: Duration::from_secs(3600) };

    fn until(metrics: &Metrics, event: Event, number: u64) {
        let began = Instant::now();
        while metrics.events(event) < number {
            assert!(began.elapsed() < Duration::from_secs(60), "the scrubber found nothing");
            thread::sleep(Duration::from_millis(5));
        }
    }

    #[test]
    fn damage_is_found_in_the_background_and_whole_sectors_are_left_alone() {
        let folder = tempfile::tempdir().expect("a folder");
        let kept = folder.path().join("store");
        let options = AddOptions { wait: true, ..AddOptions::default() };
        let mut ids = Vec::new();
        for (name, byte) in [("whole", 1), ("damaged", 2)] {
            let path = folder.path().join(name);
            fs::write(&path, vec![byte; 100_000]).expect("a file");
            ids.push(add(&path, &kept, &options, &mut Silent).expect("a sector").sector.id());
        }
        let data = kept.join(ids[1].to_string()).join("data");
        let mut bytes = fs::read(&data).expect("data");
        bytes[40_000] ^= 1;
        fs::write(&data, bytes).expect("data");

        let metrics = Metrics::new("device");
        let scrubber = Scrubber::start(kept.clone(), FAST, metrics.clone());
        until(&metrics, Event::Scrubs, 2);
        drop(scrubber);
        assert_eq!(metrics.events(Event::Damaged), 1);
        let found = |id| {
            let state = last_scrub(&Sector::open(&kept, id).expect("a sector")).expect("a scrub");
            assert!(state.finished_unix_s.is_some());
            state.damaged.into_iter().map(|found| (found.range.start, found.range.end)).collect::<Vec<_>>()
        };
        assert_eq!(found(ids[0]), []);
        assert_eq!(found(ids[1]), [(32_768, 49_152)]);

        // Not due again: nothing is read.
        let again = Metrics::new("device");
        let scrubber = Scrubber::start(kept, FAST, again.clone());
        thread::sleep(Duration::from_millis(300));
        drop(scrubber);
        assert_eq!(again.events(Event::Scrubs), 0);
    }
}
