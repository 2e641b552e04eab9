//! `popw groth16 verify`.

use std::{path::PathBuf, process::ExitCode, time::Instant};

use miette::miette;
use popw_verifier::{
    VerifyError,
    groth16::{PreparedKey, Proof, verify},
    key::VerifyingKey,
};
use serde::Serialize;

use crate::{
    commands::{Outcome, ms},
    snarkjs, text,
    ui::Ui,
};

pub const EXAMPLES: &str = "\
The verdict is about these public inputs and this key alone: what they mean is up to the circuit, and `popw lint key` says
whether the key is sound, as far as a key can show it. `popw verify` verifies proofs of popw's claims.

Exit code: 0 valid, 1 something cannot be read, 6 invalid.

Examples:
  popw groth16 verify --key verification_key.json
  popw groth16 verify --key circuit.zkey --proof proof.json --public public.json";

#[derive(clap::Args)]
pub struct Args {
    /// The key: a snarkjs verification_key.json, a .zkey, a .pk or a .vk file.
    #[arg(long, value_name = "FILE")]
    key: PathBuf,
    /// The proof, as snarkjs writes it.
    #[arg(long, value_name = "FILE", default_value = "proof.json")]
    proof: PathBuf,
    /// The public inputs, as snarkjs writes them.
    #[arg(long, value_name = "FILE", default_value = "public.json")]
    public: PathBuf,
}

#[derive(Serialize)]
struct Report {
    valid: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    problem: Option<String>,
    public_inputs: usize,
    verify_ms: f64,
}

/// Verifies.
pub fn run(args: &Args, ui: &Ui) -> Outcome {
    let named = |error: &dyn std::fmt::Display| {
        let help = "`popw lint key` says what is wrong with a key";
        miette!(help = help, "{}: {error}", args.key.display())
    };
    let key = VerifyingKey::from_bytes(&snarkjs::read_key(&args.key)?).map_err(|error| named(&error))?;
    let prepared = PreparedKey::new(&key).map_err(|error| named(&error))?;
    let proof = snarkjs::read_proof(&args.proof)?;
    let public = snarkjs::read_public(&args.public)?;
    let started = Instant::now();
    let verified = Proof::from_bytes(&proof)
        .map_err(VerifyError::from)
        .and_then(|proof| verify(&prepared, &public, &proof));
    let problem = match verified {
        Ok(()) => None,
        Err(error @ (VerifyError::Rejected | VerifyError::Malformed(_))) => Some(error.to_string()),
        Err(error) => return Err(miette!("{}: {error}", args.public.display())),
    };
    let report = Report {
        valid: problem.is_none(),
        problem,
        public_inputs: public.len(),
        verify_ms: ms(started.elapsed()),
    };
    ui.result(&report, || {
        let verdict =
            report.problem.as_ref().map_or("VALID".into(), |problem| format!("INVALID ({problem})"));
        format!(
            "{verdict}: {} with {} under the key {}, in {:.1} ms",
            args.proof.display(),
            text::count(report.public_inputs, "public input"),
            args.key.display(),
            report.verify_ms
        )
    });
    Ok(if report.valid { ExitCode::SUCCESS } else { ExitCode::from(6) })
}
