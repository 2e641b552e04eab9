//! Groth16: real proofs accepted, single and in batches, as ark-groth16's own verifier does.

use std::sync::LazyLock;

use ark_bn254::{Bn254, Fr, G1Affine};
use ark_ff::UniformRand;
use ark_groth16::Groth16;
use ark_snark::SNARK;
use popw_verifier::VerifyError;
use popw_verifier::groth16::{BatchError, Entry, Proof, find_invalid, verify, verify_batch};
use proptest::collection::vec;
use proptest::prelude::*;

use crate::support::Fixture;

#[test]
fn accepts_what_ark_accepts() {
    let mut fixture = Fixture::new();
    let (inputs, proof) = fixture.proof();
    assert_eq!(verify(&fixture.prepared, &inputs, &proof), Ok(()));
    assert!(Groth16::<Bn254>::verify(&fixture.proving_key.vk, &inputs, &(&proof).into()).unwrap());
}

#[test]
#[ignore = "a measurement: cargo test --release -- --ignored --nocapture"]
fn times() {
    let mut fixture = Fixture::new();
    let proofs: Vec<([Fr; 3], Proof)> = (0..256).map(|_| fixture.proof()).collect();
    let bytes: Vec<Vec<u8>> = proofs.iter().map(|(_, proof)| proof.to_bytes()).collect();
    let time = |name: &str, count: u32, f: &mut dyn FnMut()| {
        f();
        let start = std::time::Instant::now();
        f();
        println!("{name}: {:?} each", start.elapsed() / count);
    };
    time("ark subgroup check", 256, &mut || {
        for (_, proof) in &proofs {
            assert!(proof.b().is_in_correct_subgroup_assuming_on_curve());
        }
    });
    time("ark g2 prepare", 256, &mut || {
        for (_, proof) in &proofs {
            std::hint::black_box(ark_ec::bn::G2Prepared::<ark_bn254::Config>::from(proof.b()));
        }
    });
    time("parse", 256, &mut || {
        for bytes in &bytes {
            std::hint::black_box(Proof::from_bytes(bytes).unwrap());
        }
    });
    time("verify", 256, &mut || {
        for (inputs, proof) in &proofs {
            verify(&fixture.prepared, inputs, proof).unwrap();
        }
    });
    for n in [1, 16, 256] {
        time(&format!("batch of {n}, parsed"), n, &mut || {
            let entries: Vec<Entry<'_>> =
                proofs.iter().take(n as usize).map(|(inputs, proof)| Entry { inputs, proof }).collect();
            verify_batch(&fixture.prepared, &entries).unwrap();
        });
    }
}

fn entries(proofs: &[([Fr; 3], Proof)]) -> Vec<Entry<'_>> {
    proofs.iter().map(|(inputs, proof)| Entry { inputs, proof }).collect()
}

#[test]
fn one_bad_among_many_is_refused_and_named() {
    let mut fixture = Fixture::new();
    let good: Vec<([Fr; 3], Proof)> = (0..9).map(|_| fixture.proof()).collect();
    assert_eq!(verify_batch(&fixture.prepared, &entries(&good)), Ok(()));
    assert_eq!(find_invalid(&fixture.prepared, &entries(&good)), Ok(vec![]));
    for position in 0..good.len() {
        for input in 0..3 {
            let mut proofs = good.clone();
            proofs[position].0[input] += Fr::from(1u64);
            assert_eq!(verify_batch(&fixture.prepared, &entries(&proofs)), Err(BatchError::Rejected));
            assert_eq!(find_invalid(&fixture.prepared, &entries(&proofs)), Ok(vec![position]));
        }
    }
}

