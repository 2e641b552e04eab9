//! `popw key`.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Args as ClapArgs, Subcommand};
use miette::{IntoDiagnostic, miette};
use popw_core::eddsa::PublicKey;
use popw_core::{Fr, identity};
use popw_network::keyfile::{DEFAULT_WORK_FACTOR, HIGHEST_WORK_FACTOR, KeyFile, Protection};
use popw_network::member::{EndpointId, Role};
use serde::Serialize;
use zeroize::Zeroizing;

use super::Outcome;
use crate::passphrase::{PassphraseArgs, warn_if_shared};
use crate::text;
use crate::ui::Ui;

/// Key files of devices, witnesses and clients.
#[derive(ClapArgs)]
pub struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Make a key and write its file, encrypted with a passphrase.
    New(New),
    /// Show what a key file says, without its secret.
    Show(Show),
    /// Re-encrypt an existing key file: with another passphrase, or for another use of memory.
    Passphrase(Passphrase),
}

/// How much work, and memory, a passphrase's key takes.
#[derive(ClapArgs)]
struct Work {
    /// log2 of scrypt's N. Opening the file takes 64 MiB of memory with 16; each step more doubles memory and time: 17 or 18
    /// are for machines that always have that much.
    #[arg(long, value_name = "N", default_value_t = DEFAULT_WORK_FACTOR,
        value_parser = clap::value_parser!(u8).range(i64::from(DEFAULT_WORK_FACTOR)..=i64::from(HIGHEST_WORK_FACTOR)))]
    work_factor: u8,
}

#[derive(ClapArgs)]
#[command(after_help = "Examples:
  popw key new --role device --owner 0x00000000000000000000000000000000000000d1 --out device.key
  popw key new --role witness --out witness.key --passphrase-file secret.txt
  popw key new --role device --out test.key --insecure-plaintext

One seed makes two keys: A, which signs and enters proofs, and the transport's key, by which others dial.
Keep a copy: without it, nothing that the device has earned can be proven.")]
struct New {
    /// What the key is for: device, witness or client.
    #[arg(long)]
    role: Role,
    /// Where to write it; an existing file is never overwritten.
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    /// The owner's account: 0x… or CAIP-10. It can also be given at registration.
    #[arg(long, value_name = "ACCOUNT", value_parser = account)]
    owner: Option<Fr>,
    #[command(flatten)]
    passphrase: PassphraseArgs,
    #[command(flatten)]
    work: Work,
    /// Write the seed unencrypted. For tests: whoever reads the file has the key.
    #[arg(long)]
    insecure_plaintext: bool,
    /// Derive the seed from a text, so that demonstrations can be repeated. Anyone who knows the text has the key.
    #[arg(long, hide = true, value_name = "TEXT", requires = "insecure_plaintext")]
    insecure_seed: Option<String>,
}

#[derive(ClapArgs)]
#[command(after_help = "Examples:\n  popw key show device.key\n  popw key show device.key --unlock --json")]
struct Show {
    /// The key file.
    file: PathBuf,
    /// Also unlock it, and check that everything in it belongs together.
    #[arg(long)]
    unlock: bool,
    #[command(flatten)]
    passphrase: PassphraseArgs,
}

#[derive(ClapArgs)]
#[command(after_help = "Examples:
  popw key passphrase device.key
  popw key passphrase device.key --keep --passphrase-file secret.txt
  popw key passphrase device.key --passphrase-file secret.txt --new-passphrase-file new.txt

--keep is for keys that take more memory than a board or a container has: one made with 256 MiB takes 64 MiB afterwards.
The key stays the same. The file is replaced in one step; copies of it keep the old passphrase.")]
struct Passphrase {
    /// The key file.
    file: PathBuf,
    #[command(flatten)]
    passphrase: PassphraseArgs,
    /// A file whose first line is the new passphrase; without it, you are asked for the passphrase.
    #[arg(long, value_name = "FILE", conflicts_with = "keep")]
    new_passphrase_file: Option<PathBuf>,
    /// Keep the passphrase, and only re-encrypt.
    #[arg(long)]
    keep: bool,
    #[command(flatten)]
    work: Work,
}

/// What all commands print. Nothing secret.
#[derive(Serialize)]
struct Shown<'a> {
    path: &'a Path,
    role: Role,
    public_key: PublicKey,
    endpoint: EndpointId,
    owner: Option<String>,
    encrypted: bool,
    /// What unlocking takes.
    #[serde(skip_serializing_if = "Option::is_none")]
    memory_mib: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    unlocked: Option<bool>,
}

