//! Numbered things counted at most once: used ones first, in strict order, all of one batch.

use popw_core::Fr;

use super::circuit::LONG;
use crate::{
    driver::Driver,
    gadgets::{
        compare::{enforce_nonzero, enforce_zero_if},
        pack::as_u64,
    },
};

/// Enforces that the registry's `root` is not 0 if the first one is used, and with [`enforce_serials`] if any is.
pub(super) fn enforce_rooted<D: Driver>(d: &mut D, first_used: &D::Wire, root: &D::Wire) {
    d.within("root", |d| {
        let one = d.constant(Fr::from(1u64));
        let rooted = d.select(first_used, root, &one);
        enforce_nonzero(d, &rooted);
    });
}

/// Enforces, for (used, seq) with boolean `used`: used ones come first; their seq rises strictly and is `batch` modulo
/// `batches`; every seq is below 2^64.
///
/// `batch < batches < 2^32` must be known. `quotient·batches = seq − batch` with quotient < 2^64 holds over the
/// integers: the left is below 2^96, the right above −2^32 and below 2^64.
pub(super) fn enforce_serials<D: Driver>(
    d: &mut D,
    batch: &D::Wire,
    batches: &D::Wire,
    items: &[(D::Wire, D::Wire)],
) {
    let one = Fr::from(1u64);
    for (i, (used, seq)) in items.iter().enumerate() {
        d.enforce_range(seq, LONG);
        d.within("batch", |d| {
            let quotient =
                d.value(seq).zip(d.value(batches)).zip(d.value(used)).map(|((seq, batches), used)| {
                    // Hints only: a value that does not fit is refused by its range.
                    used * Fr::from(as_u64(seq).checked_div(as_u64(batches)).unwrap_or(0))
                });
            let quotient = d.alloc(quotient);
            d.enforce_range(&quotient, LONG);
            let above = d.sub(seq, batch);
            let counted = d.mul(used, &above);
            d.enforce_mul(&quotient, batches, &counted);
        });
        let Some((used_before, seq_before)) = i.checked_sub(1).map(|before| &items[before]) else { continue };
        d.within("order", |d| {
            let skipped = d.not(used_before);
            enforce_zero_if(d, used, &skipped);
            let gap = d.linear(&[(one, seq), (-one, seq_before)], -one);
            let counted = d.mul(used, &gap);
            d.enforce_range(&counted, LONG);
        });
    }
}
