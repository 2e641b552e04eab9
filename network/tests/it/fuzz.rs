//! Replays of the fuzz targets on the real files in `testdata/corpus` and on small changes of them.
//!
//! `UPDATE_GOLDENS=1` writes the corpus anew.

use std::fs;
use std::path::{Path, PathBuf};

use popw_core::document::{self, Document, EpochPublic};
use popw_core::fuzz::{has_one_reading, other_readings};
use popw_network::beacon::{DrandRound, Value};
use popw_network::epoch;
use popw_network::epoch::directory::{Epoch, EpochDirectory};
use popw_network::fuzz::TARGETS;
use popw_network::keyfile::KeyFile;
use popw_network::member::Role;
use popw_network::policy::{Policy, Shape};
use popw_network::registry::Registration;
use proptest::prelude::*;
use tempfile::tempdir;

use super::{beacon, epoch as epochs, keyfile, registry};

fn testdata(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata").join(name)
}

/// A good file for each target: the seeds of the corpus.
fn seeds() -> Vec<(&'static str, Vec<u8>)> {
    let (_folder, registry, policy) = epochs::network();
    let opened = epochs::opened(&registry, &policy);
    let closed = epoch::close(&opened, &policy, epochs::beacon(&policy, 1009)).unwrap();
    let folder = tempdir().unwrap();
    let round = fs::read(beacon::recorded("quicknet-1000.json")).unwrap();
    let mut standard = Policy::new("corpus", Shape::Standard, 1_800_000_000_000);
    standard.domain_id = registry::domain_id();
    vec![
        ("policy", standard.to_toml().into_bytes()),
        ("key-file", fs::read(keyfile::plaintext(&folder)).unwrap()),
        ("registration", registry::registration(Role::Device, 21, 221).to_json().into_bytes()),
        ("epoch", closed.to_json().into_bytes()),
        ("directory", EpochDirectory::collect(&registry, 0).unwrap().to_json().into_bytes()),
        ("drand-round", round),
        ("beacon-value", format!(r#"{{"round":3,"randomness":"{}"}}"#, "ab".repeat(32)).into_bytes()),
    ]
}

fn seed(target: &str) -> Vec<u8> {
    fs::read(testdata("corpus").join(target).join("good")).unwrap()
}

/// The files in the corpus are what this version writes: formats do not change unnoticed.
#[test]
fn golden_corpus_is_what_is_written() {
    for (target, bytes) in seeds() {
        let path = testdata("corpus").join(target).join("good");
        if std::env::var_os("UPDATE_GOLDENS").is_some() {
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(&path, &bytes).unwrap();
        }
        assert_eq!(fs::read_to_string(&path).unwrap(), String::from_utf8(bytes).unwrap(), "{target}");
    }
}

/// The directory among the seeds is the seed epoch's: changes of it begin behind the roots' check, not before it.
#[test]
fn the_corpus_holds_together() {
    let public = EpochPublic::from_json(&seed("epoch")).unwrap();
    let directory = EpochDirectory::from_json(&seed("directory")).unwrap();
    assert_eq!((directory.sectors.len(), directory.allotments.len()), (3, 3));
    Epoch::new(public, directory).unwrap();
}

/// What one program reads as the checked content, another must not read as something else.
#[test]
fn no_document_has_a_second_reading() {
    has_one_reading::<KeyFile>(&seed("key-file"));
    has_one_reading::<Registration>(&seed("registration"));
    has_one_reading::<EpochPublic>(&seed("epoch"));
    has_one_reading::<EpochDirectory>(&seed("directory"));
    let readings = |target| other_readings(std::str::from_utf8(&seed(target)).unwrap());
    for other in readings("beacon-value") {
        assert!(document::read::<Value>(other.json.as_bytes()).is_err(), "{}", other.json);
    }
    for other in readings("drand-round") {
        assert!(DrandRound::parse(other.json.as_bytes()).is_err(), "{}", other.json);
    }
}

#[test]
fn the_corpus_replays() {
    for (target, run) in TARGETS {
        for file in fs::read_dir(testdata("corpus").join(target)).unwrap() {
            run(&fs::read(file.unwrap().path()).unwrap());
        }
    }
}

/// Every cut of a good file, as a killed copy leaves it.
#[test]
fn cut_files_are_refused_without_panic() {
    for (target, run) in TARGETS {
        let good = seed(target);
        for cut in (0..good.len()).step_by(good.len() / 60 + 1) {
            run(&good[..cut]);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn any_bytes_replay(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        for (_, run) in TARGETS {
            run(&bytes);
        }
    }

    #[test]
    fn changed_files_replay(target in 0..TARGETS.len(), at: prop::sample::Index, bytes in "[ -~]{1,4}", cut: bool) {
        let (name, run) = TARGETS[target];
        let mut file = seed(name);
        let at = at.index(file.len());
        let end = if cut { file.len().min(at + 7) } else { file.len().min(at + bytes.len()) };
        file.splice(at..end, bytes.bytes());
        run(&file);
    }
}
