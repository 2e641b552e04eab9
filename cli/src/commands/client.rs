//! `popw client`.

use std::cell::Cell;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use clap::{Args as ClapArgs, Subcommand};
use miette::{IntoDiagnostic, miette};
use popw_agent::client::{self, Config, FetchError, Fetched};
use popw_agent::clock::Clock;
use popw_agent::keys::Keys;
use popw_agent::transport::Transport;
use popw_core::Fr;
use popw_core::babyjub::Point;
use popw_core::eddsa::PublicKey;
use popw_core::field;
use popw_network::epoch::directory::{DirectoryEntry, EpochDirectory};
use popw_network::keyfile::KeyFile;
use popw_network::member::Role;
use popw_prover::progress::ProgressSink;

use super::key::account;
use super::{Outcome, epoch};
use crate::daemon;
use crate::describe::bytes;
use crate::passphrase::PassphraseArgs;
use crate::ui::Ui;

/// Bytes after which the bar moves.
const BAR_STEP: u64 = 256 << 10;

/// Clients: who downloads, and signs for it.
#[derive(ClapArgs)]
pub struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Download content from a device with an allotment, verify it by BLAKE3, and sign for what was received.
    Fetch(Box<Fetch>),
}

#[derive(ClapArgs)]
#[command(after_help = "Examples:
  popw client fetch --key client.key --epoch epochs/3-public.json --directory epochs/3-directory.json \\
      --device 0 --content af1349b9f5f9a1a6a0404dea36dcc9499bcb25c9adc112b7cc9a93cae41f3262 --out film.mkv
  popw client fetch --key client.key --device device.key --out film.mkv --seq 7 \\
      --content af1349b9f5f9a1a6a0404dea36dcc9499bcb25c9adc112b7cc9a93cae41f3262

Every group of 16 KiB is verified as it arrives; receipts are signed for verified bytes only, after every MiB or second.
To resume an interrupted download, run the same command again. Keep the database: it records what was signed.")]
struct Fetch {
    /// The client's key file.
    #[arg(long, value_name = "FILE")]
    key: PathBuf,
    /// The owner's account, if the key file names none: 0x… or CAIP-10.
    #[arg(long, value_name = "ACCOUNT", value_parser = account)]
    owner: Option<Fr>,
    #[command(flatten)]
    passphrase: PassphraseArgs,
    /// The published epoch; it must be running.
    #[arg(long, value_name = "FILE", default_value = "epoch-public.json")]
    epoch: PathBuf,
    /// Its directory.
    #[arg(long, value_name = "FILE", default_value = "epoch-directory.json")]
    directory: PathBuf,
    /// The device that serves: its index in the directory, its public key (X,Y in decimal), or its key file.
    #[arg(long, value_name = "INDEX|X,Y|FILE")]
    device: String,
    /// BLAKE3 hash of the content, 64 hex digits.
    #[arg(long, value_name = "HEX", value_parser = content)]
    content: [u8; 32],
    /// Which allotment, if the client has several with the device.
    #[arg(long, value_name = "NUMBER")]
    seq: Option<u64>,
    /// Where to write it.
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    /// Replace an existing file.
    #[arg(long)]
    force: bool,
    /// The client's database; created if missing.
    #[arg(long, value_name = "FILE", default_value = "client.db")]
    db: PathBuf,
    /// The socket to dial from (UDP); if not given, it depends on the device's addresses.
    #[arg(long, value_name = "IP:PORT")]
    listen: Option<SocketAddr>,
    /// Use only the addresses in the directory: no relays, no discovery. Always so on loopback.
    #[arg(long)]
    direct: bool,
    /// Use this relay instead of iroh's public ones; can be given several times.
    #[arg(long, value_name = "URL", conflicts_with = "direct")]
    relay: Vec<String>,
    /// How long to wait for a device that does not answer.
    #[arg(long, value_name = "TIME", default_value = "30s", value_parser = humantime::parse_duration)]
    patience: Duration,
}

