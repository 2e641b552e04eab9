//! Poseidon of widths 4, 5 and 6: one round a row.
//!
//! The state before a round is in `a0..`, its constants in the coefficients; the state after it is in the next
//! row. Full and partial rounds share the matrix product: lanes behind the first enter it powered or as they are.

use alloc::vec::Vec;

use popw_core::{Fr, poseidon};

use super::{
    Plonkish,
    expression::{Expression, Gate, Row, weighted},
    fixed,
    rounds::{is_full, round},
};

const NAMES: [&str; 3] = ["poseidon t=4", "poseidon t=5", "poseidon t=6"];

/// Degree 6. `shifted` are the cells plus their constants, `powered` their fifth powers.
pub(super) fn gate<E: Expression>(
    i: usize,
    row: &Row<E>,
    fixed: &[E],
    shifted: &[E; 6],
    powered: &[E; 6],
) -> Gate<E> {
    let width = i + 4;
    let (full, partial) = (fixed[fixed::T4_TO_T6_FULL[i]].clone(), fixed[fixed::T4_TO_T6_PARTIAL[i]].clone());
    let either = full.clone() + partial.clone();
    let lane = |j: usize| match j {
        0 => either.clone() * powered[0].clone(),
        _ => full.clone() * powered[j].clone() + partial.clone() * shifted[j].clone(),
    };
    let lanes: Vec<E> = (0..width).map(lane).collect();
    let constraint = |(matrix, next): (&Vec<Fr>, &E)| {
        either.clone() * next.clone() - weighted(matrix.iter().copied().zip(lanes.iter().cloned()))
    };
    let parameters = poseidon::parameters(width);
    Gate { name: NAMES[i], constraints: parameters.mds.iter().zip(&row.next).map(constraint).collect() }
}

/// The hash of 3, 4 or 5 variables. 65 or 69 rows.
pub(super) fn hash(d: &mut Plonkish, inputs: &[u32]) -> u32 {
    let width = inputs.len() + 1;
    let i = width - 4;
    let parameters = poseidon::parameters(width);
    let rounds = parameters.full_rounds + parameters.partial_rounds;
    let zero = d.constant_variable(Fr::from(0u64));
    let first = d.table.rows(rounds + 1, NAMES[i]);
    d.place(zero, 0, first);
    for (column, input) in (1..).zip(inputs) {
        d.place(*input, column, first);
    }
    let values: Option<Vec<Fr>> = inputs.iter().map(|input| d.variable_value(*input)).collect();
    let mut state = values.map(|mut values| {
        values.insert(0, Fr::from(0u64));
        values
    });
    let mut row = first;
    for number in 0..rounds {
        let full = is_full(parameters, number);
        d.table.select(if full { fixed::T4_TO_T6_FULL[i] } else { fixed::T4_TO_T6_PARTIAL[i] }, row);
        let constants = &parameters.round_constants[number * width..];
        for (column, constant) in fixed::LINEAR.into_iter().zip(&constants[..width]) {
            d.table.fix(column, row, *constant);
        }
        if let Some(state) = &mut state {
            round(parameters, number, state);
        }
        row += 1;
        for column in 0..width {
            d.table.assign(column, row, state.as_ref().map(|state| state[column]));
        }
    }
    d.variable_at(0, row, state.map(|state| state[0]))
}
