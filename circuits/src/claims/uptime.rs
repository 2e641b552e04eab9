//! Uptime: "a device registered in this network answered a quorum of randomly drawn witnesses in so many slots of
//! this epoch, and this reward goes to whom its owner chose".
//!
//! # Statement
//! Public: `context`, `nullifier`, `outcome`. The prover knows a witness with
//!
//! | clause | says |
//! | --- | --- |
//! | C1 key | `0 < sk < l` and `A = sk · Base8` |
//! | C2 device | `D = H(⟦popw.device⟧, A.x, A.y, owner)` is in `device_root ≠ 0`, index < 2^depth |
//! | C3 rules | all seven rules are below 2^32; `1 ≤ q ≤ k ≤ K`; `slots ≤ S`; `B ≥ 1` |
//! | C4 draw | `n_w ≥ 1`; a used seat j is below k and has index `low128(H(⟦popw.draw⟧, ρ, D, j)) mod n_w` |
//! | C5 seat | its leaf `H(⟦popw.witness⟧, A_j.x, A_j.y, owner_j, index_j)` is in `witness_root ≠ 0` |
//! | C6 attestation | `A_j` signed `H(⟦popw.att.uptime⟧, H(domain, epoch, ρ), D, bitmap_j)` |
//! | C7 owners | owners of used seats differ from each other and from the device's |
//! | C8 bitmap | bits of used bitmaps at and above `slots` are 0 |
//! | C9 quorum | slot s is up iff at least q used seats have bit s; `up` counts them |
//! | C10 gap | when a run of down slots is longer than `max_gap`, the claimed up slots are 0, else `up` |
//! | C11 context | `context` is that of domain, epoch < 2^32, ρ, ρ', both roots and the rules |
//! | C12 nullifier | `nullifier = H(⟦popw.nullifier⟧, ⟦uptime⟧, sk, H(domain, epoch), 0)` |
//! | C13 outcome | `outcome = payee + 2^160 · claimed up slots`, payee < 2^160, claimed up slots < 2^8 |
//!
//! # Instance
//! | index | name | encoding |
//! | --- | --- | --- |
//! | 0 | context | field element, the same for all devices of an epoch |
//! | 1 | nullifier | field element, one per device and epoch |
//! | 2 | outcome | payee in bits 0..160, up slots in bits 160..168 |
//!
//! # Does not prove
//! That the quorum of drawn witnesses told the truth; that the machine is where or what its owner says; that the
//! context is one a network published (the verifier compares it).
//!
//! # Soundness, by clause
//! - C1: 251 bits compared with l, not with r, so sk + t·l is refused and A has one nullifier an epoch.
//! - C2, C5: depth is one-hot and index bits at or above it are zero; identity comes from inside the leaf.
//! - C4: canonical bits of the seed and a division that cannot wrap ([`crate::gadgets::draw`]).
//! - C6: the equation of circomlib with S < l, A on the curve and not of small order. In an unused seat the
//!   equation is not enforced, and the seat's bits are multiplied by `used = 0`.
//! - C8–C10: at most 15 seats, so votes and counts never wrap.
//! - C13: 160 + 8 bits are below r.
//!
//! # Completeness
//! Any honest run is provable once k seats hold at least q distinct foreign owners; a draw can miss that, see
//! [`popw_core::draw`]. An unused seat is filled with [`Seat::unused`]; the circuit refuses other fillings that are
//! not well-formed (a key off the curve, S ≥ l), which `check` does not look at.
//!
//! # Cost
//! Pinned in `tests/golden/`.

use alloc::vec::Vec;

use popw_core::{Fr, babyjub};

use crate::gadgets::lean_imt::Path;

mod check;
mod circuit;
mod input;

pub use check::check;
pub use circuit::synthesize;
pub use input::{InputError, prepare};

/// Sizes a circuit is built for. `slots ≤ 252`, `seats ≤ 15`, depths ≤ 32.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shape {
    /// Name in files and on the command line.
    pub name: &'static str,
    /// S: most slots of an epoch.
    pub slots: usize,
    /// K: most seats of a committee.
    pub seats: usize,
    /// Most levels of the device registry.
    pub device_depth: usize,
    /// Most levels of the witness registry.
    pub witness_depth: usize,
}

/// For demonstrations and tests: up to 2^8 witnesses and 2^10 devices.
pub const DEMO: Shape = Shape { name: "demo", slots: 24, seats: 5, device_depth: 10, witness_depth: 8 };

