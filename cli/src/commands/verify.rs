//! `popw verify`.

use std::{
    path::{Path, PathBuf},
    process::ExitCode,
    time::Instant,
};

use miette::{IntoDiagnostic, miette};
use popw_core::{
    Fr,
    claim::Kind,
    document::{EpochPublic, ProofEnvelope},
};
use popw_network::{
    database::Create,
    epoch, files,
    ledger::{Ledger, LedgerError, Spend},
    policy::Policy,
};
use popw_verifier::{
    due::{self, Decision, NotDue, Terms, Window},
    envelope::{Against, Level, Refusal, SpentSet, SpentSetError, Verdict},
};
use serde::Serialize;

use super::Outcome;
use crate::{describe, documents, text, ui::Ui};

const AFTER_HELP: &str = "\
Verdicts and exit codes:
   0  due                        valid, of this epoch, and not claimed before (needs --epoch and --ledger),
                                 and, with --network, of a kind it pays and
                                 within its answer window
   3  valid for this epoch       (--epoch without --ledger, outside the answer window, or not paid)
   4  valid, context not checked (neither: anyone can build registries of their own)
   5  already claimed
   6  invalid
   1  could not be checked (a file is missing or unreadable), 2 wrong usage

Examples:
  popw verify proof.json --keys keys/
  popw verify proof.json --key uptime.vk --network network.toml --epoch epoch-public.json --ledger spent.db
  popw verify proof.json --keys keys/ --network network.toml --epoch epoch-public.json --ledger spent.db --record

Without --network, nothing is compared with the network's policy: not the shape of the circuit, the kind of claim, the
answer window, or the epoch's rules and beacons. So a claim is recorded only with --network.";

/// Check a proof. The exit code is the verdict.
#[derive(clap::Args)]
#[command(after_help = AFTER_HELP)]
pub struct Args {
    /// The proof (proof.json, or its compact form).
    proof: PathBuf,
    #[command(flatten)]
    key: documents::KeySource,
    /// The network's policy: the epoch must follow it, beacons included.
    #[arg(long, value_name = "TOML", requires = "epoch")]
    network: Option<PathBuf>,
    /// The epoch as the network published it (never a copy from whoever hands in the proof).
    #[arg(long, value_name = "JSON")]
    epoch: Option<PathBuf>,
    /// The ledger of spent nullifiers.
    #[arg(long, value_name = "DB", requires = "epoch")]
    ledger: Option<PathBuf>,
    /// If the claim is due, enter it into the ledger (created if missing); needs --network, whose policy says which shape and
    /// kind are paid.
    #[arg(long, requires_all = ["ledger", "network"])]
    record: bool,
}

#[derive(Serialize)]
struct Report<'a> {
    #[serde(flatten)]
    verdict: &'a Verdict,
    recorded: bool,
    /// With --network: whether its answer window is open.
    window: Option<&'static str>,
    /// With --network: whether it pays claims of this kind.
    paid: Option<bool>,
    verify_ms: f64,
}

