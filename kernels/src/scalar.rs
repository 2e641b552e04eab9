//! Sums of products on 64-bit words, reduced once: for machines without wide multipliers.

use core::marker::PhantomData;

use ark_ff::{BigInt, Fp, MontBackend, MontConfig};

/// A field of four words.
type Field<P> = Fp<MontBackend<P, 4>, 4>;

/// `Σ a b`, not reduced: nine words, modulo 2^576. Words of field elements are a number times R = 2^256, and the
/// sum carries R².
#[derive(Debug)]
pub struct Accumulator<P>([u64; WORDS], PhantomData<P>);

const WORDS: usize = 9;

impl<P> Clone for Accumulator<P> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<P> Copy for Accumulator<P> {}

impl<P: MontConfig<4>> Accumulator<P> {
    /// No products.
    #[inline]
    pub fn zero() -> Self {
        Self([0; WORDS], PhantomData)
    }

    /// `self + a · b`.
    #[inline]
    pub fn add_product(&mut self, a: &Field<P>, b: &Field<P>) {
        self.add_words(a.0.0, b.0.0);
    }

    /// `self + (a + c) · (b + d)`.
    #[inline]
    pub fn add_product_of_sums(&mut self, [a, c]: [&Field<P>; 2], [b, d]: [&Field<P>; 2]) {
        self.add_words(sum(a.0.0, c.0.0), sum(b.0.0, d.0.0));
    }

    /// `self + a · R`: after the reduction, plus a.
    #[inline]
    pub fn add_element(&mut self, a: &Field<P>) {
        let mut carry = 0;
        for (i, word) in self.0[4..].iter_mut().enumerate() {
            *word = adc(*word, a.0.0.get(i).copied().unwrap_or(0), &mut carry);
        }
    }

    /// `self + other`.
    #[inline]
    pub fn add(&mut self, other: &Self) {
        let mut carry = 0;
        for (word, other) in self.0.iter_mut().zip(other.0) {
            *word = adc(*word, other, &mut carry);
        }
    }

    /// `self − other`.
    #[inline]
    pub fn sub(&mut self, other: &Self) {
        let mut borrow = 0;
        for (word, other) in self.0.iter_mut().zip(other.0) {
            *word = sbb(*word, other, &mut borrow);
        }
    }

    /// The sum as an element. Takes `0 ≤ T < 15 r R`: about 79 products of reduced elements.
    #[inline]
    pub fn reduce(&self) -> Field<P> {
        let modulus = P::MODULUS.0;
        let mut words = self.0;
        // Montgomery's reduction, a word at a time; `above` is what each row carries beyond its four words.
        let mut above = 0;
        for i in 0..4 {
            let factor = words[i].wrapping_mul(P::INV);
            let mut carry = 0;
            for j in 0..4 {
                words[i + j] = mac(words[i + j], factor, modulus[j], &mut carry);
            }
            words[i + 4] = adc(words[i + 4], carry, &mut above);
        }
        words[8] = words[8].wrapping_add(above);
        let [_, _, _, _, a, b, c, d, e] = words;
        // Less than 16 r is left.
        let mut left = [a, b, c, d, e];
        for shift in (0..4).rev() {
            left = subtract_if_not_less(left, shifted(modulus, shift));
        }
        let [a, b, c, d, _] = left;
        Fp::new_unchecked(BigInt([a, b, c, d]))
    }

    #[inline]
    fn add_words(&mut self, a: [u64; 4], b: [u64; 4]) {
        let mut product = [0; 8];
        for i in 0..4 {
            let mut carry = 0;
            for j in 0..4 {
                product[i + j] = mac(product[i + j], a[i], b[j], &mut carry);
            }
            product[i + 4] = carry;
        }
        let mut carry = 0;
        for (word, other) in self.0.iter_mut().zip(product) {
            *word = adc(*word, other, &mut carry);
        }
        self.0[8] = self.0[8].wrapping_add(carry);
    }
}

/// `a + b`, both below 2^255.
#[inline]
fn sum(mut a: [u64; 4], b: [u64; 4]) -> [u64; 4] {
    let mut carry = 0;
    for (word, other) in a.iter_mut().zip(b) {
        *word = adc(*word, other, &mut carry);
    }
    a
}

/// `number · 2^shift`.
const fn shifted([a, b, c, d]: [u64; 4], shift: u32) -> [u64; 5] {
    if shift == 0 {
        return [a, b, c, d, 0];
    }
    let back = 64 - shift;
    [a << shift, b << shift | a >> back, c << shift | b >> back, d << shift | c >> back, d >> back]
}

#[inline]
fn subtract_if_not_less(number: [u64; 5], less: [u64; 5]) -> [u64; 5] {
    let mut borrow = 0;
    let mut rest = number;
    for (word, less) in rest.iter_mut().zip(less) {
        *word = sbb(*word, less, &mut borrow);
    }
    if borrow == 0 { rest } else { number }
}

/// The low word of `word + a · b + carry`; the high one becomes the carry.
#[inline(always)]
pub(crate) fn mac(word: u64, a: u64, b: u64, carry: &mut u64) -> u64 {
    let wide = u128::from(a) * u128::from(b) + u128::from(word) + u128::from(*carry);
    *carry = (wide >> 64) as u64;
    wide as u64
}

#[inline(always)]
pub(crate) fn adc(a: u64, b: u64, carry: &mut u64) -> u64 {
    let (sum, first) = a.overflowing_add(b);
    let (sum, second) = sum.overflowing_add(*carry);
    *carry = u64::from(first | second);
    sum
}

#[inline(always)]
pub(crate) fn sbb(a: u64, b: u64, borrow: &mut u64) -> u64 {
    let (difference, first) = a.overflowing_sub(b);
    let (difference, second) = difference.overflowing_sub(*borrow);
    *borrow = u64::from(first | second);
    difference
}

#[cfg(test)]
mod tests {
    use super::*;
    use ark_bn254::{Fq, FqConfig, FrConfig};
    use ark_ff::{AdditiveGroup, Field as _};
    use popw_core::Fr;
    use proptest::prelude::*;

    use crate::tests::element;

    proptest! {
        #[test]
        fn sums_are_arks(terms in prop::collection::vec((element(), element(), element(), element()), 0..18)) {
            let mut sum = Accumulator::<FrConfig>::zero();
            let mut expected = Fr::ZERO;
            for (a, b, c, d) in terms {
                let mut other = Accumulator::zero();
                other.add_product(&c, &d);
                sum.add_product_of_sums([&a, &c], [&b, &d]);
                sum.sub(&other);
                sum.add_element(&b);
                expected += a * b + a * d + c * b + b;
                prop_assert_eq!(sum.reduce(), expected);
                let mut double = sum;
                double.add(&other);
                prop_assert_eq!(double.reduce(), expected + c * d);
            }
        }
    }

    #[test]
    fn largest_sum() {
        let most = -Fq::ONE;
        let mut sum = Accumulator::<FqConfig>::zero();
        for count in 1..=70u64 {
            sum.add_product(&most, &most);
            assert_eq!(sum.reduce(), Fq::from(count));
        }
    }
}
