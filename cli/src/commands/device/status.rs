//! `popw device status`.

use std::process::ExitCode;

use popw_agent::export::Collected;
use popw_agent::votes::Votes;
use popw_core::bitmap::SlotBitmap;
use serde::Serialize;

use super::{CollectedArgs, Opened, explained};
use crate::commands::Outcome;
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

pub(super) fn run(args: &CollectedArgs, ui: &Ui) -> Outcome {
    let Opened { public, directory, device } = args.open()?;
    let collected = Collected::read(&args.db, &public, &directory, &device)
        .map_err(|error| explained(error, &args.db))?;
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
    let status = Status {
        epoch: public.epoch,
        closed: public.closing.is_some(),
        max_gap: rules.max_gap,
        claimed_up_slots: claimed,
        votes,
        seats,
    };
    ui.result(&status, || describe(&status));
    Ok(ExitCode::SUCCESS)
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
    out
}
