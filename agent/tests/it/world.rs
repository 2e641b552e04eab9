//! A network in a temporary folder: keys, an epoch's documents, and processes of its members.

use std::net::{SocketAddr, UdpSocket};
use std::path::{Path, PathBuf};
use std::time::Duration;

use popw_agent::clock::Clock;
use popw_agent::export::DeviceInfo;
use popw_agent::keys::Keys;
use popw_agent::store::EpochKey;
use popw_core::claim::{Roots, Rules};
use popw_core::document::{Beacon, BeaconSource, EpochFormat, EpochPublic, Version};
use popw_core::eddsa::SecretKey;
use popw_core::lean_imt::LeanImt;
use popw_core::{Fr, draw, identity, possession, tag};
use popw_network::epoch::directory::{
    DirectoryAllotment, DirectoryEntry, DirectoryFormat, DirectorySector, EpochDirectory,
};
use popw_network::files::{self, Access, Overwrite};
use popw_network::member::EndpointId;

use crate::child::{Child, Daemon, Lie, Role};

const DOMAIN: &str = "popw:local:0000000000000000000000000000000000000000000000000000000000000001";

/// What a test asks for.
pub struct Plan {
    pub witnesses: u8,
    pub k: u32,
    pub q: u32,
    pub slots: u32,
    pub slot_ms: u32,
}

/// A network in a folder. Device: seed 1, owner 1. Witness i: seed 10 + i, owner 2 + i.
pub struct World {
    pub folder: tempfile::TempDir,
    pub plan: Plan,
    pub listen: SocketAddr,
    /// What clients have bought; see [`World::bought`].
    pub bought: Vec<Bought>,
    /// What the device stores: root, hash and bytes.
    pub stored: Vec<(Fr, [u8; 32], u64)>,
    /// Witnesses that must be drawn as challengers, and such that must not.
    pub challengers: (Vec<u32>, Vec<u32>),
}

/// An allotment: client i's, from the device (or from another one of the same owner).
#[derive(Clone, Copy, Debug)]
pub struct Bought {
    pub client: u32,
    pub cap: u64,
    pub elsewhere: bool,
    pub own_owner: bool,
}

/// The number of the first allotment in the registry; those after it follow.
pub const FIRST_SEQ: u64 = 7;

/// A client's keys. Their owner differs from everyone else's.
pub fn client_keys(client: u32) -> Keys {
    let seed = |what: &str| {
        let mut hasher = blake3::Hasher::new();
        *hasher.update(what.as_bytes()).update(&client.to_be_bytes()).finalize().as_bytes()
    };
    Keys::new(SecretKey::from_seed(seed("sign")), &seed("dial"), Fr::from(1_000 + u64::from(client)))
}

pub fn keys(seed: u8) -> Keys {
    let owner = if seed < 10 { 1 } else { u64::from(seed) - 8 };
    Keys::new(SecretKey::from_seed([seed; 32]), &[seed ^ 0xff; 32], Fr::from(owner))
}

pub fn witness_seed(index: u32) -> u8 {
    10 + u8::try_from(index).expect("few witnesses")
}

/// A loopback UDP address that was free a moment ago.
pub fn free_address() -> SocketAddr {
    UdpSocket::bind("127.0.0.1:0").and_then(|socket| socket.local_addr()).expect("a free port")
}

impl World {
    pub fn new(plan: Plan) -> Self {
        let folder = tempfile::tempdir().expect("folder");
        std::fs::create_dir(folder.path().join("epochs")).expect("folder");
        let bought = Vec::new();
        Self {
            folder,
            plan,
            listen: free_address(),
            bought,
            stored: Vec::new(),
            challengers: (Vec::new(), Vec::new()),
        }
    }

    pub fn path(&self, name: impl AsRef<Path>) -> PathBuf {
        self.folder.path().join(name)
    }

    pub fn device_info(&self) -> DeviceInfo {
        let keys = keys(1);
        DeviceInfo { public_key: keys.public(), owner: keys.owner, key_file: None }
    }

