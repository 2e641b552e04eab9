//! What the device's and the witness's daemon take from the command line.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use miette::{IntoDiagnostic, WrapErr, miette};
use popw_agent::daemon::Until;
use popw_agent::keys::Keys;
use popw_agent::transport::Transport;
use popw_core::Fr;
use popw_network::keyfile::KeyFile;
use popw_network::member::Role;
use tracing_subscriber::EnvFilter;

use crate::commands::key::{account, warn_if_open};
use crate::commands::network::NetworkArgs;
use crate::passphrase::PassphraseArgs;
use crate::signals::termination;
use crate::ui::Ui;

/// What a daemon logs unless RUST_LOG says otherwise: its own doings, and trouble elsewhere.
const LOGGED: &str = "warn,popw_agent=info";
/// How long work on other threads, such as reading a large directory, is waited for at the end. Nothing is lost by leaving it.
const LAST_WORK: Duration = Duration::from_secs(1);

/// To be flattened into a daemon's arguments.
#[derive(clap::Args, Debug)]
pub struct DaemonArgs {
    #[command(flatten)]
    pub network: NetworkArgs,
    /// The daemon's key file.
    #[arg(long, value_name = "FILE")]
    pub key: PathBuf,
    /// The owner's account, if the key file names none: 0x… or CAIP-10.
    #[arg(long, value_name = "ACCOUNT", value_parser = account)]
    owner: Option<Fr>,
    #[command(flatten)]
    passphrase: PassphraseArgs,
    /// The folder of published epochs and their directories (*.json); new ones are picked up while it runs.
    #[arg(long, value_name = "DIR", default_value = ".")]
    pub epochs: PathBuf,
    /// Its database; created if missing, in a folder that exists. Keep it: it records what was signed.
    #[arg(long, value_name = "FILE")]
    pub db: PathBuf,
    /// Serve Prometheus metrics here: loopback only.
    #[arg(long, value_name = "IP:PORT")]
    pub metrics: Option<SocketAddr>,
    /// Use only the addresses in the directory: no relays, no discovery. Always so on loopback.
    #[arg(long)]
    direct: bool,
    /// Use this relay instead of iroh's public ones; can be given several times.
    #[arg(long, value_name = "URL", conflicts_with = "direct")]
    relay: Vec<String>,
    /// Where lock files are kept: only one daemon per key runs on a machine. By default in $XDG_STATE_HOME or $HOME; a service
    /// that has neither must name a folder.
    #[arg(long, value_name = "DIR")]
    pub locks: Option<PathBuf>,
    /// How long after an epoch's end the last attestations are delivered.
    #[arg(long, value_name = "TIME", default_value = "30s", value_parser = humantime::parse_duration)]
    pub grace: Duration,
    /// Exit when every epoch in the folder is over, instead of waiting for more.
    #[arg(long)]
    until_last_epoch: bool,
}

impl DaemonArgs {
    /// The unlocked keys.
    ///
    /// # Errors
    /// What is wrong with the key file; a missing or contradicting owner.
    pub fn keys(&self, role: Role, ui: &Ui) -> miette::Result<Keys> {
        let file = KeyFile::read(&self.key).into_diagnostic()?;
        file.expect_role(role).into_diagnostic()?;
        warn_if_open(&file, &self.key, ui);
        let key = self.passphrase.open(&file, &self.key, ui)?;
        let owner = match (key.owner(), self.owner) {
            (Some(named), Some(given)) if named != given => {
                let help = "leave out --owner, or use that owner's key";
                return Err(miette!(
                    help = help,
                    "--owner is not the owner that {} names",
                    self.key.display()
                ));
            }
            (named, given) => named.or(given).ok_or_else(|| {
                let help = "give the account it is registered under with --owner";
                miette!(help = help, "the key file {} names no owner", self.key.display())
            })?,
        };
        Ok(Keys::from_key(&key, owner))
    }

    /// Which networks are used from these addresses.
    pub fn transport(&self, listen: &[SocketAddr]) -> Transport {
        match (listen.iter().all(|addr| addr.ip().is_loopback()), self.direct) {
            (true, _) => Transport::Loopback,
            (false, true) => Transport::Direct,
            (false, false) => Transport::Public { relays: self.relay.clone() },
        }
    }

    /// When the daemon ends by itself.
    pub fn until(&self) -> Until {
        if self.until_last_epoch { Until::LastEpoch } else { Until::Stopped }
    }
}

/// Runs a daemon until it ends or the process is asked to.
///
/// # Errors
/// The daemon's own.
pub fn run<F, S, E>(
    daemon: impl FnOnce(Box<dyn Future<Output = ()> + Send + Unpin>) -> F,
) -> miette::Result<S>
where
    F: Future<Output = Result<S, E>>,
    E: std::error::Error + Send + Sync + 'static,
{
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new(LOGGED));
    let ansi = std::io::IsTerminal::is_terminal(&std::io::stderr());
    let logs = tracing_subscriber::fmt().with_env_filter(filter).fmt_fields(crate::logs::fields());
    logs.with_writer(std::io::stderr).with_ansi(ansi).init();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .into_diagnostic()
        .wrap_err("cannot start the daemon")?;
    let outcome = runtime.block_on(async {
        let stop = termination().into_diagnostic().wrap_err("cannot wait for SIGTERM")?;
        daemon(Box::new(Box::pin(stop))).await.into_diagnostic()
    });
    runtime.shutdown_timeout(LAST_WORK);
    outcome
}
