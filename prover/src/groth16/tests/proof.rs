//! Proofs: the same as arkworks' own, accepted by both verifiers, refused for false assignments.

use std::sync::Mutex;

use ark_bn254::Bn254;
use ark_groth16::{Groth16, prepare_verifying_key, r1cs_to_qap::LibsnarkReduction};
use popw_verifier::groth16::{PreparedKey, verify};

use super::super::{
    backend::{Backend, BackendError},
    prove::Blinding,
    reduction::CosetReduction,
    setup::generate,
};
use super::*;
use crate::progress::ProgressSink;

/// Around powers of two, where the domain grows; and the smallest circuits.
const STEPS: [usize; 5] = [0, 1, 3, 41, 100];

/// Every backend of this machine.
pub(super) fn backends() -> Vec<Backend> {
    let mut all = vec![Backend::reference(), Backend::scalar(), Backend::detect()];
    match Backend::avx512() {
        Some(backend) => all.push(backend),
        None => {
            eprintln!("SKIPPED: this machine has no AVX-512 IFMA, its backend was not run");
            assert!(std::env::var_os("REQUIRE_AVX512").is_none(), "REQUIRE_AVX512 is set");
        }
    }
    all
}

fn arkworks_proof(proof: &popw_verifier::groth16::Proof) -> ark_groth16::Proof<Bn254> {
    ark_groth16::Proof { a: proof.a(), b: proof.b(), c: proof.c() }
}

#[test]
fn proofs_are_those_of_arkworks_for_the_same_blinding() {
    for steps in STEPS {
        let fixture = Fixture::new(steps);
        let key = fixture.open();
        let backends = backends();
        let provers: Vec<_> = backends.iter().map(|backend| Prover::new(&key, backend).unwrap()).collect();
        let libsnark = generate::<LibsnarkReduction>(&fixture.matrices, &SEED).unwrap();
        let coset = generate::<CosetReduction>(&fixture.matrices, &SEED).unwrap();
        assert_eq!(libsnark.vk, coset.vk);
        for (r, s) in [(3, 5), (0, 5), (3, 0), (0, 0)].map(|(r, s)| (Fr::from(r), Fr::from(s))) {
            let ours: Vec<_> = provers
                .iter()
                .map(|prover| {
                    prover.prove_blinded(fixture.assignment.clone(), Blinding { r, s }, &Silent).unwrap()
                })
                .collect();
            let theirs = fixture.arkworks_proof::<LibsnarkReduction>(&libsnark, [r, s]);
            for (backend, ours) in backends.iter().zip(&ours) {
                assert_eq!(arkworks_proof(ours), theirs, "{steps} steps, {backend:?}");
            }
            let theirs = fixture.arkworks_proof::<CosetReduction>(&coset, [r, s]);
            assert_eq!(arkworks_proof(&ours[0]), theirs, "{steps} steps, coset basis");
        }
    }
}

const BASES: [QuotientBasis; 2] = [QuotientBasis::Coset, QuotientBasis::Coefficients];

#[test]
fn proofs_are_the_same_in_both_bases_and_without_c() {
    for steps in STEPS {
        let fixture = Fixture::new(steps);
        let libsnark = generate::<LibsnarkReduction>(&fixture.matrices, &SEED).unwrap();
        let (r, s) = (Fr::from(3), Fr::from(5));
        let theirs = fixture.arkworks_proof::<LibsnarkReduction>(&libsnark, [r, s]);
        for (basis, knows_c) in BASES.into_iter().flat_map(|basis| [(basis, true), (basis, false)]) {
            fixture.rewrite(basis, knows_c);
            let key = fixture.open();
            let view = key.view();
            assert_eq!((view.basis, view.c.is_some()), (basis, knows_c));
            assert_eq!(view.h_query.len(), basis.points(key.dimensions().domain()));
            if basis == QuotientBasis::Coefficients {
                assert_eq!(view.h_query, libsnark.h_query);
            }
            for backend in backends() {
                let prover = Prover::new(&key, &backend).unwrap();
                let ours =
                    prover.prove_blinded(fixture.assignment.clone(), Blinding { r, s }, &Silent).unwrap();
                assert_eq!(
                    arkworks_proof(&ours),
                    theirs,
                    "{steps} steps, {basis:?}, C: {knows_c}, {backend:?}"
                );
            }
        }
    }
}

