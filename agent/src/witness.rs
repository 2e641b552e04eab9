//! The witness's daemon: pings the devices drawn to it and signs what it saw.

mod desk;
mod link;
mod watch;

use std::collections::{BTreeMap, HashMap, HashSet};
use std::fmt;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use iroh::{Endpoint, EndpointAddr, EndpointId};
use popw_network::policy::Policy;
use serde::Serialize;
use tokio::task::JoinSet;

use self::desk::{Desk, Duty};
use self::link::{Dialling, Link};
use self::watch::Watch;
use crate::clock::Clock;
use crate::daemon::{self, Daemon, Error, Until};
use crate::epochs::EpochFolder;
use crate::keys::Keys;
use crate::metrics::{Event, Metrics};
use crate::store::StoreError;
use crate::store::witness::WitnessStore;
use crate::transport::Transport;

/// How a witness's daemon runs.
#[derive(Debug)]
pub struct Config {
    /// Its keys and owner.
    pub keys: Keys,
    /// The folder with the epochs' documents; new ones are noticed while it runs.
    pub epochs: PathBuf,
    /// The network's policy: with it, epochs that are not this network's are left out.
    pub policy: Option<Policy>,
    /// Its database; made when missing. Keep it: a witness that loses it in the middle of an epoch
    /// contradicts what it has signed.
    pub database: PathBuf,
    /// The socket it dials from (UDP); port 0 for any.
    pub listen: SocketAddr,
    /// Which networks it uses.
    pub transport: Transport,
    /// Where the metrics page is served (TCP, loopback only), if anywhere.
    pub metrics: Option<SocketAddr>,
    /// The folder of lock files; `None` for the user's ([`crate::lock::default_folder`]).
    pub locks: Option<PathBuf>,
    /// From which difference a device's clock is reported: half of this, milliseconds.
    pub max_skew_ms: u64,
    /// How it pings and signs.
    pub pace: Pace,
    /// When it ends by itself.
    pub until: Until,
    /// Where it takes the time from.
    pub clock: Clock,
}

/// How a witness pings and signs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pace {
    /// How long an answer may take; at most a third of the slot is allowed in any case.
    pub deadline: Duration,
    /// Sign and send after every so many slots (always after the last).
    pub sign_every: u32,
    /// How long after an epoch's end it keeps trying to deliver.
    pub grace: Duration,
    /// For demonstrations: how it lies.
    pub misbehave: Option<Misbehave>,
}

impl Default for Pace {
    fn default() -> Self {
        Self { deadline: Duration::from_secs(5), sign_every: 1, grace: daemon::GRACE, misbehave: None }
    }
}

/// Ways to lie, for demonstrations and tests: a quorum of honest witnesses must make them worthless.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Misbehave {
    /// Attests every slot, without pinging.
    AlwaysUp,
}

impl Config {
    /// The usual settings: loopback or public by the address, no metrics page, until it is stopped.
    pub fn new(keys: Keys, epochs: PathBuf, database: PathBuf, listen: SocketAddr) -> Self {
        Self {
            keys,
            epochs,
            policy: None,
            database,
            listen,
            transport: Transport::for_address(listen),
            metrics: None,
            locks: None,
            max_skew_ms: daemon::MAX_SKEW_MS,
            pace: Pace::default(),
            until: Until::Stopped,
            clock: Clock::system(),
        }
    }
}

/// What a witness has seen and signed when its daemon ends.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Summary {
    /// Every device and epoch it was drawn for.
    pub duties: Vec<DutySummary>,
    /// Pings sent in this run.
    pub pings: u64,
    /// Pings without a valid answer in time, in this run.
    pub missed: u64,
    /// Attestations signed in this run.
    pub signed: u64,
    /// The largest clock difference measured in this run, milliseconds.
    pub worst_skew_ms: i64,
    /// Messages dropped in this run, by reason.
    pub dropped: BTreeMap<&'static str, u64>,
}

/// What a witness has seen of one device in one epoch, over all its runs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct DutySummary {
    /// The epoch.
    pub epoch: u32,
    /// The device's transport key.
    pub device: String,
    /// Slots seen answered.
    pub up_slots: u32,
    /// Slots of the epoch.
    pub slots: u32,
}

/// Past epochs that stay in the summary.
const KEPT_EPOCHS: u32 = 4;

