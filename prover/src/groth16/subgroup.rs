//! Telling quickly that many points of the twist are in the subgroup of order r.
//!
//! The twist has `r·h` points. For points `Pᵢ`, one of them outside the subgroup, and random coefficients
//! `cᵢ < 2^13`, the sum `Σ cᵢ·Pᵢ` is in the subgroup with a chance of at most 2^-13: in the quotient by the
//! subgroup that point has an order that divides `h`, no prime below 2^13 divides `h` (the least is 10069), so
//! among the 2^13 choices of its coefficient at most one fits what the others add up to. Eight independent sums
//! leave a chance of 2^-104. One addition a point and sum, instead of a multiplication of 127 bits a point.

use ark_bn254::{G2Affine, G2Projective};
use ark_ec::CurveGroup;
use ark_ff::Zero;
use rayon::prelude::*;

use super::{entropy::Stream, error::KeyProblem};
use crate::progress::ProgressSink;

const SUMS: usize = 8;
const BITS: u32 = 13;
/// Below this many points, testing each is faster.
const FEW: usize = 1 << 10;

/// Index of the first point outside the subgroup; all must be on the curve.
///
/// # Errors
/// [`KeyProblem::Entropy`] if there is no randomness for the coefficients, which must not be foreseeable;
/// [`KeyProblem::Cancelled`].
pub(super) fn find_outside(
    points: &[G2Affine],
    progress: &dyn ProgressSink,
) -> Result<Option<usize>, KeyProblem> {
    if points.len() > FEW {
        let streams = (0..SUMS).map(|_| Stream::new(&super::Entropy::System)).collect::<Result<Vec<_>, _>>();
        let sums = streams.map_err(KeyProblem::Entropy)?.into_par_iter();
        let sums = sums.map(|stream| random_sum(points, stream, progress).ok_or(KeyProblem::Cancelled));
        if sums.collect::<Result<Vec<_>, _>>()?.iter().all(is_inside) {
            return Ok(None);
        }
    }
    Ok(points.par_iter().position_first(|point| !is_inside(point)))
}

fn is_inside(point: &G2Affine) -> bool {
    point.is_in_correct_subgroup_assuming_on_curve()
}

/// `Σ cᵢ·Pᵢ` by buckets: points of equal coefficient are added up first. `None` if cancelled.
fn random_sum(points: &[G2Affine], mut stream: Stream, progress: &dyn ProgressSink) -> Option<G2Affine> {
    let mut buckets = vec![G2Projective::zero(); 1 << BITS];
    let mut coefficients = vec![0; 2 * points.len()];
    stream.fill(&mut coefficients);
    for (points, coefficients) in points.chunks(FEW).zip(coefficients.as_chunks::<2>().0.chunks(FEW)) {
        if progress.cancelled() {
            return None;
        }
        for (point, coefficient) in points.iter().zip(coefficients) {
            let coefficient = u16::from_le_bytes(*coefficient) & ((1 << BITS) - 1);
            buckets[usize::from(coefficient)] += point;
        }
    }
    let (mut running, mut sum) = (G2Projective::zero(), G2Projective::zero());
    for bucket in buckets[1..].iter().rev() {
        running += bucket;
        sum += running;
    }
    Some(sum.into_affine())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::progress::Silent;
    use ark_bn254::{Fq2, g2};
    use ark_ec::{AffineRepr, CurveConfig, PrimeGroup};
    use ark_ff::BigInt;

    fn inside(count: usize) -> Vec<G2Affine> {
        let multiples =
            std::iter::successors(Some(G2Projective::generator()), |p| Some(*p + G2Affine::generator()));
        G2Projective::normalize_batch(&multiples.take(count).collect::<Vec<_>>())
    }

    fn outside() -> G2Affine {
        let points = (1u64..).filter_map(|x| G2Affine::get_point_from_x_unchecked(Fq2::from(x), false));
        points.into_iter().find(|point| !is_inside(point)).unwrap()
    }

    #[test]
    fn no_small_prime_divides_the_cofactor() {
        let cofactor = g2::Config::COFACTOR;
        let remainder = |divisor: u64| {
            let divide = |rest: u128, limb: &u64| (rest << 64 | u128::from(*limb)) % u128::from(divisor);
            cofactor.iter().rev().fold(0u128, divide)
        };
        assert_eq!(remainder(10069), 0);
        assert!((2..1 << BITS).all(|divisor| remainder(divisor) != 0));
    }

    #[test]
    fn random_sums_of_points_inside_are_inside() {
        let points = inside(3 * FEW);
        for seed in 0..SUMS as u8 {
            let stream = Stream::new(&super::super::Entropy::Seed([seed; 32])).unwrap();
            assert!(is_inside(&random_sum(&points, stream, &Silent).unwrap()));
        }
    }

    /// A point whose order is the least there is outside the subgroup: the hardest to see.
    fn of_least_order() -> G2Affine {
        let mut multiple = BigInt::<4>::new(g2::Config::COFACTOR.try_into().unwrap());
        // The cofactor divided by 10069.
        let mut rest = 0u128;
        for limb in multiple.0.iter_mut().rev() {
            let value = rest << 64 | u128::from(*limb);
            (*limb, rest) = ((value / 10069) as u64, value % 10069);
        }
        let order = <ark_bn254::Fr as ark_ff::PrimeField>::MODULUS;
        let point = outside().mul_bigint(order).into_affine().mul_bigint(multiple).into_affine();
        assert!(!point.is_zero() && point.mul_bigint([10069u64]).is_zero());
        point
    }

    #[test]
    fn the_first_outside_point_is_found_among_few_and_many() {
        for count in [1, 5, FEW + 1] {
            let mut points = inside(count);
            assert_eq!(find_outside(&points, &Silent).unwrap(), None);
            for bad in [outside(), of_least_order()] {
                points[count / 2] = bad;
                assert_eq!(find_outside(&points, &Silent).unwrap(), Some(count / 2), "{count}");
                // Two that cancel each other when simply added.
                if count > 5 {
                    points[count - 1] = -bad;
                    assert_eq!(find_outside(&points, &Silent).unwrap(), Some(count / 2));
                }
                points = inside(count);
            }
        }
    }
}
