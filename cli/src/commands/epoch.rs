//! `popw epoch`.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Args as ClapArgs, Subcommand};
use miette::{IntoDiagnostic, WrapErr};
use popw_core::Fr;
use popw_core::document::{BeaconSource, EpochPublic};
use popw_network::database::{self, Create};
use popw_network::epoch::directory::{Epoch, EpochDirectory};
use popw_network::epoch::{self, Standing};
use popw_network::files::{self, Access, Content, DOCUMENT_LIMIT, Overwrite, Plan};
use popw_network::policy::Policy;
use popw_network::registry::Registry;
use serde::Serialize;

use super::network::NetworkArgs;
use super::{Outcome, beacon, network};
use crate::text;
use crate::ui::Ui;

mod draw;

pub use draw::DeviceName;
use draw::{Draw, Odds};

const WHAT: &str = "published epoch";

/// Epochs: fixing roots and rules before, closing them after.
#[derive(ClapArgs)]
pub struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Fix an epoch's registry and rules, and open it with its beacon.
    Snapshot(Snapshot),
    /// Add the closing beacon after the epoch's end: claims can be proven then.
    Close(Close),
    /// Show a published epoch, check it, and say who was drawn.
    #[command(visible_alias = "verify")]
    Show(Show),
}

#[derive(ClapArgs)]
#[command(after_help = "Examples:
  popw epoch snapshot --epoch 0 --opening round.json
  popw epoch snapshot --network garden.toml --registry garden.db --epoch 3 --opening round.json \\
      --out epochs/3-public.json --directory epochs/3-directory.json

Which round opens an epoch, and where to get it: popw beacon rounds --epoch 3.
Publish both files: daemons, provers and verifiers of the network work from them.")]
struct Snapshot {
    #[command(flatten)]
    network: NetworkArgs,
    /// The registry's database.
    #[arg(long, value_name = "FILE", default_value = "registry.db")]
    registry: PathBuf,
    /// The epoch.
    #[arg(long)]
    epoch: u32,
    /// The opening beacon: a drand round as its HTTP API gives it, or a value of `popw beacon`.
    #[arg(long, value_name = "FILE")]
    opening: PathBuf,
    /// The closing beacon, if there is one already.
    #[arg(long, value_name = "FILE")]
    closing: Option<PathBuf>,
    /// Where to write the published epoch.
    #[arg(long, value_name = "FILE", default_value = "epoch-public.json")]
    out: PathBuf,
    /// Where to write the members with their addresses, which the daemons need.
    #[arg(long, value_name = "FILE", default_value = "epoch-directory.json")]
    directory: PathBuf,
    /// Replace existing files.
    #[arg(long)]
    force: bool,
}

#[derive(ClapArgs)]
#[command(after_help = "Examples:
  popw epoch close --closing round.json
  popw epoch close --epoch epochs/3-public.json --closing round.json --network garden.toml")]
struct Close {
    #[command(flatten)]
    network: NetworkArgs,
    /// The published epoch; it is replaced in one step.
    #[arg(long, value_name = "FILE", default_value = "epoch-public.json")]
    epoch: PathBuf,
    /// The closing beacon.
    #[arg(long, value_name = "FILE")]
    closing: PathBuf,
    /// Write here instead of replacing the published epoch.
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

#[derive(ClapArgs)]
#[command(after_help = "Examples:
  popw epoch show
  popw epoch show --epoch epochs/3-public.json --directory epochs/3-directory.json --device device.key

With the directory, all four roots are rebuilt from its lists; without it, only the epoch's own fields are checked
against the network's policy.")]
struct Show {
    #[command(flatten)]
    network: NetworkArgs,
    /// The published epoch.
    #[arg(long, value_name = "FILE", default_value = "epoch-public.json")]
    epoch: PathBuf,
    /// Its directory; without it, roots cannot be checked and committees cannot be shown.
    #[arg(long, value_name = "FILE")]
    directory: Option<PathBuf>,
    /// Only this device: its key file or its index in the directory.
    #[arg(long, value_name = "KEY FILE|INDEX", requires = "directory")]
    device: Option<DeviceName>,
}

/// What the commands print.
#[derive(Serialize)]
struct Shown<'a> {
    path: &'a Path,
    epoch: &'a EpochPublic,
    closed: bool,
    caveats: &'a [&'static str],
    #[serde(skip_serializing_if = "Option::is_none")]
    devices: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    sectors: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    allotments: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    odds: Option<Odds>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    draws: Vec<Draw>,
}

