//! Numbers and points as bytes: Montgomery limbs, least significant first, as in key files and `.zkey` files.

use ark_bn254::{Fq, Fq2, Fr, G1Affine, G2Affine};
use ark_ff::{BigInt, PrimeField};

/// The scalar with these Montgomery limbs; `None` if they are not below the modulus.
pub(super) fn scalar(bytes: &[u8; 32]) -> Option<Fr> {
    let limbs = integer(bytes);
    (limbs < Fr::MODULUS).then(|| Fr::new_unchecked(limbs))
}

/// The number that the bytes are, least significant first.
pub(super) fn integer(bytes: &[u8; 32]) -> BigInt<4> {
    let (limbs, _) = bytes.as_chunks::<8>();
    BigInt(std::array::from_fn(|i| u64::from_le_bytes(limbs[i])))
}

/// A number's bytes, least significant first.
pub(super) fn integer_bytes(number: BigInt<4>) -> [u8; 32] {
    limbs::<1, 32>([number])
}

/// Montgomery limbs of a scalar.
pub(super) fn scalar_bytes(value: Fr) -> [u8; 32] {
    limbs::<1, 32>([value.0])
}

/// Montgomery limbs of x, then y; zeros for infinity.
pub(super) fn g1_bytes(point: &G1Affine) -> [u8; 64] {
    limbs([point.x.0, point.y.0])
}

/// Montgomery limbs of x, then y, of each c0 then c1; zeros for infinity.
pub(super) fn g2_bytes(point: &G2Affine) -> [u8; 128] {
    let (Fq2 { c0: x0, c1: x1 }, Fq2 { c0: y0, c1: y1 }) = (point.x, point.y);
    limbs([x0.0, x1.0, y0.0, y1.0])
}

/// The point that [`g1_bytes`] wrote. Nothing is checked: coordinates may be beyond the modulus, the point off the curve.
pub(super) fn g1(bytes: &[u8; 64]) -> G1Affine {
    let [x, y] = coordinates(bytes);
    G1Affine::new_unchecked(x, y)
}

/// The point that [`g2_bytes`] wrote, unchecked as with [`g1`].
pub(super) fn g2(bytes: &[u8; 128]) -> G2Affine {
    let [x0, x1, y0, y1] = coordinates(bytes);
    G2Affine::new_unchecked(Fq2::new(x0, x1), Fq2::new(y0, y1))
}

fn coordinates<const N: usize, const BYTES: usize>(bytes: &[u8; BYTES]) -> [Fq; N] {
    const { assert!(BYTES == 32 * N) };
    let (numbers, _) = bytes.as_chunks::<32>();
    std::array::from_fn(|i| Fq::new_unchecked(integer(&numbers[i])))
}

fn limbs<const N: usize, const BYTES: usize>(numbers: [BigInt<4>; N]) -> [u8; BYTES] {
    const { assert!(BYTES == 32 * N) };
    std::array::from_fn(|i| numbers[i / 32].0[i % 32 / 8].to_le_bytes()[i % 8])
}
