//! Who and where: domains, accounts, and the leaves registries hold.

mod account;

pub use account::Account;

use thiserror::Error;

use crate::{Fr, eddsa::PublicKey, field, poseidon::hash, tag};

/// Why text names no domain or account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum IdentityError {
    /// Neither form of a domain.
    #[error(
        "a domain is eip155:<chain>:0x<40 lower-case hex digits> or popw:local:<64 lower-case hex digits>"
    )]
    Domain,
    /// Neither an address nor CAIP-10.
    #[error("an account is an EVM address (0x and 40 hex digits) or CAIP-10 text (namespace:chain:address)")]
    Account,
    /// An EVM address in mixed case whose EIP-55 checksum fails.
    #[error("the address's capitals do not match its EIP-55 checksum: a digit may be mistyped")]
    Checksum,
}

/// The domain of a network: `H(⟦popw.domain⟧, bytes31(BLAKE3(text)))`.
///
/// `text` names the one contract that keeps the nullifiers, in CAIP-10 and lower case (`eip155:1:0x…`), or, without
/// a contract, is `popw:local:` and 32 random bytes in hex. Other spellings are refused, so that a network has one
/// domain.
///
/// # Errors
/// [`IdentityError::Domain`].
pub fn domain(text: &str) -> Result<Fr, IdentityError> {
    let known = match text.split_once(':') {
        Some(("eip155", rest)) => rest.split_once(':').is_some_and(|(chain, address)| {
            is_chain_id(chain) && address.strip_prefix("0x").is_some_and(|digits| is_lower_hex(digits, 40))
        }),
        Some(("popw", rest)) => rest.strip_prefix("local:").is_some_and(|digits| is_lower_hex(digits, 64)),
        _ => false,
    };
    if !known {
        return Err(IdentityError::Domain);
    }
    let digest = blake3::hash(text.as_bytes());
    Ok(hash(&[tag::DOMAIN.fr(), field::bytes31(digest.as_bytes())]))
}

/// The account `text` names: an EVM address, with or without `eip155:<chain>:` before it, or another CAIP-10
/// account.
///
/// # Errors
/// [`IdentityError::Account`], or [`IdentityError::Checksum`] for an EVM address in mixed case.
pub fn account(text: &str) -> Result<Account, IdentityError> {
    Account::parse(text)
}

/// `D = H(⟦popw.device⟧, A.x, A.y, owner)`.
pub fn device_leaf(key: &PublicKey, owner: Fr) -> Fr {
    hash(&[tag::DEVICE.fr(), key.point.x, key.point.y, owner])
}

/// `W_i = H(⟦popw.witness⟧, A.x, A.y, owner, i)`.
pub fn witness_leaf(key: &PublicKey, owner: Fr, index: u32) -> Fr {
    hash(&[tag::WITNESS.fr(), key.point.x, key.point.y, owner, Fr::from(index)])
}

/// A chain's number in EIP-155: digits without a leading zero, at most 32 as CAIP-2 has it.
fn is_chain_id(text: &str) -> bool {
    (1..=32).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit()) && !text.starts_with('0')
}

fn is_lower_hex(text: &str, digits: usize) -> bool {
    text.len() == digits && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::eddsa::SecretKey;
    use alloc::{format, string::String};
    use proptest::prelude::*;

    #[test]
    fn domains_have_one_spelling() {
        let contract = format!("eip155:1:0x{}", "ab".repeat(20));
        let local = format!("popw:local:{}", "0f".repeat(32));
        assert_ne!(domain(&contract).unwrap(), domain(&local).unwrap());
        for bad in [
            String::new(),
            contract.to_uppercase(),
            contract.replace("ab", "aB"),
            contract.replace(":1:", ":01:"),
            contract.replace(":1:", "::"),
            contract.replace("0x", ""),
            format!("{contract}0"),
            format!("{contract} "),
            local.replace("0f", "0F"),
            format!("{local}00"),
            format!("solana:{}", &local[5..]),
        ] {
            assert_eq!(domain(&bad), Err(IdentityError::Domain), "{bad}");
        }
    }

    #[test]
    fn leaves_of_one_key_differ_by_role_owner_and_index() {
        let key = SecretKey::from_seed([3; 32]).public();
        let owner = Fr::from(7u64);
        assert_ne!(device_leaf(&key, owner), device_leaf(&key, Fr::from(8u64)));
        assert_ne!(witness_leaf(&key, owner, 0), witness_leaf(&key, owner, 1));
        assert_ne!(device_leaf(&key, owner), witness_leaf(&key, owner, 0));
    }

    proptest! {
        #[test]
        fn parsing_is_total(text: String) {
            let _ = domain(&text);
            let _ = account(&text);
            let _ = account(&format!("eip155:1:{text}"));
        }
    }
}
