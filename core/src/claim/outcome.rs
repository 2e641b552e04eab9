//! Who is paid, and for what: the third public input.

use ark_ff::{BigInt, PrimeField};
use serde::{Deserialize, Serialize};
use sha3::{Digest, Keccak256};
use thiserror::Error;

use super::Amount;
use crate::{Fr, field};

/// What `payee` opens to. The circuit leaves it free; whoever pays recomputes it, so a proof pays nobody else.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct PayeeOpening {
    /// `bytes32`: an EVM address with twelve zero bytes before it, or another chain's account.
    #[serde(with = "field::hex32")]
    #[cfg_attr(feature = "schema", schemars(with = "crate::field::schema::Hex32"))]
    pub recipient: [u8; 32],
    /// The owner tag a credit is entered under; 0 when unused.
    #[serde(with = "field::decimal")]
    #[cfg_attr(feature = "schema", schemars(with = "crate::field::schema::Decimal"))]
    pub owner_tag: Fr,
}

impl PayeeOpening {
    /// The opening for an EVM address.
    pub fn evm(address: [u8; 20], owner_tag: Fr) -> Self {
        let mut recipient = [0; 32];
        recipient[12..].copy_from_slice(&address);
        Self { recipient, owner_tag }
    }

    /// `low160(keccak256(abi.encode(bytes32 recipient, uint256 owner_tag)))`, big-endian.
    pub fn payee(&self) -> [u8; 20] {
        let digest = Keccak256::new()
            .chain_update(self.recipient)
            .chain_update(field::to_be_bytes(&self.owner_tag))
            .finalize();
        let mut payee = [0; 20];
        payee.copy_from_slice(&digest[12..]);
        payee
    }
}

/// Why a field element is no outcome.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum OutcomeError {
    /// Bits above those of payee and amount.
    #[error("an outcome has 250 bits, this value has more")]
    StrayBits,
}

/// `payee + 2^160 · amount`.
pub fn outcome(payee: [u8; 20], amount: &Amount) -> Fr {
    let mut bytes = [0; 32];
    bytes[12..].copy_from_slice(&payee);
    let packed = amount.pack().to_be_bytes();
    bytes[..12].copy_from_slice(&packed[4..]);
    let BigInt(words) = field::integer_from_be_bytes(&bytes);
    field::from_words(words)
}

/// Payee and amount of an outcome.
///
/// # Errors
/// [`OutcomeError::StrayBits`] for 2^250 or more.
pub fn split_outcome(outcome: &Fr) -> Result<([u8; 20], Amount), OutcomeError> {
    let BigInt([a, b, c, d]) = outcome.into_bigint();
    let bytes = field::integer_to_be_bytes(&BigInt([a, b, c, d]));
    let mut payee = [0; 20];
    payee.copy_from_slice(&bytes[12..]);
    let packed = u128::from(c >> 32) | u128::from(d) << 32;
    let amount = Amount::unpack(packed).map_err(|_| OutcomeError::StrayBits)?;
    Ok((payee, amount))
}

#[cfg(test)]
mod tests {
    use super::*;
    use ark_ff::{AdditiveGroup, Field};
    use proptest::prelude::*;

    const ADDRESS: [u8; 20] = [0x11; 20];

    /// Digests from viem's `keccak256(encodeAbiParameters(…))`.
    #[test]
    fn payees_equal_viems() {
        let payee = |tag| hex::encode(PayeeOpening::evm(ADDRESS, tag).payee());
        assert_eq!(payee(Fr::ZERO), "b84032dc53a9d87ca283ae10a1dacfbb648e83ef");
        assert_eq!(payee(-Fr::ONE), "dce32b416c41f092ce0f868c9a07924cfb87dd5b");
    }

    #[test]
    fn refuses_stray_bits() {
        let largest = Amount { up_slots: 255, stored_mib: u32::MAX, served_mib: u32::MAX, rate: u32::MAX };
        let full = outcome([0xff; 20], &largest);
        assert_eq!(full + Fr::ONE, field::from_words([0, 0, 0, 1 << 58]));
        assert_eq!(split_outcome(&(full + Fr::ONE)), Err(OutcomeError::StrayBits));
        assert_eq!(split_outcome(&-Fr::ONE), Err(OutcomeError::StrayBits));
    }

    proptest! {
        #[test]
        fn outcomes_split(payee: [u8; 20], packed in 0u128..1 << 90) {
            let amount = Amount::unpack(packed).unwrap();
            let whole = outcome(payee, &amount);
            prop_assert_eq!(split_outcome(&whole), Ok((payee, amount)));
            let shift = Fr::from(2u64).pow([160]);
            prop_assert_eq!(whole, Fr::from_be_bytes_mod_order(&payee) + shift * Fr::from(packed));
        }
    }
}
