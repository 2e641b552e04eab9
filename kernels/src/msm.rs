//! Multi-scalar multiplication `Σ sᵢ·Pᵢ` in G1 and G2 of BN254.
//!
//! Pippenger's bucket method (Bernstein, Doumen, Lange, Oosterwijk, "Faster batch forgery identification", INDOCRYPT
//! 2012, section 4), in this order:
//!
//! 1. [`Scalars`] become magnitudes of at most r/2 with a sign, `Entries` sorts the points by how long their magnitude is:
//!    the windows of high bits need not look at small numbers, and zeros are gone.
//! 2. Magnitudes are cut into windows of c bits with signed digits (`Windows`), which are independent of each other
//!    (Booth, "A signed binary multiplication technique", 1951). c is what costs least for these entries.
//! 3. A window's points are sorted by the magnitude of their digit, its bucket, with a counting sort (`window`).
//! 4. The points of each bucket are added in pairs, the sums again, until one is left. Points stay affine: all pairs of a
//!    round are independent, so that they share one field inversion (Montgomery, "Speeding the Pollard and elliptic curve
//!    methods of factorization", section 10.3.1) and an addition costs six multiplications. No pair waits for another one's
//!    bucket, whatever the scalars are.
//! 5. Bucket k counts k times, which takes two more additions for each (`buckets`).
//! 6. [`Sum::combine`] puts the windows together by c doublings each.
//!
//! Windows are independent: the caller runs [`Sum::window`] on as many threads as it likes, each with a [`Space`].
//!
//! Pairs with equal x have no affine slope. They make the batch's product zero, which is noticed before anything is
//! written; they are then added by themselves (`adder::add`). A sum that is infinity is no point.

mod adder;
#[cfg(any(target_arch = "x86_64", test))]
mod batch;
mod buckets;
mod digits;
#[cfg(any(target_arch = "x86_64", test))]
mod g1;
#[cfg(any(target_arch = "x86_64", test))]
mod g2;
mod pair;
mod space;
#[cfg(test)]
mod tests;
mod window;
mod words;

use ark_bn254::{g1::Config as G1, g2::Config as G2};
use ark_ec::{
    AdditiveGroup as _,
    short_weierstrass::{Affine, Projective},
};

use adder::Adder;
pub use digits::Scalars;
use digits::{Entries, Windows};
#[cfg(any(target_arch = "x86_64", test))]
use pair::Pair;
pub use space::Space;
#[cfg(any(target_arch = "x86_64", test))]
use space::{Steps, Workspace};
use window::Terms;
use words::Words;

#[cfg(target_arch = "x86_64")]
use crate::field64::Adx;
use crate::{Backend, field64::Portable, points::Curve};

/// A multi-scalar multiplication, cut into windows.
pub struct Sum<'a, C: Group> {
    terms: Terms<'a, C>,
    entries: Entries,
    windows: Windows,
    backend: Backend,
}

/// The two groups.
pub trait Group: Curve {
    /// Runs `with` with the adder of a backend.
    #[doc(hidden)]
    fn dispatch<R>(backend: Backend, with: impl WithAdder<Self, R>) -> R;
}

/// Something that is done with an adder.
#[doc(hidden)]
pub trait WithAdder<C: Curve, R> {
    fn run<A: Adder<C>>(self, adder: A) -> R;
}

impl<'a, C: Group> Sum<'a, C> {
    /// `Σ scalars[columns[i]]·points[i]`, or `Σ scalars[i]·points[i]` without columns. Points at infinity are allowed.
    ///
    /// # Panics
    /// If there are 2^31 points or more, or fewer scalars or columns than points need.
    pub fn new(
        backend: Backend,
        points: &'a [Affine<C>],
        columns: Option<&'a [u32]>,
        scalars: &'a Scalars,
    ) -> Self {
        assert!(points.len() < 1 << 31, "too many points");
        assert!(columns.map_or(scalars.len(), <[u32]>::len) >= points.len(), "a scalar for each point");
        let terms = Terms { points: C::view(points), columns, scalars };
        let entries =
            Entries::new(points.len(), |i| (!C::is_none(&terms.points[i])).then(|| terms.scalar(i)));
        // No wider than planned for, though small scalars may be worth it.
        let windows = Windows::best(&entries, Windows::planned(points.len()).width);
        Self { terms, entries, windows, backend }
    }

    /// Number of windows.
    pub fn windows(&self) -> usize {
        self.windows.count
    }

    /// What a window costs, in multiplications of Fq.
    pub fn cost(&self, window: usize) -> f64 {
        self.windows.cost(window, &self.entries) * multiplications::<C>()
    }

    /// The part of a window; `None` soon after `stop` says so.
    ///
    /// # Panics
    /// If there is no such window.
    pub fn window(
        &self,
        window: usize,
        space: &mut Space<C>,
        stop: &dyn Fn() -> bool,
    ) -> Option<Projective<C>> {
        assert!(window < self.windows.count, "no such window");
        if self.entries.of_window(self.windows.bits(window).start).is_empty() {
            return Some(Projective::ZERO);
        }
        C::dispatch(self.backend, OneWindow(self, window, space, stop))
    }

    /// The sum of all windows' parts, given in their order.
    pub fn combine(&self, parts: &[Projective<C>]) -> Projective<C> {
        let mut sum = Projective::ZERO;
        for part in parts.iter().rev() {
            for _ in 0..self.windows.width {
                sum.double_in_place();
            }
            sum += part;
        }
        sum
    }

