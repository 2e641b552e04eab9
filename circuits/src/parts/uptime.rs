//! Uptime: "the device answered a quorum of randomly drawn witnesses in so many slots of this epoch".
//!
//! # Statement
//! In the [`frame`](crate::frame) of every claim:
//!
//! | clause | says |
//! | --- | --- |
//! | U1 draw | `n_w ≥ 1`; a used seat j is below k and has index `low128(H(⟦popw.draw⟧, ρ, D, j)) mod n_w` |
//! | U2 seat | its leaf `H(⟦popw.witness⟧, A_j.x, A_j.y, owner_j, index_j)` is in `witness_root ≠ 0` |
//! | U3 attestation | `A_j` signed `H(⟦popw.att.uptime⟧, H(domain, epoch, ρ), D, bitmap_j)` |
//! | U4 owners | owners of used seats differ from each other and from the device's |
//! | U5 bitmap | bits of used bitmaps at and above `slots` are 0 |
//! | U6 quorum | slot s is up iff at least q used seats have bit s; `up` counts them |
//! | U7 gap | when a run of down slots is longer than `max_gap`, the up slots are 0, else `up` |
//!
//! # Does not prove
//! That the quorum of drawn witnesses told the truth.
//!
//! # Soundness, by clause
//! - U1: canonical bits of the seed and a division that cannot wrap ([`crate::gadgets::draw`]).
//! - U2: as C2 of the frame.
//! - U3: the equation of circomlib with S < l, A on the curve and not of small order. In an unused seat the
//!   equation is not enforced, and the seat's bits are multiplied by `used = 0`.
//! - U5–U7: at most 15 seats, so votes and counts never wrap.
//!
//! # Completeness
//! Any honest run is provable once k seats hold at least q distinct foreign owners; a draw can miss that, see
//! [`popw_core::draw`]. An unused seat is filled with [`Seat::unused`](super::Seat::unused); the circuit refuses other
//! fillings that are not well-formed (a key off the curve, S ≥ l), which `check` does not look at.

mod check;
mod circuit;
mod input;

use alloc::{vec, vec::Vec};

use popw_core::{
    claim::{self, Amount, Shape},
    document::ClaimParts,
    draw::Duty,
    tag,
};

use super::{
    Part, assert_sizes,
    committee::{Committee, Seat},
};
use crate::{
    driver::Driver,
    frame::{Facts, Frame, InputError, Violation, clauses},
};

clauses! {
    CLAUSES:
    DRAW "U1-draw" "a used seat is not one that was drawn",
    SEAT "U2-seat" "a used seat's witness is not in the witness registry",
    ATTESTATION "U3-attestation" "a used seat's attestation is not signed by its witness for this device and epoch",
    OWNERS "U4-owners" "an owner stands behind two used seats, or behind a used seat and the device",
    BITMAP "U5-bitmap" "a used bitmap has a bit at or above the number of slots",
    QUORUM "U6-quorum" "the up slots are not those a quorum saw",
    GAP "U7-gap" "the claimed up slots ignore the longest gap",
}

/// What the prover knows for it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Witness {
    /// The committee that watched it; `attested` is a bitmap, bit s for slot s.
    pub seats: Vec<Seat>,
}

const WATCHERS: Committee = Committee {
    duty: Duty::Uptime,
    statement: tag::ATT_UPTIME,
    draw: Violation::DRAW,
    seat: Violation::SEAT,
    attestation: Violation::ATTESTATION,
    owners: Violation::OWNERS,
};

impl Part for Witness {
    const PART: claim::Part = claim::Part::Uptime;
    const CLAUSES: &'static [Violation] = CLAUSES;

    fn assert_possible(shape: &Shape) {
        assert_sizes::<Self>(shape, [shape.seats, shape.slots]);
    }

    fn synthesize<D: Driver>(
        d: &mut D,
        shape: &Shape,
        witness: Option<&Self>,
        frame: &Frame<D>,
    ) -> Vec<D::Wire> {
        vec![circuit::synthesize(d, shape, witness, frame)]
    }

    fn check(&self, shape: &Shape, facts: &Facts<'_>, amount: &mut Amount) -> Result<(), Violation> {
        amount.up_slots = facts.once(check::check(shape, self, facts)?);
        Ok(())
    }

    fn fits_shape(parts: &ClaimParts<'_>, shape: &Shape) -> Result<(), InputError> {
        input::fits_shape(parts, shape)
    }

    fn read(parts: &ClaimParts<'_>, shape: &Shape) -> Result<Self, InputError> {
        input::read(parts, shape)
    }
}
