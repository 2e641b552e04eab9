//! `popw device status`.

use std::process::ExitCode;

use popw_agent::clock::{Clock, span};
use popw_agent::duties::{fetch::store::device::StoredReceipt, uptime::votes::Votes};
use popw_agent::export::Collected;
use popw_agent::skew::{Opinion, REMEDY};
use popw_core::bitmap::SlotBitmap;
use serde::Serialize;

use super::{CollectedArgs, Opened, explained};
use crate::commands::{Outcome, network::WindowArgs};
use crate::describe::bytes;
use crate::text;
use crate::ui::Ui;

/// What it prints.
#[derive(Serialize)]
struct Status {
    epoch: u32,
    closed: bool,
    votes: Votes,
    max_gap: u32,
    claimed_up_slots: u32,
    seats: Vec<Seat>,
    /// The last receipt of each allotment.
    receipts: Vec<Receipt>,
    /// Bytes of them that count: none for more than its cap.
    served_bytes: u64,
    rates: Vec<Rate>,
    /// The largest rate that a quorum of owners reaches, in 0.1 Mbit/s.
    certified_rate: u32,
    min_rate: u32,
    /// What witnesses said of the device's clock the last time that it was news.
    clock: Option<Opinion>,
}

/// An allotment's last receipt.
#[derive(Serialize)]
struct Receipt {
    seq: u64,
    client: String,
    bytes: u64,
    cap: u64,
}

/// What a challenger has signed.
#[derive(Serialize)]
struct Rate {
    witness: u32,
    owner: String,
    /// In 0.1 Mbit/s.
    rate: u32,
    used: bool,
    contradicts: bool,
}

/// A seat of the device's committee.
#[derive(Serialize)]
struct Seat {
    seat: u32,
    witness: u32,
    owner: String,
    /// Its owner's best attestation: what enters a proof.
    used: bool,
    up_slots: Option<u32>,
    bitmap: Option<SlotBitmap>,
    attestations: usize,
    contradictions: usize,
}

pub(super) fn run(args: &CollectedArgs, window: &WindowArgs, ui: &Ui) -> Outcome {
    let opened = args.open()?;
    window.look(&opened.public, ui)?;
    let Opened { public, directory, device } = &opened;
    let collected =
        Collected::read(&args.db, public, directory, device).map_err(|error| explained(error, &args.db))?;
    let votes = collected.votes();
    let rules = public.rules;
    let claimed = if votes.longest_gap > rules.max_gap { 0 } else { votes.up_slots };
    let used: Vec<u32> = collected.used().iter().map(|used| used.seat).collect();
    let mut seats: Vec<Seat> = collected
        .committee()
        .iter()
        .flat_map(|(witness, seats)| seats.iter().map(move |seat| (*seat, *witness)))
        .map(|(seat, witness)| {
            let signed = || collected.attestations().iter().filter(|stored| stored.witness_index == witness);
            let bitmap = signed().filter(|stored| !stored.contradicts).map(|stored| stored.bitmap);
            let bitmap = bitmap.max_by_key(SlotBitmap::count);
            Seat {
                seat,
                witness,
                owner: directory
                    .witnesses
                    .get(witness as usize)
                    .map_or_else(String::new, |entry| text::account(&entry.owner)),
                used: used.contains(&seat),
                up_slots: bitmap.map(|bitmap| bitmap.count()),
                bitmap,
                attestations: signed().filter(|stored| !stored.contradicts).count(),
                contradictions: signed().filter(|stored| stored.contradicts).count(),
            }
        })
        .collect();
    seats.sort_by_key(|seat| seat.seat);
    let receipts: Vec<Receipt> =
        collected.receipts().iter().filter_map(|stored| receipt(&collected, stored)).collect();
    let used_rates: Vec<_> = collected.used_rates().iter().map(|used| used.stored.clone()).collect();
    let rates = collected.rates().iter().map(|stored| Rate {
        witness: stored.witness_index,
        owner: collected
            .roster()
            .witness(stored.witness_index)
            .map_or_else(String::new, |entry| text::account(&entry.owner)),
        rate: stored.rate,
        used: used_rates.contains(stored),
        contradicts: stored.contradicts,
    });
    let status = Status {
        epoch: public.epoch,
        closed: public.closing.is_some(),
        max_gap: rules.max_gap,
        claimed_up_slots: claimed,
        votes,
        seats,
        served_bytes: receipts.iter().fold(0, |sum, one| sum.saturating_add(one.bytes.min(one.cap))),
        receipts,
        rates: rates.collect(),
        certified_rate: collected.certified_rate(),
        min_rate: rules.min_rate,
        clock: Opinion::read(&args.db, &device.public_key, device.owner)
            .map_err(|error| explained(error.into(), &args.db))?,
    };
    ui.result(&status, || describe(&status));
    Ok(ExitCode::SUCCESS)
}

