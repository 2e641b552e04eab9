//! `popw schema`.

use std::process::ExitCode;

use clap::ValueEnum;
use popw_core::document::{
    BandwidthInput, EligibilityPolicy, EpochPublic, ProofEnvelope, StorageInput, UptimeInput, WorkInput,
};
use popw_verifier::eligibility::Eligibility;

use super::Outcome;
use crate::ui::Ui;

/// Print the JSON schema of a document.
#[derive(clap::Args)]
#[command(after_help = "Examples:
  popw schema uptime > uptime-input.schema.json
  popw schema proof

`uptime`, `storage`, `bandwidth` and `work` are the ways in for networks with daemons of their own: what
`popw prove … --input` reads.")]
pub struct Args {
    /// Which document.
    document: Kind,
}

#[derive(Clone, Copy, ValueEnum)]
enum Kind {
    /// The input of an uptime proof (popw.uptime-input).
    Uptime,
    /// The input of a possession proof (popw.storage-input).
    Storage,
    /// The input of a bandwidth proof (popw.bandwidth-input).
    Bandwidth,
    /// The input of a proof of all work at once (popw.work-input).
    Work,
    /// A published epoch (popw.epoch).
    Epoch,
    /// A proof with its openings (popw.proof).
    Proof,
    /// What a record of proofs has to show (popw.eligibility).
    Eligibility,
    /// What `popw --json eligibility` answers.
    EligibilityAnswer,
}

/// Prints it.
pub fn run(args: Args, ui: &Ui) -> Outcome {
    let schema = match args.document {
        Kind::Uptime => schemars::schema_for!(UptimeInput),
        Kind::Storage => schemars::schema_for!(StorageInput),
        Kind::Bandwidth => schemars::schema_for!(BandwidthInput),
        Kind::Work => schemars::schema_for!(WorkInput),
        Kind::Epoch => schemars::schema_for!(EpochPublic),
        Kind::Proof => schemars::schema_for!(ProofEnvelope),
        Kind::Eligibility => schemars::schema_for!(EligibilityPolicy),
        Kind::EligibilityAnswer => schemars::schema_for!(Eligibility),
    };
    ui.result(&schema, || serde_json::to_string_pretty(&schema).unwrap_or_default());
    Ok(ExitCode::SUCCESS)
}
