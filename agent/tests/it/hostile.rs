//! A running device, and peers that do not play by the rules, over real connections.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::time::Duration;

use iroh::endpoint::{Connection, ConnectionError};
use iroh::{Endpoint, EndpointAddr};
use popw_agent::duties::uptime::wire::{self, ALPN, Attest, Message, Ping};
use popw_agent::keys::Keys;
use popw_agent::transport::{self, Transport, close};
use popw_agent::wire::{FrameError, Refusal, Refused, SignatureBytes, VERSION};
use popw_core::bitmap::SlotBitmap;
use popw_core::document::EpochPublic;
use popw_core::{Fr, field, message};

use crate::child::Child;
use crate::world::{self, Plan, World, epoch_key, now_ms, wait_until_listening};

const SLOT_MS: u32 = 3_600_000;
const PATIENCE: Duration = Duration::from_secs(20);

struct Scene {
    world: World,
    public: EpochPublic,
    metrics: SocketAddr,
    device: Child,
}

/// Slot 2 of a long epoch; witnesses 0 and 1 are drawn, 2 is not.
fn scene() -> Scene {
    let world = World::new(Plan { witnesses: 3, k: 3, q: 2, slots: 24, slot_ms: SLOT_MS });
    let start = now_ms() - 2 * u64::from(SLOT_MS) - 60_000;
    let wanted =
        |committee: &[u32]| committee.contains(&0) && committee.contains(&1) && !committee.contains(&2);
    let (public, _) = world.publish(4, start, wanted);
    let metrics = TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr()).expect("port");
    let mut config = world.device();
    config.metrics = Some(metrics);
    config.until_last_epoch = false;
    let device = config.start();
    wait_until_listening(&device);
    let taken_up = || device.log().contains("epoch taken up");
    world::wait_for("the epoch is taken up", PATIENCE, taken_up);
    Scene { world, public, metrics, device }
}

impl Scene {
    /// The device's count of messages dropped for a reason.
    fn dropped(&self, reason: &str) -> u64 {
        self.metric(&format!("popw_dropped_total{{role=\"device\",reason=\"{reason}\"}}"))
    }

    /// How many attestations the device has stored.
    fn stored(&self) -> u64 {
        self.metric("popw_events_total{role=\"device\",kind=\"attestations\"}")
    }

    fn metric(&self, name: &str) -> u64 {
        let mut stream = TcpStream::connect(self.metrics).expect("metrics");
        stream.write_all(b"GET /metrics HTTP/1.1\r\n\r\n").expect("request");
        let mut page = String::new();
        stream.read_to_string(&mut page).expect("page");
        let line = page.lines().find_map(|line| line.strip_prefix(name));
        line.and_then(|count| count.trim().parse().ok()).unwrap_or_else(|| panic!("no {name} in\n{page}"))
    }

    async fn dial(&self, keys: &Keys) -> (Endpoint, Connection) {
        let any = SocketAddr::from(([127, 0, 0, 1], 0));
        let endpoint =
            transport::bind(keys.transport.clone(), &[any], &Transport::Loopback).await.expect("socket");
        let device = EndpointAddr::new(world::keys(1).endpoint()).with_ip_addr(self.world.listen);
        let connection = endpoint.connect(device, ALPN).await.expect("a connection");
        (endpoint, connection)
    }

    fn attest(&self, keys: &Keys, index: u32, slots: &[u32]) -> Message {
        let mut bitmap = SlotBitmap::default();
        slots.iter().for_each(|&slot| bitmap.set(slot).expect("slot"));
        let key = epoch_key(&self.public);
        let leaf = self.world.device_leaf();
        let text = message::uptime_attestation(key.domain, key.epoch, key.opening, leaf, &bitmap);
        let signature = SignatureBytes::new(&keys.signing.sign(text));
        Message::Attest(Attest { epoch: key.epoch, witness_index: index, bitmap: bitmap.words(), signature })
    }
}

fn ping(nonce: u64) -> Message {
    let nonce = field::to_be_bytes(&Fr::from(nonce));
    Message::Ping(Ping { epoch: 4, slot: 2, witness_index: 0, nonce })
}

/// Sends raw bytes on a stream of their own and reads the answer.
async fn send(connection: &Connection, bytes: &[u8]) -> Result<Message, FrameError> {
    let (mut send, mut receive) = connection.open_bi().await.map_err(|_| FrameError::Incomplete)?;
    // The device may have made up its mind before all is sent.
    let _ = send.write_all(bytes).await;
    let _ = send.finish();
    tokio::time::timeout(PATIENCE, wire::read(&mut receive)).await.expect("an answer in time")
}

async fn say(connection: &Connection, message: &Message) -> Message {
    send(connection, &wire::encode(message).expect("a frame")).await.expect("an answer")
}

fn code(answer: &Message) -> Option<Refusal> {
    match answer {
        Message::Refused(Refused { code, .. }) => Some(*code),
        _ => None,
    }
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().expect("runtime")
}

#[test]
fn peers_that_are_not_drawn_are_turned_away() {
    let scene = scene();
    runtime().block_on(async {
        for (keys, expected, reason) in [
            (world::keys(world::witness_seed(2)), close::NOT_DRAWN, "not_drawn"),
            (world::keys(99), close::UNKNOWN, "unknown_peer"),
        ] {
            let (_endpoint, connection) = scene.dial(&keys).await;
            let ended = tokio::time::timeout(PATIENCE, connection.closed()).await.expect("closed");
            let ConnectionError::ApplicationClosed(closed) = ended else { panic!("{ended:?}") };
            assert_eq!(closed.error_code, expected);
            assert_eq!(scene.dropped(reason), 1);
        }
    });
}

