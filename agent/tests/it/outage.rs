//! An epoch with everything in it: a device that is killed and comes back, a witness that is killed
//! and comes back, one that lies, one that is not drawn, and a clock that is wrong.

use std::time::Duration;

use popw_agent::duties::uptime::store::device::Stored;
use popw_agent::export::{self, Collected};
use popw_agent::store::device::DeviceStore;
use popw_agent::store::witness::WitnessStore;
use popw_core::document::EpochPublic;
use popw_core::{draw, eddsa, identity, message};

use crate::child::{Child, Lie};
use crate::world::{self, Plan, World, beacon, epoch_key, now_ms, sleep_until};

const SLOTS: u32 = 14;
const SLOT_MS: u32 = 600;
const LIAR: u32 = 3;
const KILLED: u32 = 1;
const UNDRAWN: u32 = 5;

#[test]
fn kills_lies_and_wrong_clocks_change_nothing_that_was_signed() {
    let world = World::new(Plan { witnesses: 6, k: 8, q: 3, slots: SLOTS, slot_ms: SLOT_MS });
    let start = now_ms() + 3_000;
    let wanted = |committee: &[u32]| (0..5).all(|i| committee.contains(&i)) && !committee.contains(&UNDRAWN);
    let (public, directory) = world.publish(7, start, wanted);
    let slot_start = |slot: u32| start + u64::from(slot) * u64::from(SLOT_MS);

    let mut device_config = world.device();
    device_config.clock_offset_ms = 400;
    let mut device = device_config.start();
    let mut witnesses: Vec<Child> = (0..6)
        .map(|index| {
            let mut config = world.witness(index);
            config.lie = if index == LIAR { Lie::AlwaysUp } else { Lie::None };
            config.start()
        })
        .collect();

    // The device is away for the whole of slots 4 and 5.
    sleep_until(slot_start(4) - 150);
    device.kill();
    let at_kill = attestations(&world, &public);
    assert!(!at_kill.is_empty(), "something was signed before the device was killed");
    sleep_until(slot_start(6) - 20);
    device = device_config.start();

    // One witness is killed again and again, whatever it is doing.
    for slot in [7, 8] {
        sleep_until(slot_start(slot) + 250);
        let index = KILLED as usize;
        witnesses.remove(index).kill();
        witnesses.insert(index, world.witness(KILLED).start());
    }
    let before = signed(&world, KILLED, &public);

    let patience = Duration::from_secs(60);
    for witness in &mut witnesses {
        assert!(witness.wait(patience).success(), "{}", witness.log());
    }
    assert!(device.wait(patience).success(), "{}", device.log());

    let after = attestations(&world, &public);
    nothing_is_lost(&at_kill, &after);
    nothing_is_taken_back(&world, &public, &after);
    let after_restarts = signed(&world, KILLED, &public);
    assert!(after_restarts.starts_with(&before), "the killed witness keeps what it signed");
    assert!(after_restarts.len() > before.len(), "and goes on signing");

    // What the committee saw.
    let collected = Collected::read(&world.path("device.db"), &public, &directory, &world.device_info())
        .expect("collected");
    let votes = collected.votes();
    println!("{votes}");
    assert_eq!((votes.slots[4], votes.slots[5]), (1, 1), "only the liar saw slots 4 and 5");
    assert!(!votes.is_up(4) && !votes.is_up(5), "one liar makes no quorum");
    let late = (9..SLOTS as usize).filter(|&slot| votes.is_up(slot)).count();
    assert!(late >= 3, "the epoch goes on after the restarts: {votes}");
    let latest = |index: u32| {
        let used = collected.used();
        used.iter().find(|used| used.stored.witness_index == index).map(|used| used.stored.bitmap)
    };
    assert_eq!(latest(LIAR).map(|bitmap| bitmap.count()), Some(SLOTS), "the liar claims every slot");
    let killed = latest(KILLED).expect("the killed witness's attestation");
    assert!((9..SLOTS).any(|slot| killed.get(slot)), "the killed witness watches on");
    assert_eq!(latest(UNDRAWN), None);

    let witness = world.witness(0).summary();
    let skew = witness["worst_skew_ms"].as_i64().expect("a number");
    assert!((200..=900).contains(&skew), "the device's clock is 400 ms ahead, measured {skew}");
    assert_eq!(world.witness(UNDRAWN).summary()["duties"], serde_json::json!([]));
    let device = device_config.summary();
    assert_eq!(device["dropped"].get("contradiction"), None, "{device}");

    the_export_is_a_proofs_input(&world, public, &directory);
}

