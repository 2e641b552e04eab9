//! The clauses by name.

use popw_core::claim::Kind;

/// Which part of a claim a clause belongs to.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Part {
    Frame,
    Batch,
    Uptime,
    Storage,
    Bandwidth,
}

macro_rules! clauses {
    ($($clause:ident $part:ident $name:literal $text:literal,)*) => {
        /// A clause that does not hold. The name is the one constraints carry.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Violation { $(#[doc = $text] $clause,)* }

        impl Violation {
            /// Every clause of every claim, in the order in which they are checked.
            pub const ALL: &'static [Self] = &[$(Self::$clause,)*];

            /// The clause's name in constraint paths.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$clause => $name,)* }
            }

            /// What is wrong when it fails.
            pub const fn text(self) -> &'static str {
                match self { $(Self::$clause => $text,)* }
            }

            const fn part(self) -> Part {
                match self { $(Self::$clause => Part::$part,)* }
            }
        }
    };
}

clauses! {
    Key Frame "C1-key" "the secret scalar is not in 0 < sk < l",
    Device Frame "C2-device" "the device is not in the device registry",
    Rules Frame "C3-rules" "the rules are out of range for this shape",
    Batch Batch "C4-batch" "the batch is not below the number of batches",
    Draw Uptime "U1-draw" "a used seat is not one that was drawn",
    Seat Uptime "U2-seat" "a used seat's witness is not in the witness registry",
    Attestation Uptime "U3-attestation" "a used seat's attestation is not signed by its witness for this device and epoch",
    Owners Uptime "U4-owners" "an owner stands behind two used seats, or behind a used seat and the device",
    Bitmap Uptime "U5-bitmap" "a used bitmap has a bit at or above the number of slots",
    Quorum Uptime "U6-quorum" "the up slots are not those a quorum saw",
    Gap Uptime "U7-gap" "the claimed up slots ignore the longest gap",
    Sector Storage "S1-sector" "a used sector is not this device's in the sector registry",
    SectorOrder Storage "S2-order" "used sectors are not in order, of the batch, and each there once",
    Term Storage "S3-term" "a used sector's term is over",
    Size Storage "S4-size" "a sector's nodes or height are not those of its bytes",
    Challenge Storage "S5-challenge" "an opened node is not the one the closing beacon asks for",
    Opening Storage "S6-opening" "an opened node does not lead to the sector's root",
    Stored Storage "S7-stored" "the MiB stored are not those of the used sectors",
    Allotment Bandwidth "B1-allotment" "a used allotment is not in the registry for this device and epoch",
    ReceiptOrder Bandwidth "B2-order" "used allotments are not in order, of the batch, and each there once",
    Payer Bandwidth "B3-payer" "a used allotment was paid for by the device's own owner",
    Receipt Bandwidth "B4-receipt" "a used receipt is not signed by its client for this device, epoch and allotment",
    Served Bandwidth "B5-served" "the MiB served are not those of the receipts, each up to its cap",
    RateDraw Bandwidth "B6-draw" "a used challenger is not one that was drawn",
    Challenger Bandwidth "B7-challenger" "a used challenger is not in the witness registry",
    RateAttestation Bandwidth "B8-attestation" "a used rate is not signed by its challenger for this device and epoch",
    RateOwners Bandwidth "B9-owners" "an owner stands behind two used challengers, or behind one and the device",
    Rate Bandwidth "B10-rate" "the rate is not the largest that a quorum of challengers reached",
    Gate Bandwidth "B11-gate" "MiB served or rate are claimed below the network's least rate",
    Context Frame "C5-context" "the context is not that of the epoch",
    Nullifier Frame "C6-nullifier" "the nullifier is not the device's for this epoch and batch",
    Outcome Frame "C7-outcome" "the outcome is not payee and claimed amount",
}

impl Violation {
    /// Whether the statement of `kind` has this clause.
    pub const fn is_of(self, kind: Kind) -> bool {
        match self.part() {
            Part::Frame => true,
            Part::Batch => kind.is_batched(),
            Part::Uptime => kind.has_uptime(),
            Part::Storage => kind.has_storage(),
            Part::Bandwidth => kind.has_bandwidth(),
        }
    }
}

impl core::fmt::Display for Violation {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "{}: {}", self.name(), self.text())
    }
}

impl core::error::Error for Violation {}
