//! Every parser over random bytes, over damaged good ones, and over the committed corpus.

use std::path::Path;

use popw_agent::duties::uptime::wire::{self as uptime, Attest, Message, Ping, Pong};
use popw_agent::duties::{fetch::wire as fetch, rate::wire as rate};
use popw_agent::fuzz;
use popw_agent::receipts::ReceiptLog;
use popw_agent::wire::{FrameError, Refusal, Refused, SignatureBytes, frame};
use popw_core::document::{Version, WitnessInput};
use popw_core::eddsa::SecretKey;
use popw_core::fuzz::has_one_reading;
use popw_core::{Fr, message};
use proptest::prelude::*;

use crate::world::{self, Plan, World};

type Target = (&'static str, fn(&[u8]));

/// Each has a folder of its name in `tests/corpus`.
const TARGETS: [Target; 14] = [
    ("frame", fuzz::fuzz_frame),
    ("message", fuzz::fuzz_message),
    ("ping", fuzz::fuzz_ping),
    ("pong", fuzz::fuzz_pong),
    ("attest", fuzz::fuzz_attest),
    ("refused", fuzz::fuzz_refused),
    ("signature", fuzz::fuzz_signature),
    ("epoch_file", fuzz::fuzz_epoch_file),
    ("roster", fuzz::fuzz_roster),
    ("fetch_request", fuzz::fuzz_fetch_request),
    ("fetch_reply", fuzz::fuzz_fetch_reply),
    ("rate_message", fuzz::fuzz_rate_message),
    ("block", fuzz::fuzz_block),
    ("receipts", fuzz::fuzz_receipts),
];

fn samples() -> Vec<Vec<u8>> {
    let signature = SignatureBytes::new(&SecretKey::from_seed([1; 32]).sign(Fr::from(2u64)));
    let ping = Ping { epoch: 3, slot: 7, witness_index: 2, nonce: [1; 32] };
    let pong = Pong { signature: signature.clone(), unix_ms: 1_700_000_000_000 };
    let attest = Attest { epoch: 3, witness_index: 2, bitmap: [5, 0, 0, 1], signature: signature.clone() };
    let refused = Refused { code: Refusal::WrongSlot, unix_ms: 9 };
    let messages = [
        Message::Ping(ping.clone()),
        Message::Pong(pong.clone()),
        Message::Attest(attest.clone()),
        Message::Ack,
        Message::GetAttestation { epoch: 3 },
        Message::Refused(refused.clone()),
    ];
    let mut samples: Vec<Vec<u8>> =
        messages.iter().map(|message| uptime::encode(message).expect("a frame")).collect();
    samples.extend(messages.iter().map(|message| postcard::to_allocvec(message).expect("a body")));
    samples.extend([
        postcard::to_allocvec(&ping).expect("a body"),
        postcard::to_allocvec(&pong).expect("a body"),
        postcard::to_allocvec(&attest).expect("a body"),
        postcard::to_allocvec(&refused).expect("a body"),
        signature.to_bytes().to_vec(),
    ]);
    samples
}

/// Of the protocols for bandwidth: target, name, and bytes that its parser takes.
fn bandwidth_samples() -> Vec<(&'static str, &'static str, Vec<u8>)> {
    let signature = SignatureBytes::new(&SecretKey::from_seed([1; 32]).sign(Fr::from(2u64)));
    let receipt = fetch::Receipt { bytes: 1 << 40, signature: signature.clone() };
    let request = |request: fetch::Request| postcard::to_allocvec(&request).expect("a body");
    let reply = |reply: fetch::Reply| postcard::to_allocvec(&reply).expect("a body");
    let rate = |message: rate::Message| postcard::to_allocvec(&message).expect("a body");
    let open = fetch::Open { epoch: 3, seq: 7, content: [9; 32], group: 1 };
    let opened = fetch::Opened { size: 70_000, last: Some(receipt.clone()), credit: 4 << 20 };
    let stopped = fetch::Stopped { code: fetch::Stop::CapUsed, signed: 5, unix_ms: 9 };
    let challenge = rate::Challenge { epoch: 3, witness_index: 2, seed: [4; 32], ms: 30_000 };
    let attest = rate::Attest { epoch: 3, witness_index: 2, rate: 9_400, signature };
    let content = b"a single group";
    let mut block = blake3::hash(content).as_bytes().to_vec();
    block.extend((content.len() as u64).rotate_left(16).to_be_bytes());
    block.extend(content);
    vec![
        ("fetch_request", "open", request(fetch::Request::Open(open.clone()))),
        ("fetch_request", "receipt", request(fetch::Request::Receipt(receipt))),
        ("fetch_request", "frame", frame::encode(&fetch::Request::Open(open)).expect("a frame")),
        ("fetch_reply", "opened", reply(fetch::Reply::Opened(opened))),
        ("fetch_reply", "settled", reply(fetch::Reply::Settled { bytes: 70_000 })),
        ("fetch_reply", "stopped", reply(fetch::Reply::Stopped(stopped))),
        ("rate_message", "challenge", rate(rate::Message::Challenge(challenge))),
        ("rate_message", "attest", rate(rate::Message::Attest(attest))),
        ("rate_message", "go", rate(rate::Message::Go)),
        ("block", "single", block),
    ]
}

fn everywhere(data: &[u8]) {
    TARGETS.iter().for_each(|(_, target)| target(data));
}

/// What one program reads as signed, another must not read as something else.
#[test]
fn a_receipt_log_has_one_reading() {
    let log = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/corpus/receipts/log");
    has_one_reading::<ReceiptLog>(&std::fs::read(log).expect("the log of the corpus"));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn random_bytes_never_panic(data in proptest::collection::vec(any::<u8>(), 0..600)) {
        everywhere(&data);
    }

    #[test]
    fn damaged_messages_never_panic(
        which in any::<prop::sample::Index>(),
        damage in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..6),
        cut in any::<prop::sample::Index>(),
        cut_it in any::<bool>(),
    ) {
        let mut samples = samples();
        samples.extend(bandwidth_samples().into_iter().map(|(_, _, sample)| sample));
        let mut data = which.get(&samples).clone();
        for (place, byte) in damage {
            let place = place.index(data.len());
            data[place] = byte;
        }
        if cut_it {
            data.truncate(cut.index(data.len() + 1));
        }
        everywhere(&data);
    }
}

