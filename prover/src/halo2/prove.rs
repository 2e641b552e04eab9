//! Proving: advice columns in, proof bytes out.

use ark_bn254::Fr as ArkFr;
use halo2_proofs::{
    halo2curves::bn256::{Bn256, Fr},
    plonk::{self, create_proof_from_advice},
    poly::kzg::{commitment::KZGCommitmentScheme, multiopen::ProverSHPLONK},
};
use popw_verifier::{VerifyError, halo2::verify};
use rayon::prelude::*;

use super::{
    GateSet, Inconsistent, Srs, TableKey, convert, protocol,
    transcript::{Challenge, Writer},
};
use crate::progress::ProgressSink;

/// A proof cannot be made.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ProveError {
    /// The string is not the one the key was made with.
    #[error("the structured reference string is not the one the proving key was made with")]
    Srs,
    /// The string's points do not belong together.
    #[error(transparent)]
    Inconsistent(#[from] Inconsistent),
    /// The assignment has another shape than the circuit.
    #[error("{what}: {found} assigned, the circuit has {expected}")]
    Assignment {
        /// What is counted.
        what: &'static str,
        /// What the circuit has; for rows, at most.
        expected: usize,
        /// What was assigned.
        found: usize,
    },
    /// The operating system's generator failed.
    #[error("the operating system gives no random bytes: {0}")]
    Random(#[source] rand::rand_core::OsError),
    /// halo2 failed.
    #[error("halo2 could not make the proof: {0}")]
    Halo2(#[source] plonk::Error),
    /// The proof made does not verify: the assignment does not satisfy the circuit.
    #[error("the assignment does not satisfy the circuit: {0}")]
    Unsatisfied(#[source] VerifyError),
}

impl<G: GateSet> TableKey<G> {
    /// Proves that `advice` (columns of equal length, without blinding rows) satisfies the circuit with these public
    /// inputs. Blinding comes from the operating system's generator; the proof has passed our verifier. A string that has not
    /// been checked ([`Srs::open_checked`]) is checked now, once.
    ///
    /// # Errors
    /// [`ProveError`].
    pub fn prove(
        &self,
        srs: &Srs,
        advice: &[Vec<ArkFr>],
        public: &[ArkFr],
        progress: &dyn ProgressSink,
    ) -> Result<Vec<u8>, ProveError> {
        let description = self.key.description();
        if u32::from(description.k) != srs.k() || description.tau_g2 != srs.tau_g2() {
            return Err(ProveError::Srs);
        }
        srs.require_consistent()?;
        let count = |what, expected, found| {
            if expected == found { Ok(()) } else { Err(ProveError::Assignment { what, expected, found }) }
        };
        count("advice columns", G::ADVICE, advice.len())?;
        count("public inputs", self.key.public_inputs(), public.len())?;
        let usable = self.usable_rows();
        if let Some(column) = advice.iter().find(|column| column.len() > usable) {
            return Err(ProveError::Assignment { what: "rows", expected: usable, found: column.len() });
        }

        let rows = 1 << srs.k();
        let columns = advice.par_iter().map(|values| {
            let mut column: Vec<Fr> = Vec::with_capacity(rows);
            column.extend(values.iter().map(convert::scalar));
            column.resize(rows, Fr::zero());
            column
        });
        let columns = columns.collect();
        let instance: Vec<Fr> = public.iter().map(convert::scalar).collect();

        let mut transcript = Writer::new(self.key.proof_length(), progress);
        if self.halo2.get_vk().cs().lookups().is_empty() {
            protocol::prove(srs, &self.halo2, &instance, columns, &mut transcript)?;
        } else {
            create_proof_from_advice::<
                KZGCommitmentScheme<Bn256>,
                ProverSHPLONK<'_, Bn256>,
                Challenge,
                _,
                Writer<'_>,
            >(
                &srs.params, &self.halo2, &[&instance], columns, rand_core_06::OsRng, &mut transcript
            )
            .map_err(ProveError::Halo2)?;
        }
        let proof = transcript.finish();

        progress.report("checking the proof", 1.0);
        verify(&self.key, public, &proof).map_err(ProveError::Unsatisfied)?;
        Ok(proof)
    }
}
