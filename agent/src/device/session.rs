//! A device's connections: one per witness, each message on a stream of its own. What clients and challengers do on
//! theirs is [`super::fetch`]'s and [`super::rate`]'s matter.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use iroh::endpoint::{Connection, RecvStream, SendStream};
use iroh::{Endpoint, EndpointId};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use popw_core::draw::Duty;

use super::handler::{Admission, Handler};
use super::{fetch, rate};
use crate::duties::uptime::wire::{self, Message};
use crate::duties::{fetch::wire as fetch_wire, rate::wire as rate_wire};
use crate::metrics::{Event, Reason};
use crate::skew::skew;
use crate::transport::close;
use crate::wire::FrameError;

/// Handshakes under way at once.
const MAX_HANDSHAKES: usize = 256;
/// Connections of witnesses, for either duty, that may be open at once; clients have places of their own.
const MAX_CONNECTIONS: usize = 256;
/// Streams of one connection that are worked on at once.
const MAX_STREAMS: usize = 8;
/// Non-messages after which a connection is closed.
const MAX_STRIKES: u32 = 64;
/// A stream that takes longer than this has stalled.
const STREAM_PATIENCE: Duration = Duration::from_secs(10);
/// How often a witness is asked what its clock shows.
const COMPARE_EVERY: Duration = Duration::from_secs(30);
/// An answer that takes longer says too little about the moment at which it was given, milliseconds.
const SLOW_MS: u32 = 1_000;
/// An epoch that no witness knows: it refuses, and every refusal carries its time.
const NO_EPOCH: u32 = u32::MAX;

/// The open connection of every admitted peer.
#[derive(Default)]
pub(super) struct Sessions {
    open: Mutex<HashMap<EndpointId, Connection>>,
}

impl Sessions {
    pub(super) fn connections(&self) -> Vec<Connection> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner).values().cloned().collect()
    }

    /// A peer has one connection: a newer one replaces what may be the ruin of an older.
    fn enter(&self, connection: &Connection) {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(older) = open.insert(connection.remote_id(), connection.clone()) {
            older.close(close::REPLACED, b"replaced");
        }
    }

    fn leave(&self, connection: &Connection) {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        let peer = connection.remote_id();
        if open.get(&peer).is_some_and(|current| current.stable_id() == connection.stable_id()) {
            open.remove(&peer);
        }
    }
}

/// What connections share.
struct Places {
    handshakes: Arc<Semaphore>,
    witnesses: Arc<Semaphore>,
    challengers: Arc<Semaphore>,
    clients: Arc<Semaphore>,
    client_sessions: Sessions,
    challenger_sessions: Sessions,
}

/// Accepts connections until the endpoint is closed.
pub(super) async fn accept(endpoint: Endpoint, handler: Arc<Handler>, sessions: Arc<Sessions>) {
    let places = |number| Arc::new(Semaphore::new(number));
    let places = Arc::new(Places {
        handshakes: places(MAX_HANDSHAKES),
        witnesses: places(MAX_CONNECTIONS),
        challengers: places(MAX_CONNECTIONS),
        clients: places(handler.serving.max_clients),
        client_sessions: Sessions::default(),
        challenger_sessions: Sessions::default(),
    });
    let mut running = JoinSet::new();
    while let Some(incoming) = endpoint.accept().await {
        while running.try_join_next().is_some() {}
        let Ok(handshake) = places.handshakes.clone().try_acquire_owned() else {
            handler.metrics.count_drop(Reason::Crowded);
            incoming.refuse();
            continue;
        };
        let (handler, sessions, places) = (handler.clone(), sessions.clone(), places.clone());
        running.spawn(async move {
            let connecting = tokio::time::timeout(STREAM_PATIENCE, async { incoming.accept()?.await }).await;
            drop(handshake);
            match connecting {
                Ok(Ok::<_, iroh::endpoint::ConnectingError>(connection)) => {
                    session(connection, &handler, &sessions, &places).await;
                }
                Ok(Err(error)) => tracing::debug!(%error, "no connection came about"),
                Err(_) => tracing::debug!("a handshake stalled"),
            }
        });
    }
}

async fn session(connection: Connection, handler: &Arc<Handler>, witnesses: &Sessions, places: &Places) {
    let peer = connection.remote_id();
    let drawn = |duty| match handler.admit(&peer, duty) {
        Admission::Drawn => Ok(()),
        Admission::NotDrawn => Err((Reason::NotDrawn, close::NOT_DRAWN)),
        Admission::Unknown => Err((Reason::UnknownPeer, close::UNKNOWN)),
    };
    let (admitted, places, sessions) = match connection.alpn() {
        fetch_wire::ALPN if handler.is_client(&peer) => (Ok(()), &places.clients, &places.client_sessions),
        fetch_wire::ALPN => {
            let refused = Err((Reason::NoAllotment, close::UNKNOWN));
            (refused, &places.clients, &places.client_sessions)
        }
        rate_wire::ALPN => (drawn(Duty::Rate), &places.challengers, &places.challenger_sessions),
        _ => (drawn(Duty::Uptime), &places.witnesses, witnesses),
    };
    let place = admitted
        .and_then(|()| places.clone().try_acquire_owned().map_err(|_| (Reason::Crowded, close::CROWDED)));
    let _place = match place {
        Ok(place) => place,
        Err((kind, code)) => {
            handler.metrics.count_drop(kind);
            tracing::info!(peer = %peer.fmt_short(), reason = kind.label(), "connection refused");
            return connection.close(code, kind.label().as_bytes());
        }
    };
    tracing::debug!(peer = %peer.fmt_short(), "a peer connected");
    handler.metrics.event(Event::Connections);
    handler.metrics.peers(1);
    sessions.enter(&connection);
    match connection.alpn() {
        fetch_wire::ALPN => fetch::serve(&connection, handler).await,
        rate_wire::ALPN => rate::serve(&connection, handler).await,
        _ => {
            let asking = tokio::spawn(keep_asking(connection.clone(), handler.clone()));
            serve(&connection, handler).await;
            asking.abort();
        }
    }
    sessions.leave(&connection);
    handler.metrics.peers(-1);
    tracing::debug!(peer = %peer.fmt_short(), "a peer left");
}

