//! Real Groth16 keys and proofs of a small circuit with three public inputs, made by ark-groth16's own prover.

use ark_bn254::{Bn254, Fq, Fq2, Fr, G2Affine};
use ark_ff::{PrimeField, UniformRand};
use ark_groth16::{Groth16, ProvingKey};
use ark_relations::gr1cs::{
    ConstraintSynthesizer, ConstraintSystemRef, LinearCombination, SynthesisError, Variable,
};
use ark_snark::SNARK;
use ark_std::rand::{SeedableRng, rngs::StdRng};
use num_bigint::BigUint;
use popw_verifier::groth16::{Key, PreparedKey, Proof};
use popw_verifier::key::{Development, Header, Payload, System, VerifyingKey};

/// Seed of everything random in these tests.
pub const SEED: u64 = 0x706f_7077;

/// Any three public inputs, tied together by their product.
#[derive(Clone)]
pub struct Product {
    pub inputs: [Fr; 3],
}

impl ConstraintSynthesizer<Fr> for Product {
    fn generate_constraints(self, cs: ConstraintSystemRef<Fr>) -> Result<(), SynthesisError> {
        let [a, b, c] = self.inputs;
        let input = |value| cs.new_input_variable(|| Ok(value));
        let (first, second, third) = (input(a)?, input(b)?, input(c)?);
        let pair = cs.new_witness_variable(|| Ok(a * b))?;
        let all = cs.new_witness_variable(|| Ok(a * b * c))?;
        let lc = |variable: Variable| LinearCombination::from(variable);
        cs.enforce_r1cs_constraint(|| lc(first), || lc(second), || lc(pair))?;
        cs.enforce_r1cs_constraint(|| lc(pair), || lc(third), || lc(all))
    }
}

/// A key pair and a source of proofs for it.
pub struct Fixture {
    pub proving_key: ProvingKey<Bn254>,
    pub key: VerifyingKey,
    pub prepared: PreparedKey,
    rng: StdRng,
}

pub fn header() -> Header {
    Header {
        system: System::Groth16,
        claim: "uptime".into(),
        claim_version: 1,
        shape: "demo".into(),
        development: Some(Development::Seeded),
    }
}

impl Fixture {
    pub fn new() -> Self {
        Self::seeded(SEED)
    }

    pub fn seeded(seed: u64) -> Self {
        let mut rng = StdRng::seed_from_u64(seed);
        let circuit = Product { inputs: [Fr::from(1u64); 3] };
        let (proving_key, ark_key) = Groth16::<Bn254>::circuit_specific_setup(circuit, &mut rng).unwrap();
        let key = VerifyingKey::new(header(), Payload::Groth16(Box::new(Key::try_from(&ark_key).unwrap())))
            .unwrap();
        let prepared = PreparedKey::new(&key).unwrap();
        Self { proving_key, key, prepared, rng }
    }

    pub fn rng(&mut self) -> &mut StdRng {
        &mut self.rng
    }

    /// A proof for random inputs.
    pub fn proof(&mut self) -> ([Fr; 3], Proof) {
        let inputs = [0; 3].map(|_| Fr::rand(&mut self.rng));
        (inputs, self.prove(inputs))
    }

    /// A proof for these inputs.
    pub fn prove(&mut self, inputs: [Fr; 3]) -> Proof {
        let proof = Groth16::<Bn254>::prove(&self.proving_key, Product { inputs }, &mut self.rng).unwrap();
        Proof::try_from(&proof).unwrap()
    }
}

pub mod changes;
pub mod document;
pub mod layout;

/// q, the order of the base field.
pub fn modulus_q() -> BigUint {
    BigUint::from(Fq::MODULUS)
}

/// r, the order of the groups.
pub fn modulus_r() -> BigUint {
    BigUint::from(Fr::MODULUS)
}

/// A point on G2's curve and outside the subgroup of order r.
pub fn outside_subgroup(rng: &mut StdRng) -> G2Affine {
    loop {
        let point = G2Affine::get_point_from_x_unchecked(Fq2::rand(rng), true);
        if let Some(point) = point.filter(|point| !point.is_in_correct_subgroup_assuming_on_curve()) {
            return point;
        }
    }
}
