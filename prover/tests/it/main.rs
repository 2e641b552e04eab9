//! Proving engines from outside.

mod development_keys;
mod fuzz;
mod halo2_claims;
#[cfg(target_os = "linux")]
mod memory;