#[test]
fn replayed_frames_are_answered_once_and_stored_once() {
    let scene = scene();
    runtime().block_on(async {
        let keys = world::keys(world::witness_seed(0));
        let (endpoint, connection) = scene.dial(&keys).await;
        assert!(matches!(say(&connection, &ping(1)).await, Message::Pong(_)));
        assert_eq!(code(&say(&connection, &ping(1)).await), Some(Refusal::Replayed));
        // Also over a new connection, and also when the frame is another witness's.
        endpoint.close().await;
        let (_endpoint, connection) = scene.dial(&keys).await;
        assert_eq!(code(&say(&connection, &ping(1)).await), Some(Refusal::Replayed));
        let (_other_endpoint, other) = scene.dial(&world::keys(world::witness_seed(1))).await;
        assert_eq!(code(&say(&other, &ping(2)).await), Some(Refusal::NotDrawn));

        let attest = scene.attest(&keys, 0, &[0, 1]);
        assert_eq!(say(&connection, &attest).await, Message::Ack);
        assert_eq!(say(&connection, &attest).await, Message::Ack);
        assert_eq!(code(&say(&other, &attest).await), Some(Refusal::NotDrawn));
        let future = scene.attest(&keys, 0, &[0, 1, 3]);
        assert_eq!(code(&say(&connection, &future).await), Some(Refusal::BadBitmap));
        let contradiction = scene.attest(&keys, 0, &[0, 2]);
        assert_eq!(code(&say(&connection, &contradiction).await), Some(Refusal::Contradiction));
        assert_eq!((scene.dropped("replayed"), scene.dropped("impersonation")), (2, 2));
        assert_eq!((scene.dropped("future_bits"), scene.dropped("contradiction")), (1, 1));
    });
    let mut device = scene.device;
    device.terminate();
    assert!(device.wait(PATIENCE).success());
    let summary = scene.world.device().summary();
    let witness = &summary["epochs"][0]["witnesses"][0];
    assert_eq!((&witness["attestations"], &witness["contradictions"]), (&1.into(), &1.into()), "{summary}");
    assert_eq!(witness["up_slots"], 2);
}

#[test]
fn garbage_is_counted_cut_off_and_does_no_harm() {
    let scene = scene();
    runtime().block_on(async {
        let (_endpoint, connection) = scene.dial(&world::keys(world::witness_seed(0))).await;
        let mut oversized = vec![0xffu8; 5_000];
        oversized[..2].copy_from_slice(&5_000u16.to_be_bytes());
        let mut version = wire::encode(&ping(1)).expect("a frame");
        version[2] = 9;
        let mut trailing = wire::encode(&ping(1)).expect("a frame");
        trailing.push(0);
        for (bytes, reason) in [
            (&oversized[..], "oversized"),
            (&version, "version"),
            (&trailing, "malformed"),
            (&[0, 4, VERSION, 0xff, 0xff, 0xff], "malformed"),
            (&[0, 0], "malformed"),
            (&[0, 9, VERSION, 0], "incomplete"),
            (&[], "incomplete"),
        ] {
            let before = scene.dropped(reason);
            let answer = send(&connection, bytes).await;
            assert_eq!(answer.as_ref().map(code), Ok(Some(Refusal::Malformed)), "{reason}");
            assert_eq!(scene.dropped(reason), before + 1, "{reason}");
        }
        // The same peer is still served ...
        assert!(matches!(say(&connection, &ping(5)).await, Message::Pong(_)));
        // ... until it overdoes it.
        let ended = tokio::time::timeout(PATIENCE, async {
            for _ in 0..500 {
                if send(&connection, b"nonsense").await.is_err() {
                    break;
                }
            }
            connection.closed().await
        });
        let ended = ended.await.expect("cut off");
        let ConnectionError::ApplicationClosed(closed) = ended else { panic!("{ended:?}") };
        assert_eq!(closed.error_code, close::MISBEHAVED);
        assert!(scene.dropped("rate_limited") > 0);
        // The others do not notice.
        let (_endpoint, other) = scene.dial(&world::keys(world::witness_seed(1))).await;
        let fine = Message::Ping(Ping {
            epoch: 4,
            slot: 2,
            witness_index: 1,
            nonce: field::to_be_bytes(&Fr::from(8u64)),
        });
        assert!(matches!(say(&other, &fine).await, Message::Pong(_)));
    });
    assert!(!scene.device.log().contains("panicked"), "{}", scene.device.log());
}

#[test]
fn a_device_asks_a_witness_that_connects_for_what_it_has_signed() {
    let scene = scene();
    runtime().block_on(async {
        let forger = world::keys(world::witness_seed(1));
        for (index, signer, kept) in
            [(0, world::keys(world::witness_seed(0)), true), (1, world::keys(50), false)]
        {
            let dialler = if kept { &signer } else { &forger };
            let (_endpoint, connection) = scene.dial(dialler).await;
            let (mut send, mut receive) = tokio::time::timeout(PATIENCE, connection.accept_bi())
                .await
                .expect("in time")
                .expect("a stream");
            let asked = wire::read(&mut receive).await;
            assert_eq!(asked, Ok(Message::GetAttestation { epoch: 4 }));
            wire::write(&mut send, &scene.attest(&signer, index, &[0, 1, 2])).await.expect("sent");
            let done = || if kept { scene.stored() == 1 } else { scene.dropped("bad_signature") == 1 };
            world::wait_for("the answer is judged", PATIENCE, done);
        }
        assert_eq!(scene.stored(), 1);
    });
}
