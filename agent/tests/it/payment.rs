//! Clients that do not pay, or pay with what is no receipt.

use iroh::endpoint::ConnectionError;
use popw_agent::client::{self, FetchError};
use popw_agent::duties::fetch::wire::{self as fetch, Open, Receipt, Reply, Stop};
use popw_agent::wire::SignatureBytes;
use popw_agent::{export, receipts};
use popw_core::document::EpochPublic;
use popw_core::{Fr, message};

use crate::scene::{MIB, PATIENCE, Raw, Scene, buys, runtime};
use crate::world::{self, Bought, FIRST_SEQ, beacon, client_keys, epoch_key};

fn stop(reply: &Reply) -> Option<Stop> {
    match reply {
        Reply::Stopped(stopped) => Some(stopped.code),
        _ => None,
    }
}

/// Why it stopped, in a last word or in a reset.
fn code(end: Result<Reply, u64>) -> Option<Stop> {
    match end {
        Ok(reply) => stop(&reply),
        Err(code) => Stop::from_number(code),
    }
}

#[test]
fn a_client_that_never_signs_gets_the_credit_and_then_nothing() {
    let scene = Scene::new(vec![buys(0, 1 << 40), buys(1, 1 << 40)], MIB, 400);
    let (content, _) = scene.content(6 * MIB);
    runtime().block_on(async {
        // What broken connections cost is forgiven up to a bound; then not even the first byte is sent.
        for _ in 0..5 {
            let (mut raw, opened) = Raw::opened(&scene, 0, content).await;
            assert_eq!((opened.size, opened.last, opened.credit), (6 * MIB, None, MIB));
            let (bytes, end) = raw.finish().await;
            assert!(bytes > MIB / 2 && bytes <= MIB + (MIB >> 6), "{bytes}");
            assert_eq!(stop(&end.expect("a reply")), Some(Stop::Unpaid));
        }
        let open = scene.open(FIRST_SEQ, content);
        let (_, reply) = Raw::start(&scene, 0, open).await;
        assert_eq!(stop(&reply), Some(Stop::Unpaid));
        assert_eq!(scene.dropped("unpaid"), 6);
        assert_eq!(scene.receipts(), []);
        let other = client::fetch(scene.client(1, content), |_, _| {}).await.expect("another is served");
        assert_eq!(other.acknowledged, 6 * MIB);
    });
}

#[test]
fn the_cap_is_the_end_whatever_is_signed() {
    let scene = Scene::new(vec![buys(0, 2 * MIB), buys(1, 2 * MIB)], MIB, 2_000);
    let (content, _) = scene.content(6 * MIB);
    runtime().block_on(async {
        // Honest: all that was bought, and not a byte more.
        let ended = client::fetch(scene.client(0, content), |_, _| {}).await;
        assert!(matches!(ended, Err(FetchError::Stopped(Stop::CapUsed))), "{ended:?}");
        assert_eq!(scene.receipts()[0].bytes, 2 * MIB);
        let again = client::fetch(scene.client(0, content), |_, _| {}).await;
        assert!(matches!(again, Err(FetchError::Stopped(Stop::CapUsed))), "{again:?}");

        // Generous: it signs for more than it bought; that is worth the cap.
        let keys = client_keys(1);
        let (mut raw, _) = Raw::opened(&scene, 1, content).await;
        raw.say(scene.receipt(&keys, FIRST_SEQ + 1, 1 << 50)).await;
        let (bytes, end) = raw.finish().await;
        assert!(bytes <= 2 * MIB + (MIB >> 5), "{bytes}");
        assert_eq!(stop(&end.expect("a reply")), Some(Stop::CapUsed));
        assert_eq!(scene.receipts()[1].bytes, 1 << 50);
    });
    assert!(scene.events("served_bytes") <= 4 * MIB);
    let closed = EpochPublic { closing: Some(beacon(1_000_000)), ..scene.public.clone() };
    let (database, info) = (scene.config.database.clone(), scene.world.device_info());
    let export = export::bandwidth_input(&database, &closed, &scene.directory, &info, 0).expect("an input");
    assert_eq!(receipts::check_bandwidth(&export.input).counted_bytes, 4 * MIB);
}

