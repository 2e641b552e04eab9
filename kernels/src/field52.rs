//! Prime fields of 254 bits on [`Lanes`]: five limbs of 52 bits, Montgomery form with R = 2^260.
//!
//! Two kinds of value, both one field element a lane:
//!
//! - [`Element`]: limbs below 2^52, any value below 2^260 = 84 r. Sums are not reduced; each function says what it
//!   takes and gives, in multiples of the modulus r.
//! - [`Columns`]: what products are added up in, ten columns of weight 2^{52 i} that may be above 2^52 and even
//!   negative. One reduction serves any number of products.
//!
//! Each reduction step must add a multiple of r that clears the lowest column. For all but the last step the
//! multiple is one of `k r` where `k r ≡ −1 (mod 2^52)`: the column itself is then the factor, which saves the
//! usual multiplication by `−r⁻¹` and its latency, and `(k r + 1) / 2^52 < r` is what gets added above.

mod columns;

use core::marker::PhantomData;

use ark_ff::{Fp, MontBackend, MontConfig};

pub use columns::Columns;

use crate::lanes::{LANES, LIMB_BITS, Lanes};

/// Limbs of an element.
pub const LIMBS: usize = 5;

/// Limbs of one number.
pub type Limbs = [u64; LIMBS];

const LOW: u64 = (1 << LIMB_BITS) - 1;

/// Constants of a field for this arithmetic.
pub trait Field52: MontConfig<4> {
    /// The modulus r.
    const LIMBS: Limbs = split(Self::MODULUS.0);
    /// `−r⁻¹ mod 2^52`.
    const NEGATIVE_INVERSE: u64 = Self::INV & LOW;
    /// `(NEGATIVE_INVERSE · r + 1) / 2^52`.
    const SHIFTED: Limbs = shifted(Self::LIMBS, Self::NEGATIVE_INVERSE);
    /// `⌊2^52 / (top limb of r, plus 1)⌋`.
    const TOP_RECIPROCAL: u64 = (1 << LIMB_BITS) / (Self::LIMBS[LIMBS - 1] + 1);
}

impl<P: MontConfig<4>> Field52 for P {}

/// Four words of 64 bits as five of 52.
#[inline(always)]
pub const fn split(words: [u64; 4]) -> Limbs {
    let [a, b, c, d] = words;
    [a & LOW, (a >> 52 | b << 12) & LOW, (b >> 40 | c << 24) & LOW, (c >> 28 | d << 36) & LOW, d >> 16]
}

/// Inverse of [`split`] for numbers below 2^256.
#[inline(always)]
pub const fn join(limbs: Limbs) -> [u64; 4] {
    let [a, b, c, d, e] = limbs;
    [a | b << 52, b >> 12 | c << 40, c >> 24 | d << 28, d >> 36 | e << 16]
}

const fn shifted(modulus: Limbs, factor: u64) -> Limbs {
    let mut limbs = [0; LIMBS];
    let mut carry = 1;
    let mut i = 0;
    while i < LIMBS {
        let value = factor as u128 * modulus[i] as u128 + carry;
        carry = value >> LIMB_BITS;
        if i == 0 {
            assert!(value as u64 & LOW == 0, "the factor is −1/r");
        } else {
            limbs[i - 1] = value as u64 & LOW;
        }
        i += 1;
    }
    limbs[LIMBS - 1] = carry as u64;
    limbs
}

/// Limbs of eight elements in memory.
#[derive(Clone, Copy, Debug, Default)]
#[repr(C, align(64))]
pub struct Saved([[u64; LANES]; LIMBS]);

impl zeroize::DefaultIsZeroes for Saved {}

impl Saved {
    /// Zeros.
    pub const ZERO: Self = Self([[0; LANES]; LIMBS]);
}

/// A sum before its carries; limbs may be negative.
#[derive(Clone, Copy, Debug)]
pub struct Terms<L>([L; LIMBS]);

impl<L: Lanes> Terms<L> {
    /// `self + other`.
    #[inline(always)]
    pub fn plus(mut self, other: Self) -> Self {
        for (limb, other) in self.0.iter_mut().zip(other.0) {
            *limb = limb.add(other);
        }
        self
    }

