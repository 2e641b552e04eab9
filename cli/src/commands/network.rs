//! `popw network`.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::{Duration, UNIX_EPOCH};

use clap::{Args as ClapArgs, Subcommand, ValueEnum};
use miette::{IntoDiagnostic, WrapErr, miette};
use popw_core::{document::EpochPublic, draw};
use popw_network::beacon::DrandChain;
use popw_network::files::Overwrite;
use popw_network::policy::{Pays, Policy, Shape, SourceName, Timing};
use popw_verifier::due::Window;
use serde::Serialize;

use super::{Outcome, ShapeArg};
use crate::text;
use crate::ui::Ui;

/// A network's policy: slots, committee, quorum, beacon, clock.
#[derive(ClapArgs)]
pub struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Write a new network.toml.
    Init(Box<Init>),
    /// Check a network.toml and say what it means.
    Show(Show),
}

/// The policy of the network that a command works in. To be flattened into a command's arguments.
#[derive(ClapArgs, Clone, Debug)]
pub struct NetworkArgs {
    /// The network's policy.
    #[arg(long, value_name = "FILE", default_value = "network.toml", env = "POPW_NETWORK")]
    pub network: PathBuf,
}

impl NetworkArgs {
    /// Reads and validates it.
    ///
    /// # Errors
    /// Names the field that does not fit.
    pub fn read(&self) -> miette::Result<Policy> {
        Policy::read(&self.network).into_diagnostic()
    }
}

/// The policy that says until when an epoch's claims are taken, for commands that need none otherwise.
#[derive(ClapArgs, Clone, Debug)]
pub struct WindowArgs {
    /// The network's policy [default: network.toml here, if it is that of the epoch's network]. With it, you are warned when
    /// the epoch's answer window is closed.
    #[arg(long, value_name = "FILE", env = "POPW_NETWORK")]
    network: Option<PathBuf>,
}

impl WindowArgs {
    /// The policy's file, if one is given or here.
    pub fn file(&self) -> Option<&Path> {
        let here = Path::new("network.toml");
        self.network.as_deref().or_else(|| here.is_file().then_some(here))
    }

    /// Warns when nothing about the epoch is taken any more, before any work is done for it.
    ///
    /// # Errors
    /// Names the field of a policy that was given and does not fit; a policy of another network.
    pub fn look(&self, epoch: &EpochPublic, ui: &Ui) -> miette::Result<()> {
        let Some(path) = self.file() else { return Ok(()) };
        let policy = match Policy::read(path) {
            Ok(policy) if policy.domain_id == epoch.domain_id => policy,
            // What lies here unasked may be anything.
            _ if self.network.is_none() => return Ok(()),
            Ok(policy) => {
                return Err(miette!(
                    help = "name the policy of the epoch's network, or leave it out",
                    "{} is the policy of the network {}, and the epoch is of {}",
                    path.display(),
                    policy.domain_id,
                    epoch.domain_id
                ));
            }
            Err(error) => return Err(error).into_diagnostic(),
        };
        let window = Window::at(text::now_unix_ms(), &policy.clock().answer_window(epoch.epoch));
        if let Window::Closed { closed_unix_ms } = window {
            ui.warn(&format!(
                "the network takes no claims about epoch {} any more: its answer window closed at {} (if that is wrong, so \
                 is this clock)",
                epoch.epoch,
                text::moment(closed_unix_ms)
            ));
        }
        Ok(())
    }
}

#[derive(ClapArgs)]
#[command(after_help = "Examples:
  popw network init --name garden --shape demo --genesis +2m
  popw network init --name city --domain eip155:1:0x00000000000000000000000000000000000000aa \\
      --genesis 2027-01-01T00:00:00Z
  popw network init --name bench --beacon file --slots 12 --slot-ms 500 --quorum 2 --seats 3")]
