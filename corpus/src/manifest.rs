//! `manifest.json`.

use serde::{Deserialize, Serialize};

use crate::{Edit, FieldEdit};

/// `manifest.json` of a corpus.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// `popw.corpus`.
    pub format: String,
    /// 1.
    pub version: u32,
    /// Shape of all keys.
    pub shape: String,
    /// File of the network's epoch; all valid documents are about it.
    pub epoch: String,
    /// Verifying keys.
    pub keys: Vec<Key>,
    /// Valid proof documents.
    pub documents: Vec<Document>,
    /// Proofs as bytes, with public inputs.
    pub proofs: Vec<Proof>,
    /// Many proofs of one key at once.
    pub batches: Vec<Batch>,
    /// Key files that are refused.
    pub key_files: Vec<KeyFile>,
    /// Whole documents.
    pub verdicts: Vec<Verdict>,
}

/// A verifying key.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Key {
    /// `<claim>-<system>`.
    pub name: String,
    /// Its file.
    pub file: String,
    /// `groth16` or `halo2`.
    pub system: String,
    /// What it is for.
    pub claim: String,
    /// BLAKE3 of the file, hex.
    pub digest: String,
}

/// A valid proof document.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Document {
    /// Its name.
    pub name: String,
    /// Name of its key.
    pub key: String,
    /// Its file.
    pub file: String,
}

/// A proof as bytes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Proof {
    /// What it is.
    pub name: String,
    /// Name of the key it is verified with.
    pub key: String,
    /// Name of the document it is made from.
    pub of: String,
    /// Public inputs, hex of 32 big-endian bytes each; the document's when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub inputs: Option<Vec<String>>,
    /// Changes of the document's proof bytes.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub proof: Vec<Edit>,
    /// `valid`, `malformed`, `wrong-input-count` or `rejected`.
    pub code: String,
}

/// Many proofs of one key at once.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Batch {
    /// What it is.
    pub name: String,
    /// Name of the key.
    pub key: String,
    /// Names of proofs, in order.
    pub entries: Vec<String>,
    /// As of a proof; of several faults the first entry's.
    pub code: String,
}

/// A key file that is refused.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KeyFile {
    /// What it is.
    pub name: String,
    /// Name of the key it is made from.
    pub of: String,
    /// Changes of its bytes.
    pub edits: Vec<Edit>,
    /// Code of the error.
    pub code: String,
}

/// What a document is compared with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Against {
    /// Nothing.
    Nothing,
    /// The epoch.
    Epoch,
    /// The epoch and a ledger.
    Ledger,
}

/// A whole document with its verdict.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Verdict {
    /// What it is.
    pub name: String,
    /// Name of the document it is made from; it is verified with that document's key.
    pub of: String,
    /// Changes of the document.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub edits: Vec<FieldEdit>,
    /// What it is compared with.
    pub against: Against,
    /// Changes of the epoch.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub epoch_edits: Vec<FieldEdit>,
    /// Whether the document's nullifier stands in the ledger.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub spent: bool,
    /// The verdict's level, the code of the error, `unreadable` for what is no document, `epoch-unreadable` for what is
    /// no epoch.
    pub code: String,
}

pub(crate) fn word(text: &str) -> Result<[u8; 32], String> {
    let mut word = [0; 32];
    hex::decode_to_slice(text, &mut word).map_err(|error| format!("input {text}: {error}"))?;
    Ok(word)
}