    /// `self − other`.
    #[inline(always)]
    pub fn minus(mut self, other: Self) -> Self {
        for (limb, other) in self.0.iter_mut().zip(other.0) {
            *limb = limb.sub(other);
        }
        self
    }

    /// `self · 2^BITS`.
    #[inline(always)]
    pub fn shift_left<const BITS: u32>(mut self) -> Self {
        for limb in &mut self.0 {
            *limb = limb.shift_left::<BITS>();
        }
        self
    }
}

/// A field element a lane.
#[derive(Debug)]
pub struct Element<P, L>([L; LIMBS], PhantomData<P>);

impl<P, L: Copy> Clone for Element<P, L> {
    #[inline(always)]
    fn clone(&self) -> Self {
        *self
    }
}

impl<P, L: Copy> Copy for Element<P, L> {}

impl<P: Field52, L: Lanes> Element<P, L> {
    /// The same number in every lane; limbs below 2^52.
    #[inline(always)]
    pub fn splat(machine: L::Machine, limbs: &Limbs) -> Self {
        Self(splat(machine, limbs), PhantomData)
    }

    /// `N · r`, which is zero.
    #[inline(always)]
    pub fn multiple<const N: u64>(machine: L::Machine) -> Self {
        Self::splat(machine, &const { times(P::LIMBS, N) })
    }

    /// What made this element possible.
    #[inline(always)]
    pub fn machine(&self) -> L::Machine {
        self.0[0].machine()
    }

    /// One element a lane. Words in memory are a number times 2^256, which in this arithmetic is the number
    /// divided by 16: callers account for it, or multiply.
    #[inline(always)]
    pub fn load_divided_by_16(machine: L::Machine, elements: &[&Fp<MontBackend<P, 4>, 4>; LANES]) -> Self {
        let mut limbs = [[0; LANES]; LIMBS];
        for (lane, element) in elements.iter().enumerate() {
            for (line, limb) in limbs.iter_mut().zip(split(element.0.0)) {
                line[lane] = limb;
            }
        }
        Self::restore(machine, &Saved(limbs))
    }

    /// Inverse of [`Element::load_divided_by_16`]. Takes less than 4 r.
    #[inline(always)]
    pub fn store_times_16(self) -> [Fp<MontBackend<P, 4>, 4>; LANES] {
        let Saved(limbs) = self.canonical().save();
        let mut elements = [Fp::new_unchecked(ark_ff::BigInt([0; 4])); LANES];
        for (lane, element) in elements.iter_mut().enumerate() {
            let [a, b, c, d, e] = &limbs;
            element.0.0 = join([a[lane], b[lane], c[lane], d[lane], e[lane]]);
        }
        elements
    }

    /// One element a lane; limbs below 2^52.
    #[inline(always)]
    pub fn of_lanes(machine: L::Machine, elements: &[Limbs; LANES]) -> Self {
        let mut limbs = [[0; LANES]; LIMBS];
        for (lane, element) in elements.iter().enumerate() {
            for (line, limb) in limbs.iter_mut().zip(element) {
                line[lane] = *limb;
            }
        }
        Self::restore(machine, &Saved(limbs))
    }

    /// One element a lane from four vectors of words: numbers below 2^256, less than 5.3 r of a modulus of 254 bits.
    #[inline(always)]
    pub fn from_words([a, b, c, d]: [L; 4]) -> Self {
        let low = L::splat(a.machine(), LOW);
        Self(
            [
                a.and(low),
                a.shift_right_logical::<52>().or(b.shift_left::<12>()).and(low),
                b.shift_right_logical::<40>().or(c.shift_left::<24>()).and(low),
                c.shift_right_logical::<28>().or(d.shift_left::<36>()).and(low),
                d.shift_right_logical::<16>(),
            ],
            PhantomData,
        )
    }

    /// Inverse of [`Element::from_words`]. Takes numbers below 2^256.
    #[inline(always)]
    pub fn to_words(self) -> [L; 4] {
        let [a, b, c, d, e] = self.0;
        [
            a.or(b.shift_left::<52>()),
            b.shift_right_logical::<12>().or(c.shift_left::<40>()),
            c.shift_right_logical::<24>().or(d.shift_left::<28>()),
            d.shift_right_logical::<36>().or(e.shift_left::<16>()),
        ]
    }

