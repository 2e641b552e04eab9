//! Reads `circomlib-zkkit.json`: vectors made with circomlibjs 0.1.7, @zk-kit/eddsa-poseidon and
//! @zk-kit/lean-imt.

use popw_core::{Fr, babyjub::Point, field};
use serde_json::Value;

/// The whole file.
pub fn vectors() -> Value {
    serde_json::from_str(include_str!("../vectors/circomlib-zkkit.json")).unwrap()
}

/// A decimal string as an element.
pub fn fr(value: &Value) -> Fr {
    field::from_decimal(value.as_str().unwrap()).unwrap()
}

/// A list of decimal strings as elements.
pub fn elements(value: &Value) -> Vec<Fr> {
    value.as_array().unwrap().iter().map(fr).collect()
}

/// A pair `[x, y]` as a point, unchecked.
pub fn point(value: &Value) -> Point {
    Point::new_unchecked(fr(&value[0]), fr(&value[1]))
}
