//! Forged hints on the table. A forgery names them by the wires of the other arithmetisation; here each of those finds
//! the variable of the table that holds the same hint.

use std::collections::HashMap;

use ark_ff::{BigInt, Zero};
use popw_circuits::{
    Driver,
    claims::{Shape, Witness, synthesize},
    drivers::plonkish::{Audited, Plonkish, Wire},
    gadgets::{
        bits::default_enforce_bits_below,
        edwards::{Point, default_add, default_mul_base8, default_mul_point},
        poseidon::default_hash,
    },
};
use popw_core::Fr;

use crate::forgeries::{Forgery, circuit};

/// `wire = scale · variable + offset − base`: how a wire of the other arithmetisation is read from the table.
#[derive(Clone, Copy, Debug)]
pub struct Place {
    pub variable: u32,
    scale: Fr,
    offset: Fr,
    /// What a selection adds to the product that is a wire there and none here.
    base: Option<Wire>,
}

/// For every wire of the R1CS, where the table holds it, if it does: it has fewer products, and inside of hashes and
/// points none that correspond.
pub fn places(shape: &Shape) -> Vec<Option<Place>> {
    let mut places = Vec::new();
    Plonkish::audit(|table| {
        let mut d = Numbered { table, places: Vec::new(), seen: None, hashes: HashMap::new() };
        synthesize(&mut d, shape, Some(&crate::common::Network::new(*shape).witness()));
        places = d.places;
    });
    assert_eq!(places.len(), circuit(*shape).recorded.matrices.witness, "every wire is counted");
    places
}

/// The table of a forgery, or the part and number of a wire that the table does not have.
pub fn forged(forgery: &Forgery, places: &[Option<Place>]) -> Result<Audited, (&'static str, usize)> {
    let mut audited = forging(&forgery.shape, &forgery.witness, &forgery.wires, places)?;
    if let Some(instance) = &forgery.instance {
        audited.advice.public = instance.to_array().to_vec();
    }
    Ok(audited)
}

/// The table of a prover with this witness who sets these wires of the other arithmetisation; or the one it does not have.
pub fn forging(
    shape: &Shape,
    witness: &Witness,
    wires: &[(&'static str, usize, Fr)],
    places: &[Option<Place>],
) -> Result<Audited, (&'static str, usize)> {
    let mut hints = Vec::new();
    for (part, n, value) in wires {
        let place = places[circuit(*shape).wire(part, *n)];
        hints.push((place.ok_or((*part, *n))?, *value));
    }
    let mut bases = vec![Fr::zero(); hints.len()];
    let mut run = || {
        let forged = hints
            .iter()
            .zip(&bases)
            .map(|((place, value), base)| (place.variable, (*value + base - place.offset) / place.scale));
        Plonkish::forging(forged.collect(), |d| {
            synthesize(d, shape, Some(witness));
            for (base, (place, _)) in bases.iter_mut().zip(&hints) {
                *base = place.base.map_or(Fr::zero(), |wire| d.value(&wire).expect("a table with values"));
            }
        })
    };
    let audited = run();
    if hints.iter().all(|(place, _)| place.base.is_none()) {
        return Ok(audited);
    }
    // What a selection adds is known after a run, and can follow from other selections.
    run();
    Ok(run())
}

/// The table's driver, counting the wires that the other arithmetisation would have.
struct Numbered<'a> {
    table: &'a mut Plonkish,
    places: Vec<Option<Place>>,
    /// The last variable that any wire named.
    seen: Option<u32>,
    /// Wires of a hash by its inputs.
    hashes: HashMap<usize, usize>,
}

impl Numbered<'_> {
    /// A wire of the other arithmetisation that is this one here, if it is a variable of its own.
    fn push(&mut self, wire: Wire, base: Option<Wire>) -> Wire {
        let place = match wire {
            Wire::Affine { scale, variable, offset } if Some(variable) > self.seen => {
                Some(Place { variable, scale, offset, base })
            }
            _ => None,
        };
        self.places.push(place);
        self.see(wire)
    }

    fn see(&mut self, wire: Wire) -> Wire {
        if let Wire::Affine { variable, .. } = wire {
            self.seen = self.seen.max(Some(variable));
        }
        wire
    }

    /// Wires of a default body, which the table does without.
    fn skip(&mut self, body: impl FnOnce(&mut Count)) {
        let mut count = Count(0);
        body(&mut count);
        self.places.resize(self.places.len() + count.0, None);
    }

    fn point(&mut self, point: Point<Plonkish>) -> Point<Self> {
        Point { x: self.see(point.x), y: self.see(point.y) }
    }
}

