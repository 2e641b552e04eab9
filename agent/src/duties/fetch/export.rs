//! What of downloads enters a proof: the last receipt of each allotment.

use popw_core::document::ReceiptInput;

use super::store::device::StoredReceipt;
use crate::roster::Roster;

/// The receipts of a batch.
pub(crate) fn inputs(receipts: &[StoredReceipt], roster: &Roster, batch: u32) -> Vec<ReceiptInput> {
    let epoch = roster.epoch();
    let batches = u64::from(roster.rules().batches.max(1));
    let receipt = |stored: &StoredReceipt| epoch.receipt_input(stored.seq, stored.bytes, stored.signature);
    let of_batch = receipts.iter().filter(|stored| stored.seq % batches == u64::from(batch));
    // Only receipts of allotments in the directory were taken; another directory of this epoch there is none.
    of_batch.filter_map(receipt).collect()
}
