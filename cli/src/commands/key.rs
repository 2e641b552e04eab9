//! `popw key`.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Args as ClapArgs, Subcommand};
use miette::{IntoDiagnostic, miette};
use popw_core::eddsa::PublicKey;
use popw_core::{Fr, identity};
use popw_network::keyfile::{KeyFile, Protection};
use popw_network::member::{EndpointId, Role};
use serde::Serialize;
use zeroize::Zeroizing;

use super::Outcome;
use crate::passphrase::PassphraseArgs;
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
    /// Write the seed in the open. For tests: whoever reads the file has the key.
    #[arg(long)]
    insecure_plaintext: bool,
    /// Derive the seed from a text, so that demonstrations repeat. Anyone who knows the text has the key.
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

/// What both commands print. Nothing secret.
#[derive(Serialize)]
struct Shown<'a> {
    path: &'a Path,
    role: Role,
    public_key: PublicKey,
    endpoint: EndpointId,
    owner: Option<String>,
    encrypted: bool,
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
            warn_if_open(&file, ui);
            print(&show.file, &file, show.unlock.then_some(true), ui);
            Ok(ExitCode::SUCCESS)
        }
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
        let help = "leave one of the two away";
        return Err(miette!(
            help = help,
            "--insecure-plaintext uses no passphrase, but a passphrase file is given"
        ));
    }
    let chosen;
    let protection = if new.insecure_plaintext {
        Protection::InsecurePlaintext
    } else {
        chosen = new.passphrase.choose(ui)?;
        Protection::Passphrase(&chosen)
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
    warn_if_open(&file, ui);
    print(&new.out, &file, None, ui);
    Ok(ExitCode::SUCCESS)
}

fn warn_if_open(file: &KeyFile, ui: &Ui) {
    if !file.is_encrypted() {
        ui.warn("this key is NOT encrypted: whoever reads the file can sign as its owner. For tests only");
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
        unlocked,
    };
    ui.result(&shown, || {
        let kept = match (shown.encrypted, unlocked) {
            (true, Some(_)) => "under a passphrase (age); it opens, and all fields belong together",
            (true, None) => "under a passphrase (age)",
            (false, _) => "IN THE OPEN",
        };
        format!(
            "Key of a {}: {}\n  A.x       {}\n  A.y       {}\n  endpoint  {}\n  owner     {}\n  kept      {kept}",
            shown.role,
            path.display(),
            popw_core::field::to_decimal(&shown.public_key.point.x),
            popw_core::field::to_decimal(&shown.public_key.point.y),
            shown.endpoint,
            shown.owner.as_deref().unwrap_or("none yet: give it at registration"),
        )
    });
}
