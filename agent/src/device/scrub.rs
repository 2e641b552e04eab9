//! Scrubbing in the background: the store is read again from time to time, slowly, and damage is told with its range.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use popw_storage::scrub::last_scrub;
use popw_storage::{Progress, ScrubOptions, Scrubbed, Sector, SectorId, StorageError, scrub, store};

use super::config::Scrubbing;
use crate::metrics::{Event, Metrics};

/// How often it looks whether a sector is due, and whether it is to stop.
const STEP: Duration = Duration::from_millis(100);
/// Steps between two looks at the store.
const LOOK_STEPS: u32 = 600;

/// When this process has scrubbed sectors of which that cannot be kept beside them, as in a store on a full disk.
type Unkept = BTreeMap<SectorId, Instant>;

/// A thread that scrubs a store, until this is dropped. What it has read by then it does not read again, where that can be
/// kept.
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
    let mut unkept = Unkept::new();
    loop {
        for listed in store::list(folder).unwrap_or_default() {
            if stopped.load(Ordering::Relaxed) {
                return;
            }
            match check(folder, listed.id, scrubbing, &mut unkept, metrics, stopped) {
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
    unkept: &mut Unkept,
    metrics: &Metrics,
    stopped: &AtomicBool,
) -> Result<(), StorageError> {
    let sector = Sector::open(folder, id)?;
    let finished = last_scrub(&sector).and_then(|state| state.finished_unix_s);
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
    let kept = finished.is_some_and(|at| now < at.saturating_add(scrubbing.every.as_secs()));
    if kept || unkept.get(&id).is_some_and(|at| at.elapsed() < scrubbing.every) {
        return Ok(());
    }
    // A position on disk is older than a scrub that could not be kept.
    let resume = !unkept.contains_key(&id);
    let options = ScrubOptions { bytes_per_second: Some(scrubbing.bytes_per_second), resume };
    let Scrubbed { damaged, not_kept } = scrub(&sector, &options, &mut Watched(stopped))?;
    match not_kept {
        None => {
            unkept.remove(&id);
        }
        Some(error) => {
            unkept.insert(id, Instant::now());
            tracing::warn!(sector = %id, %error, "what a scrub found cannot be kept, so the next one begins anew");
        }
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

    /// A sector of 100,000 such bytes.
    fn sector(store: &Path, byte: u8) -> SectorId {
        let file = store.with_extension("file");
        fs::write(&file, vec![byte; 100_000]).expect("a file");
        let options = AddOptions { wait: true, ..AddOptions::default() };
        add(&file, store, &options, &mut Silent).expect("a sector").sector.id()
    }

    fn damage(store: &Path, id: SectorId) {
        let data = store.join(id.to_string()).join("data");
        let mut bytes = fs::read(&data).expect("data");
        bytes[40_000] ^= 1;
        fs::write(&data, bytes).expect("data");
    }

    #[test]
    fn damage_is_found_in_the_background_and_whole_sectors_are_left_alone() {
        let folder = tempfile::tempdir().expect("a folder");
        let kept = folder.path().join("store");
        let ids = [1, 2].map(|byte| sector(&kept, byte));
        damage(&kept, ids[1]);

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

    /// A folder under the file's name: that stops root, too, as a full disk or a read-only one does.
    #[test]
    fn what_cannot_be_kept_is_remembered() {
        let folder = tempfile::tempdir().expect("a folder");
        let store = folder.path().join("store");
        let id = sector(&store, 3);
        let state = store.join(id.to_string()).join("scrub.json");
        fs::create_dir(&state).expect("a folder");

        let (metrics, stopped) = (Metrics::new("device"), AtomicBool::new(false));
        let scrubs = || metrics.events(Event::Scrubs);
        let look = |scrubbing, unkept: &mut Unkept| {
            check(&store, id, scrubbing, unkept, &metrics, &stopped).expect("a scrub");
        };
        let always = Scrubbing { every: Duration::ZERO, ..FAST };
        let mut unkept = Unkept::new();
        look(FAST, &mut unkept);
        look(FAST, &mut unkept);
        assert_eq!(scrubs(), 1, "not due again");
        look(always, &mut unkept);
        assert_eq!(scrubs(), 2, "due again");
        look(FAST, &mut Unkept::new());
        assert_eq!(scrubs(), 3, "another process does not know");

        // Where an earlier scrub has stopped is nowhere to go on from: the data are read again, and what is found is kept.
        fs::remove_dir(&state).expect("removed");
        let stopped_at =
            r#"{"format":"popw.scrub","version":1,"position":100000,"damaged":[],"started_unix_s":1}"#;
        fs::write(&state, stopped_at).expect("a state");
        damage(&store, id);
        look(always, &mut unkept);
        assert_eq!((scrubs(), metrics.events(Event::Damaged)), (4, 1));
        assert!(unkept.is_empty());
        look(FAST, &mut unkept);
        assert_eq!(scrubs(), 4, "kept, and not due again");
    }
}