    pub fn device_leaf(&self) -> Fr {
        identity::device_leaf(&keys(1).public(), keys(1).owner)
    }

    /// Publishes an epoch that starts at `start_unix_ms` and draws the committee that `wanted` wants.
    pub fn publish(
        &self,
        epoch: u32,
        start_unix_ms: u64,
        wanted: impl Fn(&[u32]) -> bool,
    ) -> (EpochPublic, EpochDirectory) {
        let Plan { witnesses, k, q, slots, slot_ms } = self.plan;
        let n_w = u32::from(witnesses);
        let domain = identity::domain(DOMAIN).expect("domain");
        let mut devices = vec![entry(0, 1, vec![self.listen])];
        if self.bought.iter().any(|bought| bought.elsewhere) {
            devices.push(entry(1, 2, Vec::new()));
        }
        let allotments = (0u32..).zip(&self.bought).map(|(index, bought)| allotment(index, bought)).collect();
        let directory = EpochDirectory {
            format: DirectoryFormat::EpochDirectory,
            version: Version,
            domain,
            epoch,
            devices,
            witnesses: (0..n_w).map(|index| entry(index, witness_seed(index), Vec::new())).collect(),
            sectors: (0u32..).zip(&self.stored).map(|(index, stored)| sector(index, stored)).collect(),
            allotments,
        };
        let root = |leaves: Vec<Fr>| LeanImt::from_leaves(leaves).root();
        let opening = (1u64..).map(beacon).find(|beacon| {
            let committee = draw::committee(draw::Duty::Uptime, beacon.rho(), self.device_leaf(), k, n_w);
            let challengers = draw::committee(draw::Duty::Rate, beacon.rho(), self.device_leaf(), k, n_w);
            let (drawn, others) = &self.challengers;
            wanted(&committee)
                && drawn.iter().all(|index| challengers.contains(index))
                && !others.iter().any(|index| challengers.contains(index))
        });
        let public = EpochPublic {
            format: EpochFormat::Epoch,
            version: Version,
            network: "test".to_owned(),
            domain_id: DOMAIN.to_owned(),
            domain,
            epoch,
            start_unix_ms,
            slot_ms,
            opening: opening.expect("some beacon draws such a committee"),
            closing: None,
            roots: Roots {
                device: root(directory.devices.iter().map(DirectoryEntry::device_leaf).collect()),
                witness: root(directory.witnesses.iter().map(DirectoryEntry::witness_leaf).collect()),
                allotment: root(
                    directory.allotments.iter().map(|one| allotment_leaf(&directory, one)).collect(),
                ),
                sector: root(directory.sectors.iter().map(|one| sector_leaf(&directory, one)).collect()),
            },
            rules: Rules { n_w, k, q, slots, max_gap: 4, batches: 1, min_rate: 0 },
        };
        let path = |name: &str| self.path("epochs").join(format!("{epoch}-{name}.json"));
        files::write_json(&path("directory"), "directory", &directory, Overwrite::Yes, Access::Public)
            .and_then(|()| {
                files::write_json(&path("public"), "epoch", &public, Overwrite::Yes, Access::Public)
            })
            .expect("documents");
        (public, directory)
    }

    /// The device's daemon, as it is started in most tests.
    pub fn device(&self) -> Daemon {
        self.daemon(Role::Device, 1, "device", self.listen)
    }

    /// A witness's daemon.
    pub fn witness(&self, index: u32) -> Daemon {
        let any = SocketAddr::from(([127, 0, 0, 1], 0));
        self.daemon(Role::Witness, witness_seed(index), &format!("witness-{index}"), any)
    }

    fn daemon(&self, role: Role, seed: u8, name: &str, listen: SocketAddr) -> Daemon {
        Daemon {
            role,
            seed,
            listen,
            epochs: self.path("epochs"),
            database: self.path(format!("{name}.db")),
            locks: self.path("locks"),
            log: self.path(format!("{name}.log")),
            summary: self.path(format!("{name}.json")),
            metrics: None,
            grace_ms: 3_000,
            clock_offset_ms: 0,
            astray: None,
            lie: Lie::None,
            until_last_epoch: true,
            store: None,
            credit: 4 << 20,
            patience_ms: 5_000,
            rate_test_ms: 0,
        }
    }

