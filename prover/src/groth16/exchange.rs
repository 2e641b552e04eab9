//! Keys, constraints and witnesses of other software: snarkjs, circom and arkworks.
//!
//! | file | read by | written by |
//! | --- | --- | --- |
//! | `.zkey` (snarkjs, Groth16 over BN254) | [`import`] | [`write_zkey`] |
//! | `.r1cs` (circom) | [`import`], for C and for keys of arkworks | [`write_r1cs`] |
//! | `.wtns` (circom, snarkjs) | [`read_witness`] | [`write_witness`] |
//! | `ark_groth16::ProvingKey<Bn254>` | [`import`] | [`write_arkworks`] |
//!
//! Files are mapped, and the queries of a `.zkey` file go from there to the key file point by point.

mod arkworks;
mod container;
mod error;
mod facts;
#[cfg(feature = "fuzz")]
pub(crate) mod fuzz;
mod import;
mod r1cs;
mod writer;
mod wtns;
mod zkey;
mod zkey_write;

pub use arkworks::write_arkworks;
pub use error::{ExchangeError, ExchangeProblem};
pub use facts::{Facts, facts, is_foreign};
pub use import::{Source, import, import_temporary};
pub use r1cs::write_r1cs;
pub use wtns::{read_witness, write_witness};
pub use zkey::zkey_verifying_key;
pub use zkey_write::write_zkey;