/// Runs the command.
pub fn run(args: Args, ui: &Ui) -> Outcome {
    match args.command {
        Command::Snapshot(command) => snapshot(&command, ui),
        Command::Close(command) => close(&command, ui),
        Command::Show(command) => show(&command, ui),
    }
}

/// Reads a published epoch.
///
/// # Errors
/// Names the file and the field that does not fit.
pub fn read(path: &Path) -> miette::Result<EpochPublic> {
    files::read_document(path, WHAT, DOCUMENT_LIMIT).into_diagnostic()
}

/// Reads a published epoch with its directory, checked against each other.
///
/// # Errors
/// As [`read`]; a directory that is not this epoch's.
pub fn read_with_directory(path: &Path, directory: &Path) -> miette::Result<Epoch> {
    let members = EpochDirectory::read(directory).into_diagnostic()?;
    Epoch::new(read(path)?, members)
        .into_diagnostic()
        .wrap_err_with(|| format!("{} does not fit {}", directory.display(), path.display()))
}

fn snapshot(command: &Snapshot, ui: &Ui) -> Outcome {
    let policy = command.network.read()?;
    let domain = policy.domain().into_diagnostic()?;
    let opening = beacon::read(&policy, &command.opening)?;
    let closing = command.closing.as_deref().map(|file| beacon::read(&policy, file));
    let registry = Registry::open(&command.registry, &domain, Create::No).into_diagnostic()?;
    let taken_at = policy.clock().snapshot_at(command.epoch);
    if text::now_unix_ms() < taken_at {
        ui.warn(&format!(
            "registrations can still change this epoch until {}: take the snapshot again then",
            text::moment(taken_at)
        ));
    }
    let overwrite = Overwrite::forced(command.force);
    let read = [Some(&command.network.network), Some(&command.opening), command.closing.as_ref()];
    let mut plan = Plan::new(overwrite)
        .reading(read.into_iter().flatten().map(PathBuf::as_path))
        .reading(database::files(&command.registry));
    plan.check(&command.directory, Content::file("epoch directory")).into_diagnostic()?;
    plan.check(&command.out, Content::file(WHAT)).into_diagnostic()?;
    let public = epoch::snapshot(&registry, &policy, command.epoch, opening, closing.transpose()?)
        .into_diagnostic()?;
    EpochDirectory::write_from(&registry, &public, &command.directory, overwrite).into_diagnostic()?;
    // Last, and only if the other one could be written: whoever finds it finds both.
    files::write_json(&command.out, WHAT, &public, overwrite, Access::Public).into_diagnostic()?;
    ui.note(&format!("Written: {} and {}", command.out.display(), command.directory.display()));
    let epoch = read_with_directory(&command.out, &command.directory)?;
    print(&command.out, epoch.public(), &policy, Some((&epoch, None)), ui)
}

fn close(command: &Close, ui: &Ui) -> Outcome {
    let policy = command.network.read()?;
    let public = read(&command.epoch)?;
    let closing = beacon::read(&policy, &command.closing)?;
    let closed = epoch::close(&public, &policy, closing)
        .into_diagnostic()
        .wrap_err_with(|| format!("{} cannot be closed", command.epoch.display()))?;
    let ends = policy.clock().epoch_end(public.epoch);
    if text::now_unix_ms() < ends && public.opening.source != BeaconSource::Drand {
        ui.warn(&format!("the epoch ends {}: its closing beacon is known too early", text::moment(ends)));
    }
    let (out, overwrite) = match &command.out {
        Some(out) => (out, Overwrite::No),
        None => (&command.epoch, Overwrite::Yes),
    };
    files::write_json(out, WHAT, &closed, overwrite, Access::Public).into_diagnostic()?;
    ui.note(&format!("Written: {}", out.display()));
    print(out, &closed, &policy, None, ui)
}

