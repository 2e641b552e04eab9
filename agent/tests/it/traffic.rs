//! Downloads between real processes: honest ones, and such that are cut short.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use popw_agent::client::{self, FetchError, Fetched};
use popw_agent::duties::fetch::wire::{self as fetch, Reply, Request, Stop};
use popw_agent::export;
use popw_agent::receipts;
use popw_core::document::EpochPublic;

use crate::scene::{MIB, PATIENCE, Raw, Scene, buys, runtime};
use crate::world::{self, FIRST_SEQ, beacon};

async fn get(config: client::Config) -> Result<Fetched, FetchError> {
    client::fetch(config, |_, _| {}).await
}

/// Downloads until `enough` bytes are there, then goes away without a word; returns how many were.
async fn get_and_vanish(config: client::Config, enough: u64) -> u64 {
    let had = AtomicU64::new(0);
    let reached = tokio::sync::Notify::new();
    let progress = |bytes, _| {
        had.store(bytes, Ordering::Relaxed);
        if bytes >= enough {
            reached.notify_one();
        }
    };
    tokio::select! {
        done = client::fetch(config, progress) => panic!("complete: {done:?}"),
        () = reached.notified() => {}
    }
    had.load(Ordering::Relaxed)
}

#[test]
fn what_is_served_is_what_is_signed_for() {
    let scene = Scene::new(vec![buys(0, 64 * MIB), buys(1, 64 * MIB)], 4 * MIB, 5_000);
    let (first, first_path) = scene.content(9 * MIB + 123);
    let (second, second_path) = scene.content(77);
    runtime().block_on(async {
        let config = scene.client(0, first);
        let out = config.out.clone();
        let fetched = get(config).await.expect("a download");
        let bytes = 9 * MIB + 123;
        let all = Fetched {
            bytes,
            received: bytes,
            seq: FIRST_SEQ,
            cap: 64 * MIB,
            signed: bytes,
            acknowledged: bytes,
        };
        assert_eq!(fetched, all);
        assert_eq!(std::fs::read(&out).expect("the file"), std::fs::read(&first_path).expect("the original"));
        assert!(matches!(get(scene.client(0, first)).await, Err(FetchError::Exists(path)) if path == out));

        // The next one on the same allotment adds up.
        let fetched = get(scene.client(0, second)).await.expect("a download");
        assert_eq!((fetched.received, fetched.signed, fetched.acknowledged), (77, bytes + 77, bytes + 77));
        let out = scene.client(0, second).out;
        assert_eq!(std::fs::read(out).expect("the file"), std::fs::read(&second_path).expect("the original"));
        let fetched = get(scene.client(1, second)).await.expect("a download");
        assert_eq!((fetched.seq, fetched.signed), (FIRST_SEQ + 1, 77));
        let unknown = get(scene.client(1, [7; 32])).await;
        assert!(matches!(unknown, Err(FetchError::Stopped(Stop::NotStored))), "{unknown:?}");
    });
    let signed: Vec<_> = scene.receipts().iter().map(|receipt| (receipt.seq, receipt.bytes)).collect();
    assert_eq!(signed, [(FIRST_SEQ, 9 * MIB + 200), (FIRST_SEQ + 1, 77)]);
    assert_eq!(scene.events("served_bytes"), 9 * MIB + 277);
    the_receipts_make_a_claim(&scene);
}

fn the_receipts_make_a_claim(scene: &Scene) {
    let (database, info) = (scene.config.database.clone(), scene.world.device_info());
    let open = export::bandwidth_input(&database, &scene.public, &scene.directory, &info, 0);
    assert!(matches!(open, Err(export::ExportError::NotClosed(4))), "{open:?}");
    let closed = EpochPublic { closing: Some(beacon(1_000_000)), ..scene.public.clone() };
    let export = export::bandwidth_input(&database, &closed, &scene.directory, &info, 0).expect("an input");
    let input = export.input;
    let report = receipts::check_bandwidth(&input);
    assert!(report.is_clean(), "{report:?}");
    assert_eq!((report.items.len(), report.counted_bytes), (2, 9 * MIB + 277));
    let nothing = export::bandwidth_input(&database, &closed, &scene.directory, &info, 1);
    assert!(matches!(nothing, Err(export::ExportError::NoSuchBatch { batch: 1, .. })), "{nothing:?}");
    let log = receipts::log(&database, &scene.public, &scene.directory, &info).expect("a log");
    assert!(receipts::check_log(&log).is_clean());

    // Each change is found, by its own name.
    let mut changed = input.clone();
    changed.receipts[0].bytes += 1;
    let problem = |input: &_, at: usize| receipts::check_bandwidth(input).items[at].problem;
    assert_eq!(problem(&changed, 0), Some(receipts::Problem::BadSignature));
    let mut twice = input.clone();
    twice.receipts.push(input.receipts[1].clone());
    assert_eq!(problem(&twice, 2), Some(receipts::Problem::Twice));
    let mut turned = input.clone();
    turned.receipts.reverse();
    assert_eq!(problem(&turned, 1), Some(receipts::Problem::OutOfOrder));
    let mut richer = input.clone();
    richer.receipts[0].cap += 1;
    assert_eq!(problem(&richer, 0), Some(receipts::Problem::Path));
}

