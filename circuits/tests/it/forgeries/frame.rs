//! C1 to C7.

use ark_ff::{BigInteger, PrimeField};
use popw_circuits::claims::{Instance, Kind, Seat, Violation, Witness};
use popw_core::{Fr, claim, lean_imt::LeanImt, poseidon, tag};

use super::{Attack, Forgeries, between, suborder};
use crate::common::{fr, path, power};

pub fn add(f: &mut Forgeries) {
    key(f);
    device(f);
    member_by_index(f);
    rules(f);
    if f.kind().is_batched() {
        batch(f);
    }
    context(f);
    nullifier(f);
    outcome(f);
}

fn key(f: &mut Forgeries) {
    // The same A with another nullifier: the scalar's bits are those of sk, the wire says sk + l.
    let honest = f.witness.frame.secret.into_bigint();
    for multiples in 1..7u64 {
        let witness = f.with(|w| w.frame.secret += suborder() * fr(multiples));
        let bits = (0..251).map(|i| Fr::from(honest.get_bit(i)));
        f.add(Violation::KEY, "sk + t·l", witness).row("C1-key/key/range", 1, bits);
    }
}

fn device(f: &mut Forgeries) {
    let depth = f.shape.device_depth as u64;
    let changes: [Attack<'_, Witness>; 4] = [
        ("a device that is not registered", &|w| w.frame.device_path.siblings[0] += fr(1)),
        ("index at 2^depth", &|w| w.frame.device_path.index += 1 << w.frame.device_path.depth),
        ("depth beyond the registry's", &|w| w.frame.device_path.depth = depth + 1),
        // A path that ends above the depth it claims: no level selected, root 0.
        ("root 0 by an empty depth", &|w| {
            w.frame.device_path.depth = 77;
            w.frame.device_root = fr(0);
        }),
    ];
    for (what, change) in changes {
        let witness = f.with(change);
        f.add(Violation::DEVICE, what, witness);
    }
}

/// A registry without the device: its leaf and a sibling that it chooses hash to what two others do.
fn member_by_index(f: &mut Forgeries) {
    let tree = LeanImt::from_leaves((0..5).map(|i| fr(i + 1)).collect());
    let (sibling, bit) = between(fr(3), fr(4), f.honest.device_leaf());
    let witness = f.with(|w| {
        w.frame.device_root = tree.root();
        w.frame.device_path = path(&tree.proof(2).expect("a leaf"));
        w.frame.device_path.siblings[0] = sibling;
    });
    // The depth is the first input.
    let first_bit = f.inputs_in("C2-device")[1];
    f.add(Violation::DEVICE, "a member by an index that is no bit", witness).wire(
        "C2-device",
        first_bit,
        bit,
    );
}

fn rules(f: &mut Forgeries) {
    let most = f.shape.committee();
    let mut rule = |what, i: usize, value: Fr, also: &[Violation]| {
        let witness = f.with(|w| {
            w.frame.rules[i] = value;
            // Without batches nothing belongs to one.
            if i == 5 {
                w.possession.sectors.clear();
                w.bandwidth.receipts.clear();
            }
        });
        let forgery = f.add(Violation::RULES, what, witness);
        also.iter().for_each(|clause| _ = forgery.also(*clause));
    };
    rule("max_gap of 33 bits", 4, fr(1 << 32), &[]);
    rule("min_rate of 33 bits", 6, fr(1 << 32), &[]);
    rule("no batch", 5, fr(0), &[Violation::BATCH]);
    if most == 0 {
        rule("q of 33 bits", 2, fr(1 << 32), &[]);
        return;
    }
    // No rate is the 0th largest, or the one after the last.
    rule("q = 0", 2, fr(0), &[Violation::RATE]);
    rule("q > k", 2, fr(most as u64 + 1), &[Violation::RATE]);
    // The one-hot vector of a number beyond the shape can only claim the last place.
    let witness = f.with(|w| w.frame.rules[1] = fr(most as u64 + 1));
    f.add(Violation::RULES, "k > K", witness).wire("C3-rules/k", most, fr(1));
    if f.shape.slots > 0 {
        let slots = f.shape.slots;
        let witness = f.with(|w| w.frame.rules[3] = fr(slots as u64 + 1));
        f.add(Violation::RULES, "slots > S", witness).wire("C3-rules/slots", slots, fr(1));
    }
}

