//! Field and hash arithmetic on wide vector units, chosen at run time.

use popw_core::{Fr, poseidon};

/// circomlib's Poseidon of eight inputs, for every group of eight in `inputs`.
///
/// # Panics
/// Unless there are eight inputs for each output.
pub fn poseidon8(inputs: &[Fr], out: &mut [Fr]) {
    assert_eq!(inputs.len(), 8 * out.len(), "eight inputs for each output");
    for (group, out) in inputs.chunks_exact(8).zip(out) {
        *out = poseidon::hash(group);
    }
}