/// Runs a witness's daemon until `shutdown` resolves (or as `config.until` says).
///
/// # Errors
/// [`Error`]: another daemon has the key, a file or address is out of reach, or the database failed.
pub async fn run(
    config: Config,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> Result<Summary, Error> {
    let folder = EpochFolder::open(config.epochs, config.policy)?;
    let metrics = Metrics::new("witness");
    let Config { keys, .. } = config;
    let daemon = Daemon::start("witness", &keys, config.locks, config.metrics, metrics.clone()).await?;
    let store = WitnessStore::open(&config.database, &keys.identity())?;
    let endpoint = daemon.bind(&keys, config.listen, &config.transport).await?;
    if let Some(lie) = config.pace.misbehave {
        tracing::warn!(?lie, "this witness lies, as it was told to: for demonstrations only");
    }
    let desk = Arc::new(Desk::new(Arc::new(keys), store, metrics, config.clock, config.max_skew_ms));
    let mut work = Work {
        desk: desk.clone(),
        endpoint: endpoint.clone(),
        pace: config.pace,
        links: HashMap::new(),
        watches: JoinSet::new(),
        duties: Vec::new(),
        last_end_ms: None,
    };
    let result = tokio::select! {
        result = work.follow(folder, config.until) => result,
        () = shutdown => {
            tracing::info!("asked to stop");
            Ok(())
        }
    };
    // Watches first: what they are storing is either committed or was never sent.
    work.watches.shutdown().await;
    work.links.values().for_each(|(_, link)| link.close());
    endpoint.close().await;
    result?;
    let summary = summary(&desk, &work.duties).await?;
    daemon.stop();
    Ok(summary)
}

/// The running watches and the connections that they share.
struct Work {
    desk: Arc<Desk>,
    endpoint: Endpoint,
    pace: Pace,
    links: HashMap<EndpointId, (EndpointAddr, Link)>,
    watches: JoinSet<Result<(), StoreError>>,
    duties: Vec<Arc<Duty>>,
    last_end_ms: Option<u64>,
}

impl Work {
    async fn follow(&mut self, folder: EpochFolder, until: Until) -> Result<(), Error> {
        loop {
            for roster in folder.scan().await {
                let epoch = roster.key.epoch;
                let end = roster.schedule.end_ms().saturating_add(daemon::millis(self.pace.grace));
                self.last_end_ms = self.last_end_ms.max(Some(end));
                let duties = Duty::all(&roster, &self.desk.keys);
                tracing::info!(epoch, devices = duties.len(), "epoch taken up");
                duties.into_iter().for_each(|duty| self.watch(duty));
            }
            let now_ms = self.desk.clock.now_ms();
            while let Some(done) = self.watches.try_join_next() {
                match done {
                    Ok(result) => result?,
                    Err(error) => tracing::error!(%error, "a watch ended unexpectedly"),
                }
            }
            self.retire(now_ms);
            let running = self.duties.iter().find(|duty| duty.roster.schedule.slot_at(now_ms).is_some());
            self.desk.metrics.running(running.map(|duty| duty.roster.key.epoch));
            let over = self.last_end_ms.is_some_and(|end| end <= now_ms);
            if until == Until::LastEpoch && over && self.watches.is_empty() {
                tracing::info!("the last epoch is over");
                return Ok(());
            }
            tokio::time::sleep(daemon::TICK).await;
        }
    }

    /// Forgets what is long over: a daemon runs for years.
    fn retire(&mut self, now_ms: u64) {
        let newest = self.duties.iter().map(|duty| duty.roster.key.epoch).max().unwrap_or_default();
        let grace = daemon::millis(self.pace.grace);
        let over = |duty: &Arc<Duty>| duty.roster.schedule.end_ms().saturating_add(grace) <= now_ms;
        self.duties.retain(|duty| !over(duty) || duty.roster.key.epoch + KEPT_EPOCHS > newest);
        let needed: HashSet<_> =
            self.duties.iter().filter(|duty| !over(duty)).map(|duty| duty.device.entry.endpoint.0).collect();
        self.links.retain(|device, _| needed.contains(device.as_bytes()));
    }

    fn watch(&mut self, duty: Duty) {
        let grace = daemon::millis(self.pace.grace);
        if duty.roster.schedule.end_ms().saturating_add(grace) <= self.desk.clock.now_ms() {
            return;
        }
        let Some(address) = duty.device.address() else {
            let device = duty.device.entry.endpoint;
            return tracing::warn!(%device, "the directory's transport key of this device is none");
        };
        let link = match self.links.get(&address.id) {
            Some((known, link)) if *known == address => link.clone(),
            _ => {
                let dialling = Dialling::for_slots(duty.roster.schedule.slot_ms);
                let link = Link::new(self.endpoint.clone(), address.clone(), dialling, self.desk.clone());
                self.links.insert(address.id, (address, link.clone()));
                link
            }
        };
        let duty = self.desk.take_up(duty);
        self.duties.push(duty.clone());
        let watch = Watch { desk: self.desk.clone(), duty, link, pace: self.pace };
        self.watches.spawn(watch.run());
    }
}

async fn summary(desk: &Desk, duties: &[Arc<Duty>]) -> Result<Summary, StoreError> {
    let mut summaries = Vec::new();
    for duty in duties {
        let bitmap = desk.store.bitmap(duty.roster.key, duty.device.leaf).await?;
        summaries.push(DutySummary {
            epoch: duty.roster.key.epoch,
            device: duty.device.entry.endpoint.to_string(),
            up_slots: bitmap.count(),
            slots: duty.roster.schedule.slots,
        });
    }
    let metrics = &desk.metrics;
    Ok(Summary {
        duties: summaries,
        pings: metrics.events(Event::Pings),
        missed: metrics.events(Event::Missed),
        signed: metrics.events(Event::Signed),
        worst_skew_ms: metrics.worst_skew_ms(),
        dropped: metrics.all_dropped(),
    })
}

impl fmt::Display for Summary {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        for DutySummary { epoch, device, up_slots, slots } in &self.duties {
            let device = device.get(..10).unwrap_or(device);
            writeln!(out, "epoch {epoch}, device {device}: saw {up_slots} of {slots} slots")?;
        }
        write!(
            out,
            "{} pings, {} missed, {} attestations signed, clocks within {} ms",
            self.pings,
            self.missed,
            self.signed,
            self.worst_skew_ms.unsigned_abs()
        )?;
        daemon::write_dropped(out, &self.dropped)
    }
}
