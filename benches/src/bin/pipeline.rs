//! One Groth16 proof of a circuit of 2^LOG constraints: its time, how busy its threads are, its own memory beside the estimate,
//! and how far its ETA is off. The key takes minutes to make and is kept in the system's folder of temporary files.
//!
//!     cargo run --release -p popw-benches --bin pipeline -- 16 --backend scalar --max-memory 20000000

use std::{
    env, error, fs,
    path::PathBuf,
    sync::Mutex,
    time::{Duration, Instant},
};

use clap::Parser;
use popw_benches::{circuits, memory::Watch};
use popw_prover::{
    groth16::{Check, Entropy, Prover, ProvingKey, Purpose, Workload, backend::Backend, setup},
    progress::{ProgressSink, Silent, remaining},
};

/// Measures one proof.
#[derive(Parser)]
struct Options {
    /// Logarithm of the number of constraints.
    log: u32,
    /// reference, scalar or avx512.
    #[arg(long, default_value = "scalar")]
    backend: String,
    /// Threads to prove on.
    #[arg(long, default_value_t = 2)]
    threads: usize,
    /// Bytes to prove in.
    #[arg(long)]
    max_memory: Option<u64>,
    /// Nine values of ten 0 or 1.
    #[arg(long)]
    bits: bool,
    /// Print what was reported.
    #[arg(long)]
    reports: bool,
}

/// When which fraction was reported.
struct Record {
    started: Instant,
    reports: Mutex<Vec<(Duration, f64, String)>>,
}

impl ProgressSink for Record {
    fn report(&self, stage: &str, fraction: f64) {
        let mut reports = self.reports.lock().expect("no report panics");
        reports.push((self.started.elapsed(), fraction, stage.to_owned()));
    }
}

fn main() -> Result<(), Box<dyn error::Error + Send + Sync>> {
    let options = Options::parse();
    rayon::ThreadPoolBuilder::new().num_threads(options.threads).build_global()?;
    let backend = match &*options.backend {
        "reference" => Backend::reference(),
        "scalar" => Backend::scalar(),
        "avx512" => Backend::avx512().ok_or("no AVX-512 IFMA")?,
        other => return Err(format!("no backend `{other}`").into()),
    };
    let backend = options.max_memory.map_or(backend.clone(), |limit| backend.within(limit));
    let name = if options.bits { "bits" } else { "chain" };
    let sample = || if options.bits { circuits::bits(options.log) } else { circuits::chain(options.log) };
    let path: PathBuf = env::temp_dir().join(format!("popw-pipeline-{name}-{}.pk", options.log));
    if !path.exists() {
        let purpose = Purpose { claim: "bench".into(), claim_version: 1, shape: "bench".into() };
        setup(&path, &sample().matrices, &purpose, &Entropy::Seed([7; 32]), &Silent)?;
        println!("made {}: run it again, in a process that made no key", path.display());
        return Ok(());
    }
    let assignment = sample().assignment;
    let opening = Instant::now();
    let key = ProvingKey::open(&path, Check::Once, &Silent)?;
    let opening = opening.elapsed();
    let prover = Prover::new(&key, &backend)?;
    let estimate = backend.memory(&Workload::of_key(&key).sizes())?;

    let watch = Watch::begin();
    rayon::broadcast(|_| ());
    let before: Vec<Duration> = rayon::broadcast(|_| wanted());
    let record = Record { started: Instant::now(), reports: Mutex::default() };
    prover.prove(assignment, &record)?;
    let wall = record.started.elapsed();
    let wanted: Duration = rayon::broadcast(|_| wanted()).into_iter().zip(before).map(|(a, b)| a - b).sum();
    let own = watch.end().anonymous;

    let reports = record.reports.into_inner()?;
    let total = wall.as_secs_f64();
    // How far the end is off that is told on the way, as a share of the whole.
    let worst = |from: f64| {
        let told = reports.iter().filter(|(at, ..)| at.as_secs_f64() >= from);
        let off = told.filter_map(|(at, fraction, _)| Some((*at + remaining(*at, *fraction)?).as_secs_f64()));
        off.map(|end| (end / total - 1.0).abs()).fold(0.0, f64::max)
    };
    println!(
        "{} {name}-{} on {}: {total:.3} s (key {:.3} s), threads busy or waiting for a processor {:.1} %; own memory {:.1} MiB, \
         estimate {:.1}; ETA off by {:.0} % after 1 s, {:.0} % after a tenth",
        backend.name(),
        options.log,
        options.threads,
        opening.as_secs_f64(),
        100.0 * wanted.as_secs_f64() / total / options.threads as f64,
        own as f64 / 1_048_576.0,
        estimate as f64 / 1_048_576.0,
        100.0 * worst(1.0),
        100.0 * worst(total / 10.0)
    );
    if options.reports {
        for (at, fraction, stage) in &reports {
            println!("  {:.3} of the time: {fraction:.3} {stage}", at.as_secs_f64() / total);
        }
    }
    Ok(())
}

/// Time that this thread has run or waited for a processor: what it has not is idleness, also on a machine that others use.
fn wanted() -> Duration {
    let text = fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    let nanoseconds = text.split_whitespace().take(2).filter_map(|number| number.parse::<u64>().ok());
    Duration::from_nanos(nanoseconds.sum())
}
