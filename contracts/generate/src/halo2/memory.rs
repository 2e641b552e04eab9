//! The contract's map of memory and calldata. Everything below is written before it is read in each call.

/// A point, then the scalar it is multiplied by: ecMul's input.
pub(super) const CHAIN: usize = 0x00;
pub(super) const CHAIN_SCALAR: usize = 0x40;
/// Its product, then the point that is added: ecAdd's input. Several, for points that are put there beforehand.
pub(super) const PRODUCTS: [usize; 4] = [0x60, 0x260, 0x2e0, 0x360];
pub(super) const PRODUCT_BYTES: usize = 0x40;
/// The sum of everything so far, then a point with its scalar, replaced by its product.
pub(super) const TOTAL: usize = 0x100;
pub(super) const TERM: usize = 0x140;
pub(super) const TERM_SCALAR: usize = 0x180;
/// The folded pieces of the quotient.
pub(super) const PIECES: usize = 0x1a0;
/// The pairing's input takes the place of all these: second opening, τ·G2, the total, −G2.
pub(super) const PAIRING_TAU: usize = 0x40;
pub(super) const PAIRING_TOTAL: usize = 0xc0;
pub(super) const PAIRING_MINUS_G2: usize = 0x100;
pub(super) const PAIRING_BYTES: usize = 0x180;
/// What precompiles answer that is no point.
pub(super) const INVERSE: usize = 0x1e0;
pub(super) const VERDICT: usize = 0x200;
/// The product that is inverted.
pub(super) const DENOMINATOR: usize = 0x220;
/// x^n.
pub(super) const ROWS_POWER: usize = 0x240;
/// θ, β, γ, y, x, y', v, u.
pub(super) const CHALLENGES: usize = 0x3e0;
/// The transcript.
pub(super) const TRANSCRIPT: usize = CHALLENGES + 8 * 0x20;

/// Where the proof is in canonical calldata: after the selector, two heads and a length.
pub(super) const CALL_PROOF: usize = 4 + 0x40 + 0x20;
