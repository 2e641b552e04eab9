//! Number-theoretic transforms of a Groth16 proof's quotient, on lanes.
//!
//! [`Domain::quotient`] interpolates three polynomials on a domain of n points and evaluates them on a coset of it. For
//! `n = n₁·n₂` values are a matrix of n₁ rows in the order they lie in memory, and a transform is one of all columns and
//! one of all rows with a multiplication between them (Bailey, "FFTs in external or hierarchical memory", Journal of
//! Supercomputing 4, 1990, section 3: the four-step method). A column or a row fits into the cache, so that six transforms
//! read memory three times each:
//!
//! 1. Columns, inverse, sixteen at a time, and the twist `w^(−c·k)·g^k/n` of column c's coefficient k. `c = a·b` is made
//!    on the way.
//! 2. Rows, eight at a time: the inverse's second half and, in the same cache lines, the first half of the evaluation.
//!    The coset's shift is in the roots of unity of the latter.
//! 3. Columns, after the twist `w^(c·k)`, and `a·b − c` of them.
//!
//! Nothing is ever put in order: inverses (`butterflies::interpolate`) take their natural order and leave bit-reversed ones,
//! evaluations (`butterflies::evaluate`) take those and give natural ones; the rows in between are in the order the columns
//! left them in, which is a matter of which twist they get.
//!
//! Both directions use Cooley and Tukey's butterfly, a multiplication before the sum and the difference ("An algorithm for
//! the machine calculation of complex Fourier series", Mathematics of Computation 19, 1965): products are small, so values
//! grow by a few multiples of r a level and need no reduction of their own. In the inverse that takes roots that depend on
//! the block and not on the position, as reductions modulo x^s ∓ ζ (Seiler, "Faster AVX2 optimized NTT multiplication for
//! Ring-LWE lattice cryptography", ePrint 2018/039, section 2).

mod butterflies;
mod passes;
mod tables;
#[cfg(test)]
mod tests;

use ark_bn254::Fr;
use ark_ff::FftField;
use rayon::prelude::*;

use crate::{Backend, field52::Saved, lanes::LANES};
use passes::{Band, Columns, Job, Line, Row, Space, Strip};
use tables::Tables;

/// Logarithm of the smallest domain that fills the lanes.
const SMALLEST: u32 = 7;

/// A domain of 2^k points and its coset by the root of unity of order 2^(k+1).
pub struct Domain {
    tables: Tables,
    hardware: Hardware,
}

/// What has lanes.
#[derive(Clone, Copy)]
enum Hardware {
    #[cfg(target_arch = "x86_64")]
    Avx512(crate::lanes::Avx512Machine),
    #[cfg(test)]
    Emulated,
}

/// Asked now and then from any thread whether the result is no longer wanted.
pub type Stop<'s> = &'s (dyn Fn() -> bool + Sync);

/// How a quotient is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// `a·b − c` on the coset.
    Coset,
    /// The coefficients of the quotient of `a·b − c` by the domain's vanishing polynomial.
    Coefficients,
}

impl Domain {
    /// The domain of `2^log` points. `None` if it is too small for lanes, or the backend has none, or the field has no such
    /// roots of unity.
    pub fn new(backend: Backend, log: u32) -> Option<Self> {
        match backend {
            Backend::Scalar => None,
            #[cfg(target_arch = "x86_64")]
            Backend::Avx512(machine) => Self::on(Hardware::Avx512(machine), log),
        }
    }

    #[cfg(any(target_arch = "x86_64", test))]
    fn on(hardware: Hardware, log: u32) -> Option<Self> {
        let roots = SMALLEST..Fr::TWO_ADICITY;
        roots.contains(&log).then(|| Self { tables: Tables::new(log), hardware })
    }

