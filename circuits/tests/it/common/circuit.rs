//! Small circuits around one gadget, run on every driver.

use popw_circuits::{
    Driver,
    drivers::{
        audit::{Audit, Recorded},
        evaluate::Evaluate,
        r1cs::R1cs,
    },
};
use popw_core::Fr;

/// A circuit around a gadget: allocates `inputs`, runs the gadget, exposes its outputs (at most 15).
pub trait Circuit {
    /// Written once, for any driver.
    fn synthesize<D: Driver>(&self, d: &mut D, inputs: &[D::Wire]) -> Vec<D::Wire>;
}

/// Declares a [`Circuit`] from a closure-like body.
#[macro_export]
macro_rules! circuit {
    ($name:ident, |$d:ident, $inputs:ident| $body:expr) => {
        struct $name;
        impl $crate::common::circuit::Circuit for $name {
            fn synthesize<D: popw_circuits::Driver>(&self, $d: &mut D, $inputs: &[D::Wire]) -> Vec<D::Wire> {
                $body
            }
        }
    };
}

fn whole<D: Driver>(circuit: &impl Circuit, d: &mut D, inputs: &[Option<Fr>]) {
    let wires: Vec<_> = inputs.iter().map(|value| d.alloc(*value)).collect();
    let outputs = d.within("gadget", |d| circuit.synthesize(d, &wires));
    d.within("expose", |d| outputs.iter().for_each(|wire| d.expose(wire)));
}

/// Runs on the audit driver.
pub fn audit(circuit: &impl Circuit, inputs: &[Fr]) -> Recorded {
    let mut d = Audit::new();
    whole(circuit, &mut d, &inputs.iter().copied().map(Some).collect::<Vec<_>>());
    d.finish()
}

/// Runs on every driver, asserts that they agree and are satisfied, and returns the outputs.
pub fn outputs(circuit: &impl Circuit, inputs: &[Fr]) -> Vec<Fr> {
    let recorded = audit(circuit, inputs);
    assert!(recorded.violated().is_empty(), "{:?}", recorded.violated());
    let mut evaluate = Evaluate::new();
    whole(circuit, &mut evaluate, &inputs.iter().copied().map(Some).collect::<Vec<_>>());
    assert_eq!(evaluate.finish(), recorded.assignment);
    let mut r1cs = R1cs::new();
    whole(circuit, &mut r1cs, &vec![None; inputs.len()]);
    assert_eq!(r1cs.finish(), recorded.matrices);
    recorded.assignment.public
}

/// Paths of the violated constraints (first of each clause), for inputs the gadget must refuse.
pub fn refused(circuit: &impl Circuit, inputs: &[Fr]) -> String {
    let violated = audit(circuit, inputs).violated();
    violated.get("gadget").cloned().unwrap_or_else(|| panic!("accepted {inputs:?}"))
}

/// Constraints of the gadget itself.
pub fn cost(circuit: &impl Circuit, inputs: &[Fr]) -> usize {
    audit(circuit, inputs).cost().get("gadget").copied().unwrap_or(0)
}

/// Changes every witness wire of an honest run, inputs excepted, and returns the numbers of those that may change
/// with everything else kept.
pub fn free_wires(circuit: &impl Circuit, inputs: &[Fr]) -> Vec<usize> {
    let recorded = audit(circuit, inputs);
    let wires = inputs.len()..recorded.assignment.witness.len();
    wires_that_may_change(&recorded, wires)
}

/// Which of `wires` can be changed, alone, without any constraint noticing.
pub fn wires_that_may_change(recorded: &Recorded, wires: impl Iterator<Item = usize>) -> Vec<usize> {
    let rows = rows_by_column(recorded);
    let mut z = recorded.assignment.full();
    wires
        .filter(|wire| {
            let column = recorded.witness_column(*wire);
            let honest = z[column];
            let free = [Fr::from(1u64), -Fr::from(1u64), Fr::from(0x1234_5678_9abcu64)].iter().any(|delta| {
                z[column] = honest + delta;
                rows[column].iter().all(|row| recorded.matrices.holds(*row, &z))
            });
            z[column] = honest;
            free
        })
        .collect()
}

fn rows_by_column(recorded: &Recorded) -> Vec<Vec<usize>> {
    let m = &recorded.matrices;
    let mut rows = vec![Vec::new(); 1 + m.public + m.witness];
    for row in 0..m.constraints() {
        for (column, _) in m.a.row(row).chain(m.b.row(row)).chain(m.c.row(row)) {
            if rows[column].last() != Some(&row) {
                rows[column].push(row);
            }
        }
    }
    rows
}

/// Puts the wires of one honest run behind the inputs of another; true when that is refused. Runs whose wires are
/// the same cannot be told apart and count as refused only if their inputs are equal, too.
pub fn splice_is_refused(circuit: &impl Circuit, inputs: &[Fr], others: &[Fr]) -> bool {
    let (run, other) = (audit(circuit, inputs), audit(circuit, others));
    let mut z = run.assignment.full();
    let donor = other.assignment.full();
    let first = run.witness_column(inputs.len());
    z[first..].copy_from_slice(&donor[first..]);
    // Public outputs are part of the splice as well.
    z[1..=run.matrices.public].copy_from_slice(&donor[1..=run.matrices.public]);
    !run.violated_by(&z).is_empty()
}
