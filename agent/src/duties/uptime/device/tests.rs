//! Each message that a device refuses, the counter it raises, and what stays unsigned and unstored.

use popw_core::document::EpochPublic;
use popw_core::{Fr, field};
use popw_network::epoch::directory::{Epoch, EpochDirectory};
use proptest::prelude::*;

use super::*;
use crate::clock::Clock;
use crate::duties::uptime::store::device::latest;
use crate::metrics::Metrics;
use crate::store::device::DeviceStore;
use crate::testing::{self, Network, RUNNING, SLOT_MS, everyone, network};
use crate::wire::Refusal;

struct Bench {
    network: Network,
    host: Arc<Host>,
    uptime: Uptime,
    _folder: tempfile::TempDir,
}

/// Witnesses 0, 1, 2 are of owners 2, 3, 4 and drawn; 3 is of the device's own owner 1; 4 is never drawn.
fn bench() -> Bench {
    bench_at(Clock::system())
}

fn bench_at(clock: Clock) -> Bench {
    let wanted = |committee: &[u32]| everyone(4)(committee) && !committee.contains(&4);
    let network = network(&[2, 3, 4, 1, 5], 8, wanted);
    let folder = tempfile::tempdir().expect("folder");
    let keys = testing::keys(1, 1);
    let store = DeviceStore::open(&folder.path().join("device.db"), &keys.identity()).expect("store");
    let host = Arc::new(Host::new(keys, store, Metrics::new("device"), clock, 2_000));
    let uptime = Uptime::new(host.clone());
    let bench = Bench { network, host, uptime, _folder: folder };
    bench.watch(bench.network.roster.clone());
    bench
}

impl Bench {
    fn watch(&self, roster: Arc<Roster>) {
        let watched = self.host.find(roster).expect("registered");
        self.uptime.take_up(&watched);
        self.host.watch(watched);
    }

    fn peer(&self, index: usize) -> EndpointId {
        self.network.witnesses[index].endpoint()
    }

    async fn say(&self, index: usize, message: Message) -> Message {
        self.uptime.answer(&self.peer(index), Ok(message)).await
    }

    fn attest(&self, index: usize, slots: &[u32]) -> Attest {
        let key = self.network.roster.key;
        let mut bitmap = SlotBitmap::default();
        slots.iter().for_each(|&slot| bitmap.set(slot).expect("slot"));
        let leaf = self.network.device_leaf();
        let text = message::uptime_attestation(key.domain, key.epoch, key.opening, leaf, &bitmap);
        let signature = SignatureBytes::new(&self.network.witnesses[index].signing.sign(text));
        Attest { epoch: key.epoch, witness_index: index as u32, bitmap: bitmap.words(), signature }
    }

    /// Says it and asserts how it is refused.
    async fn refused(&self, index: usize, message: Message, reason: Reason) {
        let before = self.host.metrics.dropped(reason);
        match self.say(index, message).await {
            Message::Refused(refused) => assert_eq!(refused.code, Refusal::from(reason), "{reason:?}"),
            other => panic!("expected a refusal for {reason:?}, got {other:?}"),
        }
        assert_eq!(self.host.metrics.dropped(reason), before + 1, "{reason:?} is counted");
    }

    async fn stored(&self) -> usize {
        self.host.store.all(self.network.roster.key).await.expect("store").len()
    }
}

fn ping(index: u32, slot: u32, nonce: u64) -> Ping {
    Ping { epoch: 3, slot, witness_index: index, nonce: field::to_be_bytes(&Fr::from(nonce)) }
}

#[tokio::test]
async fn a_drawn_witness_gets_a_pong_that_it_can_verify() {
    let bench = bench();
    let Message::Pong(pong) = bench.say(0, Message::Ping(ping(0, RUNNING, 1))).await else {
        panic!("no pong")
    };
    let roster = &bench.network.roster;
    let (key, witness) = (&roster.key, &roster.witnesses()[0]);
    let leaf = bench.network.device_leaf();
    let text = message::pong(key.domain, key.epoch, RUNNING, leaf, witness.witness_leaf(), Fr::from(1u64));
    let signature = pong.signature.parse().expect("signature");
    assert_eq!(eddsa::verify(&bench.network.device.public(), text, &signature), Ok(()));
}

