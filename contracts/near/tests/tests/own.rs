//! What only this chain can be given, and which refusal is whose.

use popw_near_tests::{Chain, Refused, corpora};
use popw_wire::{FIELD_MODULUS, Refusal, SCALAR_MODULUS};
use serde_json::json;

/// A verifier with a valid proof and its inputs.
fn valid() -> (Chain, Vec<u8>, Vec<[u8; 32]>) {
    let corpus = corpora().remove(0);
    let proofs = corpus.proofs().unwrap();
    let entry =
        proofs.into_iter().find(|entry| entry.key == "uptime-groth16" && entry.code == "valid").unwrap();
    let (chain, _) = Chain::new(&corpus.key_bytes("uptime-groth16").unwrap()).unwrap();
    (chain, entry.proof, entry.inputs)
}

fn refused(refusal: Refusal) -> Option<Refused> {
    Some(Refused::Contract(refusal))
}

#[test]
fn each_check_refuses_by_its_own_name() {
    let (mut chain, proof, inputs) = valid();
    assert_eq!(chain.verify(&proof, &inputs).result.err(), None);
    let mut with = |at: usize, bytes: &[u8]| {
        let mut changed = proof.clone();
        changed[at..at + bytes.len()].copy_from_slice(bytes);
        chain.verify(&changed, &inputs).result.err()
    };
    assert_eq!(with(0, &[0; 64]), refused(Refusal::PointAtInfinity));
    assert_eq!(with(64, &[0; 128]), refused(Refusal::PointAtInfinity));
    assert_eq!(with(192, &[0; 64]), refused(Refusal::PointAtInfinity));
    for at in (0..256).step_by(32) {
        assert_eq!(with(at, &FIELD_MODULUS), refused(Refusal::CoordinateNotCanonical), "byte {at}");
    }
    for at in [63, 191, 255] {
        assert_eq!(with(at, &[proof[at] ^ 1]), Some(Refused::Host), "byte {at}");
    }
    assert_eq!(with(192, &proof[..64]), refused(Refusal::Rejected));
    let mut verify = |proof: &[u8], inputs: &[[u8; 32]]| chain.verify(proof, inputs).result.err();
    assert_eq!(verify(&proof[..255], &inputs), refused(Refusal::ProofLength));
    assert_eq!(verify(&[&proof[..], &[0]].concat(), &inputs), refused(Refusal::ProofLength));
    assert_eq!(verify(&[], &inputs), refused(Refusal::ProofLength));
    assert_eq!(verify(&proof, &inputs[..2]), refused(Refusal::InputCount));
    assert_eq!(verify(&proof, &[&inputs[..], &[[0; 32]]].concat()), refused(Refusal::InputCount));
    assert_eq!(verify(&proof, &[SCALAR_MODULUS, inputs[1], inputs[2]]), refused(Refusal::InputNotCanonical));
}

#[test]
fn arguments_that_are_none() {
    let (mut chain, ..) = valid();
    let mut refused = |arguments| match chain.call("verify", &arguments).result {
        Err(Refused::Other(error)) => error,
        other => panic!("{arguments}: {other:?}"),
    };
    assert!(refused(json!({})).contains("deserialize"));
    assert!(refused(json!({ "proof": "%", "inputs": [] })).contains("deserialize"));
    let (mut chain, ..) = valid();
    let short = chain.call("verify", &json!({ "proof": "", "inputs": ["AAAA"] }));
    assert_eq!(short.result, Err(Refused::Contract(Refusal::InputNotCanonical)));
}

#[test]
fn a_key_is_for_ever() {
    let corpus = corpora().remove(0);
    let (mut chain, proof, inputs) = valid();
    let mut other =
        corpus.manifest.keys.iter().filter(|key| key.system == "groth16" && key.name != "uptime-groth16");
    let other = corpus.key_bytes(&other.next().unwrap().name).unwrap();
    let base64 = base64::Engine::encode(&base64::prelude::BASE64_STANDARD, &other);
    assert!(matches!(chain.call("new", &json!({ "key": base64 })).result, Err(Refused::Other(_))));
    assert_eq!(chain.verify(&proof, &inputs).result.err(), None);
    let mut bare = Chain::bare();
    assert!(matches!(bare.verify(&proof, &inputs).result, Err(Refused::Other(_))), "no key, no verdict");
    assert!(bare.call("new", &json!({ "key": base64 })).result.is_ok());
    assert_eq!(bare.verify(&proof, &inputs).result.err(), refused(Refusal::Rejected));
}

/// A halo2 key is a key, for native code and for other contracts.
#[test]
fn keys_of_another_system() {
    let corpus = corpora().remove(0);
    let mut halo2 = corpus.manifest.keys.iter().filter(|key| key.system == "halo2");
    let file = corpus.key_bytes(&halo2.next().expect("the corpus has halo2 keys").name).unwrap();
    assert_eq!(Chain::new(&file).err(), refused(Refusal::KeySystem));
    assert_eq!(Chain::new(&[]).err(), refused(Refusal::KeyFrame));
}

/// A call that runs out of gas is told apart from any verdict.
#[test]
fn out_of_gas_is_no_verdict() {
    let (mut chain, proof, inputs) = valid();
    chain.prepaid = 10_000_000_000_000;
    match chain.verify(&proof, &inputs).result {
        Err(Refused::Other(error)) => assert!(error.contains("gas"), "{error}"),
        other => panic!("{other:?}"),
    }
    chain.prepaid = 300_000_000_000_000;
    assert_eq!(chain.verify(&proof, &inputs).result.err(), None);
}