/// Runs the command.
pub fn run(args: Args, ui: &Ui) -> Outcome {
    let Command::Fetch(fetch) = args.command;
    let out = fetch.out.clone();
    let config = fetch.config(ui)?;
    let bar = ui.bar();
    let shown = Cell::new(0);
    let progress = |had: u64, total: u64| {
        if had >= shown.get() + BAR_STEP || had == total {
            shown.set(had);
            #[allow(clippy::cast_precision_loss, reason = "a bar has a thousand steps")]
            bar.report(&format!("{} of {}", bytes(had), bytes(total)), had as f64 / total.max(1) as f64);
        }
    };
    let fetched = daemon::run(|stop| async {
        tokio::select! {
            fetched = client::fetch(config, progress) => fetched,
            () = stop => Err(FetchError::Interrupted),
        }
    });
    drop(bar);
    let fetched: Fetched = fetched?;
    ui.result(&fetched, || {
        let Fetched { received, seq, cap, signed, acknowledged, .. } = fetched;
        let kept = if acknowledged >= signed {
            String::new()
        } else {
            format!("; the device has the receipt for {} of them", bytes(acknowledged))
        };
        format!(
            "{}: {}, {} of it received now and verified\n  allotment {seq}: signed for {} of {}{kept}",
            out.display(),
            bytes(fetched.bytes),
            bytes(received),
            bytes(signed),
            bytes(cap)
        )
    });
    Ok(ExitCode::SUCCESS)
}

impl Fetch {
    /// The files that are read, beside the database.
    fn files(&self) -> Vec<PathBuf> {
        let given = [&self.key, &self.epoch, &self.directory].map(|path| Some(path.as_path()));
        // It may be an index or a key as well.
        let device = Some(Path::new(&self.device)).filter(|path| path.is_file());
        given.into_iter().chain([device, self.passphrase.file()]).flatten().map(Path::to_path_buf).collect()
    }

    fn config(self, ui: &Ui) -> miette::Result<Config> {
        let read = self.files();
        let public = epoch::read(&self.epoch)?;
        let directory = EpochDirectory::read(&self.directory).into_diagnostic()?;
        let device = device(&directory, &self.device)?;
        let near = !device.addresses.is_empty() && device.addresses.iter().all(|at| at.ip().is_loopback());
        let ip = if near { Ipv4Addr::LOCALHOST } else { Ipv4Addr::UNSPECIFIED };
        let listen = self.listen.unwrap_or(SocketAddr::new(IpAddr::V4(ip), 0));
        let transport = match (listen.ip().is_loopback(), self.direct) {
            (true, _) => Transport::Loopback,
            (false, true) => Transport::Direct,
            (false, false) => Transport::Public { relays: self.relay },
        };
        let device = device.public_key;
        let key = self.passphrase.unlock(&self.key, Role::Client, ui)?;
        let owner = match (key.owner(), self.owner) {
            (Some(named), Some(given)) if named != given => {
                return Err(miette!("--owner is not the owner that {} names", self.key.display()));
            }
            (named, given) => named.or(given).ok_or_else(|| {
                let help = "give the allotment's account with --owner";
                miette!(help = help, "the key file {} names no owner", self.key.display())
            })?,
        };
        Ok(Config {
            keys: Keys::from_key(&key, owner),
            public,
            directory,
            device,
            seq: self.seq,
            content: self.content,
            out: self.out,
            overwrite: self.force,
            read,
            database: self.db,
            listen,
            transport,
            patience: self.patience,
            clock: Clock::system(),
        })
    }
}

/// The device that an index, a public key or a key file names.
fn device<'a>(directory: &'a EpochDirectory, text: &str) -> miette::Result<&'a DirectoryEntry> {
    let by_key = |key: PublicKey| directory.devices.iter().find(|entry| entry.public_key == key);
    let found = if let Ok(index) = text.parse::<usize>() {
        directory.devices.get(index)
    } else if let Some((x, y)) = text.split_once(',') {
        by_key(public_key(x, y).map_err(|problem| miette!("--device {text}: {problem}"))?)
    } else {
        by_key(KeyFile::read(text.as_ref()).into_diagnostic()?.public_key())
    };
    found.ok_or_else(|| {
        let help = "see `popw epoch show`";
        miette!(help = help, "epoch {} has no device {text}", directory.epoch)
    })
}

fn public_key(x: &str, y: &str) -> Result<PublicKey, String> {
    let coordinate = |text: &str| field::from_decimal(text.trim()).map_err(|error| error.to_string());
    let point = Point::new_unchecked(coordinate(x)?, coordinate(y)?);
    PublicKey::new(point).map_err(|error| error.to_string())
}

/// Reads a content's hash for clap.
fn content(text: &str) -> Result<[u8; 32], String> {
    let mut bytes = [0; 32];
    hex::decode_to_slice(text, &mut bytes).map_err(|_| "a BLAKE3 hash has 64 hex digits".to_owned())?;
    Ok(bytes)
}
