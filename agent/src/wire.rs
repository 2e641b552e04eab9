//! Messages between witness and device, and how they are framed.
//!
//! Each exchange has a QUIC stream of its own: one frame there, one frame back.
//!
//! ```text
//! frame   = length (u16, big-endian: bytes that follow, 1..=4096) ‖ version (u8) ‖ body (postcard)
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
use thiserror::Error;

use crate::metrics::Reason;

/// The protocol's name in the transport's handshake.
pub const ALPN: &[u8] = b"popw/uptime/1";

/// The frame's version byte.
pub const VERSION: u8 = 1;

/// Longest frame after the length prefix, bytes.
pub const MAX_FRAME: usize = 4096;

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
            Reason::Internal => Self::Internal,
        }
    }
}

/// Why bytes are not a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum FrameError {
    /// The bytes end before the frame does.
    #[error("the frame is incomplete")]
    Incomplete,
    /// The length prefix exceeds [`MAX_FRAME`] (or, when encoding, the message does).
    #[error("a frame of {0} bytes, at most {MAX_FRAME} are allowed")]
    Oversized(usize),
    /// Another version.
    #[error("frame version {0}, expected {VERSION}")]
    Version(u8),
    /// The body is not a message.
    #[error("the frame does not hold a message")]
    Malformed,
    /// The body goes on after the message.
    #[error("{0} bytes left over after the message")]
    Trailing(usize),
}

impl FrameError {
    /// The counter for this error.
    pub fn kind(&self) -> Reason {
        match self {
            Self::Incomplete => Reason::Incomplete,
            Self::Oversized(_) => Reason::Oversized,
            Self::Version(_) => Reason::Version,
            Self::Malformed | Self::Trailing(_) => Reason::Malformed,
        }
    }
}

/// Encodes a message as a frame, length prefix included.
///
/// # Errors
/// [`FrameError::Oversized`]: no message of this version comes near the bound.
pub fn encode(message: &Message) -> Result<Vec<u8>, FrameError> {
    let frame = postcard::to_extend(message, vec![0, 0, VERSION]).map_err(|_| FrameError::Malformed)?;
    let length = frame.len() - 2;
    let prefix = u16::try_from(length).ok().filter(|_| length <= MAX_FRAME);
    let prefix = prefix.ok_or(FrameError::Oversized(length))?;
    let mut frame = frame;
    frame[..2].copy_from_slice(&prefix.to_be_bytes());
    Ok(frame)
}

/// Decodes one whole frame, length prefix included.
///
/// # Errors
/// [`FrameError`], for every input that [`encode`] cannot have made.
pub fn decode(frame: &[u8]) -> Result<Message, FrameError> {
    let (prefix, rest) = frame.split_first_chunk::<2>().ok_or(FrameError::Incomplete)?;
    let length = frame_length(*prefix)?;
    let (content, trailing) = rest.split_at_checked(length).ok_or(FrameError::Incomplete)?;
    if !trailing.is_empty() {
        return Err(FrameError::Trailing(trailing.len()));
    }
    decode_content(content)
}

fn frame_length(prefix: [u8; 2]) -> Result<usize, FrameError> {
    match usize::from(u16::from_be_bytes(prefix)) {
        0 => Err(FrameError::Malformed),
        length if length > MAX_FRAME => Err(FrameError::Oversized(length)),
        length => Ok(length),
    }
}

fn decode_content(content: &[u8]) -> Result<Message, FrameError> {
    let (&version, body) = content.split_first().ok_or(FrameError::Malformed)?;
    if version != VERSION {
        return Err(FrameError::Version(version));
    }
    let (message, trailing) = postcard::take_from_bytes(body).map_err(|_| FrameError::Malformed)?;
    if !trailing.is_empty() {
        return Err(FrameError::Trailing(trailing.len()));
    }
    Ok(message)
}

/// Reads the one frame of a stream.
///
/// # Errors
/// [`FrameError`]; a stream that breaks off is [`FrameError::Incomplete`].
pub async fn read(stream: &mut RecvStream) -> Result<Message, FrameError> {
    let mut prefix = [0u8; 2];
    stream.read_exact(&mut prefix).await.map_err(|_| FrameError::Incomplete)?;
    let mut content = vec![0u8; frame_length(prefix)?];
    stream.read_exact(&mut content).await.map_err(|_| FrameError::Incomplete)?;
    match stream.read(&mut [0u8; 1]).await {
        Ok(None) => decode_content(&content),
        Ok(Some(more)) => Err(FrameError::Trailing(more)),
        Err(_) => Err(FrameError::Incomplete),
    }
}

/// Writes the one frame of a stream and ends the stream.
///
/// # Errors
/// [`FrameError::Incomplete`] when the peer is gone.
pub async fn write(stream: &mut SendStream, message: &Message) -> Result<(), FrameError> {
    let frame = encode(message)?;
    stream.write_all(&frame).await.map_err(|_| FrameError::Incomplete)?;
    stream.finish().map_err(|_| FrameError::Incomplete)
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
