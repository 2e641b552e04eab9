//! Plain functions over bytes, one for each parser of this crate: for fuzzers, and for tests that replay a corpus. None
//! may panic; each asserts what must hold of what it accepts.

use alloc::vec::Vec;
use std::sync::LazyLock;

use ark_bn254::G1Affine;
use ark_ec::AffineRepr;
use popw_core::document::{Document, EpochPublic, ProofEnvelope, System};
pub use popw_core::fuzz::{Target, replay};

use crate::encoding::{self, G1_BYTES};
use crate::envelope::{self, Against};
use crate::export;
use crate::groth16::Proof;
use crate::key::{self, KeyDigest, Payload, VerifyingKey};
use crate::lint::{Severity, lint};
use crate::{Fr, Verifier, halo2};

/// Every target of this crate.
pub const TARGETS: [Target; 8] = [
    ("key", fuzz_key),
    ("groth16-key", fuzz_groth16_key),
    ("halo2-key", fuzz_halo2_key),
    ("lint", fuzz_lint),
    ("groth16-proof", fuzz_groth16_proof),
    ("halo2-proof", fuzz_halo2_proof),
    ("envelope-json", fuzz_envelope_json),
    ("envelope-compact", fuzz_envelope_compact),
];

const GROTH16_KEY: &[u8] = include_bytes!("../testdata/corpus/key/groth16");
const HALO2_KEY: &[u8] = include_bytes!("../testdata/corpus/key/halo2");
const HALO2_PROOF: &[u8] = include_bytes!("../testdata/corpus/halo2-proof/good");
/// The public inputs of that proof, 32 bytes each.
const HALO2_INPUTS: &[u8] = include_bytes!("../testdata/halo2-inputs");
const ENVELOPE: &[u8] = include_bytes!("../testdata/corpus/envelope-json/good");
const EPOCH: &[u8] = include_bytes!("../testdata/epoch.json");

static VERIFIER: LazyLock<Verifier> = LazyLock::new(|| Verifier::new(&readable(GROTH16_KEY)));
static HALO2: LazyLock<halo2::Key> = LazyLock::new(|| match readable(HALO2_KEY).payload() {
    Payload::Halo2(key) => (**key).clone(),
    Payload::Groth16(_) => panic!("the corpus' halo2 key is none"),
});

fn readable(file: &[u8]) -> VerifyingKey {
    VerifyingKey::from_bytes(file).expect("the corpus' keys are good")
}

/// A verifying key's file: accepted ones have one encoding, can be put together from their parts, and verify.
pub fn fuzz_key(data: &[u8]) {
    let Ok(key) = VerifyingKey::from_bytes(data) else { return };
    assert_eq!(key.to_bytes(), data);
    assert_eq!(key.digest(), key::digest(data));
    let again = VerifyingKey::new(key.header().clone(), key.payload().clone());
    assert_eq!(again.as_ref(), Ok(&key));
    if let Payload::Groth16(groth16) = key.payload() {
        export::snarkjs_key(groth16);
    }
    assert_eq!(Verifier::new(&key).digest(), key.digest());
}

/// The payload of a Groth16 key, under a header that fits.
pub fn fuzz_groth16_key(data: &[u8]) {
    fuzz_key(&framed(GROTH16_KEY, data));
}

/// The payload of a halo2 key: accepted ones have one encoding, and a proof of the right form is answered, whatever the
/// circuit.
pub fn fuzz_halo2_key(data: &[u8]) {
    let Ok(key) = halo2::Key::from_payload(data) else { return };
    assert_eq!(key.to_payload(), data);
    assert_eq!(halo2::Key::new(key.description().clone()).as_ref(), Ok(&key));
    if key.proof_length() < 1 << 16 {
        let inputs: Vec<Fr> = (1u64..).take(key.public_inputs()).map(Fr::from).collect();
        assert!(halo2::verify(&key, &inputs, &well_formed(&key)).is_err());
    }
    fuzz_key(&framed(HALO2_KEY, data));
}

