//! What a proof will cost, without making one.

use std::time::Instant;

use ark_bn254::{Fr, G1Projective, G2Projective};
use ark_ec::{CurveGroup, PrimeGroup, VariableBaseMSM};
use ark_ff::UniformRand;
use ark_poly::{EvaluationDomain, Radix2EvaluationDomain};
use popw_circuits::drivers::r1cs::Matrices;

use super::{
    backend::{Backend, Sizes, arkworks_width},
    entropy::{Entropy, Stream},
    error::KeyProblem,
    key::ProvingKey,
    layout::{Dimensions, QuotientBasis},
    prove::ProveError,
};

/// The sizes that a proof's cost depends on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Workload {
    /// Sizes of the circuit.
    pub dimensions: Dimensions,
    /// Basis of the quotient.
    pub basis: QuotientBasis,
    /// Entries of the matrices together.
    pub entries: usize,
    /// Points of the A query.
    pub a: usize,
    /// Points of the B query, in G1 and again in G2.
    pub b: usize,
    /// Points of the L query.
    pub l: usize,
}

impl Workload {
    /// The workload of proving with this key.
    pub fn of_key(key: &ProvingKey) -> Self {
        let view = key.view();
        Self {
            dimensions: view.dimensions,
            basis: view.basis,
            entries: view.a.entries.len() + view.b.entries.len() + view.c.map_or(0, |c| c.entries.len()),
            a: view.a_query.points.len(),
            b: view.b_g1_query.points.len(),
            l: view.l_query.points.len(),
        }
    }

    /// The workload of proving with a key that `popw setup` makes for these matrices.
    ///
    /// # Errors
    /// [`KeyProblem::TooLarge`].
    pub fn of_matrices(matrices: &Matrices) -> Result<Self, KeyProblem> {
        let Matrices { public, witness, a, b, c } = matrices;
        let dimensions = Dimensions::new(*public, *witness, matrices.constraints())?;
        let used = |columns: &[u32]| {
            let mut used = vec![false; dimensions.variables()];
            columns.iter().filter_map(|column| usize::try_from(*column).ok()).for_each(|column| {
                if let Some(used) = used.get_mut(column) {
                    *used = true;
                }
            });
            used
        };
        let mut in_a = used(&a.columns);
        // The rows that tie public inputs to A.
        in_a[..=*public].fill(true);
        let count = |used: Vec<bool>| used.into_iter().filter(|used| *used).count();
        Ok(Self {
            dimensions,
            basis: QuotientBasis::Coset,
            entries: a.columns.len() + b.columns.len() + c.columns.len(),
            a: count(in_a),
            b: count(used(&b.columns)),
            l: *witness,
        })
    }

    /// What the memory of a proof depends on.
    pub fn sizes(&self) -> Sizes {
        let domain = self.dimensions.domain();
        Sizes {
            variables: self.dimensions.variables(),
            domain,
            a: self.a,
            b: self.b,
            l: self.l,
            h: self.basis.points(domain),
        }
    }

    /// Bytes of the key file that proving reads: pages of it that the system keeps in memory as long as there is room.
    pub fn key_bytes(&self) -> u64 {
        let points = 64 * (self.a + 2 * self.b + self.l + self.dimensions.domain()) + 64 * self.b;
        let columns = 4 * (self.a + self.b + self.l);
        let rows = 3 * 4 * self.dimensions.constraints as usize;
        (points + columns + rows + 8 * self.entries) as u64
    }
}

/// What a proof will cost.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Estimate {
    /// Number of constraints.
    pub constraints: usize,
    /// Number of variables.
    pub variables: usize,
    /// Peak of the process's own memory, bytes; see [`Backend::memory`].
    pub memory_bytes: u64,
    /// Bytes of the key file, which the system keeps in memory as long as there is room.
    pub key_bytes: u64,
    /// Time of the proof without the witness, seconds. An upper guess: witnesses of many small numbers take less.
    pub seconds: f64,
    /// Threads it will run on.
    pub threads: usize,
}

/// Estimates the cost of a proof: the memory that the backend takes, and the time of the reference backend from a
/// measurement of about 0.2 s on this machine.
///
/// # Errors
/// [`ProveError::Backend`] if the backend may not take as much memory as it needs; [`ProveError::Entropy`].
pub fn estimate(workload: &Workload, backend: &Backend) -> Result<Estimate, ProveError> {
    const SIZE: usize = 1 << 12;
    let memory_bytes = backend.memory(&workload.sizes())?;
    let mut random = Stream::new(&Entropy::System)?;
    let scalars: Vec<Fr> = (0..SIZE).map(|_| Fr::rand(&mut random)).collect();
    let g1 = time_multiplication::<G1Projective>(&scalars);
    let g2 = time_multiplication::<G2Projective>(&scalars[..SIZE / 4]);
    let transform = time_transform(scalars);

    let w = workload;
    let domain = w.dimensions.domain();
    let points = [w.a, w.b, w.l, w.basis.points(domain)].into_iter().map(additions).sum::<f64>();
    let transforms = match w.basis {
        QuotientBasis::Coset => 6.0,
        QuotientBasis::Coefficients => 7.0,
    };
    let butterflies = domain as f64 * f64::from(w.dimensions.log_domain);
    let seconds = points * g1 + additions(w.b) * g2 + transforms * butterflies * transform;
    Ok(Estimate {
        constraints: w.dimensions.constraints as usize,
        variables: w.dimensions.variables(),
        memory_bytes,
        key_bytes: w.key_bytes(),
        seconds,
        threads: rayon::current_num_threads(),
    })
}

fn windows(n: usize) -> usize {
    254usize.div_ceil(arkworks_width(n))
}

/// Point additions in a multiplication of `n` points.
fn additions(n: usize) -> f64 {
    windows(n) as f64 * (n as f64 + 2.0 * (1u64 << arkworks_width(n)) as f64)
}

/// Seconds an addition.
fn time_multiplication<G>(scalars: &[Fr]) -> f64
where
    G: PrimeGroup<ScalarField = Fr> + CurveGroup + VariableBaseMSM<MulBase = <G as CurveGroup>::Affine>,
{
    let points: Vec<G> =
        std::iter::successors(Some(G::generator()), |p| Some(p.double())).take(scalars.len()).collect();
    let points = G::normalize_batch(&points);
    let multiply = || G::msm_unchecked(&points, scalars);
    least_seconds(multiply) / additions(scalars.len())
}

/// Seconds a butterfly, times two.
fn time_transform(mut values: Vec<Fr>) -> f64 {
    let Some(domain) = Radix2EvaluationDomain::<Fr>::new(values.len()) else { return 0.0 };
    let butterflies = values.len() as f64 * f64::from(values.len().trailing_zeros());
    least_seconds(|| domain.fft_in_place(&mut values)) / butterflies
}

/// The least of three runs, so that other work on the machine counts less.
fn least_seconds<T>(mut run: impl FnMut() -> T) -> f64 {
    let seconds = [(); 3].map(|()| {
        let begin = Instant::now();
        std::hint::black_box(run());
        begin.elapsed().as_secs_f64()
    });
    seconds.into_iter().fold(f64::INFINITY, f64::min)
}
