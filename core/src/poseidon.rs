//! The hash `H`: Poseidon over BN254's scalar field with circomlib's parameters.
//!
//! `H(x1..xn)` runs the permutation of width n + 1 on the state `[0, x1, …, xn]` and returns the first lane.
//! Rounds, constants and matrix are those of Grassi, Khovratovich, Rechberger, Roy, Schofnegger, "Poseidon: A New
//! Hash Function for Zero-Knowledge Proof Systems" (USENIX Security 2021) with S-box x⁵, 8 full rounds, and
//! partial rounds by width. They are derived at first use from the paper's generator and kept for the rest of
//! the program, so no table has to be trusted or shipped.

use alloc::{boxed::Box, vec::Vec};

use ark_ff::{AdditiveGroup, Field};
use once_cell::race::OnceBox;

use crate::Fr;

mod grain;
mod parameters;
mod sparse;

pub use parameters::Parameters;
pub use sparse::{PartialRound, Sparse};

/// Full rounds of every width, half of them before and half after the partial rounds.
pub const FULL_ROUNDS: usize = 8;

/// `H(inputs)`.
///
/// # Panics
/// Unless there are 1 to 5 inputs or 8: the widths this protocol uses.
pub fn hash(inputs: &[Fr]) -> Fr {
    match *inputs {
        [a] => first_lane([ZERO, a]),
        [a, b] => first_lane([ZERO, a, b]),
        [a, b, c] => first_lane([ZERO, a, b, c]),
        [a, b, c, d] => first_lane([ZERO, a, b, c, d]),
        [a, b, c, d, e] => first_lane([ZERO, a, b, c, d, e]),
        [a, b, c, d, e, f, g, h] => first_lane([ZERO, a, b, c, d, e, f, g, h]),
        _ => panic!("Poseidon takes 1 to 5 inputs or 8, not {}", inputs.len()),
    }
}

/// The parameters of the permutation of `width` lanes (inputs + 1).
///
/// # Panics
/// Unless `width` is 2 to 6 or 9.
pub fn parameters(width: usize) -> &'static Parameters {
    static CACHE: [OnceBox<Parameters>; 6] = [const { OnceBox::new() }; 6];
    let (slot, partial_rounds) = match width {
        2 => (0, 56),
        3 => (1, 57),
        4 => (2, 56),
        5 => (3, 60),
        6 => (4, 60),
        9 => (5, 63),
        _ => panic!("Poseidon has 2 to 6 lanes or 9 here, not {width}"),
    };
    CACHE[slot].get_or_init(|| Box::new(Parameters::derive(width, FULL_ROUNDS, partial_rounds)))
}

/// The permutation, in the sparse form.
///
/// # Panics
/// Unless `WIDTH` is 2 to 6 or 9.
pub fn permute<const WIDTH: usize>(state: &mut [Fr; WIDTH]) {
    let parameters = parameters(WIDTH);
    let sparse = &parameters.sparse;
    let (first_half, second_half) = sparse.full_constants.split_at(FULL_ROUNDS / 2);
    for (round, constants) in first_half.iter().enumerate() {
        let last = round + 1 == first_half.len();
        full_round(state, constants, if last { &sparse.pre_sparse } else { &parameters.mds });
    }
    for round in &sparse.partial {
        let first = fifth_power(state[0] + round.constant);
        state[0] = first;
        let mixed = Fr::sum_of_products(lanes(&round.row), state);
        for (lane, weight) in state[1..].iter_mut().zip(&round.column) {
            *lane += *weight * first;
        }
        state[0] = mixed;
    }
    for constants in second_half {
        full_round(state, constants, &parameters.mds);
    }
}

const ZERO: Fr = <Fr as AdditiveGroup>::ZERO;

fn first_lane<const WIDTH: usize>(mut state: [Fr; WIDTH]) -> Fr {
    permute(&mut state);
    state[0]
}

fn full_round<const WIDTH: usize>(state: &mut [Fr; WIDTH], constants: &[Fr], matrix: &[Vec<Fr>]) {
    for (lane, constant) in state.iter_mut().zip(constants) {
        *lane = fifth_power(*lane + constant);
    }
    let before = *state;
    for (lane, row) in state.iter_mut().zip(matrix) {
        *lane = Fr::sum_of_products(lanes(row), &before);
    }
}

fn fifth_power(x: Fr) -> Fr {
    x.square().square() * x
}

fn lanes<const WIDTH: usize>(row: &[Fr]) -> &[Fr; WIDTH] {
    row.try_into().expect("parameters of another width")
}

#[cfg(test)]
mod tests {
    use super::*;
    use ark_ff::PrimeField;
    use proptest::prelude::*;

    /// The permutation as the paper writes it, from the plain parameters alone.
    fn plain(parameters: &Parameters, state: &mut [Fr]) {
        let half = parameters.full_rounds / 2;
        for (round, constants) in parameters.round_constants.chunks(parameters.width).enumerate() {
            for (lane, constant) in state.iter_mut().zip(constants) {
                *lane += constant;
            }
            let full = round < half || round >= half + parameters.partial_rounds;
            let powered = if full { parameters.width } else { 1 };
            for lane in &mut state[..powered] {
                *lane = lane.pow([5]);
            }
            let before = state.to_vec();
            for (lane, row) in state.iter_mut().zip(&parameters.mds) {
                *lane = row.iter().zip(&before).map(|(a, b)| *a * b).sum();
            }
        }
    }

    fn agree<const WIDTH: usize>(seed: [u8; 32]) {
        let mut state = [ZERO; WIDTH];
        for (i, lane) in state.iter_mut().enumerate() {
            *lane = (Fr::from_be_bytes_mod_order(&seed) + Fr::from(i as u64)).pow([3 + i as u64]);
        }
        let mut expected = state;
        plain(parameters(WIDTH), &mut expected);
        permute(&mut state);
        assert_eq!(state, expected);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(16))]
        #[test]
        fn sparse_form_is_the_plain_permutation(seed: [u8; 32]) {
            agree::<2>(seed);
            agree::<3>(seed);
            agree::<4>(seed);
            agree::<5>(seed);
            agree::<6>(seed);
            agree::<9>(seed);
        }
    }

    #[test]
    #[should_panic(expected = "1 to 5 inputs or 8, not 6")]
    fn refuses_other_widths() {
        hash(&[ZERO; 6]);
    }
}
