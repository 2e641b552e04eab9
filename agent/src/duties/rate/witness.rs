//! A witness's side of rate tests, in which it is called the device's challenger.

mod challenger;

use std::sync::Arc;
use std::time::Duration;

use iroh::{Endpoint, EndpointAddr};
use popw_core::draw;
use serde::Serialize;
use tokio::sync::Semaphore;

use self::challenger::Challenger;
use super::wire::MAX_TEST_MS;
use crate::charge::Charge;
use crate::daemon::{Work, millis};
use crate::observer::{Assignment, Observer};
use crate::store::StoreError;
use crate::transport::Transport;

/// How a witness tests and delivers.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Testing {
    /// How long a test takes, less in short epochs ([`rate_test_ms`]); zero to make none.
    pub(crate) length: Duration,
    /// How long after an epoch's end it keeps trying to deliver.
    pub(crate) grace: Duration,
}

/// A witness's side of the protocol.
pub(crate) struct Rate {
    observer: Observer,
    endpoint: Endpoint,
    transport: Transport,
    pace: Testing,
    /// Tests are made one after the other: two at once would share this witness's line.
    turn: Arc<Semaphore>,
}

impl Rate {
    pub(crate) fn new(observer: Observer, endpoint: Endpoint, transport: Transport, pace: Testing) -> Self {
        Self { observer, endpoint, transport, pace, turn: Arc::new(Semaphore::new(1)) }
    }
}

impl Charge for Rate {
    fn draw(&self) -> draw::Duty {
        draw::Duty::Rate
    }

    fn is_wanted(&self) -> bool {
        !self.pace.length.is_zero()
    }

    /// Tests the device's rate at some moment of the epoch, and delivers what was signed.
    fn begin(&self, assigned: Arc<Assignment>, device: EndpointAddr) -> Work<Result<(), StoreError>> {
        let challenger = Challenger {
            observer: self.observer.clone(),
            assigned,
            endpoint: self.endpoint.clone(),
            address: device,
            transport: self.transport.clone(),
            pace: self.pace,
            turn: self.turn.clone(),
        };
        Box::pin(challenger.run())
    }
}

/// What a witness has measured of one device in one epoch.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RateSummary {
    /// The epoch.
    pub epoch: u32,
    /// The device's transport key.
    pub device: String,
    /// In 0.1 Mbit/s; `None` when nothing was signed.
    pub rate: Option<u32>,
}

/// What was measured of these devices.
pub(crate) async fn summary(
    observer: &Observer,
    assigned: &[Arc<Assignment>],
) -> Result<Vec<RateSummary>, StoreError> {
    let mut summaries = Vec::new();
    for one in assigned {
        let signed = observer.store.rate(one.roster.key, one.device.leaf).await?;
        summaries.push(RateSummary {
            epoch: one.roster.key.epoch,
            device: one.device.entry.endpoint.to_string(),
            rate: signed.map(|signed| signed.rate),
        });
    }
    Ok(summaries)
}

/// How long a test takes, milliseconds, in whole seconds: what was asked for, but so little of a short epoch that every
/// seat's test fits into half of it, one after the other. 0 when not even a second fits.
pub fn rate_test_ms(asked: Duration, epoch_ms: u64, k: u32) -> u32 {
    let share = epoch_ms / (2 * u64::from(k.max(1)));
    let asked = millis(asked).min(MAX_TEST_MS.into());
    // A single second for committees larger than the epoch is long: not all of them will get their turn.
    let ms = asked.min(share.max(if epoch_ms >= 4_000 { 1_000 } else { 0 }));
    u32::try_from(ms / 1_000 * 1_000).unwrap_or(MAX_TEST_MS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_epochs_have_short_tests() {
        let asked = Duration::from_secs(30);
        assert_eq!(rate_test_ms(asked, 86_400_000, 8), 30_000);
        assert_eq!(rate_test_ms(asked, 24_000, 5), 2_000);
        assert_eq!(rate_test_ms(asked, 12_000, 16), 1_000);
        assert_eq!(rate_test_ms(asked, 3_000, 3), 0);
        assert_eq!(rate_test_ms(Duration::ZERO, 86_400_000, 8), 0);
        assert_eq!(rate_test_ms(Duration::MAX, u64::MAX, 1), 60_000);
    }
}
