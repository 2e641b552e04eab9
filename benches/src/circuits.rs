//! Circuits to measure with.

use ark_ff::{Field, One, UniformRand, Zero};
use ark_std::rand::{Rng, SeedableRng, rngs::StdRng};
use popw_circuits::{
    claims::Shape,
    drivers::{
        evaluate::Assignment,
        r1cs::{Csr, Matrices},
    },
    fixtures::Network,
};
use popw_core::Fr;
use popw_prover::claim;
use popw_verifier::PUBLIC_INPUTS;

/// A circuit with an honest assignment.
pub struct Sample {
    /// Its constraints.
    pub matrices: Matrices,
    /// Values that satisfy them.
    pub assignment: Assignment,
}

/// A claim of a shape, every seat used.
pub fn claim(shape: &Shape) -> Sample {
    let witness = Network::new(*shape).witness();
    Sample { matrices: claim::matrices(shape), assignment: claim::assignment(shape, &witness) }
}

/// `x ← (x + i)⁵`, three constraints a step, from a random public `x`: every value of the witness is of full size. The
/// domain is exactly `2^log`: the rows of the constant and of public inputs count.
pub fn chain(log: u32) -> Sample {
    let mut rows = Rows::new(&mut StdRng::seed_from_u64(u64::from(log)));
    let room = (1usize << log) - 1 - PUBLIC_INPUTS;
    let mut x = 1;
    for step in 1u64.. {
        let shifted = vec![(0, Fr::from(step)), (x, Fr::one())];
        let factors = |rows: &Rows, power: u32| match power {
            0 => (shifted.clone(), shifted.clone()),
            1 => (rows.last(), rows.last()),
            _ => (rows.last(), shifted.clone()),
        };
        for power in 0..3 {
            if rows.count() == room {
                return rows.finish();
            }
            let (left, right) = factors(&rows, power);
            x = rows.multiply(left, right);
        }
    }
    unreachable!("the room is finite")
}

/// Nine wires of ten are bits, each with its constraint; the tenth multiplies their number with the tenth before. The
/// domain is exactly `2^log`.
pub fn bits(log: u32) -> Sample {
    let mut random = StdRng::seed_from_u64(u64::from(log));
    let mut rows = Rows::new(&mut random);
    let (mut number, mut product) = (Terms::new(), 1);
    while rows.count() < (1 << log) - 1 - PUBLIC_INPUTS {
        if number.len() == 9 {
            number.insert(0, (0, Fr::one()));
            product = rows.multiply(std::mem::take(&mut number), vec![(product, Fr::one())]);
        } else {
            let bit = rows.bit(random.gen_bool(0.5));
            number.push((bit, Fr::from(2u64).pow([number.len() as u64])));
        }
    }
    rows.finish()
}

type Terms = Vec<(usize, Fr)>;

/// Constraints as they are added, with values, behind as many public inputs as claims have.
struct Rows {
    matrices: [Csr; 3],
    values: Vec<Fr>,
}

impl Rows {
    fn new(random: &mut StdRng) -> Self {
        let matrix = || Csr { row_starts: vec![0], ..Csr::default() };
        let public = (0..PUBLIC_INPUTS).map(|_| Fr::rand(random));
        let values = std::iter::once(Fr::one()).chain(public).collect();
        Self { matrices: [matrix(), matrix(), matrix()], values }
    }

    fn count(&self) -> usize {
        self.matrices[0].rows()
    }

    fn last(&self) -> Terms {
        vec![(self.values.len() - 1, Fr::one())]
    }

    /// A new variable, the product of both sums.
    fn multiply(&mut self, left: Terms, right: Terms) -> usize {
        let value = |terms: &Terms| -> Fr {
            terms.iter().map(|(column, factor)| self.values[*column] * factor).sum()
        };
        let product = value(&left) * value(&right);
        let column = self.values.len();
        self.values.push(product);
        self.push([left, right, vec![(column, Fr::one())]]);
        column
    }

    /// A new variable that is 0 or 1.
    fn bit(&mut self, bit: bool) -> usize {
        let column = self.values.len();
        self.values.push(if bit { Fr::one() } else { Fr::zero() });
        self.push([vec![(column, Fr::one())], vec![(0, -Fr::one()), (column, Fr::one())], vec![]]);
        column
    }

    fn push(&mut self, sums: [Terms; 3]) {
        for (matrix, terms) in self.matrices.iter_mut().zip(sums) {
            matrix.columns.extend(terms.iter().map(|(column, _)| *column as u32));
            matrix.values.extend(terms.iter().map(|(_, value)| *value));
            matrix.row_starts.push(matrix.columns.len() as u32);
        }
    }

    fn finish(self) -> Sample {
        let [a, b, c] = self.matrices;
        let (public, witness) = self.values[1..].split_at(PUBLIC_INPUTS);
        Sample {
            matrices: Matrices { public: PUBLIC_INPUTS, witness: witness.len(), a, b, c },
            assignment: Assignment { public: public.to_vec(), witness: witness.to_vec().into() },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn they_hold_and_fill_their_domain() {
        for sample in [chain(8), bits(8)] {
            assert_eq!(sample.matrices.first_violated(&sample.assignment.full()), None);
            assert_eq!(sample.matrices.constraints() + 1 + sample.matrices.public, 256);
        }
    }

    #[test]
    fn nine_of_ten_are_bits() {
        let witness = bits(10).assignment.witness;
        let bits = witness.iter().filter(|value| value.is_zero() || value.is_one()).count();
        assert!((0.89..0.91).contains(&(bits as f64 / witness.len() as f64)));
    }
}