#[test]
fn a_client_that_vanishes_leaves_its_receipt_and_comes_back() {
    let size = 40 * MIB;
    let scene = Scene::new(vec![buys(0, 1 << 40)], 4 * MIB, 5_000);
    let (content, path) = scene.content(size);
    runtime().block_on(async {
        let had = get_and_vanish(scene.client(0, content), 12 * MIB).await;
        let kept = scene.receipts()[0].bytes;
        assert!(kept <= had && kept + 4 * MIB >= had, "{kept} signed, {had} received");
        tokio::task::block_in_place(|| {
            world::wait_for("the place is free", PATIENCE, || scene.peers() == 0);
        });
        let fetched = get(scene.client(0, content)).await.expect("the rest");
        assert!(fetched.received < size, "it goes on where it was: {fetched:?}");
        let out = scene.client(0, content).out;
        assert_eq!(std::fs::read(out).expect("the file"), std::fs::read(&path).expect("the original"));
        assert_eq!(fetched.acknowledged, fetched.signed);
        assert_eq!(scene.receipts()[0].bytes, fetched.signed);
        assert!(fetched.signed >= fetched.received + kept);
    });
}

#[test]
fn nothing_that_was_acknowledged_is_lost_when_the_device_is_killed() {
    let (size, credit) = (48 * MIB, 4 * MIB);
    let mut scene = Scene::new(vec![buys(0, 1 << 40)], credit, 5_000);
    let (content, path) = scene.content(size);
    runtime().block_on(async {
        let had = Arc::new(AtomicU64::new(0));
        let (config, seen) = (scene.client(0, content), had.clone());
        let downloading = tokio::spawn(async move {
            client::fetch(config, move |bytes, _| seen.store(bytes, Ordering::Relaxed)).await
        });
        while had.load(Ordering::Relaxed) < 10 * MIB {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        scene.device.take().expect("running").kill();
        let broken = downloading.await.expect("no panic");
        assert!(
            matches!(broken, Err(FetchError::Broken { .. } | FetchError::Silent)),
            "the device is gone: {broken:?}"
        );
        let had = had.load(Ordering::Relaxed);
        // Bytes beyond the credit are sent only when the receipt is stored: that they came is the acknowledgement.
        let kept = scene.receipts()[0].bytes;
        assert!(kept + credit >= had, "{kept} kept, {had} received");
        tokio::task::block_in_place(|| scene.start());
        let fetched = get(scene.client(0, content)).await.expect("the rest");
        let out = scene.client(0, content).out;
        assert_eq!(std::fs::read(out).expect("the file"), std::fs::read(&path).expect("the original"));
        assert!(fetched.acknowledged >= size, "every byte received is signed for: {fetched:?}");
        assert_eq!(scene.receipts()[0].bytes, fetched.acknowledged);
    });
}

#[test]
fn a_client_that_lost_its_database_goes_on_from_the_devices_last_receipt() {
    let scene = Scene::new(vec![buys(0, 1 << 40)], 4 * MIB, 5_000);
    let (first, _) = scene.content(3 * MIB);
    let (second, _) = scene.content(2 * MIB);
    runtime().block_on(async {
        get(scene.client(0, first)).await.expect("a download");
        let config = client::Config { database: scene.world.path("another.db"), ..scene.client(0, second) };
        let fetched = get(config).await.expect("a download");
        assert_eq!(fetched.signed, 5 * MIB, "never below what was signed before");
    });
    assert_eq!(scene.dropped("stale_receipt"), 0);
}

#[test]
fn clients_that_dawdle_time_out_and_hold_up_nobody() {
    let bought = (0..4).map(|client| buys(client, 1 << 40)).collect();
    let scene = Scene::new(bought, 4 * MIB, 1_000);
    let (content, _) = scene.content(6 * MIB);
    runtime().block_on(async {
        // One says half a word, one takes nothing of what it asked for, one only holds a connection.
        let (_half_endpoint, half) = scene.dial(&world::client_keys(0), fetch::ALPN).await;
        let (mut send, mut receive) = half.open_bi().await.expect("a stream");
        send.write_all(&[0, 9, 1]).await.expect("sent");
        let (mut deaf, _) = Raw::opened(&scene, 1, content).await;
        let (_idle_endpoint, _idle) = scene.dial(&world::client_keys(2), fetch::ALPN).await;

        let fetched = get(scene.client(3, content)).await.expect("others are served");
        assert_eq!(fetched.acknowledged, 6 * MIB);

        let said = tokio::time::timeout(PATIENCE, popw_agent::wire::frame::next::<Reply>(&mut receive)).await;
        match said.expect("in time") {
            Ok(Some(Reply::Stopped(stopped))) => assert_eq!(stopped.code, Stop::Stalled),
            other => panic!("{other:?}"),
        }
        let reset = tokio::time::timeout(PATIENCE, deaf.receive.received_reset()).await.expect("in time");
        let code = reset.expect("a reset").expect("a code");
        assert_eq!(Stop::from_number(code.into_inner()), Some(Stop::Stalled));
        assert_eq!(scene.dropped("incomplete"), 2);
        // A connection without a download can still begin one.
        let (mut late, mut answer) = _idle.open_bi().await.expect("a stream");
        let open = Request::Open(scene.open(FIRST_SEQ + 2, content));
        popw_agent::wire::frame::send(&mut late, &open).await.expect("sent");
        let reply = popw_agent::wire::frame::next::<Reply>(&mut answer).await.expect("a reply");
        assert!(matches!(reply, Some(Reply::Opened(_))), "{reply:?}");
        deaf.connection.close(0u32.into(), b"");
    });
}

#[test]
fn two_hundred_clients_at_once_are_all_served_in_bounded_memory() {
    const CLIENTS: u32 = 200;
    const BYTES: u64 = 256 << 10;
    let scene = Scene::new((0..CLIENTS).map(|client| buys(client, MIB)).collect(), 4 * MIB, 20_000);
    let (content, path) = scene.content(BYTES);
    let original = std::fs::read(path).expect("the original");
    let before = resident(&scene);
    let began = Instant::now();
    runtime().block_on(async {
        let all: Vec<_> = (0..CLIENTS)
            .map(|client| {
                let mut config = scene.client(client, content);
                config.patience = Duration::from_secs(60);
                let out = config.out.clone();
                tokio::spawn(async move { (get(config).await, out) })
            })
            .collect();
        for one in all {
            let (fetched, out) = one.await.expect("no panic");
            assert_eq!(fetched.expect("served").acknowledged, BYTES);
            assert_eq!(std::fs::read(out).expect("the file"), original);
        }
    });
    let grown = peak(&scene).saturating_sub(before);
    println!("{CLIENTS} clients in {:?}, {} KiB more", began.elapsed(), grown >> 10);
    // The bound of what a device holds for each: a send window, a batch of blocks and a connection's state.
    assert!(grown < 256 * MIB, "{grown} bytes");
    assert_eq!(scene.events("served_bytes"), u64::from(CLIENTS) * BYTES);
    assert_eq!(scene.receipts().iter().map(|one| one.bytes).sum::<u64>(), u64::from(CLIENTS) * BYTES);
    assert_eq!(scene.dropped("crowded"), 0);
}

fn resident(scene: &Scene) -> u64 {
    status(scene, "VmRSS:")
}

fn peak(scene: &Scene) -> u64 {
    status(scene, "VmHWM:")
}

fn status(scene: &Scene, line: &str) -> u64 {
    let pid = scene.device.as_ref().expect("running").pid();
    let text = std::fs::read_to_string(format!("/proc/{pid}/status")).expect("its status");
    let found = text.lines().find_map(|text| text.strip_prefix(line)).expect("the line");
    found.trim().trim_end_matches(" kB").parse::<u64>().expect("a number") << 10
}