    /// Prints the logs of a failed test's processes.
    pub fn show_logs(&self) {
        let Ok(entries) = std::fs::read_dir(self.folder.path()) else { return };
        for path in entries.flatten().map(|entry| entry.path()) {
            if path.extension().is_some_and(|extension| extension == "log") {
                let text = std::fs::read_to_string(&path).unwrap_or_default();
                println!("--- {}\n{text}", path.display());
            }
        }
    }
}

impl std::ops::Drop for World {
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.show_logs();
        }
    }
}

pub fn epoch_key(public: &EpochPublic) -> EpochKey {
    EpochKey { domain: public.domain, epoch: public.epoch, opening: public.opening.rho() }
}

pub fn now_ms() -> u64 {
    Clock::system().now_ms()
}

pub fn sleep_until(unix_ms: u64) {
    std::thread::sleep(Duration::from_millis(unix_ms.saturating_sub(now_ms())));
}

/// Waits until `what` holds, at most for `patience`.
pub fn wait_for(what: &str, patience: Duration, mut holds: impl FnMut() -> bool) {
    let end = std::time::Instant::now() + patience;
    while !holds() {
        assert!(std::time::Instant::now() < end, "{what}: not within {patience:?}");
        std::thread::sleep(Duration::from_millis(50));
    }
}

/// Waits until a daemon says that it listens.
pub fn wait_until_listening(child: &Child) {
    wait_for("a daemon listens", Duration::from_secs(20), || child.listens());
}

fn entry(index: u32, seed: u8, addresses: Vec<SocketAddr>) -> DirectoryEntry {
    let keys = keys(seed);
    DirectoryEntry {
        index,
        public_key: keys.public(),
        owner: keys.owner,
        endpoint: EndpointId(*keys.endpoint().as_bytes()),
        addresses,
    }
}

fn sector(index: u32, &(comm_r, blake3, bytes): &(Fr, [u8; 32], u64)) -> DirectorySector {
    let height = possession::height(possession::node_count(bytes));
    let seq = 3 + u64::from(index);
    DirectorySector { index, device: 0, comm_r, blake3, bytes, height, expiry: 1_000, seq }
}

fn sector_leaf(directory: &EpochDirectory, one: &DirectorySector) -> Fr {
    let sector = identity::Sector {
        kind: tag::POSSESSION,
        comm_r: one.comm_r,
        bytes: one.bytes,
        height: one.height,
        expiry: one.expiry,
        seq: one.seq,
    };
    identity::sector_leaf(directory.domain, directory.devices[one.device as usize].device_leaf(), &sector)
}

fn allotment(index: u32, bought: &Bought) -> DirectoryAllotment {
    let keys = client_keys(bought.client);
    DirectoryAllotment {
        index,
        client: keys.public(),
        endpoint: EndpointId(*keys.endpoint().as_bytes()),
        owner: if bought.own_owner { Fr::from(1u64) } else { keys.owner },
        device: u32::from(bought.elsewhere),
        salt: Fr::from(99u64),
        cap: bought.cap,
        seq: FIRST_SEQ + u64::from(index),
    }
}

fn allotment_leaf(directory: &EpochDirectory, one: &DirectoryAllotment) -> Fr {
    let device = directory.devices[one.device as usize].device_leaf();
    let bought = identity::Allotment { salt: one.salt, epoch: directory.epoch, cap: one.cap, seq: one.seq };
    identity::allotment_leaf(&one.client, one.owner, device, &bought)
}

pub fn beacon(round: u64) -> Beacon {
    let mut randomness = [0u8; 32];
    randomness[..8].copy_from_slice(&round.to_be_bytes());
    Beacon {
        source: BeaconSource::File,
        chain_hash: None,
        round,
        randomness,
        signature: None,
        previous_signature: None,
    }
}
