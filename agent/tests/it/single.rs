//! One daemon per key, and an orderly end.

use std::time::Duration;

use popw_agent::daemon::ignores_hangup;

use crate::child::REFUSED;
use crate::world::{Plan, World, free_address, now_ms, wait_until_listening};

const PATIENCE: Duration = Duration::from_secs(30);

fn idle_world() -> World {
    let world = World::new(Plan { witnesses: 3, k: 4, q: 2, slots: 12, slot_ms: 1_000 });
    world.publish(1, now_ms() + 3_600_000, |committee| (0..3).all(|index| committee.contains(&index)));
    world
}

#[test]
fn a_second_device_with_the_same_key_is_refused_until_the_first_is_gone() {
    let world = idle_world();
    let first = world.device().start();
    wait_until_listening(&first);

    // Another database, another port: still the same key.
    let mut config = world.device();
    config.listen = free_address();
    config.database = world.path("other.db");
    config.log = world.path("other.log");
    let mut second = config.start();
    assert_eq!(second.wait(PATIENCE).code(), Some(REFUSED));
    let said = second.log();
    assert!(said.contains("refused: another device daemon on this machine already runs with key"), "{said}");
    assert!(!config.database.exists(), "a refused daemon makes no database");

    // The kernel lets go of the lock of a killed process.
    first.kill();
    config.log = world.path("third.log");
    let mut third = config.start();
    wait_until_listening(&third);
    third.terminate();
    assert!(third.wait(PATIENCE).success(), "{}", third.log());
}

#[test]
fn a_second_witness_with_the_same_key_is_refused() {
    let world = idle_world();
    let first = world.witness(0).start();
    wait_until_listening(&first);
    let mut config = world.witness(0);
    config.database = world.path("other.db");
    config.log = world.path("other.log");
    let mut second = config.start();
    assert_eq!(second.wait(PATIENCE).code(), Some(REFUSED));
    assert!(second.log().contains("refused: another witness daemon"), "{}", second.log());
    let mut other = world.witness(1).start();
    wait_until_listening(&other);
    other.terminate();
    assert!(other.wait(PATIENCE).success(), "another key is another matter");
}

#[test]
fn a_database_of_another_key_or_kind_is_refused() {
    let world = idle_world();
    let mut first = world.witness(0).start();
    wait_until_listening(&first);
    first.terminate();
    assert!(first.wait(PATIENCE).success());

    let mut config = world.witness(1);
    config.database = world.witness(0).database;
    let mut second = config.start();
    assert_eq!(second.wait(PATIENCE).code(), Some(REFUSED));
    assert!(second.log().contains("belongs to another key or owner"), "{}", second.log());

    let mut config = world.device();
    config.database = world.witness(0).database;
    let mut third = config.start();
    assert_eq!(third.wait(PATIENCE).code(), Some(REFUSED));
    assert!(third.log().contains("is not a device database"), "{}", third.log());
}

#[test]
fn a_hangup_ends_a_daemon_as_sigterm_does() {
    let world = idle_world();
    let mut device = world.device().start();
    wait_until_listening(&device);
    device.signal("HUP");
    if ignores_hangup() {
        // This test was started with nohup, and so was the daemon: it goes on.
        std::thread::sleep(Duration::from_secs(1));
        device.terminate();
    }
    assert!(device.wait(PATIENCE).success(), "{}", device.log());
    assert_eq!(world.device().summary()["answered"], 0, "it says what it has done");
}

#[test]
fn a_new_database_is_told_and_never_made_in_a_folder_that_is_missing() {
    let world = idle_world();
    let mut config = world.device();
    config.database = world.path("not-mounted/device.db");
    let mut refused = config.start();
    assert_eq!(refused.wait(PATIENCE).code(), Some(REFUSED));
    assert!(refused.log().contains("no folder") && refused.log().contains("mounted?"), "{}", refused.log());
    assert!(!world.path("not-mounted").exists());

    let mut config = world.device();
    config.log = world.path("second.log");
    config.store = Some(world.path("store"));
    std::fs::create_dir(world.path("store")).expect("a folder");
    for made in [1, 1] {
        let mut device = config.start();
        wait_until_listening(&device);
        device.terminate();
        assert!(device.wait(PATIENCE).success(), "{}", device.log());
        assert_eq!(device.says("a new, empty device database was made"), made, "only the first time");
        assert!(device.says("the store has no sector") >= 1, "{}", device.log());
    }
}
