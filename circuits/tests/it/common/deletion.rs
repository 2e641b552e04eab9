//! Whether a constraint is needed: deleting it must free a wire (see [`super::determinism`]) or let in a witness
//! for a false statement that nothing else refuses.

use std::collections::{BTreeMap, BTreeSet};

use ark_ff::{BigInt, BigInteger, PrimeField};
use popw_circuits::{
    Driver,
    drivers::{
        audit::Recorded,
        r1cs::{Csr, Matrices},
    },
};
use popw_core::Fr;

use super::{circuit::Circuit, determinism::dependent_constraints};

/// A prover's attempt at a false statement: inputs, and wires it sets to something else than the hint.
#[derive(Clone)]
pub struct Attempt {
    pub inputs: Vec<Fr>,
    pub forged: BTreeMap<usize, Fr>,
}

/// Values only, with some of them forged; what is computed from those follows them.
pub struct Forger<'a> {
    forged: &'a BTreeMap<usize, Fr>,
    public: Vec<Fr>,
    witness: Vec<Fr>,
}

impl<'a> Forger<'a> {
    /// `z = (1, public…, witness…)` of a prover that puts `forged[i]` into witness variable `i`.
    pub fn run(forged: &'a BTreeMap<usize, Fr>, synthesize: impl FnOnce(&mut Self)) -> Vec<Fr> {
        let mut d = Self { forged, public: Vec::new(), witness: Vec::new() };
        synthesize(&mut d);
        [vec![Fr::from(1u64)], d.public, d.witness].concat()
    }
}

impl Driver for Forger<'_> {
    type Wire = Fr;

    fn constant(&mut self, value: Fr) -> Fr {
        value
    }

    fn alloc(&mut self, value: Option<Fr>) -> Fr {
        let value = self.forged.get(&self.witness.len()).copied().or(value).expect("a value");
        self.witness.push(value);
        value
    }

    fn value(&self, wire: &Fr) -> Option<Fr> {
        Some(*wire)
    }

    fn linear(&mut self, terms: &[(Fr, &Fr)], constant: Fr) -> Fr {
        terms.iter().fold(constant, |sum, (coefficient, wire)| sum + *coefficient * **wire)
    }

    fn mul(&mut self, a: &Fr, b: &Fr) -> Fr {
        self.alloc(Some(*a * *b))
    }

    fn enforce_mul(&mut self, _a: &Fr, _b: &Fr, _c: &Fr) {}

    fn enforce_zero(&mut self, _wire: &Fr) {}

    fn expose(&mut self, wire: &Fr) {
        self.public.push(*wire);
    }
}

impl Attempt {
    pub fn new(inputs: &[Fr]) -> Self {
        Self { inputs: inputs.to_vec(), forged: BTreeMap::new() }
    }

    pub fn forge(mut self, wires: impl IntoIterator<Item = (usize, Fr)>) -> Self {
        self.forged.extend(wires);
        self
    }

    /// `z = (1, public…, witness…)` of a prover that goes on computing from the forged wires.
    pub fn run(&self, circuit: &impl Circuit) -> Vec<Fr> {
        Forger::run(&self.forged, |d| {
            let inputs: Vec<Fr> = self.inputs.iter().map(|value| d.alloc(Some(*value))).collect();
            let outputs = circuit.synthesize(d, &inputs);
            outputs.iter().for_each(|wire| d.expose(wire));
        })
    }
}

/// Numbers of the constraints that `z` violates.
pub fn violated_rows(matrices: &Matrices, z: &[Fr]) -> Vec<usize> {
    (0..matrices.constraints()).filter(|row| !matrices.holds(*row, z)).collect()
}

/// Constraints whose deletion neither lowers the rank at the honest run nor lets one of the attempts through, with
/// their paths.
///
/// # Panics
/// If an attempt is accepted.
pub fn unnoticed(
    circuit: &impl Circuit,
    honest: &Recorded,
    fixed: impl IntoIterator<Item = usize>,
    attempts: &[Attempt],
) -> Vec<(usize, String)> {
    let mut open: BTreeSet<usize> = dependent_constraints(honest, fixed).into_iter().collect();
    for (n, attempt) in attempts.iter().enumerate() {
        match violated_rows(&honest.matrices, &attempt.run(circuit))[..] {
            [] => panic!("attempt {n} is accepted"),
            [row] => _ = open.remove(&row),
            _ => {}
        }
    }
    open.into_iter().map(|row| (row, honest.constraint_paths[row].clone())).collect()
}

/// A bit decomposition with a comparison, as found in a constraint system.
pub struct Decomposition {
    /// Witness number of every bit, least significant first.
    bits: Vec<usize>,
    /// What the comparison does, from the top.
    steps: Vec<Step>,
    /// The number compared with: bound − 1.
    top: BigInt<4>,
}

