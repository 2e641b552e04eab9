//! Clauses U1 to U7 as a circuit.

use alloc::vec::Vec;

use popw_core::{Fr, claim::Shape};

use super::{WATCHERS, Witness};
use crate::{
    driver::Driver,
    frame::{Frame, VOTE_BITS, Violation, clause},
    gadgets::{compare::is_at_least, runs::has_run_longer_than},
};

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
            clause(d, Violation::BITMAP, |d| {
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
    clause(d, Violation::BITMAP, |d| {
        let nothing = d.constant(Fr::from(0u64));
        for (votes, within) in votes.iter().zip(slots) {
            // At most 15 booleans: their sum is zero only when each is.
            let beyond = d.not(within);
            d.enforce_mul(votes, &beyond, &nothing);
        }
    });
    // Slots beyond `slots` have no votes (U5) and q ≥ 1 (C3), so they are not up.
    let up: Vec<_> = clause(d, Violation::QUORUM, |d| {
        votes.iter().map(|votes| is_at_least(d, votes, &frame.rules.quorum, VOTE_BITS)).collect()
    });
    clause(d, Violation::GAP, |d| {
        let down: Vec<_> = up.iter().zip(slots).map(|(up, within)| d.sub(within, up)).collect();
        let exceeded = has_run_longer_than(d, &down, &frame.rules.max_gap);
        let terms: Vec<_> = up.iter().map(|up| (one, up)).collect();
        let count = d.linear(&terms, Fr::from(0u64));
        let kept = d.not(&exceeded);
        d.mul(&count, &kept)
    })
}