struct Init {
    /// Where to write it.
    #[arg(long, value_name = "FILE", default_value = "network.toml")]
    out: PathBuf,
    /// A name for people.
    #[arg(long, default_value = "popw")]
    name: String,
    /// The one contract that keeps the nullifiers, as CAIP-10 in lower case; `local` for a new random domain.
    #[arg(long, value_name = "CAIP-10|local", default_value = "local")]
    domain: String,
    /// The circuits' size: at most 24 slots and 5 seats, or 240 slots and 8 seats.
    #[arg(long, default_value = "standard", value_parser = ShapeArg::named())]
    shape: ShapeArg,
    /// Which claims are paid: uptime, storage and bandwidth by themselves, all of it in one work claim, or possession of stored
    /// data alone, for which the network needs no witnesses.
    #[arg(long, default_value = "singles")]
    pays: PaysName,
    /// Start of epoch 0: RFC 3339 in UTC, Unix seconds, or from now (`+30s`, `+2h`). If not given: soon, in minutes
    /// (demo) or an hour (standard).
    #[arg(long, value_name = "TIME")]
    genesis: Option<String>,
    /// Slots in an epoch; if not given, as many as the shape has.
    #[arg(long, value_name = "NUMBER")]
    slots: Option<u32>,
    /// Length of a slot in milliseconds; a second (demo) or a minute (standard), if not given.
    #[arg(long, value_name = "MS")]
    slot_ms: Option<u32>,
    /// Witnesses drawn for each device and epoch, k; as many as the shape has, if not given.
    #[arg(long, value_name = "NUMBER", visible_alias = "committee")]
    seats: Option<u32>,
    /// Witnesses who must have seen a slot for it to be up, q; a majority, if not given.
    #[arg(long, value_name = "NUMBER")]
    quorum: Option<u32>,
    /// Longest run of down slots that still earns; a quarter (demo) or an eighth of the slots, if not given.
    #[arg(long, value_name = "SLOTS")]
    max_gap: Option<u32>,
    /// Claims of storage, bandwidth or work per device and epoch, B: a sector or allotment belongs to the claim of its
    /// number mod B. More than 1 when devices have more of them than one claim's circuit holds.
    #[arg(long, value_name = "NUMBER", default_value_t = 1)]
    batches: u32,
    /// Least certified rate that earns, in 0.1 Mbit/s: below it, neither the rate nor served bytes count.
    #[arg(long, value_name = "RATE", default_value_t = 0)]
    min_rate: u32,
    /// Where randomness comes from. `chain` and `file` are for development: their values can be chosen.
    #[arg(long, value_name = "SOURCE", default_value = "drand-quicknet")]
    beacon: BeaconName,
    /// Accept any verified drand rounds in order, instead of those of the epoch's time. For demonstrations.
    #[arg(long)]
    recorded_rounds: bool,
    /// How long before an epoch its registry is taken, such as `20m`.
    #[arg(long, value_name = "TIME", value_parser = millis)]
    snapshot_lead: Option<u64>,
    /// Least time between snapshot and opening beacon, such as `10m`.
    #[arg(long, value_name = "TIME", value_parser = millis)]
    beacon_delay: Option<u64>,
    /// How long after its end an epoch's claims are accepted, such as `4h`.
    #[arg(long, value_name = "TIME", value_parser = millis)]
    answer_window: Option<u64>,
    /// Replace an existing file.
    #[arg(long)]
    force: bool,
}

#[derive(ClapArgs)]
#[command(after_help = "Examples:\n  popw network show\n  popw network show --network garden.toml --json")]
struct Show {
    #[command(flatten)]
    network: NetworkArgs,
}

#[derive(Clone, Copy, ValueEnum)]
enum PaysName {
    Singles,
    Work,
    Possession,
}

#[derive(Clone, Copy, ValueEnum)]
enum BeaconName {
    /// drand's quicknet: a round every 3 seconds.
    DrandQuicknet,
    /// drand's default network: a round every 30 seconds.
    DrandDefault,
    /// A block's value; its proposer can bias it.
    Chain,
    /// A value from a file; whoever writes it chooses.
    File,
}

/// What both commands print.
#[derive(Serialize)]
struct Shown<'a> {
    path: &'a PathBuf,
    digest: String,
    policy: &'a Policy,
}

