//! `popw registry`.

use std::net::{AddrParseError, SocketAddr};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args as ClapArgs, Subcommand};
use miette::{IntoDiagnostic, miette};
use popw_core::Fr;
use popw_core::eddsa::PublicKey;
use popw_network::database::Create;
use popw_network::files::{Content, Overwrite, Plan};
use popw_network::keyfile::KeyFile;
use popw_network::member::Role;
use popw_network::policy::Policy;
use popw_network::registry::{Registration, Registry, check_address};
use serde::Serialize;

use super::Outcome;
use super::key::account;
use super::network::NetworkArgs;
use crate::passphrase::PassphraseArgs;
use crate::text;
use crate::ui::Ui;

mod allotments;
mod device;
mod list;
mod sectors;

use allotments::AddAllotment;
use list::List;
use sectors::{AddSector, RemoveSector};

/// The registry: who takes part, since when, what devices store and what clients have bought.
#[derive(ClapArgs)]
pub struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Sign, offline, that you hold a key for this network: what the registry asks for.
    ProvePossession(ProvePossession),
    /// Add a member from its proof of possession.
    Add(Add),
    /// End a member's entry.
    Remove(Remove),
    /// Change where a member listens; takes effect at once.
    SetAddress(SetAddress),
    /// Add a sector: data that a device undertakes to keep.
    AddSector(AddSector),
    /// End a sector.
    RemoveSector(RemoveSector),
    /// Add an allotment: bytes that a client has paid for, from one device in one epoch.
    AddAllotment(AddAllotment),
    /// List members, sectors and allotments.
    List(List),
}

#[derive(ClapArgs)]
#[command(after_help = "Examples:
  popw registry prove-possession --key device.key --owner 0x00000000000000000000000000000000000000d1 \\
      --address 203.0.113.7:4433 --out possession.json
  popw registry prove-possession --network garden.toml --key witness.key --passphrase-file secret.txt")]
struct ProvePossession {
    #[command(flatten)]
    network: NetworkArgs,
    /// The key file.
    #[arg(long, value_name = "FILE")]
    key: PathBuf,
    /// The owner's account, if the key file names none: 0x… or CAIP-10.
    #[arg(long, value_name = "ACCOUNT", value_parser = account)]
    owner: Option<Fr>,
    /// Where the member listens; can be given several times. Devices need one unless discovery finds them.
    #[arg(long, value_name = "IP:PORT", visible_alias = "endpoint-address", value_parser = reachable)]
    address: Vec<SocketAddr>,
    /// Where to write the signed registration.
    #[arg(long, value_name = "FILE", default_value = "possession.json")]
    out: PathBuf,
    /// Replace an existing file.
    #[arg(long)]
    force: bool,
    #[command(flatten)]
    passphrase: PassphraseArgs,
}

#[derive(ClapArgs, Clone)]
struct DatabaseArgs {
    #[command(flatten)]
    network: NetworkArgs,
    /// The registry's database.
    #[arg(long, value_name = "FILE", default_value = "registry.db")]
    registry: PathBuf,
}

#[derive(ClapArgs)]
#[command(after_help = "Examples:
  popw registry add --possession possession.json
  popw registry add --registry garden.db --network garden.toml --possession device.json --address 127.0.0.1:4433