    /// The limbs, to be kept in memory.
    #[inline(always)]
    pub fn save(self) -> Saved {
        let mut limbs = [[0; LANES]; LIMBS];
        for (saved, limb) in limbs.iter_mut().zip(self.0) {
            *saved = limb.store();
        }
        Saved(limbs)
    }

    /// Inverse of [`Element::save`].
    #[inline(always)]
    pub fn restore(machine: L::Machine, saved: &Saved) -> Self {
        let mut limbs = [L::splat(machine, 0); LIMBS];
        for (limb, saved) in limbs.iter_mut().zip(&saved.0) {
            *limb = L::load(machine, saved);
        }
        Self(limbs, PhantomData)
    }

    /// The same number, or its negative where the lane of `signs` is all ones: a sum term with limbs of either sign.
    #[inline(always)]
    pub fn signed(&self, signs: L) -> Terms<L> {
        let mut limbs = self.0;
        for limb in &mut limbs {
            *limb = limb.xor(signs).sub(signs);
        }
        Terms(limbs)
    }

    /// The limbs as a sum of one.
    #[inline(always)]
    pub fn terms(&self) -> Terms<L> {
        Terms(self.0)
    }

    /// A sum of terms, plus `BIAS · r`, which must make it positive.
    #[inline(always)]
    pub fn sum<const BIAS: u64>(terms: Terms<L>) -> Self {
        let bias = splat(terms.0[0].machine(), &const { times(P::LIMBS, BIAS) });
        let mut limbs = terms.0;
        for (limb, bias) in limbs.iter_mut().zip(bias) {
            *limb = limb.add(bias);
        }
        Self::from_columns(limbs)
    }

    /// Takes less than 84 r, gives the same modulo r, less than 2.1 r.
    #[inline(always)]
    pub fn compact(self) -> Self {
        let machine = self.machine();
        let zero = L::splat(machine, 0);
        // The quotient by r from the top limbs: right or too small by one.
        let quotient = zero.madd_high(self.0[LIMBS - 1], L::splat(machine, const { P::TOP_RECIPROCAL }));
        // Adding multiples of 2^260 − r subtracts r; what goes beyond 2^260 is dropped.
        let complement = splat(machine, &const { complement(P::LIMBS) });
        let mut limbs = self.0;
        for i in 0..LIMBS {
            limbs[i] = limbs[i].madd_low(quotient, complement[i]);
            if i + 1 < LIMBS {
                limbs[i + 1] = limbs[i + 1].madd_high(quotient, complement[i]);
            }
        }
        let mut reduced = Self::from_columns(limbs);
        reduced.0[LIMBS - 1] = reduced.0[LIMBS - 1].and(L::splat(machine, LOW));
        reduced
    }

    /// `self + other`: bounds add, up to 84 r.
    #[inline(always)]
    pub fn add(&self, other: &Self) -> Self {
        let mut limbs = self.0;
        for (limb, other) in limbs.iter_mut().zip(other.0) {
            *limb = limb.add(other);
        }
        Self::from_columns(limbs)
    }

    /// `self − other + 8 r`. Takes `other` of at most 8 r.
    #[inline(always)]
    pub fn sub(&self, other: &Self) -> Self {
        let bias = splat(self.0[0].machine(), &const { times(P::LIMBS, 8) });
        let mut limbs = self.0;
        for (limb, (other, bias)) in limbs.iter_mut().zip(other.0.into_iter().zip(bias)) {
            *limb = limb.add(bias).sub(other);
        }
        Self::from_columns(limbs)
    }

    /// Takes a r and b r, gives less than (2 + a b / 84) r.
    #[inline(always)]
    pub fn mul(&self, other: &Self) -> Self {
        let mut columns = Columns::zero(self.0[0].machine());
        columns.add_product(self, other);
        columns.reduce()
    }

    /// As [`Element::mul`] by itself, at 80 % of its cost.
    #[inline(always)]
    pub fn square(&self) -> Self {
        let a = &self.0;
        let mut columns = Columns::<P, L>::zero(a[0].machine());
        let mut high = columns;
        for i in 0..LIMBS {
            for j in i + 1..LIMBS {
                columns.0[i + j] = columns.0[i + j].madd_low(a[i], a[j]);
                high.0[i + j + 1] = high.0[i + j + 1].madd_high(a[i], a[j]);
            }
        }
        columns.add(&high);
        // Column 0 is still empty.
        for column in &mut columns.0[1..] {
            *column = column.add(*column);
        }
        for (i, limb) in a.iter().enumerate() {
            columns.madd(2 * i, *limb, *limb);
        }
        columns.reduce()
    }

