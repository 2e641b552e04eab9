//! Judges a record of proofs, as a lender or a marketplace would: one epoch, and what each claim has to show at least. The
//! record is the corpus's.
//!
//!     cargo run -p popw-verifier --example judge

use std::error::Error;
use std::fs;
use std::path::Path;

use popw_core::claim::{Amount, Kind};
use popw_core::document::{Document, EligibilityPolicy, EpochPublic};
use popw_verifier::Verifier;
use popw_verifier::eligibility;
use popw_verifier::key::VerifyingKey;

const CLAIMS: [Kind; 3] = [Kind::Uptime, Kind::Possession, Kind::Bandwidth];

fn main() -> Result<(), Box<dyn Error>> {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("../corpus/standard");
    let mut proofs = Vec::new();
    let mut verifiers = Vec::new();
    for claim in CLAIMS.map(Kind::id) {
        proofs.push(fs::read(corpus.join(format!("{claim}-groth16.proof.json")))?);
        let key = VerifyingKey::from_bytes(&fs::read(corpus.join(format!("{claim}-groth16.vk")))?)?;
        verifiers.push(Verifier::new(&key));
    }

    // From the network, never from whoever hands in the record.
    let epoch = EpochPublic::from_json(&fs::read(corpus.join("epoch.json"))?)?;
    let policy = EligibilityPolicy {
        format: Default::default(),
        version: Default::default(),
        domain_id: epoch.domain_id.clone(),
        epochs: vec![epoch],
        claims: CLAIMS.map(|claim| claim.id().to_owned()).to_vec(),
        minimum: Amount { up_slots: 1, stored_mib: 1, served_mib: 1, rate: 1 },
        keys: verifiers.iter().map(|verifier| verifier.digest().0).collect(),
        spent: Vec::new(),
        recipient: None,
    };

    let proofs: Vec<&[u8]> = proofs.iter().map(Vec::as_slice).collect();
    let answer = eligibility::judge(&proofs, &policy, &verifiers)?;
    println!("{}", if answer.eligible { "eligible" } else { "not eligible" });
    for verdict in answer.proofs.iter().filter_map(|judged| judged.verdict.as_ref()) {
        println!("epoch {}, {}: {:?}", verdict.epoch, verdict.claim, verdict.amount);
    }
    for reason in &answer.reasons {
        println!("[{}] {}", reason.code, reason.message);
    }
    Ok(())
}
