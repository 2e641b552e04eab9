//! The uptime circuit, clause by clause in the order of the statement.

use alloc::vec::Vec;

use popw_core::{Fr, tag};

use super::{Seat, Shape, Violation, Witness};
use crate::{
    driver::Driver,
    gadgets::{
        compare::{enforce_equal_if, enforce_nonzero, is_at_least},
        draw::low128_mod,
        eddsa,
        edwards::{self, Point},
        key::own_key,
        lean_imt::input_path,
        one_hot::{OneHot, alloc_one_hot},
        owners::enforce_distinct_owners,
        pack::{input_uint, pack},
        runs::has_run_longer_than,
    },
};

const RULE_BITS: usize = 32;
const EPOCH_BITS: usize = 32;
const PAYEE_BITS: usize = 160;
const UP_BITS: usize = 8;
/// Votes and quorum are at most 15.
const VOTE_BITS: usize = 4;

/// Wires every clause may read.
struct Epoch<W> {
    domain: W,
    epoch: W,
    opening: W,
    closing: W,
    device_root: W,
    witness_root: W,
}

struct Rules<D: Driver> {
    packed: D::Wire,
    witnesses: D::Wire,
    quorum: D::Wire,
    max_gap: D::Wire,
    seats: OneHot<D>,
    slots: OneHot<D>,
}

struct Counted<W> {
    used: W,
    owner: W,
    bits: Vec<W>,
}

/// Writes the uptime statement for `shape` onto `d`. `witness` is `None` exactly when `d` knows no values.
///
/// # Panics
/// If `shape` is outside the limits of its fields.
pub fn synthesize<D: Driver>(d: &mut D, shape: &Shape, witness: Option<&Witness>) {
    assert!(shape.slots <= 252 && shape.seats <= 15 && shape.device_depth <= 32 && shape.witness_depth <= 32);
    let epoch = Epoch {
        domain: d.input(witness.map(|w| w.domain)),
        epoch: d.input(witness.map(|w| w.epoch)),
        opening: d.input(witness.map(|w| w.opening)),
        closing: d.input(witness.map(|w| w.closing)),
        device_root: d.input(witness.map(|w| w.device_root)),
        witness_root: d.input(witness.map(|w| w.witness_root)),
    };
    let owner = d.input(witness.map(|w| w.owner));

    let (secret, key) = clause(d, Violation::Key, |d| own_key(d, witness.map(|w| w.secret)));
    let device = clause(d, Violation::Device, |d| device_leaf(d, shape, witness, &epoch, &key, &owner));
    let rules = clause(d, Violation::Rules, |d| rules(d, shape, witness));

    let message = clause(d, Violation::Attestation, |d| {
        d.poseidon(&[epoch.domain.clone(), epoch.epoch.clone(), epoch.opening.clone()])
    });
    clause(d, Violation::Seat, |d| enforce_nonzero(d, &epoch.witness_root));
    let unused = Seat::unused();
    let seats: Vec<_> = (0..shape.seats)
        .map(|j| {
            let given = witness.map(|w| w.seats.get(j).unwrap_or(&unused));
            seat(d, shape, j, given, &epoch, &rules, &device, &message)
        })
        .collect();
    clause(d, Violation::Owners, |d| {
        let pairs: Vec<_> = seats.iter().map(|seat| (seat.used.clone(), seat.owner.clone())).collect();
        enforce_distinct_owners(d, &owner, &pairs);
    });
    let claimed = up_slots(d, shape, &rules, &seats);
    expose(d, witness, &epoch, &rules, &secret, &claimed);
}

fn clause<D: Driver, T>(d: &mut D, clause: Violation, body: impl FnOnce(&mut D) -> T) -> T {
    d.within(clause.name(), body)
}

fn device_leaf<D: Driver>(
    d: &mut D,
    shape: &Shape,
    witness: Option<&Witness>,
    epoch: &Epoch<D::Wire>,
    key: &Point<D>,
    owner: &D::Wire,
) -> D::Wire {
    let tag = d.constant(tag::DEVICE.fr());
    let leaf = d.poseidon(&[tag, key.x.clone(), key.y.clone(), owner.clone()]);
    let root = input_path(d, &leaf, witness.map(|w| &w.device_path), shape.device_depth);
    d.within("root", |d| {
        d.enforce_equal(&root, &epoch.device_root);
        enforce_nonzero(d, &epoch.device_root);
    });
    leaf
}

fn rules<D: Driver>(d: &mut D, shape: &Shape, witness: Option<&Witness>) -> Rules<D> {
    let fields: Vec<_> = (0..7).map(|i| input_uint(d, witness.map(|w| w.rules[i]), RULE_BITS)).collect();
    let widths: Vec<_> = fields.iter().map(|field| (field, RULE_BITS)).collect();
    let packed = pack(d, &widths);
    let [witnesses, committee, quorum, slots, max_gap, batches, _min_rate] =
        <[D::Wire; 7]>::try_from(fields).unwrap_or_else(|_| unreachable!("seven rules"));
    let seats = d.within("k", |d| alloc_one_hot(d, &committee, shape.seats));
    let slots = d.within("slots", |d| alloc_one_hot(d, &slots, shape.slots));
    d.within("q", |d| {
        // 1 ≤ q and q ≤ k: both gaps are small and not negative.
        let above_zero = d.linear(&[(Fr::from(1u64), &quorum)], -Fr::from(1u64));
        d.enforce_range(&above_zero, VOTE_BITS);
        let spare = d.sub(&committee, &quorum);
        d.enforce_range(&spare, VOTE_BITS);
    });
    d.within("batches", |d| enforce_nonzero(d, &batches));
    Rules { packed, witnesses, quorum, max_gap, seats, slots }
}

