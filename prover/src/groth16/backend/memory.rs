//! What a proof takes of memory, and how much is done at once so that it fits.
//!
//! Counted is what the process allocates, its anonymous memory. The values of variables, 32 bytes each, are there all the
//! time; the rest comes in two phases:
//!
//! - the quotient: three vectors of 32 bytes a point of the domain, and what transforms have beside them;
//! - the sums: the quotient, and for each window that is worked on a [`Space`].
//!
//! In both, each point of each sum has its position in a list.
//!
//! Fastest is both at once: one thread divides while the others sum what does not need the quotient. With less memory the
//! quotient comes first, on all threads; with still less fewer windows are worked on at once. Shorter lists of points or
//! narrower windows would not help any further: with one window at once the most is taken by the quotient.
//!
//! [`Space`]: popw_kernels::msm::Space

use ark_bn254::{Fr, G1Affine, G2Affine, g1, g2};
use popw_kernels::msm::Demand;
#[cfg(target_arch = "x86_64")]
use popw_kernels::ntt;

use super::{BackendError, KeyView};

/// Memory of a process that proves nothing, and what its allocator keeps of what was freed, bytes.
const PROGRAM: usize = 6 << 20;
/// Bytes of a field element.
const ELEMENT: usize = size_of::<Fr>();
/// Bytes of a point's position in a list.
const POSITION: usize = size_of::<u32>();

/// The sizes that the memory of a proof depends on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sizes {
    /// Variables.
    pub variables: usize,
    /// Points of the evaluation domain.
    pub domain: usize,
    /// Points of the A query.
    pub a: usize,
    /// Points of the B query, in G1 and again in G2.
    pub b: usize,
    /// Points of the L query.
    pub l: usize,
    /// Points of the H query.
    pub h: usize,
}

impl Sizes {
    pub(super) fn of(key: &KeyView<'_>) -> Self {
        Self {
            variables: key.dimensions.variables(),
            domain: key.dimensions.domain(),
            a: key.a_query.points.len(),
            b: key.b_g1_query.points.len(),
            l: key.l_query.points.len(),
            h: key.h_query.len(),
        }
    }

    /// All variables.
    fn values(&self) -> usize {
        ELEMENT * self.variables
    }

    /// Three vectors; with arkworks' transforms half as many roots of unity as the domain has points, and with those on lanes
    /// where the parts of columns lie, and the columns in work.
    fn quotient(&self, backend: popw_kernels::Backend) -> usize {
        let beside = match backend {
            popw_kernels::Backend::Scalar => ELEMENT * self.domain / 2,
            #[cfg(target_arch = "x86_64")]
            popw_kernels::Backend::Avx512(_) => ntt::bytes(self.domain, rayon::current_num_threads()),
        };
        3 * ELEMENT * self.domain + beside
    }
}

/// How much is done at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Plan {
    /// The quotient, and sums that do not need it.
    pub overlap: bool,
    /// Windows.
    pub workers: usize,
}

impl Plan {
    /// The fastest that fits, and its memory.
    ///
    /// # Errors
    /// [`BackendError::Memory`].
    pub fn choose(
        backend: popw_kernels::Backend,
        sizes: &Sizes,
        limit: Option<u64>,
    ) -> Result<(Self, u64), BackendError> {
        let threads = rayon::current_num_threads();
        let plans = Self::all(threads).map(|plan| (plan, plan.bytes(backend, sizes) as u64));
        let mut least = 0;
        for (plan, bytes) in plans {
            if limit.is_none_or(|limit| bytes <= limit) {
                return Ok((plan, bytes));
            }
            least = bytes;
        }
        Err(BackendError::Memory { needed: least, limit: limit.unwrap_or(u64::MAX) })
    }

    /// From the fastest to the one that takes least memory.
    fn all(threads: usize) -> impl Iterator<Item = Self> {
        let overlapping = (threads > 1).then_some(Self { overlap: true, workers: threads });
        overlapping.into_iter().chain((1..=threads).rev().map(|workers| Self { overlap: false, workers }))
    }

