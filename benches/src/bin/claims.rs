//! The measures of docs/src/performance.md: every claim on both systems beside stock ark-groth16.
//!
//! `claims [uptime] [possession] [bandwidth] [work] [demo] [standard] [verifying]`, all of them without arguments; with
//! `verifying` nothing but the verifiers.
//! `RAYON_NUM_THREADS` sets the threads.

use std::{env, error::Error, fs, hint::black_box};

use ark_bn254::{Bn254, Fr};
use ark_groth16::Groth16;
use ark_serialize::{CanonicalDeserialize, CanonicalSerialize};
use popw_benches::{Run, compare, row};
use popw_circuits::{
    claims::{Kind, SHAPES, Shape},
    fixtures::Network,
};
use popw_prover::{
    claim,
    groth16::{Check, Entropy, Prover, ProvingKey, Replay, backend::Backend},
    halo2::{self, Srs},
    keys::KeyFiles,
    progress::Silent,
};
use popw_verifier::{
    groth16::{Entry, PreparedKey, Proof, find_invalid, verify, verify_batch},
    key::{Payload, System},
};

type Stock = Groth16<Bn254>;

fn main() -> Result<(), Box<dyn Error>> {
    let wanted: Vec<String> = env::args().skip(1).collect();
    println!(
        "{} threads, least of some runs in turns; ratios to stock ark-groth16",
        rayon::current_num_threads()
    );
    let asked = |name: &str| wanted.iter().any(|wanted| wanted == name);
    let any_kind = !Kind::ALL.iter().any(|kind| asked(kind.id()));
    let any_shape = !asked("demo") && !asked("standard");
    for shape in SHAPES {
        if (any_kind || asked(shape.kind.id())) && (any_shape || asked(shape.name)) {
            run(&shape, asked("verifying"))?;
        }
    }
    Ok(())
}

/// Large circuits take a minute a round.
fn rounds(constraints: usize) -> usize {
    if constraints < 1 << 17 { 5 } else { 2 }
}

fn run(shape: &Shape, only_verifying: bool) -> Result<(), Box<dyn Error>> {
    let folder = tempfile::tempdir()?;
    for system in [System::Groth16, System::Halo2] {
        claim::setup(folder.path(), shape, system, &Entropy::System, &Silent)?;
    }
    let groth16 = KeyFiles::new(folder.path(), shape.kind.id(), shape.name, System::Groth16);
    let halo2 = KeyFiles::new(folder.path(), shape.kind.id(), shape.name, System::Halo2);
    let matrices = claim::matrices(shape);
    let layout = claim::layout(shape);
    println!(
        "\n{}, {}: {} constraints; {} rows, k = {}",
        shape.kind.id(),
        shape.name,
        matrices.constraints(),
        layout.rows,
        layout.k
    );

    let key = ProvingKey::open(&groth16.proving(), Check::Now, &Silent)?;
    let table_key = halo2::ProvingKey::open(&halo2.proving())?;
    let string = halo2.reference_string(layout.k);
    let srs = Srs::open(&string)?;
    let witness = Network::new(*shape).witness();
    let assignment = claim::assignment(shape, &witness);
    let advice = claim::advice(shape, &witness);
    let variables: Vec<Fr> = assignment.full();
    let backend = Backend::detect();
    let prover = Prover::new(&key, &backend)?;
    let proof = prover.prove(assignment.clone(), &Silent)?;
    let table_proof = table_key.prove(&srs, &advice.columns, &advice.public, &Silent)?;
    verification(&key, &assignment.public, &proof, (&table_key, &srs), &table_proof)?;
    if only_verifying {
        return Ok(());
    }
    let stock_circuit = Replay { matrices: &matrices, variables: None };
    let stock = Stock::generate_random_parameters_with_reduction(stock_circuit, &mut ark_std::test_rng())?;

    let rounds = rounds(matrices.constraints());
    let costs = compare(
        rounds,
        &mut [
            Box::new(|| {
                let circuit = Replay { matrices: &matrices, variables: Some(&variables) };
                let proof =
                    Stock::create_random_proof_with_reduction(circuit, &stock, &mut ark_std::test_rng());
                black_box(proof.expect("stock proof"));
            }) as Run<'_>,
            Box::new(|| drop(black_box(claim::assignment(shape, &witness)))),
            Box::new(|| drop(black_box(prover.prove(assignment.clone(), &Silent).expect("proof")))),
            Box::new(|| drop(black_box(claim::advice(shape, &witness)))),
            Box::new(|| {
                drop(black_box(
                    table_key.prove(&srs, &advice.columns, &advice.public, &Silent).expect("proof"),
                ));
            }),
            Box::new(|| drop(ProvingKey::open(&groth16.proving(), Check::Once, &Silent).expect("key"))),
            Box::new(|| drop(halo2::ProvingKey::open(&halo2.proving()).expect("key"))),
            Box::new(|| drop(Srs::open(&string).expect("string"))),
        ],
    );
    let [stock, evaluate, prove, table, table_prove, open, table_open, srs_open] = &costs[..] else {
        unreachable!()
    };
    println!("{}", row("stock ark-groth16: prove", stock, None));
    println!("{}", row("groth16: witness", evaluate, None));
    println!("{}", row("groth16: prove and verify", prove, Some(stock)));
    println!("{}", row("halo2: witness", table, None));
    println!("{}", row("halo2: prove and verify", table_prove, Some(stock)));
    println!("{}", row("groth16: open the key", open, None));
    println!("{}", row("halo2: read the key", table_open, None));
    println!("{}", row("halo2: read the reference string", srs_open, None));

    for path in [groth16.proving(), groth16.verifying(), halo2.proving(), halo2.verifying(), string] {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        println!("  {name:<44} {:>12} bytes", fs::metadata(&path)?.len());
    }
    println!("  proofs: groth16 {} bytes, halo2 {} bytes", proof.to_bytes().len(), table_proof.len());
    Ok(())
}

