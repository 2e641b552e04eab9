//! Clauses B1 to B11 in plain Rust.

use alloc::vec::Vec;

use ark_ff::Zero;
use popw_core::{
    claim::{Measure, Shape},
    poseidon, tag,
};

use super::{CHALLENGERS, Receipt, Witness};
use crate::{
    frame::{Facts, Violation, ensure, included, long, word},
    parts::{committee::signed, serials::in_order},
};

/// MiB served and rate.
pub(super) fn check(shape: &Shape, witness: &Witness, facts: &Facts<'_>) -> Result<(u32, u32), Violation> {
    let unused = Receipt::unused();
    let all: Vec<&Receipt> =
        (0..shape.receipts).map(|i| witness.receipts.get(i).unwrap_or(&unused)).collect();
    let used = || all.iter().filter(|receipt| receipt.used);
    for receipt in used() {
        let who = poseidon::hash(&[receipt.key.0, receipt.key.1, receipt.owner]);
        let whose = poseidon::hash(&[facts.device, receipt.salt]);
        let bought = poseidon::hash(&[facts.witness.epoch, receipt.cap]);
        let leaf = poseidon::hash(&[tag::ALLOTMENT.fr(), who, whose, bought, receipt.seq]);
        let found = included(leaf, &receipt.path, shape.allotment_depth, facts.witness.allotment_root);
        ensure(found && !facts.witness.allotment_root.is_zero(), Violation::ALLOTMENT)?;
    }
    let items: Vec<_> = all.iter().map(|receipt| (receipt.used, receipt.seq)).collect();
    ensure(in_order(&items, facts), Violation::RECEIPT_ORDER)?;
    ensure(used().all(|receipt| receipt.owner != facts.witness.owner), Violation::PAYER)?;
    for receipt in used() {
        let place = poseidon::hash(&[facts.witness.domain, facts.witness.epoch, receipt.seq]);
        let message = poseidon::hash(&[tag::RECEIPT.fr(), place, facts.device, receipt.bytes]);
        ensure(signed(message, receipt.key, receipt.r8, receipt.s), Violation::RECEIPT)?;
    }
    let mut bytes = 0u128;
    for receipt in &all {
        let (signed, cap) = long(receipt.bytes).zip(long(receipt.cap)).ok_or(Violation::SERVED)?;
        if receipt.used {
            bytes += u128::from(signed.min(cap));
        }
    }
    let served = u32::try_from((bytes >> 20).min(u128::from(Measure::SERVED_MIB.most())))
        .map_err(|_| Violation::SERVED)?;
    let rate = certified(shape, witness, facts)?;
    Ok(if rate < facts.rules.min_rate { (0, 0) } else { (served, rate.min(Measure::RATE.most())) })
}

/// The q-th largest rate that was signed, or 0 with fewer than q.
fn certified(shape: &Shape, witness: &Witness, facts: &Facts<'_>) -> Result<u32, Violation> {
    let used = CHALLENGERS.check(&witness.challengers, shape.challengers, shape.witness_depth, facts)?;
    let rates: Option<Vec<u32>> = used.iter().map(|seat| word(seat.attested)).collect();
    let mut rates = rates.ok_or(Violation::RATE)?;
    rates.sort_unstable_by(|a, b| b.cmp(a));
    Ok(rates.get(facts.rules.q as usize - 1).copied().unwrap_or(0))
}
