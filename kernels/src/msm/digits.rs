//! Scalars as signed magnitudes, in the order in which windows need them, and their digits.

use core::ops::Range;

use ark_bn254::Fr;
use ark_ff::{BigInt, BigInteger, PrimeField};
use rayon::prelude::*;
use zeroize::{Zeroize, Zeroizing};

/// Bits of a magnitude: half the modulus.
const BITS: usize = 253;
/// Where the sign of a scalar lies in its fourth word.
const SIGN: u64 = 1 << 63;
/// Classes of magnitudes: those of `32 k` bits and fewer are in class k.
const CLASSES: usize = 9;

/// Scalars between −r/2 and r/2 as magnitude and sign, wiped when dropped.
///
/// They lie where the field elements were: there are many, and nobody needs both.
#[derive(Debug)]
pub struct Scalars(Vec<Fr>);

impl Scalars {
    /// The scalars of these field elements.
    pub fn new(mut elements: Vec<Fr>) -> Self {
        let convert = |element: &mut Fr| *element = Fr::new_unchecked(BigInt(magnitude_and_sign(element)));
        elements.par_iter_mut().with_min_len(1 << 10).for_each(convert);
        Self(elements)
    }

    /// Number of scalars.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn value(&self, index: usize) -> &[u64; 4] {
        &self.0[index].0.0
    }
}

impl Drop for Scalars {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

/// −x is as good as x, and often smaller: a circuit's wires are seldom large numbers of either sign.
fn magnitude_and_sign(element: &Fr) -> [u64; 4] {
    let value = element.into_bigint();
    if value <= Fr::MODULUS_MINUS_ONE_DIV_TWO {
        return value.0;
    }
    let BigInt([a, b, c, d]) = {
        let mut rest = Fr::MODULUS;
        rest.sub_with_borrow(&value);
        rest
    };
    [a, b, c, d | SIGN]
}

fn class([a, b, c, d]: &[u64; 4]) -> u8 {
    let bits = match (d & !SIGN, *c, *b, *a) {
        (0, 0, 0, word) => 64 - word.leading_zeros(),
        (0, 0, word, _) => 128 - word.leading_zeros(),
        (0, word, ..) => 192 - word.leading_zeros(),
        (word, ..) => 256 - word.leading_zeros(),
    };
    bits.div_ceil(32) as u8
}

/// Which points have a scalar other than zero, those with large scalars first: a window of high bits needs only these.
pub(super) struct Entries {
    /// Positions of the points.
    positions: Vec<u32>,
    /// Number of entries of class k or higher.
    from_class: [usize; CLASSES],
}

impl Entries {
    /// `scalar(i)` is that of point i; `None` for points that do not count.
    pub(super) fn new<'s>(points: usize, scalar: impl Fn(usize) -> Option<&'s [u64; 4]>) -> Self {
        let classes: Vec<u8> = (0..points).map(|i| scalar(i).map_or(0, class)).collect();
        let classes = Zeroizing::new(classes);
        let mut counts = [0; CLASSES];
        for class in &*classes {
            counts[usize::from(*class)] += 1;
        }
        counts[0] = 0;
        let mut from_class = counts;
        for class in (0..CLASSES - 1).rev() {
            from_class[class] += from_class[class + 1];
        }
        let mut positions = vec![0; from_class[0]];
        // The entries of a class begin where those of higher classes end.
        let mut next: [usize; CLASSES] = core::array::from_fn(|k| from_class[k] - counts[k]);
        for (i, class) in classes.iter().enumerate() {
            if *class > 0 {
                let at = &mut next[usize::from(*class)];
                positions[*at] = i as u32;
                *at += 1;
            }
        }
        Self { positions, from_class }
    }

    /// As many as that, all of full size, without their positions: to plan with.
    pub(super) fn full_size(points: usize) -> Self {
        Self { positions: Vec::new(), from_class: [points; CLASSES] }
    }

    /// Entries that can have a digit in a window that begins at this bit.
    pub(super) fn of_window(&self, bit: usize) -> &[u32] {
        &self.positions[..self.count(bit)]
    }

    /// Their number.
    pub(super) fn count(&self, bit: usize) -> usize {
        self.from_class[bit.div_ceil(32).min(CLASSES - 1)]
    }
}

impl Drop for Entries {
    fn drop(&mut self) {
        // Which scalars are small is a secret, too.
        self.positions.zeroize();
    }
}

/// Widths of windows to choose from.
const WIDTHS: core::ops::RangeInclusive<usize> = 2..=18;

/// What a point of a window takes in additions, its sorting included.
const POINT: f64 = 1.1;
/// What a bucket takes: two to be weighted, less the one that its first point does not take.
const BUCKET: f64 = 1.2;

