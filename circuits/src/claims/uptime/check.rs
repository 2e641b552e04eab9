//! The statement in plain Rust, without a gadget: an independent oracle for the circuit.

use alloc::vec::Vec;

use ark_ec::{AffineRepr, CurveGroup};
use ark_ff::{BigInteger, PrimeField, Zero};
use popw_core::{
    Fr,
    babyjub::{self, Point, Scalar},
    draw, poseidon, tag,
};

use super::{Instance, Seat, Shape, Violation, Witness};
use crate::gadgets::lean_imt::Path;

/// Checks every clause in order.
///
/// # Errors
/// The first clause that does not hold.
pub fn check(shape: &Shape, instance: &Instance, witness: &Witness) -> Result<(), Violation> {
    let secret = key(witness)?;
    let device = device(shape, witness, secret)?;
    let rules = rules(shape, witness)?;
    let used: Vec<(usize, &Seat)> =
        witness.seats.iter().take(shape.seats).enumerate().filter(|(_, seat)| seat.used).collect();
    ensure(rules.n_w > 0, Violation::Draw)?;
    for &(j, seat) in &used {
        let drawn = u32::try_from(j).is_ok_and(|j| {
            rules.n_w > 0
                && j < rules.k
                && seat.index
                    == Fr::from(draw::seat(draw::Duty::Uptime, witness.opening, device, j, rules.n_w))
        });
        ensure(drawn, Violation::Draw)?;
    }
    ensure(!witness.witness_root.is_zero(), Violation::Seat)?;
    for (_, seat) in &used {
        let leaf = poseidon::hash(&[tag::WITNESS.fr(), seat.key.0, seat.key.1, seat.owner, seat.index]);
        ensure(included(leaf, &seat.path, shape.witness_depth, witness.witness_root), Violation::Seat)?;
    }
    for (_, seat) in &used {
        ensure(signed(witness, device, seat), Violation::Attestation)?;
    }
    let mut owners: Vec<Fr> = used.iter().map(|(_, seat)| seat.owner).collect();
    owners.push(witness.owner);
    owners.sort();
    ensure(owners.windows(2).all(|pair| pair[0] != pair[1]), Violation::Owners)?;
    for (_, seat) in &used {
        ensure(seat.bitmap.into_bigint().num_bits() <= rules.slots, Violation::Bitmap)?;
    }
    let claimed = claimed_slots(&used, &rules);
    ensure(instance.context == context(witness).ok_or(Violation::Context)?, Violation::Context)?;
    ensure(instance.nullifier == nullifier(witness), Violation::Nullifier)?;
    ensure(witness.payee.into_bigint().num_bits() <= 160, Violation::Outcome)?;
    let amount =
        Fr::from_bigint(ark_ff::BigInt([0, 0, u64::from(claimed) << 32, 0])).ok_or(Violation::Outcome)?;
    ensure(instance.outcome == witness.payee + amount, Violation::Outcome)
}

impl Witness {
    /// The instance an honest prover of this witness publishes; `None` where a value has no place in it.
    pub fn instance(&self, shape: &Shape) -> Option<Instance> {
        let rules = rules(shape, self).ok()?;
        let used: Vec<(usize, &Seat)> =
            self.seats.iter().take(shape.seats).enumerate().filter(|(_, seat)| seat.used).collect();
        let amount =
            Fr::from_bigint(ark_ff::BigInt([0, 0, u64::from(claimed_slots(&used, &rules)) << 32, 0]))?;
        Some(Instance { context: context(self)?, nullifier: nullifier(self), outcome: self.payee + amount })
    }
}

struct Rules {
    n_w: u32,
    k: u32,
    q: u32,
    slots: u32,
    max_gap: u32,
}

fn ensure(holds: bool, violation: Violation) -> Result<(), Violation> {
    if holds { Ok(()) } else { Err(violation) }
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
        let value = value.into_bigint();
        ensure(value.num_bits() <= 32, Violation::Rules)?;
        *field = u32::try_from(value.0[0]).map_err(|_| Violation::Rules)?;
    }
    let [n_w, k, q, slots, max_gap, batches, _min_rate] = fields;
    let fits = |value: u32, most: usize| usize::try_from(value).is_ok_and(|value| value <= most);
    ensure(1 <= q && q <= k && fits(k, shape.seats), Violation::Rules)?;
    ensure(fits(slots, shape.slots) && batches >= 1, Violation::Rules)?;
    Ok(Rules { n_w, k, q, slots, max_gap })
}

fn signed(witness: &Witness, device: Fr, seat: &Seat) -> bool {
    let place = poseidon::hash(&[witness.domain, witness.epoch, witness.opening]);
    let message = poseidon::hash(&[tag::ATT_UPTIME.fr(), place, device, seat.bitmap]);
    let challenge = poseidon::hash(&[seat.r8.0, seat.r8.1, seat.key.0, seat.key.1, message]);
    let key = Point::new_unchecked(seat.key.0, seat.key.1);
    let r8 = Point::new_unchecked(seat.r8.0, seat.r8.1);
    let Some(s) = Scalar::from_bigint(seat.s.into_bigint()) else { return false };
    if !key.is_on_curve() || !r8.is_on_curve() {
        return false;
    }
    let key = key.mul_bigint([8u64]);
    !key.is_zero() && babyjub::base8() * s == key.into_affine().mul_bigint(challenge.into_bigint()) + r8
}

fn claimed_slots(used: &[(usize, &Seat)], rules: &Rules) -> u32 {
    let (mut up, mut run, mut longest) = (0, 0, 0);
    for slot in 0..rules.slots as usize {
        let votes = used.iter().filter(|(_, seat)| seat.bitmap.into_bigint().get_bit(slot)).count();
        if votes >= rules.q as usize {
            up += 1;
            run = 0;
        } else {
            run += 1;
            longest = longest.max(run);
        }
    }
    if longest > rules.max_gap { 0 } else { up }
}

fn context(witness: &Witness) -> Option<Fr> {
    if witness.epoch.into_bigint().num_bits() > 32 {
        return None;
    }
    let zero = Fr::from(0u64);
    let packed = witness.rules.iter().rev().fold(zero, |sum, rule| sum * Fr::from(1u64 << 32) + rule);
    let time = poseidon::hash(&[witness.epoch, witness.opening, witness.closing]);
    let roots = poseidon::hash(&[witness.device_root, witness.witness_root, zero, zero]);
    Some(poseidon::hash(&[tag::CTX_UPTIME.fr(), witness.domain, time, roots, packed]))
}

fn nullifier(witness: &Witness) -> Fr {
    let place = poseidon::hash(&[witness.domain, witness.epoch]);
    poseidon::hash(&[tag::NULLIFIER.fr(), tag::UPTIME.fr(), witness.secret, place, Fr::from(0u64)])
}
