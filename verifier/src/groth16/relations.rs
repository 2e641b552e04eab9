//! Small relations `Σ cᵢ·Pᵢ = 0` between a key's points, with whole cᵢ of which few are not 0 and none is large. Between points of
//! random logarithms, as an honest setup has them, each holds with a chance of about 2^-254.
//!
//! Sums of few points are listed under their x, which P and −P share: two sums under one x are a relation of both, and so is a
//! sum that is infinity. Among up to eight points, as a claim's key has them in G1 (α, the generator, four IC points), every
//! sum with `Σ|cᵢ| ≤ 3` is listed, so every relation with `Σ|cᵢ| ≤ 6` is found: any sum and difference of all six, any
//! multiple up to 5 of one that is another. Keys of other circuits may have thousands of points: there, multiples up to 3,
//! sums and differences of two (all of up to 64 points, or of any point with α, the generator or IC₀) and sums of the first IC
//! points are listed, ten or so for each point.

use alloc::collections::BTreeMap;
use alloc::vec::Vec;
use core::fmt;

use ark_bn254::Fq;
use ark_ec::{AffineRepr, CurveGroup};
use ark_ff::{BigInt, Field, PrimeField as _, Zero as _};

/// Up to so many points, every sum is listed.
const FEW: usize = 8;
/// Up to so many points, the sums of all pairs are.
const SOME: usize = 64;
/// Of more points, so many are paired with all others.
const FIRST: usize = 3;
/// Sums of the first IC points, from IC₀ to the one with this index and on: shorter ones may be listed already.
const FIRST_RUN: usize = 3;

/// A point of a Groth16 key, or its group's generator.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Point {
    /// The generator of the group that the other points of a relation are in.
    Generator,
    /// α.
    Alpha,
    /// β.
    Beta,
    /// γ.
    Gamma,
    /// δ.
    Delta,
    /// The IC point with this index; 0 belongs to the constant 1.
    Ic(u16),
}

impl fmt::Display for Point {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Generator => "the generator",
            Self::Alpha => "key.alpha",
            Self::Beta => "key.beta",
            Self::Gamma => "key.gamma",
            Self::Delta => "key.delta",
            Self::Ic(index) => return write!(f, "key.ic[{index}]"),
        })
    }
}

/// A small sum of points: one side of a relation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Sum {
    /// Points times whole numbers; 0 fills up.
    Of([(i8, Point); 3]),
    /// IC points 0 to the one with this index.
    Run(u16),
    /// The point at infinity.
    Infinity,
}

impl fmt::Display for Sum {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let terms = match self {
            Self::Of(terms) => terms,
            Self::Run(last) => return write!(f, "{} + … + {}", Point::Ic(0), Point::Ic(*last)),
            Self::Infinity => return f.write_str("the point at infinity"),
        };
        for (index, (factor, point)) in terms.iter().enumerate().filter(|(_, (factor, _))| *factor != 0) {
            f.write_str(match (index, *factor < 0) {
                (0, false) => "",
                (0, true) => "−",
                (_, false) => " + ",
                (_, true) => " − ",
            })?;
            match factor.unsigned_abs() {
                1 => write!(f, "{point}")?,
                times => write!(f, "{times}·{point}")?,
            }
        }
        Ok(())
    }
}

/// The first relation between `points`, of which no two are equal up to sign and none is infinity: its two sides are equal up
/// to sign. `ic` are all IC points, if `points` has them.
pub(super) fn find<P>(points: &[(Point, P)], ic: &[P]) -> Option<(Sum, Sum)>
where
    P: AffineRepr,
    P::BaseField: Field<BasePrimeField = Fq>,
{
    let (names, sums): (Vec<Sum>, Vec<P::Group>) = list(points, ic).into_iter().unzip();
    let mut seen = BTreeMap::new();
    for (name, sum) in names.into_iter().zip(P::Group::normalize_batch(&sums)) {
        let Some(x) = sum.x() else { return Some((name, Sum::Infinity)) };
        if let Some(other) = seen.insert(integers(x), name) {
            return Some((other, name));
        }
    }
    None
}

/// A coordinate, as integers that are quick to compare.
fn integers(x: impl Field<BasePrimeField = Fq>) -> [BigInt<4>; 2] {
    let mut integers = [BigInt::default(); 2];
    for (integer, element) in integers.iter_mut().zip(x.to_base_prime_field_elements()) {
        *integer = element.into_bigint();
    }
    integers
}

/// Sums that all differ as expressions, up to sign; those of few points first.
fn list<P: AffineRepr>(points: &[(Point, P)], ic: &[P]) -> Vec<(Sum, P::Group)> {
    let paired = if points.len() <= SOME { points.len() } else { FIRST };
    let mut sums = Vec::new();
    sums.extend(points.iter().map(|a| sum(&[(1, a)])));
    sums.extend(points.iter().map(|a| sum(&[(2, a)])));
    for (a, b) in pairs(points, paired) {
        sums.extend([sum(&[(1, a), (1, b)]), sum(&[(1, a), (-1, b)])]);
    }
    sums.extend(points.iter().map(|a| sum(&[(3, a)])));
    if points.len() <= FEW {
        for (a, b) in pairs(points, paired) {
            for (m, n) in [(2, 1), (2, -1), (1, 2), (1, -2)] {
                sums.push(sum(&[(m, a), (n, b)]));
            }
        }
        for (index, a) in points.iter().enumerate() {
            for (index, b) in points.iter().enumerate().skip(index + 1) {
                for c in points.iter().skip(index + 1) {
                    for (m, n) in [(1, 1), (1, -1), (-1, 1), (-1, -1)] {
                        sums.push(sum(&[(1, a), (m, b), (n, c)]));
                    }
                }
            }
        }
    }
    let mut run = P::Group::zero();
    for (point, index) in ic.iter().zip(0u16..) {
        run += *point;
        if usize::from(index) >= FIRST_RUN {
            sums.push((Sum::Run(index), run));
        }
    }
    sums
}

/// Each of the first points with each that follows it.
fn pairs<T>(points: &[T], first: usize) -> impl Iterator<Item = (&T, &T)> {
    let each = points.iter().enumerate().take(first);
    each.flat_map(move |(index, a)| points.iter().skip(index + 1).map(move |b| (a, b)))
}

/// Up to three points, each times a small number.
fn sum<P: AffineRepr>(terms: &[(i8, &(Point, P))]) -> (Sum, P::Group) {
    let mut named = [(0, Point::Generator); 3];
    let mut total = P::Group::zero();
    for (named, (factor, (name, point))) in named.iter_mut().zip(terms) {
        *named = (*factor, *name);
        let point = if *factor < 0 { -*point } else { *point };
        for _ in 0..factor.unsigned_abs() {
            total += point;
        }
    }
    (Sum::Of(named), total)
}
