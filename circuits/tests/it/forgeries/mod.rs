//! A prover's attempts at false claims: at least one for every clause of every kind, and for every attack on it.

#![allow(dead_code, reason = "each test file uses its own part")]

mod bandwidth;
pub mod committee;
mod frame;
mod storage;
mod uptime;

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Mutex,
};

use ark_ec::CurveGroup;
use ark_ff::{BigInteger, PrimeField};
use popw_circuits::{
    claims::{self, Instance, Kind, Shape, Violation, Witness},
    drivers::audit::Recorded,
};
use popw_core::{Fr, babyjub, eddsa::SecretKey, poseidon};

use crate::common::{Network, audit, deletion::Forger, fr};

/// A prover's attempt: what it knows, what it publishes, and where it leaves the hints.
pub struct Forgery {
    pub clause: Violation,
    pub what: &'static str,
    pub shape: Shape,
    pub witness: Witness,
    /// What it publishes, if that is not what its wires come to.
    pub instance: Option<Instance>,
    /// (part of the circuit, n-th wire allocated in it, value).
    pub wires: Vec<(&'static str, usize, Fr)>,
    /// Clauses that the same attempt cannot help violating.
    pub also: Vec<Violation>,
    /// What the native check says. It reads the witness and does not see forged wires, only what comes of them.
    pub native: Violation,
}

impl Forgery {
    pub fn wire(&mut self, part: &'static str, n: usize, value: Fr) -> &mut Self {
        self.wires.push((part, n, value));
        self
    }

    /// Wires from the n-th on.
    pub fn row(&mut self, part: &'static str, n: usize, values: impl IntoIterator<Item = Fr>) -> &mut Self {
        self.wires.extend(values.into_iter().enumerate().map(|(i, value)| (part, n + i, value)));
        self
    }

    pub fn publishing(&mut self, change: impl FnOnce(&mut Instance)) -> &mut Self {
        let mut instance = self.witness.instance(&self.shape).expect("well-formed");
        change(&mut instance);
        self.instance = Some(instance);
        self
    }

    pub fn also(&mut self, clause: Violation) -> &mut Self {
        if claims::clauses(self.shape.kind).any(|of_kind| of_kind == clause) {
            self.also.push(clause);
        }
        self
    }

    pub fn natively(&mut self, clause: Violation) -> &mut Self {
        self.native = clause;
        self
    }

    /// Names of the clauses that circuits refuse it by.
    pub fn refused_by(&self) -> BTreeSet<String> {
        self.also.iter().chain([&self.clause]).map(|clause| clause.name().into()).collect()
    }

    /// The wires of this prover, behind 1 and what it publishes.
    pub fn run(&self) -> Vec<Fr> {
        let circuit = circuit(self.shape);
        let forged = self.wires.iter().map(|(part, n, value)| (circuit.wire(part, *n), *value)).collect();
        let mut z = Forger::run(&forged, |d| claims::synthesize(d, &self.shape, Some(&self.witness)));
        if let Some(instance) = &self.instance {
            z[1..4].copy_from_slice(&instance.to_array());
        }
        z
    }
}

/// What does not depend on the witness.
pub struct Circuit {
    shape: Shape,
    /// An honest run.
    pub recorded: Recorded,
    /// Wires by the part of the circuit they belong to.
    places: BTreeMap<String, Vec<usize>>,
}

impl Circuit {
    /// Number of the n-th wire allocated in a part.
    pub fn wire(&self, part: &str, n: usize) -> usize {
        let wires = self.places.get(part);
        *wires.and_then(|wires| wires.get(n)).unwrap_or_else(|| panic!("no wire {n} in {part}"))
    }
}

/// The circuit of a shape, which is synthesized once.
pub fn circuit(shape: Shape) -> &'static Circuit {
    static KNOWN: Mutex<Vec<&Circuit>> = Mutex::new(Vec::new());
    let mut known = KNOWN.lock().expect("no panic before");
    if let Some(circuit) = known.iter().find(|circuit| circuit.shape == shape) {
        return circuit;
    }
    let recorded = audit(&shape, &Network::new(shape).witness());
    let mut places = BTreeMap::<String, Vec<usize>>::new();
    for (wire, path) in recorded.wire_paths.iter().enumerate() {
        places.entry(path.clone()).or_default().push(wire);
    }
    let circuit: &'static Circuit = Box::leak(Box::new(Circuit { shape, recorded, places }));
    known.push(circuit);
    circuit
}