#[allow(clippy::too_many_arguments)]
fn seat<D: Driver>(
    d: &mut D,
    shape: &Shape,
    j: usize,
    given: Option<&Seat>,
    epoch: &Epoch<D::Wire>,
    rules: &Rules<D>,
    device: &D::Wire,
    message: &D::Wire,
) -> Counted<D::Wire> {
    let index = d.input(given.map(|seat| seat.index));
    let owner = d.input(given.map(|seat| seat.owner));
    let bitmap = d.input(given.map(|seat| seat.bitmap));
    let used = clause(d, Violation::Draw, |d| {
        let used = d.input(given.map(|seat| Fr::from(seat.used)));
        d.enforce_bool(&used);
        let beyond = d.not(&rules.seats.below[j]);
        let nothing = d.constant(Fr::from(0u64));
        d.within("below_k", |d| d.enforce_mul(&used, &beyond, &nothing));
        let tag = d.constant(tag::DRAW.fr());
        let number = d.constant(Fr::from(j as u64));
        let seed = d.poseidon(&[tag, epoch.opening.clone(), device.clone(), number]);
        let drawn = low128_mod(d, &seed, &rules.witnesses);
        d.within("index", |d| enforce_equal_if(d, &used, &index, &drawn));
        used
    });
    let key =
        clause(d, Violation::Attestation, |d| edwards::input_point_unchecked(d, given.map(|seat| seat.key)));
    clause(d, Violation::Seat, |d| {
        let tag = d.constant(tag::WITNESS.fr());
        let leaf = d.poseidon(&[tag, key.x.clone(), key.y.clone(), owner.clone(), index.clone()]);
        let root = input_path(d, &leaf, given.map(|seat| &seat.path), shape.witness_depth);
        d.within("root", |d| enforce_equal_if(d, &used, &root, &epoch.witness_root));
    });
    clause(d, Violation::Attestation, |d| {
        let tag = d.constant(tag::ATT_UPTIME.fr());
        let signed = d.poseidon(&[tag, message.clone(), device.clone(), bitmap.clone()]);
        let r8 = edwards::input_point_unchecked(d, given.map(|seat| seat.r8));
        let s = d.input(given.map(|seat| seat.s));
        eddsa::verify_if(d, &used, &key, &signed, &r8, &s);
    });
    let bits = clause(d, Violation::Bitmap, |d| {
        let counted = d.mul(&used, &bitmap);
        d.alloc_bits(&counted, shape.slots)
    });
    Counted { used, owner, bits }
}

/// The claimed up slots.
fn up_slots<D: Driver>(d: &mut D, shape: &Shape, rules: &Rules<D>, seats: &[Counted<D::Wire>]) -> D::Wire {
    let one = Fr::from(1u64);
    let votes: Vec<_> = (0..shape.slots)
        .map(|s| {
            let terms: Vec<_> = seats.iter().map(|seat| (one, &seat.bits[s])).collect();
            d.linear(&terms, Fr::from(0u64))
        })
        .collect();
    clause(d, Violation::Bitmap, |d| {
        let nothing = d.constant(Fr::from(0u64));
        for (votes, within) in votes.iter().zip(&rules.slots.below) {
            // At most 15 booleans: their sum is zero only when each is.
            let beyond = d.not(within);
            d.enforce_mul(votes, &beyond, &nothing);
        }
    });
    // Slots beyond `slots` have no votes (C8) and q ≥ 1 (C3), so they are not up.
    let up: Vec<_> = clause(d, Violation::Quorum, |d| {
        votes.iter().map(|votes| is_at_least(d, votes, &rules.quorum, VOTE_BITS)).collect()
    });
    clause(d, Violation::Gap, |d| {
        let down: Vec<_> = up.iter().zip(&rules.slots.below).map(|(up, within)| d.sub(within, up)).collect();
        let exceeded = has_run_longer_than(d, &down, &rules.max_gap);
        let terms: Vec<_> = up.iter().map(|up| (one, up)).collect();
        let count = d.linear(&terms, Fr::from(0u64));
        let kept = d.not(&exceeded);
        d.mul(&count, &kept)
    })
}

fn expose<D: Driver>(
    d: &mut D,
    witness: Option<&Witness>,
    epoch: &Epoch<D::Wire>,
    rules: &Rules<D>,
    secret: &D::Wire,
    claimed: &D::Wire,
) {
    clause(d, Violation::Context, |d| {
        d.enforce_range(&epoch.epoch, EPOCH_BITS);
        let time = d.poseidon(&[epoch.epoch.clone(), epoch.opening.clone(), epoch.closing.clone()]);
        let none = d.constant(Fr::from(0u64));
        let roots = d.poseidon(&[epoch.device_root.clone(), epoch.witness_root.clone(), none.clone(), none]);
        let tag = d.constant(tag::CTX_UPTIME.fr());
        let context = d.poseidon(&[tag, epoch.domain.clone(), time, roots, rules.packed.clone()]);
        d.expose(&context);
    });
    clause(d, Violation::Nullifier, |d| {
        let place = d.poseidon(&[epoch.domain.clone(), epoch.epoch.clone()]);
        let tag = d.constant(tag::NULLIFIER.fr());
        let kind = d.constant(tag::UPTIME.fr());
        let batch = d.constant(Fr::from(0u64));
        let nullifier = d.poseidon(&[tag, kind, secret.clone(), place, batch]);
        d.expose(&nullifier);
    });
    clause(d, Violation::Outcome, |d| {
        let payee = input_uint(d, witness.map(|w| w.payee), PAYEE_BITS);
        d.enforce_range(claimed, UP_BITS);
        let outcome = pack(d, &[(&payee, PAYEE_BITS), (claimed, UP_BITS)]);
        d.expose(&outcome);
    });
}
