//! Testing the rate of one device in one epoch: once, at a random moment, and the delivery of what was signed.

use std::sync::Arc;
use std::time::Duration;

use iroh::endpoint::{Connection, RecvStream};
use iroh::{Endpoint, EndpointAddr};
use popw_core::message;
use tokio::sync::Semaphore;
use tokio::time::{Instant, timeout, timeout_at};

use super::{Testing, rate_test_ms};
use crate::clock::STEP;
use crate::daemon::millis;
use crate::duties::rate::store::witness::SignedRate;
use crate::duties::rate::wire::{self, ALPN, Attest, Challenge, Message};
use crate::metrics::{Event, Reason};
use crate::observer::{Assignment, Observer};
use crate::random;
use crate::store::StoreError;
use crate::transport::{self, Transport, close};
use crate::wire::{Refusal, SignatureBytes, frame};

/// How long connecting, an answer and a test's first byte may each take.
const PATIENCE: Duration = Duration::from_secs(10);
/// Tests that came to nothing before the device is given up for the epoch.
const MAX_ATTEMPTS: u32 = 5;
/// Between attempts, while the device is busy with others or not there.
const PAUSE_MS: std::ops::Range<u64> = 200..1_000;
const LONGEST_PAUSE: Duration = Duration::from_secs(5);
const CHUNK: usize = 64 << 10;

/// One test in progress.
pub(super) struct Challenger {
    pub(super) observer: Observer,
    pub(super) assigned: Arc<Assignment>,
    pub(super) endpoint: Endpoint,
    pub(super) address: EndpointAddr,
    pub(super) transport: Transport,
    pub(super) pace: Testing,
    pub(super) turn: Arc<Semaphore>,
}

/// What came of a device's tests.
enum Measured {
    /// In 0.1 Mbit/s.
    Rate(u32),
    /// It gave no rate, and will not.
    Nothing,
    /// By the clock, no test fits into the epoch any more.
    TooLate,
}

/// Why a test gave no rate.
#[derive(Debug, thiserror::Error)]
enum TestError {
    /// No connection, or it broke.
    #[error("{0}")]
    Unreachable(&'static str),
    /// The stream broke in the middle of a test.
    #[error("{0}")]
    Broken(String),
    /// The device is busy with another test.
    #[error("the device is busy")]
    Busy,
    /// The device does not want to.
    #[error("the device refused: {0:?}")]
    Refused(Refusal),
    /// The bytes are not the seed's.
    #[error("the device sent other bytes than the seed's")]
    WrongData,
    /// The system gave no seed.
    #[error("no randomness for a seed")]
    NoSeed,
}

impl Challenger {
    /// Tests, signs once, and delivers. Ends when the grace period is over, never before: a clock that was wrong may be
    /// set right.
    ///
    /// # Errors
    /// [`StoreError`] when the database fails: a witness that cannot store must not sign.
    pub(super) async fn run(self) -> Result<(), StoreError> {
        let last_call = self.assigned.roster.schedule.end_ms().saturating_add(millis(self.pace.grace));
        let work = async {
            if let Some(signed) = self.signed().await? {
                self.deliver(&signed).await;
            }
            self.observer.clock.sleep_until(last_call).await;
            Ok(())
        };
        tokio::select! {
            done = work => done,
            () = self.observer.clock.sleep_until(last_call) => Ok(()),
        }
    }

    /// What was signed for the device in this epoch, after a test if need be.
    async fn signed(&self) -> Result<Option<SignedRate>, StoreError> {
        let (key, leaf) = (self.assigned.roster.key, self.assigned.device.leaf);
        if let Some(signed) = self.observer.store.rate(key, leaf).await? {
            return Ok(Some(signed));
        }
        loop {
            match self.measure().await {
                Measured::Rate(rate) => return self.sign(rate).await.map(Some),
                Measured::Nothing => return Ok(None),
                Measured::TooLate => tokio::time::sleep(STEP).await,
            }
        }
    }

