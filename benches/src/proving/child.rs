//! One measurement in a process of its own, since peak memory means nothing elsewhere: this executable starts itself.

use std::{hint::black_box, path::PathBuf, time::Instant};

use clap::{Args, ValueEnum};
use popw_prover::{
    groth16::{Check, Prover, ProvingKey},
    progress::Silent,
};
use serde::{Deserialize, Serialize};

use super::{
    ARK, Error, backend,
    case::Files,
    peers::{self, Ark},
};
use crate::memory::{Peak, Watch};

/// What a process is to do.
#[derive(Clone, Debug, Args)]
pub struct Order {
    /// What.
    #[arg(long)]
    pub task: Task,
    /// A backend, or ark-groth16; a way to load.
    #[arg(long)]
    pub prover: String,
    /// The circuit's files.
    #[arg(long)]
    pub folder: PathBuf,
    /// Proofs before those that count.
    #[arg(long, default_value_t = 1)]
    pub warm: usize,
    /// Proofs that count.
    #[arg(long, default_value_t = 1)]
    pub proofs: usize,
    /// Threads.
    #[arg(long)]
    pub threads: usize,
}

/// Kinds of measurements.
#[derive(Clone, Copy, Debug, PartialEq, ValueEnum)]
pub enum Task {
    /// Proofs, with the key loaded and warm.
    Prove,
    /// One proof from nothing, to be measured as a process.
    Once,
    /// Only loading the key.
    Load,
}

/// What it took.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Outcome {
    /// How the executable was built, for ark-groth16.
    pub build: String,
    /// Until the first proof could begin, seconds.
    pub load: f64,
    /// Of each proof that counts, seconds.
    pub seconds: Vec<f64>,
    /// While those were made: the key is in memory already, and counts.
    pub peak: Peak,
}

/// Does it.
///
/// # Errors
/// Files, keys, provers.
pub fn run(order: &Order) -> Result<Outcome, Error> {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(order.threads).build()?;
    pool.install(|| match (order.task, order.prover.as_str()) {
        (Task::Load, ARK) => load(|| peers::read_key(&Files::of(&order.folder), true)),
        (Task::Load, "ark-groth16, unchecked") => load(|| peers::read_key(&Files::of(&order.folder), false)),
        (Task::Load, name) => {
            let check = if name == "popw" { Check::Once } else { Check::Now };
            load(|| Ok(ProvingKey::open(&Files::of(&order.folder).popw(), check, &Silent)?))
        }
        (_, ARK) => {
            let begin = Instant::now();
            let ark = Ark::load(&Files::of(&order.folder))?;
            repeat(order, begin, || ark.prove(), |proof| ark.verify(&proof))
        }
        (_, name) => {
            let backend = backend(name)?;
            let begin = Instant::now();
            let files = Files::of(&order.folder);
            let key = ProvingKey::open(&files.popw(), Check::Once, &Silent)?;
            let prover = Prover::new(&key, &backend)?;
            let assignment = files.read_assignment()?;
            // It verifies each proof itself, and takes the assignment to wipe it.
            repeat(order, begin, || Ok(prover.prove(assignment.clone(), &Silent)?), |_| Ok(()))
        }
    })
}

fn repeat<P>(
    order: &Order,
    begin: Instant,
    prove: impl Fn() -> Result<P, Error>,
    check: impl Fn(P) -> Result<(), Error>,
) -> Result<Outcome, Error> {
    let load = begin.elapsed().as_secs_f64();
    for _ in 0..order.warm {
        check(prove()?)?;
    }
    let watch = Watch::begin();
    let mut seconds = Vec::new();
    for _ in 0..order.proofs {
        let begin = Instant::now();
        black_box(prove()?);
        seconds.push(begin.elapsed().as_secs_f64());
    }
    Ok(Outcome { build: peers::build().into(), load, seconds, peak: watch.end() })
}

fn load<K>(load: impl FnOnce() -> Result<K, Error>) -> Result<Outcome, Error> {
    let watch = Watch::begin();
    let begin = Instant::now();
    let key = black_box(load()?);
    let seconds = begin.elapsed().as_secs_f64();
    let peak = watch.end();
    drop(key);
    Ok(Outcome { build: peers::build().into(), load: seconds, seconds: vec![], peak })
}
