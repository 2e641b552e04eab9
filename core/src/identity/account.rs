//! Accounts of owners and recipients.

use core::fmt;

use sha3::{Digest, Keccak256};

use super::{IdentityError, is_chain_id};
use crate::{Fr, field};

/// An account: on EVM chains the 160-bit address, elsewhere the BLAKE3 digest of the CAIP-10 text. The same EVM
/// address on two chains is one account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Account {
    /// An EVM address.
    Evm([u8; 20]),
    /// BLAKE3 of a CAIP-10 text.
    Other([u8; 32]),
}

impl Account {
    /// As it enters leaves: the address as an integer, or the digest's first 31 bytes.
    pub fn fr(&self) -> Fr {
        match self {
            Self::Evm(address) => field::bytes31(address),
            Self::Other(digest) => field::bytes31(digest),
        }
    }

    /// As a recipient's `bytes32`: the address after twelve zero bytes, or the digest.
    pub fn recipient(&self) -> [u8; 32] {
        match self {
            Self::Evm(address) => {
                let mut bytes = [0; 32];
                bytes[12..].copy_from_slice(address);
                bytes
            }
            Self::Other(digest) => *digest,
        }
    }

    pub(super) fn parse(text: &str) -> Result<Self, IdentityError> {
        if text.starts_with("0x") {
            return evm(text);
        }
        let (namespace, rest) = text.split_once(':').ok_or(IdentityError::Account)?;
        let (reference, address) = rest.split_once(':').ok_or(IdentityError::Account)?;
        if namespace == "eip155" {
            return if is_chain_id(reference) { evm(address) } else { Err(IdentityError::Account) };
        }
        // CAIP-2 and CAIP-10.
        let lower = |byte: u8| byte == b'-' || byte.is_ascii_lowercase() || byte.is_ascii_digit();
        let known = is_made_of(namespace, 3..=8, lower)
            && is_made_of(reference, 1..=32, |byte| {
                matches!(byte, b'-' | b'_') || byte.is_ascii_alphanumeric()
            })
            && is_made_of(address, 1..=128, |byte| {
                matches!(byte, b'-' | b'.' | b'%') || byte.is_ascii_alphanumeric()
            });
        if !known {
            return Err(IdentityError::Account);
        }
        Ok(Self::Other(*blake3::hash(text.as_bytes()).as_bytes()))
    }
}

/// An EVM account as its address in lower case, another as the digest in hex.
impl fmt::Display for Account {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Evm(address) => write!(f, "0x{}", hex::encode(address)),
            Self::Other(digest) => f.write_str(&hex::encode(digest)),
        }
    }
}

fn is_made_of(text: &str, length: core::ops::RangeInclusive<usize>, allowed: impl Fn(u8) -> bool) -> bool {
    length.contains(&text.len()) && text.bytes().all(allowed)
}

/// An address in hex; capitals, if there are both cases, must be those of EIP-55.
fn evm(text: &str) -> Result<Account, IdentityError> {
    let digits = text.strip_prefix("0x").ok_or(IdentityError::Account)?;
    let mut address = [0; 20];
    hex::decode_to_slice(digits, &mut address).map_err(|_| IdentityError::Account)?;
    let has = |class: fn(&u8) -> bool| digits.bytes().any(|digit| class(&digit));
    if has(u8::is_ascii_uppercase) && has(u8::is_ascii_lowercase) {
        let digest = Keccak256::digest(digits.to_ascii_lowercase());
        let nibbles = digest.iter().flat_map(|byte| [byte >> 4, byte & 15]);
        let right = digits
            .bytes()
            .zip(nibbles)
            .all(|(digit, nibble)| digit.is_ascii_digit() || digit.is_ascii_uppercase() == (nibble >= 8));
        if !right {
            return Err(IdentityError::Checksum);
        }
    }
    if address == [0; 20] {
        return Err(IdentityError::ZeroAddress);
    }
    Ok(Account::Evm(address))
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::{format, string::ToString};

    /// With its checksum as viem writes it.
    const CHECKSUMMED: &str = "0xd8dA6BF26964aF9D7eEd9e03E53415D37aA96045";

    #[test]
    fn evm_addresses_are_integers_whatever_the_chain() {
        let plain = CHECKSUMMED.to_lowercase();
        let account = Account::parse(CHECKSUMMED).unwrap();
        assert_eq!(account.to_string(), plain);
        for same in [plain.clone(), format!("eip155:1:{CHECKSUMMED}"), format!("eip155:10:{plain}")] {
            assert_eq!(Account::parse(&same), Ok(account), "{same}");
        }
        let small = Account::parse("0x0000000000000000000000000000000000000102").unwrap();
        assert_eq!(small.fr(), Fr::from(258u64));
        assert_eq!(small.recipient()[30..], [1, 2]);
    }

    #[test]
    fn mistyped_addresses_are_refused() {
        let mistyped = CHECKSUMMED.replace("d8dA", "d8da");
        assert_eq!(Account::parse(&mistyped), Err(IdentityError::Checksum));
        for bad in ["", "0x", "0x12", "eip155:1", "eip155:x:0x12", "a:b:c", "cosmos:hub:ä", "cosmos:hub:"] {
            assert_eq!(Account::parse(bad), Err(IdentityError::Account), "{bad}");
        }
    }

    #[test]
    fn the_zero_address_is_refused() {
        let zero = format!("0x{}", "0".repeat(40));
        for text in [zero.clone(), format!("eip155:1:{zero}")] {
            assert_eq!(Account::parse(&text), Err(IdentityError::ZeroAddress), "{text}");
        }
    }

    #[test]
    fn other_accounts_are_digests_of_their_text() {
        let text = "cosmos:cosmoshub-3:cosmos1t2uflqwqe0fsj0shcfkrvpukewcw40yjj6hdc0";
        let account = Account::parse(text).unwrap();
        assert_eq!(account.recipient(), *blake3::hash(text.as_bytes()).as_bytes());
        assert_ne!(Account::parse(&text.replace("hdc0", "hdc1")), Ok(account));
    }
}
