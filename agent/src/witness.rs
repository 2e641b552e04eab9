//! The witness's daemon: pings the devices drawn to it and signs what it saw; tests the rate of those drawn to it for
//! that.

mod desk;
mod link;
mod rate;
mod summary;
mod watch;

use std::collections::{HashMap, HashSet};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use iroh::{Endpoint, EndpointAddr, EndpointId};
use popw_core::draw;
use popw_network::policy::Policy;
use serde::Serialize;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use self::desk::{Desk, Duty};
use self::link::{Dialling, Link};
use self::rate::Challenger;
use self::summary::summary;
use self::watch::Watch;
use crate::clock::Clock;
use crate::daemon::{self, Daemon, Error, Until};
use crate::epochs::EpochFolder;
use crate::keys::Keys;
use crate::metrics::Metrics;
use crate::store::StoreError;
use crate::store::witness::WitnessStore;
use crate::transport::Transport;
use crate::wire::rate::MAX_TEST_MS;

pub use self::summary::{DutySummary, RateSummary, Summary};

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
    /// How long a rate test takes, less in short epochs ([`rate_test_ms`]); zero to make none.
    pub rate_test: Duration,
    /// For demonstrations: how it lies.
    pub misbehave: Option<Misbehave>,
}

impl Default for Pace {
    fn default() -> Self {
        Self {
            deadline: Duration::from_secs(5),
            sign_every: 1,
            grace: daemon::GRACE,
            rate_test: Duration::from_secs(30),
            misbehave: None,
        }
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
        transport: config.transport,
        turn: Arc::new(Semaphore::new(1)),
        links: HashMap::new(),
        watches: JoinSet::new(),
        duties: Vec::new(),
        tests: Vec::new(),
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
    let summary = summary(&desk, &work.duties, &work.tests).await?;
    daemon.stop();
    Ok(summary)
}

/// The running watches and the connections that they share.
struct Work {
    desk: Arc<Desk>,
    endpoint: Endpoint,
    pace: Pace,
    transport: Transport,
    /// Tests are made one after the other: two at once would share this witness's line.
    turn: Arc<Semaphore>,
    links: HashMap<EndpointId, (EndpointAddr, Link)>,
    watches: JoinSet<Result<(), StoreError>>,
    duties: Vec<Arc<Duty>>,
    tests: Vec<Arc<Duty>>,
    last_end_ms: Option<u64>,
}

impl Work {
    async fn follow(&mut self, folder: EpochFolder, until: Until) -> Result<(), Error> {
        loop {
            for roster in folder.scan().await {
                let epoch = roster.key.epoch;
                let end = roster.schedule.end_ms().saturating_add(daemon::millis(self.pace.grace));
                self.last_end_ms = self.last_end_ms.max(Some(end));
                let duties = Duty::all(&roster, &self.desk.keys, draw::Duty::Uptime);
                let tests = Duty::all(&roster, &self.desk.keys, draw::Duty::Rate);
                tracing::info!(epoch, devices = duties.len(), tests = tests.len(), "epoch taken up");
                duties.into_iter().for_each(|duty| self.watch(duty));
                tests.into_iter().for_each(|duty| self.test(duty));
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
        let newest =
            self.duties.iter().chain(&self.tests).map(|duty| duty.roster.key.epoch).max().unwrap_or_default();
        let grace = daemon::millis(self.pace.grace);
        let over = |duty: &Arc<Duty>| duty.roster.schedule.end_ms().saturating_add(grace) <= now_ms;
        let kept = |duty: &Arc<Duty>| !over(duty) || duty.roster.key.epoch + KEPT_EPOCHS > newest;
        self.duties.retain(kept);
        self.tests.retain(kept);
        let needed: HashSet<_> =
            self.duties.iter().filter(|duty| !over(duty)).map(|duty| duty.device.entry.endpoint.0).collect();
        self.links.retain(|device, _| needed.contains(device.as_bytes()));
    }

    /// Tests a device's rate at some moment of the epoch, and delivers what was signed.
    fn test(&mut self, duty: Duty) {
        let grace = daemon::millis(self.pace.grace);
        let over = duty.roster.schedule.end_ms().saturating_add(grace) <= self.desk.clock.now_ms();
        let Some(address) = duty.device.address().filter(|_| !over && !self.pace.rate_test.is_zero()) else {
            return;
        };
        let duty = Arc::new(duty);
        self.tests.push(duty.clone());
        let challenger = Challenger {
            desk: self.desk.clone(),
            duty,
            endpoint: self.endpoint.clone(),
            address,
            transport: self.transport.clone(),
            pace: self.pace,
            turn: self.turn.clone(),
        };
        self.watches.spawn(challenger.run());
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

/// How long a test takes, milliseconds, in whole seconds: what was asked for, but so little of a short epoch that every
/// seat's test fits into half of it, one after the other. 0 when not even a second fits.
pub fn rate_test_ms(asked: Duration, epoch_ms: u64, k: u32) -> u32 {
    let share = epoch_ms / (2 * u64::from(k.max(1)));
    let asked = daemon::millis(asked).min(MAX_TEST_MS.into());
    // A single second for committees larger than the epoch is long: not all of them will get their turn.
    let ms = asked.min(share.max(if epoch_ms >= 4_000 { 1_000 } else { 0 }));
    u32::try_from(ms / 1_000 * 1_000).unwrap_or(MAX_TEST_MS)
}
