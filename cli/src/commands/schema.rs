//! `popw schema`.

use std::process::ExitCode;

use clap::ValueEnum;
use popw_core::document::{EpochPublic, ProofEnvelope, UptimeInput};

use super::Outcome;
use crate::ui::Ui;

/// Print the JSON schema of a document.
#[derive(clap::Args)]
#[command(after_help = "Examples:
  popw schema uptime > uptime-input.schema.json
  popw schema proof

`uptime` is the way in for networks with witnesses of their own: what `popw prove uptime --input` reads.")]
pub struct Args {
    /// Which document.
    document: Kind,
}

#[derive(Clone, Copy, ValueEnum)]
enum Kind {
    /// The input of an uptime proof (popw.uptime-input).
    Uptime,
    /// A published epoch (popw.epoch).
    Epoch,
    /// A proof with its openings (popw.proof).
    Proof,
}

/// Prints it.
pub fn run(args: Args, ui: &Ui) -> Outcome {
    let schema = match args.document {
        Kind::Uptime => schemars::schema_for!(UptimeInput),
        Kind::Epoch => schemars::schema_for!(EpochPublic),
        Kind::Proof => schemars::schema_for!(ProofEnvelope),
    };
    ui.result(&schema, || serde_json::to_string_pretty(&schema).unwrap_or_default());
    Ok(ExitCode::SUCCESS)
}
