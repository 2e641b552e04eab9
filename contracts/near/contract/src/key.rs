//! The contract's key: read once, kept as the chain's functions take it.

use near_sdk::near;
use popw_wire::{Key, PUBLIC_INPUTS, Refusal};

use crate::pairing::{self, G1_BYTES, PAIR_BYTES};

/// What a contract's key is for.
#[near(serializers = [json, borsh])]
pub struct About {
    /// Claim, such as `uptime`.
    pub claim: String,
    /// Version of the claim.
    pub claim_version: u16,
    /// Shape, such as `standard`.
    pub shape: String,
    /// Set for development keys, for which proofs can be forged: `seeded` by anyone, `random` by the key's maker.
    pub development: Option<String>,
    /// BLAKE3 of the key's file, in hex.
    pub digest: String,
}

/// The key's points, all of them checked, as the chain's functions take them.
#[near(serializers = [borsh])]
pub struct Points {
    /// α and β, a pair.
    pub alpha_beta: [u8; PAIR_BYTES],
    /// γ.
    pub gamma: [u8; PAIR_BYTES - G1_BYTES],
    /// δ.
    pub delta: [u8; PAIR_BYTES - G1_BYTES],
    /// IC of the constant.
    pub constant: [u8; G1_BYTES],
    /// IC of the inputs.
    pub ic: [[u8; G1_BYTES]; PUBLIC_INPUTS],
}

/// Reads and checks a key's file.
pub fn read(file: &[u8]) -> Result<(Points, About), Refusal> {
    let key = Key::read(file)?;
    pairing::require_points(&key);
    key.refuse_weak()?;
    let [constant, ic @ ..] = key.ic.map(pairing::g1);
    let points = Points {
        alpha_beta: pairing::pair(key.alpha, key.beta),
        gamma: pairing::g2(key.gamma),
        delta: pairing::g2(key.delta),
        constant,
        ic,
    };
    let digest = popw_wire::digest(file).ok_or(Refusal::KeyFrame)?;
    let about = About {
        claim: key.header.claim.to_owned(),
        claim_version: key.header.claim_version,
        shape: key.header.shape.to_owned(),
        development: key.header.development.map(|how| how.name().to_owned()),
        digest: digest
            .iter()
            .flat_map(|byte| [byte >> 4, byte & 15])
            .filter_map(|digit| char::from_digit(digit.into(), 16))
            .collect(),
    };
    Ok((points, about))
}
