//! What a claim could have and has not: a batch of an epoch is paid once, so nothing may be missing from it in silence.

use std::collections::BTreeMap;
use std::fmt;

use popw_core::document::ClaimInput;
use serde::Serialize;

use super::{Collected, ExportError};

/// A claim's input, and what is not in it.
#[derive(Clone, Debug)]
pub struct Export<I> {
    /// The input.
    pub input: I,
    /// What the device has registered or begun, and the input lacks.
    pub left_out: Vec<LeftOut>,
}

impl<I: ClaimInput> Export<I> {
    /// The input, if it is worth all that the device is known to have.
    ///
    /// # Errors
    /// [`ExportError::WorthLess`], with all that can still be mended.
    pub fn whole(self) -> Result<I, ExportError> {
        let missing: Vec<LeftOut> =
            self.left_out.into_iter().filter(|left| left.fate == Fate::Mendable).collect();
        if missing.is_empty() {
            return Ok(self.input);
        }
        let parts = self.input.parts();
        Err(ExportError::WorthLess {
            epoch: parts.epoch.epoch,
            batch: parts.batch,
            missing: Missing(missing),
        })
    }
}

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
struct Quorum {
    signed: usize,
    drawn: usize,
    needed: usize,
}

impl Quorum {
    /// Why nothing comes of it, with what else that costs, and whether more signatures could mend that.
    fn missed(&self, who: &str, cost: &str) -> Option<(String, Fate)> {
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

impl Collected {
    fn quorum(&self, signed: usize, drawn: &BTreeMap<u32, Vec<u32>>) -> Quorum {
        let needed = usize::try_from(self.roster.rules().q).unwrap_or(usize::MAX);
        Quorum { signed, drawn: self.owners(drawn).len(), needed }
    }

    /// That no slot counts, for too few witnesses have signed.
    pub(super) fn missed_uptime(&self) -> Option<LeftOut> {
        let missed = self.quorum(self.used().len(), &self.committee).missed("witnesses", "");
        missed.map(|(problem, fate)| LeftOut { part: Part::Uptime, seq: None, problem, fate })
    }

    /// That no rate is certified although something was measured, or was served and counts only above a minimal rate. The
    /// rate itself counts in batch 0 alone.
    pub(super) fn missed_rate(&self, batch: u32, served: bool) -> Option<LeftOut> {
        let left_out = |problem, fate| Some(LeftOut { part: Part::Bandwidth, seq: None, problem, fate });
        let minimum = self.roster.rules().min_rate;
        let signed = self.used_rates().len();
        let (bytes_at_stake, rate_at_stake) = (served && minimum > 0, signed > 0 && batch == 0);
        if !bytes_at_stake && !rate_at_stake {
            return None;
        }
        let cost = if bytes_at_stake { ", and no byte counts without them" } else { "" };
        let quorum = self.quorum(signed, &self.challengers);
        if let Some((problem, fate)) = quorum.missed("challengers", cost) {
            return left_out(problem, fate);
        }
        let rate = self.certified_rate();
        if rate >= minimum {
            return None;
        }
        let mbit = |rate: u32| f64::from(rate) / 10.0;
        let (rate, minimum) = (mbit(rate), mbit(minimum));
        let drawn = quorum.drawn;
        let problem = format!(
            "{rate} Mbit/s are certified by {signed} of the {drawn} owners of challengers drawn, and below {minimum} Mbit/s neither \
             rate nor bytes count in this network"
        );
        // Each that signs later can only raise it.
        left_out(problem, if signed < drawn { Fate::Mendable } else { Fate::Lost })
    }
}