/// Checks, prints, and returns the verdict as exit code.
pub fn run(args: Args, ui: &Ui) -> Outcome {
    let proof = documents::read_proof(&args.proof)?;
    let (verifier, _) = args.key.verifier(&proof)?;
    let policy = args.network.as_deref().map(Policy::read).transpose().into_diagnostic()?;
    let epoch = args.epoch.as_deref().map(|path| read_epoch(path, policy.as_ref())).transpose()?;
    let mut ledger = match (&args.ledger, &epoch) {
        (Some(path), Some(epoch)) => {
            let create = if args.record { Create::IfMissing } else { Create::No };
            Some(Ledger::open(path, &epoch.domain, create).into_diagnostic()?)
        }
        _ => None,
    };
    let pays: Vec<Kind> = policy.iter().flat_map(|policy| policy.pays.kinds()).collect();
    let terms = policy.as_ref().map_or_else(Terms::default, |policy| terms(policy, &pays, &proof));
    let started = Instant::now();
    let decision = {
        let spent = ledger.as_ref().map(Spent);
        let against = match (&epoch, &spent) {
            (None, _) => Against::Nothing,
            (Some(epoch), None) => Against::Epoch(epoch),
            (Some(epoch), Some(spent)) => Against::Ledger { epoch, spent },
        };
        due::verify(&proof, &verifier, against, &terms)
    };
    let verify_ms = started.elapsed().as_secs_f64() * 1e3;
    let Decision { mut verdict, not_due } = match decision {
        Ok(decision) => decision,
        Err(error) if error.is_callers() => return Err(miette!("{error}")),
        Err(error) => {
            ui.result(&Refusal::from(&error), || format!("INVALID: {error}"));
            return Ok(ExitCode::from(6));
        }
    };
    let mut recorded = false;
    if let (true, Level::Due, Some(ledger)) = (args.record, verdict.verdict, &mut ledger) {
        match record(ledger, &proof) {
            Ok(()) => recorded = true,
            // Another process was faster.
            Err(LedgerError::AlreadySpent(_)) => verdict.verdict = Level::AlreadyClaimed,
            Err(error) => return Err(error).into_diagnostic(),
        }
    }
    let paid = policy.is_some().then(|| !not_due.contains(&NotDue::NotPaid));
    let report = Report { verdict: &verdict, recorded, window: terms.window.map(window), paid, verify_ms };
    ui.result(&report, || {
        let not_due: Vec<String> = match &policy {
            Some(policy) => not_due.iter().map(|reason| in_words(*reason, policy)).collect(),
            None => Vec::new(),
        };
        let mut shown = describe::verdict(&verdict, &not_due, recorded, verify_ms);
        if let Some(Window::Open { closes_unix_ms }) = terms.window {
            shown += &format!(
                "\n  The network's answer window for this epoch closes at {}.",
                text::moment(closes_unix_ms)
            );
        }
        shown
    });
    Ok(ExitCode::from(exit_code(verdict.verdict)))
}

fn exit_code(level: Level) -> u8 {
    match level {
        Level::Due => 0,
        Level::ValidForThisEpoch => 3,
        Level::ValidContextNotChecked => 4,
        Level::AlreadyClaimed => 5,
    }
}

fn read_epoch(path: &Path, policy: Option<&Policy>) -> miette::Result<EpochPublic> {
    let public: EpochPublic =
        files::read_document(path, "epoch file", files::DOCUMENT_LIMIT).into_diagnostic()?;
    if let Some(policy) = policy {
        epoch::verify(&public, policy).map_err(|error| miette!("{}: {error}", path.display()))?;
    }
    Ok(public)
}

/// What the network takes, and whether it still does.
fn terms<'a>(policy: &Policy, pays: &'a [Kind], proof: &ProofEnvelope) -> Terms<'a> {
    let window = policy.clock().answer_window(proof.opening.context.epoch);
    Terms {
        shape: Some(policy.shape.name()),
        pays: Some(pays),
        window: Some(Window::at(text::now_unix_ms(), &window)),
    }
}

/// Where now lies in the time in which the network takes claims about an epoch.
fn window(window: Window) -> &'static str {
    match window {
        Window::NotYetOpen { .. } => "not yet open",
        Window::Open { .. } => "open",
        Window::Closed { .. } => "closed",
    }
}

fn in_words(reason: NotDue, policy: &Policy) -> String {
    match reason {
        NotDue::NotYetOpen { opens_unix_ms } => {
            format!("the network's answer window opens at {}", text::moment(opens_unix_ms))
        }
        NotDue::Closed { closed_unix_ms } => {
            let closed = text::moment(closed_unix_ms);
            format!("the network's answer window closed at {closed} (if that is wrong, so is this clock)")
        }
        NotDue::NotPaid => {
            let pays = policy.pays.name();
            format!("the network does not pay this kind of claim: its policy says pays = \"{pays}\"")
        }
    }
}

fn record(ledger: &mut Ledger, proof: &ProofEnvelope) -> Result<(), LedgerError> {
    let spend = Spend {
        nullifier: proof.public.nullifier,
        epoch: proof.opening.context.epoch,
        claim: proof.claim.clone(),
        outcome: proof.public.outcome,
    };
    ledger.record(&spend, text::now_unix_ms())
}

/// The ledger as the verifier sees it.
struct Spent<'a>(&'a Ledger);

impl SpentSet for Spent<'_> {
    fn is_spent(&self, nullifier: &Fr) -> Result<bool, SpentSetError> {
        self.0.is_spent(nullifier).map_err(|error| SpentSetError(error.to_string()))
    }
}
