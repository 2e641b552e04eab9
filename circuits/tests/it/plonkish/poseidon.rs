use ark_ff::{One, Zero};
use popw_circuits::{
    Driver,
    drivers::plonkish::{Audited, Checker, Column, Violation, check, fixed},
};
use popw_core::{Fr, poseidon};

use super::support::{accept, cost, elements, gates_at, run};

#[test]
fn agrees_with_native_and_no_cell_is_free() {
    let rows = [(1, None), (2, Some(14)), (3, Some(65)), (4, Some(69)), (5, Some(69)), (8, Some(23))];
    for (inputs, rows) in rows {
        for seed in 0..3 {
            let values = elements(10 * inputs + seed, inputs as usize);
            let audited = accept(
                |d| {
                    let wires: Vec<_> = values.iter().map(|value| d.alloc(Some(*value))).collect();
                    let hash = d.within("hash", |d| d.poseidon(&wires));
                    wires.iter().for_each(|wire| d.expose(wire));
                    d.expose(&hash);
                },
                &[],
            );
            assert_eq!(audited.advice.public.last(), Some(&poseidon::hash(&values)));
            let cost = cost(&audited);
            if let Some(rows) = rows {
                // And half a row for the constant 0.
                assert_eq!(cost.len(), 2, "{cost:?}");
                assert_eq!((cost[0], cost[1].1), (("arithmetic", 1), rows));
            }
        }
    }
}

#[test]
fn takes_constants_and_multiples_and_chains() {
    let [x] = elements(77, 1).try_into().unwrap();
    let audited = accept(
        |d| {
            let wire = d.alloc(Some(x));
            d.expose(&wire);
            let scaled = d.linear(&[(Fr::from(3u64), &wire)], Fr::one());
            let nine = d.constant(Fr::from(9u64));
            let inner = d.poseidon(&[scaled, nine]);
            let sum = d.add(&inner, &wire);
            let outer = d.poseidon(&[inner, sum, nine, wire]);
            d.expose(&outer);
        },
        &[],
    );
    let inner = poseidon::hash(&[x * Fr::from(3u64) + Fr::one(), Fr::from(9u64)]);
    let outer = poseidon::hash(&[inner, inner + x, Fr::from(9u64), x]);
    assert_eq!(audited.advice.public, [x, outer]);
}

/// From one honest hash's cells to another's: every row with something after it must notice.
#[test]
fn splices_are_refused() {
    for inputs in [2, 3, 4, 5, 8] {
        let table = |seed| {
            run(|d| {
                let wires: Vec<_> = elements(seed, inputs).iter().map(|v| d.alloc(Some(*v))).collect();
                d.poseidon(&wires);
            })
        };
        let (mut honest, other) = (table(1), table(2));
        let rows = honest.layout.rows;
        for row in 2..rows {
            let before = honest.advice.clone();
            for column in 0..6 {
                honest.advice.columns[column][row] = other.advice.columns[column][row];
            }
            assert!(check(&honest.layout, &honest.advice).is_err(), "{inputs} inputs, row {row}");
            honest.advice = before;
        }
        let copied = |row: u32| {
            honest.layout.copies.iter().any(|(_, to)| to.row == row && to.column == Column::Advice(0))
        };
        assert!((0..rows as u32).any(copied), "the capacity lane is the constant 0");
    }
}

/// Two hashes of width 9 of the same wires; the second's rows are the table's last.
fn twice() -> (Audited, usize) {
    let audited = run(|d| {
        let wires: Vec<_> = elements(5, 8).iter().map(|value| d.alloc(Some(*value))).collect();
        d.within("first", |d| d.poseidon(&wires));
        d.within("second", |d| d.poseidon(&wires));
    });
    assert_eq!(check(&audited.layout, &audited.advice), Ok(()));
    let first = audited.layout.rows - 23;
    (audited, first)
}

/// The cells behind this one of the hash that starts at `first`, as its gates want them.
fn carry_on(audited: &mut Audited, first: usize, cell: usize) {
    for next in cell.max(8) + 1..138 {
        let (row, column) = (first + next / 6, next % 6);
        audited.advice.columns[column][row] = Fr::zero();
        let wanted: Vec<Fr> = gates_at(&audited.layout, &audited.advice, row - 1)
            .into_iter()
            .filter_map(|gate| {
                let from = if gate.name.ends_with("even round, lanes 0..2") { 3 } else { 0 };
                let active = gate.name.starts_with("poseidon t=9");
                active.then(|| column.checked_sub(from).and_then(|i| gate.constraints.get(i).copied()))?
            })
            .filter(|value| !value.is_zero())
            .collect();
        assert_eq!(wanted.len(), 1, "cell {next} is determined once");
        audited.advice.columns[column][row] = -wanted[0];
    }
}

