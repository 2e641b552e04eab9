//! Attempts that need a prover's knowledge: of keys, trees and what was drawn. The other arithmetisation's are the same.

use ark_ff::{BigInteger, PrimeField, Zero};
use popw_circuits::{
    claims::{Violation, Witness, synthesize},
    drivers::plonkish::{Plonkish, fixed},
};
use popw_core::Fr;

use super::{
    super::forging::{Place, forging},
    Bench, filled,
};
use crate::{
    attempted,
    common::{Network, fr, idle::idle, power},
    forgeries::committee::{CHALLENGERS, Duty, WATCHERS},
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

    /// Members of other trees, with the hash forged that shows it: the last of a path, or any of a sector's.
    pub fn roots(&mut self) {
        let (shape, network) = (self.frame.shape(), self.network());
        let honest = network.witness();
        let mut strangers =
            vec![(attempted::strange_device(&network), "C2-device", honest.frame.device_root)];
        let seats = [
            (&honest.uptime.seats, &WATCHERS, "U2-seat"),
            (&honest.bandwidth.challengers, &CHALLENGERS, "B7-challenger"),
        ];
        for (seats, duty, part) in seats {
            let first = |j| attempted::strange_seats(&network, duty, j).swap_remove(0);
            strangers.extend((0..seats.len()).map(|j| (first(j), part, honest.frame.witness_root)));
        }
        for i in 0..honest.bandwidth.receipts.len() {
            let stranger = attempted::strange_receipts(&network, i).swap_remove(0);
            strangers.push((stranger, "B1-allotment", honest.frame.allotment_root));
        }
        for (i, sector) in honest.possession.sectors.iter().enumerate() {
            strangers.push((attempted::strange_sector(&network, i), "S1-sector", honest.frame.sector_root));
            for j in 0..sector.openings.len() {
                let openings = attempted::strange_openings(&network, i, j).into_iter();
                strangers.extend(openings.map(|(stranger, hash)| (stranger, "S6-opening", hash)));
            }
        }
        let system = self.frame.system;
        let trace = &system.audited.trace;
        let values = system.values(&filled(&shape, &honest));
        for (stranger, part, root) in strangers {
            for variable in 0..trace.variables() {
                let Some(home) = trace.home(variable).map(|cell| system.number(cell)) else { continue };
                if values[home] == root && system.path(home).starts_with(part) {
                    let forged = [(variable, root)].into();
                    let audited = Plonkish::forging(forged, |d| synthesize(d, &shape, Some(&stranger)));
                    self.add(system.values(&audited));
                }
            }
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
        let (shape, network) = (self.frame.shape(), self.network());
        let part = match duty.clauses.attestation {
            Violation::ATTESTATION => "U3-attestation/on_curve",
            _ => "B8-attestation/on_curve",
        };
        for j in 0..(duty.drawn)(&network).len() {
            attempted::strange_seats(&network, duty, j).iter().for_each(|w| self.attempt(w));
            if j > 0 {
                self.attempt(&attempted::seat_at_k(shape, duty, j));
            }
            self.off_curve(&attempted::seat_off_curve(shape, duty, j), part, j, places);
        }
    }

    /// A key that is (2, 3), off the curve, plainly and with forged squares that fit.
    fn off_curve(&mut self, witness: &Witness, part: &'static str, j: usize, places: &[Option<Place>]) {
        self.attempt(witness);
        for (n, square) in attempted::squares_that_fit().into_iter().enumerate() {
            self.forging_wires(witness, &[(part, 2 * j + n, square)], places);
        }
    }

    fn bitmaps(&mut self, places: &[Option<Place>]) {
        let shape = self.frame.shape();
        attempted::bits_beyond(shape).for_each(|w| self.attempt(&w));
        for j in 0..shape.seats {
            let witness = attempted::bit_beyond_all(shape, j);
            self.attempt(&witness);
            // Of each seat what counts, and its bits: twice the last one.
            let top = (1 + shape.slots) * j + shape.slots;
            self.forging_wires(&witness, &[("U5-bitmap", top, fr(2))], places);
        }
    }

    fn receipts(&mut self, places: &[Option<Place>]) {
        let (shape, network) = (self.frame.shape(), self.network());
        for i in 0..shape.receipts {
            attempted::strange_receipts(&network, i).iter().for_each(|w| self.attempt(w));
        }
        for i in 0..shape.receipts {
            self.off_curve(&attempted::receipt_off_curve(shape, i), "B4-receipt/on_curve", i, places);
        }
        let mut late = idle(shape);
        late.bandwidth.receipts[0].seq = power(64);
        self.attempt(&late);
    }

    fn storage(&mut self) {
        let shape = self.frame.shape();
        let network = self.network();
        for i in 0..shape.sectors {
            self.attempt(&attempted::strange_sector(&network, i));
        }
        let mut late = idle(shape);
        late.possession.sectors[0].seq = power(64);
        self.attempt(&late);
        self.attempt(&attempted::wide_node(shape, 0, 0));
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
            (w.frame.domain, w.frame.opening, w.frame.closing) = (fr(opening), fr(opening), fr(opening));
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
