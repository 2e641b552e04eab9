//! What device and witness daemons share: their life from lock to shutdown.

use std::collections::BTreeMap;
use std::fmt;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::pin::Pin;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use iroh::Endpoint;
use thiserror::Error;
use tokio::task::JoinHandle;

use crate::clock::{Clock, Steady, span};
use crate::keys::Keys;
use crate::lock::{self, KeyLock, LockError};
use crate::metrics::{self, Event, Metrics};
use crate::skew::REMEDY;
use crate::store::StoreError;
use crate::transport::{self, Transport, TransportError};

/// The usual wait for last attestations after an epoch's end.
pub const GRACE: Duration = Duration::from_secs(30);

/// How often a daemon looks at its folder and its clock.
pub(crate) const TICK: Duration = Duration::from_millis(250);

/// What a daemon has begun and waits for.
pub(crate) type Work<T = ()> = Pin<Box<dyn Future<Output = T> + Send>>;

/// When a daemon ends by itself.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Until {
    /// Never: it waits for further epochs until it is stopped.
    #[default]
    Stopped,
    /// When every epoch in its folder is over, grace period included.
    LastEpoch,
}

/// Why a daemon cannot run.
#[derive(Debug, Error)]
pub enum Error {
    /// Another daemon has the key.
    #[error(transparent)]
    Lock(#[from] LockError),
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The store of sectors.
    #[error(transparent)]
    Content(#[from] crate::content::ContentError),
    /// The folder of epochs.
    #[error(transparent)]
    Epochs(#[from] popw_network::files::FileError),
    /// The socket.
    #[error(transparent)]
    Transport(#[from] TransportError),
    /// The metrics page must stay on this machine.
    #[error("metrics are served on loopback only, {0} is not")]
    MetricsAddress(SocketAddr),
    /// The metrics page's address is taken.
    #[error("cannot serve metrics on {addr}: {source}")]
    Metrics {
        /// The address.
        addr: SocketAddr,
        /// What the system said.
        source: std::io::Error,
    },
}

/// Resolves when the process is asked to end: SIGTERM, SIGINT, or SIGHUP unless it was started to outlive its terminal.
///
/// # Errors
/// The system's, when no handler can be installed.
pub fn termination() -> std::io::Result<impl Future<Output = ()> + Send + 'static> {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let mut term = signal(SignalKind::terminate())?;
        let mut int = signal(SignalKind::interrupt())?;
        let mut hangup = if ignores_hangup() { None } else { Some(signal(SignalKind::hangup())?) };
        Ok(async move {
            let hangup = async {
                match &mut hangup {
                    Some(hangup) => hangup.recv().await,
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                _ = term.recv() => {}
                _ = int.recv() => {}
                _ = hangup => {}
            }
        })
    }
    #[cfg(not(unix))]
    Ok(async {
        // Without a handler the daemon runs until it is killed, which loses nothing.
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    })
}

/// Was this process started with SIGHUP ignored, as `nohup` does? A handler of ours would end what is to go on.
///
/// To be asked before handlers are installed. `true` also where nothing tells: the signal is then left as it is.
pub fn ignores_hangup() -> bool {
    let status = std::fs::read_to_string("/proc/self/status").ok();
    let told = status.and_then(|status| hangup_is_ignored(&status));
    told.or_else(|| shell_outlives(HANG_UP)).unwrap_or(true)
}

/// `SigIgn` is a mask in hexadecimal; its lowest bit is signal 1, SIGHUP. Only Linux has it.
fn hangup_is_ignored(status: &str) -> Option<bool> {
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"))?;
    let mask = u64::from_str_radix(mask.trim(), 16).ok()?;
    Some(mask & 1 == 1)
}

/// A shell's signal to itself: what a process ignores, those that it starts ignore as well, on every Unix.
const HANG_UP: &str = "kill -HUP $$";

/// Does a shell come to the end of this script? `None` when there is no shell.
fn shell_outlives(script: &str) -> Option<bool> {
    let mut shell = Command::new("sh");
    shell.args(["-c", script]).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    shell.status().ok().map(|status| status.success())
}

/// Looks whether the clock was set, and says so once; returns whether it was.
pub(crate) fn watch_clock(steady: &mut Steady, clock: &Clock, metrics: &Metrics) -> bool {
    let Some(jump_ms) = steady.look(clock) else { return false };
    metrics.event(Event::ClockJumps);
    let way = if jump_ms < 0 { "back" } else { "ahead" };
    let far = span(jump_ms.unsigned_abs());
    tracing::warn!(
        jump_ms,
        "this machine's clock jumped {way} by {far}: it was set, or the machine slept. What is due goes by the clock \
         as it is now; if it is wrong, {REMEDY}"
    );
    true
}

/// A daemon's lock and metrics page.
pub(crate) struct Daemon {
    role: &'static str,
    page: Option<JoinHandle<()>>,
    _lock: KeyLock,
}

impl Daemon {
    pub(crate) async fn start(
        role: &'static str,
        keys: &Keys,
        locks: Option<PathBuf>,
        page: Option<SocketAddr>,
        metrics: Arc<Metrics>,
    ) -> Result<Self, Error> {
        let locks = locks.map_or_else(lock::default_folder, Ok)?;
        let _lock = KeyLock::acquire(&locks, role, &keys.public_bytes())?;
        let page = match page {
            Some(addr) if !addr.ip().is_loopback() => return Err(Error::MetricsAddress(addr)),
            Some(addr) => {
                let listener = metrics::bind(addr).await.map_err(|source| Error::Metrics { addr, source })?;
                tracing::info!(%addr, "metrics at /metrics");
                Some(tokio::spawn(metrics::serve(listener, metrics)))
            }
            None => None,
        };
        Ok(Self { role, page, _lock })
    }

    pub(crate) async fn bind(
        &self,
        keys: &Keys,
        listen: &[SocketAddr],
        transport: &Transport,
        protocols: &[&[u8]],
    ) -> Result<Endpoint, Error> {
        let endpoint = transport::bind_for(protocols, keys.transport.clone(), listen, transport).await?;
        let sockets = endpoint.bound_sockets();
        tracing::info!(role = self.role, endpoint = %endpoint.id(), ?sockets, "listening");
        Ok(endpoint)
    }

    pub(crate) fn stop(self) {
        if let Some(page) = self.page {
            page.abort();
        }
        tracing::info!(role = self.role, "stopped");
    }
}

pub(crate) fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

/// The end of a summary: what was dropped, if anything.
pub(crate) fn write_dropped(out: &mut fmt::Formatter<'_>, dropped: &BTreeMap<&str, u64>) -> fmt::Result {
    if dropped.is_empty() {
        return Ok(());
    }
    write!(out, "; dropped:")?;
    for (position, (reason, count)) in dropped.iter().enumerate() {
        let comma = if position == 0 { "" } else { "," };
        write!(out, "{comma} {count} {reason}")?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_process_that_ignores_hangups_is_told_by_its_mask() {
        let ignored =
            |mask: &str| hangup_is_ignored(&format!("Name:\tpopw\nSigIgn:\t{mask}\nSigCgt:\t0001\n"));
        assert_eq!(ignored("0000000000001001"), Some(true));
        assert_eq!(ignored("0000000000001000"), Some(false));
        assert_eq!((ignored(""), hangup_is_ignored("")), (None, None), "another system's status");
    }

    /// As where there is no `/proc`.
    #[cfg(unix)]
    #[test]
    fn a_process_that_ignores_hangups_is_told_by_a_shell_of_its_own() {
        assert_eq!(shell_outlives(&format!("trap '' HUP; sh -c '{HANG_UP}'")), Some(true));
        if let Ok(status) = std::fs::read_to_string("/proc/self/status") {
            assert_eq!(shell_outlives(HANG_UP), hangup_is_ignored(&status), "both say the same");
        }
    }
}
