//! Attempts made from what a constraint is for: a third value that a neighbour makes good, bits of another number, a
//! number with one bit more, one wire set to something else.

use std::collections::BTreeSet;

use ark_ff::{BigInteger, PrimeField};
use popw_core::Fr;

use super::{
    mutants::{Bits, Class, Mutant, OneHot, Role, System},
    runs::{self, Forged, Run, Target},
};
use crate::common::{fr, power};

/// How a mutant is noticed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Way {
    /// Some wire is not determined by the inputs any more.
    Rank,
    /// One of the forgeries of `claims_clauses` is accepted.
    Forgery,
    /// An attempt of this module is accepted.
    Attempt,
    /// An attempt is accepted that would need a hash with this value: what tests of the gadget show whose input it is.
    Hash,
}

pub const WAYS: [Way; 4] = [Way::Rank, Way::Forgery, Way::Attempt, Way::Hash];

/// Tries a single constraint.
pub fn attack(system: &System, runs: &[Run], root: usize, mutant: Mutant) -> Option<Way> {
    let target = Target { system, mutant, root };
    let none = Chosen::default();
    // Where nothing is used there is the most freedom.
    let nothing_used = &runs[0];
    let one_of = |attempt: &dyn Fn(&Run) -> bool| runs.iter().any(attempt).then_some(Way::Attempt);
    let first_of = |attempt: &dyn Fn(&Run) -> bool| attempt(nothing_used).then_some(Way::Attempt);
    match (mutant.class, system.roles[mutant.row]) {
        (Class::Wider, Role::Sum(n)) => first_of(&|run| target.wider(run, n)),
        (_, Role::Bit(n, place)) => one_of(&|run| target.third_bit(run, n, place)),
        (_, Role::Index(bit)) => first_of(&|run| target.follow(run, &[(bit, fr(2))].into())),
        (_, Role::Is(n, place)) => {
            first_of(&|run| target.third_in_one_hot(run, n, place, &none)).or_else(|| {
                target.heights(nothing_used, n, |run, chosen| target.third_in_one_hot(run, n, place, chosen))
            })
        }
        (_, Role::Total(n)) => one_of(&|run| target.two(run, n, &none))
            .or_else(|| target.heights(nothing_used, n, |run, chosen| target.two(run, n, chosen))),
        (_, Role::Weighted(n)) => one_of(&|run| target.other_number(run, n)),
        (_, Role::Sum(n)) => one_of(&|run| target.other_bits(run, n)),
        (_, Role::Beyond(n, place)) => target.beyond(nothing_used, n, place, Forged::new()),
        (_, Role::Past(n, place, column)) => target.beyond(nothing_used, n, place, [(column, fr(0))].into()),
        _ => one_of(&|run| target.one_wire(run)),
    }
}

/// Places from the nearest to the farthest.
fn nearest(place: usize, count: usize) -> impl Iterator<Item = usize> {
    let around = (1..count).flat_map(move |by| [place.checked_add(by), place.checked_sub(by)]);
    around.flatten().filter(move |other| *other < count)
}

