//! Verifies a proof document, and says whether a network owes for it. Without arguments, a proof of the corpus.
//!
//!     cargo run -p popw-verifier --example verify -- PROOF KEY EPOCH

use std::collections::BTreeSet;
use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use popw_core::claim::Kind;
use popw_core::document::{Document, EpochPublic};
use popw_verifier::due::{self, Decision, Terms, Window};
use popw_verifier::envelope::{self, Against};
use popw_verifier::key::VerifyingKey;
use popw_verifier::{Fr, Verifier};

fn main() -> Result<(), Box<dyn Error>> {
    let [proof, key, epoch] = paths()?;
    let proof = envelope::parse(&fs::read(proof)?)?;
    let verifier = Verifier::new(&VerifyingKey::from_bytes(&fs::read(key)?)?);

    // Epoch, ledger and terms are the network's: never take them from whoever hands in the proof.
    let epoch = EpochPublic::from_json(&fs::read(epoch)?)?;
    let spent: BTreeSet<Fr> = BTreeSet::new();
    let ends = epoch.end_unix_ms().ok_or("the epoch never ends")?;
    let answer_window = ends..ends.saturating_add(3_600_000);
    let terms = Terms {
        shape: Some("standard"),
        pays: Some(&[Kind::Uptime, Kind::Possession, Kind::Bandwidth]),
        window: Some(Window::at(now_unix_ms()?, &answer_window)),
    };

    let against = Against::Ledger { epoch: &epoch, spent: &spent };
    let Decision { verdict, not_due } = due::verify(&proof, &verifier, against, &terms)?;
    println!("{}: {}", verdict.verdict, verdict.statement);
    for reason in not_due {
        println!("not due [{}]: {reason}", reason.code());
    }
    for warning in verdict.warnings {
        println!("warning: {}", warning.message);
    }
    println!("It does not prove:");
    for text in verdict.does_not_prove {
        println!("- {text}");
    }
    Ok(())
}

fn paths() -> Result<[PathBuf; 3], Box<dyn Error>> {
    let arguments: Vec<PathBuf> = std::env::args_os().skip(1).map(PathBuf::from).collect();
    if arguments.is_empty() {
        let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("../corpus/standard");
        let files = ["uptime-groth16.proof.json", "uptime-groth16.vk", "epoch.json"];
        return Ok(files.map(|file| corpus.join(file)));
    }
    arguments.try_into().map_err(|_| "usage: verify PROOF KEY EPOCH".into())
}

fn now_unix_ms() -> Result<u64, Box<dyn Error>> {
    Ok(u64::try_from(SystemTime::now().duration_since(UNIX_EPOCH)?.as_millis())?)
}
