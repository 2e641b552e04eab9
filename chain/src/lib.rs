//! Verifier contracts over JSON-RPC.
//!
//! [`Chain`] is a node that answers, [`Contract`] a verifier on its chain that was asked which key it has, and [`Refused`]
//! its typed errors in the codes of `popw-verifier`. [`Artifact`] is what a compiler has made of a generated contract, and
//! [`deploy`] puts it on a chain. A contract judges a proof and its public inputs; what they mean (epoch, payee) is in the
//! proof's document and is for the caller to check.
//!
//! Everything here is asynchronous, and needs tokio. Errors keep apart what a contract has said about a proof from what
//! kept it from saying anything ([`ChainError`]).
#![forbid(unsafe_code)]

mod artifact;
mod contract;
mod deploy;
mod error;
mod interface;
mod refused;
mod rpc;
mod signer;
mod transport;

pub use alloy::primitives::Address;
pub use artifact::{Artifact, ArtifactError};
pub use contract::{Answer, Claim, Contract, Gas, Identity};
pub use deploy::{Deployed, deploy};
pub use error::ChainError;
pub use refused::Refused;
pub use rpc::{Chain, Options};
pub use signer::{Signer, SignerError};
