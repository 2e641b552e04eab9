//! The coordinate field of BN254 on words of 64 bits: four of them, Montgomery form with R = 2^256, as they lie in the
//! memory of arkworks' elements.
//!
//! [`Number`]s are not reduced all the way. Unless a function says otherwise it takes numbers up to 2 p and gives less
//! than 2 p; bounds in comments are multiples of the modulus p, and 2^256 is 5.29 p.
//!
//! A [`Multiplier`] is how the machine multiplies: [`Portable`], or [`Adx`] with two carry chains at a time.
//!
//! Montgomery's reduction adds a multiple of p that clears the lowest word. For all but the last two steps it may be one
//! of `k p` where `k p ≡ −1 (mod 2^64)`: the word itself is then the factor, which saves a multiplication and its latency,
//! and `(k p + 1) / 2^64` is what is added above, as in [`crate::field52`]. The last two steps make the sum small again.

#[cfg(target_arch = "x86_64")]
mod adx;
mod coordinate;
mod inverse;
#[cfg(test)]
mod tests;

use ark_bn254::FqConfig;
use ark_ff::MontConfig;

#[cfg(target_arch = "x86_64")]
pub use adx::Adx;
pub use coordinate::Coordinate;
pub use inverse::{inverse, invert_all};

use crate::scalar::{adc, mac, sbb};

/// Words, least first.
pub type Number = [u64; 4];

const MODULUS: Number = FqConfig::MODULUS.0;
/// `−p⁻¹ mod 2^64`.
const NEGATIVE_INVERSE: u64 = FqConfig::INV;
const TWICE: Number = {
    let [a, b, c, d] = MODULUS;
    [a << 1, b << 1 | a >> 63, c << 1 | b >> 63, d << 1 | c >> 63]
};
/// `(NEGATIVE_INVERSE · p + 1) / 2^64`.
const SHIFTED: Number = {
    let mut words = [0; 5];
    let mut carry = 1;
    let mut i = 0;
    while i < 4 {
        let value = NEGATIVE_INVERSE as u128 * MODULUS[i] as u128 + carry;
        (words[i], carry) = (value as u64, value >> 64);
        i += 1;
    }
    assert!(words[0] == 0, "the factor is −1/p");
    [words[1], words[2], words[3], carry as u64]
};

/// 0.
pub const ZERO: Number = [0; 4];
/// 1 in Montgomery form.
pub const ONE: Number = FqConfig::R.0;

/// How products are made.
pub trait Multiplier: Copy {
    /// `a · b`. Takes a up to 3 and any b, gives less than 1 + a b / 5.29: less than 1.76 for factors up to 2.
    fn mul(self, a: &Number, b: &Number) -> Number;

    /// `a · b + c · d`. Takes a and c that add up to at most 4 and any b and d, gives less than
    /// 1 + (a b + c d) / 5.29: less than 2.52 for factors up to 2.
    fn sum_of_products(self, products: [(&Number, &Number); 2]) -> Number;
}

/// Works everywhere.
#[derive(Clone, Copy, Debug)]
pub struct Portable;

impl Multiplier for Portable {
    /// Rows of products and steps of the reduction in turns: after a row the sum is below 2^64 (a + 2) and after two
    /// steps of each kind below a + 1, so that five words hold it.
    #[inline(always)]
    fn mul(self, a: &Number, b: &Number) -> Number {
        let mut sum = [0; 5];
        for (row, word) in b.iter().enumerate() {
            add_row(&mut sum, a, *word);
            if row < 2 { shift_by_sum(&mut sum) } else { shift_by_multiple(&mut sum) }
        }
        low(sum)
    }

    /// Without the shorter steps: before its reduction a row's sum is below 2^64 (a + c + 1).
    #[inline(always)]
    fn sum_of_products(self, [(a, b), (c, d)]: [(&Number, &Number); 2]) -> Number {
        let mut sum = [0; 5];
        for (b, d) in b.iter().zip(d) {
            add_row(&mut sum, a, *b);
            add_row(&mut sum, c, *d);
            shift_by_multiple(&mut sum);
        }
        low(sum)
    }
}

