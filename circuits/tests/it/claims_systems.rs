//! Whole claims: drivers agree, costs and constraint systems are pinned, budgets are kept.

use std::collections::BTreeMap;

use popw_circuits::{
    Driver,
    claims::{Kind, Shape, Witness, check, synthesize},
    drivers::{
        evaluate::{Assignment, Evaluate},
        r1cs::{Csr, Lc, Matrices, R1cs},
    },
};
use popw_core::Fr;

use crate::common::{Network, audit, golden, random, shapes};

/// [`R1cs`], counting constraints by clause.
#[derive(Default)]
struct Priced {
    r1cs: R1cs,
    clauses: Vec<&'static str>,
    costs: BTreeMap<&'static str, usize>,
}

impl Priced {
    fn priced<T>(&mut self, call: impl FnOnce(&mut R1cs) -> T) -> T {
        let before = self.r1cs.constraints();
        let out = call(&mut self.r1cs);
        let clause = self.clauses.first().copied().unwrap_or("");
        *self.costs.entry(clause).or_default() += self.r1cs.constraints() - before;
        out
    }
}

impl Driver for Priced {
    type Wire = Lc;

    fn constant(&mut self, value: Fr) -> Lc {
        self.r1cs.constant(value)
    }

    fn alloc(&mut self, value: Option<Fr>) -> Lc {
        self.r1cs.alloc(value)
    }

    fn value(&self, _: &Lc) -> Option<Fr> {
        None
    }

    fn linear(&mut self, terms: &[(Fr, &Lc)], constant: Fr) -> Lc {
        self.r1cs.linear(terms, constant)
    }

    fn mul(&mut self, a: &Lc, b: &Lc) -> Lc {
        self.priced(|d| d.mul(a, b))
    }

    fn enforce_mul(&mut self, a: &Lc, b: &Lc, c: &Lc) {
        self.priced(|d| d.enforce_mul(a, b, c));
    }

    fn enforce_zero(&mut self, wire: &Lc) {
        self.priced(|d| d.enforce_zero(wire));
    }

    fn expose(&mut self, wire: &Lc) {
        self.priced(|d| d.expose(wire));
    }

    fn begin(&mut self, name: &'static str) {
        self.clauses.push(name);
    }

    fn end(&mut self) {
        self.clauses.pop();
    }
}

fn evaluate(shape: &Shape, witness: &Witness) -> Assignment {
    let mut d = Evaluate::new();
    synthesize(&mut d, shape, Some(witness));
    d.finish()
}

fn matrices(shape: &Shape) -> Matrices {
    let mut d = R1cs::new();
    synthesize(&mut d, shape, None);
    d.finish()
}

/// A random honest network's witness is accepted by the check and by the matrices, and comes to the same instance.
fn accepted(shape: &Shape, matrices: &Matrices, seed: u64) -> Witness {
    let witness = random::witness(&random::network(*shape, seed), seed);
    let instance = witness.instance(shape).expect("well-formed");
    assert_eq!(check(shape, &instance, &witness), Ok(()), "seed {seed}");
    let assignment = evaluate(shape, &witness);
    assert_eq!(assignment.public, instance.to_array(), "seed {seed}");
    assert_eq!(matrices.first_violated(&assignment.full()), None, "seed {seed}");
    witness
}

fn drivers_agree(small: &Shape) {
    let matrices = matrices(small);
    for seed in 1..=8 {
        let witness = accepted(small, &matrices, seed);
        if seed <= 2 {
            let recorded = audit(small, &witness);
            assert_eq!(recorded.matrices, matrices);
            assert_eq!(recorded.assignment, evaluate(small, &witness));
        }
    }
}

