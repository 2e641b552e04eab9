//! What a proof will cost, without making one.

use std::time::Instant;

use ark_bn254::{Fr, G1Projective};
use ark_ec::{CurveGroup, PrimeGroup, VariableBaseMSM};
use ark_ff::{AdditiveGroup, Field, batch_inversion};

use super::Layout;

/// What a proof will cost.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Estimate {
    /// Rows of the table, a power of two.
    pub rows: usize,
    /// Advice columns, and the fixed columns that a key has.
    pub columns: usize,
    /// Peak memory, bytes, within about a third.
    pub memory_bytes: u64,
    /// Time of the proof without the witness, seconds, within about a half.
    pub seconds: f64,
}

/// Copies of a column in memory at the peak, on average, as measured: values and coefficients of all, evaluations on
/// one coset at a time, and the key's file while it is read.
const FORMS: usize = 5;
/// Commitments besides those to advice columns: permutation products, the quotient's pieces, blinding, openings.
const OTHER_COMMITMENTS: usize = 2 + 5 + 1 + 2;
/// A whole proof takes this many times its commitments: transforms, the quotient's evaluation, openings.
const WHOLE: f64 = 1.4;

/// Estimates the cost of a proof of `layout` from a measurement of about 0.1 s on this machine.
pub fn estimate(layout: &Layout) -> Estimate {
    let rows = 1usize << layout.k;
    let advice = popw_circuits::drivers::plonkish::ADVICE;
    // Columns that the layout leaves empty are not in its key.
    let fixed = layout.fixed.iter().filter(|column| column.iter().any(|value| *value != Fr::ZERO)).count();
    let columns = advice + fixed;
    // Key: fixed columns and permutations of advice and instance. Proof: advice, products, quotient.
    let held = columns + (advice + 1) + 8;
    let memory = held * FORMS * rows * size_of::<Fr>();
    let commitments = advice + OTHER_COMMITMENTS;
    Estimate {
        rows,
        columns,
        memory_bytes: memory as u64,
        seconds: commitment_seconds(rows) * commitments as f64 * WHOLE,
    }
}

/// Time of one commitment to `rows` values, from a smaller one.
fn commitment_seconds(rows: usize) -> f64 {
    const SIZE: usize = 1 << 12;
    let mut scalars: Vec<Fr> = (1..=SIZE as u64).map(|i| Fr::from(i).square() + Fr::from(7u64)).collect();
    batch_inversion(&mut scalars);
    let points: Vec<G1Projective> =
        std::iter::successors(Some(G1Projective::generator()), |point| Some(*point + point))
            .take(SIZE)
            .collect();
    let points = G1Projective::normalize_batch(&points);
    let started = Instant::now();
    let sum = G1Projective::msm_unchecked(&points, &scalars);
    let _ = std::hint::black_box(sum);
    // Larger multiplications are cheaper a point: windows grow with the logarithm.
    let seconds = started.elapsed().as_secs_f64() * rows as f64 / SIZE as f64;
    seconds * f64::from(SIZE.ilog2()) / f64::from(rows.max(2).ilog2())
}