impl Target<'_> {
    /// A third value of a bit, and another bit changed over.
    fn third_bit(&self, run: &Run, n: usize, place: usize) -> bool {
        let bits = &self.system.numbers[n].bits;
        let changes = |other: usize| {
            let (bit, neighbour) = (run.z[bits[place]], run.z[bits[other]]);
            let change = fr(1) - neighbour - neighbour;
            let weight = if other > place {
                power((other - place) as u32)
            } else {
                fr(1) / power((place - other) as u32)
            };
            [(bits[place], bit - change * weight), (bits[other], neighbour + change)]
        };
        nearest(place, bits.len()).take(24).any(|other| self.patch(run, &changes(other)))
            || nearest(place, bits.len()).take(4).any(|other| self.follow(run, &changes(other).into()))
    }

    /// One bit changed over.
    fn other_bits(&self, run: &Run, n: usize) -> bool {
        let bits = &self.system.numbers[n].bits;
        let change = |place: &usize| (bits[*place], fr(1) - run.z[bits[*place]]);
        let places: Vec<usize> = nearest(bits.len() / 2, bits.len()).collect();
        places.iter().any(|place| self.patch(run, &[change(place)]))
            || places.iter().take(4).any(|place| self.follow(run, &[change(place)].into()))
    }

    /// What the sum is compared with, one bit larger: an input, or the same field element with other bits.
    fn wider(&self, run: &Run, n: usize) -> bool {
        let Bits { bits, sum, .. } = &self.system.numbers[n];
        let beyond = power(bits.len() as u32);
        if bits.len() == 254 {
            let value = self.value(run, n) - beyond;
            return self.follow(run, &self.bits_of(n, value.into_bigint()));
        }
        let rest = self.columns_but(*sum, bits);
        let [input] = rest[..] else { return false };
        self.follow(run, &[(input, run.z[input] + beyond)].into())
            || self.follow(run, &[(input, beyond)].into())
    }

    /// The wire whose bits these are.
    fn value(&self, run: &Run, n: usize) -> Fr {
        let bits = &self.system.numbers[n].bits;
        bits.iter().enumerate().map(|(i, bit)| power(i as u32) * run.z[*bit]).sum()
    }

    fn bits_of(&self, n: usize, value: ark_ff::BigInt<4>) -> Forged {
        let bits = self.system.numbers[n].bits.iter().enumerate();
        bits.map(|(i, bit)| (*bit, Fr::from(value.get_bit(i)))).collect()
    }

    fn columns_but(&self, row: usize, bits: &[usize]) -> Vec<usize> {
        let mut columns = self.system.columns(row);
        columns.retain(|column| !bits.contains(column));
        columns
    }

    /// A number that exceeds its bound in this run of zeros, agreeing with it above. Where it is the hash of something,
    /// that hash is chosen.
    fn beyond(&self, run: &Run, n: usize, place: usize, mut forged: Forged) -> Option<Way> {
        let Bits { bits, sum, top } = &self.system.numbers[n];
        let mut value = top.expect("a bound");
        value >>= place as u32;
        value.add_with_carry(&1u64.into());
        value <<= place as u32;
        forged.extend(self.bits_of(n, value));
        let reduced = Fr::from_le_bytes_mod_order(&value.to_bytes_le());
        if let [input] = self.columns_but(*sum, bits)[..] {
            forged.insert(input, reduced);
            return self.follow(run, &forged).then_some(Way::Attempt);
        }
        let choice = self.choose_hash(&run.z, *sum, reduced - self.value(run, n))?;
        forged.insert(choice.column, choice.value);
        self.choosing(run, &forged, &[choice.row].into()).then_some(Way::Hash)
    }

    /// The last product of a hash that a linear form contains, and its value for which the form is less by `change`.
    fn choose_hash(&self, z: &[Fr], row: usize, change: Fr) -> Option<Choice> {
        let m = &self.system.recorded.matrices;
        let entries: Vec<_> = m.a.row(row).chain(m.b.row(row)).collect();
        let columns = entries.into_iter().rev().filter(|entry| entry.0 > 0);
        columns.into_iter().find_map(|(column, weight)| {
            let row = self.system.product(column)?;
            Some(Choice { column, value: z[column] - change / weight, row })
        })
    }

    /// −1 in a one-hot vector, made good by two ones.
    fn third_in_one_hot(&self, run: &Run, n: usize, place: usize, chosen: &Chosen) -> bool {
        let count = self.system.one_hots[n].is.len();
        let others = || (0..count).filter(|other| *other != place);
        let pairs = others().flat_map(|b| others().filter(move |c| *c > b).map(move |c| (b, c)));
        let mut pairs: Vec<_> = pairs.collect();
        // Numbers that are not too large where they are compared with others.
        pairs.sort_by_key(|(b, c)| b + c);
        pairs.into_iter().any(|(b, c)| {
            let value = |i: usize| match i {
                i if i == place => -fr(1),
                i if i == b || i == c => fr(1),
                _ => fr(0),
            };
            self.one_hot(run, n, &value, chosen)
        })
    }

    /// A 1 for 0 beside that of the number.
    fn two(&self, run: &Run, n: usize, chosen: &Chosen) -> bool {
        let is = &self.system.one_hots[n].is;
        let last = (1..is.len()).rev().find(|i| run.z[is[*i]] == fr(1)).unwrap_or(1);
        self.one_hot(run, n, &|i| fr(u64::from(i == 0 || i == last)), chosen)
    }

    /// Sets a one-hot vector and the number that it says.
    fn one_hot(&self, run: &Run, n: usize, value: &dyn Fn(usize) -> Fr, chosen: &Chosen) -> bool {
        let OneHot { is, number } = &self.system.one_hots[n];
        let mut forged: Forged = is.iter().enumerate().map(|(i, column)| (*column, value(i))).collect();
        let said = (0..is.len()).map(|i| fr(i as u64) * value(i)).sum();
        forged.insert(*number, said);
        if !chosen.rows.is_empty() {
            // So many nodes that there is just room for them.
            let room: Fr = (0..is.len()).map(|h| power(3 * h as u32) * value(h)).sum();
            forged.insert(chosen.bytes, fr(31) * room);
            forged.extend(&chosen.wires);
        }
        self.choosing(run, &forged, &chosen.rows)
    }

    /// Attempts at the height of a sector whose tree has the same node everywhere, so that it has every height: no
    /// node's hash is the node itself unless hashes can be chosen.
    fn heights(&self, nothing: &Run, n: usize, attempt: impl Fn(&Run, &Chosen) -> bool) -> Option<Way> {
        let system = self.system;
        if !system.path(self.mutant.row).starts_with("S4-size") {
            return None;
        }
        let mut witness = runs::uniform(system.shape, fr(7));
        let openings = witness.possession.sectors.iter_mut().flat_map(|sector| &mut sector.openings);
        openings.for_each(|opening| opening.levels.fill([opening.node; 8]));
        let z = runs::run(system.shape, &witness, &Forged::new());
        let m = &system.recorded.matrices;
        // A sector's inputs begin with comm_r, bytes and height.
        let mut chosen = Chosen { bytes: system.one_hots[n].number - 1, ..Chosen::default() };
        for row in (0..m.constraints()).filter(|row| system.path(*row) == "S6-opening/root") {
            if let Some(choice) = self.choose_hash(&z, row, m.b.dot(row, &z)) {
                chosen.wires.insert(choice.column, choice.value);
                chosen.rows.insert(choice.row);
            }
        }
        let run = Run { what: "the same node everywhere", ranked: false, witness, z: nothing.z.clone() };
        attempt(&run, &chosen).then_some(Way::Hash)
    }

    /// Another number than the one-hot vector says.
    fn other_number(&self, run: &Run, n: usize) -> bool {
        let OneHot { is, number } = &self.system.one_hots[n];
        let kept = is.iter().map(|column| (*column, run.z[*column]));
        self.follow(run, &kept.chain([(*number, run.z[*number] + fr(1))]).collect())
    }

    /// One wire of the constraint changed, the others kept.
    fn one_wire(&self, run: &Run) -> bool {
        let columns = self.system.columns(self.mutant.row);
        let m = &self.system.recorded.matrices;
        let columns = || columns.iter().filter(|column| **column > 3);
        let product = m.c.row(self.mutant.row).last().filter(|(column, _)| *column > 3);
        if product.is_some_and(|(column, _)| self.follow(run, &[(column, run.z[column] + fr(1))].into())) {
            return true;
        }
        // The inverse that shows a number not to be 0.
        let shown = m.b.row(self.mutant.row).filter(|entry| entry.1 == -fr(1));
        let shown = shown.filter_map(|(column, _)| self.system.product(column)).last();
        let inverse = shown.and_then(|row| m.b.row(row).last()).filter(|(column, _)| *column > 3);
        if inverse.is_some_and(|(column, _)| self.follow(run, &[(column, fr(0))].into())) {
            return true;
        }
        columns().take(8).any(|changed| {
            let value = |column: &usize| run.z[*column] + fr(u64::from(column == changed));
            self.patch(run, &[(*changed, value(changed))])
                || self.follow(run, &[(*changed, value(changed))].into())
                || self.follow(run, &columns().map(|column| (*column, value(column))).collect())
        })
    }
}

/// The last product of a hash, and what it is set to.
struct Choice {
    column: usize,
    value: Fr,
    row: usize,
}

/// Hashes that have been chosen.
#[derive(Default)]
struct Chosen {
    wires: Forged,
    rows: BTreeSet<usize>,
    /// The sector's bytes.
    bytes: usize,
}
