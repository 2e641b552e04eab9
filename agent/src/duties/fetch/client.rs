//! A client: downloads content it has bought bytes for, verifies it as it comes, and signs for what it got.

mod error;
mod partial;
mod session;
mod signer;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use iroh::{EndpointAddr, EndpointId};
use popw_core::Fr;
use popw_core::document::EpochPublic;
use popw_core::eddsa::PublicKey;
use popw_files::{Content, FileError, Overwrite, Plan};
use popw_network::database;
use popw_network::epoch::directory::{DirectoryAllotment, Epoch, EpochDirectory};
use serde::Serialize;
use tokio::time::timeout;

pub use self::error::FetchError;
use self::partial::Partial;
use self::session::{Download, Session};
use crate::clock::{Clock, Schedule};
use crate::duties::fetch::store::client::{AllotmentKey, ClientStore};
use crate::duties::fetch::wire::ALPN;
use crate::keys::Keys;
use crate::transport::{self, Transport, close};

/// Between attempts to connect.
const PAUSE: Duration = Duration::from_millis(200);

/// What is downloaded, from whom, and with which allotment.
#[derive(Debug)]
pub struct Config {
    /// The client's keys, and the owner of its allotment.
    pub keys: Keys,
    /// The published epoch.
    pub public: EpochPublic,
    /// Its directory.
    pub directory: EpochDirectory,
    /// The device that serves.
    pub device: PublicKey,
    /// Which allotment; may be left open while there is one only.
    pub seq: Option<u64>,
    /// BLAKE3 hash of the content.
    pub content: [u8; 32],
    /// Where it goes.
    pub out: PathBuf,
    /// Replace a file that is there.
    pub overwrite: bool,
    /// The files that all this was read from: the download replaces none of them, and not the database.
    pub read: Vec<PathBuf>,
    /// The client's database; made when missing. Keep it: what was signed is in it.
    pub database: PathBuf,
    /// The socket it dials from (UDP); port 0 for any.
    pub listen: SocketAddr,
    /// Which networks it uses.
    pub transport: Transport,
    /// How long it waits for a device that says nothing.
    pub patience: Duration,
    /// Where it takes the time from.
    pub clock: Clock,
}

/// A download that is complete.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Fetched {
    /// Length of the content.
    pub bytes: u64,
    /// Bytes of it received now; the rest was there from an earlier run.
    pub received: u64,
    /// The allotment.
    pub seq: u64,
    /// Bytes paid for with it.
    pub cap: u64,
    /// Bytes signed for on it so far.
    pub signed: u64,
    /// Bytes for which the device says that it has the receipt.
    pub acknowledged: u64,
}

/// Downloads a content; `progress` hears of bytes had and wanted.
///
/// Verified bytes stay beside `out` when this fails or is dropped, and the next run of the same goes on from them.
///
/// # Errors
/// [`FetchError`].
pub async fn fetch(config: Config, progress: impl Fn(u64, u64)) -> Result<Fetched, FetchError> {
    let planned = Plan::new(Overwrite::forced(config.overwrite))
        .reading(&config.read)
        .reading(database::files(&config.database))
        .check(&config.out, Content::file("download"));
    planned.map_err(|error| match error {
        FileError::Exists { path, .. } => FetchError::Exists(path),
        error => FetchError::Output(error),
    })?;
    let epoch = Epoch::new(config.public, config.directory)?;
    let allotment = choose(&epoch, &config.keys, &config.device, config.seq)?.clone();
    let entry = epoch.device(&config.device).ok_or(FetchError::NoDevice(epoch.public().epoch))?;
    let size = epoch.directory().sectors.iter().find(|sector| sector.blake3 == config.content);
    let address = EndpointId::from_bytes(&entry.endpoint.0).map(EndpointAddr::new);
    let address = address.map_err(|_| FetchError::NoDevice(epoch.public().epoch))?;
    let address = entry.addresses.iter().fold(address, |address, &at| address.with_ip_addr(at));
    let public = epoch.public();
    if Schedule::of(public).slot_at(config.clock.now_ms()).is_none() {
        tracing::warn!(epoch = public.epoch, "the epoch is not running by this machine's clock");
    }
    let store = ClientStore::open(&config.database, &config.keys.identity())?;
    let partial = Partial::open(&config.out, &config.content)?;

    let secret = config.keys.transport.clone();
    let endpoint = transport::bind(secret, &[config.listen], &config.transport).await?;
    let mut failed = "no answer".to_owned();
    // An attempt may drown among others' packets; there is time for another one.
    let connecting = async {
        loop {
            let options = transport::bulk(&config.transport);
            match endpoint.connect_with_opts(address.clone(), ALPN, options).await {
                Ok(connecting) => match connecting.await {
                    Ok(connection) => return connection,
                    Err(error) => failed = error.to_string(),
                },
                Err(error) => failed = error.to_string(),
            }
            tokio::time::sleep(PAUSE).await;
        }
    };
    let Ok(connection) = timeout(config.patience, connecting).await else {
        return Err(FetchError::Unreachable(failed));
    };
    let session = Session {
        connection: &connection,
        store: &store,
        keys: &config.keys,
        allotment: AllotmentKey {
            domain: public.domain,
            epoch: public.epoch,
            seq: allotment.seq,
            device: entry.device_leaf(),
        },
        clock: config.clock,
        patience: config.patience,
    };
    let wanted = Download { content: config.content, size: size.map(|sector| sector.bytes) };
    let done = session.download(&wanted, partial, &config.out, config.overwrite, &progress).await;
    connection.close(close::DONE, b"done");
    endpoint.close().await;
    let done = done?;
    Ok(Fetched {
        bytes: done.bytes,
        received: done.received,
        seq: allotment.seq,
        cap: allotment.cap,
        signed: done.signed,
        acknowledged: done.acknowledged,
    })
}

/// The allotment asked for, or the only one there is.
fn choose<'a>(
    epoch: &'a Epoch,
    keys: &Keys,
    device: &PublicKey,
    seq: Option<u64>,
) -> Result<&'a DirectoryAllotment, FetchError> {
    let number = epoch.public().epoch;
    let (public, owner): (PublicKey, Fr) = (keys.public(), keys.owner);
    let entry = epoch.device(device).ok_or(FetchError::NoDevice(number))?;
    let mut mine = epoch
        .directory()
        .allotments
        .iter()
        .filter(|one| one.device == entry.index && one.client == public && one.owner == owner)
        .filter(|one| seq.is_none_or(|seq| one.seq == seq));
    let found = mine.next().ok_or(FetchError::NoAllotment { epoch: number, seq })?;
    let more: Vec<u64> = mine.map(|one| one.seq).collect();
    if !more.is_empty() {
        return Err(FetchError::Several([&[found.seq], &more[..]].concat()));
    }
    if found.owner == entry.owner {
        return Err(FetchError::OwnOwner);
    }
    Ok(found)
}
