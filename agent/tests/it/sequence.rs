//! Epochs one after the other, the second published while the first runs.

use std::time::Duration;

use crate::world::{Plan, World, now_ms, sleep_until};

const SLOTS: u32 = 5;
const SLOT_MS: u32 = 500;

#[test]
fn daemons_take_up_the_next_epoch_when_it_is_published() {
    let world = World::new(Plan { witnesses: 2, k: 3, q: 2, slots: SLOTS, slot_ms: SLOT_MS });
    let both = |committee: &[u32]| committee.contains(&0) && committee.contains(&1);
    let length = u64::from(SLOTS * SLOT_MS);
    let start = now_ms() + 3_000;
    world.publish(1, start, both);
    let mut daemons = [world.device().start(), world.witness(0).start(), world.witness(1).start()];
    sleep_until(start + length / 2);
    world.publish(2, start + length, both);
    // A file that is no document does not stop the others.
    std::fs::write(world.path("epochs/broken.json"), b"{\"format\":\"popw.epoch\",").expect("write");
    std::fs::write(world.path("epochs/other.json"), b"{\"format\":\"popw.proof\"}").expect("write");
    for daemon in &mut daemons {
        assert!(daemon.wait(Duration::from_secs(60)).success(), "{}", daemon.log());
    }
    let summary = world.device().summary();
    let epochs = summary["epochs"].as_array().expect("epochs");
    assert_eq!(epochs.len(), 2);
    for epoch in epochs {
        let up = epoch["votes"]["up_slots"].as_u64().expect("a number");
        assert!(up >= u64::from(SLOTS) - 2, "{summary}");
        for witness in epoch["witnesses"].as_array().expect("witnesses") {
            assert_eq!(witness["contradictions"], 0, "{summary}");
        }
    }
}
