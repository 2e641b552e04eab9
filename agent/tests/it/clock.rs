//! Clocks that are wrong, for a while or for good.

use std::time::Duration;

use popw_agent::skew::Opinion;

use crate::child::{Astray, Child};
use crate::world::{self, Plan, World, now_ms, sleep_until, wait_for, wait_until_listening};

const SLOTS: u32 = 14;
const SLOT_MS: u32 = 500;
const DAY_MS: i64 = 86_400_000;
const PATIENCE: Duration = Duration::from_secs(30);

fn world_of(witnesses: u8, k: u32, start: u64) -> World {
    let world = World::new(Plan { witnesses, k, q: 1, slots: SLOTS, slot_ms: SLOT_MS });
    world.publish(8, start, |committee| (0..u32::from(witnesses)).all(|index| committee.contains(&index)));
    world
}

fn stop(child: &mut Child) {
    child.terminate();
    assert!(child.wait(PATIENCE).success(), "{}", child.log());
}

/// Ahead in the middle of the epoch, ahead from the start on, behind from the start on: once the clock is right, a witness
/// pings the slots that are left.
#[test]
fn a_clock_that_is_wrong_for_a_while_costs_the_slots_of_that_while() {
    let start = now_ms() + 4_000;
    let world = world_of(3, 8, start);
    let slot_start = |slot: u32| start + u64::from(slot) * u64::from(SLOT_MS);
    let mut device = world.device().start();
    wait_until_listening(&device);
    let cases = [
        (DAY_MS, slot_start(4)..slot_start(6)),
        (DAY_MS, 0..slot_start(4)),
        (-365 * DAY_MS, 0..slot_start(4)),
    ];
    let mut witnesses: Vec<Child> = (0..)
        .zip(&cases)
        .map(|(index, (by_ms, between))| {
            let mut config = world.witness(index);
            config.astray = Some(Astray { by_ms: *by_ms, between: between.clone() });
            config.until_last_epoch = index == 0;
            config.start()
        })
        .collect();
    sleep_until(slot_start(SLOTS) + 1_500);

    let seen = |index: u32| {
        let summary = world.witness(index).summary();
        summary["duties"][0]["up_slots"].as_u64().unwrap_or_else(|| panic!("a duty: {summary}"))
    };
    for (index, witness) in (0..).zip(&mut witnesses) {
        stop(witness);
        let (ahead, back) = (witness.says("clock jumped ahead"), witness.says("clock jumped back"));
        // 14 slots less those of the wrong while, and three in which it was set or a link was dialled anew.
        let (least, jumps) = match index {
            0 => (9, (1, 1)),
            1 => (7, (0, 1)),
            _ => (7, (1, 0)),
        };
        assert!(seen(index) >= least, "witness {index} saw {} slots\n{}", seen(index), witness.log());
        assert_eq!((ahead, back), jumps, "each jump is told once\n{}", witness.log());
        assert_eq!(witness.says("the last epoch is over"), 0, "a clock that has just jumped ends no daemon");
    }
    stop(&mut device);
}

#[test]
fn a_device_whose_clock_is_wrong_is_told_once_and_how_far() {
    let start = now_ms() + 3_000;
    let world = world_of(1, 1, start);
    let mut config = world.device();
    (config.clock_offset_ms, config.until_last_epoch) = (5_000, false);
    let mut device = config.start();
    wait_until_listening(&device);
    let mut witness = world.witness(0);
    witness.until_last_epoch = false;
    let mut witness = witness.start();
    let told = "this device's clock is ";
    wait_for("the device is told", PATIENCE, || device.says(told) > 0);
    // It refuses ping after ping, and neither side says more of it.
    sleep_until(start + 6 * u64::from(SLOT_MS));
    stop(&mut witness);
    stop(&mut device);
    assert_eq!(
        device.log().matches("are refused, and this device counts as down").count(),
        1,
        "{}",
        device.log()
    );
    for part in ["ahead of its witness's (1)", "set it by NTP"] {
        assert!(device.says(part) > 0, "{part}: {}", device.log());
    }
    assert_eq!(witness.says("the device's clock differs from ours"), 1, "{}", witness.log());
    assert_eq!(witness.says("clock jumped"), 0, "{}", witness.log());

    let summary = config.summary();
    let skew = summary["clock"]["skew_ms"].as_i64().unwrap_or_else(|| panic!("a clock: {summary}"));
    assert!((-6_000..=-4_000).contains(&skew), "{summary}");
    let keys = world::keys(1);
    let kept = Opinion::read(&config.database, &keys.public(), keys.owner).expect("the database");
    assert!(kept.is_some_and(|kept| kept.is_wrong()), "{kept:?}");
}