    /// Everything on this thread.
    pub fn compute(&self) -> Projective<C> {
        let mut space = Space::default();
        let parts = (0..self.windows()).map(|window| self.window(window, &mut space, &|| false));
        self.combine(&parts.map(|part| part.expect("nothing stops it")).collect::<Vec<_>>())
    }
}

/// What a sum of many points will take.
#[derive(Clone, Copy, Debug)]
pub struct Demand {
    /// The cost of all windows with scalars of full size, as [`Sum::cost`] says it.
    pub cost: f64,
    /// Bytes of a thread's [`Space`], at most, whatever the scalars.
    pub space: usize,
}

impl Demand {
    /// Of a sum of so many points.
    pub fn of<C: Group>(backend: Backend, points: usize) -> Self {
        C::dispatch(backend, FullSize(points))
    }
}

struct FullSize(usize);

impl<C: Curve> WithAdder<C, Demand> for FullSize {
    fn run<A: Adder<C>>(self, _: A) -> Demand {
        let entries = Entries::full_size(self.0);
        let windows = Windows::planned(self.0);
        let additions: f64 = (0..windows.count).map(|w| windows.cost(w, &entries)).sum();
        let space = window::bytes::<C, A>(self.0, &windows);
        Demand { cost: additions * multiplications::<C>(), space }
    }
}

/// An addition in a batch, in multiplications of Fq.
fn multiplications<C: Curve>() -> f64 {
    if C::WORDS == 16 { 13.0 } else { 6.0 }
}

struct OneWindow<'s, 'a, C: Group>(&'s Sum<'a, C>, usize, &'s mut Space<C>, &'s dyn Fn() -> bool);

impl<C: Group> WithAdder<C, Option<Projective<C>>> for OneWindow<'_, '_, C> {
    fn run<A: Adder<C>>(self, adder: A) -> Option<Projective<C>> {
        let Self(sum, window, space, stop) = self;
        window::sum(adder, &sum.terms, &sum.entries, &sum.windows, window, A::workspace(space), stop)
    }
}

/// The adder on emulated lanes.
#[cfg(test)]
#[derive(Clone, Copy)]
struct OnEmulated;

/// The adder on AVX-512, compiled with the instructions.
#[cfg(target_arch = "x86_64")]
#[derive(Clone, Copy)]
struct OnAvx512(crate::lanes::Avx512Machine);

#[cfg(any(target_arch = "x86_64", test))]
macro_rules! on_lanes {
    ($curve:ty, $lanes:ident, $adder:ty, $machine:expr, $backend:ident, [$($enable:meta)?], [$($unsafe:tt)?]) => {
        impl Adder<$curve> for $adder {
            type Scratch = Steps;

            const SCRATCH: usize = <$curve as Curve>::WORDS / 8 * size_of::<crate::field52::Saved>() / crate::lanes::LANES;

            fn reserve(steps: &mut Self::Scratch, pairs: usize) {
                steps.reserve(pairs, <$curve as Curve>::WORDS > 8);
            }

            fn workspace(space: &mut Space<$curve>) -> &mut Workspace<$curve, Self::Scratch> {
                &mut space.lanes
            }

            fn add<const SIGNED: bool>(
                self,
                source: &[<$curve as Curve>::Words],
                pairs: &[Pair],
                out: &mut [<$curve as Curve>::Words],
                steps: &mut Self::Scratch,
            ) -> bool {
                $(#[$enable])?
                fn enabled<const SIGNED: bool>(
                    adder: $adder,
                    source: &[<$curve as Curve>::Words],
                    pairs: &[Pair],
                    out: &mut [<$curve as Curve>::Words],
                    steps: &mut Steps,
                ) -> bool {
                    $lanes::add::<crate::lanes::$backend, SIGNED>($machine(adder), source, pairs, out, steps)
                }
                // SAFETY: an `Avx512Machine` exists only where `detect` found both features.
                $($unsafe)? { enabled::<SIGNED>(self, source, pairs, out, steps) }
            }
        }
    };
}

#[cfg(target_arch = "x86_64")]
on_lanes!(G1, g1, OnAvx512, (|adder: OnAvx512| adder.0), Avx512, [target_feature(enable = "avx512f,avx512ifma")], [unsafe]);
#[cfg(target_arch = "x86_64")]
on_lanes!(G2, g2, OnAvx512, (|adder: OnAvx512| adder.0), Avx512, [target_feature(enable = "avx512f,avx512ifma")], [unsafe]);
#[cfg(test)]
on_lanes!(G1, g1, OnEmulated, (|_: OnEmulated| ()), Emulated, [], []);
#[cfg(test)]
on_lanes!(G2, g2, OnEmulated, (|_: OnEmulated| ()), Emulated, [], []);

macro_rules! group {
    ($curve:ty) => {
        impl Group for $curve {
            fn dispatch<R>(backend: Backend, with: impl WithAdder<Self, R>) -> R {
                match backend {
                    Backend::Scalar => {
                        #[cfg(target_arch = "x86_64")]
                        if let Some(adx) = Adx::detect() {
                            return with.run(Words(adx));
                        }
                        with.run(Words(Portable))
                    }
                    #[cfg(target_arch = "x86_64")]
                    Backend::Avx512(machine) => with.run(OnAvx512(machine)),
                }
            }
        }
    };
}
group!(G1);
group!(G2);
