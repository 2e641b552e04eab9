//! Round constants and matrix of one width.

use alloc::vec::Vec;

use ark_ff::Field;

use super::{grain::Grain, sparse::Sparse};
use crate::Fr;

/// What the permutation of one width consists of. A round adds its constants, raises lanes to the fifth power
/// (all of them in a full round, lane 0 in a partial one) and multiplies by `mds`. Half the full rounds come
/// first, then the partial ones, then the other half.
#[derive(Debug, Clone)]
pub struct Parameters {
    /// Lanes of the state, t.
    pub width: usize,
    /// Full rounds, R_F = 8.
    pub full_rounds: usize,
    /// Partial rounds, R_P.
    pub partial_rounds: usize,
    /// t · (R_F + R_P) constants, round by round.
    pub round_constants: Vec<Fr>,
    /// t × t, by rows: the new lane i is `Σ_j mds[i][j] · lane_j`.
    pub mds: Vec<Vec<Fr>>,
    /// The same permutation with cheaper partial rounds.
    pub sparse: Sparse,
}

impl Parameters {
    pub(super) fn derive(width: usize, full_rounds: usize, partial_rounds: usize) -> Self {
        let mut grain = Grain::new(width, full_rounds, partial_rounds);
        let count = width * (full_rounds + partial_rounds);
        let round_constants: Vec<Fr> = (0..count).map(|_| grain.uniform()).collect();
        let mds = cauchy(&mut grain, width);
        let sparse = Sparse::derive(full_rounds / 2, &round_constants, &mds);
        Self { width, full_rounds, partial_rounds, round_constants, mds, sparse }
    }
}

/// `1 / (x_i + y_j)` for the generator's next x_0.., y_0... The reference implementation draws again if two
/// values coincide or a sum is zero; that does not happen for the widths used here.
fn cauchy(grain: &mut Grain, width: usize) -> Vec<Vec<Fr>> {
    let x: Vec<Fr> = (0..width).map(|_| grain.reduced()).collect();
    let y: Vec<Fr> = (0..width).map(|_| grain.reduced()).collect();
    let entry =
        |x: &Fr, y: &Fr| (*x + y).inverse().expect("the generator's sums are not zero for these widths");
    x.iter().map(|x| y.iter().map(|y| entry(x, y)).collect()).collect()
}
