//! Messages between witness and device.
//!
//! Each exchange has a QUIC stream of its own: one frame there, one frame back.
//!
//! ```text
//! witness → device   Ping → Pong | Refused        Attest → Ack | Refused
//! device → witness   GetAttestation → Attest | Refused
//! ```

use iroh::endpoint::{RecvStream, SendStream};
use popw_core::{Fr, field};
use serde::{Deserialize, Serialize};

use crate::wire::{FrameError, Refused, SignatureBytes, frame};

/// The protocol's name in the transport's handshake.
pub const ALPN: &[u8] = b"popw/uptime/1";

/// A message of the protocol.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Message {
    /// Witness: are you there, in this slot?
    Ping(Ping),
    /// Device: here I am.
    Pong(Pong),
    /// Witness: what I saw so far, signed.
    Attest(Attest),
    /// Device: verified and stored.
    Ack,
    /// Device: what have you signed for me?
    GetAttestation {
        /// The epoch asked about.
        epoch: u32,
    },
    /// Either: no, and why.
    Refused(Refused),
}

/// A witness's ping.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ping {
    /// The running epoch.
    pub epoch: u32,
    /// The running slot.
    pub slot: u32,
    /// The witness's index in the epoch's registry.
    pub witness_index: u32,
    /// Fresh for every ping; a field element, big-endian.
    pub nonce: [u8; 32],
}

/// A device's answer to a ping.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pong {
    /// Over `popw_core::message::pong`, by the device's key.
    pub signature: SignatureBytes,
    /// The device's clock, Unix milliseconds: shown, never trusted.
    pub unix_ms: u64,
}

/// A witness's signed bitmap.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attest {
    /// The epoch attested.
    pub epoch: u32,
    /// The witness's index in the epoch's registry.
    pub witness_index: u32,
    /// Bit s of word s / 64: the device answered in slot s.
    pub bitmap: [u64; 4],
    /// Over `popw_core::message::uptime_attestation`, by the witness's key.
    pub signature: SignatureBytes,
}

/// [`frame::encode`], for a message of this protocol.
///
/// # Errors
/// [`FrameError::Oversized`]: no message of this version comes near the bound.
pub fn encode(message: &Message) -> Result<Vec<u8>, FrameError> {
    frame::encode(message)
}

/// [`frame::decode`], for a message of this protocol.
///
/// # Errors
/// [`FrameError`], for every input that [`encode`] cannot have made.
pub fn decode(bytes: &[u8]) -> Result<Message, FrameError> {
    frame::decode(bytes)
}

/// [`frame::read`], for a message of this protocol.
///
/// # Errors
/// [`FrameError`]; a stream that breaks off is [`FrameError::Incomplete`].
pub async fn read(stream: &mut RecvStream) -> Result<Message, FrameError> {
    frame::read(stream).await
}

/// [`frame::write`], for a message of this protocol.
///
/// # Errors
/// [`FrameError::Incomplete`] when the peer is gone.
pub async fn write(stream: &mut SendStream, message: &Message) -> Result<(), FrameError> {
    frame::write(stream, message).await
}

/// A ping's nonce as a field element; `None` when it is not below the field's order.
pub fn nonce(bytes: &[u8; 32]) -> Option<Fr> {
    field::from_be_bytes(bytes).ok()
}
