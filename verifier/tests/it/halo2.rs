//! halo2 keys and proofs: vectors, every field changed, every byte changed, and no panic on any bytes. That the verdicts
//! are halo2-axiom's own is tested where halo2-axiom is, in `popw-prover`.

use std::sync::LazyLock;

use ark_bn254::{Fr, G1Affine, G2Affine};
use ark_ec::{AffineRepr, CurveGroup};
use ark_ff::{Field as _, MontFp, PrimeField};
use popw_verifier::{
    Field, Malformed, Problem, VerifyError,
    halo2::{Column, Description, Key, Lookup, Op, Program, Query, verify},
};
use proptest::prelude::*;

struct Vector {
    payload: Vec<u8>,
    inputs: Vec<Fr>,
    proof: Vec<u8>,
}

impl Vector {
    fn read(json: &str) -> Self {
        let value: serde_json::Value = serde_json::from_str(json).unwrap();
        let bytes = |value: &serde_json::Value| -> Vec<u8> {
            let text = value.as_str().unwrap();
            (0..text.len()).step_by(2).map(|at| u8::from_str_radix(&text[at..at + 2], 16).unwrap()).collect()
        };
        let inputs = value["inputs"].as_array().unwrap();
        Self {
            payload: bytes(&value["key"]),
            inputs: inputs.iter().map(|input| Fr::from_be_bytes_mod_order(&bytes(input))).collect(),
            proof: bytes(&value["proof"]),
        }
    }

    fn key(&self) -> Key {
        Key::from_payload(&self.payload).unwrap()
    }

    fn verify(&self, key: &Key) -> Result<(), VerifyError> {
        verify(key, &self.inputs, &self.proof)
    }
}

static EVERYTHING: LazyLock<Vector> =
    LazyLock::new(|| Vector::read(include_str!("../vectors/halo2-everything.json")));
static NARROW: LazyLock<Vector> =
    LazyLock::new(|| Vector::read(include_str!("../vectors/halo2-narrow.json")));
static WIDE: LazyLock<Vector> = LazyLock::new(|| Vector::read(include_str!("../vectors/halo2-wide.json")));

fn vectors() -> [&'static Vector; 3] {
    [&*EVERYTHING, &*NARROW, &*WIDE]
}

fn part(name: &'static str) -> Field {
    Field::Named(name)
}

#[test]
fn vectors_are_accepted_and_keys_written_back_the_same() {
    for vector in vectors() {
        let key = vector.key();
        assert_eq!(vector.verify(&key), Ok(()));
        assert_eq!(key.to_payload(), vector.payload);
        assert_eq!(key.proof_length(), vector.proof.len());
        assert_eq!(key.public_inputs(), vector.inputs.len());
        assert_eq!(Key::new(key.description().clone()), Ok(key));
    }
}

/// How a changed key is refused.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Refusal {
    /// Not a key: this part is out of bounds.
    Key(&'static str),
    /// Not a key: public inputs are in no constraint.
    Unbound,
    /// A key, under which the proof is refused.
    Proof(Stage),
}

/// What the verifier says about the proof.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Stage {
    Malformed,
    InputCount,
    Rejected,
}

fn refusal(vector: &Vector, change: &dyn Fn(&mut Description)) -> Refusal {
    let mut description = vector.key().description().clone();
    change(&mut description);
    match Key::new(description) {
        Err(Malformed { field: Field::Named(name), problem: Problem::OutOfBounds }) => {
            Refusal::Key(name.strip_prefix("halo2 key: ").unwrap())
        }
        Err(Malformed { field, problem: Problem::Unbound }) => {
            assert_eq!(field, part("halo2 key: public inputs"));
            Refusal::Unbound
        }
        Err(other) => panic!("{other}"),
        Ok(key) => {
            // What can be made can be written and read.
            assert_eq!(Key::from_payload(&key.to_payload()).as_ref(), Ok(&key));
            Refusal::Proof(match vector.verify(&key).expect_err("a changed key accepts") {
                VerifyError::Malformed(_) => Stage::Malformed,
                VerifyError::WrongInputCount { .. } => Stage::InputCount,
                VerifyError::Rejected => Stage::Rejected,
                other => panic!("{other}"),
            })
        }
    }
}

