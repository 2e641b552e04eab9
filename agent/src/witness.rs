//! The witness's daemon: pings the devices drawn to it and signs what it saw; tests the rate of those drawn to it for
//! that.

mod config;
mod database;
mod handler;
mod link;
mod miss;
mod rate;
mod summary;
mod watch;

use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use iroh::{Endpoint, EndpointAddr, EndpointId};
use popw_core::draw;
use tokio::sync::Semaphore;
use tokio::task::{AbortHandle, JoinSet};

use self::handler::{Duty, Handler};
use self::link::{Dialling, Link};
use self::rate::Challenger;
use self::summary::summary;
use self::watch::Watch;
use crate::clock::Steady;
use crate::daemon::{self, Daemon, Error, Until};
use crate::epochs::EpochFolder;
use crate::metrics::Metrics;
use crate::roster::Roster;
use crate::store::StoreError;
use crate::store::witness::WitnessStore;
use crate::transport::{self, Transport};

pub use self::config::{Config, Misbehave, Pace, rate_test_ms};
pub use self::summary::{DutySummary, RateSummary, Summary};

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
    let endpoint = daemon.bind(&keys, &config.listen, &config.transport, &[]).await?;
    if let Some(lie) = config.pace.misbehave {
        tracing::warn!(?lie, "this witness lies, as it was told to: for demonstrations only");
    }
    let handler = Arc::new(Handler::new(Arc::new(keys), store, metrics, config.clock, config.max_skew_ms));
    let mut work = Work {
        handler: handler.clone(),
        endpoint: endpoint.clone(),
        pace: config.pace,
        transport: config.transport,
        turn: Arc::new(Semaphore::new(1)),
        steady: Steady::new(&config.clock),
        links: HashMap::new(),
        tasks: JoinSet::new(),
        duties: Vec::new(),
        tests: Vec::new(),
        out_of_reach: HashSet::new(),
    };
    let result = tokio::select! {
        result = work.follow(folder, config.until) => result,
        () = shutdown => {
            tracing::info!("asked to stop");
            Ok(())
        }
    };
    // Tasks first: what they are storing is either committed or was never sent.
    work.tasks.shutdown().await;
    work.links.values().for_each(|(_, link)| link.close());
    endpoint.close().await;
    result?;
    let summary = summary(&handler, &Post::begun(&work.duties), &Post::begun(&work.tests)).await?;
    daemon.stop();
    Ok(summary)
}

/// The duties, the tasks that are at them, and the connections that these share.
struct Work {
    handler: Arc<Handler>,
    endpoint: Endpoint,
    pace: Pace,
    transport: Transport,
    /// Tests are made one after the other: two at once would share this witness's line.
    turn: Arc<Semaphore>,
    steady: Steady,
    links: HashMap<EndpointId, (EndpointAddr, Link)>,
    tasks: JoinSet<Result<(), StoreError>>,
    duties: Vec<Post>,
    tests: Vec<Post>,
    /// Devices that no socket reaches, as was said.
    out_of_reach: HashSet<EndpointId>,
}

/// A duty, and the last task that was set to it.
struct Post {
    duty: Arc<Duty>,
    address: EndpointAddr,
    task: Option<AbortHandle>,
    /// The task broke: another one would, too.
    has_failed: bool,
}

impl Post {
    /// Has nobody at it, though its epoch is not over by the clock: it has just been taken up, or the clock said
    /// that the epoch was over and was set right.
    fn is_vacant(&self, grace_ms: u64, now_ms: u64) -> bool {
        self.is_idle() && !self.has_failed && !self.is_over(grace_ms, now_ms)
    }

    fn is_idle(&self) -> bool {
        self.task.as_ref().is_none_or(AbortHandle::is_finished)
    }

    fn epoch(&self) -> u32 {
        self.duty.roster.key.epoch
    }

    fn is_over(&self, grace_ms: u64, now_ms: u64) -> bool {
        self.duty.roster.schedule.end_ms().saturating_add(grace_ms) <= now_ms
    }

    /// The duties that somebody has been at.
    fn begun(posts: &[Self]) -> Vec<Arc<Duty>> {
        posts.iter().filter(|post| post.task.is_some()).map(|post| post.duty.clone()).collect()
    }
}

impl Work {
    async fn follow(&mut self, folder: EpochFolder, until: Until) -> Result<(), Error> {
        let grace_ms = daemon::millis(self.pace.grace);
        loop {
            daemon::watch_clock(&mut self.steady, &self.handler.clock, &self.handler.metrics);
            let look = folder.scan(self.handler.clock.now_ms(), self.pace.grace).await;
            if let Some(roster) = look.taken {
                self.take_up(&roster);
            }
            while let Some(done) = self.tasks.try_join_next() {
                match done {
                    Ok(result) => result?,
                    Err(error) => {
                        tracing::error!(%error, "a task ended unexpectedly");
                        let is_its =
                            |post: &&mut Post| post.task.as_ref().is_some_and(|task| task.id() == error.id());
                        let posts = self.duties.iter_mut().chain(&mut self.tests);
                        posts.filter(is_its).for_each(|post| post.has_failed = true);
                    }
                }
            }
            let now_ms = self.handler.clock.now_ms();
            self.fill_posts(grace_ms, now_ms);
            folder.forget(self.retire(grace_ms, now_ms));
            let running = self.duties.iter().find(|post| post.duty.roster.schedule.slot_at(now_ms).is_some());
            self.handler.metrics.running(running.map(|post| post.duty.roster.key.epoch));
            let is_over = look.last_end_ms.is_some_and(|end| end.saturating_add(grace_ms) <= now_ms);
            // A clock that has just jumped may be about to jump back.
            let may_end = until == Until::LastEpoch && self.steady.is_settled();
            if may_end && is_over && self.tasks.is_empty() {
                tracing::info!("the last epoch is over");
                return Ok(());
            }
            tokio::time::sleep(daemon::TICK).await;
        }
    }

