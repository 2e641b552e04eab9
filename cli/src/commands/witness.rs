//! `popw witness`.

use std::net::SocketAddr;
use std::process::ExitCode;
use std::time::Duration;

use clap::{Args as ClapArgs, Subcommand, ValueEnum};
use popw_agent::witness::{self, Config, Misbehave, Pace};
use popw_network::member::Role;

use super::Outcome;
use crate::daemon::{self, DaemonArgs};
use crate::ui::Ui;

/// The witness daemon.
#[derive(ClapArgs)]
pub struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Ping the devices this witness was drawn for, test the rate of those it was drawn to challenge, and sign what it saw,
    /// until stopped (Ctrl-C, SIGTERM or SIGHUP).
    Run(Box<Run>),
}

#[derive(ClapArgs)]
#[command(after_help = "Examples:
  popw witness run --key witness.key --db witness.db --listen 0.0.0.0:0
  popw witness run --network garden.toml --key witness.key --epochs garden-epochs --db witness.db \\
      --metrics 127.0.0.1:9100 --passphrase-file secret.txt

It can be killed at any moment and started again: what it has signed is in its database, a bit once signed is never
taken back, and it signs one rate for each device and epoch. RUST_LOG=debug says more.")]
struct Run {
    #[command(flatten)]
    daemon: DaemonArgs,
    /// The sockets it dials from (UDP); can be given several times. 0.0.0.0:0 alone stands for both IPv4 and IPv6. On
    /// loopback addresses, nothing outside this machine is contacted.
    #[arg(long, value_name = "IP:PORT", default_value = "127.0.0.1:0")]
    listen: Vec<SocketAddr>,
    /// How long an answer to a ping may take; never more than a third of a slot.
    #[arg(long, value_name = "TIME", default_value = "5s", value_parser = humantime::parse_duration)]
    deadline: Duration,
    /// Sign and deliver every so many slots, and after the last one in any case.
    #[arg(long, value_name = "SLOTS", default_value_t = 1)]
    sign_every: u32,
    /// How long a test of a device's rate takes; less in short epochs. 0s for none.
    #[arg(long, value_name = "TIME", default_value = "30s", value_parser = humantime::parse_duration)]
    rate_test: Duration,
    /// Lie, for demonstrations: a quorum of honest witnesses must make it worthless.
    #[arg(long, value_name = "HOW")]
    misbehave: Option<Lie>,
}

#[derive(Clone, Copy, ValueEnum)]
enum Lie {
    /// Attest every slot without pinging.
    AlwaysUp,
}

/// Runs the daemon.
pub fn run(args: Args, ui: &Ui) -> Outcome {
    let Command::Run(run) = args.command;
    let policy = run.daemon.network.read()?;
    let keys = run.daemon.keys(Role::Witness, ui)?;
    let (until, transport) = (run.daemon.until(), run.daemon.transport(&run.listen));
    let arguments = run.daemon;
    let pace = Pace {
        deadline: run.deadline,
        sign_every: run.sign_every.max(1),
        grace: arguments.grace,
        rate_test: run.rate_test,
        misbehave: run.misbehave.map(|Lie::AlwaysUp| Misbehave::AlwaysUp),
    };
    let first = run.listen[0];
    let config = Config {
        policy: Some(policy),
        listen: run.listen,
        transport,
        metrics: arguments.metrics,
        locks: arguments.locks,
        pace,
        until,
        ..Config::new(keys, arguments.epochs, arguments.db, first)
    };
    let summary = daemon::run(|stop| witness::run(config, stop))?;
    ui.result(&summary, || summary.to_string());
    Ok(ExitCode::SUCCESS)
}
