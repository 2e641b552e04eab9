//! Makes a corpus: keys, valid proofs of every claim on both systems, and a manifest of what has to become of them and
//! of changed copies.
#![allow(clippy::unwrap_used, reason = "a generator that cannot go on says why and stops")]

#[path = "../../../verifier/tests/it/support/changes.rs"]
#[allow(dead_code, missing_docs, reason = "the verifier's own tests use all of it")]
mod changes;
mod documents;
mod groth16;
mod halo2;
mod keys;
mod network;
mod prove;
mod raw;

use std::{
    error::Error,
    fs,
    path::{Path, PathBuf},
    process::ExitCode,
};

use clap::Parser;
use popw_core::document::{Document as _, System};
use popw_corpus::{Document, Key, Manifest};
use popw_verifier::key::VerifyingKey;

use prove::{Made, claims};

/// Make a corpus: keys, valid proofs of every claim on both systems, and what has to become of changed copies.
#[derive(Parser)]
struct Args {
    /// Shape of the circuits.
    #[arg(long, default_value = "demo", value_parser = ["demo", "standard"])]
    shape: String,
    /// Folder for proving keys; those that are there are used. Keys come from the public seed of params/.
    #[arg(long)]
    keys: PathBuf,
    /// Folder of the corpus; files of the same names are replaced.
    out: PathBuf,
}

fn main() -> ExitCode {
    match generate(&Args::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("popw-corpus-generate: {error}");
            ExitCode::FAILURE
        }
    }
}

fn generate(args: &Args) -> Result<(), Box<dyn Error>> {
    fs::create_dir_all(&args.out)?;
    fs::create_dir_all(&args.keys)?;
    let epoch = network::epoch(&args.shape);
    fs::write(args.out.join("epoch.json"), epoch.to_json())?;
    let mut manifest = Manifest {
        format: "popw.corpus".into(),
        version: 1,
        shape: args.shape.clone(),
        epoch: "epoch.json".into(),
        keys: Vec::new(),
        documents: Vec::new(),
        proofs: Vec::new(),
        batches: Vec::new(),
        key_files: Vec::new(),
        verdicts: Vec::new(),
    };
    let mut all = Vec::new();
    for shape in claims(&args.shape) {
        for system in [System::Groth16, System::Halo2] {
            eprintln!("{} {} {}", shape.kind.id(), shape.name, system.name());
            let made = prove::prove(&args.keys, &shape, system, &epoch)?;
            write(&args.out, &made, &mut manifest)?;
            all.push(made);
        }
    }
    for made in &all {
        match made.system() {
            System::Groth16 => groth16::entries(made, &all, &mut manifest),
            System::Halo2 => halo2::entries(made, &all, &mut manifest),
        }
        documents::levels(&made.name, &mut manifest);
    }
    keys::entries(&all, &mut manifest);
    documents::entries(&all, &epoch, &mut manifest);
    fs::write(args.out.join("manifest.json"), text(&manifest)?)?;
    Ok(())
}

fn write(out: &Path, made: &Made, manifest: &mut Manifest) -> Result<(), Box<dyn Error>> {
    let name = &made.name;
    let key: &VerifyingKey = &made.key;
    let (key_file, proof_file) = (format!("{name}.vk"), format!("{name}.proof.json"));
    fs::write(out.join(&key_file), key.to_bytes())?;
    fs::write(out.join(&proof_file), made.envelope.to_json())?;
    manifest.keys.push(Key {
        name: name.clone(),
        file: key_file,
        system: key.header().system.name().into(),
        claim: key.header().claim.clone(),
        digest: key.digest().to_string(),
    });
    manifest.documents.push(Document { name: name.clone(), key: name.clone(), file: proof_file });
    Ok(())
}

/// One entry a line, so that a change of the corpus can be read.
fn text(manifest: &Manifest) -> Result<String, serde_json::Error> {
    let value = serde_json::to_value(manifest)?;
    let fields = value.as_object().into_iter().flatten().map(|(name, value)| {
        let value = match value.as_array() {
            Some(items) => {
                let items: Vec<String> = items.iter().map(|item| format!("\n  {item}")).collect();
                format!("[{}\n ]", items.join(","))
            }
            None => value.to_string(),
        };
        format!("\n \"{name}\": {value}")
    });
    Ok(format!("{{{}\n}}\n", fields.collect::<Vec<_>>().join(",")))
}
