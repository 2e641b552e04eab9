//! Domain tags: what keeps a hash made for one purpose from standing in for another.
//!
//! A tag `⟦text⟧` is the ASCII bytes of its text (at most 31) read as one big-endian integer.

use crate::{Fr, field};

/// A domain tag.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Tag(&'static str);

impl Tag {
    /// The tag with this text.
    ///
    /// # Panics
    /// Unless `text` is 1 to 31 ASCII characters; in a `const`, at compile time.
    pub const fn new(text: &'static str) -> Self {
        assert!(!text.is_empty() && text.len() <= 31 && text.is_ascii(), "a tag is 1 to 31 ASCII characters");
        Self(text)
    }

    /// The tag's text.
    pub const fn text(self) -> &'static str {
        self.0
    }

    /// The tag as a field element.
    pub fn fr(&self) -> Fr {
        field::bytes31(self.0.as_bytes())
    }
}

/// Leaf of a device.
pub const DEVICE: Tag = Tag::new("popw.device");
/// Leaf of a witness seat.
pub const WITNESS: Tag = Tag::new("popw.witness");
/// Leaf of bytes a client has paid for in advance.
pub const ALLOTMENT: Tag = Tag::new("popw.allotment");
/// Leaf of a stored sector.
pub const SECTOR: Tag = Tag::new("popw.sector");
/// Domain: the contract that keeps the nullifiers.
pub const DOMAIN: Tag = Tag::new("popw.domain");
/// Proof of possession at registration.
pub const REGISTER: Tag = Tag::new("popw.register");

/// Context of an uptime claim.
pub const CTX_UPTIME: Tag = Tag::new("popw.ctx.uptime.1");
/// Context of a possession claim.
pub const CTX_POSSESSION: Tag = Tag::new("popw.ctx.possession.1");
/// Context of a bandwidth claim.
pub const CTX_BANDWIDTH: Tag = Tag::new("popw.ctx.bandwidth.1");
/// Context of a work claim.
pub const CTX_WORK: Tag = Tag::new("popw.ctx.work.1");
/// Nullifier of any claim; the kind is hashed next to it.
pub const NULLIFIER: Tag = Tag::new("popw.nullifier");
/// Kind: uptime.
pub const UPTIME: Tag = Tag::new("uptime");
/// Kind: storage, possession.
pub const POSSESSION: Tag = Tag::new("possession");
/// Kind: bandwidth.
pub const BANDWIDTH: Tag = Tag::new("bandwidth");
/// Kind: uptime, possession and bandwidth at once.
pub const WORK: Tag = Tag::new("work");
/// Kind: collateral.
pub const COLLATERAL: Tag = Tag::new("collateral");

/// A device's answer to a witness.
pub const PONG: Tag = Tag::new("popw.pong");
/// A witness's signed bitmap of slots.
pub const ATT_UPTIME: Tag = Tag::new("popw.att.uptime");
/// A challenger's signed rate.
pub const ATT_RATE: Tag = Tag::new("popw.att.rate");
/// Draw of uptime witnesses.
pub const DRAW: Tag = Tag::new("popw.draw");
/// Draw of bandwidth challengers.
pub const DRAW_RATE: Tag = Tag::new("popw.draw.rate");
/// Choice of the storage nodes to open.
pub const CHALLENGE: Tag = Tag::new("popw.challenge");
/// Identity of a sealed replica.
pub const REPLICA: Tag = Tag::new("popw.replica");
/// A client's running receipt.
pub const RECEIPT: Tag = Tag::new("popw.receipt");

/// Credit leaf.
pub const CREDIT: Tag = Tag::new("popw.credit");
/// Owner tag of one epoch.
pub const OWNER: Tag = Tag::new("popw.owner");
/// Lasting identity of an owner.
pub const OWNER_ID: Tag = Tag::new("popw.owner.id");
/// Compliance leaf.
pub const COMPLIANCE: Tag = Tag::new("popw.compliance");

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_as_a_big_endian_integer() {
        assert_eq!(Tag::new("a").fr(), Fr::from(0x61u64));
        assert_eq!(UPTIME.fr(), Fr::from(0x7570_7469_6d65u64));
    }

    #[test]
    #[should_panic(expected = "1 to 31 ASCII")]
    fn refuses_32_characters() {
        let _ = Tag::new("0123456789abcdef0123456789abcdef");
    }
}
