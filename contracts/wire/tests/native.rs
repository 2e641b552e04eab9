//! What is refused here and by a curve together is what `popw-verifier` refuses, under the same code.

use ark_bn254::{Fr, G1Affine, G2Affine};
use ark_ec::{AffineRepr, CurveGroup};
use popw_verifier::groth16;
use popw_verifier::key::{Header, Payload, System, VerifyingKey};
use popw_verifier::{Problem, VerifyError, encoding};
use popw_wire::{
    FIELD_MODULUS, Key, LONGEST_KEY_FILE, PROOF_BYTES, Proof, Refusal, SCALAR_MODULUS, input, negate,
};

fn g1(scalar: u64) -> G1Affine {
    (G1Affine::generator() * Fr::from(scalar)).into_affine()
}

fn g2(scalar: u64) -> G2Affine {
    (G2Affine::generator() * Fr::from(scalar)).into_affine()
}

fn g1_bytes(point: G1Affine) -> Vec<u8> {
    let mut out = Vec::new();
    encoding::push_g1(&mut out, &point);
    out
}

fn g2_bytes(point: G2Affine) -> Vec<u8> {
    let mut out = Vec::new();
    encoding::push_g2(&mut out, &point);
    out
}

/// Logarithms of a key's points, so far apart that no small sum of some is another.
const LOG_ALPHA: u64 = 1_000_000_000_000_037;
const LOGS_G2: [u64; 3] = [1_009, 1_000_003, 1_000_000_007];
const LOGS_IC: [u64; 4] = [1_009, 1_000_003, 1_000_000_007, 1_000_000_000_039];

const ALPHA: usize = 0;
const BETA: usize = 64;
const GAMMA: usize = 192;
const DELTA: usize = 320;
const COUNT: usize = 448;
const IC: usize = 452;

/// A key of points whose logarithms are known: sound to read, and worth nothing. With where its payload begins.
fn key_file() -> (Vec<u8>, usize) {
    named_key_file("uptime", "demo")
}

fn named_key_file(claim: &str, shape: &str) -> (Vec<u8>, usize) {
    let header = Header {
        system: System::Groth16,
        claim: claim.into(),
        claim_version: 1,
        shape: shape.into(),
        development: None,
    };
    let [beta, gamma, delta] = LOGS_G2.map(g2);
    let key = groth16::Key::new(g1(LOG_ALPHA), beta, gamma, delta, LOGS_IC.map(g1).to_vec()).unwrap();
    let bytes = VerifyingKey::new(header, Payload::Groth16(Box::new(key))).unwrap().to_bytes();
    let payload = bytes.len() - (IC + 4 * 64);
    (bytes, payload)
}

fn native(file: &[u8]) -> &'static str {
    VerifyingKey::from_bytes(file).map_or_else(|error| error.code(), |_| "valid")
}

/// As a contract does it, with the native curve in the place of the chain's.
fn here(file: &[u8]) -> &'static str {
    let verdict = Key::read(file).and_then(|key| {
        let sound = key.g1().into_iter().all(|point| encoding::g1(point).is_ok())
            && key.g2().into_iter().all(|point| encoding::g2(point).is_ok());
        if sound { key.refuse_weak() } else { Err(Refusal::KeyPoint) }
    });
    verdict.map_or_else(Refusal::code, |()| "valid")
}

#[track_caller]
fn same(file: &[u8]) -> &'static str {
    assert_eq!(here(file), native(file));
    here(file)
}

#[test]
fn key_is_read() {
    let (file, _) = key_file();
    let key = Key::read(&file).unwrap();
    assert_eq!((key.header.claim, key.header.claim_version, key.header.shape), ("uptime", 1, "demo"));
    assert_eq!(key.header.development, None);
    assert_eq!(key.alpha[..], g1_bytes(g1(LOG_ALPHA)));
    assert_eq!(key.g2().map(|point| point.to_vec()), LOGS_G2.map(|log| g2_bytes(g2(log))));
    assert_eq!(key.ic.map(|point| point.to_vec()), LOGS_IC.map(|log| g1_bytes(g1(log))));
    assert_eq!(same(&file), "valid");
}

#[test]
fn longest_key() {
    let (file, _) = named_key_file(&"c".repeat(31), &"s".repeat(31));
    assert_eq!(file.len(), LONGEST_KEY_FILE);
    assert_eq!(same(&file), "valid");
    for at in [14, 46] {
        let mut longer = file.clone();
        assert_eq!(longer[at], 31);
        longer[at] = 32;
        longer.insert(at + 1, b'x');
        assert_eq!(same(&longer), "malformed-key");
    }
}

