//! The fuzz targets on `testdata/corpus` and on changes of it.
//!
//! `UPDATE_GOLDENS=1` writes the corpus' good files anew; other files there are cases that deserve to be tried each time.

use std::fs;
use std::path::Path;

use popw_core::document::Document;
use popw_verifier::fuzz::{TARGETS, replay};
use popw_verifier::halo2;
use popw_verifier::key::{Header, Payload, System, VerifyingKey, split};
use popw_verifier::{Field, Malformed, Problem};

use crate::{
    support::document::{envelope, epoch},
    support::{Fixture, header},
};

const TESTDATA: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/testdata");

/// A halo2 key, public inputs, and a proof.
struct Halo2 {
    payload: Vec<u8>,
    inputs: Vec<u8>,
    proof: Vec<u8>,
}

impl Halo2 {
    fn new(json: &str) -> Self {
        let value: serde_json::Value = serde_json::from_str(json).unwrap();
        let bytes = |value: &serde_json::Value| hex::decode(value.as_str().unwrap()).unwrap();
        let inputs = value["inputs"].as_array().unwrap().iter().flat_map(bytes).collect();
        Self { payload: bytes(&value["key"]), inputs, proof: bytes(&value["proof"]) }
    }

    fn key(&self) -> halo2::Key {
        halo2::Key::from_payload(&self.payload).unwrap()
    }

    fn key_file(&self) -> Vec<u8> {
        let header = Header { system: System::Halo2, ..header() };
        VerifyingKey::new(header, Payload::Halo2(Box::new(self.key()))).unwrap().to_bytes()
    }
}

const EVERYTHING: &str = include_str!("../vectors/halo2-everything.json");
/// Has one public input, where claims have three.
const NARROW: &str = include_str!("../vectors/halo2-narrow.json");

/// What was committed is what this version writes: formats do not change unnoticed.
#[test]
fn golden_corpus_is_what_is_written() {
    let mut fixture = Fixture::new();
    let envelope = envelope(&mut fixture, 1);
    let key = fixture.key.to_bytes();
    let payload = split(&key).unwrap().1.to_vec();
    let halo2 = Halo2::new(EVERYTHING);
    let mut one_input = halo2.key_file();
    one_input.truncate(one_input.len() - halo2.payload.len() - 4);
    let narrow = Halo2::new(NARROW).payload;
    one_input.extend(u32::try_from(narrow.len()).unwrap().to_be_bytes());
    one_input.extend(narrow);
    for (name, bytes) in [
        ("epoch.json", epoch().to_json().into_bytes()),
        ("halo2-inputs", halo2.inputs.clone()),
        ("corpus/key/groth16", key.clone()),
        ("corpus/key/halo2", halo2.key_file()),
        ("corpus/lint/halo2", halo2.key_file()),
        ("corpus/lint/halo2-one-input", one_input),
        ("corpus/halo2-key/good", halo2.payload),
        ("corpus/halo2-proof/good", halo2.proof),
        ("corpus/lint/groth16", key),
        ("corpus/groth16-key/good", payload),
        ("corpus/groth16-proof/good", envelope.proof.clone()),
        ("corpus/envelope-json/good", envelope.to_json().into_bytes()),
        ("corpus/envelope-compact/good", envelope.to_compact()),
    ] {
        let path = Path::new(TESTDATA).join(name);
        if std::env::var_os("UPDATE_GOLDENS").is_some() {
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(&path, &bytes).unwrap();
        }
        assert_eq!(fs::read(&path).unwrap(), bytes, "{name}");
    }
}

#[test]
fn fuzz_targets_replay() {
    replay(&TARGETS, &Path::new(TESTDATA).join("corpus"), 2_000);
}

/// A few kilobytes of openings at different rows would otherwise keep a verifier busy for minutes.
#[test]
fn openings_at_many_rows_are_refused() {
    let mut description = Halo2::new(NARROW).key().description().clone();
    description.k = 20;
    let query = |rotation| halo2::Query { column: 0, rotation };
    description.advice_queries = (0..32).map(query).collect();
    assert!(halo2::Key::new(description.clone()).is_ok());
    description.advice_queries.push(query(-1));
    let field = Field::Named("halo2 key: advice queries");
    assert_eq!(halo2::Key::new(description), Err(Malformed::new(field, Problem::OutOfBounds)));
}
