//! What can be wrong with a constraint, read from the constraint system alone: which constraints say that a wire is
//! boolean, and which ones make numbers, comparisons and one-hot vectors of such wires.

use std::collections::BTreeMap;

use ark_ff::{BigInt, BigInteger, PrimeField};
use popw_circuits::{
    claims::Shape,
    drivers::{audit::Recorded, r1cs::Csr},
};
use popw_core::{Fr, babyjub::SUBORDER, possession::NODE_BYTES};

use crate::{
    common::{fr, power},
    forgeries::circuit,
};

/// How a constraint is made wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Class {
    /// It is not there.
    Dropped,
    /// A wire that must be boolean may have a third value, too.
    Third,
    /// A number may have one bit more.
    Wider,
}

pub const CLASSES: [Class; 3] = [Class::Dropped, Class::Third, Class::Wider];

/// One constraint made wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Mutant {
    pub row: usize,
    pub class: Class,
}

/// What a constraint is for, as far as its form says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    Plain,
    /// This column is boolean.
    Boolean(usize),
    /// A path's index bit: 0, or 1 below the depth.
    Index(usize),
    /// The n-th number's bit of this place is boolean.
    Bit(usize, usize),
    /// The n-th number is the sum of its bits.
    Sum(usize),
    /// The n-th number's bits are zeros down to this place, if those above are the bound's.
    Beyond(usize, usize),
    /// This column says whether the n-th number's bits are the bound's so far; the next zeros go down to this place.
    Past(usize, usize, usize),
    /// The n-th one-hot vector's wire of this place is boolean.
    Is(usize, usize),
    /// The n-th one-hot vector has one 1.
    Total(usize),
    /// It says which number.
    Weighted(usize),
}

/// A number's decomposition.
pub struct Bits {
    /// Columns, least significant first.
    pub bits: Vec<usize>,
    pub sum: usize,
    /// The most that it may be, where it is compared with a constant.
    pub top: Option<BigInt<4>>,
}

pub struct OneHot {
    pub is: Vec<usize>,
    pub number: usize,
}

/// A constraint system and what its constraints are for.
pub struct System {
    pub shape: Shape,
    pub recorded: &'static Recorded,
    pub roles: Vec<Role>,
    pub numbers: Vec<Bits>,
    pub one_hots: Vec<OneHot>,
    /// Constraints by column.
    rows_of: Vec<Vec<usize>>,
    places: Vec<String>,
}

impl System {
    pub fn new(shape: Shape) -> Self {
        let recorded = &circuit(shape).recorded;
        let m = &recorded.matrices;
        let mut rows_of = vec![Vec::new(); 1 + m.public + m.witness];
        for row in 0..m.constraints() {
            for (column, _) in m.a.row(row).chain(m.b.row(row)).chain(m.c.row(row)) {
                if rows_of[column].last() != Some(&row) {
                    rows_of[column].push(row);
                }
            }
        }
        let roles = (0..m.constraints()).map(|row| boolean(recorded, row)).collect();
        let mut system = Self {
            shape,
            recorded,
            roles,
            numbers: Vec::new(),
            one_hots: Vec::new(),
            rows_of,
            places: Vec::new(),
        };
        (0..m.constraints()).for_each(|row| system.linear(row));
        system.places = (0..m.constraints()).map(|row| system.place_of(row)).collect();
        system
    }

    pub fn path(&self, row: usize) -> &str {
        &self.recorded.constraint_paths[row]
    }

    pub fn mutants(&self) -> Vec<Mutant> {
        let mut out = Vec::new();
        for (row, role) in self.roles.iter().enumerate() {
            let third = matches!(role, Role::Boolean(_) | Role::Index(_) | Role::Bit(..) | Role::Is(..));
            let wider = matches!(role, Role::Sum(_));
            out.push(Mutant { row, class: Class::Dropped });
            out.extend(third.then_some(Mutant { row, class: Class::Third }));
            out.extend(wider.then_some(Mutant { row, class: Class::Wider }));
        }
        out
    }

    /// Where a constraint is, and what it is there.
    pub fn place(&self, row: usize) -> &str {
        &self.places[row]
    }

    fn place_of(&self, row: usize) -> String {
        let path = self.path(row);
        match self.roles[row] {
            Role::Plain | Role::Past(..) => path.into(),
            Role::Boolean(_) => format!("{path}: boolean"),
            Role::Index(_) => format!("{path}: index bit"),
            Role::Bit(n, place) => {
                let count = self.numbers[n].bits.len();
                let which = if place + 1 == count { "top bit" } else { "bit" };
                format!("{path}: {which} of {count}")
            }
            Role::Sum(n) => format!("{path}: sum of {} bits", self.numbers[n].bits.len()),
            Role::Beyond(..) => format!("{path}: below"),
            Role::Is(n, place) => {
                let last = self.one_hots[n].is.len() - 1;
                format!("{path}: {} of 0..={last}", if place == last { "last" } else { "one" })
            }
            Role::Total(_) => format!("{path}: total"),
            Role::Weighted(_) => format!("{path}: number"),
        }
    }

    /// Constraints of a place.
    pub fn in_place(&self, place: &str) -> Vec<usize> {
        (0..self.roles.len()).filter(|row| self.places[*row] == place).collect()
    }

    /// The coefficients of a constraint.
    pub fn form(&self, row: usize) -> [Vec<Fr>; 3] {
        let m = &self.recorded.matrices;
        [&m.a, &m.b, &m.c].map(|matrix| matrix.row(row).map(|entry| entry.1).collect())
    }

