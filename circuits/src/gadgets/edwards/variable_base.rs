//! `Σ 2^i·bit_i · P` for a point P of order l known only to the prover.
//!
//! The scalar h < 2^254 is processed from the top, one bit a step, `acc ← 2·acc + e·P` with an odd digit e. Were the
//! top bits of h zero, acc would remain at P, where the cheap step divides 0 by 0; so what is computed is
//! (h + 4·l)·P, which is the same point. Let 4·l = Σ c_i·2^i be the non-adjacent form, c_i ∈ {−1, 0, 1}, whose
//! highest term is +2^253. Digits for i = 252..1 are e_i = (2·bit_i − 1) + 2·c_i, so they are ±1, or one of
//! {1, 3} or {−3, −1}; step 253, with digit 2·bit_253 − 1, starts from acc = 2·P. With acc = m_i·P after step i
//!
//! `m_i = 2·⌊h/2^i⌋ + 1 + 2·C_i`, `C_i = Σ_{j ≥ i} c_j·2^(j−i)`, `m_1 = h − bit_0 + 1 + 4·l` (c_1 = c_0 = 0),
//!
//! and the last step subtracts (1 − bit_0)·P.
//!
//! # Soundness
//! Steps 253..5 are `(acc + Q) + acc` in incomplete Montgomery form. P has order exactly l (the caller's duty) and
//! the bits are boolean, so m and e before a step are known integers whatever the prover does, and the step is not
//! exceptional if m ≢ ±e and 2·m + e ≢ 0 (mod l). Now m = 2 before the first step, where |e| = 1; after it
//! m ∈ {3, 5}; the next digit again is ±1 (c_252 = 0), m ≥ 5; and from m ≥ 5 and |e| ≤ 3 on, 2·m + e ≥ m + 2, so m
//! never falls below 5. And a term of the non-adjacent form below 2^i is less than 2/3·2^i, so
//! m_i < 2·(h + 4·l)/2^i + 7/3, which for i ≥ 5 and h < 2^254 < 10.6·l is below 0.92·l. So 0 < m − |e|, m + |e| < l
//! and 0 < 2·m + e < l: no exception, for any P of order l and any bits. (Only equal points, m ≡ e, would leave a
//! slope free; the other exceptions would merely be unsatisfiable.) `steps_are_never_exceptional` in the tests
//! recomputes these bounds step by step. Steps 4..1, where m passes multiples of l, and the last subtraction use
//! the complete law in Edwards form.
//!
//! # Cost in R1CS
//! 1643: 9 for P, 2·P and 3·P; 249 steps of 5, one for the digit's sign or two to choose between P and 3·P (79
//! times); 4 to return; 4 complete steps of 12 or 13; 8 for the parity.

use alloc::vec::Vec;

use ark_ff::{AdditiveGroup, BigInteger, Field, One};
use popw_core::{
    Fr,
    babyjub::{self, SUBORDER},
};

use super::{
    Point, double,
    montgomery::{self, Guesses, Montgomery, Projective},
    negate, select,
};
use crate::{driver::Driver, gadgets::bits::FIELD_BITS};

/// Steps above this bit are incomplete, this one and those below complete.
const COMPLETE_FROM: usize = 4;

/// Default body of [`Driver::mul_point`]: `Σ 2^i·bit_i · point` for at most 254 boolean wires, least significant
/// first. `point` must be known to be in the subgroup of order l and not the identity.
///
/// Fewer than 254 bits cost as much as 254.
///
/// # Panics
/// If there are more than 254 bits.
pub fn default_mul_point<D: Driver>(d: &mut D, scalar: &[D::Wire], point: &Point<D>) -> Point<D> {
    assert!(scalar.len() <= FIELD_BITS, "at most {FIELD_BITS} bits, not {}", scalar.len());
    let mut bits = scalar.to_vec();
    bits.resize(FIELD_BITS, d.constant(Fr::ZERO));
    let mut constants = multiple_of_order();
    // The form's highest term is the start at 2·P.
    constants[FIELD_BITS - 1] = 0;

    let once = montgomery::from_edwards(d, point);
    let twice = montgomery::double(d, &once);
    let thrice = montgomery::add(d, &twice, &once, &mut Guesses::none());
    let mut guesses = guess_chords(d, &bits, &constants, point);
    let mut sum = twice;
    for i in (COMPLETE_FROM + 1..FIELD_BITS).rev() {
        let digit = digit_montgomery(d, &bits[i], constants[i], &once, &thrice);
        sum = montgomery::double_and_add(d, &sum, &digit, &mut guesses);
    }

    let mut sum = montgomery::to_edwards(d, &sum);
    let thrice = montgomery::to_edwards(d, &thrice);
    for i in (1..=COMPLETE_FROM).rev() {
        let digit = digit_edwards(d, &bits[i], constants[i], point, &thrice);
        let doubled = double(d, &sum);
        sum = d.edwards_add(&doubled, &digit);
    }
    let even = d.not(&bits[0]);
    let x = d.mul(&even, &point.x);
    let minus_one = d.linear(&[(Fr::ONE, &point.y)], -Fr::ONE);
    let y = d.mul(&even, &minus_one);
    let y = d.linear(&[(Fr::ONE, &y)], Fr::ONE);
    let excess = negate(d, &Point { x, y });
    d.edwards_add(&sum, &excess)
}

