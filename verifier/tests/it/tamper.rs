//! Tamper manifest for keys, proofs and public inputs: which field, changed how, refused by which check.
//! The layout lists cover every byte of the encodings; a field without an entry fails a test.

use ark_bn254::{Fq, Fq2, Fr, G2Affine};
use ark_ec::{AffineRepr, CurveGroup};
use ark_ff::{BigInteger, PrimeField, UniformRand};
use popw_verifier::groth16::{self, PROOF_BYTES, Proof, Weakness, verify};
use popw_verifier::key::{KeyError, VerifyingKey};
use popw_verifier::{Field, Malformed, Problem, VerifyError, encoding};

use crate::{
    support::layout::{KEY, PROOF, Span, find},
    support::{Fixture, modulus_q, modulus_r, outside_subgroup},
};

fn malformed(field: Field, problem: Problem) -> Malformed {
    Malformed { field, problem }
}

/// The field that errors name for a part of the encoding.
fn named(part: &str) -> Field {
    match part.split('.').next().unwrap() {
        "magic" => Field::Magic,
        "version" => Field::FormatVersion,
        "system" => Field::System,
        "development" => Field::Development,
        "claim_version" => Field::ClaimVersion,
        "claim" => Field::Claim,
        "shape" => Field::Shape,
        "payload_length" => Field::PayloadLength,
        "alpha" => Field::Alpha,
        "beta" => Field::Beta,
        "gamma" => Field::Gamma,
        "delta" => Field::Delta,
        "ic_count" => Field::IcCount,
        "ic0" => Field::Ic(0),
        "ic1" => Field::Ic(1),
        "ic2" => Field::Ic(2),
        "ic3" => Field::Ic(3),
        "a" => Field::ProofA,
        "b" => Field::ProofB,
        "c" => Field::ProofC,
        other => panic!("{other} is not in the manifest"),
    }
}

fn is_coordinate(span: &Span) -> bool {
    span.name.contains(".x") || span.name.contains(".y")
}

/// The parts of an encoding lie side by side and cover all of it.
#[track_caller]
fn covers(layout: &[Span], length: usize) {
    let mut end = 0;
    for span in layout {
        assert_eq!(span.range.start, end, "{} begins where the part before it ends", span.name);
        end = span.range.end;
    }
    assert_eq!(end, length);
}

#[test]
fn manifest_covers_every_byte() {
    let mut fixture = Fixture::new();
    covers(&KEY.spans(), fixture.key.to_bytes().len());
    covers(&PROOF.spans(), fixture.proof().1.to_bytes().len());
    assert_eq!(PROOF_BYTES, fixture.proof().1.to_bytes().len());
    for span in KEY.spans().iter().chain(&PROOF.spans()) {
        named(&span.name);
    }
}

fn read_key(bytes: &[u8]) -> Result<VerifyingKey, KeyError> {
    VerifyingKey::from_bytes(bytes)
}

#[test]
fn key_frame_fields() {
    let good = Fixture::new().key.to_bytes();
    let changed = |part: &str, value: &[u8]| {
        let mut bytes = good.clone();
        let range = find(&KEY, part).range;
        bytes[range].copy_from_slice(value);
        read_key(&bytes)
    };
    let refused = |field, problem| Err(KeyError::Malformed(malformed(field, problem)));
    assert_eq!(changed("magic", b"POPWVKEZ"), refused(Field::Magic, Problem::NotAKey));
    assert_eq!(changed("version", &[0, 2]), refused(Field::FormatVersion, Problem::Version { found: 2 }));
    assert_eq!(changed("system", &[0]), refused(Field::System, Problem::Unknown));
    assert_eq!(changed("development", &[3]), refused(Field::Development, Problem::Unknown));
    assert_eq!(changed("claim.text", b"uptimE"), refused(Field::Claim, Problem::Name));
    assert_eq!(changed("claim.text", b"up ime"), refused(Field::Claim, Problem::Name));
    assert_eq!(changed("claim.length", &[0]), refused(Field::Claim, Problem::Name));
    assert_eq!(changed("claim.length", &[32]), refused(Field::Claim, Problem::Name));
    assert_eq!(changed("shape.text", b"dem\0"), refused(Field::Shape, Problem::Name));
    assert_eq!(changed("shape.length", &[0]), refused(Field::Shape, Problem::Name));
    assert_eq!(changed("payload_length", &[0xff; 4]), refused(Field::Payload, Problem::Truncated));
    let trailing = Problem::TrailingBytes { count: 708 };
    assert_eq!(changed("payload_length", &[0; 4]), refused(Field::Payload, trailing));
    assert_eq!(
        changed("ic_count", &3u32.to_be_bytes()),
        refused(Field::IcCount, Problem::Count { expected: 4, found: 3 })
    );
    assert_eq!(changed("ic_count", &u32::MAX.to_be_bytes()), refused(Field::Ic(4), Problem::Truncated));
    assert_eq!(
        changed("ic_count", &0u32.to_be_bytes()),
        refused(Field::IcCount, Problem::Count { expected: 4, found: 0 })
    );
    // Another claim version, or development flag, is another key: its digest says so.
    for (part, value) in [("claim_version", &[0u8, 9][..]), ("development", &[0]), ("shape.text", b"dema")] {
        assert_ne!(changed(part, value).unwrap().digest(), Fixture::new().key.digest(), "{part}");
    }
}

