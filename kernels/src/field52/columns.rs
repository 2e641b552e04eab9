use core::marker::PhantomData;

use super::{Element, Field52, LIMBS, splat};
use crate::lanes::{LIMB_BITS, Lanes};

/// Sums of products, not reduced. A column holds up to 2^63: 200 products, since each adds less than 10 · 2^52 to it.
#[derive(Debug)]
pub struct Columns<P, L>(pub(super) [L; 2 * LIMBS], PhantomData<P>);

impl<P, L: Copy> Clone for Columns<P, L> {
    #[inline(always)]
    fn clone(&self) -> Self {
        *self
    }
}

impl<P, L: Copy> Copy for Columns<P, L> {}

impl<P: Field52, L: Lanes> Columns<P, L> {
    /// No products.
    #[inline(always)]
    pub fn zero(machine: L::Machine) -> Self {
        Self([L::splat(machine, 0); 2 * LIMBS], PhantomData)
    }

    /// `self + a · b`.
    #[inline(always)]
    pub fn add_product(&mut self, a: &Element<P, L>, b: &Element<P, L>) {
        // High halves apart: one chain of additions a column would be longer than the multiply-adds take together.
        let mut high = Self::zero(a.machine());
        for i in 0..LIMBS {
            for j in 0..LIMBS {
                self.0[i + j] = self.0[i + j].madd_low(a.0[i], b.0[j]);
                high.0[i + j + 1] = high.0[i + j + 1].madd_high(a.0[i], b.0[j]);
            }
        }
        self.add(&high);
    }

    /// `self + (a + c) · (b + d)`. The sums are taken modulo 2^260, so they must stay below 84 r.
    #[inline(always)]
    pub fn add_product_of_sums(&mut self, [a, c]: [&Element<P, L>; 2], [b, d]: [&Element<P, L>; 2]) {
        self.add_product(&carry_only(a, c), &carry_only(b, d));
    }

    /// `self + a · R`: after the reduction, plus a.
    #[inline(always)]
    pub fn add_element(&mut self, a: &Element<P, L>) {
        for (column, limb) in self.0[LIMBS..].iter_mut().zip(a.0) {
            *column = column.add(limb);
        }
    }

    /// `self + other`.
    #[inline(always)]
    pub fn add(&mut self, other: &Self) {
        for (column, other) in self.0.iter_mut().zip(other.0) {
            *column = column.add(other);
        }
    }

    /// `self − other`.
    #[inline(always)]
    pub fn sub(&mut self, other: &Self) {
        for (column, other) in self.0.iter_mut().zip(other.0) {
            *column = column.sub(other);
        }
    }

    /// The sum divided by R = 2^260. Takes T ≥ 0, gives less than `T / R + 2 r`, which must be below 84 r.
    #[inline(always)]
    pub fn reduce(self) -> Element<P, L> {
        Element::from_columns(self.fold())
    }

    /// `reduce() + a`. All but the sum's carries can be done before a is known.
    #[inline(always)]
    pub fn reduce_and_add(self, a: &Element<P, L>) -> Element<P, L> {
        let mut limbs = self.fold();
        for (limb, a) in limbs.iter_mut().zip(a.0) {
            *limb = limb.add(a);
        }
        Element::from_columns(limbs)
    }

    /// The upper columns after the lower ones were cleared.
    #[inline(always)]
    fn fold(mut self) -> [L; LIMBS] {
        let machine = self.0[0].machine();
        let shifted = splat(machine, &P::SHIFTED);
        for i in 0..LIMBS - 1 {
            let factor = self.0[i];
            self.0[i + 1] = self.0[i + 1].add(factor.shift_right::<LIMB_BITS>());
            for (j, limb) in shifted.into_iter().enumerate() {
                self.madd(i + 1 + j, factor, limb);
            }
        }
        let modulus = splat(machine, &P::LIMBS);
        let lowest = self.0[LIMBS - 1];
        let inverse = L::splat(machine, P::NEGATIVE_INVERSE);
        let factor = L::splat(machine, 0).madd_low(lowest, inverse);
        for (j, limb) in modulus.into_iter().enumerate() {
            self.madd(LIMBS - 1 + j, factor, limb);
        }
        self.0[LIMBS] = self.0[LIMBS].add(self.0[LIMBS - 1].shift_right::<LIMB_BITS>());
        let [_, _, _, _, _, a, b, c, d, e] = self.0;
        [a, b, c, d, e]
    }

    #[inline(always)]
    pub(super) fn madd(&mut self, column: usize, a: L, b: L) {
        self.0[column] = self.0[column].madd_low(a, b);
        self.0[column + 1] = self.0[column + 1].madd_high(a, b);
    }
}

/// `a + b` with carries but without clearing what was carried: multiply-adds do not look at those bits.
#[inline(always)]
fn carry_only<P, L: Lanes>(a: &Element<P, L>, b: &Element<P, L>) -> Element<P, L> {
    let mut limbs = a.0;
    for (limb, b) in limbs.iter_mut().zip(b.0) {
        *limb = limb.add(b);
    }
    for i in 1..LIMBS {
        limbs[i] = limbs[i].add(limbs[i - 1].shift_right::<LIMB_BITS>());
    }
    Element(limbs, PhantomData)
}
