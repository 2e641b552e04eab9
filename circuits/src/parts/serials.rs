//! Numbered things counted at most once: used ones first, in strict order, all of one batch.

mod check;

use popw_core::Fr;

use crate::{
    driver::Driver,
    frame::LONG,
    gadgets::{
        compare::{enforce_nonzero, enforce_zero_if},
        pack::as_u64,
    },
};

pub(super) use check::in_order;

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

#[cfg(test)]
mod tests {
    use alloc::{string::String, vec::Vec};

    use super::*;
    use crate::drivers::audit::Audit;

    const FAR: u64 = u64::MAX;

    /// Paths of the violated constraints' parts, each once; empty if `items` are accepted.
    fn refused(batch: u64, batches: u64, items: &[(bool, Fr)]) -> Vec<String> {
        let mut d = Audit::new();
        let [batch, batches] = [batch, batches].map(|value| d.alloc(Some(Fr::from(value))));
        let items: Vec<_> =
            items.iter().map(|(used, seq)| (d.alloc(Some(Fr::from(*used))), d.alloc(Some(*seq)))).collect();
        d.within("range", |d| enforce_serials(d, &batch, &batches, &items));
        let recorded = d.finish();
        let z = recorded.assignment.full();
        let rows = (0..recorded.matrices.constraints()).filter(|row| !recorded.matrices.holds(*row, &z));
        let mut paths: Vec<String> = rows.map(|row| recorded.constraint_paths[row].clone()).collect();
        paths.dedup();
        paths
    }

    fn numbered(items: &[(bool, u64)]) -> Vec<(bool, Fr)> {
        items.iter().map(|(used, seq)| (*used, Fr::from(*seq))).collect()
    }

    #[test]
    fn small_lists_are_accepted_exactly_when_in_order() {
        for code in 0..8 * 125u64 {
            let items: Vec<_> = (0..3).map(|i| (code >> i & 1 == 1, code / 8 / 5u64.pow(i) % 5)).collect();
            let used: Vec<u64> = items.iter().filter(|(used, _)| *used).map(|(_, seq)| *seq).collect();
            let in_front = items.iter().take(used.len()).all(|(used, _)| *used);
            let rising = used.windows(2).all(|pair| pair[0] < pair[1]);
            for (batch, batches) in [(0, 1), (1, 2), (2, 3)] {
                let of_batch = used.iter().all(|seq| seq % batches == batch);
                let expected = in_front && rising && of_batch;
                let found = refused(batch, batches, &numbered(&items));
                assert_eq!(found.is_empty(), expected, "{items:?}, {batch} of {batches}: {found:?}");
            }
        }
    }

    #[test]
    fn each_part_refuses_its_own() {
        let all = |batch, batches, items: &[(bool, u64)]| refused(batch, batches, &numbered(items));
        assert!(all(0, 1, &[(true, 0), (true, FAR)]).is_empty());
        assert!(all((1 << 32) - 3, (1 << 32) - 2, &[(true, (1 << 32) - 3), (false, FAR)]).is_empty());
        assert_eq!(all(3, 5, &[(true, 2)]), ["range/batch"], "below the batch's number");
        assert_eq!(all(3, 5, &[(true, 8), (true, 9)]), ["range/batch"]);
        assert_eq!(all(3, 5, &[(true, 8), (true, 8)]), ["range/order"]);
        assert_eq!(all(3, 5, &[(true, 13), (true, 8)]), ["range/order"]);
        assert_eq!(all(3, 5, &[(false, 8), (true, 13)]), ["range/order"]);
        let wide = Fr::from(1u128 << 64);
        assert_eq!(refused(0, 1, &[(false, wide)]), ["range"], "unused, and too large all the same");
        assert_eq!(refused(0, 1, &[(true, wide)]), ["range", "range/batch"]);
        assert_eq!(refused(0, 1, &[(false, -Fr::from(1u64))]), ["range"]);
    }

    #[test]
    fn an_empty_registry_has_nothing_to_use() {
        for (used, root, fits) in [(true, 0u64, false), (true, 5, true), (false, 0, true), (false, 5, true)] {
            let mut d = Audit::new();
            let (used, root) = (d.alloc(Some(Fr::from(used))), d.alloc(Some(Fr::from(root))));
            enforce_rooted(&mut d, &used, &root);
            assert_eq!(d.finish().violated().is_empty(), fits);
        }
    }
}
