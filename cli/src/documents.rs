//! Reading what users hand in: proofs, keys, and files of whatever kind.

use std::path::{Path, PathBuf};

use miette::{IntoDiagnostic, WrapErr, miette};
use popw_core::document::ProofEnvelope;
use popw_network::files;
use popw_verifier::{
    Verifier, envelope,
    key::{KeyDigest, VerifyingKey},
};

use crate::keys;

/// Where a command finds verifying keys.
#[derive(clap::Args, Clone, Debug)]
#[group(required = true, multiple = false)]
pub struct KeySource {
    /// The verifying key (a .vk file).
    #[arg(long, value_name = "VK")]
    pub key: Option<PathBuf>,
    /// A folder of .vk files; the proof's key is found by its digest.
    #[arg(long, value_name = "DIR")]
    pub keys: Option<PathBuf>,
}

/// Reads a proof document, JSON or compact.
pub fn read_proof(path: &Path) -> miette::Result<ProofEnvelope> {
    let bytes = files::read(path, "proof", files::DOCUMENT_LIMIT).into_diagnostic()?;
    envelope::parse(&bytes).map_err(|error| miette!("{}: {error}", path.display()))
}

/// Reads a verifying key.
pub fn read_verifying_key(path: &Path) -> miette::Result<VerifyingKey> {
    let bytes = files::read(path, "verifying key", files::DOCUMENT_LIMIT).into_diagnostic()?;
    VerifyingKey::from_bytes(&bytes).map_err(|error| {
        miette!(
            help = "`popw inspect` says what the file is, `popw lint key` what is wrong with a key",
            "{}: {error}",
            path.display()
        )
    })
}

impl KeySource {
    /// The key for `proof`: the one given, or the one it names.
    pub fn verifier(&self, proof: &ProofEnvelope) -> miette::Result<(Verifier, VerifyingKey)> {
        let key = match (&self.key, &self.keys) {
            (Some(path), _) => read_verifying_key(path)?,
            (None, Some(folder)) => {
                let digest = KeyDigest(proof.key_digest);
                keys::find_verifying_key(folder, digest)
                    .into_diagnostic()
                    .wrap_err("looking for the proof's key")?
            }
            (None, None) => return Err(miette!("one of --key and --keys is needed")),
        };
        Ok((Verifier::new(&key), key))
    }
}
