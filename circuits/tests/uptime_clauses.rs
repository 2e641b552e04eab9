//! One forged witness per clause (and per attack on it). The native check names the clause; the circuit violates
//! that clause and no other, so that deleting its constraints would let the forgery through.

mod common;

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::OnceLock,
};

use ark_ff::{BigInteger, PrimeField};
use common::{Network, attestation, audit, fr, path, power, secret};
use popw_circuits::{
    claims::{self, Instance, Seat, Violation, Witness, check, uptime::DEMO},
    drivers::audit::{Audit, Recorded},
};
use popw_core::{Fr, babyjub, poseidon, tag};

/// A prover's attempt: what it knows, what it publishes, and where it leaves the hints.
struct Forgery {
    clause: Violation,
    what: &'static str,
    witness: Witness,
    instance: Option<Instance>,
    /// (part of the circuit, n-th wire allocated in it, value).
    wires: Vec<(&'static str, usize, Fr)>,
}

impl Forgery {
    fn new(clause: Violation, what: &'static str, witness: Witness) -> Self {
        Self { clause, what, witness, instance: None, wires: Vec::new() }
    }

    fn wire(mut self, part: &'static str, n: usize, value: Fr) -> Self {
        self.wires.push((part, n, value));
        self
    }

    fn publishing(mut self, change: impl FnOnce(&mut Instance)) -> Self {
        let mut instance = self.witness.instance(&DEMO).expect("well-formed");
        change(&mut instance);
        self.instance = Some(instance);
        self
    }

    /// Runs the circuit as this prover would.
    fn run(&self) -> (Recorded, Vec<Fr>) {
        let paths = wire_paths();
        let forged: BTreeMap<usize, Fr> = self
            .wires
            .iter()
            .map(|(part, n, value)| {
                let mut places = (0..paths.len()).filter(|i| paths[*i] == *part);
                (places.nth(*n).unwrap_or_else(|| panic!("no wire {n} in {part}")), *value)
            })
            .collect();
        let mut d = Audit::forging(forged);
        claims::synthesize(&mut d, &DEMO, Some(&self.witness));
        let recorded = d.finish();
        let mut z = recorded.assignment.full();
        if let Some(instance) = &self.instance {
            z[1..4].copy_from_slice(&instance.to_array());
        }
        (recorded, z)
    }
}

/// Synthesis does not depend on the witness, so neither do paths.
fn wire_paths() -> &'static [String] {
    static PATHS: OnceLock<Vec<String>> = OnceLock::new();
    PATHS.get_or_init(|| audit(&DEMO, &Network::new(DEMO).witness()).wire_paths)
}

fn scalar(value: babyjub::Scalar) -> Fr {
    Fr::from_bigint(value.into_bigint()).expect("l < r")
}

/// l as an element of the larger field.
fn suborder() -> Fr {
    scalar(-babyjub::Scalar::from(1u64)) + fr(1)
}

fn with(change: impl FnOnce(&mut Witness)) -> Witness {
    let mut witness = Network::new(DEMO).witness();
    change(&mut witness);
    witness
}

fn network(change: impl FnOnce(&mut Network)) -> Network {
    let mut network = Network::new(DEMO);
    change(&mut network);
    network
}

fn forgeries() -> Vec<Forgery> {
    let mut all = Vec::new();
    keys(&mut all);
    registries(&mut all);
    rules(&mut all);
    seats(&mut all);
    counting(&mut all);
    publishing(&mut all);
    all
}

fn keys(all: &mut Vec<Forgery>) {
    // The same A with another nullifier: the scalar's bits are those of sk, the wire says sk + l.
    let honest = Network::new(DEMO).witness().secret;
    for multiples in 1..7u64 {
        let mut forgery =
            Forgery::new(Violation::Key, "sk + t·l", with(|w| w.secret += suborder() * fr(multiples)));
        for i in 0..251 {
            forgery = forgery.wire("C1-key/key/range", 1 + i, fr(u64::from(honest.into_bigint().get_bit(i))));
        }
        all.push(forgery);
    }
}

