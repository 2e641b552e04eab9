use std::fs;
use std::path::Path;

use popw_network::beacon::{DrandChain, DrandError};
use popw_network::files::{FileError, Overwrite};
use popw_network::policy::{Policy, PolicyError, Shape, SourceName, Timing};
use proptest::prelude::*;
use tempfile::tempdir;

const GENESIS: u64 = 1_800_000_000_000;

pub fn demo() -> Policy {
    let mut policy = Policy::new("test", Shape::Demo, GENESIS);
    policy.domain_id = super::registry::domain_id();
    policy
}

fn parse(text: &str) -> Result<Policy, PolicyError> {
    Policy::parse(text, Path::new("network.toml"))
}

/// The field that a changed policy is refused for.
fn refused(change: impl FnOnce(&mut Policy)) -> &'static str {
    let mut policy = demo();
    change(&mut policy);
    let error = parse(&policy.to_toml()).unwrap_err();
    match error {
        PolicyError::Field { field, ref problem } => {
            assert!(error.to_string().contains(field) && problem.len() > 20, "{error}");
            field
        }
        error => panic!("{error}"),
    }
}

#[test]
fn a_policy_comes_back_from_its_file() {
    let folder = tempdir().unwrap();
    for (name, shape) in [("demo", Shape::Demo), ("standard", Shape::Standard)] {
        let mut policy = Policy::new("a \"quoted\" näme # no comment", shape, GENESIS);
        policy.beacon.timing = Timing::Recorded;
        let path = folder.path().join(name);
        policy.write(&path, Overwrite::No).unwrap();
        let read = Policy::read(&path).unwrap();
        assert_eq!(read, policy);
        assert_eq!(read.digest(), policy.digest());
        let error = policy.write(&path, Overwrite::No).unwrap_err();
        assert!(matches!(error, PolicyError::File(FileError::Exists { .. })));
    }
}

#[test]
fn other_sources_come_back_too() {
    for source in [SourceName::Chain, SourceName::File] {
        let mut policy = demo();
        policy.beacon.source = source;
        policy.beacon.drand = None;
        assert_eq!(parse(&policy.to_toml()).unwrap(), policy);
        assert!(policy.source().unwrap().caveat().is_some());
        assert_eq!(policy.scheduled_rounds(0), None);
    }
}

#[test]
fn every_field_of_the_file_is_explained() {
    let text = demo().to_toml();
    let (own, _) = text.split_once("[beacon.drand]").unwrap();
    let lines: Vec<&str> = own.lines().collect();
    for (place, line) in
        lines.iter().enumerate().filter(|(_, line)| line.contains(" = ") && !line.starts_with('#'))
    {
        let above = lines[place - 1];
        assert!(above.starts_with('#') || line.starts_with("version"), "{line}");
    }
}

/// A table is a table and a name is text: another reader of the file must not see other rules.
#[test]
fn a_policy_has_one_reading() {
    let policy = demo();
    let (slot, window) = (policy.clock.slot_ms, policy.clock.answer_window_ms);
    let text = policy.to_toml();
    let (head, rest) = text.split_once("\n[clock]").unwrap();
    let (_, after) = rest.split_once("\n[rules]").unwrap();
    let with = |clock: &str| format!("{head}\nclock = {clock}\n[rules]{after}");
    let inline = format!("{{ genesis_unix_ms = {GENESIS}, slot_ms = {slot}, answer_window_ms = {window} }}");
    assert_eq!(parse(&with(&inline)).unwrap(), policy);
    let listed = with(&format!("[{GENESIS}, {slot}, {window}]"));
    let named = text.replacen("shape = \"demo\"", "shape = { demo = {} }", 1);
    assert_ne!(named, text);
    for other in [listed, named] {
        assert!(matches!(parse(&other), Err(PolicyError::Toml { .. })), "{other}");
    }
}

#[test]
fn two_networks_differ() {
    let (one, two) = (Policy::new("n", Shape::Demo, GENESIS), Policy::new("n", Shape::Demo, GENESIS));
    assert_ne!(one.domain_id, two.domain_id);
    assert_ne!(one.domain().unwrap(), two.domain().unwrap());
    assert_ne!(one.digest(), two.digest());
}

