//! Claims: "this registered device did this work in this epoch, and the reward goes to whom its owner chose".
//!
//! There are four kinds ([`Kind`]). Each is the frame below around one part or, for `work`, all three: [`uptime`],
//! [`storage`] and [`bandwidth`] say what the parts claim. A [`Shape`] fixes the kind and the sizes, and with
//! them the circuit; witness, native [`check`] and circuit are written once.
//!
//! # Statement of the frame
//! Public: `context`, `nullifier`, `outcome`. The prover knows a witness with
//!
//! | clause | says |
//! | --- | --- |
//! | C1 key | `0 < sk < l` and `A = sk · Base8` |
//! | C2 device | `D = H(⟦popw.device⟧, A.x, A.y, owner)` is in `device_root ≠ 0`, index < 2^depth |
//! | C3 rules | all seven rules are below 2^32; `B ≥ 1`; with a committee `1 ≤ q ≤ k ≤ K`; with slots `slots ≤ S` |
//! | C4 batch | `b < B`; in an uptime claim b is 0 and there is no such clause |
//! | C5 context | `context` is that of the kind, domain, epoch < 2^32, ρ, ρ′, the kind's roots (others 0) and the rules |
//! | C6 nullifier | `nullifier = H(⟦popw.nullifier⟧, ⟦kind⟧, sk, H(domain, epoch), b)` |
//! | C7 outcome | `outcome = payee + 2^160 · amount`, payee < 2^160, every field of the amount within its width |
//!
//! # Instance
//! | index | name | encoding |
//! | --- | --- | --- |
//! | 0 | context | field element, the same for all devices of an epoch |
//! | 1 | nullifier | field element, one per device, epoch and batch |
//! | 2 | outcome | payee in bits 0..160, then up slots 8, MiB stored 32, MiB served 30, rate 20 |
//!
//! # Does not prove
//! That the context is one a network published: the verifier compares it. That the machine is where or what its
//! owner says.
//!
//! # Soundness, by clause
//! - C1: 251 bits compared with l, not with r, so sk + t·l is refused and A has one nullifier for each batch.
//! - C2: depth is one-hot and index bits at or above it are zero; identity comes from inside the leaf.
//! - C4: up slots and rate are multiplied by `[b = 0]`: they are paid once however many batches there are.
//! - C7: 160 + 90 bits are below r.
//!
//! # Cost
//! Pinned in `tests/golden/`.

use popw_core::tag::Tag;

pub mod bandwidth;
mod check;
mod circuit;
mod committee;
mod input;
mod serials;
pub mod storage;
mod systems;
pub mod uptime;
mod violation;
mod witness;
pub mod work;

pub use check::check;
pub use circuit::synthesize;
pub use input::{InputError, prepare, smallest_shape};
pub use popw_core::claim::Kind;
/// What the verifier sees: the public inputs, in the order in which the circuit exposes them.
pub use popw_core::document::PublicInputs as Instance;
pub use systems::{advice, assignment, layout, matrices};
pub use violation::Violation;
pub use witness::{Opening, Receipt, Seat, Sector, Witness};

/// The sizes a circuit is built for. Those of parts that the kind does not have are 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shape {
    /// The kind of claim.
    pub kind: Kind,
    /// Name in files and on the command line.
    pub name: &'static str,
    /// Most levels of the device registry, at most 32.
    pub device_depth: usize,
    /// Most levels of the witness registry, at most 32.
    pub witness_depth: usize,
    /// Most slots of an epoch, S ≤ 252.
    pub slots: usize,
    /// Most seats of the committee that watches uptime, K ≤ 15.
    pub seats: usize,
    /// Most sectors of a claim.
    pub sectors: usize,
    /// Challenges of a sector.
    pub challenges: usize,
    /// Most levels of a sector's tree, at most 13.
    pub height: usize,
    /// Most levels of the sector registry, at most 32.
    pub sector_depth: usize,
    /// Most receipts of a claim.
    pub receipts: usize,
    /// Most levels of the allotment registry, at most 32.
    pub allotment_depth: usize,
    /// Most seats of the committee that measures the rate: 0 or K, as [`Shape::seats`].
    pub challengers: usize,
}

/// Every shape of every kind.
pub const SHAPES: [Shape; 8] = [
    uptime::DEMO,
    uptime::STANDARD,
    storage::DEMO,
    storage::STANDARD,
    bandwidth::DEMO,
    bandwidth::STANDARD,
    work::DEMO,
    work::STANDARD,
];

/// The shape of this kind and name.
pub fn shape(kind: Kind, name: &str) -> Option<Shape> {
    SHAPES.into_iter().find(|shape| shape.kind == kind && shape.name == name)
}

impl Shape {
    /// K: most seats of a committee; 0 without one.
    pub const fn committee(&self) -> usize {
        if self.seats > self.challengers { self.seats } else { self.challengers }
    }

    /// The clauses of this shape's statement.
    pub fn clauses(&self) -> impl Iterator<Item = Violation> {
        let kind = self.kind;
        Violation::ALL.iter().copied().filter(move |violation| violation.is_of(kind))
    }

    /// # Panics
    /// Unless every size is within its limit and the parts are those of the kind.
    fn assert_possible(&self) {
        assert!(self.device_depth <= 32 && self.witness_depth <= 32, "registries have at most 2^32 leaves");
        assert!(self.sector_depth <= 32 && self.allotment_depth <= 32, "registries have at most 2^32 leaves");
        assert!(
            self.slots <= 252 && self.seats <= 15 && self.challengers <= 15,
            "slots and seats fit their counters"
        );
        assert!(
            self.height <= 13 && self.sectors <= 1 << 10 && self.receipts <= 1 << 10,
            "sums stay far below r"
        );
        assert!(
            (self.sectors as u64) << (3 * self.height) <= 1 << 46,
            "31 bytes of each node stay below 2^32 MiB"
        );
        for (has, sizes) in [
            (self.kind.has_uptime(), [self.seats, self.slots]),
            (self.kind.has_storage(), [self.sectors, self.challenges]),
            (self.kind.has_bandwidth(), [self.challengers, self.receipts]),
        ] {
            assert_eq!(sizes.map(|size| size > 0), [has; 2], "parts are those of the kind");
        }
        assert!(
            self.seats == 0 || self.challengers == 0 || self.seats == self.challengers,
            "the rules have one k for both committees"
        );
    }
}

/// Tag of the sectors that a possession claim counts.
const SECTOR_KIND: Tag = popw_core::tag::POSSESSION;
