//! Coordinates of points: a number in G1, and in G2 `c0 + c1 u` of Fq2 = Fq(u), u² = −1.

use super::{Multiplier, Number, ZERO, add, halve_bound, negative, signed, sub};

/// An element of a coordinate field. Numbers are below 2 p where nothing else is said.
pub trait Coordinate: Copy {
    /// 0.
    const ZERO: Self;

    /// `self − other`.
    fn sub(&self, other: &Self) -> Self;

    /// `−self` where the sign is 1, else self.
    fn signed(&self, sign: u32) -> Self;

    /// Product.
    fn mul<M: Multiplier>(&self, m: M, other: &Self) -> Self;

    /// Square.
    fn square<M: Multiplier>(&self, m: M) -> Self;

    /// The number of Fq whose inverse [`Coordinate::over`] takes: less than 2.52.
    fn norm<M: Multiplier>(&self, m: M) -> Number;

    /// `self / other`, given the inverse, below 1.91, of the norm of `other`.
    fn over<M: Multiplier>(&self, m: M, other: &Self, inverse: &Number) -> Self;
}

impl Coordinate for Number {
    const ZERO: Self = ZERO;

    #[inline(always)]
    fn sub(&self, other: &Self) -> Self {
        sub(self, other)
    }

    #[inline(always)]
    fn signed(&self, sign: u32) -> Self {
        signed(self, sign)
    }

    #[inline(always)]
    fn mul<M: Multiplier>(&self, m: M, other: &Self) -> Self {
        m.mul(self, other)
    }

    #[inline(always)]
    fn square<M: Multiplier>(&self, m: M) -> Self {
        m.mul(self, self)
    }

    #[inline(always)]
    fn norm<M: Multiplier>(&self, _: M) -> Number {
        *self
    }

    #[inline(always)]
    fn over<M: Multiplier>(&self, m: M, _: &Self, inverse: &Number) -> Self {
        m.mul(inverse, self)
    }
}

impl Coordinate for [Number; 2] {
    const ZERO: Self = [ZERO; 2];

    #[inline(always)]
    fn sub(&self, other: &Self) -> Self {
        [sub(&self[0], &other[0]), sub(&self[1], &other[1])]
    }

    #[inline(always)]
    fn signed(&self, sign: u32) -> Self {
        [signed(&self[0], sign), signed(&self[1], sign)]
    }

    /// Two sums of two products: with one reduction for each they cost no more than Karatsuba's three products, which need
    /// more carries.
    #[inline(always)]
    fn mul<M: Multiplier>(&self, m: M, other: &Self) -> Self {
        let [a, b] = self;
        let [c, d] = other;
        let real = m.sum_of_products([(a, c), (b, &negative(d))]);
        let imaginary = m.sum_of_products([(a, d), (b, c)]);
        [halve_bound(&real), halve_bound(&imaginary)]
    }

    #[inline(always)]
    fn square<M: Multiplier>(&self, m: M) -> Self {
        let [a, b] = self;
        let product = m.mul(a, b);
        [m.mul(&add(a, b), &sub(a, b)), add(&product, &product)]
    }

    #[inline(always)]
    fn norm<M: Multiplier>(&self, m: M) -> Number {
        let [a, b] = self;
        m.sum_of_products([(a, a), (b, b)])
    }

    /// Times the conjugate of `other`, over its norm.
    #[inline(always)]
    fn over<M: Multiplier>(&self, m: M, other: &Self, inverse: &Number) -> Self {
        let [a, b] = self;
        let [c, d] = other;
        // Less than 2.52, of which products with the inverse are less than 1.91.
        let real = m.sum_of_products([(a, c), (b, d)]);
        let imaginary = m.sum_of_products([(b, c), (a, &negative(d))]);
        [m.mul(inverse, &real), m.mul(inverse, &imaginary)]
    }
}