#[test]
fn each_field_is_checked() {
    assert_eq!(refused(|policy| policy.name.clear()), "name");
    assert_eq!(refused(|policy| policy.name = "n".repeat(65)), "name");
    assert_eq!(refused(|policy| policy.name = "a\nb".into()), "name");
    assert_eq!(refused(|policy| policy.domain_id = "somewhere".into()), "domain_id");
    assert_eq!(refused(|policy| policy.domain_id = policy.domain_id.to_uppercase()), "domain_id");
    assert_eq!(refused(|policy| policy.format = "popw.proof".into()), "format");
    assert_eq!(refused(|policy| policy.version = 2), "version");
    assert_eq!(
        refused(|policy| policy.clock.genesis_unix_ms = u64::from(u32::MAX) << 16),
        "clock.genesis_unix_ms"
    );
    assert_eq!(refused(|policy| policy.clock.slot_ms = 0), "clock.slot_ms");
    assert_eq!(refused(|policy| policy.clock.answer_window_ms = 0), "clock.answer_window_ms");
    assert_eq!(refused(|policy| policy.rules.slots = 0), "rules.slots");
    assert_eq!(refused(|policy| policy.rules.slots = 25), "rules.slots");
    assert_eq!(refused(|policy| policy.rules.committee = 0), "rules.committee");
    assert_eq!(refused(|policy| policy.rules.committee = 6), "rules.committee");
    assert_eq!(refused(|policy| policy.rules.quorum = 0), "rules.quorum");
    assert_eq!(refused(|policy| policy.rules.quorum = 6), "rules.quorum");
    assert_eq!(refused(|policy| policy.rules.max_gap = 25), "rules.max_gap");
    assert_eq!(refused(|policy| policy.rules.batches = 0), "rules.batches");
    assert_eq!(refused(|policy| policy.rules.min_rate = 1 << 20), "rules.min_rate");
    assert_eq!(refused(|policy| policy.registry.activation_delay = 1), "registry.activation_delay");
    assert_eq!(refused(|policy| policy.registry.snapshot_lead_ms = 24_001), "registry.snapshot_lead_ms");
    assert_eq!(refused(|policy| policy.beacon.delay_ms = 6_001), "beacon.delay_ms");
    assert_eq!(refused(|policy| policy.beacon.drand = None), "beacon.drand");
    assert_eq!(refused(|policy| policy.beacon.source = SourceName::File), "beacon.drand");
    let recorded_file = |policy: &mut Policy| {
        policy.beacon.source = SourceName::File;
        policy.beacon.drand = None;
        policy.beacon.timing = Timing::Recorded;
    };
    assert_eq!(refused(recorded_file), "beacon.timing");
}

#[test]
fn a_shape_bounds_the_rules() {
    let mut policy = demo();
    policy.rules.slots = 240;
    policy.rules.committee = 8;
    assert!(policy.validate().is_err());
    policy.shape = Shape::Standard;
    policy.validate().unwrap();
    policy.rules.slots = 241;
    let error = policy.validate().unwrap_err().to_string();
    assert_eq!(
        error,
        "network.toml: rules.slots: 241 is not in 1..=240: lower it: this is the largest shape"
    );
}

#[test]
fn a_chain_hash_that_does_not_fit_its_key_is_refused() {
    let mut policy = demo();
    policy.beacon.drand = Some(DrandChain { chain_hash: [7; 32], ..DrandChain::quicknet() });
    let error = parse(&policy.to_toml()).unwrap_err();
    assert!(matches!(error, PolicyError::Drand(DrandError::ChainHash { .. })), "{error}");
}

#[test]
fn what_is_no_policy_is_refused() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("network.toml");
    let read = || Policy::read(&path).unwrap_err();
    assert!(matches!(read(), PolicyError::File(FileError::NotFound { .. })));
    let text = demo().to_toml();
    for wrong in [
        "",
        "{}",
        "format = 1",
        &text[..text.len() / 2],
        &text.replace("slot_ms =", "slotms ="),
        &text.replace("slots = 24", "slots = -1"),
        &text.replace("slots = 24", "slots = \"24\""),
        &text.replace("shape = \"demo\"", "shape = \"huge\""),
        &text.replace("pays = \"singles\"", "pays = \"both\""),
        &format!("{text}\nslots = 24"),
        &format!("{text}\n[extra]\nx = 1"),
    ] {
        fs::write(&path, wrong).unwrap();
        assert!(matches!(read(), PolicyError::Toml { .. }), "{wrong}");
    }
    fs::write(&path, [0xff; 9]).unwrap();
    assert!(matches!(read(), PolicyError::File(FileError::NotText { .. })));
}

