//! Lint: every weakness is found, in keys that parse and in keys that do not.

use std::path::PathBuf;

use ark_bn254::{Fr, G1Affine, G2Affine};
use ark_ec::{AffineRepr, CurveGroup};
use ark_ff::{AdditiveGroup, Field, UniformRand};
use popw_corpus::Corpus;
use popw_verifier::encoding;
use popw_verifier::key::{CIRCUIT, Development, Header, Payload, VerifyingKey};
use popw_verifier::lint::{Severity, lint};

use crate::{
    support::layout::{KEY, find},
    support::{Fixture, header, outside_subgroup},
};

fn codes(file: &[u8]) -> Vec<&'static str> {
    lint(file).iter().map(|finding| finding.code).collect()
}

fn finished() -> Vec<u8> {
    let fixture = Fixture::new();
    let mut header = header();
    header.development = None;
    VerifyingKey::new(header, fixture.key.payload().clone()).unwrap().to_bytes()
}

fn g1(point: G1Affine) -> Vec<u8> {
    let mut out = Vec::new();
    encoding::push_g1(&mut out, &point);
    out
}

fn g2(point: G2Affine) -> Vec<u8> {
    let mut out = Vec::new();
    encoding::push_g2(&mut out, &point);
    out
}

#[test]
fn a_finished_key_has_no_findings() {
    assert_eq!(codes(&finished()), [""; 0]);
}

#[test]
fn each_fault_has_its_code() {
    let good = finished();
    let at = |part: &str| good[find(&KEY, part).range].to_vec();
    let with = |part: &str, value: &[u8]| {
        let mut bytes = good.clone();
        bytes[find(&KEY, part).range].copy_from_slice(value);
        codes(&bytes)
    };
    let generator = || g2(G2Affine::generator());
    assert_eq!(with("delta", &at("gamma")), ["related-points"]);
    assert_eq!(with("beta", &at("gamma")), ["related-points"]);
    assert_eq!(with("delta", &generator()), ["generator"]);
    assert_eq!(with("beta", &generator()), ["generator"]);
    assert_eq!(with("alpha", &g1(G1Affine::generator())), ["generator"]);
    assert_eq!(with("gamma", &generator()), ["gamma-generator"]);
    for point in ["alpha", "beta", "gamma", "delta", "ic0", "ic1", "ic2", "ic3"] {
        assert_eq!(with(point, &vec![0; find(&KEY, point).range.len()]), ["infinity"], "{point}");
    }
    assert_eq!(with("ic3", &at("ic1")), ["duplicate-ic"]);
    let mut fixture = Fixture::new();
    assert_eq!(with("gamma", &g2(outside_subgroup(fixture.rng()))), ["wrong-subgroup"]);
    assert_eq!(with("ic1.x", &[1; 32]), ["not-on-curve"]);
    assert_eq!(with("delta.y.c0", &[0xff; 32]), ["not-canonical"]);
    assert_eq!(with("ic_count", &3u32.to_be_bytes()), ["ic-count", "trailing-bytes"]);
    assert_eq!(with("claim.text", b"upturn"), ["unknown-claim"]);
    assert_eq!(with("claim_version", &[0, 2]), ["unknown-claim"]);
    assert_eq!(with("shape.text", b"huge"), ["unknown-shape"]);
    assert_eq!(with("development", &[1]), ["development-seeded"]);
    assert_eq!(with("development", &[2]), ["development-random"]);
    assert_eq!(with("magic", b"POPWPRF1"), ["not-a-key"]);
    assert_eq!(with("version", &[0, 9]), ["format-version"]);
    assert_eq!(with("system", &[7]), ["malformed"]);
    assert_eq!(codes(&good[..good.len() - 1]), ["truncated"]);
    assert_eq!(codes(b"{}"), ["not-a-key"]);
}

#[test]
fn several_faults_are_all_named_the_worst_first() {
    let mut bytes = Fixture::new().key.to_bytes();
    let zero = |bytes: &mut [u8], part: &str| bytes[find(&KEY, part).range].fill(0);
    zero(&mut bytes, "ic1");
    zero(&mut bytes, "alpha");
    let gamma = bytes[find(&KEY, "gamma").range].to_vec();
    bytes[find(&KEY, "delta").range].copy_from_slice(&gamma);
    let findings = lint(&bytes);
    let found: Vec<_> = findings.iter().map(|finding| (finding.code, finding.severity)).collect();
    let (error, warning) = (Severity::Error, Severity::Warning);
    assert_eq!(
        found,
        [
            ("infinity", error),
            ("infinity", error),
            ("related-points", error),
            ("development-seeded", warning)
        ]
    );
    assert!(findings[0].message.starts_with("key.alpha"), "{}", findings[0].message);
    assert!(findings[1].message.starts_with("key.ic[1]"), "{}", findings[1].message);
    assert!(findings.iter().all(|finding| !finding.remedy.is_empty()));
}

