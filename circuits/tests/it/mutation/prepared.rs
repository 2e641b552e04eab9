//! Attempts that need a prover's knowledge: of keys, trees and what was drawn.

use popw_circuits::claims::{Opening, Violation, Witness};
use popw_core::{Fr, poseidon, possession};

use super::{
    mutants::{Role, System},
    runs::Forged,
};
use crate::{
    attempted,
    common::{Network, fr, idle::idle, power},
    forgeries::committee::{CHALLENGERS, Duty, WATCHERS},
};

/// Witnesses, and the columns that their provers set.
pub struct Prepared<'a> {
    system: &'a System,
    pub all: Vec<(Witness, Forged)>,
}

pub fn prepared(system: &System) -> Vec<(Witness, Forged)> {
    let mut out = Prepared { system, all: Vec::new() };
    let kind = system.shape.kind;
    if kind.has_uptime() {
        out.committee(&WATCHERS);
        out.bitmaps();
    }
    if kind.has_storage() {
        out.storage();
    }
    if kind.has_bandwidth() {
        out.committee(&CHALLENGERS);
        out.rates();
        out.receipts();
    }
    if kind.is_batched() {
        // The last batch of 2^32 + 3: what is left is below 2^32.
        let mut w = idle(system.shape);
        w.frame.rules[5] = power(32) + fr(3);
        w.frame.batch = power(32) - fr(1);
        out.add(w);
    }
    out.all
}

