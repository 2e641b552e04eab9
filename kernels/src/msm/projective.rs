//! Complete addition in homogeneous coordinates on curves `y² = x³ + b` (Renes, Costello, Batina, ePrint 2015/1060,
//! algorithm 7): no case is special, so lanes need not agree.

use ark_bn254::FqConfig;

use crate::{
    field52::{Columns, Element},
    lanes::Lanes,
};

/// A point (x : y : z); infinity is (0 : y : 0).
#[derive(Clone, Copy)]
pub struct Coordinates<F> {
    pub x: F,
    pub y: F,
    pub z: F,
}

/// A coordinate field on lanes. `mul` and friends take and give what [`add`] needs; see there.
pub trait Coordinate: Copy {
    /// Product of factors below 16 p and more, see the implementation.
    fn mul(&self, other: &Self) -> Self;
    /// `a·b + c·d`.
    fn sum_of_products(products: [(&Self, &Self); 2]) -> Self;
    /// `a·b − c·d`, plus a multiple of p.
    fn difference_of_products(a: (&Self, &Self), b: (&Self, &Self)) -> Self;
    /// `self + other`.
    fn add(&self, other: &Self) -> Self;
    /// `self − other + 8 p`.
    fn sub(&self, other: &Self) -> Self;
    /// Less than 2.1 p.
    fn compact(self) -> Self;
    /// `3 b · self`, less than 20 p; takes less than 2.1 p.
    fn times_3b(&self) -> Self;
}

/// `a + b`. Coordinates below 8 p, taken and given.
///
/// Bounds in the order of the lines: products of inputs 2.8, of sums of two 5.1; the three sums of cross products 13.1; 3b·z
/// 2.1, 3b·y 20; t1 − t2 10.9, t1 + t2 4.9; 3 t0 8.4; results 7.8, 4.6, 4.2.
#[inline(always)]
pub fn add<F: Coordinate>(a: &Coordinates<F>, b: &Coordinates<F>) -> Coordinates<F> {
    let (t0, t1, t2) = (a.x.mul(&b.x), a.y.mul(&b.y), a.z.mul(&b.z));
    let xy = a.x.add(&a.y).mul(&b.x.add(&b.y)).sub(&t0.add(&t1));
    let yz = a.y.add(&a.z).mul(&b.y.add(&b.z)).sub(&t1.add(&t2));
    let xz = a.x.add(&a.z).mul(&b.x.add(&b.z)).sub(&t0.add(&t2));
    let t0 = t0.add(&t0).add(&t0);
    let t2 = t2.compact().times_3b().compact();
    let (minus, plus) = (t1.sub(&t2), t1.add(&t2));
    let xz = xz.compact().times_3b();
    Coordinates {
        x: F::difference_of_products((&xy, &minus), (&yz, &xz)),
        y: F::sum_of_products([(&minus, &plus), (&xz, &t0)]),
        z: F::sum_of_products([(&plus, &yz), (&xy, &t0)]),
    }
}

impl<L: Lanes> Coordinate for Element<FqConfig, L> {
    #[inline(always)]
    fn mul(&self, other: &Self) -> Self {
        Element::mul(self, other)
    }

    #[inline(always)]
    fn sum_of_products([(a, b), (c, d)]: [(&Self, &Self); 2]) -> Self {
        let mut columns = Columns::zero(a.machine());
        columns.add_product(a, b);
        columns.add_product(c, d);
        columns.reduce()
    }

    #[inline(always)]
    fn difference_of_products((a, b): (&Self, &Self), (c, d): (&Self, &Self)) -> Self {
        let machine = a.machine();
        let (mut columns, mut minus) = (Columns::zero(machine), Columns::zero(machine));
        columns.add_product(a, b);
        minus.add_product(c, d);
        columns.sub(&minus);
        columns.add_element(&Self::multiple::<4>(machine));
        columns.reduce()
    }

    #[inline(always)]
    fn add(&self, other: &Self) -> Self {
        Element::add(self, other)
    }

    #[inline(always)]
    fn sub(&self, other: &Self) -> Self {
        Element::sub(self, other)
    }

    #[inline(always)]
    fn compact(self) -> Self {
        Element::compact(self)
    }

    #[inline(always)]
    fn times_3b(&self) -> Self {
        // b = 3.
        Self::sum::<0>(self.terms().shift_left::<3>().plus(self.terms()))
    }
}
