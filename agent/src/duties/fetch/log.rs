//! Receipts as others see and check them.

use std::collections::BTreeSet;

use popw_core::document::ReceiptInput;
use popw_core::eddsa::{PublicKey, Signature};
use popw_core::identity::{self, Allotment};
use popw_core::{Fr, field, message};
use popw_network::epoch::directory::Epoch;
use serde::{Deserialize, Serialize};

use super::store::device::StoredReceipt;
use crate::evidence::{About, Item, Kind, Problem, Report};

/// An allotment and its last receipt.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LoggedReceipt {
    /// The client's key.
    pub client: PublicKey,
    /// The client's owner's account.
    #[serde(with = "field::decimal")]
    pub owner: Fr,
    /// Bytes paid for.
    pub cap: u64,
    /// The allotment's number in the registry.
    pub seq: u64,
    /// Bytes signed for.
    pub bytes: u64,
    /// Over `popw_core::message::receipt`.
    pub signature: Signature,
}

pub(crate) fn logged(receipts: &[StoredReceipt], epoch: &Epoch) -> Vec<LoggedReceipt> {
    let receipt = |stored: &StoredReceipt| {
        let allotment = epoch.allotment(stored.seq)?;
        Some(LoggedReceipt {
            client: allotment.client,
            owner: allotment.owner,
            cap: allotment.cap,
            seq: stored.seq,
            bytes: stored.bytes,
            signature: stored.signature,
        })
    };
    receipts.iter().filter_map(receipt).collect()
}

/// Checks those of a log.
pub(crate) fn check(about: &About<'_>, receipts: &[LoggedReceipt], report: &mut Report) {
    let mut seen = Seen::default();
    for one in receipts {
        let facts = Facts {
            client: &one.client,
            owner: one.owner,
            cap: one.cap,
            seq: one.seq,
            bytes: one.bytes,
            signature: &one.signature,
        };
        check_one(report, about, &facts, &mut seen, None);
    }
}

/// Checks those of a proof's input.
pub(crate) fn check_inputs(about: &About<'_>, receipts: &[ReceiptInput], batch: u32, report: &mut Report) {
    let epoch = about.epoch;
    let batches = u64::from(epoch.rules.batches.max(1));
    let mut seen = Seen::default();
    for one in receipts {
        let facts = Facts {
            client: &one.client,
            owner: one.owner,
            cap: one.cap,
            seq: one.seq,
            bytes: one.bytes,
            signature: &one.signature,
        };
        let bought = Allotment { salt: one.salt, epoch: epoch.epoch, cap: one.cap, seq: one.seq };
        let leaf = identity::allotment_leaf(&one.client, one.owner, about.leaf, &bought);
        let problem = (one.path.root(leaf) != epoch.roots.allotment).then_some(Problem::Path);
        let problem = problem.or((one.seq % batches != u64::from(batch)).then_some(Problem::OtherBatch));
        check_one(report, about, &facts, &mut seen, problem);
    }
}

struct Facts<'a> {
    client: &'a PublicKey,
    owner: Fr,
    cap: u64,
    seq: u64,
    bytes: u64,
    signature: &'a Signature,
}

/// What was counted already.
#[derive(Default)]
struct Seen {
    last: Option<u64>,
    seqs: BTreeSet<u64>,
    clients: BTreeSet<[u8; 32]>,
}

fn check_one(
    report: &mut Report,
    about: &About<'_>,
    one: &Facts<'_>,
    seen: &mut Seen,
    other: Option<Problem>,
) {
    let text = message::receipt(about.epoch.domain, about.epoch.epoch, one.seq, about.leaf, one.bytes);
    let own = (one.owner == about.owner).then_some(Problem::OwnOwner);
    let problem = about.signed(one.client, text, one.signature).or(own).or(other);
    // Only what is good takes a place.
    let problem = problem.or_else(|| {
        let client = field::to_be_bytes(&one.client.point.x);
        let twice = !seen.seqs.insert(one.seq) || !seen.clients.insert(client);
        twice.then_some(Problem::Twice)
    });
    let order = seen.last.is_some_and(|last| one.seq < last).then_some(Problem::OutOfOrder);
    seen.last = seen.last.max(Some(one.seq));
    let problem = problem.or(order);
    let counted = if problem.is_none() { one.bytes.min(one.cap) } else { 0 };
    report.counted_bytes = report.counted_bytes.saturating_add(counted);
    report.items.push(Item { kind: Kind::Receipt, number: one.seq, amount: one.bytes, counted, problem });
}