fn registries(all: &mut Vec<Forgery>) {
    all.push(Forgery::new(
        Violation::Device,
        "a device that is not registered",
        with(|w| w.device_path.siblings[0] += fr(1)),
    ));
    all.push(Forgery::new(
        Violation::Device,
        "index at 2^depth",
        with(|w| w.device_path.index += 1 << w.device_path.depth),
    ));
    all.push(Forgery::new(
        Violation::Device,
        "depth beyond the registry's",
        with(|w| w.device_path.depth = DEMO.device_depth as u64 + 1),
    ));
    // A path that ends above the depth it claims: no level selected, root 0.
    all.push(Forgery::new(
        Violation::Device,
        "root 0 by an empty depth",
        with(|w| {
            w.device_path.depth = 77;
            w.device_root = fr(0);
        }),
    ));
    all.push(Forgery::new(Violation::Seat, "a witness that is not registered", {
        with(|w| w.seats[1].path.siblings[0] += fr(1))
    }));
    all.push(Forgery::new(Violation::Seat, "index at 2^depth", {
        with(|w| w.seats[1].path.index += 1 << w.seats[1].path.depth)
    }));
    all.push(Forgery::new(Violation::Seat, "depth beyond the registry's", {
        with(|w| w.seats[0].path.depth = DEMO.witness_depth as u64 + 1)
    }));
    all.push(Forgery::new(Violation::Seat, "root 0 by empty depths", {
        with(|w| {
            w.witness_root = fr(0);
            w.seats.iter_mut().for_each(|seat| seat.path.depth = 77);
        })
    }));
}

fn rules(all: &mut Vec<Forgery>) {
    let mut rule = |what, i: usize, value: Fr| {
        all.push(Forgery::new(Violation::Rules, what, with(|w| w.rules[i] = value)));
    };
    rule("q = 0", 2, fr(0));
    rule("q > k", 2, fr(6));
    rule("no batch", 5, fr(0));
    rule("max_gap of 33 bits", 4, fr(1 << 32));
    rule("min_rate of 33 bits", 6, fr(1 << 32));
    // The one-hot vector of a number beyond the shape can only claim the last place.
    all.push(Forgery::new(Violation::Rules, "k > K", with(|w| w.rules[1] = fr(6))).wire(
        "C3-rules/k",
        5,
        fr(1),
    ));
    all.push(Forgery::new(Violation::Rules, "slots > S", with(|w| w.rules[3] = fr(25))).wire(
        "C3-rules/slots",
        24,
        fr(1),
    ));
}