/// Runs the command.
pub fn run(args: Args, ui: &Ui) -> Outcome {
    let (path, policy) = match args.command {
        Command::Init(init) => {
            let policy = init.policy()?;
            policy.write(&init.out, Overwrite::forced(init.force)).into_diagnostic()?;
            ui.note(&format!(
                "Written: {}. Everyone in the network uses this same file.",
                init.out.display()
            ));
            if policy.clock().epoch_start(0) < text::now_unix_ms() {
                ui.warn("epoch 0 has begun already: registrations made now act two epochs later");
            }
            (init.out, policy)
        }
        Command::Show(show) => {
            let policy = show.network.read()?;
            (show.network.network, policy)
        }
    };
    if let Some(caveat) = policy.source().into_diagnostic()?.caveat() {
        ui.warn(caveat);
    }
    let shown = Shown { path: &path, digest: hex::encode(policy.digest()), policy: &policy };
    ui.result(&shown, || describe(&shown));
    Ok(ExitCode::SUCCESS)
}

impl Init {
    fn policy(&self) -> miette::Result<Policy> {
        let shape = match self.shape {
            ShapeArg::Demo => Shape::Demo,
            ShapeArg::Standard => Shape::Standard,
        };
        let now = text::now_unix_ms();
        let genesis = match &self.genesis {
            Some(text) => moment(text, now).wrap_err("--genesis")?,
            // A full minute: time for keys and registrations, and readable.
            None => (now / MINUTE_MS + if shape == Shape::Demo { 3 } else { 60 }) * MINUTE_MS,
        };
        let mut policy = Policy::new(&self.name, shape, genesis);
        policy.pays = match self.pays {
            PaysName::Singles => Pays::Singles,
            PaysName::Work => Pays::Work,
            PaysName::Possession => Pays::Possession,
        };
        let usual = policy.rules.clone();
        let rules = &mut policy.rules;
        rules.slots = self.slots.unwrap_or(usual.slots);
        rules.committee = self.seats.unwrap_or(usual.committee);
        // A majority of the committee, and the usual share of the epoch.
        rules.quorum = self.quorum.unwrap_or(rules.committee / 2 + 1);
        rules.max_gap = self.max_gap.unwrap_or(rules.slots * usual.max_gap / usual.slots);
        rules.batches = self.batches;
        rules.min_rate = self.min_rate;
        policy.clock.slot_ms = self.slot_ms.unwrap_or(policy.clock.slot_ms);
        if self.domain != "local" {
            policy.domain_id.clone_from(&self.domain);
        }
        self.set_beacon(&mut policy);
        Ok(policy)
    }

    fn set_beacon(&self, policy: &mut Policy) {
        let epoch_ms = policy.clock().epoch_ms();
        let (source, drand) = match self.beacon {
            BeaconName::DrandQuicknet => (SourceName::Drand, Some(DrandChain::quicknet())),
            BeaconName::DrandDefault => (SourceName::Drand, Some(DrandChain::default_network())),
            BeaconName::Chain => (SourceName::Chain, None),
            BeaconName::File => (SourceName::File, None),
        };
        let period_ms = drand.as_ref().map_or(0, |chain| u64::from(chain.period_s) * 1000);
        // The usual lead, but no longer than registrations of the epoch before can wait.
        let (lead, delay) = (&mut policy.registry.snapshot_lead_ms, &mut policy.beacon.delay_ms);
        *lead = self.snapshot_lead.unwrap_or((*lead).min(epoch_ms));
        *delay = self.beacon_delay.unwrap_or((*delay).min(lead.saturating_sub(period_ms)));
        policy.beacon.source = source;
        policy.beacon.drand = drand;
        if self.recorded_rounds {
            policy.beacon.timing = Timing::Recorded;
        }
        if let Some(window) = self.answer_window {
            policy.clock.answer_window_ms = window;
        }
    }
}

