//! Secret keys and signing.

use core::fmt;

use ark_ff::{BigInt, PrimeField, Zero};
use zeroize::{Zeroize, ZeroizeOnDrop};

use super::{PublicKey, Signature, blake512::blake512, challenge};
use crate::{
    Fr,
    babyjub::{self, Scalar},
    field,
};

/// A secret key. Wiped from memory when dropped and never printed.
///
/// Signing is *not* constant-time: arkworks' field and curve arithmetic branches on secret bits. Keep keys where
/// nobody untrusted can measure the signer precisely (shared hosts, debuggers, attached probes).
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct SecretKey {
    scalar: Scalar,
    nonce_key: [u8; 32],
    #[zeroize(skip)]
    public: PublicKey,
}

impl SecretKey {
    /// The key zk-kit derives from these 32 bytes: BLAKE-512, its first half pruned as in Ed25519, shifted right
    /// by 3 and reduced mod l; the second half seeds the nonces.
    ///
    /// # Panics
    /// If the scalar comes out as 0: one seed in 2^251, and none is known.
    pub fn from_seed(mut seed: [u8; 32]) -> Self {
        let mut digest = blake512(&seed);
        seed.zeroize();
        digest[0] &= 0xf8;
        digest[31] = digest[31] & 0x7f | 0x40;
        let mut nonce_key = [0u8; 32];
        nonce_key.copy_from_slice(&digest[32..]);

        let mut pruned = Scalar::from_le_bytes_mod_order(&digest[..32]);
        let mut scalar = pruned * EIGHTH;
        digest.zeroize();
        pruned.zeroize();
        assert!(!scalar.is_zero(), "a seed whose scalar is 0");

        let public = PublicKey { point: babyjub::mul_base8(&scalar) };
        let key = Self { scalar, nonce_key, public };
        scalar.zeroize();
        nonce_key.zeroize();
        key
    }

    /// `sk`, with `0 < sk < l` and `A = sk·Base8`. What a prover puts into a witness: treat it as the key itself.
    pub fn scalar(&self) -> Scalar {
        self.scalar
    }

    /// `A`.
    pub fn public(&self) -> PublicKey {
        self.public
    }

    /// The signature of M: the same bytes every time, and zk-kit's.
    pub fn sign(&self, message: Fr) -> Signature {
        let mut seed = [0u8; 64];
        let (key, text) = seed.split_at_mut(32);
        key.copy_from_slice(&self.nonce_key);
        text.copy_from_slice(&field::to_be_bytes(&message));
        text.reverse();
        let mut digest = blake512(&seed);
        seed.zeroize();
        let mut nonce = Scalar::from_le_bytes_mod_order(&digest);
        digest.zeroize();

        let r8 = babyjub::mul_base8(&nonce);
        let h: BigInt<4> = challenge(&r8, &self.public.point, message).into_bigint();
        let s = nonce + reduce(h) * self.scalar * Scalar::from(8u64);
        nonce.zeroize();
        Signature { r8, s }
    }
}

impl fmt::Debug for SecretKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SecretKey").field("public", &self.public).finish_non_exhaustive()
    }
}

/// 1/8 mod l. Pruning clears the low three bits, so this is the shift by 3.
const EIGHTH: Scalar = <babyjub::BabyJubjub as ark_ec::CurveConfig>::COFACTOR_INV;

/// An integer below r modulo l.
fn reduce(integer: BigInt<4>) -> Scalar {
    Scalar::from_be_bytes_mod_order(&field::integer_to_be_bytes(&integer))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_shows_no_secret() {
        let key = SecretKey::from_seed([7; 32]);
        let text = alloc::format!("{key:?}");
        assert!(text.contains("public") && !text.contains("scalar") && !text.contains("nonce"));
        assert!(!text.contains(&alloc::format!("{}", key.scalar())));
    }
}
