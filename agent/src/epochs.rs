//! The folder of epoch documents, watched while a daemon runs.
//!
//! Any `*.json` in it that is a published epoch or an epoch's directory is taken, whatever its name; an epoch is taken up
//! when both are there, fit together and (when a policy is given) are this network's. Published epochs are small and all
//! read. Directories may be large, and are only parsed for the epochs that are wanted by the clock: the running one
//! first, then one whose grace period runs, then the next ones. What is over costs a look at its first bytes.
//!
//! The folder is looked at, not subscribed to: that works on every file system, and once a tick is cheap.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use popw_core::Fr;
use popw_core::document::EpochPublic;
use popw_network::epoch;
use popw_network::epoch::directory::{Epoch, EpochDirectory};
use popw_network::files::{self, DOCUMENT_LIMIT, FileError};
use popw_network::policy::Policy;

use self::header::Kind;
use crate::clock::Schedule;
use crate::daemon::millis;
use crate::roster::Roster;

mod header;

/// How many epochs are taken up before they begin: with a clock that is years behind, all of them are to come.
const NEXT: usize = 2;

/// A folder of epoch documents.
#[derive(Clone, Debug)]
pub struct EpochFolder {
    state: Arc<Mutex<State>>,
}

/// What a look at the folder has shown.
#[derive(Clone, Debug, Default)]
pub struct Look {
    /// An epoch that can be taken up now; each is returned once, the most urgent first.
    pub taken: Option<Arc<Roster>>,
    /// When the last of the published epochs in the folder ends, Unix milliseconds: also of those that are passed over.
    pub last_end_ms: Option<u64>,
}

#[derive(Debug)]
struct State {
    folder: PathBuf,
    policy: Option<Policy>,
    domain: Option<Fr>,
    /// It could not be read the last time, as was said.
    is_gone: bool,
    files: BTreeMap<PathBuf, Known>,
    taken: BTreeMap<u32, EpochPublic>,
    /// Epochs that began with one of their documents missing, as was said.
    incomplete: BTreeSet<u32>,
}

/// What is known of a file in the state it is in.
#[derive(Debug)]
struct Known {
    stamp: Stamp,
    found: Found,
}

/// What changes when a file is written anew.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Stamp {
    modified: Option<SystemTime>,
    length: u64,
}

#[derive(Debug)]
enum Found {
    Published(Box<EpochPublic>),
    /// The directory of this epoch, as its first fields say; not parsed.
    Directory(u32),
    Other,
    Unusable(Unusable),
}

/// Why a file is not used, and whether that was said.
#[derive(Debug)]
struct Unusable {
    problem: String,
    is_said: bool,
    /// The epoch whose published document it was tried with.
    directory_of: Option<u32>,
}

impl EpochFolder {
    /// Watches `folder`. With a policy, epochs that are not of its network, or whose beacons it does
    /// not accept, are left out; without one the folder's owner is trusted with that.
    ///
    /// # Errors
    /// [`FileError::NotFound`] when there is no such folder.
    pub fn open(folder: PathBuf, policy: Option<Policy>) -> Result<Self, FileError> {
        if !folder.is_dir() {
            return Err(FileError::NotFound { path: folder, what: "folder of epoch documents" });
        }
        let domain = policy.as_ref().and_then(|policy| policy.domain().ok());
        let state = State {
            folder,
            policy,
            domain,
            is_gone: false,
            files: BTreeMap::new(),
            taken: BTreeMap::new(),
            incomplete: BTreeSet::new(),
        };
        Ok(Self { state: Arc::new(Mutex::new(state)) })
    }

    /// Looks for documents that are new or changed, and takes up the epoch that is wanted most at `now_ms` (Unix
    /// milliseconds), if there is one: none that ended more than `grace` ago.
    ///
    /// What cannot be used is told in the log once, and looked at again when it changes.
    pub async fn scan(&self, now_ms: u64, grace: Duration) -> Look {
        let state = self.state.clone();
        let look = move || state.lock().unwrap_or_else(PoisonError::into_inner).look(now_ms, millis(grace));
        tokio::task::spawn_blocking(look).await.unwrap_or_else(|error| {
            tracing::error!(%error, "looking for epochs failed");
            Look::default()
        })
    }

