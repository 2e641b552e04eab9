//! The device's daemon: answers its witnesses' pings and keeps all they sign.

mod account;
mod config;
mod database;
mod fetch;
mod handler;
mod mutex;
mod rate;
mod rate_tests;
mod scrub;
mod session;

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use popw_core::bitmap::SlotBitmap;
use serde::Serialize;

pub use self::config::{Config, Scrubbing, Serving};
use self::handler::{Handler, Watched};
use self::scrub::Scrubber;
use self::session::Sessions;
use crate::clock::Steady;
use crate::content::Store;
use crate::daemon::{self, Daemon, Error, Until};
use crate::duties::uptime::store::device as store;
use crate::duties::uptime::votes::Votes;
use crate::epochs::EpochFolder;
use crate::metrics::{Event, Metrics};
use crate::skew::{Opinion, REMEDY};
use crate::store::StoreError;
use crate::store::device::DeviceStore;
use crate::transport::close;

/// What is spoken with a device.
const PROTOCOLS: [&[u8]; 3] =
    [crate::duties::uptime::wire::ALPN, crate::duties::fetch::wire::ALPN, crate::duties::rate::wire::ALPN];

/// What a device has collected when its daemon ends.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Summary {
    /// Each epoch that it was registered in.
    pub epochs: Vec<EpochSummary>,
    /// Pings answered in this run.
    pub answered: u64,
    /// Attestations stored in this run.
    pub stored: u64,
    /// What the witnesses asked last say of this machine's clock; `None` when none was there.
    pub clock: Option<Opinion>,
    /// Messages dropped in this run, by reason.
    pub dropped: BTreeMap<&'static str, u64>,
}

/// What a device has collected in one epoch, over all its runs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct EpochSummary {
    /// The epoch.
    pub epoch: u32,
    /// Its slots as the quorum saw them.
    pub votes: Votes,
    /// Every drawn witness that may attest.
    pub witnesses: Vec<WitnessSummary>,
    /// Allotments with a receipt.
    pub receipts: usize,
    /// Bytes that their clients have signed for.
    pub signed_bytes: u64,
    /// The rates that challengers have signed, in 0.1 Mbit/s; contradictions left out.
    pub rates: Vec<u32>,
}

/// What one witness has signed for a device in one epoch.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct WitnessSummary {
    /// Its index.
    pub index: u32,
    /// Slots in its latest attestation; `None` when it has signed nothing.
    pub up_slots: Option<u32>,
    /// Attestations kept.
    pub attestations: usize,
    /// Attestations that contradict another of its own.
    pub contradictions: usize,
}

