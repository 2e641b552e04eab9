//! The halo2 engine: PLONKish tables on halo2-axiom, KZG over BN254, SHPLONK, Keccak transcript.
//!
//! Circuits are not written here. A table recorded elsewhere ([`Layout`]) becomes a [`ProvingKey`] once, its advice
//! columns a proof each time: nothing is synthesised again. Proofs are those of halo2-axiom, in the transcript that EVM
//! verifiers recompute, with public inputs hashed and not committed; [`popw_verifier::halo2`] verifies them, and has
//! verified every proof that leaves [`ProvingKey::prove`].

mod circuit;
mod claim;
mod convert;
mod estimate;
mod export;
mod file;
#[cfg(feature = "fuzz")]
pub(crate) mod fuzz;
mod key;
mod present;
mod protocol;
mod prove;
mod raw;
mod srs;
#[cfg(any(test, feature = "stock"))]
pub mod stock;
mod table;
mod transcript;

#[cfg(test)]
mod tests;

pub use circuit::{Constraints, GateSet, LookupPair};
pub use claim::ClaimGates;
pub use estimate::{Estimate, estimate};
pub use export::ExportError;
pub use file::{FileError, FileProblem};
pub use key::{ProvingKey, SetupError, TableKey};
pub use prove::ProveError;
pub use srs::{Inconsistent, Srs, SrsError, Tau};
pub use table::{Cell, Column, Layout, LayoutError};

/// What kind of file begins with `head`, if it is one of this module's.
pub fn kind_of(head: &[u8]) -> Option<&'static str> {
    [&key::KIND, &srs::KIND].into_iter().find(|kind| head.starts_with(kind.magic)).map(|kind| kind.name)
}