    /// Forgets that these were taken up. A clock that is far ahead says of epochs to come that they are over, and the
    /// daemons let go of them; when it is set right, they are taken up again.
    pub fn forget(&self, epochs: impl IntoIterator<Item = u32>) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        for epoch in epochs {
            state.taken.remove(&epoch);
        }
    }
}

impl State {
    fn look(&mut self, now_ms: u64, grace_ms: u64) -> Look {
        self.read_folder();
        let wanted = self.wanted(now_ms, grace_ms);
        let taken = wanted.into_iter().find_map(|(epoch, schedule)| self.take(epoch, schedule));
        self.say_incomplete(now_ms);
        let last_end_ms = self.schedules().values().flatten().map(Schedule::end_ms).max();
        Look { taken, last_end_ms }
    }

    fn read_folder(&mut self) {
        let Some(listed) = self.list() else { return };
        let mut before = std::mem::take(&mut self.files);
        let mut renewed = BTreeSet::new();
        for (path, stamp) in listed {
            let known = match before.remove(&path).filter(|known| known.stamp == stamp) {
                Some(mut known) => {
                    known.say(&path);
                    known
                }
                None => {
                    let found = self.tell(&path);
                    if let Found::Published(public) = &found {
                        renewed.insert(public.epoch);
                    }
                    Known { stamp, found }
                }
            };
            self.files.insert(path, known);
        }
        // A directory that did not fit may fit what was published anew.
        for known in self.files.values_mut() {
            if let Found::Unusable(Unusable { directory_of: Some(epoch), .. }) = known.found
                && renewed.contains(&epoch)
            {
                known.found = Found::Directory(epoch);
            }
        }
    }

    fn list(&mut self) -> Option<Vec<(PathBuf, Stamp)>> {
        let folder = self.folder.display();
        let entries = match std::fs::read_dir(&self.folder) {
            Ok(entries) => entries,
            Err(error) => {
                if !std::mem::replace(&mut self.is_gone, true) {
                    tracing::warn!(
                        %folder,
                        "cannot look for epochs: {error}. Those taken up go on; mount the folder or put it back, and \
                         the next ones will be found"
                    );
                }
                return None;
            }
        };
        if std::mem::take(&mut self.is_gone) {
            tracing::info!(%folder, "the folder of epochs is back");
        }
        let files = entries.filter_map(|entry| {
            let path = entry.ok()?.path();
            // Through links; a file that is just being removed is no file.
            let metadata = std::fs::metadata(&path).ok().filter(std::fs::Metadata::is_file)?;
            let stamp = Stamp { modified: metadata.modified().ok(), length: metadata.len() };
            (path.extension().is_some_and(|extension| extension == "json")).then_some((path, stamp))
        });
        Some(files.collect())
    }

    /// Tells what a new or changed file is.
    fn tell(&self, path: &Path) -> Found {
        let public = match read(path) {
            Ok(Found::Published(public)) => public,
            Ok(found) => return found,
            Err(problem) => return Found::unusable(problem, None),
        };
        if self.domain.is_some_and(|domain| domain != public.domain) {
            let problem = format!("{} is an epoch of another network, {}", path.display(), public.domain_id);
            return Found::unusable(problem, None);
        }
        // The closing beacon arrives after the epoch; nothing the daemons work with changes.
        if self.taken.get(&public.epoch).is_some_and(|taken| *taken != facts(&public)) {
            let (epoch, path) = (public.epoch, path.display());
            tracing::error!(epoch, %path, "this epoch is already taken up with other facts; ignored");
        }
        Found::Published(public)
    }

