//! Claims on the halo2 engine, from witness to verified proof.

use std::time::Instant;

use popw_circuits::{
    claims::{Kind, Shape, advice, layout},
    fixtures::Network,
};
use popw_prover::{
    halo2::{ProvingKey, Srs, Tau},
    progress::Silent,
};
use popw_verifier::halo2::{Key, verify};

/// Proves, verifies, and prints what it cost.
fn proves(shape: Shape) {
    let mut clock = Instant::now();
    let mut lap = |what: &str| {
        println!("{}: {what}: {:.1} ms", shape.kind.id(), clock.elapsed().as_secs_f64() * 1e3);
        clock = Instant::now();
    };
    let witness = Network::new(shape).witness();
    lap("fixture");
    let table = layout(&shape);
    lap("layout");
    let folder = tempfile::tempdir().unwrap();
    let (srs_path, key_path) = (folder.path().join("srs"), folder.path().join("key"));
    Srs::development(table.k, Tau::Seed(&[1; 32])).unwrap().save(&srs_path).unwrap();
    lap("making the string");
    let srs = Srs::open(&srs_path).unwrap();
    lap("opening the string");
    let key = ProvingKey::setup(&table, &srs).unwrap();
    lap("setup");
    key.save(&key_path).unwrap();
    lap("saving the key");
    let key = ProvingKey::open(&key_path).unwrap();
    lap("opening the key");
    let filled = advice(&shape, &witness);
    lap("witness");
    let proof = key.prove(&srs, &filled.columns, &filled.public, &Silent).unwrap();
    lap("proof");
    let payload = key.verifying_key().to_payload();
    let verifying = Key::from_payload(&payload).unwrap();
    lap("parsing the verifying key");
    verify(&verifying, &filled.public, &proof).unwrap();
    lap("verification");
    println!(
        "{}: k {}, degree {}, proof {} bytes, verifying key {} bytes, proving key {} bytes",
        shape.name,
        table.k,
        verifying.description().degree,
        proof.len(),
        payload.len(),
        std::fs::metadata(&key_path).unwrap().len()
    );
}

/// Commitments, evaluations, openings: without blinding the first commitments would be the same, and tell low-entropy
/// columns to whoever guesses them.
#[test]
fn two_proofs_of_one_witness_have_nothing_in_common() {
    let shape = Shape::demo(Kind::Possession);
    let table = layout(&shape);
    let srs = Srs::development(table.k, Tau::Seed(&[1; 32])).unwrap();
    let key = ProvingKey::setup(&table, &srs).unwrap();
    let witness = Network::new(shape).witness();
    let filled = advice(&shape, &witness);
    let [first, second] =
        [(); 2].map(|()| key.prove(&srs, &filled.columns, &filled.public, &Silent).unwrap());
    assert_eq!(first.len(), second.len());
    let words = first.chunks(32).zip(second.chunks(32));
    assert_eq!(words.filter(|(one, other)| one == other).count(), 0);
}

#[test]
fn demo() {
    proves(Shape::demo(Kind::Uptime));
}

#[test]
fn standard() {
    proves(Shape::standard(Kind::Uptime));
}

#[test]
fn possession() {
    proves(Shape::demo(Kind::Possession));
}

#[test]
fn bandwidth() {
    proves(Shape::demo(Kind::Bandwidth));
}

#[test]
fn work() {
    proves(Shape::demo(Kind::Work));
}
