//! Messages between witness and device; how they are framed is [`frame`]'s matter, what else travels is
//! [`fetch`]'s and [`rate`]'s.
//!
//! Each exchange has a QUIC stream of its own: one frame there, one frame back.
//!
//! ```text
//! witness → device   Ping → Pong | Refused        Attest → Ack | Refused
//! device → witness   GetAttestation → Attest | Refused
//! ```
//!
//! What is signed never travels: both sides build every signed message from fields of their own.
//! Numbers travel as raw bytes here and become field elements, points and scalars, with their range
//! checks, only where they are used ([`SignatureBytes::parse`], [`nonce`]).

use ark_ff::PrimeField;
use iroh::endpoint::{RecvStream, SendStream};
use popw_core::babyjub::{self, Point, Scalar};
use popw_core::eddsa::Signature;
use popw_core::{Fr, field};
use serde::{Deserialize, Serialize};

use crate::metrics::Reason;

pub mod fetch;
pub mod frame;
pub mod rate;

pub use frame::{FrameError, MAX_FRAME, VERSION};

/// The protocol's name in the transport's handshake.
pub const ALPN: &[u8] = b"popw/uptime/1";

/// A signature as it travels: three big-endian numbers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignatureBytes {
    /// R8's x coordinate.
    pub r8_x: [u8; 32],
    /// R8's y coordinate.
    pub r8_y: [u8; 32],
    /// The scalar S.
    pub s: [u8; 32],
}

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

/// A refusal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refused {
    /// Why.
    pub code: Refusal,
    /// The refusing side's clock, Unix milliseconds, so that skew shows.
    pub unix_ms: u64,
}

/// Why a message was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Refusal {
    /// Not a message of this protocol and version.
    Malformed,
    /// A message that this side does not take.
    Unexpected,
    /// The sender is not the witness it speaks for, or that witness is not drawn.
    NotDrawn,
    /// The epoch is unknown here or not running.
    WrongEpoch,
    /// The slot is not running, even allowing for clock skew.
    WrongSlot,
    /// The nonce was seen before.
    Replayed,
    /// Too many messages.
    RateLimited,
    /// The signature does not fit.
    BadSignature,
    /// Bits that cannot be true (yet).
    BadBitmap,
    /// The bitmap takes back a bit that the same witness has signed.
    Contradiction,
    /// Nothing signed for that epoch.
    NothingSigned,
    /// The refusing side has a problem of its own; try again later.
    Internal,
}

impl From<Reason> for Refusal {
    fn from(kind: Reason) -> Self {
        match kind {
            Reason::Malformed | Reason::Oversized | Reason::Version | Reason::Incomplete => Self::Malformed,
            Reason::Unexpected => Self::Unexpected,
            Reason::UnknownPeer | Reason::NotDrawn | Reason::Impersonation | Reason::OwnOwner => {
                Self::NotDrawn
            }
            Reason::WrongEpoch => Self::WrongEpoch,
            Reason::WrongSlot | Reason::Late => Self::WrongSlot,
            Reason::Replayed => Self::Replayed,
            Reason::RateLimited | Reason::Crowded => Self::RateLimited,
            Reason::BadSignature => Self::BadSignature,
            Reason::BitsBeyondSlots | Reason::FutureBits => Self::BadBitmap,
            Reason::Contradiction => Self::Contradiction,
            // The first are said in other protocols' words; a challenger has no one to say the last to.
            Reason::NoAllotment | Reason::StaleReceipt | Reason::Unpaid | Reason::CapUsed => Self::Unexpected,
            Reason::NotStored | Reason::WrongData | Reason::Replaced => Self::Unexpected,
            Reason::Internal => Self::Internal,
        }
    }
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

impl SignatureBytes {
    /// The bytes of a signature.
    pub fn new(signature: &Signature) -> Self {
        // S is below l, so below r: it fits a field element.
        let s = Fr::from_bigint(signature.s.into_bigint()).unwrap_or_default();
        Self {
            r8_x: field::to_be_bytes(&signature.r8.x),
            r8_y: field::to_be_bytes(&signature.r8.y),
            s: field::to_be_bytes(&s),
        }
    }

    /// The signature, when the numbers are in range and R8 is on the curve.
    pub fn parse(&self) -> Option<Signature> {
        let number = |bytes| field::from_be_bytes(bytes).ok();
        let r8 = Point::new_unchecked(number(&self.r8_x)?, number(&self.r8_y)?);
        let s = Scalar::from_bigint(number(&self.s)?.into_bigint())?;
        babyjub::is_on_curve(&r8).then_some(Signature { r8, s })
    }

    /// The numbers that [`SignatureBytes::to_bytes`] put together.
    pub fn from_bytes(bytes: &[u8; 96]) -> Self {
        let mut parts = bytes.chunks_exact(32).map(|part| {
            let mut copy = [0u8; 32];
            copy.copy_from_slice(part);
            copy
        });
        let mut part = || parts.next().unwrap_or_default();
        Self { r8_x: part(), r8_y: part(), s: part() }
    }

    /// The three numbers, one after the other.
    pub fn to_bytes(&self) -> [u8; 96] {
        let mut bytes = [0u8; 96];
        for (part, target) in [&self.r8_x, &self.r8_y, &self.s].into_iter().zip(bytes.chunks_exact_mut(32)) {
            target.copy_from_slice(part);
        }
        bytes
    }
}
