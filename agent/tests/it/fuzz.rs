//! Every parser over random bytes, over damaged good ones, and over the committed corpus.

use std::path::Path;

use popw_agent::fuzz;
use popw_agent::wire::{self, Attest, Message, Ping, Pong, Refusal, Refused, SignatureBytes};
use popw_core::Fr;
use popw_core::eddsa::SecretKey;
use proptest::prelude::*;

use crate::world::{Plan, World};

type Target = (&'static str, fn(&[u8]));

/// Each has a folder of its name in `tests/corpus`.
const TARGETS: [Target; 9] = [
    ("frame", fuzz::fuzz_frame),
    ("message", fuzz::fuzz_message),
    ("ping", fuzz::fuzz_ping),
    ("pong", fuzz::fuzz_pong),
    ("attest", fuzz::fuzz_attest),
    ("refused", fuzz::fuzz_refused),
    ("signature", fuzz::fuzz_signature),
    ("epoch_file", fuzz::fuzz_epoch_file),
    ("roster", fuzz::fuzz_roster),
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
        messages.iter().map(|message| wire::encode(message).expect("a frame")).collect();
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

fn everywhere(data: &[u8]) {
    TARGETS.iter().for_each(|(_, target)| target(data));
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
        let samples = samples();
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
        let frame = wire::encode(&message).expect("a frame");
        assert_eq!(wire::decode(&frame), Ok(message));
        for end in 0..frame.len() {
            assert_eq!(wire::decode(&frame[..end]), Err(wire::FrameError::Incomplete));
        }
        let mut longer = frame.clone();
        longer.push(7);
        assert_eq!(wire::decode(&longer), Err(wire::FrameError::Trailing(1)));
    }
    assert_eq!(wire::decode(&[0xff, 0xff, 1]), Err(wire::FrameError::Oversized(65_535)));
    assert_eq!(wire::decode(&[0, 1, 2]), Err(wire::FrameError::Version(2)));
    assert_eq!(wire::decode(&[0, 0]), Err(wire::FrameError::Malformed));
    // A longest message stays far below the bound.
    let signature = SignatureBytes { r8_x: [255; 32], r8_y: [255; 32], s: [255; 32] };
    let attest = Attest { epoch: u32::MAX, witness_index: u32::MAX, bitmap: [u64::MAX; 4], signature };
    assert!(wire::encode(&Message::Attest(attest)).expect("a frame").len() < 256);
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
    let world = World::new(Plan { witnesses: 3, k: 4, q: 2, slots: 12, slot_ms: 1_000 });
    let (public, directory) = world.publish(1, 1_700_000_000_000, |_| true);
    let public = serde_json::to_vec(&public).expect("JSON");
    let directory = serde_json::to_vec(&directory).expect("JSON");
    write("epoch_file", "public", &public);
    write("epoch_file", "directory", &directory);
    write("epoch_file", "cut", &public[..public.len() / 2]);
    write("roster", "good", &[&public[..], &[0], &directory].concat());
}
