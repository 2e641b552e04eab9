//! The Keccak transcript: the proof is copied to memory in pieces, each behind a word for the hash before it.

use ark_bn254::Fr;
use popw_verifier::{encoding::scalar_bytes, halo2::Key};

use super::{
    layout::Layout,
    memory::{CALL_PROOF, CHALLENGES, TRANSCRIPT},
    yul::Step,
};

/// Steps that draw all challenges; the variable `f` has the last hash. Where free memory starts.
pub(super) fn build(key: &Key, layout: &Layout, steps: &mut Vec<Step>) -> usize {
    let mut push = |text: String, gas: usize| steps.push(Step::Raw(text, gas as u64));
    let inputs = 0x20 * key.public_inputs();
    push(format!("mstore({TRANSCRIPT:#x}, {})", word(&key.description().transcript)), 9);
    if inputs > 0 {
        let from = CALL_PROOF + layout.length + 0x20;
        push(format!("calldatacopy({:#x}, {from:#x}, {inputs:#x})", TRANSCRIPT + 0x20), 12 + 3 * inputs / 32);
    }
    let mut start = TRANSCRIPT;
    let mut data = TRANSCRIPT + 0x20 + inputs;
    for (index, part) in layout.absorbed.iter().enumerate() {
        if part.is_empty() && data == start + 0x20 {
            // Two challenges in a row: the byte 1 tells them apart.
            push("mstore(0x00, f)\nmstore8(0x20, 1)\nf := keccak256(0x00, 0x21)".into(), 9 + 9 + 9 + 42 + 5);
        } else {
            if index > 0 {
                push(format!("mstore({start:#x}, f)"), 9);
            }
            let length = data - start + part.len();
            push(
                format!(
                    "calldatacopy({data:#x}, {:#x}, {:#x})\nf := keccak256({start:#x}, {length:#x})",
                    CALL_PROOF + part.start,
                    part.len()
                ),
                12 + 3 * part.len() / 32 + 36 + 6 * length / 32 + 5,
            );
            start += length;
        }
        // The next hash stands in a word of its own.
        data = start + 0x20;
        let place = CHALLENGES + 0x20 * index;
        push(format!("mstore({place:#x}, mod(f, p))"), 20);
    }
    push(format!("y := mload({:#x})", CHALLENGES + 3 * 0x20), 11);
    start
}

fn word(value: &Fr) -> String {
    format!("0x{}", hex::encode(scalar_bytes(value)))
}
