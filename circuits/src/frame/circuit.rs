//! The frame's circuit, clause by clause.

use alloc::{vec, vec::Vec};

use popw_core::{
    Fr,
    claim::{Measure, Shape},
    tag,
};

use super::{Violation, Witness};
use crate::{
    driver::Driver,
    gadgets::{
        compare::{enforce_less, enforce_nonzero, is_zero},
        edwards::Point,
        key::own_key,
        lean_imt::input_path,
        one_hot::{OneHot, alloc_one_hot},
        pack::{input_uint, pack},
    },
};

/// Bits of epochs, expiries and rules.
pub(crate) const WORD: usize = 32;
/// Bits of bytes, caps and numbers in registries.
pub(crate) const LONG: usize = 64;
/// Votes and quorum are at most 15.
pub(crate) const VOTE_BITS: usize = 4;
const PAYEE_BITS: usize = 160;

/// What a part says of its measure: 0 where the kind does not have the part.
pub(crate) struct Measured<W> {
    pub measure: Measure,
    pub claimed: bool,
    pub wire: W,
}

/// Wires every part may read.
pub(crate) struct Frame<D: Driver> {
    pub domain: D::Wire,
    pub epoch: D::Wire,
    pub opening: D::Wire,
    pub closing: D::Wire,
    pub device_root: D::Wire,
    pub witness_root: D::Wire,
    pub allotment_root: D::Wire,
    pub sector_root: D::Wire,
    pub owner: D::Wire,
    pub secret: D::Wire,
    /// D.
    pub device: D::Wire,
    pub rules: Rules<D>,
    pub batch: D::Wire,
}

pub(crate) struct Rules<D: Driver> {
    pub packed: D::Wire,
    pub witnesses: D::Wire,
    pub quorum: D::Wire,
    pub max_gap: D::Wire,
    pub batches: D::Wire,
    pub min_rate: D::Wire,
    /// k, of kinds with a committee.
    pub seats: Option<OneHot<D>>,
    /// Of kinds with slots.
    pub slots: Option<OneHot<D>>,
}

/// # Panics
/// Unless registries and rules are within their limits.
pub(crate) fn assert_possible(shape: &Shape) {
    assert!(shape.device_depth <= 32 && shape.witness_depth <= 32, "registries have at most 2^32 leaves");
    assert!(shape.slots <= 252 && shape.committee() <= 15, "slots and seats fit their counters");
    assert!(
        shape.seats == 0 || shape.challengers == 0 || shape.seats == shape.challengers,
        "the rules have one k for both committees"
    );
}

pub(crate) fn clause<D: Driver, T>(d: &mut D, clause: Violation, body: impl FnOnce(&mut D) -> T) -> T {
    d.within(clause.name(), body)
}

/// C1 to C4.
pub(crate) fn synthesize<D: Driver>(d: &mut D, shape: &Shape, witness: Option<&Witness>) -> Frame<D> {
    let uses = shape.kind.registries();
    let domain = d.input(witness.map(|w| w.domain));
    let epoch = d.input(witness.map(|w| w.epoch));
    let opening = d.input(witness.map(|w| w.opening));
    let closing = d.input(witness.map(|w| w.closing));
    let device_root = d.input(witness.map(|w| w.device_root));
    let mut root =
        |used: bool, value: Option<Fr>| if used { d.input(value) } else { d.constant(Fr::from(0u64)) };
    let witness_root = root(uses.witness, witness.map(|w| w.witness_root));
    let allotment_root = root(uses.allotment, witness.map(|w| w.allotment_root));
    let sector_root = root(uses.sector, witness.map(|w| w.sector_root));
    let owner = d.input(witness.map(|w| w.owner));

    let (secret, key) = clause(d, Violation::KEY, |d| own_key(d, witness.map(|w| w.secret)));
    let device = clause(d, Violation::DEVICE, |d| device_leaf(d, shape, witness, &device_root, &key, &owner));
    let rules = clause(d, Violation::RULES, |d| rules(d, shape, witness));
    let batch = if shape.kind.is_batched() {
        clause(d, Violation::BATCH, |d| {
            let batch = input_uint(d, witness.map(|w| w.batch), WORD);
            d.within("below", |d| enforce_less(d, &batch, &rules.batches, WORD));
            batch
        })
    } else {
        d.constant(Fr::from(0u64))
    };
    Frame {
        domain,
        epoch,
        opening,
        closing,
        device_root,
        witness_root,
        allotment_root,
        sector_root,
        owner,
        secret,
        device,
        rules,
        batch,
    }
}

