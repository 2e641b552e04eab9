//! Daemons as processes of their own: this test program starts itself once more, so that `kill -9`
//! is the real thing.

use std::fs::File;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::{Command, ExitStatus, Stdio};
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, Instant};

use popw_agent::clock::Clock;
use popw_agent::daemon::{self, Until};
use popw_agent::device::Serving;
use popw_agent::witness::{Misbehave, Pace};
use popw_agent::{device, witness};
use serde::{Deserialize, Serialize};

use crate::world;

const VARIABLE: &str = "POPW_AGENT_TEST_DAEMON";
/// The exit code of a daemon that could not run.
pub const REFUSED: i32 = 3;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Role {
    Device,
    Witness,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Lie {
    None,
    AlwaysUp,
}

/// A clock that is wrong for a while: by how much, and in which milliseconds of Unix time.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Astray {
    pub by_ms: i64,
    pub between: std::ops::Range<u64>,
}

impl Astray {
    /// The clock, which a thread sets.
    fn clock(self) -> Clock {
        let offset_ms: &'static AtomicI64 = Box::leak(Box::default());
        let set = move |between: &std::ops::Range<u64>| {
            let is_wrong = between.contains(&world::now_ms());
            offset_ms.store(if is_wrong { self.by_ms } else { 0 }, Ordering::Relaxed);
        };
        let between = self.between;
        set(&between);
        std::thread::spawn(move || {
            loop {
                set(&between);
                std::thread::sleep(Duration::from_millis(5));
            }
        });
        Clock::adjusted(offset_ms)
    }
}

/// How a daemon is started.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Daemon {
    pub role: Role,
    pub seed: u8,
    pub listen: SocketAddr,
    pub epochs: PathBuf,
    pub database: PathBuf,
    pub locks: PathBuf,
    pub log: PathBuf,
    pub summary: PathBuf,
    pub metrics: Option<SocketAddr>,
    pub grace_ms: u64,
    pub clock_offset_ms: i64,
    pub astray: Option<Astray>,
    pub lie: Lie,
    pub until_last_epoch: bool,
    pub store: Option<PathBuf>,
    pub credit: u64,
    pub patience_ms: u64,
    pub rate_test_ms: u64,
}

/// A running daemon; killed when it is dropped.
pub struct Child {
    process: std::process::Child,
    log: PathBuf,
    /// How long the log was when it was started: a daemon before it may have written to the same one.
    log_before: usize,
}

impl Daemon {
    pub fn start(&self) -> Child {
        let log_before = std::fs::read(&self.log).map_or(0, |log| log.len());
        let log = File::options().create(true).append(true).open(&self.log).expect("log");
        let process = Command::new(std::env::current_exe().expect("this program"))
            .args(["--exact", "child::daemon_process", "--ignored", "--nocapture"])
            .env(VARIABLE, serde_json::to_string(self).expect("configuration"))
            .env("RUST_LOG", "popw_agent=debug")
            .env("NO_COLOR", "1")
            .stdin(Stdio::null())
            .stdout(log.try_clone().expect("log"))
            .stderr(log)
            .spawn()
            .expect("a process");
        Child { process, log: self.log.clone(), log_before }
    }

    pub fn summary(&self) -> serde_json::Value {
        let text = std::fs::read(&self.summary).expect("a summary");
        serde_json::from_slice(&text).expect("JSON")
    }
}

impl Child {
    /// SIGKILL: no handler, no destructor, no flush.
    pub fn kill(mut self) {
        self.process.kill().expect("kill");
        self.process.wait().expect("wait");
    }

    /// SIGTERM.
    pub fn terminate(&self) {
        self.signal("TERM");
    }

    /// A signal by its name.
    pub fn signal(&self, name: &str) {
        let pid = self.process.id().to_string();
        let status = Command::new("kill").args([&format!("-{name}"), &pid]).status().expect("kill");
        assert!(status.success());
    }

    pub fn wait(&mut self, patience: Duration) -> ExitStatus {
        let end = Instant::now() + patience;
        loop {
            if let Some(status) = self.process.try_wait().expect("wait") {
                return status;
            }
            assert!(Instant::now() < end, "a daemon did not end within {patience:?}");
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// Its number.
    pub fn pid(&self) -> u32 {
        self.process.id()
    }

    pub fn log(&self) -> String {
        std::fs::read_to_string(&self.log).unwrap_or_default()
    }

    /// Has it said that it listens?
    pub fn listens(&self) -> bool {
        self.log().get(self.log_before..).is_some_and(|log| log.contains("listening"))
    }

    /// How many lines of the log say something.
    pub fn says(&self, what: &str) -> usize {
        self.log().lines().filter(|line| line.contains(what)).count()
    }
}

impl std::ops::Drop for Child {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Not a test: the body of a started daemon.
#[test]
#[ignore = "started by the other tests as a process of its own"]
fn daemon_process() {
    let Ok(config) = std::env::var(VARIABLE) else { return };
    let config: Daemon = serde_json::from_str(&config).expect("configuration");
    tracing_subscriber::fmt().with_env_filter(tracing_subscriber::EnvFilter::from_default_env()).init();
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
    let done = runtime.expect("runtime").block_on(run(&config));
    match done {
        Ok(summary) => std::fs::write(&config.summary, summary).expect("summary"),
        Err(error) => {
            println!("refused: {error}");
            std::process::exit(REFUSED);
        }
    }
}

async fn run(config: &Daemon) -> Result<String, daemon::Error> {
    let Daemon { seed, listen, .. } = *config;
    let shutdown = daemon::termination().expect("signals");
    let until = if config.until_last_epoch { Until::LastEpoch } else { Until::Stopped };
    let clock = config.astray.clone().map_or(Clock::with_offset(config.clock_offset_ms), Astray::clock);
    let grace = Duration::from_millis(config.grace_ms);
    let (epochs, database) = (config.epochs.clone(), config.database.clone());
    let locks = Some(config.locks.clone());
    let metrics = config.metrics;
    match config.role {
        Role::Device => {
            let base = device::Config::new(world::keys(seed), epochs, database, listen);
            let (store, credit) = (config.store.clone(), config.credit);
            let patience = Duration::from_millis(config.patience_ms);
            let serving = Serving { credit, patience, ..Serving::default() };
            let config = device::Config { metrics, locks, grace, until, clock, store, serving, ..base };
            let summary = device::run(config, shutdown).await?;
            println!("{summary}");
            Ok(serde_json::to_string(&summary).expect("JSON"))
        }
        Role::Witness => {
            let misbehave = (config.lie == Lie::AlwaysUp).then_some(Misbehave::AlwaysUp);
            let rate_test = Duration::from_millis(config.rate_test_ms);
            let pace = Pace { grace, misbehave, rate_test, ..Pace::default() };
            let base = witness::Config::new(world::keys(seed), epochs, database, listen);
            let config = witness::Config { metrics, locks, pace, until, clock, ..base };
            let summary = witness::run(config, shutdown).await?;
            println!("{summary}");
            Ok(serde_json::to_string(&summary).expect("JSON"))
        }
    }
}
