//! What a program knows of its verifying key.

/// Public inputs of every claim: context, nullifier, outcome.
pub const INPUTS: usize = 3;

/// A Groth16 verifying key as the curve operations take it: points as big-endian `x ‖ y`, a coordinate of G2 as
/// `c1 ‖ c0`. α, γ and δ are negated, so that the four pairings of a true proof multiply to 1.
///
/// Make it with `popw-solana-key`: these fields are not checked again.
pub struct Key {
    /// IC points, the constant's first.
    pub ic: [u8; 64 * (INPUTS + 1)],
    /// −α ‖ β.
    pub minus_alpha_beta: [u8; 192],
    /// −γ.
    pub minus_gamma: [u8; 128],
    /// −δ.
    pub minus_delta: [u8; 128],
}
