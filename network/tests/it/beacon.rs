use std::fs;
use std::path::PathBuf;

use popw_core::document::{Beacon, BeaconSource};
use popw_network::beacon::{BeaconError, DrandChain, DrandError, DrandRound, Source, Value};
use popw_network::files::{FileError, Overwrite};
use proptest::prelude::*;
use tempfile::tempdir;

pub fn recorded(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("testdata/drand").join(name)
}

fn round(name: &str) -> DrandRound {
    DrandRound::parse(&fs::read(recorded(name)).unwrap()).unwrap()
}

fn quicknet() -> Source {
    Source::Drand(Box::new(DrandChain::quicknet()))
}

#[test]
fn recorded_rounds_verify() {
    for (name, chain) in [
        ("quicknet-123.json", DrandChain::quicknet()),
        ("quicknet-1000.json", DrandChain::quicknet()),
        ("quicknet-1001.json", DrandChain::quicknet()),
        ("quicknet-1009.json", DrandChain::quicknet()),
        ("default-72785.json", DrandChain::default_network()),
    ] {
        chain.verify(&round(name)).unwrap_or_else(|error| panic!("{name}: {error}"));
    }
    assert_eq!(fs::read_dir(recorded("")).unwrap().count(), 6, "five rounds and their README");
}

#[test]
fn known_chains_hold_together() {
    for chain in [DrandChain::quicknet(), DrandChain::default_network()] {
        chain.validate().unwrap();
    }
}

/// Each pinned parameter enters the chain hash: none can be swapped alone.
#[test]
fn a_chain_whose_parts_do_not_fit_is_refused() {
    let good = DrandChain::quicknet();
    let altered: [fn(&mut DrandChain); 5] = [
        |chain| chain.period_s = 30,
        |chain| chain.genesis_unix_s += 1,
        |chain| chain.group_hash[0] ^= 1,
        |chain| chain.chain_hash[31] ^= 1,
        |chain| chain.beacon_id = "default".into(),
    ];
    for (place, change) in altered.into_iter().enumerate() {
        let mut chain = good.clone();
        change(&mut chain);
        assert!(matches!(chain.validate().unwrap_err(), DrandError::ChainHash { .. }), "change {place}");
    }
    let other_key = DrandChain { public_key: DrandChain::default_network().public_key, ..good.clone() };
    assert!(matches!(other_key.validate().unwrap_err(), DrandError::PublicKey { .. }));
    let mut broken = good.clone();
    broken.public_key[95] ^= 1;
    assert!(matches!(broken.validate().unwrap_err(), DrandError::PublicKey { .. }));
    assert_eq!(DrandChain { period_s: 0, ..good }.validate().unwrap_err(), DrandError::Period);
}

#[test]
fn altered_rounds_are_told_apart() {
    let chain = DrandChain::quicknet();
    let (good, next) = (round("quicknet-1000.json"), round("quicknet-1001.json"));
    let refused = |round: DrandRound| chain.verify(&round).unwrap_err();

    // Another round's number, with a signature that is genuine for this one.
    assert_eq!(refused(DrandRound { round: 1001, ..good.clone() }), DrandError::Signature { round: 1001 });
    assert_eq!(refused(DrandRound { round: 1000, ..next.clone() }), DrandError::Signature { round: 1000 });
    assert_eq!(refused(DrandRound { round: 0, ..good.clone() }), DrandError::RoundZero);
    assert_eq!(
        refused(DrandRound { randomness: next.randomness, ..good.clone() }),
        DrandError::Randomness { round: 1000 }
    );
    // A signature altered alone no longer makes the randomness; with its own hash it is no point, or not this round's.
    let mut signature = good.signature.clone();
    signature[20] ^= 1;
    assert!(matches!(
        refused(DrandRound { signature: signature.clone(), ..good.clone() }),
        DrandError::Randomness { .. }
    ));
    let randomness = drand_verify::derive_randomness(&signature);
    assert!(matches!(
        refused(DrandRound { signature, randomness, ..good.clone() }),
        DrandError::SignaturePoint { .. } | DrandError::Signature { .. }
    ));
    let randomness = drand_verify::derive_randomness(&[]);
    let empty = DrandRound { signature: Vec::new(), randomness, ..good.clone() };
    assert!(matches!(refused(empty), DrandError::SignaturePoint { .. }));
}

#[test]
fn rounds_of_another_chain_are_refused() {
    let foreign = round("default-72785.json");
    let quicknet = DrandChain::quicknet();
    assert_eq!(quicknet.verify(&foreign).unwrap_err(), DrandError::HasPrevious { round: 72785 });
    let stripped = DrandRound { previous_signature: None, ..foreign.clone() };
    assert!(matches!(quicknet.verify(&stripped).unwrap_err(), DrandError::SignaturePoint { .. }));

    let default = DrandChain::default_network();
    assert_eq!(default.verify(&stripped).unwrap_err(), DrandError::NeedsPrevious { round: 72785 });
    let mut previous = foreign.previous_signature.clone().unwrap();
    previous[7] ^= 1;
    let unchained = DrandRound { previous_signature: Some(previous), ..foreign };
    assert_eq!(default.verify(&unchained).unwrap_err(), DrandError::Signature { round: 72785 });
}

