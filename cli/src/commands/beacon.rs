//! `popw beacon`.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args as ClapArgs, Subcommand};
use miette::{IntoDiagnostic, WrapErr, miette};
use popw_core::document::Beacon;
use popw_network::beacon::{Source, Value};
use popw_network::files::Overwrite;
use popw_network::policy::Policy;
use serde::Serialize;

use super::Outcome;
use super::network::NetworkArgs;
use crate::text;
use crate::ui::Ui;

/// Public randomness: checking drand rounds, or values from elsewhere.
#[derive(ClapArgs)]
pub struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Check a beacon: a drand round's signature against the key that the network pins.
    Verify(Verify),
    /// Show which rounds open and close an epoch, and when they are made.
    Rounds(Rounds),
    /// Make a beacon from a chain's value (prevrandao). For development: a proposer can bias it.
    Chain(Chain),
    /// Make a beacon without a network, from this machine's random generator. For development: its maker can choose it.
    File(FromFile),
}

#[derive(ClapArgs)]
#[command(after_help = "Examples:
  popw beacon rounds --epoch 3     (which rounds the epoch needs, and where to get them)
  curl -s https://api.drand.sh/52db9ba7…/public/1000 > round.json
  popw beacon verify round.json --network network.toml")]
struct Verify {
    /// A round as drand's HTTP API gives it, or a value of `popw beacon chain` or `popw beacon file`.
    file: PathBuf,
    #[command(flatten)]
    network: NetworkArgs,
}

#[derive(ClapArgs)]
#[command(after_help = "Examples:\n  popw beacon rounds --epoch 3\n  popw beacon rounds --epoch 3 --json")]
struct Rounds {
    #[command(flatten)]
    network: NetworkArgs,
    /// The epoch.
    #[arg(long)]
    epoch: u32,
}

#[derive(ClapArgs)]
#[command(after_help = "Example:
  popw beacon chain --block 19000000 --out beacon.json \\
      --value 0x8b2f4a1d6c0e97531122334455667788990011223344556677889900aabbccdd")]
struct Chain {
    /// The block's number.
    #[arg(long, value_name = "NUMBER", visible_alias = "round")]
    block: u64,
    /// Its 32 bytes in hex.
    #[arg(long, value_name = "HEX", value_parser = bytes32)]
    value: [u8; 32],
    #[command(flatten)]
    out: OutArgs,
}

#[derive(ClapArgs)]
#[command(after_help = "Examples:
  popw beacon file --round 1 --out opening.json
  popw beacon file --round 2 --out closing.json")]
struct FromFile {
    /// A number that orders the values: the closing beacon's must be higher than the opening one's.
    #[arg(long, value_name = "NUMBER")]
    round: u64,
    /// 32 bytes in hex instead of random ones, so that a run can be repeated.
    #[arg(long, value_name = "HEX", value_parser = bytes32)]
    value: Option<[u8; 32]>,
    #[command(flatten)]
    out: OutArgs,
}

#[derive(ClapArgs)]
struct OutArgs {
    /// Where to write it.
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    /// Replace an existing file.
    #[arg(long)]
    force: bool,
}

/// Runs the command.
pub fn run(args: Args, ui: &Ui) -> Outcome {
    match args.command {
        Command::Verify(command) => verify(&command, ui),
        Command::Rounds(command) => rounds(&command, ui),
        Command::Chain(command) => {
            let value = Value { round: command.block, randomness: command.value };
            write(&value, &Source::Chain, &command.out, ui)
        }
        Command::File(command) => {
            let value = match command.value {
                Some(randomness) => Value { round: command.round, randomness },
                None => Value::random(command.round).into_diagnostic()?,
            };
            write(&value, &Source::File, &command.out, ui)
        }
    }
}

/// Reads a beacon of the network's source and verifies it.
///
/// # Errors
/// Names the file and what does not hold.
pub fn read(policy: &Policy, file: &std::path::Path) -> miette::Result<Beacon> {
    let source = policy.source().into_diagnostic()?;
    let beacon = source.read(file).into_diagnostic()?;
    source
        .verify(&beacon)
        .into_diagnostic()
        .wrap_err_with(|| format!("{} is not a beacon of this network", file.display()))?;
    Ok(beacon)
}

