//! The device's daemon: lets in those who have a duty with it, and keeps all that they sign.

mod accept;
mod config;
mod database;
mod scrub;
mod summary;

use std::sync::Arc;
use std::time::Duration;

pub use self::config::{Config, Scrubbing};
use self::scrub::Scrubber;
pub use self::summary::{EpochSummary, Summary};
use crate::clock::Steady;
use crate::content::Store;
use crate::daemon::{self, Daemon, Error, Until};
pub use crate::duties::fetch::device::Serving;
pub use crate::duties::uptime::device::WitnessSummary;
use crate::duties::{fetch::device::Fetch, rate::device::Rate, uptime::device::Uptime};
use crate::epochs::EpochFolder;
use crate::host::Host;
use crate::metrics::Metrics;
use crate::roster::Roster;
use crate::service::Service;
use crate::store::device::DeviceStore;

/// A device's sides of all duties.
type Services = [Arc<dyn Service>];

fn services(host: &Arc<Host>, content: Option<Store>, serving: Serving) -> Vec<Arc<dyn Service>> {
    vec![
        Arc::new(Uptime::new(host.clone())),
        Arc::new(Fetch::new(host.clone(), content, serving)),
        Arc::new(Rate::new(host.clone())),
    ]
}

/// Runs a device's daemon until `shutdown` resolves (or as `config.until` says).
///
/// # Errors
/// [`Error`]: another daemon has the key, a file or address is out of reach, or the database failed.
pub async fn run(
    config: Config,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> Result<Summary, Error> {
    let Config { keys, .. } = config;
    let folder = EpochFolder::open(config.epochs, config.policy)?;
    let metrics = Metrics::new("device");
    let daemon = Daemon::start("device", &keys, config.locks, config.metrics, metrics.clone()).await?;
    let store = DeviceStore::open(&config.database, &keys.identity())?;
    let content = config.store.as_deref().map(Store::open).transpose()?;
    if let Some(store) = content.as_ref().filter(|store| store.is_empty()) {
        let folder = store.folder().display();
        tracing::warn!(%folder, "the store has no sector: is its disk mounted? `popw storage add` takes data in");
    }
    let host = Arc::new(Host::new(keys, store, metrics.clone(), config.clock, config.max_skew_ms));
    let services = services(&host, content, config.serving);
    let protocols: Vec<&[u8]> = services.iter().map(|service| service.protocol()).collect();
    let endpoint = daemon.bind(&host.keys, &config.listen, &config.transport, &protocols).await?;
    let scrubber = config
        .store
        .zip(config.scrubbing)
        .map(|(store, scrubbing)| Scrubber::start(store, scrubbing, metrics.clone()));

    // Before anyone is let in, the epoch that is wanted most: a witness that is not known yet would be turned away.
    take_up(&host, &services, &folder, config.grace).await;
    let accepting = tokio::spawn(accept::accept(endpoint.clone(), metrics, services.clone()));
    let work = follow(&host, &services, folder, config.grace, config.until);
    tokio::select! {
        () = work => tracing::info!("the last epoch is over"),
        () = shutdown => tracing::info!("asked to stop"),
    }
    services.iter().for_each(|service| service.stop());
    endpoint.close().await;
    accepting.abort();
    drop(scrubber);
    let summary = summary::summary(&host).await?;
    daemon.stop();
    Ok(summary)
}

/// Takes up epochs as their documents appear, lets the duties see to what is due; returns
/// when `until` says that the work is done.
async fn follow(host: &Host, services: &Services, folder: EpochFolder, grace: Duration, until: Until) {
    let grace_ms = daemon::millis(grace);
    let mut steady = Steady::new(&host.clock);
    loop {
        if daemon::watch_clock(&mut steady, &host.clock, &host.metrics) {
            host.clocks.forget();
            services.iter().for_each(|service| service.clone().clock_was_set());
        }
        let last_end_ms = take_up(host, services, &folder, grace).await;
        let now_ms = host.clock.now_ms();
        let epochs = host.epochs();
        let running = epochs.iter().find(|watched| watched.roster.schedule.slot_at(now_ms).is_some());
        host.metrics.running(running.map(|watched| watched.roster.key.epoch));
        for service in services {
            service.clone().look(now_ms, grace_ms).await;
        }
        folder.forget(retire(host, services, now_ms.saturating_sub(grace_ms)));
        let is_over = last_end_ms.is_some_and(|end| end.saturating_add(grace_ms) <= now_ms);
        // A clock that has just jumped may be about to jump back.
        if until == Until::LastEpoch && is_over && steady.is_settled() {
            return;
        }
        tokio::time::sleep(daemon::TICK).await;
    }
}

/// Takes up the epoch that is wanted most; returns when the last one in the folder ends.
async fn take_up(host: &Host, services: &Services, folder: &EpochFolder, grace: Duration) -> Option<u64> {
    let look = folder.scan(host.clock.now_ms(), grace).await;
    if let Some(roster) = look.taken {
        let epoch = roster.key.epoch;
        match watch(host, services, roster) {
            true => tracing::info!(epoch, "epoch taken up"),
            false => tracing::warn!(epoch, "this device (key and owner) is not registered in this epoch"),
        }
    }
    look.last_end_ms
}

/// Takes up an epoch; `false` when this device is not registered in it.
fn watch(host: &Host, services: &Services, roster: Arc<Roster>) -> bool {
    let Some(watched) = host.find(roster) else { return false };
    services.iter().for_each(|service| service.take_up(&watched));
    host.watch(watched);
    true
}

/// Forgets epochs that ended before `unix_ms`, but not the last few. Returns which.
fn retire(host: &Host, services: &Services, unix_ms: u64) -> Vec<u32> {
    let retired = host.retire(unix_ms);
    let kept: Vec<u32> = host.epochs().iter().map(|watched| watched.roster.key.epoch).collect();
    services.iter().for_each(|service| service.retain(&kept));
    retired
}
