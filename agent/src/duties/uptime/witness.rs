//! A witness's side of uptime: it pings, signs what it saw, and brings that to the device.

mod handler;
mod link;
mod miss;
mod watch;

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use iroh::{Endpoint, EndpointAddr, EndpointId};
use popw_core::draw;
use serde::Serialize;

use self::handler::Handler;
use self::link::{Dialling, Link};
use self::watch::Watch;
use crate::charge::Charge;
use crate::daemon::Work;
use crate::mutex::lock;
use crate::observer::{Assignment, Observer};
use crate::store::StoreError;

/// How a witness pings and signs.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Pinging {
    /// How long an answer may take; at most a third of the slot is allowed in any case.
    pub(crate) deadline: Duration,
    /// Sign and send after every so many slots (always after the last).
    pub(crate) sign_every: u32,
    /// How long after an epoch's end it keeps trying to deliver.
    pub(crate) grace: Duration,
    /// For demonstrations: how it lies.
    pub(crate) misbehave: Option<Misbehave>,
}

/// Ways to lie, for demonstrations and tests: a quorum of honest witnesses must make them worthless.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Misbehave {
    /// Attests every slot, without pinging.
    AlwaysUp,
}

/// A witness's side of the protocol.
pub(crate) struct Uptime {
    handler: Arc<Handler>,
    endpoint: Endpoint,
    pace: Pinging,
    links: Mutex<HashMap<EndpointId, (EndpointAddr, Link)>>,
}

impl Uptime {
    pub(crate) fn new(observer: Observer, endpoint: Endpoint, pace: Pinging) -> Self {
        let handler = Arc::new(Handler::new(observer));
        Self { handler, endpoint, pace, links: Mutex::default() }
    }

    /// The connection to a device, over all its epochs.
    fn link(&self, device: EndpointAddr, slot_ms: u32) -> Link {
        let mut links = lock(&self.links);
        match links.get(&device.id) {
            Some((known, link)) if *known == device => link.clone(),
            _ => {
                let dialling = Dialling::for_slots(slot_ms);
                let link = Link::new(self.endpoint.clone(), device.clone(), dialling, self.handler.clone());
                links.insert(device.id, (device, link.clone()));
                link
            }
        }
    }
}

impl Charge for Uptime {
    fn draw(&self) -> draw::Duty {
        draw::Duty::Uptime
    }

    fn begin(&self, assigned: Arc<Assignment>, device: EndpointAddr) -> Work<Result<(), StoreError>> {
        let link = self.link(device, assigned.roster.schedule.slot_ms);
        self.handler.take_up(assigned.clone());
        let watch = Watch { handler: self.handler.clone(), assigned, link, pace: self.pace };
        Box::pin(watch.run())
    }

    fn retain(&self, devices: &HashSet<EndpointId>) {
        lock(&self.links).retain(|device, _| devices.contains(device));
    }

    fn stop(&self) {
        lock(&self.links).values().for_each(|(_, link)| link.close());
    }
}

/// What a witness has seen of one device in one epoch, over all its runs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct DutySummary {
    /// The epoch.
    pub epoch: u32,
    /// The device's transport key.
    pub device: String,
    /// Slots seen answered.
    pub up_slots: u32,
    /// Slots of the epoch.
    pub slots: u32,
}

/// What was seen of these devices.
pub(crate) async fn summary(
    observer: &Observer,
    assigned: &[Arc<Assignment>],
) -> Result<Vec<DutySummary>, StoreError> {
    let mut summaries = Vec::new();
    for one in assigned {
        let bitmap = observer.store.bitmap(one.roster.key, one.device.leaf).await?;
        summaries.push(DutySummary {
            epoch: one.roster.key.epoch,
            device: one.device.entry.endpoint.to_string(),
            up_slots: bitmap.count(),
            slots: one.roster.schedule.slots,
        });
    }
    Ok(summaries)
}
