//! The permutation with sparse partial rounds: the same function, about t² / 2t times cheaper in them.
//!
//! Two rewritings (Poseidon paper, appendix B), both exact:
//!
//! - *Constants.* In a partial round lanes 1.. meet no S-box, so their constants pass through the round's matrix
//!   into the next round's constants. Only lane 0 keeps one; the rest arrives in the first full round after.
//! - *Matrices.* Write a round's matrix `M = [[m, v], [w, M̂]]` as `M″ · M′` with `M′ = diag(1, M̂)` and the sparse
//!   `M″ = [[m, v·M̂⁻¹], [w, I]]`. `M′` leaves lane 0 alone, so it commutes with the partial S-box and with a constant
//!   on lane 0, and joins the previous round's matrix. Going backwards, each partial round keeps a sparse `M″`;
//!   what is left over ends in the last full round of the first half.

use alloc::{vec, vec::Vec};

use ark_ff::{AdditiveGroup, Field};

use crate::Fr;

/// Sparse form. On a state s of t lanes:
///
/// 1. For r in 0..R_F/2: `s_i ← (s_i + full_constants[r][i])⁵`, then `s ← matrix · s`, where matrix is the plain
///    `mds`, except in the last of these rounds, where it is [`Sparse::pre_sparse`].
/// 2. For each [`PartialRound`]: `s_0 ← (s_0 + constant)⁵`, then with that s_0 *at once*
///    `s_0 ← Σ_j row[j] · s_j` and, for i ≥ 1, `s_i ← s_i + column[i−1] · s_0` (the right-hand s are those before
///    this step).
/// 3. For r in R_F/2..R_F: as in 1, always with `mds`.
#[derive(Debug, Clone)]
pub struct Sparse {
    /// R_F rows of t constants.
    pub full_constants: Vec<Vec<Fr>>,
    /// t × t, by rows: the matrix of the last full round before the partial ones.
    pub pre_sparse: Vec<Vec<Fr>>,
    /// The R_P partial rounds in order.
    pub partial: Vec<PartialRound>,
}

/// One partial round of [`Sparse`].
#[derive(Debug, Clone)]
pub struct PartialRound {
    /// Added to lane 0 before the S-box.
    pub constant: Fr,
    /// t weights of the new lane 0.
    pub row: Vec<Fr>,
    /// t − 1 weights with which lane 0 enters lanes 1...
    pub column: Vec<Fr>,
}

type Matrix = Vec<Vec<Fr>>;

impl Sparse {
    pub(super) fn derive(half: usize, round_constants: &[Fr], mds: &Matrix) -> Self {
        let width = mds.len();
        let mut constants: Vec<Vec<Fr>> = round_constants.chunks(width).map(<[Fr]>::to_vec).collect();
        let partial_rounds = constants.len() - 2 * half;
        let lane_constants = push_forward(&mut constants[half..=half + partial_rounds], mds);
        constants.drain(half..half + partial_rounds);

        let mut partial = Vec::with_capacity(partial_rounds);
        let mut matrix = mds.clone();
        for constant in lane_constants.into_iter().rev() {
            let inner: Matrix = matrix[1..].iter().map(|row| row[1..].to_vec()).collect();
            let mut row = vec![matrix[0][0]];
            row.extend(row_times(&matrix[0][1..], &inverse(inner.clone())));
            let column = matrix[1..].iter().map(|row| row[0]).collect();
            partial.push(PartialRound { constant, row, column });
            let mut before = vec![mds[0].clone()];
            before.extend(inner.iter().map(|row| row_times(row, &mds[1..])));
            matrix = before;
        }
        partial.reverse();
        Self { full_constants: constants, pre_sparse: matrix, partial }
    }
}

/// Moves the constants of lanes 1.. of every partial round into the following round. `rounds` are the partial
/// rounds and the full round after them. Returns lane 0's constants of the partial rounds.
fn push_forward(rounds: &mut [Vec<Fr>], mds: &Matrix) -> Vec<Fr> {
    let mut kept = Vec::new();
    for i in 1..rounds.len() {
        let [round, next] = &mut rounds[i - 1..=i] else { unreachable!("a window of two") };
        kept.push(core::mem::replace(&mut round[0], Fr::ZERO));
        for (constant, row) in next.iter_mut().zip(mds) {
            *constant += dot(row, round);
        }
    }
    kept
}

fn dot(a: &[Fr], b: &[Fr]) -> Fr {
    a.iter().zip(b).map(|(a, b)| *a * b).sum()
}

/// `row · matrix`.
fn row_times(row: &[Fr], matrix: &[Vec<Fr>]) -> Vec<Fr> {
    let columns = matrix.first().map_or(0, Vec::len);
    (0..columns).map(|j| row.iter().zip(matrix).map(|(a, line)| *a * line[j]).sum()).collect()
}

/// Gauss–Jordan. Every square submatrix of a Cauchy matrix is invertible, and so are the products met here.
fn inverse(mut matrix: Matrix) -> Matrix {
    let size = matrix.len();
    for (i, row) in matrix.iter_mut().enumerate() {
        row.extend((0..size).map(|j| Fr::from(u64::from(i == j))));
    }
    for i in 0..size {
        let pivot = (i..size).find(|&k| matrix[k][i] != Fr::ZERO).expect("the matrix is invertible");
        matrix.swap(i, pivot);
        let scale = matrix[i][i].inverse().expect("the pivot is not zero");
        matrix[i].iter_mut().for_each(|entry| *entry *= scale);
        let pivot_row = matrix[i].clone();
        for (k, row) in matrix.iter_mut().enumerate() {
            let factor = row[i];
            if k != i && factor != Fr::ZERO {
                row.iter_mut().zip(&pivot_row).for_each(|(entry, p)| *entry -= factor * p);
            }
        }
    }
    matrix.into_iter().map(|row| row[size..].to_vec()).collect()
}