enum Step {
    /// A product that carries the comparison past the one at this place: its wire.
    One(usize, usize),
    /// Zeros down to this place.
    Zeros(usize),
}

impl Decomposition {
    /// Finds the decomposition into `count` bits below `bound` whose constraints are labelled `path` (and, for the
    /// comparison, `path` or a part of it).
    pub fn find(recorded: &Recorded, path: &str, count: usize, bound: &BigInt<4>) -> Self {
        let m = &recorded.matrices;
        let offset = recorded.witness_column(0);
        let in_path: Vec<usize> =
            (0..m.constraints()).filter(|row| recorded.constraint_paths[*row].starts_with(path)).collect();
        let is_boolean = |row: &usize| {
            let single =
                |matrix: &Csr| matrix.row(*row).find(|(column, _)| *column != 0).map(|entry| entry.0);
            m.c.row(*row).next().is_none()
                && m.a.row(*row).count() == 1
                && m.b.row(*row).count() == 2
                && single(&m.a) == single(&m.b)
        };
        let booleans: Vec<usize> = in_path.iter().copied().filter(is_boolean).collect();
        assert_eq!(booleans.len(), count, "bits in {path}");
        let bits = booleans.iter().map(|row| m.a.row(*row).next().expect("a bit").0 - offset).collect();

        let mut top = *bound;
        top.sub_with_borrow(&1u64.into());
        // Behind the last boolean and the sum: a product for each one but the first, a zero for each run of zeros.
        let last = *booleans.last().expect("bits");
        let mut products = in_path
            .iter()
            .filter(|row| **row > last)
            .filter_map(|row| m.c.row(*row).next().map(|(column, _)| column - offset));
        let (mut steps, mut place, mut first) = (Vec::new(), count, true);
        while place > 0 {
            if top.get_bit(place - 1) {
                place -= 1;
                if (0..place).all(|i| top.get_bit(i)) {
                    break;
                }
                if !first {
                    steps.push(Step::One(place, products.next().expect("a product")));
                }
                first = false;
            } else {
                while place > 0 && !top.get_bit(place - 1) {
                    place -= 1;
                }
                steps.push(Step::Zeros(place));
            }
        }
        assert!(products.next().is_none(), "a product for every step in {path}");
        Self { bits, steps, top }
    }

    /// The wires and values of another number's bits.
    pub fn bits_of(&self, value: &BigInt<4>) -> Vec<(usize, Fr)> {
        self.bits.iter().enumerate().map(|(i, wire)| (*wire, Fr::from(value.get_bit(i)))).collect()
    }

    /// Attempts that only one constraint of the decomposition refuses each. `with` makes the inputs for a value;
    /// `small` is a value below 2^200, for which the comparison is decided at the top.
    pub fn attempts(&self, small: &BigInt<4>, with: impl Fn(Fr) -> Vec<Fr>) -> Vec<Attempt> {
        let reduced = |value: &BigInt<4>| Fr::from_le_bytes_mod_order(&value.to_bytes_le());
        let mut attempts = Vec::new();
        // A bit that is none, the difference made good by a neighbour.
        let honest = Attempt::new(&with(reduced(small)));
        for i in 0..self.bits.len() {
            let (neighbour, weight) = if i + 1 < self.bits.len() {
                (i + 1, Fr::from(2u64))
            } else {
                (i - 1, Fr::from(1u64) / Fr::from(2u64))
            };
            let bit = |place: usize| Fr::from(small.get_bit(place));
            let change = Fr::from(1u64) - bit(neighbour) - bit(neighbour);
            attempts.push(honest.clone().forge([
                (self.bits[i], bit(i) - change * weight),
                (self.bits[neighbour], bit(neighbour) + change),
            ]));
        }
        // Bits of another number.
        attempts.push(honest.forge([(self.bits[0], Fr::from(!small.get_bit(0)))]));
        // A number that exceeds the bound in this run of zeros, agreeing with it above.
        let exceeding = |place: usize| {
            let mut value = self.top;
            value >>= u32::try_from(place).expect("a bit");
            value.add_with_carry(&1u64.into());
            value <<= u32::try_from(place).expect("a bit");
            Attempt::new(&with(reduced(&value))).forge(self.bits_of(&value))
        };
        for (n, step) in self.steps.iter().enumerate() {
            match step {
                Step::Zeros(place) => attempts.push(exceeding(*place)),
                Step::One(_, wire) => {
                    let later = self.steps[n..].iter().find_map(|step| match step {
                        Step::Zeros(place) => Some(*place),
                        Step::One(..) => None,
                    });
                    let place = later.expect("zeros below every one that is looked at");
                    attempts.push(exceeding(place).forge([(*wire, Fr::from(0u64))]));
                }
            }
        }
        attempts
    }
}
