//! circomlib's Poseidon of eight inputs, written once over [`number::Number`] and run on words or on lanes.

mod number;
mod permutation;
mod plan;

use std::sync::OnceLock;

use ark_bn254::FrConfig;
use popw_core::Fr;

use crate::{
    field52::{Element, Limbs},
    lanes::{LANES, Lanes},
};
use permutation::Weights;

/// Weights of hashes on lanes.
pub(crate) type LaneWeights = Weights<Limbs>;

/// Inputs of a hash.
pub const INPUTS: usize = 8;

/// Lanes of the permutation.
const STATE: usize = INPUTS + 1;

/// Hashes one by one.
pub(crate) fn on_words(inputs: &[Fr], out: &mut [Fr]) {
    static WEIGHTS: OnceLock<Weights<Fr>> = OnceLock::new();
    let weights = WEIGHTS.get_or_init(Weights::new);
    for (inputs, out) in inputs.as_chunks::<INPUTS>().0.iter().zip(out) {
        *out = permutation::hash((), weights, inputs);
    }
}

/// Made at first use.
pub(crate) fn lane_weights() -> &'static LaneWeights {
    static WEIGHTS: OnceLock<LaneWeights> = OnceLock::new();
    WEIGHTS.get_or_init(Weights::new)
}

/// Hashes eight by eight. Inputs beyond a last group of fewer than eight are zeros, hashed for nothing.
#[inline(always)]
pub(crate) fn on_lanes<L: Lanes>(machine: L::Machine, weights: &LaneWeights, inputs: &[Fr], out: &mut [Fr]) {
    let (groups, rest) = inputs.as_chunks::<{ INPUTS * LANES }>();
    let (outs, rest_out) = out.as_chunks_mut::<LANES>();
    for (group, out) in groups.iter().zip(outs) {
        *out = eight::<L>(machine, weights, group);
    }
    if !rest.is_empty() {
        let mut group = [Fr::default(); INPUTS * LANES];
        group[..rest.len()].copy_from_slice(rest);
        let hashes = eight::<L>(machine, weights, &group);
        rest_out.copy_from_slice(&hashes[..rest_out.len()]);
    }
}

#[inline(always)]
fn eight<L: Lanes>(machine: L::Machine, weights: &LaneWeights, inputs: &[Fr; INPUTS * LANES]) -> [Fr; LANES] {
    let mut state = [Element::<FrConfig, L>::splat(machine, &[0; 5]); INPUTS];
    for (i, element) in state.iter_mut().enumerate() {
        let mut gathered = [&inputs[i]; LANES];
        for lane in 1..LANES {
            gathered[lane] = &inputs[INPUTS * lane + i];
        }
        *element = Element::load_divided_by_16(machine, &gathered);
    }
    permutation::hash(machine, weights, &state).store_times_16()
}
