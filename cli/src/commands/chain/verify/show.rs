//! What `popw chain verify` prints.

use popw_chain::{Chain, Contract, Gas};
use popw_verifier::envelope::{Level, Refusal, Verdict};
use popw_verifier::key::KeyDigest;
use serde::Serialize;

use super::judge::Judged;
use crate::{describe, ui::Ui};

#[derive(Serialize)]
struct Report<'a> {
    chain_id: u64,
    block: u64,
    contract: String,
    key_digest: KeyDigest,
    claim: &'a str,
    shape: &'a str,
    development: bool,
    /// How many proofs one call was about.
    at_once: usize,
    /// The node's estimate for that call; none when nothing is valid.
    gas: Option<GasReport>,
    proofs: Vec<Entry<'a>>,
}

#[derive(Serialize)]
struct GasReport {
    #[serde(flatten)]
    gas: Gas,
    /// `transaction` and `verification` for each of `at_once`.
    transaction_per_claim: u64,
    verification_per_claim: u64,
}

#[derive(Serialize)]
struct Entry<'a> {
    file: String,
    /// Whether the proof was verified natively as well, with the same result.
    native: bool,
    #[serde(flatten)]
    verdict: Outcome<'a>,
}

#[derive(Serialize)]
#[serde(untagged)]
enum Outcome<'a> {
    Valid(&'a Verdict),
    Refused(&'a Refusal),
}

/// Prints all verdicts.
pub(super) fn print(
    contract: &Contract<'_>,
    chain: &Chain,
    judged: &[Judged<'_>],
    gas: Option<Gas>,
    at_once: usize,
    ui: &Ui,
) {
    let identity = contract.identity();
    let count = u64::try_from(at_once).unwrap_or(u64::MAX).max(1);
    let entry = |judged: &'_ Judged<'_>| judged.path.display().to_string();
    let report = Report {
        chain_id: chain.id(),
        block: contract.block(),
        contract: contract.address().to_string(),
        key_digest: KeyDigest(identity.key_digest),
        claim: &identity.claim,
        shape: &identity.shape,
        development: identity.development,
        at_once,
        gas: gas.map(|gas| GasReport {
            gas,
            transaction_per_claim: gas.transaction / count,
            verification_per_claim: gas.verification / count,
        }),
        proofs: judged
            .iter()
            .map(|judged| Entry {
                file: entry(judged),
                native: judged.native,
                verdict: match &judged.verdict {
                    Ok(verdict) => Outcome::Valid(verdict),
                    Err(refusal) => Outcome::Refused(refusal),
                },
            })
            .collect(),
    };
    ui.result(&report, || text(&report, judged));
}

fn text(report: &Report<'_>, judged: &[Judged<'_>]) -> String {
    let mut lines = Vec::new();
    for judged in judged {
        let verdict = match &judged.verdict {
            Ok(verdict) => {
                let native = if judged.native { "; natively, too" } else { "" };
                let headline = format!("{}: {}{native}", judged.path.display(), headline(verdict.verdict));
                format!("{headline}\n{}", describe::verdict_body(verdict, ""))
            }
            Err(refusal) => {
                format!("{}: INVALID [{}]: {}", judged.path.display(), refusal.code, refusal.message)
            }
        };
        lines.push(verdict);
    }
    lines.push(format!(
        "contract   {} on chain {}, block {}: {} {}, key {}",
        report.contract, report.chain_id, report.block, report.claim, report.shape, report.key_digest
    ));
    if let Some(GasReport { gas, transaction_per_claim, verification_per_claim }) = &report.gas {
        lines.push(format!(
            "gas        {} for a transaction that makes the call (estimated limit): {} before verifying, {} to verify",
            gas.transaction, gas.intrinsic, gas.verification
        ));
        if report.at_once > 1 {
            lines.push(format!(
                "           {} proofs at once: {transaction_per_claim} a claim, {verification_per_claim} of it to verify",
                report.at_once
            ));
        }
    }
    lines.join("\n")
}

fn headline(level: Level) -> &'static str {
    match level {
        Level::ValidForThisEpoch => {
            "VALID FOR THIS EPOCH, by the contract (whether it is due is for the contract that keeps the nullifiers to say)"
        }
        _ => {
            "VALID BY THE CONTRACT, CONTEXT NOT CHECKED (give --epoch: anyone can build registries of their own)"
        }
    }
}
