//! U5 to U7.

use popw_circuits::claims::Violation;

use super::Forgeries;
use crate::common::{fr, power};

pub fn add(f: &mut Forgeries) {
    let slots = f.shape.slots as u32;
    let short = f.network(|n| {
        n.rules[3] = slots - 4;
        n.rules[4] = slots;
        n.bitmaps = vec![fr(0b1111); n.shape.seats];
        n.bitmaps[1] += power(slots - 2);
    });
    f.add(Violation::BITMAP, "a bit above the slots", short.witness());

    let wide = f.network(|n| n.bitmaps[1] = power(slots)).witness();
    f.add(Violation::BITMAP, "a bit above all slots there are", wide);

    // Slot 3 is down; the top bit of its comparison says up, the rest of the decomposition makes up for nothing.
    let honest = f.witness.clone();
    f.add(Violation::QUORUM, "a slot up without a quorum", honest)
        .wire("U6-quorum", 3 * 5 + 4, fr(1))
        .natively(Violation::OUTCOME);

    let gap = f.network(|n| n.rules[4] = 1).witness();
    let last = f.wires_in("U7-gap") - 1;
    f.add(Violation::GAP, "up slots in spite of a long gap", gap)
        .wire("U7-gap", last, fr(u64::from(slots) - 2))
        .natively(Violation::OUTCOME);
}
