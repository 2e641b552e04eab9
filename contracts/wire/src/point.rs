//! Points as bytes.

/// A point of G1: x, y, 32 bytes big-endian each.
pub type G1 = [u8; 64];
/// A point of G2: x.c1, x.c0, y.c1, y.c0, 32 bytes big-endian each.
pub type G2 = [u8; 128];

/// q, below which coordinates are; big-endian.
pub const FIELD_MODULUS: [u8; 32] = [
    0x30, 0x64, 0x4e, 0x72, 0xe1, 0x31, 0xa0, 0x29, 0xb8, 0x50, 0x45, 0xb6, 0x81, 0x81, 0x58, 0x5d, 0x97,
    0x81, 0x6a, 0x91, 0x68, 0x71, 0xca, 0x8d, 0x3c, 0x20, 0x8c, 0x16, 0xd8, 0x7c, 0xfd, 0x47,
];

/// r, below which scalars are; big-endian.
pub const SCALAR_MODULUS: [u8; 32] = [
    0x30, 0x64, 0x4e, 0x72, 0xe1, 0x31, 0xa0, 0x29, 0xb8, 0x50, 0x45, 0xb6, 0x81, 0x81, 0x58, 0x5d, 0x28,
    0x33, 0xe8, 0x48, 0x79, 0xb9, 0x70, 0x91, 0x43, 0xe1, 0xf5, 0x93, 0xf0, 0x00, 0x00, 0x01,
];

/// x of G1's generator.
const G1_GENERATOR_X: [u8; 32] =
    [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1];

/// x.c1, x.c0 of G2's generator.
const G2_GENERATOR_X: [u8; 64] = [
    0x19, 0x8e, 0x93, 0x93, 0x92, 0x0d, 0x48, 0x3a, 0x72, 0x60, 0xbf, 0xb7, 0x31, 0xfb, 0x5d, 0x25, 0xf1,
    0xaa, 0x49, 0x33, 0x35, 0xa9, 0xe7, 0x12, 0x97, 0xe4, 0x85, 0xb7, 0xae, 0xf3, 0x12, 0xc2, 0x18, 0x00,
    0xde, 0xef, 0x12, 0x1f, 0x1e, 0x76, 0x42, 0x6a, 0x00, 0x66, 0x5e, 0x5c, 0x44, 0x79, 0x67, 0x43, 0x22,
    0xd4, 0xf7, 0x5e, 0xda, 0xdd, 0x46, 0xde, 0xbd, 0x5c, 0xd9, 0x92, 0xf6, 0xed,
];

/// What is wrong with a point's bytes before any arithmetic.
pub(crate) enum Flaw {
    Infinity,
    NotCanonical,
}

/// Refuses infinity (all zeros) and coordinates of q and more.
pub(crate) fn check(point: &[u8]) -> Result<(), Flaw> {
    if point.iter().all(|byte| *byte == 0) {
        return Err(Flaw::Infinity);
    }
    let (coordinates, _) = point.as_chunks::<32>();
    // Big-endian arrays of one length compare as their numbers do.
    if coordinates.iter().any(|coordinate| *coordinate >= FIELD_MODULUS) {
        return Err(Flaw::NotCanonical);
    }
    Ok(())
}

/// The first half of a point's bytes. Points of the same curve with equal x are equal or opposite.
pub(crate) fn x(point: &[u8]) -> &[u8] {
    point.split_at(point.len() >> 1).0
}

pub(crate) fn is_g1_generator(point: &G1) -> bool {
    x(point) == G1_GENERATOR_X
}

pub(crate) fn is_g2_generator(point: &G2) -> bool {
    x(point) == G2_GENERATOR_X
}

/// −P, for a P of G1 that is on its curve and not infinity: its y is then in 1..q (no point of G1 has y = 0), so q − y is
/// canonical too.
pub fn negate(point: &G1) -> G1 {
    let mut negated = *point;
    let (_, y) = negated.split_at_mut(32);
    let mut borrow = false;
    for (byte, modulus) in y.iter_mut().zip(&FIELD_MODULUS).rev() {
        let (difference, first) = modulus.overflowing_sub(*byte);
        let (difference, second) = difference.overflowing_sub(u8::from(borrow));
        (*byte, borrow) = (difference, first || second);
    }
    negated
}
