//! The contract's key: read once, kept in the instance.

use popw_wire::{Key, LONGEST_KEY_FILE, Refusal};
use soroban_sdk::crypto::bn254::{Bn254G1Affine, Bn254G2Affine};
use soroban_sdk::{Bytes, BytesN, Env, String, Symbol, Vec, contracttype, symbol_short};

use crate::pairing;

const POINTS: Symbol = symbol_short!("points");
const ABOUT: Symbol = symbol_short!("about");

/// What a contract's key is for.
#[contracttype]
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct About {
    /// Claim, such as `uptime`.
    pub claim: String,
    /// Version of the claim.
    pub claim_version: u32,
    /// Set for development keys, for which proofs can be forged: `seeded` by anyone, `random` by the key's maker.
    pub development: Option<String>,
    /// BLAKE3 of the key's file.
    pub digest: BytesN<32>,
    /// Shape, such as `standard`.
    pub shape: String,
}

/// The key's points, all of them checked.
#[contracttype]
pub(crate) struct Points {
    pub alpha: Bn254G1Affine,
    pub beta: Bn254G2Affine,
    pub gamma: Bn254G2Affine,
    pub delta: Bn254G2Affine,
    /// IC of the constant.
    pub constant: Bn254G1Affine,
    /// IC of the inputs.
    pub ic: Vec<Bn254G1Affine>,
}

impl Points {
    /// Public inputs that the key takes.
    pub fn inputs(&self) -> u32 {
        self.ic.len()
    }
}

/// Checks a key's file and keeps it.
pub(crate) fn install(env: &Env, file: &Bytes) -> Result<(), Refusal> {
    let mut buffer = [0; LONGEST_KEY_FILE];
    let bytes = buffer.get_mut(..file.len() as usize).ok_or(Refusal::KeyFrame)?;
    file.copy_into_slice(bytes);
    let key = Key::read(bytes)?;
    if !key.g1().into_iter().all(|point| pairing::on_curve(env, point)) {
        return Err(Refusal::KeyPoint);
    }
    pairing::require_g2(env, key.alpha, key.g2());
    key.refuse_weak()?;
    let [constant, ic @ ..] = key.ic.map(|point| Bn254G1Affine::from_array(env, point));
    let points = Points {
        alpha: Bn254G1Affine::from_array(env, key.alpha),
        beta: Bn254G2Affine::from_array(env, key.beta),
        gamma: Bn254G2Affine::from_array(env, key.gamma),
        delta: Bn254G2Affine::from_array(env, key.delta),
        constant,
        ic: Vec::from_array(env, ic),
    };
    let digest = popw_wire::digest(bytes).ok_or(Refusal::KeyFrame)?;
    let about = About {
        claim: String::from_str(env, key.header.claim),
        claim_version: key.header.claim_version.into(),
        development: key.header.development.map(|how| String::from_str(env, how.name())),
        digest: BytesN::from_array(env, &digest),
        shape: String::from_str(env, key.header.shape),
    };
    env.storage().instance().set(&POINTS, &points);
    env.storage().instance().set(&ABOUT, &about);
    Ok(())
}

/// The key's points; the constructor has put them there.
pub(crate) fn stored(env: &Env) -> Points {
    env.storage().instance().get(&POINTS).unwrap()
}

/// What the key is for; the constructor has put it there.
pub(crate) fn about(env: &Env) -> About {
    env.storage().instance().get(&ABOUT).unwrap()
}
