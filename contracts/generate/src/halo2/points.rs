//! The points of the verification equation: one chain of multiplications and additions, and the pairing.
//!
//! Each point of the proof is an operand of ecAdd or ecMul exactly as it stands in the proof, and these refuse what is
//! no point of the curve. Such a call is checked by itself; the others cannot fail but for want of gas, and are
//! checked together.

use ark_bn254::{Fr, G1Affine, G2Affine};
use ark_ec::AffineRepr;
use ark_ff::Field;
use popw_verifier::{
    encoding::{push_g1, push_g2},
    halo2::Key,
};

use super::{
    dag::{Graph, Node},
    layout::Layout,
    memory::{
        CALL_PROOF, CHAIN, CHAIN_SCALAR, DENOMINATOR, INVERSE, PAIRING_BYTES, PAIRING_MINUS_G2, PAIRING_TAU,
        PAIRING_TOTAL, PIECES, PRODUCT_BYTES, PRODUCTS, TERM, TERM_SCALAR, TOTAL, VERDICT,
    },
    openings::{Commitment, Polynomial},
    scalars::Scalars,
    table::Table,
    yul::{Step, Target},
};

/// Prices of EIP-1108, and of inverting by modexp (EIP-7883, the dearer of two).
pub(super) const ADD_PRICE: u64 = 150;
pub(super) const MUL_PRICE: u64 = 6000;
pub(super) const PAIRING_PRICE: u64 = 45_000 + 2 * 34_000;
pub(super) const INVERSION_PRICE: u64 = 4064;
/// What a call costs beside its price: the call itself, its operands, and what is done with its answer.
const CALL: u64 = 100 + 18 + 8;
pub(super) const INVERSION_GAS: u64 = INVERSION_PRICE + CALL + 90;

