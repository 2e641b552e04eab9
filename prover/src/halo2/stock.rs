//! halo2-axiom's own verifier, which tests and measurements hold ours against.

use ark_bn254::Fr;
use halo2_proofs::{
    halo2curves::bn256::Bn256,
    plonk::verify_proof,
    poly::kzg::{commitment::KZGCommitmentScheme, multiopen::VerifierSHPLONK, strategy::SingleStrategy},
};

use super::{
    GateSet, Srs, TableKey, convert,
    transcript::{Challenge, reading::Reader},
};

/// Whether halo2-axiom accepts the proof; bytes that follow it are refused, which halo2-axiom leaves to its caller.
pub fn verify<G: GateSet>(key: &TableKey<G>, srs: &Srs, public: &[Fr], proof: &[u8]) -> bool {
    let instance: Vec<_> = public.iter().map(convert::scalar).collect();
    let mut transcript = Reader::new(proof);
    let verdict = verify_proof::<
        KZGCommitmentScheme<Bn256>,
        VerifierSHPLONK<'_, Bn256>,
        Challenge,
        _,
        SingleStrategy<'_, Bn256>,
    >(
        &srs.params,
        key.halo2.get_vk(),
        SingleStrategy::new(&srs.params),
        &[&[&instance]],
        &mut transcript,
    );
    verdict.is_ok() && transcript.rest().is_empty()
}