async fn serve(connection: &Connection, handler: &Arc<Handler>) {
    let streams = Arc::new(Semaphore::new(MAX_STREAMS));
    let mut running: JoinSet<bool> = JoinSet::new();
    let mut strikes = 0;
    loop {
        while let Some(done) = running.try_join_next() {
            strikes += u32::from(!done.unwrap_or(false));
        }
        if strikes >= MAX_STRIKES {
            tracing::warn!(peer = %connection.remote_id().fmt_short(), "a peer that sends no messages is cut off");
            return connection.close(close::MISBEHAVED, b"not messages");
        }
        // The semaphore is never closed, so a failure cannot occur; ending the session is safe anyway.
        let Ok(place) = streams.clone().acquire_owned().await else { return };
        let Ok((send, receive)) = connection.accept_bi().await else { return };
        let (handler, peer) = (handler.clone(), connection.remote_id());
        running.spawn(async move {
            let fine = exchange(&handler, &peer, send, receive).await;
            drop(place);
            fine
        });
    }
}

/// One message and its answer; `false` when it was not a message.
async fn exchange(
    handler: &Handler,
    peer: &EndpointId,
    mut send: SendStream,
    mut receive: RecvStream,
) -> bool {
    let message = match tokio::time::timeout(STREAM_PATIENCE, wire::read(&mut receive)).await {
        Ok(message) => message,
        Err(_) => Err(FrameError::Incomplete),
    };
    let fine = message.is_ok();
    let answer = handler.answer(peer, message).await;
    // A witness that is gone by now comes back for its answer.
    let _ = tokio::time::timeout(STREAM_PATIENCE, wire::write(&mut send, &answer)).await;
    fine
}

/// Asks a witness that has just connected for what it signed: an earlier answer may have been lost with the connection
/// (or with one of the two processes). Then, again and again, what its clock shows.
async fn keep_asking(connection: Connection, handler: Arc<Handler>) {
    for watched in handler.epochs() {
        let now_ms = handler.clock.now_ms();
        if now_ms >= watched.roster.schedule.start_ms {
            ask(&connection, &handler, watched.roster.key.epoch).await;
        }
    }
    loop {
        compare_clock(&connection, &handler).await;
        tokio::time::sleep(COMPARE_EVERY).await;
    }
}

/// Asks a witness what its clock shows: of the clock a device learns by asking only, since a ping does not say when it was sent.
pub(super) async fn compare_clock(connection: &Connection, handler: &Handler) {
    ask(connection, handler, NO_EPOCH).await;
}

/// Asks one witness for its latest attestation of an epoch and stores it.
pub(super) async fn ask(connection: &Connection, handler: &Handler, epoch: u32) {
    let (sent_ms, sent) = (handler.clock.now_ms(), Instant::now());
    let asked = tokio::time::timeout(STREAM_PATIENCE, request(connection, epoch)).await;
    let latency_ms = u32::try_from(sent.elapsed().as_millis()).unwrap_or(u32::MAX);
    let answer = match asked {
        Ok(Ok(answer)) => answer,
        Ok(Err(error)) => return tracing::debug!(%error, "a request for an attestation failed"),
        Err(_) => return tracing::debug!("a request for an attestation stalled"),
    };
    match answer {
        Message::Attest(attest) if attest.epoch == epoch => {
            let kept = handler.attest(&connection.remote_id(), &attest, handler.clock.now_ms()).await;
            if let Err(kind) = kept {
                handler.metrics.count_drop(kind);
            }
        }
        // Nothing signed yet, or the witness knows nothing of that epoch.
        Message::Refused(refused) if latency_ms <= SLOW_MS => {
            handler.note_clock(connection.remote_id(), skew(refused.unix_ms, sent_ms, latency_ms)).await;
        }
        Message::Refused(_) => {}
        _ => handler.metrics.count_drop(Reason::Unexpected),
    }
}

async fn request(connection: &Connection, epoch: u32) -> Result<Message, FrameError> {
    let (mut send, mut receive) = connection.open_bi().await.map_err(|_| FrameError::Incomplete)?;
    wire::write(&mut send, &Message::GetAttestation { epoch }).await?;
    wire::read(&mut receive).await
}
