//! Rounds of Poseidon as the paper writes them, of values.

use alloc::vec::Vec;

use popw_core::{Fr, poseidon::Parameters};

use super::expression::fifth_power;

/// One round of the permutation.
pub(super) fn round(parameters: &Parameters, number: usize, state: &mut [Fr]) {
    let constants = &parameters.round_constants[number * parameters.width..];
    let powered = if is_full(parameters, number) { parameters.width } else { 1 };
    for (lane, constant) in state.iter_mut().zip(constants) {
        *lane += constant;
    }
    for lane in &mut state[..powered] {
        *lane = fifth_power(lane);
    }
    let mixed: Vec<Fr> = parameters
        .mds
        .iter()
        .map(|row| row.iter().zip(&*state).map(|(weight, lane)| *weight * lane).sum())
        .collect();
    state.copy_from_slice(&mixed);
}

/// Whether every lane of this round is powered.
pub(super) fn is_full(parameters: &Parameters, number: usize) -> bool {
    let half = parameters.full_rounds / 2;
    number < half || number >= half + parameters.partial_rounds
}