    /// Constraints that read a column.
    pub fn rows_of(&self, column: usize) -> &[usize] {
        &self.rows_of[column]
    }

    /// The product that a wire is, if it is one.
    pub fn product(&self, column: usize) -> Option<usize> {
        let m = &self.recorded.matrices;
        self.rows_of[column].iter().copied().find(|row| m.c.row(*row).eq([(column, fr(1))]))
    }

    /// Columns that a constraint reads, other than the constant.
    pub fn columns(&self, row: usize) -> Vec<usize> {
        let m = &self.recorded.matrices;
        let mut columns: Vec<usize> =
            m.a.row(row).chain(m.b.row(row)).chain(m.c.row(row)).map(|(column, _)| column).collect();
        columns.retain(|column| *column > 0);
        columns.sort_unstable();
        columns.dedup();
        columns
    }

    /// Constraints that `z` violates, where `honest` violates none.
    pub fn violated(&self, honest: &[Fr], z: &[Fr]) -> Vec<usize> {
        let mut read = vec![false; self.roles.len()];
        for column in (0..z.len()).filter(|column| z[*column] != honest[*column]) {
            self.rows_of[column].iter().for_each(|row| read[*row] = true);
        }
        (0..read.len()).filter(|row| read[*row] && !self.recorded.matrices.holds(*row, z)).collect()
    }

    /// Recognises what a linear constraint makes of the booleans before it.
    fn linear(&mut self, row: usize) {
        let m = &self.recorded.matrices;
        if !(m.b.row(row).eq([(0, fr(1))]) && m.c.row(row).next().is_none()) {
            return;
        }
        let weights: BTreeMap<usize, Fr> = m.a.row(row).collect();
        let mut bits = Vec::new();
        for before in (0..row).rev() {
            match self.roles[before] {
                Role::Boolean(column) if weights.contains_key(&column) => bits.push(column),
                _ => break,
            }
        }
        bits.reverse();
        let count = bits.len();
        let weigh = |weight: &dyn Fn(usize) -> Fr| {
            bits.iter().enumerate().all(|(i, column)| weights[column] == weight(i))
        };
        if count > 0 && weigh(&|i| power(i as u32)) {
            self.number(row, bits);
        } else if count > 0 && weigh(&|_| fr(1)) && weights.get(&0) == Some(&-fr(1)) {
            let is_number = |(column, weight): &(usize, Fr)| !bits.contains(column) && *weight == -fr(1);
            let number = m.a.row(row + 1).find(is_number).expect("a number").0;
            let n = self.one_hots.len();
            (0..count).for_each(|i| self.roles[row - count + i] = Role::Is(n, i));
            self.roles[row] = Role::Total(n);
            self.roles[row + 1] = Role::Weighted(n);
            self.one_hots.push(OneHot { is: bits, number });
        }
    }

    fn number(&mut self, sum: usize, bits: Vec<usize>) {
        let (n, count) = (self.numbers.len(), bits.len());
        (0..count).for_each(|i| self.roles[sum - count + i] = Role::Bit(n, i));
        self.roles[sum] = Role::Sum(n);
        let bound = match count {
            254 => Some(Fr::MODULUS),
            251 => Some(SUBORDER),
            5 if self.path(sum).ends_with("/nodes") => Some(BigInt::from(NODE_BYTES)),
            _ => None,
        };
        let top = bound.map(|mut top| {
            top.sub_with_borrow(&1u64.into());
            top
        });
        if let Some(top) = &top {
            self.comparison(n, sum + 1, count, top);
        }
        self.numbers.push(Bits { bits, sum, top });
    }

    /// The constraints of a comparison, one for every 1 but the first and one for every run of zeros.
    fn comparison(&mut self, n: usize, mut row: usize, count: usize, top: &BigInt<4>) {
        let c = &self.recorded.matrices.c;
        let (mut place, mut first, mut past) = (count, true, Vec::new());
        while place > 0 {
            if top.get_bit(place - 1) {
                place -= 1;
                if (0..place).all(|i| top.get_bit(i)) {
                    break;
                }
                if !first {
                    past.push((row, c.row(row).next().expect("a product").0));
                    row += 1;
                }
                first = false;
            } else {
                while place > 0 && !top.get_bit(place - 1) {
                    place -= 1;
                }
                assert!(c.row(row).next().is_none(), "a run of zeros");
                past.drain(..).for_each(|(row, column)| self.roles[row] = Role::Past(n, place, column));
                self.roles[row] = Role::Beyond(n, place);
                row += 1;
            }
        }
    }
}

/// Whether a constraint says that a wire is boolean, by itself.
fn boolean(recorded: &Recorded, row: usize) -> Role {
    let m = &recorded.matrices;
    let only = |matrix: &Csr| {
        let mut entries = matrix.row(row);
        entries.next().filter(|entry| entries.next().is_none() && entry.1 == fr(1))
    };
    match only(&m.a) {
        Some((x, _)) if x > 0 && m.c.row(row).next().is_none() => {
            if m.b.row(row).eq([(0, -fr(1)), (x, fr(1))]) {
                Role::Boolean(x)
            } else if m.b.row(row).any(|entry| entry == (x, -fr(1))) {
                Role::Index(x)
            } else {
                Role::Plain
            }
        }
        _ => Role::Plain,
    }
}