/// For networks: up to 2^20 witnesses and 2^32 devices.
pub const STANDARD: Shape =
    Shape { name: "standard", slots: 240, seats: 8, device_depth: 32, witness_depth: 20 };

/// All shapes.
pub const SHAPES: [Shape; 2] = [DEMO, STANDARD];

/// The shape called `name`.
pub fn shape(name: &str) -> Option<Shape> {
    SHAPES.into_iter().find(|shape| shape.name == name)
}

/// What the verifier sees: the public inputs, in the order in which the circuit exposes them.
pub use popw_core::document::PublicInputs as Instance;

/// What the prover knows. Values are raw field elements: nothing is assumed about them, neither by `check` nor by
/// the circuit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Witness {
    /// Domain of the network.
    pub domain: Fr,
    /// Epoch number.
    pub epoch: Fr,
    /// ρ, the opening beacon.
    pub opening: Fr,
    /// ρ', the closing beacon.
    pub closing: Fr,
    /// Root of the devices.
    pub device_root: Fr,
    /// Root of the witnesses.
    pub witness_root: Fr,
    /// n_w, k, q, slots, max_gap, B, min_rate.
    pub rules: [Fr; 7],
    /// 160-bit commitment to recipient and owner tag.
    pub payee: Fr,
    /// The device's secret scalar.
    pub secret: Fr,
    /// The device's owner.
    pub owner: Fr,
    /// Path of the device's leaf.
    pub device_path: Path,
    /// Seats 0..K; those beyond are ignored, missing ones unused.
    pub seats: Vec<Seat>,
}

impl Drop for Witness {
    fn drop(&mut self) {
        zeroize::Zeroize::zeroize(&mut self.secret);
    }
}

/// One seat of the committee.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seat {
    /// Whether the prover counts this seat.
    pub used: bool,
    /// Number of the witness seated here.
    pub index: Fr,
    /// Its public key's coordinates.
    pub key: (Fr, Fr),
    /// Its owner.
    pub owner: Fr,
    /// Path of its leaf.
    pub path: Path,
    /// Slots it attests, bit s for slot s.
    pub bitmap: Fr,
    /// Signature: R8's coordinates.
    pub r8: (Fr, Fr),
    /// Signature: S.
    pub s: Fr,
}

impl Seat {
    /// What fills a seat that is not used: a well-formed key, nothing else.
    pub fn unused() -> Self {
        let base = babyjub::base8();
        let zero = Fr::from(0u64);
        Self {
            used: false,
            index: zero,
            key: (base.x, base.y),
            owner: zero,
            path: Path::default(),
            bitmap: zero,
            r8: (base.x, base.y),
            s: zero,
        }
    }
}

macro_rules! clauses {
    ($($clause:ident $name:literal $text:literal,)*) => {
        /// A clause that does not hold. The name is the one constraints carry.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Violation { $(#[doc = $text] $clause,)* }

        impl Violation {
            /// Every clause, in order.
            pub const ALL: &'static [Self] = &[$(Self::$clause,)*];

            /// The clause's name in constraint paths.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$clause => $name,)* }
            }

            /// What is wrong when it fails.
            pub const fn text(self) -> &'static str {
                match self { $(Self::$clause => $text,)* }
            }
        }
    };
}

clauses! {
    Key "C1-key" "the secret scalar is not in 0 < sk < l",
    Device "C2-device" "the device is not in the device registry",
    Rules "C3-rules" "the rules are out of range for this shape",
    Draw "C4-draw" "a used seat is not one that was drawn",
    Seat "C5-seat" "a used seat's witness is not in the witness registry",
    Attestation "C6-attestation" "a used seat's attestation is not signed by its witness for this device and epoch",
    Owners "C7-owners" "an owner stands behind two used seats, or behind a used seat and the device",
    Bitmap "C8-bitmap" "a used bitmap has a bit at or above the number of slots",
    Quorum "C9-quorum" "the up slots are not those a quorum saw",
    Gap "C10-gap" "the claimed up slots ignore the longest gap",
    Context "C11-context" "the context is not that of the epoch",
    Nullifier "C12-nullifier" "the nullifier is not the device's for this epoch",
    Outcome "C13-outcome" "the outcome is not payee and claimed up slots",
}

impl core::fmt::Display for Violation {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "{}: {}", self.name(), self.text())
    }
}

impl core::error::Error for Violation {}
