//! The Keccak transcript of snark-verifier's `EvmTranscript`, reading: what an EVM verifier recomputes.
//!
//! Points enter as 64 bytes `x ‖ y`, scalars as 32, all big-endian. A challenge is `keccak256(buffer) mod r`, after
//! which the buffer holds that hash alone; a buffer of exactly one hash gets the byte 1 appended first, so that two
//! challenges in a row differ.

use ark_bn254::{Fr, G1Affine};
use ark_ff::PrimeField;
use sha3::{Digest, Keccak256};

use crate::{
    encoding::{Reader, g1, scalar, scalar_bytes},
    malformed::{Field, Malformed},
};

const HASH_BYTES: usize = 32;

/// Reads a proof while absorbing it.
pub(super) struct Transcript<'a> {
    proof: Reader<'a>,
    hasher: Keccak256,
    absorbed: usize,
}

impl<'a> Transcript<'a> {
    pub fn new(proof: &'a [u8]) -> Self {
        Self { proof: Reader::new(proof), hasher: Keccak256::new(), absorbed: 0 }
    }

    fn absorb(&mut self, bytes: &[u8]) {
        self.hasher.update(bytes);
        self.absorbed += bytes.len();
    }

    /// Absorbs a scalar both sides know.
    pub fn absorb_scalar(&mut self, value: &Fr) {
        self.absorb(&scalar_bytes(value));
    }

    pub fn challenge(&mut self) -> Fr {
        if self.absorbed == HASH_BYTES {
            self.hasher.update([1]);
        }
        let hash: [u8; HASH_BYTES] = self.hasher.finalize_reset().into();
        self.hasher.update(hash);
        self.absorbed = HASH_BYTES;
        Fr::from_be_bytes_mod_order(&hash)
    }

    /// The proof's next scalar; errors name it `part`.
    pub fn scalar(&mut self, part: Field) -> Result<Fr, Malformed> {
        let bytes = self.proof.array(part)?;
        self.absorb(bytes);
        scalar(bytes).map_err(|problem| Malformed::new(part, problem))
    }

    /// The proof's next point; errors name it `part`.
    pub fn point(&mut self, part: Field) -> Result<G1Affine, Malformed> {
        let bytes = self.proof.array(part)?;
        self.absorb(bytes);
        g1(bytes).map_err(|problem| Malformed::new(part, problem))
    }

    /// Refuses bytes that are left over.
    pub fn end(self) -> Result<(), Malformed> {
        self.proof.end(Field::Proof)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_challenges_in_a_row_differ_by_the_extra_byte() {
        let keccak = |bytes: &[u8]| -> [u8; 32] { Keccak256::digest(bytes).into() };
        let first =
            keccak(&scalar_bytes(&Fr::from(7u64)).iter().copied().chain([1]).collect::<alloc::vec::Vec<_>>());
        let second = keccak(&first.iter().copied().chain([1]).collect::<alloc::vec::Vec<_>>());
        let third = keccak(
            &second.iter().copied().chain(scalar_bytes(&Fr::from(9u64))).collect::<alloc::vec::Vec<_>>(),
        );
        let mut transcript = Transcript::new(&[]);
        transcript.absorb_scalar(&Fr::from(7u64));
        assert_eq!(transcript.challenge(), Fr::from_be_bytes_mod_order(&first));
        assert_eq!(transcript.challenge(), Fr::from_be_bytes_mod_order(&second));
        transcript.absorb_scalar(&Fr::from(9u64));
        assert_eq!(transcript.challenge(), Fr::from_be_bytes_mod_order(&third));
    }
}
