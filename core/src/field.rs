//! Field elements and their outer forms: decimal text, 32 big-endian bytes, low bits.
//!
//! Every value has one accepted form only: text or bytes that denote r or more are refused, never reduced.

use alloc::{format, string::String};

use ark_ff::{BigInt, BigInteger, PrimeField};
use thiserror::Error;

use crate::Fr;

#[cfg(feature = "schema")]
pub mod schema;
mod serial;

pub use serial::{decimal, decimal8, decimals, hex_bytes, hex_bytes_option, hex32, hex32_option, hex32s};

/// Why text or bytes are not a field element (or not bytes in hex).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum FieldError {
    /// Nothing between the quotes.
    #[error("empty text is not a number")]
    Empty,
    /// Something other than the digits 0–9, such as a sign, a space or `0x`.
    #[error("a number is written with decimal digits only")]
    NotDecimal,
    /// A zero before the first digit, which would give one number several spellings.
    #[error("a number has no leading zero")]
    LeadingZero,
    /// The order of the field or more.
    #[error("the number is not below the order of the field")]
    TooLarge,
    /// Not the expected count of lower-case hex digits.
    #[error("expected lower-case hex digits without 0x, an even number of them and of the right length")]
    NotHex,
}

/// The element `text` denotes in base ten.
///
/// # Errors
/// For anything but the shortest decimal form of a number below r.
pub fn from_decimal(text: &str) -> Result<Fr, FieldError> {
    Fr::from_bigint(integer_from_decimal(text)?).ok_or(FieldError::TooLarge)
}

/// The shortest decimal form, without sign or leading zeros.
pub fn to_decimal(value: &Fr) -> String {
    // Nineteen digits at a time, the most a limb holds. (Displaying the integer would bring a library of big integers along,
    // which builds for browsers feel.)
    const PIECE: u128 = 10_000_000_000_000_000_000;
    let BigInt(mut limbs) = value.into_bigint();
    let mut text = String::new();
    loop {
        let mut piece = 0;
        for limb in limbs.iter_mut().rev() {
            let wide = piece << 64 | u128::from(*limb);
            // The quotient is below 2^64, because the remainder before it was below the divisor.
            *limb = (wide / PIECE) as u64;
            piece = wide % PIECE;
        }
        if limbs == [0; 4] {
            return format!("{piece}{text}");
        }
        text = format!("{piece:019}{text}");
    }
}

/// The 32 big-endian bytes of a number below 2^256, in base ten: of a field element, perhaps, or of none.
///
/// # Errors
/// For anything but the shortest decimal form of such a number.
pub fn word_from_decimal(text: &str) -> Result<[u8; 32], FieldError> {
    integer_from_decimal(text).map(|integer| integer_to_be_bytes(&integer))
}

/// The element with these 32 big-endian bytes.
///
/// # Errors
/// [`FieldError::TooLarge`] for r or more.
pub fn from_be_bytes(bytes: &[u8; 32]) -> Result<Fr, FieldError> {
    Fr::from_bigint(integer_from_be_bytes(bytes)).ok_or(FieldError::TooLarge)
}

/// The canonical representative (below r) as 32 big-endian bytes.
pub fn to_be_bytes(value: &Fr) -> [u8; 32] {
    integer_to_be_bytes(&value.into_bigint())
}

/// The first 31 bytes as a big-endian integer (all of them if there are fewer): how byte strings, such as
/// digests and beacons, enter the field. 248 bits always fit.
pub fn bytes31(bytes: &[u8]) -> Fr {
    bytes.iter().take(31).fold(Fr::from(0u64), |value, byte| value * Fr::from(256u64) + Fr::from(*byte))
}

/// The low 128 bits of the canonical representative.
pub fn low128(value: &Fr) -> u128 {
    let BigInt([low, high, ..]) = value.into_bigint();
    u128::from(low) | u128::from(high) << 64
}

/// The element equal to `value`; 128 bits always fit.
pub fn from_u128(value: u128) -> Fr {
    Fr::from(value)
}

/// The element with these 64-bit words, least significant first, reduced if they denote r or more.
pub(crate) fn from_words(words: [u64; 4]) -> Fr {
    let two_to_64 = from_u128(1 << 64);
    words.iter().rev().fold(Fr::from(0u64), |value, word| value * two_to_64 + Fr::from(*word))
}

