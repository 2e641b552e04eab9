//! Uptime: "the device answered a quorum of randomly drawn witnesses in so many slots of this epoch".
//!
//! # Statement
//! In the frame of [`claims`](super):
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

use alloc::vec::Vec;

use popw_core::{Fr, claim::Kind};

use super::{
    Shape, Violation, Witness,
    circuit::{Frame, VOTE_BITS, clause},
    committee::WATCHERS,
};
use crate::{
    driver::Driver,
    gadgets::{compare::is_at_least, runs::has_run_longer_than},
};

/// For demonstrations and tests: up to 2^8 witnesses and 2^10 devices.
pub const DEMO: Shape = Shape {
    kind: Kind::Uptime,
    name: "demo",
    device_depth: 10,
    witness_depth: 8,
    slots: 24,
    seats: 5,
    sectors: 0,
    challenges: 0,
    height: 0,
    sector_depth: 0,
    receipts: 0,
    allotment_depth: 0,
    challengers: 0,
};

/// For networks: up to 2^20 witnesses and 2^32 devices.
pub const STANDARD: Shape =
    Shape { name: "standard", device_depth: 32, witness_depth: 20, slots: 240, seats: 8, ..DEMO };

/// The up slots, below 2^8.
pub(super) fn synthesize<D: Driver>(
    d: &mut D,
    shape: &Shape,
    witness: Option<&Witness>,
    frame: &Frame<D>,
) -> D::Wire {
    let one = Fr::from(1u64);
    let given = witness.map(|w| w.seats.as_slice());
    let seats: Vec<Vec<D::Wire>> = WATCHERS
        .synthesize(d, shape.seats, shape.witness_depth, given, frame)
        .into_iter()
        .map(|seat| {
            clause(d, Violation::Bitmap, |d| {
                let counted = d.mul(&seat.used, &seat.attested);
                d.alloc_bits(&counted, shape.slots)
            })
        })
        .collect();
    let slots = &frame.rules.slots.as_ref().expect("kinds with uptime have slots").below;
    let votes: Vec<_> = (0..shape.slots)
        .map(|s| {
            let terms: Vec<_> = seats.iter().map(|bits| (one, &bits[s])).collect();
            d.linear(&terms, Fr::from(0u64))
        })
        .collect();
    clause(d, Violation::Bitmap, |d| {
        let nothing = d.constant(Fr::from(0u64));
        for (votes, within) in votes.iter().zip(slots) {
            // At most 15 booleans: their sum is zero only when each is.
            let beyond = d.not(within);
            d.enforce_mul(votes, &beyond, &nothing);
        }
    });
    // Slots beyond `slots` have no votes (U5) and q ≥ 1 (C3), so they are not up.
    let up: Vec<_> = clause(d, Violation::Quorum, |d| {
        votes.iter().map(|votes| is_at_least(d, votes, &frame.rules.quorum, VOTE_BITS)).collect()
    });
    clause(d, Violation::Gap, |d| {
        let down: Vec<_> = up.iter().zip(slots).map(|(up, within)| d.sub(within, up)).collect();
        let exceeded = has_run_longer_than(d, &down, &frame.rules.max_gap);
        let terms: Vec<_> = up.iter().map(|up| (one, up)).collect();
        let count = d.linear(&terms, Fr::from(0u64));
        let kept = d.not(&exceeded);
        d.mul(&count, &kept)
    })
}
