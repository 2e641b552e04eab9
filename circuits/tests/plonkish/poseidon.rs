use ark_ff::One;
use popw_circuits::{
    Driver,
    drivers::plonkish::{Column, check},
};
use popw_core::{Fr, poseidon};

use crate::support::{accept, cost, elements, run};

#[test]
fn agrees_with_native_and_no_cell_is_free() {
    let rows = [(1, None), (2, Some(14)), (3, Some(65)), (4, Some(69)), (5, Some(69)), (8, None)];
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
    for inputs in [2, 3, 4, 5] {
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