    fn bytes(self, backend: popw_kernels::Backend, sizes: &Sizes) -> usize {
        let Sizes { a, b, l, h, .. } = *sizes;
        let g1 = Demand::of::<g1::Config>(backend, a.max(b).max(l).max(h)).space;
        let space = g1.max(Demand::of::<g2::Config>(backend, b).space);
        let early = POSITION * (a + 2 * b + l);
        let dividing =
            sizes.quotient(backend) + early + if self.overlap { (self.workers - 1) * space } else { 0 };
        let summing = ELEMENT * h + early + POSITION * h + self.workers * space;
        // While variables are put together, they are there twice.
        PROGRAM + sizes.values() + sizes.values().max(dividing).max(summing)
    }
}

/// Memory of arkworks' multiplications, which knows one way only: at most, for which thread does what decides. Vectors grow as
/// they like, and what the allocator keeps for one thread of what was freed is not there for another: as much again as is in
/// them.
///
/// # Errors
/// [`BackendError::Memory`].
pub(super) fn of_reference(sizes: &Sizes, limit: Option<u64>) -> Result<u64, BackendError> {
    let g1 = multiplication(size_of::<G1Affine>(), sizes.a.max(sizes.l).max(sizes.h));
    let g2 = multiplication(size_of::<G2Affine>(), sizes.b);
    // In the sums, variables and those of them that a query has are there as integers.
    let summing = ELEMENT * sizes.a.max(sizes.b).max(sizes.l).max(sizes.h) + g1.max(g2);
    let held =
        sizes.values() + sizes.values().max(sizes.quotient(popw_kernels::Backend::Scalar)).max(summing);
    let bytes = (PROGRAM + 2 * held) as u64;
    match limit {
        Some(limit) if bytes > limit => Err(BackendError::Memory { needed: bytes, limit }),
        _ => Ok(bytes),
    }
}

/// arkworks copies points and scalars under an index, writes the digits of all windows out as 64-bit integers, which are
/// there three times while they are collected, and has buckets on each thread.
fn multiplication(point: usize, points: usize) -> usize {
    let width = arkworks_width(points);
    let digits = 254usize.div_ceil(width) * size_of::<i64>();
    let buckets = (rayon::current_num_threads() * 2 * point) << width;
    points * (point + ELEMENT + size_of::<u64>() + 3 * digits) + buckets
}

/// Window width of arkworks' multiplication of `n` points: log₂ n · ln 2, rounded down, plus 2.
pub(crate) fn arkworks_width(n: usize) -> usize {
    if n < 32 { 3 } else { n.next_power_of_two().trailing_zeros() as usize * 69 / 100 + 2 }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SIZES: Sizes =
        Sizes { variables: 1 << 18, domain: 1 << 18, a: 1 << 18, b: 1 << 18, l: 1 << 18, h: 1 << 18 };
    const BACKEND: popw_kernels::Backend = popw_kernels::Backend::Scalar;

    #[test]
    fn plans_take_less_and_less() {
        for threads in [1, 2, 3, 16] {
            let bytes: Vec<_> = Plan::all(threads).map(|plan| plan.bytes(BACKEND, &SIZES)).collect();
            assert!(bytes.is_sorted_by(|a, b| a >= b), "{bytes:?}");
            assert!(threads == 1 || bytes[0] > bytes[bytes.len() - 1]);
        }
    }

    #[test]
    fn the_fastest_that_fits_is_chosen() {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(4).build().unwrap();
        pool.install(|| {
            let choose = |limit| Plan::choose(BACKEND, &SIZES, limit);
            let (fastest, most) = choose(None).unwrap();
            assert_eq!(fastest, Plan { overlap: true, workers: 4 });
            assert_eq!(choose(Some(most)), Ok((fastest, most)));
            let (next, less) = choose(Some(most - 1)).unwrap();
            assert_eq!(next, Plan { overlap: false, workers: 4 });
            assert!(less < most);
            let Err(BackendError::Memory { needed, limit: 0 }) = choose(Some(0)) else { panic!("it fits") };
            // As many windows at once as the quotient leaves room for.
            let (least, bytes) = choose(Some(needed)).unwrap();
            assert!(!least.overlap && bytes == needed, "{least:?}");
            let refused = BackendError::Memory { needed, limit: needed - 1 };
            assert_eq!(choose(Some(needed - 1)), Err(refused));
        });
    }
}