fn receipt(collected: &Collected, stored: &StoredReceipt) -> Option<Receipt> {
    let allotment = collected.roster().epoch().allotment(stored.seq)?;
    let client = text::key(&allotment.client);
    Some(Receipt { seq: stored.seq, client, bytes: stored.bytes, cap: allotment.cap })
}

fn describe(status: &Status) -> String {
    let votes = &status.votes;
    let total = votes.slots.len();
    let mut out = format!(
        "Epoch {}{}\n\n  quorum             {}  {} of {total} slots up, longest gap {}\n",
        status.epoch,
        if status.closed { "" } else { " (not closed yet)" },
        votes.bar(),
        votes.up_slots,
        votes.longest_gap,
    );
    for seat in &status.seats {
        let bar: String = match &seat.bitmap {
            Some(bitmap) => (0..total).map(|slot| if bitmap.get(slot as u32) { '█' } else { '·' }).collect(),
            None => "·".repeat(total),
        };
        let name = format!("seat {} witness {}", seat.seat, seat.witness);
        let signed = match (seat.up_slots, seat.used) {
            (None, _) => "nothing signed".into(),
            (Some(up), true) => format!("saw {up}"),
            (Some(up), false) => format!("saw {up}; its owner counts with another seat"),
        };
        let lie = match seat.contradictions {
            0 => String::new(),
            n => format!("; CONTRADICTS itself {n} times"),
        };
        out += &format!("  {name:<18} {bar}  {signed}{lie}\n");
    }
    out += &format!("\n  █ up  ▒ fewer than {} votes  · none\n", votes.quorum);
    out += &match (votes.longest_gap > status.max_gap, status.claimed_up_slots) {
        (true, _) => format!("  A proof would claim 0 slots: a gap is longer than {}.", status.max_gap),
        (false, up) => format!("  A proof would claim {up} slots."),
    };
    out + &describe_bandwidth(status) + &describe_clock(status)
}

/// Only a clock that is wrong is worth a line. When that was said goes by the same clock.
fn describe_clock(status: &Status) -> String {
    let Some(clock) = status.clock.filter(Opinion::is_wrong) else { return String::new() };
    let ago = span(Clock::system().now_ms().saturating_sub(clock.unix_ms));
    format!("\n\n  CLOCK: {clock}, as they said {ago} ago: {REMEDY}.")
}

fn describe_bandwidth(status: &Status) -> String {
    let mut out = String::new();
    let mbit = |rate: u32| format!("{}.{} Mbit/s", rate / 10, rate % 10);
    if !status.receipts.is_empty() {
        let rows: Vec<Vec<String>> = status
            .receipts
            .iter()
            .map(|one| {
                vec![
                    one.seq.to_string(),
                    one.client.clone(),
                    bytes(one.bytes),
                    format!("of {}", bytes(one.cap)),
                ]
            })
            .collect();
        let table = text::table(&["  allotment", "client", "signed for", ""], &indented(rows));
        out += &format!("\n\n{table}\n  A proof would count {}.", bytes(status.served_bytes));
    }
    if !status.rates.is_empty() {
        let rows: Vec<Vec<String>> = status
            .rates
            .iter()
            .map(|one| {
                let note = match (one.contradicts, one.used) {
                    (true, _) => "CONTRADICTS its first",
                    (false, true) => "",
                    (false, false) => "its owner counts with another",
                };
                vec![one.witness.to_string(), one.owner.clone(), mbit(one.rate), note.into()]
            })
            .collect();
        let table = text::table(&["  challenger", "owner", "rate", ""], &indented(rows));
        let gate = if status.certified_rate < status.min_rate {
            format!(", below the network's minimum of {}: traffic counts for nothing", mbit(status.min_rate))
        } else {
            String::new()
        };
        out += &format!("\n\n{table}\n  Certified: {}{gate}.", mbit(status.certified_rate));
    }
    out
}

fn indented(mut rows: Vec<Vec<String>>) -> Vec<Vec<String>> {
    rows.iter_mut().filter_map(|row| row.first_mut()).for_each(|first| first.insert_str(0, "  "));
    rows
}