#[test]
fn every_byte_of_a_key() {
    let (file, payload) = key_file();
    let mut codes = std::collections::BTreeMap::new();
    for index in 0..file.len() {
        for change in [0x01, 0x80, 0xff] {
            let mut bytes = file.clone();
            bytes[index] ^= change;
            // Byte 10 names the proof system; a halo2 key is one for native code and not for these contracts.
            if index == 10 && bytes[index] == 2 {
                assert_eq!(here(&bytes), "wrong-system");
                continue;
            }
            let code = same(&bytes);
            assert!(index < payload || code == "malformed-key", "byte {index}");
            *codes.entry(code).or_insert(0) += 1;
        }
    }
    assert!(codes["malformed-key"] > 2000 && codes["valid"] > 0, "{codes:?}");
}

#[test]
fn lengths_and_counts_of_a_key() {
    let (file, payload) = key_file();
    for length in 0..file.len() {
        assert_eq!(same(&file[..length]), "malformed-key", "{length} bytes");
    }
    let with = |payload_bytes: usize, count: u32, extra: &[u8]| {
        let mut bytes = file.clone();
        bytes.extend_from_slice(extra);
        bytes[payload - 4..payload].copy_from_slice(&u32::try_from(payload_bytes).unwrap().to_be_bytes());
        bytes[payload + COUNT..payload + COUNT + 4].copy_from_slice(&count.to_be_bytes());
        same(&bytes)
    };
    let length = IC + 4 * 64;
    assert_eq!(with(length, 4, &[]), "valid");
    assert_eq!(with(length, 4, &[0]), "malformed-key");
    assert_eq!(with(length + 1, 4, &[0]), "malformed-key");
    assert_eq!(with(length + 64, 4, &g1_bytes(g1(23))), "malformed-key");
    assert_eq!(with(length + 64, 5, &g1_bytes(g1(23))), "malformed-key");
    for count in [0, 3, 5, u32::MAX] {
        assert_eq!(with(length, count, &[]), "malformed-key");
    }
}

#[test]
fn points_of_a_key() {
    let (file, payload) = key_file();
    let with = |at: usize, point: &[u8]| {
        let mut bytes = file.clone();
        bytes[payload + at..payload + at + point.len()].copy_from_slice(point);
        same(&bytes)
    };
    let ic = |index: usize| IC + 64 * index;
    for at in [ALPHA, ic(0), ic(1), ic(2), ic(3)] {
        assert_eq!(with(at, &[0; 64]), "malformed-key");
        assert_eq!(with(at, &FIELD_MODULUS), "malformed-key");
        assert_eq!(with(at, &g1_bytes(g1(29))), "valid");
    }
    for at in [BETA, GAMMA, DELTA] {
        assert_eq!(with(at, &[0; 128]), "malformed-key");
        assert_eq!(with(at + 96, &FIELD_MODULUS), "malformed-key");
        assert_eq!(with(at, &g2_bytes(g2(29))), "valid");
    }
    let [beta, gamma, delta] = LOGS_G2;
    let others = [(BETA, gamma), (BETA, delta), (GAMMA, beta), (GAMMA, delta), (DELTA, beta), (DELTA, gamma)];
    for (at, other) in others {
        assert_eq!(with(at, &g2_bytes(g2(other))), "related-points");
        assert_eq!(with(at, &g2_bytes(-g2(other))), "related-points");
    }
    for (at, code) in [(BETA, "generator"), (GAMMA, "valid"), (DELTA, "generator")] {
        assert_eq!(with(at, &g2_bytes(g2(1))), code);
        assert_eq!(with(at, &g2_bytes(-g2(1))), code);
    }
    assert_eq!(with(ALPHA, &g1_bytes(g1(1))), "generator");
    assert_eq!(with(ALPHA, &g1_bytes(-g1(1))), "generator");
    for (index, scalar) in LOGS_IC.into_iter().enumerate() {
        assert_eq!(with(ic(index), &g1_bytes(g1(1))), "generator");
        assert_eq!(with(ic(index), &g1_bytes(g1(LOG_ALPHA))), "ic-alpha");
        assert_eq!(with(ic(index), &g1_bytes(-g1(LOG_ALPHA))), "ic-alpha");
        for other in (0..4).filter(|other| *other != index) {
            assert_eq!(with(ic(other), &g1_bytes(g1(scalar))), "duplicate-ic");
            assert_eq!(with(ic(other), &g1_bytes(-g1(scalar))), "duplicate-ic");
        }
    }
}

