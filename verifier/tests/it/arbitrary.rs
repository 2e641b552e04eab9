//! No bytes make a parser panic, and what parses is written back the same.

use popw_verifier::groth16::{PROOF_BYTES, Proof, public_inputs};
use popw_verifier::key::VerifyingKey;
use popw_verifier::lint::lint;
use proptest::collection::vec;
use proptest::prelude::*;
use std::sync::LazyLock;

use crate::support::Fixture;

static KEY: LazyLock<Vec<u8>> = LazyLock::new(|| Fixture::new().key.to_bytes());
static PROOF: LazyLock<Vec<u8>> = LazyLock::new(|| Fixture::new().proof().1.to_bytes());

/// Good bytes with some of them replaced, and cut or extended.
fn mutated(good: &'static [u8]) -> impl Strategy<Value = Vec<u8>> {
    let edits = vec((0..good.len(), any::<u8>()), 0..4);
    (edits, 0..=good.len(), vec(any::<u8>(), 0..3), any::<bool>()).prop_map(
        move |(edits, cut, tail, whole)| {
            let mut bytes = good.to_vec();
            for (index, value) in edits {
                bytes[index] = value;
            }
            if !whole {
                bytes.truncate(cut);
                bytes.extend(tail);
            }
            bytes
        },
    )
}

fn try_key(bytes: &[u8]) {
    let _ = lint(bytes);
    if let Ok(key) = VerifyingKey::from_bytes(bytes) {
        assert_eq!(key.to_bytes(), bytes);
        let again = VerifyingKey::new(key.header().clone(), key.payload().clone()).unwrap();
        assert_eq!(again, key);
    }
}

fn try_proof(bytes: &[u8]) {
    if let Ok(proof) = Proof::from_bytes(bytes) {
        assert_eq!(proof.to_bytes(), bytes);
        assert_eq!(bytes.len(), PROOF_BYTES);
    }
}

proptest! {
    #[test]
    fn keys_from_anything(bytes in vec(any::<u8>(), 0..900)) {
        try_key(&bytes);
        let framed = [&b"POPWVKEY\x00\x01"[..], &bytes].concat();
        try_key(&framed);
    }

    #[test]
    fn keys_from_nearly_keys(bytes in mutated(&KEY)) {
        try_key(&bytes);
    }

    #[test]
    fn proofs_from_anything(bytes in vec(any::<u8>(), 0..300)) {
        try_proof(&bytes);
    }

    #[test]
    fn proofs_from_nearly_proofs(bytes in mutated(&PROOF)) {
        try_proof(&bytes);
    }

    #[test]
    fn inputs_from_anything(encoded in vec(any::<[u8; 32]>(), 0..5)) {
        let _ = public_inputs(&encoded);
    }
}