#[test]
fn the_clock_counts_epochs_and_slots() {
    let clock = demo().clock();
    assert_eq!(clock.epoch_ms(), 24_000);
    assert_eq!((clock.epoch_at(GENESIS - 1), clock.slot_at(GENESIS - 1)), (None, None));
    assert_eq!((clock.epoch_at(GENESIS), clock.slot_at(GENESIS)), (Some(0), Some((0, 0))));
    assert_eq!(clock.slot_at(GENESIS + 23_999), Some((0, 23)));
    assert_eq!(clock.slot_at(GENESIS + 24_000), Some((1, 0)));
    assert_eq!(clock.slot_start(1, 3), GENESIS + 27_000);
    assert_eq!(clock.slot_start(0, 24), clock.epoch_end(0));
    assert_eq!(clock.epoch_at(u64::MAX), None);

    let end = clock.epoch_end(4);
    assert_eq!(clock.answer_window(4), end..end + clock.answer_window_ms);
}

#[test]
fn registrations_act_two_epochs_later_and_before_no_snapshot_they_missed() {
    let policy = demo();
    let clock = policy.clock();
    assert_eq!(policy.acts_from(0), 0);
    assert_eq!(policy.acts_from(clock.snapshot_at(0) - 1), 0);
    assert_eq!(policy.acts_from(clock.snapshot_at(0)), 2);
    assert_eq!(policy.acts_from(GENESIS), 2);
    assert_eq!(policy.acts_from(clock.epoch_start(7) - 1), 8);
    assert_eq!(policy.acts_from(clock.epoch_start(7)), 9);
    for now in (GENESIS - 20_000..GENESIS + 100_000).step_by(500) {
        assert!(clock.snapshot_at(policy.acts_from(now)) > now.min(clock.snapshot_at(0) - 1), "{now}");
    }
}

#[test]
fn rounds_are_scheduled_around_the_epoch() {
    let policy = demo();
    let (clock, chain) = (policy.clock(), DrandChain::quicknet());
    for epoch in [0, 1, 500, 100_000] {
        let (opening, closing) = policy.scheduled_rounds(epoch).unwrap();
        assert!(chain.round_time_ms(opening) >= clock.snapshot_at(epoch) + policy.beacon.delay_ms);
        assert!(chain.round_time_ms(opening) <= clock.epoch_start(epoch));
        assert!(chain.round_time_ms(closing) >= clock.epoch_end(epoch));
        assert!(chain.round_time_ms(closing - 1) < clock.epoch_end(epoch));
        assert!(opening < closing);
    }
    let recorded = Policy {
        beacon: popw_network::policy::BeaconPolicy { timing: Timing::Recorded, ..policy.beacon.clone() },
        ..policy
    };
    assert_eq!(recorded.scheduled_rounds(0), None);
}

proptest! {
    #[test]
    fn any_text_is_parsed_or_refused(text in "\\PC{0,300}") {
        let _ = parse(&text);
    }

    #[test]
    fn any_single_change_is_parsed_or_refused(at in 0usize..4000, byte in 32u8..127) {
        let mut bytes = demo().to_toml().into_bytes();
        let at = at % bytes.len();
        bytes[at] = byte;
        if let Ok(policy) = parse(&String::from_utf8_lossy(&bytes)) {
            policy.validate().unwrap();
            let _ = (policy.acts_from(u64::MAX), policy.scheduled_rounds(u32::MAX));
        }
    }

    #[test]
    fn every_moment_has_its_slot(since in 0u64..10_000_000) {
        let clock = demo().clock();
        let (epoch, slot) = clock.slot_at(GENESIS + since).unwrap();
        let start = clock.slot_start(epoch, slot);
        prop_assert!(start <= GENESIS + since && GENESIS + since < start + 1000);
    }
}
