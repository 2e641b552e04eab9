//! The Groth16 proving table: our backends, ark-groth16 and snarkjs on the same matrices and assignments.
//!
//! Every circuit and prover is measured in a process of its own, this executable started again, in turns. Keys take
//! minutes to make and are kept. `scripts/bench.sh groth16` builds the parts as they have to be and runs this.

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::Command,
};

use clap::{Args, Parser, Subcommand};
use popw_benches::proving::{
    ARK, Error, SNARKJS, backends,
    case::{ALL, Case, Files},
    child::{self, Order},
    peers, plot,
    process::{outcome, watch},
    report::{Circuit, Process, Proving, Report, machine},
};
use popw_prover::{
    groth16::{Check, ProvingKey},
    progress::Silent,
};

/// Measures Groth16 proving.
#[derive(Parser)]
struct Cli {
    #[command(subcommand)]
    command: Option<Internal>,
    #[command(flatten)]
    options: Options,
}

#[derive(Subcommand)]
enum Internal {
    /// One measurement, printed as JSON.
    #[command(hide = true)]
    Child(Order),
}

#[derive(Args)]
struct Options {
    /// Circuits: a claim, chain-N, bits-N, circom (files in the cache); all but circom without this.
    #[arg(long = "case")]
    cases: Vec<Case>,
    /// Rounds, in each of which everything has its turn.
    #[arg(long, default_value_t = 3)]
    rounds: usize,
    /// Proofs a turn that count; one of circuits beyond 2^19 constraints.
    #[arg(long, default_value_t = 3)]
    proofs: usize,
    /// Threads of each prover. (snarkjs takes as many as the machine has processors.)
    #[arg(long, default_value_t = 2)]
    threads: usize,
    /// Where keys are kept.
    #[arg(long)]
    cache: Option<PathBuf>,
    /// This program as it is fastest for ark-groth16.
    #[arg(long)]
    ark_program: Option<PathBuf>,
    /// snarkjs's cli.js or its link, run by node.
    #[arg(long)]
    snarkjs: Option<PathBuf>,
    /// Do not measure, read what was.
    #[arg(long)]
    from: Option<PathBuf>,
    /// Where to write all figures.
    #[arg(long)]
    json: Option<PathBuf>,
    /// Where to write the tables.
    #[arg(long)]
    markdown: Option<PathBuf>,
    /// Where to draw them, as SVG.
    #[arg(long)]
    plot: Option<PathBuf>,
}

fn main() -> Result<(), Error> {
    let Cli { command, options } = Cli::parse();
    if let Some(Internal::Child(order)) = command {
        println!("{}", serde_json::to_string(&child::run(&order)?)?);
        return Ok(());
    }
    let report = match &options.from {
        Some(path) => serde_json::from_slice(&fs::read(path)?)?,
        None => options.measure()?,
    };
    print!("{}", report.markdown());
    if let Some(path) = &options.json {
        fs::write(path, serde_json::to_string_pretty(&report)? + "\n")?;
    }
    if let Some(path) = &options.markdown {
        fs::write(path, report.markdown())?;
    }
    if let Some(path) = &options.plot {
        fs::write(path, plot::svg(&report))?;
    }
    Ok(())
}

impl Options {
    fn measure(&self) -> Result<Report, Error> {
        let own = env::current_exe()?;
        let default = own.ancestors().nth(2).unwrap_or(&own).join("groth16-keys");
        let cache = self.cache.clone().unwrap_or(default);
        let cases = match self.cases.as_slice() {
            [] => ALL.iter().map(|name| name.parse()).collect::<Result<_, _>>()?,
            some => some.to_vec(),
        };
        let mut report = Report {
            machine: machine(),
            threads: self.threads,
            ark: peers::build().into(),
            ..Report::default()
        };
        for case in &cases {
            let files = case.prepare(&cache)?;
            let constraints = ProvingKey::open(&files.popw(), Check::Once, &Silent)?.dimensions().constraints;
            let mut circuit =
                Circuit { name: case.to_string(), constraints: constraints as usize, ..Circuit::default() };
            for round in 1..=self.rounds {
                eprintln!("  {case}: round {round} of {}", self.rounds);
                report.ark = self.round(&own, &files, &mut circuit)?;
            }
            report.circuits.push(circuit);
        }
        // One size shows it, and ark-groth16 validates a key of 2^20 for minutes.
        let fits = |circuit: &Circuit| circuit.constraints <= 1 << 18;
        let last = report.circuits.iter().rposition(fits).unwrap_or_default();
        if let (Some(case), Some(circuit)) = (cases.get(last), report.circuits.get_mut(last)) {
            self.load(&own, &case.prepare(&cache)?, circuit)?;
        }
        Ok(report)
    }