/// Errors that cancel in a plain sum: C + Δ in one proof and C − Δ in another, or two proofs with inputs swapped.
#[test]
fn errors_do_not_cancel() {
    let mut fixture = Fixture::new();
    let good: Vec<([Fr; 3], Proof)> = (0..4).map(|_| fixture.proof()).collect();
    let delta = G1Affine::rand(fixture.rng());
    let moved =
        |proof: &Proof, by: G1Affine| Proof::new(proof.a(), proof.b(), (proof.c() + by).into()).unwrap();
    let mut proofs = good.clone();
    proofs[1].1 = moved(&good[1].1, delta);
    proofs[2].1 = moved(&good[2].1, -delta);
    assert_eq!(verify_batch(&fixture.prepared, &entries(&proofs)), Err(BatchError::Rejected));
    assert_eq!(find_invalid(&fixture.prepared, &entries(&proofs)), Ok(vec![1, 2]));
    let mut proofs = good.clone();
    (proofs[0].0, proofs[3].0) = (good[3].0, good[0].0);
    assert_eq!(find_invalid(&fixture.prepared, &entries(&proofs)), Ok(vec![0, 3]));
    let mut proofs = good.clone();
    let one = Fr::from(1u64);
    (proofs[0].0[0], proofs[3].0[0]) = (good[0].0[0] + one, good[3].0[0] - one);
    assert_eq!(find_invalid(&fixture.prepared, &entries(&proofs)), Ok(vec![0, 3]));
}

/// Enough proofs that the search halves, and gives up halving where most are false.
#[test]
fn all_false_proofs_of_a_large_batch_are_named() {
    let mut fixture = Fixture::new();
    let some: Vec<([Fr; 3], Proof)> = (0..4).map(|_| fixture.proof()).collect();
    let good: Vec<_> = some.into_iter().cycle().take(40).collect();
    let sets: [&[usize]; 4] = [&[0], &[39], &[3, 17, 18], &[5, 6, 7, 8, 21, 22, 23, 30, 31, 32, 38]];
    let all: Vec<usize> = (0..good.len()).collect();
    for bad in sets.into_iter().chain([all.as_slice()]) {
        let mut proofs = good.clone();
        for position in bad {
            proofs[*position].0[1] += Fr::from(*position as u64 + 1);
        }
        assert_eq!(find_invalid(&fixture.prepared, &entries(&proofs)), Ok(bad.to_vec()));
    }
}

#[test]
fn a_batch_checks_the_number_of_inputs() {
    let mut fixture = Fixture::new();
    let proofs: Vec<([Fr; 3], Proof)> = (0..3).map(|_| fixture.proof()).collect();
    for found in [0, 2, 4] {
        let changed = vec![Fr::from(0u64); found];
        let mut batch = entries(&proofs);
        batch[1].inputs = &changed;
        let error = VerifyError::WrongInputCount { expected: 3, found };
        let expected = BatchError::Entry { index: 1, error };
        assert_eq!(verify_batch(&fixture.prepared, &batch).as_ref(), Err(&expected));
        assert_eq!(find_invalid(&fixture.prepared, &batch), Err(expected));
    }
}

#[test]
fn small_batches() {
    let mut fixture = Fixture::new();
    let good = fixture.proof();
    assert_eq!(verify_batch(&fixture.prepared, &[]), Ok(()));
    assert_eq!(verify_batch(&fixture.prepared, &entries(std::slice::from_ref(&good))), Ok(()));
    // The same proof many times over is as valid as it is once.
    assert_eq!(verify_batch(&fixture.prepared, &entries(&vec![good.clone(); 7])), Ok(()));
    let mut bad = good;
    bad.0[2] += Fr::from(1u64);
    let bad = entries(std::slice::from_ref(&bad));
    assert_eq!(verify_batch(&fixture.prepared, &bad), Err(BatchError::Rejected));
}

type Proofs = Vec<([Fr; 3], Proof)>;
static PROOFS: LazyLock<(Fixture, Proofs)> = LazyLock::new(|| {
    let mut fixture = Fixture::new();
    let proofs = (0..12).map(|_| fixture.proof()).collect();
    (fixture, proofs)
});

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    /// A batch is accepted iff each proof is, and exactly the bad ones are named.
    #[test]
    fn batch_agrees_with_single(bad in vec(any::<bool>(), 1..12)) {
        let (fixture, good) = &*PROOFS;
        let mut proofs: Vec<_> = good.iter().take(bad.len()).cloned().collect();
        for (proof, _) in proofs.iter_mut().zip(&bad).filter(|(_, bad)| **bad) {
            proof.0[0] += Fr::from(1u64);
        }
        let expected: Vec<usize> = (0..bad.len()).filter(|index| bad[*index]).collect();
        prop_assert_eq!(verify_batch(&fixture.prepared, &entries(&proofs)).is_ok(), expected.is_empty());
        prop_assert_eq!(find_invalid(&fixture.prepared, &entries(&proofs)), Ok(expected));
    }
}
