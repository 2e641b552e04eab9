//! Solidity verifiers, written from verifying keys.
//!
//! A contract is made for one key and has its points as constants. It implements `IPopwVerifier`
//! (`contracts/src/IPopwVerifier.sol`) and accepts exactly what [`popw_verifier`] accepts.
#![forbid(unsafe_code)]

mod calldata;
mod groth16;
mod halo2;
mod template;

use popw_verifier::key::{Payload, VerifyingKey};

pub use calldata::calldata;

/// What every contract imports.
pub const INTERFACE: &str = include_str!("../../src/IPopwVerifier.sol");
/// Its name.
pub const INTERFACE_FILE: &str = "IPopwVerifier.sol";
/// What it declares.
const IMPORTED: [&str; 2] = ["IPopwVerifier", "IPopwBatchVerifier"];

/// A file to be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceFile {
    /// Its name, without a folder: the contract's name and `.sol`.
    pub name: String,
    /// Its text.
    pub text: String,
}

impl SourceFile {
    /// The file with another path in its import of the interface.
    #[must_use]
    pub fn importing(mut self, interface: &str) -> Self {
        self.text = self.text.replace("\"../IPopwVerifier.sol\"", &format!("\"{interface}\""));
        self
    }
}

/// Why there is no contract for a key.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The key's proof system, or what the key asks of it, has no Solidity verifier.
    #[error("{0}")]
    Unsupported(String),
    /// A mistake of this crate: a gap of a template without a value, or the other way round.
    #[error("this is a mistake of popw: the contract's template and its values differ in `{0}`")]
    Template(String),
}

/// The contract for a key, and whatever files it imports beside `../IPopwVerifier.sol`; the contract's own file is first.
///
/// # Errors
/// [`Error::Unsupported`] for a key that has no Solidity verifier.
pub fn contract(key: &VerifyingKey) -> Result<Vec<SourceFile>, Error> {
    if !key.header().is_claim() {
        let reason = "the key is of a circuit, not of a claim: use `popw groth16 export --solidity`";
        return Err(Error::Unsupported(reason.into()));
    }
    match key.payload() {
        Payload::Groth16(groth16) => Ok(vec![groth16::contract(key, groth16, &contract_name(key))?]),
        Payload::Halo2(halo2) => halo2::contract(key, halo2),
        _ => Err(Error::Unsupported(format!("there is no Solidity verifier for {:?}", key.header().system))),
    }
}

/// The contract called `name` for a Groth16 key, of whatever circuit.
///
/// # Errors
/// [`Error::Unsupported`] for a name that no contract of its own can have, for a key of another proof system, and for one
/// with so many public inputs that the EVM would not store the contract.
pub fn circuit_contract(key: &VerifyingKey, name: &str) -> Result<SourceFile, Error> {
    let starts = name.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_');
    let continues = name.chars().all(|letter| letter.is_ascii_alphanumeric() || letter == '_');
    if !starts || !continues || IMPORTED.contains(&name) {
        let reason =
            format!("no contract of its own can be called {name:?}: letters, digits and _, no digit first");
        return Err(Error::Unsupported(reason));
    }
    match key.payload() {
        Payload::Groth16(groth16) => groth16::contract(key, groth16, name),
        _ => Err(Error::Unsupported(format!("the key is one of {:?}, not of Groth16", key.header().system))),
    }
}

/// `PopwUptimeStandardGroth16` of claim uptime, shape standard: what a key's contract and its file are called.
pub fn contract_name(key: &VerifyingKey) -> String {
    let header = key.header();
    let system = format!("{:?}", header.system).to_ascii_lowercase();
    let parts = [header.claim.as_str(), header.shape.as_str(), system.as_str()];
    parts.iter().flat_map(|part| part.split(['-', '.'])).fold(String::from("Popw"), |mut name, word| {
        let mut letters = word.chars();
        name.extend(letters.next().map(|first| first.to_ascii_uppercase()));
        name.push_str(letters.as_str());
        name
    })
}
