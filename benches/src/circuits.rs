//! Circuits to measure with.

use ark_ff::{One, Zero};
use popw_circuits::{
    claims::uptime::{self, Shape},
    drivers::{
        evaluate::{Assignment, Evaluate},
        r1cs::{Csr, Matrices, R1cs},
    },
};
use popw_core::Fr;
use popw_verifier::PUBLIC_INPUTS;

use crate::network;

/// A circuit with an honest assignment.
pub struct Sample {
    /// Its name.
    pub name: String,
    /// Its constraints.
    pub matrices: Matrices,
    /// Values that satisfy them.
    pub assignment: Assignment,
}

/// About `constraints` constraints, a tenth of them on bits, the rest on full-size elements with sums of one to
/// five terms, as gadgets of hashes and curves make them.
pub fn synthetic(constraints: usize) -> Sample {
    let matrix = || Csr { row_starts: vec![0], ..Csr::default() };
    let mut matrices = Matrices { public: PUBLIC_INPUTS, witness: 0, a: matrix(), b: matrix(), c: matrix() };
    let mut values: Vec<Fr> = (1..=PUBLIC_INPUTS as u64 + 2).map(Fr::from).collect();
    let mut random = 0x9e37_79b9_7f4a_7c15u64;
    let mut next = |below: usize| {
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        (random % below as u64) as usize
    };
    let coefficients: Vec<Fr> = (0..300u64).map(|i| Fr::from(i + 2).inverse_or_one()).collect();
    for row in 0..constraints {
        let last = values.len() - 1;
        let bit = row % 10 == 0;
        if bit {
            values.push(Fr::from(next(2) as u64));
        }
        let terms: [Vec<(usize, Fr)>; 2] = if bit {
            [vec![(last + 1, Fr::one())], vec![(0, -Fr::one()), (last + 1, Fr::one())]]
        } else {
            [1 + next(5), 1 + next(2)].map(|count| {
                let mut columns: Vec<usize> = (0..count).map(|_| last - next(last.min(40))).collect();
                columns.sort_unstable();
                columns.dedup();
                columns
                    .into_iter()
                    .map(|column| {
                        (
                            column,
                            match next(3) {
                                0 => Fr::one(),
                                1 => -Fr::one(),
                                _ => coefficients[next(coefficients.len())],
                            },
                        )
                    })
                    .collect()
            })
        };
        let value = |terms: &[(usize, Fr)]| terms.iter().map(|(column, c)| values[*column] * c).sum::<Fr>();
        let product = value(&terms[0]) * value(&terms[1]);
        let result = if bit {
            vec![]
        } else {
            values.push(product);
            vec![(values.len() - 1, Fr::one())]
        };
        let [a, b] = terms;
        for (matrix, terms) in [(&mut matrices.a, a), (&mut matrices.b, b), (&mut matrices.c, result)] {
            matrix.columns.extend(terms.iter().map(|(column, _)| *column as u32));
            matrix.values.extend(terms.iter().map(|(_, value)| *value));
            matrix.row_starts.push(matrix.columns.len() as u32);
        }
    }
    matrices.witness = values.len() - 1 - PUBLIC_INPUTS;
    let (public, witness) = values[1..].split_at(PUBLIC_INPUTS);
    let assignment = Assignment { public: public.to_vec(), witness: witness.to_vec() };
    Sample { name: format!("synthetic, {constraints} constraints"), matrices, assignment }
}

trait InverseOrOne {
    fn inverse_or_one(self) -> Self;
}

impl InverseOrOne for Fr {
    fn inverse_or_one(self) -> Self {
        if self.is_zero() { Self::one() } else { ark_ff::Field::inverse(&self).unwrap_or(Self::one()) }
    }
}

/// The uptime claim, every seat used.
pub fn uptime(shape: Shape) -> Sample {
    let mut r1cs = R1cs::new();
    uptime::synthesize(&mut r1cs, &shape, None);
    Sample {
        name: format!("uptime, {}, {} constraints", shape.name, r1cs.constraints()),
        matrices: r1cs.finish(),
        assignment: uptime_witness(&shape),
    }
}

/// Only the witness of [`uptime`].
pub fn uptime_witness(shape: &Shape) -> Assignment {
    let witness = network::uptime(shape);
    let mut evaluate = Evaluate::new();
    uptime::synthesize(&mut evaluate, shape, Some(&witness));
    evaluate.finish()
}