/// The commitment to a permutation that moves no cell of the column at `index`, from the vectors' public τ.
fn uncopied(d: &Description, index: u64) -> G1Affine {
    let tau: Fr = MontFp!("2581664698694941331561069147227601477454640455257547736181334996717014590666");
    assert_eq!((G2Affine::generator() * tau).into_affine(), d.tau_g2);
    (G1Affine::generator() * (tau * Fr::from(7u64).pow([index << 28]))).into_affine()
}

type Change = fn(&mut Description);

/// Per field of a key: changes, and how each is refused. The pattern names every field, so a new one does not compile
/// without an entry.
fn manifest() -> Vec<(&'static str, Vec<(Change, Refusal)>)> {
    use Refusal::{Key, Proof, Unbound};
    use Stage::{InputCount, Malformed, Rejected};
    let Description {
        k: _,
        degree: _,
        blinding: _,
        public: _,
        advice: _,
        advice_queries: _,
        fixed_queries: _,
        gates: _,
        lookups: _,
        permutation: _,
        fixed: _,
        transcript: _,
        tau_g2: _,
    } = EVERYTHING.key().description();
    vec![
        (
            "k",
            vec![
                (|d| d.k = 0, Key("k")),
                (|d| d.k = 2, Key("k")),
                (|d| d.k = 3, Key("number of public inputs")),
                (|d| d.k = 4, Proof(Rejected)),
                (|d| d.k = 6, Proof(Rejected)),
                (|d| d.k = 24, Key("k")),
                (|d| d.k = 255, Key("k")),
            ],
        ),
        (
            "degree",
            vec![
                (|d| d.degree = 0, Key("degree")),
                (|d| d.degree = 2, Key("degree")),
                (|d| d.degree = 34, Key("degree")),
                (|d| d.degree -= 1, Key("gates")),
                (|d| d.degree += 1, Proof(Malformed)),
            ],
        ),
        (
            "blinding",
            vec![
                (|d| d.blinding = 0, Key("blinding rows")),
                (|d| d.blinding = 4, Key("blinding rows")),
                (|d| d.blinding = 30, Key("blinding rows")),
                (|d| d.blinding += 1, Proof(Rejected)),
            ],
        ),
        (
            "public",
            vec![
                (|d| d.public = 27, Key("number of public inputs")),
                (|d| d.public = 2, Proof(InputCount)),
                (|d| d.public = 4, Proof(InputCount)),
            ],
        ),
        (
            "advice",
            vec![
                (|d| d.advice = 0, Key("number of advice columns")),
                (|d| d.advice = 1025, Key("number of advice columns")),
                (|d| d.advice = 2, Key("advice queries")),
                (|d| d.advice = 4, Key("advice queries")),
            ],
        ),
        (
            "advice_queries",
            vec![
                (|d| d.advice_queries[0].column = 3, Key("advice queries")),
                (|d| d.advice_queries[3].rotation = 32, Key("advice queries")),
                (|d| d.advice_queries[3].rotation = i32::MIN, Key("advice queries")),
                (|d| d.advice_queries[1] = d.advice_queries[0], Key("advice queries")),
                // The same point by another rotation.
                (|d| d.advice_queries[1] = Query { column: 0, rotation: 0 }, Key("advice queries")),
                (|d| d.advice_queries.swap(0, 1), Proof(Rejected)),
                (|d| d.advice_queries[3].rotation += 1, Proof(Rejected)),
                (|d| d.advice_queries.push(Query { column: 0, rotation: 9 }), Proof(Malformed)),
                (|d| d.advice_queries.truncate(d.advice_queries.len() - 1), Key("gates")),
                (|d| d.advice_queries[0].rotation = 5, Key("permutation")),
                (
                    |d| d.advice_queries.extend((0..4096).map(|_| Query { column: 0, rotation: 1 })),
                    Key("advice queries"),
                ),
            ],
        ),
        (
            "fixed_queries",
            vec![
                (|d| d.fixed_queries[0].column = 6, Key("fixed queries")),
                (|d| d.fixed_queries[0].rotation = -32, Key("fixed queries")),
                (|d| d.fixed_queries[1] = d.fixed_queries[0], Key("fixed queries")),
                (|d| d.fixed_queries.swap(0, 1), Proof(Rejected)),
                (|d| d.fixed_queries[0].rotation = -1, Proof(Rejected)),
                (|d| d.fixed_queries.truncate(d.fixed_queries.len() - 1), Key("fixed queries")),
            ],
        ),
        (
            "gates",
            vec![
                (|d| drop(d.gates.pop()), Proof(Rejected)),
                (|d| d.gates.clear(), Proof(Rejected)),
                (|d| d.gates.swap(0, 1), Proof(Rejected)),
                (|d| d.gates[0].0.clear(), Key("gates")),
                (|d| d.gates[0].0.push(Op::Instance), Key("gates")),
                (|d| d.gates[0].0.extend([Op::Instance, Op::Add]), Proof(Rejected)),
                (|d| d.gates[0].0.insert(0, Op::Add), Key("gates")),
                (|d| d.gates[0].0.push(Op::Negate), Proof(Rejected)),
                (|d| d.gates[0].0[0] = Op::Fixed(9), Key("gates")),
                (|d| d.gates[0].0[0] = Op::Advice(99), Key("gates")),
                (|d| d.gates[1].0.extend([Op::Instance, Op::Multiply]), Key("gates")),
                (|d| d.gates[0].0 = vec![Op::Instance; 400], Key("gates")),
                (|d| d.gates[0].0 = [Op::Negate; 70_000].to_vec(), Key("gates")),
                (|d| d.gates.extend((0..5000).map(|_| Program(vec![Op::Instance]))), Key("gates")),
            ],
        ),
        (
            "lookups",
            vec![
                (|d| d.lookups.clear(), Proof(Malformed)),
                (|d| d.lookups.push(d.lookups[0].clone()), Proof(Malformed)),
                (|d| d.lookups[0].inputs.swap(0, 1), Proof(Rejected)),
                (|d| d.lookups[0].tables.swap(0, 1), Proof(Rejected)),
                (|d| drop(d.lookups[0].inputs.pop()), Key("lookups")),
                (|d| d.lookups[0] = Lookup { inputs: vec![], tables: vec![] }, Key("lookups")),
                (
                    |d| {
                        d.lookups[0].inputs.pop();
                        d.lookups[0].tables.pop();
                    },
                    Proof(Rejected),
                ),
                (|d| d.lookups[0].tables[0] = Program(vec![Op::Constant(Fr::from(1u64))]), Proof(Rejected)),
                (|d| d.lookups[0].tables[0] = Program(vec![Op::Fixed(99)]), Key("lookups")),
                (
                    |d| {
                        for _ in 0..7 {
                            d.lookups[0].inputs[0].0.extend([Op::Instance, Op::Multiply]);
                        }
                    },
                    Key("lookups"),
                ),
                (|d| d.lookups = vec![d.lookups[0].clone(); 65], Key("lookups")),
            ],
        ),
        (
            "permutation",
            vec![
                (|d| d.permutation.clear(), Unbound),
                // The public inputs' cells copied to nowhere: the identity permutation of their column.
                (|d| d.permutation[3].1 = uncopied(d, 3), Unbound),
                (|d| d.permutation[0].1 = uncopied(d, 0), Proof(Rejected)),
                (|d| d.permutation.truncate(d.permutation.len() - 1), Unbound),
                (
                    |d| {
                        let _ = d.permutation.remove(0);
                    },
                    Proof(Malformed),
                ),
                (|d| d.permutation.swap(0, 1), Proof(Rejected)),
                (|d| d.permutation[0].0 = Column::Instance, Key("permutation")),
                (|d| d.permutation[0].0 = Column::Fixed(1), Proof(Rejected)),
                (|d| d.permutation[0].0 = Column::Advice(7), Key("permutation")),
                (|d| d.permutation[0].1 = G1Affine::zero(), Key("permutation")),
                (|d| d.permutation[0].1 = -d.permutation[0].1, Proof(Rejected)),
                (|d| d.permutation[0].1 = d.permutation[1].1, Proof(Rejected)),
            ],
        ),
        (
            "fixed",
            vec![
                (|d| d.fixed.clear(), Key("fixed queries")),
                (|d| d.fixed.push(G1Affine::generator()), Key("fixed queries")),
                (|d| d.fixed[0] = G1Affine::zero(), Proof(Rejected)),
                (|d| d.fixed.swap(0, 1), Proof(Rejected)),
                (|d| d.fixed[3] = -d.fixed[3], Proof(Rejected)),
            ],
        ),
        ("transcript", vec![(|d| d.transcript += Fr::from(1u64), Proof(Rejected))]),
        (
            "tau_g2",
            vec![
                (|d| d.tau_g2 = G2Affine::zero(), Key("structured reference string")),
                (|d| d.tau_g2 = G2Affine::generator(), Key("structured reference string")),
                (|d| d.tau_g2 = -G2Affine::generator(), Key("structured reference string")),
                (|d| d.tau_g2 = -d.tau_g2, Proof(Rejected)),
                (|d| d.tau_g2 = (d.tau_g2 * Fr::from(2u64)).into_affine(), Proof(Rejected)),
            ],
        ),
    ]
}

