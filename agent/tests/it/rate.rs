//! Rate tests between real processes, and peers that cheat in them.

use std::time::Duration;

use iroh::endpoint::{Connection, ConnectionError};
use popw_agent::duties::rate::wire::{ALPN, Attest, Challenge, Message};
use popw_agent::duties::uptime;
use popw_agent::receipts::{self, Problem};
use popw_agent::transport::{self, Transport, close};
use popw_agent::wire::{Refusal, Refused, SignatureBytes, frame};
use popw_core::{Fr, eddsa, message};

use crate::scene::{MIB, PATIENCE, Scene, runtime};
use crate::world::{self, Plan, World, epoch_key, now_ms, wait_until_listening, witness_seed};

/// An epoch of six seconds in which witness 0 challenges.
fn short_world() -> (World, popw_core::document::EpochPublic) {
    let mut world = World::new(Plan { witnesses: 2, k: 3, q: 1, slots: 12, slot_ms: 500 });
    world.challengers = (vec![0], Vec::new());
    let (public, _) = world.publish(6, now_ms() + 2_000, |_| true);
    (world, public)
}

#[test]
fn a_challenger_measures_signs_once_and_delivers() {
    let (world, public) = short_world();
    let mut device = world.device().start();
    wait_until_listening(&device);
    let mut config = world.witness(0);
    config.rate_test_ms = 1_000;
    let mut witness = config.start();
    assert!(witness.wait(PATIENCE).success(), "{}", witness.log());
    assert!(device.wait(PATIENCE).success(), "{}", device.log());
    let signed = &config.summary()["rates"][0]["rate"];
    let rate = signed.as_u64().unwrap_or_else(|| panic!("a rate: {}", config.summary()));
    assert!(rate > 10, "more than 1 Mbit/s on loopback: {rate}");
    println!("{} Mbit/s", rate / 10);
    assert_eq!(world.device().summary()["epochs"][0]["rates"], serde_json::json!([rate]));

    // What the device has is that witness's signature over that rate.
    let directory =
        popw_network::epoch::directory::EpochDirectory::read(&world.path("epochs/6-directory.json"));
    let log =
        receipts::log(&world.path("device.db"), &public, &directory.expect("read"), &world.device_info());
    let log = log.expect("a log");
    assert!(receipts::check_log(&log).is_clean());
    assert_eq!((log.rates.len(), log.rates[0].witness.index), (1, 0));
    assert_eq!(u64::from(log.rates[0].rate), rate);
}

#[test]
fn a_device_that_sends_other_bytes_gets_no_rate() {
    let (world, _) = short_world();
    let mut config = world.witness(0);
    config.rate_test_ms = 1_000;
    let mut witness = config.start();
    runtime().block_on(async {
        // In the device's place, with its key: zeros compress well.
        let keys = world::keys(1);
        let (transport_key, at) = (keys.transport.clone(), [world.listen]);
        let protocols = [uptime::wire::ALPN, ALPN];
        let endpoint = transport::bind_for(&protocols, transport_key, &at, &Transport::Loopback).await;
        let endpoint = endpoint.expect("socket");
        let lying = tokio::spawn(async move {
            while let Some(incoming) = endpoint.accept().await {
                let Ok(accepting) = incoming.accept() else { continue };
                let Ok(connection) = accepting.await else { continue };
                if connection.alpn() == ALPN {
                    tokio::spawn(async move { lie(&connection).await });
                }
            }
        });
        tokio::task::block_in_place(|| {
            assert!(witness.wait(PATIENCE).success(), "{}", witness.log());
        });
        lying.abort();
    });
    let summary = config.summary();
    assert_eq!(summary["rates"][0]["rate"], serde_json::Value::Null, "{summary}");
    assert_eq!(summary["dropped"]["wrong_data"], 1, "{summary}");
}

async fn lie(connection: &Connection) {
    let Ok((mut send, mut receive)) = connection.accept_bi().await else { return };
    let asked = frame::read::<Message>(&mut receive).await;
    assert!(matches!(asked, Ok(Message::Challenge(_))), "{asked:?}");
    frame::send(&mut send, &Message::Go).await.expect("sent");
    while send.write_all(&[0; 1 << 16]).await.is_ok() {}
}

async fn say(connection: &Connection, message: &Message) -> Message {
    let (mut send, mut receive) = connection.open_bi().await.expect("a stream");
    frame::write(&mut send, message).await.expect("sent");
    let answer = tokio::time::timeout(PATIENCE, frame::next::<Message>(&mut receive)).await;
    // What follows a Go is of no interest here.
    let _ = receive.stop(0u32.into());
    answer.expect("in time").expect("an answer").expect("a frame")
}

fn code(answer: &Message) -> Option<Refusal> {
    match answer {
        Message::Refused(Refused { code, .. }) => Some(*code),
        _ => None,
    }
}

fn challenge(witness_index: u32) -> Challenge {
    Challenge { epoch: 4, witness_index, seed: [9; 32], ms: 1_000 }
}

