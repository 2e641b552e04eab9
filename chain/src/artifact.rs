//! What a compiler has made of a contract: the JSON files under Foundry's `out/`.

use std::path::{Path, PathBuf};

use alloy::primitives::{Address, Bytes};
use alloy::sol_types::SolValue;
use serde::Deserialize;

/// Code that a chain stores at most (EIP-170).
pub const LARGEST_CODE: usize = 24_576;
/// Artifacts with all their metadata are smaller.
const LARGEST_FILE: u64 = 16 << 20;

/// A compiled contract.
#[derive(Debug, Clone)]
pub struct Artifact {
    path: PathBuf,
    code: Bytes,
    parameters: Vec<Parameter>,
}

/// Why a file cannot be deployed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ArtifactError {
    /// It cannot be read.
    #[error("the artifact {path} cannot be read: {source}")]
    Read {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// It is something else.
    #[error("{path} is no compiled contract: {reason}")]
    Form {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        reason: String,
    },
    /// An interface, or code that has to be linked with libraries.
    #[error("{path} cannot be deployed by itself: {reason}")]
    Incomplete {
        /// The file.
        path: PathBuf,
        /// What is missing.
        reason: &'static str,
    },
    /// No chain stores it.
    #[error("the contract of {path} has {size} bytes of code, and chains store at most {LARGEST_CODE}")]
    TooLarge {
        /// The file.
        path: PathBuf,
        /// Bytes of code.
        size: usize,
    },
    /// The constructor takes something else.
    #[error("the constructor of {path} takes ({expected}), and is given {given} addresses")]
    Arguments {
        /// The file.
        path: PathBuf,
        /// Types and names.
        expected: String,
        /// Addresses given.
        given: usize,
    },
}

impl ArtifactError {
    /// What to do about it.
    pub const fn remedy(&self) -> &'static str {
        match self {
            Self::Read { .. } => {
                "generate and compile the contracts first: popw export solidity, then forge build in contracts/"
            }
            Self::Form { .. } => "give the .json that forge build writes into contracts/out/NAME.sol/",
            Self::Incomplete { .. } => "give the artifact of a generated verifier",
            Self::TooLarge { .. } => "compile with the optimizer, as contracts/foundry.toml does",
            Self::Arguments { .. } => "give the addresses of the contract's parts with --part, in this order",
        }
    }
}

#[derive(Deserialize)]
struct File {
    abi: Vec<Item>,
    bytecode: Object,
    #[serde(rename = "deployedBytecode")]
    deployed: Object,
}

#[derive(Deserialize)]
struct Object {
    object: String,
}

#[derive(Deserialize)]
struct Item {
    #[serde(rename = "type")]
    kind: String,
    #[serde(default)]
    inputs: Vec<Parameter>,
}

/// What a constructor takes.
#[derive(Debug, Clone, Deserialize)]
struct Parameter {
    name: String,
    #[serde(rename = "type")]
    kind: String,
}

impl Artifact {
    /// Reads the JSON that `forge build` writes for a contract.
    ///
    /// # Errors
    /// [`ArtifactError`]; it names the file.
    pub fn read(path: &Path) -> Result<Self, ArtifactError> {
        let read = |source| ArtifactError::Read { path: path.to_owned(), source };
        let form = |reason: String| ArtifactError::Form { path: path.to_owned(), reason };
        if std::fs::metadata(path).map_err(read)?.len() > LARGEST_FILE {
            return Err(form("it is far too large".to_owned()));
        }
        let file: File = serde_json::from_slice(&std::fs::read(path).map_err(read)?)
            .map_err(|error| form(error.to_string()))?;
        let code = object(&file.bytecode, path)?;
        let size = object(&file.deployed, path)?.len();
        if size > LARGEST_CODE {
            return Err(ArtifactError::TooLarge { path: path.to_owned(), size });
        }
        let constructor = file.abi.into_iter().find(|item| item.kind == "constructor");
        let parameters = constructor.map(|item| item.inputs).unwrap_or_default();
        Ok(Self { path: path.to_owned(), code, parameters })
    }

    /// How many addresses its constructor takes.
    pub fn parts(&self) -> usize {
        self.parameters.len()
    }

    /// The code that makes the contract, with its constructor's arguments.
    ///
    /// # Errors
    /// [`ArtifactError::Arguments`].
    pub(crate) fn creation(&self, parts: &[Address]) -> Result<Bytes, ArtifactError> {
        let addresses = self.parameters.iter().all(|parameter| parameter.kind == "address");
        if !addresses || self.parameters.len() != parts.len() {
            let words = |parameter: &Parameter| format!("{} {}", parameter.kind, parameter.name);
            let expected = self.parameters.iter().map(words).collect::<Vec<_>>().join(", ");
            return Err(ArtifactError::Arguments { path: self.path.clone(), expected, given: parts.len() });
        }
        // Static types are encoded one after another, so a word each.
        let words = parts.iter().flat_map(|part| part.abi_encode());
        Ok(self.code.iter().copied().chain(words).collect())
    }
}

fn object(object: &Object, path: &Path) -> Result<Bytes, ArtifactError> {
    let incomplete = |reason| ArtifactError::Incomplete { path: path.to_owned(), reason };
    let hex = object.object.as_str();
    if hex.is_empty() || hex == "0x" {
        return Err(incomplete("it has no code: an interface, or an abstract contract"));
    }
    // Where a library's address belongs, the compiler writes __$…$__.
    if hex.contains("__$") {
        return Err(incomplete("it has to be linked with libraries first"));
    }
    hex.parse().map_err(|_| ArtifactError::Form {
        path: path.to_owned(),
        reason: "its code is not hexadecimal".to_owned(),
    })
}

#[cfg(test)]
mod tests;
