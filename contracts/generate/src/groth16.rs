//! Groth16: single proofs, and batches in one multi-pairing, as `popw_verifier::groth16` has them.

use core::fmt::Write as _;

use ark_bn254::{G1Affine, G2Affine};
use popw_verifier::{
    encoding::{push_g1, push_g2},
    groth16::Key,
    key::VerifyingKey,
};

use crate::{Error, SourceFile, template};

const TEMPLATE: &str = include_str!("groth16/verifier.sol.template");

/// Public inputs with which a contract's code stays below what the EVM stores (EIP-170), however it is optimised: each
/// takes some 200 bytes.
const MOST_INPUTS: usize = 64;

/// The contract called `name` for a Groth16 key.
///
/// # Errors
/// [`Error::Unsupported`] for more than [`MOST_INPUTS`] public inputs.
pub(crate) fn contract(key: &VerifyingKey, groth16: &Key, name: &str) -> Result<SourceFile, Error> {
    let inputs = groth16.public_inputs();
    if inputs > MOST_INPUTS {
        let reason = format!(
            "the key takes {inputs} public inputs, and the EVM stores verifiers of up to {MOST_INPUTS}: make one public \
             input of them, their hash"
        );
        return Err(Error::Unsupported(reason));
    }
    let values = [
        ("constants", constants(groth16)),
        ("inputs", inputs.to_string()),
        ("input_bytes", (32 * inputs).to_string()),
        ("inputs_slot", (32 + 32 * inputs).to_string()),
        ("single_sum", sum(1..=inputs, |j| format!("inputs[{}]", j - 1))),
        ("batch_sum", sum(0..=inputs, |j| format!("scalars[{j}]"))),
    ];
    template::contract(key, name, TEMPLATE, &values)
}

/// The key's points, negated where the equation has them so.
fn constants(key: &Key) -> String {
    let mut lines = String::new();
    let mut g1 = |name: &str, point: G1Affine| {
        let mut bytes = Vec::new();
        push_g1(&mut bytes, &point);
        push(&mut lines, name, &["X", "Y"], &bytes);
    };
    g1("MINUS_ALPHA", -key.alpha());
    for (index, point) in key.ic().iter().enumerate() {
        g1(&format!("IC{index}"), *point);
    }
    let mut g2 = |name: &str, point: G2Affine| {
        let mut bytes = Vec::new();
        push_g2(&mut bytes, &point);
        push(&mut lines, name, &["X1", "X0", "Y1", "Y0"], &bytes);
    };
    g2("BETA", key.beta());
    g2("MINUS_GAMMA", -key.gamma());
    g2("MINUS_DELTA", -key.delta());
    lines
}

fn push(lines: &mut String, name: &str, coordinates: &[&str], bytes: &[u8]) {
    for (coordinate, word) in coordinates.iter().zip(bytes.chunks_exact(32)) {
        // Writing to a string cannot fail.
        let _ =
            writeln!(lines, "    uint256 private constant {name}_{coordinate} = 0x{};", hex::encode(word));
    }
}

/// One line for each key point that is multiplied and added.
fn sum(points: impl Iterator<Item = usize>, scalar: impl Fn(usize) -> String) -> String {
    points.fold(String::new(), |mut lines, j| {
        let _ = writeln!(lines, "        _addKeyPoint(sum, IC{j}_X, IC{j}_Y, {}, needed);", scalar(j));
        lines
    })
}
