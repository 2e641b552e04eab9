//! halo2 (KZG, SHPLONK): straight-line code for one key, with its commitments as constants.
//!
//! `popw_verifier::halo2` is the specification. Its arithmetic is run here once on expressions ([`scalars`]), equal
//! expressions are shared ([`dag`]), and what remains is written as Yul ([`yul`]).

mod dag;
mod domain;
mod layout;
mod memory;
mod openings;
mod points;
mod scalars;
mod transcript;
mod yul;

use popw_verifier::{halo2::Key, key::VerifyingKey};

use self::{
    dag::Graph,
    layout::Layout,
    memory::{CALL_PROOF, DENOMINATOR, INVERSE, VERDICT},
    yul::Step,
};
use crate::{Error, SourceFile, template};

const TEMPLATE: &str = include_str!("halo2/verifier.sol.template");

/// The contract for a halo2 key.
pub(crate) fn contract(key: &VerifyingKey, halo2: &Key) -> Result<Vec<SourceFile>, Error> {
    let layout = Layout::new(halo2);
    let mut graph = Graph::default();
    let mut steps: Vec<Step> = Vec::new();
    let end = transcript::build(halo2, &layout, &mut steps);
    let scalars = scalars::build(&mut graph, halo2, &layout, &mut steps);
    points::build(&mut graph, halo2, &layout, &scalars, &mut steps);
    let code = yul::write(&graph, &steps, end);

    let words = (code.memory as u64).div_ceil(32);
    let gas = code.gas + 3 * words + words * words / 512;
    let values = [
        ("inputs", halo2.public_inputs().to_string()),
        ("proof_bytes", layout.length.to_string()),
        ("scalars_start", layout.scalars.start.to_string()),
        ("scalars_end", layout.scalars.end.to_string()),
        ("needed", needed(gas).to_string()),
        ("plain", plain(halo2, &layout)),
        ("body", indented(&code.lines)),
        ("mul_gas", (2 * points::MUL_PRICE).to_string()),
        ("add_gas", (2 * points::ADD_PRICE).to_string()),
        ("denominator", format!("{DENOMINATOR:#x}")),
        ("inverse", format!("{INVERSE:#x}")),
        ("verdict", format!("{VERDICT:#x}")),
        // Selectors of the interface's errors.
        ("malformed", "4f7b0f0f".into()),
        ("rejected", "c3b0d8cd".into()),
        ("unavailable", "ed6f9dde".into()),
    ];
    Ok(vec![template::contract(key, TEMPLATE, &values)?])
}

/// Of which the pairing, the last of the calls, must still get its price when a 64th is kept back from it.
fn needed(gas: u64) -> u64 {
    (gas + points::PAIRING_PRICE / 63 + 1000).next_multiple_of(1000)
}

/// Whether the call is canonical, scalars are below r and no point has y = 0: true of every proof that has a chance.
fn plain(key: &Key, layout: &Layout) -> String {
    let inputs = CALL_PROOF + layout.length;
    let mut conditions = vec![
        format!("eq(calldatasize(), {:#x})", inputs + 0x20 + 0x20 * key.public_inputs()),
        "eq(calldataload(0x04), 0x40)".to_owned(),
        format!("eq(calldataload(0x24), {:#x})", inputs - 4),
        format!("eq(calldataload({:#x}), {:#x})", CALL_PROOF - 0x20, layout.length),
        format!("eq(calldataload({inputs:#x}), {:#x})", key.public_inputs()),
    ];
    let scalars = layout.scalars.clone().step_by(0x20).map(|offset| CALL_PROOF + offset);
    let given = (0..key.public_inputs()).map(|index| inputs + 0x20 * (index + 1));
    conditions.extend(given.chain(scalars).map(|at| format!("lt(calldataload({at:#x}), R)")));
    let mut lines = vec!["plain := 1".to_owned()];
    for group in conditions.chunks(6) {
        let all = group.iter().fold("plain".to_owned(), |before, one| format!("and({one}, {before})"));
        lines.push(format!("plain := {all}"));
    }
    let points: Vec<String> = layout
        .points()
        .map(|offset| format!("iszero(calldataload({:#x}))", CALL_PROOF + offset + 0x20))
        .collect();
    for group in points.chunks(6) {
        let any = group[1..].iter().fold(group[0].clone(), |before, one| format!("or({one}, {before})"));
        lines.push(format!("plain := and(plain, iszero({any}))"));
    }
    indented(&lines)
}

fn indented(lines: &[String]) -> String {
    lines.iter().map(|line| format!("            {line}\n")).collect()
}
