//! The export is what stock snarkjs 0.7 accepts.
//!
//! `SNARKJS` names its command line (`npm i snarkjs`, then `node_modules/.bin/snarkjs`). Without it the run itself is
//! skipped, loudly; `REQUIRE_SNARKJS=1` makes that a failure.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use ark_bn254::{Bn254, Fr};
use ark_ec::pairing::Pairing;
use popw_verifier::export::{snarkjs_key, snarkjs_proof, snarkjs_public};
use popw_verifier::groth16::{Key, Proof};
use popw_verifier::key::Payload;
use serde_json::Value;

use crate::support::Fixture;

fn key(fixture: &Fixture) -> &Key {
    match fixture.key.payload() {
        Payload::Groth16(key) => key,
        _ => unreachable!("the fixture's key is a Groth16 key"),
    }
}

#[test]
fn documents_have_the_fields_snarkjs_reads() {
    let mut fixture = Fixture::new();
    let (inputs, proof) = fixture.proof();
    let vk = serde_json::to_value(snarkjs_key(key(&fixture))).unwrap();
    let names = |value: &Value| value.as_object().unwrap().keys().cloned().collect::<Vec<_>>();
    let mut expected = vec![
        "protocol",
        "curve",
        "nPublic",
        "vk_alpha_1",
        "vk_beta_2",
        "vk_gamma_2",
        "vk_delta_2",
        "vk_alphabeta_12",
        "IC",
    ];
    expected.sort_unstable();
    let mut found = names(&vk);
    found.sort_unstable();
    assert_eq!(found, expected);
    assert_eq!(
        (&vk["protocol"], &vk["curve"], &vk["nPublic"]),
        (&"groth16".into(), &"bn128".into(), &3.into())
    );
    assert_eq!(vk["IC"].as_array().unwrap().len(), 4);
    let beta = fixture.proving_key.vk.beta_g2;
    let expected = serde_json::json!([
        [beta.x.c0.to_string(), beta.x.c1.to_string()],
        [beta.y.c0.to_string(), beta.y.c1.to_string()],
        ["1", "0"]
    ]);
    assert_eq!(vk["vk_beta_2"], expected);
    let product = Bn254::pairing(fixture.proving_key.vk.alpha_g1, beta).0;
    assert_eq!(vk["vk_alphabeta_12"][1][2][1], product.c1.c2.c1.to_string());

    let exported = serde_json::to_value(snarkjs_proof(&proof)).unwrap();
    let a = proof.a();
    assert_eq!(exported["pi_a"], serde_json::json!([a.x.to_string(), a.y.to_string(), "1"]));
    assert_eq!(exported["protocol"], "groth16");
    assert_eq!(snarkjs_public(&inputs), inputs.map(|input| input.to_string()));
}

fn write(folder: &Path, name: &str, value: &impl serde::Serialize) -> PathBuf {
    let path = folder.join(name);
    fs::write(&path, serde_json::to_vec_pretty(value).unwrap()).unwrap();
    path
}

#[test]
fn stock_snarkjs_accepts_it_and_refuses_other_inputs() {
    let Some(snarkjs) = env::var_os("SNARKJS") else {
        assert!(env::var_os("REQUIRE_SNARKJS").is_none(), "REQUIRE_SNARKJS is set and SNARKJS is not");
        eprintln!("SKIPPED: SNARKJS names no snarkjs; the export was not tried against it");
        return;
    };
    let mut fixture = Fixture::new();
    let (inputs, proof): ([Fr; 3], Proof) = fixture.proof();
    let folder = env::temp_dir().join(format!("popw-snarkjs-{}", std::process::id()));
    fs::create_dir_all(&folder).unwrap();
    let vk = write(&folder, "verification_key.json", &snarkjs_key(key(&fixture)));
    let proof = write(&folder, "proof.json", &snarkjs_proof(&proof));
    let accepts = |inputs: &[Fr]| {
        let public = write(&folder, "public.json", &snarkjs_public(inputs));
        let arguments = [Path::new("groth16"), Path::new("verify"), &vk, &public, &proof];
        let output = Command::new(&snarkjs).args(arguments).output().expect("SNARKJS can be run");
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(text.contains("OK!") || text.contains("Invalid proof"), "{text}");
        assert_eq!(output.status.success(), text.contains("OK!"));
        output.status.success()
    };
    assert!(accepts(&inputs));
    for index in 0..inputs.len() {
        let mut changed = inputs;
        changed[index] += Fr::from(1u64);
        assert!(!accepts(&changed), "input {index} changed");
    }
    fs::remove_dir_all(&folder).unwrap();
}
