//! What a compiler has made of a contract: the JSON files under Foundry's `out/`.

use std::path::{Path, PathBuf};

use alloy::primitives::Bytes;
use serde::Deserialize;

/// Code that a chain stores at most (EIP-170).
pub const LARGEST_CODE: usize = 24_576;
/// Artifacts with all their metadata are smaller.
const LARGEST_FILE: u64 = 16 << 20;

/// A compiled contract.
#[derive(Debug, Clone)]
pub struct Artifact {
    code: Bytes,
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
    #[error("{path} is not a compiled contract: {reason}")]
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
    /// Its constructor takes arguments; those of generated verifiers take none.
    #[error("{path} is not a generated verifier: its constructor takes ({arguments})")]
    Constructor {
        /// The file.
        path: PathBuf,
        /// Types and names.
        arguments: String,
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
            Self::Incomplete { .. } | Self::Constructor { .. } => "give the artifact of a generated verifier",
            Self::TooLarge { .. } => "compile with the optimizer, as contracts/foundry.toml does",
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
        match constructor.filter(|item| !item.inputs.is_empty()) {
            Some(Item { inputs, .. }) => {
                let words = |parameter: &Parameter| format!("{} {}", parameter.kind, parameter.name);
                let arguments = inputs.iter().map(words).collect::<Vec<_>>().join(", ");
                Err(ArtifactError::Constructor { path: path.to_owned(), arguments })
            }
            None => Ok(Self { code }),
        }
    }

    /// The code that makes the contract.
    pub(crate) fn code(&self) -> Bytes {
        self.code.clone()
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
        return Err(incomplete("it has to be linked against libraries first"));
    }
    hex.parse().map_err(|_| ArtifactError::Form {
        path: path.to_owned(),
        reason: "its code is not hexadecimal".to_owned(),
    })
}

#[cfg(test)]
mod tests;
