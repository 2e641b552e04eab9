//! The statement in plain Rust, without a gadget: an independent oracle for the circuit.

mod bandwidth;
mod committee;
mod storage;
mod uptime;

use ark_ec::CurveGroup;
use ark_ff::{BigInteger, PrimeField, Zero};
use popw_core::{
    Fr,
    babyjub::{self, Scalar},
    claim::Amount,
    poseidon, tag,
};

use super::{Instance, Shape, Violation, Witness};
use crate::gadgets::lean_imt::Path;

/// Checks every clause in order.
///
/// # Errors
/// The first clause that does not hold.
pub fn check(shape: &Shape, instance: &Instance, witness: &Witness) -> Result<(), Violation> {
    let facts = Facts::new(shape, witness)?;
    let amount = amount(shape, witness, &facts)?;
    ensure(context(shape, witness) == Some(instance.context), Violation::Context)?;
    ensure(nullifier(shape, witness) == instance.nullifier, Violation::Nullifier)?;
    ensure(payee_fits(witness), Violation::Outcome)?;
    ensure(outcome(witness, &amount) == instance.outcome, Violation::Outcome)
}

/// [`check`] against the witness's own instance, whose values are made rather than compared.
///
/// # Errors
/// The first clause that does not hold.
pub(super) fn check_alone(shape: &Shape, witness: &Witness) -> Result<(), Violation> {
    amount(shape, witness, &Facts::new(shape, witness)?)?;
    ensure(context(shape, witness).is_some(), Violation::Context)?;
    ensure(payee_fits(witness), Violation::Outcome)
}

impl Witness {
    /// The instance an honest prover of this witness publishes; `None` where a value has no place in it or a clause
    /// before the outcome does not hold.
    pub fn instance(&self, shape: &Shape) -> Option<Instance> {
        let amount = amount(shape, self, &Facts::new(shape, self).ok()?).ok()?;
        Some(Instance {
            context: context(shape, self)?,
            nullifier: nullifier(shape, self),
            outcome: outcome(self, &amount),
        })
    }
}

/// What the frame's clauses establish for the parts.
struct Facts {
    /// D.
    device: Fr,
    rules: Rules,
    batch: u32,
}

struct Rules {
    n_w: u32,
    k: u32,
    q: u32,
    slots: u32,
    max_gap: u32,
    batches: u32,
    min_rate: u32,
}

impl Facts {
    fn new(shape: &Shape, witness: &Witness) -> Result<Self, Violation> {
        let secret = key(witness)?;
        let device = device(shape, witness, secret)?;
        let rules = rules(shape, witness)?;
        let batch = if shape.kind.is_batched() {
            word(witness.batch).filter(|batch| *batch < rules.batches).ok_or(Violation::Batch)?
        } else {
            0
        };
        Ok(Self { device, rules, batch })
    }
}

/// The amount, after all clauses of the parts.
fn amount(shape: &Shape, witness: &Witness, facts: &Facts) -> Result<Amount, Violation> {
    let mut amount = Amount::default();
    if shape.kind.has_uptime() {
        let up = uptime::check(shape, witness, facts)?;
        amount.up_slots = if facts.batch == 0 { up } else { 0 };
    }
    if shape.kind.has_storage() {
        amount.stored_mib = storage::check(shape, witness, facts)?;
    }
    if shape.kind.has_bandwidth() {
        let (served, rate) = bandwidth::check(shape, witness, facts)?;
        amount.served_mib = served;
        amount.rate = if facts.batch == 0 { rate } else { 0 };
    }
    Ok(amount)
}

fn ensure(holds: bool, violation: Violation) -> Result<(), Violation> {
    if holds { Ok(()) } else { Err(violation) }
}

/// The value as a 32-bit number, if it is one.
fn word(value: Fr) -> Option<u32> {
    long(value).and_then(|value| u32::try_from(value).ok())
}

