//! `popw schema`.

use std::process::ExitCode;

use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
use popw_core::claim::Kind;
use popw_core::document::{
    BandwidthInput, EligibilityPolicy, EpochPublic, ProofEnvelope, StorageInput, UptimeInput, WorkInput,
};
use popw_verifier::eligibility::Eligibility;
use schemars::{Schema, schema_for};

use super::Outcome;
use crate::kinds;
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
    #[arg(value_parser = Described::parser())]
    document: Described,
}

#[derive(Clone, Copy)]
struct Described {
    name: &'static str,
    what: &'static str,
    schema: fn() -> Schema,
}

const OTHERS: [Described; 4] = [
    Described::new("epoch", "A published epoch (popw.epoch)", || schema_for!(EpochPublic)),
    Described::new("proof", "A proof with its openings (popw.proof)", || schema_for!(ProofEnvelope)),
    Described::new("eligibility", "What a record of proofs has to show (popw.eligibility)", || {
        schema_for!(EligibilityPolicy)
    }),
    Described::new("eligibility-answer", "What `popw --json eligibility` answers", || {
        schema_for!(Eligibility)
    }),
];

impl Described {
    const fn new(name: &'static str, what: &'static str, schema: fn() -> Schema) -> Self {
        Self { name, what, schema }
    }

    /// The input of a proof.
    fn input(kind: Kind) -> Self {
        let name = kinds::word(kind.id());
        match kind {
            Kind::Uptime => Self::new(name, "The input of an uptime proof (popw.uptime-input)", || {
                schema_for!(UptimeInput)
            }),
            Kind::Possession => {
                Self::new(name, "The input of a possession proof (popw.storage-input)", || {
                    schema_for!(StorageInput)
                })
            }
            Kind::Bandwidth => {
                Self::new(name, "The input of a bandwidth proof (popw.bandwidth-input)", || {
                    schema_for!(BandwidthInput)
                })
            }
            Kind::Work => {
                Self::new(name, "The input of a proof of all work at once (popw.work-input)", || {
                    schema_for!(WorkInput)
                })
            }
        }
    }

    fn all() -> impl Iterator<Item = Self> {
        Kind::ALL.into_iter().map(Self::input).chain(OTHERS)
    }

    fn parser() -> impl TypedValueParser<Value = Self> {
        let values = Self::all().map(|one| PossibleValue::new(one.name).help(one.what));
        PossibleValuesParser::new(values)
            .map(|name| Self::all().find(|one| one.name == name).expect("one of the values"))
    }
}

/// Prints it.
pub fn run(args: Args, ui: &Ui) -> Outcome {
    let schema = (args.document.schema)();
    ui.result(&schema, || serde_json::to_string_pretty(&schema).unwrap_or_default());
    Ok(ExitCode::SUCCESS)
}
