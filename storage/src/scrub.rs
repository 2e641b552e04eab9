//! Looking for damage: all data against BLAKE3's tree, and the Poseidon tree against the digests made with it.
//!
//! Data are compared group by group with the outboard, whose own hashes are checked from the root down, so damage in
//! the one is told from damage in the other. Only where a group and the hashes over it are both in doubt is the group
//! reported although it may be whole.

use std::path::Path;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use crate::error::StorageError;
use crate::layout::BLOCK_BYTES;
use crate::progress::Progress;
use crate::sector::Sector;
use crate::store;

mod data;
mod state;
mod tree;

pub use state::{DamagedRange, Part, ScrubFormat, ScrubState};

const NAME: &str = "scrub.json";
const WHAT: &str = "scrub's position";
/// Blocks read at once.
const WINDOW_BLOCKS: u64 = 8;

/// How to scrub.
#[derive(Clone, Debug)]
pub struct ScrubOptions {
    /// At most so many bytes are read in a second, on average; none for as fast as the disk.
    pub bytes_per_second: Option<u64>,
    /// Go on where an earlier scrub stopped before its end.
    pub resume: bool,
}

impl Default for ScrubOptions {
    fn default() -> Self {
        Self { bytes_per_second: None, resume: true }
    }
}

/// What a scrub of a whole sector found.
#[derive(Debug)]
#[must_use]
pub struct Scrubbed {
    /// Every damaged range, merged and in order.
    pub damaged: Vec<DamagedRange>,
    /// Why that could not be written down, as on read-only media or a full disk: the next scrub begins anew.
    pub not_kept: Option<StorageError>,
}

/// Reads the whole sector, and reports every damaged range. The position is kept in the sector's folder (where that can
/// be written to): a scrub that was stopped goes on from there. Two at once read the sector twice, and what the later one
/// has found is kept.
///
/// # Errors
/// [`StorageError::Cancelled`], or what the system says that is no damage ([`StorageError::is_damage`]); damage is no
/// error.
pub fn scrub(
    sector: &Sector,
    options: &ScrubOptions,
    progress: &mut dyn Progress,
) -> Result<Scrubbed, StorageError> {
    popw_files::sweep(sector.folder());
    let earlier = last_scrub(sector).filter(|state| options.resume && state.finished_unix_s.is_none());
    let state = earlier.unwrap_or_else(|| ScrubState::new(now()));
    let mut run = Run::new(sector, options, state, progress);
    data::check(&mut run)?;
    tree::check(&mut run)?;
    Ok(run.finish())
}

/// What the last scrub of a sector found, finished or not.
pub fn last_scrub(sector: &Sector) -> Option<ScrubState> {
    use popw_core::document::Document;

    let json = std::fs::read(sector.folder().join(NAME)).ok()?;
    ScrubState::from_json(&json).ok()
}

/// Forgets the last scrub of the sector in a folder: the files it has judged are replaced.
pub(crate) fn forget(folder: &Path) -> Result<(), StorageError> {
    store::remove_file(&folder.join(NAME), WHAT)
}

/// A scrub under way. Positions count the data, then the tree.
struct Run<'a> {
    sector: &'a Sector,
    state: ScrubState,
    progress: &'a mut dyn Progress,
    pace: Pace,
    /// Why the position was not kept the last time.
    not_kept: Option<StorageError>,
    /// Bytes read at once.
    window: u64,
}

impl<'a> Run<'a> {
    fn new(
        sector: &'a Sector,
        options: &ScrubOptions,
        state: ScrubState,
        progress: &'a mut dyn Progress,
    ) -> Self {
        // A slow scrub reads little at a time, so that it does not come in bursts.
        let blocks = options.bytes_per_second.map_or(WINDOW_BLOCKS, |rate| rate / BLOCK_BYTES / 4);
        let window = BLOCK_BYTES * blocks.clamp(1, WINDOW_BLOCKS);
        let pace = Pace::new(options.bytes_per_second);
        Self { sector, state, progress, pace, not_kept: None, window }
    }

    fn total(&self) -> u64 {
        self.sector.layout().bytes() + self.sector.layout().tree_bytes()
    }

    fn found(&mut self, part: Part, range: std::ops::Range<u64>) {
        self.state.damaged.push(DamagedRange { part, range });
    }

    /// Everything before `position` is judged. Keeps that, waits for its turn, and listens for the order to stop.
    fn reached(&mut self, position: u64) -> Result<(), StorageError> {
        let read = position.saturating_sub(self.state.position);
        self.state.position = position;
        self.progress.report(position, self.total());
        self.save();
        if self.pace.wait(read, self.progress) { Err(StorageError::Cancelled) } else { Ok(()) }
    }

    /// Keeps the position. Where that fails, the sector can still be scrubbed, only not in parts.
    fn save(&mut self) {
        use popw_core::document::Document;

        let mut state = self.state.clone();
        state.damaged = state::merged(state.damaged);
        let path = self.sector.folder().join(NAME);
        self.not_kept = store::write_file(&path, WHAT, state.to_json().as_bytes()).err();
    }

    /// Keeps the time of the end as well.
    fn finish(mut self) -> Scrubbed {
        self.state.position = self.total();
        self.state.finished_unix_s = Some(now());
        self.state.damaged = state::merged(std::mem::take(&mut self.state.damaged));
        self.progress.report(self.total(), self.total());
        self.save();
        Scrubbed { damaged: self.state.damaged, not_kept: self.not_kept }
    }

    /// Whether a read that this is the outcome of has given the bytes. That they are lost is damage, and no error.
    fn given(read: Result<(), StorageError>) -> Result<bool, StorageError> {
        match read {
            Ok(()) => Ok(true),
            Err(error) if error.is_damage() => Ok(false),
            Err(error) => Err(error),
        }
    }
}

/// Keeps to a rate.
struct Pace {
    rate: Option<u64>,
    began: Instant,
    read: u64,
}

impl Pace {
    fn new(rate: Option<u64>) -> Self {
        Self { rate, began: Instant::now(), read: 0 }
    }

    /// Waits until `read` more bytes are within the rate. True if it is time to stop.
    fn wait(&mut self, read: u64, progress: &mut dyn Progress) -> bool {
        const STEP: Duration = Duration::from_millis(50);
        self.read += read;
        loop {
            if progress.cancelled() {
                return true;
            }
            let Some(rate) = self.rate else { return false };
            let due = Duration::from_secs_f64(self.read as f64 / rate.max(1) as f64);
            match due.checked_sub(self.began.elapsed()) {
                Some(left) if !left.is_zero() => std::thread::sleep(left.min(STEP)),
                _ => return false,
            }
        }
    }
}

fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |time| time.as_secs())
}