/// An attack, and what it changes.
type Attack<'a, T> = (&'static str, &'a dyn Fn(&mut T));

/// Collects forgeries of one shape.
struct Forgeries {
    shape: Shape,
    honest: Network,
    witness: Witness,
    all: Vec<Forgery>,
}

impl Forgeries {
    /// The honest witness, changed.
    fn with(&self, change: impl FnOnce(&mut Witness)) -> Witness {
        let mut witness = self.witness.clone();
        change(&mut witness);
        witness
    }

    /// The witness of a network that is not the usual one.
    fn network(&self, change: impl FnOnce(&mut Network)) -> Network {
        let mut network = Network::new(self.shape);
        change(&mut network);
        network
    }

    fn add(&mut self, clause: Violation, what: &'static str, witness: Witness) -> &mut Forgery {
        let (shape, instance, wires, also) = (self.shape, None, Vec::new(), Vec::new());
        self.all.push(Forgery { clause, what, shape, witness, instance, wires, also, native: clause });
        self.all.last_mut().expect("just added")
    }

    fn wires_in(&self, part: &str) -> usize {
        circuit(self.shape).places.get(part).map_or(0, Vec::len)
    }

    /// Which wires of a part the prover chooses.
    fn inputs_in(&self, part: &str) -> Vec<usize> {
        let circuit = circuit(self.shape);
        let wires = circuit.places.get(part).map_or(&[][..], Vec::as_slice);
        (0..wires.len()).filter(|n| circuit.recorded.inputs.binary_search(&wires[*n]).is_ok()).collect()
    }

    fn kind(&self) -> Kind {
        self.shape.kind
    }
}

/// All there are for a shape.
pub fn forgeries(shape: Shape) -> Vec<Forgery> {
    let honest = Network::new(shape);
    let mut out = Forgeries { shape, witness: honest.witness(), honest, all: Vec::new() };
    frame::add(&mut out);
    if shape.kind.has_uptime() {
        committee::add(&mut out, &committee::WATCHERS);
        uptime::add(&mut out);
    }
    if shape.kind.has_storage() {
        storage::add(&mut out);
    }
    if shape.kind.has_bandwidth() {
        committee::add(&mut out, &committee::CHALLENGERS);
        bandwidth::add(&mut out);
    }
    out.all
}

/// What a prover sets to make a node of its own hash to a genuine pair's parent: the sibling, and the index bit, which
/// is neither 0 nor 1. `node + t·(sibling − node) = left`, and the rest of their sum is right.
fn between(left: Fr, right: Fr, node: Fr) -> (Fr, Fr) {
    let sibling = left + right - node;
    (sibling, (left - node) / (sibling - node))
}

/// A signature whose R8 is P with one coordinate's sign changed, P being what the equation comes to.
pub fn mirrored(key: &SecretKey, message: Fr, x: bool) -> ((Fr, Fr), Fr) {
    let nonce = babyjub::Scalar::from(0x1357_9bdf_u64);
    let p = (babyjub::base8() * nonce).into_affine();
    let r8 = if x { (-p.x, p.y) } else { (p.x, -p.y) };
    let public = key.public().point;
    let h = poseidon::hash(&[r8.0, r8.1, public.x, public.y, message]).into_bigint();
    let h = babyjub::Scalar::from_le_bytes_mod_order(&h.to_bytes_le());
    (r8, scalar(nonce + babyjub::Scalar::from(8u64) * h * key.scalar()))
}

fn scalar(value: babyjub::Scalar) -> Fr {
    Fr::from_bigint(value.into_bigint()).expect("l < r")
}

/// The low 64 bits.
fn low(value: Fr) -> u64 {
    value.into_bigint().0[0]
}

/// l as an element of the larger field.
fn suborder() -> Fr {
    scalar(-babyjub::Scalar::from(1u64)) + fr(1)
}