/// Lint and parser agree: errors in the one iff the other refuses.
#[test]
fn errors_are_what_the_parser_refuses() {
    let good = Fixture::new().key.to_bytes();
    for index in (0..good.len()).step_by(3) {
        for value in [0, 0xff, good[index] ^ 1] {
            let mut bytes = good.clone();
            bytes[index] = value;
            let errors = lint(&bytes).iter().any(|finding| finding.severity == Severity::Error);
            assert_eq!(errors, VerifyingKey::from_bytes(&bytes).is_err(), "byte {index} = {value}");
        }
    }
}

#[test]
fn development_keys_say_who_can_forge() {
    assert!(Development::Seeded.warning().contains("anyone can forge"));
    assert!(Development::Random.warning().contains("its maker can forge"));
    let fixture = Fixture::new();
    assert!(matches!(fixture.key.payload(), Payload::Groth16(_)));
}

/// A file of equal points would otherwise make half a million findings for every thousand points.
#[test]
fn findings_are_no_more_than_points() {
    let good = finished();
    let point = good[find(&KEY, "ic1").range].to_vec();
    let count = 1_000u32;
    let mut bytes = good[..find(&KEY, "ic_count").range.start].to_vec();
    bytes.extend(count.to_be_bytes());
    bytes.extend(point.repeat(1_000));
    let length = u32::try_from(bytes.len() - find(&KEY, "alpha").range.start).unwrap();
    bytes[find(&KEY, "payload_length").range].copy_from_slice(&length.to_be_bytes());
    let codes = codes(&bytes);
    assert_eq!(codes.iter().filter(|code| **code == "duplicate-ic").count(), 999);
    assert_eq!(codes.len(), 1_000);
}

fn errors(file: &[u8]) -> Vec<&'static str> {
    let errors = lint(file).into_iter().filter(|finding| finding.severity == Severity::Error);
    errors.map(|finding| finding.code).collect()
}

/// A key by its points' logarithms, put together without asking whether it is sound.
#[derive(Clone)]
struct Logarithms {
    alpha: Fr,
    beta: Fr,
    gamma: Fr,
    delta: Fr,
    ic: Vec<Fr>,
}

impl Logarithms {
    fn random(ic: usize) -> Self {
        let mut fixture = Fixture::new();
        let mut random = || Fr::rand(fixture.rng());
        let [alpha, beta, gamma, delta] = [random(), random(), random(), random()];
        Self { alpha, beta, gamma, delta, ic: (0..ic).map(|_| random()).collect() }
    }

    /// Of a claim with four IC points, of a circuit with any other number.
    fn file(&self) -> Vec<u8> {
        let mut header = Header { development: None, ..header() };
        if self.ic.len() != 4 {
            header = Header { claim: CIRCUIT.into(), claim_version: 0, shape: "any".into(), ..header };
        }
        let mut file = VerifyingKey::new(header, Fixture::new().key.payload().clone()).unwrap().to_bytes();
        file.truncate(file.len() - (4 + 64 + 3 * 128 + 4 + 4 * 64));
        let mut payload = g1((G1Affine::generator() * self.alpha).into_affine());
        for log in [self.beta, self.gamma, self.delta] {
            payload.extend(g2((G2Affine::generator() * log).into_affine()));
        }
        payload.extend(u32::try_from(self.ic.len()).unwrap().to_be_bytes());
        for log in &self.ic {
            payload.extend(g1((G1Affine::generator() * log).into_affine()));
        }
        file.extend(u32::try_from(payload.len()).unwrap().to_be_bytes());
        file.extend(payload);
        file
    }
}