    /// With `a` and `b` the evaluations of two polynomials and the third one's being `a·b`, leaves in `a` what is wanted, on
    /// the threads of the current pool; `b` and `c` are spoiled. Returns soon after `stop` says so, and has made nothing then.
    ///
    /// # Panics
    /// Unless all have as many elements as the domain.
    pub fn quotient(&self, form: Form, a: &mut [Fr], b: &mut [Fr], c: &mut [Fr], stop: Stop<'_>) {
        let size = self.tables.rows() * self.tables.columns();
        assert!([a.len(), b.len(), c.len()] == [size; 3], "an element for each point of the domain");
        let [lines, b, c] = [&mut *a, b, c].map(passes::lines);
        self.strips([&mut *lines, b, c], passes::In, stop);
        for x in [&mut *lines, b, c] {
            self.rows(x, passes::Across, stop);
        }
        self.strips([&mut *lines, b, c], |strip| passes::Out(strip, form), stop);
        if form == Form::Coefficients {
            self.rows(lines, passes::Last, stop);
            passes::put_in_order(a);
        }
    }

    /// Runs a job for every sixteen columns.
    fn strips<'t, 'd, J: Job>(
        &'t self,
        matrices: [&'d mut [Line]; 3],
        job: impl Fn(Strip<'t, 'd>) -> J + Sync + Send,
        stop: Stop<'_>,
    ) {
        let [a, b, c] = matrices.map(|matrix| strips(matrix, self.tables.columns()));
        let strips: Vec<_> = a.into_iter().zip(b).zip(c).map(|((a, b), c)| [a, b, c]).collect();
        strips.into_par_iter().enumerate().for_each_init(Space::default, |space, (strip, columns)| {
            if stop() {
                return;
            }
            let strip = Strip { tables: &self.tables, columns, column: strip * 2 * LANES };
            self.run(job(strip), space);
        });
    }

    /// Runs a job for every eight rows.
    fn rows<'t, 'd, J: Job>(
        &'t self,
        matrix: &'d mut [Line],
        job: impl Fn(Band<'t, 'd>) -> J + Sync + Send,
        stop: Stop<'_>,
    ) {
        let row = self.tables.columns() / 2;
        matrix.par_chunks_mut(LANES * row).for_each_init(Space::default, |space, rows| {
            if stop() {
                return;
            }
            let mut rows = rows.chunks_mut(row);
            let rows = core::array::from_fn(|_| rows.next().unwrap_or_default());
            self.run(job(Band { tables: &self.tables, rows }), space);
        });
    }

    fn run(&self, job: impl Job, space: &mut Space) {
        match self.hardware {
            #[cfg(target_arch = "x86_64")]
            Hardware::Avx512(machine) => {
                #[target_feature(enable = "avx512f,avx512ifma")]
                fn enabled(machine: crate::lanes::Avx512Machine, job: impl Job, space: &mut Space) {
                    job.run::<crate::lanes::Avx512>(machine, space);
                }
                // SAFETY: an `Avx512Machine` exists only where `detect` found both features.
                unsafe { enabled(machine, job, space) }
            }
            #[cfg(test)]
            Hardware::Emulated => job.run::<crate::lanes::Emulated>((), space),
        }
    }
}

/// Bytes that [`Domain::quotient`] takes beside its vectors, on so many threads.
pub fn bytes(domain: usize, threads: usize) -> usize {
    let columns = 1 << domain.max(1).ilog2().div_ceil(2);
    let places = 3 * domain / (2 * LANES) * size_of::<&Row>();
    places + threads * 2 * columns * size_of::<Saved>()
}

/// The rows of every sixteen columns of a matrix.
fn strips(matrix: &mut [Line], columns: usize) -> Vec<Columns<'_>> {
    let rows = matrix.as_chunks_mut::<LANES>().0;
    let (in_row, count) = (columns / (2 * LANES), 2 * rows.len() * LANES / columns);
    let mut strips: Vec<Columns<'_>> = (0..in_row).map(|_| Vec::with_capacity(count)).collect();
    for row in rows.chunks_mut(in_row) {
        for (strip, row) in strips.iter_mut().zip(row) {
            strip.push(row);
        }
    }
    strips
}
