//! Making proofs.

use ark_bn254::Fr;
use ark_ec::CurveGroup;
use ark_ff::One;
use popw_circuits::drivers::evaluate::Assignment;
use popw_verifier::{
    Malformed, VerifyError,
    groth16::{PreparedKey, Proof, verify},
};
use zeroize::{Zeroize, Zeroizing};

use super::{
    backend::{Backend, BackendError, Commitments, Constants, LoadedKey},
    entropy::{EntropyError, system_scalar},
    key::ProvingKey,
};
use crate::progress::{Part, ProgressSink};

/// Why no proof was made.
#[derive(Clone, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ProveError {
    /// Not as many public inputs as the circuit has.
    #[error("{found} public inputs for a circuit with {expected}")]
    PublicInputs {
        /// Public inputs of the circuit.
        expected: usize,
        /// Public inputs given.
        found: usize,
    },
    /// Not as many witness variables as the circuit has: key and witness are of different circuits.
    #[error(
        "{found} witness variables for a key with {expected}: the key is for another version or shape of the claim"
    )]
    Witness {
        /// Witness variables of the circuit.
        expected: usize,
        /// Witness variables given.
        found: usize,
    },
    /// The assignment violates a constraint, or the backend failed.
    #[error(transparent)]
    Backend(#[from] BackendError),
    /// No randomness for the blinding.
    #[error(transparent)]
    Entropy(#[from] EntropyError),
    /// The key is not one that proofs can be verified with.
    #[error("verifying key: {0}")]
    VerifyingKey(VerifyError),
    /// The finished proof is not a proof: the key is damaged or the machine made a mistake.
    #[error(
        "the finished proof is malformed ({0}): the proving key or this machine's memory is damaged; check the key with --check"
    )]
    Malformed(Malformed),
    /// The finished proof does not verify: the key is damaged or the machine made a mistake.
    #[error(
        "the finished proof does not verify ({0}): the proving key or this machine's memory is damaged; check the key with --check"
    )]
    SelfCheck(VerifyError),
    /// The assignment violates one of the constraints that the key was imported with.
    #[error(
        "the assignment violates constraint {constraint} of the .r1cs that the key was imported with: the assignment is false, or one of the two is of another version of the circuit"
    )]
    Violated {
        /// Index of the first constraint it violates.
        constraint: usize,
    },
    /// The assignment satisfies the constraints that the key was imported with, and the proof does not verify.
    #[error(
        "the finished proof does not verify, though the assignment satisfies the .r1cs that the key was imported with: the .r1cs is of another version of the circuit than the key (its C differs, which a .zkey does not hold), so import the key again with its own .r1cs; if this is its own, the key is damaged: check it with --check"
    )]
    OtherProducts,
    /// The finished proof does not verify, under a key without C.
    #[error(
        "the finished proof does not verify, so the witness does not satisfy the circuit; the key does not hold the matrix C, which would show the violated constraint: import it again with --r1cs"
    )]
    Unsatisfied,
}

/// A key loaded into a backend, ready for any number of proofs.
pub struct Prover<'k> {
    key: &'k ProvingKey,
    constants: Constants,
    loaded: Box<dyn LoadedKey + 'k>,
    prepared: PreparedKey,
    /// Whether the backend has checked assignments against C.
    knows_c: bool,
}

impl<'k> Prover<'k> {
    /// Loads `key` into `backend`.
    ///
    /// # Errors
    /// [`ProveError::Backend`], [`ProveError::VerifyingKey`].
    pub fn new(key: &'k ProvingKey, backend: &Backend) -> Result<Self, ProveError> {
        let prepared = PreparedKey::new(key.verifying_key()).map_err(ProveError::VerifyingKey)?;
        let view = key.view();
        let (constants, knows_c) = (view.constants, view.c.is_some());
        Ok(Self { key, constants, loaded: backend.load(view)?, prepared, knows_c })
    }

    /// Proves that `assignment` satisfies the circuit, in zero knowledge, and verifies the proof. The assignment
    /// is wiped.
    ///
    /// # Errors
    /// [`ProveError`]. An assignment that violates a constraint is refused before anything is computed from it, if the key
    /// holds C; if not, by the proof, which is then not returned.
    pub fn prove(&self, assignment: Assignment, progress: &dyn ProgressSink) -> Result<Proof, ProveError> {
        self.prove_blinded(assignment, Blinding::random()?, progress)
    }

