//! `popw eligibility`.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use miette::{IntoDiagnostic, WrapErr, miette};
use popw_core::document::EligibilityPolicy;
use popw_network::files;
use popw_verifier::Verifier;
use popw_verifier::eligibility::{self, Eligibility, EligibilityError, Judged, Reason};
use popw_verifier::key::KeyDigest;

use super::Outcome;
use crate::keys::{self, FindError};
use crate::{describe, ui::Ui};

const NOT_ELIGIBLE: u8 = 8;

const AFTER_HELP: &str = "\
The policy (popw.eligibility; `popw schema eligibility`) names the network, the epochs as it published them, the claims
that each epoch needs, the keys accepted, and the least that each proof has to show. A record is eligible if every epoch
has an accepted proof of every claim. Proofs that do not count are named with the reason; they do no harm.

Exit codes:
   0  eligible
   8  not eligible
   1  could not be checked: a file is missing, the policy is unreadable or impossible, a key it accepts is not in --keys
   2  wrong usage

Examples:
  popw eligibility --policy policy.json --keys keys/ epoch-9.json epoch-10.json
  popw --json eligibility --policy policy.json --keys keys/ proof.json";

/// Judge a record of proofs by a policy. The exit code is the answer.
#[derive(clap::Args)]
#[command(after_help = AFTER_HELP)]
pub struct Args {
    /// The record: proofs (proof.json, or their compact form).
    #[arg(required = true)]
    proofs: Vec<PathBuf>,
    /// What is asked for (popw.eligibility).
    #[arg(long, value_name = "JSON")]
    policy: PathBuf,
    /// A folder with the .vk files of the keys that the policy accepts.
    #[arg(long, value_name = "DIR")]
    keys: PathBuf,
}

/// Judges, prints, and returns the answer as exit code.
pub fn run(args: Args, ui: &Ui) -> Outcome {
    let policy: EligibilityPolicy =
        files::read_document(&args.policy, "policy", files::DOCUMENT_LIMIT).into_diagnostic()?;
    let verifiers = verifiers(&args.keys, &policy)?;
    let read = |path: &PathBuf| files::read(path, "proof", files::DOCUMENT_LIMIT).into_diagnostic();
    let proofs = args.proofs.iter().map(read).collect::<miette::Result<Vec<_>>>()?;
    let slices: Vec<&[u8]> = proofs.iter().map(Vec::as_slice).collect();
    let answer = eligibility::judge(&slices, &policy, &verifiers).map_err(|error| match error {
        EligibilityError::MissingKey { proof, digest } => miette!(
            help = "put the network's .vk file there, or take the key out of the policy",
            "{}: its key {digest} is accepted by the policy, but is not in {}",
            args.proofs[proof].display(),
            args.keys.display()
        ),
        other => miette!("{}: {other}", args.policy.display()),
    })?;
    ui.result(&answer, || text(&answer, &args.proofs, &policy));
    Ok(if answer.eligible { ExitCode::SUCCESS } else { ExitCode::from(NOT_ELIGIBLE) })
}

/// Those of the accepted keys that are in the folder; the others may not be needed.
fn verifiers(folder: &Path, policy: &EligibilityPolicy) -> miette::Result<Vec<Verifier>> {
    let mut verifiers = Vec::new();
    for digest in &policy.keys {
        match keys::find_verifying_key(folder, KeyDigest(*digest)) {
            Ok(key) => verifiers.push(Verifier::new(&key)),
            Err(FindError::Missing { .. }) => {}
            Err(error) => return Err(error).into_diagnostic().wrap_err("looking for the policy's keys"),
        }
    }
    Ok(verifiers)
}

fn text(answer: &Eligibility, paths: &[PathBuf], policy: &EligibilityPolicy) -> String {
    let (epochs, claims) = (policy.epochs.len(), policy.claims.join(", "));
    let plural = if epochs == 1 { "" } else { "s" };
    let headline = if answer.eligible { "ELIGIBLE" } else { "NOT ELIGIBLE" };
    let mut lines =
        vec![format!("{headline}: {epochs} epoch{plural}, each with {claims}, of {}", policy.domain_id)];
    let reason = |proof: usize| answer.reasons.iter().find(|reason| reason.proof == Some(proof));
    for (Judged { proof, verdict, .. }, path) in answer.proofs.iter().zip(paths) {
        let about = match (verdict, reason(*proof)) {
            (_, Some(Reason { code, message, .. })) => format!("does not count [{code}]: {message}"),
            (Some(verdict), None) => {
                let kind = popw_core::claim::Kind::find(verdict.claim);
                let amount = describe::amount(kind, &verdict.amount, verdict.evidence.slots);
                format!("counts: epoch {}, {}, {amount}", verdict.epoch, verdict.claim)
            }
            (None, None) => "does not count".to_owned(),
        };
        lines.push(format!("  {}  {about}", path.display()));
    }
    let missing = answer.reasons.iter().filter(|reason| reason.proof.is_none());
    lines.extend(missing.map(|reason| format!("  missing    {}", reason.message)));
    let warnings =
        answer.proofs.iter().filter(|judged| judged.counted).filter_map(|judged| judged.verdict.as_ref());
    let mut warnings: Vec<_> = warnings.flat_map(|verdict| &verdict.warnings).map(|w| w.message).collect();
    warnings.sort_unstable();
    warnings.dedup();
    lines.extend(warnings.into_iter().map(|warning| format!("  WARNING    {warning}")));
    lines.push(
        "  It does not prove that the proofs are of one device: they hide which device made them, and a minimum \
         applies to each."
            .into(),
    );
    lines.join("\n")
}
