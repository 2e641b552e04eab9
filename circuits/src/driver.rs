//! The one interface gadgets and claims are written against.
//!
//! A driver decides what a wire is (a linear combination, a cell, a plain value) and what a constraint costs.
//! Synthesis must not depend on the driver or on witness values: the same calls in the same order, whether
//! values are known (proving, auditing) or not (setup). The required operations are the smallest set every
//! arithmetisation has; the *capabilities* below them have default bodies and are overridden where a driver
//! does better (gates of its own, free decompositions), never asked about with an `if`.

use alloc::vec::Vec;

use ark_ff::BigInt;
use popw_core::Fr;

use crate::gadgets::{bits, edwards, poseidon};

/// What a circuit is written on.
pub trait Driver: Sized {
    /// A value inside the circuit.
    type Wire: Clone + Send + Sync;

    /// A wire that is always `value`.
    fn constant(&mut self, value: Fr) -> Self::Wire;

    /// A new witness wire, free until constrained. `value` is `None` exactly when the driver knows no values.
    fn alloc(&mut self, value: Option<Fr>) -> Self::Wire;

    /// The wire's value, if this driver knows values. For computing hints only: branching on it would make
    /// synthesis depend on the witness.
    fn value(&self, wire: &Self::Wire) -> Option<Fr>;

    /// `Σ coefficient · wire + constant`.
    fn linear(&mut self, terms: &[(Fr, &Self::Wire)], constant: Fr) -> Self::Wire;

    /// `a · b`, as a new constrained wire.
    fn mul(&mut self, a: &Self::Wire, b: &Self::Wire) -> Self::Wire;

    /// Enforces `a · b = c`.
    fn enforce_mul(&mut self, a: &Self::Wire, b: &Self::Wire, c: &Self::Wire);

    /// Enforces `wire = 0`.
    fn enforce_zero(&mut self, wire: &Self::Wire);

    /// Makes `wire` the next public input. Public inputs are numbered in the order of these calls.
    fn expose(&mut self, wire: &Self::Wire);

    /// Opens a named part of the statement; drivers that report failures say the innermost clause.
    fn begin(&mut self, _name: &'static str) {}

    /// Closes what [`Driver::begin`] opened.
    fn end(&mut self) {}

    // Conveniences: never overridden.

    /// Runs `body` inside the part called `name`.
    fn within<T>(&mut self, name: &'static str, body: impl FnOnce(&mut Self) -> T) -> T {
        self.begin(name);
        let out = body(self);
        self.end();
        out
    }

    /// `a + b`.
    fn add(&mut self, a: &Self::Wire, b: &Self::Wire) -> Self::Wire {
        self.linear(&[(Fr::from(1u64), a), (Fr::from(1u64), b)], Fr::from(0u64))
    }

    /// `a − b`.
    fn sub(&mut self, a: &Self::Wire, b: &Self::Wire) -> Self::Wire {
        self.linear(&[(Fr::from(1u64), a), (-Fr::from(1u64), b)], Fr::from(0u64))
    }

    /// `1 − a`.
    fn not(&mut self, a: &Self::Wire) -> Self::Wire {
        self.linear(&[(-Fr::from(1u64), a)], Fr::from(1u64))
    }

    /// Enforces `a = b`.
    fn enforce_equal(&mut self, a: &Self::Wire, b: &Self::Wire) {
        let difference = self.sub(a, b);
        self.enforce_zero(&difference);
    }

    // Capabilities.

    /// `body(0)` to `body(count − 1)`, in this order, for parts that read the same wires and not each other's: drivers that
    /// only compute values may do them at the same time.
    fn each<T: Send>(&mut self, count: usize, body: impl Fn(&mut Self, usize) -> T + Sync) -> Vec<T> {
        (0..count).map(|i| body(self, i)).collect()
    }

    /// As [`Driver::alloc`], for a value the prover chooses rather than computes from other wires. Once these are
    /// chosen, constraints must leave nothing else open.
    fn input(&mut self, value: Option<Fr>) -> Self::Wire {
        self.alloc(value)
    }

    /// Enforces `wire ∈ {0, 1}`.
    fn enforce_bool(&mut self, wire: &Self::Wire) {
        let minus_one = self.linear(&[(Fr::from(1u64), wire)], -Fr::from(1u64));
        let zero = self.constant(Fr::from(0u64));
        self.enforce_mul(wire, &minus_one, &zero);
    }

    /// `count` boolean wires, least significant first, with `Σ 2^i·bit_i = wire` **in the field**. Unique only
    /// for `count ≤ 253`; see [`bits::alloc_canonical_bits`] for full field elements.
    fn alloc_bits(&mut self, wire: &Self::Wire, count: usize) -> Vec<Self::Wire> {
        bits::default_alloc_bits(self, wire, count)
    }

    /// Enforces `wire < 2^count`, `count ≤ 253`.
    fn enforce_range(&mut self, wire: &Self::Wire, count: usize) {
        self.alloc_bits(wire, count);
    }

    /// Enforces `Σ 2^i·bit_i < bound` over the integers, for boolean `bits`; see [`bits::enforce_bits_below`].
    fn enforce_bits_below(&mut self, bits: &[Self::Wire], bound: &BigInt<4>) {
        bits::default_enforce_bits_below(self, bits, bound);
    }

    /// `if condition { a } else { b }`; `condition` must already be boolean.
    fn select(&mut self, condition: &Self::Wire, a: &Self::Wire, b: &Self::Wire) -> Self::Wire {
        let difference = self.sub(a, b);
        let scaled = self.mul(condition, &difference);
        self.add(&scaled, b)
    }

    /// circomlib's Poseidon of 1–5 or 8 inputs.
    fn poseidon(&mut self, inputs: &[Self::Wire]) -> Self::Wire {
        poseidon::default_hash(self, inputs)
    }

    /// Sum of two points on Baby Jubjub, complete. Both must already be on the curve.
    fn edwards_add(&mut self, p: &edwards::Point<Self>, q: &edwards::Point<Self>) -> edwards::Point<Self> {
        edwards::default_add(self, p, q)
    }

    /// `Σ 2^i·bit_i · Base8` for at most 254 boolean wires, least significant first.
    fn mul_base8(&mut self, scalar: &[Self::Wire]) -> edwards::Point<Self> {
        edwards::default_mul_base8(self, scalar)
    }

    /// `Σ 2^i·bit_i · point` for at most 254 boolean wires, least significant first. `point` must already be
    /// known to be in the prime-order subgroup and not the identity.
    fn mul_point(&mut self, scalar: &[Self::Wire], point: &edwards::Point<Self>) -> edwards::Point<Self> {
        edwards::default_mul_point(self, scalar, point)
    }
}