    /// Everything on one circuit, once; returns how ark-groth16 was built.
    fn round(&self, own: &Path, files: &Files, circuit: &mut Circuit) -> Result<String, Error> {
        let mut build = String::new();
        let proofs = if circuit.constraints > 1 << 19 { 1 } else { self.proofs };
        for (index, prover) in provers().into_iter().enumerate() {
            let mut command = self.command(own, files, "prove", prover);
            let outcome = outcome(command.arg("--proofs").arg(proofs.to_string()))?;
            if circuit.proving.len() == index {
                circuit.proving.push(Proving { prover: prover.into(), ..Proving::default() });
            }
            circuit.proving[index].seconds.extend(outcome.seconds);
            circuit.proving[index].peaks.push(outcome.peak);
            if prover == ARK {
                build = outcome.build;
            }
        }
        let mut processes = vec![];
        for prover in provers().into_iter().filter(|prover| *prover != ARK) {
            let mut command = self.command(own, files, "once", prover);
            command.args(["--warm", "0"]);
            processes.push((prover, command));
        }
        processes.extend(self.snarkjs(files)?.map(|command| (SNARKJS, command)));
        for (index, (prover, mut command)) in processes.into_iter().enumerate() {
            if circuit.processes.len() == index {
                circuit.processes.push(Process { prover: prover.into(), ..Process::default() });
            }
            circuit.processes[index].runs.push(watch(&mut command)?);
        }
        Ok(build)
    }

    fn load(&self, own: &Path, files: &Files, circuit: &mut Circuit) -> Result<(), Error> {
        let ways = [
            ("popw: mapped, validated before", "popw"),
            ("popw: mapped, every byte and point validated", "popw, validated"),
            ("ark-groth16: read, every point validated", ARK),
            ("ark-groth16: read, nothing validated", "ark-groth16, unchecked"),
        ];
        for (way, prover) in ways {
            let outcome = outcome(&mut self.command(own, files, "load", prover))?;
            circuit.loading.push((way.into(), outcome.load));
        }
        Ok(())
    }

    fn command(&self, own: &Path, files: &Files, task: &str, prover: &str) -> Command {
        let ark = self.ark_program.as_deref().filter(|_| prover.starts_with(ARK));
        let mut command = Command::new(ark.unwrap_or(own));
        command.args(["child", "--task", task, "--prover", prover, "--threads"]);
        command.arg(self.threads.to_string()).arg("--folder").arg(files.folder());
        command
    }

    /// snarkjs on the same key and assignment, if it is here.
    fn snarkjs(&self, files: &Files) -> Result<Option<Command>, Error> {
        let (zkey, wtns) = (files.zkey(), files.witness());
        let Some(program) = &self.snarkjs else {
            return Ok(None);
        };
        let node = |args: &[&str], paths: &[&Path]| {
            let mut command = Command::new("node");
            command.arg(program).args(args).args(paths);
            command
        };
        let [proof, public, key] =
            ["proof.json", "public.json", "vk.json"].map(|name| files.folder().join(name));
        if !key.exists() {
            // Once, and shows that the files mean what they should.
            watch(&mut node(&["zkey", "export", "verificationkey"], &[&zkey, &key]))?;
            watch(&mut node(&["groth16", "prove"], &[&zkey, &wtns, &proof, &public]))?;
            watch(&mut node(&["groth16", "verify"], &[&key, &public, &proof]))?;
        }
        Ok(Some(node(&["groth16", "prove"], &[&zkey, &wtns, &proof, &public])))
    }
}

/// Our backends, as far as the machine has what they need, and ark-groth16.
fn provers() -> Vec<&'static str> {
    let mut provers = vec![ARK];
    provers.extend(backends().into_iter().filter_map(|(name, backend)| backend.map(|_| name)));
    provers
}
