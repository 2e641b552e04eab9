//! U1 to U4, and B6 to B9.

use ark_ff::PrimeField;
use popw_circuits::claims::{Seat, Violation, Witness};
use popw_core::{
    Fr,
    lean_imt::LeanImt,
    poseidon,
    tag::{self, Tag},
};

use super::{Attack, Forgeries, between, mirrored, scalar, suborder};
use crate::common::{Network, fr, path, power, secret};

/// What a committee is for.
pub struct Duty {
    pub drawn: fn(&Network) -> Vec<u32>,
    pub seats: fn(&mut Witness) -> &mut Vec<Seat>,
    statement: Tag,
    /// What the same seats sign on the other duty.
    other: Tag,
    pub clauses: Clauses,
}

pub struct Clauses {
    pub draw: Violation,
    pub seat: Violation,
    pub attestation: Violation,
    owners: Violation,
}

pub const WATCHERS: Duty = Duty {
    drawn: Network::committee,
    seats: |w| &mut w.uptime.seats,
    statement: tag::ATT_UPTIME,
    other: tag::ATT_RATE,
    clauses: Clauses {
        draw: Violation::DRAW,
        seat: Violation::SEAT,
        attestation: Violation::ATTESTATION,
        owners: Violation::OWNERS,
    },
};

pub const CHALLENGERS: Duty = Duty {
    drawn: Network::challengers,
    seats: |w| &mut w.bandwidth.challengers,
    statement: tag::ATT_RATE,
    other: tag::ATT_UPTIME,
    clauses: Clauses {
        draw: Violation::RATE_DRAW,
        seat: Violation::CHALLENGER,
        attestation: Violation::RATE_ATTESTATION,
        owners: Violation::RATE_OWNERS,
    },
};

impl Duty {
    /// Witness `i` in a seat of this duty.
    pub fn seat(&self, network: &Network, i: usize, attested: Fr) -> Seat {
        network.seat_signing(i, attested, self.message(network, attested))
    }

    /// What its seats sign.
    pub fn message(&self, network: &Network, attested: Fr) -> Fr {
        let place = poseidon::hash(&[network.domain, fr(u64::from(network.epoch)), network.opening]);
        poseidon::hash(&[self.statement.fr(), place, network.device_leaf(), attested])
    }
}

pub(super) fn add(f: &mut Forgeries, duty: &Duty) {
    draws(f, duty);
    registered(f, duty);
    attestations(f, duty);
    weak_keys(f, duty);
    owners(f, duty);
    more_than_once(f, duty);
    member_by_index(f, duty);
}

/// A seat that counts as many times as makes more of what it attests: one slot of all, twice the rate.
fn more_than_once(f: &mut Forgeries, duty: &Duty) {
    let slots = f.shape.slots as u32;
    let all = power(slots) - fr(1);
    let (network, times) = if duty.clauses.draw == Violation::DRAW {
        let network = f.network(|n| {
            // Of a quorum all others saw every slot.
            let quorum = n.rules[2] as usize;
            n.bitmaps = (0..n.shape.seats).map(|j| if j <= quorum { all } else { fr(0) }).collect();
            n.bitmaps[1] = fr(1);
            n.bitmaps[quorum] = fr(0);
            n.bitmaps[0] = all;
        });
        (network, all)
    } else {
        (f.network(|_| ()), fr(2))
    };
    let draw = duty.clauses.draw.name();
    // `used` is the first wire of each seat.
    let used = f.wires_in(draw) / (duty.drawn)(&network).len();
    f.add(duty.clauses.draw, "used more than once", network.witness())
        .wire(draw, used, times)
        .natively(Violation::OUTCOME);
}

/// A registry without the witness: its leaf and a sibling that it chooses hash to what two others do.
fn member_by_index(f: &mut Forgeries, duty: &Duty) {
    let (place, j) = only_in(f, duty);
    let mut leaves: Vec<Fr> = (0..12).map(|i| f.honest.witness_leaf(i)).collect();
    leaves[place] = fr(5);
    let (sibling, bit) = between(leaves[place & !1], leaves[place | 1], f.honest.witness_leaf(place));
    let tree = LeanImt::from_leaves(leaves);
    let witness = f.with(|w| {
        w.frame.witness_root = tree.root();
        for seat in w.uptime.seats.iter_mut().chain(&mut w.bandwidth.challengers) {
            seat.path = path(&tree.proof(seat.index.into_bigint().0[0] as usize).expect("a leaf"));
        }
        (duty.seats)(w)[j].path.siblings[0] = sibling;
    });
    // Of each seat the depth is the first input, the lowest bit the second.
    let part = duty.clauses.seat.name();
    let inputs = f.inputs_in(part);
    let first_bit = inputs[j * inputs.len() / (duty.drawn)(&f.honest).len() + 1];
    f.add(duty.clauses.seat, "a member by an index that is no bit", witness).wire(part, first_bit, bit);
}

