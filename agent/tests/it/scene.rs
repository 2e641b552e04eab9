//! A running device with a store, and clients with allotments.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::PathBuf;
use std::time::Duration;

use iroh::endpoint::{Connection, RecvStream, SendStream};
use iroh::{Endpoint, EndpointAddr};
use popw_agent::client;
use popw_agent::clock::Clock;
use popw_agent::duties::fetch::store::device::StoredReceipt;
use popw_agent::duties::fetch::wire::{self as fetch, Open, Opened, Receipt, Reply, Request};
use popw_agent::duties::rate::store::device::StoredRate;
use popw_agent::keys::Keys;
use popw_agent::store::device::DeviceStore;
use popw_agent::transport::{self, Transport};
use popw_agent::wire::{SignatureBytes, frame};
use popw_core::document::EpochPublic;
use popw_core::{field, message};
use popw_network::epoch::directory::EpochDirectory;
use popw_storage::{AddOptions, Silent};

use crate::child::{Child, Daemon};
use crate::world::{self, Bought, FIRST_SEQ, Plan, World, epoch_key, now_ms, wait_until_listening};

pub const PATIENCE: Duration = Duration::from_secs(30);
pub const MIB: u64 = 1 << 20;
const SLOT_MS: u32 = 3_600_000;

pub struct Scene {
    pub world: World,
    pub public: EpochPublic,
    pub directory: EpochDirectory,
    pub config: Daemon,
    pub device: Option<Child>,
    metrics: SocketAddr,
}

/// A client's allotment with the device.
pub fn buys(client: u32, cap: u64) -> Bought {
    Bought { client, cap, elsewhere: false, own_owner: false }
}

pub fn any() -> SocketAddr {
    SocketAddr::from(([127, 0, 0, 1], 0))
}

impl Scene {
    /// Slot 2 of a long epoch; witnesses 0 and 1 are drawn as challengers, 2 is not. `credit` and `patience` are the
    /// device's.
    pub fn new(bought: Vec<Bought>, credit: u64, patience_ms: u64) -> Self {
        let mut world = World::new(Plan { witnesses: 3, k: 3, q: 2, slots: 24, slot_ms: SLOT_MS });
        world.bought = bought;
        world.challengers = (vec![0, 1], vec![2]);
        std::fs::create_dir(world.path("store")).expect("a folder");
        let start = now_ms() - 2 * u64::from(SLOT_MS) - 60_000;
        let (public, directory) = world.publish(4, start, |_| true);
        let metrics = TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr());
        let metrics = metrics.expect("port");
        let mut config = world.device();
        config.metrics = Some(metrics);
        config.until_last_epoch = false;
        config.store = Some(world.path("store"));
        (config.credit, config.patience_ms) = (credit, patience_ms);
        let mut scene = Self { world, public, directory, config, device: None, metrics };
        scene.start();
        scene
    }

    /// Starts the device (again).
    pub fn start(&mut self) {
        let before = std::fs::read_to_string(&self.config.log).unwrap_or_default().len();
        let device = self.config.start();
        wait_until_listening(&device);
        let taken_up = || device.log()[before..].contains("epoch taken up");
        world::wait_for("the epoch is taken up", PATIENCE, taken_up);
        let taken_up = || device.log()[before..].contains("listening");
        world::wait_for("it listens", PATIENCE, taken_up);
        self.device = Some(device);
    }

    /// Puts incompressible content of this length into the store; returns its hash and where it came from.
    pub fn content(&self, bytes: u64) -> ([u8; 32], PathBuf) {
        let mut data = vec![0; bytes as usize];
        blake3::Hasher::new().update(&bytes.to_be_bytes()).finalize_xof().fill(&mut data);
        let path = self.world.path(format!("content-{bytes}"));
        std::fs::write(&path, &data).expect("a file");
        popw_storage::add(&path, &self.world.path("store"), &waiting(), &mut Silent).expect("a sector");
        (*blake3::hash(&data).as_bytes(), path)
    }

    /// How client `client` downloads a content into its own file.
    pub fn client(&self, client: u32, content: [u8; 32]) -> client::Config {
        let name = field::to_decimal(&field::bytes31(&content));
        client::Config {
            keys: world::client_keys(client),
            public: self.public.clone(),
            directory: self.directory.clone(),
            device: world::keys(1).public(),
            seq: None,
            content,
            out: self.world.path(format!("out-{client}-{}", &name[..12])),
            overwrite: false,
            read: Vec::new(),
            database: self.world.path(format!("client-{client}.db")),
            listen: any(),
            transport: Transport::Loopback,
            patience: Duration::from_secs(15),
            clock: Clock::system(),
        }
    }

    /// The device's last receipts, from its database.
    pub fn receipts(&self) -> Vec<StoredReceipt> {
        self.reader().receipts(epoch_key(&self.public)).expect("receipts")
    }

    pub fn rates(&self) -> Vec<StoredRate> {
        self.reader().rates(epoch_key(&self.public)).expect("rates")
    }

    fn reader(&self) -> popw_agent::store::device::Reader {
        let keys = world::keys(1);
        let mut identity = [0; 96];
        identity[..32].copy_from_slice(&field::to_be_bytes(&keys.public().point.x));
        identity[32..64].copy_from_slice(&field::to_be_bytes(&keys.public().point.y));
        identity[64..].copy_from_slice(&field::to_be_bytes(&keys.owner));
        DeviceStore::read(&self.config.database, &identity).expect("the database")
    }

    pub fn dropped(&self, reason: &str) -> u64 {
        self.metric(&format!("popw_dropped_total{{role=\"device\",reason=\"{reason}\"}}"))
    }

    pub fn events(&self, kind: &str) -> u64 {
        self.metric(&format!("popw_events_total{{role=\"device\",kind=\"{kind}\"}}"))
    }

    pub fn peers(&self) -> u64 {
        self.metric("popw_peers{role=\"device\"}")
    }

    fn metric(&self, name: &str) -> u64 {
        let mut stream = TcpStream::connect(self.metrics).expect("metrics");
        stream.write_all(b"GET /metrics HTTP/1.1\r\n\r\n").expect("request");
        let mut page = String::new();
        stream.read_to_string(&mut page).expect("page");
        let line = page.lines().find_map(|line| line.strip_prefix(name));
        line.and_then(|count| count.trim().parse().ok()).unwrap_or_else(|| panic!("no {name} in\n{page}"))
    }

    /// A connection of a peer that makes its own rules.
    pub async fn dial(&self, keys: &Keys, alpn: &[u8]) -> (Endpoint, Connection) {
        let endpoint = transport::bind(keys.transport.clone(), &[any()], &Transport::Loopback).await;
        let endpoint = endpoint.expect("socket");
        let device = EndpointAddr::new(world::keys(1).endpoint()).with_ip_addr(self.world.listen);
        let connection = endpoint.connect(device, alpn).await.expect("a connection");
        (endpoint, connection)
    }

    pub fn open(&self, seq: u64, content: [u8; 32]) -> Open {
        Open { epoch: self.public.epoch, seq, content, group: 0 }
    }

    /// A client's good receipt on the allotment `seq`.
    pub fn receipt(&self, keys: &Keys, seq: u64, bytes: u64) -> Receipt {
        let key = epoch_key(&self.public);
        let text = message::receipt(key.domain, key.epoch, seq, self.world.device_leaf(), bytes);
        Receipt { bytes, signature: SignatureBytes::new(&keys.signing.sign(text)) }
    }
}

