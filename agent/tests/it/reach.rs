//! Devices with addresses of either family.

use std::net::{SocketAddr, UdpSocket};
use std::time::Duration;

use crate::world::{Plan, World, free_address, now_ms, wait_for, wait_until_listening};

const PATIENCE: Duration = Duration::from_secs(30);

/// A network whose device listens on IPv6's loopback; `None` where there is none.
fn world_on_ipv6() -> Option<World> {
    let listen = UdpSocket::bind("[::1]:0").and_then(|socket| socket.local_addr());
    let Ok(listen) = listen else {
        println!("SKIPPED: this machine has no IPv6");
        return None;
    };
    let mut world = World::new(Plan { witnesses: 1, k: 1, q: 1, slots: 6, slot_ms: 500 });
    world.listen = listen;
    world.publish(2, now_ms() + 2_000, |_| true);
    Some(world)
}

#[test]
fn a_witness_as_it_is_started_usually_reaches_devices_of_either_family() {
    let Some(world) = world_on_ipv6() else { return };
    let mut device = world.device().start();
    let mut witness = world.witness(0).start();
    assert!(witness.wait(PATIENCE).success(), "{}", witness.log());
    assert!(device.wait(PATIENCE).success(), "{}", device.log());
    let seen = world.witness(0).summary()["duties"][0]["up_slots"].as_u64();
    assert!(seen.is_some_and(|seen| seen >= 4), "{}", witness.log());
    assert_eq!(witness.says("no socket of ours reaches"), 0, "{}", witness.log());
}

#[test]
fn a_device_that_no_socket_reaches_is_told_once_with_the_remedy() {
    let Some(world) = world_on_ipv6() else { return };
    let mut config = world.witness(0);
    let SocketAddr::V4(listen) = free_address() else { panic!("an IPv4 address") };
    config.listen = listen.into();
    config.until_last_epoch = false;
    let mut witness = config.start();
    wait_until_listening(&witness);
    wait_for("the device is out of reach", PATIENCE, || witness.says("no socket of ours reaches") > 0);
    // The next epoch has the same device.
    world.publish(3, now_ms() + 10_000, |_| true);
    wait_for("the next epoch", PATIENCE, || witness.says("epoch taken up") == 2);
    witness.terminate();
    assert!(witness.wait(PATIENCE).success(), "{}", witness.log());
    assert_eq!(witness.says("no socket of ours reaches"), 1, "{}", witness.log());
    assert!(witness.log().contains("--listen [::]:0"), "{}", witness.log());
}