/// Runs the command.
pub fn run(args: Args, ui: &Ui) -> Outcome {
    match args.command {
        Command::New(new) => make(&new, ui),
        Command::Show(show) => {
            let file = KeyFile::read(&show.file).into_diagnostic()?;
            if show.unlock {
                show.passphrase.open(&file, &show.file, ui)?;
            }
            warn_if_open(&file, &show.file, ui);
            print(&show.file, &file, show.unlock.then_some(true), ui);
            Ok(ExitCode::SUCCESS)
        }
        Command::Passphrase(command) => protect(&command, ui),
    }
}

/// Reads an account for clap.
pub fn account(text: &str) -> Result<Fr, String> {
    identity::account(text).map(|account| account.fr()).map_err(|error| error.to_string())
}

fn make(new: &New, ui: &Ui) -> Outcome {
    // Before a passphrase is asked for in vain.
    if new.out.exists() {
        let help = "choose another name, or move the old key to a safe place";
        return Err(miette!(
            help = help,
            "{} exists already, and a key is never overwritten",
            new.out.display()
        ));
    }
    if new.insecure_plaintext && new.passphrase.is_given() {
        let help = "leave out one of the two";
        return Err(miette!(
            help = help,
            "--insecure-plaintext uses no passphrase, but a passphrase file was given"
        ));
    }
    let chosen;
    let protection = if new.insecure_plaintext {
        Protection::InsecurePlaintext
    } else {
        chosen = new.passphrase.choose(ui)?;
        Protection::PassphraseWithWork(&chosen, new.work.work_factor)
    };
    let (file, _) = match &new.insecure_seed {
        Some(text) => {
            let seed =
                Zeroizing::new(blake3::derive_key("popw seed of a demonstration key 1", text.as_bytes()));
            KeyFile::create_from_seed(&new.out, new.role, new.owner, protection, seed)
        }
        None => KeyFile::create(&new.out, new.role, new.owner, protection),
    }
    .into_diagnostic()?;
    warn_if_open(&file, &new.out, ui);
    print(&new.out, &file, None, ui);
    Ok(ExitCode::SUCCESS)
}

fn protect(command: &Passphrase, ui: &Ui) -> Outcome {
    let file = KeyFile::read(&command.file).into_diagnostic()?;
    if command.keep && !file.is_encrypted() {
        let help = "leave out --keep, and choose one";
        return Err(miette!(help = help, "{} has no passphrase to keep", command.file.display()));
    }
    let (old, key) = command.passphrase.open_with(&file, &command.file, ui)?;
    let new = match old.filter(|_| command.keep) {
        Some(kept) => kept,
        None => PassphraseArgs::from_file(command.new_passphrase_file.clone()).choose(ui)?,
    };
    let protection = Protection::PassphraseWithWork(&new, command.work.work_factor);
    let file = file.protect(&key, protection).into_diagnostic()?;
    print(&command.file, &file, None, ui);
    Ok(ExitCode::SUCCESS)
}

/// Says so when a key is in the open, and the more when others may read it.
pub fn warn_if_open(file: &KeyFile, path: &Path, ui: &Ui) {
    if !file.is_encrypted() {
        ui.warn("this key is NOT encrypted: whoever reads the file can sign as its owner. For tests only");
        warn_if_shared(path, ui);
    }
}

fn print(path: &Path, file: &KeyFile, unlocked: Option<bool>, ui: &Ui) {
    let shown = Shown {
        path,
        role: file.role(),
        public_key: file.public_key(),
        endpoint: file.endpoint(),
        owner: file.owner().map(|owner| text::account(&owner)),
        encrypted: file.is_encrypted(),
        memory_mib: file
            .work_factor()
            .and_then(|work| 1u64.checked_shl(u32::from(work)))
            .map(|kib| kib >> 10),
        unlocked,
    };
    ui.result(&shown, || {
        let kept = match (shown.encrypted, unlocked) {
            (true, Some(_)) => "under a passphrase (age); it opens, and all fields belong together",
            (true, None) => "under a passphrase (age)",
            (false, _) => "IN THE OPEN",
        };
        let memory = shown.memory_mib.map_or(String::new(), |mib| format!("; unlocking takes {mib} MiB of memory"));
        format!(
            "Key of a {}: {}\n  A.x       {}\n  A.y       {}\n  endpoint  {}\n  owner     {}\n  kept      {kept}{memory}",
            shown.role,
            path.display(),
            popw_core::field::to_decimal(&shown.public_key.point.x),
            popw_core::field::to_decimal(&shown.public_key.point.y),
            shown.endpoint,
            shown.owner.as_deref().unwrap_or("none yet: give it at registration"),
        )
    });
}
