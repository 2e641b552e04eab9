//! The witness's daemon: sees to the devices drawn to it, for each duty, and signs what it saw and measured.

mod config;
mod database;
mod summary;

use std::collections::{BTreeSet, HashSet};
use std::sync::Arc;
use std::time::Duration;

use iroh::{Endpoint, EndpointAddr, EndpointId};
use popw_core::draw;
use tokio::task::{AbortHandle, JoinSet};

use self::summary::summary;
use crate::charge::Charge;
use crate::clock::Steady;
use crate::daemon::{self, Daemon, Error, Until};
use crate::duties::{rate, uptime};
use crate::epochs::EpochFolder;
use crate::metrics::Metrics;
use crate::observer::{Assignment, Observer};
use crate::roster::Roster;
use crate::store::StoreError;
use crate::store::witness::WitnessStore;
use crate::transport::{self, Transport};

pub use self::config::{Config, Pace};
pub use self::summary::Summary;
pub use crate::duties::rate::witness::{RateSummary, rate_test_ms};
pub use crate::duties::uptime::witness::{DutySummary, Misbehave};

/// Past epochs that stay in the summary.
const KEPT_EPOCHS: u32 = 4;

/// A witness's sides of all duties that are witnesses'.
fn charges(
    observer: &Observer,
    endpoint: &Endpoint,
    transport: &Transport,
    pace: Pace,
) -> Vec<Arc<dyn Charge>> {
    let Pace { deadline, sign_every, grace, rate_test, misbehave } = pace;
    let pinging = uptime::witness::Pinging { deadline, sign_every, grace, misbehave };
    let testing = rate::witness::Testing { length: rate_test, grace };
    let (observer, endpoint, transport) = (observer.clone(), endpoint.clone(), transport.clone());
    vec![
        Arc::new(uptime::witness::Uptime::new(observer.clone(), endpoint.clone(), pinging)),
        Arc::new(rate::witness::Rate::new(observer, endpoint, transport, testing)),
    ]
}

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
    let Config { keys, clock, max_skew_ms, .. } = config;
    let daemon = Daemon::start("witness", &keys, config.locks, config.metrics, metrics.clone()).await?;
    let store = WitnessStore::open(&config.database, &keys.identity())?;
    let endpoint = daemon.bind(&keys, &config.listen, &config.transport, &[]).await?;
    if let Some(lie) = config.pace.misbehave {
        tracing::warn!(?lie, "this witness lies, as it was told to: for demonstrations only");
    }
    let observer = Observer { keys: Arc::new(keys), store, metrics, clock, max_skew_ms };
    let mut work = Work {
        charges: charges(&observer, &endpoint, &config.transport, config.pace),
        observer: observer.clone(),
        endpoint: endpoint.clone(),
        grace: config.pace.grace,
        grace_ms: daemon::millis(config.pace.grace),
        transport: config.transport,
        steady: Steady::new(&clock),
        tasks: JoinSet::new(),
        posts: Vec::new(),
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
    work.charges.iter().for_each(|charge| charge.stop());
    endpoint.close().await;
    result?;
    let (pinged, tested) = (work.begun(draw::Duty::Uptime), work.begun(draw::Duty::Rate));
    let summary = summary(&observer, &pinged, &tested).await?;
    daemon.stop();
    Ok(summary)
}

/// The duties, the devices that they are done for, and the tasks that are at them.
struct Work {
    charges: Vec<Arc<dyn Charge>>,
    observer: Observer,
    endpoint: Endpoint,
    grace: Duration,
    grace_ms: u64,
    transport: Transport,
    steady: Steady,
    tasks: JoinSet<Result<(), StoreError>>,
    posts: Vec<Post>,
    /// Devices that no socket reaches, as was said.
    out_of_reach: HashSet<EndpointId>,
}

/// A duty for one device in one epoch, and the last task that was set to it.
struct Post {
    charge: Arc<dyn Charge>,
    assigned: Arc<Assignment>,
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
        self.assigned.roster.key.epoch
    }

    fn is_over(&self, grace_ms: u64, now_ms: u64) -> bool {
        self.assigned.roster.schedule.end_ms().saturating_add(grace_ms) <= now_ms
    }

    fn is_of(&self, draw: draw::Duty) -> bool {
        self.charge.draw() == draw
    }
}