fn describe(shown: &Shown<'_>) -> String {
    let policy = shown.policy;
    let (rules, clock) = (&policy.rules, policy.clock());
    let beacon = match (&policy.beacon.drand, policy.beacon.timing, policy.beacon.source) {
        (Some(chain), Timing::Scheduled, _) => {
            format!("drand {}, the rounds of each epoch's time", text::shown(&chain.beacon_id))
        }
        (Some(chain), Timing::Recorded, _) => {
            format!(
                "drand {}, recorded rounds: demonstrations only, anyone can know them beforehand",
                text::shown(&chain.beacon_id)
            )
        }
        (None, _, SourceName::Chain) => "a chain's value: development, a proposer can bias it".into(),
        (None, ..) => "a value from a file: development, whoever writes it chooses".into(),
    };
    let captured = |share| text::percent(draw::capture_odds(rules.committee, rules.quorum, share));
    format!(
        "Network {name} ({domain})\n\
         \x20 shape       {shape}\n\
         \x20 epochs      {slots} slots of {slot}, {epoch} in all; epoch 0 starts {start}\n\
         \x20 up          a slot is up when {q} of {k} drawn witnesses of different owners saw it;\n\
         \x20             more than {gap} down slots in a row, and the epoch's uptime counts as 0\n\
         \x20 storage     {batches}\n\
         \x20 bandwidth   {min_rate}\n\
         \x20 captured    someone with 10 / 20 / 33 % of the witness seats controls a committee with\n\
         \x20             probability {ten} / {twenty} / {third}\n\
         \x20 registry    taken {lead} before each epoch; registrations act {delay} epochs later\n\
         \x20 beacon      {beacon}\n\
         \x20 claims      {pays}, accepted for {window} after an epoch\n\
         \x20 digest      {digest}",
        name = policy.name,
        domain = policy.domain_id,
        shape = policy.shape.name(),
        slots = rules.slots,
        slot = text::span(clock.slot_ms.into()),
        epoch = text::span(clock.epoch_ms()),
        start = text::moment(clock.genesis_unix_ms),
        q = rules.quorum,
        k = rules.committee,
        gap = rules.max_gap,
        ten = captured(0.1),
        twenty = captured(0.2),
        third = captured(0.33),
        batches = batches(rules.batches),
        min_rate = min_rate(rules.min_rate),
        lead = text::span(clock.snapshot_lead_ms),
        delay = policy.registry.activation_delay,
        pays = match policy.pays {
            Pays::Singles => "uptime, storage and bandwidth, each by itself",
            Pays::Work => "all work in one",
            Pays::Possession => "possession of stored data alone, without witnesses",
        },
        window = text::span(clock.answer_window_ms),
        digest = shown.digest,
    )
}

/// B for people.
pub fn batches(batches: u32) -> String {
    match batches {
        1 => "1 claim of storage, bandwidth or work per device and epoch".into(),
        some => format!(
            "{some} claims of storage, bandwidth or work per device and epoch; what has number n belongs to claim n mod \
             {some}"
        ),
    }
}

/// The least rate for people.
pub fn min_rate(rate: u32) -> String {
    match rate {
        0 => "served bytes earn at any rate".into(),
        rate => {
            format!("served bytes earn at a certified rate of {}.{} Mbit/s or more", rate / 10, rate % 10)
        }
    }
}

const MINUTE_MS: u64 = 60_000;

/// A moment in one of the ways people write it.
fn moment(text: &str, now_unix_ms: u64) -> miette::Result<u64> {
    if let Some(later) = text.strip_prefix('+') {
        let later = millis(later).map_err(|reason| miette::miette!("{text:?}: {reason}"))?;
        // To the next full second: times are easier to read, and to repeat, without fractions.
        return Ok(now_unix_ms.saturating_add(later).div_ceil(1000).saturating_mul(1000));
    }
    if let Ok(seconds) = text.parse::<u64>() {
        return Ok(seconds.saturating_mul(1000));
    }
    let time = humantime::parse_rfc3339_weak(text).map_err(|error| {
        let help = "write 2027-01-01T00:00:00Z, Unix seconds, or +30s for half a minute from now";
        miette::miette!(help = help, "{text:?} is not a time ({error})")
    })?;
    Ok(time.duration_since(UNIX_EPOCH).map_or(0, as_millis))
}

fn millis(text: &str) -> Result<u64, String> {
    let duration = humantime::parse_duration(text);
    duration.map(as_millis).map_err(|error| format!("{error}; write it as 90s, 20m or 4h"))
}

fn as_millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::moment;

    #[test]
    fn moments_are_read_as_people_write_them() {
        assert_eq!(moment("+30s", 1_000).expect("later"), 31_000);
        assert_eq!(moment("1692803367", 0).expect("Unix time"), 1_692_803_367_000);
        assert_eq!(moment("2023-08-23T15:09:27Z", 0).expect("RFC 3339"), 1_692_803_367_000);
        assert_eq!(moment("2023-08-23 15:09:27", 0).expect("without letters"), 1_692_803_367_000);
        assert!(moment("tomorrow", 0).is_err());
        assert!(moment("+1 fortnight", 0).is_err());
    }
}
