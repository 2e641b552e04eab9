//! A witness's connection: each message on a stream of its own.

use std::sync::Arc;
use std::time::Duration;

use iroh::EndpointId;
use iroh::endpoint::{Connection, RecvStream, SendStream};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use super::Uptime;
use crate::duties::uptime::wire;
use crate::transport::close;
use crate::wire::FrameError;

/// Streams of one connection that are worked on at once.
const MAX_STREAMS: usize = 8;
/// Non-messages after which a connection is closed.
const MAX_STRIKES: u32 = 64;
/// A stream that takes longer than this has stalled.
pub(super) const STREAM_PATIENCE: Duration = Duration::from_secs(10);

/// Answers a witness's messages until its connection ends.
pub(super) async fn serve(connection: &Connection, uptime: &Arc<Uptime>) {
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
        let (uptime, peer) = (uptime.clone(), connection.remote_id());
        running.spawn(async move {
            let fine = exchange(&uptime, &peer, send, receive).await;
            drop(place);
            fine
        });
    }
}

/// One message and its answer; `false` when it was not a message.
async fn exchange(uptime: &Uptime, peer: &EndpointId, mut send: SendStream, mut receive: RecvStream) -> bool {
    let message = match tokio::time::timeout(STREAM_PATIENCE, wire::read(&mut receive)).await {
        Ok(message) => message,
        Err(_) => Err(FrameError::Incomplete),
    };
    let fine = message.is_ok();
    let answer = uptime.answer(peer, message).await;
    // A witness that is gone by now comes back for its answer.
    let _ = tokio::time::timeout(STREAM_PATIENCE, wire::write(&mut send, &answer)).await;
    fine
}
