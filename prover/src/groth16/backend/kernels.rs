//! Backends on the kernels of popw: 64-bit words, or AVX-512 IFMA.

use std::{
    mem,
    sync::{
        OnceLock,
        atomic::{AtomicUsize, Ordering},
    },
};

use ark_bn254::{Fr, g1, g2};
use ark_ec::short_weierstrass::{Affine, Projective};
use popw_kernels::msm::{Demand, Group, Scalars, Space, Sum};
use zeroize::{Zeroize, Zeroizing};

use super::{
    super::layout::QuotientBasis,
    BackendError, Commitments, Engine, KeyView, LoadedKey, Query, Sizes,
    memory::Plan,
    meter::Meter,
    polynomials::{Evaluations, Polynomials},
};
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

    fn memory(&self, sizes: &Sizes, limit: Option<u64>) -> Result<u64, BackendError> {
        Plan::choose(self.0, sizes, limit).map(|(_, bytes)| bytes)
    }

    fn load<'k>(
        &self,
        key: KeyView<'k>,
        limit: Option<u64>,
    ) -> Result<Box<dyn LoadedKey + 'k>, BackendError> {
        Plan::choose(self.0, &Sizes::of(&key), limit)?;
        Ok(Box::new(Loaded {
            polynomials: Polynomials::new(key, self.name(), Some(self.0))?,
            backend: self.0,
            limit,
        }))
    }
}

struct Loaded<'k> {
    polynomials: Polynomials<'k>,
    backend: popw_kernels::Backend,
    limit: Option<u64>,
}

const DIVIDING: &str = "dividing polynomials";
const MULTIPLYING: &str = "multiplying points";

impl LoadedKey for Loaded<'_> {
    fn commit(
        &self,
        mut variables: Zeroizing<Vec<Fr>>,
        progress: &dyn ProgressSink,
    ) -> Result<Commitments, BackendError> {
        // For the threads there are now.
        let (plan, _) = Plan::choose(self.backend, &Sizes::of(&self.polynomials.key), self.limit)?;
        progress.report("checking the assignment", 0.0);
        let (a, b) = self.polynomials.products(&variables)?;
        // From here on only the sums need the variables.
        let variables = Scalars::new(mem::take(&mut *variables));
        if progress.cancelled() {
            return Err(BackendError::Cancelled);
        }
        let early = Early::new(self.backend, &self.polynomials.key, &variables);
        let work = self.work();
        let total = work.products + work.quotient + early.cost() + work.h;
        let meter = Meter::new(progress, total);
        meter.advance(DIVIDING, work.products);
        self.sums(plan, [a, b], &early, &meter, work.quotient).ok_or(BackendError::Cancelled)
    }
}

/// The sums that do not need the quotient.
struct Early<'a> {
    b_g2: Sum<'a, g2::Config>,
    a: Sum<'a, g1::Config>,
    b_g1: Sum<'a, g1::Config>,
    l: Sum<'a, g1::Config>,
}

impl<'a> Early<'a> {
    fn new(backend: popw_kernels::Backend, key: &KeyView<'a>, variables: &'a Scalars) -> Self {
        fn sum<'a, C: Group>(
            backend: popw_kernels::Backend,
            query: &Query<'a, Affine<C>>,
            variables: &'a Scalars,
        ) -> Sum<'a, C> {
            Sum::new(backend, query.points, Some(query.columns), variables)
        }
        let ((b_g2, a), (b_g1, l)) = rayon::join(
            || {
                rayon::join(
                    || sum(backend, &key.b_g2_query, variables),
                    || sum(backend, &key.a_query, variables),
                )
            },
            || {
                rayon::join(
                    || sum(backend, &key.b_g1_query, variables),
                    || sum(backend, &key.l_query, variables),
                )
            },
        );
        Self { b_g2, a, b_g1, l }
    }

    fn cost(&self) -> f64 {
        fn cost<C: Group>(sum: &Sum<'_, C>) -> f64 {
            (0..sum.windows()).map(|window| sum.cost(window)).sum()
        }
        cost(&self.b_g2) + cost(&self.a) + cost(&self.b_g1) + cost(&self.l)
    }
}

/// Work that is known before it is done, in the unit of [`Sum::cost`].
struct Work {
    products: f64,
    quotient: f64,
    h: f64,
}

