//! `popw lint`.

use std::{path::PathBuf, process::ExitCode};

use popw_verifier::lint::{Severity, lint};
use serde::Serialize;

use super::Outcome;
use crate::{snarkjs, ui::Ui};

/// Look for what is wrong with a verifying key.
#[derive(clap::Args)]
pub struct Args {
    #[command(subcommand)]
    what: What,
}

#[derive(clap::Subcommand)]
enum What {
    /// A verifying key: γ = δ, δ = generator, IC₀ = −α, small sums of points that are equal, pairings that are equal, points at
    /// infinity, missing or repeated IC points, wrong subgroup…
    #[command(
        after_help = "Of a proving key, only the verifying key inside is checked: `popw groth16 import` checks the rest.\n\n\
        Exit code: 0 nothing that lets proofs be forged, 1 unreadable or not a key at all, 7 do not use this key.\n\n\
        Examples:\n  popw lint key keys/uptime-demo-groth16.vk\n  popw lint key verification_key.json\n  \
        popw lint key circuit.zkey\n  popw --json lint key other.vk"
    )]
    Key {
        /// The key: a .vk, a .pk of Groth16, or snarkjs's .zkey or verification_key.json.
        file: PathBuf,
    },
}

#[derive(Serialize)]
struct Report<T> {
    usable: bool,
    findings: Vec<T>,
}

/// Prints the findings.
pub fn run(args: Args, ui: &Ui) -> Outcome {
    let What::Key { file } = args.what;
    let findings = lint(&snarkjs::read_key(&file)?);
    let usable = !findings.iter().any(|finding| finding.severity == Severity::Error);
    let report = Report { usable, findings };
    ui.result(&report, || {
        let mut text = String::new();
        for finding in &report.findings {
            text += &format!(
                "{}[{}]: {}\n  remedy: {}\n",
                finding.severity, finding.code, finding.message, finding.remedy
            );
        }
        text += &match (usable, report.findings.len()) {
            (true, 0) => format!("{}: nothing wrong found", file.display()),
            (true, _) => format!("{}: usable, with the limits above", file.display()),
            (false, _) => format!("{}: do not use this key", file.display()),
        };
        text
    });
    Ok(if usable { ExitCode::SUCCESS } else { ExitCode::from(7) })
}
