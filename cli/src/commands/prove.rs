//! `popw prove`.

use std::{
    path::{Path, PathBuf},
    process::ExitCode,
};

use miette::{IntoDiagnostic, miette};
use popw_circuits::claims::uptime::Shape;
use popw_core::{
    Fr,
    claim::PayeeOpening,
    document::{ProofEnvelope, UptimeInput},
    field, identity,
};
use popw_network::{
    files::{self, Access, DOCUMENT_LIMIT, Overwrite},
    keyfile::Key,
    member::Role,
};
use popw_prover::{
    groth16::{self, Check},
    uptime,
};
use popw_verifier::key::System;
use serde::Serialize;

use super::{Outcome, SystemArg, UptimeShape, device::Opened};
use crate::{describe, passphrase::PassphraseArgs, ui::Ui};

/// Prove a claim.
#[derive(clap::Args)]
pub struct Args {
    #[command(subcommand)]
    claim: Claim,
}

#[derive(clap::Subcommand)]
enum Claim {
    /// Prove a device's uptime in one epoch.
    #[command(after_help = "\
The input is a document (`popw schema uptime`), for networks with witnesses of their own, or the device daemon's
database. The secret key is in neither: it comes from --device-key, or from the file that the input names.

Examples:
  popw prove uptime --input epoch-uptime.json --device-key device.key --system groth16 --recipient 0x…
  popw prove uptime --db device.db --epoch epoch-public.json --directory epoch-directory.json \\
      --device-key device.key --system halo2 --recipient 0x… --out proof.json
  popw prove uptime --input epoch-uptime.json --system groth16 --dry-run")]
    Uptime(Box<UptimeArgs>),
}

#[derive(clap::Args)]
struct UptimeArgs {
    /// The documented input.
    #[arg(long, value_name = "JSON", required_unless_present_any = ["db", "dry_run"], conflicts_with = "db")]
    input: Option<PathBuf>,
    /// The device daemon's database.
    #[arg(long, value_name = "DB", requires = "epoch", requires = "directory")]
    db: Option<PathBuf>,
    /// With --db: the epoch, closed.
    #[arg(long, value_name = "JSON")]
    epoch: Option<PathBuf>,
    /// With --db: the epoch's directory.
    #[arg(long, value_name = "JSON")]
    directory: Option<PathBuf>,
    /// The device's key file.
    #[arg(long, value_name = "FILE")]
    device_key: Option<PathBuf>,
    #[command(flatten)]
    passphrase: PassphraseArgs,
    /// Size of the circuit; the smallest that fits, if not given.
    #[arg(long, value_enum)]
    shape: Option<UptimeShape>,
    /// Proof system.
    #[arg(long, value_enum)]
    system: SystemArg,
    /// Folder of keys (`popw setup`).
    #[arg(long, value_name = "DIR", default_value = "keys")]
    keys: PathBuf,
    /// Check the whole proving key again, even if it was checked before.
    #[arg(long)]
    check: bool,
    /// Who is paid: an EVM address, or a CAIP-10 account.
    #[arg(long, value_name = "ACCOUNT", required_unless_present = "dry_run")]
    recipient: Option<String>,
    /// The owner tag credits are entered under (decimal).
    #[arg(long, value_name = "NUMBER", default_value = "0")]
    owner_tag: String,
    /// Where to write the proof.
    #[arg(long, value_name = "FILE", default_value = "proof.json")]
    out: PathBuf,
    /// Write the compact binary form.
    #[arg(long)]
    compact: bool,
    /// Replace a proof that is there already.
    #[arg(long)]
    force: bool,
    /// Say what proving would cost, and make no proof.
    #[arg(long)]
    dry_run: bool,
}

#[derive(Serialize)]
struct Report {
    proof: PathBuf,
    bytes: usize,
    proof_bytes: usize,
    system: &'static str,
    shape: &'static str,
    key_digest: String,
    load_ms: f64,
    witness_ms: f64,
    prove_ms: f64,
}

#[derive(Serialize)]
struct DryRun {
    system: &'static str,
    shape: &'static str,
    constraints: Option<usize>,
    rows: Option<usize>,
    columns: Option<usize>,
    memory_bytes: u64,
    seconds: Option<f64>,
    threads: usize,
}