/// `1/product mod r` by Fermat's little theorem; 0 of 0.
pub(super) fn inversion() -> String {
    format!(
        "mstore(0x00, 0x20)
mstore(0x20, 0x20)
mstore(0x40, 0x20)
mstore(0x60, mload({DENOMINATOR:#x}))
mstore(0x80, sub(p, 2))
mstore(0xa0, p)
ok := staticcall({}, 5, 0x00, 0xc0, {INVERSE:#x}, 0x20)",
        2 * INVERSION_PRICE
    )
}

/// All steps from the scalars to the pairing's answer.
///
/// Commitments of the key are in the table, if there is one, in the order of their use: the product that one is added to
/// is put before it, over commitments that have been used.
pub(super) fn build(
    graph: &mut Graph,
    key: &Key,
    layout: &Layout,
    scalars: &Scalars,
    steps: &mut Vec<Step>,
    table: Option<&mut Table>,
) {
    let mut points =
        Points { graph, steps, table, calls: Vec::new(), multiplied: false, added: false, total: None };
    for (set, weight) in scalars.sets.iter().zip(&scalars.weights) {
        points.set(&set.members, *weight, scalars);
    }
    points.term(&Source::Key(G1Affine::generator()), scalars.minus_value, TOTAL);
    points.term(&Source::Proof(layout.h1), scalars.minus_vanishing, TOTAL);
    points.term(&Source::Proof(layout.h2), scalars.u, PAIRING_TOTAL);
    points.pairing(key, layout);
}

/// Where a point comes from.
#[derive(Clone, Debug)]
enum Source {
    Proof(usize),
    Key(G1Affine),
    Memory(usize),
}

impl Source {
    /// Whether no precompile has seen it.
    fn fresh(&self) -> bool {
        matches!(self, Self::Proof(_))
    }
}

struct Points<'a> {
    graph: &'a mut Graph,
    steps: &'a mut Vec<Step>,
    table: Option<&'a mut Table>,
    /// Calls of precompiles to be made, in order.
    calls: Vec<String>,
    /// Whether each precompile has been called: the first answer shows that it is there.
    multiplied: bool,
    added: bool,
    /// Whether there is a total yet, and if so, whether it is a point that no precompile has seen.
    total: Option<bool>,
}

impl Points<'_> {
    fn raw(&mut self, text: String, gas: u64) {
        self.steps.push(Step::Raw(text, gas));
    }

    fn load(&mut self, to: usize, source: &Source) {
        let (text, gas) = match source {
            Source::Proof(offset) => (format!("calldatacopy({to:#x}, {:#x}, 0x40)", CALL_PROOF + offset), 18),
            Source::Key(point) => {
                let mut bytes = Vec::new();
                push_g1(&mut bytes, point);
                (words(to, &bytes), 18)
            }
            Source::Memory(from) => (
                format!(
                    "mstore({to:#x}, mload({from:#x}))\nmstore({:#x}, mload({:#x}))",
                    to + 0x20,
                    from + 0x20
                ),
                24,
            ),
        };
        self.raw(text, gas);
    }

    /// Sees to it that a point is in memory; where the one to add it to has to be.
    fn beside(&mut self, source: &Source) -> usize {
        if let (Source::Key(point), Some(table)) = (source, &mut self.table) {
            return table.point(point) - PRODUCT_BYTES;
        }
        let product = PRODUCTS[self.calls.len() / 2];
        self.load(product + PRODUCT_BYTES, source);
        product
    }

    /// Points of the key that are added by one statement.
    fn batch(&self) -> usize {
        if self.table.is_some() { 16 } else { PRODUCTS.len() }
    }

    /// Makes the calls that are pending, all with points that have been seen.
    fn flush(&mut self) {
        if !self.calls.is_empty() {
            self.call(false);
        }
    }

    fn multiply(&mut self, from: usize, to: usize) {
        let call = format!("staticcall({}, 7, {from:#x}, 0x60, {to:#x}, 0x40)", 2 * MUL_PRICE);
        let call = if std::mem::replace(&mut self.multiplied, true) { call } else { answered(&call) };
        self.calls.push(call);
    }

    fn add(&mut self, from: usize, to: usize) {
        let call = format!("staticcall({}, 6, {from:#x}, 0x80, {to:#x}, 0x40)", 2 * ADD_PRICE);
        let call = if std::mem::replace(&mut self.added, true) { call } else { answered(&call) };
        self.calls.push(call);
    }

    /// Makes the calls; a failure is the proof's if a `fresh` point is among the operands.
    fn call(&mut self, fresh: bool) {
        let calls = std::mem::take(&mut self.calls);
        let price: u64 =
            calls.iter().map(|call| CALL + if call.contains(", 7, ") { MUL_PRICE } else { ADD_PRICE }).sum();
        // The last argument is evaluated first.
        let start = if fresh { None } else { Some("ok".to_owned()) };
        let all = calls.into_iter().fold(start, |before, call| {
            Some(before.map_or_else(|| call.clone(), |before| format!("and({call}, {before})")))
        });
        let all = all.unwrap_or_else(|| unreachable!("calls are pending"));
        let text = if fresh { format!("if iszero({all}) {{ refuse() }}") } else { format!("ok := {all}") };
        self.raw(text, price + 16);
    }

    /// `Σ base^power · point` of items in ascending order of powers, divided by the lowest power, which is returned. In
    /// `out`, or, of a single item, in [`CHAIN`], unchecked.
    fn chain(&mut self, base: Node, items: &[(usize, Source)], out: usize) -> usize {
        let mut items = items.iter().rev();
        let Some((highest, source)) = items.next() else { unreachable!("nothing to add") };
        self.load(CHAIN, source);
        let (mut power, mut fresh) = (*highest, source.fresh());
        let (mut gap, mut left) = (0, items.len());
        for (next, source) in items {
            if source.fresh() || fresh || power - next != gap || self.calls.len() == 2 * self.batch() {
                self.flush();
            }
            if power - next != gap {
                gap = power - next;
                let scalar = self.graph.power(base, gap);
                self.steps.push(Step::Set(Target::Memory(CHAIN_SCALAR), scalar));
            }
            power = *next;
            left -= 1;
            let product = self.beside(source);
            self.multiply(CHAIN, product);
            self.add(product, if left == 0 { out } else { CHAIN });
            if fresh || source.fresh() {
                self.call(true);
            }
            fresh = false;
        }
        self.flush();
        power
    }

    /// Adds a set's polynomials, folded and weighted, to the total.
    fn set(&mut self, members: &[Polynomial], weight: Node, scalars: &Scalars) {
        let mut items: Vec<(usize, Source)> = Vec::new();
        let mut repeated: Vec<(G1Affine, Vec<usize>)> = Vec::new();
        for (power, member) in members.iter().enumerate() {
            match &member.commitment {
                Commitment::Proof(offset) => items.push((power, Source::Proof(*offset))),
                Commitment::Pieces(offsets) => {
                    let pieces: Vec<(usize, Source)> =
                        offsets.iter().copied().map(Source::Proof).enumerate().collect();
                    self.chain(scalars.rows_power, &pieces, PIECES);
                    items.push((power, Source::Memory(PIECES)));
                }
                Commitment::Key(point) if point.is_zero() => {}
                Commitment::Key(point) => {
                    let same = |other: &Polynomial| other.commitment == member.commitment;
                    if members.iter().filter(|other| same(other)).count() == 1 {
                        items.push((power, Source::Key(*point)));
                    } else if let Some((_, powers)) = repeated.iter_mut().find(|(other, _)| other == point) {
                        powers.push(power);
                    } else {
                        repeated.push((*point, vec![power]));
                    }
                }
            }
        }
        self.folded(&items, weight, scalars.fold);
        // One multiplication for all places of a commitment.
        for (point, powers) in repeated {
            let powers: Vec<Node> =
                powers.iter().map(|power| self.graph.power(scalars.fold, *power)).collect();
            let sum = powers.into_iter().reduce(|sum, power| self.graph.add(sum, power));
            let sum = sum.unwrap_or_else(|| unreachable!("stands more than once"));
            let scalar = self.graph.multiply(weight, sum);
            self.term(&Source::Key(point), scalar, TOTAL);
        }
    }

    fn folded(&mut self, items: &[(usize, Source)], weight: Node, fold: Node) {
        let [(lowest, first), ..] = items else { return };
        let power = self.graph.power(fold, *lowest);
        let scalar = self.graph.multiply(weight, power);
        if self.graph.fixed(scalar) == Some(Fr::ONE) && self.total.is_none() {
            if items.len() == 1 {
                self.load(TOTAL, first);
                self.total = Some(first.fresh());
            } else {
                self.chain(fold, items, TOTAL);
                self.total = Some(false);
            }
            return;
        }
        self.chain(fold, items, CHAIN);
        self.steps.push(Step::Set(Target::Memory(CHAIN_SCALAR), scalar));
        let fresh = items.len() == 1 && first.fresh();
        self.product(CHAIN, fresh, TOTAL);
    }

    /// Adds `scalar · point` to the total, which is then in `out`.
    fn term(&mut self, point: &Source, scalar: Node, out: usize) {
        self.load(TERM, point);
        self.steps.push(Step::Set(Target::Memory(TERM_SCALAR), scalar));
        self.product(TERM, point.fresh(), out);
    }

    fn product(&mut self, from: usize, fresh: bool, out: usize) {
        match self.total {
            None => {
                self.multiply(from, out);
                self.call(fresh);
            }
            Some(fresh_total) => {
                self.multiply(from, TERM);
                self.add(TOTAL, out);
                self.call(fresh || fresh_total);
            }
        }
        self.total = Some(false);
    }

    /// e(second opening, τ·G2) · e(total, −G2).
    fn pairing(&mut self, key: &Key, layout: &Layout) {
        self.load(CHAIN, &Source::Proof(layout.h2));
        let (mut tau, mut minus_g2) = (Vec::new(), Vec::new());
        push_g2(&mut tau, &key.description().tau_g2);
        push_g2(&mut minus_g2, &-G2Affine::generator());
        self.raw(words(PAIRING_TAU, &tau), 36);
        self.raw(words(PAIRING_MINUS_G2, &minus_g2), 36);
        let text = format!(
            "mstore({VERDICT:#x}, 0)
ok := and(staticcall({}, 8, 0x00, {PAIRING_BYTES:#x}, {VERDICT:#x}, 0x20), ok)
ok := and(eq(returndatasize(), 0x20), ok)",
            2 * PAIRING_PRICE
        );
        self.raw(text, PAIRING_PRICE + CALL + 40);
    }
}

/// A precompile that is not there succeeds, and answers nothing.
fn answered(call: &str) -> String {
    format!("and(eq(returndatasize(), 0x40), {call})")
}

/// Writes words that are known.
fn words(to: usize, bytes: &[u8]) -> String {
    let lines = (to..).step_by(0x20).zip(bytes.chunks_exact(32));
    let lines = lines.map(|(to, word)| format!("mstore({to:#x}, 0x{})", hex::encode(word)));
    lines.collect::<Vec<_>>().join("\n")
}
