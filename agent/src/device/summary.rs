//! What a device says when its daemon ends.

use std::collections::BTreeMap;
use std::fmt;

use serde::Serialize;

use crate::daemon;
use crate::duties::uptime::device::WitnessSummary;
use crate::duties::uptime::votes::Votes;
use crate::duties::{fetch, rate, uptime};
use crate::host::Host;
use crate::metrics::Event;
use crate::skew::{Opinion, REMEDY};
use crate::store::StoreError;

/// What a device has collected when its daemon ends.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Summary {
    /// Each epoch that it was registered in.
    pub epochs: Vec<EpochSummary>,
    /// Pings answered in this run.
    pub answered: u64,
    /// Attestations stored in this run.
    pub stored: u64,
    /// What the witnesses asked last say of this machine's clock; `None` when none was there.
    pub clock: Option<Opinion>,
    /// Messages dropped in this run, by reason.
    pub dropped: BTreeMap<&'static str, u64>,
}

/// What a device has collected in one epoch, over all its runs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct EpochSummary {
    /// The epoch.
    pub epoch: u32,
    /// Its slots as the quorum saw them.
    pub votes: Votes,
    /// Every drawn witness that may attest.
    pub witnesses: Vec<WitnessSummary>,
    /// Allotments with a receipt.
    pub receipts: usize,
    /// Bytes that their clients have signed for.
    pub signed_bytes: u64,
    /// The rates that challengers have signed, in 0.1 Mbit/s; contradictions left out.
    pub rates: Vec<u32>,
}

pub(super) async fn summary(host: &Host) -> Result<Summary, StoreError> {
    let mut epochs = Vec::new();
    for watched in host.epochs() {
        let (votes, witnesses) = uptime::device::summary(host, &watched).await?;
        let (receipts, signed_bytes) = fetch::device::summary(host, &watched).await?;
        let rates = rate::device::summary(host, &watched).await?;
        let epoch = watched.roster.key.epoch;
        epochs.push(EpochSummary { epoch, votes, witnesses, receipts, signed_bytes, rates });
    }
    Ok(Summary {
        epochs,
        answered: host.metrics.events(Event::Pongs),
        stored: host.metrics.events(Event::Attestations),
        clock: host.clocks.opinion(host.clock.now_ms()),
        dropped: host.metrics.all_dropped(),
    })
}

impl fmt::Display for Summary {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        for epoch in &self.epochs {
            writeln!(out, "epoch {}: {}", epoch.epoch, epoch.votes)?;
            for witness in &epoch.witnesses {
                match witness.up_slots {
                    Some(up) => write!(out, "  witness {:>4}: saw {up} slots", witness.index)?,
                    None => write!(out, "  witness {:>4}: nothing signed", witness.index)?,
                }
                match witness.contradictions {
                    0 => writeln!(out)?,
                    n => writeln!(out, "; contradicts itself {n} times")?,
                }
            }
            if epoch.receipts > 0 {
                let (receipts, bytes) = (epoch.receipts, epoch.signed_bytes);
                writeln!(out, "  served: {bytes} bytes, by the last receipts of {receipts} allotments")?;
            }
            for &rate in &epoch.rates {
                writeln!(out, "  rate:   {}.{} Mbit/s", rate / 10, rate % 10)?;
            }
        }
        if let Some(clock) = self.clock.filter(Opinion::is_wrong) {
            writeln!(out, "{clock}: {REMEDY}")?;
        }
        write!(out, "{} pings answered, {} attestations stored", self.answered, self.stored)?;
        daemon::write_dropped(out, &self.dropped)
    }
}