#[test]
fn only_drawn_challengers_are_answered() {
    let scene = Scene::new(Vec::new(), MIB, 5_000);
    runtime().block_on(async {
        for (keys, expected, reason) in [
            (world::keys(witness_seed(2)), close::NOT_DRAWN, "not_drawn"),
            (world::keys(99), close::UNKNOWN, "unknown_peer"),
        ] {
            let (_endpoint, connection) = scene.dial(&keys, ALPN).await;
            let ended = tokio::time::timeout(PATIENCE, connection.closed()).await.expect("closed");
            let ConnectionError::ApplicationClosed(closed) = ended else { panic!("{ended:?}") };
            assert_eq!(closed.error_code, expected);
            assert_eq!(scene.dropped(reason), 1);
        }
        let (_endpoint, connection) = scene.dial(&world::keys(witness_seed(0)), ALPN).await;
        for (challenge, expected) in [
            (challenge(1), Refusal::NotDrawn),
            (challenge(2), Refusal::NotDrawn),
            (Challenge { epoch: 5, ..challenge(0) }, Refusal::WrongEpoch),
            (Challenge { ms: 0, ..challenge(0) }, Refusal::Malformed),
            (Challenge { ms: 60_001, ..challenge(0) }, Refusal::Malformed),
        ] {
            let answer = say(&connection, &Message::Challenge(challenge)).await;
            assert_eq!(code(&answer), Some(expected));
        }
        assert_eq!(code(&say(&connection, &Message::Go).await), Some(Refusal::Unexpected));
        assert_eq!(scene.events("rate_tests"), 0);
    });
}

#[test]
fn tests_are_one_at_a_time_and_few() {
    let scene = Scene::new(Vec::new(), MIB, 5_000);
    runtime().block_on(async {
        let (_endpoint, first) = scene.dial(&world::keys(witness_seed(0)), ALPN).await;
        let (mut send, mut receive) = first.open_bi().await.expect("a stream");
        frame::write(&mut send, &Message::Challenge(challenge(0))).await.expect("sent");
        assert_eq!(frame::next::<Message>(&mut receive).await, Ok(Some(Message::Go)));
        let (_other_endpoint, other) = scene.dial(&world::keys(witness_seed(1)), ALPN).await;
        let busy = say(&other, &Message::Challenge(challenge(1))).await;
        assert_eq!((code(&busy), scene.dropped("crowded")), (Some(Refusal::RateLimited), 1));
        receive.stop(0u32.into()).expect("stopped");
        // The other's turn comes, but not for ever.
        let mut begun = 0;
        for _ in 0..60 {
            match say(&other, &Message::Challenge(challenge(1))).await {
                Message::Go => begun += 1,
                refused if scene.dropped("rate_limited") > 0 => {
                    assert_eq!(code(&refused), Some(Refusal::RateLimited));
                    break;
                }
                _ => tokio::time::sleep(Duration::from_millis(50)).await,
            }
        }
        assert_eq!((begun, scene.dropped("rate_limited")), (8, 1));
    });
}

#[test]
fn rates_for_something_else_are_refused_and_two_are_evidence() {
    let scene = Scene::new(Vec::new(), MIB, 5_000);
    let (key, leaf) = (epoch_key(&scene.public), scene.world.device_leaf());
    let other = popw_core::identity::device_leaf(&world::keys(2).public(), world::keys(2).owner);
    let keys = world::keys(witness_seed(0));
    let attest = |rate, text: Fr| {
        let signature = SignatureBytes::new(&keys.signing.sign(text));
        Message::Attest(Attest { epoch: 4, witness_index: 0, rate, signature })
    };
    let text = |epoch, rho, leaf, rate| message::rate_attestation(key.domain, epoch, rho, leaf, rate);
    let rho = key.opening;
    runtime().block_on(async {
        let (_endpoint, connection) = scene.dial(&keys, ALPN).await;
        for (what, message) in [
            ("another epoch", attest(70, text(3, rho, leaf, 70))),
            ("another beacon", attest(70, text(4, Fr::from(1u64), leaf, 70))),
            ("another device", attest(70, text(4, rho, other, 70))),
            ("another rate", attest(70, text(4, rho, leaf, 71))),
        ] {
            assert_eq!(code(&say(&connection, &message).await), Some(Refusal::BadSignature), "{what}");
        }
        assert_eq!((scene.dropped("bad_signature"), scene.rates().len()), (4, 0));
        let elsewhere = Message::Attest(Attest {
            epoch: 5,
            witness_index: 0,
            rate: 70,
            signature: SignatureBytes::new(&keys.signing.sign(text(5, rho, leaf, 70))),
        });
        assert_eq!(code(&say(&connection, &elsewhere).await), Some(Refusal::WrongEpoch));

        let good = attest(70, text(4, rho, leaf, 70));
        assert_eq!(say(&connection, &good).await, Message::Ack);
        assert_eq!(say(&connection, &good).await, Message::Ack, "known already");
        let second = attest(700, text(4, rho, leaf, 700));
        assert_eq!(code(&say(&connection, &second).await), Some(Refusal::Contradiction));
        assert_eq!(code(&say(&connection, &second).await), Some(Refusal::Contradiction));
    });
    let rates: Vec<_> = scene.rates().iter().map(|rate| (rate.rate, rate.contradicts)).collect();
    assert_eq!(rates, [(70, false), (700, true)]);

    let info = scene.world.device_info();
    let log = receipts::log(&scene.config.database, &scene.public, &scene.directory, &info).expect("a log");
    let report = receipts::check_log(&log);
    assert!(!report.is_clean());
    assert_eq!(report.items[0].problem, None);
    assert_eq!(report.items[1].problem, Some(Problem::Contradicts));
    // The evidence stands by itself: two signatures of one key over different rates.
    let [evidence] = &report.evidence[..] else { panic!("{report:?}") };
    assert_eq!((evidence.witness, evidence.public_key), (0, keys.public()));
    for (rate, signature) in &evidence.signed {
        let signed = text(4, rho, leaf, rate.parse().expect("a rate"));
        assert_eq!(eddsa::verify(&evidence.public_key, signed, signature), Ok(()));
    }
}