/// `sum + a · word`.
#[inline(always)]
fn add_row(sum: &mut [u64; 5], a: &Number, word: u64) {
    let mut carry = 0;
    for (sum, a) in sum.iter_mut().zip(a) {
        *sum = mac(*sum, *a, word, &mut carry);
    }
    sum[4] = sum[4].wrapping_add(carry);
}

/// The sum over 2^64, less than 2^64 p more than its upper words.
#[inline(always)]
fn shift_by_sum(sum: &mut [u64; 5]) {
    let factor = sum[0];
    let mut carry = 0;
    for i in 0..4 {
        sum[i] = mac(sum[i + 1], factor, SHIFTED[i], &mut carry);
    }
    sum[4] = carry;
}

/// The sum over 2^64, less than p more than its upper words.
#[inline(always)]
fn shift_by_multiple(sum: &mut [u64; 5]) {
    let factor = sum[0].wrapping_mul(NEGATIVE_INVERSE);
    let mut carry = 0;
    mac(sum[0], factor, MODULUS[0], &mut carry);
    for i in 1..4 {
        sum[i - 1] = mac(sum[i], factor, MODULUS[i], &mut carry);
    }
    sum[3] = sum[4].wrapping_add(carry);
    sum[4] = 0;
}

#[inline(always)]
fn low([a, b, c, d, _]: [u64; 5]) -> Number {
    [a, b, c, d]
}

/// `a + b`.
#[inline(always)]
pub fn add(a: &Number, b: &Number) -> Number {
    halve_bound(&plus(a, b))
}

/// `a − b`.
#[inline(always)]
pub fn sub(a: &Number, b: &Number) -> Number {
    let (difference, borrow) = minus(a, b);
    plus(&difference, &MULTIPLES[usize::from(borrow != 0)])
}

/// `−a` where the sign is 1, else a.
#[inline(always)]
pub fn signed(a: &Number, sign: u32) -> Number {
    // 2 p − a is ¬a + 2 p + 1, and 2 p is even.
    static ADDED: [Number; 2] = [ZERO, [TWICE[0] | 1, TWICE[1], TWICE[2], TWICE[3]]];
    let mask = 0u64.wrapping_sub(u64::from(sign));
    plus(&a.map(|word| word ^ mask), &ADDED[usize::from(sign != 0)])
}

/// `−a`.
#[inline(always)]
fn negative(a: &Number) -> Number {
    minus(twice(), a).0
}

/// Less than 2 of less than 4.
#[inline(always)]
fn halve_bound(a: &Number) -> Number {
    sub(a, twice())
}

/// 0 and 2 p. Read from memory: a choice that the compiler made a branch of would be guessed wrong half of the time.
static MULTIPLES: [Number; 2] = [ZERO, TWICE];

/// 2 p, such that the compiler does not know it: it has no good chains of carries with constants.
#[inline(always)]
fn twice() -> &'static Number {
    #[cfg_attr(not(target_arch = "x86_64"), allow(unused_mut, reason = "nothing is done to it there"))]
    let mut one = 1usize;
    #[cfg(target_arch = "x86_64")]
    // SAFETY: there is no instruction.
    unsafe {
        core::arch::asm!("/* {0} */", inout(reg) one, options(pure, nomem, nostack, preserves_flags));
    }
    &MULTIPLES[one & 1]
}

/// `a + b` modulo 2^256.
#[inline(always)]
fn plus(a: &Number, b: &Number) -> Number {
    let (mut sum, mut carry) = (ZERO, 0);
    for (sum, (a, b)) in sum.iter_mut().zip(a.iter().zip(b)) {
        *sum = adc(*a, *b, &mut carry);
    }
    sum
}

/// `a − b` modulo 2^256, and whether that is not `a − b`.
#[inline(always)]
fn minus(a: &Number, b: &Number) -> (Number, u64) {
    let (mut difference, mut borrow) = (ZERO, 0);
    for (difference, (a, b)) in difference.iter_mut().zip(a.iter().zip(b)) {
        *difference = sbb(*a, *b, &mut borrow);
    }
    (difference, borrow)
}
