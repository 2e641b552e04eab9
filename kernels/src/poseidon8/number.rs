//! What the permutation computes with: one hash on words, or eight on lanes.

use ark_bn254::FrConfig;
use ark_ff::Field;
use popw_core::Fr;

use crate::{
    field52::{Columns, Element, Limbs, split},
    lanes::Lanes,
    scalar::Accumulator,
};

/// A weight of the permutation as it lies in memory.
pub trait Constant: Copy {
    /// Inputs and outputs are divided by this.
    const EDGE: u64;

    /// The weight's form.
    fn new(value: &Fr) -> Self;
}

/// A field element, or several.
pub trait Number: Copy {
    /// See [`Lanes::Machine`].
    type Machine: Copy;
    /// Weights.
    type Constant: Constant;
    /// See [`Sum`].
    type Sum: Sum<Self>;

    fn constant(machine: Self::Machine, constant: &Self::Constant) -> Self;
    fn add(&self, other: &Self) -> Self;
    fn square(&self) -> Self;
    fn mul(&self, other: &Self) -> Self;
}

/// Products added up, reduced once at the end.
pub trait Sum<N: Number>: Copy {
    fn zero(machine: N::Machine) -> Self;
    fn add(&mut self, other: &Self);
    fn sub(&mut self, other: &Self);
    /// `+ a`.
    fn add_number(&mut self, a: &N);
    /// `+ a b`.
    fn add_product(&mut self, a: &N, b: &N);
    /// `+ (a + c) (b + d)`.
    fn add_product_of_sums(&mut self, left: [&N; 2], right: [&N; 2]);
    /// The sum, which must not be negative.
    fn reduce(self) -> N;
    /// The sum, which must not be negative, + a, which may be known late.
    fn reduce_and_add(self, a: &N) -> N;
}

impl Constant for Limbs {
    /// Words in memory are multiplied by 2^256, elements on lanes by 2^260.
    const EDGE: u64 = 16;

    fn new(value: &Fr) -> Self {
        split((*value * Fr::from(Self::EDGE)).0.0)
    }
}

impl<L: Lanes> Number for Element<FrConfig, L> {
    type Machine = L::Machine;
    type Constant = Limbs;
    type Sum = Columns<FrConfig, L>;

    #[inline(always)]
    fn constant(machine: L::Machine, constant: &Limbs) -> Self {
        Self::splat(machine, constant)
    }

    #[inline(always)]
    fn add(&self, other: &Self) -> Self {
        Element::add(self, other)
    }

    #[inline(always)]
    fn square(&self) -> Self {
        Element::square(self)
    }

    #[inline(always)]
    fn mul(&self, other: &Self) -> Self {
        Element::mul(self, other)
    }
}

impl<L: Lanes> Sum<Element<FrConfig, L>> for Columns<FrConfig, L> {
    #[inline(always)]
    fn zero(machine: L::Machine) -> Self {
        Columns::zero(machine)
    }

    #[inline(always)]
    fn add(&mut self, other: &Self) {
        Columns::add(self, other);
    }

    #[inline(always)]
    fn sub(&mut self, other: &Self) {
        Columns::sub(self, other);
    }

    #[inline(always)]
    fn add_number(&mut self, a: &Element<FrConfig, L>) {
        self.add_element(a);
    }

    #[inline(always)]
    fn add_product(&mut self, a: &Element<FrConfig, L>, b: &Element<FrConfig, L>) {
        Columns::add_product(self, a, b);
    }

    #[inline(always)]
    fn add_product_of_sums(&mut self, left: [&Element<FrConfig, L>; 2], right: [&Element<FrConfig, L>; 2]) {
        Columns::add_product_of_sums(self, left, right);
    }

    #[inline(always)]
    fn reduce(self) -> Element<FrConfig, L> {
        Columns::reduce(self)
    }

    #[inline(always)]
    fn reduce_and_add(self, a: &Element<FrConfig, L>) -> Element<FrConfig, L> {
        Columns::reduce_and_add(self, a)
    }
}

impl Constant for Fr {
    const EDGE: u64 = 1;

    fn new(value: &Fr) -> Self {
        *value
    }
}

impl Number for Fr {
    type Machine = ();
    type Constant = Fr;
    type Sum = Accumulator<FrConfig>;

    #[inline(always)]
    fn constant((): (), constant: &Fr) -> Self {
        *constant
    }

    #[inline(always)]
    fn add(&self, other: &Self) -> Self {
        *self + other
    }

    #[inline(always)]
    fn square(&self) -> Self {
        Field::square(self)
    }

    #[inline(always)]
    fn mul(&self, other: &Self) -> Self {
        *self * other
    }
}

impl Sum<Fr> for Accumulator<FrConfig> {
    #[inline(always)]
    fn zero((): ()) -> Self {
        Accumulator::zero()
    }

    #[inline(always)]
    fn add(&mut self, other: &Self) {
        Accumulator::add(self, other);
    }

    #[inline(always)]
    fn sub(&mut self, other: &Self) {
        Accumulator::sub(self, other);
    }

    #[inline(always)]
    fn add_number(&mut self, a: &Fr) {
        self.add_element(a);
    }

    #[inline(always)]
    fn add_product(&mut self, a: &Fr, b: &Fr) {
        Accumulator::add_product(self, a, b);
    }

    #[inline(always)]
    fn add_product_of_sums(&mut self, left: [&Fr; 2], right: [&Fr; 2]) {
        Accumulator::add_product_of_sums(self, left, right);
    }

    #[inline(always)]
    fn reduce(self) -> Fr {
        Accumulator::reduce(&self)
    }

    #[inline(always)]
    fn reduce_and_add(self, a: &Fr) -> Fr {
        Accumulator::reduce(&self) + a
    }
}
