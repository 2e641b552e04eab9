//! Every Groth16 entry of the corpus gets the native verdict, at a bounded price.

use std::collections::BTreeMap;

use popw_near_tests::{Chain, Refused, corpora, keys, wasm};
use popw_wire::Refusal;
use serde_json::{Value, json};

/// Gas of `verify` in the virtual machine, whatever the proof.
const VERIFY: u64 = 33_000_000_000_000;
/// Gas of `new`.
const NEW: u64 = 26_000_000_000_000;
/// Bytes of the contract.
const WASM: usize = 100_000;

fn tera(gas: u64) -> String {
    format!("{:.2} Tgas", gas as f64 / 1e12)
}

#[test]
fn proofs() {
    let mut ran = BTreeMap::new();
    let (mut by_host, mut dearest, mut dearest_key) = (0, 0, 0);
    for corpus in corpora() {
        let proofs = corpus.proofs().unwrap();
        for (name, file) in keys(&corpus) {
            let (mut chain, gas) = Chain::new(&file).unwrap();
            dearest_key = dearest_key.max(gas);
            for entry in proofs.iter().filter(|entry| entry.key == name) {
                let outcome = chain.verify(&entry.proof, &entry.inputs);
                let code = match &outcome.result {
                    Ok(_) => "valid",
                    Err(Refused::Contract(refusal)) => refusal.code(),
                    Err(Refused::Host) => "malformed",
                    Err(Refused::Other(error)) => panic!("{}: {error}", entry.name),
                };
                assert_eq!(code, entry.code, "{}: {outcome:?}", entry.name);
                by_host += usize::from(outcome.result == Err(Refused::Host));
                dearest = dearest.max(outcome.gas);
                *ran.entry(entry.code.clone()).or_insert(0) += 1;
            }
        }
    }
    println!("proofs: {ran:?}, {by_host} refused by the chain's functions");
    for code in ["valid", "malformed", "wrong-input-count", "rejected"] {
        assert!(ran.get(code).is_some_and(|count| *count > 0), "no entry is {code}");
    }
    assert!(by_host > 0, "no entry has a point that is none");
    println!("verify: {}; new: {}; wasm: {} bytes", tera(dearest), tera(dearest_key), wasm().len());
    assert!((1..=VERIFY).contains(&dearest), "verify: {}", tera(dearest));
    assert!((1..=NEW).contains(&dearest_key), "new: {}", tera(dearest_key));
    assert!((1..=WASM).contains(&wasm().len()), "wasm: {} bytes", wasm().len());
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
            let (mut chain, _) = Chain::new(&corpus.key_bytes(&key.name).unwrap()).unwrap();
            let about = chain.call("about", &json!({})).result.unwrap();
            let about: Value = serde_json::from_slice(&about).unwrap();
            let expected = json!({
                "claim": key.claim, "claim_version": 1, "shape": corpus.manifest.shape, "development": "seeded",
                "digest": key.digest,
            });
            assert_eq!(about, expected);
        }
    }
}
