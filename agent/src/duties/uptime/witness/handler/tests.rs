//! What a witness believes, and what it signs.

use popw_core::draw::Duty;
use popw_core::eddsa::SecretKey;
use popw_core::{Fr, field};

use super::*;
use crate::clock::Clock;
use crate::duties::uptime::store::witness::Outcome;
use crate::duties::uptime::wire::Pong;
use crate::metrics::Metrics;
use crate::store::witness::WitnessStore;
use crate::testing::{self, Network, RUNNING, SLOT_MS, everyone, network};

struct Bench {
    network: Network,
    handler: Handler,
    assigned: Arc<Assignment>,
    _folder: tempfile::TempDir,
}

fn bench() -> Bench {
    bench_at(Clock::system())
}

fn bench_at(clock: Clock) -> Bench {
    let network = network(&[2, 3], 4, everyone(2));
    let folder = tempfile::tempdir().expect("folder");
    let keys = Arc::new(testing::keys(10, 2));
    let store = WitnessStore::open(&folder.path().join("witness.db"), &keys.identity()).expect("store");
    let metrics = Metrics::new("witness");
    let handler = Handler::new(Observer { keys: keys.clone(), store, metrics, clock, max_skew_ms: 2_000 });
    let mut assigned = Assignment::all(&network.roster, &keys, Duty::Uptime);
    assert_eq!(assigned.len(), 1);
    let assigned = Arc::new(assigned.remove(0));
    handler.take_up(assigned.clone());
    Bench { network, handler, assigned, _folder: folder }
}

fn ping() -> Ping {
    Ping { epoch: 3, slot: RUNNING, witness_index: 0, nonce: field::to_be_bytes(&Fr::from(5u64)) }
}

impl Bench {
    /// A pong over the fields given, by the key given.
    fn pong(&self, signer: &SecretKey, epoch: u32, slot: u32, witness: Fr, nonce: u64) -> Message {
        let key = &self.assigned.roster.key;
        let leaf = self.network.device_leaf();
        let text = message::pong(key.domain, epoch, slot, leaf, witness, Fr::from(nonce));
        let unix_ms = Clock::system().now_ms();
        Message::Pong(Pong { signature: SignatureBytes::new(&signer.sign(text)), unix_ms })
    }

    fn check(&self, answer: Message) -> Result<Answer, Miss> {
        self.handler.check_pong(&self.assigned, &ping(), answer, Clock::system().now_ms(), 10)
    }

    fn dropped(&self, answer: Message, reason: Reason) {
        match self.check(answer) {
            Err(Miss::Dropped(found)) => assert_eq!(found, reason),
            other => panic!("expected {reason:?}, got {other:?}"),
        }
    }
}

#[test]
fn only_the_drawn_devices_pong_to_this_ping_counts() {
    let bench = bench();
    let device = &bench.network.device.signing;
    let leaf = bench.assigned.leaf;
    assert!(bench.check(bench.pong(device, 3, RUNNING, leaf, 5)).is_ok());
    let other = bench.assigned.roster.witnesses()[1].witness_leaf();
    for wrong in [
        bench.pong(device, 4, RUNNING, leaf, 5),
        bench.pong(device, 3, RUNNING + 1, leaf, 5),
        bench.pong(device, 3, RUNNING, other, 5),
        bench.pong(device, 3, RUNNING, leaf, 6),
        bench.pong(&SecretKey::from_seed([9; 32]), 3, RUNNING, leaf, 5),
    ] {
        bench.dropped(wrong, Reason::BadSignature);
    }
    bench.dropped(Message::Ack, Reason::Unexpected);
    assert_eq!(bench.handler.observer.metrics.dropped(Reason::BadSignature), 5);
    let refused = Message::Refused(Refused { code: Refusal::WrongSlot, unix_ms: 0 });
    let missed = bench.check(refused).expect_err("refused");
    assert!(matches!(missed, Miss::Refused(Refusal::WrongSlot)) && missed.is_of_clocks());
    let refused = Message::Refused(Refused { code: Refusal::Replayed, unix_ms: 0 });
    assert!(!bench.check(refused).expect_err("refused").is_of_clocks(), "no clock makes that better");
}

#[test]
fn an_answer_after_its_slot_is_late() {
    let bench = bench_at(Clock::with_offset(i64::from(SLOT_MS)));
    let pong = bench.pong(&bench.network.device.signing, 3, RUNNING, bench.assigned.leaf, 5);
    bench.dropped(pong, Reason::Late);
}

#[tokio::test]
async fn requests_are_answered_from_the_store_and_change_nothing() {
    let bench = bench();
    let device = bench.network.device.endpoint();
    let ask = async |peer: &EndpointId, epoch| {
        bench.handler.answer(peer, Ok(Message::GetAttestation { epoch })).await
    };
    let code = |answer: Message| match answer {
        Message::Refused(refused) => refused.code,
        other => panic!("{other:?}"),
    };
    assert_eq!(code(ask(&device, 3).await), Refusal::NothingSigned);
    assert_eq!(code(ask(&device, 4).await), Refusal::WrongEpoch);
    assert_eq!(code(ask(&testing::keys(99, 1).endpoint(), 3).await), Refusal::WrongEpoch);

    let pong = bench.pong(&bench.network.device.signing, 3, RUNNING, bench.assigned.leaf, 5);
    let answer = bench.check(pong).expect("valid");
    let outcome = Outcome { slot: RUNNING, unix_ms: 1, answer: Some(answer) };
    bench
        .handler
        .observer
        .store
        .record(bench.assigned.roster.key, bench.assigned.device.leaf, outcome)
        .await
        .expect("store");
    let Message::Attest(attest) = ask(&device, 3).await else { panic!("no attestation") };
    assert_eq!(attest.bitmap, [1 << RUNNING, 0, 0, 0]);
    assert_eq!(Message::Attest(attest), ask(&device, 3).await);
    assert_eq!(bench.handler.observer.metrics.events(Event::Signed), 1);

    // Nothing else is answered, let alone signed: an attestation from outside is no request.
    let Message::Attest(mut forged) = ask(&device, 3).await else { panic!("no attestation") };
    forged.bitmap = [u64::MAX, 0, 0, 0];
    assert_eq!(code(bench.handler.answer(&device, Ok(Message::Attest(forged))).await), Refusal::Unexpected);
    assert_eq!(bench.handler.observer.metrics.events(Event::Signed), 1);
}

#[test]
fn duties_leave_out_own_devices_and_undrawn_witnesses() {
    let wanted = |committee: &[u32]| !committee.contains(&2) && everyone(2)(committee);
    let network = network(&[1, 2, 3], 4, wanted);
    let duties =
        |seed, owner| Assignment::all(&network.roster, &testing::keys(seed, owner), Duty::Uptime).len();
    assert_eq!(duties(10, 1), 0, "the device's own owner");
    assert_eq!(duties(11, 2), 1);
    assert_eq!(duties(11, 3), 0, "registered under another owner");
    assert_eq!(duties(12, 3), 0, "not drawn");
    assert_eq!(duties(50, 9), 0, "not registered");
}