fn batch(f: &mut Forgeries) {
    // Claims of nothing but a nullifier, so that nothing has to belong to the batch.
    let empty = |batches: u64, batch: u64| {
        move |w: &mut Witness| {
            w.frame.rules[5] = fr(batches);
            w.frame.batch = fr(batch);
            w.possession.sectors.clear();
            w.bandwidth.receipts.clear();
        }
    };
    let witness = f.with(empty(3, 3));
    f.add(Violation::BATCH, "b = B", witness);
    let witness = f.with(empty(3, 1 << 32));
    f.add(Violation::BATCH, "b of 33 bits", witness);
    if f.kind() == Kind::Possession {
        return;
    }
    // Up slots and rate once more in the second batch: [b = 0] says that it is the first. The wires are b, its bits, an
    // inverse and its product with b.
    let network = f.network(|n| {
        n.rules[5] = 2;
        n.batch = 1;
        n.sectors.iter_mut().zip([3, 5]).for_each(|(sector, seq)| sector.seq = seq);
        n.allotments.iter_mut().zip([7, 9]).for_each(|(allotted, seq)| allotted.seq = seq);
    });
    f.add(Violation::BATCH, "up slots or rate in a later batch", network.witness())
        .wire("C4-batch", 33, fr(0))
        .natively(Violation::OUTCOME);
}

fn context(f: &mut Forgeries) {
    let (honest, kind) = (f.witness.clone(), f.kind());
    f.add(Violation::CONTEXT, "another context", honest.clone()).publishing(|i| i.context += fr(1));
    for other in Kind::ALL.into_iter().filter(|other| *other != kind) {
        let context = context_of(other, &honest);
        f.add(Violation::CONTEXT, "another kind's context", honest.clone())
            .publishing(|i| i.context = context);
    }
    // Attestations for that number exist as well.
    let network = f.network(|_| ());
    let witness = f.with(|w| {
        w.frame.epoch += fr(1 << 32);
        w.possession.sectors.clear();
        w.bandwidth.receipts.clear();
        let place = poseidon::hash(&[w.frame.domain, w.frame.epoch, w.frame.opening]);
        let sign = |seat: &mut Seat, tag: tag::Tag| {
            let message = poseidon::hash(&[tag.fr(), place, network.device_leaf(), seat.attested]);
            *seat = network.seat_signing(seat.index.into_bigint().0[0] as usize, seat.attested, message);
        };
        w.uptime.seats.iter_mut().for_each(|seat| sign(seat, tag::ATT_UPTIME));
        w.bandwidth.challengers.iter_mut().for_each(|seat| sign(seat, tag::ATT_RATE));
    });
    f.add(Violation::CONTEXT, "an epoch of 33 bits", witness);
}

/// The context of a kind, with the roots that it uses.
fn context_of(kind: Kind, w: &Witness) -> Fr {
    let uses = kind.registries();
    let root = |used: bool, root: Fr| if used { root } else { fr(0) };
    let time = poseidon::hash(&[w.frame.epoch, w.frame.opening, w.frame.closing]);
    let roots = poseidon::hash(&[
        w.frame.device_root,
        root(uses.witness, w.frame.witness_root),
        root(uses.allotment, w.frame.allotment_root),
        root(uses.sector, w.frame.sector_root),
    ]);
    let packed = w.frame.rules.iter().zip([0, 32, 64, 96, 128, 160, 192]);
    let packed = packed.fold(fr(0), |sum, (rule, bits)| sum + *rule * power(bits));
    poseidon::hash(&[kind.context().fr(), w.frame.domain, time, roots, packed])
}

fn nullifier(f: &mut Forgeries) {
    let (honest, epoch) = (f.witness.clone(), f.honest.epoch);
    let of = |kind: Kind, batch: u32| {
        claim::nullifier(kind.nullifier(), honest.frame.secret, honest.frame.domain, epoch, batch)
    };
    let kind = f.kind();
    let mut publish = |what, nullifier: &dyn Fn(Fr) -> Fr| {
        f.add(Violation::NULLIFIER, what, honest.clone())
            .publishing(|i| i.nullifier = nullifier(i.nullifier));
    };
    publish("another nullifier", &|nullifier| nullifier + fr(1));
    publish("another batch's nullifier", &|_| of(kind, 1));
    for other in Kind::ALL.into_iter().filter(|other| *other != kind) {
        publish("another kind's nullifier", &|_| of(other, 0));
    }
}

fn outcome(f: &mut Forgeries) {
    let honest = f.witness.clone();
    let mut publish = |what, change: fn(&mut Instance)| {
        f.add(Violation::OUTCOME, what, honest.clone()).publishing(change);
    };
    publish("another payee", |i| i.outcome += fr(1));
    publish("one slot more", |i| i.outcome += power(160));
    publish("one MiB stored more", |i| i.outcome += power(168));
    publish("one MiB served more", |i| i.outcome += power(200));
    publish("more rate", |i| i.outcome += power(230));
    publish("all of a field into the next one", |i| i.outcome += power(250));
    // The claimed amount moved into the payee: the same outcome, other parts.
    let witness = f.with(|w| w.frame.payee += power(160));
    f.add(Violation::OUTCOME, "a payee of more than 160 bits", witness);
}