fn of_table(point: &Point<Numbered<'_>>) -> Point<Plonkish> {
    Point { x: point.x, y: point.y }
}

impl Driver for Numbered<'_> {
    type Wire = Wire;

    fn constant(&mut self, value: Fr) -> Wire {
        self.table.constant(value)
    }

    fn alloc(&mut self, value: Option<Fr>) -> Wire {
        let wire = self.table.alloc(value);
        self.push(wire, None)
    }

    fn input(&mut self, value: Option<Fr>) -> Wire {
        let wire = self.table.input(value);
        self.push(wire, None)
    }

    fn value(&self, wire: &Wire) -> Option<Fr> {
        self.table.value(wire)
    }

    fn linear(&mut self, terms: &[(Fr, &Wire)], constant: Fr) -> Wire {
        let wire = self.table.linear(terms, constant);
        self.see(wire)
    }

    fn mul(&mut self, a: &Wire, b: &Wire) -> Wire {
        let wire = self.table.mul(a, b);
        self.push(wire, None)
    }

    fn enforce_mul(&mut self, a: &Wire, b: &Wire, c: &Wire) {
        self.table.enforce_mul(a, b, c);
    }

    fn enforce_zero(&mut self, wire: &Wire) {
        self.table.enforce_zero(wire);
    }

    fn expose(&mut self, wire: &Wire) {
        self.table.expose(wire);
    }

    fn begin(&mut self, name: &'static str) {
        self.table.begin(name);
    }

    fn end(&mut self) {
        self.table.end();
    }

    fn enforce_bool(&mut self, wire: &Wire) {
        self.table.enforce_bool(wire);
    }

    fn alloc_bits(&mut self, wire: &Wire, count: usize) -> Vec<Wire> {
        let bits = self.table.alloc_bits(wire, count);
        bits.into_iter().map(|bit| self.push(bit, None)).collect()
    }

    fn enforce_bits_below(&mut self, bits: &[Wire], bound: &BigInt<4>) {
        self.table.enforce_bits_below(bits, bound);
        self.skip(|d| default_enforce_bits_below(d, &vec![(); bits.len()], bound));
    }

    fn select(&mut self, condition: &Wire, a: &Wire, b: &Wire) -> Wire {
        let wire = self.table.select(condition, a, b);
        self.push(wire, Some(*b))
    }

    fn poseidon(&mut self, inputs: &[Wire]) -> Wire {
        let wire = self.table.poseidon(inputs);
        let wires = *self.hashes.entry(inputs.len()).or_insert_with(|| {
            let mut count = Count(0);
            default_hash(&mut count, &vec![(); inputs.len()]);
            count.0
        });
        self.places.resize(self.places.len() + wires, None);
        self.see(wire)
    }

    fn edwards_add(&mut self, p: &Point<Self>, q: &Point<Self>) -> Point<Self> {
        let sum = self.table.edwards_add(&of_table(p), &of_table(q));
        self.skip(|d| _ = default_add(d, &UNITS, &UNITS));
        self.point(sum)
    }

    fn mul_base8(&mut self, scalar: &[Wire]) -> Point<Self> {
        let product = self.table.mul_base8(scalar);
        self.skip(|d| _ = default_mul_base8(d, &vec![(); scalar.len()]));
        self.point(product)
    }

    fn mul_point(&mut self, scalar: &[Wire], point: &Point<Self>) -> Point<Self> {
        let product = self.table.mul_point(scalar, &of_table(point));
        self.skip(|d| _ = default_mul_point(d, &vec![(); scalar.len()], &UNITS));
        self.point(product)
    }
}

/// Counts wires.
struct Count(usize);

const UNITS: Point<Count> = Point { x: (), y: () };

impl Driver for Count {
    type Wire = ();

    fn constant(&mut self, _: Fr) {}

    fn alloc(&mut self, _: Option<Fr>) {
        self.0 += 1;
    }

    fn value(&self, _: &()) -> Option<Fr> {
        None
    }

    fn linear(&mut self, _: &[(Fr, &())], _: Fr) {}

    fn mul(&mut self, _: &(), _: &()) {
        self.0 += 1;
    }

    fn enforce_mul(&mut self, _: &(), _: &(), _: &()) {}

    fn enforce_zero(&mut self, _: &()) {}

    fn expose(&mut self, _: &()) {}
}
