//! The little linear algebra that the plan needs.

use ark_ff::{AdditiveGroup, Field};
use popw_core::Fr;

/// By rows.
pub type Matrix = Vec<Vec<Fr>>;

/// `Σ a b`.
pub fn dot(a: &[Fr], b: &[Fr]) -> Fr {
    a.iter().zip(b).map(|(a, b)| *a * b).sum()
}

/// `row · matrix`.
pub fn row_times(row: &[Fr], matrix: &[Vec<Fr>]) -> Vec<Fr> {
    let columns = matrix.first().map_or(0, Vec::len);
    (0..columns).map(|j| row.iter().zip(matrix).map(|(a, line)| *a * line[j]).sum()).collect()
}

/// Coefficients from the highest, 1, by Faddeev and LeVerrier.
pub fn characteristic_polynomial(matrix: &Matrix) -> Vec<Fr> {
    let size = matrix.len();
    let mut coefficients = vec![Fr::ONE];
    let mut product = vec![vec![Fr::ZERO; size]; size];
    for k in 1..=size {
        for (i, row) in product.iter_mut().enumerate() {
            row[i] += coefficients[k - 1];
        }
        product = matrix.iter().map(|row| row_times(row, &product)).collect();
        let trace: Fr = (0..size).map(|i| product[i][i]).sum();
        let count = Fr::from(k as u64).inverse().expect("a small number is not zero");
        coefficients.push(-trace * count);
    }
    coefficients
}

/// By Gauss and Jordan.
///
/// # Panics
/// If there is none.
pub fn inverse(mut matrix: Matrix) -> Matrix {
    let size = matrix.len();
    for (i, row) in matrix.iter_mut().enumerate() {
        row.extend((0..size).map(|j| Fr::from(u64::from(i == j))));
    }
    for i in 0..size {
        let pivot = (i..size).find(|&k| matrix[k][i] != Fr::ZERO);
        matrix.swap(i, pivot.expect("the matrix is regular"));
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn characteristic_polynomial_of_a_known_matrix() {
        let matrix = [[2u64, 1], [1, 3]].map(|row| row.map(Fr::from).to_vec()).to_vec();
        assert_eq!(characteristic_polynomial(&matrix), [Fr::ONE, -Fr::from(5u64), Fr::from(5u64)]);
    }

    #[test]
    fn inverse_with_a_zero_on_the_diagonal() {
        let matrix = [[0u64, 2], [1, 3]].map(|row| row.map(Fr::from).to_vec()).to_vec();
        let inverse = inverse(matrix.clone());
        let product: Matrix = matrix.iter().map(|row| row_times(row, &inverse)).collect();
        assert_eq!(product, [[1u64, 0], [0, 1]].map(|row| row.map(Fr::from).to_vec()));
    }
}
