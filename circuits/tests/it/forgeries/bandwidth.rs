//! B1 to B5, B10 and B11.

use popw_circuits::claims::{Receipt, Seat, Violation, Witness};
use popw_core::{Fr, eddsa::SecretKey, lean_imt::LeanImt, message, poseidon, tag};

use super::committee::CHALLENGERS;
use super::{Attack, Forgeries, between, mirrored, scalar, suborder};
use crate::common::{Network, coordinates, fr, path, power, secret};

/// Wires of a number's division by B: the quotient, its 64 bits, the product.
const DIVISION: usize = 66;
/// Wires of B5 for a receipt: bytes and cap with their bits, a comparison, what counts, and that if it is used.
const SERVED: usize = 2 * 65 + 65 + 2;

pub fn add(f: &mut Forgeries) {
    registered(f);
    order(f);
    signed(f);
    weak_keys(f);
    let witness = f.network(|n| n.allotments[0].owner = n.device_owner).witness();
    f.add(Violation::PAYER, "the device's own owner", witness);
    served(f);
    rate(f);
}

/// The leaf of what a receipt says of its allotment, of a device and epoch.
fn leaf(receipt: &Receipt, device: Fr, epoch: Fr) -> Fr {
    let who = poseidon::hash(&[receipt.key.0, receipt.key.1, receipt.owner]);
    let whose = poseidon::hash(&[device, receipt.salt]);
    let bought = poseidon::hash(&[epoch, receipt.cap]);
    poseidon::hash(&[tag::ALLOTMENT.fr(), who, whose, bought, receipt.seq])
}

/// A registry of these leaves, and the receipts' paths in it.
fn register(w: &mut Witness, leaves: Vec<Fr>) {
    let tree = LeanImt::from_leaves([vec![fr(1), fr(2)], leaves].concat());
    w.frame.allotment_root = tree.root();
    for (i, receipt) in w.bandwidth.receipts.iter_mut().enumerate() {
        receipt.path = path(&tree.proof(2 + i).expect("a leaf"));
    }
}

fn leaves(network: &Network, w: &Witness) -> Vec<Fr> {
    let (device, epoch) = (network.device_leaf(), fr(u64::from(network.epoch)));
    w.bandwidth.receipts.iter().map(|receipt| leaf(receipt, device, epoch)).collect()
}

/// A registry that took these allotments as they are.
fn registering(f: &Forgeries, change: impl FnOnce(&mut Witness)) -> Witness {
    let mut witness = f.with(change);
    let leaves = leaves(&f.honest, &witness);
    register(&mut witness, leaves);
    witness
}

/// Signs for what the receipt says.
fn sign(network: &Network, receipt: &mut Receipt, client: &SecretKey) {
    let place = poseidon::hash(&[network.domain, fr(u64::from(network.epoch)), receipt.seq]);
    put(receipt, client, poseidon::hash(&[tag::RECEIPT.fr(), place, network.device_leaf(), receipt.bytes]));
}

fn put(receipt: &mut Receipt, client: &SecretKey, message: Fr) {
    let signature = client.sign(message);
    receipt.r8 = (signature.r8.x, signature.r8.y);
    receipt.s = scalar(signature.s);
}

fn registered(f: &mut Forgeries) {
    let depth = f.shape.allotment_depth as u64;
    let network = f.network(|_| ());
    let changes: [Attack<'_, Witness>; 7] = [
        ("an allotment that is not registered", &|w| w.bandwidth.receipts[0].path.siblings[0] += fr(1)),
        ("a higher cap", &|w| w.bandwidth.receipts[0].cap += fr(1)),
        ("another owner", &|w| w.bandwidth.receipts[0].owner += fr(1)),
        ("another client's", &|w| {
            let other = &network.allotments[1].client;
            w.bandwidth.receipts[0].key = coordinates(&other.public());
            sign(&network, &mut w.bandwidth.receipts[0], other);
        }),
        ("index at 2^depth", &|w| {
            w.bandwidth.receipts[0].path.index += 1 << w.bandwidth.receipts[0].path.depth
        }),
        ("depth beyond the registry's", &|w| w.bandwidth.receipts[0].path.depth = depth + 1),
        ("root 0 by empty depths", &|w| {
            w.frame.allotment_root = fr(0);
            w.bandwidth.receipts.iter_mut().for_each(|receipt| receipt.path.depth = 77);
        }),
    ];
    for (what, change) in changes {
        let witness = f.with(change);
        f.add(Violation::ALLOTMENT, what, witness);
    }
    // A registry without the allotment: its leaf and a sibling that the prover chooses hash to what two others do.
    let mut witness = f.witness.clone();
    let mut without = leaves(&network, &witness);
    let own = std::mem::replace(&mut without[0], fr(99));
    let (sibling, bit) = between(fr(99), without[1], own);
    register(&mut witness, without);
    witness.bandwidth.receipts[0].path.siblings[0] = sibling;
    // Of each receipt `used` and the salt are the first inputs, then the depth, the lowest bit the fourth.
    let inputs = f.inputs_in("B1-allotment");
    f.add(Violation::ALLOTMENT, "a member by an index that is no bit", witness).wire(
        "B1-allotment",
        inputs[3],
        bit,
    );
    let honest = f.witness.clone();
    let last = inputs.len() / f.shape.receipts * (f.shape.receipts - 1);
    f.add(Violation::ALLOTMENT, "used more than once", honest)
        .wire("B1-allotment", inputs[last], fr(2))
        .natively(Violation::OUTCOME);

    let (device, epoch) = (network.device_leaf(), fr(u64::from(network.epoch)));
    for (what, device, epoch) in [
        ("another device's allotment", device + fr(1), epoch),
        ("another epoch's allotment", device, epoch - fr(1)),
    ] {
        let mut witness = f.witness.clone();
        let mut leaves = leaves(&network, &witness);
        leaves[0] = leaf(&witness.bandwidth.receipts[0], device, epoch);
        register(&mut witness, leaves);
        f.add(Violation::ALLOTMENT, what, witness);
    }
}

