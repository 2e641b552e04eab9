//! Seats of a drawn committee, for every part that has one.

mod check;
mod circuit;
mod input;

use popw_core::{Fr, babyjub, draw::Duty, tag::Tag};

use crate::{frame::Violation, gadgets::lean_imt::Path};

pub(super) use check::signed;
pub(super) use circuit::Seated;
pub(super) use input::{seat, seated};

/// What a committee is for, with the names its clauses have.
pub(super) struct Committee {
    pub duty: Duty,
    /// Tag of what its seats sign.
    pub statement: Tag,
    pub draw: Violation,
    pub seat: Violation,
    pub attestation: Violation,
    pub owners: Violation,
}

/// One seat of a committee.
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
    /// What it signed about the device.
    pub attested: Fr,
    /// Signature: R8's coordinates.
    pub r8: (Fr, Fr),
    /// Signature: S.
    pub s: Fr,
}

impl Seat {
    /// What fills a seat that is not used: a well-formed key, nothing else.
    pub fn unused() -> Self {
        let base = unused_point();
        let zero = Fr::from(0u64);
        Self {
            used: false,
            index: zero,
            key: base,
            owner: zero,
            path: Path::default(),
            attested: zero,
            r8: base,
            s: zero,
        }
    }
}

/// Well-formed, and nobody's: the base point.
pub(super) fn unused_point() -> (Fr, Fr) {
    let base = babyjub::base8();
    (base.x, base.y)
}
