//! Whom the draw has chosen, and what the dice allow.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::str::FromStr;

use miette::{IntoDiagnostic, miette};
use popw_core::claim::Rules;
use popw_core::draw::{Duty, capture_odds, miss_odds};
use popw_network::epoch::directory::{DirectoryEntry, Epoch};
use popw_network::keyfile::KeyFile;
use serde::Serialize;

use crate::text;

/// Devices listed when none is named.
pub const MOST_SHOWN: usize = 10;

/// A device as the command line names it.
#[derive(Clone, Debug)]
pub enum DeviceName {
    /// By its place in the directory.
    Index(u32),
    /// By its key file.
    Key(PathBuf),
}

impl FromStr for DeviceName {
    type Err = std::convert::Infallible;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Ok(text.parse().map_or_else(|_| Self::Key(text.into()), Self::Index))
    }
}

impl DeviceName {
    /// Its index in an epoch.
    ///
    /// # Errors
    /// A key file that cannot be read; a device that is not of this epoch.
    pub fn find(&self, epoch: &Epoch) -> miette::Result<u32> {
        let number = epoch.public().epoch;
        let help = "see `popw registry list --epoch`: registrations act two epochs later at the earliest";
        match self {
            Self::Index(index) if (*index as usize) < epoch.directory().devices.len() => Ok(*index),
            Self::Index(index) => {
                let devices = epoch.directory().devices.len();
                Err(miette!("--device {index}: epoch {number} has {devices} devices, counted from 0"))
            }
            Self::Key(path) => {
                let key = KeyFile::read(path).into_diagnostic()?.public_key();
                epoch.device(&key).map(|entry| entry.index).ok_or_else(|| {
                    miette!(help = help, "the key {} belongs to no device of epoch {number}", path.display())
                })
            }
        }
    }
}

/// The odds of this epoch's draw.
#[derive(Serialize)]
pub struct Odds {
    /// That a device's committee has fewer than q different owners, however honest everyone is.
    missed_quorum: f64,
    /// That someone with this share of the witness seats holds q of a committee's k seats.
    captured: Vec<Captured>,
}

#[derive(Serialize)]
struct Captured {
    share: f64,
    odds: f64,
}

impl Odds {
    /// Of an epoch, for a device whose owner has no witnesses.
    pub fn of(epoch: &Epoch) -> Self {
        let Rules { k, q, .. } = epoch.public().rules;
        let mut seats = BTreeMap::new();
        for witness in &epoch.directory().witnesses {
            *seats.entry(witness.owner).or_insert(0u32) += 1;
        }
        let seats: Vec<u32> = seats.into_values().collect();
        let captured = |share| Captured { share, odds: capture_odds(k, q, share) };
        Self { missed_quorum: miss_odds(k, q, &seats, 0), captured: [0.1, 0.2, 0.33].map(captured).into() }
    }

    /// For people, each line after a line break.
    pub fn describe(&self, rules: &Rules) -> String {
        let captured: Vec<String> =
            self.captured.iter().map(|captured| text::percent(captured.odds)).collect();
        format!(
            "\n  odds        a committee misses {} different owners with probability {};\n              someone with \
             10 / 20 / 33 % of the seats captures one with {}",
            rules.q,
            text::percent(self.missed_quorum),
            captured.join(" / "),
        )
    }
}

/// A device's committees, and what it stores and has sold.
#[derive(Serialize)]
pub struct Draw {
    device: u32,
    key: String,
    owner: String,
    committee: Vec<Seat>,
    owners: usize,
    /// Fewer different owners than a quorum: no slot can be up in this epoch.
    misses_quorum: bool,
    challengers: Vec<Seat>,
    challenger_owners: usize,
    /// The same of its challengers: no rate can be certified.
    misses_rate_quorum: bool,
    sectors: Vec<u64>,
    sector_bytes: u64,
    allotments: Vec<u64>,
    allotment_bytes: u64,
}

#[derive(Serialize)]
struct Seat {
    seat: usize,
    witness: u32,
    owner: String,
    counts: bool,
}