fn seats(all: &mut Vec<Forgery>) {
    let honest = Network::new(DEMO);
    let drawn = honest.committee();
    let other = (0..12).find(|i| !drawn.contains(i)).expect("five of twelve are drawn") as usize;
    let slots = honest.bitmaps[0];
    let mut seat = |clause, what, seat: Seat| {
        all.push(Forgery::new(clause, what, with(|w| w.seats[2] = seat)));
    };
    seat(Violation::Draw, "a witness that was not drawn", honest.seat(other, slots));

    let third = drawn[2] as usize;
    let device = honest.device_leaf();
    let mut signing = |what, message| {
        seat(Violation::Attestation, what, honest.seat_signing(third, slots, message));
    };
    let (domain, epoch, rho) = (honest.domain, honest.epoch, honest.opening);
    signing("another epoch's message", attestation(domain, epoch + 1, rho, device, slots));
    signing("another beacon's message", attestation(domain, epoch, rho + fr(1), device, slots));
    signing("another device's message", attestation(domain, epoch, rho, device + fr(1), slots));
    signing("another network's message", attestation(domain + fr(1), epoch, rho, device, slots));
    signing("another bitmap", attestation(domain, epoch, rho, device, slots + fr(8)));
    let place = poseidon::hash(&[domain, fr(u64::from(epoch)), rho]);
    signing("another claim's message", poseidon::hash(&[tag::ATT_RATE.fr(), place, device, slots]));

    let mut broken = honest.seat(third, slots);
    broken.s += fr(1);
    seat(Violation::Attestation, "another S", broken);
    let mut broken = honest.seat(third, slots);
    broken.r8.1 += fr(1);
    seat(Violation::Attestation, "another R8", broken);

    for (what, change) in [
        (
            "the device's own owner",
            (|n: &mut Network, seats: &[u32]| n.owners[seats[2] as usize] = fr(1000))
                as fn(&mut Network, &[u32]),
        ),
        ("an owner used twice", |n, seats| n.owners[seats[2] as usize] = n.owners[seats[4] as usize]),
    ] {
        // Owners stand inside leaves, not inside the draw, so the committee stays.
        let forged = network(|n| {
            let seats = n.committee();
            change(n, &seats);
        });
        all.push(Forgery::new(Violation::Owners, what, forged.witness()));
    }

    // A seat at or above k, drawn like the others would be.
    let small = network(|n| n.rules[1] = 4);
    let beyond = small.committee()[4] as usize;
    let mut witness = small.witness();
    witness.seats[4] = small.seat(beyond, slots);
    all.push(Forgery::new(Violation::Draw, "a seat at k", witness));

    // Nobody to draw from, and nobody used.
    all.push(Forgery::new(Violation::Draw, "n_w = 0", {
        with(|w| {
            w.rules[0] = fr(0);
            w.seats.iter_mut().for_each(|seat| *seat = Seat::unused());
        })
    }));

    weak_keys(all, &honest);
}

/// A registry that let a bad key in: the circuit must refuse its attestations all the same.
fn weak_keys(all: &mut Vec<Forgery>, honest: &Network) {
    let place = honest.committee()[2] as usize;
    let mut forge = |what, key: (Fr, Fr)| {
        let mut witness = honest.witness();
        let mut leaves: Vec<Fr> = (0..12).map(|i| honest.witness_leaf(i)).collect();
        leaves[place] =
            poseidon::hash(&[tag::WITNESS.fr(), key.0, key.1, honest.owners[place], fr(place as u64)]);
        let tree = popw_core::lean_imt::LeanImt::from_leaves(leaves);
        witness.witness_root = tree.root();
        for seat in &mut witness.seats {
            let index = usize::try_from(seat.index.into_bigint().0[0]).expect("small");
            seat.path = path(&tree.proof(index).expect("a leaf"));
        }
        witness.seats[2].key = key;
        // With a small-order key, S·Base8 = R8 for a known S satisfies the equation for every message.
        let s = secret(9, 9);
        let r8 = s.public().point;
        witness.seats[2].r8 = (r8.x, r8.y);
        witness.seats[2].s = scalar(s.scalar());
        all.push(Forgery::new(Violation::Attestation, what, witness));
    };
    forge("the identity as key", (fr(0), fr(1)));
    forge("a key of order 2", (fr(0), -fr(1)));
    forge("a key off the curve", (fr(1), fr(1)));
}

fn counting(all: &mut Vec<Forgery>) {
    let short = network(|n| {
        n.rules[3] = 20;
        n.bitmaps = vec![fr(0b1111); 5];
        n.rules[4] = 30;
        n.bitmaps[1] += power(22);
    });
    all.push(Forgery::new(Violation::Bitmap, "a bit above the slots", short.witness()));

    // Slot 3 is down; the top bit of its comparison says up, the rest of the decomposition makes up for nothing.
    all.push(Forgery::new(Violation::Quorum, "a slot up without a quorum", with(|_| ())).wire(
        "U6-quorum",
        3 * 5 + 4,
        fr(1),
    ));
    let gap = network(|n| n.rules[4] = 1);
    let up = fr(22);
    let witness = gap.witness();
    let last = wire_paths().iter().filter(|p| *p == "U7-gap").count() - 1;
    all.push(
        Forgery::new(Violation::Gap, "up slots in spite of a long gap", witness)
            .wire("U7-gap", last, up)
            .publishing(|i| i.outcome += up * power(160)),
    );
}

