//! EdDSA-Poseidon on Baby Jubjub, byte for byte as `@zk-kit/eddsa-poseidon` (with BLAKE-1) and circomlib have it.
//!
//! A signature (R8, S) of M by A satisfies `S·Base8 = R8 + 8·h·A` with `h = H(R8.x, R8.y, A.x, A.y, M)` and
//! `S < l`. Nonces are derived from the secret and the message; signing needs no randomness.
//!
//! M is one field element. Nobody signs an M received from outside: build it with [`message`](crate::message).

mod blake512;
mod public;
mod secret;

pub use public::{KeyError, PublicKey, Signature, SignatureError, verify};
pub use secret::SecretKey;

use crate::{Fr, babyjub::Point, poseidon};

/// `h = H(R8.x, R8.y, A.x, A.y, M)`.
fn challenge(r8: &Point, key: &Point, message: Fr) -> Fr {
    poseidon::hash(&[r8.x, r8.y, key.x, key.y, message])
}