    /// The representative below r. Takes less than 4 r.
    #[inline(always)]
    pub fn canonical(self) -> Self {
        self.subtract_if_not_less::<2>().subtract_if_not_less::<1>()
    }

    /// The same number if below `MULTIPLE` · r, else what is left without it.
    #[inline(always)]
    fn subtract_if_not_less<const MULTIPLE: u64>(self) -> Self {
        let modulus = splat(self.0[0].machine(), &const { times(P::LIMBS, MULTIPLE) });
        let mut limbs = self.0;
        for (limb, modulus) in limbs.iter_mut().zip(modulus) {
            *limb = limb.sub(modulus);
        }
        let mut limbs = Self::from_columns(limbs).0;
        let negative = limbs[LIMBS - 1].shift_right::<63>();
        for (limb, modulus) in limbs.iter_mut().zip(modulus) {
            *limb = limb.add(modulus.and(negative));
        }
        Self::from_columns(limbs)
    }

    /// Carries. The top limb keeps what is left, and with it the sign.
    #[inline(always)]
    fn from_columns(mut limbs: [L; LIMBS]) -> Self {
        let low = L::splat(limbs[0].machine(), LOW);
        for i in 1..LIMBS {
            limbs[i] = limbs[i].add(limbs[i - 1].shift_right::<LIMB_BITS>());
            limbs[i - 1] = limbs[i - 1].and(low);
        }
        Self(limbs, PhantomData)
    }
}

/// 1 in Montgomery form, 2^260 modulo r.
pub const fn one<P: MontConfig<4>>() -> Limbs {
    montgomery::<P>(P::R.0)
}

/// An element whose words are in Montgomery form with R = 2^256, in that with R = 2^260.
pub const fn montgomery<P: MontConfig<4>>(words: [u64; 4]) -> Limbs {
    split(times_16::<P>(words))
}

const fn times_16<P: MontConfig<4>>(mut words: [u64; 4]) -> [u64; 4] {
    let mut doublings = 0;
    while doublings < 4 {
        words = double_modulo(words, P::MODULUS.0);
        doublings += 1;
    }
    words
}

/// `2 · number mod modulus`, of a modulus below 2^255.
const fn double_modulo([a, b, c, d]: [u64; 4], modulus: [u64; 4]) -> [u64; 4] {
    let double = [a << 1, b << 1 | a >> 63, c << 1 | b >> 63, d << 1 | c >> 63];
    let mut rest = [0; 4];
    let mut borrow = false;
    let mut i = 0;
    while i < 4 {
        let (value, first) = double[i].overflowing_sub(modulus[i]);
        let (value, second) = value.overflowing_sub(borrow as u64);
        rest[i] = value;
        borrow = first || second;
        i += 1;
    }
    if borrow { double } else { rest }
}

/// `2^260 − number`, of a number that is not zero.
const fn complement(number: Limbs) -> Limbs {
    let mut limbs = [0; LIMBS];
    let mut carry = 1;
    let mut i = 0;
    while i < LIMBS {
        let value = (LOW ^ number[i]) + carry;
        limbs[i] = value & LOW;
        carry = value >> LIMB_BITS;
        i += 1;
    }
    limbs
}

/// `self · factor` of constants.
const fn times(number: Limbs, factor: u64) -> Limbs {
    let mut limbs = [0; LIMBS];
    let mut carry = 0;
    let mut i = 0;
    while i < LIMBS {
        let value = number[i] * factor + carry;
        limbs[i] = value & LOW;
        carry = value >> LIMB_BITS;
        i += 1;
    }
    assert!(carry == 0, "more than five limbs");
    limbs
}

#[inline(always)]
fn splat<L: Lanes>(machine: L::Machine, limbs: &Limbs) -> [L; LIMBS] {
    let mut lanes = [L::splat(machine, 0); LIMBS];
    for (lane, limb) in lanes.iter_mut().zip(limbs) {
        *lane = L::splat(machine, *limb);
    }
    lanes
}