A registration made in epoch e acts from e + 2 (the policy's activation_delay); one made before epoch 0 is
snapshotted acts from epoch 0.")]
struct Add {
    #[command(flatten)]
    database: DatabaseArgs,
    /// The signed registration of `popw registry prove-possession`.
    #[arg(long, value_name = "FILE")]
    possession: PathBuf,
    /// Where the member listens, instead of the registration's addresses; can be given several times.
    #[arg(long, value_name = "IP:PORT", visible_alias = "endpoint-address", value_parser = reachable)]
    address: Vec<SocketAddr>,
    /// The first epoch in which it acts: no earlier than the policy allows.
    #[arg(long, value_name = "EPOCH", visible_alias = "epoch")]
    acts_from: Option<u32>,
}

/// Which entry is meant.
#[derive(ClapArgs)]
#[group(required = true, multiple = false)]
struct Which {
    /// The entry's number in the list.
    #[arg(long, value_name = "NUMBER")]
    entry: Option<i64>,
    /// The member's key file (it is not unlocked).
    #[arg(long, value_name = "FILE")]
    key: Option<PathBuf>,
}

#[derive(ClapArgs)]
#[command(
    after_help = "Examples:\n  popw registry remove --entry 4\n  popw registry remove --key device.key"
)]
struct Remove {
    #[command(flatten)]
    database: DatabaseArgs,
    #[command(flatten)]
    which: Which,
    /// The first epoch in which it no longer acts: no earlier than the policy allows.
    #[arg(long, value_name = "EPOCH", visible_alias = "epoch")]
    acts_from: Option<u32>,
}

#[derive(ClapArgs)]
#[command(after_help = "Example:\n  popw registry set-address --entry 4 --address 203.0.113.7:4433")]
struct SetAddress {
    #[command(flatten)]
    database: DatabaseArgs,
    #[command(flatten)]
    which: Which,
    /// Where it listens; can be given several times.
    #[arg(long, value_name = "IP:PORT", required = true, value_parser = reachable)]
    address: Vec<SocketAddr>,
}

/// Reads an address at which others reach a member, for clap.
fn reachable(text: &str) -> Result<SocketAddr, String> {
    let address = text.parse().map_err(|error: AddrParseError| error.to_string())?;
    check_address(&address).map_err(|error| error.to_string())?;
    Ok(address)
}

/// Runs the command.
pub fn run(args: Args, ui: &Ui) -> Outcome {
    match args.command {
        Command::ProvePossession(command) => prove_possession(command, ui),
        Command::Add(command) => add(command, ui),
        Command::Remove(command) => remove(command, ui),
        Command::SetAddress(command) => set_address(command, ui),
        Command::AddSector(command) => sectors::add(&command, ui),
        Command::RemoveSector(command) => sectors::remove(&command, ui),
        Command::AddAllotment(command) => allotments::add(&command, ui),
        Command::List(command) => list::list(&command, ui),
    }
}

impl DatabaseArgs {
    fn open(&self, create: Create) -> miette::Result<(Policy, Registry)> {
        let policy = self.network.read()?;
        let domain = policy.domain().into_diagnostic()?;
        let registry = Registry::open(&self.registry, &domain, create).into_diagnostic()?;
        Ok((policy, registry))
    }
}

impl Which {
    fn find(&self, registry: &Registry) -> miette::Result<PublicKey> {
        match (&self.key, self.entry) {
            (Some(key), _) => Ok(KeyFile::read(key).into_diagnostic()?.public_key()),
            (None, Some(number)) => device::by_number(registry, "--entry", number),
            (None, None) => Err(miette!("give --entry or --key")),
        }
    }
}

/// The epoch from which a change made now acts, or a later one that was asked for.
fn acts_from(policy: &Policy, asked: Option<u32>) -> miette::Result<u32> {
    let earliest = policy.acts_from(text::now_unix_ms());
    match asked {
        Some(asked) if asked < earliest => {
            let help =
                "an epoch's registry is fixed before it begins: leave out --acts-from for the earliest one";
            Err(miette!(
                help = help,
                "--acts-from {asked}: a change made now acts from epoch {earliest} at the earliest"
            ))
        }
        asked => Ok(asked.unwrap_or(earliest)),
    }
}

