//! `popw device`.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args as ClapArgs, Subcommand};
use popw_agent::device::{self, Config, Scrubbing, Serving};
use popw_network::database::files as database;
use popw_network::member::Role;

use super::{Outcome, network::WindowArgs};
use crate::daemon::{self, DaemonArgs};
use crate::ui::Ui;

mod export;
mod opened;
mod status;

use opened::explained;
pub use opened::{Opened, settled};

/// The device daemon.
#[derive(ClapArgs)]
pub struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Answer the drawn witnesses' pings and challenges, serve clients, and keep what they all sign, until stopped
    /// (Ctrl-C, SIGTERM or SIGHUP).
    Run(Box<Run>),
    /// Show an epoch's slots as the quorum saw them, what each seat has signed, receipts and rates.
    Status(Status),
    /// Write the input of a proof from what witnesses, clients and challengers have signed and what sectors answer.
    Export(export::Args),
}

#[derive(ClapArgs)]
#[command(after_help = "Examples:
  popw device run --key device.key --db device.db --listen 0.0.0.0:4433 --store store
  popw device run --network garden.toml --key device.key --epochs garden-epochs --db device.db \\
      --listen 127.0.0.1:4433 --metrics 127.0.0.1:9101 --passphrase-file secret.txt

It can be killed at any moment and started again: every signed attestation it acknowledged is in its database.
RUST_LOG=debug says more.")]
struct Run {
    #[command(flatten)]
    daemon: DaemonArgs,
    /// Where it listens (UDP): the addresses that the registry names; can be given several times. `0.0.0.0` or `[::]` alone
    /// stands for all addresses of both families. On loopback addresses, nothing outside this machine is contacted.
    #[arg(long, value_name = "IP:PORT", required = true)]
    listen: Vec<SocketAddr>,
    /// Let clients with an allotment download the sectors of this store (popw storage add).
    #[arg(long, value_name = "DIR")]
    store: Option<PathBuf>,
    /// How many MiB are sent to a client ahead of its receipts.
    #[arg(long, value_name = "MIB", default_value_t = 4, value_parser = clap::value_parser!(u64).range(1..=1024))]
    credit: u64,
    /// How many MiB of the store are read again each second, in search of damage; 0 for none. Every sector is read
    /// once a week.
    #[arg(long, value_name = "MIB", default_value_t = 8)]
    scrub: u32,
}

/// A device's database and the epoch to read from it. To be flattened into a command's arguments.
#[derive(ClapArgs, Clone, Debug)]
#[command(after_help = "Examples:
  popw device status --db device.db --key device.key
  popw device status --db device.db --key device.key --epoch epochs/3-public.json \\
      --directory epochs/3-directory.json")]
pub struct CollectedArgs {
    /// The database of `popw device run`; the daemon may be running.
    #[arg(long, value_name = "FILE")]
    pub db: PathBuf,
    /// The device's key file. It is not unlocked.
    #[arg(long, value_name = "FILE")]
    pub key: PathBuf,
    /// The published epoch.
    #[arg(long, value_name = "FILE", default_value = "epoch-public.json")]
    pub epoch: PathBuf,
    /// Its directory.
    #[arg(long, value_name = "FILE", default_value = "epoch-directory.json")]
    pub directory: PathBuf,
}

#[derive(ClapArgs)]
struct Status {
    #[command(flatten)]
    collected: CollectedArgs,
    #[command(flatten)]
    window: WindowArgs,
}

/// Runs the command.
pub fn run(args: Args, ui: &Ui) -> Outcome {
    match args.command {
        Command::Run(command) => serve(*command, ui),
        Command::Status(command) => status::run(&command.collected, &command.window, ui),
        Command::Export(command) => export::run(&command, ui),
    }
}

fn serve(command: Run, ui: &Ui) -> Outcome {
    let policy = command.daemon.network.read()?;
    let keys = command.daemon.keys(Role::Device, ui)?;
    let (until, transport) = (command.daemon.until(), command.daemon.transport(&command.listen));
    let arguments = command.daemon;
    let first = command.listen[0];
    let config = Config {
        policy: Some(policy),
        listen: command.listen,
        transport,
        metrics: arguments.metrics,
        locks: arguments.locks,
        grace: arguments.grace,
        until,
        store: command.store,
        scrubbing: (command.scrub > 0)
            .then(|| Scrubbing { bytes_per_second: u64::from(command.scrub) << 20, ..Scrubbing::default() }),
        serving: Serving { credit: command.credit << 20, ..Serving::default() },
        ..Config::new(keys, arguments.epochs, arguments.db, first)
    };
    let summary = daemon::run(|stop| device::run(config, stop))?;
    ui.result(&summary, || summary.to_string());
    Ok(ExitCode::SUCCESS)
}

impl CollectedArgs {
    /// All files that are read.
    pub fn files(&self) -> impl Iterator<Item = PathBuf> {
        let documents = [&self.key, &self.epoch, &self.directory].map(PathBuf::clone);
        documents.into_iter().chain(database(&self.db))
    }

    fn open(&self) -> miette::Result<Opened> {
        Opened::of_key_file(&self.epoch, &self.directory, &self.key)
    }
}
