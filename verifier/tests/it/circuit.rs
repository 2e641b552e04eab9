//! Keys of circuits that are no claims: any number of public inputs, and never taken for a claim's.

use ark_bn254::{Bn254, Fr, G1Projective};
use ark_ec::{CurveGroup, PrimeGroup};
use ark_ff::UniformRand;
use ark_groth16::Groth16;
use ark_relations::gr1cs::{ConstraintSynthesizer, ConstraintSystemRef, LinearCombination, SynthesisError};
use ark_snark::SNARK;
use ark_std::rand::{SeedableRng, rngs::StdRng};
use popw_verifier::VerifyError;
use popw_verifier::groth16::{Key, MOST_PUBLIC_INPUTS, PreparedKey, Proof, verify};
use popw_verifier::key::{CIRCUIT, Header, KeyError, Payload, VerifyingKey};
use popw_verifier::{Field, Malformed, Problem};

use crate::support::{SEED, header};

/// Public inputs, all of them factors of a witness.
#[derive(Clone)]
struct Factors(Vec<Fr>);

impl ConstraintSynthesizer<Fr> for Factors {
    fn generate_constraints(self, cs: ConstraintSystemRef<Fr>) -> Result<(), SynthesisError> {
        let mut product = (cs.new_witness_variable(|| Ok(Fr::from(3u64)))?, Fr::from(3u64));
        for factor in self.0 {
            let input = cs.new_input_variable(|| Ok(factor))?;
            let value = product.1 * factor;
            let next = cs.new_witness_variable(|| Ok(value))?;
            let lc = LinearCombination::from;
            cs.enforce_r1cs_constraint(|| lc(product.0), || lc(input), || lc(next))?;
            product = (next, value);
        }
        Ok(())
    }
}

fn circuit() -> Header {
    Header { claim: CIRCUIT.into(), claim_version: 0, shape: "factors".into(), development: None, ..header() }
}

fn wrong_count(found: usize) -> KeyError {
    Malformed::new(Field::IcCount, Problem::Count { expected: 4, found }).into()
}

#[test]
fn keys_of_circuits_take_any_number_of_inputs_and_claims_three() {
    let mut rng = StdRng::seed_from_u64(SEED);
    // Around the sizes of groups in which inputs are added up.
    for count in [1, 2, 4, 5, 8, 9] {
        let inputs: Vec<Fr> = (0..count).map(|_| Fr::rand(&mut rng)).collect();
        let (proving, ark) =
            Groth16::<Bn254>::circuit_specific_setup(Factors(inputs.clone()), &mut rng).unwrap();
        let proof = Groth16::<Bn254>::prove(&proving, Factors(inputs.clone()), &mut rng).unwrap();
        let proof = Proof::try_from(&proof).unwrap();
        let points = || (ark.alpha_g1, ark.beta_g2, ark.gamma_g2, ark.delta_g2, ark.gamma_abc_g1.clone());

        let (alpha, beta, gamma, delta, ic) = points();
        let payload = Payload::Groth16(Box::new(Key::of_circuit(alpha, beta, gamma, delta, ic).unwrap()));
        let key = VerifyingKey::new(circuit(), payload.clone()).unwrap();
        assert_eq!(VerifyingKey::from_bytes(&key.to_bytes()).unwrap(), key);
        let prepared = PreparedKey::new(&key).unwrap();
        assert_eq!(verify(&prepared, &inputs, &proof), Ok(()), "{count} inputs");
        for i in 0..count {
            let mut other = inputs.clone();
            other[i] += Fr::from(1u64);
            assert_eq!(verify(&prepared, &other, &proof), Err(VerifyError::Rejected), "{count} inputs");
        }
        let few = verify(&prepared, &inputs[1..], &proof);
        assert_eq!(few, Err(VerifyError::WrongInputCount { expected: count, found: count - 1 }));

        // The same points as a claim's key: neither made nor read.
        assert_eq!(VerifyingKey::new(header(), payload), Err(wrong_count(count + 1)));
        let (alpha, beta, gamma, delta, ic) = points();
        assert_eq!(Key::new(alpha, beta, gamma, delta, ic), Err(wrong_count(count + 1)));
        let mut bytes = key.to_bytes();
        bytes[15..22].copy_from_slice(b"another");
        assert_eq!(VerifyingKey::from_bytes(&bytes), Err(wrong_count(count + 1)));
    }
}

#[test]
fn a_circuits_key_takes_thousands_of_inputs_and_calls_its_limit_one() {
    let mut rng = StdRng::seed_from_u64(SEED);
    let (_, ark) = Groth16::<Bn254>::circuit_specific_setup(Factors(vec![Fr::from(2u64)]), &mut rng).unwrap();
    // As in an honest key no small sum of the first, which are searched, is another.
    let first: Vec<_> = (0..8).map(|_| G1Projective::rand(&mut rng)).collect();
    let of = |count: usize| {
        let generator = G1Projective::generator();
        let more = std::iter::successors(first.last().map(|last| *last + generator), |point| {
            Some(*point + generator)
        });
        let points: Vec<_> = first.iter().copied().chain(more).take(count).collect();
        let ic = G1Projective::normalize_batch(&points);
        Key::of_circuit(ark.alpha_g1, ark.beta_g2, ark.gamma_g2, ark.delta_g2, ic)
    };
    let payload = Payload::Groth16(Box::new(of(8202).unwrap()));
    let key = VerifyingKey::new(circuit(), payload).unwrap();
    assert_eq!(VerifyingKey::from_bytes(&key.to_bytes()).unwrap(), key);
    let most = MOST_PUBLIC_INPUTS + 1;
    let limit = Malformed::new(Field::IcCount, Problem::Limit { most, found: most + 1 });
    assert_eq!(of(most + 1), Err(limit.into()));
}

#[test]
fn a_key_without_ic_points_is_refused() {
    let mut rng = StdRng::seed_from_u64(SEED);
    let (_, ark) = Groth16::<Bn254>::circuit_specific_setup(Factors(vec![Fr::from(2u64)]), &mut rng).unwrap();
    let refused = Key::of_circuit(ark.alpha_g1, ark.beta_g2, ark.gamma_g2, ark.delta_g2, Vec::new());
    assert!(
        matches!(&refused, Err(KeyError::Malformed(error)) if error.field == Field::IcCount),
        "{refused:?}"
    );
}
