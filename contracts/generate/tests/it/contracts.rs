//! The committed contracts are those of the corpus' keys; names and headers.

use std::{fs, path::PathBuf};

use popw_solidity::{contract, contract_name};
use popw_verifier::key::{Development, Header, Payload, System, VerifyingKey};

fn project(path: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../..").join(path)
}

fn key(name: &str) -> VerifyingKey {
    let path = project("corpus/standard").join(format!("{name}.vk"));
    let bytes = fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    VerifyingKey::from_bytes(&bytes).expect("a corpus key")
}

fn named(claim: &str, shape: &str, development: Option<Development>) -> VerifyingKey {
    let key = key("uptime-groth16");
    let Payload::Groth16(points) = key.payload() else { panic!("a Groth16 key") };
    let header = Header {
        system: System::Groth16,
        claim: claim.into(),
        claim_version: 7,
        shape: shape.into(),
        development,
    };
    VerifyingKey::new(header, Payload::Groth16(points.clone())).expect("a key")
}

#[test]
fn golden_contracts_are_those_of_the_corpus() {
    for claim in ["uptime", "possession", "bandwidth", "work"] {
        for system in ["groth16", "halo2"] {
            let source = contract(&key(&format!("{claim}-{system}"))).expect("a contract").remove(0);
            let path = project("contracts/src/generated").join(&source.name);
            if std::env::var_os("UPDATE_GOLDENS").is_some() {
                fs::write(&path, &source.text).expect("writing a contract");
            }
            let committed = fs::read_to_string(&path).unwrap_or_default();
            let path = path.display();
            assert!(committed == source.text, "{path} is out of date: UPDATE_GOLDENS=1 renews it");
        }
    }
}

#[test]
fn names_are_identifiers() {
    for (claim, shape, name) in [
        ("uptime", "standard", "PopwUptimeStandardGroth16"),
        ("up-time.v2", "demo", "PopwUpTimeV2DemoGroth16"),
        ("0", "-", "Popw0Groth16"),
    ] {
        let key = named(claim, shape, None);
        assert_eq!(contract_name(&key), name);
        let sources = contract(&key).expect("a contract");
        assert_eq!(sources[0].name, format!("{name}.sol"));
        assert!(sources[0].text.contains(&format!("contract {name} is ")));
        assert!(!sources[0].text.contains("{{"), "a gap is left");
    }
}

#[test]
fn headers_tell_keys_apart() {
    let of = |key: &VerifyingKey| contract(key).expect("a contract").remove(0).text;
    let seeded = named("uptime", "standard", Some(Development::Seeded));
    let text = of(&seeded);
    assert!(text.contains(&format!("0x{}", seeded.digest())));
    assert!(text.contains("Claim       uptime v7\n"));
    assert!(text.contains("DEVELOPMENT KEY MADE FROM A PUBLIC SEED: ANYONE CAN FORGE PROOFS FOR IT"));
    assert!(text.contains("return true;"));
    let earnest = of(&named("uptime", "standard", None));
    assert!(earnest.contains("return false;") && !earnest.contains("DEVELOPMENT KEY"));
}

#[test]
fn imports_can_be_elsewhere() {
    let source = contract(&key("work-groth16")).expect("a contract").remove(0);
    assert!(source.text.contains("from \"../IPopwVerifier.sol\""));
    let moved = source.clone().importing("@popw/IPopwVerifier.sol");
    assert!(moved.text.contains("from \"@popw/IPopwVerifier.sol\"") && !moved.text.contains("\"../"));
}