/// When a round is made, if its source has a clock.
pub fn made_at(policy: &Policy, beacon: &Beacon) -> Option<u64> {
    match policy.source() {
        Ok(Source::Drand(chain)) => Some(chain.round_time_ms(beacon.round)),
        _ => None,
    }
}

fn verify(command: &Verify, ui: &Ui) -> Outcome {
    let policy = command.network.read()?;
    let beacon = read(&policy, &command.file)?;
    let source = policy.source().into_diagnostic()?;
    if let Some(caveat) = source.caveat() {
        ui.warn(caveat);
    }
    ui.result(&beacon, || {
        let randomness = hex::encode(beacon.randomness);
        match (&source, made_at(&policy, &beacon)) {
            (Source::Drand(chain), Some(made)) => format!(
                "Round {} of drand {}, made {}: its signature holds for the pinned public key\n  randomness  {randomness}",
                beacon.round,
                text::shown(&chain.beacon_id),
                text::moment(made),
            ),
            _ => format!("Value {}: nothing to verify\n  randomness  {randomness}", beacon.round),
        }
    });
    Ok(ExitCode::SUCCESS)
}

/// One beacon that an epoch needs.
#[derive(Serialize)]
struct Needed {
    round: u64,
    made_unix_ms: u64,
    url: String,
}

/// What `rounds` prints.
#[derive(Serialize)]
struct Schedule {
    epoch: u32,
    snapshot_unix_ms: u64,
    start_unix_ms: u64,
    end_unix_ms: u64,
    opening: Option<Needed>,
    closing: Option<Needed>,
}

fn rounds(command: &Rounds, ui: &Ui) -> Outcome {
    let policy = command.network.read()?;
    let (clock, epoch) = (policy.clock(), command.epoch);
    let scheduled = policy.scheduled_rounds(epoch);
    let needed = |round: u64| match policy.source() {
        Ok(Source::Drand(chain)) => Some(Needed {
            round,
            made_unix_ms: chain.round_time_ms(round),
            url: format!("https://api.drand.sh/{}/public/{round}", hex::encode(chain.chain_hash)),
        }),
        _ => None,
    };
    let schedule = Schedule {
        epoch,
        snapshot_unix_ms: clock.snapshot_at(epoch),
        start_unix_ms: clock.epoch_start(epoch),
        end_unix_ms: clock.epoch_end(epoch),
        opening: scheduled.and_then(|(opening, _)| needed(opening)),
        closing: scheduled.and_then(|(_, closing)| needed(closing)),
    };
    ui.result(&schedule, || {
        let mut out = format!(
            "Epoch {epoch}: registry taken {}, slots from {} to {}",
            text::moment(schedule.snapshot_unix_ms),
            text::moment(schedule.start_unix_ms),
            text::moment(schedule.end_unix_ms)
        );
        for (name, needed) in [("opening", &schedule.opening), ("closing", &schedule.closing)] {
            if let Some(Needed { round, made_unix_ms, url }) = needed {
                out += &format!(
                    "\n  {name}  round {round}, made {}\n           {url}",
                    text::moment(*made_unix_ms)
                );
            }
        }
        if scheduled.is_none() {
            out += "\n  Any values from the network's source will do, in order: its policy fixes no rounds.";
        }
        out
    });
    Ok(ExitCode::SUCCESS)
}

fn write(value: &Value, source: &Source, out: &OutArgs, ui: &Ui) -> Outcome {
    value.write(&out.out, Overwrite::forced(out.force)).into_diagnostic()?;
    let caveat = source.caveat().ok_or_else(|| miette!("a drand round cannot be made by hand"))?;
    ui.warn(caveat);
    ui.result(value, || {
        let kind = source.kind().as_str();
        format!("Written: {}, value {} of a network with --beacon {kind}", out.out.display(), value.round)
    });
    Ok(ExitCode::SUCCESS)
}

fn bytes32(text: &str) -> Result<[u8; 32], String> {
    let mut bytes = [0; 32];
    let digits = text.strip_prefix("0x").unwrap_or(text);
    hex::decode_to_slice(digits, &mut bytes).map_err(|_| "32 bytes are 64 hex digits".to_owned())?;
    Ok(bytes)
}
