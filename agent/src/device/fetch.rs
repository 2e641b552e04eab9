//! Downloads: content for receipts.

use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use iroh::EndpointId;
use iroh::endpoint::{Connection, RecvStream, SendStream};
use popw_core::eddsa::PublicKey;
use popw_core::{eddsa, message};
use tokio::sync::watch;
use tokio::time::{Instant, timeout};

use super::account::Account;
use super::handler::{Handler, Watched};
use crate::content::{Content, ContentError, tree};
use crate::duties::fetch::wire::{Open, Opened, Receipt, Reply, Request, Stop, Stopped};
use crate::metrics::{Event, Reason};
use crate::transport::close;
use crate::wire::{SignatureBytes, frame};

/// Groups read and written at once.
const BATCH: u64 = 8;
/// A client that asks for nothing for so long is disconnected.
const IDLE: Duration = Duration::from_secs(30);
/// Receipts that a client may send at once, and then one for so many bytes served and a few a second.
const RECEIPT_BURST: u64 = 32;
const RECEIPT_BYTES: u64 = 128 << 10;
const RECEIPTS_PER_SECOND: u64 = 8;

/// Serves a client's downloads, one after the other.
pub(super) async fn serve(connection: &Connection, handler: &Arc<Handler>) {
    let peer = connection.remote_id();
    loop {
        match timeout(IDLE, connection.accept_bi()).await {
            Ok(Ok((send, receive))) => download(handler, &peer, send, receive).await,
            Ok(Err(_)) => return,
            Err(_) => return connection.close(close::IDLE, b"idle"),
        }
    }
}

async fn download(handler: &Arc<Handler>, peer: &EndpointId, mut send: SendStream, mut receive: RecvStream) {
    let patience = handler.serving.patience;
    let asked = match timeout(patience, frame::next::<Request>(&mut receive)).await {
        Ok(Ok(Some(Request::Open(open)))) => Ok(open),
        Ok(_) => Err(Stop::Malformed),
        Err(_) => Err(Stop::Stalled),
    };
    let opened = match asked {
        Ok(open) => handler.open_download(peer, &open).await,
        Err(stop) => Err(stop),
    };
    match opened {
        Ok((download, content)) => download.run(content, send, receive).await,
        Err(stop) => {
            handler.count_stop(peer, stop);
            let reply = Reply::Stopped(handler.stopped(stop, 0));
            // A client that is gone by now has no use for it.
            let _ = timeout(patience, frame::write(&mut send, &reply)).await;
        }
    }
}

/// A download in progress.
struct Download {
    handler: Arc<Handler>,
    watched: Arc<Watched>,
    peer: EndpointId,
    client: PublicKey,
    seq: u64,
    account: Arc<Account>,
    session: u64,
    size: u64,
    first: u64,
    last: Option<Receipt>,
}

impl Handler {
    async fn open_download(
        self: &Arc<Self>,
        peer: &EndpointId,
        open: &Open,
    ) -> Result<(Download, Content), Stop> {
        let watched = self.epoch(open.epoch).map_err(|_| Stop::WrongEpoch)?;
        let allotment = watched.roster.epoch().allotment(open.seq).ok_or(Stop::NoAllotment)?;
        let entry = &watched.device.entry;
        if allotment.device != entry.index || allotment.endpoint.0 != *peer.as_bytes() {
            return Err(Stop::NoAllotment);
        }
        if allotment.owner == entry.owner {
            return Err(Stop::OwnOwner);
        }
        if !self.is_running(&watched) {
            return Err(Stop::WrongEpoch);
        }
        let (client, cap) = (allotment.client, allotment.cap);
        let content = self.find_content(open.content).await?;
        if open.group >= tree::groups(content.bytes()) {
            return Err(Stop::NotStored);
        }
        let stored = self.store.receipt(watched.roster.key, open.seq).await;
        let stored = stored.map_err(|error| internal(&error))?;
        let signed = stored.as_ref().map_or(0, |receipt| receipt.bytes);
        let account = self.accounts.get(open.epoch, open.seq, cap, self.serving.credit, signed);
        let session = account.begin()?;
        let last = stored.map(|receipt| Receipt {
            bytes: receipt.bytes,
            signature: SignatureBytes::new(&receipt.signature),
        });
        let download = Download {
            handler: self.clone(),
            peer: *peer,
            client,
            seq: open.seq,
            account,
            session,
            size: content.bytes(),
            first: open.group,
            last,
            watched,
        };
        Ok((download, content))
    }

