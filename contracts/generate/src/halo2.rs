//! halo2 (KZG, SHPLONK): straight-line code for one key, with its commitments as constants.
//!
//! `popw_verifier::halo2` is the specification. Its arithmetic is run here once on expressions ([`scalars`]), equal
//! expressions are shared ([`dag`]), and what remains is written as Yul ([`yul`]).

mod dag;
mod domain;
mod fold;
mod layout;
mod memory;
mod openings;
mod points;
mod scalars;
mod table;
mod transcript;
mod yul;

use popw_verifier::{halo2::Key, key::VerifyingKey};

use self::{
    dag::Graph,
    layout::Layout,
    memory::{CALL_PROOF, DENOMINATOR, INVERSE, VERDICT},
    table::Table,
    yul::{Code, Step},
};
use crate::{Error, SourceFile, contract_name, template};

const TEMPLATE: &str = include_str!("halo2/verifier.sol.template");
const CONSTRUCTOR: &str = include_str!("halo2/constructor.sol.template");

/// EIP-170.
const MOST_CODE: usize = 24_576;
/// Bytes of a contract beside its body; and what its size may be off by.
const REST: usize = 2200;
/// EIP-2929 and EIP-150: a first look at another contract, and a word of its code.
const COLD: u64 = 2600;
const WORD: u64 = 3;

/// The contract for a halo2 key.
///
/// # Errors
/// [`Error::Unsupported`] for a key whose contract would be larger than the EVM allows.
pub(crate) fn contract(key: &VerifyingKey, halo2: &Key) -> Result<Vec<SourceFile>, Error> {
    let layout = Layout::new(halo2);
    let mut body = Body::new(halo2, &layout, false);
    if body.size() > MOST_CODE {
        body = Body::new(halo2, &layout, true);
    }
    let table = body.table.as_ref().map_or(&[][..], Table::bytes);
    if body.size() > MOST_CODE || table.len() >= MOST_CODE {
        return Err(Error::Unsupported(format!(
            "the verifier of {} would have {} bytes of code and {} of constants; the EVM allows {MOST_CODE} each",
            contract_name(key),
            body.size(),
            table.len(),
        )));
    }
    let code = &body.code;
    let words = (code.memory as u64).div_ceil(32);
    let gas = code.gas + 3 * words + words * words / 512;
    let values = [
        ("inputs", halo2.public_inputs().to_string()),
        ("proof_bytes", layout.length.to_string()),
        ("scalars_start", layout.scalars.start.to_string()),
        ("scalars_end", layout.scalars.end.to_string()),
        ("needed", needed(gas).to_string()),
        ("constructor", body.constructor()),
        (
            "constants",
            if body.table.is_some() { "address constants = CONSTANTS;".into() } else { String::new() },
        ),
        ("plain", indented(&body.plain)),
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
    Ok(vec![template::contract(key, &contract_name(key), TEMPLATE, &values)?])
}

/// What is peculiar to a key.
struct Body {
    plain: Vec<String>,
    code: Code,
    table: Option<Table>,
}

impl Body {
    fn new(key: &Key, layout: &Layout, outside: bool) -> Self {
        let mut graph = Graph::default();
        let mut steps: Vec<Step> = Vec::new();
        let end = transcript::build(key, layout, &mut steps);
        let scalars = scalars::build(&mut graph, key, layout, &mut steps);
        let mut table = outside.then(|| Table::new(end));
        points::build(&mut graph, key, layout, &scalars, &mut steps, table.as_mut());
        if let Some(table) = &mut table {
            for node in yul::constants(&graph, &steps) {
                table.add(&graph.fixed(node).unwrap_or_default());
            }
            let bytes = table.bytes().len();
            let copy = format!("extcodecopy(constants, {:#x}, 1, {bytes:#x})", table.start());
            steps.insert(0, Step::Raw(copy, COLD + 20 + WORD * (bytes as u64).div_ceil(32)));
        }
        let memory = table.as_ref().map_or(end, Table::end);
        let code = yul::write(&graph, &steps, memory, table.as_ref());
        Self { plain: plain(key, layout), code, table }
    }

    fn size(&self) -> usize {
        yul::size(&self.code.lines) + yul::size(&self.plain) + REST
    }

    /// Makes the contract that has the table, and reads its address.
    fn constructor(&self) -> String {
        self.table
            .as_ref()
            .map_or_else(String::new, |table| CONSTRUCTOR.replace("{{table}}", &hex::encode(table.bytes())))
    }
}

/// Of which the pairing, the last of the calls, must still get its price when a 64th is kept back from it.
fn needed(gas: u64) -> u64 {
    (gas + points::PAIRING_PRICE / 63 + 1000).next_multiple_of(1000)
}

/// Whether the call is canonical, scalars are below r and no point has y = 0: true of every proof that has a chance.
fn plain(key: &Key, layout: &Layout) -> Vec<String> {
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
    lines
}

fn indented(lines: &[String]) -> String {
    lines.iter().map(|line| format!("            {line}\n")).collect()
}