/// Signed windows of even widths: digits from −2^(c−1) to 2^(c−1).
#[derive(Clone, Copy, Debug)]
pub(super) struct Windows {
    pub count: usize,
    pub width: usize,
}

impl Windows {
    fn new(width: usize) -> Self {
        // The highest digit must not be negative: one bit more than a magnitude has.
        Self { count: (BITS + 1).div_ceil(width), width }
    }

    /// The best for so many scalars of full size.
    pub(super) fn planned(points: usize) -> Self {
        Self::best(&Entries::full_size(points), *WIDTHS.end())
    }

    /// The windows up to a width that cost least.
    pub(super) fn best(entries: &Entries, widest: usize) -> Self {
        let cost = |windows: &Self| (0..windows.count).map(|w| windows.cost(w, entries)).sum::<f64>();
        let candidates = (*WIDTHS.start()..=widest).map(Self::new);
        candidates.min_by(|a, b| cost(a).total_cmp(&cost(b))).unwrap_or_else(|| Self::new(*WIDTHS.start()))
    }

    /// In additions.
    pub(super) fn cost(&self, window: usize, entries: &Entries) -> f64 {
        match entries.count(self.bits(window).start) {
            0 => 0.0,
            count => count as f64 * POINT + self.buckets() as f64 * BUCKET,
        }
    }

    pub(super) fn bits(&self, window: usize) -> Range<usize> {
        window * self.width..(window + 1) * self.width
    }

    pub(super) fn buckets(&self) -> usize {
        1 << (self.width - 1)
    }

    /// The digit of a scalar in a window, as magnitude and sign: its bits, of which the highest counts negative, and one
    /// for the highest bit of the window below (Booth).
    #[inline(always)]
    pub(super) fn digit(&self, window: usize, scalar: &[u64; 4]) -> (u32, bool) {
        let bit = window * self.width;
        let (word, shift) = (bit / 64, bit % 64);
        let at = |i: usize| match i {
            0..3 => scalar[i],
            3 => scalar[i] & !SIGN,
            _ => 0,
        };
        let above = u128::from(at(word + 1)) << 64 | u128::from(at(word));
        let carry = if bit == 0 { 0 } else { at((bit - 1) / 64) >> ((bit - 1) % 64) & 1 };
        let bits = (above >> shift) as u64 & ((1 << self.width) - 1);
        let whole = (bits + carry) as i64;
        let digit = whole - ((bits >> (self.width - 1)) << self.width) as i64;
        (digit.unsigned_abs() as u32, (digit < 0) != (scalar[3] & SIGN != 0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tests::element;
    use ark_ff::{AdditiveGroup, Field};
    use proptest::prelude::*;

    fn value(windows: &Windows, scalar: &[u64; 4]) -> Fr {
        let mut sum = Fr::ZERO;
        for window in (0..windows.count).rev() {
            let (magnitude, negative) = windows.digit(window, scalar);
            assert!(magnitude as usize <= windows.buckets());
            let digit = Fr::from(magnitude);
            sum = sum * Fr::from(2u64).pow([windows.width as u64]) + if negative { -digit } else { digit };
        }
        sum
    }

    proptest! {
        #[test]
        fn digits_add_up(element in element(), width in WIDTHS) {
            let scalar = magnitude_and_sign(&element);
            prop_assert_eq!(value(&Windows::new(width), &scalar), element);
            let negative = magnitude_and_sign(&-element);
            prop_assert_eq!(value(&Windows::new(width), &negative), -element);
        }
    }

    #[test]
    fn digits_of_the_ends_add_up() {
        let half = Fr::from(2u64).inverse().unwrap();
        for element in [half, -half, half - Fr::ONE, Fr::ZERO, Fr::ONE, -Fr::ONE] {
            for width in WIDTHS {
                assert_eq!(value(&Windows::new(width), &magnitude_and_sign(&element)), element);
            }
        }
    }

    #[test]
    fn windows_see_the_scalars_that_reach_them() {
        let elements: Vec<Fr> =
            (0..254).map(|bit| Fr::from(2u64).pow([bit])).chain([Fr::ZERO, -Fr::ONE]).collect();
        let scalars = Scalars::new(elements.clone());
        let entries = Entries::new(elements.len(), |i| Some(scalars.value(i)));
        for width in [2, 5, 16, 18] {
            let windows = Windows::new(width);
            for window in 0..windows.count {
                let seen = entries.of_window(windows.bits(window).start);
                for i in 0..elements.len() {
                    let (digit, _) = windows.digit(window, scalars.value(i));
                    assert!(digit == 0 || seen.contains(&(i as u32)), "{width}, {window}, {i}");
                }
            }
        }
        assert_eq!(entries.of_window(0).len(), 255);
    }
}