/// Every cell moved and the hash carried on from there: refused at that cell and nowhere else, by a gate that does
/// nothing when its selector is off or by the copy that ties an input.
#[test]
fn every_cell_of_width_9_is_held_by_one_constraint() {
    let (honest, first) = twice();
    let mut carried = honest.clone();
    carry_on(&mut carried, first, 8);
    assert_eq!(carried.advice, honest.advice, "the gates compute the hash");
    let gates = [
        (0, 3, 6, "poseidon t=9, even round, lanes 0..2", fixed::T9_EVEN[0]),
        (1, 0, 6, "poseidon t=9, even round, lanes 3..8", fixed::T9_EVEN[1]),
        (2, 0, 6, "poseidon t=9, odd round, lanes 0..5", fixed::T9_ODD[0]),
        (3, 0, 3, "poseidon t=9, odd round, lanes 6..8", fixed::T9_ODD[1]),
        (3, 3, 6, "poseidon t=9, even round, lanes 0..2", fixed::T9_EVEN[0]),
        (4, 0, 6, "poseidon t=9, even round, lanes 3..8", fixed::T9_EVEN[1]),
        (5, 0, 6, "poseidon t=9, entry", fixed::T9_ENTRY[0]),
        (6, 0, 6, "poseidon t=9, second entry", fixed::T9_ENTRY[1]),
        (15, 0, 6, "poseidon t=9, exit", fixed::T9_EXIT[0]),
        (16, 0, 6, "poseidon t=9, second exit", fixed::T9_EXIT[1]),
        (17, 0, 6, "poseidon t=9, odd round, lanes 0..5", fixed::T9_ODD[0]),
        (18, 0, 3, "poseidon t=9, odd round, lanes 6..8", fixed::T9_ODD[1]),
        (18, 3, 6, "poseidon t=9, even round, lanes 0..2", fixed::T9_EVEN[0]),
        (19, 0, 6, "poseidon t=9, even round, lanes 3..8", fixed::T9_EVEN[1]),
        (20, 0, 6, "poseidon t=9, odd round, lanes 0..5", fixed::T9_ODD[0]),
        (21, 0, 3, "poseidon t=9, odd round, lanes 6..8", fixed::T9_ODD[1]),
        (21, 3, 6, "poseidon t=9, even round, lanes 0..2", fixed::T9_EVEN[0]),
    ];
    for cell in 0..138 {
        let (row, column) = (cell / 6, cell % 6);
        let mut moved = honest.clone();
        moved.advice.columns[column][first + row] += Fr::one();
        carry_on(&mut moved, first, cell);
        let violations = Checker::new(&moved.layout).violations(&moved.advice);
        assert_eq!(violations.len(), 1, "cell {cell}: {violations:?}");
        assert_eq!(violations[0].path(&moved.trace), "second");
        let output = |audited: &Audited| audited.advice.columns[3][first + 22];
        assert_eq!(output(&moved) == output(&honest), cell > 135, "cell {cell}");
        let Violation::Gate { gate, row: at, .. } = violations[0] else {
            assert!(cell < 9, "cell {cell}: {violations:?}");
            continue;
        };
        assert!(cell >= 9 && at == first + row - 1);
        let (.., name, selector) = gates
            .into_iter()
            .find(|(gate, from, to, ..)| gate + 1 == row && (*from..*to).contains(&column))
            .unwrap_or((row - 1, 0, 6, "poseidon t=9, partial rounds", fixed::T9_PARTIAL));
        assert_eq!(gate, name, "cell {cell}");
        assert_eq!(moved.layout.fixed[selector][at], Fr::one());
        moved.layout.fixed[selector][at] = Fr::zero();
        assert_eq!(check(&moved.layout, &moved.advice), Ok(()), "cell {cell} without its selector");
    }
}

#[test]
fn rows_of_width_9_leave_no_cell_unassigned() {
    let (audited, first) = twice();
    for row in first - 23..first + 23 {
        assert!((0..6).all(|column| audited.trace.is_assigned(column, row)), "row {row}");
    }
    let inputs = audited.layout.copies.iter().filter(|(_, to)| (to.row as usize) >= first);
    assert_eq!(inputs.count(), 9, "the constant 0 and eight inputs");
}