#[test]
fn every_field_of_a_key_changed_is_refused() {
    for (field, changes) in manifest() {
        for (index, (change, expected)) in changes.into_iter().enumerate() {
            assert_eq!(refusal(&EVERYTHING, &change), expected, "{field}, change {index}");
        }
    }
}

#[test]
fn every_byte_of_a_key_changed_is_refused() {
    for vector in [&*EVERYTHING, &*NARROW] {
        for at in 0..vector.payload.len() {
            for bit in [1, 0x80] {
                let mut payload = vector.payload.clone();
                payload[at] ^= bit;
                if let Ok(key) = Key::from_payload(&payload) {
                    assert_eq!(key.to_payload(), payload);
                    assert!(vector.verify(&key).is_err(), "byte {at}");
                }
            }
        }
    }
}

#[test]
fn keys_cut_short_or_with_more_behind_are_refused() {
    for vector in vectors() {
        for length in 0..vector.payload.len() {
            let error = Key::from_payload(&vector.payload[..length]).unwrap_err();
            assert_eq!(error.problem, Problem::Truncated, "{length}");
        }
        let longer: Vec<u8> = vector.payload.iter().copied().chain([0]).collect();
        let expected = Malformed { field: Field::Payload, problem: Problem::TrailingBytes { count: 1 } };
        assert_eq!(Key::from_payload(&longer), Err(expected));
    }
}

