//! `popw prove`.

use std::{
    path::{Path, PathBuf},
    process::ExitCode,
};

use miette::{IntoDiagnostic, miette};
use popw_circuits::claims::{self, Shape};
use popw_core::{
    Fr,
    claim::{Kind, PayeeOpening},
    document::{BandwidthInput, ProofEnvelope, StorageInput, UptimeInput, WorkInput},
    field, identity,
};
use popw_network::{
    files::{self, Content, Overwrite, Plan},
    member::Role,
};
use popw_prover::{
    claim,
    groth16::{self, Check, backend::Backend},
    halo2,
    keys::KeyFiles,
};
use popw_verifier::key::System;
use serde::Serialize;

use self::source::{Collected, Source};
use super::{Outcome, ShapeArg, SystemArg, ms, network::WindowArgs, output};
use crate::{
    describe,
    engine::EngineArgs,
    interrupt,
    kinds::{self, KindArgs, PerKind},
    passphrase::PassphraseArgs,
    signals::{self, First},
    text,
    ui::Ui,
};

mod source;

/// Largest input read: 32 sectors' worth of openings and more.
const INPUT_LIMIT: u64 = 64 << 20;

/// Prove a claim.
#[derive(clap::Args)]
pub struct Args {
    #[command(subcommand)]
    claim: PerKind<ProveArgs>,
}

#[derive(clap::Args)]
#[command(after_help = "\
The input is a document (`popw schema`), for networks with daemons of their own, or what the device daemon has: its
database and, for storage, its store. The secret key is in none of them: it comes from --device-key, or from the file
that the input names.

Examples:
  popw prove uptime --input epoch-uptime.json --device-key device.key --system groth16 --recipient 0x…
  popw prove work --db device.db --store store/ --epoch epoch-public.json --directory epoch-directory.json \\
      --device-key device.key --system halo2 --recipient 0x… --out proof.json
  popw prove storage --store store/ --epoch epoch-public.json --directory epoch-directory.json \\
      --device-key device.key --system groth16 --recipient 0x…
  popw prove uptime --input epoch-uptime.json --system groth16 --dry-run
  popw prove work --input epoch-work.json --system groth16 --recipient 0x… --threads 4 --max-memory 200M

Ctrl-C stops proving and leaves no file (exit code 130; 143 after SIGTERM).")]
struct ProveArgs {
    /// The documented input.
    #[arg(long, value_name = "JSON", required_unless_present_any = ["db", "store", "dry_run"],
        conflicts_with_all = ["db", "store"])]
    input: Option<PathBuf>,
    #[command(flatten)]
    source: Source,
    #[command(flatten)]
    window: WindowArgs,
    /// The device's key file.
    #[arg(long, value_name = "FILE")]
    device_key: Option<PathBuf>,
    #[command(flatten)]
    passphrase: PassphraseArgs,
    /// Size of the circuit; the smallest that fits, if not given.
    #[arg(long, value_enum)]
    shape: Option<ShapeArg>,
    /// Proof system.
    #[arg(long, value_enum)]
    system: SystemArg,
    /// Folder of keys (`popw setup`).
    #[arg(long, value_name = "DIR", default_value = "keys")]
    keys: PathBuf,
    /// Check the whole proving key (with halo2, the reference string) again, even if it was checked before.
    #[arg(long)]
    check: bool,
    /// Who is paid: an EVM address, or a CAIP-10 account.
    #[arg(long, value_name = "ACCOUNT", required_unless_present = "dry_run")]
    recipient: Option<String>,
    /// The owner tag that credits are entered under (decimal).
    #[arg(long, value_name = "NUMBER", default_value = "0")]
    owner_tag: String,
    /// Where to write the proof.
    #[arg(long, value_name = "FILE", default_value = "proof.json")]
    out: PathBuf,
    /// Write the compact binary form.
    #[arg(long)]
    compact: bool,
    /// Replace an existing proof.
    #[arg(long)]
    force: bool,
    #[command(flatten)]
    engine: EngineArgs,
    /// Say what proving would cost, and make no proof.
    #[arg(long)]
    dry_run: bool,
}

