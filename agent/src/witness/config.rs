//! How a witness's daemon runs.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use popw_network::policy::Policy;

use crate::clock::Clock;
use crate::daemon::{self, Until};
use crate::duties::uptime::witness::Misbehave;
use crate::keys::Keys;
use crate::skew;
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
    /// The sockets it dials from (UDP); port 0 for any. See [`crate::transport::bind`].
    pub listen: Vec<SocketAddr>,
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
    /// How long a rate test takes, less in short epochs ([`rate_test_ms`](super::rate_test_ms)); zero to make none.
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
            max_skew_ms: skew::MAX_SKEW_MS,
            pace: Pace::default(),
            until: Until::Stopped,
            clock: Clock::system(),
        }
    }
}
