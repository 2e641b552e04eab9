//! Keys made from a public seed come out the same everywhere: their digests are pinned under `params/`.

use std::{
    fs,
    path::Path,
    sync::atomic::{AtomicUsize, Ordering},
};

use popw_circuits::claims::{Kind, SHAPES, Shape};
use popw_prover::{
    claim::{SetupError, setup},
    groth16::{Entropy, verifying_key_file},
    keys::KeyFiles,
    progress::{ProgressSink, Silent},
};
use popw_verifier::key::System;

#[test]
fn golden_development_keys() {
    let seed = blake3::derive_key("popw setup seed, version 1", b"popw development keys, version 1");
    let folder = tempfile::tempdir().expect("a folder");
    let mut text = String::from(
        "# BLAKE3 digests of the verifying keys that `popw setup … --insecure-seed \"popw development keys, \
         version 1\"` makes.\n# For tests: anyone can compute their secrets.\n",
    );
    // The large ones take minutes.
    for shape in
        SHAPES.into_iter().filter(|shape| shape.name == "demo" || *shape == Shape::standard(Kind::Uptime))
    {
        for system in [System::Groth16, System::Halo2] {
            let made = setup(folder.path(), &shape, system, &Entropy::Seed(seed), &Silent).expect("keys");
            text += &format!(
                "{}-{}-{} {}\n",
                shape.kind.id(),
                shape.name,
                system.name(),
                made.verifying_key.digest()
            );
        }
    }
    let pinned = Path::new(env!("CARGO_MANIFEST_DIR")).join("../params/development-keys.txt");
    if std::env::var_os("UPDATE_GOLDENS").is_some() {
        fs::write(&pinned, &text).expect("params/ is writable");
    }
    let expected = fs::read_to_string(&pinned).unwrap_or_default();
    assert_eq!(text, expected, "the keys changed; `make goldens` rewrites the file if that is intended");
}

/// Wants to make the same key whenever whoever makes it says how far it is.
struct Rival<'a> {
    folder: &'a Path,
    refused: AtomicUsize,
}

impl ProgressSink for Rival<'_> {
    fn report(&self, stage: &str, _: f64) {
        let made =
            setup(self.folder, &Shape::demo(Kind::Uptime), System::Groth16, &Entropy::Seed([2; 32]), &Silent);
        assert!(matches!(made, Err(SetupError::Busy { .. })), "{stage}");
        self.refused.fetch_add(1, Ordering::Relaxed);
    }
}

#[test]
fn a_key_is_made_by_one_at_a_time_and_its_files_are_a_pair() {
    let folder = tempfile::tempdir().expect("a folder");
    let shape = Shape::demo(Kind::Uptime);
    let files = KeyFiles::new(folder.path(), shape.kind.id(), shape.name, System::Groth16);
    let make = |seed, sink: &dyn ProgressSink| {
        let entropy = Entropy::Seed([seed; 32]);
        let made = setup(folder.path(), &shape, System::Groth16, &entropy, sink).expect("keys");
        let verifying = fs::read(files.verifying()).expect("a file");
        assert!(verifying == verifying_key_file(&files.proving()).expect("a key"));
        assert!(verifying == made.verifying_key.to_bytes());
        verifying
    };
    let rival = Rival { folder: folder.path(), refused: AtomicUsize::new(0) };
    let first = make(1, &rival);
    assert!(rival.refused.into_inner() > 1);
    assert!(make(2, &Silent) != first, "it is replaced when nobody makes it any more");
}