#[test]
fn the_corpus_is_replayed() {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/corpus");
    for (name, target) in TARGETS {
        let entries = std::fs::read_dir(corpus.join(name)).unwrap_or_else(|error| panic!("{name}: {error}"));
        let mut files = 0;
        for entry in entries {
            target(&std::fs::read(entry.expect("a file").path()).expect("bytes"));
            files += 1;
        }
        assert!(files > 0, "{name} has a corpus");
    }
}

#[test]
fn frames_are_what_they_were() {
    for message in [Message::Ack, Message::GetAttestation { epoch: u32::MAX }] {
        let frame = uptime::encode(&message).expect("a frame");
        assert_eq!(uptime::decode(&frame), Ok(message));
        for end in 0..frame.len() {
            assert_eq!(uptime::decode(&frame[..end]), Err(FrameError::Incomplete));
        }
        let mut longer = frame.clone();
        longer.push(7);
        assert_eq!(uptime::decode(&longer), Err(FrameError::Trailing(1)));
    }
    assert_eq!(uptime::decode(&[0xff, 0xff, 1]), Err(FrameError::Oversized(65_535)));
    assert_eq!(uptime::decode(&[0, 1, 2]), Err(FrameError::Version(2)));
    assert_eq!(uptime::decode(&[0, 0]), Err(FrameError::Malformed));
    // A longest message stays far below the bound.
    let signature = SignatureBytes { r8_x: [255; 32], r8_y: [255; 32], s: [255; 32] };
    let attest = Attest { epoch: u32::MAX, witness_index: u32::MAX, bitmap: [u64::MAX; 4], signature };
    assert!(uptime::encode(&Message::Attest(attest)).expect("a frame").len() < 256);
}