    /// [`Prover::prove`] with chosen blinding, for comparing backends: with known blinding a proof is not
    /// zero-knowledge.
    pub(super) fn prove_blinded(
        &self,
        assignment: Assignment,
        blinding: Blinding,
        progress: &dyn ProgressSink,
    ) -> Result<Proof, ProveError> {
        let (public, variables) = self.variables(assignment)?;
        // C of a circuit's key comes from another file than its points: nothing but a proof compares them.
        let foreign_c = self.knows_c && !self.key.verifying_key().header().is_claim();
        let committed = self.loaded.commit(variables, &Part::new(progress, 0.0, 0.99));
        let commitments = committed.map_err(|error| match error {
            BackendError::Unsatisfied { constraint } if foreign_c => ProveError::Violated { constraint },
            other => other.into(),
        })?;
        if progress.cancelled() {
            return Err(BackendError::Cancelled.into());
        }
        let proof = assemble(&self.constants, &commitments, &blinding).map_err(ProveError::Malformed)?;
        progress.report("verifying the proof", 0.99);
        verify(&self.prepared, &public, &proof).map_err(|error| match error {
            VerifyError::Rejected if !self.knows_c => ProveError::Unsatisfied,
            VerifyError::Rejected if foreign_c => ProveError::OtherProducts,
            other => ProveError::SelfCheck(other),
        })?;
        progress.report("done", 1.0);
        Ok(proof)
    }

    /// Public inputs, and all variables in the order of the columns.
    fn variables(&self, assignment: Assignment) -> Result<(Vec<Fr>, Zeroizing<Vec<Fr>>), ProveError> {
        let Assignment { public, witness } = assignment;
        let dimensions = self.key.dimensions();
        let expected = dimensions.public as usize;
        if public.len() != expected {
            return Err(ProveError::PublicInputs { expected, found: public.len() });
        }
        let expected = dimensions.witness as usize;
        if witness.len() != expected {
            return Err(ProveError::Witness { expected, found: witness.len() });
        }
        let mut variables = Zeroizing::new(Vec::with_capacity(dimensions.variables()));
        variables.push(Fr::one());
        variables.extend_from_slice(&public);
        variables.extend_from_slice(&witness);
        Ok((public, variables))
    }
}

impl std::fmt::Debug for Prover<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Prover").field("key", &self.key.path()).finish_non_exhaustive()
    }
}

/// Loads a key and makes one proof; see [`Prover`] for many.
///
/// # Errors
/// [`ProveError`].
pub fn prove(
    key: &ProvingKey,
    backend: &Backend,
    assignment: Assignment,
    progress: &dyn ProgressSink,
) -> Result<Proof, ProveError> {
    Prover::new(key, backend)?.prove(assignment, progress)
}

/// The two random scalars that make a proof zero-knowledge.
pub(super) struct Blinding {
    pub r: Fr,
    pub s: Fr,
}

impl Blinding {
    fn random() -> Result<Self, EntropyError> {
        Ok(Self { r: system_scalar()?, s: system_scalar()? })
    }
}

impl Drop for Blinding {
    fn drop(&mut self) {
        self.r.zeroize();
        self.s.zeroize();
    }
}

/// `A = α + a + rδ`, `B = β + b + sδ`, `C = sA + rB − rsδ + l + h` (Groth, ePrint 2016/260, §3.2; B in both groups).
fn assemble(constants: &Constants, sums: &Commitments, blinding: &Blinding) -> Result<Proof, Malformed> {
    let Blinding { r, s } = *blinding;
    let delta = constants.delta_g1;
    let a = sums.a + constants.alpha_g1 + delta * r;
    let b_g1 = sums.b_g1 + constants.beta_g1 + delta * s;
    let b_g2 = sums.b_g2 + constants.beta_g2 + constants.delta_g2 * s;
    let c = a * s + b_g1 * r - delta * (r * s) + sums.l + sums.h;
    Proof::new(a.into_affine(), b_g2.into_affine(), c.into_affine())
}
