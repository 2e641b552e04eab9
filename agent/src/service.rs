//! A duty on a device's side, as its daemon knows it.

use std::sync::Arc;

use iroh::EndpointId;
use iroh::endpoint::Connection;

use crate::daemon::Work;
use crate::host::{TurnedAway, Watched};
use crate::sessions::Sessions;

/// What a device does for those who connect to it for one duty.
pub(crate) trait Service: Send + Sync {
    /// The protocol's name in the transport's handshake.
    fn protocol(&self) -> &'static [u8];

    /// How many peers may be connected at once.
    fn places(&self) -> usize;

    /// Those who are.
    fn sessions(&self) -> &Sessions;

    /// May this peer connect?
    fn admit(&self, peer: &EndpointId) -> Result<(), TurnedAway>;

    /// Serves a peer that was admitted, until its connection ends.
    fn serve(self: Arc<Self>, connection: Connection) -> Work;

    /// An epoch is about to be taken up.
    fn take_up(&self, _watched: &Watched) {}

    /// Forgets all epochs but these.
    fn retain(&self, epochs: &[u32]);

    /// This machine's clock was set.
    fn clock_was_set(self: Arc<Self>) {}

    /// Sees to what is due by now, if anything is; comes every now and then.
    fn look(self: Arc<Self>, _now_ms: u64, _grace_ms: u64) -> Work {
        Box::pin(std::future::ready(()))
    }

    /// The daemon stops.
    fn stop(&self) {}
}