/// A witness in this committee alone, and its seat: the other one has nothing against it.
fn only_in(f: &Forgeries, duty: &Duty) -> (usize, usize) {
    let others = match duty.clauses.owners {
        Violation::OWNERS => f.honest.challengers(),
        _ => f.honest.committee(),
    };
    let mut seats = (duty.drawn)(&f.honest).into_iter().enumerate();
    let (seat, witness) = seats.find(|(_, i)| !others.contains(i)).expect("not the same committee");
    (witness as usize, seat)
}

fn draws(f: &mut Forgeries, duty: &Duty) {
    let drawn = (duty.drawn)(&f.honest);
    let attested = (duty.seats)(&mut f.witness)[1].attested;
    let seated = |f: &mut Forgeries, what, i: u32| {
        let seat = duty.seat(&f.honest, i as usize, attested);
        let witness = f.with(|w| (duty.seats)(w)[1] = seat);
        f.add(duty.clauses.draw, what, witness);
    };
    let others: Vec<u32> = (0..12).filter(|i| !drawn.contains(i)).collect();
    seated(f, "a witness that was not drawn", others[0]);
    if f.shape.seats > 0 && f.shape.challengers > 0 {
        // Drawn for the other duty, and not for this one.
        let (watchers, challengers) = (f.honest.committee(), f.honest.challengers());
        let other = if drawn == watchers { challengers } else { watchers };
        let only = other.into_iter().find(|i| !drawn.contains(i)).expect("another witness");
        seated(f, "a witness that was drawn for the other duty", only);
    }
    // A seat at or above k, drawn like the others would be.
    let last = drawn.len() - 1;
    let small = f.network(|n| n.rules[1] -= 1);
    let beyond = duty.seat(&small, (duty.drawn)(&small)[last] as usize, attested);
    let mut witness = small.witness();
    (duty.seats)(&mut witness)[last] = beyond;
    f.add(duty.clauses.draw, "a seat at k", witness);
    // Nobody to draw from, and nobody used.
    if f.kind().has_uptime() && duty.clauses.draw == Violation::RATE_DRAW {
        return;
    }
    let witness = f.with(|w| {
        w.frame.rules[0] = fr(0);
        w.uptime.seats.clear();
        w.bandwidth.challengers.clear();
    });
    let forgery = f.add(duty.clauses.draw, "n_w = 0", witness);
    if duty.clauses.draw == Violation::DRAW {
        forgery.also(Violation::RATE_DRAW);
    }
}

fn registered(f: &mut Forgeries, duty: &Duty) {
    let depth = f.shape.witness_depth as u64;
    let mut forge = |what, change: &dyn Fn(&mut Seat)| {
        let witness = f.with(|w| change(&mut (duty.seats)(w)[1]));
        f.add(duty.clauses.seat, what, witness);
    };
    forge("a witness that is not registered", &|seat| seat.path.siblings[0] += fr(1));
    forge("another owner than the registered one", &|seat| seat.owner += fr(77));
    forge("index at 2^depth", &|seat| seat.path.index += 1 << seat.path.depth);
    forge("depth beyond the registry's", &|seat| seat.path.depth = depth + 1);
    // The root is the same for both committees, and the other one can be without a seat.
    let witness = f.with(|w| {
        w.frame.witness_root = fr(0);
        let mut seats = std::mem::take((duty.seats)(w));
        seats.iter_mut().for_each(|seat| seat.path.depth = 77);
        w.uptime.seats.clear();
        w.bandwidth.challengers.clear();
        *(duty.seats)(w) = seats;
    });
    // In work the other clause stands on the same root; the one of the watchers comes first.
    let (clause, other) = match f.kind().has_uptime() {
        true => (Violation::SEAT, Violation::CHALLENGER),
        false => (Violation::CHALLENGER, Violation::SEAT),
    };
    f.add(clause, "root 0 by empty depths", witness).also(other);
}