    async fn find_content(&self, hash: [u8; 32]) -> Result<Content, Stop> {
        let store = self.content.clone().ok_or(Stop::NotStored)?;
        let found = tokio::task::spawn_blocking(move || store.content(&hash)).await;
        match found.map_err(|error| internal(&error))? {
            Ok(content) => Ok(content),
            Err(ContentError::Storage(popw_storage::StorageError::NoSuchSector { .. })) => {
                Err(Stop::NotStored)
            }
            Err(error) => Err(internal(&error)),
        }
    }

    fn stopped(&self, code: Stop, signed: u64) -> Stopped {
        Stopped { code, signed, unix_ms: self.clock.now_ms() }
    }

    fn count_stop(&self, peer: &EndpointId, stop: Stop) {
        self.metrics.count_drop(stop.reason());
        tracing::info!(client = %peer.fmt_short(), reason = stop.reason().label(), "download stopped");
    }
}

fn internal(error: &dyn std::fmt::Display) -> Stop {
    tracing::error!(%error, "cannot serve a client");
    Stop::Internal
}

/// How the sending half ended.
enum Sent {
    /// Everything, or as much as is allowed.
    Marked(Result<(), Stop>),
    /// The client's half ended first: nothing more can be said in order.
    Broken(Result<(), Stop>),
}

impl Download {
    async fn run(mut self, content: Content, mut send: SendStream, mut receive: RecvStream) {
        let (handler, patience) = (self.handler.clone(), self.handler.serving.patience);
        let opened = Opened { size: self.size, last: self.last.take(), credit: handler.serving.credit };
        if frame::send(&mut send, &Reply::Opened(opened)).await.is_err() {
            return;
        }
        handler.metrics.event(Event::Downloads);
        let (paid, changes) = watch::channel(self.account.signed());
        let receipts = Receipts { of: &self, served: handler.metrics.events(Event::ServedBytes), paid };
        let mut reading = pin!(receipts.read(&mut receive));
        let sent = tokio::select! {
            read = &mut reading => Sent::Broken(read),
            wrote = self.write_blocks(content, &mut send, changes) => Sent::Marked(wrote),
        };
        let end = match sent {
            Sent::Broken(Ok(())) => return drop(send.reset(Stop::Stalled.number().into())),
            Sent::Broken(Err(stop)) | Sent::Marked(Err(stop @ (Stop::Stalled | Stop::Replaced))) => {
                handler.count_stop(&self.peer, stop);
                // The stream may be gone already.
                let _ = send.reset(stop.number().into());
                return;
            }
            Sent::Marked(end) => end,
        };
        // The empty block; then the client's last receipts, except when the wait for them is what ended it.
        let marked = timeout(patience, send.write_all(&[0; 4])).await;
        let settled = match end {
            Err(Stop::Unpaid) => Ok(Ok(())),
            _ if matches!(marked, Ok(Ok(()))) => timeout(patience, reading).await,
            _ => Ok(Err(Stop::Stalled)),
        };
        let end = match settled {
            Ok(read) => end.and(read),
            Err(_) => end.and(Err(Stop::Stalled)),
        };
        let signed = self.account.signed();
        let reply = match end {
            Ok(()) => Reply::Settled { bytes: signed },
            Err(stop) => {
                handler.count_stop(&self.peer, stop);
                Reply::Stopped(handler.stopped(stop, signed))
            }
        };
        // A client that is gone by now learns what is stored when it comes back.
        let _ = timeout(patience, frame::write(&mut send, &reply)).await;
    }

