//! How a device's daemon runs.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use popw_network::policy::Policy;

use crate::clock::Clock;
use crate::daemon::{self, Until};
use crate::duties::fetch::device::Serving;
use crate::keys::Keys;
use crate::skew;
use crate::transport::Transport;

/// How a device's daemon runs.
#[derive(Debug)]
pub struct Config {
    /// Its keys and owner.
    pub keys: Keys,
    /// The folder with the epochs' documents; new ones are noticed while it runs.
    pub epochs: PathBuf,
    /// The network's policy: with it, epochs that are not this network's are left out.
    pub policy: Option<Policy>,
    /// Its database; made when missing.
    pub database: PathBuf,
    /// Where it listens (UDP): the addresses that the registry names. See [`crate::transport::bind`].
    pub listen: Vec<SocketAddr>,
    /// Which networks it uses.
    pub transport: Transport,
    /// Where the metrics page is served (TCP, loopback only), if anywhere.
    pub metrics: Option<SocketAddr>,
    /// The folder of lock files; `None` for the user's ([`crate::lock::default_folder`]).
    pub locks: Option<PathBuf>,
    /// The store whose sectors its clients download; `None` to serve none.
    pub store: Option<PathBuf>,
    /// How it serves them.
    pub serving: Serving,
    /// How it scrubs that store, if it does.
    pub scrubbing: Option<Scrubbing>,
    /// How far a witness's clock may be from ours, milliseconds ([`skew::MAX_SKEW_MS`]).
    pub max_skew_ms: u64,
    /// How long after an epoch's end it waits for last attestations ([`daemon::GRACE`]).
    pub grace: Duration,
    /// When it ends by itself.
    pub until: Until,
    /// Where it takes the time from.
    pub clock: Clock,
}

impl Config {
    /// The usual settings: loopback or public by the address, no metrics page, until it is stopped.
    pub fn new(keys: Keys, epochs: PathBuf, database: PathBuf, listen: SocketAddr) -> Self {
        Self {
            keys,
            epochs,
            policy: None,
            database,
            listen: vec![listen],
            transport: Transport::for_address(listen),
            metrics: None,
            locks: None,
            store: None,
            serving: Serving::default(),
            scrubbing: Some(Scrubbing::default()),
            max_skew_ms: skew::MAX_SKEW_MS,
            grace: daemon::GRACE,
            until: Until::Stopped,
            clock: Clock::system(),
        }
    }
}

/// How a device scrubs its store in the background.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Scrubbing {
    /// At most so many bytes are read in a second.
    pub bytes_per_second: u64,
    /// How long a scrubbed sector is left alone.
    pub every: Duration,
}

impl Default for Scrubbing {
    fn default() -> Self {
        Self { bytes_per_second: 8 << 20, every: Duration::from_secs(7 * 24 * 3600) }
    }
}