/// Adds to a store even while a process that a test has just forked still has its lock.
#[allow(clippy::field_reassign_with_default, reason = "the options may gain fields")]
pub fn waiting() -> AddOptions {
    let mut options = AddOptions::default();
    options.wait = true;
    options
}

/// A download by hand.
pub struct Raw {
    pub send: SendStream,
    pub receive: RecvStream,
    pub connection: Connection,
    _endpoint: Endpoint,
}

/// How a download by hand went on: bytes of blocks received, and the last word.
pub type End = (u64, Result<Reply, u64>);

impl Raw {
    pub async fn start(scene: &Scene, client: u32, open: Open) -> (Self, Reply) {
        let (endpoint, connection) = scene.dial(&world::client_keys(client), fetch::ALPN).await;
        let (mut send, mut receive) = connection.open_bi().await.expect("a stream");
        frame::send(&mut send, &Request::Open(open)).await.expect("sent");
        let reply = tokio::time::timeout(PATIENCE, frame::next::<Reply>(&mut receive)).await;
        let reply = reply.expect("in time").expect("a reply").expect("a frame");
        (Self { send, receive, connection, _endpoint: endpoint }, reply)
    }

    pub async fn opened(scene: &Scene, client: u32, content: [u8; 32]) -> (Self, Opened) {
        let seq = FIRST_SEQ + u64::from(client);
        match Self::start(scene, client, scene.open(seq, content)).await {
            (raw, Reply::Opened(opened)) => (raw, opened),
            (_, other) => panic!("{other:?}"),
        }
    }

    pub async fn say(&mut self, receipt: Receipt) {
        frame::send(&mut self.send, &Request::Receipt(receipt)).await.expect("sent");
    }

    /// Reads to the end; an `Err` is the code of a reset.
    pub async fn finish(&mut self) -> End {
        tokio::time::timeout(PATIENCE, self.read()).await.expect("an end in time")
    }

    async fn read(&mut self) -> End {
        let mut total = 0;
        loop {
            let mut length = [0; 4];
            if self.receive.read_exact(&mut length).await.is_err() {
                return (total, Err(self.reset().await));
            }
            let length = u32::from_be_bytes(length) as usize;
            if length == 0 {
                // The client has nothing more to say, either.
                let _ = self.send.finish();
                let reply = frame::next::<Reply>(&mut self.receive).await.expect("a reply");
                return (total, Ok(reply.expect("a frame")));
            }
            if self.receive.read_exact(&mut vec![0; length]).await.is_err() {
                return (total, Err(self.reset().await));
            }
            total += length as u64;
        }
    }

    async fn reset(&mut self) -> u64 {
        match self.receive.received_reset().await {
            Ok(Some(code)) => code.into_inner(),
            other => panic!("no reset: {other:?}"),
        }
    }
}

pub fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().expect("runtime")
}
