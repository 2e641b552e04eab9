//! `popw setup`.

use std::{fs, path::PathBuf, process::ExitCode, time::Instant};

use miette::{IntoDiagnostic, WrapErr};
use popw_circuits::claims::Kind;
use popw_prover::{claim, groth16::Entropy};
use popw_verifier::key::System;
use serde::Serialize;

use super::{Outcome, ShapeArg};
use crate::{
    describe,
    kinds::{KindArgs, PerKind},
    ui::Ui,
};

/// Make development keys for a claim.
#[derive(clap::Args)]
pub struct Args {
    #[command(subcommand)]
    claim: PerKind<KeyArgs>,
}

#[derive(clap::Args)]
#[command(after_help = "\
DEVELOPMENT KEYS: this machine knows their secrets while it makes them, so whoever runs this can forge proofs.
They are marked as such, and every verdict made with one says so. A network needs keys from a ceremony.

Examples:
  popw setup uptime --shape demo --system groth16 --keys keys/
  popw setup work --shape standard --system halo2 --keys keys/")]
struct KeyArgs {
    /// Size of the circuit.
    #[arg(long, value_enum, default_value = "demo")]
    shape: ShapeArg,
    /// Proof system.
    #[arg(long, value_enum)]
    system: super::SystemArg,
    /// Folder for the keys; created if missing. Keys of the same claim, shape and system are replaced.
    #[arg(long, value_name = "DIR", default_value = "keys")]
    keys: PathBuf,
    /// Take all randomness from this text instead of the system: anyone can compute the secrets. For tests.
    #[arg(long, value_name = "TEXT")]
    insecure_seed: Option<String>,
}

impl KindArgs for KeyArgs {
    fn about(kind: Kind) -> &'static str {
        match kind {
            Kind::Uptime => "Keys for uptime claims",
            Kind::Possession => "Keys for claims of possession of stored sectors",
            Kind::Bandwidth => "Keys for bandwidth claims",
            Kind::Work => "Keys for claims of all work at once",
        }
    }
}

#[derive(Serialize)]
struct Report {
    development: bool,
    key_digest: String,
    seconds: f64,
    files: Vec<FileReport>,
}

#[derive(Serialize)]
struct FileReport {
    path: PathBuf,
    bytes: u64,
}

/// Makes the keys.
pub fn run(args: Args, ui: &Ui) -> Outcome {
    let PerKind { kind, args } = args.claim;
    let KeyArgs { shape, system, keys, insecure_seed } = *args;
    let shape = shape.shape(kind);
    fs::create_dir_all(&keys)
        .into_diagnostic()
        .wrap_err_with(|| format!("making the folder {}", keys.display()))?;
    let entropy = match &insecure_seed {
        None => Entropy::System,
        Some(text) => Entropy::Seed(blake3::derive_key("popw setup seed, version 1", text.as_bytes())),
    };
    ui.warn("these are DEVELOPMENT keys: whoever made them can forge proofs; every verdict made with them says so");
    let started = Instant::now();
    let bar = ui.bar();
    let system = System::from(system);
    let made = claim::setup(&keys, &shape, system, &entropy, &bar).into_diagnostic()?;
    drop(bar);
    let mut files = Vec::new();
    for path in made.files {
        let bytes = fs::metadata(&path).into_diagnostic()?.len();
        files.push(FileReport { path, bytes });
    }
    let report = Report {
        development: true,
        key_digest: made.verifying_key.digest().to_string(),
        seconds: started.elapsed().as_secs_f64(),
        files,
    };
    ui.result(&report, || {
        let mut text = format!(
            "development keys for {}, shape {}, {}, in {:.1} s\n",
            kind.id(),
            shape.name,
            system.name(),
            report.seconds
        );
        for file in &report.files {
            text +=
                &format!("  {:<44} {:>12}\n", file.path.display().to_string(), describe::bytes(file.bytes));
        }
        text + &format!("  digest of the verifying key: {}", report.key_digest)
    });
    Ok(ExitCode::SUCCESS)
}
