//! Pairs of points, by their indices.

use zeroize::Zeroize;

/// In the index of a point: it is subtracted.
pub const NEGATIVE: u32 = 1 << 31;

/// Two points to be added. Bit 31 of an index says that the point is to be negated.
#[derive(Clone, Copy, Debug, Zeroize)]
pub struct Pair {
    pub a: u32,
    pub b: u32,
    /// Index of the sum.
    pub to: u32,
}

/// An index without its sign.
#[inline(always)]
pub fn index(signed: u32) -> usize {
    (signed & !NEGATIVE) as usize
}