/// Sums and digits of the incomplete steps, from the values of the bits and the point.
fn guess_chords<D: Driver>(d: &D, bits: &[D::Wire], constants: &[i8], point: &Point<D>) -> Guesses {
    let bits = bits.iter().map(|bit| d.value(bit)).collect::<Option<Vec<_>>>();
    let (Some(bits), Some(x), Some(y)) = (bits, d.value(&point.x), d.value(&point.y)) else {
        return Guesses::none();
    };
    let once = Projective::from(babyjub::Point::new_unchecked(x, y));
    let twice = once.double();
    let thrice = twice + once;
    let (mut points, mut pairs) = (alloc::vec![once, thrice], Vec::new());
    let mut sum = twice;
    for i in (COMPLETE_FROM + 1..FIELD_BITS).rev() {
        let digit = 2 * i8::from(bits[i].is_one()) - 1 + 2 * constants[i];
        let multiple = usize::from(digit.abs() == 3);
        let summand = if digit < 0 { -points[multiple] } else { points[multiple] };
        let middle = sum + summand;
        let at = points.len();
        points.extend([sum, middle]);
        pairs.extend([(multiple, at), (at, at + 1)]);
        sum += middle;
    }
    Guesses::new(&points, pairs.into_iter())
}

/// `(2·bit − 1 + 2·constant)·P` from P and 3·P. Cost: 1, or 2 if the constant is not 0.
fn digit_montgomery<D: Driver>(
    d: &mut D,
    bit: &D::Wire,
    constant: i8,
    once: &Montgomery<D>,
    thrice: &Montgomery<D>,
) -> Montgomery<D> {
    match constant {
        0 => {
            let sign = d.linear(&[(Fr::from(2u64), bit)], -Fr::ONE);
            Montgomery { u: once.u.clone(), v: d.mul(&sign, &once.v) }
        }
        1 => Montgomery { u: d.select(bit, &thrice.u, &once.u), v: d.select(bit, &thrice.v, &once.v) },
        _ => {
            let v = d.select(bit, &once.v, &thrice.v);
            let v = d.linear(&[(-Fr::ONE, &v)], Fr::ZERO);
            Montgomery { u: d.select(bit, &once.u, &thrice.u), v }
        }
    }
}

/// The same in Edwards form.
fn digit_edwards<D: Driver>(
    d: &mut D,
    bit: &D::Wire,
    constant: i8,
    once: &Point<D>,
    thrice: &Point<D>,
) -> Point<D> {
    match constant {
        0 => {
            let sign = d.linear(&[(Fr::from(2u64), bit)], -Fr::ONE);
            Point { x: d.mul(&sign, &once.x), y: once.y.clone() }
        }
        1 => select(d, bit, thrice, once),
        _ => {
            let chosen = select(d, bit, once, thrice);
            negate(d, &chosen)
        }
    }
}

/// The non-adjacent form of 4·l, lowest first, 254 digits.
fn multiple_of_order() -> Vec<i8> {
    let mut rest = SUBORDER;
    rest.mul2();
    rest.mul2();
    let mut digits = Vec::with_capacity(FIELD_BITS);
    while !rest.is_zero() {
        let digit = match rest.0[0] % 4 {
            1 => 1,
            3 => -1,
            _ => 0,
        };
        if digit == 1 {
            rest.sub_with_borrow(&1u64.into());
        } else if digit == -1 {
            rest.add_with_carry(&1u64.into());
        }
        digits.push(digit);
        rest.div2();
    }
    digits
}

#[cfg(test)]
mod tests {
    use super::*;
    use ark_ff::BigInt;

    /// `2·m + e` with wide integers; m positive.
    fn step(m: BigInt<4>, e: i64) -> BigInt<4> {
        let mut out = m;
        assert!(!out.mul2());
        let magnitude = BigInt::from(e.unsigned_abs());
        assert!(!if e < 0 { out.sub_with_borrow(&magnitude) } else { out.add_with_carry(&magnitude) });
        out
    }

    #[test]
    fn steps_are_never_exceptional() {
        let constants = multiple_of_order();
        assert_eq!(
            (constants.len(), constants[253], constants[252], constants[1], constants[0]),
            (254, 1, 0, 0, 0)
        );
        let (mut least, mut most) = (BigInt::<4>::from(2u64), BigInt::<4>::from(2u64));
        for i in (COMPLETE_FROM + 1..FIELD_BITS).rev() {
            let constant = if i == 253 { 0 } else { 2 * i64::from(constants[i]) };
            let (low, high) = (constant - 1, constant + 1);
            let magnitude = BigInt::from(low.unsigned_abs().max(high.unsigned_abs()));
            assert!(least > magnitude, "step {i}: m ≠ ±e");
            (least, most) = (step(least, low), step(most, high));
            let mut bound = most;
            assert!(!bound.add_with_carry(&magnitude));
            assert!(least > BigInt::from(0u64) && bound < SUBORDER, "step {i}: 0 < 2m + e, m + |e| < l");
        }
    }

    #[test]
    fn the_form_is_four_times_the_order() {
        let (mut plus, mut minus) = (BigInt::<4>::default(), BigInt::<4>::default());
        for digit in multiple_of_order().into_iter().rev() {
            assert!(!plus.mul2() && !minus.mul2());
            match digit {
                1 => assert!(!plus.add_with_carry(&1u64.into())),
                -1 => assert!(!minus.add_with_carry(&1u64.into())),
                _ => {}
            }
        }
        assert!(!plus.sub_with_borrow(&minus));
        let mut order = SUBORDER;
        assert!(!order.mul2() && !order.mul2());
        assert_eq!(plus, order);
    }
}
