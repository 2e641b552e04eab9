//! Deletions that free a wire.

use std::collections::BTreeSet;

use super::{
    mutants::{Role, System},
    runs::Run,
};
use crate::common::{
    audit,
    determinism::{dependent_constraints, free_columns},
    fr,
};

/// Parts with an inverse that is free where its number is 0, and read by nothing else.
const ZEROS: [&str; 5] = ["C4-batch", "S4-size/nodes", "U7-gap", "B5-served", "B11-gate"];

/// Constraints without which a wire could move in this run. Without any of them, none can but those inverses: to first
/// order the inputs determine all others. Said of more than `inputs_determine_every_wire` says it of: hashes must be
/// determined without their bits, and what they are compared with is not an input here but a wire.
pub fn needed(system: &System, root: usize, run: &Run) -> BTreeSet<usize> {
    let whole = audit(&system.shape, &run.witness);
    assert_eq!(whole.matrices, system.recorded.matrices);
    let is_hash = |row: &usize| match system.roles[*row] {
        Role::Sum(n) => system.numbers[n].bits.len() == 254,
        _ => false,
    };
    let kept: Vec<usize> = (0..system.roles.len()).filter(|row| !is_hash(row)).collect();
    let recorded = whole.retain(|row| !is_hash(&row));
    let compared = compared(system, root);
    let inputs = recorded.inputs.iter().map(|wire| recorded.witness_column(*wire));
    let fixed: Vec<usize> = inputs.filter(|column| !compared.contains(column)).collect();
    for column in free_columns(&recorded, fixed.iter().copied()) {
        let path = &recorded.wire_paths[column - recorded.witness_column(0)];
        assert!(ZEROS.contains(&path.as_str()), "{}: a wire of {path} can move", run.what);
    }
    let dependent: BTreeSet<usize> = dependent_constraints(&recorded, fixed).into_iter().collect();
    let needed = kept.iter().enumerate().filter(|(i, _)| !dependent.contains(i));
    needed.map(|(_, row)| *row).collect()
}

/// The device's root, and of every opening's children the first, which is what is opened where nothing is used.
fn compared(system: &System, root: usize) -> BTreeSet<usize> {
    let recorded = system.recorded;
    let device_root = recorded.matrices.a.row(root).find(|entry| entry.1 == -fr(1)).expect("the root").0;
    let openings = recorded.inputs.iter().filter(|wire| recorded.wire_paths[**wire] == "S6-opening");
    // A node and eight children a level.
    let of_an_opening = 1 + 8 * system.shape.height;
    let first = openings.enumerate().filter(|(i, _)| (i % of_an_opening) % 8 == 1);
    first.map(|(_, wire)| recorded.witness_column(*wire)).chain([device_root]).collect()
}
