//! What a witness says when its daemon ends.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use serde::Serialize;

use super::handler::{Duty, Handler};
use crate::daemon;
use crate::metrics::Event;
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

/// What a witness has seen of one device in one epoch, over all its runs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct DutySummary {
    /// The epoch.
    pub epoch: u32,
    /// The device's transport key.
    pub device: String,
    /// Slots seen answered.
    pub up_slots: u32,
    /// Slots of the epoch.
    pub slots: u32,
}

/// What a witness has measured of one device in one epoch.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RateSummary {
    /// The epoch.
    pub epoch: u32,
    /// The device's transport key.
    pub device: String,
    /// In 0.1 Mbit/s; `None` when nothing was signed.
    pub rate: Option<u32>,
}

pub(super) async fn summary(
    handler: &Handler,
    duties: &[Arc<Duty>],
    tests: &[Arc<Duty>],
) -> Result<Summary, StoreError> {
    let mut summaries = Vec::new();
    for duty in duties {
        let bitmap = handler.store.bitmap(duty.roster.key, duty.device.leaf).await?;
        summaries.push(DutySummary {
            epoch: duty.roster.key.epoch,
            device: duty.device.entry.endpoint.to_string(),
            up_slots: bitmap.count(),
            slots: duty.roster.schedule.slots,
        });
    }
    let mut rates = Vec::new();
    for duty in tests {
        let signed = handler.store.rate(duty.roster.key, duty.device.leaf).await?;
        rates.push(RateSummary {
            epoch: duty.roster.key.epoch,
            device: duty.device.entry.endpoint.to_string(),
            rate: signed.map(|signed| signed.rate),
        });
    }
    let metrics = &handler.metrics;
    Ok(Summary {
        duties: summaries,
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