#[tokio::test]
async fn pings_out_of_order_are_refused() {
    let bench = bench();
    bench.refused(0, Message::Ping(Ping { epoch: 4, ..ping(0, RUNNING, 1) }), Reason::WrongEpoch).await;
    bench.refused(0, Message::Ping(ping(0, RUNNING - 1, 1)), Reason::WrongSlot).await;
    bench.refused(0, Message::Ping(ping(0, RUNNING + 1, 1)), Reason::WrongSlot).await;
    bench.refused(0, Message::Ping(ping(1, RUNNING, 1)), Reason::Impersonation).await;
    bench.refused(0, Message::Ping(ping(9, RUNNING, 1)), Reason::NotDrawn).await;
    bench.refused(3, Message::Ping(ping(3, RUNNING, 1)), Reason::OwnOwner).await;
    bench.refused(4, Message::Ping(ping(4, RUNNING, 1)), Reason::NotDrawn).await;
    let too_large = Ping { nonce: [0xff; 32], ..ping(0, RUNNING, 1) };
    bench.refused(0, Message::Ping(too_large), Reason::Malformed).await;
    assert_eq!(bench.host.metrics.events(Event::Pongs), 0);
}

/// By a clock that is far ahead the running epoch is over, and newer ones push it out.
#[tokio::test]
async fn an_epoch_that_was_retired_is_named_and_can_be_taken_up_again() {
    let bench = bench();
    let published = bench.network.roster.epoch();
    for epoch in 4..=7 {
        let public = EpochPublic { epoch, ..published.public().clone() };
        let directory = EpochDirectory { epoch, ..published.directory().clone() };
        let roster = Roster::new(Epoch::new(public, directory).expect("an epoch"));
        bench.watch(Arc::new(roster));
    }
    let end_ms = bench.network.roster.schedule.end_ms();
    assert!(bench.host.retire(end_ms).is_empty(), "none is over");
    assert_eq!(bench.host.retire(end_ms + 1), [3], "the last few stay");
    bench.refused(0, Message::Ping(ping(0, RUNNING, 1)), Reason::WrongEpoch).await;
    bench.watch(bench.network.roster.clone());
    assert!(bench.host.retire(bench.host.clock.now_ms()).is_empty());
    assert!(matches!(bench.say(0, Message::Ping(ping(0, RUNNING, 1))).await, Message::Pong(_)));
}

#[tokio::test]
async fn a_nonce_is_answered_once() {
    let bench = bench();
    assert!(matches!(bench.say(0, Message::Ping(ping(0, RUNNING, 1))).await, Message::Pong(_)));
    bench.refused(0, Message::Ping(ping(0, RUNNING, 1)), Reason::Replayed).await;
    assert!(matches!(bench.say(0, Message::Ping(ping(0, RUNNING, 2))).await, Message::Pong(_)));
    assert!(matches!(bench.say(1, Message::Ping(ping(1, RUNNING, 1))).await, Message::Pong(_)));
}

#[tokio::test]
async fn what_a_device_does_not_take_is_unexpected() {
    let bench = bench();
    bench.refused(0, Message::Ack, Reason::Unexpected).await;
    bench.refused(0, Message::GetAttestation { epoch: 3 }, Reason::Unexpected).await;
    let refused = Refused { code: Refusal::Internal, unix_ms: 0 };
    bench.refused(0, Message::Refused(refused), Reason::Unexpected).await;
    let peer = bench.peer(0);
    for (error, reason) in [
        (FrameError::Oversized(5_000), Reason::Oversized),
        (FrameError::Version(9), Reason::Version),
        (FrameError::Malformed, Reason::Malformed),
        (FrameError::Incomplete, Reason::Incomplete),
    ] {
        bench.uptime.answer(&peer, Err(error)).await;
        assert_eq!(bench.host.metrics.dropped(reason), 1, "{reason:?}");
    }
}

