//! `popw export snarkjs`.

use std::{
    fs,
    path::{Path, PathBuf},
    process::ExitCode,
};

use miette::{IntoDiagnostic, WrapErr, miette};
use popw_files::{Output, finish_all};
use popw_network::files::{self, Content, Overwrite, Plan};
use popw_verifier::{
    envelope::{self, Against},
    export::{snarkjs_key, snarkjs_proof, snarkjs_public},
    groth16::Proof,
    key::Payload,
};
use serde::Serialize;

use crate::{commands::Outcome, documents, ui::Ui};

pub const EXAMPLES: &str = "Examples:\n  popw export snarkjs proof.json --keys keys/ --out snarkjs/\n  \
    npx snarkjs groth16 verify snarkjs/verification_key.json snarkjs/public.json snarkjs/proof.json";

#[derive(clap::Args)]
pub struct Args {
    /// The proof.
    proof: PathBuf,
    #[command(flatten)]
    key: documents::KeySource,
    /// Folder for the three files; created if missing, files of these names are replaced.
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
}

#[derive(Serialize)]
struct Written {
    verification_key: PathBuf,
    proof: PathBuf,
    public: PathBuf,
}

/// Writes the files.
pub fn run(args: &Args, ui: &Ui) -> Outcome {
    let Args { proof: path, key: source, out } = args;
    let envelope = documents::read_proof(path)?;
    let (verifier, key) = source.verifier(&envelope)?;
    // What is exported should be worth it: an invalid proof is a mistake to be told now.
    envelope::verify(&envelope, &verifier, Against::Nothing)
        .map_err(|error| miette!("{} is not valid, so it is not exported: {error}", path.display()))?;
    let Payload::Groth16(key) = key.payload() else {
        return Err(miette!(
            help = "prove with --system groth16",
            "{} is a halo2 proof, and snarkjs verifies Groth16 only",
            path.display()
        ));
    };
    let proof = Proof::from_bytes(&envelope.proof).into_diagnostic()?;
    fs::create_dir_all(out)
        .into_diagnostic()
        .wrap_err_with(|| format!("making the folder {}", out.display()))?;
    let written = Written {
        verification_key: out.join("verification_key.json"),
        proof: out.join("proof.json"),
        public: out.join("public.json"),
    };
    let mut plan = Plan::new(Overwrite::Yes).reading([path]);
    finish_all([
        write(&mut plan, &written.verification_key, &snarkjs_key(key))?,
        write(&mut plan, &written.proof, &snarkjs_proof(&proof))?,
        write(&mut plan, &written.public, &snarkjs_public(&envelope.public.to_array()))?,
    ])
    .into_diagnostic()?;
    ui.result(&written, || {
        format!(
            "written: {}\n         {}\n         {}\ncheck with: npx snarkjs groth16 verify {0} {2} {1}",
            written.verification_key.display(),
            written.proof.display(),
            written.public.display()
        )
    });
    Ok(ExitCode::SUCCESS)
}

fn write<T: Serialize>(plan: &mut Plan, path: &Path, value: &T) -> miette::Result<Output> {
    let output = plan.output(path, Content::stream("snarkjs file")).into_diagnostic()?;
    output.filled(|file| files::json(file, value)).into_diagnostic()
}
