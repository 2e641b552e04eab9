//! Randomness: from the operating system, or reproducible for development keys.

use ark_bn254::Fr;
use ark_ff::PrimeField;
use ark_std::rand::{CryptoRng, Error, RngCore};
use rand::{TryRngCore, rngs::OsRng};
use zeroize::{Zeroize, Zeroizing};

/// Where setup takes its secrets from.
#[derive(Clone, Copy, Debug)]
pub enum Entropy {
    /// The operating system's generator.
    System,
    /// A public seed. Anyone can compute the secrets: only for keys that must be the same everywhere.
    Seed([u8; 32]),
}

/// The operating system did not give random bytes.
#[derive(Clone, Debug, thiserror::Error)]
#[error("the operating system's random generator failed: {0}")]
pub struct EntropyError(String);

/// A stream of random bytes: BLAKE3 in extended-output mode, keyed with 32 bytes of entropy.
pub(super) struct Stream(blake3::OutputReader);

impl Stream {
    /// # Errors
    /// [`EntropyError`] for [`Entropy::System`].
    pub(super) fn new(entropy: &Entropy) -> Result<Self, EntropyError> {
        let seed = match entropy {
            Entropy::System => system::<32>()?,
            Entropy::Seed(seed) => Zeroizing::new(*seed),
        };
        let mut hasher = blake3::Hasher::new_derive_key("popw groth16 setup secrets, version 1");
        hasher.update(&*seed);
        Ok(Self(hasher.finalize_xof()))
    }

    /// Fills `out` with random bytes.
    pub(super) fn fill(&mut self, out: &mut [u8]) {
        self.0.fill(out);
    }

    /// A uniform scalar.
    pub(super) fn scalar(&mut self) -> Fr {
        let mut bytes = Zeroizing::new([0; 64]);
        self.0.fill(&mut *bytes);
        scalar(&bytes)
    }
}

impl RngCore for Stream {
    fn next_u32(&mut self) -> u32 {
        let mut bytes = [0; 4];
        self.0.fill(&mut bytes);
        u32::from_le_bytes(bytes)
    }

    fn next_u64(&mut self) -> u64 {
        let mut bytes = [0; 8];
        self.0.fill(&mut bytes);
        u64::from_le_bytes(bytes)
    }

    fn fill_bytes(&mut self, out: &mut [u8]) {
        self.0.fill(out);
    }

    fn try_fill_bytes(&mut self, out: &mut [u8]) -> Result<(), Error> {
        self.0.fill(out);
        Ok(())
    }
}

impl CryptoRng for Stream {}

impl Drop for Stream {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

/// A uniform scalar from the operating system's generator.
///
/// # Errors
/// [`EntropyError`].
pub(super) fn system_scalar() -> Result<Fr, EntropyError> {
    system::<64>().map(|bytes| scalar(&bytes))
}

/// 512 random bits modulo r: within 2^-258 of uniform.
fn scalar(bytes: &[u8; 64]) -> Fr {
    Fr::from_le_bytes_mod_order(bytes)
}

fn system<const N: usize>() -> Result<Zeroizing<[u8; N]>, EntropyError> {
    let mut bytes = Zeroizing::new([0; N]);
    OsRng.try_fill_bytes(&mut *bytes).map_err(|error| EntropyError(error.to_string()))?;
    Ok(bytes)
}