#[test]
fn without_c_the_finished_proof_tells_of_a_false_assignment() {
    let fixture = Fixture::new(41);
    for basis in BASES {
        fixture.rewrite(basis, false);
        let key = fixture.open();
        let mut forged = fixture.assignment.clone();
        forged.witness[0] += Fr::one();
        let error = prove(&key, &Backend::reference(), forged, &Silent).unwrap_err();
        assert!(matches!(error, ProveError::Unsatisfied), "{error}");
    }
}

#[test]
fn proofs_are_the_same_whatever_the_plan() {
    let fixture = Fixture::new(600);
    let key = fixture.open();
    let sizes = Workload::of_key(&key).sizes();
    for threads in [1, 2, 5] {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| {
            let proof = |backend: &Backend| {
                let blinding = Blinding { r: Fr::from(3), s: Fr::from(5) };
                let prover = Prover::new(&key, backend)?;
                prover.prove_blinded(fixture.assignment.clone(), blinding, &Silent)
            };
            let expected = proof(&Backend::reference()).unwrap();
            for backend in backends() {
                let most = backend.memory(&sizes).unwrap();
                let refused = backend.clone().within(0).memory(&sizes);
                let Err(BackendError::Memory { needed, limit: 0 }) = refused else { panic!("{refused:?}") };
                assert!(needed <= most);
                for limit in (needed..=most).step_by(((most - needed) as usize / 7).max(1)).chain([most]) {
                    let limited = backend.clone().within(limit);
                    assert!(limited.memory(&sizes).unwrap() <= limit);
                    assert_eq!(proof(&limited).unwrap(), expected, "{backend:?}, {limit} of {most}");
                }
                let error = proof(&backend.clone().within(needed - 1)).unwrap_err();
                let expected = BackendError::Memory { needed, limit: needed - 1 };
                assert!(matches!(&error, ProveError::Backend(e) if *e == expected), "{error}");
            }
        });
    }
}

#[test]
fn proofs_verify_here_and_under_arkworks_and_for_their_inputs_only() {
    let fixture = Fixture::new(41);
    let key = fixture.open();
    let proof = prove(&key, &Backend::detect(), fixture.assignment.clone(), &Silent).unwrap();

    let parameters = generate::<CosetReduction>(&fixture.matrices, &SEED).unwrap();
    let theirs = prepare_verifying_key(&parameters.vk);
    let ours = PreparedKey::new(&fixture.verifying_key).unwrap();
    let honest = &fixture.assignment.public;
    assert!(Groth16::<Bn254>::verify_proof(&theirs, &arkworks_proof(&proof), honest).unwrap());
    verify(&ours, honest, &proof).unwrap();
    for i in 0..honest.len() {
        let mut other = honest.clone();
        other[i] += Fr::one();
        assert!(!Groth16::<Bn254>::verify_proof(&theirs, &arkworks_proof(&proof), &other).unwrap());
        assert_eq!(verify(&ours, &other, &proof), Err(popw_verifier::VerifyError::Rejected));
    }
}

#[test]
fn two_proofs_of_one_assignment_differ() {
    let fixture = Fixture::new(3);
    let key = fixture.open();
    let prover = Prover::new(&key, &Backend::detect()).unwrap();
    let proofs = [(); 2].map(|()| prover.prove(fixture.assignment.clone(), &Silent).unwrap());
    assert_ne!(proofs[0], proofs[1]);
}

#[test]
fn the_first_violated_constraint_is_named() {
    let fixture = Fixture::new(600);
    let key = fixture.open();
    let prover = Prover::new(&key, &Backend::detect()).unwrap();
    let honest = fixture.variables();
    for column in (1..honest.len()).step_by(37).chain([1, 2, honest.len() - 1]) {
        let mut forged = honest.clone();
        forged[column] += Fr::one();
        let Some(constraint) = fixture.matrices.first_violated(&forged) else { continue };
        let public = fixture.assignment.public.len();
        let assignment =
            Assignment { public: forged[1..=public].to_vec(), witness: forged[public + 1..].to_vec().into() };
        let error = prover.prove(assignment, &Silent).unwrap_err();
        assert!(
            matches!(error, ProveError::Backend(BackendError::Unsatisfied { constraint: c }) if c == constraint),
            "column {column}: {error}"
        );
    }
}