#[test]
fn encodings_of_a_key_are_checked() {
    let good = &EVERYTHING.payload;
    let changed = |at: usize, bytes: &[u8]| {
        let mut payload = good.clone();
        payload[at..at + bytes.len()].copy_from_slice(bytes);
        Key::from_payload(&payload).unwrap_err()
    };
    let refused = |name, problem| Malformed { field: part(name), problem };
    assert_eq!(changed(0, &[2]), refused("halo2 key: version", Problem::Version { found: 2 }));
    // From the end: τ·G2, transcript value, fixed commitments.
    let srs = good.len() - 128;
    assert_eq!(changed(srs, &[0; 128]), refused("halo2 key: structured reference string", Problem::Infinity));
    assert_eq!(
        changed(srs, &[0xff; 32]),
        refused("halo2 key: structured reference string", Problem::NotCanonical)
    );
    assert_eq!(
        changed(srs + 127, &[good[srs + 127] ^ 1]),
        refused("halo2 key: structured reference string", Problem::NotOnCurve)
    );
    assert_eq!(changed(srs - 32, &[0xff; 32]), refused("halo2 key: transcript value", Problem::NotCanonical));
    let fixed = srs - 32 - 64;
    assert_eq!(changed(fixed, &[0xff; 32]), refused("halo2 key: fixed commitments", Problem::NotCanonical));
    assert_eq!(
        changed(fixed + 63, &[good[fixed + 63] ^ 1]),
        refused("halo2 key: fixed commitments", Problem::NotOnCurve)
    );
}

#[test]
fn proofs_cut_short_or_with_more_behind_are_refused() {
    for vector in vectors() {
        let key = vector.key();
        for length in 0..vector.proof.len() {
            match verify(&key, &vector.inputs, &vector.proof[..length]).unwrap_err() {
                VerifyError::Malformed(Malformed { problem: Problem::Truncated, .. }) => {}
                other => panic!("{length}: {other}"),
            }
        }
        let longer: Vec<u8> = vector.proof.iter().copied().chain([0; 32]).collect();
        let expected = Malformed { field: Field::Proof, problem: Problem::TrailingBytes { count: 32 } };
        assert_eq!(verify(&key, &vector.inputs, &longer), Err(expected.into()));
    }
}

