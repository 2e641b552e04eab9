//! The connections that a device's peers have open.

use std::collections::HashMap;
use std::sync::Mutex;

use iroh::EndpointId;
use iroh::endpoint::Connection;

use crate::mutex::lock;
use crate::transport::close;

/// The open connection of every peer admitted for a duty.
#[derive(Default)]
pub(crate) struct Sessions {
    open: Mutex<HashMap<EndpointId, Connection>>,
}

impl Sessions {
    pub(crate) fn connections(&self) -> Vec<Connection> {
        lock(&self.open).values().cloned().collect()
    }

    /// A peer has one connection: a newer one replaces what may be the ruin of an older.
    pub(crate) fn enter(&self, connection: &Connection) {
        if let Some(older) = lock(&self.open).insert(connection.remote_id(), connection.clone()) {
            older.close(close::REPLACED, b"replaced");
        }
    }

    pub(crate) fn leave(&self, connection: &Connection) {
        let mut open = lock(&self.open);
        let peer = connection.remote_id();
        if open.get(&peer).is_some_and(|current| current.stable_id() == connection.stable_id()) {
            open.remove(&peer);
        }
    }
}
