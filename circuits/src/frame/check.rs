//! The frame's clauses in plain Rust, without a gadget, and what the parts need for theirs.

use ark_ec::CurveGroup;
use ark_ff::{BigInteger, PrimeField, Zero};
use popw_core::{
    Fr,
    babyjub::{self, Scalar},
    claim::{Amount, Shape},
    document::PublicInputs,
    poseidon, tag,
};

use super::{Violation, Witness};
use crate::gadgets::lean_imt::Path;

/// What C1 to C4 establish for the parts, and what they are about.
pub(crate) struct Facts<'a> {
    pub witness: &'a Witness,
    /// D.
    pub device: Fr,
    pub rules: Rules,
    pub batch: u32,
}

pub(crate) struct Rules {
    pub n_w: u32,
    pub k: u32,
    pub q: u32,
    pub slots: u32,
    pub max_gap: u32,
    pub batches: u32,
    pub min_rate: u32,
}

impl<'a> Facts<'a> {
    pub(crate) fn new(shape: &Shape, witness: &'a Witness) -> Result<Self, Violation> {
        let secret = key(witness)?;
        let device = device(shape, witness, secret)?;
        let rules = rules(shape, witness)?;
        let batch = if shape.kind.is_batched() {
            word(witness.batch).filter(|batch| *batch < rules.batches).ok_or(Violation::BATCH)?
        } else {
            0
        };
        Ok(Self { witness, device, rules, batch })
    }

    /// What is paid in batch 0 alone.
    pub(crate) fn once<T: Default>(&self, value: T) -> T {
        if self.batch == 0 { value } else { T::default() }
    }
}

/// C5 to C7, of the witness's own instance.
pub(crate) fn check_alone(shape: &Shape, witness: &Witness) -> Result<(), Violation> {
    ensure(context(shape, witness).is_some(), Violation::CONTEXT)?;
    ensure(payee_fits(witness), Violation::OUTCOME)
}

/// C5 to C7, with the amount that the parts establish.
pub(crate) fn check(
    shape: &Shape,
    instance: &PublicInputs,
    witness: &Witness,
    amount: &Amount,
) -> Result<(), Violation> {
    ensure(context(shape, witness) == Some(instance.context), Violation::CONTEXT)?;
    ensure(nullifier(shape, witness) == instance.nullifier, Violation::NULLIFIER)?;
    ensure(payee_fits(witness), Violation::OUTCOME)?;
    ensure(outcome(witness, amount) == instance.outcome, Violation::OUTCOME)
}

/// The instance of a witness; `None` where a value has no place in its context.
pub(crate) fn instance(shape: &Shape, witness: &Witness, amount: &Amount) -> Option<PublicInputs> {
    Some(PublicInputs {
        context: context(shape, witness)?,
        nullifier: nullifier(shape, witness),
        outcome: outcome(witness, amount),
    })
}

pub(crate) fn ensure(holds: bool, violation: Violation) -> Result<(), Violation> {
    if holds { Ok(()) } else { Err(violation) }
}

/// The value as a 32-bit number, if it is one.
pub(crate) fn word(value: Fr) -> Option<u32> {
    long(value).and_then(|value| u32::try_from(value).ok())
}

/// The value as a 64-bit number, if it is one.
pub(crate) fn long(value: Fr) -> Option<u64> {
    let value = value.into_bigint();
    (value.num_bits() <= 64).then_some(value.0[0])
}

fn key(witness: &Witness) -> Result<Scalar, Violation> {
    let secret = witness.secret.into_bigint();
    ensure(!secret.is_zero(), Violation::KEY)?;
    Scalar::from_bigint(secret).ok_or(Violation::KEY)
}

fn device(shape: &Shape, witness: &Witness, secret: Scalar) -> Result<Fr, Violation> {
    let key = (babyjub::base8() * secret).into_affine();
    let leaf = poseidon::hash(&[tag::DEVICE.fr(), key.x, key.y, witness.owner]);
    ensure(!witness.device_root.is_zero(), Violation::DEVICE)?;
    ensure(included(leaf, &witness.device_path, shape.device_depth, witness.device_root), Violation::DEVICE)?;
    Ok(leaf)
}

pub(crate) fn included(leaf: Fr, path: &Path, max_depth: usize, root: Fr) -> bool {
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
        *field = word(*value).ok_or(Violation::RULES)?;
    }
    let [n_w, k, q, slots, max_gap, batches, min_rate] = fields;
    let fits = |value: u32, most: usize| usize::try_from(value).is_ok_and(|value| value <= most);
    if shape.committee() > 0 {
        ensure(1 <= q && q <= k && fits(k, shape.committee()), Violation::RULES)?;
    }
    if shape.slots > 0 {
        ensure(fits(slots, shape.slots), Violation::RULES)?;
    }
    ensure(batches >= 1, Violation::RULES)?;
    Ok(Rules { n_w, k, q, slots, max_gap, batches, min_rate })
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
