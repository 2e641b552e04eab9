//! Groth16 over BN254 (Groth, ePrint 2016/260).
//!
//! [`setup`] synthesises a circuit's constraints once and writes a [key file](layout); [`ProvingKey::open`] maps
//! it; [`Prover`] proves from matrices and points as they lie in the file: no constraint is synthesised again.
//! Where the arithmetic runs is the choice of a [`Backend`](backend::Backend).
//!
//! ```no_run
//! # use popw_prover::{groth16::{backend::Backend, *}, progress::Silent};
//! # fn example(matrices: popw_circuits::drivers::r1cs::Matrices,
//! #            assignment: popw_circuits::drivers::evaluate::Assignment) -> Result<(), Box<dyn std::error::Error>> {
//! # let path = std::path::Path::new("uptime.pk");
//! let purpose = Purpose { claim: "uptime".into(), claim_version: 1, shape: "demo".into() };
//! setup(path, &matrices, &purpose, &Entropy::System, &Silent)?;
//! let key = ProvingKey::open(path, Check::Once, &Silent)?;
//! let proof = Prover::new(&key, &Backend::detect())?.prove(assignment, &Silent)?;
//! # Ok(()) }
//! ```

pub mod backend;
mod entropy;
mod error;
mod estimate;
mod exchange;
#[cfg(feature = "fuzz")]
pub(crate) mod fuzz;
mod key;
pub mod layout;
mod mapping;
mod matrix;
mod prove;
mod raw;
mod reduction;
mod setup;
pub(crate) mod stamp;
mod subgroup;
mod validate;
mod write;

#[cfg(test)]
mod tests;

#[cfg(feature = "fuzz")]
pub(crate) use exchange::fuzz as exchange_fuzz;

pub use entropy::{Entropy, EntropyError};
pub use error::{KeyError, KeyProblem};
pub use estimate::{Estimate, Workload, estimate};
pub use exchange::{
    ExchangeError, ExchangeProblem, Facts, Source, facts, import, import_temporary, is_foreign, read_witness,
    write_arkworks, write_r1cs, write_witness, write_zkey, zkey_verifying_key,
};
pub use key::{Check, ProvingKey, verifying_key_file};
pub use layout::{Dimensions, QuotientBasis};
#[cfg(target_os = "linux")]
pub use mapping::end_on_truncation;
pub use prove::{ProveError, Prover, prove};
pub use reduction::Replay;
pub use setup::{Purpose, SetupError, setup, verifying_key_path, write_verifying_key};