#[test]
fn allotments_serve_their_client_at_their_device_in_their_epoch() {
    let mine = buys(0, MIB);
    let elsewhere = Bought { elsewhere: true, ..buys(1, MIB) };
    let own_owner = Bought { own_owner: true, ..buys(2, MIB) };
    let scene = Scene::new(vec![mine, elsewhere, own_owner, buys(1, MIB)], MIB, 2_000);
    let (content, _) = scene.content(1_000);
    let open = |seq| scene.open(seq, content);
    runtime().block_on(async {
        for (client, open, expected) in [
            (0, open(FIRST_SEQ + 3), Stop::NoAllotment),
            (0, open(FIRST_SEQ + 9), Stop::NoAllotment),
            (1, open(FIRST_SEQ + 1), Stop::NoAllotment),
            (2, open(FIRST_SEQ + 2), Stop::OwnOwner),
            (0, Open { epoch: 5, ..open(FIRST_SEQ) }, Stop::WrongEpoch),
            (0, Open { content: [0; 32], ..open(FIRST_SEQ) }, Stop::NotStored),
            (0, Open { group: 1, ..open(FIRST_SEQ) }, Stop::NotStored),
            (0, Open { group: u64::MAX, ..open(FIRST_SEQ) }, Stop::NotStored),
        ] {
            let before = scene.dropped(expected.reason().label());
            let (_, reply) = Raw::start(&scene, client, open.clone()).await;
            assert_eq!(stop(&reply), Some(expected), "{open:?}");
            assert_eq!(scene.dropped(expected.reason().label()), before + 1);
        }
        // Who has bought nothing here does not even keep a connection.
        let (_endpoint, connection) = scene.dial(&client_keys(77), fetch::ALPN).await;
        let ended = tokio::time::timeout(PATIENCE, connection.closed()).await.expect("closed");
        assert!(matches!(ended, ConnectionError::ApplicationClosed(_)), "{ended:?}");
        // The library says so before it dials.
        let none = client::fetch(scene.client(77, content), |_, _| {}).await;
        assert!(matches!(none, Err(FetchError::NoAllotment { epoch: 4, seq: None })), "{none:?}");
    });
    assert_eq!(scene.receipts(), []);
}

#[test]
fn receipts_for_something_else_are_refused() {
    let scene = Scene::new(vec![buys(0, 1 << 40), buys(1, 1 << 40)], MIB, 5_000);
    let (content, _) = scene.content(100_000);
    let (key, leaf) = (epoch_key(&scene.public), scene.world.device_leaf());
    let signed = |client: u32, text: Fr| {
        let signature = SignatureBytes::new(&client_keys(client).signing.sign(text));
        Receipt { bytes: 1_000, signature }
    };
    let other = popw_core::identity::device_leaf(&world::keys(2).public(), world::keys(2).owner);
    let text = |epoch, seq, leaf, bytes| message::receipt(key.domain, epoch, seq, leaf, bytes);
    runtime().block_on(async {
        for (what, receipt) in [
            ("another epoch", signed(0, text(3, FIRST_SEQ, leaf, 1_000))),
            ("another allotment", signed(0, text(4, FIRST_SEQ + 1, leaf, 1_000))),
            ("another device", signed(0, text(4, FIRST_SEQ, other, 1_000))),
            ("another number", signed(0, text(4, FIRST_SEQ, leaf, 999))),
            ("another network", signed(0, message::receipt(Fr::from(5u64), 4, FIRST_SEQ, leaf, 1_000))),
            ("another client", signed(1, text(4, FIRST_SEQ, leaf, 1_000))),
            (
                "no point",
                Receipt {
                    bytes: 1_000,
                    signature: SignatureBytes { r8_x: [1; 32], r8_y: [2; 32], s: [3; 32] },
                },
            ),
        ] {
            let before = scene.dropped("bad_signature");
            let (mut raw, _) = Raw::opened(&scene, 0, content).await;
            raw.say(receipt).await;
            let (_, end) = raw.finish().await;
            assert_eq!(code(end), Some(Stop::BadReceipt), "{what}");
            assert_eq!(scene.dropped("bad_signature"), before + 1, "{what}");
            assert_eq!(scene.receipts(), [], "{what}");
        }
    });
}

#[test]
fn of_two_receipts_the_larger_is_kept() {
    let scene = Scene::new(vec![buys(0, 1 << 40)], MIB, 5_000);
    let (content, _) = scene.content(100_000);
    let keys = client_keys(0);
    runtime().block_on(async {
        let (mut raw, _) = Raw::opened(&scene, 0, content).await;
        for bytes in [70_000, 30_000, 70_000] {
            raw.say(scene.receipt(&keys, FIRST_SEQ, bytes)).await;
        }
        let (_, end) = raw.finish().await;
        assert_eq!(end, Ok(Reply::Settled { bytes: 70_000 }));
        assert_eq!((scene.receipts()[0].bytes, scene.dropped("stale_receipt")), (70_000, 2));

        // Also in a later download: the device shows what it has.
        let (mut raw, opened) = Raw::opened(&scene, 0, content).await;
        assert_eq!(opened.last, Some(scene.receipt(&keys, FIRST_SEQ, 70_000)));
        raw.say(scene.receipt(&keys, FIRST_SEQ, 60_000)).await;
        assert_eq!(raw.finish().await.1, Ok(Reply::Settled { bytes: 70_000 }));
        assert_eq!((scene.receipts()[0].bytes, scene.events("receipts")), (70_000, 1));
    });
}

#[test]
fn a_flood_of_receipts_is_cut_off() {
    let scene = Scene::new(vec![buys(0, 1 << 40)], MIB, 5_000);
    let (content, _) = scene.content(100_000);
    let keys = client_keys(0);
    runtime().block_on(async {
        let (mut raw, _) = Raw::opened(&scene, 0, content).await;
        for bytes in 1..=100 {
            // The device may have cut it off already.
            let request = fetch::Request::Receipt(scene.receipt(&keys, FIRST_SEQ, bytes));
            let _ = popw_agent::wire::frame::send(&mut raw.send, &request).await;
        }
        assert_eq!(code(raw.finish().await.1), Some(Stop::Busy));
        assert!(scene.events("receipts") < 60);
    });
}
