//! A duty on a witness's side, as its daemon knows it.

use std::collections::HashSet;
use std::sync::Arc;

use iroh::{EndpointAddr, EndpointId};
use popw_core::draw;

use crate::daemon::Work;
use crate::observer::Assignment;
use crate::store::StoreError;

/// What a witness does for the devices that it is drawn for.
pub(crate) trait Charge: Send + Sync {
    /// The draw that gives it its devices.
    fn draw(&self) -> draw::Duty;

    /// Does this witness do it at all?
    fn is_wanted(&self) -> bool {
        true
    }

    /// Sees to one device in one epoch, until the grace period is over.
    ///
    /// Fails when the database does: a witness that cannot store must not sign.
    fn begin(&self, assigned: Arc<Assignment>, device: EndpointAddr) -> Work<Result<(), StoreError>>;

    /// Lets go of all devices but these.
    fn retain(&self, _devices: &HashSet<EndpointId>) {}

    /// The daemon stops.
    fn stop(&self) {}
}
