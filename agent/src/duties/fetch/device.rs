//! A device's side of downloads: content for receipts.

mod account;

use std::collections::{HashMap, HashSet};
use std::pin::pin;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use iroh::EndpointId;
use iroh::endpoint::{Connection, RecvStream, SendStream};
use popw_core::eddsa::PublicKey;
use popw_core::{eddsa, message};
use tokio::sync::watch;
use tokio::time::{Instant, timeout};

use self::account::{Account, Accounts};
use super::wire::{self, Open, Opened, Receipt, Reply, Request, Stop, Stopped};
use crate::content::{Content, ContentError, Store, tree};
use crate::daemon::Work;
use crate::host::{Host, TurnedAway, Watched};
use crate::metrics::{Event, Reason};
use crate::mutex::lock;
use crate::service::Service;
use crate::sessions::Sessions;
use crate::store::StoreError;
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

/// How a device serves its clients.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Serving {
    /// How many bytes it sends ahead of receipts.
    pub credit: u64,
    /// How long it waits for a receipt when that is used up, or for a client to take what is sent.
    pub patience: Duration,
    /// How many clients may be connected at once.
    pub max_clients: usize,
}

impl Default for Serving {
    fn default() -> Self {
        Self { credit: 4 << 20, patience: Duration::from_secs(10), max_clients: 256 }
    }
}

/// A device's side of the protocol.
pub(crate) struct Fetch {
    host: Arc<Host>,
    sessions: Sessions,
    content: Option<Store>,
    serving: Serving,
    accounts: Accounts,
    /// By epoch, the transport keys of the clients with an allotment for this device.
    clients: Mutex<HashMap<u32, HashSet<[u8; 32]>>>,
}

impl Service for Fetch {
    fn protocol(&self) -> &'static [u8] {
        wire::ALPN
    }

    fn places(&self) -> usize {
        self.serving.max_clients
    }

    fn sessions(&self) -> &Sessions {
        &self.sessions
    }

    fn admit(&self, peer: &EndpointId) -> Result<(), TurnedAway> {
        // In any epoch at hand.
        match lock(&self.clients).values().any(|clients| clients.contains(peer.as_bytes())) {
            true => Ok(()),
            false => Err((Reason::NoAllotment, close::UNKNOWN)),
        }
    }

    fn serve(self: Arc<Self>, connection: Connection) -> Work {
        Box::pin(async move { serve(&connection, &self).await })
    }

    fn take_up(&self, watched: &Watched) {
        let key = self.host.keys.public();
        let allotments = watched.roster.epoch().allotments_of(&key);
        let clients = allotments.map(|allotment| allotment.endpoint.0).collect();
        lock(&self.clients).insert(watched.roster.key.epoch, clients);
    }

    fn retain(&self, epochs: &[u32]) {
        lock(&self.clients).retain(|epoch, _| epochs.contains(epoch));
        self.accounts.retain(epochs);
    }
}

/// How many allotments have a receipt in an epoch, and the bytes that their clients have signed for.
pub(crate) async fn summary(host: &Host, watched: &Watched) -> Result<(usize, u64), StoreError> {
    let receipts = host.store.receipts(watched.roster.key).await?;
    Ok((receipts.len(), receipts.iter().fold(0, |sum, receipt| sum.saturating_add(receipt.bytes))))
}

/// Serves a client's downloads, one after the other.
async fn serve(connection: &Connection, fetch: &Arc<Fetch>) {
    let peer = connection.remote_id();
    loop {
        match timeout(IDLE, connection.accept_bi()).await {
            Ok(Ok((send, receive))) => download(fetch, &peer, send, receive).await,
            Ok(Err(_)) => return,
            Err(_) => return connection.close(close::IDLE, b"idle"),
        }
    }
}

async fn download(fetch: &Arc<Fetch>, peer: &EndpointId, mut send: SendStream, mut receive: RecvStream) {
    let patience = fetch.serving.patience;
    let asked = match timeout(patience, frame::next::<Request>(&mut receive)).await {
        Ok(Ok(Some(Request::Open(open)))) => Ok(open),
        Ok(_) => Err(Stop::Malformed),
        Err(_) => Err(Stop::Stalled),
    };
    let opened = match asked {
        Ok(open) => fetch.open_download(peer, &open).await,
        Err(stop) => Err(stop),
    };
    match opened {
        Ok((download, content)) => download.run(content, send, receive).await,
        Err(stop) => {
            fetch.count_stop(peer, stop);
            let reply = Reply::Stopped(fetch.stopped(stop, 0));
            // A client that is gone by now has no use for it.
            let _ = timeout(patience, frame::write(&mut send, &reply)).await;
        }
    }
}