    /// The device's rate, unless there is none: then nothing is signed.
    async fn measure(&self) -> Measured {
        let schedule = self.assigned.roster.schedule;
        let end_ms = schedule.end_ms();
        let epoch_ms = end_ms.saturating_sub(schedule.start_ms);
        let test_ms = rate_test_ms(self.pace.length, epoch_ms, self.assigned.roster.rules().k);
        let latest = end_ms.saturating_sub(u64::from(test_ms));
        if test_ms == 0 {
            return Measured::Nothing;
        }
        if self.observer.clock.now_ms() >= latest {
            return Measured::TooLate;
        }
        let earliest = schedule.start_ms.max(self.observer.clock.now_ms());
        // As much room again for the tests of others and for attempts that fail.
        let moment = random::between(earliest, latest.saturating_sub(epoch_ms / 4)).unwrap_or(earliest);
        self.observer.clock.sleep_until(moment).await;
        let mut failed = 0;
        while failed < MAX_ATTEMPTS {
            // Never closed, so always a turn.
            let turn = self.turn.acquire().await;
            if self.observer.clock.now_ms() >= latest {
                return Measured::TooLate;
            }
            let outcome = self.test(test_ms).await;
            drop(turn);
            let (device, epoch) = (self.assigned.device.entry.endpoint, self.assigned.roster.key.epoch);
            match outcome {
                Ok(0) => tracing::info!(%device, epoch, "the device sent next to nothing"),
                Ok(rate) => return Measured::Rate(rate),
                Err(TestError::Busy) => failed = failed.saturating_sub(1),
                Err(TestError::WrongData) => {
                    self.observer.metrics.count_drop(Reason::WrongData);
                    tracing::warn!(%device, epoch, "the device sent other bytes than the seed's; no rate");
                    return Measured::Nothing;
                }
                Err(error) => tracing::debug!(%device, epoch, %error, "a rate test failed"),
            }
            failed += 1;
            let pause = random::between(PAUSE_MS.start, PAUSE_MS.end).unwrap_or(PAUSE_MS.start);
            tokio::time::sleep(Duration::from_millis(pause)).await;
        }
        Measured::Nothing
    }

    async fn connect(&self) -> Result<Connection, TestError> {
        let connect = async {
            let connecting = self
                .endpoint
                .connect_with_opts(self.address.clone(), ALPN, transport::bulk(&self.transport))
                .await
                .map_err(|_| TestError::Unreachable("cannot connect"))?;
            connecting.await.map_err(|_| TestError::Unreachable("no connection"))
        };
        timeout(PATIENCE, connect).await.unwrap_or(Err(TestError::Unreachable("no connection in time")))
    }

    async fn test(&self, test_ms: u32) -> Result<u32, TestError> {
        let seed = random::seed().map_err(|_| TestError::NoSeed)?;
        let connection = self.connect().await?;
        let result = self.challenge(&connection, seed, test_ms).await;
        connection.close(close::DONE, b"done");
        self.observer.metrics.event(Event::RateTests);
        result
    }

    async fn challenge(
        &self,
        connection: &Connection,
        seed: [u8; 32],
        test_ms: u32,
    ) -> Result<u32, TestError> {
        let broken = |_| TestError::Unreachable("the connection broke");
        let (mut send, mut receive) =
            connection.open_bi().await.map_err(|_| TestError::Unreachable("no stream"))?;
        let epoch = self.assigned.roster.key.epoch;
        let challenge = Challenge { epoch, witness_index: self.assigned.index, seed, ms: test_ms };
        frame::write(&mut send, &Message::Challenge(challenge)).await.map_err(broken)?;
        let answer = timeout(PATIENCE, frame::next::<Message>(&mut receive)).await;
        match answer.map_err(|_| TestError::Unreachable("no answer in time"))?.map_err(broken)? {
            Some(Message::Go) => {}
            Some(Message::Refused(refused)) if refused.code == Refusal::RateLimited => {
                return Err(TestError::Busy);
            }
            Some(Message::Refused(refused)) => return Err(TestError::Refused(refused.code)),
            _ => return Err(TestError::Unreachable("no answer to the challenge")),
        }
        let expected = wire::stream(&seed, epoch, self.assigned.device.leaf);
        receive_for(&mut receive, expected, (test_ms / 1_000) as usize).await
    }

    /// Signs a measured rate, unless one was signed before: then that one stands.
    async fn sign(&self, rate: u32) -> Result<SignedRate, StoreError> {
        let (key, device) = (self.assigned.roster.key, self.assigned.device.leaf);
        let keys = self.observer.keys.clone();
        let sign = move |rate: u32| {
            keys.signing.sign(message::rate_attestation(key.domain, key.epoch, key.opening, device, rate))
        };
        let signed =
            self.observer.store.sign_rate(key, device, rate, self.observer.clock.now_ms(), sign).await?;
        self.observer.metrics.event(Event::Rates);
        let (device, epoch) = (self.assigned.device.entry.endpoint, key.epoch);
        tracing::info!(%device, epoch, rate = signed.rate, "rate signed, in 0.1 Mbit/s");
        Ok(signed)
    }

