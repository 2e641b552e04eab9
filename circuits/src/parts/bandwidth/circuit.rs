//! Clauses B1 to B11 as a circuit.

use alloc::vec::Vec;

use ark_ff::PrimeField;
use popw_core::{
    Fr,
    claim::{Measure, Shape},
    tag,
};

use super::{CHALLENGERS, Receipt, Witness};
use crate::{
    driver::Driver,
    frame::{Frame, LONG, VOTE_BITS, Violation, WORD, clause},
    gadgets::{
        compare::{enforce_equal_if, enforce_nonzero, is_at_least},
        eddsa, edwards,
        lean_imt::input_path,
        pack::{input_uint, saturate, saturate_bits},
    },
    parts::{
        committee::Seated,
        serials::{enforce_rooted, enforce_serials},
    },
};

const MIB_BITS: usize = 20;

struct Counted<W> {
    used: W,
    seq: W,
    bytes: W,
}

/// MiB served and rate.
pub(super) fn synthesize<D: Driver>(
    d: &mut D,
    shape: &Shape,
    witness: Option<&Witness>,
    frame: &Frame<D>,
) -> [D::Wire; 2] {
    let unused = Receipt::unused();
    let receipts = d.each(shape.receipts, |d, i| {
        receipt(d, shape, witness.map(|w| w.receipts.get(i).unwrap_or(&unused)), frame)
    });
    clause(d, Violation::ALLOTMENT, |d| enforce_rooted(d, &receipts[0].used, &frame.allotment_root));
    clause(d, Violation::RECEIPT_ORDER, |d| {
        let items: Vec<_> =
            receipts.iter().map(|receipt| (receipt.used.clone(), receipt.seq.clone())).collect();
        enforce_serials(d, &frame.batch, &frame.rules.batches, &items);
    });
    let served = clause(d, Violation::SERVED, |d| {
        let terms: Vec<_> = receipts.iter().map(|receipt| (Fr::from(1u64), &receipt.bytes)).collect();
        let sum = d.linear(&terms, Fr::from(0u64));
        let width = LONG + shape.receipts.next_power_of_two().ilog2() as usize;
        let bits = d.alloc_bits(&sum, width);
        saturate_bits(d, &bits[MIB_BITS..], Measure::SERVED_MIB.bits)
    });
    let given = witness.map(|w| w.challengers.as_slice());
    let challengers = CHALLENGERS.synthesize(d, shape.challengers, shape.witness_depth, given, frame);
    let rate = clause(d, Violation::RATE, |d| certified(d, &challengers, &frame.rules.quorum));
    clause(d, Violation::GATE, |d| {
        let passed = is_at_least(d, &rate, &frame.rules.min_rate, WORD);
        let rate = saturate(d, &rate, WORD, Measure::RATE.bits);
        [d.mul(&passed, &served), d.mul(&passed, &rate)]
    })
}

fn receipt<D: Driver>(
    d: &mut D,
    shape: &Shape,
    given: Option<&Receipt>,
    frame: &Frame<D>,
) -> Counted<D::Wire> {
    let owner = d.input(given.map(|receipt| receipt.owner));
    let seq = d.input(given.map(|receipt| receipt.seq));
    let [bytes, cap] = clause(d, Violation::SERVED, |d| {
        [given.map(|receipt| receipt.bytes), given.map(|receipt| receipt.cap)]
            .map(|value| input_uint(d, value, LONG))
    });
    let key = clause(d, Violation::RECEIPT, |d| {
        edwards::input_point_unchecked(d, given.map(|receipt| receipt.key))
    });
    let used = clause(d, Violation::ALLOTMENT, |d| {
        let used = d.input(given.map(|receipt| Fr::from(receipt.used)));
        d.enforce_bool(&used);
        let salt = d.input(given.map(|receipt| receipt.salt));
        let tag = d.constant(tag::ALLOTMENT.fr());
        let who = d.poseidon(&[key.x.clone(), key.y.clone(), owner.clone()]);
        let whose = d.poseidon(&[frame.device.clone(), salt]);
        let bought = d.poseidon(&[frame.epoch.clone(), cap.clone()]);
        let leaf = d.poseidon(&[tag, who, whose, bought, seq.clone()]);
        let root = input_path(d, &leaf, given.map(|receipt| &receipt.path), shape.allotment_depth);
        d.within("root", |d| enforce_equal_if(d, &used, &root, &frame.allotment_root));
        used
    });
    clause(d, Violation::PAYER, |d| {
        let difference = d.sub(&owner, &frame.owner);
        let one = d.constant(Fr::from(1u64));
        let apart = d.select(&used, &difference, &one);
        enforce_nonzero(d, &apart);
    });
    clause(d, Violation::RECEIPT, |d| {
        let tag = d.constant(tag::RECEIPT.fr());
        let place = d.poseidon(&[frame.domain.clone(), frame.epoch.clone(), seq.clone()]);
        let signed = d.poseidon(&[tag, place, frame.device.clone(), bytes.clone()]);
        let r8 = edwards::input_point_unchecked(d, given.map(|receipt| receipt.r8));
        let s = d.input(given.map(|receipt| receipt.s));
        eddsa::verify_if(d, &used, &key, &signed, &r8, &s);
    });
    let bytes = clause(d, Violation::SERVED, |d| {
        let over = is_at_least(d, &bytes, &cap, LONG);
        let paid = d.select(&over, &cap, &bytes);
        d.mul(&used, &paid)
    });
    Counted { used, seq, bytes }
}

/// The `quorum`-th largest rate, those of unused seats counting as 0.
fn certified<D: Driver>(d: &mut D, challengers: &[Seated<D::Wire>], quorum: &D::Wire) -> D::Wire {
    let one = Fr::from(1u64);
    let rates: Vec<_> = challengers
        .iter()
        .map(|seat| {
            let rate = d.mul(&seat.used, &seat.attested);
            d.within("range", |d| d.enforce_range(&rate, WORD));
            rate
        })
        .collect();
    let values: Option<Vec<Fr>> = rates.iter().map(|rate| d.value(rate)).collect();
    let certified = values.zip(d.value(quorum)).map(|(mut rates, quorum)| {
        rates.sort_by_key(|rate| core::cmp::Reverse(rate.into_bigint()));
        let place = (1..=rates.len()).find(|place| Fr::from(*place as u64) == quorum);
        place.map_or(Fr::from(0u64), |place| rates[place - 1])
    });
    let certified = d.alloc(certified);
    d.within("range", |d| d.enforce_range(&certified, WORD));
    let above = d.linear(&[(one, &certified)], one);
    let mut reaching = |bound: &D::Wire| {
        let reached: Vec<_> = rates.iter().map(|rate| is_at_least(d, rate, bound, WORD)).collect();
        let terms: Vec<_> = reached.iter().map(|reached| (one, reached)).collect();
        d.linear(&terms, Fr::from(0u64))
    };
    let (enough, too_many) = (reaching(&certified), reaching(&above));
    d.within("quorum", |d| {
        let spare = d.sub(&enough, quorum);
        d.enforce_range(&spare, VOTE_BITS);
        let missing = d.linear(&[(one, quorum), (-one, &too_many)], -one);
        d.enforce_range(&missing, VOTE_BITS);
    });
    certified
}