#[test]
fn rounds_have_times() {
    let chain = DrandChain::quicknet();
    let genesis = 1_692_803_367_000;
    assert_eq!(chain.round_time_ms(1), genesis);
    assert_eq!(chain.round_time_ms(1000), genesis + 999 * 3000);
    assert_eq!(chain.first_round_at_or_after(0), 1);
    assert_eq!(chain.first_round_at_or_after(genesis), 1);
    assert_eq!(chain.first_round_at_or_after(genesis + 1), 2);
    assert_eq!(chain.first_round_at_or_after(genesis + 3000), 2);
    for unix_ms in [genesis + 17, genesis + 299_999, u64::MAX - 5, 0] {
        let round = chain.first_round_at_or_after(unix_ms);
        assert!(chain.round_time_ms(round) >= unix_ms || round > 1 << 52);
        assert!(round == 1 || chain.round_time_ms(round - 1) < unix_ms);
    }
}

#[test]
fn a_round_becomes_a_beacon_that_verifies() {
    let beacon = quicknet().read(&recorded("quicknet-1000.json")).unwrap();
    assert_eq!((beacon.source, beacon.round), (BeaconSource::Drand, 1000));
    quicknet().verify(&beacon).unwrap();

    let default = Source::Drand(Box::new(DrandChain::default_network()));
    let chained = default.read(&recorded("default-72785.json")).unwrap();
    default.verify(&chained).unwrap();
    assert!(matches!(quicknet().verify(&chained).unwrap_err(), BeaconError::WrongChain { .. }));
}

#[test]
fn beacons_of_documents_are_checked() {
    let good = quicknet().read(&recorded("quicknet-1000.json")).unwrap();
    let refused = |beacon: Beacon| quicknet().verify(&beacon).unwrap_err();
    assert!(matches!(
        refused(Beacon { chain_hash: None, ..good.clone() }),
        BeaconError::Missing("chain_hash")
    ));
    assert!(matches!(refused(Beacon { signature: None, ..good.clone() }), BeaconError::Missing("signature")));
    assert!(matches!(
        refused(Beacon { randomness: [1; 32], ..good.clone() }),
        BeaconError::Drand(DrandError::Randomness { .. })
    ));
    assert!(matches!(
        refused(Beacon { source: BeaconSource::File, ..good.clone() }),
        BeaconError::WrongSource { found: "file", expected: "drand" }
    ));
    let posing = Beacon { source: BeaconSource::Chain, ..good };
    assert!(matches!(
        Source::Chain.verify(&posing).unwrap_err(),
        BeaconError::Unexpected { beacon: "chain", field: "chain_hash" }
    ));
}

#[test]
fn values_without_signatures_come_from_files_with_a_caveat() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("value.json");
    let value = Value::random(7).unwrap();
    assert_ne!(value.randomness, Value::random(7).unwrap().randomness);
    value.write(&path, Overwrite::No).unwrap();
    for source in [Source::File, Source::Chain] {
        let beacon = source.read(&path).unwrap();
        assert_eq!((beacon.source, beacon.round, beacon.randomness), (source.kind(), 7, value.randomness));
        source.verify(&beacon).unwrap();
        assert!(source.caveat().is_some());
    }
    assert!(quicknet().caveat().is_none());
    let error = quicknet().read(&path).unwrap_err();
    assert!(matches!(error, BeaconError::DrandFile { source: DrandError::Malformed(_), .. }), "{error}");
}

#[test]
fn what_is_no_beacon_file_is_refused() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("round.json");
    let read = |source: &Source, text: &str| {
        fs::write(&path, text).unwrap();
        source.read(&path).unwrap_err()
    };
    assert!(matches!(
        quicknet().read(&folder.path().join("none")).unwrap_err(),
        BeaconError::File(FileError::NotFound { .. })
    ));
    let field = |text: &str| match read(&quicknet(), text) {
        BeaconError::DrandFile { source: DrandError::Field { field, .. }, .. } => field,
        error => panic!("{error}"),
    };
    assert_eq!(field(r#"{"round":1,"randomness":"0g","signature":""}"#), "randomness");
    assert_eq!(field(r#"{"round":1,"randomness":"00","signature":""}"#), "randomness");
    let zeros = "00".repeat(32);
    let text = |signature: &str| format!(r#"{{"round":1,"randomness":"{zeros}","signature":"{signature}"}}"#);
    assert_eq!(field(&text("xx")), "signature");
    assert_eq!(field(&text(&"00".repeat(97))), "signature");
    for text in ["", "[]", r#"{"round":-1,"randomness":"00","signature":""}"#] {
        let error = read(&quicknet(), text);
        assert!(matches!(error, BeaconError::DrandFile { source: DrandError::Malformed(_), .. }), "{error}");
        let error = read(&Source::File, text);
        assert!(matches!(error, BeaconError::File(FileError::Malformed { .. })), "{error}");
    }
    let large = " ".repeat(70_000);
    assert!(matches!(read(&quicknet(), &large), BeaconError::File(FileError::TooLarge { .. })));
}

proptest! {
    #[test]
    fn any_bytes_are_parsed_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        let _ = DrandRound::parse(&bytes);
    }

    #[test]
    fn any_round_is_verified_or_refused(
        number: u64,
        signature in proptest::collection::vec(any::<u8>(), 0..100),
        previous in proptest::option::of(proptest::collection::vec(any::<u8>(), 0..100)),
    ) {
        let randomness = drand_verify::derive_randomness(&signature);
        let round = DrandRound { round: number, randomness, signature, previous_signature: previous };
        prop_assert!(DrandChain::quicknet().verify(&round).is_err());
        prop_assert!(DrandChain::default_network().verify(&round).is_err());
    }
}
