//! Files of snarkjs, circom and arkworks: there and back, and the same proofs.

use std::fs;

use ark_serialize::CanonicalSerialize;
use popw_verifier::key::CIRCUIT;

use super::{
    super::{backend::Backend, prove::Blinding, reduction::CosetReduction, setup::generate},
    *,
};

const STEPS: [usize; 4] = [0, 1, 3, 41];

impl Fixture {
    pub(super) fn at(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// The key and its constraints as snarkjs has them.
    pub(super) fn export(&self) -> (PathBuf, PathBuf) {
        let (zkey, r1cs) = (self.at("Sample_1.zkey"), self.at("sample.r1cs"));
        write_zkey(to(&zkey), &self.open(), &Silent).unwrap();
        write_r1cs(to(&r1cs), &self.open(), &Silent).unwrap();
        (zkey, r1cs)
    }
}

fn blinded(key: &ProvingKey, assignment: &Assignment) -> popw_verifier::groth16::Proof {
    let blinding = Blinding { r: Fr::from(3), s: Fr::from(5) };
    let prover = Prover::new(key, &Backend::reference()).unwrap();
    prover.prove_blinded(assignment.clone(), blinding, &Silent).unwrap()
}

pub(super) fn import_zkey(zkey: &Path, r1cs: Option<&Path>) -> Result<ProvingKey, ExchangeError> {
    import_temporary(&Source::Snarkjs { zkey, r1cs }, &Silent)
}

#[test]
fn a_key_written_for_snarkjs_and_imported_again_makes_the_same_proofs() {
    for steps in STEPS {
        let fixture = Fixture::new(steps);
        let (zkey, r1cs) = fixture.export();
        let expected = blinded(&fixture.open(), &fixture.assignment);
        let out = fixture.at("imported.pk");
        for r1cs in [None, Some(&*r1cs)] {
            let source = Source::Snarkjs { zkey: &zkey, r1cs };
            import(&source, to(&out), &Silent).unwrap();
            assert!(stamp::file(&out).exists());
            let key = open(&out).unwrap();
            assert_eq!(key.view().c.is_some(), r1cs.is_some());
            assert_eq!(blinded(&key, &fixture.assignment), expected, "{steps} steps");
            assert_eq!(key.verifying_key().payload(), fixture.verifying_key.payload());
            let header = key.verifying_key().header();
            assert_eq!((header.claim.as_str(), header.shape.as_str()), (CIRCUIT, "sample-1"));
            // And once more, byte for byte.
            let again = fixture.at("again.zkey");
            write_zkey(to(&again), &key, &Silent).unwrap();
            assert_eq!(fs::read(&again).unwrap(), fs::read(&zkey).unwrap());
        }
    }
}

#[test]
fn with_constraints_the_violated_one_is_named_and_without_the_proof_tells() {
    let fixture = Fixture::new(41);
    let (zkey, r1cs) = fixture.export();
    let mut forged = fixture.assignment.clone();
    forged.witness[0] += Fr::one();
    let mut variables = fixture.variables();
    variables[1 + forged.public.len()] += Fr::one();
    let constraint = fixture.matrices.first_violated(&variables).unwrap();
    let attempt = |r1cs| {
        let key = import_zkey(&zkey, r1cs).unwrap();
        prove(&key, &Backend::reference(), forged.clone(), &Silent).unwrap_err()
    };
    let error = attempt(Some(&*r1cs));
    assert!(matches!(error, ProveError::Violated { constraint: c } if c == constraint), "{error}");
    let error = attempt(None);
    assert!(matches!(error, ProveError::Unsatisfied), "{error}");
}

#[test]
fn arkworks_keys_of_both_bases_and_forms_make_arkworks_proofs() {
    for steps in STEPS {
        let fixture = Fixture::new(steps);
        let (_, r1cs) = fixture.export();
        let libsnark = generate::<LibsnarkReduction>(&fixture.matrices, &SEED).unwrap();
        let coset = generate::<CosetReduction>(&fixture.matrices, &SEED).unwrap();
        let (r, s) = (Fr::from(3), Fr::from(5));
        let theirs = fixture.arkworks_proof::<LibsnarkReduction>(&libsnark, [r, s]);
        let path = fixture.at("key.ark");
        for (parameters, basis) in [(&libsnark, QuotientBasis::Coefficients), (&coset, QuotientBasis::Coset)]
        {
            let (mut plain, mut compressed) = (Vec::new(), Vec::new());
            parameters.serialize_uncompressed(&mut plain).unwrap();
            parameters.serialize_compressed(&mut compressed).unwrap();
            for bytes in [&plain, &compressed] {
                fs::write(&path, bytes).unwrap();
                let source = Source::Arkworks { key: &path, r1cs: &r1cs };
                let key = import_temporary(&source, &Silent).unwrap();
                assert_eq!(key.view().basis, basis);
                let ours = blinded(&key, &fixture.assignment);
                assert_eq!((ours.a(), ours.b(), ours.c()), (theirs.a, theirs.b, theirs.c), "{steps} steps");
            }
        }
    }
}

/// From either basis comes the very key that libsnark's generator makes of the same secrets.
#[test]
fn exports_to_arkworks_are_libsnarks_keys() {
    for steps in STEPS {
        let fixture = Fixture::new(steps);
        let mut expected = Vec::new();
        let libsnark = generate::<LibsnarkReduction>(&fixture.matrices, &SEED).unwrap();
        libsnark.serialize_uncompressed(&mut expected).unwrap();
        let path = fixture.at("key.ark");
        for basis in [QuotientBasis::Coset, QuotientBasis::Coefficients] {
            fixture.rewrite(basis, true);
            write_arkworks(to(&path), &fixture.open(), &Silent).unwrap();
            assert!(fs::read(&path).unwrap() == expected, "{steps} steps, {basis:?}");
        }
    }
}

#[test]
fn keys_that_a_format_cannot_express_are_refused() {
    let fixture = Fixture::new(1);
    fixture.rewrite(QuotientBasis::Coefficients, false);
    let key = fixture.open();
    let out = fixture.at("out");
    let error = write_zkey(to(&out), &key, &Silent).unwrap_err();
    assert!(matches!(error.problem, ExchangeProblem::Basis), "{error}");
    let error = write_r1cs(to(&out), &key, &Silent).unwrap_err();
    assert!(matches!(error.problem, ExchangeProblem::NoProducts), "{error}");
    assert!(!out.exists());
}
