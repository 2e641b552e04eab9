//! What only this chain can be given: values of other types and sizes, and which refusal is whose.

use popw_wire::{FIELD_MODULUS, Refusal, SCALAR_MODULUS};
use soroban_sdk::{Bytes, IntoVal, Val, Vec, vec};

use crate::chain::{Chain, Refused};
use crate::corpus::corpora;

/// A verifier with a valid proof and its inputs.
fn valid() -> (Chain, std::vec::Vec<u8>, std::vec::Vec<[u8; 32]>) {
    let corpus = corpora().remove(0);
    let proofs = corpus.proofs().unwrap();
    let entry =
        proofs.into_iter().find(|entry| entry.key == "uptime-groth16" && entry.code == "valid").unwrap();
    (Chain::new(&corpus.key_bytes("uptime-groth16").unwrap()).unwrap(), entry.proof, entry.inputs)
}

#[test]
fn each_check_refuses_by_its_own_name() {
    let (chain, proof, inputs) = valid();
    assert_eq!(chain.verify(&proof, &inputs), Ok(()));
    let with = |at: usize, bytes: &[u8]| {
        let mut changed = proof.clone();
        changed[at..at + bytes.len()].copy_from_slice(bytes);
        chain.verify(&changed, &inputs)
    };
    let refused = |refusal| Err(Refused::Contract(refusal));
    assert_eq!(with(0, &[0; 64]), refused(Refusal::PointAtInfinity));
    assert_eq!(with(64, &[0; 128]), refused(Refusal::PointAtInfinity));
    assert_eq!(with(192, &[0; 64]), refused(Refusal::PointAtInfinity));
    for at in (0..256).step_by(32) {
        assert_eq!(with(at, &FIELD_MODULUS), refused(Refusal::CoordinateNotCanonical), "byte {at}");
    }
    let off_curve = |at: usize| with(at, &[proof[at] ^ 1]);
    assert_eq!(off_curve(63), refused(Refusal::PointNotOnCurve));
    assert_eq!(off_curve(255), refused(Refusal::PointNotOnCurve));
    assert_eq!(off_curve(191), Err(Refused::Host));
    assert_eq!(with(192, &proof[..64]), refused(Refusal::Rejected));
    assert_eq!(chain.verify(&proof[..255], &inputs), refused(Refusal::ProofLength));
    assert_eq!(chain.verify(&[&proof[..], &[0]].concat(), &inputs), refused(Refusal::ProofLength));
    assert_eq!(chain.verify(&[], &inputs), refused(Refusal::ProofLength));
    assert_eq!(chain.verify(&proof, &inputs[..2]), refused(Refusal::InputCount));
    assert_eq!(chain.verify(&proof, &[&inputs[..], &[[0; 32]]].concat()), refused(Refusal::InputCount));
    let not_canonical = [SCALAR_MODULUS, inputs[1], inputs[2]];
    assert_eq!(chain.verify(&proof, &not_canonical), refused(Refusal::InputNotCanonical));
}

#[test]
fn inputs_of_other_sizes_and_types() {
    let (chain, proof, inputs) = valid();
    let call = |inputs: Vec<Val>| {
        chain.call::<()>("verify", vec![&chain.env, chain.bytes(&proof), inputs.into_val(&chain.env)])
    };
    let good = |index: usize| chain.bytes(&inputs[index]);
    assert_eq!(call(vec![&chain.env, good(0), good(1), good(2)]), Ok(()));
    let short = Bytes::from_slice(&chain.env, &inputs[0][1..]).into_val(&chain.env);
    let number = 7u32.into_val(&chain.env);
    for wrong in [short, number] {
        let refused = call(vec![&chain.env, wrong, good(1), good(2)]);
        assert_eq!(refused, Err(Refused::Contract(Refusal::InputNotCanonical)));
    }
}

#[test]
fn keys_beyond_any_length() {
    let key = corpora().remove(0).key_bytes("uptime-groth16").unwrap();
    assert!(Chain::new(&key).is_ok());
    for length in [0, 1, key.len() - 1] {
        assert_eq!(Chain::new(&key[..length]).err(), Some(Refused::Contract(Refusal::KeyFrame)));
    }
    let long = [&key[..], &[0; 4096]].concat();
    assert_eq!(Chain::new(&long).err(), Some(Refused::Contract(Refusal::KeyFrame)));
}

/// A halo2 key is a key, for native code and for other contracts.
#[test]
fn keys_of_another_system() {
    let corpus = corpora().remove(0);
    let mut halo2 = corpus.manifest.keys.iter().filter(|key| key.system == "halo2");
    let file = corpus.key_bytes(&halo2.next().expect("the corpus has halo2 keys").name).unwrap();
    let shorter = &file[..700];
    assert_eq!(Chain::new(shorter).err(), Some(Refused::Contract(Refusal::KeySystem)));
    assert_eq!(Chain::new(&file).err(), Some(Refused::Contract(Refusal::KeyFrame)));
}