    /// Brings the rate to the device, again and again until it says that it has it, or that it never will.
    async fn deliver(&self, signed: &SignedRate) {
        let attest = Attest {
            epoch: self.assigned.roster.key.epoch,
            witness_index: self.assigned.index,
            rate: signed.rate,
            signature: SignatureBytes::new(&signed.signature),
        };
        let device = self.assigned.device.entry.endpoint;
        let mut pause = Duration::from_millis(200);
        loop {
            match self.hand_over(&attest).await {
                Ok(Message::Ack) => return,
                Ok(Message::Refused(refused)) => {
                    tracing::warn!(%device, code = ?refused.code, "the device does not take our rate");
                    // These do not get better by waiting; the others may.
                    if matches!(
                        refused.code,
                        Refusal::Contradiction | Refusal::BadSignature | Refusal::NotDrawn
                    ) {
                        return;
                    }
                }
                Ok(_) => self.observer.metrics.count_drop(Reason::Unexpected),
                Err(error) => tracing::debug!(%device, %error, "rate not delivered"),
            }
            tokio::time::sleep(pause).await;
            pause = (pause * 2).min(LONGEST_PAUSE);
        }
    }

    async fn hand_over(&self, attest: &Attest) -> Result<Message, TestError> {
        let connection = self.connect().await?;
        let exchange = async {
            let (mut send, mut receive) =
                connection.open_bi().await.map_err(|_| frame::FrameError::Incomplete)?;
            frame::write(&mut send, &Message::Attest(attest.clone())).await?;
            frame::read(&mut receive).await
        };
        let answer = timeout(PATIENCE, exchange).await;
        connection.close(close::DONE, b"done");
        answer.ok().and_then(Result::ok).ok_or(TestError::Unreachable("no answer"))
    }
}

/// Receives a seed's bytes for so many seconds from the first byte on, by this machine's own monotonic clock, and
/// compares every one. Returns the median of the seconds' sums in 0.1 Mbit/s.
async fn receive_for(
    receive: &mut RecvStream,
    mut expected: blake3::OutputReader,
    seconds: usize,
) -> Result<u32, TestError> {
    let (mut chunk, mut check) = (vec![0; CHUNK], vec![0; CHUNK]);
    let mut sums = vec![0u64; seconds];
    let mut began: Option<Instant> = None;
    loop {
        let deadline = match began {
            None => Instant::now() + PATIENCE,
            Some(began) => began + Duration::from_secs(seconds as u64),
        };
        let length = match timeout_at(deadline, receive.read(&mut chunk)).await {
            Ok(Ok(Some(length))) => length,
            Ok(Ok(None)) => return Err(TestError::Unreachable("the device stopped sending")),
            Ok(Err(error)) => return Err(TestError::Broken(error.to_string())),
            Err(_) if began.is_none() => return Err(TestError::Unreachable("no bytes in time")),
            // What came after the last full second counts for nothing.
            Err(_) => break,
        };
        let began = *began.get_or_insert_with(Instant::now);
        expected.fill(&mut check[..length]);
        if chunk[..length] != check[..length] {
            return Err(TestError::WrongData);
        }
        match sums.get_mut(began.elapsed().as_secs() as usize) {
            Some(sum) => *sum += length as u64,
            None => break,
        }
    }
    // The device notices when the connection is closed; it need not go on until then.
    let _ = receive.stop(close::DONE);
    Ok(rate_of(sums))
}

/// The median of per-second sums, of an even number the lower middle one, in 0.1 Mbit/s.
fn rate_of(mut sums: Vec<u64>) -> u32 {
    sums.sort_unstable();
    let median = sums.get(sums.len().saturating_sub(1) / 2).copied().unwrap_or(0);
    // 0.1 Mbit is 12 500 bytes.
    u32::try_from(median / 12_500).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_second_counts() {
        assert_eq!(rate_of(vec![]), 0);
        assert_eq!(rate_of(vec![12_499]), 0);
        assert_eq!(rate_of(vec![12_500]), 1);
        assert_eq!(rate_of(vec![0, 1 << 40, 125_000]), 10);
        assert_eq!(rate_of(vec![1 << 40, 0, 125_000, 250_000]), 10, "the lower middle one");
        assert_eq!(rate_of(vec![u64::MAX; 3]), u32::MAX);
    }
}