/// The parts of a proof in order, as errors name them.
fn parts(key: &Key) -> Vec<(&'static str, usize)> {
    let d = key.description();
    let sets = d.permutation.len().div_ceil(usize::from(d.degree) - 2);
    let lookups = d.lookups.len();
    vec![
        ("halo2 proof: commitment to an advice column", 64 * usize::from(d.advice)),
        ("halo2 proof: commitment of a lookup", 128 * lookups),
        ("halo2 proof: commitment to a permutation product", 64 * sets),
        ("halo2 proof: commitment of a lookup", 64 * lookups),
        ("halo2 proof: commitment to the random polynomial", 64),
        ("halo2 proof: commitment to a piece of the quotient", 64 * (usize::from(d.degree) - 1)),
        ("halo2 proof: evaluation of an advice column", 32 * d.advice_queries.len()),
        ("halo2 proof: evaluation of a fixed column", 32 * d.fixed_queries.len()),
        ("halo2 proof: evaluation of the random polynomial", 32),
        ("halo2 proof: evaluation of a permutation", 32 * d.permutation.len()),
        ("halo2 proof: evaluation of a permutation product", 32 * (3 * sets - 1)),
        ("halo2 proof: evaluation of a lookup", 160 * lookups),
        ("halo2 proof: first opening commitment", 64),
        ("halo2 proof: second opening commitment", 64),
    ]
}

#[test]
fn every_part_of_a_proof_must_be_canonical() {
    for vector in vectors() {
        let key = vector.key();
        let parts = parts(&key);
        assert_eq!(parts.iter().map(|(_, length)| length).sum::<usize>(), vector.proof.len());
        let mut start = 0;
        for (name, length) in parts {
            let refused = |at: usize, bytes: &[u8], problem| {
                let mut proof = vector.proof.clone();
                proof[at..at + bytes.len()].copy_from_slice(bytes);
                let expected = VerifyError::Malformed(Malformed { field: part(name), problem });
                assert_eq!(verify(&key, &vector.inputs, &proof), Err(expected), "byte {at}");
            };
            for at in (start..start + length).step_by(32) {
                refused(at, &[0xff; 32], Problem::NotCanonical);
            }
            if name.contains("commitment") {
                for at in (start..start + length).step_by(64) {
                    refused(at, &[0; 64], Problem::Infinity);
                    refused(at + 63, &[vector.proof[at + 63] ^ 1], Problem::NotOnCurve);
                }
            }
            start += length;
        }
    }
}

#[test]
fn inputs_are_counted_and_bound() {
    for vector in vectors() {
        let key = vector.key();
        let expected = vector.inputs.len();
        for found in (0..expected + 3).filter(|found| *found != expected) {
            let inputs: Vec<Fr> =
                vector.inputs.iter().copied().chain([Fr::from(0u64); 3]).take(found).collect();
            let error = verify(&key, &inputs, &vector.proof);
            assert_eq!(error, Err(VerifyError::WrongInputCount { expected, found }));
        }
        for index in 0..expected {
            let mut inputs = vector.inputs.clone();
            inputs[index] += Fr::from(1u64);
            assert_eq!(verify(&key, &inputs, &vector.proof), Err(VerifyError::Rejected));
        }
    }
}

/// Bytes of a vector with some replaced, and perhaps cut.
fn mutated(good: &'static [u8]) -> impl Strategy<Value = Vec<u8>> {
    let edits = prop::collection::vec((0..good.len(), any::<u8>()), 0..6);
    (edits, 0..=2 * good.len()).prop_map(move |(edits, length)| {
        let mut bytes = good.to_vec();
        for (at, value) in edits {
            bytes[at] = value;
        }
        bytes.truncate(length);
        bytes
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn no_bytes_make_the_key_parser_panic(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        let _ = Key::from_payload(&bytes);
    }

    #[test]
    fn no_key_and_proof_make_the_verifier_panic(
        payload in mutated(&WIDE.payload),
        proof in mutated(&WIDE.proof),
    ) {
        if let Ok(key) = Key::from_payload(&payload) {
            prop_assert_eq!(key.to_payload(), payload.clone());
            let accepted = verify(&key, &WIDE.inputs, &proof).is_ok();
            prop_assert!(!accepted || (payload == WIDE.payload && proof == WIDE.proof));
        }
        let _ = verify(&WIDE.key(), &WIDE.inputs, &proof);
    }
}
