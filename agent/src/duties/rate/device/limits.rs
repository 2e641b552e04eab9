//! How many rate tests there may be, at once and in an epoch.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::metrics::Reason;
use crate::mutex::lock;

/// Tests at once: two would each measure half.
const MAX_TESTS: usize = 1;
/// Tests that a challenger may begin in an epoch; it needs one.
const MAX_BEGUN: u32 = 8;

/// What bounds the tests.
#[derive(Debug)]
pub(super) struct Tests {
    running: Arc<Semaphore>,
    begun: Mutex<HashMap<(u32, u32), u32>>,
}

impl Default for Tests {
    fn default() -> Self {
        Self { running: Arc::new(Semaphore::new(MAX_TESTS)), begun: Mutex::default() }
    }
}

impl Tests {
    /// Begins a test of a challenger's, which runs for as long as the permit lives.
    pub(super) fn begin(&self, epoch: u32, challenger: u32) -> Result<OwnedSemaphorePermit, Reason> {
        let running = self.running.clone().try_acquire_owned().map_err(|_| Reason::Crowded)?;
        let mut begun = lock(&self.begun);
        let begun = begun.entry((epoch, challenger)).or_default();
        if *begun >= MAX_BEGUN {
            return Err(Reason::RateLimited);
        }
        *begun += 1;
        Ok(running)
    }

    /// Forgets all epochs but these.
    pub(super) fn retain(&self, epochs: &[u32]) {
        lock(&self.begun).retain(|(epoch, _), _| epochs.contains(epoch));
    }
}