impl KindArgs for ProveArgs {
    fn about(kind: Kind) -> &'static str {
        match kind {
            Kind::Uptime => "Prove a device's uptime in one epoch",
            Kind::Possession => {
                "Prove that a device possesses its sectors: that it can read the nodes the closing beacon asks for"
            }
            Kind::Bandwidth => "Prove the bytes a device served to paying clients, and its rate",
            Kind::Work => "Prove uptime, possession and bandwidth in one proof",
        }
    }
}

#[derive(Serialize)]
struct Report {
    proof: PathBuf,
    bytes: usize,
    proof_bytes: usize,
    system: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    backend: Option<&'static str>,
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
    #[serde(skip_serializing_if = "Option::is_none")]
    key_bytes: Option<u64>,
    seconds: Option<f64>,
    threads: usize,
}

/// Makes the proof.
pub fn run(args: Args, ui: &Ui) -> Outcome {
    let PerKind { kind, args } = args.claim;
    match kind {
        Kind::Uptime => prove::<UptimeInput>(&args, kind, ui),
        Kind::Possession => prove::<StorageInput>(&args, kind, ui),
        Kind::Bandwidth => prove::<BandwidthInput>(&args, kind, ui),
        Kind::Work => prove::<WorkInput>(&args, kind, ui),
    }
}

