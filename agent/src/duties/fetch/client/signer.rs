//! Signing for what was received, beside receiving it.

use std::time::Duration;

use iroh::endpoint::SendStream;
use popw_core::message;
use tokio::sync::watch;
use tokio::time::{Instant, sleep_until, timeout};

use super::session::Session;
use crate::duties::fetch::store::client::SignedReceipt;
use crate::duties::fetch::wire::{Receipt, Request};
use crate::store::StoreError;
use crate::wire::{SignatureBytes, frame};

/// A receipt comes after so many bytes ...
const EVERY_BYTES: u64 = 1 << 20;
/// ... or so much time, if anything came.
const EVERY: Duration = Duration::from_secs(1);

/// How much of the content was received and verified in this session.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Progress {
    pub(super) bytes: u64,
    /// Nothing more will come.
    pub(super) done: bool,
}

impl Session<'_> {
    /// Signs as bytes are received, until all are signed for; then ends the stream. Returns the last receipt's bytes.
    ///
    /// A device that does not take receipts any more (its end breaks) is not told about the rest, but it is not signed
    /// for less later: what was signed is in the database.
    pub(super) async fn sign(
        &self,
        mut received: watch::Receiver<Progress>,
        send: &mut SendStream,
        credit: u64,
        at_device: u64,
    ) -> Result<u64, StoreError> {
        let mut signed = self.store.last(self.allotment).await?.map_or(0, |last| last.bytes);
        if signed > at_device {
            // One that was signed and did not arrive.
            self.advance(0, send).await?;
        }
        let every = EVERY_BYTES.min((credit / 4).max(1));
        let (mut covered, mut last) = (0, Instant::now());
        loop {
            let Progress { bytes, done } = *received.borrow_and_update();
            let due = bytes - covered;
            if due > 0 && (due >= every || done || last.elapsed() >= EVERY) {
                signed = self.advance(due, send).await?.map_or(signed, |receipt| receipt.bytes);
                (covered, last) = (bytes, Instant::now());
                continue;
            }
            if done {
                break;
            }
            tokio::select! {
                changed = received.changed() => {
                    if changed.is_err() {
                        break;
                    }
                }
                () = sleep_until(last + EVERY), if due > 0 => {}
            }
        }
        // The device may have ended the stream.
        let _ = send.finish();
        Ok(signed)
    }

    /// Signs for `more` bytes, durably, and only then sends the receipt.
    async fn advance(&self, more: u64, send: &mut SendStream) -> Result<Option<SignedReceipt>, StoreError> {
        let (allotment, key) = (self.allotment, self.keys.signing.clone());
        let sign = move |bytes| {
            let of = allotment;
            key.sign(message::receipt(of.domain, of.epoch, of.seq, of.device, bytes))
        };
        let receipt = self.store.sign(allotment, more, self.clock.now_ms(), sign).await?;
        if let Some(receipt) = &receipt {
            let signature = SignatureBytes::new(&receipt.signature);
            let request = Request::Receipt(Receipt { bytes: receipt.bytes, signature });
            // The reading half says what became of the stream.
            let _ = timeout(self.patience, frame::send(send, &request)).await;
        }
        Ok(receipt)
    }
}
