//! Conformance of the multiplication with the sum of products, on every backend.

use ark_bn254::{Fr, G1Affine, G2Affine, g1, g2};
use ark_ec::{
    AffineRepr, CurveGroup, PrimeGroup,
    short_weierstrass::{Affine, Projective},
};
use ark_ff::{AdditiveGroup, Field};

use super::*;
use crate::tests::{numbers, skipped};

/// Points with known logarithms would do; these have random ones.
pub fn points<C: Group>(count: usize) -> Vec<Affine<C>> {
    let mut point = Projective::<C>::generator() * Fr::from(7u64).inverse().unwrap();
    let step = point.double() + Projective::<C>::generator();
    let points: Vec<_> = (0..count)
        .map(|_| {
            point += step;
            point
        })
        .collect();
    Projective::normalize_batch(&points)
}

fn expected<C: Group>(points: &[Affine<C>], scalars: &[Fr]) -> Projective<C> {
    points.iter().zip(scalars).map(|(point, scalar)| *point * scalar).sum()
}

trait OnAll: Group {
    fn emulated(sum: &Sum<'_, Self>) -> Projective<Self>;
    fn portable(sum: &Sum<'_, Self>) -> Projective<Self>;
}

fn with<C: Group>(sum: &Sum<'_, C>, adder: impl Adder<C>) -> Projective<C> {
    let mut space = Space::default();
    let mut window = |w| OneWindow(sum, w, &mut space, &|| false).run(adder).unwrap();
    let parts: Vec<_> = (0..sum.windows()).map(&mut window).collect();
    sum.combine(&parts)
}

macro_rules! on_all {
    ($curve:ty) => {
        impl OnAll for $curve {
            fn emulated(sum: &Sum<'_, Self>) -> Projective<Self> {
                with(sum, OnEmulated)
            }

            fn portable(sum: &Sum<'_, Self>) -> Projective<Self> {
                with(sum, Words(Portable))
            }
        }
    };
}
on_all!(g1::Config);
on_all!(g2::Config);

fn agrees_with<C: OnAll>(name: &str, points: &[Affine<C>], scalars: &[Fr], expected: Projective<C>) {
    let made = Scalars::new(scalars.to_vec());
    let of = |backend| Sum::new(backend, points, None, &made);
    assert_eq!(of(Backend::Scalar).compute(), expected, "scalar, {name}");
    #[cfg(target_arch = "x86_64")]
    if Adx::detect().is_none() {
        crate::tests::skipped_without("BMI2 and ADX");
    }
    assert_eq!(C::portable(&of(Backend::Scalar)), expected, "portable, {name}");
    assert_eq!(C::emulated(&of(Backend::Scalar)), expected, "emulated, {name}");
    match Backend::avx512() {
        Some(backend) => assert_eq!(of(backend).compute(), expected, "avx512, {name}"),
        None => skipped(),
    }
}

fn agrees<C: OnAll>(name: &str, points: &[Affine<C>], scalars: &[Fr]) {
    agrees_with(name, points, scalars, expected(points, scalars));
}

fn sizes<C: OnAll>() {
    let points = points::<C>(300);
    let scalars: Vec<Fr> = numbers(1).take(300).collect();
    for size in [0, 1, 2, 7, 8, 9, 15, 16, 17, 63, 64, 65, 300] {
        agrees(&format!("{size} points"), &points[..size], &scalars[..size]);
    }
}

#[test]
fn any_number_of_points() {
    sizes::<g1::Config>();
    sizes::<g2::Config>();
}

fn kinds<C: OnAll>(count: usize) {
    let points = points::<C>(count);
    let random: Vec<Fr> = numbers(2).take(count).collect();
    let all = |value: Fr| vec![value; count];
    agrees("zeros", &points, &all(Fr::ZERO));
    agrees("ones", &points, &all(Fr::ONE));
    agrees("minus ones", &points, &all(-Fr::ONE));
    agrees("all equal", &points, &all(random[0]));
    let bits: Vec<Fr> = random
        .iter()
        .enumerate()
        .map(|(i, r)| if i % 10 == 0 { *r } else { Fr::from((i % 3 == 0) as u64) })
        .collect();
    agrees("bits", &points, &bits);
    let small: Vec<Fr> =
        (0..count as u64).map(|i| if i % 2 == 0 { Fr::from(i) } else { -Fr::from(i * i) }).collect();
    agrees("small", &points, &small);

    // Infinity, duplicates and inverses among the points, in the same buckets.
    let mut odd = points.clone();
    for i in (0..count).step_by(3) {
        odd[i] = Affine::zero();
    }
    agrees("infinity", &odd, &random);
    agrees("only infinity", &vec![Affine::<C>::zero(); count], &random);
    agrees("one point", &vec![points[0]; count], &random);
    agrees("one point, equal scalars", &vec![points[0]; count], &all(random[1]));
    let mut inverse = points.clone();
    for i in (1..count).step_by(2) {
        inverse[i] = -inverse[i - 1];
    }
    agrees("inverses, equal scalars", &inverse, &all(random[1]));
    agrees("inverses", &inverse, &random);
    let opposite: Vec<Fr> = (0..count).map(|i| if i % 2 == 0 { random[0] } else { -random[0] }).collect();
    agrees("one point, opposite scalars", &vec![points[0]; count], &opposite);
}

#[test]
fn all_kinds_of_scalars_and_points() {
    kinds::<g1::Config>(41);
    kinds::<g1::Config>(200);
    kinds::<g2::Config>(41);
}

/// Many points, compared by the logarithm of the sum: points are multiples of the generator.
fn large<C: OnAll>(count: usize, equal: bool) {
    let generator = Projective::<C>::generator();
    let mut logarithm = Fr::ZERO;
    let mut point = Projective::<C>::ZERO;
    let mut points = Vec::with_capacity(count);
    let scalars: Vec<Fr> = if equal {
        vec![-Fr::from(5u64).inverse().unwrap(); count]
    } else {
        numbers(3).take(count).collect()
    };
    for (i, scalar) in scalars.iter().enumerate() {
        point += generator;
        points.push(point);
        logarithm += Fr::from(i as u64 + 1) * scalar;
    }
    let points = Projective::normalize_batch(&points);
    let made = Scalars::new(scalars.clone());
    for backend in [Some(Backend::Scalar), Backend::avx512()].into_iter().flatten() {
        assert_eq!(
            Sum::new(backend, &points, None, &made).compute(),
            generator * logarithm,
            "{backend}, {count}"
        );
    }
}

#[test]
fn more_points_than_a_chunk_holds() {
    large::<g1::Config>(40_000, false);
    large::<g1::Config>(40_000, true);
    large::<g2::Config>(20_000, false);
    large::<g2::Config>(20_000, true);
}

#[test]
fn columns_choose_scalars() {
    let points: Vec<G1Affine> = points(20);
    let scalars: Vec<Fr> = numbers(4).take(30).collect();
    let columns: Vec<u32> = (0..20).map(|i| (i * 7 % 30) as u32).collect();
    let chosen: Vec<Fr> = columns.iter().map(|column| scalars[*column as usize]).collect();
    let made = Scalars::new(scalars.clone());
    for backend in [Some(Backend::Scalar), Backend::avx512()].into_iter().flatten() {
        assert_eq!(Sum::new(backend, &points, Some(&columns), &made).compute(), expected(&points, &chosen));
    }
}

#[test]
fn a_sum_that_is_stopped_has_no_part_and_its_space_still_serves() {
    let points: Vec<G1Affine> = points(20_000);
    let scalars: Vec<Fr> = numbers(6).take(points.len()).collect();
    let made = Scalars::new(scalars);
    for backend in [Some(Backend::Scalar), Backend::avx512()].into_iter().flatten() {
        let sum = Sum::new(backend, &points, None, &made);
        let mut space = Space::default();
        assert_eq!(sum.window(0, &mut space, &|| true), None);
        let asked = core::cell::Cell::new(0);
        let later = || asked.replace(asked.get() + 1) > 0;
        assert_eq!(sum.window(0, &mut space, &later), None);
        assert_eq!(asked.get(), 2, "asked for every chunk");
        let part = sum.window(0, &mut space, &|| false);
        assert_eq!(part, sum.window(0, &mut Space::default(), &|| false));
    }
}

#[test]
fn words_are_points() {
    for point in points::<g1::Config>(3) {
        assert_eq!(g1::Config::point(&g1::Config::words(&point)), point);
        assert_eq!(g1::Config::view(&[point]), [g1::Config::words(&point)]);
    }
    let point: G2Affine = points(1)[0];
    assert_eq!(g2::Config::view(&[point]), [g2::Config::words(&point)]);
    assert_eq!(g2::Config::point(&g2::Config::words(&-point)), -point);
}
