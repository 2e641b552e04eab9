//! Messages between challenger and device: how fast can it send?
//!
//! Each exchange has a QUIC stream of its own.
//!
//! ```text
//! challenger → device   Challenge → Go, then the seed's bytes for as long as asked | Refused
//!                       Attest → Ack | Refused
//! ```
//!
//! The bytes are those of [`stream`]: nobody has them before the seed is known, and nothing compresses them.

use popw_core::{Fr, field};
use serde::{Deserialize, Serialize};

use crate::wire::{Refused, SignatureBytes};

/// The protocol's name in the transport's handshake.
pub const ALPN: &[u8] = b"popw/rate/1";

/// Longest test that a device takes part in, milliseconds.
pub const MAX_TEST_MS: u32 = 60_000;

const CONTEXT: &str = "popw 2026-11 the bytes of a rate test";

/// A message of the protocol.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Message {
    /// Challenger: send me these bytes.
    Challenge(Challenge),
    /// Device: here they come.
    Go,
    /// Challenger: the rate I measured, signed.
    Attest(Attest),
    /// Device: verified and stored.
    Ack,
    /// Device: no, and why.
    Refused(Refused),
}

/// A challenge.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Challenge {
    /// The running epoch.
    pub epoch: u32,
    /// The challenger's index in the epoch's registry of witnesses.
    pub witness_index: u32,
    /// Fresh for every test.
    pub seed: [u8; 32],
    /// How long to send, milliseconds, at most [`MAX_TEST_MS`].
    pub ms: u32,
}

/// A challenger's signed rate.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attest {
    /// The epoch attested.
    pub epoch: u32,
    /// The challenger's index in the epoch's registry of witnesses.
    pub witness_index: u32,
    /// In 0.1 Mbit/s.
    pub rate: u32,
    /// Over `popw_core::message::rate_attestation`, by the witness's key.
    pub signature: SignatureBytes,
}

/// The bytes of a test: BLAKE3's extended output over the seed, for one device in one epoch.
pub fn stream(seed: &[u8; 32], epoch: u32, device_leaf: Fr) -> blake3::OutputReader {
    let mut hasher = blake3::Hasher::new_derive_key(CONTEXT);
    hasher.update(seed).update(&epoch.to_be_bytes()).update(&field::to_be_bytes(&device_leaf));
    hasher.finalize_xof()
}
