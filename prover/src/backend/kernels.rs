//! Backends on the kernels of popw: 64-bit words, or AVX-512 IFMA.

use std::sync::{
    Mutex,
    atomic::{AtomicUsize, Ordering},
};

use ark_bn254::{Fr, G1Projective, G2Projective, g1, g2};
use ark_ec::short_weierstrass::{Affine, Projective};
use popw_kernels::msm::{Group, Scalars, Sum};

use super::{BackendError, Commitments, Engine, KeyView, LoadedKey, Query, polynomials::Polynomials};
use crate::progress::ProgressSink;

pub(super) struct Kernels(pub popw_kernels::Backend);

impl Engine for Kernels {
    fn name(&self) -> &'static str {
        match self.0 {
            popw_kernels::Backend::Scalar => "scalar",
            #[cfg(target_arch = "x86_64")]
            popw_kernels::Backend::Avx512(_) => "avx512",
        }
    }

    fn load<'k>(&self, key: KeyView<'k>) -> Result<Box<dyn LoadedKey + 'k>, BackendError> {
        Ok(Box::new(Loaded {
            polynomials: Polynomials::new(key, self.name(), Some(self.0))?,
            backend: self.0,
        }))
    }
}

struct Loaded<'k> {
    polynomials: Polynomials<'k>,
    backend: popw_kernels::Backend,
}

/// Share of the work before the multiplications.
const POLYNOMIALS: f64 = 0.2;

impl LoadedKey for Loaded<'_> {
    fn commit(&self, variables: &[Fr], progress: &dyn ProgressSink) -> Result<Commitments, BackendError> {
        let key = &self.polynomials.key;
        progress.report("checking the assignment", 0.0);
        let (a, b) = self.polynomials.products(variables)?;
        progress.report("dividing polynomials", 0.02);
        let quotient = Scalars::new(&self.polynomials.quotient(a, b));
        let variables = Scalars::new(variables);

        let b_g2 = self.query(&key.b_g2_query, &variables);
        let a = self.query(&key.a_query, &variables);
        let b_g1 = self.query(&key.b_g1_query, &variables);
        let l = self.query(&key.l_query, &variables);
        let h = Sum::new(self.backend, key.h_query, None, &quotient);
        let sums = [&a, &b_g1, &l, &h];
        let (g1, g2) = windows(&sums, &b_g2, progress);
        let [a, b_g1, l, h] = std::array::from_fn(|i| sums[i].combine(&g1[i]));
        Ok(Commitments { a, b_g1, b_g2: b_g2.combine(&g2), l, h })
    }
}

impl Loaded<'_> {
    fn query<'a, C: Group>(&self, query: &Query<'a, Affine<C>>, variables: &'a Scalars) -> Sum<'a, C> {
        Sum::new(self.backend, query.points, Some(query.columns), variables)
    }
}

/// The parts of all windows, on all threads of the pool: who is done takes the next, the costly ones of G2 first.
fn windows(
    g1: &[&Sum<'_, g1::Config>; 4],
    g2: &Sum<'_, g2::Config>,
    progress: &dyn ProgressSink,
) -> ([Vec<G1Projective>; 4], Vec<G2Projective>) {
    let of_g1 =
        g1.iter().enumerate().flat_map(|(i, sum)| (0..sum.windows()).map(move |window| (Some(i), window)));
    let tasks: Vec<(Option<usize>, usize)> =
        (0..g2.windows()).map(|window| (None, window)).chain(of_g1).collect();
    let cost = |(sum, window): &(Option<usize>, usize)| {
        sum.map_or_else(|| g2.cost(*window), |i| g1[i].cost(*window))
    };
    let total: f64 = tasks.iter().map(cost).sum();
    let done = Mutex::new((
        g1.map(|sum| vec![Projective::default(); sum.windows()]),
        vec![Projective::default(); g2.windows()],
        0.0,
    ));
    let next = AtomicUsize::new(0);
    let work = || {
        while let Some(task @ (sum, window)) = tasks.get(next.fetch_add(1, Ordering::Relaxed)) {
            let lock = || done.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
            let mut done = match sum {
                Some(i) => {
                    let part = g1[*i].window(*window);
                    let mut done = lock();
                    done.0[*i][*window] = part;
                    done
                }
                None => {
                    let part = g2.window(*window);
                    let mut done = lock();
                    done.1[*window] = part;
                    done
                }
            };
            done.2 += cost(task) / total;
            progress.report("multiplying points", POLYNOMIALS + (1.0 - POLYNOMIALS) * done.2.min(1.0));
        }
    };
    progress.report("multiplying points", POLYNOMIALS);
    rayon::scope(|scope| (0..rayon::current_num_threads()).for_each(|_| scope.spawn(|_| work())));
    let (g1, g2, _) = done.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner);
    (g1, g2)
}
