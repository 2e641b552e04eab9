//! circomlib's Poseidon, in the sparse form of its parameters ([`popw_core::poseidon::Sparse`]).

use alloc::vec::Vec;

use ark_ff::Field;
use popw_core::{
    Fr,
    poseidon::{FULL_ROUNDS, parameters},
};

use crate::driver::Driver;

/// Default body of [`Driver::poseidon`]. Cost in R1CS: 3 per S-box: the capacity lane enters as a constant, so its
/// first S-box is free, e.g. 240 for two inputs.
///
/// # Panics
/// Unless there are 1 to 5 inputs or 8.
pub fn default_hash<D: Driver>(d: &mut D, inputs: &[D::Wire]) -> D::Wire {
    let parameters = parameters(inputs.len() + 1);
    let sparse = &parameters.sparse;
    let half = FULL_ROUNDS / 2;
    let mut state: Vec<D::Wire> = Vec::new();
    for (round, constants) in sparse.full_constants.iter().enumerate() {
        if round == half {
            state = partial_rounds(d, state, &sparse.partial);
        }
        let lanes: Vec<D::Wire> = if round == 0 {
            let capacity = d.constant(constants[0].pow([5u64]));
            let rest = inputs.iter().zip(&constants[1..]).map(|(lane, c)| fifth_power(d, lane, *c));
            core::iter::once(capacity).chain(rest.collect::<Vec<_>>()).collect()
        } else {
            state.iter().zip(constants).map(|(lane, c)| fifth_power(d, lane, *c)).collect()
        };
        let matrix = if round + 1 == half { &sparse.pre_sparse } else { &parameters.mds };
        // Only the first lane leaves the last round.
        let rows = if round + 1 == FULL_ROUNDS { 1 } else { lanes.len() };
        state = matrix[..rows].iter().map(|row| weighted_sum(d, row, &lanes)).collect();
    }
    state.swap_remove(0)
}

fn partial_rounds<D: Driver>(
    d: &mut D,
    mut state: Vec<D::Wire>,
    rounds: &[popw_core::poseidon::PartialRound],
) -> Vec<D::Wire> {
    for round in rounds {
        state[0] = fifth_power(d, &state[0], round.constant);
        let first = weighted_sum(d, &round.row, &state);
        for i in 1..state.len() {
            state[i] =
                d.linear(&[(Fr::from(1u64), &state[i]), (round.column[i - 1], &state[0])], Fr::from(0u64));
        }
        state[0] = first;
    }
    state
}

fn weighted_sum<D: Driver>(d: &mut D, weights: &[Fr], lanes: &[D::Wire]) -> D::Wire {
    let terms: Vec<_> = weights.iter().copied().zip(lanes).collect();
    d.linear(&terms, Fr::from(0u64))
}

/// `(wire + constant)^5`.
fn fifth_power<D: Driver>(d: &mut D, wire: &D::Wire, constant: Fr) -> D::Wire {
    let x = d.linear(&[(Fr::from(1u64), wire)], constant);
    let square = d.mul(&x, &x);
    let fourth = d.mul(&square, &square);
    d.mul(&fourth, &x)
}
