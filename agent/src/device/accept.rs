//! A device's connections: who may connect, and for which duty.

use std::sync::Arc;
use std::time::Duration;

use iroh::Endpoint;
use iroh::endpoint::Connection;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use crate::metrics::{Event, Metrics, Reason};
use crate::service::Service;
use crate::transport::close;

/// Handshakes under way at once.
const MAX_HANDSHAKES: usize = 256;
/// A handshake that takes longer than this has stalled.
const HANDSHAKE_PATIENCE: Duration = Duration::from_secs(10);

/// A duty, and the places for those who connect for it: each has places of its own.
struct Door {
    service: Arc<dyn Service>,
    places: Arc<Semaphore>,
}

impl Door {
    fn new(service: Arc<dyn Service>) -> Self {
        let places = Arc::new(Semaphore::new(service.places()));
        Self { service, places }
    }
}

/// Accepts connections until the endpoint is closed.
pub(super) async fn accept(endpoint: Endpoint, metrics: Arc<Metrics>, services: Vec<Arc<dyn Service>>) {
    let handshakes = Arc::new(Semaphore::new(MAX_HANDSHAKES));
    let doors: Arc<[Door]> = services.into_iter().map(Door::new).collect();
    let mut running = JoinSet::new();
    while let Some(incoming) = endpoint.accept().await {
        while running.try_join_next().is_some() {}
        let Ok(handshake) = handshakes.clone().try_acquire_owned() else {
            metrics.count_drop(Reason::Crowded);
            incoming.refuse();
            continue;
        };
        let (metrics, doors) = (metrics.clone(), doors.clone());
        running.spawn(async move {
            let connecting =
                tokio::time::timeout(HANDSHAKE_PATIENCE, async { incoming.accept()?.await }).await;
            drop(handshake);
            match connecting {
                Ok(Ok::<_, iroh::endpoint::ConnectingError>(connection)) => {
                    session(connection, &doors, &metrics).await;
                }
                Ok(Err(error)) => tracing::debug!(%error, "no connection came about"),
                Err(_) => tracing::debug!("a handshake stalled"),
            }
        });
    }
}

async fn session(connection: Connection, doors: &[Door], metrics: &Metrics) {
    let peer = connection.remote_id();
    let asked = doors.iter().find(|door| door.service.protocol() == connection.alpn());
    let Some(Door { service, places }) = asked else {
        // The handshake has agreed on one of them.
        return connection.close(close::UNKNOWN, b"unknown protocol");
    };
    let place = service
        .admit(&peer)
        .and_then(|()| places.clone().try_acquire_owned().map_err(|_| (Reason::Crowded, close::CROWDED)));
    let _place = match place {
        Ok(place) => place,
        Err((kind, code)) => {
            metrics.count_drop(kind);
            tracing::info!(peer = %peer.fmt_short(), reason = kind.label(), "connection refused");
            return connection.close(code, kind.label().as_bytes());
        }
    };
    tracing::debug!(peer = %peer.fmt_short(), "a peer connected");
    metrics.event(Event::Connections);
    metrics.peers(1);
    service.sessions().enter(&connection);
    service.clone().serve(connection.clone()).await;
    service.sessions().leave(&connection);
    metrics.peers(-1);
    tracing::debug!(peer = %peer.fmt_short(), "a peer left");
}
