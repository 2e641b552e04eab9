//! What all protocols between the daemons share: frames, signatures, refusals. What is said in them is each duty's matter,
//! [`crate::duties`].
//!
//! What is signed never travels: both sides build every signed message from fields of their own.
//! Numbers travel as raw bytes here and become field elements, points and scalars, with their range
//! checks, only where they are used ([`SignatureBytes::parse`]).

use ark_ff::PrimeField;
use popw_core::babyjub::{self, Point, Scalar};
use popw_core::eddsa::Signature;
use popw_core::{Fr, field};
use serde::{Deserialize, Serialize};

use crate::metrics::Reason;

pub mod frame;

pub use frame::{FrameError, MAX_FRAME, VERSION};

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
