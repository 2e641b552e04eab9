//! The committed halo2 contracts are those of the corpus' keys; what makes them different from Groth16's; keys that get none.

use std::{fs, path::PathBuf};

use popw_solidity::{Error, contract};
use popw_verifier::{
    halo2::{Key, Op, Program},
    key::{Payload, VerifyingKey},
};

fn project(path: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../..").join(path)
}

fn key(name: &str) -> VerifyingKey {
    let path = project("corpus/standard").join(format!("{name}.vk"));
    let bytes = fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    VerifyingKey::from_bytes(&bytes).expect("a corpus key")
}

fn halo2(key: &VerifyingKey) -> &Key {
    let Payload::Halo2(halo2) = key.payload() else { panic!("a halo2 key") };
    halo2
}

#[test]
fn golden_contracts_are_those_of_the_corpus() {
    for claim in ["uptime", "possession", "bandwidth", "work"] {
        let sources = contract(&key(&format!("{claim}-halo2"))).expect("a contract");
        assert_eq!(sources.len(), 1);
        let path = project("contracts/src/generated").join(&sources[0].name);
        if std::env::var_os("UPDATE_GOLDENS").is_some() {
            fs::write(&path, &sources[0].text).expect("writing a contract");
        }
        let committed = fs::read_to_string(&path).unwrap_or_default();
        assert!(
            committed == sources[0].text,
            "{} is out of date: UPDATE_GOLDENS=1 renews it",
            path.display()
        );
    }
}

/// A contract reads exactly its key's proofs, and has every commitment of the key: in its code or in its constants.
#[test]
fn contracts_have_all_of_their_key() {
    for claim in ["uptime", "work"] {
        let key = key(&format!("{claim}-halo2"));
        let text = contract(&key).expect("a contract").remove(0).text;
        let halo2 = halo2(&key);
        assert!(text.contains(&format!("PROOF_BYTES = {};", halo2.proof_length())));
        assert!(text.contains(&format!("KEY_DIGEST = 0x{}", key.digest())));
        assert_eq!(text.contains("extcodecopy"), claim == "work");
        let description = halo2.description();
        let permutation = description.permutation.iter().map(|(_, point)| point);
        for point in description.fixed.iter().chain(permutation) {
            let mut bytes = Vec::new();
            popw_verifier::encoding::push_g1(&mut bytes, point);
            for word in bytes.chunks(32) {
                assert!(text.contains(&hex::encode(word)), "{claim}: a commitment is missing");
            }
        }
    }
}

/// More than fits into a contract and its constants.
#[test]
fn a_key_that_is_too_large_is_refused() {
    let large = key("work-halo2");
    let mut description = halo2(&large).description().clone();
    let gates = description.gates.clone();
    // Different constants in every copy, so that nothing is shared.
    for copy in 1..=2u64 {
        for gate in &gates {
            let changed = gate.0.iter().map(|op| match op {
                Op::Constant(value) => Op::Constant(*value + ark_bn254::Fr::from(copy)),
                other => *other,
            });
            description.gates.push(Program(changed.collect()));
        }
    }
    let key = Key::new(description).expect("a key");
    let key = VerifyingKey::new(large.header().clone(), Payload::Halo2(Box::new(key))).expect("a key");
    let refusal = contract(&key);
    assert!(
        matches!(&refusal, Err(Error::Unsupported(reason)) if reason.contains("PopwWorkStandardHalo2")
            && reason.contains("the EVM allows 24576")),
        "{:?}",
        refusal.map(|sources| sources.len())
    );
}
