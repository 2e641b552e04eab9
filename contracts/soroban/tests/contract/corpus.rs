//! The corpus: one accept set.

use std::collections::BTreeMap;
use std::path::PathBuf;

use popw_corpus::Corpus;
use popw_wire::Refusal;

use crate::chain::{Chain, Refused};

/// The committed corpus, and the one of demo keys where it has been made; or the one in `POPW_CORPUS`.
pub fn corpora() -> Vec<Corpus> {
    let here = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../corpus");
    let folders = match std::env::var_os("POPW_CORPUS") {
        Some(folder) => vec![PathBuf::from(folder)],
        None => vec![here.join("standard"), here.join("demo")],
    };
    let there = |folder: &PathBuf| !folder.ends_with("demo") || folder.join("manifest.json").exists();
    folders.iter().filter(|folder| there(folder)).map(|folder| Corpus::read(folder).unwrap()).collect()
}

/// The corpora's Groth16 keys: name and file.
pub fn keys(corpus: &Corpus) -> Vec<(String, Vec<u8>)> {
    let keys = corpus.manifest.keys.iter().filter(|key| key.system == "groth16");
    keys.map(|key| (key.name.clone(), corpus.key_bytes(&key.name).unwrap())).collect()
}

#[test]
fn proofs() {
    let mut ran = BTreeMap::new();
    let mut by_host = 0;
    for corpus in corpora() {
        let proofs = corpus.proofs().unwrap();
        for (name, file) in keys(&corpus) {
            let chain = Chain::new(&file).unwrap();
            for entry in proofs.iter().filter(|entry| entry.key == name) {
                let verdict = chain.verify(&entry.proof, &entry.inputs);
                let code = match &verdict {
                    Ok(()) => "valid",
                    Err(Refused::Contract(refusal)) => refusal.code(),
                    Err(Refused::Host) => "malformed",
                    Err(Refused::Other(error)) => panic!("{}: {error}", entry.name),
                };
                assert_eq!(code, entry.code, "{}: {verdict:?}", entry.name);
                by_host += usize::from(verdict == Err(Refused::Host));
                *ran.entry(entry.code.clone()).or_insert(0) += 1;
            }
        }
    }
    println!("proofs: {ran:?}, {by_host} refused by the host");
    for code in ["valid", "malformed", "wrong-input-count", "rejected"] {
        assert!(ran.get(code).is_some_and(|count| *count > 0), "no entry is {code}");
    }
    assert!(by_host > 0, "no entry has a B that is no point of G2");
}

#[test]
fn key_files() {
    let mut ran = BTreeMap::new();
    for corpus in corpora() {
        let groth16 = keys(&corpus);
        for (edited, (name, file, code)) in corpus.manifest.key_files.iter().zip(corpus.key_files().unwrap())
        {
            if !groth16.iter().any(|(key, _)| *key == edited.of) {
                continue;
            }
            let made = Chain::new(&file);
            if ["ic-sum", "related-sum"].contains(&&*code) {
                // Who deploys looks for sums, by `popw lint key`: the contract compares points.
                assert!(made.is_ok(), "{name}: refused for what it does not look for");
                continue;
            }
            let refused = made.err().unwrap_or_else(|| panic!("{name} was accepted"));
            let found = match &refused {
                // What native code would read as a halo2 key, and then refuse.
                Refused::Contract(Refusal::KeySystem) => "malformed-key",
                Refused::Contract(refusal) => refusal.code(),
                Refused::Host => "malformed-key",
                Refused::Other(error) => panic!("{name}: {error}"),
            };
            assert_eq!(found, code, "{name}: {refused:?}");
            *ran.entry(code).or_insert(0) += 1;
        }
    }
    println!("key files: {ran:?}");
    for code in ["malformed-key", "related-points", "generator", "duplicate-ic", "ic-alpha"] {
        assert!(ran.get(code).is_some_and(|count| *count > 0), "no key file is {code}");
    }
}

#[test]
fn keys_are_told() {
    for corpus in corpora() {
        for key in corpus.manifest.keys.iter().filter(|key| key.system == "groth16") {
            let about = Chain::new(&corpus.key_bytes(&key.name).unwrap()).unwrap().about();
            assert_eq!(about.claim.to_string(), key.claim);
            assert_eq!(about.shape.to_string(), corpus.manifest.shape);
            assert_eq!(hex::encode(about.digest.to_array()), key.digest);
            assert_eq!(about.claim_version, 1);
            assert_eq!(about.development.map(|how| how.to_string()).as_deref(), Some("seeded"));
        }
    }
}
