//! Stock snarkjs proves with keys and witnesses that are written here, and its proofs verify.
//!
//! `SNARKJS` names its command line; if it does not, the one that `scripts/setup.sh` installs is taken. Without either the
//! test is skipped, loudly; `REQUIRE_SNARKJS=1` makes that a failure.

use std::{env, process::Command};

use ark_bn254::{Bn254, Fq, Fq2, G1Affine, G2Affine};
use ark_groth16::{Groth16, Proof, prepare_verifying_key};
use serde_json::Value;

use super::{super::setup::generate, *};

fn number(value: &Value) -> Fq {
    value.as_str().unwrap().parse().unwrap()
}

fn g1(value: &Value) -> G1Affine {
    G1Affine::new(number(&value[0]), number(&value[1]))
}

fn g2(value: &Value) -> G2Affine {
    let quadratic = |value: &Value| Fq2::new(number(&value[0]), number(&value[1]));
    G2Affine::new(quadratic(&value[0]), quadratic(&value[1]))
}

#[test]
fn stock_snarkjs_proves_with_our_keys_and_witnesses() {
    let installed =
        Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../tools/snarkjs/node_modules/.bin/snarkjs"));
    let installed = installed.exists().then(|| installed.into());
    let Some(snarkjs) = env::var_os("SNARKJS").or(installed) else {
        assert!(env::var_os("REQUIRE_SNARKJS").is_none(), "REQUIRE_SNARKJS is set and there is no snarkjs");
        eprintln!(
            "############ SKIPPED: no stock snarkjs was run; scripts/setup.sh installs it ############"
        );
        return;
    };
    // With an entry count beyond a power of two, and the smallest circuit.
    for steps in [0, 41] {
        let fixture = Fixture::new(steps);
        let at = |name: &str| fixture.folder.path().join(name);
        write_zkey(to(&at("key.zkey")), &fixture.open(), &Silent).unwrap();
        write_witness(&at("witness.wtns"), &fixture.assignment).unwrap();
        write_r1cs(to(&at("circuit.r1cs")), &fixture.open(), &Silent).unwrap();
        let run = |arguments: &[&str]| {
            let run =
                Command::new(&snarkjs).args(arguments).current_dir(fixture.folder.path()).output().unwrap();
            assert!(run.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&run.stdout));
        };
        run(&["groth16", "prove", "key.zkey", "witness.wtns", "proof.json", "public.json"]);
        run(&["zkey", "export", "verificationkey", "key.zkey", "vk.json"]);
        run(&["groth16", "verify", "vk.json", "public.json", "proof.json"]);
        run(&["wtns", "check", "circuit.r1cs", "witness.wtns"]);

        let proof: Value = serde_json::from_slice(&std::fs::read(at("proof.json")).unwrap()).unwrap();
        let proof = Proof { a: g1(&proof["pi_a"]), b: g2(&proof["pi_b"]), c: g1(&proof["pi_c"]) };
        let parameters = generate::<LibsnarkReduction>(&fixture.matrices, &SEED).unwrap();
        let key = prepare_verifying_key::<Bn254>(&parameters.vk);
        let public = &fixture.assignment.public;
        assert!(Groth16::<Bn254>::verify_proof(&key, &proof, public).unwrap(), "{steps} steps");
    }
}
