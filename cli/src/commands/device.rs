//! `popw device`.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Args as ClapArgs, Subcommand};
use miette::{IntoDiagnostic, miette};
use popw_agent::device::{self, Config, Serving};
use popw_agent::export::{self, DeviceInfo};
use popw_core::Fr;
use popw_core::document::{EpochPublic, UptimeInput};
use popw_core::eddsa::PublicKey;
use popw_network::epoch::directory::EpochDirectory;
use popw_network::files::{self, Access, Overwrite};
use popw_network::keyfile::KeyFile;
use popw_network::member::Role;

use super::{Outcome, epoch};
use crate::daemon::{self, DaemonArgs};
use crate::text;
use crate::ui::Ui;

mod status;

/// The daemon of a device.
#[derive(ClapArgs)]
pub struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Answer the drawn witnesses' pings and challenges, serve clients, and keep what they all sign, until stopped
    /// (Ctrl-C or SIGTERM).
    Run(Box<Run>),
    /// Show an epoch's slots as the quorum saw them, and what each seat has signed.
    Status(CollectedArgs),
    /// Write the input of an uptime proof from what the witnesses have signed.
    Export(Export),
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
    /// Where it listens (UDP): the address that the registry names. On a loopback address, nothing outside this
    /// machine is contacted.
    #[arg(long, value_name = "IP:PORT")]
    listen: SocketAddr,
    /// Let clients with an allotment download the sectors of this store (popw storage add).
    #[arg(long, value_name = "DIR")]
    store: Option<PathBuf>,
    /// How many MiB are sent to a client ahead of its receipts.
    #[arg(long, value_name = "MIB", default_value_t = 4, value_parser = clap::value_parser!(u64).range(1..=1024))]
    credit: u64,
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
#[command(after_help = "Examples:
  popw device export --db device.db --key device.key
  popw prove uptime --input epoch-uptime.json --device-key device.key --system groth16 --recipient 0x…

The epoch must have its closing beacon: see popw epoch close.")]
struct Export {
    #[command(flatten)]
    collected: CollectedArgs,
    /// Where to write it.
    #[arg(long, value_name = "FILE", default_value = "epoch-uptime.json")]
    out: PathBuf,
    /// Name the key file in it, so that `popw prove` needs no --device-key. The key itself is never in it.
    #[arg(long)]
    name_key_file: bool,
    /// Replace an existing file.
    #[arg(long)]
    force: bool,
}

/// Runs the command.
pub fn run(args: Args, ui: &Ui) -> Outcome {
    match args.command {
        Command::Run(command) => serve(*command, ui),
        Command::Status(collected) => status::run(&collected, ui),
        Command::Export(command) => export(&command, ui),
    }
}

fn serve(command: Run, ui: &Ui) -> Outcome {
    let policy = command.daemon.network.read()?;
    let keys = command.daemon.keys(Role::Device, ui)?;
    let (until, transport) = (command.daemon.until(), command.daemon.transport(command.listen));
    let arguments = command.daemon;
    let config = Config {
        policy: Some(policy),
        transport,
        metrics: arguments.metrics,
        locks: arguments.locks,
        grace: arguments.grace,
        until,
        store: command.store,
        serving: Serving { credit: command.credit << 20, ..Serving::default() },
        ..Config::new(keys, arguments.epochs, arguments.db, command.listen)
    };
    let summary = daemon::run(|stop| device::run(config, stop))?;
    ui.result(&summary, || summary.to_string());
    Ok(ExitCode::SUCCESS)
}

fn export(command: &Export, ui: &Ui) -> Outcome {
    let mut opened = command.collected.open()?;
    if command.name_key_file {
        // As the reader resolves it: relative to the input.
        let folder = command.out.parent().filter(|folder| !folder.as_os_str().is_empty());
        let absolute = |path: &Path| std::path::absolute(path).into_diagnostic();
        let (key, folder) = (absolute(&command.collected.key)?, absolute(folder.unwrap_or(Path::new(".")))?);
        opened.device.key_file = Some(key.strip_prefix(&folder).unwrap_or(&key).display().to_string());
    }
    let input = opened.input(&command.collected.db)?;
    let overwrite = if command.force { Overwrite::Yes } else { Overwrite::No };
    files::write_json(&command.out, "uptime input", &input, overwrite, Access::Public).into_diagnostic()?;
    let written =
        serde_json::json!({ "written": command.out, "epoch": input.epoch.epoch, "seats": input.seats.len() });
    ui.result(&written, || {
        let seats = input.seats.len();
        format!(
            "Written: {}, epoch {} with {seats} seats of different owners",
            command.out.display(),
            input.epoch.epoch
        )
    });
    Ok(ExitCode::SUCCESS)
}

/// A device of an epoch, with the epoch's documents: what its database is read with.
pub struct Opened {
    public: EpochPublic,
    directory: EpochDirectory,
    device: DeviceInfo,
}

impl Opened {
    /// Reads an epoch's documents and finds the device with a key in them; `owner` is what its key file says.
    ///
    /// # Errors
    /// Names the file that does not fit; a device that is not of this epoch.
    pub fn read(epoch: &Path, directory: &Path, key: PublicKey, owner: Option<Fr>) -> miette::Result<Self> {
        let public = epoch::read(epoch)?;
        let directory = EpochDirectory::read(directory).into_diagnostic()?;
        let registered =
            || directory.devices.iter().find(|entry| entry.public_key == key).map(|entry| entry.owner);
        let owner = owner.or_else(registered).ok_or_else(|| {
            let help = "see `popw registry list --epoch`: registrations act from two epochs later on";
            miette!(help = help, "the device {} is not registered in epoch {}", text::key(&key), public.epoch)
        })?;
        Ok(Self { public, directory, device: DeviceInfo { public_key: key, owner, key_file: None } })
    }

    /// The input of the device's uptime proof, from its database.
    ///
    /// # Errors
    /// Names the database; a missed quorum is told apart as the draw's or the witnesses'.
    pub fn input(&self, db: &Path) -> miette::Result<UptimeInput> {
        export::uptime_input(db, &self.public, &self.directory, &self.device)
            .map_err(|error| explained(error, db))
    }
}

impl CollectedArgs {
    fn open(&self) -> miette::Result<Opened> {
        let file = KeyFile::read(&self.key).into_diagnostic()?;
        file.expect_role(Role::Device).into_diagnostic()?;
        Opened::read(&self.epoch, &self.directory, file.public_key(), file.owner())
    }
}

/// An error of the export, with the database's name.
fn explained(error: export::ExportError, db: &Path) -> miette::Report {
    miette::Report::from_err(error).wrap_err(format!("reading {}", db.display()))
}