/// Makes the proof.
pub fn run(args: Args, ui: &Ui) -> Outcome {
    let Claim::Uptime(args) = args.claim;
    let system = System::from(args.system);
    if args.dry_run && args.input.is_none() {
        return dry_run(system, &args.shape.unwrap_or(UptimeShape::Demo).shape(), ui);
    }
    let (input, key) = match &args.input {
        Some(path) => {
            let input: UptimeInput =
                files::read_document(path, "uptime input", DOCUMENT_LIMIT).into_diagnostic()?;
            (input, None)
        }
        None => {
            let key = device_key(&args, None, ui)?;
            (input_from_database(&args, &key)?, Some(key))
        }
    };
    let shape = shape(&args, &input);
    if args.dry_run {
        return dry_run(system, &shape, ui);
    }
    let payee = payee(&args)?;
    if args.out.exists() && !args.force {
        return Err(miette!(
            help = "choose another --out, or --force to replace it",
            "{} exists already",
            args.out.display()
        ));
    }
    let key = match key {
        Some(key) => key,
        None => device_key(&args, Some(&input), ui)?,
    };
    let request = uptime::Request {
        shape: &shape,
        system,
        input: &input,
        secret: key.signer(),
        payee: &payee,
        keys: &args.keys,
        check: if args.check { Check::Now } else { Check::Once },
    };
    let bar = ui.bar();
    let proven = uptime::prove(&request, &bar).into_diagnostic()?;
    drop(bar);
    let bytes = encode(&proven.envelope, args.compact)?;
    let overwrite = if args.force { Overwrite::Yes } else { Overwrite::No };
    files::write(&args.out, "proof", &bytes, overwrite, Access::Public).into_diagnostic()?;
    let ms = |time: std::time::Duration| time.as_secs_f64() * 1e3;
    let report = Report {
        proof: args.out.clone(),
        bytes: bytes.len(),
        proof_bytes: proven.envelope.proof.len(),
        system: system.name(),
        shape: shape.name,
        key_digest: hex::encode(proven.envelope.key_digest),
        load_ms: ms(proven.load),
        witness_ms: ms(proven.witness),
        prove_ms: ms(proven.prove),
    };
    if proven.envelope.development {
        ui.warn("made with a development key: whoever made that key can forge proofs");
    }
    ui.result(&report, || {
        format!(
            "{}: {} proof of {} bytes, shape {}, document of {}\n  key {:.0} ms, witness {:.0} ms, proof {:.0} ms (verified before it was written)",
            report.proof.display(),
            report.system,
            report.proof_bytes,
            report.shape,
            describe::bytes(report.bytes as u64),
            report.load_ms,
            report.witness_ms,
            report.prove_ms
        )
    });
    Ok(ExitCode::SUCCESS)
}

fn encode(envelope: &ProofEnvelope, compact: bool) -> miette::Result<Vec<u8>> {
    if compact {
        return Ok(envelope.to_compact());
    }
    let mut text = serde_json::to_string_pretty(envelope).into_diagnostic()?;
    text.push('\n');
    Ok(text.into_bytes())
}

/// The shape asked for, or the smallest the rules and paths fit.
fn shape(args: &UptimeArgs, input: &UptimeInput) -> Shape {
    let chosen = args.shape.unwrap_or_else(|| {
        let demo = UptimeShape::Demo.shape();
        let rules = &input.epoch.rules;
        let deepest = input.seats.iter().map(|seat| seat.path.siblings.len()).max().unwrap_or(0);
        let fits = rules.k as usize <= demo.seats
            && rules.slots as usize <= demo.slots
            && deepest <= demo.witness_depth
            && input.device.path.siblings.len() <= demo.device_depth;
        if fits { UptimeShape::Demo } else { UptimeShape::Standard }
    });
    chosen.shape()
}

fn payee(args: &UptimeArgs) -> miette::Result<PayeeOpening> {
    let text = args.recipient.as_deref().ok_or_else(|| miette!("--recipient is needed"))?;
    let recipient =
        identity::account(text).map_err(|error| miette!("--recipient {text}: {error}"))?.recipient();
    let owner_tag: Fr = field::from_decimal(&args.owner_tag)
        .map_err(|error| miette!("--owner-tag {}: {error}", args.owner_tag))?;
    Ok(PayeeOpening { recipient, owner_tag })
}

fn device_key(args: &UptimeArgs, input: Option<&UptimeInput>, ui: &Ui) -> miette::Result<Key> {
    let named = input.and_then(|input| input.device.key_file.as_ref()).zip(args.input.as_ref());
    let path = match (&args.device_key, named) {
        (Some(path), _) => path.clone(),
        // Relative to the input, which is where its writer meant it.
        (None, Some((file, input))) => input.parent().unwrap_or(Path::new("")).join(file),
        (None, None) => {
            return Err(miette!("--device-key is needed: the input names no key file"));
        }
    };
    args.passphrase.unlock(&path, Role::Device, ui)
}

fn input_from_database(args: &UptimeArgs, key: &Key) -> miette::Result<UptimeInput> {
    let (Some(db), Some(epoch), Some(directory)) = (&args.db, &args.epoch, &args.directory) else {
        return Err(miette!("--db needs --epoch and --directory"));
    };
    Opened::read(epoch, directory, key.public_key(), key.owner())?.input(db)
}

fn dry_run(system: System, shape: &Shape, ui: &Ui) -> Outcome {
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let report = match system {
        System::Groth16 => {
            let workload = groth16::Workload::of_matrices(&uptime::matrices(shape)).into_diagnostic()?;
            let estimate = groth16::estimate(&workload).into_diagnostic()?;
            DryRun {
                system: system.name(),
                shape: shape.name,
                constraints: Some(estimate.constraints),
                rows: None,
                columns: None,
                memory_bytes: estimate.memory_bytes,
                seconds: Some(estimate.seconds),
                threads: estimate.threads,
            }
        }
        System::Halo2 => {
            let estimate = popw_prover::halo2::estimate(&uptime::layout(shape));
            DryRun {
                system: system.name(),
                shape: shape.name,
                constraints: None,
                rows: Some(estimate.rows),
                columns: Some(estimate.columns),
                memory_bytes: estimate.memory_bytes,
                seconds: Some(estimate.seconds),
                threads,
            }
        }
    };
    ui.result(&report, || {
        let size = match (report.constraints, report.rows, report.columns) {
            (Some(constraints), ..) => format!("{constraints} constraints"),
            (None, rows, columns) => {
                format!("{} rows of {} columns", rows.unwrap_or(0), columns.unwrap_or(0))
            }
        };
        let time = report.seconds.map_or(String::new(), |seconds| format!(", about {seconds:.1} s"));
        format!(
            "{} {}: {size}, about {} of memory{time} on {} threads; nothing was proven",
            report.system,
            report.shape,
            describe::bytes(report.memory_bytes),
            report.threads
        )
    });
    Ok(ExitCode::SUCCESS)
}
