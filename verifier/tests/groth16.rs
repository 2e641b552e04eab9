//! Groth16: real proofs accepted, single and in batches, as ark-groth16's own verifier does.

mod support;

use ark_bn254::{Bn254, Fr};
use ark_groth16::Groth16;
use ark_snark::SNARK;
use popw_verifier::VerifyError;
use popw_verifier::groth16::{Entry, Proof, find_invalid, verify, verify_batch};
use support::Fixture;

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

#[test]
fn names_the_bad_ones() {
    let mut fixture = Fixture::new();
    let mut proofs: Vec<([Fr; 3], Proof)> = (0..11).map(|_| fixture.proof()).collect();
    let bad = |proofs: &[([Fr; 3], Proof)]| {
        let entries: Vec<Entry<'_>> = proofs.iter().map(|(inputs, proof)| Entry { inputs, proof }).collect();
        (verify_batch(&fixture.prepared, &entries), find_invalid(&fixture.prepared, &entries))
    };
    assert_eq!(bad(&proofs), (Ok(()), Ok(vec![])));
    proofs[3].0[1] += Fr::from(1u64);
    proofs[10].0[2] += Fr::from(1u64);
    assert_eq!(bad(&proofs), (Err(popw_verifier::groth16::BatchError::Rejected), Ok(vec![3, 10])));
    assert_eq!(verify(&fixture.prepared, &proofs[3].0, &proofs[3].1), Err(VerifyError::Rejected));
}
