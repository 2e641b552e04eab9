//! A device's side of rate tests: it sends what a challenger's seed asks for, and keeps what the challenger signs.

mod limits;

use std::sync::Arc;
use std::time::Duration;

use iroh::EndpointId;
use iroh::endpoint::{Connection, RecvStream, SendStream};
use popw_core::draw::Duty;
use popw_core::{Fr, eddsa, message};
use tokio::sync::OwnedSemaphorePermit;
use tokio::time::{Instant, timeout, timeout_at};

use self::limits::Tests;
use super::store::device::KeptRate;
use super::wire::{self, Attest, Challenge, MAX_TEST_MS, Message};
use crate::daemon::Work;
use crate::host::{Host, MAX_WITNESSES, TurnedAway, Watched};
use crate::metrics::{Event, Reason};
use crate::service::Service;
use crate::sessions::Sessions;
use crate::store::StoreError;
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

/// A device's side of the protocol.
pub(crate) struct Rate {
    host: Arc<Host>,
    sessions: Sessions,
    tests: Tests,
}

impl Service for Rate {
    fn protocol(&self) -> &'static [u8] {
        wire::ALPN
    }

    fn places(&self) -> usize {
        MAX_WITNESSES
    }

    fn sessions(&self) -> &Sessions {
        &self.sessions
    }

    fn admit(&self, peer: &EndpointId) -> Result<(), TurnedAway> {
        self.host.admit(peer, Duty::Rate)
    }

    fn serve(self: Arc<Self>, connection: Connection) -> Work {
        Box::pin(async move { serve(&connection, &self).await })
    }

    fn retain(&self, epochs: &[u32]) {
        self.tests.retain(epochs);
    }
}

/// The rates that challengers have signed in an epoch, in 0.1 Mbit/s; contradictions left out.
pub(crate) async fn summary(host: &Host, watched: &Watched) -> Result<Vec<u32>, StoreError> {
    let rates = host.store.rates(watched.roster.key).await?;
    Ok(rates.iter().filter(|rate| !rate.contradicts).map(|rate| rate.rate).collect())
}

/// Serves a challenger, one message at a time.
async fn serve(connection: &Connection, rate: &Rate) {
    let peer = connection.remote_id();
    for _ in 0..MAX_MESSAGES {
        match timeout(IDLE, connection.accept_bi()).await {
            Ok(Ok((send, receive))) => exchange(rate, &peer, send, receive).await,
            Ok(Err(_)) => return,
            Err(_) => return connection.close(close::IDLE, b"idle"),
        }
    }
    connection.close(close::MISBEHAVED, b"too many messages");
}

async fn exchange(rate: &Rate, peer: &EndpointId, mut send: SendStream, mut receive: RecvStream) {
    let message = match timeout(STREAM_PATIENCE, frame::read::<Message>(&mut receive)).await {
        Ok(message) => message,
        Err(_) => Err(FrameError::Incomplete),
    };
    let answer = match message {
        Err(error) => Err(error.kind()),
        Ok(Message::Challenge(challenge)) => match rate.admit_test(peer, &challenge) {
            Ok(test) => return test.run(&rate.host, &mut send).await,
            Err(reason) => Err(reason),
        },
        Ok(Message::Attest(attest)) => rate.keep_rate(peer, &attest).await,
        Ok(_) => Err(Reason::Unexpected),
    };
    let answer = answer.unwrap_or_else(|reason| {
        rate.host.metrics.count_drop(reason);
        tracing::debug!(peer = %peer.fmt_short(), reason = reason.label(), "message dropped");
        Message::Refused(Refused { code: reason.into(), unix_ms: rate.host.clock.now_ms() })
    });
    // A challenger that is gone by now comes back for its answer.
    let _ = timeout(STREAM_PATIENCE, frame::write(&mut send, &answer)).await;
}

/// A test that may begin.
struct Test {
    challenge: Challenge,
    leaf: Fr,
    _running: OwnedSemaphorePermit,
}

impl Rate {
    pub(crate) fn new(host: Arc<Host>) -> Self {
        Self { host, sessions: Sessions::default(), tests: Tests::default() }
    }

    fn admit_test(&self, peer: &EndpointId, challenge: &Challenge) -> Result<Test, Reason> {
        let watched = self.host.epoch(challenge.epoch)?;
        watched.witness(Duty::Rate, peer, challenge.witness_index)?;
        if !self.host.is_running(&watched) {
            return Err(Reason::WrongEpoch);
        }
        if challenge.ms == 0 || challenge.ms > MAX_TEST_MS {
            return Err(Reason::Malformed);
        }
        let running = self.tests.begin(challenge.epoch, challenge.witness_index)?;
        self.host.metrics.event(Event::RateTests);
        Ok(Test { challenge: challenge.clone(), leaf: watched.device.leaf, _running: running })
    }

    /// Verifies a signed rate and stores it; acknowledged only when it is durable.
    async fn keep_rate(&self, peer: &EndpointId, attest: &Attest) -> Result<Message, Reason> {
        let watched = self.host.epoch(attest.epoch)?;
        let witness = watched.witness(Duty::Rate, peer, attest.witness_index)?;
        if !self.host.has_begun(&watched) {
            return Err(Reason::WrongEpoch);
        }
        let signature = attest.signature.parse().ok_or(Reason::BadSignature)?;
        let key = watched.roster.key;
        let signed =
            message::rate_attestation(key.domain, key.epoch, key.opening, watched.device.leaf, attest.rate);
        eddsa::verify(&witness.public_key, signed, &signature).map_err(|_| Reason::BadSignature)?;
        let now_ms = self.host.clock.now_ms();
        match self.host.store.keep_rate(key, attest.witness_index, attest.rate, signature, now_ms).await {
            Ok(KeptRate::First) => {
                self.host.metrics.event(Event::Rates);
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
    async fn run(self, host: &Host, send: &mut SendStream) {
        let Challenge { epoch, witness_index, seed, ms } = self.challenge;
        tracing::debug!(epoch, witness_index, ms, "a rate test begins");
        let end = Instant::now() + Duration::from_millis(ms.into()) + SLACK;
        if frame::send(send, &Message::Go).await.is_err() {
            return;
        }
        let mut bytes = wire::stream(&seed, epoch, self.leaf);
        let mut chunk = vec![0; CHUNK];
        loop {
            bytes.fill(&mut chunk);
            match timeout_at(end, send.write_all(&chunk)).await {
                Ok(Ok(())) => {}
                Ok(Err(_)) => break,
                Err(_) => {
                    host.metrics.count_drop(Reason::Incomplete);
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