fn prove<I: Collected>(args: &ProveArgs, kind: Kind, ui: &Ui) -> Outcome {
    let system = System::from(args.system);
    if system == System::Halo2 && args.engine.chosen() {
        return Err(miette!(
            help = "leave out --backend, or prove with --system groth16",
            "--backend chooses the arithmetic of Groth16, and halo2 has only one"
        ));
    }
    let backend = args.engine.start()?;
    let (input, key) = match &args.input {
        Some(path) => {
            let input: I = files::read_document(path, kinds::input(kind), INPUT_LIMIT).into_diagnostic()?;
            (input, None)
        }
        None if args.dry_run && args.source.is_empty() => {
            let shape = args.shape.unwrap_or(ShapeArg::Demo).shape(kind);
            return dry_run(system, &shape, &args.engine, &backend, ui);
        }
        None => {
            let key = args.passphrase.unlock(&key_path::<I>(args, None)?, Role::Device, ui)?;
            // Without a shape, answers for any.
            let shape = args.shape.unwrap_or(ShapeArg::Standard).shape(kind);
            (args.source.collect(&key, shape.challenges as u32, ui)?, Some(key))
        }
    };
    let parts = input.parts();
    let shape = args.shape.map_or_else(|| claims::smallest_shape(&parts), |shape| shape.shape(kind));
    if args.dry_run {
        return dry_run(system, &shape, &args.engine, &backend, ui);
    }
    let keys = KeyFiles::new(&args.keys, shape.kind.id(), shape.name, system);
    let mut key_files = vec![keys.proving(), keys.verifying()];
    if system == System::Halo2 {
        let layout = claim::layout(&shape);
        args.engine.allows(halo2::estimate(&layout).memory_bytes)?;
        key_files.push(keys.reference_string(layout.k));
    }
    args.window.look(parts.epoch, ui)?;
    let payee = payee(args)?;
    let key_file = key_path(args, Some(&input))?;
    let read = [Some(key_file.as_path()), args.input.as_deref(), args.window.file(), args.passphrase.file()];
    let mut plan = Plan::new(Overwrite::forced(args.force))
        .reading(read.into_iter().flatten())
        .reading(args.source.files())
        .reading_folders(args.source.folder())
        .reading(key_files);
    let out = output(&mut plan, &args.out, "--out", Content::stream("proof"))?;
    let key = match key {
        Some(key) => key,
        None => args.passphrase.unlock(&key_file, Role::Device, ui)?,
    };
    let request = claim::Request {
        shape: &shape,
        system,
        input: &input,
        secret: key.signer(),
        payee: &payee,
        keys: &args.keys,
        check: if args.check { Check::Now } else { Check::Once },
        backend: &backend,
    };
    signals::watch(if system == System::Groth16 { First::Asks } else { First::Ends }, ui)?;
    let bar = ui.bar();
    let proven = claim::prove(&request, &bar).into_diagnostic()?;
    drop(bar);
    interrupt::check()?;
    let bytes = encode(&proven.envelope, args.compact)?;
    let beside = out.is_stdout();
    out.write(&bytes).into_diagnostic()?;
    let report = Report {
        proof: args.out.clone(),
        bytes: bytes.len(),
        proof_bytes: proven.envelope.proof.len(),
        system: system.name(),
        backend: (system == System::Groth16).then(|| backend.name()),
        shape: shape.name,
        key_digest: hex::encode(proven.envelope.key_digest),
        load_ms: ms(proven.load),
        witness_ms: ms(proven.witness),
        prove_ms: ms(proven.prove),
    };
    if proven.envelope.development {
        ui.warn("made with a development key: whoever made that key can forge proofs");
    }
    let text = || {
        format!(
            "{}: {} proof of {} bytes, shape {}, document of {}\n  key {:.0} ms, witness {:.0} ms, proof {:.0} ms{} (verified before it was written)",
            report.proof.display(),
            report.system,
            report.proof_bytes,
            report.shape,
            describe::bytes(report.bytes as u64),
            report.load_ms,
            report.witness_ms,
            report.prove_ms,
            report.backend.map_or(String::new(), |backend| format!(" on {backend}"))
        )
    };
    ui.result_beside(beside, &report, text);
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

fn payee(args: &ProveArgs) -> miette::Result<PayeeOpening> {
    let text = args.recipient.as_deref().ok_or_else(|| miette!("--recipient is needed"))?;
    let recipient =
        identity::account(text).map_err(|error| miette!("--recipient {text}: {error}"))?.recipient();
    let owner_tag: Fr = field::from_decimal(&args.owner_tag)
        .map_err(|error| miette!("--owner-tag {}: {error}", args.owner_tag))?;
    Ok(PayeeOpening { recipient, owner_tag })
}

/// The device's key file: the one given, or the one that the input names.
fn key_path<I: Collected>(args: &ProveArgs, input: Option<&I>) -> miette::Result<PathBuf> {
    let named = input.and_then(|input| input.parts().device.key_file.as_ref()).zip(args.input.as_ref());
    match (&args.device_key, named) {
        (Some(path), _) => Ok(path.clone()),
        // Relative to the input, which is where its writer meant it.
        (None, Some((file, input))) => Ok(input.parent().unwrap_or(Path::new("")).join(file)),
        (None, None) => Err(miette!("--device-key is needed: the input names no key file")),
    }
}

fn dry_run(system: System, shape: &Shape, engine: &EngineArgs, backend: &Backend, ui: &Ui) -> Outcome {
    let report = match system {
        System::Groth16 => {
            let workload = groth16::Workload::of_matrices(&claim::matrices(shape)).into_diagnostic()?;
            let estimate = groth16::estimate(&workload, backend).into_diagnostic()?;
            DryRun {
                system: system.name(),
                shape: shape.name,
                constraints: Some(estimate.constraints),
                rows: None,
                columns: None,
                memory_bytes: estimate.memory_bytes,
                key_bytes: Some(estimate.key_bytes),
                seconds: Some(estimate.seconds),
                threads: estimate.threads,
            }
        }
        System::Halo2 => {
            let estimate = halo2::estimate(&claim::layout(shape));
            engine.allows(estimate.memory_bytes)?;
            DryRun {
                system: system.name(),
                shape: shape.name,
                constraints: None,
                rows: Some(estimate.rows),
                columns: Some(estimate.columns),
                memory_bytes: estimate.memory_bytes,
                key_bytes: None,
                seconds: Some(estimate.seconds),
                threads: rayon::current_num_threads(),
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
        let key = report.key_bytes.map_or(String::new(), |bytes| {
            format!(" (and {} of the key file, as long as there is room)", describe::bytes(bytes))
        });
        format!(
            "{} {}: {size}, about {} of memory{key}{time} on {}; nothing was proven",
            report.system,
            report.shape,
            describe::bytes(report.memory_bytes),
            text::count(report.threads, "thread")
        )
    });
    Ok(ExitCode::SUCCESS)
}
