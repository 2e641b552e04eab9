//! Bytes to nodes and back, and the hashes of nothing.

use std::sync::OnceLock;

use ark_ff::{AdditiveGroup, BigInt, PrimeField};
use popw_core::{Fr, field, poseidon};

use crate::layout::{ARITY, NODE_BYTES};

/// Heights of any tree that fits [`MAX_BYTES`](crate::layout::MAX_BYTES).
const HEIGHTS: usize = 21;

/// The nodes of these bytes; the last one as if followed by zero bytes.
pub(crate) fn nodes(data: &[u8]) -> Vec<Fr> {
    data.chunks(NODE_BYTES as usize).map(node).collect()
}

/// One node: [`field::bytes31`] of up to 31 bytes and as many zero bytes as are missing, without its 31
/// multiplications.
pub(crate) fn node(bytes: &[u8]) -> Fr {
    let mut padded = [0u8; 32];
    padded[1..=bytes.len()].copy_from_slice(bytes);
    let mut limbs = [0u64; 4];
    for (limb, chunk) in limbs.iter_mut().rev().zip(padded.as_chunks().0) {
        *limb = u64::from_be_bytes(*chunk);
    }
    // 248 bits are below r.
    Fr::from_bigint(BigInt(limbs)).unwrap_or(Fr::ZERO)
}

/// Hashes as the tree file has them.
pub(crate) fn to_bytes(hashes: &[Fr]) -> Vec<u8> {
    hashes.iter().flat_map(field::to_be_bytes).collect()
}

/// The root of the all-zero tree of this height.
pub(crate) fn zero(height: u8) -> Fr {
    static ZEROS: OnceLock<[Fr; HEIGHTS]> = OnceLock::new();
    let zeros = ZEROS.get_or_init(|| {
        let mut zeros = [Fr::ZERO; HEIGHTS];
        for height in 1..HEIGHTS {
            zeros[height] = poseidon::hash(&[zeros[height - 1]; ARITY as usize]);
        }
        zeros
    });
    zeros[usize::from(height)]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_node_is_its_bytes_padded_on_the_right() {
        for length in 0..=31 {
            let bytes: Vec<u8> = (0..length).map(|i| 0xff - i as u8).collect();
            let mut padded = bytes.clone();
            padded.resize(31, 0);
            assert_eq!(node(&bytes), field::bytes31(&padded), "{length} bytes");
        }
        assert_eq!(nodes(&[1; 63]).len(), 3);
        assert_eq!(nodes(&[1; 63])[2], field::bytes31(&[&[1][..], &[0; 30]].concat()));
    }

    #[test]
    fn zeros_are_trees_of_zeros() {
        assert_eq!(zero(0), Fr::ZERO);
        assert_eq!(zero(2), poseidon::hash(&[poseidon::hash(&[Fr::ZERO; 8]); 8]));
    }
}