    fn take_up(&mut self, roster: &Arc<Roster>) {
        let duties = Duty::all(roster, &self.handler.keys, draw::Duty::Uptime);
        let tests = Duty::all(roster, &self.handler.keys, draw::Duty::Rate);
        let epoch = roster.key.epoch;
        tracing::info!(epoch, devices = duties.len(), tests = tests.len(), "epoch taken up");
        let duties: Vec<Post> = duties.into_iter().filter_map(|duty| self.post(duty)).collect();
        self.duties.extend(duties);
        if !self.pace.rate_test.is_zero() {
            let tests: Vec<Post> = tests.into_iter().filter_map(|duty| self.post(duty)).collect();
            self.tests.extend(tests);
        }
    }

    fn post(&mut self, duty: Duty) -> Option<Post> {
        let Some(address) = duty.device.address() else {
            let device = duty.device.entry.endpoint;
            tracing::warn!(%device, "the directory's transport key of this device is none");
            return None;
        };
        self.say_if_out_of_reach(&duty, address.id);
        Some(Post { duty: Arc::new(duty), address, task: None, has_failed: false })
    }

    /// Says once of a device that none of our sockets can send to it. Relays can, so nothing is said where there are any.
    fn say_if_out_of_reach(&mut self, duty: &Duty, device: EndpointId) {
        if matches!(self.transport, Transport::Public { .. }) {
            return;
        }
        let (sockets, addresses) = (self.endpoint.bound_sockets(), &duty.device.entry.addresses);
        match transport::out_of_reach(&sockets, addresses) {
            None => {
                self.out_of_reach.remove(&device);
            }
            Some(remedy) if self.out_of_reach.insert(device) => {
                let device = duty.device.entry.endpoint;
                tracing::warn!(%device, ?addresses, ?sockets, "no socket of ours reaches this device: {remedy}");
            }
            Some(_) => {}
        }
    }

    /// Sets a task to each duty that nobody is at.
    fn fill_posts(&mut self, grace_ms: u64, now_ms: u64) {
        let (mut duties, mut tests) = (std::mem::take(&mut self.duties), std::mem::take(&mut self.tests));
        for post in duties.iter_mut().filter(|post| post.is_vacant(grace_ms, now_ms)) {
            post.task = Some(self.watch(post));
        }
        for post in tests.iter_mut().filter(|post| post.is_vacant(grace_ms, now_ms)) {
            post.task = Some(self.test(post));
        }
        (self.duties, self.tests) = (duties, tests);
    }

    /// Tests a device's rate at some moment of the epoch, and delivers what was signed.
    fn test(&mut self, post: &Post) -> AbortHandle {
        let challenger = Challenger {
            handler: self.handler.clone(),
            duty: post.duty.clone(),
            endpoint: self.endpoint.clone(),
            address: post.address.clone(),
            transport: self.transport.clone(),
            pace: self.pace,
            turn: self.turn.clone(),
        };
        self.tasks.spawn(challenger.run())
    }

    fn watch(&mut self, post: &Post) -> AbortHandle {
        let (address, duty) = (&post.address, post.duty.clone());
        let link = match self.links.get(&address.id) {
            Some((known, link)) if known == address => link.clone(),
            _ => {
                let dialling = Dialling::for_slots(duty.roster.schedule.slot_ms);
                let link = Link::new(self.endpoint.clone(), address.clone(), dialling, self.handler.clone());
                self.links.insert(address.id, (address.clone(), link.clone()));
                link
            }
        };
        self.handler.take_up(duty.clone());
        let watch = Watch { handler: self.handler.clone(), duty, link, pace: self.pace };
        self.tasks.spawn(watch.run())
    }

    /// Forgets epochs that are long over: a daemon runs for years. Returns which.
    fn retire(&mut self, grace_ms: u64, now_ms: u64) -> BTreeSet<u32> {
        let newest = self.duties.iter().chain(&self.tests).map(Post::epoch).max().unwrap_or_default();
        let (mut kept, mut retired) = (HashSet::new(), BTreeSet::new());
        for post in self.duties.iter().chain(&self.tests) {
            let epoch = post.epoch();
            // Somebody who is still at it: the epoch may be taken up again, and two would do the same work.
            if !post.is_idle() || !post.is_over(grace_ms, now_ms) || epoch + KEPT_EPOCHS > newest {
                kept.insert(epoch);
            } else {
                retired.insert(epoch);
            }
        }
        // As a whole: it is also taken up as a whole.
        retired.retain(|epoch| !kept.contains(epoch));
        self.duties.retain(|post| kept.contains(&post.epoch()));
        self.tests.retain(|post| kept.contains(&post.epoch()));
        let needed: HashSet<EndpointId> = self
            .duties
            .iter()
            .filter(|post| !post.is_over(grace_ms, now_ms))
            .map(|post| post.address.id)
            .collect();
        self.links.retain(|device, _| needed.contains(device));
        retired
    }
}