fn order(f: &mut Forgeries) {
    let changes: [Attack<'_, Witness>; 3] = [
        ("an allotment twice", &|w| w.bandwidth.receipts[1] = w.bandwidth.receipts[0].clone()),
        ("the wrong way round", &|w| w.bandwidth.receipts.swap(0, 1)),
        ("a used receipt behind one that is not", &|w| w.bandwidth.receipts[0] = Receipt::unused()),
    ];
    for (what, change) in changes {
        let witness = f.with(change);
        f.add(Violation::RECEIPT_ORDER, what, witness);
    }
    let wide = registering(f, |w| {
        w.bandwidth.receipts[1].seq += power(64);
        sign(&f.honest, &mut w.bandwidth.receipts[1], &f.honest.allotments[1].client);
    });
    f.add(Violation::RECEIPT_ORDER, "a number of 65 bits", wide);
    // Number 9 is of batch 0, number 10 is not.
    let batches = f.network(|n| {
        n.rules[5] = 3;
        n.sectors.iter_mut().zip([3, 6]).for_each(|(sector, seq)| sector.seq = seq);
        n.allotments.iter_mut().zip([9, 10]).for_each(|(allotted, seq)| allotted.seq = seq);
    });
    f.add(Violation::RECEIPT_ORDER, "an allotment of another batch", batches.witness());
    f.add(Violation::RECEIPT_ORDER, "an allotment of another batch, divided in the field", batches.witness())
        .wire("B2-order/batch", DIVISION, fr(10) / fr(3));
}

fn signed(f: &mut Forgeries) {
    let network = f.network(|_| ());
    let (domain, epoch, device) = (network.domain, network.epoch, network.device_leaf());
    let (seq, bytes) = (network.allotments[0].seq, network.allotments[0].bytes);
    let rate = u32::try_from(bytes).expect("few bytes");
    let messages = [
        ("another network's receipt", message::receipt(domain + fr(1), epoch, seq, device, bytes)),
        ("another epoch's receipt", message::receipt(domain, epoch + 1, seq, device, bytes)),
        ("another allotment's receipt", message::receipt(domain, epoch, seq + 1, device, bytes)),
        ("another device's receipt", message::receipt(domain, epoch, seq, device + fr(1), bytes)),
        ("a receipt for other bytes", message::receipt(domain, epoch, seq, device, bytes - 1)),
        (
            "a rate that the client measured as a witness",
            message::rate_attestation(domain, epoch, network.opening, device, rate),
        ),
    ];
    for (what, message) in messages {
        let witness = f.with(|w| w.bandwidth.receipts[0] = network.receipt_signing(0, message));
        f.add(Violation::RECEIPT, what, witness);
    }
    let changes: [Attack<'_, Receipt>; 3] = [
        ("another S", &|receipt| receipt.s += fr(1)),
        ("S + l", &|receipt| receipt.s += suborder()),
        ("another R8", &|receipt| receipt.r8.1 += fr(1)),
    ];
    for (what, change) in changes {
        let witness = f.with(|w| change(&mut w.bandwidth.receipts[0]));
        f.add(Violation::RECEIPT, what, witness);
    }
    let message = message::receipt(domain, epoch, seq, device, bytes);
    for (what, x) in [("R8 with another sign of x", true), ("R8 with another sign of y", false)] {
        let signature = mirrored(&network.allotments[0].client, message, x);
        let witness = f.with(|w| (w.bandwidth.receipts[0].r8, w.bandwidth.receipts[0].s) = signature);
        f.add(Violation::RECEIPT, what, witness);
    }
}