#[tokio::test]
async fn a_flood_is_limited_and_others_are_still_served() {
    let bench = bench();
    let mut limited = 0;
    for nonce in 0..100 {
        let answer = bench.say(0, Message::Ping(ping(0, RUNNING, nonce))).await;
        limited += u32::from(matches!(answer, Message::Refused(Refused { code: Refusal::RateLimited, .. })));
    }
    assert!(limited > 50, "{limited} of 100 were limited");
    assert_eq!(bench.host.metrics.dropped(Reason::RateLimited), u64::from(limited));
    assert!(matches!(bench.say(1, Message::Ping(ping(1, RUNNING, 1))).await, Message::Pong(_)));
}

#[tokio::test]
async fn attestations_are_stored_and_only_grow() {
    let bench = bench();
    for slots in [&[0][..], &[0, 2], &[0, 2, 3]] {
        assert_eq!(bench.say(0, Message::Attest(bench.attest(0, slots))).await, Message::Ack);
    }
    // Again, and an old one again: known, acknowledged, not stored twice.
    assert_eq!(bench.say(0, Message::Attest(bench.attest(0, &[0, 2, 3]))).await, Message::Ack);
    assert_eq!(bench.say(0, Message::Attest(bench.attest(0, &[0]))).await, Message::Ack);
    assert_eq!(bench.stored().await, 3);
}

#[tokio::test]
async fn an_attestation_overtaken_by_a_later_one_is_kept() {
    let bench = bench();
    assert_eq!(bench.say(0, Message::Attest(bench.attest(0, &[0, 1, 2]))).await, Message::Ack);
    assert_eq!(bench.say(0, Message::Attest(bench.attest(0, &[0, 1]))).await, Message::Ack);
    let all = bench.host.store.all(bench.network.roster.key).await.expect("store");
    assert_eq!(all.len(), 2);
    assert_eq!(latest(&all)[0].bitmap.count(), 3);
}

#[tokio::test]
async fn impossible_attestations_are_refused() {
    let bench = bench();
    let good = bench.attest(0, &[0, 1]);
    bench.refused(0, Message::Attest(bench.attest(0, &[RUNNING + 1])), Reason::FutureBits).await;
    bench.refused(0, Message::Attest(bench.attest(0, &[24])), Reason::BitsBeyondSlots).await;
    let stray = Attest { bitmap: [0, 0, 0, 1 << 60], ..good.clone() };
    bench.refused(0, Message::Attest(stray), Reason::BitsBeyondSlots).await;
    let more = Attest { bitmap: [7, 0, 0, 0], ..good.clone() };
    bench.refused(0, Message::Attest(more), Reason::BadSignature).await;
    let another = Attest { witness_index: 1, ..good.clone() };
    bench.refused(1, Message::Attest(another), Reason::BadSignature).await;
    bench.refused(1, Message::Attest(good.clone()), Reason::Impersonation).await;
    bench.refused(3, Message::Attest(bench.attest(3, &[0])), Reason::OwnOwner).await;
    bench.refused(4, Message::Attest(bench.attest(4, &[0])), Reason::NotDrawn).await;
    bench.refused(0, Message::Attest(Attest { epoch: 2, ..good.clone() }), Reason::WrongEpoch).await;
    let mut signature = good.signature.clone();
    signature.s = [0xff; 32];
    bench.refused(0, Message::Attest(Attest { signature, ..good.clone() }), Reason::BadSignature).await;
    let mut signature = good.signature.clone();
    signature.r8_x[31] ^= 1;
    bench.refused(0, Message::Attest(Attest { signature, ..good }), Reason::BadSignature).await;
    assert_eq!(bench.stored().await, 0);
}

#[tokio::test]
async fn a_contradiction_is_kept_as_evidence_and_never_used() {
    let bench = bench();
    assert_eq!(bench.say(0, Message::Attest(bench.attest(0, &[0, 1, 2]))).await, Message::Ack);
    bench.refused(0, Message::Attest(bench.attest(0, &[0, 3])), Reason::Contradiction).await;
    bench.refused(0, Message::Attest(bench.attest(0, &[0, 3])), Reason::Contradiction).await;
    let all = bench.host.store.all(bench.network.roster.key).await.expect("store");
    assert_eq!(all.iter().map(|stored| stored.contradicts).collect::<Vec<_>>(), [false, true]);
    let latest = latest(&all);
    assert_eq!(latest.len(), 1);
    assert_eq!(latest[0].bitmap.count(), 3);
    // An honest continuation is still taken.
    assert_eq!(bench.say(0, Message::Attest(bench.attest(0, &[0, 1, 2, 4]))).await, Message::Ack);
}

