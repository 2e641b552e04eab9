//! Attempts that need a prover's knowledge: of keys, trees and what was drawn. The other arithmetisation's are the same.

use ark_ff::{BigInteger, PrimeField, Zero};
use popw_circuits::{
    claims::{Opening, Seat, Sector, Shape, Violation, Witness, synthesize},
    drivers::plonkish::{Plonkish, fixed},
};
use popw_core::{Fr, poseidon, possession, tag};

use super::{
    super::forging::{Place, forging},
    Bench, filled,
};
use crate::{
    common::{Network, fr, idle::idle, power},
    forgeries::{
        committee::{CHALLENGERS, Duty, WATCHERS},
        mirrored,
    },
};

const FIELD_BITS: usize = 254;

impl Bench<'_> {
    /// All of them.
    pub fn knowing(&mut self, places: &[Option<Place>]) {
        let shape = self.frame.shape();
        let kind = shape.kind;
        if kind.has_uptime() {
            self.committee(&WATCHERS, places);
            self.bitmaps(places);
            self.representatives(&["U1-draw", "U3-attestation/hash"]);
        }
        if kind.has_storage() {
            self.storage();
            self.representatives(&["S5-challenge"]);
        }
        if kind.has_bandwidth() {
            self.committee(&CHALLENGERS, places);
            self.receipts(places);
            self.representatives(&["B4-receipt/hash", "B6-draw", "B8-attestation/hash"]);
        }
    }

    fn network(&self) -> Network {
        Network::new(self.frame.shape())
    }

    fn attempt(&mut self, witness: &Witness) {
        self.forging_wires(witness, &[], &[]);
    }

    fn forging_wires(
        &mut self,
        witness: &Witness,
        wires: &[(&'static str, usize, Fr)],
        places: &[Option<Place>],
    ) {
        let shape = self.frame.shape();
        let audited = forging(&shape, witness, wires, places).expect("hints of the table, too");
        self.add(self.frame.system.values(&audited));
    }

    fn committee(&mut self, duty: &Duty, places: &[Option<Place>]) {
        let network = self.network();
        let shape = self.frame.shape();
        let honest = network.witness();
        let part = match duty.clauses.attestation {
            Violation::Attestation => "U3-attestation/on_curve",
            _ => "B8-attestation/on_curve",
        };
        let drawn = (duty.drawn)(&network);
        for (j, i) in drawn.iter().map(|i| *i as usize).enumerate() {
            let attested = (duty.seats)(&mut honest.clone())[j].attested;
            let with = |seat: Seat| {
                let mut w = honest.clone();
                (duty.seats)(&mut w)[j] = seat;
                w
            };
            let mut stranger = duty.seat(&network, i, attested);
            stranger.path.siblings[0] += fr(1);
            self.attempt(&with(stranger));
            for x in [true, false] {
                let mut seat = duty.seat(&network, i, attested);
                let message = duty.message(&network, attested);
                (seat.r8, seat.s) = mirrored(&network.witnesses[i], message, x);
                self.attempt(&with(seat));
            }
            if j > 0 {
                self.seat_at_k(duty, j);
            }
            let mut off = idle(shape);
            (duty.seats)(&mut off)[j].key = (fr(2), fr(3));
            self.off_curve(&off, part, j, places);
        }
    }

    /// A key that is (2, 3), off the curve, plainly and with forged squares that fit.
    fn off_curve(&mut self, witness: &Witness, part: &'static str, j: usize, places: &[Option<Place>]) {
        let (a, d, xx, yy) = (fr(168_700), fr(168_696), fr(4), fr(9));
        self.attempt(witness);
        let squares = [(fr(1) - yy) / (a - d * yy), (fr(1) - a * xx) / (fr(1) - d * xx)];
        for (n, square) in squares.into_iter().enumerate() {
            self.forging_wires(witness, &[(part, 2 * j + n, square)], places);
        }
    }

    /// Seat j of j seats, drawn like the others would be.
    fn seat_at_k(&mut self, duty: &Duty, j: usize) {
        let mut network = self.network();
        network.rules[1] = j as u32;
        network.rules[2] = 1;
        let mut w = network.witness();
        let attested = (duty.seats)(&mut w)[0].attested;
        let seat = duty.seat(&network, (duty.drawn)(&network)[j] as usize, attested);
        (duty.seats)(&mut w)[j] = seat;
        self.attempt(&w);
    }

    fn bitmaps(&mut self, places: &[Option<Place>]) {
        let Shape { slots, seats, .. } = self.frame.shape();
        for s in 0..slots as u32 {
            let mut network = self.network();
            network.rules[3] = s;
            network.bitmaps.fill(fr(0));
            network.bitmaps[0] = power(s);
            self.attempt(&network.witness());
        }
        for j in 0..seats {
            let mut network = self.network();
            network.bitmaps[j] = power(slots as u32);
            let witness = network.witness();
            self.attempt(&witness);
            // Of each seat what counts, and its bits: twice the last one.
            let top = (1 + slots) * j + slots;
            self.forging_wires(&witness, &[("U5-bitmap", top, fr(2))], places);
        }
    }

    fn receipts(&mut self, places: &[Option<Place>]) {
        let shape = self.frame.shape();
        let network = self.network();
        let honest = network.witness();
        for i in 0..shape.receipts {
            let mut stranger = honest.clone();
            stranger.receipts[i].path.siblings[0] += fr(1);
            self.attempt(&stranger);
            for x in [true, false] {
                let mut w = honest.clone();
                let place = poseidon::hash(&[w.domain, w.epoch, w.receipts[i].seq]);
                let bytes = w.receipts[i].bytes;
                let message = poseidon::hash(&[tag::RECEIPT.fr(), place, network.device_leaf(), bytes]);
                let receipt = &mut w.receipts[i];
                (receipt.r8, receipt.s) = mirrored(&network.allotments[i].client, message, x);
                self.attempt(&w);
            }
        }
        for i in 0..shape.receipts {
            let mut off = idle(shape);
            off.receipts[i].key = (fr(2), fr(3));
            self.off_curve(&off, "B4-receipt/on_curve", i, places);
        }
        let mut late = idle(shape);
        late.receipts[0].seq = power(64);
        self.attempt(&late);
    }

    fn storage(&mut self) {
        let shape = self.frame.shape();
        for i in 0..shape.sectors {
            let mut stranger = self.network().witness();
            stranger.sectors[i].path.siblings[0] += fr(1);
            self.attempt(&stranger);
        }
        let mut late = idle(shape);
        late.sectors[0].seq = power(64);
        self.attempt(&late);
        self.wide_node();
    }

    /// An unused sector of eight nodes, of which the one that this challenge asks for has 249 bits.
    fn wide_node(&mut self) {
        let shape = self.frame.shape();
        let mut w = idle(shape);
        let (closing, challenges) = (w.closing, shape.challenges as u32);
        let asked = |root| (0..challenges).map(move |j| possession::challenge(closing, root, j, 8));
        let tree = (0..).map(|n| {
            let mut children = [fr(n); 8];
            children[0] = power(248) + fr(n);
            (children, poseidon::hash(&children))
        });
        let alone = |(_, root): &(_, Fr)| asked(*root).enumerate().all(|(k, index)| (index == 0) == (k == 0));
        let (children, root) = tree.into_iter().find(alone).expect("a root that asks for it");
        let open = |index: u64| Opening { node: children[index as usize], levels: vec![children] };
        w.sectors[0] = Sector {
            comm_r: root,
            bytes: fr(31 * 8),
            height: fr(1),
            openings: asked(root).map(open).collect(),
            ..w.sectors[0].clone()
        };
        self.attempt(&w);
    }

    /// Bits of v + r for those of v, where nothing is used. One of each part, of those that are small enough.
    fn representatives(&mut self, parts: &[&str]) {
        let shape = self.frame.shape();
        let system = self.frame.system;
        let (layout, trace) = (&system.audited.layout, &system.audited.trace);
        let mut left: Vec<(&str, Vec<u32>)> = parts.iter().map(|part| (*part, Vec::new())).collect();
        for variable in 0..trace.variables() {
            let Some(home) = trace.home(variable).map(|cell| system.number(cell)) else { continue };
            let Some((row, column)) = system.place(home) else { continue };
            let is_bit = self.frame.decomposed(row) > 0
                && column < 5
                && !layout.fixed[fixed::LINEAR[column]][row].is_zero();
            if let Some((_, bits)) = left.iter_mut().find(|(part, _)| is_bit && trace.row(row, 0) == *part) {
                bits.push(variable);
            }
        }
        // Whatever is hashed of a claim.
        for opening in 1..32 {
            let mut w = idle(shape);
            (w.domain, w.opening, w.closing) = (fr(opening), fr(opening), fr(opening));
            let values = system.values(&filled(&shape, &w));
            let value = |variable: u32| values[system.number(trace.home(variable).expect("a cell"))];
            left.retain(|(_, bits)| {
                let other = bits.chunks_exact(FIELD_BITS).find_map(|bits| {
                    let terms = bits.iter().enumerate().map(|(i, bit)| power(i as u32) * value(*bit));
                    let mut other = terms.sum::<Fr>().into_bigint();
                    other.add_with_carry(&Fr::MODULUS);
                    (other.num_bits() as usize <= FIELD_BITS).then_some((bits, other))
                });
                let Some((bits, other)) = other else { return true };
                let other = bits.iter().enumerate().map(|(i, bit)| (*bit, Fr::from(other.get_bit(i))));
                let audited = Plonkish::forging(other.collect(), |d| synthesize(d, &shape, Some(&w)));
                self.add(system.values(&audited));
                false
            });
        }
        assert!(left.is_empty(), "a third of all numbers are small enough: {left:?}");
    }
}