fn show(command: &Show, ui: &Ui) -> Outcome {
    let policy = command.network.read()?;
    let Some(directory) = &command.directory else {
        return print(&command.epoch, &read(&command.epoch)?, &policy, None, ui);
    };
    let epoch = read_with_directory(&command.epoch, directory)?;
    let device = match &command.device {
        Some(device) => Some(device.find(&epoch)?),
        None => None,
    };
    print(&command.epoch, epoch.public(), &policy, Some((&epoch, device)), ui)
}

fn print(
    path: &Path,
    public: &EpochPublic,
    policy: &Policy,
    members: Option<(&Epoch, Option<u32>)>,
    ui: &Ui,
) -> Outcome {
    let Standing { closed, caveats } = epoch::verify(public, policy)
        .into_diagnostic()
        .wrap_err_with(|| format!("{} is not an epoch of this network", path.display()))?;
    for caveat in &caveats {
        ui.warn(caveat);
    }
    let shown = Shown {
        path,
        epoch: public,
        closed,
        caveats: &caveats,
        devices: members.map(|(epoch, _)| epoch.directory().devices.len()),
        sectors: members.map(|(epoch, _)| epoch.directory().sectors.len()),
        allotments: members.map(|(epoch, _)| epoch.directory().allotments.len()),
        // Without witnesses nobody is drawn.
        odds: members.filter(|_| public.rules.n_w > 0).map(|(epoch, _)| Odds::of(epoch)),
        draws: members.map_or_else(Vec::new, |(epoch, device)| Draw::all(epoch, device)),
    };
    for draw in &shown.draws {
        for miss in draw.misses(&public.rules) {
            ui.warn(&miss);
        }
    }
    ui.result(&shown, || describe(&shown, policy, ui));
    Ok(ExitCode::SUCCESS)
}

fn describe(shown: &Shown<'_>, policy: &Policy, ui: &Ui) -> String {
    let (public, rules) = (shown.epoch, shown.epoch.rules);
    let made = |beacon| {
        beacon::made_at(policy, beacon).map_or(String::new(), |at| format!(", made {}", text::moment(at)))
    };
    let members = match (shown.devices, shown.sectors, shown.allotments) {
        (Some(devices), Some(sectors), Some(allotments)) => format!(
            "{}, {} witnesses, {}, {}",
            text::count(devices, "device"),
            rules.n_w,
            text::count(sectors, "sector"),
            text::count(allotments, "allotment")
        ),
        _ => format!("{} witnesses", rules.n_w),
    };
    let closing = match &public.closing {
        Some(beacon) => format!("{} {}{}", beacon.source.as_str(), beacon.round, made(beacon)),
        None => "not yet: no claim can be proven until then".into(),
    };
    let mut out = format!(
        "Epoch {} of the network {}, {}\n  members     {members}\n  rules       {} of {} witnesses of different owners, \
         gaps of at most {} of {} slots of {},\n              {}, {}\n  opening     {} {}{}\n  closing     {closing}\n  \
         device root     {}\n  witness root    {}\n  sector root     {}\n  allotment root  {}",
        public.epoch,
        text::shown(&public.network),
        text::moment(public.start_unix_ms),
        rules.q,
        rules.k,
        rules.max_gap,
        rules.slots,
        text::span(public.slot_ms.into()),
        network::batches(rules.batches),
        network::min_rate(rules.min_rate),
        public.opening.source.as_str(),
        public.opening.round,
        made(&public.opening),
        popw_core::field::to_decimal(&public.roots.device),
        popw_core::field::to_decimal(&public.roots.witness),
        root(public.roots.sector, "no sector"),
        root(public.roots.allotment, "no allotment"),
    );
    if let Some(odds) = &shown.odds {
        out += &odds.describe(&rules);
    }
    for draw in &shown.draws {
        out += &draw.describe();
    }
    if let Some(hidden) =
        shown.devices.and_then(|devices| devices.checked_sub(draw::MOST_SHOWN)).filter(|n| *n > 0)
        && shown.draws.len() > 1
    {
        ui.note(&format!("({hidden} more devices: name one with --device)"));
    }
    out
}

/// A root that is 0 when there is nothing below it.
fn root(root: Fr, none: &str) -> String {
    if root == Fr::from(0u64) { format!("0: {none}") } else { popw_core::field::to_decimal(&root) }
}