impl Prepared<'_> {
    fn network(&self) -> Network {
        Network::new(self.system.shape)
    }

    fn add(&mut self, witness: Witness) {
        self.all.push((witness, Forged::new()));
    }

    fn forging(&mut self, witness: Witness, forged: impl IntoIterator<Item = (usize, Fr)>) {
        self.all.push((witness, forged.into_iter().collect()));
    }

    /// The n-th wire of a part that is said to be boolean by itself.
    fn boolean(&self, path: &str, n: usize) -> usize {
        let of_path = |(row, role): (usize, &Role)| match role {
            Role::Boolean(column) if self.system.path(row) == path => Some(*column),
            _ => None,
        };
        self.system.roles.iter().enumerate().filter_map(of_path).nth(n).expect("a boolean")
    }

    /// Bits of the n-th number of a part.
    fn bits(&self, path: &str, n: usize) -> &[usize] {
        let mut of_path = self.system.numbers.iter().filter(|number| self.system.path(number.sum) == path);
        &of_path.nth(n).expect("a number").bits
    }

    /// The n-th wire of a part.
    fn wire(&self, path: &str, n: usize) -> usize {
        let recorded = self.system.recorded;
        let mut of_path = recorded.wire_paths.iter().enumerate().filter(|(_, of)| *of == path);
        recorded.witness_column(of_path.nth(n).expect("a wire").0)
    }

    fn committee(&mut self, duty: &Duty) {
        let (shape, network) = (self.system.shape, self.network());
        let drawn = (duty.drawn)(&network);
        for (j, i) in drawn.iter().map(|i| *i as usize).enumerate() {
            let attested = (duty.seats)(&mut network.witness())[j].attested;
            // What is attested counts twice.
            let twice = attempted::with_seat(&network, duty, j, duty.seat(&network, i, fr(0b101)));
            self.forging(twice, [(self.boolean(duty.clauses.draw.name(), j), fr(2))]);
            let other = (0..12).find(|i| !drawn.contains(i)).expect("another witness");
            let other = duty.seat(&network, other as usize, attested);
            self.add(attempted::with_seat(&network, duty, j, other));
            attempted::strange_seats(&network, duty, j).into_iter().for_each(|w| self.add(w));
            if j > 0 {
                self.add(attempted::seat_at_k(shape, duty, j));
            }
            self.off_curve(attempted::seat_off_curve(shape, duty, j), duty.clauses.attestation, j);
        }
    }

    /// A key that is (2, 3), off the curve, plainly and with forged squares that fit.
    fn off_curve(&mut self, witness: Witness, clause: Violation, n: usize) {
        let squares = format!("{}/on_curve", clause.name());
        self.add(witness.clone());
        for (i, square) in attempted::squares_that_fit().into_iter().enumerate() {
            self.forging(witness.clone(), [(self.wire(&squares, 2 * n + i), square)]);
        }
    }

    fn bitmaps(&mut self) {
        let (shape, path) = (self.system.shape, Violation::BITMAP.name());
        attempted::bits_beyond(shape).for_each(|w| self.add(w));
        for j in 0..shape.seats {
            let w = attempted::bit_beyond_all(shape, j);
            self.add(w.clone());
            let top = *self.bits(path, j).last().expect("bits");
            self.forging(w, [(top, fr(2))]);
        }
    }

    fn rates(&mut self) {
        let network = self.network();
        for (j, i) in network.challengers().into_iter().enumerate() {
            let mut w = network.witness();
            w.bandwidth.challengers[j] = CHALLENGERS.seat(&network, i as usize, power(32));
            self.add(w);
        }
    }

    /// An unused number's product with `used` says that it is of the batch.
    fn batches(&mut self, clause: Violation, count: usize) {
        let path = format!("{}/batch", clause.name());
        // The quotient, its 64 bits, the product; there is one batch.
        for i in 0..count {
            let [quotient, product] = [66 * i, 66 * i + 65].map(|n| self.wire(&path, n));
            self.forging(idle(self.system.shape), [(quotient, fr(1)), (product, fr(1))]);
        }
    }

    fn receipts(&mut self) {
        self.batches(Violation::RECEIPT_ORDER, self.system.shape.receipts);
        let (shape, network, path) = (self.system.shape, self.network(), Violation::ALLOTMENT.name());
        for i in 0..shape.receipts {
            attempted::strange_receipts(&network, i).into_iter().for_each(|w| self.add(w));
            self.off_curve(attempted::receipt_off_curve(shape, i), Violation::RECEIPT, i);
            // The last one used counts twice.
            let mut honest = network.witness();
            honest.bandwidth.receipts.truncate(i + 1);
            self.forging(honest, [(self.boolean(path, i), fr(2))]);
        }
    }

    fn storage(&mut self) {
        self.batches(Violation::SECTOR_ORDER, self.system.shape.sectors);
        let (shape, path) = (self.system.shape, Violation::SECTOR.name());
        for i in 0..shape.sectors {
            let mut honest = self.network().witness();
            self.add(attempted::strange_sector(&self.network(), i));
            honest.possession.sectors.truncate(i + 1);
            self.forging(honest, [(self.boolean(path, i), fr(2))]);
            // −1 bytes are one node less 32 bytes.
            let mut negative = idle(shape);
            negative.possession.sectors[i].bytes = -fr(1);
            let nodes = self.wire(Violation::SIZE.name(), i);
            self.forging(negative, [(nodes, fr(1))]);
            for j in 0..shape.challenges {
                for height in 0..=shape.height {
                    self.other_leaf(i, j, height);
                }
                self.add(attempted::wide_node(shape, i, j));
            }
        }
    }

    /// An unused sector of zeros, opened in one place as if there were a one.
    fn other_leaf(&mut self, i: usize, j: usize, height: usize) {
        let mut w = idle(self.system.shape);
        let nodes = if height == 0 { 1 } else { (1 << (3 * (height - 1))) + 1 };
        let tree = zeros(height);
        let sector = &mut w.possession.sectors[i];
        (sector.bytes, sector.height, sector.comm_r) = (fr(31 * nodes), fr(height as u64), tree[height]);
        let levels: Vec<_> = tree[..height].iter().map(|node| [*node; 8]).collect();
        sector.openings = vec![Opening { node: fr(0), levels }; self.system.shape.challenges];
        let mut place = possession::challenge(w.frame.closing, tree[height], j as u32, nodes);
        let opening = &mut w.possession.sectors[i].openings[j];
        let mut node = fr(1);
        opening.node = node;
        for children in &mut opening.levels {
            children[(place % 8) as usize] = node;
            node = poseidon::hash(children);
            place /= 8;
        }
        self.add(w);
    }
}

/// Roots of trees of zeros, by height.
fn zeros(height: usize) -> Vec<Fr> {
    let mut roots = vec![fr(0)];
    (0..height).for_each(|level| roots.push(poseidon::hash(&[roots[level]; 8])));
    roots
}