    /// When the published epochs are: by each document, for a stale one may lie beside the right one.
    fn schedules(&self) -> BTreeMap<u32, Vec<Schedule>> {
        let mut schedules: BTreeMap<u32, Vec<Schedule>> = BTreeMap::new();
        for (_, public) in self.published() {
            schedules.entry(public.epoch).or_default().push(Schedule::of(public));
        }
        schedules
    }

    fn published(&self) -> impl Iterator<Item = (&Path, &EpochPublic)> {
        self.files.iter().filter_map(|(path, known)| match &known.found {
            Found::Published(public) => Some((path.as_path(), &**public)),
            _ => None,
        })
    }

    fn directories(&self, of: u32) -> Vec<PathBuf> {
        let is_of = |known: &Known| matches!(known.found, Found::Directory(epoch) if epoch == of);
        self.files.iter().filter(|(_, known)| is_of(known)).map(|(path, _)| path.clone()).collect()
    }

    /// The epochs to be taken up that are not yet, and the times they are wanted for; the most urgent first.
    fn wanted(&self, now_ms: u64, grace_ms: u64) -> Vec<(u32, Schedule)> {
        let (mut running, mut in_grace, mut to_come) = (Vec::new(), Vec::new(), Vec::new());
        for (epoch, schedules) in self.schedules() {
            for schedule in schedules {
                if now_ms < schedule.start_ms {
                    to_come.push((epoch, schedule));
                } else if now_ms < schedule.end_ms() {
                    running.push((epoch, schedule));
                } else if now_ms < schedule.end_ms().saturating_add(grace_ms) {
                    in_grace.push((epoch, schedule));
                }
            }
        }
        to_come.sort_by_key(|(epoch, schedule)| (schedule.start_ms, *epoch));
        let mut next: BTreeSet<u32> = BTreeSet::new();
        to_come.retain(|(epoch, _)| next.contains(epoch) || (next.len() < NEXT && next.insert(*epoch)));
        let wanted = running.into_iter().chain(in_grace).chain(to_come);
        wanted.filter(|(epoch, _)| !self.taken.contains_key(epoch)).collect()
    }

    /// Takes up an epoch as the document with these times says.
    fn take(&mut self, epoch: u32, schedule: Schedule) -> Option<Arc<Roster>> {
        let directories = self.directories(epoch);
        if directories.is_empty() {
            return None;
        }
        let accepted = self.accepted(epoch);
        for path in directories {
            let (mut problem, mut fits) = (None, false);
            for public in &accepted {
                match join(public, &path) {
                    Ok(joined) if Schedule::of(public) == schedule => {
                        self.taken.insert(epoch, facts(public));
                        return Some(Arc::new(Roster::new(joined)));
                    }
                    // Of another document under this number, whose turn it is not.
                    Ok(_) => fits = true,
                    Err(error) => problem = Some(error),
                }
            }
            // Only the directory is given up: a new one may still come for the same published epoch.
            if let Some(problem) = problem
                && !fits
            {
                self.give_up(&path, problem, Some(epoch));
            }
        }
        None
    }

    /// What was published of an epoch, as far as the policy accepts it.
    fn accepted(&mut self, epoch: u32) -> Vec<EpochPublic> {
        let (mut accepted, mut refused) = (Vec::new(), Vec::new());
        for (path, public) in self.published().filter(|(_, public)| public.epoch == epoch) {
            match self.policy.as_ref().map_or(Ok(()), |policy| epoch::verify(public, policy).map(drop)) {
                Ok(()) => accepted.push(public.clone()),
                Err(error) => refused.push((path.to_path_buf(), format!("{}: {error}", path.display()))),
            }
        }
        for (path, problem) in refused {
            self.give_up(&path, problem, None);
        }
        accepted
    }

    fn give_up(&mut self, path: &Path, problem: String, directory_of: Option<u32>) {
        if let Some(known) = self.files.get_mut(path) {
            known.found = Found::unusable(problem, directory_of);
        }
    }

