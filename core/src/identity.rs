//! Who and where: domains, accounts, and the leaves registries hold.

mod account;

pub use account::Account;

use thiserror::Error;

use crate::{
    Fr,
    eddsa::PublicKey,
    field,
    poseidon::hash,
    tag::{self, Tag},
};

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
    /// The EVM address of zeros.
    #[error("the zero address is nobody's: what is paid to it is lost; give the account that is meant")]
    ZeroAddress,
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
/// [`IdentityError::Account`]; [`IdentityError::Checksum`] for an EVM address in mixed case, and
/// [`IdentityError::ZeroAddress`].
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

/// A sector as its leaf has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Sector {
    /// What is proven of it; possession, for now.
    pub kind: Tag,
    /// Root of its tree; see [`possession`](crate::possession).
    pub comm_r: Fr,
    /// Length of its data.
    pub bytes: u64,
    /// Height of its tree.
    pub height: u8,
    /// First epoch in which it earns nothing any more.
    pub expiry: u32,
    /// Its number in the registry, unique.
    pub seq: u64,
}

/// `S = H(⟦popw.sector⟧, H(domain, D, kind), comm_r, H(bytes, height, expiry), seq)`.
pub fn sector_leaf(domain: Fr, device_leaf: Fr, sector: &Sector) -> Fr {
    let Sector { kind, comm_r, bytes, height, expiry, seq } = *sector;
    let whose = hash(&[domain, device_leaf, kind.fr()]);
    let size = hash(&[Fr::from(bytes), Fr::from(height), Fr::from(expiry)]);
    hash(&[tag::SECTOR.fr(), whose, comm_r, size, Fr::from(seq)])
}

/// Bytes that a client has paid for in advance, from one device in one epoch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Allotment {
    /// Makes the leaf's device unguessable.
    pub salt: Fr,
    /// The epoch they can be used in.
    pub epoch: u32,
    /// Bytes paid for.
    pub cap: u64,
    /// Its number in the registry, unique.
    pub seq: u64,
}

/// `C = H(⟦popw.allotment⟧, H(A.x, A.y, owner), H(D, salt), H(epoch, cap), seq)`, for the client with key A.
pub fn allotment_leaf(client: &PublicKey, owner: Fr, device_leaf: Fr, allotment: &Allotment) -> Fr {
    let Allotment { salt, epoch, cap, seq } = *allotment;
    let who = hash(&[client.point.x, client.point.y, owner]);
    let whose = hash(&[device_leaf, salt]);
    let bought = hash(&[Fr::from(epoch), Fr::from(cap)]);
    hash(&[tag::ALLOTMENT.fr(), who, whose, bought, Fr::from(seq)])
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

    #[test]
    fn every_field_enters_a_sectors_leaf() {
        let f = |n: u64| Fr::from(n);
        let sector = Sector { kind: tag::POSSESSION, comm_r: f(1), bytes: 2, height: 3, expiry: 4, seq: 5 };
        let base = sector_leaf(f(6), f(7), &sector);
        for other in [
            sector_leaf(f(0), f(7), &sector),
            sector_leaf(f(6), f(0), &sector),
            sector_leaf(f(6), f(7), &Sector { kind: tag::REPLICA, ..sector }),
            sector_leaf(f(6), f(7), &Sector { comm_r: f(0), ..sector }),
            sector_leaf(f(6), f(7), &Sector { bytes: 0, ..sector }),
            sector_leaf(f(6), f(7), &Sector { height: 0, ..sector }),
            sector_leaf(f(6), f(7), &Sector { expiry: 0, ..sector }),
            sector_leaf(f(6), f(7), &Sector { seq: 0, ..sector }),
        ] {
            assert_ne!(other, base);
        }
    }

    #[test]
    fn every_field_enters_an_allotments_leaf() {
        let f = |n: u64| Fr::from(n);
        let (client, other_client) =
            (SecretKey::from_seed([3; 32]).public(), SecretKey::from_seed([4; 32]).public());
        let bought = Allotment { salt: f(1), epoch: 2, cap: 3, seq: 4 };
        let base = allotment_leaf(&client, f(5), f(6), &bought);
        for other in [
            allotment_leaf(&other_client, f(5), f(6), &bought),
            allotment_leaf(&client, f(0), f(6), &bought),
            allotment_leaf(&client, f(5), f(0), &bought),
            allotment_leaf(&client, f(5), f(6), &Allotment { salt: f(0), ..bought }),
            allotment_leaf(&client, f(5), f(6), &Allotment { epoch: 0, ..bought }),
            allotment_leaf(&client, f(5), f(6), &Allotment { cap: 0, ..bought }),
            allotment_leaf(&client, f(5), f(6), &Allotment { seq: 0, ..bought }),
        ] {
            assert_ne!(other, base);
        }
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
