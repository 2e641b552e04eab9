//! `popw groth16 calldata`.

use std::{path::PathBuf, process::ExitCode};

use miette::miette;
use popw_core::field;
use popw_solidity::calldata;
use popw_verifier::groth16::Proof;
use serde::Serialize;

use crate::{commands::Outcome, snarkjs, ui::Ui};

pub const EXAMPLES: &str = "\
The call is `verify(bytes proof, uint256[] inputs)` on a contract from `popw groth16 export --solidity`, in the one encoding
that it accepts. Whether the proof holds is not checked: `popw groth16 verify` does that.

Examples:
  cast call CONTRACT $(popw groth16 calldata)
  popw --json groth16 calldata --proof proof.json --public public.json";

#[derive(clap::Args)]
pub struct Args {
    /// The proof, as snarkjs writes it.
    #[arg(long, value_name = "FILE", default_value = "proof.json")]
    proof: PathBuf,
    /// The public inputs, as snarkjs writes them.
    #[arg(long, value_name = "FILE", default_value = "public.json")]
    public: PathBuf,
}

#[derive(Serialize)]
struct Report {
    calldata: String,
    /// Its two arguments.
    proof: String,
    inputs: Vec<String>,
}

/// Writes the call.
pub fn run(args: &Args, ui: &Ui) -> Outcome {
    let proof = snarkjs::read_proof(&args.proof)?;
    // A contract would refuse it without a reason that helps.
    Proof::from_bytes(&proof).map_err(|error| miette!("{}: {error}", args.proof.display()))?;
    let inputs = snarkjs::read_public(&args.public)?;
    let hex = |bytes: &[u8]| format!("0x{}", hex::encode(bytes));
    let report = Report {
        calldata: hex(&calldata(&proof, &inputs)),
        proof: hex(&proof),
        inputs: inputs.iter().map(field::to_decimal).collect(),
    };
    ui.result(&report, || report.calldata.clone());
    Ok(ExitCode::SUCCESS)
}