#[test]
fn key_of_the_other_system() {
    let mut bytes = Fixture::new().key.to_bytes();
    bytes[find(&KEY, "system").range].copy_from_slice(&[2]);
    let Err(KeyError::Malformed(malformed)) = read_key(&bytes) else {
        panic!("a Groth16 payload is no halo2 key")
    };
    assert!(matches!(malformed.field, Field::Named(_)), "{malformed}");
}

#[test]
fn every_prefix_and_suffix_of_a_key_is_refused() {
    let good = Fixture::new().key.to_bytes();
    for length in 0..good.len() {
        let error = read_key(&good[..length]).unwrap_err();
        let KeyError::Malformed(Malformed { problem, .. }) = error else { panic!("{length} bytes: {error}") };
        let expected = if length < 8 { Problem::NotAKey } else { Problem::Truncated };
        assert_eq!(problem, expected, "{length} bytes");
    }
    let mut longer = good.clone();
    longer.push(0);
    let expected = malformed(Field::Payload, Problem::TrailingBytes { count: 1 });
    assert_eq!(read_key(&longer), Err(expected.into()));
    // A byte more inside the payload, with the length that goes with it.
    let range = find(&KEY, "payload_length").range;
    let length = u32::from_be_bytes(good[range.clone()].try_into().unwrap()) + 1;
    longer[range].copy_from_slice(&length.to_be_bytes());
    assert_eq!(read_key(&longer), Err(expected.into()));
}

