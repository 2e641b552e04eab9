//! Randomness from the operating system.

use rand::TryRngCore;
use rand::rngs::OsRng;

/// The system's refusal to give randomness.
pub(crate) type OsError = <OsRng as TryRngCore>::Error;

/// A fresh nonce: 248 random bits as a big-endian field element.
///
/// # Errors
/// The system's, when it has no randomness to give.
pub(crate) fn nonce() -> Result<[u8; 32], OsError> {
    let mut bytes = [0u8; 32];
    // The first byte stays 0, so that the number is below the field's order.
    OsRng.try_fill_bytes(&mut bytes[1..])?;
    Ok(bytes)
}

/// 32 random bytes.
///
/// # Errors
/// The system's, when it has no randomness to give.
pub(crate) fn seed() -> Result<[u8; 32], OsError> {
    let mut bytes = [0u8; 32];
    OsRng.try_fill_bytes(&mut bytes)?;
    Ok(bytes)
}

/// A random number in `low..high`; `low` when the range is empty.
///
/// The bias of taking a remainder is below 2^-30 for spans of up to a day in milliseconds.
///
/// # Errors
/// The system's, when it has no randomness to give.
pub(crate) fn between(low: u64, high: u64) -> Result<u64, OsError> {
    let span = high.saturating_sub(low).max(1);
    Ok(low + OsRng.try_next_u64()? % span)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nonces_are_field_elements_and_differ() {
        let (first, second) = (nonce().expect("randomness"), nonce().expect("randomness"));
        assert!(popw_core::field::from_be_bytes(&first).is_ok());
        assert_ne!(first, second);
    }

    #[test]
    fn moments_stay_in_their_range() {
        for _ in 0..1_000 {
            assert!((5..9).contains(&between(5, 9).expect("randomness")));
        }
        assert_eq!(between(7, 7).expect("randomness"), 7);
        assert_eq!(between(7, 3).expect("randomness"), 7);
    }
}
