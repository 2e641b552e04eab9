//! What a claim could have and has not: a batch of an epoch is paid once, so nothing may be missing from it in silence.

use std::collections::BTreeMap;
use std::fmt;

use serde::Serialize;

use crate::roster::Roster;

/// A part of a claim, or a sector of one, that is not in it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct LeftOut {
    /// Which part.
    pub part: Part,
    /// A sector's number in the registry.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seq: Option<u64>,
    /// Why.
    pub problem: String,
    /// Whether anything can be done.
    pub fate: Fate,
}

/// A part of a claim.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Part {
    /// Slots that witnesses have seen.
    Uptime,
    /// Sectors.
    Possession,
    /// Receipts, and the rate without which they may count nothing.
    Bandwidth,
}

/// What becomes of what is left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Fate {
    /// It can still come, and is lost once the batch is claimed without it.
    Mendable,
    /// Nothing makes it count in this epoch.
    Lost,
}

impl fmt::Display for LeftOut {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.seq, self.part) {
            (Some(seq), _) => write!(f, "sector {seq} is left out: {}", self.problem),
            (None, Part::Uptime) => write!(f, "uptime is left out: {}", self.problem),
            (None, Part::Possession) => write!(f, "sectors are left out: {}", self.problem),
            (None, Part::Bandwidth) => write!(f, "the rate is left out: {}", self.problem),
        }
    }
}

/// All of it, a line each.
#[derive(Clone, Debug)]
pub struct Missing(pub Vec<LeftOut>);

impl fmt::Display for Missing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|left| write!(f, "\n  {left}"))
    }
}

/// Owners of drawn members that have signed, of those that were drawn and are needed.
pub(crate) struct Quorum {
    signed: usize,
    pub(crate) drawn: usize,
    needed: usize,
}

impl Quorum {
    /// Of those drawn, by index, so many owners have signed.
    pub(crate) fn new(roster: &Roster, drawn: &BTreeMap<u32, Vec<u32>>, signed: usize) -> Self {
        let needed = usize::try_from(roster.rules().q).unwrap_or(usize::MAX);
        Self { signed, drawn: roster.owners(drawn).len(), needed }
    }

    /// Why nothing comes of it, with what else that costs, and whether more signatures could mend that.
    pub(crate) fn missed(&self, who: &str, cost: &str) -> Option<(String, Fate)> {
        let Self { signed, drawn, needed } = *self;
        if signed >= needed {
            None
        } else if drawn < needed {
            let problem = format!(
                "the draw missed a quorum: it names {drawn} owners of {who}, {needed} are needed{cost}"
            );
            Some((problem, Fate::Lost))
        } else {
            let problem = format!(
                "{signed} of the {drawn} owners of {who} drawn have signed, {needed} are needed{cost}; keep the device's \
                 daemon running, and export again before the answer window ends"
            );
            Some((problem, Fate::Mendable))
        }
    }
}