#[tokio::test]
async fn peers_are_admitted_by_the_draw() {
    let bench = bench();
    let not_drawn = Err((Reason::NotDrawn, close::NOT_DRAWN));
    assert_eq!(bench.uptime.admit(&bench.peer(0)), Ok(()));
    assert_eq!(bench.uptime.admit(&bench.peer(3)), not_drawn);
    assert_eq!(bench.uptime.admit(&bench.peer(4)), not_drawn);
    let stranger = testing::keys(99, 9).endpoint();
    assert_eq!(bench.uptime.admit(&stranger), Err((Reason::UnknownPeer, close::UNKNOWN)));
}

#[tokio::test]
async fn a_clock_beyond_the_tolerance_shows_in_the_refusal() {
    let bench = bench_at(Clock::with_offset(2 * i64::from(SLOT_MS)));
    let answer = bench.say(0, Message::Ping(ping(0, RUNNING, 1))).await;
    let Message::Refused(Refused { code: Refusal::WrongSlot, unix_ms }) = answer else {
        panic!("{answer:?}")
    };
    assert!(unix_ms > Clock::system().now_ms() + u64::from(SLOT_MS));
}

#[tokio::test]
async fn what_witnesses_say_of_the_clock_is_kept_when_it_is_news() {
    let bench = bench();
    let kept = || {
        let identity = testing::keys(1, 1).identity();
        let path = bench._folder.path().join("device.db");
        DeviceStore::read(&path, &identity).expect("store").opinion().expect("readable")
    };
    assert_eq!(kept(), None);
    bench.host.note_clock(bench.peer(0), -10_000).await;
    let first = kept().expect("the first measurement");
    assert_eq!((first.skew_ms, first.witnesses, first.is_wrong()), (-10_000, 1, true));
    bench.host.note_clock(bench.peer(0), -10_005).await;
    assert_eq!(kept(), Some(first), "no news");
    bench.host.note_clock(bench.peer(1), 10).await;
    assert_eq!(kept().map(|kept| (kept.skew_ms, kept.witnesses, kept.is_wrong())), Some((10, 2, false)));
    assert_eq!(bench.host.metrics.worst_skew_ms(), -10_005);
}

fn any_message() -> impl Strategy<Value = Message> {
    let signature =
        any::<([u8; 32], [u8; 32], [u8; 32])>().prop_map(|(r8_x, r8_y, s)| SignatureBytes { r8_x, r8_y, s });
    let small = prop_oneof![0u32..30, any::<u32>()];
    prop_oneof![
        (small.clone(), small.clone(), small.clone(), any::<[u8; 32]>()).prop_map(
            |(epoch, slot, witness_index, nonce)| Message::Ping(Ping { epoch, slot, witness_index, nonce })
        ),
        (small.clone(), small.clone(), any::<[u64; 4]>(), signature.clone()).prop_map(
            |(epoch, witness_index, bitmap, signature)| {
                Message::Attest(Attest { epoch, witness_index, bitmap, signature })
            }
        ),
        (signature, any::<u64>()).prop_map(|(signature, unix_ms)| Message::Pong(Pong { signature, unix_ms })),
        small.prop_map(|epoch| Message::GetAttestation { epoch }),
        Just(Message::Ack),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Whatever arrives, the device answers, and nothing that is not properly signed is stored.
    #[test]
    fn no_message_panics_or_is_stored_unsigned(messages in proptest::collection::vec(any_message(), 1..20)) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("runtime");
        runtime.block_on(async {
            let bench = bench();
            for message in messages {
                let answer = bench.say(0, message).await;
                assert!(matches!(answer, Message::Refused(_) | Message::Pong(_)), "{answer:?}");
            }
            assert_eq!(bench.stored().await, 0);
        });
    }
}