/// Every coordinate of every point, of key and proof: + q, + 1, swapped, zeroed.
#[test]
fn every_coordinate() {
    let mut fixture = Fixture::new();
    let key = fixture.key.to_bytes();
    let (_, proof) = fixture.proof();
    let read_proof = |bytes: &[u8]| Proof::from_bytes(bytes).map(|_| ()).map_err(KeyError::from);
    let read_key = |bytes: &[u8]| read_key(bytes).map(|_| ());
    type Read<'a> = &'a dyn Fn(&[u8]) -> Result<(), KeyError>;
    let subjects: [(Vec<Span>, Vec<u8>, Read<'_>); 2] =
        [(KEY.spans(), key, &read_key), (PROOF.spans(), proof.to_bytes(), &read_proof)];
    for (spans, good, read) in subjects {
        for span in spans.iter().filter(|span| is_coordinate(span)) {
            let field = named(&span.name);
            let with = |change: &dyn Fn(&mut [u8])| {
                let mut bytes = good.clone();
                change(&mut bytes[span.range.clone()]);
                read(&bytes)
            };
            let refused = |problem| Err(KeyError::Malformed(malformed(field, problem)));
            let plus_q = |bytes: &mut [u8]| add(bytes, &modulus_q());
            assert_eq!(with(&plus_q), refused(Problem::NotCanonical), "{} + q", span.name);
            let plus_one = |bytes: &mut [u8]| add(bytes, &1u64.into());
            assert_eq!(with(&plus_one), refused(Problem::NotOnCurve), "{} + 1", span.name);
            let ones = |bytes: &mut [u8]| bytes.fill(0xff);
            assert_eq!(with(&ones), refused(Problem::NotCanonical), "{} = 2^256 - 1", span.name);
            let zero = |bytes: &mut [u8]| bytes.fill(0);
            assert_eq!(with(&zero), refused(Problem::NotOnCurve), "{} = 0", span.name);
        }
    }
}

fn add(bytes: &mut [u8], value: &num_bigint::BigUint) {
    let sum = num_bigint::BigUint::from_bytes_be(bytes) + value;
    let encoded = sum.to_bytes_be();
    bytes.fill(0);
    let start = bytes.len().checked_sub(encoded.len()).expect("q + q fits in 256 bits");
    bytes[start..].copy_from_slice(&encoded);
}

/// Every point: infinity, limbs of G2 swapped, another subgroup.
#[test]
fn every_point() {
    let mut fixture = Fixture::new();
    let key = fixture.key.to_bytes();
    let proof = fixture.proof().1.to_bytes();
    let points = KEY.points().into_iter().map(|span| (span, &key, true));
    for (span, good, is_key) in points.chain(PROOF.points().into_iter().map(|span| (span, &proof, false))) {
        let read = |bytes: &[u8]| {
            if is_key { read_key(bytes).map(|_| ()) } else { Ok(Proof::from_bytes(bytes).map(|_| ())?) }
        };
        let with = |value: &[u8]| {
            let mut bytes = good.clone();
            bytes[span.range.clone()].copy_from_slice(value);
            read(&bytes)
        };
        let refused = |problem| Err(KeyError::Malformed(malformed(named(&span.name), problem)));
        let current = &good[span.range.clone()];
        assert_eq!(with(&vec![0; current.len()]), refused(Problem::Infinity), "{}", span.name);
        if current.len() == encoding::G2_BYTES {
            let mut limbs = current.to_vec();
            for half in limbs.chunks_mut(64) {
                half.rotate_left(32);
            }
            assert_eq!(with(&limbs), refused(Problem::NotOnCurve), "{} with c0 and c1 swapped", span.name);
            let mut outside = Vec::new();
            encoding::push_g2(&mut outside, &outside_subgroup(fixture.rng()));
            assert_eq!(with(&outside), refused(Problem::NotInSubgroup), "{}", span.name);
        } else {
            let mut swapped = current.to_vec();
            swapped.rotate_left(32);
            assert_eq!(with(&swapped), refused(Problem::NotOnCurve), "{} with x and y swapped", span.name);
        }
    }
}

#[test]
fn every_prefix_and_suffix_of_a_proof_is_refused() {
    let good = Fixture::new().proof().1.to_bytes();
    for length in 0..good.len() {
        let field = match length {
            0..64 => Field::ProofA,
            64..192 => Field::ProofB,
            _ => Field::ProofC,
        };
        assert_eq!(Proof::from_bytes(&good[..length]), Err(malformed(field, Problem::Truncated)));
    }
    let longer = [&good[..], &[0]].concat();
    let expected = malformed(Field::Proof, Problem::TrailingBytes { count: 1 });
    assert_eq!(Proof::from_bytes(&longer), Err(expected));
}

/// Any other point of the right group in place of one of the proof's: well-formed, and false.
#[test]
fn another_point_is_rejected() {
    let mut fixture = Fixture::new();
    let (inputs, proof) = fixture.proof();
    let g1 = ark_bn254::G1Affine::rand(fixture.rng());
    let g2 = G2Affine::rand(fixture.rng());
    let changed = [
        Proof::new(g1, proof.b(), proof.c()),
        Proof::new(proof.a(), g2, proof.c()),
        Proof::new(proof.a(), proof.b(), g1),
        Proof::new(-proof.a(), proof.b(), proof.c()),
        Proof::new(proof.a(), -proof.b(), proof.c()),
        Proof::new(proof.a(), proof.b(), -proof.c()),
        Proof::new(proof.c(), proof.b(), proof.a()),
    ];
    for proof in changed {
        assert_eq!(verify(&fixture.prepared, &inputs, &proof.unwrap()), Err(VerifyError::Rejected));
    }
}

#[test]
fn every_input() {
    let mut fixture = Fixture::new();
    let (inputs, proof) = fixture.proof();
    for index in 0..inputs.len() {
        for delta in [Fr::from(1u64), -Fr::from(1u64), Fr::rand(fixture.rng())] {
            let mut changed = inputs;
            changed[index] += delta;
            assert_eq!(verify(&fixture.prepared, &changed, &proof), Err(VerifyError::Rejected));
        }
        let mut encoded = inputs.map(|input| encoding::scalar_bytes(&input));
        assert_eq!(groth16::public_inputs(&encoded), Ok(inputs.to_vec()));
        add(&mut encoded[index], &modulus_r());
        let expected = malformed(Field::Input(index), Problem::NotCanonical);
        assert_eq!(groth16::public_inputs(&encoded), Err(expected), "x + r");
        encoded[index] = modulus_r().to_bytes_be().try_into().unwrap();
        assert_eq!(groth16::public_inputs(&encoded), Err(expected), "r");
    }
    let [first, second, third] = inputs;
    for swapped in [[second, first, third], [first, third, second]] {
        assert_eq!(verify(&fixture.prepared, &swapped, &proof), Err(VerifyError::Rejected));
    }
}

/// ark-groth16 accepts the first two of these: it zips inputs with IC points.
#[test]
fn short_and_long_inputs() {
    use ark_bn254::Bn254;
    use ark_snark::SNARK;
    let mut fixture = Fixture::new();
    // With the last input 0, leaving it out makes no difference to the sum.
    let inputs = [Fr::from(3u64), Fr::from(5u64), Fr::from(0u64)];
    let proof = fixture.prove(inputs);
    let long = [&inputs[..], &[Fr::from(7u64)]].concat();
    for (changed, ark) in [(&inputs[..2], true), (&long[..], true), (&inputs[..1], false), (&[], false)] {
        let expected = VerifyError::WrongInputCount { expected: 3, found: changed.len() };
        assert_eq!(verify(&fixture.prepared, changed, &proof), Err(expected));
        let accepted =
            ark_groth16::Groth16::<Bn254>::verify(&fixture.proving_key.vk, changed, &(&proof).into());
        assert_eq!(accepted.unwrap(), ark);
    }
}

#[test]
fn another_key() {
    let mut fixture = Fixture::new();
    let other = Fixture::seeded(1);
    let (inputs, proof) = fixture.proof();
    assert_eq!(verify(&other.prepared, &inputs, &proof), Err(VerifyError::Rejected));
    assert_ne!(fixture.key.digest(), other.key.digest());
}

/// Changing one byte anywhere in a key gives no key, or a key with another digest; in a proof, no valid proof.
#[test]
fn every_byte() {
    let mut fixture = Fixture::new();
    let good = fixture.key.to_bytes();
    for index in 0..good.len() {
        let mut bytes = good.clone();
        bytes[index] ^= 1;
        if let Ok(key) = read_key(&bytes) {
            assert_ne!(key.digest(), fixture.key.digest());
            assert_eq!(key.to_bytes(), bytes, "one encoding per key");
        }
    }
    let (inputs, proof) = fixture.proof();
    for index in 0..PROOF_BYTES {
        let mut bytes = proof.to_bytes();
        bytes[index] ^= 1;
        if let Ok(proof) = Proof::from_bytes(&bytes) {
            assert_eq!(
                verify(&fixture.prepared, &inputs, &proof),
                Err(VerifyError::Rejected),
                "byte {index}"
            );
        }
    }
}

/// Keys whose points are each in order, and that let proofs be forged.
#[test]
fn weak_keys() {
    let good = Fixture::new().key.to_bytes();
    let at = |part: &str| good[find(&KEY, part).range].to_vec();
    let with = |part: &str, value: &[u8]| {
        let mut bytes = good.clone();
        bytes[find(&KEY, part).range].copy_from_slice(value);
        read_key(&bytes)
    };
    let g2 = |point: G2Affine| {
        let mut bytes = Vec::new();
        encoding::push_g2(&mut bytes, &point);
        bytes
    };
    let g1 = |point: ark_bn254::G1Affine| {
        let mut bytes = Vec::new();
        encoding::push_g1(&mut bytes, &point);
        bytes
    };
    let read = |part: &str| encoding::g2(at(part).as_slice().try_into().unwrap()).unwrap();
    let related = |left, right| Err(KeyError::Unsafe(Weakness::Related { left, right }));
    let generator = |field| Err(KeyError::Unsafe(Weakness::Generator { field }));
    let duplicate =
        |a, b| Err(KeyError::Unsafe(Weakness::Duplicate { left: Field::Ic(a), right: Field::Ic(b) }));
    assert_eq!(with("delta", &at("gamma")), related(Field::Gamma, Field::Delta));
    assert_eq!(with("delta", &g2(-read("gamma"))), related(Field::Gamma, Field::Delta));
    assert_eq!(with("delta", &at("beta")), related(Field::Beta, Field::Delta));
    assert_eq!(with("beta", &at("gamma")), related(Field::Beta, Field::Gamma));
    assert_eq!(with("delta", &g2(G2Affine::generator())), generator(Field::Delta));
    assert_eq!(with("delta", &g2(-G2Affine::generator())), generator(Field::Delta));
    assert_eq!(with("beta", &g2(G2Affine::generator())), generator(Field::Beta));
    assert_eq!(with("alpha", &g1(ark_bn254::G1Affine::generator())), generator(Field::Alpha));
    assert!(with("gamma", &g2(G2Affine::generator())).is_ok(), "snarkjs has it so");
    for (a, b) in [(0, 1), (0, 3), (1, 2), (2, 3)] {
        assert_eq!(with(&format!("ic{b}"), &at(&format!("ic{a}"))), duplicate(a, b));
    }
    let minus = -encoding::g1(at("ic1").as_slice().try_into().unwrap()).unwrap();
    assert_eq!(with("ic2", &g1(minus)), duplicate(1, 2));
    let minus = -encoding::g1(at("alpha").as_slice().try_into().unwrap()).unwrap();
    for index in 0..4 {
        let alpha = Err(KeyError::Unsafe(Weakness::Alpha { ic: Field::Ic(index) }));
        assert_eq!(with(&format!("ic{index}"), &at("alpha")), alpha);
        assert_eq!(with(&format!("ic{index}"), &g1(minus)), alpha);
        let one = g1(ark_bn254::G1Affine::generator());
        assert_eq!(with(&format!("ic{index}"), &one), generator(Field::Ic(index)));
    }
}

/// A key with IC₀ = −α is worthless: for inputs that are all 0, the right side of the equation is e(α, β − γ).
#[test]
fn ic_opposite_to_alpha_is_forgeable() {
    use ark_bn254::Bn254;
    use ark_snark::SNARK;
    let mut key = Fixture::new().proving_key.vk;
    key.gamma_abc_g1[0] = -key.alpha_g1;
    let b = (key.beta_g2.into_group() - key.gamma_g2).into_affine();
    let forged = ark_groth16::Proof { a: key.alpha_g1, b, c: ark_bn254::G1Affine::identity() };
    let inputs = [Fr::from(0u64); 3];
    assert!(ark_groth16::Groth16::<Bn254>::verify(&key, &inputs, &forged).unwrap());
    // No point at infinity is needed.
    let mut fixture = Fixture::new();
    let forged = ark_groth16::Groth16::<Bn254>::rerandomize_proof(&key, &forged, fixture.rng());
    assert!(Proof::try_from(&forged).is_ok());
    assert!(ark_groth16::Groth16::<Bn254>::verify(&key, &inputs, &forged).unwrap());
    let refused = groth16::Key::try_from(&key).unwrap_err();
    assert_eq!(refused, Weakness::Alpha { ic: Field::Ic(0) }.into());
}

/// So is one with δ = β + γ: with C = −L, the right side is e(α − L, β), whatever the inputs.
#[test]
fn delta_of_beta_and_gamma_is_forgeable() {
    use ark_bn254::Bn254;
    use ark_snark::SNARK;
    let mut key = Fixture::new().proving_key.vk;
    key.delta_g2 = (key.beta_g2.into_group() + key.gamma_g2).into_affine();
    let inputs = [666u64, 667, 668].map(Fr::from);
    let constant = key.gamma_abc_g1[0].into_group();
    let sum = key.gamma_abc_g1.iter().skip(1).zip(inputs).fold(constant, |sum, (ic, x)| sum + *ic * x);
    let a = (key.alpha_g1.into_group() - sum).into_affine();
    let forged = ark_groth16::Proof { a, b: key.beta_g2, c: (-sum).into_affine() };
    assert!(ark_groth16::Groth16::<Bn254>::verify(&key, &inputs, &forged).unwrap());
    assert_eq!(groth16::Key::try_from(&key).unwrap_err().code(), "related-sum");
}

/// A γ = δ key really is worthless: from the key alone, a proof of anything, which ark-groth16 accepts.
#[test]
fn gamma_equal_to_delta_is_forgeable() {
    use ark_bn254::Bn254;
    use ark_snark::SNARK;
    let mut key = Fixture::new().proving_key.vk;
    key.delta_g2 = key.gamma_g2;
    let inputs = [Fr::from(666u64); 3];
    let sum = key
        .gamma_abc_g1
        .iter()
        .skip(1)
        .zip(inputs)
        .fold(key.gamma_abc_g1[0].into_group(), |sum, (ic, x)| sum + *ic * x);
    let forged = ark_groth16::Proof { a: key.alpha_g1, b: key.beta_g2, c: (-sum).into_affine() };
    assert!(ark_groth16::Groth16::<Bn254>::verify(&key, &inputs, &forged).unwrap());
    let refused = groth16::Key::try_from(&key).unwrap_err();
    assert_eq!(refused, Weakness::Related { left: Field::Gamma, right: Field::Delta }.into());
}

/// Anyone can re-randomise a proof: (A/s, s·B + s·t·δ, C + t·A). Valid, and of other bytes: bytes identify nothing.
#[test]
fn rerandomised_proof_is_valid() {
    let mut fixture = Fixture::new();
    let (inputs, proof) = fixture.proof();
    let ark: ark_groth16::Proof<ark_bn254::Bn254> = (&proof).into();
    let vk = fixture.proving_key.vk.clone();
    let other = ark_groth16::Groth16::<ark_bn254::Bn254>::rerandomize_proof(&vk, &ark, fixture.rng());
    let other = Proof::try_from(&other).unwrap();
    assert_ne!(other.to_bytes(), proof.to_bytes());
    assert_eq!(verify(&fixture.prepared, &inputs, &other), Ok(()));
}

/// The points of ark's types are checked too, not only bytes.
#[test]
fn conversions_check_points() {
    let mut fixture = Fixture::new();
    let (_, proof) = fixture.proof();
    let outside = outside_subgroup(fixture.rng());
    let infinity = ark_bn254::G1Affine::identity();
    let off = G2Affine::new_unchecked(Fq2::new(Fq::from(1u64), Fq::from(2u64)), Fq2::from(3u64));
    let refused = |field, problem| Err(malformed(field, problem));
    assert_eq!(Proof::new(proof.a(), outside, proof.c()), refused(Field::ProofB, Problem::NotInSubgroup));
    assert_eq!(Proof::new(infinity, proof.b(), proof.c()), refused(Field::ProofA, Problem::Infinity));
    assert_eq!(Proof::new(proof.a(), proof.b(), infinity), refused(Field::ProofC, Problem::Infinity));
    assert_eq!(Proof::new(proof.a(), off, proof.c()), refused(Field::ProofB, Problem::NotOnCurve));
    let mut vk = fixture.proving_key.vk.clone();
    vk.delta_g2 = outside;
    let expected = malformed(Field::Delta, Problem::NotInSubgroup);
    assert_eq!(groth16::Key::try_from(&vk), Err(expected.into()));
    vk = fixture.proving_key.vk.clone();
    vk.gamma_abc_g1.pop();
    let expected = malformed(Field::IcCount, Problem::Count { expected: 4, found: 3 });
    assert_eq!(groth16::Key::try_from(&vk), Err(expected.into()));
    assert!(modulus_q() != modulus_r() && Fr::MODULUS.to_bytes_be().len() == 32);
}
