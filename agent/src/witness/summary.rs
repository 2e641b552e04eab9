//! What a witness says when its daemon ends.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use serde::Serialize;

use crate::daemon;
use crate::duties::rate::witness::RateSummary;
use crate::duties::uptime::witness::DutySummary;
use crate::duties::{rate, uptime};
use crate::metrics::Event;
use crate::observer::{Assignment, Observer};
use crate::store::StoreError;

/// What a witness has seen and signed when its daemon ends.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Summary {
    /// Every device and epoch it was drawn for.
    pub duties: Vec<DutySummary>,
    /// The rates it has signed for them.
    pub rates: Vec<RateSummary>,
    /// Pings sent in this run.
    pub pings: u64,
    /// Pings without a valid answer in time, in this run.
    pub missed: u64,
    /// Attestations signed in this run.
    pub signed: u64,
    /// The largest clock difference measured in this run, milliseconds.
    pub worst_skew_ms: i64,
    /// Messages dropped in this run, by reason.
    pub dropped: BTreeMap<&'static str, u64>,
}

/// Of the devices that somebody has been at.
pub(super) async fn summary(
    observer: &Observer,
    pinged: &[Arc<Assignment>],
    tested: &[Arc<Assignment>],
) -> Result<Summary, StoreError> {
    let duties = uptime::witness::summary(observer, pinged).await?;
    let rates = rate::witness::summary(observer, tested).await?;
    let metrics = &observer.metrics;
    Ok(Summary {
        duties,
        rates,
        pings: metrics.events(Event::Pings),
        missed: metrics.events(Event::Missed),
        signed: metrics.events(Event::Signed),
        worst_skew_ms: metrics.worst_skew_ms(),
        dropped: metrics.all_dropped(),
    })
}

impl fmt::Display for Summary {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        for DutySummary { epoch, device, up_slots, slots } in &self.duties {
            let device = device.get(..10).unwrap_or(device);
            writeln!(out, "epoch {epoch}, device {device}: saw {up_slots} of {slots} slots")?;
        }
        for RateSummary { epoch, device, rate } in &self.rates {
            let device = device.get(..10).unwrap_or(device);
            match rate {
                Some(rate) => {
                    writeln!(out, "epoch {epoch}, device {device}: {}.{} Mbit/s", rate / 10, rate % 10)?;
                }
                None => writeln!(out, "epoch {epoch}, device {device}: no rate")?,
            }
        }
        write!(
            out,
            "{} pings, {} missed, {} attestations signed, clocks within {} ms",
            self.pings,
            self.missed,
            self.signed,
            self.worst_skew_ms.unsigned_abs()
        )?;
        daemon::write_dropped(out, &self.dropped)
    }
}
