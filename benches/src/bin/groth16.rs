//! The Groth16 engine beside stock ark-groth16 on the same circuits.
//!
//! `groth16 [synthetic] [demo] [standard]`, all three without arguments. `RAYON_NUM_THREADS` sets the threads.
//! (`groth16 alone KEY SHAPE` makes one uptime proof in a process that does nothing else; the above starts it.)

use std::{env, error::Error, fs, path::Path, process::Command};

use ark_bn254::{Bn254, Fr};
use ark_groth16::Groth16;
use ark_serialize::{CanonicalDeserialize, CanonicalSerialize};
use popw_benches::{Run, Stages, circuits, circuits::Sample, compare, measure, row};
use popw_circuits::claims::{
    Kind, shape,
    uptime::{DEMO, STANDARD},
};
use popw_prover::{
    backend::Backend,
    groth16::{Check, Entropy, Prover, ProvingKey, Purpose, Replay, Workload, estimate, prove, setup},
    progress::{ProgressSink, Silent},
};
use popw_verifier::groth16::{PreparedKey, verify};

const ROUNDS: usize = 5;

type Stock = Groth16<Bn254>;
type StockKey = ark_groth16::ProvingKey<Bn254>;

fn main() -> Result<(), Box<dyn Error>> {
    let wanted: Vec<String> = env::args().skip(1).collect();
    if let [alone, key, shape] = wanted.as_slice()
        && alone == "alone"
    {
        return prove_alone(Path::new(key), shape);
    }
    type Make = fn() -> Sample;
    let samples: [(&str, Make); 3] = [
        ("synthetic", || circuits::synthetic(95_000)),
        ("demo", || circuits::uptime(DEMO)),
        ("standard", || circuits::uptime(STANDARD)),
    ];
    println!(
        "{} threads, least of {ROUNDS} runs in turns; ratios to stock ark-groth16",
        rayon::current_num_threads()
    );
    for (name, sample) in samples {
        if wanted.is_empty() || wanted.iter().any(|w| w == name) {
            run(&sample())?;
        }
    }
    Ok(())
}

fn run(sample: &Sample) -> Result<(), Box<dyn Error>> {
    let Sample { name, matrices, assignment, shape } = sample;
    println!("\n{name}");
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("bench.pk");
    let purpose = Purpose { claim: "bench".into(), claim_version: 1, shape: "bench".into() };
    let (cost, made) = measure(|| setup(&path, matrices, &purpose, &Entropy::System, &Silent));
    made?;
    println!("{}", row("setup", &cost, None));

    let stock_path = folder.path().join("stock.pk");
    let parameters = Replay { matrices, variables: None };
    let rng = &mut ark_std::test_rng();
    let stock = Stock::generate_random_parameters_with_reduction(parameters, rng)?;
    stock.serialize_uncompressed(std::io::BufWriter::new(fs::File::create(&stock_path)?))?;
    let bytes = |path: &Path| fs::metadata(path).map(|m| m.len() as f64 / f64::from(1 << 20));
    println!(
        "  key files: ours with matrices {:.1} MiB, stock without {:.1} MiB",
        bytes(&path)?,
        bytes(&stock_path)?
    );

    let load_stock = || -> Result<StockKey, Box<dyn Error>> {
        let file = std::io::BufReader::new(fs::File::open(&stock_path)?);
        Ok(StockKey::deserialize_uncompressed_unchecked(file)?)
    };
    let costs = compare(
        ROUNDS,
        &mut [
            Box::new(|| drop(load_stock().expect("stock key"))) as Run<'_>,
            Box::new(|| drop(ProvingKey::open(&path, Check::Once, &Silent).expect("our key"))),
        ],
    );
    println!("{}", row("stock: read the key, unchecked", &costs[0], None));
    println!("{}", row("ours: open the key, validated before", &costs[1], Some(&costs[0])));
    let stages = Stages::default();
    let (cost, key) = measure(|| ProvingKey::open(&path, Check::Now, &stages));
    let key = key?;
    stages.report("", 1.0);
    println!("{}", row("ours: open and validate all of it", &cost, None));
    println!("  ms cpu: {}", stages.summary());

    let expected = estimate(&Workload::of_key(&key))?;
    println!(
        "  expected by --dry-run: {:.0} ms, {} MiB",
        expected.seconds * 1e3,
        expected.memory_bytes >> 20
    );
    let variables: Vec<Fr> = assignment.full();
    let backend = Backend::reference();
    let prover = Prover::new(&key, &backend)?;
    let costs = compare(
        ROUNDS,
        &mut [
            Box::new(|| {
                let circuit = Replay { matrices, variables: Some(&variables) };
                let rng = &mut ark_std::test_rng();
                Stock::create_random_proof_with_reduction(circuit, &stock, rng).expect("stock proof");
            }) as Run<'_>,
            Box::new(|| drop(Prover::new(&key, &backend).expect("prover"))),
            Box::new(|| drop(prover.prove(assignment.clone(), &Silent).expect("our proof"))),
        ],
    );
    println!("{}", row("stock: synthesise and prove", &costs[0], None));
    println!("{}", row("ours: load the key into the backend", &costs[1], None));
    println!("{}", row("ours: prove and verify", &costs[2], Some(&costs[0])));

    let stages = Stages::default();
    let proof = prover.prove(assignment.clone(), &stages)?;
    println!("  ms cpu: {}", stages.summary());
    let verifying = PreparedKey::new(key.verifying_key())?;
    let costs =
        compare(ROUNDS, &mut [Box::new(|| verify(&verifying, &assignment.public, &proof).expect("valid"))]);
    println!("{}", row("ours: verify", &costs[0], None));
    if let Some(shape) = shape {
        Command::new(env::current_exe()?).arg("alone").arg(&path).arg(shape.name).status()?;
    }
    Ok(())
}

/// What `popw prove` does, from nothing: open the key, evaluate the circuit, prove.
fn prove_alone(path: &Path, shape: &str) -> Result<(), Box<dyn Error>> {
    let shape = self::shape(Kind::Uptime, shape).ok_or("no such shape")?;
    let (cost, proof) = measure(|| -> Result<_, Box<dyn Error>> {
        let key = ProvingKey::open(path, Check::Once, &Silent)?;
        Ok(prove(&key, &Backend::reference(), circuits::uptime_witness(&shape), &Silent)?)
    });
    proof?;
    println!("{}", row("ours: open, witness, prove, alone in a process", &cost, None));
    Ok(())
}
