//! Clauses U1 to U7 in plain Rust.

use ark_ff::{BigInteger, PrimeField};
use popw_core::claim::Shape;

use super::{WATCHERS, Witness};
use crate::{
    frame::{Facts, Rules, Violation, ensure},
    parts::committee::Seat,
};

/// The up slots.
pub(super) fn check(shape: &Shape, witness: &Witness, facts: &Facts<'_>) -> Result<u8, Violation> {
    let used = WATCHERS.check(&witness.seats, shape.seats, shape.witness_depth, facts)?;
    for seat in &used {
        ensure(seat.attested.into_bigint().num_bits() <= facts.rules.slots, Violation::BITMAP)?;
    }
    u8::try_from(claimed_slots(&used, &facts.rules)).map_err(|_| Violation::QUORUM)
}

fn claimed_slots(used: &[&Seat], rules: &Rules) -> u32 {
    let (mut up, mut run, mut longest) = (0, 0, 0);
    for slot in 0..rules.slots as usize {
        let votes = used.iter().filter(|seat| seat.attested.into_bigint().get_bit(slot)).count();
        if votes >= rules.q as usize {
            up += 1;
            run = 0;
        } else {
            run += 1;
            longest = longest.max(run);
        }
    }
    if longest > rules.max_gap { 0 } else { up }
}
