//! One Groth16 proof of a chain of 2^LOG constraints: time, how busy its threads are, its own memory beside the estimate,
//! and how far its ETA is off. The key takes minutes to make and is kept.
//!
//!     cargo run --release -p popw-benches --bin pipeline -- 16 --backend scalar --max-memory 30M

use std::{
    env,
    path::PathBuf,
    sync::Mutex,
    time::{Duration, Instant},
};

use clap::Parser;
use popw_benches::{circuits, cpu_time, memory::{Peak, Watch}};
use popw_prover::{
    backend::Backend,
    groth16::{Check, Entropy, Prover, ProvingKey, Purpose, Workload, setup},
    progress::{ProgressSink, Silent},
};

/// Measures one proof.
#[derive(Parser)]
struct Options {
    /// Logarithm of the number of constraints.
    log: u32,
    /// reference, scalar or avx512.
    #[arg(long, default_value = "scalar")]
    backend: String,
    #[arg(long, default_value_t = 2)]
    threads: usize,
    #[arg(long)]
    bits: bool,
    /// Print every report.
    #[arg(long)]
    reports: bool,
}

/// When which fraction was reported.
struct Record(Instant, Mutex<Vec<(Duration, f64, String)>>);

impl ProgressSink for Record {
    fn report(&self, stage: &str, fraction: f64) {
        self.1.lock().unwrap().push((self.0.elapsed(), fraction, stage.to_owned()));
    }
}

type Outcome = Result<(), Box<dyn std::error::Error + Send + Sync>>;

fn main() -> Outcome {
    let options = Options::parse();
    let pool = rayon::ThreadPoolBuilder::new().num_threads(options.threads);
    pool.build_global()?;
    let backend = match &*options.backend {
        "reference" => Backend::reference(),
        "scalar" => Backend::scalar(),
        "avx512" => Backend::avx512().ok_or("no AVX-512 IFMA")?,
        other => return Err(format!("no backend `{other}`").into()),
    };
    let name = if options.bits { "bits" } else { "chain" };
    let path: PathBuf = env::temp_dir().join(format!("popw-pipeline-{name}-{}.pk", options.log));
    let sample = || if options.bits { circuits::bits(options.log) } else { circuits::chain(options.log) };
    if !path.exists() {
        let purpose = Purpose { claim: "bench".into(), claim_version: 1, shape: "bench".into() };
        setup(&path, &sample().matrices, &purpose, &Entropy::Seed([7; 32]), &Silent)?;
        println!("made {}", path.display());
        return Ok(());
    }
    let assignment = sample().assignment;
    let key = ProvingKey::open(&path, Check::Once, &Silent)?;
    let before = Peak::read("self").anonymous;
    let prover = Prover::new(&key, &backend)?;
    let estimate = Workload::of_key(&key).memory_bytes();
    let watch = Watch::begin();
    let cpu = cpu_time();
    let record = Record(Instant::now(), Mutex::default());
    prover.prove(assignment, &record)?;
    let wall = record.0.elapsed();
    let cpu = cpu_time() - cpu;
    let peak = watch.end();
    let busy = cpu.as_secs_f64() / wall.as_secs_f64() / options.threads as f64;
    println!("{} {}^{} on {}: {:.3} s, cpu {:.3} s, busy {:.3}, anon before {} KB, peak {} KB, estimate {} KB",
        backend.name(), name, options.log, options.threads, wall.as_secs_f64(), cpu.as_secs_f64(), busy, before >> 10, peak.anonymous >> 10, estimate >> 10);
    let mut last = -1.0;
    for (at, fraction, stage) in record.1.into_inner().unwrap() {
        if options.reports || (fraction - last) > 0.05 {
            let true_fraction = at.as_secs_f64() / wall.as_secs_f64();
            println!("  {:.3} s true {:.3} said {:.3} {stage}", at.as_secs_f64(), true_fraction, fraction);
            last = fraction;
        }
    }
    Ok(())
}
