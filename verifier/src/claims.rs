//! What each claim says, on which evidence, and what it does not prove: the one place for these texts.

use popw_core::claim::{Kind, Shape};

/// A claim that this crate knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Claim {
    /// Which.
    pub kind: Kind,
    /// Of every shape its name and how many nodes its claims open of a sector: what is read of core's list, since
    /// builds have to be small.
    shapes: [(&'static str, usize); 2],
    /// The statement, in a sentence.
    pub statement: &'static str,
    /// What the statement rests on.
    pub evidence: &'static str,
    /// What does not follow from it.
    pub does_not_prove: &'static [&'static str],
}

impl Claim {
    /// How many nodes a claim of this shape opens of every sector, 0 without storage; `None` if there is no such shape.
    pub fn challenges(&self, shape: &str) -> Option<u32> {
        let (_, challenges) = self.shapes.iter().find(|(name, _)| *name == shape)?;
        u32::try_from(*challenges).ok()
    }
}

const fn shapes(kind: Kind) -> [(&'static str, usize); 2] {
    let [demo, standard] = Shape::of_kind(kind);
    [(demo.name, demo.challenges), (standard.name, standard.challenges)]
}

const LYING_QUORUM: &str = "that the witnesses told the truth: a quorum that lies, or is bribed during the epoch, can attest anything";
const ACCOUNTS: &str =
    "that witnesses are different people: different owners are different registered accounts";
const ONE_MACHINE: &str = "that the device is a machine of its own: one machine can answer for several registered identities, \
     and several devices can share one uplink";
const BETWEEN_PINGS: &str = "that the device was up between the pings of a slot, or outside the epoch";
const ONE_COPY: &str = "possession is not replication: that the device keeps a copy of its own, or on its own disk; \
     it may have fetched the nodes from others when they were asked for";
const UNASKED: &str = "that every byte was there: a small loss goes unnoticed for a while, see the odds; or that it was there all the time";
const WORTH: &str =
    "that the data is worth anything to anyone: zeros are cheap to keep, and earn what a deal has paid for";
const STRANGERS: &str = "that clients are strangers to the owner: whoever pays the network's price can sign receipts; \
     what a byte earns must not be more than what it cost";
const SAME_TIME: &str = "that the rate is there for every client at once, or between the challengers' tests";

/// Device uptime over one epoch, attested by drawn witnesses.
pub const UPTIME: Claim = Claim {
    kind: Kind::Uptime,
    shapes: shapes(Kind::Uptime),
    statement: "one registered device answered pings in the stated number of the epoch's slots, \
                each slot confirmed by a quorum of the witnesses drawn for the device, with no longer outage than the rules allow",
    evidence: "bitmaps signed by witnesses whom the epoch's opening beacon drew for this device, \
               of pairwise different owners, none of them the device's",
    does_not_prove: &[
        LYING_QUORUM,
        ACCOUNTS,
        ONE_MACHINE,
        BETWEEN_PINGS,
        "where the device is, or that it stored, served or computed anything",
    ],
};

/// Possession of sectors after an epoch.
pub const POSSESSION: Claim = Claim {
    kind: Kind::Possession,
    shapes: shapes(Kind::Possession),
    statement: "after the epoch, one registered device could read the nodes that the closing beacon asked for, \
                of sectors registered for it with the stated size in all",
    evidence: "openings of nodes drawn by the epoch's closing beacon, which nobody knew before, \
               in the trees that the sectors' registration commits to",
    does_not_prove: &[ONE_COPY, UNASKED, WORTH, "where the device is, or that it was up or served anything"],
};

/// Bytes served and rate in one epoch.
pub const BANDWIDTH: Claim = Claim {
    kind: Kind::Bandwidth,
    shapes: shapes(Kind::Bandwidth),
    statement: "one registered device served the stated bytes to clients who had paid for them in advance, \
                and a quorum of the challengers drawn for it measured at least the stated rate",
    evidence: "receipts signed by clients for allotments bought for this device and epoch, up to what they paid for, none of \
               the device's owner; rates signed by witnesses whom the opening beacon drew, of pairwise different owners",
    does_not_prove: &[
        STRANGERS,
        LYING_QUORUM,
        ACCOUNTS,
        SAME_TIME,
        ONE_MACHINE,
        "what the bytes were: a receipt counts bytes, and a client checks them itself",
    ],
};

/// Uptime, possession and bandwidth at once.
pub const WORK: Claim = Claim {
    kind: Kind::Work,
    shapes: shapes(Kind::Work),
    statement: "one registered device was up, possessed its sectors and served paying clients in the stated amounts; \
                a part that is absent or failed counts 0",
    evidence: "bitmaps and rates signed by drawn witnesses of pairwise different owners, openings of nodes drawn by the \
               closing beacon, and receipts signed by clients for allotments bought for this device and epoch",
    does_not_prove: &[
        LYING_QUORUM,
        ACCOUNTS,
        ONE_MACHINE,
        BETWEEN_PINGS,
        ONE_COPY,
        UNASKED,
        WORTH,
        STRANGERS,
        SAME_TIME,
        "that the same work is not claimed by itself as well: a network pays either work or single claims in an epoch",
    ],
};

/// The claim of this kind.
pub const fn of(kind: Kind) -> &'static Claim {
    match kind {
        Kind::Uptime => &UPTIME,
        Kind::Possession => &POSSESSION,
        Kind::Bandwidth => &BANDWIDTH,
        Kind::Work => &WORK,
    }
}

/// The claim with this id and version.
pub fn find(id: &str, version: u16) -> Option<&'static Claim> {
    Kind::find(id).filter(|kind| kind.version() == version).map(of)
}