/// Runs a device's daemon until `shutdown` resolves (or as `config.until` says).
///
/// # Errors
/// [`Error`]: another daemon has the key, a file or address is out of reach, or the database failed.
pub async fn run(
    config: Config,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> Result<Summary, Error> {
    let Config { keys, .. } = config;
    let folder = EpochFolder::open(config.epochs, config.policy)?;
    let metrics = Metrics::new("device");
    let daemon = Daemon::start("device", &keys, config.locks, config.metrics, metrics.clone()).await?;
    let store = DeviceStore::open(&config.database, &keys.identity())?;
    let endpoint = daemon.bind(&keys, &config.listen, &config.transport, &PROTOCOLS).await?;
    let content = config.store.as_deref().map(Store::open).transpose()?;
    if let Some(store) = content.as_ref().filter(|store| store.is_empty()) {
        let folder = store.folder().display();
        tracing::warn!(%folder, "the store has no sector: is its disk mounted? `popw storage add` takes data in");
    }
    let scrubber = config
        .store
        .zip(config.scrubbing)
        .map(|(store, scrubbing)| Scrubber::start(store, scrubbing, metrics.clone()));
    let handler = Handler::new(keys, store, metrics, config.clock, config.max_skew_ms);
    let handler = Arc::new(handler.serving(content, config.serving));
    let sessions = Arc::new(Sessions::default());

    // Before anyone is let in, the epoch that is wanted most: a witness that is not known yet would be turned away.
    take_up(&handler, &folder, config.grace).await;
    let accepting = tokio::spawn(session::accept(endpoint.clone(), handler.clone(), sessions.clone()));
    let work = follow(&handler, &sessions, folder, config.grace, config.until);
    tokio::select! {
        () = work => tracing::info!("the last epoch is over"),
        () = shutdown => tracing::info!("asked to stop"),
    }
    for connection in sessions.connections() {
        connection.close(close::DONE, b"done");
    }
    endpoint.close().await;
    accepting.abort();
    drop(scrubber);
    let summary = summary(&handler).await?;
    daemon.stop();
    Ok(summary)
}

/// Takes up epochs as their documents appear, asks for missing attestations when one ends; returns
/// when `until` says that the work is done.
async fn follow(
    handler: &Arc<Handler>,
    sessions: &Arc<Sessions>,
    folder: EpochFolder,
    grace: Duration,
    until: Until,
) {
    let grace_ms = daemon::millis(grace);
    let mut steady = Steady::new(&handler.clock);
    let mut asked: BTreeMap<u32, u32> = BTreeMap::new();
    loop {
        if daemon::watch_clock(&mut steady, &handler.clock, &handler.metrics) {
            // What was asked at a wrong time is asked again at the right one.
            asked.clear();
            handler.clocks.forget();
            tokio::spawn(compare_clocks(handler.clone(), sessions.clone()));
        }
        let last_end_ms = take_up(handler, &folder, grace).await;
        let now_ms = handler.clock.now_ms();
        let epochs = handler.epochs();
        let running = epochs.iter().find(|watched| watched.roster.schedule.slot_at(now_ms).is_some());
        handler.metrics.running(running.map(|watched| watched.roster.key.epoch));
        for watched in &epochs {
            // Three times within the grace period: witnesses have their last slot to finish first.
            let end = watched.roster.schedule.end_ms();
            let times = asked.entry(watched.roster.key.epoch).or_default();
            let due = end.saturating_add(grace_ms / 4 * u64::from(*times + 1));
            if *times < 3 && now_ms >= due && now_ms < end.saturating_add(grace_ms) {
                *times += 1;
                ask_all(handler, sessions, watched).await;
            }
        }
        folder.forget(handler.retire(now_ms.saturating_sub(grace_ms)));
        let is_over = last_end_ms.is_some_and(|end| end.saturating_add(grace_ms) <= now_ms);
        // A clock that has just jumped may be about to jump back.
        if until == Until::LastEpoch && is_over && steady.is_settled() {
            return;
        }
        tokio::time::sleep(daemon::TICK).await;
    }
}

/// Takes up the epoch that is wanted most; returns when the last one in the folder ends.
async fn take_up(handler: &Handler, folder: &EpochFolder, grace: Duration) -> Option<u64> {
    let look = folder.scan(handler.clock.now_ms(), grace).await;
    if let Some(roster) = look.taken {
        let epoch = roster.key.epoch;
        match handler.watch(roster) {
            true => tracing::info!(epoch, "epoch taken up"),
            false => tracing::warn!(epoch, "this device (key and owner) is not registered in this epoch"),
        }
    }
    look.last_end_ms
}

/// Asks every witness that is connected what its clock shows.
async fn compare_clocks(handler: Arc<Handler>, sessions: Arc<Sessions>) {
    for connection in sessions.connections() {
        session::compare_clock(&connection, &handler).await;
    }
}

async fn ask_all(handler: &Arc<Handler>, sessions: &Sessions, watched: &Watched) {
    let epoch = watched.roster.key.epoch;
    let asking = sessions.connections().into_iter().map(|connection| {
        let handler = handler.clone();
        tokio::spawn(async move { session::ask(&connection, &handler, epoch).await })
    });
    for asked in asking.collect::<Vec<_>>() {
        // A failed request is repeated later, and the witness sends by itself as well.
        let _ = asked.await;
    }
}

async fn summary(handler: &Handler) -> Result<Summary, StoreError> {
    let mut epochs = Vec::new();
    for watched in handler.epochs() {
        let all = handler.store.all(watched.roster.key).await?;
        let latest = store::latest(&all);
        let witnesses = watched.committee.keys().map(|&index| {
            let of = |contradicts: bool| {
                all.iter()
                    .filter(|stored| stored.witness_index == index && stored.contradicts == contradicts)
                    .count()
            };
            let known = latest.iter().find(|stored| stored.witness_index == index);
            WitnessSummary {
                index,
                up_slots: known.map(|stored| stored.bitmap.count()),
                attestations: of(false),
                contradictions: of(true),
            }
        });
        let witnesses = witnesses.collect();
        let used = crate::export::one_per_owner(&watched.roster, &watched.committee, &latest);
        let bitmaps: Vec<SlotBitmap> = used.iter().map(|used| used.stored.bitmap).collect();
        let votes = Votes::count(&bitmaps, watched.roster.rules().q, watched.roster.schedule.slots);
        let receipts = handler.store.receipts(watched.roster.key).await?;
        let rates = handler.store.rates(watched.roster.key).await?;
        epochs.push(EpochSummary {
            epoch: watched.roster.key.epoch,
            votes,
            witnesses,
            receipts: receipts.len(),
            signed_bytes: receipts.iter().fold(0, |sum, receipt| sum.saturating_add(receipt.bytes)),
            rates: rates.iter().filter(|rate| !rate.contradicts).map(|rate| rate.rate).collect(),
        });
    }
    let metrics = &handler.metrics;
    Ok(Summary {
        epochs,
        answered: metrics.events(Event::Pongs),
        stored: metrics.events(Event::Attestations),
        clock: handler.clocks.opinion(handler.clock.now_ms()),
        dropped: metrics.all_dropped(),
    })
}

impl fmt::Display for Summary {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        for epoch in &self.epochs {
            writeln!(out, "epoch {}: {}", epoch.epoch, epoch.votes)?;
            for witness in &epoch.witnesses {
                match witness.up_slots {
                    Some(up) => write!(out, "  witness {:>4}: saw {up} slots", witness.index)?,
                    None => write!(out, "  witness {:>4}: nothing signed", witness.index)?,
                }
                match witness.contradictions {
                    0 => writeln!(out)?,
                    n => writeln!(out, "; contradicts itself {n} times")?,
                }
            }
            if epoch.receipts > 0 {
                let (receipts, bytes) = (epoch.receipts, epoch.signed_bytes);
                writeln!(out, "  served: {bytes} bytes, by the last receipts of {receipts} allotments")?;
            }
            for &rate in &epoch.rates {
                writeln!(out, "  rate:   {}.{} Mbit/s", rate / 10, rate % 10)?;
            }
        }
        if let Some(clock) = self.clock.filter(Opinion::is_wrong) {
            writeln!(out, "{clock}: {REMEDY}")?;
        }
        write!(out, "{} pings answered, {} attestations stored", self.answered, self.stored)?;
        daemon::write_dropped(out, &self.dropped)
    }
}
