//! A witness's connection to one device: dialled, kept alive, and dialled again when it fails.

use std::sync::Arc;
use std::time::Duration;

use iroh::endpoint::{Connection, RecvStream, SendStream};
use iroh::{Endpoint, EndpointAddr};
use tokio::sync::watch;
use tokio::time::{Instant, timeout, timeout_at};

use super::handler::Handler;
use super::miss::LinkError;
use crate::duties::uptime::wire::{self, ALPN, Message};
use crate::metrics::{Event, Reason};
use crate::transport::close;
use crate::wire::FrameError;

/// The pause after a first failed attempt; it doubles up to the longest.
const FIRST_PAUSE: Duration = Duration::from_millis(100);
/// A stream that takes longer than this has stalled.
const STREAM_PATIENCE: Duration = Duration::from_secs(10);

/// How patiently a device is dialled.
#[derive(Clone, Copy, Debug)]
pub(super) struct Dialling {
    attempt: Duration,
    longest_pause: Duration,
}

impl Dialling {
    /// A device that comes back should be reached within about a slot.
    pub(super) fn for_slots(slot_ms: u32) -> Self {
        let slot = Duration::from_millis(u64::from(slot_ms));
        Self {
            attempt: (2 * slot).clamp(Duration::from_millis(1_500), Duration::from_secs(10)),
            longest_pause: (slot / 2).clamp(FIRST_PAUSE, Duration::from_secs(10)),
        }
    }
}

/// A device's connection; the task that keeps it ends with the last clone.
#[derive(Clone)]
pub(super) struct Link {
    connection: watch::Receiver<Option<Connection>>,
    _keeper: Arc<Keeper>,
}

struct Keeper(tokio::task::AbortHandle);

impl std::ops::Drop for Keeper {
    fn drop(&mut self) {
        self.0.abort();
    }
}

impl Link {
    pub(super) fn new(
        endpoint: Endpoint,
        device: EndpointAddr,
        dialling: Dialling,
        handler: Arc<Handler>,
    ) -> Self {
        let (sender, connection) = watch::channel(None);
        let keeper = tokio::spawn(keep(endpoint, device, dialling, handler, sender));
        Self { connection, _keeper: Arc::new(Keeper(keeper.abort_handle())) }
    }

    /// Sends a message and waits for the answer, both before `deadline`.
    ///
    /// No answer in time means that the connection is taken for dead: it is dropped and dialled anew.
    pub(super) async fn exchange(&self, message: &Message, deadline: Instant) -> Result<Message, LinkError> {
        let mut connection = self.connection.clone();
        let open = async { connection.wait_for(Option::is_some).await.ok().and_then(|open| open.clone()) };
        let open = timeout_at(deadline, open).await;
        let connection = open.ok().flatten().ok_or(LinkError::Unreachable)?;
        match timeout_at(deadline, request(&connection, message)).await {
            Ok(answer) => answer.map_err(LinkError::Frame),
            Err(_) => {
                connection.close(close::STALE, b"no answer in time");
                Err(LinkError::Late)
            }
        }
    }

    /// Closes the connection, if there is one.
    pub(super) fn close(&self) {
        if let Some(connection) = self.connection.borrow().as_ref() {
            connection.close(close::DONE, b"done");
        }
    }
}

async fn request(connection: &Connection, message: &Message) -> Result<Message, FrameError> {
    let (mut send, mut receive) = connection.open_bi().await.map_err(|_| FrameError::Incomplete)?;
    wire::write(&mut send, message).await?;
    wire::read(&mut receive).await
}

async fn keep(
    endpoint: Endpoint,
    device: EndpointAddr,
    dialling: Dialling,
    handler: Arc<Handler>,
    sender: watch::Sender<Option<Connection>>,
) {
    let peer = device.id;
    let mut pause = FIRST_PAUSE;
    loop {
        match timeout(dialling.attempt, endpoint.connect(device.clone(), ALPN)).await {
            Ok(Ok(connection)) => {
                tracing::debug!(device = %peer.fmt_short(), "connected");
                handler.observer.metrics.event(Event::Connections);
                handler.observer.metrics.peers(1);
                sender.send_replace(Some(connection.clone()));
                let since = Instant::now();
                answer_requests(&connection, &handler).await;
                sender.send_replace(None);
                handler.observer.metrics.peers(-1);
                let reason = connection.close_reason();
                tracing::debug!(device = %peer.fmt_short(), ?reason, "connection lost");
                // A device that cuts us off at once is not dialled in a tight loop.
                if since.elapsed() > dialling.longest_pause {
                    pause = FIRST_PAUSE;
                }
            }
            Ok(Err(error)) => tracing::debug!(device = %peer.fmt_short(), %error, "cannot connect"),
            Err(_) => tracing::debug!(device = %peer.fmt_short(), "no connection in time"),
        }
        tokio::time::sleep(pause).await;
        pause = (pause * 2).min(dialling.longest_pause);
    }
}

/// Answers the device's requests until the connection ends.
async fn answer_requests(connection: &Connection, handler: &Arc<Handler>) {
    // One at a time: a device has reason for a few requests at the start and at an epoch's end, and for one now and then.
    while let Ok((send, receive)) = connection.accept_bi().await {
        let answering = answer_request(connection, handler, send, receive);
        if timeout(STREAM_PATIENCE, answering).await.is_err() {
            handler.observer.metrics.count_drop(Reason::Incomplete);
        }
    }
}

async fn answer_request(
    connection: &Connection,
    handler: &Arc<Handler>,
    mut send: SendStream,
    mut receive: RecvStream,
) {
    let message = wire::read(&mut receive).await;
    let answer = handler.answer(&connection.remote_id(), message).await;
    // A device that is gone by now asks again when it is back.
    let _ = wire::write(&mut send, &answer).await;
}