/// The integer below 2^256 that `text` denotes.
pub(crate) fn integer_from_decimal(text: &str) -> Result<BigInt<4>, FieldError> {
    match text.as_bytes() {
        [] => return Err(FieldError::Empty),
        [b'0', _, ..] => return Err(FieldError::LeadingZero),
        _ => {}
    }
    let mut limbs = [0u64; 4];
    for byte in text.bytes() {
        if !byte.is_ascii_digit() {
            return Err(FieldError::NotDecimal);
        }
        let mut carry = u128::from(byte - b'0');
        for limb in &mut limbs {
            let wide = u128::from(*limb) * 10 + carry;
            *limb = (wide & u128::from(u64::MAX)) as u64;
            carry = wide >> 64;
        }
        if carry != 0 {
            return Err(FieldError::TooLarge);
        }
    }
    Ok(BigInt(limbs))
}

pub(crate) fn integer_from_be_bytes(bytes: &[u8; 32]) -> BigInt<4> {
    let mut limbs = [0u64; 4];
    for (limb, chunk) in limbs.iter_mut().rev().zip(bytes.chunks_exact(8)) {
        *limb = chunk.iter().fold(0, |value, byte| value << 8 | u64::from(*byte));
    }
    BigInt(limbs)
}

pub(crate) fn integer_to_be_bytes(integer: &BigInt<4>) -> [u8; 32] {
    let mut bytes = [0u8; 32];
    for (chunk, limb) in bytes.chunks_exact_mut(8).zip(integer.as_ref().iter().rev()) {
        chunk.copy_from_slice(&limb.to_be_bytes());
    }
    bytes
}

/// Bits of the canonical representative, least significant first.
pub fn bits(value: &Fr) -> impl Iterator<Item = bool> {
    let integer = value.into_bigint();
    (0..256).map(move |i| integer.get_bit(i))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const R: &str = "21888242871839275222246405745257275088548364400416034343698204186575808495617";

    #[test]
    fn refuses_every_other_spelling() {
        assert_eq!(from_decimal(""), Err(FieldError::Empty));
        assert_eq!(from_decimal("00"), Err(FieldError::LeadingZero));
        assert_eq!(from_decimal("01"), Err(FieldError::LeadingZero));
        assert_eq!(from_decimal("+1"), Err(FieldError::NotDecimal));
        assert_eq!(from_decimal("0x1"), Err(FieldError::LeadingZero));
        assert_eq!(from_decimal("1 "), Err(FieldError::NotDecimal));
        assert_eq!(from_decimal(R), Err(FieldError::TooLarge));
        assert_eq!(from_decimal(&"9".repeat(5000)), Err(FieldError::TooLarge));
        assert_eq!(from_be_bytes(&[0xff; 32]), Err(FieldError::TooLarge));
        assert_eq!(from_be_bytes(&integer_to_be_bytes(&Fr::MODULUS)), Err(FieldError::TooLarge));
    }

    #[test]
    fn words_are_any_numbers_below_two_to_the_256() {
        assert_eq!(word_from_decimal(R), Ok(integer_to_be_bytes(&Fr::MODULUS)));
        assert_eq!(word_from_decimal("258").map(|word| [word[30], word[31]]), Ok([1, 2]));
        let most = "115792089237316195423570985008687907853269984665640564039457584007913129639935";
        assert_eq!(word_from_decimal(most), Ok([0xff; 32]));
        let more = "115792089237316195423570985008687907853269984665640564039457584007913129639936";
        assert_eq!(word_from_decimal(more), Err(FieldError::TooLarge));
        assert_eq!(word_from_decimal("-1"), Err(FieldError::NotDecimal));
    }

    #[test]
    fn bytes31_stops_after_31() {
        assert_eq!(bytes31(&[]), Fr::from(0u64));
        assert_eq!(bytes31(&[1, 2]), Fr::from(258u64));
        let long = [0xffu8; 40];
        assert_eq!(bytes31(&long), bytes31(&long[..31]));
        assert_eq!(to_be_bytes(&bytes31(&long))[1..], [0xff; 31]);
    }

    proptest! {
        #[test]
        fn forms_round_trip(bytes: [u8; 32]) {
            let value = Fr::from_be_bytes_mod_order(&bytes);
            prop_assert_eq!(from_decimal(&to_decimal(&value)), Ok(value));
            prop_assert_eq!(from_be_bytes(&to_be_bytes(&value)), Ok(value));
            let expected = u128::from_be_bytes(to_be_bytes(&value)[16..].try_into().unwrap());
            prop_assert_eq!(low128(&value), expected);
        }

        #[test]
        fn parsing_is_total(text: String) {
            let _ = from_decimal(&text);
        }
    }
}
