//! Poseidon against circomlibjs.

use popw_core::poseidon;

use crate::vectors::{elements, fr, vectors};

#[test]
fn equals_circomlibjs() {
    let mut checked = 0;
    for case in vectors()["poseidon"].as_array().unwrap() {
        let inputs = elements(&case["inputs"]);
        if matches!(inputs.len(), 1..=5 | 8) {
            assert_eq!(poseidon::hash(&inputs), fr(&case["output"]), "{} inputs", inputs.len());
            checked += 1;
        }
    }
    assert_eq!(checked, 12);
}