/// A log with one receipt and one rate.
fn receipt_log() -> Vec<u8> {
    use popw_agent::receipts::{LogFormat, LoggedDevice, LoggedRate, LoggedReceipt, ReceiptLog};
    let mut world = World::new(Plan { witnesses: 3, k: 4, q: 2, slots: 12, slot_ms: 1_000 });
    world.bought = vec![crate::scene::buys(0, 1_000)];
    world.challengers = (vec![0], Vec::new());
    let (public, directory) = world.publish(1, 1_700_000_000_000, |_| true);
    let (allotment, witness) = (&directory.allotments[0], &directory.witnesses[0]);
    let leaf = world.device_leaf();
    let text = message::receipt(public.domain, public.epoch, allotment.seq, leaf, 900);
    let rated = message::rate_attestation(public.domain, public.epoch, public.opening.rho(), leaf, 70);
    let log = ReceiptLog {
        format: LogFormat::ReceiptLog,
        version: Version,
        device: LoggedDevice { public_key: directory.devices[0].public_key, owner: Fr::from(1u64) },
        receipts: vec![LoggedReceipt {
            client: allotment.client,
            owner: allotment.owner,
            cap: allotment.cap,
            seq: allotment.seq,
            bytes: 900,
            signature: world::client_keys(0).signing.sign(text),
        }],
        rates: vec![LoggedRate {
            witness: WitnessInput { public_key: witness.public_key, owner: witness.owner, index: 0 },
            rate: 70,
            signature: world::keys(world::witness_seed(0)).signing.sign(rated),
        }],
        attestations: Vec::new(),
        epoch: public,
    };
    assert!(popw_agent::receipts::check_log(&log).is_clean());
    serde_json::to_vec(&log).expect("JSON")
}

/// Not a test: writes the corpus' good samples anew (`cargo test -p popw-agent -- --ignored write_corpus`).
#[test]
#[ignore = "writes into the source tree"]
fn write_corpus() {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/corpus");
    let write = |target: &str, name: &str, data: &[u8]| {
        let folder = corpus.join(target);
        std::fs::create_dir_all(&folder).expect("folder");
        std::fs::write(folder.join(name), data).expect("file");
    };
    let names = ["ping", "pong", "attest", "ack", "get-attestation", "refused"];
    let samples = samples();
    let (frames, rest) = samples.split_at(names.len());
    let (messages, rest) = rest.split_at(names.len());
    for (name, (frame, message)) in names.iter().zip(frames.iter().zip(messages)) {
        write("frame", name, frame);
        write("frame", &format!("{name}-cut"), &frame[..frame.len() - 1]);
        write("message", name, message);
    }
    for (target, sample) in ["ping", "pong", "attest", "refused", "signature"].iter().zip(rest) {
        write(target, "good", sample);
        write(target, "ones", &vec![0xff; sample.len()]);
    }
    write("frame", "oversized", &[0xff; 16]);
    for (target, name, sample) in bandwidth_samples() {
        write(target, name, &sample);
        write(target, &format!("{name}-cut"), &sample[..sample.len() - 1]);
    }
    write("receipts", "log", &receipt_log());
    let world = World::new(Plan { witnesses: 3, k: 4, q: 2, slots: 12, slot_ms: 1_000 });
    let (public, directory) = world.publish(1, 1_700_000_000_000, |_| true);
    let public = serde_json::to_vec(&public).expect("JSON");
    let directory = serde_json::to_vec(&directory).expect("JSON");
    write("epoch_file", "public", &public);
    write("epoch_file", "directory", &directory);
    write("epoch_file", "cut", &public[..public.len() / 2]);
    write("roster", "good", &[&public[..], &[0], &directory].concat());
}