fn verification(
    key: &ProvingKey,
    public: &[Fr],
    proof: &Proof,
    (table_key, srs): (&halo2::ProvingKey, &Srs),
    table_proof: &[u8],
) -> Result<(), Box<dyn Error>> {
    let prepared = PreparedKey::new(key.verifying_key())?;
    let bytes = proof.to_bytes();
    let Payload::Groth16(raw) = key.verifying_key().payload() else { unreachable!("a Groth16 key") };
    let stock_key = ark_groth16::prepare_verifying_key(&(&**raw).into());
    let mut stock_bytes = Vec::new();
    ark_groth16::Proof::<Bn254>::from(proof).serialize_uncompressed(&mut stock_bytes)?;
    let table = table_key.verifying_key();
    let batch = |size: usize| vec![Entry { inputs: public, proof }; size];
    let (some, many) = (batch(16), batch(256));
    let other: Vec<Fr> = public.iter().map(|input| *input + Fr::from(1u64)).collect();
    let mut one_false = many.clone();
    one_false[100].inputs = &other;
    let all_false = vec![Entry { inputs: &other, proof }; 256];
    let costs = compare(
        15,
        &mut [
            Box::new(|| {
                let proof = Proof::from_bytes(&bytes).expect("points");
                verify(&prepared, public, &proof).expect("valid");
            }) as Run<'_>,
            Box::new(|| verify_batch(&prepared, &some).expect("valid")),
            Box::new(|| verify_batch(&prepared, &many).expect("valid")),
            Box::new(|| assert_eq!(find_invalid(&prepared, &one_false).expect("inputs").len(), 1)),
            Box::new(|| assert_eq!(find_invalid(&prepared, &all_false).expect("inputs").len(), 256)),
            Box::new(|| popw_verifier::halo2::verify(table, public, table_proof).expect("valid")),
            Box::new(|| {
                let proof = ark_groth16::Proof::deserialize_uncompressed(&stock_bytes[..]).expect("points");
                assert!(Stock::verify_proof(&stock_key, &proof, public).expect("as many inputs"));
            }),
            Box::new(|| assert!(halo2::stock::verify(table_key, srs, public, table_proof))),
        ],
    );
    let [one, some, many, one_false, all_false, table, stock, stock_table] = &costs[..] else {
        unreachable!()
    };
    println!("{}", row("stock ark-groth16: verify one, from bytes", stock, None));
    println!("{}", row("groth16: verify one, from bytes", one, Some(stock)));
    for (what, cost, proofs) in [
        ("groth16: verify 16", some, 16),
        ("groth16: verify 256", many, 256),
        ("groth16: find 1 false of 256", one_false, 256),
        ("groth16: find 256 false of 256", all_false, 256),
    ] {
        let each = cost.wall.as_secs_f64() / f64::from(proofs);
        let singly = each / one.wall.as_secs_f64();
        println!("{}  = {:.2} ms a proof, {singly:.2} of one by one", row(what, cost, None), each * 1e3);
    }
    println!("{}", row("stock halo2-axiom: verify one", stock_table, None));
    println!("{}", row("halo2: verify one, from bytes", table, Some(stock_table)));
    Ok(())
}
