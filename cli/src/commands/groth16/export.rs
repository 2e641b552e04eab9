//! `popw groth16 export`.

use std::{
    fs,
    path::{Path, PathBuf},
    process::ExitCode,
    time::Instant,
};

use miette::{IntoDiagnostic, miette};
use popw_network::files::{self, Content, Output, Overwrite, Plan};
use popw_prover::groth16::{self, Check, ProvingKey};
use popw_verifier::{export::snarkjs_key, key::Payload};
use serde::Serialize;

use crate::{
    commands::{Outcome, ms, output},
    describe,
    ui::Ui,
};

pub const EXAMPLES: &str = "\
A .zkey file made here lists no contributions: snarkjs proves with it, but `snarkjs zkey verify` has nothing to go by. A key of
the coset's basis (of popw setup and snarkjs) is converted for arkworks, which takes about a minute for 2^16 constraints.

Examples:
  popw groth16 export --key circuit.pk --zkey circuit.zkey
  popw groth16 export --key circuit.pk --ark key.bin
  popw groth16 export --key circuit.pk --verification-key verification_key.json
  popw groth16 export --key circuit.pk --r1cs circuit.r1cs";

#[derive(clap::Args)]
#[command(group = clap::ArgGroup::new("target").required(true).multiple(false))]
pub struct Args {
    /// The key file.
    #[arg(long, value_name = "FILE")]
    key: PathBuf,
    /// Write a .zkey file for snarkjs.
    #[arg(long, value_name = "FILE", group = "target")]
    zkey: Option<PathBuf>,
    /// Write a proving key of arkworks: `ark_groth16::ProvingKey<Bn254>`, uncompressed, for its own prover.
    #[arg(long, value_name = "FILE", group = "target")]
    ark: Option<PathBuf>,
    /// Write the constraints as circom does.
    #[arg(long, value_name = "FILE", group = "target")]
    r1cs: Option<PathBuf>,
    /// Write the verifying key as snarkjs reads it.
    #[arg(long, value_name = "FILE", group = "target")]
    verification_key: Option<PathBuf>,
    /// Replace a file that is there already.
    #[arg(long)]
    force: bool,
}

#[derive(Serialize)]
struct Report<'a> {
    written: &'a Path,
    bytes: u64,
    export_ms: f64,
}

/// Writes the file.
pub fn run(args: &Args, ui: &Ui) -> Outcome {
    let targets = [
        (&args.zkey, "--zkey", ".zkey file"),
        (&args.ark, "--ark", "proving key"),
        (&args.r1cs, "--r1cs", "file of constraints"),
        (&args.verification_key, "--verification-key", "verifying key"),
    ];
    let chosen = targets.iter().find_map(|(path, option, what)| Some((path.as_deref()?, *option, *what)));
    let (path, option, what) =
        chosen.ok_or_else(|| miette!("one of --zkey, --ark, --r1cs and --verification-key is needed"))?;
    let mut plan = Plan::new(Overwrite::forced(args.force)).reading([args.key.as_path()]);
    let file = output(&mut plan, path, option, Content::stream(what))?;
    let beside = file.is_stdout();
    let started = Instant::now();
    let bar = ui.bar();
    let key = ProvingKey::open(&args.key, Check::Once, &bar).into_diagnostic()?;
    match option {
        "--zkey" => groth16::write_zkey(file, &key, &bar).into_diagnostic()?,
        "--ark" => groth16::write_arkworks(file, &key, &bar).into_diagnostic()?,
        "--r1cs" => groth16::write_r1cs(file, &key, &bar).into_diagnostic()?,
        _ => write_verification_key(file, &key)?,
    }
    drop(bar);
    let bytes = fs::metadata(path).into_diagnostic()?.len();
    let report = Report { written: path, bytes, export_ms: ms(started.elapsed()) };
    let text =
        || format!("{}: {} in {:.0} ms", path.display(), describe::bytes(report.bytes), report.export_ms);
    ui.result_beside(beside, &report, text);
    Ok(ExitCode::SUCCESS)
}

fn write_verification_key(file: Output, key: &ProvingKey) -> miette::Result<()> {
    let Payload::Groth16(payload) = key.verifying_key().payload() else {
        return Err(miette!("{} is not a Groth16 key", key.path().display()));
    };
    file.fill(|file| files::json(file, &snarkjs_key(payload))).into_diagnostic()
}
