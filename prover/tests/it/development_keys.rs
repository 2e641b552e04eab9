//! Keys made from a public seed come out the same everywhere: their digests are pinned under `params/`.

use std::{fs, path::Path};

use popw_circuits::claims::{SHAPES, uptime};
use popw_prover::{claim::setup, groth16::Entropy, progress::Silent};
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
    for shape in SHAPES.into_iter().filter(|shape| shape.name == "demo" || *shape == uptime::STANDARD) {
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