fn publishing(all: &mut Vec<Forgery>) {
    let mut publish = |clause, what, change: fn(&mut Instance)| {
        all.push(Forgery::new(clause, what, with(|_| ())).publishing(change));
    };
    publish(Violation::Context, "another context", |i| i.context += fr(1));
    publish(Violation::Nullifier, "another nullifier", |i| i.nullifier += fr(1));
    publish(Violation::Outcome, "another payee", |i| i.outcome += fr(1));
    publish(Violation::Outcome, "one slot more", |i| i.outcome += power(160));
    publish(Violation::Outcome, "a neighbour's bits", |i| i.outcome += power(168));
    // The claimed amount moved into the payee: the same outcome, other parts.
    all.push(Forgery::new(
        Violation::Outcome,
        "a payee of more than 160 bits",
        with(|w| w.payee += power(160)),
    ));
    all.push(Forgery::new(Violation::Context, "an epoch of 33 bits", {
        let mut witness = with(|_| ());
        witness.epoch = fr(1 << 32) + witness.epoch;
        // Attestations for that number exist as well.
        let honest = Network::new(DEMO);
        let committee = honest.committee();
        for (seat, i) in witness.seats.iter_mut().zip(committee) {
            let place = poseidon::hash(&[honest.domain, witness.epoch, honest.opening]);
            let message = poseidon::hash(&[tag::ATT_UPTIME.fr(), place, honest.device_leaf(), seat.attested]);
            *seat = honest.seat_signing(i as usize, seat.attested, message);
        }
        witness
    }));
}

#[test]
fn honest_witness_satisfies_check_and_circuit() {
    let witness = Network::new(DEMO).witness();
    let instance = witness.instance(&DEMO).expect("well-formed");
    assert_eq!(check(&DEMO, &instance, &witness), Ok(()));
    let recorded = audit(&DEMO, &witness);
    assert_eq!(recorded.violated(), BTreeMap::new());
    assert_eq!(recorded.assignment.public, instance.to_array());
    assert_eq!(instance.outcome, witness.payee + power(160) * fr(22));
}

#[test]
fn every_forgery_is_refused_by_its_clause_and_by_no_other() {
    let mut wrong = Vec::new();
    for forgery in forgeries() {
        let (recorded, z) = forgery.run();
        let violated: Vec<String> = recorded.violated_by(&z).into_keys().collect();
        if violated != [forgery.clause.name()] {
            wrong.push(format!("{} ({}): circuit {violated:?}", forgery.clause.name(), forgery.what));
        }
        let public =
            forgery.instance.unwrap_or_else(|| Instance { context: z[1], nullifier: z[2], outcome: z[3] });
        // Forged wires are the circuit's own affair: check reads the witness, and sees the false outcome instead.
        let expected = match forgery.clause {
            Violation::Quorum | Violation::Gap => Violation::Outcome,
            clause => clause,
        };
        let found = check(&DEMO, &public, &forgery.witness);
        if found != Err(expected) {
            wrong.push(format!("{} ({}): check {found:?}", forgery.clause.name(), forgery.what));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_clause_has_a_forgery() {
    let covered: BTreeSet<Violation> = forgeries().iter().map(|forgery| forgery.clause).collect();
    let all: BTreeSet<Violation> = DEMO.clauses().collect();
    assert_eq!(covered, all);
}

/// Deletion mutation: without a clause's constraints its forgeries are accepted, so the test above would fail. (For
/// every other forgery this follows from the test above: the clause deleted is the only one violated.)
#[test]
fn deleting_a_clause_lets_its_forgeries_through() {
    let mut seen = BTreeSet::new();
    for forgery in forgeries().into_iter().filter(|forgery| seen.insert(forgery.clause)) {
        let (recorded, z) = forgery.run();
        let rest = recorded.without(forgery.clause.name());
        assert!(rest.matrices.constraints() < recorded.matrices.constraints());
        assert_eq!(rest.violated_by(&z), BTreeMap::new(), "{}", forgery.what);
    }
}
