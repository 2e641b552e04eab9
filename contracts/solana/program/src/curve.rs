//! The runtime's operations on BN254, big-endian (`sol_alt_bn128_group_op`, SIMD-0129).

use solana_define_syscall::definitions::{sol_alt_bn128_group_op, sol_memcpy_};

use crate::Error;

const ADD: u64 = 0;
const MULTIPLY: u64 = 2;
const PAIRING: u64 = 3;

/// The sum of two points of G1, `x ‖ y` each.
pub fn add(points: &[u8; 128], sum: &mut [u8; 64]) -> Result<(), Error> {
    operate(ADD, points, sum)
}

/// A point of G1 times a scalar.
pub fn multiply(point_and_scalar: &[u8; 96], product: &mut [u8; 64]) -> Result<(), Error> {
    operate(MULTIPLY, point_and_scalar, product)
}

/// Whether the pairings of pairs of a point of G1 and one of G2 multiply to 1.
pub fn pairings_cancel(pairs: &[u8]) -> Result<bool, Error> {
    let mut result = [0; 32];
    operate(PAIRING, pairs, &mut result)?;
    Ok(result[31] == 1)
}

/// Fails when a point is not in its group.
fn operate(operation: u64, input: &[u8], output: &mut [u8]) -> Result<(), Error> {
    // SAFETY: the runtime reads `input` and writes at most as much as each caller has made `output` long.
    match unsafe {
        sol_alt_bn128_group_op(operation, input.as_ptr(), input.len() as u64, output.as_mut_ptr())
    } {
        0 => Ok(()),
        _ => Err(Error::PointInvalid),
    }
}

/// Copies by a system call: a flat fee instead of instructions for every byte.
pub fn copy<const N: usize>(from: &[u8; N], to: &mut [u8; N]) {
    // SAFETY: both are N bytes, and a mutable reference overlaps no other.
    unsafe { sol_memcpy_(to.as_mut_ptr(), from.as_ptr(), N as u64) }
}
