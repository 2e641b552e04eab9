//! `popw groth16 export`.

use std::{
    fs,
    io::Write as _,
    path::{Path, PathBuf},
    process::ExitCode,
    time::Instant,
};

use miette::{IntoDiagnostic, miette};
use popw_files::{finish_all, is_stream};
use popw_network::files::{self, Content, Output, Overwrite, Plan};
use popw_prover::groth16::{self, Check, ProvingKey};
use popw_solidity::{INTERFACE, INTERFACE_FILE, circuit_contract};
use popw_verifier::{
    export::snarkjs_key,
    groth16::PreparedKey,
    key::{Payload, VerifyingKey},
};
use serde::Serialize;

use crate::{
    commands::{Outcome, ms, output},
    describe, snarkjs,
    ui::Ui,
};

pub const EXAMPLES: &str = "\
A .zkey file made here lists no contributions: snarkjs proves with it, but `snarkjs zkey verify` has nothing to go by. A key in
the coset's basis (from popw setup or snarkjs) is converted for arkworks, which takes about a minute for 2^16 constraints.

A Solidity contract is named after its file. It verifies single proofs and batches, as those of `popw export solidity` do for
popw's claims, and is not made for an unsafe key; what the public inputs mean is up to the circuit. For a contract, --key can
also be a .zkey, a .vk or a verification_key.json. `popw groth16 calldata` writes the call.

Examples:
  popw groth16 export --key circuit.pk --zkey circuit.zkey
  popw groth16 export --key circuit.pk --ark key.bin
  popw groth16 export --key circuit.pk --verification-key verification_key.json
  popw groth16 export --key circuit.pk --r1cs circuit.r1cs
  popw groth16 export --key circuit.zkey --solidity src/CircuitVerifier.sol";

#[derive(clap::Args)]
#[command(group = clap::ArgGroup::new("target").required(true).multiple(false))]
pub struct Args {
    /// The key file (.pk).
    #[arg(long, value_name = "FILE")]
    key: PathBuf,
    /// Write a .zkey file for snarkjs.
    #[arg(long, value_name = "FILE", group = "target")]
    zkey: Option<PathBuf>,
    /// Write an arkworks proving key: `ark_groth16::ProvingKey<Bn254>`, uncompressed, for arkworks' own prover.
    #[arg(long, value_name = "FILE", group = "target")]
    ark: Option<PathBuf>,
    /// Write the constraints as circom does.
    #[arg(long, value_name = "FILE", group = "target")]
    r1cs: Option<PathBuf>,
    /// Write the verifying key as snarkjs reads it.
    #[arg(long, value_name = "FILE", group = "target")]
    verification_key: Option<PathBuf>,
    /// Write a contract that verifies proofs on the EVM, and beside it the interface that it imports.
    #[arg(long, value_name = "FILE", group = "target")]
    solidity: Option<PathBuf>,
    /// Where the contract imports IPopwVerifier.sol from; without it, the file is written beside the contract.
    #[arg(long, value_name = "PATH", conflicts_with_all = ["zkey", "ark", "r1cs", "verification_key"])]
    interface: Option<String>,
    /// Replace an existing file.
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
        (&args.solidity, "--solidity", "contract"),
    ];
    let chosen = targets.iter().find_map(|(path, option, what)| Some((path.as_deref()?, *option, *what)));
    let (path, option, what) = chosen.ok_or_else(|| {
        miette!("one of --zkey, --ark, --r1cs, --verification-key and --solidity is needed")
    })?;
    let mut plan = Plan::new(Overwrite::forced(args.force)).reading([args.key.as_path()]);
    let file = output(&mut plan, path, option, Content::stream(what))?;
    let beside = file.is_stdout();
    let started = Instant::now();
    if option == "--solidity" {
        write_contract(args, path, file, plan)?;
    } else {
        let bar = ui.bar();
        let key = ProvingKey::open(&args.key, Check::Once, &bar).into_diagnostic()?;
        match option {
            "--zkey" => groth16::write_zkey(file, &key, &bar).into_diagnostic()?,
            "--ark" => groth16::write_arkworks(file, &key, &bar).into_diagnostic()?,
            "--r1cs" => groth16::write_r1cs(file, &key, &bar).into_diagnostic()?,
            _ => write_verification_key(file, &key)?,
        }
    }
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

fn write_contract(args: &Args, path: &Path, contract: Output, mut plan: Plan) -> miette::Result<()> {
    let of_key = |error: &dyn std::fmt::Display| miette!("{}: {error}", args.key.display());
    // Not where the contract goes through a pipe, and not where it is already.
    let beside = path.with_file_name(INTERFACE_FILE);
    let is_there = fs::read(&beside).is_ok_and(|text| text == INTERFACE.as_bytes());
    let is_stream = fs::metadata(path).is_ok_and(|found| is_stream(&found));
    let interface = (args.interface.is_none() && !is_stream && !is_there)
        .then(|| output(&mut plan, &beside, "--interface", Content::stream("interface of contracts")))
        .transpose()?;

    let key = VerifyingKey::from_bytes(&snarkjs::read_key(&args.key)?).map_err(|error| of_key(&error))?;
    PreparedKey::new(&key).map_err(|error| of_key(&error))?;
    let name = path.file_stem().unwrap_or_default().to_string_lossy();
    let source = circuit_contract(&key, &name).map_err(|error| of_key(&error))?;
    let import = args.interface.clone().unwrap_or_else(|| format!("./{INTERFACE_FILE}"));
    let text = source.importing(&import).text;
    let filled = |file: Output, text: &str| file.filled(|file| file.write_all(text.as_bytes()));
    let mut outputs = vec![filled(contract, &text).into_diagnostic()?];
    if let Some(interface) = interface {
        outputs.push(filled(interface, INTERFACE).into_diagnostic()?);
    }
    finish_all(outputs).into_diagnostic()
}