    /// Sends blocks as far as content, credit, cap and epoch go.
    async fn write_blocks(
        &self,
        mut content: Content,
        send: &mut SendStream,
        mut paid: watch::Receiver<u64>,
    ) -> Result<(), Stop> {
        let (handler, patience) = (&self.handler, self.handler.serving.patience);
        let bytes = self.size;
        let (mut group, total) = (self.first, tree::groups(bytes));
        while group < total {
            if !handler.is_running(&self.watched) {
                return Err(Stop::WrongEpoch);
            }
            paid.borrow_and_update();
            let wanted = (group..total.min(group + BATCH)).map(|group| tree::group_bytes(bytes, group));
            let count = self.account.take(self.session, wanted)?;
            if count == 0 {
                match timeout(patience, paid.changed()).await {
                    Ok(Ok(())) => continue,
                    // Without the receiving half there are no receipts.
                    Ok(Err(_)) | Err(_) => return Err(Stop::Unpaid),
                }
            }
            let first = self.first;
            let read = move || {
                let mut blocks = Vec::new();
                let result =
                    (group..group + count).try_for_each(|group| content.block(first, group, &mut blocks));
                (content, result.map(|()| blocks))
            };
            let (back, blocks) = tokio::task::spawn_blocking(read).await.map_err(|error| internal(&error))?;
            content = back;
            let blocks = blocks.map_err(|error| internal(&error))?;
            match timeout(patience, send.write_all(&blocks)).await {
                Ok(Ok(())) => {}
                Ok(Err(_)) | Err(_) => return Err(Stop::Stalled),
            }
            let end = ((group + count) * tree::GROUP_BYTES).min(bytes);
            handler.metrics.add(Event::ServedBytes, end - group * tree::GROUP_BYTES);
            group += count;
        }
        Ok(())
    }
}

/// The receiving half of a download.
struct Receipts<'a> {
    of: &'a Download,
    served: u64,
    paid: watch::Sender<u64>,
}

impl Receipts<'_> {
    /// Stores receipts until the client ends its side.
    async fn read(self, receive: &mut RecvStream) -> Result<(), Stop> {
        let (began, mut number) = (Instant::now(), 0u64);
        loop {
            let receipt = match frame::next::<Request>(receive).await {
                Ok(Some(Request::Receipt(receipt))) => receipt,
                Ok(None) => return Ok(()),
                Err(frame::FrameError::Incomplete) => return Err(Stop::Stalled),
                Ok(Some(Request::Open(_))) | Err(_) => return Err(Stop::Malformed),
            };
            number += 1;
            // By what all clients were served: only a bound on how many signatures are verified for nothing.
            let served = self.of.handler.metrics.events(Event::ServedBytes).saturating_sub(self.served);
            let allowed =
                RECEIPT_BURST + served / RECEIPT_BYTES + RECEIPTS_PER_SECOND * began.elapsed().as_secs();
            if number > allowed {
                return Err(Stop::Busy);
            }
            if let Some(signed) = self.keep(&receipt).await? {
                self.paid.send_replace(signed);
            }
        }
    }

    /// Verifies a receipt and stores it; `None` when it is for no more than the one before.
    async fn keep(&self, receipt: &Receipt) -> Result<Option<u64>, Stop> {
        let Download { handler, watched, client, seq, account, .. } = self.of;
        if receipt.bytes <= account.signed() {
            handler.metrics.count_drop(Reason::StaleReceipt);
            return Ok(None);
        }
        let key = watched.roster.key;
        let signed = message::receipt(key.domain, key.epoch, *seq, watched.device.leaf, receipt.bytes);
        let signature = receipt.signature.parse().ok_or(Stop::BadReceipt)?;
        eddsa::verify(client, signed, &signature).map_err(|_| Stop::BadReceipt)?;
        let now_ms = handler.clock.now_ms();
        let stored = handler.store.keep_receipt(key, *seq, receipt.bytes, signature, now_ms).await;
        let stored = stored.map_err(|error| internal(&error))?;
        handler.metrics.event(Event::Receipts);
        account.paid(stored);
        Ok(Some(stored))
    }
}
