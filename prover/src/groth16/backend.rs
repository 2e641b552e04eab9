//! Where the heavy arithmetic of a proof runs.
//!
//! A [`Backend`] is a value. It loads a key once, bringing points and twiddle factors to where it wants them, and then turns
//! assignments into the five commitments of a proof. Randomness, blinding and assembly stay with the caller, so a
//! backend is a deterministic function, and all backends must return the same points.
//!
//! A backend for a graphics card or for vector instructions implements [`Engine`] and [`LoadedKey`]; what it gets
//! is a [`KeyView`], slices of the mapped key file in the [`layout`](super::layout) of that file.

use std::{fmt, sync::Arc};

use ark_bn254::{Fr, G1Affine, G1Projective, G2Affine, G2Projective};
use zeroize::{Zeroize, Zeroizing};

use super::layout::{Dimensions, QuotientBasis};
use crate::progress::ProgressSink;

mod kernels;
mod memory;
mod meter;
mod polynomials;
mod reference;

pub use memory::Sizes;
pub(crate) use memory::arkworks_width;

/// A way to compute commitments, and how much memory it may take.
#[derive(Clone)]
pub struct Backend {
    engine: Arc<dyn Engine>,
    limit: Option<u64>,
}

impl Backend {
    /// Portable arithmetic of arkworks on all threads of the current rayon pool. Works everywhere; what other
    /// backends are compared with.
    pub fn reference() -> Self {
        Self::new(reference::Reference)
    }

    /// Batch-affine multiplications on 64-bit words ([`popw_kernels::msm`]). Works everywhere.
    pub fn scalar() -> Self {
        Self::new(kernels::Kernels(popw_kernels::Backend::Scalar))
    }

    /// The same eight at a time with AVX-512 IFMA, if this machine has it.
    pub fn avx512() -> Option<Self> {
        popw_kernels::Backend::avx512().map(|backend| Self::new(kernels::Kernels(backend)))
    }

    /// The fastest that this machine has.
    pub fn detect() -> Self {
        Self::avx512().unwrap_or_else(Self::scalar)
    }

    /// A backend made elsewhere.
    pub fn new(engine: impl Engine + 'static) -> Self {
        Self { engine: Arc::new(engine), limit: None }
    }

    /// The same within so many bytes of memory, the process's own: a mapped key file is not counted, whose pages the system
    /// takes back when it needs them. Less is done at once where it has to be; the proof is the same.
    #[must_use]
    pub fn within(self, bytes: u64) -> Self {
        Self { limit: Some(bytes), ..self }
    }

    /// Memory of a process that proves circuits of these sizes on the current rayon pool, in bytes, the mapped key not
    /// counted: within about a tenth if values are of full size, less if they are small.
    ///
    /// # Errors
    /// [`BackendError::Memory`].
    pub fn memory(&self, sizes: &Sizes) -> Result<u64, BackendError> {
        self.engine.memory(sizes, self.limit)
    }

    /// The backend's name, for messages.
    pub fn name(&self) -> &'static str {
        self.engine.name()
    }

    /// Prepares a key for proving.
    ///
    /// # Errors
    /// [`BackendError::Memory`], or what the backend itself refuses.
    pub fn load<'k>(&self, key: KeyView<'k>) -> Result<Box<dyn LoadedKey + 'k>, BackendError> {
        self.engine.load(key, self.limit)
    }
}

impl fmt::Debug for Backend {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Backend").field(&self.name()).finish()
    }
}

/// Implemented by backends.
pub trait Engine: Send + Sync {
    /// A short name, for messages.
    fn name(&self) -> &'static str;

    /// See [`Backend::memory`]; `limit` is that of [`Backend::within`].
    ///
    /// # Errors
    /// [`BackendError::Memory`].
    fn memory(&self, sizes: &Sizes, limit: Option<u64>) -> Result<u64, BackendError>;

    /// See [`Backend::load`].
    ///
    /// # Errors
    /// [`BackendError`].
    fn load<'k>(&self, key: KeyView<'k>, limit: Option<u64>)
    -> Result<Box<dyn LoadedKey + 'k>, BackendError>;
}

/// A key that a backend has prepared.
pub trait LoadedKey: Send + Sync {
    /// Commits to an assignment of all variables, `(1, public…, witness…)`, after checking that it satisfies
    /// every constraint, if the key knows C. Takes the assignment, so that its memory can be used. Reports fractions from 0
    /// to 1.
    ///
    /// # Errors
    /// [`BackendError::Length`] for the wrong number of variables; [`BackendError::Unsatisfied`];
    /// [`BackendError::Cancelled`].
    fn commit(
        &self,
        variables: Zeroizing<Vec<Fr>>,
        progress: &dyn ProgressSink,
    ) -> Result<Commitments, BackendError>;
}