/// The value as a 64-bit number, if it is one.
fn long(value: Fr) -> Option<u64> {
    let value = value.into_bigint();
    (value.num_bits() <= 64).then_some(value.0[0])
}

fn key(witness: &Witness) -> Result<Scalar, Violation> {
    let secret = witness.secret.into_bigint();
    ensure(!secret.is_zero(), Violation::Key)?;
    Scalar::from_bigint(secret).ok_or(Violation::Key)
}

fn device(shape: &Shape, witness: &Witness, secret: Scalar) -> Result<Fr, Violation> {
    let key = (babyjub::base8() * secret).into_affine();
    let leaf = poseidon::hash(&[tag::DEVICE.fr(), key.x, key.y, witness.owner]);
    ensure(!witness.device_root.is_zero(), Violation::Device)?;
    ensure(included(leaf, &witness.device_path, shape.device_depth, witness.device_root), Violation::Device)?;
    Ok(leaf)
}

fn included(leaf: Fr, path: &Path, max_depth: usize, root: Fr) -> bool {
    let Ok(depth) = usize::try_from(path.depth) else { return false };
    if depth > max_depth || path.index >> depth != 0 {
        return false;
    }
    let mut node = leaf;
    for level in 0..depth {
        let sibling = path.siblings.get(level).copied().unwrap_or_default();
        let pair = if path.index >> level & 1 == 1 { [sibling, node] } else { [node, sibling] };
        node = poseidon::hash(&pair);
    }
    node == root
}

fn rules(shape: &Shape, witness: &Witness) -> Result<Rules, Violation> {
    let mut fields = [0u32; 7];
    for (field, value) in fields.iter_mut().zip(&witness.rules) {
        *field = word(*value).ok_or(Violation::Rules)?;
    }
    let [n_w, k, q, slots, max_gap, batches, min_rate] = fields;
    let fits = |value: u32, most: usize| usize::try_from(value).is_ok_and(|value| value <= most);
    if shape.committee() > 0 {
        ensure(1 <= q && q <= k && fits(k, shape.committee()), Violation::Rules)?;
    }
    if shape.slots > 0 {
        ensure(fits(slots, shape.slots), Violation::Rules)?;
    }
    ensure(batches >= 1, Violation::Rules)?;
    Ok(Rules { n_w, k, q, slots, max_gap, batches, min_rate })
}

/// Numbered things: used ones first, rising, of the batch.
fn in_order(items: &[(bool, Fr)], facts: &Facts) -> bool {
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

fn context(shape: &Shape, witness: &Witness) -> Option<Fr> {
    word(witness.epoch)?;
    let zero = Fr::from(0u64);
    let uses = shape.kind.registries();
    let root = |used: bool, root: Fr| if used { root } else { zero };
    let packed = witness.rules.iter().rev().fold(zero, |sum, rule| sum * Fr::from(1u64 << 32) + rule);
    let time = poseidon::hash(&[witness.epoch, witness.opening, witness.closing]);
    let roots = poseidon::hash(&[
        witness.device_root,
        root(uses.witness, witness.witness_root),
        root(uses.allotment, witness.allotment_root),
        root(uses.sector, witness.sector_root),
    ]);
    Some(poseidon::hash(&[shape.kind.context().fr(), witness.domain, time, roots, packed]))
}

fn nullifier(shape: &Shape, witness: &Witness) -> Fr {
    let place = poseidon::hash(&[witness.domain, witness.epoch]);
    let batch = if shape.kind.is_batched() { witness.batch } else { Fr::from(0u64) };
    poseidon::hash(&[tag::NULLIFIER.fr(), shape.kind.nullifier().fr(), witness.secret, place, batch])
}

fn payee_fits(witness: &Witness) -> bool {
    witness.payee.into_bigint().num_bits() <= 160
}

/// `payee + 2^160 · amount`.
fn outcome(witness: &Witness, amount: &Amount) -> Fr {
    let two_to_80 = Fr::from(1u128 << 80);
    witness.payee + two_to_80 * two_to_80 * Fr::from(amount.pack())
}