fn prove_possession(command: ProvePossession, ui: &Ui) -> Outcome {
    let policy = command.network.read()?;
    let read = [Some(command.key.as_path()), Some(&command.network.network), command.passphrase.file()];
    let overwrite = Overwrite::forced(command.force);
    let mut plan = Plan::new(overwrite).reading(read.into_iter().flatten());
    plan.check(&command.out, Content::stream("registration")).into_diagnostic()?;
    let file = KeyFile::read(&command.key).into_diagnostic()?;
    let key = command.passphrase.open(&file, &command.key, ui)?;
    let registration = Registration::prove(&key, &policy.domain_id, command.owner, command.address)
        .into_diagnostic()
        .map_err(|error| error.wrap_err(format!("cannot register the key {}", command.key.display())))?;
    registration.write(&command.out, overwrite).into_diagnostic()?;
    ui.result(&registration, || {
        format!(
            "Written: {}\n  {} {}, owner {}, for the network {} ({})\n  Hand it to whoever keeps the registry; it \
             holds no secret.",
            command.out.display(),
            registration.role,
            text::key(&registration.public_key),
            text::account(&registration.owner),
            policy.name,
            policy.domain_id,
        )
    });
    Ok(ExitCode::SUCCESS)
}

/// What `add` and `remove` print.
#[derive(Serialize)]
struct Changed {
    entry: i64,
    role: Role,
    public_key: PublicKey,
    owner: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    acts_from: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    acts_until: Option<u32>,
}

fn add(command: Add, ui: &Ui) -> Outcome {
    let mut registration = Registration::read(&command.possession).into_diagnostic()?;
    let (policy, mut registry) = command.database.open(Create::IfMissing)?;
    if !command.address.is_empty() {
        registration.addresses = command.address;
    }
    let from = acts_from(&policy, command.acts_from)?;
    let entry = registry
        .register(&registration, from)
        .into_diagnostic()
        .map_err(|error| error.wrap_err(format!("{} is not registered", command.possession.display())))?;
    if registration.role == Role::Device && registration.addresses.is_empty() {
        ui.warn("this device has no address: witnesses reach it only where iroh's discovery is in use");
    }
    let changed = Changed {
        entry,
        role: registration.role,
        public_key: registration.public_key,
        owner: text::account(&registration.owner),
        acts_from: Some(from),
        acts_until: None,
    };
    ui.result(&changed, || {
        format!(
            "Entry {entry}: {} {}, owner {}; acts from epoch {from} on ({})",
            changed.role,
            text::key(&changed.public_key),
            changed.owner,
            text::moment(policy.clock().epoch_start(from)),
        )
    });
    Ok(ExitCode::SUCCESS)
}

fn remove(command: Remove, ui: &Ui) -> Outcome {
    let (policy, mut registry) = command.database.open(Create::No)?;
    let key = command.which.find(&registry)?;
    let until = acts_from(&policy, command.acts_from)?;
    let member = registry.remove(&key, until).into_diagnostic()?;
    let until = until.max(member.active_from);
    let changed = Changed {
        entry: member.id,
        role: member.entry.role,
        public_key: key,
        owner: text::account(&member.entry.owner),
        acts_from: None,
        acts_until: Some(until),
    };
    ui.result(&changed, || {
        format!(
            "Entry {}: {} {} no longer acts from epoch {until} on",
            member.id,
            changed.role,
            text::key(&key)
        )
    });
    Ok(ExitCode::SUCCESS)
}

fn set_address(command: SetAddress, ui: &Ui) -> Outcome {
    let (_, mut registry) = command.database.open(Create::No)?;
    let key = command.which.find(&registry)?;
    registry.set_addresses(&key, &command.address).into_diagnostic()?;
    let shown = serde_json::json!({ "public_key": key, "addresses": command.address });
    ui.result(&shown, || format!("{} listens at {}", text::key(&key), addresses(&command.address)));
    Ok(ExitCode::SUCCESS)
}

fn addresses(addresses: &[SocketAddr]) -> String {
    match addresses {
        [] => "-".into(),
        some => some.iter().map(ToString::to_string).collect::<Vec<_>>().join(", "),
    }
}
