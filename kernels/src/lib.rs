//! Field and hash arithmetic on wide vector units, chosen at run time.
//!
//! - [`poseidon8`] hashes groups of eight elements, as the nodes of trees with eight children are made.
//! - [`msm`] multiplies and adds up points of BN254, for Groth16's commitments; [`points`] is how they lie in memory.
//! - [`ntt`] transforms polynomials, for Groth16's quotient.
//! - [`lanes`] and [`field52`] are what such kernels are written over: eight lanes of 64 bits with multiply-adds of 52
//!   bits, once as AVX-512 IFMA and once emulated for tests on any machine, and a prime field on them.
//! - [`field64`] and [`scalar`] are for machines without: the coordinate field of BN254 on words of 64 bits, and sums of
//!   products in any field.
//!
//! This is the one crate of popw with `unsafe` arithmetic, all of it in the calls of single instructions and of the
//! functions that enable them.
//!
//! ```
//! use popw_core::{Fr, poseidon};
//! use popw_kernels::{INPUTS, poseidon8};
//!
//! let inputs: Vec<Fr> = (0..64u64).map(Fr::from).collect();
//! let mut hashes = [Fr::from(0u64); 8];
//! poseidon8(&inputs, &mut hashes);
//! assert_eq!(hashes[1], poseidon::hash(&inputs[INPUTS..2 * INPUTS]));
//! ```

mod backend;
pub mod field52;
pub mod field64;
pub mod lanes;
pub mod msm;
#[cfg_attr(not(target_arch = "x86_64"), allow(dead_code, unused, reason = "only tests use lanes there"))]
pub mod ntt;
pub mod points;
#[cfg_attr(not(target_arch = "x86_64"), allow(dead_code, reason = "only tests use lanes there"))]
mod poseidon8;
pub mod scalar;

pub use backend::Backend;
use popw_core::Fr;
pub use poseidon8::INPUTS;

/// Asks for memory that will be read soon.
#[inline(always)]
fn prefetch<T>(memory: &T) {
    #[cfg(target_arch = "x86_64")]
    for line in (0..size_of::<T>()).step_by(64) {
        let address = core::ptr::from_ref(memory).cast::<i8>().wrapping_add(line);
        // SAFETY: SSE is part of x86-64, and a prefetch does not fault whatever the address.
        unsafe { core::arch::x86_64::_mm_prefetch::<{ core::arch::x86_64::_MM_HINT_T0 }>(address) };
    }
    #[cfg(not(target_arch = "x86_64"))]
    let _ = memory;
}

/// circomlib's Poseidon of eight inputs, for every group of eight in `inputs`, on the best this machine has. On one
/// thread; best in groups of 64 inputs and more.
///
/// # Panics
/// Unless there are eight inputs for each output.
pub fn poseidon8(inputs: &[Fr], out: &mut [Fr]) {
    poseidon8_on(Backend::detect(), inputs, out);
}

/// [`poseidon8`] on a backend of choice.
///
/// # Panics
/// Unless there are eight inputs for each output.
pub fn poseidon8_on(backend: Backend, inputs: &[Fr], out: &mut [Fr]) {
    assert_eq!(inputs.len(), INPUTS * out.len(), "eight inputs for each output");
    backend.poseidon8(inputs, out);
}

#[cfg(test)]
mod tests;