/// Why a backend did not compute commitments.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum BackendError {
    /// Not as many variables as the matrices have columns.
    #[error("{found} variables for a key with {expected}")]
    Length {
        /// Columns of the matrices.
        expected: usize,
        /// Variables given.
        found: usize,
    },
    /// The assignment violates a constraint.
    #[error("the assignment violates constraint {constraint}")]
    Unsatisfied {
        /// Index of the first constraint it violates.
        constraint: usize,
    },
    /// It does not fit the memory allowed, however little is done at once.
    #[error(
        "proving takes at least {0} MiB of memory, and {1} MiB are allowed: allow that much (--max-memory {0}M)",
        needed.div_ceil(1 << 20),
        limit >> 20
    )]
    Memory {
        /// Bytes needed at least.
        needed: u64,
        /// Bytes allowed.
        limit: u64,
    },
    /// [`ProgressSink::cancelled`] said so.
    #[error("cancelled")]
    Cancelled,
    /// The backend itself failed.
    #[error("backend `{backend}`: {reason}")]
    Failed {
        /// The backend's name.
        backend: &'static str,
        /// What happened.
        reason: String,
    },
}

/// Unblinded sums over the variables `w` and the quotient `h`, without α, β and δ; wiped when dropped, for a guess of the
/// witness could be compared with them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Commitments {
    /// `Σ wᵢ·Aᵢ` over all variables, in G1.
    pub a: G1Projective,
    /// `Σ wᵢ·Bᵢ` over all variables, in G1.
    pub b_g1: G1Projective,
    /// `Σ wᵢ·Bᵢ` over all variables, in G2.
    pub b_g2: G2Projective,
    /// `Σ wᵢ·Lᵢ` over the witness variables, in G1.
    pub l: G1Projective,
    /// `Σ hⱼ·Hⱼ` over the points of the H query, in G1.
    pub h: G1Projective,
}

impl Drop for Commitments {
    fn drop(&mut self) {
        let Self { a, b_g1, b_g2, l, h } = self;
        [a, b_g1, l, h].into_iter().for_each(Zeroize::zeroize);
        b_g2.zeroize();
    }
}

/// A proving key as slices of the mapped file.
#[derive(Clone, Copy, Debug)]
pub struct KeyView<'k> {
    /// Sizes of the circuit.
    pub dimensions: Dimensions,
    /// Distinct coefficients of the matrices; the first two are 1 and −1.
    pub coefficients: &'k [Fr],
    /// Left factors.
    pub a: MatrixView<'k>,
    /// Right factors.
    pub b: MatrixView<'k>,
    /// Products, if they are known. If not, `A·w ∘ B·w` is taken for them and no constraint can be checked.
    pub c: Option<MatrixView<'k>>,
    /// What the points of the H query stand for.
    pub basis: QuotientBasis,
    /// Points that are not sums over variables.
    pub constants: Constants,
    /// A in G1.
    pub a_query: Query<'k, G1Affine>,
    /// B in G1.
    pub b_g1_query: Query<'k, G1Affine>,
    /// B in G2, of the same columns.
    pub b_g2_query: Query<'k, G2Affine>,
    /// L in G1.
    pub l_query: Query<'k, G1Affine>,
    /// H in G1: `basis.points(n)` points over a domain of `n`.
    pub h_query: &'k [G1Affine],
}

/// α, β and δ.
#[derive(Clone, Copy, Debug)]
pub struct Constants {
    /// α in G1.
    pub alpha_g1: G1Affine,
    /// β in G1.
    pub beta_g1: G1Affine,
    /// δ in G1.
    pub delta_g1: G1Affine,
    /// β in G2.
    pub beta_g2: G2Affine,
    /// δ in G2.
    pub delta_g2: G2Affine,
}

/// A sparse matrix by rows.
#[derive(Clone, Copy, Debug)]
pub struct MatrixView<'k> {
    /// Row `i` is the entries `rows[i]..rows[i + 1]`.
    pub rows: &'k [u32],
    /// Column, and index of the coefficient.
    pub entries: &'k [[u32; 2]],
}

impl<'k> MatrixView<'k> {
    /// Entries of row `i`.
    ///
    /// # Panics
    /// If there is no such row.
    pub fn row(&self, i: usize) -> &'k [[u32; 2]] {
        &self.entries[self.rows[i] as usize..self.rows[i + 1] as usize]
    }
}

/// Points of those columns whose point is not infinity.
#[derive(Clone, Copy, Debug)]
pub struct Query<'k, P> {
    /// The columns, ascending; column 0 is the constant 1.
    pub columns: &'k [u32],
    /// Their points.
    pub points: &'k [P],
}
