//! What a device asks its witnesses: for what they have signed, and what their clocks show.

use std::sync::Arc;
use std::time::{Duration, Instant};

use iroh::endpoint::Connection;

use super::Uptime;
use super::session::STREAM_PATIENCE;
use crate::duties::uptime::wire::{self, Message};
use crate::host::Watched;
use crate::metrics::Reason;
use crate::mutex::lock;
use crate::skew::skew;
use crate::wire::FrameError;

/// How often a witness is asked what its clock shows.
const COMPARE_EVERY: Duration = Duration::from_secs(30);
/// An answer that takes longer says too little about the moment at which it was given, milliseconds.
const SLOW_MS: u32 = 1_000;
/// An epoch that no witness knows: it refuses, and every refusal carries its time.
const NO_EPOCH: u32 = u32::MAX;

impl Uptime {
    /// Asks a witness that has just connected for what it signed: an earlier answer may have been lost with the connection
    /// (or with one of the two processes). Then, again and again, what its clock shows.
    pub(super) async fn keep_asking(self: Arc<Self>, connection: Connection) {
        for watched in self.host.epochs() {
            let now_ms = self.host.clock.now_ms();
            if now_ms >= watched.roster.schedule.start_ms {
                self.ask(&connection, watched.roster.key.epoch).await;
            }
        }
        loop {
            self.compare_clock(&connection).await;
            tokio::time::sleep(COMPARE_EVERY).await;
        }
    }

    /// Asks every witness that is connected for what it signed in epochs that are over, where that is due.
    pub(super) async fn ask_for_missing(self: &Arc<Self>, now_ms: u64, grace_ms: u64) {
        for watched in self.host.epochs() {
            if self.is_due(&watched, now_ms, grace_ms) {
                self.ask_all(watched.roster.key.epoch).await;
            }
        }
    }

    /// Three times within the grace period: witnesses have their last slot to finish first.
    fn is_due(&self, watched: &Watched, now_ms: u64, grace_ms: u64) -> bool {
        let end = watched.roster.schedule.end_ms();
        let mut asked = lock(&self.asked);
        let times = asked.entry(watched.roster.key.epoch).or_default();
        let due = end.saturating_add(grace_ms / 4 * u64::from(*times + 1));
        let is_due = *times < 3 && now_ms >= due && now_ms < end.saturating_add(grace_ms);
        *times += u32::from(is_due);
        is_due
    }

    async fn ask_all(self: &Arc<Self>, epoch: u32) {
        let asking = self.sessions.connections().into_iter().map(|connection| {
            let uptime = self.clone();
            tokio::spawn(async move { uptime.ask(&connection, epoch).await })
        });
        for asked in asking.collect::<Vec<_>>() {
            // A failed request is repeated later, and the witness sends by itself as well.
            let _ = asked.await;
        }
    }

    /// Asks every witness that is connected what its clock shows.
    pub(super) async fn compare_clocks(&self) {
        for connection in self.sessions.connections() {
            self.compare_clock(&connection).await;
        }
    }

    /// Asks a witness what its clock shows: of the clock a device learns by asking only, since a ping does not say when it was sent.
    async fn compare_clock(&self, connection: &Connection) {
        self.ask(connection, NO_EPOCH).await;
    }

    /// Asks one witness for its latest attestation of an epoch and stores it.
    async fn ask(&self, connection: &Connection, epoch: u32) {
        let host = &self.host;
        let (sent_ms, sent) = (host.clock.now_ms(), Instant::now());
        let asked = tokio::time::timeout(STREAM_PATIENCE, request(connection, epoch)).await;
        let latency_ms = u32::try_from(sent.elapsed().as_millis()).unwrap_or(u32::MAX);
        let answer = match asked {
            Ok(Ok(answer)) => answer,
            Ok(Err(error)) => return tracing::debug!(%error, "a request for an attestation failed"),
            Err(_) => return tracing::debug!("a request for an attestation stalled"),
        };
        match answer {
            Message::Attest(attest) if attest.epoch == epoch => {
                let kept = self.attest(&connection.remote_id(), &attest, host.clock.now_ms()).await;
                if let Err(kind) = kept {
                    host.metrics.count_drop(kind);
                }
            }
            // Nothing signed yet, or the witness knows nothing of that epoch.
            Message::Refused(refused) if latency_ms <= SLOW_MS => {
                host.note_clock(connection.remote_id(), skew(refused.unix_ms, sent_ms, latency_ms)).await;
            }
            Message::Refused(_) => {}
            _ => host.metrics.count_drop(Reason::Unexpected),
        }
    }
}

async fn request(connection: &Connection, epoch: u32) -> Result<Message, FrameError> {
    let (mut send, mut receive) = connection.open_bi().await.map_err(|_| FrameError::Incomplete)?;
    wire::write(&mut send, &Message::GetAttestation { epoch }).await?;
    wire::read(&mut receive).await
}
