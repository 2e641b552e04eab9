//! What a device has collected of uptime in an epoch.

use popw_core::bitmap::SlotBitmap;
use popw_core::draw::Duty;
use serde::Serialize;

use crate::duties::uptime::export::one_per_owner;
use crate::duties::uptime::store::device::latest;
use crate::duties::uptime::votes::Votes;
use crate::host::{Host, Watched};
use crate::store::StoreError;

/// What one witness has signed for a device in one epoch.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct WitnessSummary {
    /// Its index.
    pub index: u32,
    /// Slots in its latest attestation; `None` when it has signed nothing.
    pub up_slots: Option<u32>,
    /// Attestations kept.
    pub attestations: usize,
    /// Attestations that contradict another of its own.
    pub contradictions: usize,
}

/// The slots as the quorum saw them, and every drawn witness that may attest.
pub(crate) async fn summary(
    host: &Host,
    watched: &Watched,
) -> Result<(Votes, Vec<WitnessSummary>), StoreError> {
    let committee = watched.committee(Duty::Uptime);
    let all = host.store.all(watched.roster.key).await?;
    let latest = latest(&all);
    let witnesses = committee.keys().map(|&index| {
        let of = |contradicts: bool| {
            all.iter()
                .filter(|stored| stored.witness_index == index && stored.contradicts == contradicts)
                .count()
        };
        let known = latest.iter().find(|stored| stored.witness_index == index);
        WitnessSummary {
            index,
            up_slots: known.map(|stored| stored.bitmap.count()),
            attestations: of(false),
            contradictions: of(true),
        }
    });
    let witnesses = witnesses.collect();
    let used = one_per_owner(&watched.roster, committee, &latest);
    let bitmaps: Vec<SlotBitmap> = used.iter().map(|used| used.stored.bitmap).collect();
    Ok((Votes::count(&bitmaps, watched.roster.rules().q, watched.roster.schedule.slots), witnesses))
}