impl Loaded<'_> {
    fn work(&self) -> Work {
        // As measured: an entry of a matrix, and a point of the domain in one layer of a transform.
        let (entry, layer) = match self.backend {
            popw_kernels::Backend::Scalar => (0.8, 0.8),
            #[cfg(target_arch = "x86_64")]
            popw_kernels::Backend::Avx512(_) => (2.5, 0.25),
        };
        let key = &self.polynomials.key;
        let entries = key.a.entries.len() + key.b.entries.len() + key.c.map_or(0, |c| c.entries.len());
        let transforms = match key.basis {
            QuotientBasis::Coset => 6.0,
            QuotientBasis::Coefficients => 7.0,
        };
        let layers = key.dimensions.domain() as f64 * f64::from(key.dimensions.log_domain);
        Work {
            products: entry * entries as f64,
            quotient: layer * transforms * layers,
            h: Demand::of::<g1::Config>(self.backend, key.h_query.len()).cost,
        }
    }

    /// The quotient, which is so much work, and all sums, as much at once as planned; `None` if cancelled.
    fn sums(
        &self,
        plan: Plan,
        [a, b]: [Evaluations; 2],
        early: &Early<'_>,
        meter: &Meter<'_>,
        division: f64,
    ) -> Option<Commitments> {
        // The costly windows first.
        let g2 = Tasks::new(vec![&early.b_g2]);
        let g1 = Tasks::new(vec![&early.a, &early.b_g1, &early.l]);
        let quotient = OnceLock::new();
        let h = OnceLock::new();
        let late = OnceLock::new();
        let work = |late: Option<&Tasks<'_, g1::Config>>| {
            g2.run(&mut Space::default(), meter);
            let mut space = Space::default();
            g1.run(&mut space, meter);
            if let Some(late) = late {
                late.run(&mut space, meter);
            }
        };
        let others = plan.workers - 1;
        rayon::scope(|scope| {
            let work = &work;
            if plan.overlap {
                (0..others).for_each(|_| scope.spawn(move |_| work(None)));
            }
            meter.begin_aside(division, others);
            let Some(mut values) = self.polynomials.quotient(a, b, &|| meter.cancelled()) else { return };
            let quotient = quotient.get_or_init(|| Scalars::new(mem::take(&mut *values)));
            meter.end_aside(MULTIPLYING);
            let h = h.get_or_init(|| Sum::new(self.backend, self.polynomials.key.h_query, None, quotient));
            let late = late.get_or_init(|| Tasks::new(vec![h]));
            // Threads that have run out of early windows take these up.
            (0..others).for_each(|_| scope.spawn(move |_| work(Some(late))));
            work(Some(late));
        });
        let [b_g2] = g2.combine()?;
        let [a, b_g1, l] = g1.combine()?;
        let [h] = late.get()?.combine()?;
        Some(Commitments { a, b_g1, b_g2, l, h })
    }
}

/// The windows of sums in one group, for threads to take one after the other.
struct Tasks<'s, C: Group> {
    sums: Vec<&'s Sum<'s, C>>,
    /// Sum and window.
    windows: Vec<(usize, usize)>,
    next: AtomicUsize,
    parts: Vec<OnceLock<Projective<C>>>,
}

impl<'s, C: Group> Tasks<'s, C> {
    fn new(sums: Vec<&'s Sum<'s, C>>) -> Self {
        let windows: Vec<_> = sums
            .iter()
            .enumerate()
            .flat_map(|(i, sum)| (0..sum.windows()).map(move |window| (i, window)))
            .collect();
        let parts = windows.iter().map(|_| OnceLock::new()).collect();
        Self { sums, windows, next: AtomicUsize::new(0), parts }
    }

    /// Computes windows until none is left, or the sums are no longer wanted.
    fn run(&self, space: &mut Space<C>, meter: &Meter<'_>) {
        let stop = || meter.cancelled();
        while !stop() {
            let task = self.next.fetch_add(1, Ordering::Relaxed);
            let Some((sum, window)) = self.windows.get(task) else { return };
            let sum = self.sums[*sum];
            let Some(part) = sum.window(*window, space, &stop) else { return };
            self.parts[task].get_or_init(|| part);
            meter.advance(MULTIPLYING, sum.cost(*window));
        }
    }

    /// The sums, if all windows are there.
    fn combine<const N: usize>(&self) -> Option<[Projective<C>; N]> {
        let parts = self.parts.iter().map(|part| part.get().copied()).collect::<Option<Vec<_>>>();
        let parts = Zeroizing::new(parts?);
        let mut parts = parts.as_slice();
        let sums = self.sums.iter().map(|sum| {
            let (of_sum, rest) = parts.split_at(sum.windows());
            parts = rest;
            sum.combine(of_sum)
        });
        sums.collect::<Vec<_>>().try_into().ok()
    }
}

impl<C: Group> Drop for Tasks<'_, C> {
    fn drop(&mut self) {
        self.parts.iter_mut().filter_map(OnceLock::get_mut).for_each(Zeroize::zeroize);
    }
}