fn attestations(f: &mut Forgeries, duty: &Duty) {
    let clause = duty.clauses.attestation;
    let i = (duty.drawn)(&f.honest)[1] as usize;
    let attested = (duty.seats)(&mut f.witness)[1].attested;
    let (domain, epoch, rho) = (f.honest.domain, fr(u64::from(f.honest.epoch)), f.honest.opening);
    let (device, one) = (f.honest.device_leaf(), fr(1));
    let message = |tag: Tag, domain: Fr, epoch: Fr, rho: Fr, device: Fr, attested: Fr| {
        poseidon::hash(&[tag.fr(), poseidon::hash(&[domain, epoch, rho]), device, attested])
    };
    let own = duty.statement;
    let messages = [
        ("another epoch's message", message(own, domain, epoch + one, rho, device, attested)),
        ("another beacon's message", message(own, domain, epoch, rho + one, device, attested)),
        ("another device's message", message(own, domain, epoch, rho, device + one, attested)),
        ("another network's message", message(own, domain + one, epoch, rho, device, attested)),
        ("another message", message(own, domain, epoch, rho, device, attested + fr(8))),
        ("the other duty's message", message(duty.other, domain, epoch, rho, device, attested)),
    ];
    for (what, message) in messages {
        let seat = f.honest.seat_signing(i, attested, message);
        let witness = f.with(|w| (duty.seats)(w)[1] = seat);
        f.add(clause, what, witness);
    }
    let changes: [Attack<'_, Seat>; 3] = [
        ("another S", &|seat| seat.s += fr(1)),
        ("S + l", &|seat| seat.s += suborder()),
        ("another R8", &|seat| seat.r8.1 += fr(1)),
    ];
    for (what, change) in changes {
        let witness = f.with(|w| change(&mut (duty.seats)(w)[1]));
        f.add(clause, what, witness);
    }
    for (what, x) in [("R8 with another sign of x", true), ("R8 with another sign of y", false)] {
        let (r8, s) = mirrored(&f.honest.witnesses[i], duty.message(&f.honest, attested), x);
        let witness = f.with(|w| {
            let seat = &mut (duty.seats)(w)[1];
            (seat.r8, seat.s) = (r8, s);
        });
        f.add(clause, what, witness);
    }
}

/// A registry that let a bad key in: the circuit must refuse its attestations all the same.
fn weak_keys(f: &mut Forgeries, duty: &Duty) {
    let place = (duty.drawn)(&f.honest)[1] as usize;
    let keys = [
        ("the identity as key", (fr(0), fr(1))),
        ("a key of order 2", (fr(0), -fr(1))),
        ("a key off the curve", (fr(1), fr(1))),
    ];
    for (what, key) in keys {
        let mut leaves: Vec<Fr> = (0..12).map(|i| f.honest.witness_leaf(i)).collect();
        leaves[place] =
            poseidon::hash(&[tag::WITNESS.fr(), key.0, key.1, f.honest.owners[place], fr(place as u64)]);
        let tree = LeanImt::from_leaves(leaves);
        let witness = f.with(|w| {
            w.frame.witness_root = tree.root();
            let same = |seat: &Seat| seat.index == fr(place as u64);
            for seat in w.uptime.seats.iter_mut().chain(&mut w.bandwidth.challengers) {
                let index = seat.index.into_bigint().0[0] as usize;
                seat.path = path(&tree.proof(index).expect("a leaf"));
            }
            let mut forged = (duty.seats)(w)[1].clone();
            // The same witness on the other duty has no key to sign with any more.
            for seat in
                w.uptime.seats.iter_mut().chain(&mut w.bandwidth.challengers).filter(|seat| same(seat))
            {
                *seat = Seat::unused();
            }
            forged.key = key;
            // With a small-order key, S·Base8 = R8 for a known S satisfies the equation for every message.
            let s = secret(9, 9);
            let r8 = s.public().point;
            forged.r8 = (r8.x, r8.y);
            forged.s = scalar(s.scalar());
            (duty.seats)(w)[1] = forged;
        });
        f.add(duty.clauses.attestation, what, witness);
    }
}

fn owners(f: &mut Forgeries, duty: &Duty) {
    let drawn = (duty.drawn)(&f.honest);
    let (only, _) = only_in(f, duty);
    let next = *drawn.iter().find(|i| **i as usize != only).expect("three seats") as usize;
    let own = f.honest.device_owner;
    let second = f.honest.owners[next];
    for (what, owner) in [("the device's own owner", own), ("an owner used twice", second)] {
        // Owners stand inside leaves, not inside the draw, so the committee stays.
        let witness = f.network(|n| n.owners[only] = owner).witness();
        f.add(duty.clauses.owners, what, witness);
    }
}