    /// Says once of an epoch that has begun that one of its documents is missing.
    fn say_incomplete(&mut self, now_ms: u64) {
        let schedules = self.schedules();
        let is_running =
            |epoch: &u32| schedules[epoch].iter().any(|schedule| schedule.slot_at(now_ms).is_some());
        let mut lacking: Vec<(u32, &str, &str)> = schedules
            .keys()
            .filter(|&epoch| is_running(epoch) && self.directories(*epoch).is_empty())
            .map(|&epoch| (epoch, "a directory of it that can be used", "--directory"))
            .collect();
        // A directory does not say when its epoch is; the policy does.
        if let Some(clock) = self.policy.as_ref().map(Policy::clock) {
            let epochs = self.files.values().filter_map(|known| match known.found {
                Found::Directory(epoch) if !schedules.contains_key(&epoch) => Some(epoch),
                _ => None,
            });
            let running =
                epochs.filter(|&epoch| clock.epoch_start(epoch) <= now_ms && now_ms < clock.epoch_end(epoch));
            lacking.extend(running.map(|epoch| (epoch, "its published epoch", "--out")));
        }
        lacking.retain(|(epoch, ..)| !self.taken.contains_key(epoch));
        let folder = self.folder.display();
        for (epoch, what, option) in lacking {
            if self.incomplete.insert(epoch) {
                tracing::warn!(
                    epoch,
                    %folder,
                    "the epoch has begun, but {what} is not here: copy what `popw epoch snapshot {option}` wrote"
                );
            }
        }
    }
}

impl Found {
    fn unusable(problem: String, directory_of: Option<u32>) -> Self {
        Self::Unusable(Unusable { problem, is_said: false, directory_of })
    }
}

impl Known {
    /// Says once why the file is not used. Not at the first look: it may be in the middle of being written.
    fn say(&mut self, path: &Path) {
        if let Found::Unusable(Unusable { problem, is_said, .. }) = &mut self.found
            && !std::mem::replace(is_said, true)
        {
            let file = path.display();
            tracing::warn!(%file, "not used: {problem}. Copy it here anew, whole, from where it was published");
        }
    }
}

/// What the daemons work with: everything but the closing beacon.
fn facts(public: &EpochPublic) -> EpochPublic {
    EpochPublic { closing: None, ..public.clone() }
}

fn read(path: &Path) -> Result<Found, String> {
    let named = |problem: &dyn std::fmt::Display| format!("{}: {problem}", path.display());
    let file = File::open(path).map_err(|error| named(&error))?;
    match header::kind(file).map_err(|problem| named(&problem))? {
        Kind::Published => {
            let public = files::read_document(path, "published epoch", DOCUMENT_LIMIT);
            Ok(Found::Published(Box::new(public.map_err(|error| error.to_string())?)))
        }
        Kind::Directory(epoch) => Ok(Found::Directory(epoch)),
        Kind::Other => Ok(Found::Other),
    }
}

fn join(public: &EpochPublic, path: &Path) -> Result<Epoch, String> {
    let directory = EpochDirectory::read(path).map_err(|error| error.to_string())?;
    Epoch::new(public.clone(), directory).map_err(|error| format!("{}: {error}", path.display()))
}

/// For [`crate::fuzz`]: parses bytes as a file of the folder.
pub(crate) fn parse_any(bytes: &[u8]) -> bool {
    let path = Path::new("bytes");
    match header::kind(bytes) {
        Ok(Kind::Published) => files::parse_document::<EpochPublic>(bytes, path, "published epoch").is_ok(),
        Ok(Kind::Directory(epoch)) => {
            let directory = files::parse_document::<EpochDirectory>(bytes, path, "epoch directory");
            directory.is_ok_and(|directory| directory.epoch == epoch)
        }
        Ok(Kind::Other) | Err(_) => false,
    }
}

#[cfg(test)]
mod tests;