/// A download in progress.
struct Download {
    fetch: Arc<Fetch>,
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

impl Fetch {
    pub(crate) fn new(host: Arc<Host>, content: Option<Store>, serving: Serving) -> Self {
        Self {
            host,
            sessions: Sessions::default(),
            content,
            serving,
            accounts: Accounts::default(),
            clients: Mutex::default(),
        }
    }

    async fn open_download(
        self: &Arc<Self>,
        peer: &EndpointId,
        open: &Open,
    ) -> Result<(Download, Content), Stop> {
        let watched = self.host.epoch(open.epoch).map_err(|_| Stop::WrongEpoch)?;
        let allotment = watched.roster.epoch().allotment(open.seq).ok_or(Stop::NoAllotment)?;
        let entry = &watched.device.entry;
        if allotment.device != entry.index || allotment.endpoint.0 != *peer.as_bytes() {
            return Err(Stop::NoAllotment);
        }
        if allotment.owner == entry.owner {
            return Err(Stop::OwnOwner);
        }
        if !self.host.is_running(&watched) {
            return Err(Stop::WrongEpoch);
        }
        let (client, cap) = (allotment.client, allotment.cap);
        let content = self.find_content(open.content).await?;
        if open.group >= tree::groups(content.bytes()) {
            return Err(Stop::NotStored);
        }
        let stored = self.host.store.receipt(watched.roster.key, open.seq).await;
        let stored = stored.map_err(|error| internal(&error))?;
        let signed = stored.as_ref().map_or(0, |receipt| receipt.bytes);
        let account = self.accounts.get(open.epoch, open.seq, cap, self.serving.credit, signed);
        let session = account.begin()?;
        let last = stored.map(|receipt| Receipt {
            bytes: receipt.bytes,
            signature: SignatureBytes::new(&receipt.signature),
        });
        let download = Download {
            fetch: self.clone(),
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
        Stopped { code, signed, unix_ms: self.host.clock.now_ms() }
    }

    fn count_stop(&self, peer: &EndpointId, stop: Stop) {
        self.host.metrics.count_drop(stop.reason());
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
        let fetch = self.fetch.clone();
        let Serving { credit, patience, .. } = fetch.serving;
        let opened = Opened { size: self.size, last: self.last.take(), credit };
        if frame::send(&mut send, &Reply::Opened(opened)).await.is_err() {
            return;
        }
        fetch.host.metrics.event(Event::Downloads);
        let (paid, changes) = watch::channel(self.account.signed());
        let receipts = Receipts { of: &self, served: fetch.host.metrics.events(Event::ServedBytes), paid };
        let mut reading = pin!(receipts.read(&mut receive));
        let sent = tokio::select! {
            read = &mut reading => Sent::Broken(read),
            wrote = self.write_blocks(content, &mut send, changes) => Sent::Marked(wrote),
        };
        let end = match sent {
            Sent::Broken(Ok(())) => return drop(send.reset(Stop::Stalled.number().into())),
            Sent::Broken(Err(stop)) | Sent::Marked(Err(stop @ (Stop::Stalled | Stop::Replaced))) => {
                fetch.count_stop(&self.peer, stop);
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
                fetch.count_stop(&self.peer, stop);
                Reply::Stopped(fetch.stopped(stop, signed))
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
        let (host, patience) = (&self.fetch.host, self.fetch.serving.patience);
        let bytes = self.size;
        let (mut group, total) = (self.first, tree::groups(bytes));
        while group < total {
            if !host.is_running(&self.watched) {
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
            host.metrics.add(Event::ServedBytes, end - group * tree::GROUP_BYTES);
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
            let served = self.of.fetch.host.metrics.events(Event::ServedBytes).saturating_sub(self.served);
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
        let Download { fetch, watched, client, seq, account, .. } = self.of;
        let host = &fetch.host;
        if receipt.bytes <= account.signed() {
            host.metrics.count_drop(Reason::StaleReceipt);
            return Ok(None);
        }
        let key = watched.roster.key;
        let signed = message::receipt(key.domain, key.epoch, *seq, watched.device.leaf, receipt.bytes);
        let signature = receipt.signature.parse().ok_or(Stop::BadReceipt)?;
        eddsa::verify(client, signed, &signature).map_err(|_| Stop::BadReceipt)?;
        let now_ms = host.clock.now_ms();
        let stored = host.store.keep_receipt(key, *seq, receipt.bytes, signature, now_ms).await;
        let stored = stored.map_err(|error| internal(&error))?;
        host.metrics.event(Event::Receipts);
        account.paid(stored);
        Ok(Some(stored))
    }
}