/// The native verdict on a proof's bytes, and whether only a curve can tell.
fn native_proof(bytes: &[u8]) -> Result<(), (&'static str, bool)> {
    groth16::Proof::from_bytes(bytes).map(|_| ()).map_err(|malformed| {
        let curve = matches!(malformed.problem, Problem::NotOnCurve | Problem::NotInSubgroup);
        (VerifyError::from(malformed).code(), curve)
    })
}

#[test]
fn proofs() {
    let good = [g1_bytes(g1(31)), g2_bytes(g2(37)), g1_bytes(g1(41))].concat();
    let proof = Proof::read(&good).unwrap();
    assert_eq!((proof.a[..].to_vec(), proof.b[..].to_vec()), (g1_bytes(g1(31)), g2_bytes(g2(37))));
    assert_eq!(proof.c[..], g1_bytes(g1(41)));
    for length in (0..PROOF_BYTES).chain([PROOF_BYTES + 1]) {
        let mut bytes = good.clone();
        bytes.resize(length, 0);
        assert_eq!(Proof::read(&bytes), Err(Refusal::ProofLength));
        assert_eq!(native_proof(&bytes), Err(("malformed", false)));
    }
    for (at, length) in [(0, 64), (64, 128), (192, 64)] {
        let mut bytes = good.clone();
        bytes[at..at + length].fill(0);
        assert_eq!(Proof::read(&bytes), Err(Refusal::PointAtInfinity));
        assert_eq!(native_proof(&bytes), Err(("malformed", false)));
    }
    for at in (0..PROOF_BYTES).step_by(32) {
        let mut below = FIELD_MODULUS;
        below[31] -= 1;
        for (coordinate, refused) in [(FIELD_MODULUS, true), ([0xff; 32], true), (below, false)] {
            let mut bytes = good.clone();
            bytes[at..at + 32].copy_from_slice(&coordinate);
            let here = Proof::read(&bytes).map(|_| ());
            assert_eq!(here, if refused { Err(Refusal::CoordinateNotCanonical) } else { Ok(()) });
            // q − 1 is canonical and on no curve with the coordinates beside it.
            assert_eq!(native_proof(&bytes), Err(("malformed", !refused)));
        }
    }
}

#[test]
fn inputs() {
    let mut below = SCALAR_MODULUS;
    below[31] -= 1;
    for (bytes, expected) in
        [(below, Ok(&below)), (SCALAR_MODULUS, Err(())), ([0xff; 32], Err(())), ([0; 32], Ok(&[0; 32]))]
    {
        assert_eq!(
            input(&bytes).map_err(|refusal| assert_eq!(refusal, Refusal::InputNotCanonical)),
            expected
        );
        assert_eq!(groth16::public_inputs(&[bytes]).is_ok(), expected.is_ok());
    }
    assert_eq!(input(&below[1..]), Err(Refusal::InputNotCanonical));
    assert_eq!(input(&[0; 33]), Err(Refusal::InputNotCanonical));
}

#[test]
fn negation() {
    for scalar in (1..200).chain([u64::MAX]) {
        let bytes: [u8; 64] = g1_bytes(g1(scalar)).try_into().unwrap();
        assert_eq!(negate(&bytes)[..], g1_bytes(-g1(scalar)));
        assert_eq!(negate(&negate(&bytes)), bytes);
    }
}

#[test]
fn digests() {
    let bytes: Vec<u8> = (0..1025u32).map(|index| (index % 251) as u8).collect();
    for length in 0..=1024 {
        let expected = *blake3::hash(&bytes[..length]).as_bytes();
        assert_eq!(popw_wire::digest(&bytes[..length]), Some(expected), "{length} bytes");
    }
    assert_eq!(popw_wire::digest(&bytes), None);
    let (file, _) = key_file();
    let native = VerifyingKey::from_bytes(&file).unwrap().digest();
    assert_eq!(popw_wire::digest(&file), Some(native.0));
}

#[test]
fn refusals_are_told_apart() {
    let native = ["malformed", "wrong-input-count", "rejected", "malformed-key", "wrong-system"];
    let weak = ["related-points", "generator", "duplicate-ic", "ic-alpha"];
    for (index, refusal) in Refusal::ALL.into_iter().enumerate() {
        assert!(native.contains(&refusal.code()) || weak.contains(&refusal.code()));
        assert_eq!(refusal.to_string(), format!("{}: {}", refusal.code(), refusal.message()));
        for other in &Refusal::ALL[index + 1..] {
            assert_ne!(refusal as u32, *other as u32);
            assert_ne!(refusal.message(), other.message());
        }
    }
}