fn device_leaf<D: Driver>(
    d: &mut D,
    shape: &Shape,
    witness: Option<&Witness>,
    device_root: &D::Wire,
    key: &Point<D>,
    owner: &D::Wire,
) -> D::Wire {
    let tag = d.constant(tag::DEVICE.fr());
    let leaf = d.poseidon(&[tag, key.x.clone(), key.y.clone(), owner.clone()]);
    let root = input_path(d, &leaf, witness.map(|w| &w.device_path), shape.device_depth);
    d.within("root", |d| {
        d.enforce_equal(&root, device_root);
        enforce_nonzero(d, device_root);
    });
    leaf
}

fn rules<D: Driver>(d: &mut D, shape: &Shape, witness: Option<&Witness>) -> Rules<D> {
    let fields: Vec<_> = (0..7).map(|i| input_uint(d, witness.map(|w| w.rules[i]), WORD)).collect();
    let widths: Vec<_> = fields.iter().map(|field| (field, WORD)).collect();
    let packed = pack(d, &widths);
    let [witnesses, committee, quorum, slots, max_gap, batches, min_rate] =
        <[D::Wire; 7]>::try_from(fields).unwrap_or_else(|_| unreachable!("seven rules"));
    let most = shape.committee();
    let seats = (most > 0).then(|| d.within("k", |d| alloc_one_hot(d, &committee, most)));
    let slots = (shape.slots > 0).then(|| d.within("slots", |d| alloc_one_hot(d, &slots, shape.slots)));
    if most > 0 {
        d.within("q", |d| {
            // 1 ≤ q and q ≤ k: both gaps are small and not negative.
            let above_zero = d.linear(&[(Fr::from(1u64), &quorum)], -Fr::from(1u64));
            d.enforce_range(&above_zero, VOTE_BITS);
            let spare = d.sub(&committee, &quorum);
            d.enforce_range(&spare, VOTE_BITS);
        });
    }
    d.within("batches", |d| enforce_nonzero(d, &batches));
    Rules { packed, witnesses, quorum, max_gap, batches, min_rate, seats, slots }
}

/// C4 for what is paid once, then C5 to C7, with all that the parts measure in the order of the amount's fields.
pub(crate) fn conclude<D: Driver>(
    d: &mut D,
    shape: &Shape,
    witness: Option<&Witness>,
    frame: &Frame<D>,
    mut amount: Vec<Measured<D::Wire>>,
) {
    if shape.kind.is_batched() {
        clause(d, Violation::BATCH, |d| {
            let first = is_zero(d, &frame.batch);
            for measured in amount.iter_mut().filter(|measured| measured.measure.once) {
                measured.wire = d.mul(&first, &measured.wire);
            }
        });
    }
    expose(d, shape, witness, frame, &amount);
}

fn expose<D: Driver>(
    d: &mut D,
    shape: &Shape,
    witness: Option<&Witness>,
    frame: &Frame<D>,
    amount: &[Measured<D::Wire>],
) {
    clause(d, Violation::CONTEXT, |d| {
        d.enforce_range(&frame.epoch, WORD);
        let time = d.poseidon(&[frame.epoch.clone(), frame.opening.clone(), frame.closing.clone()]);
        let roots = [&frame.device_root, &frame.witness_root, &frame.allotment_root, &frame.sector_root];
        let roots = d.poseidon(&roots.map(Clone::clone));
        let tag = d.constant(shape.kind.context().fr());
        let context = d.poseidon(&[tag, frame.domain.clone(), time, roots, frame.rules.packed.clone()]);
        d.expose(&context);
    });
    clause(d, Violation::NULLIFIER, |d| {
        let place = d.poseidon(&[frame.domain.clone(), frame.epoch.clone()]);
        let tag = d.constant(tag::NULLIFIER.fr());
        let kind = d.constant(shape.kind.nullifier().fr());
        let nullifier = d.poseidon(&[tag, kind, frame.secret.clone(), place, frame.batch.clone()]);
        d.expose(&nullifier);
    });
    clause(d, Violation::OUTCOME, |d| {
        let payee = input_uint(d, witness.map(|w| w.payee), PAYEE_BITS);
        for measured in amount.iter().filter(|measured| measured.claimed) {
            d.enforce_range(&measured.wire, measured.measure.bits);
        }
        let mut fields = vec![(&payee, PAYEE_BITS)];
        fields.extend(amount.iter().map(|measured| (&measured.wire, measured.measure.bits)));
        let outcome = pack(d, &fields);
        d.expose(&outcome);
    });
}
