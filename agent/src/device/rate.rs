//! Rate tests: the device sends what a challenger's seed asks for, and keeps what the challenger signs.

use std::sync::Arc;
use std::time::Duration;

use iroh::EndpointId;
use iroh::endpoint::{Connection, RecvStream, SendStream};
use popw_core::draw::Duty;
use popw_core::{Fr, eddsa, message};
use tokio::sync::OwnedSemaphorePermit;
use tokio::time::{Instant, timeout, timeout_at};

use super::handler::Handler;
use crate::duties::rate::store::device::KeptRate;
use crate::duties::rate::wire::{self as rate, Attest, Challenge, MAX_TEST_MS, Message};
use crate::metrics::{Event, Reason};
use crate::transport::close;
use crate::wire::{FrameError, Refused, frame};

/// Messages of a connection, good or bad.
const MAX_MESSAGES: u32 = 64;
const STREAM_PATIENCE: Duration = Duration::from_secs(10);
/// A challenger that asks for nothing for so long is disconnected.
const IDLE: Duration = Duration::from_secs(30);
/// How much longer than asked a device sends: the challenger's seconds begin with the first byte.
const SLACK: Duration = Duration::from_secs(2);
const CHUNK: usize = 64 << 10;

/// Serves a challenger, one message at a time.
pub(super) async fn serve(connection: &Connection, handler: &Arc<Handler>) {
    let peer = connection.remote_id();
    for _ in 0..MAX_MESSAGES {
        match timeout(IDLE, connection.accept_bi()).await {
            Ok(Ok((send, receive))) => exchange(handler, &peer, send, receive).await,
            Ok(Err(_)) => return,
            Err(_) => return connection.close(close::IDLE, b"idle"),
        }
    }
    connection.close(close::MISBEHAVED, b"too many messages");
}

async fn exchange(handler: &Handler, peer: &EndpointId, mut send: SendStream, mut receive: RecvStream) {
    let message = match timeout(STREAM_PATIENCE, frame::read::<Message>(&mut receive)).await {
        Ok(message) => message,
        Err(_) => Err(FrameError::Incomplete),
    };
    let answer = match message {
        Err(error) => Err(error.kind()),
        Ok(Message::Challenge(challenge)) => match handler.admit_test(peer, &challenge) {
            Ok(test) => return test.run(handler, &mut send).await,
            Err(reason) => Err(reason),
        },
        Ok(Message::Attest(attest)) => handler.keep_rate(peer, &attest).await,
        Ok(_) => Err(Reason::Unexpected),
    };
    let answer = answer.unwrap_or_else(|reason| {
        handler.metrics.count_drop(reason);
        tracing::debug!(peer = %peer.fmt_short(), reason = reason.label(), "message dropped");
        Message::Refused(Refused { code: reason.into(), unix_ms: handler.clock.now_ms() })
    });
    // A challenger that is gone by now comes back for its answer.
    let _ = timeout(STREAM_PATIENCE, frame::write(&mut send, &answer)).await;
}

/// A test that may begin.
pub(super) struct Test {
    challenge: Challenge,
    leaf: Fr,
    _running: OwnedSemaphorePermit,
}

impl Handler {
    pub(super) fn admit_test(&self, peer: &EndpointId, challenge: &Challenge) -> Result<Test, Reason> {
        let watched = self.epoch(challenge.epoch)?;
        Self::witness(&watched, Duty::Rate, peer, challenge.witness_index)?;
        if !self.is_running(&watched) {
            return Err(Reason::WrongEpoch);
        }
        if challenge.ms == 0 || challenge.ms > MAX_TEST_MS {
            return Err(Reason::Malformed);
        }
        let running = self.tests.begin(challenge.epoch, challenge.witness_index)?;
        self.metrics.event(Event::RateTests);
        Ok(Test { challenge: challenge.clone(), leaf: watched.device.leaf, _running: running })
    }

    /// Verifies a signed rate and stores it; acknowledged only when it is durable.
    pub(super) async fn keep_rate(&self, peer: &EndpointId, attest: &Attest) -> Result<Message, Reason> {
        let watched = self.epoch(attest.epoch)?;
        let witness = Self::witness(&watched, Duty::Rate, peer, attest.witness_index)?;
        if !self.has_begun(&watched) {
            return Err(Reason::WrongEpoch);
        }
        let signature = attest.signature.parse().ok_or(Reason::BadSignature)?;
        let key = watched.roster.key;
        let signed =
            message::rate_attestation(key.domain, key.epoch, key.opening, watched.device.leaf, attest.rate);
        eddsa::verify(&witness.public_key, signed, &signature).map_err(|_| Reason::BadSignature)?;
        let now_ms = self.clock.now_ms();
        match self.store.keep_rate(key, attest.witness_index, attest.rate, signature, now_ms).await {
            Ok(KeptRate::First) => {
                self.metrics.event(Event::Rates);
                Ok(Message::Ack)
            }
            Ok(KeptRate::Repeated) => Ok(Message::Ack),
            Ok(KeptRate::Contradiction) => {
                let (epoch, witness) = (attest.epoch, attest.witness_index);
                tracing::warn!(epoch, witness, "this challenger has signed two rates; kept as evidence");
                Err(Reason::Contradiction)
            }
            Err(error) => {
                tracing::error!(%error, "cannot store a rate");
                Err(Reason::Internal)
            }
        }
    }
}

impl Test {
    /// Sends until the time is over or the challenger has enough.
    async fn run(self, handler: &Handler, send: &mut SendStream) {
        let Challenge { epoch, witness_index, seed, ms } = self.challenge;
        tracing::debug!(epoch, witness_index, ms, "a rate test begins");
        let end = Instant::now() + Duration::from_millis(ms.into()) + SLACK;
        if frame::send(send, &Message::Go).await.is_err() {
            return;
        }
        let mut bytes = rate::stream(&seed, epoch, self.leaf);
        let mut chunk = vec![0; CHUNK];
        loop {
            bytes.fill(&mut chunk);
            match timeout_at(end, send.write_all(&chunk)).await {
                Ok(Ok(())) => {}
                Ok(Err(_)) => break,
                Err(_) => {
                    handler.metrics.count_drop(Reason::Incomplete);
                    break;
                }
            }
            if Instant::now() >= end {
                break;
            }
            tokio::task::yield_now().await;
        }
        // It has ended for the challenger, too.
        let _ = send.finish();
    }
}
