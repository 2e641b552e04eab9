//! Messages between client and device: content for receipts.
//!
//! Each download has a QUIC stream of its own.
//!
//! ```text
//! client → device   Open, then a Receipt every now and then, until it ends its side
//! device → client   Opened, blocks, an empty block, Settled | Stopped        or at once Stopped
//! block             length (u32, big-endian) ‖ parents (64 bytes each) ‖ a group of content (16 KiB, the last shorter)
//! ```
//!
//! A block holds one group and, before it, those parents of BLAKE3's tree that the groups before it had no need of:
//! how many is known from size, first group and group ([`crate::content::tree`]), so every group is verified as it
//! comes. A device that cannot even write an empty block resets the stream with the same code.

use serde::{Deserialize, Serialize};

use crate::metrics::Reason;
use crate::wire::SignatureBytes;

/// The protocol's name in the transport's handshake.
pub const ALPN: &[u8] = b"popw/fetch/1";

/// What a client says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Request {
    /// First: what it wants.
    Open(Open),
    /// Then: what it has received.
    Receipt(Receipt),
}

/// A client's wish.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Open {
    /// The running epoch.
    pub epoch: u32,
    /// Its allotment's number in the registry.
    pub seq: u64,
    /// BLAKE3 hash of the content.
    pub content: [u8; 32],
    /// The first group wanted: what is before it, the client has.
    pub group: u64,
}

/// A receipt: the epoch, the allotment and the device are those of the stream.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Receipt {
    /// All bytes of content received on the allotment so far.
    pub bytes: u64,
    /// Over `popw_core::message::receipt`, by the client's key.
    pub signature: SignatureBytes,
}

/// What a device says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Reply {
    /// Blocks follow.
    Opened(Opened),
    /// All was sent, and the last receipt is stored.
    Settled {
        /// Its bytes.
        bytes: u64,
    },
    /// No (more), and why.
    Stopped(Stopped),
}

/// What is going to be sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Opened {
    /// Length of the content, bytes.
    pub size: u64,
    /// The last receipt that the device has of this allotment: a client that lost its own record goes on from it.
    pub last: Option<Receipt>,
    /// How many bytes the device sends ahead of receipts.
    pub credit: u64,
}

/// The end of a download before its end.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stopped {
    /// Why.
    pub code: Stop,
    /// Bytes of the last receipt stored; 0 without one.
    pub signed: u64,
    /// The device's clock, Unix milliseconds, so that skew shows.
    pub unix_ms: u64,
}

/// Why a device does not serve, or no longer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Stop {
    /// Not a message of this protocol and version.
    Malformed,
    /// The client has no allotment of this number for this device in this epoch.
    NoAllotment,
    /// The client has the device's owner: its receipts would count for nothing.
    OwnOwner,
    /// The epoch is unknown here, or not running.
    WrongEpoch,
    /// The content is not stored here, or has no such group.
    NotStored,
    /// Too much was sent without receipts.
    Unpaid,
    /// The allotment is used up.
    CapUsed,
    /// A receipt's signature does not fit.
    BadReceipt,
    /// Too many clients, or too many receipts.
    Busy,
    /// The client takes or says nothing.
    Stalled,
    /// The same client has begun another download on the allotment.
    Replaced,
    /// The device has a problem of its own; try again later.
    Internal,
}

impl Stop {
    /// Every code, in the order of the wire.
    pub const ALL: [Self; 12] = [
        Self::Malformed,
        Self::NoAllotment,
        Self::OwnOwner,
        Self::WrongEpoch,
        Self::NotStored,
        Self::Unpaid,
        Self::CapUsed,
        Self::BadReceipt,
        Self::Busy,
        Self::Stalled,
        Self::Replaced,
        Self::Internal,
    ];

    /// The code with which a stream is reset when nothing else can be said.
    pub fn number(self) -> u32 {
        // Zero is what a process that dies leaves behind.
        self as u32 + 1
    }

    /// The code behind a stream's reset.
    pub fn from_number(number: u64) -> Option<Self> {
        Self::ALL.into_iter().find(|stop| u64::from(stop.number()) == number)
    }

    /// The device's counter for it.
    pub fn reason(self) -> Reason {
        match self {
            Self::Malformed => Reason::Malformed,
            Self::NoAllotment => Reason::NoAllotment,
            Self::OwnOwner => Reason::OwnOwner,
            Self::WrongEpoch => Reason::WrongEpoch,
            Self::NotStored => Reason::NotStored,
            Self::Unpaid => Reason::Unpaid,
            Self::CapUsed => Reason::CapUsed,
            Self::BadReceipt => Reason::BadSignature,
            Self::Busy => Reason::Crowded,
            Self::Stalled => Reason::Incomplete,
            Self::Replaced => Reason::Replaced,
            Self::Internal => Reason::Internal,
        }
    }

    /// What it means, for people.
    pub fn explain(self) -> &'static str {
        match self {
            Self::Malformed => "it does not understand this client: another version of popw?",
            Self::NoAllotment => "it knows of no such allotment of this client's for it in this epoch",
            Self::OwnOwner => "this client has the device's own owner, whose receipts count for nothing",
            Self::WrongEpoch => "the epoch is not running by its clock, or it has not taken it up",
            Self::NotStored => "it does not store that content",
            Self::Unpaid => "too much was sent that no receipt came for",
            Self::CapUsed => "the allotment is used up",
            Self::BadReceipt => "a receipt's signature does not fit",
            Self::Busy => "it has too many clients at the moment",
            Self::Stalled => "this client was too slow",
            Self::Replaced => "this client has begun another download on the same allotment",
            Self::Internal => "it has a problem of its own",
        }
    }
}
