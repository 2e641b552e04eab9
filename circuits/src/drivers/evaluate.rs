//! Values only: the witness generator of the Groth16 prover.
//!
//! Allocates in exactly the order of [`super::r1cs`], which is what makes its output an assignment of those
//! matrices; enforces nothing.

use alloc::vec::Vec;
use core::mem;

use popw_core::Fr;
#[cfg(feature = "parallel")]
use rayon::prelude::*;
use zeroize::Zeroizing;

use crate::driver::Driver;

/// Values a block has room for, so that none is ever moved and leaves a copy behind.
const BLOCK: usize = 1 << 10;

/// Values of all variables, in the column order of [`super::r1cs::Matrices`] without the leading 1.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Assignment {
    /// Public inputs.
    pub public: Vec<Fr>,
    /// Witness variables, wiped when dropped.
    pub witness: Zeroizing<Vec<Fr>>,
}

impl Assignment {
    /// `(1, public…, witness…)`.
    pub fn full(&self) -> Vec<Fr> {
        core::iter::once(Fr::from(1u64))
            .chain(self.public.iter().copied())
            .chain(self.witness.iter().copied())
            .collect()
    }
}

/// Computes an [`Assignment`]. Independent parts are computed on the threads of the current pool, with the feature
/// `parallel`.
#[derive(Default)]
pub struct Evaluate {
    public: Vec<Fr>,
    /// Witness variables: blocks that are done, and how many values these hold.
    blocks: Vec<Zeroizing<Vec<Fr>>>,
    before: usize,
    /// The block that is being filled.
    last: Zeroizing<Vec<Fr>>,
}

impl Evaluate {
    /// Nothing assigned yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Witness variables assigned so far.
    pub fn allocated(&self) -> usize {
        self.before + self.last.len()
    }

    /// Replaces the value of the newest witness variable, as a prover may who does not follow the hints.
    pub(super) fn replace_last(&mut self, value: Fr) {
        if let Some(last) = self.last.last_mut() {
            *last = value;
        }
    }

    /// What was assigned.
    pub fn finish(mut self) -> Assignment {
        self.close(0);
        let mut witness = Zeroizing::new(Vec::with_capacity(self.before));
        self.blocks.iter().for_each(|block| witness.extend_from_slice(block));
        Assignment { public: self.public, witness }
    }

    /// Begins a new block, of so many values.
    fn close(&mut self, room: usize) {
        let full = mem::replace(&mut self.last, Zeroizing::new(Vec::with_capacity(room)));
        self.before += full.len();
        self.blocks.push(full);
    }

    /// Appends what a part has assigned.
    #[cfg(feature = "parallel")]
    fn append(&mut self, mut part: Self) {
        self.close(0);
        part.close(0);
        self.before += part.before;
        self.blocks.append(&mut part.blocks);
        self.public.append(&mut part.public);
    }
}

impl Driver for Evaluate {
    type Wire = Fr;

    fn constant(&mut self, value: Fr) -> Fr {
        value
    }

    fn alloc(&mut self, value: Option<Fr>) -> Fr {
        let value = value.expect("this driver knows every value, so hints computed from its wires are known");
        if self.last.len() == self.last.capacity() {
            self.close(BLOCK);
        }
        self.last.push(value);
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

    #[cfg(feature = "parallel")]
    fn each<T: Send>(&mut self, count: usize, body: impl Fn(&mut Self, usize) -> T + Sync) -> Vec<T> {
        let parts = (0..count).into_par_iter().map(|i| {
            let mut part = Self::new();
            (body(&mut part, i), part)
        });
        let parts: Vec<_> = parts.collect();
        let outputs = parts.into_iter().map(|(output, part)| {
            self.append(part);
            output
        });
        outputs.collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Blocks of any size, within each other, expositions among them.
    fn synthesize<D: Driver>(d: &mut D) -> Vec<D::Wire> {
        let first = d.alloc(Some(Fr::from(7u64)));
        d.expose(&first);
        let sums = d.each(5, |d, i| {
            let parts = d.each(i, |d, j| {
                let wires = [(); BLOCK / 3].map(|()| d.alloc(Some(Fr::from((i * j) as u64))));
                d.mul(&wires[0], &first)
            });
            let own = d.alloc(Some(Fr::from(i as u64)));
            d.expose(&own);
            parts.iter().fold(own, |sum, part| d.mul(&sum, part))
        });
        d.alloc(Some(Fr::from(9u64)));
        sums
    }

    /// [`Evaluate`] without capabilities.
    #[derive(Default)]
    struct Plain(Vec<Fr>, Vec<Fr>);

    impl Driver for Plain {
        type Wire = Fr;

        fn constant(&mut self, value: Fr) -> Fr {
            value
        }

        fn alloc(&mut self, value: Option<Fr>) -> Fr {
            self.1.extend(value);
            value.unwrap()
        }

        fn value(&self, wire: &Fr) -> Option<Fr> {
            Some(*wire)
        }

        fn linear(&mut self, _: &[(Fr, &Fr)], _: Fr) -> Fr {
            unreachable!("not used here")
        }

        fn mul(&mut self, a: &Fr, b: &Fr) -> Fr {
            self.alloc(Some(*a * *b))
        }

        fn enforce_mul(&mut self, _: &Fr, _: &Fr, _: &Fr) {}

        fn enforce_zero(&mut self, _: &Fr) {}

        fn expose(&mut self, wire: &Fr) {
            self.0.push(*wire);
        }
    }

    #[test]
    fn values_are_in_the_order_of_the_calls() {
        let (mut one_by_one, mut evaluate) = (Plain::default(), Evaluate::new());
        assert_eq!(synthesize(&mut one_by_one), synthesize(&mut evaluate));
        let allocated = evaluate.allocated();
        let Assignment { public, witness } = evaluate.finish();
        assert_eq!(allocated, witness.len());
        assert_eq!((&one_by_one.0, &one_by_one.1), (&public, &*witness));
    }
}