impl Draw {
    /// Of one device, or of the first ten.
    pub fn all(epoch: &Epoch, device: Option<u32>) -> Vec<Self> {
        let devices = &epoch.directory().devices;
        let chosen = devices.iter().filter(|entry| device.is_none_or(|index| entry.index == index));
        chosen.take(MOST_SHOWN).map(|entry| Self::of(epoch, entry)).collect()
    }

    fn of(epoch: &Epoch, device: &DirectoryEntry) -> Self {
        let quorum = epoch.public().rules.q as usize;
        let owners = epoch.owners_drawn(Duty::Uptime, device);
        let challenger_owners = epoch.owners_drawn(Duty::Rate, device);
        let sectors = || epoch.sectors_of(&device.public_key);
        let allotments = || epoch.allotments_of(&device.public_key);
        Self {
            device: device.index,
            key: text::key(&device.public_key),
            owner: text::account(&device.owner),
            committee: seats(epoch, Duty::Uptime, device),
            owners,
            misses_quorum: owners < quorum,
            challengers: seats(epoch, Duty::Rate, device),
            challenger_owners,
            misses_rate_quorum: challenger_owners < quorum,
            sectors: sectors().map(|sector| sector.seq).collect(),
            sector_bytes: sectors().map(|sector| sector.bytes).fold(0, u64::saturating_add),
            allotments: allotments().map(|allotment| allotment.seq).collect(),
            allotment_bytes: allotments().map(|allotment| allotment.cap).fold(0, u64::saturating_add),
        }
    }

    /// For people, each line after a line break.
    pub fn describe(&self) -> String {
        let mut out = format!(
            "\n  device {:<4} {}: drawn witnesses {}\n              challengers {}",
            self.device,
            self.key,
            described(&self.committee, self.owners),
            described(&self.challengers, self.challenger_owners),
        );
        if !self.sectors.is_empty() {
            let sectors = text::count(self.sectors.len(), "sector");
            out += &format!("\n              stores {sectors}, {} bytes", self.sector_bytes);
        }
        if !self.allotments.is_empty() {
            let allotments = text::count(self.allotments.len(), "allotment");
            out += &format!("\n              has sold {allotments}, {} bytes", self.allotment_bytes);
        }
        out
    }

    /// Where this draw misses a quorum. Without witnesses nobody is drawn, and nothing that is paid needs it.
    pub fn misses(&self, rules: &Rules) -> Vec<String> {
        if rules.n_w == 0 {
            return Vec::new();
        }
        let Self { device, key, owners, challenger_owners, .. } = self;
        let quorum = rules.q;
        let mut misses = Vec::new();
        if self.misses_quorum {
            misses.push(format!(
                "the draw gave device {device} ({key}) witnesses of {owners} different owners, but a quorum takes \
                 {quorum}: no slot of this epoch can be up for it, however honest everyone is. That is chance, not a \
                 fault"
            ));
        }
        if self.misses_rate_quorum && (rules.min_rate > 0 || !self.allotments.is_empty()) {
            misses.push(format!(
                "the draw gave device {device} ({key}) challengers of {challenger_owners} different owners, but a \
                 quorum takes {quorum}: no rate can be certified for it in this epoch. That is chance, not a fault"
            ));
        }
        misses
    }
}

/// The seats that a draw has given a device.
fn seats(epoch: &Epoch, duty: Duty, device: &DirectoryEntry) -> Vec<Seat> {
    let drawn = epoch.draw(duty, device).into_iter().filter_map(|index| epoch.witness(index));
    let mut seen = Vec::new();
    let seat = |(seat, witness): (usize, &DirectoryEntry)| {
        let counts = witness.owner != device.owner && !seen.contains(&witness.owner);
        seen.push(witness.owner);
        Seat { seat, witness: witness.index, owner: text::account(&witness.owner), counts }
    };
    drawn.enumerate().map(seat).collect()
}

/// Seats in a line, those that add no owner in brackets.
fn described(seats: &[Seat], owners: usize) -> String {
    let witnesses: Vec<String> = seats
        .iter()
        .map(|seat| match seat.counts {
            true => seat.witness.to_string(),
            false => format!("({})", seat.witness),
        })
        .collect();
    let note = if seats.iter().all(|seat| seat.counts) { "" } else { "; in brackets: adds no owner" };
    format!("{}, {owners} different owners{note}", witnesses.join(", "))
}