fn attestations(world: &World, public: &EpochPublic) -> Vec<Stored> {
    let keys = world::keys(1);
    let identity = [
        &popw_core::field::to_be_bytes(&keys.public().point.x)[..],
        &popw_core::field::to_be_bytes(&keys.public().point.y),
        &popw_core::field::to_be_bytes(&keys.owner),
    ]
    .concat();
    let reader = DeviceStore::read(&world.path("device.db"), &identity).expect("the device's database");
    reader.all(epoch_key(public)).expect("attestations")
}

/// Everything a witness has signed so far, read beside it.
fn signed(world: &World, index: u32, public: &EpochPublic) -> Vec<popw_core::bitmap::SlotBitmap> {
    let keys = world::keys(world::witness_seed(index));
    let identity = [
        &popw_core::field::to_be_bytes(&keys.public().point.x)[..],
        &popw_core::field::to_be_bytes(&keys.public().point.y),
        &popw_core::field::to_be_bytes(&keys.owner),
    ]
    .concat();
    let store = WitnessStore::open(&world.path(format!("witness-{index}.db")), &identity).expect("database");
    let runtime = tokio::runtime::Builder::new_current_thread().build().expect("runtime");
    let signed = runtime.block_on(store.signed(epoch_key(public), world.device_leaf())).expect("signed");
    signed.into_iter().map(|attestation| attestation.bitmap).collect()
}

fn nothing_is_lost(before: &[Stored], after: &[Stored]) {
    for stored in before {
        assert!(after.contains(stored), "an attestation stored before the kill is gone: {stored:?}");
    }
}

/// Each witness signed a growing chain, all of it verifies, and its last word has arrived.
fn nothing_is_taken_back(world: &World, public: &EpochPublic, after: &[Stored]) {
    for index in 0..5 {
        let signed = signed(world, index, public);
        assert!(!signed.is_empty(), "witness {index} has signed");
        for pair in signed.windows(2) {
            assert!(pair[1].contains(&pair[0]) && pair[1] != pair[0], "witness {index}: {pair:?}");
        }
        let of_index: Vec<_> = after.iter().filter(|stored| stored.witness_index == index).collect();
        assert!(of_index.iter().all(|stored| !stored.contradicts), "witness {index} contradicts itself");
        let latest = of_index.iter().max_by_key(|stored| stored.bitmap.count()).expect("an attestation");
        assert_eq!(Some(&latest.bitmap), signed.last(), "witness {index}'s last word has arrived");
        for stored in of_index {
            let key = epoch_key(public);
            let (domain, epoch, rho) = (key.domain, key.epoch, key.opening);
            let text = message::uptime_attestation(domain, epoch, rho, world.device_leaf(), &stored.bitmap);
            let public_key = world::keys(world::witness_seed(index)).public();
            assert_eq!(eddsa::verify(&public_key, text, &stored.signature), Ok(()));
        }
    }
}

fn the_export_is_a_proofs_input(
    world: &World,
    public: EpochPublic,
    directory: &popw_network::epoch::directory::EpochDirectory,
) {
    let database = world.path("device.db");
    let info = world.device_info();
    let open = export::uptime_input(&database, &public, directory, &info);
    assert!(matches!(open, Err(export::ExportError::NotClosed(7))), "{open:?}");

    let closed = EpochPublic { closing: Some(beacon(1_000_000)), ..public };
    let input = export::uptime_input(&database, &closed, directory, &info).expect("an input");
    assert_eq!(input.seats.len(), 5, "one seat for each owner");
    let (rho, leaf) = (closed.opening.rho(), world.device_leaf());
    assert_eq!(input.device.path.root(leaf), closed.roots.device);
    for seat in &input.seats {
        let witness = &seat.witness;
        assert_eq!(draw::seat(draw::Duty::Uptime, rho, leaf, seat.seat, closed.rules.n_w), witness.index);
        let witness_leaf = identity::witness_leaf(&witness.public_key, witness.owner, witness.index);
        assert_eq!(seat.path.root(witness_leaf), closed.roots.witness);
        let text = message::uptime_attestation(closed.domain, closed.epoch, rho, leaf, &seat.bitmap);
        assert_eq!(eddsa::verify(&witness.public_key, text, &seat.signature), Ok(()));
    }
}