/// Costs by clause and digests of both published shapes. The order in which public inputs are exposed is what
/// verifiers, contracts and pages rely on.
fn systems(kind: Kind) {
    let mut digests = String::new();
    for shape in shapes::published(kind) {
        let mut d = Priced::default();
        synthesize(&mut d, &shape, None);
        let m = d.r1cs.finish();
        let mut text = String::new();
        for (clause, cost) in &d.costs {
            text += &format!("{clause:<20} {cost:>7}\n");
        }
        text += &format!("{:<20} {:>7}\n", "constraints", m.constraints());
        text += &format!("{:<20} {:>7}\n", "witness", m.witness);
        let entries: usize = [&m.a, &m.b, &m.c].map(|csr: &Csr| csr.values.len()).iter().sum();
        text += &format!("{:<20} {entries:>7}\n", "entries of A, B, C");
        golden(&format!("{}-{}-r1cs.txt", kind.id(), shape.name), &text);
        digests += &format!("{:<10} {}\n", shape.name, digest(&m));
        let full = Network::new(shape).witness();
        assert_eq!(m.first_violated(&evaluate(&shape, &full).full()), None, "all parts used");
        accepted(&shape, &m, 5);
        if shape.name == "demo" {
            accepted(&shape, &m, 6);
        }
    }
    golden(&format!("{}-systems.txt", kind.id()), &digests);
}

fn digest(matrices: &Matrices) -> String {
    let mut hasher = blake3::Hasher::new();
    hasher.update(&(matrices.public as u64).to_le_bytes());
    hasher.update(&(matrices.witness as u64).to_le_bytes());
    for side in [&matrices.a, &matrices.b, &matrices.c] {
        side.row_starts.iter().chain(&side.columns).for_each(|n| {
            hasher.update(&n.to_le_bytes());
        });
        side.values.iter().for_each(|value| {
            hasher.update(&popw_core::field::to_be_bytes(value));
        });
    }
    hasher.finalize().to_string()
}

macro_rules! of_every_kind {
    ($($name:ident $kind:expr, $small:expr;)*) => {$(
        mod $name {
            use super::*;

            #[test]
            fn drivers_agree_and_accept_what_check_accepts() {
                drivers_agree(&$small);
            }

            #[test]
            fn golden_systems_and_costs() {
                systems($kind);
            }
        }
    )*};
}

of_every_kind! {
    uptime_claims Kind::Uptime, shapes::UPTIME;
    possession_claims Kind::Possession, shapes::POSSESSION;
    bandwidth_claims Kind::Bandwidth, shapes::BANDWIDTH;
    work_claims Kind::Work, shapes::WORK;
}

/// Groth16's domains hold constraints and public inputs; halving one halves the prover's time.
#[test]
fn claims_stay_within_their_budgets() {
    let size = |shape: &Shape| {
        let mut d = Counter::default();
        synthesize(&mut d, shape, None);
        d.0
    };
    let kinds = [Kind::Uptime, Kind::Possession, Kind::Bandwidth];
    let parts = kinds.map(|kind| size(&Shape::standard(kind)));
    for (size, bits) in parts.into_iter().zip([17, 19, 19]) {
        assert!(size < 1 << bits, "{size}");
    }
    let work_size = size(&Shape::standard(Kind::Work));
    assert!(work_size < 1 << 20, "{work_size}");
    assert!(work_size <= parts.iter().sum(), "{work_size}");
    let parts = kinds.map(|kind| size(&Shape::demo(kind)));
    assert!(size(&Shape::demo(Kind::Work)) <= parts.iter().sum());
}

/// Constraints and public inputs, and no matrices.
#[derive(Default)]
struct Counter(usize);

impl Driver for Counter {
    type Wire = ();

    fn constant(&mut self, _: Fr) {}

    fn alloc(&mut self, _: Option<Fr>) {}

    fn value(&self, (): &()) -> Option<Fr> {
        None
    }

    fn linear(&mut self, _: &[(Fr, &())], _: Fr) {}

    fn mul(&mut self, (): &(), (): &()) {
        self.0 += 1;
    }

    fn enforce_mul(&mut self, (): &(), (): &(), (): &()) {
        self.0 += 1;
    }

    fn enforce_zero(&mut self, (): &()) {
        self.0 += 1;
    }

    /// A constraint and a public input.
    fn expose(&mut self, (): &()) {
        self.0 += 2;
    }
}
