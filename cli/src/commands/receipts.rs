//! `popw receipts`.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Args as ClapArgs, Subcommand};
use miette::{IntoDiagnostic, miette};
use popw_agent::receipts::{self, Item, Kind, ReceiptLog, Report};
use popw_core::document::{self, BandwidthFormat, BandwidthInput, Document, Version, WorkInput};
use popw_network::files::{self, Content, DOCUMENT_LIMIT, Overwrite, Plan};
use serde::Serialize;

use super::device::{CollectedArgs, Opened};
use super::{Outcome, output};
use crate::describe::bytes;
use crate::text;
use crate::ui::Ui;

/// What clients, challengers and witnesses have signed for a device.
#[derive(ClapArgs)]
pub struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Check receipts and rates: signatures, order, caps, double counting, and who signed contradictions.
    Check(Check),
    /// Write down all that a device was given in an epoch, including contradictions, which are in no proof.
    Export(Export),
}

#[derive(ClapArgs)]
#[command(after_help = "Examples:
  popw receipts check epoch-bandwidth.json
  popw --json receipts check receipts.json

FILE is the input of a bandwidth or work proof, or what popw receipts export wrote. The exit code is 1 when anything is
refused or contradictory; evidence is two signatures that anyone can verify.")]
struct Check {
    /// The document.
    #[arg(value_name = "FILE")]
    file: PathBuf,
}

#[derive(ClapArgs)]
#[command(after_help = "Examples:
  popw receipts export --db device.db --key device.key
  popw receipts export --db device.db --key device.key --epoch epochs/3-public.json \\
      --directory epochs/3-directory.json --out receipts.json")]
struct Export {
    #[command(flatten)]
    collected: CollectedArgs,
    /// Where to write it.
    #[arg(long, value_name = "FILE", default_value = "receipts.json")]
    out: PathBuf,
    /// Replace an existing file.
    #[arg(long)]
    force: bool,
}

/// Runs the command.
pub fn run(args: Args, ui: &Ui) -> Outcome {
    match args.command {
        Command::Check(check) => self::check(&check.file, ui),
        Command::Export(export) => self::export(&export, ui),
    }
}

/// What `check` prints.
#[derive(Serialize)]
struct Checked {
    epoch: u32,
    clean: bool,
    #[serde(flatten)]
    report: Report,
}

fn check(path: &Path, ui: &Ui) -> Outcome {
    let data = files::read(path, "document", DOCUMENT_LIMIT).into_diagnostic()?;
    let header = document::header(&data).map_err(|error| miette!("{}: {error}", path.display()))?;
    let (epoch, report) = match header.format.as_str() {
        BandwidthInput::FORMAT => {
            let input: BandwidthInput =
                files::parse_document(&data, path, "bandwidth input").into_diagnostic()?;
            (input.epoch.epoch, receipts::check_bandwidth(&input))
        }
        WorkInput::FORMAT => {
            let input = files::parse_document(&data, path, "work input").into_diagnostic()?;
            let input = bandwidth_part(input);
            (input.epoch.epoch, receipts::check_bandwidth(&input))
        }
        ReceiptLog::FORMAT => {
            let log: ReceiptLog = files::parse_document(&data, path, "receipt log").into_diagnostic()?;
            (log.epoch.epoch, receipts::check_log(&log))
        }
        other => {
            let help = "give a bandwidth or work input, or what `popw receipts export` wrote";
            return Err(miette!(
                help = help,
                "{} is a {}: it has no receipts",
                path.display(),
                text::shown(other)
            ));
        }
    };
    let checked = Checked { epoch, clean: report.is_clean(), report };
    ui.result(&checked, || describe(&checked));
    Ok(if checked.clean { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn bandwidth_part(input: WorkInput) -> BandwidthInput {
    let WorkInput { epoch, device, batch, receipts, challengers, .. } = input;
    BandwidthInput {
        format: BandwidthFormat::BandwidthInput,
        version: Version,
        epoch,
        device,
        batch,
        receipts,
        challengers,
    }
}

fn describe(checked: &Checked) -> String {
    let Checked { epoch, report, .. } = checked;
    let amount = |item: &Item| match item.kind {
        Kind::Receipt => bytes(item.amount),
        Kind::Rate => format!("{}.{} Mbit/s", item.amount / 10, item.amount % 10),
        Kind::Uptime => format!("{} slots", item.amount),
    };
    let row = |item: &Item| {
        let (kind, name) = match item.kind {
            Kind::Receipt => ("receipt", format!("allotment {}", item.number)),
            Kind::Rate => ("rate", format!("challenger {}", item.number)),
            Kind::Uptime => ("uptime", format!("witness {}", item.number)),
        };
        let verdict = match item.problem {
            Some(problem) => format!("REFUSED: {problem}"),
            None if item.counted < item.amount => format!("good; counts as its cap, {}", bytes(item.counted)),
            None => "good".into(),
        };
        vec![kind.into(), name, amount(item), verdict]
    };
    let rows: Vec<Vec<String>> = report.items.iter().map(row).collect();
    let mut out = format!("Epoch {epoch}\n\n{}\n", text::table(&["what", "of", "amount", "verdict"], &rows));
    for evidence in &report.evidence {
        let [(first, _), (second, _)] = &evidence.signed;
        out += &format!(
            "\nEVIDENCE: witness {} ({}) has signed both {first} and {second}; the signatures are in --json\n",
            evidence.witness,
            text::key(&evidence.public_key)
        );
    }
    let refused = report.items.iter().filter(|item| item.problem.is_some()).count();
    out += &match refused {
        0 => format!("\nNothing refused; a proof would count {}.", bytes(report.counted_bytes)),
        n => format!("\n{n} refused; the others count {}.", bytes(report.counted_bytes)),
    };
    out
}

fn export(args: &Export, ui: &Ui) -> Outcome {
    let mut plan = Plan::new(Overwrite::forced(args.force)).reading(args.collected.files());
    let out = output(&mut plan, &args.out, "--out", Content::stream("receipt log"))?;
    let beside = out.is_stdout();
    let CollectedArgs { db, key, epoch, directory } = &args.collected;
    let opened = Opened::of_key_file(epoch, directory, key)?;
    let (public, directory, device) = opened.parts();
    let log = receipts::log(db, public, directory, device)
        .map_err(|error| miette::Report::from_err(error).wrap_err(format!("reading {}", db.display())))?;
    out.fill(|file| files::json(file, &log)).into_diagnostic()?;
    let written = serde_json::json!({
        "written": args.out, "epoch": log.epoch.epoch, "receipts": log.receipts.len(), "rates": log.rates.len(),
        "attestations": log.attestations.len(),
    });
    let text = || {
        format!(
            "Written: {}, epoch {}: {}, {}, {}",
            args.out.display(),
            log.epoch.epoch,
            text::count(log.receipts.len(), "receipt"),
            text::count(log.rates.len(), "rate"),
            text::count(log.attestations.len(), "attestation")
        )
    };
    ui.result_beside(beside, &written, text);
    Ok(ExitCode::SUCCESS)
}