impl Work {
    async fn follow(&mut self, folder: EpochFolder, until: Until) -> Result<(), Error> {
        loop {
            let Observer { clock, metrics, .. } = &self.observer;
            daemon::watch_clock(&mut self.steady, clock, metrics);
            let look = folder.scan(clock.now_ms(), self.grace).await;
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
                        self.posts.iter_mut().filter(is_its).for_each(|post| post.has_failed = true);
                    }
                }
            }
            let now_ms = self.observer.clock.now_ms();
            self.fill_posts(now_ms);
            folder.forget(self.retire(now_ms));
            let running = self.posts.iter().find(|post| {
                post.is_of(draw::Duty::Uptime) && post.assigned.roster.schedule.slot_at(now_ms).is_some()
            });
            self.observer.metrics.running(running.map(Post::epoch));
            let is_over = look.last_end_ms.is_some_and(|end| end.saturating_add(self.grace_ms) <= now_ms);
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
        let assigned = |charge: &Arc<dyn Charge>| {
            (charge.clone(), Assignment::all(roster, &self.observer.keys, charge.draw()))
        };
        let drawn: Vec<(Arc<dyn Charge>, Vec<Assignment>)> = self.charges.iter().map(assigned).collect();
        let count = |draw: draw::Duty| -> usize {
            let of_draw = drawn.iter().filter(|(charge, _)| charge.draw() == draw);
            of_draw.map(|(_, assigned)| assigned.len()).sum()
        };
        let epoch = roster.key.epoch;
        let (devices, tests) = (count(draw::Duty::Uptime), count(draw::Duty::Rate));
        tracing::info!(epoch, devices, tests, "epoch taken up");
        for (charge, assigned) in drawn.into_iter().filter(|(charge, _)| charge.is_wanted()) {
            for one in assigned {
                self.post(charge.clone(), one);
            }
        }
    }

    fn post(&mut self, charge: Arc<dyn Charge>, assigned: Assignment) {
        let Some(address) = assigned.device.address() else {
            let device = assigned.device.entry.endpoint;
            tracing::warn!(%device, "the directory's transport key of this device is none");
            return;
        };
        self.say_if_out_of_reach(&assigned, address.id);
        let assigned = Arc::new(assigned);
        self.posts.push(Post { charge, assigned, address, task: None, has_failed: false });
    }

    /// Says once of a device that none of our sockets can send to it. Relays can, so nothing is said where there are any.
    fn say_if_out_of_reach(&mut self, assigned: &Assignment, device: EndpointId) {
        if matches!(self.transport, Transport::Public { .. }) {
            return;
        }
        let (sockets, addresses) = (self.endpoint.bound_sockets(), &assigned.device.entry.addresses);
        match transport::out_of_reach(&sockets, addresses) {
            None => {
                self.out_of_reach.remove(&device);
            }
            Some(remedy) if self.out_of_reach.insert(device) => {
                let device = assigned.device.entry.endpoint;
                tracing::warn!(%device, ?addresses, ?sockets, "no socket of ours reaches this device: {remedy}");
            }
            Some(_) => {}
        }
    }

    /// Sets a task to each duty that nobody is at.
    fn fill_posts(&mut self, now_ms: u64) {
        for post in self.posts.iter_mut().filter(|post| post.is_vacant(self.grace_ms, now_ms)) {
            let task = post.charge.begin(post.assigned.clone(), post.address.clone());
            post.task = Some(self.tasks.spawn(task));
        }
    }

    /// Forgets epochs that are long over: a daemon runs for years. Returns which.
    fn retire(&mut self, now_ms: u64) -> BTreeSet<u32> {
        let newest = self.posts.iter().map(Post::epoch).max().unwrap_or_default();
        let (mut kept, mut retired) = (HashSet::new(), BTreeSet::new());
        for post in &self.posts {
            let epoch = post.epoch();
            // Somebody who is still at it: the epoch may be taken up again, and two would do the same work.
            if !post.is_idle() || !post.is_over(self.grace_ms, now_ms) || epoch + KEPT_EPOCHS > newest {
                kept.insert(epoch);
            } else {
                retired.insert(epoch);
            }
        }
        // As a whole: it is also taken up as a whole.
        retired.retain(|epoch| !kept.contains(epoch));
        self.posts.retain(|post| kept.contains(&post.epoch()));
        for charge in &self.charges {
            let posts = self.posts.iter().filter(|post| post.is_of(charge.draw()));
            let needed = posts.filter(|post| !post.is_over(self.grace_ms, now_ms));
            charge.retain(&needed.map(|post| post.address.id).collect());
        }
        retired
    }

    /// The devices that somebody has been at.
    fn begun(&self, draw: draw::Duty) -> Vec<Arc<Assignment>> {
        let begun = self.posts.iter().filter(|post| post.is_of(draw) && post.task.is_some());
        begun.map(|post| post.assigned.clone()).collect()
    }
}