/// A key file of any kind: findings are errors exactly when the key is refused.
pub fn fuzz_lint(data: &[u8]) {
    let findings = lint(data);
    assert!(findings.is_sorted_by(|a, b| a.severity >= b.severity));
    // As many as a person can read, or as the file has parts.
    assert!(findings.len() <= 64 + data.len() / G1_BYTES);
    let worst = findings.first().map(|finding| finding.severity);
    assert_eq!(worst == Some(Severity::Error), VerifyingKey::from_bytes(data).is_err());
}

/// A Groth16 proof: accepted ones have one encoding.
pub fn fuzz_groth16_proof(data: &[u8]) {
    if let Ok(proof) = Proof::from_bytes(data) {
        assert_eq!(proof.to_bytes(), data);
        assert_eq!(Proof::new(proof.a(), proof.b(), proof.c()).as_ref(), Ok(&proof));
        export::snarkjs_proof(&proof);
    }
}

/// A halo2 proof under a fixed key: unlike Groth16's, it cannot be changed into another proof.
pub fn fuzz_halo2_proof(data: &[u8]) {
    let inputs: Vec<Fr> =
        HALO2_INPUTS.as_chunks::<32>().0.iter().filter_map(|bytes| encoding::scalar(bytes).ok()).collect();
    assert_eq!(halo2::verify(&HALO2, &inputs, data).is_ok(), data == HALO2_PROOF);
}

/// A proof document as JSON.
pub fn fuzz_envelope_json(data: &[u8]) {
    if let Ok(envelope) = ProofEnvelope::from_json(data) {
        assert_eq!(envelope::parse(data).as_ref(), Ok(&envelope));
        assert_eq!(envelope::parse(envelope.to_json().as_bytes()).as_ref(), Ok(&envelope));
        judge(&envelope);
    }
}

/// A proof document in compact form.
pub fn fuzz_envelope_compact(data: &[u8]) {
    if let Ok(envelope) = ProofEnvelope::from_compact(data) {
        assert_eq!(envelope::parse(data).as_ref(), Ok(&envelope));
        assert_eq!(envelope.to_compact(), data);
        judge(&envelope);
    }
}

/// A document that is valid under the corpus' key says what the corpus' document says, but for what is bound by nothing:
/// the network's name, and a Groth16 proof, which anybody can randomise anew.
fn judge(envelope: &ProofEnvelope) {
    let good = ProofEnvelope::from_json(ENVELOPE).expect("the corpus' document is good");
    let epoch = EpochPublic::from_json(EPOCH).expect("the corpus' epoch is good");
    let alone = envelope::verify(envelope, &VERIFIER, Against::Nothing);
    let compared = envelope::verify(envelope, &VERIFIER, Against::Epoch(&epoch));
    assert!(alone.is_ok() || compared.is_err());
    if let Ok(verdict) = alone {
        assert_eq!((verdict.system, verdict.key_digest), (System::Groth16, KeyDigest(envelope.key_digest)));
        let mut same = envelope.clone();
        same.opening.context.network.clone_from(&good.opening.context.network);
        same.proof.clone_from(&good.proof);
        assert_eq!(same, good);
        assert!(compared.is_ok());
    }
}

/// The header of a key file, then `payload` with its length.
fn framed(file: &[u8], payload: &[u8]) -> Vec<u8> {
    let (_, old) = key::split(file).expect("the corpus' keys are good");
    let header = file.len().saturating_sub(old.len()).saturating_sub(4);
    let length = u32::try_from(payload.len()).unwrap_or(u32::MAX);
    let mut out = file.get(..header).unwrap_or_default().to_vec();
    out.extend_from_slice(&length.to_be_bytes());
    out.extend_from_slice(payload);
    out
}

/// A false proof that can be read under `key`: the generator for every point, 1 for every scalar.
fn well_formed(key: &halo2::Key) -> Vec<u8> {
    let mut point = Vec::new();
    encoding::push_g1(&mut point, &G1Affine::generator());
    let scalar = encoding::scalar_bytes(&Fr::from(1u64));
    let points = key.proof_points();
    let scalars = (key.proof_length() - points * G1_BYTES) / scalar.len();
    [point.repeat(points - 2), scalar.repeat(scalars), point.repeat(2)].concat()
}