/// A registry that let a bad key in: the circuit must refuse its receipts all the same.
fn weak_keys(f: &mut Forgeries) {
    for (what, key) in [
        ("the identity as key", (fr(0), fr(1))),
        ("a key of order 2", (fr(0), -fr(1))),
        ("a key off the curve", (fr(1), fr(1))),
    ] {
        // With a small-order key, S·Base8 = R8 for a known S satisfies the equation for every message.
        let s = secret(9, 9);
        let witness = registering(f, |w| {
            w.bandwidth.receipts[0].key = key;
            w.bandwidth.receipts[0].r8 = coordinates(&s.public());
            w.bandwidth.receipts[0].s = scalar(s.scalar());
        });
        f.add(Violation::RECEIPT, what, witness);
    }
}

fn served(f: &mut Forgeries) {
    let clause = Violation::SERVED;
    // The second client signs for 6 MiB and has paid for 5. The top bit of the comparison says that it has paid for more.
    let honest = f.witness.clone();
    let over = SERVED + 130 + 64;
    f.add(clause, "bytes above the cap", honest.clone())
        .wire("B5-served", over, fr(0))
        .natively(Violation::OUTCOME);
    let unused = f.with(|w| w.bandwidth.receipts[1].used = false);
    let cap = honest.bandwidth.receipts[1].cap;
    f.add(clause, "bytes of an unused receipt", unused)
        .wire("B5-served", 2 * SERVED - 1, cap)
        .natively(Violation::OUTCOME);
    // Two times 2^50 bytes and 5 MiB: the inverse that shows the high bits not to be zero is 0.
    let many = f.network(|n| {
        n.allotments.iter_mut().for_each(|allotted| {
            (allotted.cap, allotted.bytes) = ((1 << 50) + (5 << 20), (1 << 50) + (5 << 20));
        });
    });
    f.add(clause, "a sum that wraps", many.witness())
        .wire("B5-served", 2 * SERVED + 65, fr(0))
        .natively(Violation::OUTCOME);
    f.add(clause, "one MiB more", honest)
        .wire("B5-served", 2 * SERVED + 20, fr(0))
        .wire("B5-served", 2 * SERVED + 21, fr(1))
        .natively(Violation::OUTCOME);
    let bytes = f.with(|w| {
        w.bandwidth.receipts[0].bytes += power(64);
        sign(&f.honest, &mut w.bandwidth.receipts[0], &f.honest.allotments[0].client);
    });
    f.add(clause, "bytes of 65 bits", bytes);
    let cap = registering(f, |w| w.bandwidth.receipts[0].cap += power(64));
    f.add(clause, "a cap of 65 bits", cap);
}

fn rate(f: &mut Forgeries) {
    let clause = Violation::RATE;
    // Three challengers say 800, 810 and 820, two are the quorum. The certified rate is the fourth wire.
    let place = f.shape.challengers;
    let honest = f.witness.clone();
    for (what, rate) in [
        ("more than a quorum reached", 811),
        ("the highest rate", 820),
        ("less than a quorum reached", 809),
        ("no rate", 0),
    ] {
        f.add(clause, what, honest.clone()).wire("B10-rate", place, fr(rate)).natively(Violation::OUTCOME);
    }
    let alone = f.with(|w| w.bandwidth.challengers[1..].iter_mut().for_each(|seat| *seat = Seat::unused()));
    f.add(clause, "one challenger fewer than the quorum", alone)
        .wire("B10-rate", place, fr(800))
        .natively(Violation::OUTCOME);
    let i = f.honest.challengers()[1] as usize;
    let rate = fr(1 << 32) + fr(810);
    let (domain, epoch, rho) = (f.honest.domain, fr(u64::from(f.honest.epoch)), f.honest.opening);
    let place = poseidon::hash(&[domain, epoch, rho]);
    let message = poseidon::hash(&[tag::ATT_RATE.fr(), place, f.honest.device_leaf(), rate]);
    let wide = f.honest.seat_signing(i, rate, message);
    let witness = f.with(|w| w.bandwidth.challengers[1] = wide);
    f.add(clause, "a rate of 33 bits", witness);
    // Not beyond what it is compared with by more than 32 bits.
    let least = CHALLENGERS.seat(&f.honest, i, power(32));
    let witness = f.with(|w| w.bandwidth.challengers[1] = least);
    f.add(clause, "a rate of 2^32", witness);

    // The comparison's top bit says that the least rate is reached.
    let slow = f.network(|n| n.rules[6] = 811).witness();
    f.add(Violation::GATE, "passed below the least rate", slow.clone())
        .wire("B11-gate", 32, fr(1))
        .natively(Violation::OUTCOME);
    let last = f.wires_in("B11-gate") - 1;
    f.add(Violation::GATE, "MiB served below the least rate", slow.clone())
        .wire("B11-gate", last - 1, fr(9))
        .natively(Violation::OUTCOME);
    f.add(Violation::GATE, "a rate below the least", slow)
        .wire("B11-gate", last, fr(810))
        .natively(Violation::OUTCOME);
    let honest = f.witness.clone();
    f.add(Violation::GATE, "MiB served that spill into the rate", honest)
        .wire("B11-gate", last - 1, fr(1 << 30))
        .also(Violation::OUTCOME)
        .natively(Violation::OUTCOME);
}
