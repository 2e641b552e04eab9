//! `popw groth16 prove`.

use std::{
    path::{Path, PathBuf},
    process::ExitCode,
    time::Instant,
};

use miette::{IntoDiagnostic, miette};
use popw_network::files::{self, Content, Overwrite, Plan};
use popw_prover::{
    groth16::{self, Check, Prover, ProvingKey, Source},
    progress::{Part, ProgressSink, Reached},
};
use popw_verifier::export::{snarkjs_proof, snarkjs_public};
use serde::Serialize;

use crate::{
    commands::{Outcome, ms, output},
    engine::EngineArgs,
    interrupt,
    signals::{self, First},
    text,
    ui::Ui,
};

pub const EXAMPLES: &str = "\
With --zkey the key is imported into a temporary file each time (in TMPDIR, as large as the .zkey). For more than one proof
import it once: `popw groth16 import`. The proof is verified before it is written. Ctrl-C stops proving and leaves no file (exit
code 130; 143 after SIGTERM).

Examples:
  popw groth16 prove --zkey circuit.zkey --wtns witness.wtns
  popw groth16 prove --key circuit.pk --wtns witness.wtns --proof proof.json --public public.json
  popw groth16 prove --key circuit.pk --wtns witness.wtns --threads 4 --max-memory 300M
  npx snarkjs groth16 verify verification_key.json public.json proof.json";

#[derive(clap::Args)]
pub struct Args {
    #[command(flatten)]
    engine: EngineArgs,
    /// A key file (`popw groth16 import`, `popw setup`).
    #[arg(long, value_name = "FILE", required_unless_present = "zkey", conflicts_with = "zkey")]
    key: Option<PathBuf>,
    /// A snarkjs .zkey file.
    #[arg(long, value_name = "FILE")]
    zkey: Option<PathBuf>,
    /// The circuit's constraints, with --zkey: a false witness is then refused before proving, naming the constraint.
    #[arg(long, value_name = "FILE", requires = "zkey", conflicts_with = "key")]
    r1cs: Option<PathBuf>,
    /// The witness, as circom's calculators and snarkjs write it.
    #[arg(long, value_name = "FILE")]
    wtns: PathBuf,
    /// Where to write the proof.
    #[arg(long, value_name = "FILE", default_value = "proof.json")]
    proof: PathBuf,
    /// Where to write the public inputs.
    #[arg(long, value_name = "FILE", default_value = "public.json")]
    public: PathBuf,
    /// Check the whole key file again, even if it was checked before.
    #[arg(long, conflicts_with = "zkey")]
    check: bool,
    /// Replace existing files.
    #[arg(long)]
    force: bool,
}

#[derive(Serialize)]
struct Report<'a> {
    proof: &'a Path,
    public: &'a Path,
    public_inputs: usize,
    constraints: u32,
    backend: &'static str,
    import_ms: Option<f64>,
    load_ms: f64,
    witness_ms: f64,
    prove_ms: f64,
}

/// Makes the proof.
pub fn run(args: &Args, ui: &Ui) -> Outcome {
    let mut plan = args.plan();
    let proof_file = output(&mut plan, &args.proof, "--proof", Content::stream("proof"))?;
    let public_file = output(&mut plan, &args.public, "--public", Content::stream("list of public inputs"))?;
    let backend = args.engine.start()?;
    signals::watch(First::Asks, ui)?;
    let bar = ui.bar();
    let started = Instant::now();
    let opening = Reached::new(&bar);
    let key = open(args, &Part::new(&opening, 0.0, 0.4))?;
    let opened = started.elapsed();

    let started = Instant::now();
    let prover = Prover::new(&key, &backend).into_diagnostic()?;
    let load = started.elapsed();

    // Last, since it is secret and the prover wipes it.
    let started = Instant::now();
    let dimensions = key.dimensions();
    let assignment = groth16::read_witness(&args.wtns, &dimensions).into_diagnostic()?;
    let public = assignment.public.clone();
    let witness = started.elapsed();
    let started = Instant::now();
    let proof = prover.prove(assignment, &Part::new(&bar, opening.fraction(), 1.0)).into_diagnostic()?;
    let prove = started.elapsed();
    drop(bar);
    interrupt::check()?;

    let beside = proof_file.is_stdout() || public_file.is_stdout();
    let written = [
        proof_file.filled(|file| files::json(file, &snarkjs_proof(&proof))).into_diagnostic()?,
        public_file.filled(|file| files::json(file, &snarkjs_public(&public))).into_diagnostic()?,
    ];
    files::finish_all(written).into_diagnostic()?;
    let report = Report {
        proof: &args.proof,
        public: &args.public,
        public_inputs: public.len(),
        constraints: dimensions.constraints,
        backend: backend.name(),
        import_ms: args.zkey.as_ref().map(|_| ms(opened)),
        load_ms: ms(load) + if args.zkey.is_some() { 0.0 } else { ms(opened) },
        witness_ms: ms(witness),
        prove_ms: ms(prove),
    };
    let told = || {
        let import = report.import_ms.map_or(String::new(), |time| format!("import {time:.0} ms, "));
        format!(
            "written: {}\n         {}\n  {}, {}; {import}key {:.0} ms, witness {:.0} ms, proof {:.0} ms \
             (verified before it was written)",
            report.proof.display(),
            report.public.display(),
            text::count(report.constraints as usize, "constraint"),
            text::count(report.public_inputs, "public input"),
            report.load_ms,
            report.witness_ms,
            report.prove_ms
        )
    };
    ui.result_beside(beside, &report, told);
    Ok(ExitCode::SUCCESS)
}

impl Args {
    fn plan(&self) -> Plan {
        let read = [Some(&self.wtns), self.key.as_ref(), self.zkey.as_ref(), self.r1cs.as_ref()];
        Plan::new(Overwrite::forced(self.force)).reading(read.into_iter().flatten().map(PathBuf::as_path))
    }
}

fn open(args: &Args, progress: &dyn ProgressSink) -> miette::Result<ProvingKey> {
    match (&args.key, &args.zkey) {
        (Some(path), _) => {
            let check = if args.check { Check::Now } else { Check::Once };
            ProvingKey::open(path, check, progress).into_diagnostic()
        }
        (None, Some(zkey)) => {
            let source = Source::Snarkjs { zkey, r1cs: args.r1cs.as_deref() };
            groth16::import_temporary(&source, progress).into_diagnostic()
        }
        (None, None) => Err(miette!("--key or --zkey is needed")),
    }
}
