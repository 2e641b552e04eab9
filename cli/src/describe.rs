//! Verdicts and documents as text.

use popw_core::claim::{Amount, Kind, Part};
use popw_verifier::envelope::{Level, Payee, Verdict};

use crate::text::{moment, percent};

/// A verdict, for people; `not_due` is why a claim of the right epoch is not due, if that is known.
pub fn verdict(verdict: &Verdict, not_due: &[String], recorded: bool, verify_ms: f64) -> String {
    let recorded = if recorded { " — now entered into the ledger" } else { "" };
    let took = format!(" ({verify_ms:.1} ms to verify)");
    let headline = match (verdict.verdict, not_due) {
        (Level::ValidForThisEpoch, [_, ..]) => {
            format!("VALID FOR THIS EPOCH, NOT DUE: {}", not_due.join("; "))
        }
        (level, _) => headline(level).to_owned(),
    };
    format!("{headline}{recorded}\n{}", verdict_body(verdict, &took))
}

/// What a verdict is about, without its headline; `took` follows the proof system.
pub fn verdict_body(verdict: &Verdict, took: &str) -> String {
    let mut lines = vec![format!(
        "  claim      {} v{}, shape {}, {}{took}",
        verdict.claim,
        verdict.claim_version,
        verdict.shape,
        verdict.system.name()
    )];
    lines.push(format!("  network    {}", verdict.domain_id));
    lines.push(format!("  epoch      {}", verdict.epoch));
    lines.push(format!(
        "  amount     {}",
        amount(Kind::find(verdict.claim), &verdict.amount, verdict.evidence.slots)
    ));
    lines.push(format!("  payee      {}", payee(&verdict.payee)));
    if let Some(period) = &verdict.period {
        lines.push(format!(
            "  time       {} to {}, fresh until {}",
            moment(period.from_unix_ms),
            moment(period.until_unix_ms),
            moment(period.fresh_until_unix_ms)
        ));
    }
    let e = &verdict.evidence;
    let committee = if e.capture_odds.is_empty() {
        String::new()
    } else {
        format!("{} of {} drawn seats, from {} witness seats; ", e.quorum, e.committee, e.witness_seats)
    };
    lines.push(format!("  evidence   {committee}{}", e.statement));
    if !e.capture_odds.is_empty() {
        let odds: Vec<String> = e
            .capture_odds
            .iter()
            .map(|odds| format!("{} at {} %", percent(odds.odds), odds.share_percent))
            .collect();
        lines.push(format!("  odds       of a captured quorum, by share of seats held: {}", odds.join(", ")));
    }
    if !e.detection_odds.is_empty() {
        let odds: Vec<String> = e
            .detection_odds
            .iter()
            .map(|odds| {
                let (one, thirty) = (percent(odds.one_epoch), percent(odds.thirty_epochs));
                format!("{one} (30 epochs: {thirty}) at {} % lost", odds.lost_percent)
            })
            .collect();
        lines.push(format!(
            "  odds       that {} challenges a sector notice a loss: {}",
            e.challenges,
            odds.join(", ")
        ));
    }
    lines.push(format!("  key        {}", verdict.key_digest));
    for warning in &verdict.warnings {
        lines.push(format!("  WARNING    {}", warning.message));
    }
    lines.push("  It does not prove:".into());
    lines.extend(verdict.does_not_prove.iter().map(|text| format!("    - {text}")));
    lines.join("\n")
}

fn headline(level: Level) -> &'static str {
    match level {
        Level::Due => "DUE: valid, of this epoch, not claimed before",
        Level::ValidForThisEpoch => "VALID FOR THIS EPOCH (give --ledger to see whether it is due)",
        Level::ValidContextNotChecked => {
            "VALID, CONTEXT NOT CHECKED (give --epoch: anyone can build registries of their own)"
        }
        Level::AlreadyClaimed => "ALREADY CLAIMED: valid, and paid before",
    }
}

/// What is claimed; of a kind that is not known, all of it.
pub fn amount(kind: Option<Kind>, amount: &Amount, slots: u32) -> String {
    let of_part = |part: &Part| match part {
        Part::Uptime => format!("{} of {slots} slots up", amount.up_slots),
        Part::Possession => format!("{} MiB possessed", amount.stored_mib),
        Part::Bandwidth => format!("{} MiB served, rate {}", amount.served_mib, rate(amount.rate)),
    };
    let all: &[Part] = &Part::ALL;
    let parts = kind.map_or(all, Kind::parts);
    parts.iter().map(of_part).collect::<Vec<_>>().join(", ")
}

/// A rate in units of 0.1 Mbit/s.
pub fn rate(rate: u32) -> String {
    format!("{}.{} Mbit/s", rate / 10, rate % 10)
}

/// Who is paid: an EVM address where the bytes are one.
pub fn payee(payee: &Payee) -> String {
    let text = match payee.recipient.split_at(12) {
        (zeros, address) if zeros.iter().all(|byte| *byte == 0) => format!("0x{}", hex::encode(address)),
        _ => format!("0x{}", hex::encode(payee.recipient)),
    };
    if payee.owner_tag == popw_core::Fr::from(0u64) {
        text
    } else {
        format!("{text}, owner tag {}", popw_core::field::to_decimal(&payee.owner_tag))
    }
}

/// Bytes with a unit.
pub fn bytes(count: u64) -> String {
    indicatif::HumanBytes(count).to_string()
}
