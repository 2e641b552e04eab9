//! Circuits to measure with.

use ark_ff::{One, UniformRand};
use ark_std::rand::{Rng, SeedableRng, rngs::StdRng};
use popw_circuits::{
    claims::{self, Shape},
    drivers::{
        evaluate::{Assignment, Evaluate},
        r1cs::{Csr, Matrices, R1cs},
    },
    fixtures::Network,
};
use popw_core::Fr;
use popw_verifier::PUBLIC_INPUTS;

/// A circuit with an honest assignment.
pub struct Sample {
    /// Its name.
    pub name: String,
    /// Its constraints.
    pub matrices: Matrices,
    /// Values that satisfy them.
    pub assignment: Assignment,
    /// The shape, of the uptime claim.
    pub shape: Option<Shape>,
}

/// As many constraints, a tenth of them on bits, the rest on full-size elements with sums of two to six terms, as
/// gadgets of hashes and curves make them.
pub fn synthetic(constraints: usize) -> Sample {
    let matrix = || Csr { row_starts: vec![0], ..Csr::default() };
    let [mut a, mut b, mut c] = [matrix(), matrix(), matrix()];
    let mut values: Vec<Fr> = (1..=PUBLIC_INPUTS as u64 + 2).map(Fr::from).collect();
    let mut random = StdRng::seed_from_u64(1);
    let coefficients: Vec<Fr> = (0..300).map(|_| Fr::rand(&mut random)).collect();
    for row in 0..constraints {
        let next = values.len();
        let (left, right, product) = if row % 10 == 0 {
            values.push(Fr::from(random.gen_bool(0.5)));
            (vec![(next, Fr::one())], vec![(0, -Fr::one()), (next, Fr::one())], vec![])
        } else {
            let left = sum(&mut random, &coefficients, next, 5);
            let right = sum(&mut random, &coefficients, next, 2);
            values.push(dot(&left, &values) * dot(&right, &values));
            (left, right, vec![(next, Fr::one())])
        };
        for (matrix, terms) in [(&mut a, left), (&mut b, right), (&mut c, product)] {
            matrix.columns.extend(terms.iter().map(|(column, _)| *column as u32));
            matrix.values.extend(terms.iter().map(|(_, value)| *value));
            matrix.row_starts.push(matrix.columns.len() as u32);
        }
    }
    let (public, witness) = values[1..].split_at(PUBLIC_INPUTS);
    Sample {
        name: format!("synthetic, {constraints} constraints"),
        matrices: Matrices { public: PUBLIC_INPUTS, witness: witness.len(), a, b, c },
        assignment: Assignment { public: public.to_vec(), witness: witness.to_vec() },
        shape: None,
    }
}

type Terms = Vec<(usize, Fr)>;

/// A constant and up to `most` of the last variables, with ones, minus ones and other coefficients.
fn sum(random: &mut StdRng, coefficients: &[Fr], variables: usize, most: usize) -> Terms {
    let mut columns: Vec<usize> = (0..random.gen_range(1..=most))
        .map(|_| variables - random.gen_range(1..=variables.min(40)))
        .collect();
    columns.push(0);
    columns.sort_unstable();
    columns.dedup();
    let mut coefficient = || match random.gen_range(0..3) {
        0 => Fr::one(),
        1 => -Fr::one(),
        _ => coefficients[random.gen_range(0..coefficients.len())],
    };
    columns.into_iter().map(|column| (column, coefficient())).collect()
}

fn dot(terms: &Terms, values: &[Fr]) -> Fr {
    terms.iter().map(|(column, coefficient)| values[*column] * coefficient).sum()
}

/// The uptime claim, every seat used.
pub fn uptime(shape: Shape) -> Sample {
    let mut r1cs = R1cs::new();
    claims::synthesize(&mut r1cs, &shape, None);
    Sample {
        name: format!("uptime, {}, {} constraints", shape.name, r1cs.constraints()),
        matrices: r1cs.finish(),
        assignment: uptime_witness(&shape),
        shape: Some(shape),
    }
}

/// Only the witness of [`uptime()`].
pub fn uptime_witness(shape: &Shape) -> Assignment {
    let witness = Network::new(*shape).witness();
    let mut evaluate = Evaluate::new();
    claims::synthesize(&mut evaluate, shape, Some(&witness));
    evaluate.finish()
}