#[test]
fn wrong_numbers_of_values_are_refused() {
    let fixture = Fixture::new(1);
    let key = fixture.open();
    let prover = Prover::new(&key, &Backend::detect()).unwrap();
    let attempt = |change: &dyn Fn(&mut Assignment)| {
        let mut assignment = fixture.assignment.clone();
        change(&mut assignment);
        prover.prove(assignment, &Silent).unwrap_err()
    };
    let error = attempt(&|a| a.public.truncate(a.public.len() - 1));
    assert!(matches!(error, ProveError::PublicInputs { expected: 3, found: 2 }), "{error}");
    let error = attempt(&|a| a.public.push(Fr::one()));
    assert!(matches!(error, ProveError::PublicInputs { expected: 3, found: 4 }), "{error}");
    let expected_length = fixture.assignment.witness.len();
    let error = attempt(&|a| a.witness.truncate(expected_length - 1));
    assert!(
        matches!(error, ProveError::Witness { expected, found } if expected == expected_length && found + 1 == expected),
        "{error}"
    );
    let error = attempt(&|a| a.witness.push(Fr::one()));
    assert!(
        matches!(error, ProveError::Witness { expected, found } if expected == expected_length && found == expected + 1),
        "{error}"
    );

    let short =
        Backend::detect().load(key.view()).unwrap().commit(vec![Fr::one()].into(), &Silent).unwrap_err();
    assert!(matches!(short, BackendError::Length { found: 1, .. }));
}

#[test]
fn progress_never_falls_and_ends_at_one() {
    struct Record(Mutex<Vec<f64>>);
    impl ProgressSink for Record {
        fn report(&self, stage: &str, fraction: f64) {
            assert!(!stage.is_empty());
            self.0.lock().unwrap().push(fraction);
        }
    }
    let fixture = Fixture::new(3);
    let key = fixture.open();
    let record = Record(Mutex::default());
    prove(&key, &Backend::detect(), fixture.assignment.clone(), &record).unwrap();
    let fractions = record.0.into_inner().unwrap();
    assert!(fractions.is_sorted() && fractions.len() > 5);
    assert_eq!(fractions.last(), Some(&1.0));
}

#[test]
fn the_estimate_counts_what_the_key_holds() {
    let fixture = Fixture::new(100);
    let key = fixture.open();
    let from_key = Workload::of_key(&key);
    let from_matrices = Workload::of_matrices(&fixture.matrices).unwrap();
    assert_eq!(
        (from_key.a, from_key.b, from_key.entries),
        (from_matrices.a, from_matrices.b, from_matrices.entries)
    );
    // One variable of the sample occurs in no constraint.
    assert_eq!(from_key.l + 1, from_matrices.l);
    let estimate = estimate(&from_key, &Backend::detect()).unwrap();
    assert_eq!(estimate.constraints, fixture.matrices.constraints());
    assert!(estimate.seconds > 0.0 && estimate.memory_bytes > 1 << 20);
    assert!(estimate.key_bytes > key.file_bytes() / 2 && estimate.key_bytes <= key.file_bytes());
}

#[test]
fn unusable_matrices_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("sample.pk");
    let attempt = |change: &dyn Fn(&mut Matrices)| {
        let (mut matrices, _) = sample(2, 11);
        change(&mut matrices);
        match setup(&path, &matrices, &purpose(), &SEED, &Silent) {
            Err(SetupError::Matrices(reason)) => reason,
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(attempt(&|m| m.c.row_starts.truncate(2)), "three matrices of different shapes");
    assert_eq!(attempt(&|m| m.a.values.truncate(2)), "three matrices of different shapes");
    assert_eq!(attempt(&|m| m.b.row_starts[1] = 1000), "rows that overlap or leave entries out");
    assert_eq!(attempt(&|m| m.b.columns[0] = 1000), "a column beyond the variables");
    assert_eq!(attempt(&|m| *m = Matrices::default()), "no constraints");
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
}