type Relation = (&'static str, fn(&mut Logarithms));

#[track_caller]
fn refused(good: &Logarithms, relations: &[Relation]) {
    assert_eq!(errors(&good.file()), [""; 0]);
    assert!(VerifyingKey::from_bytes(&good.file()).is_ok());
    for (index, (code, relate)) in relations.iter().enumerate() {
        let mut key = good.clone();
        relate(&mut key);
        let file = key.file();
        assert_eq!(errors(&file), [*code], "relation {index}");
        // Pairings are for the lint.
        match VerifyingKey::from_bytes(&file) {
            Ok(_) => assert_eq!(*code, "linked-points", "relation {index}"),
            Err(error) => assert_eq!(error.code(), *code, "relation {index}"),
        }
    }
}

#[test]
fn each_relation_of_a_claims_key_has_its_code() {
    let relations: [Relation; 24] = [
        ("ic-alpha", |key| key.ic[0] = -key.alpha),
        ("ic-alpha", |key| key.ic[2] = key.alpha),
        ("generator", |key| key.ic[1] = -Fr::ONE),
        ("duplicate-ic", |key| key.ic[3] = -key.ic[0]),
        ("ic-sum", |key| key.ic[0] = -key.alpha.double()),
        ("ic-sum", |key| key.ic[0] = -key.ic[1] - key.alpha),
        ("ic-sum", |key| key.ic[0] = key.ic[2] - key.ic[3]),
        ("ic-sum", |key| key.ic[0] = -key.ic[1] - key.ic[2] - key.ic[3]),
        ("ic-sum", |key| key.ic[0] = -key.ic[1] - key.ic[2] - key.ic[3] - key.alpha),
        ("ic-sum", |key| key.ic[0] = key.ic[1] - key.ic[2] - key.ic[3] + key.alpha - Fr::ONE),
        ("ic-sum", |key| key.ic[3] = key.ic[2] * Fr::from(5u64)),
        ("ic-sum", |key| key.ic[3] = key.ic[2] * Fr::from(2u64) / Fr::from(3u64)),
        ("ic-sum", |key| key.alpha = Fr::from(4u64)),
        ("related-points", |key| key.delta = -key.gamma),
        ("generator", |key| key.delta = -Fr::ONE),
        ("related-sum", |key| key.delta = key.beta + key.gamma),
        ("related-sum", |key| key.beta = key.delta - key.gamma.double()),
        ("related-sum", |key| key.delta = key.gamma.double()),
        ("related-sum", |key| key.delta = Fr::from(2u64)),
        ("related-sum", |key| key.beta = key.gamma + Fr::ONE),
        // e(IC₀, γ) = e(G, β), e(α, G) = e(G, β), e(α, β) = e(G, δ), e(α, β) = e(−G, γ).
        ("linked-points", |key| (key.gamma, key.ic[0]) = (Fr::ONE, key.beta)),
        ("linked-points", |key| key.beta = key.alpha),
        ("linked-points", |key| key.delta = key.alpha * key.beta),
        ("linked-points", |key| key.gamma = -key.alpha * key.beta),
    ];
    refused(&Logarithms::random(4), &relations);
}

#[test]
fn relations_among_many_points_are_found() {
    let some: [Relation; 2] = [
        ("ic-sum", |key| key.ic[39] = key.ic[17] - key.ic[23]),
        ("ic-sum", |key| key.ic[0] = -key.ic[1..].iter().sum::<Fr>() - key.alpha),
    ];
    refused(&Logarithms::random(40), &some);
    let many: [Relation; 7] = [
        ("ic-alpha", |key| key.ic[299] = -key.alpha),
        ("duplicate-ic", |key| key.ic[299] = key.ic[150]),
        ("ic-sum", |key| key.ic[299] = key.ic[150] * Fr::from(3u64)),
        ("ic-sum", |key| key.ic[299] = key.ic[150] + key.alpha),
        ("ic-sum", |key| key.ic[299] = key.ic[0] - key.ic[150]),
        ("ic-sum", |key| key.ic[299] = -key.ic[..299].iter().sum::<Fr>()),
        ("ic-sum", |key| key.ic[200] = -key.ic[..200].iter().sum::<Fr>() + key.alpha),
    ];
    refused(&Logarithms::random(300), &many);
}

#[test]
fn a_relation_is_written_out() {
    let mut key = Logarithms::random(4);
    key.ic[0] = key.ic[1] + key.ic[2].double() - key.alpha;
    let message = &lint(&key.file())[0].message;
    for part in ["key.alpha", "key.ic[0]", "key.ic[1]", "2·key.ic[2]", "up to sign"] {
        assert!(message.contains(part), "{message}");
    }
}

#[test]
fn the_corpus_keys_have_no_errors() {
    let corpus = Corpus::read(&PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../corpus/standard")).unwrap();
    for key in &corpus.manifest.keys {
        assert_eq!(errors(&corpus.key_bytes(&key.name).unwrap()), [""; 0], "{}", key.name);
    }
}
