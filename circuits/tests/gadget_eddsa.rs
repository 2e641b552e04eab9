//! EdDSA on the drivers: vectors, cost, negatives.

mod common;

use ark_ff::PrimeField;
use common::circuit::{Circuit, cost, outputs};
use popw_circuits::{
    Driver,
    gadgets::{eddsa::verify_if, edwards::Point},
};
use popw_core::Fr;

circuit!(Verify, |d, x| {
    let [enabled, ax, ay, message, rx, ry, s] = x else { unreachable!() };
    let key = Point { x: ax.clone(), y: ay.clone() };
    let r8 = Point { x: rx.clone(), y: ry.clone() };
    verify_if(d, enabled, &key, message, &r8, s);
    Vec::new()
});

fn vectors() -> serde_json::Value {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../core/tests/vectors/circomlib-zkkit.json");
    serde_json::from_str(&std::fs::read_to_string(path).expect("vectors")).expect("JSON")
}

fn decimal(value: &serde_json::Value) -> Fr {
    popw_core::field::from_decimal(value.as_str().expect("a string")).expect("a field element")
}

#[test]
fn v() {
    for case in vectors()["eddsa"].as_array().expect("a list") {
        let x = [
            Fr::from(1u64),
            decimal(&case["public_key"][0]),
            decimal(&case["public_key"][1]),
            decimal(&case["message"]),
            decimal(&case["R8"][0]),
            decimal(&case["R8"][1]),
            decimal(&case["S"]),
        ];
        outputs(&Verify, &x);
        println!("{}", cost(&Verify, &x));
        let r = common::circuit::audit(&Verify, &x);
        let mut c = std::collections::BTreeMap::new();
        for p in &r.constraint_paths {
            *c.entry(p.clone()).or_insert(0) += 1;
        }
        println!("{c:?}");
    }
}
