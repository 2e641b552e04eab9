//! The order of numbered things in plain Rust.

use popw_core::Fr;

use crate::frame::{Facts, long};

/// Numbered things: used ones first, rising, of the batch.
pub(crate) fn in_order(items: &[(bool, Fr)], facts: &Facts<'_>) -> bool {
    let mut last = None;
    for (i, (used, seq)) in items.iter().enumerate() {
        let Some(seq) = long(*seq) else { return false };
        if !used {
            continue;
        }
        let first_free = items.iter().position(|(used, _)| !used);
        let of_batch = seq % u64::from(facts.rules.batches) == u64::from(facts.batch);
        if first_free.is_some_and(|free| free < i) || !of_batch || last.is_some_and(|last| seq <= last) {
            return false;
        }
        last = Some(seq);
    }
    true
}
