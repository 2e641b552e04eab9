//! The Keccak transcript that EVM verifiers recompute, on halo2's traits: byte for byte snark-verifier's
//! `EvmTranscript`. The reading side of the product is in `popw-verifier`; the one here lets tests ask halo2's verifier.

use std::io;

use halo2_proofs::{
    halo2curves::{
        bn256::{Fq, Fr, G1Affine},
        ff::{FromUniformBytes, PrimeField},
    },
    transcript::{EncodedChallenge, Transcript, TranscriptWrite},
};
use sha3::{Digest, Keccak256};

use crate::progress::ProgressSink;

const HASH_BYTES: usize = 32;

/// `hash mod r`, the hash read big-endian.
pub(super) struct Challenge(Fr);

impl EncodedChallenge<G1Affine> for Challenge {
    type Input = [u8; HASH_BYTES];

    fn new(hash: &[u8; HASH_BYTES]) -> Self {
        let mut wide = [0; 64];
        for (low, byte) in wide.iter_mut().zip(hash.iter().rev()) {
            *low = *byte;
        }
        Self(Fr::from_uniform_bytes(&wide))
    }

    fn get_scalar(&self) -> Fr {
        self.0
    }
}

/// What has been absorbed since the last challenge, and that challenge's hash.
#[derive(Default)]
struct Sponge {
    hasher: Keccak256,
    absorbed: usize,
}

impl Sponge {
    fn absorb(&mut self, bytes: &[u8]) {
        self.hasher.update(bytes);
        self.absorbed += bytes.len();
    }

    fn squeeze(&mut self) -> Challenge {
        if self.absorbed == HASH_BYTES {
            self.hasher.update([1]);
        }
        let hash: [u8; HASH_BYTES] = self.hasher.finalize_reset().into();
        self.hasher.update(hash);
        self.absorbed = HASH_BYTES;
        Challenge::new(&hash)
    }
}

/// Writes a proof while absorbing it, and reports how far it is.
pub(super) struct Writer<'a> {
    sponge: Sponge,
    proof: Vec<u8>,
    challenges: usize,
    length: usize,
    progress: &'a dyn ProgressSink,
}

impl<'a> Writer<'a> {
    /// For a proof of `length` bytes.
    pub fn new(length: usize, progress: &'a dyn ProgressSink) -> Self {
        Self { sponge: Sponge::default(), proof: Vec::with_capacity(length), challenges: 0, length, progress }
    }

    pub fn finish(self) -> Vec<u8> {
        self.proof
    }

    /// Commitments take nearly all the time and scalars none, but they come in bursts: bytes are measure enough.
    fn report(&self) {
        let stage = match self.challenges {
            0 => "committing to the witness",
            1..=3 => "proving copies",
            4 => "computing the quotient",
            _ => "opening commitments",
        };
        self.progress.report(stage, self.proof.len() as f64 / self.length.max(1) as f64);
    }
}

impl Transcript<G1Affine, Challenge> for Writer<'_> {
    fn squeeze_challenge(&mut self) -> Challenge {
        self.challenges += 1;
        self.report();
        self.sponge.squeeze()
    }

    fn common_point(&mut self, point: G1Affine) -> io::Result<()> {
        self.sponge.absorb(&point_bytes(point)?);
        Ok(())
    }

    fn common_scalar(&mut self, scalar: Fr) -> io::Result<()> {
        self.sponge.absorb(&scalar_bytes(&scalar));
        Ok(())
    }
}

impl TranscriptWrite<G1Affine, Challenge> for Writer<'_> {
    fn write_point(&mut self, point: G1Affine) -> io::Result<()> {
        self.common_point(point)?;
        self.proof.extend_from_slice(&point_bytes(point)?);
        self.report();
        Ok(())
    }

    fn write_scalar(&mut self, scalar: Fr) -> io::Result<()> {
        self.common_scalar(scalar)?;
        self.proof.extend_from_slice(&scalar_bytes(&scalar));
        Ok(())
    }
}

fn scalar_bytes<F: PrimeField<Repr = [u8; 32]>>(scalar: &F) -> [u8; 32] {
    let mut bytes = scalar.to_repr();
    bytes.reverse();
    bytes
}

/// `x ‖ y`.
///
/// # Errors
/// For infinity, which has no place in a transcript.
fn point_bytes(point: G1Affine) -> io::Result<[u8; 64]> {
    if point == G1Affine::default() {
        return Err(io::Error::new(io::ErrorKind::InvalidData, "a commitment is the point at infinity"));
    }
    let mut bytes = [0; 64];
    bytes[..32].copy_from_slice(&scalar_bytes::<Fq>(&point.x));
    bytes[32..].copy_from_slice(&scalar_bytes::<Fq>(&point.y));
    Ok(bytes)
}

/// The reading side, for halo2's own verifier.
#[cfg(any(test, feature = "stock"))]
pub(super) mod reading {
    use std::io::Read;

    use halo2_proofs::{halo2curves::CurveAffine, transcript::TranscriptRead};

    use super::*;

    pub(in super::super) struct Reader<'a> {
        sponge: Sponge,
        proof: &'a [u8],
    }

    impl<'a> Reader<'a> {
        pub fn new(proof: &'a [u8]) -> Self {
            Self { sponge: Sponge::default(), proof }
        }

        pub fn rest(&self) -> &[u8] {
            self.proof
        }

        fn word<F: PrimeField<Repr = [u8; 32]>>(&mut self) -> io::Result<F> {
            let mut bytes = [0; 32];
            self.proof.read_exact(&mut bytes)?;
            bytes.reverse();
            Option::from(F::from_repr(bytes)).ok_or_else(|| io::Error::other("not canonical"))
        }
    }

    impl Transcript<G1Affine, Challenge> for Reader<'_> {
        fn squeeze_challenge(&mut self) -> Challenge {
            self.sponge.squeeze()
        }

        fn common_point(&mut self, point: G1Affine) -> io::Result<()> {
            self.sponge.absorb(&point_bytes(point)?);
            Ok(())
        }

        fn common_scalar(&mut self, scalar: Fr) -> io::Result<()> {
            self.sponge.absorb(&scalar_bytes(&scalar));
            Ok(())
        }
    }

    impl TranscriptRead<G1Affine, Challenge> for Reader<'_> {
        fn read_point(&mut self) -> io::Result<G1Affine> {
            let (x, y) = (self.word()?, self.word()?);
            let point: Option<G1Affine> = G1Affine::from_xy(x, y).into();
            let point = point.ok_or_else(|| io::Error::other("not on the curve"))?;
            self.common_point(point)?;
            Ok(point)
        }

        fn read_scalar(&mut self) -> io::Result<Fr> {
            let scalar = self.word()?;
            self.common_scalar(scalar)?;
            Ok(scalar)
        }
    }
}
