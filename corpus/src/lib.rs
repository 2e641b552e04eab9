//! Proofs, keys and documents with the verdict that every verifier has to reach: native code, WASM, contracts.
//!
//! A corpus is a folder: `manifest.json` ([`Manifest`]), the network's epoch, verifying keys, and one valid proof
//! document for each key. Everything that has to be refused is written as an edit of something valid, so the manifest
//! says what is wrong with it; [`Corpus`] applies the edits.

mod edit;
mod expand;
mod manifest;

use std::{
    fs,
    path::{Path, PathBuf},
};

pub use edit::{Edit, FieldEdit};
pub use expand::expand;
pub use manifest::{Against, Batch, Document, Key, KeyFile, Manifest, Proof, Verdict};

/// Why a corpus cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A file cannot be read or written.
    #[error("{}: {error}; make the corpus with `make corpus`", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// Why.
        error: std::io::Error,
    },
    /// A file is not what it should be.
    #[error("{}: {error}; make the corpus again with `make corpus`", path.display())]
    Json {
        /// The file.
        path: PathBuf,
        /// Why.
        error: serde_json::Error,
    },
    /// The manifest contradicts itself.
    #[error("manifest.json: {0}")]
    Inconsistent(String),
}

/// A corpus in memory.
#[derive(Debug)]
pub struct Corpus {
    folder: PathBuf,
    /// The manifest.
    pub manifest: Manifest,
}

/// A proof for one key with the verdict it gets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// What it is.
    pub name: String,
    /// Name of its key.
    pub key: String,
    /// Public inputs, 32 bytes big-endian each; any number of them.
    pub inputs: Vec<[u8; 32]>,
    /// The proof's bytes.
    pub proof: Vec<u8>,
    /// `valid` or the code of the error.
    pub code: String,
}

impl Corpus {
    /// Reads the manifest in `folder`.
    ///
    /// # Errors
    /// [`Error`], which names the file.
    pub fn read(folder: &Path) -> Result<Self, Error> {
        let manifest = parse(&folder.join("manifest.json"))?;
        Ok(Self { folder: folder.into(), manifest })
    }

    /// Bytes of one of the corpus's files.
    ///
    /// # Errors
    /// [`Error::File`].
    pub fn file(&self, name: &str) -> Result<Vec<u8>, Error> {
        let path = self.folder.join(name);
        fs::read(&path).map_err(|error| Error::File { path, error })
    }

    /// The key of this name.
    ///
    /// # Errors
    /// [`Error::Inconsistent`] when there is none.
    pub fn key(&self, name: &str) -> Result<&Key, Error> {
        let found = self.manifest.keys.iter().find(|key| key.name == name);
        found.ok_or_else(|| Error::Inconsistent(format!("no key {name}")))
    }

    /// The verifying key's file.
    ///
    /// # Errors
    /// When there is no such key or file.
    pub fn key_bytes(&self, name: &str) -> Result<Vec<u8>, Error> {
        self.file(&self.key(name)?.file)
    }

    /// The valid proof document of this name, as JSON.
    ///
    /// # Errors
    /// When there is none, or it is no JSON.
    pub fn document(&self, name: &str) -> Result<serde_json::Value, Error> {
        let found = self.manifest.documents.iter().find(|document| document.name == name);
        let document = found.ok_or_else(|| Error::Inconsistent(format!("no document {name}")))?;
        parse(&self.folder.join(&document.file))
    }

    /// The network's epoch, as JSON.
    ///
    /// # Errors
    /// When its file cannot be read.
    pub fn epoch(&self) -> Result<serde_json::Value, Error> {
        parse(&self.folder.join(&self.manifest.epoch))
    }

    /// Every proof, edits applied.
    ///
    /// # Errors
    /// When the manifest contradicts itself.
    pub fn proofs(&self) -> Result<Vec<Entry>, Error> {
        self.manifest.proofs.iter().map(|proof| self.entry(proof)).collect()
    }

    fn entry(&self, proof: &Proof) -> Result<Entry, Error> {
        let of = |problem: String| Error::Inconsistent(format!("{}: {problem}", proof.name));
        self.key(&proof.key)?;
        let document = self.document(&proof.of)?;
        let text = |pointer: &str| document.pointer(pointer).and_then(|value| value.as_str());
        let base = text("/proof").and_then(|text| hex::decode(text).ok());
        let base = base.ok_or_else(|| of(format!("document {} has no proof", proof.of)))?;
        let inputs = match &proof.inputs {
            Some(inputs) => inputs.iter().map(|input| manifest::word(input).map_err(&of)).collect(),
            None => {
                let names = ["/public/context", "/public/nullifier", "/public/outcome"];
                let decimal = |name: &str| text(name).and_then(edit::decimal);
                let inputs: Option<Vec<_>> = names.into_iter().map(decimal).collect();
                inputs.ok_or_else(|| of(format!("document {} has no public inputs", proof.of)))
            }
        };
        let proof_bytes = edit::apply(base, &proof.proof).map_err(&of)?;
        let (name, key, code) = (proof.name.clone(), proof.key.clone(), proof.code.clone());
        Ok(Entry { name, key, inputs: inputs?, proof: proof_bytes, code })
    }

    /// Every changed key file: name, bytes, code of the error.
    ///
    /// # Errors
    /// When the manifest contradicts itself.
    pub fn key_files(&self) -> Result<Vec<(String, Vec<u8>, String)>, Error> {
        let changed = |file: &KeyFile| {
            let bytes = edit::apply(self.key_bytes(&file.of)?, &file.edits);
            let bytes = bytes.map_err(|problem| Error::Inconsistent(format!("{}: {problem}", file.name)))?;
            Ok((file.name.clone(), bytes, file.code.clone()))
        };
        self.manifest.key_files.iter().map(changed).collect()
    }

    /// The document of `verdict` and the epoch it is compared with, edits applied.
    ///
    /// # Errors
    /// When the manifest contradicts itself.
    pub fn verdict(&self, verdict: &Verdict) -> Result<(serde_json::Value, serde_json::Value), Error> {
        let of = |problem: String| Error::Inconsistent(format!("{}: {problem}", verdict.name));
        let document = edit::change(self.document(&verdict.of)?, &verdict.edits).map_err(of)?;
        let epoch = edit::change(self.epoch()?, &verdict.epoch_edits).map_err(of)?;
        Ok((document, epoch))
    }
}

fn parse<T: serde::de::DeserializeOwned>(path: &Path) -> Result<T, Error> {
    let bytes = fs::read(path).map_err(|error| Error::File { path: path.into(), error })?;
    serde_json::from_slice(&bytes).map_err(|error| Error::Json { path: path.into(), error })
}
